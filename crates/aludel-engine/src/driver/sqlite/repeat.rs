//! One statement, run for many rows: prepared once, and nothing between one run and the next but its binds.

use super::{Bind, Failure, errors};
use crate::command::{Command, Outcome, Sink};
use crate::error::Error;
use rusqlite::{Connection, Statement};

/// Runs a statement as often as the command says, telling the sink of each row that it inserts.
pub(super) fn repeat(
    connection: &Connection,
    statement: &mut Statement<'_>,
    command: &Command,
    times: usize,
    sink: &mut dyn Sink,
) -> Result<Outcome, Failure> {
    let each = statement.parameter_count();
    let mut affected = 0;
    for run in 0..times {
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
        affected += match statement.raw_execute() {
            Ok(affected) => affected as u64,
            // It must not be tried again as a whole.
            Err(cause) if run > 0 => {
                return Err(Failure::Ours(errors::translate(cause, &command.text)));
            }
            Err(cause) => return Err(cause.into()),
        };
        sink.inserted(run, connection.last_insert_rowid())
            .map_err(|error| Failure::Ours(Error::decode(&error, None)))?;
    }
    Ok(Outcome {
        affected,
        last_id: None,
    })
}
