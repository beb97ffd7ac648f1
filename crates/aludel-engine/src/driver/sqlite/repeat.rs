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
    let binds = &command.binds;
    let each = statement.parameter_count();
    if each * times != binds.len() || each == 0 {
        return Err(Failure::Ours(Error::invalid_query(format!(
            "the statement has {each} placeholders, and {} binds for {times} runs",
            binds.len()
        ))));
    }
    let mut affected = 0;
    for (run, binds) in binds.chunks_exact(each).enumerate() {
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
        sink.inserted(connection.last_insert_rowid(), binds)
            .map_err(|error| Failure::Ours(Error::decode(&error, None)))?;
    }
    Ok(Outcome {
        affected,
        last_id: None,
    })
}
