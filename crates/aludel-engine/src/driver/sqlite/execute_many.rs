//! One statement, run for many rows: prepared once, and nothing between one run and the next but its binds.

use super::{Bind, Failure, Progress, errors};
use crate::command::{Command, Sink};
use crate::error::Error;
use rusqlite::{Connection, Statement};
use std::time::{Duration, Instant};

/// Runs a statement as often as the command says, and reports each row that it inserts to the sink. At a time limit it
/// pauses: the caller continues later from where it stopped. Returns whether it is done.
pub(super) fn repeat(
    connection: &Connection,
    statement: &mut Statement<'_>,
    command: &Command,
    times: usize,
    sink: &mut dyn Sink,
    progress: &mut Progress,
    limit: Option<Duration>,
) -> Result<bool, Failure> {
    /// Binds between two looks at the clock.
    const FEW: usize = 128;
    // One run is not worth a look at the clock.
    let limit = limit
        .filter(|_| times > 1)
        .map(|limit| (Instant::now(), limit));
    let each = statement.parameter_count();
    let few = (FEW / each.max(1)).max(1);
    while progress.runs < times {
        let run = progress.runs;
        let own = || command.binds.get(run * each..(run + 1) * each);
        let binds = sink.binds(run).or_else(own);
        let Some(binds) = binds.filter(|binds| binds.len() == each) else {
            return Err(Failure::Ours(Error::invalid_query(format!(
                "the statement has {each} placeholders, and its run {run} other binds"
            ))));
        };
        for (n, value) in binds.iter().enumerate() {
            statement.raw_bind_parameter(n + 1, Bind(value))?;
        }
        let affected = match statement.raw_execute() {
            Ok(affected) => affected as u64,
            // It must not be tried again as a whole.
            Err(cause) if run > 0 => {
                return Err(Failure::Ours(errors::translate(cause, &command.text)));
            }
            Err(cause) => return Err(cause.into()),
        };
        progress.affected += affected;
        sink.inserted(run, affected, connection.last_insert_rowid())
            .map_err(|error| Failure::Ours(Error::decode(&error, None)))?;
        progress.runs += 1;
        if progress.runs.is_multiple_of(few)
            && limit.is_some_and(|(since, limit)| since.elapsed() > limit)
        {
            return Ok(progress.runs == times);
        }
    }
    Ok(true)
}
