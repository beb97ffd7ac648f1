//! A statement, from its text to its last row.

use super::cells::SqliteCells;
use super::row_batch::Packer;
use super::{Bind, Progress, Ran, SqliteLink, errors, functions, repeat};
use crate::command::{Access, Command, Outcome, Sink};
use crate::error::{Error, Result};
use rusqlite::{CachedStatement, Row, Statement};
use std::sync::atomic::Ordering;

/// Receives a statement's rows.
pub(super) trait Receive {
    /// Whether it wants the columns.
    fn wants_columns(&self) -> bool;
    /// The result's columns, before its first row.
    fn columns(&mut self, statement: &Statement<'_>) -> Result<(), Failure>;
    /// A row; `false` stops.
    fn row(&mut self, row: &Row<'_>) -> Result<bool, Failure>;
}

/// Reads rows from the statement as it is stepped.
pub(super) struct ToSink<'a>(pub(super) &'a mut dyn Sink);

impl Receive for ToSink<'_> {
    #[inline]
    fn wants_columns(&self) -> bool {
        self.0.wants_columns()
    }
    fn columns(&mut self, statement: &Statement<'_>) -> Result<(), Failure> {
        let names = statement.column_names().map(str::to_owned).collect();
        let told = self.0.columns(names);
        told.map_err(|error| Failure::Ours(Error::decode(&error, None)))
    }
    #[inline]
    fn row(&mut self, row: &Row<'_>) -> Result<bool, Failure> {
        self.0.row(&mut SqliteCells::of(row)).map_err(|error| {
            let name = row.as_ref().column_name(error.position).ok();
            Failure::Ours(Error::decode(&error, name))
        })
    }
}

impl Receive for Packer {
    fn wants_columns(&self) -> bool {
        true
    }
    fn columns(&mut self, statement: &Statement<'_>) -> Result<(), Failure> {
        Packer::columns(self, statement);
        Ok(())
    }
    #[inline]
    fn row(&mut self, row: &Row<'_>) -> Result<bool, Failure> {
        Ok(Packer::row(self, row)?)
    }
}

pub(super) enum Failure {
    Driver(rusqlite::Error),
    Ours(Error),
}

impl Failure {
    pub(super) fn translate(self, command: &Command) -> Error {
        match self {
            Failure::Driver(cause) => errors::translate(cause, &command.text),
            Failure::Ours(error) => error.with_statement(&command.text),
        }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(cause: rusqlite::Error) -> Self {
        Failure::Driver(cause)
    }
}

impl SqliteLink {
    /// The statement, prepared, and whether it only reads; `None` if it writes and this connection may not.
    #[inline(always)]
    fn prepare(&self, command: &Command) -> Result<Option<(CachedStatement<'_>, bool)>, Failure> {
        // The progress handler also runs while a statement is prepared.
        self.clock.limited.store(false, Ordering::Relaxed);
        self.clock.tripped.store(false, Ordering::Relaxed);
        let mut prepared = self.connection.prepare_cached(&command.text);
        if prepared.is_err() && self.register_functions() {
            prepared = self.connection.prepare_cached(&command.text);
        }
        let statement = match prepared {
            Ok(statement) => statement,
            // A reader may know the schema as it was before an ALTER TABLE; the writer has the last word.
            Err(_) if self.reader && command.access == Access::Unknown && !command.pinned => {
                return Ok(None);
            }
            Err(cause) => return Err(cause.into()),
        };
        let reads = command.access == Access::Read || statement.readonly();
        self.clock.reading.store(reads, Ordering::Relaxed);
        Ok((reads || !self.reader).then_some((statement, reads)))
    }

    /// Registers our functions and collations, unless they are; returns whether it did.
    ///
    /// A connection gets them with the first statement that SQLite refuses without them. Most connections never need one,
    /// and each takes a slot of the small memory that SQLite keeps for a connection's statements.
    #[cold]
    pub(super) fn register_functions(&self) -> bool {
        if self.has_functions.get() {
            return false;
        }
        // If this fails, the statement's own error says what is missing.
        let is_done = functions::register(&self.connection).is_ok();
        self.has_functions.set(is_done);
        is_done
    }

    /// Whether a statement failed for lack of our functions: a prepared one is prepared again after a schema change, and may
    /// then need them. Nothing of it has run.
    #[inline]
    pub(super) fn lacks_functions(&self, ran: &Result<Ran, Failure>) -> bool {
        matches!(ran, Err(Failure::Driver(cause)) if !self.has_functions.get() && errors::is_unknown_name(cause))
    }

    /// Runs a statement again and again, from where it stands.
    pub(super) fn repeat(
        &mut self,
        command: &Command,
        times: usize,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran, Failure> {
        let Some((mut statement, _)) = self.prepare(command)? else {
            return Ok(Ran::Writes);
        };
        let limit = inline.then_some(self.config.budget / 2);
        let all = &self.connection;
        let done = repeat(all, &mut statement, command, times, sink, progress, limit)?;
        Ok(match done {
            true => Ran::Done(Outcome {
                affected: progress.affected,
                last_id: None,
            }),
            false => Ran::Paused,
        })
    }

    /// Runs one statement.
    #[inline]
    pub(super) fn step<R: Receive>(
        &mut self,
        command: &Command,
        receiver: &mut R,
        inline: bool,
    ) -> Result<Ran, Failure> {
        let Some((mut statement, reads)) = self.prepare(command)? else {
            return Ok(Ran::Writes);
        };
        let expected = statement.parameter_count();
        if expected != command.binds.len() {
            return Err(Failure::Ours(Error::invalid_query(format!(
                "the statement has {expected} placeholders and {} binds",
                command.binds.len()
            ))));
        }
        for (n, value) in command.binds.iter().enumerate() {
            statement.raw_bind_parameter(n + 1, Bind(value))?;
        }
        if inline && reads {
            self.clock.limited.store(true, Ordering::Relaxed);
        }
        let watched = !reads && inline;
        self.clock.watched.store(watched, Ordering::Relaxed);
        let before = if reads {
            0
        } else {
            self.connection.total_changes()
        };
        let mut wants_columns = receiver.wants_columns();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if wants_columns {
                // Only now: after a schema change, the first step prepares the statement again.
                receiver.columns(row.as_ref())?;
                wants_columns = false;
            }
            if !receiver.row(row)? {
                // A write is done only when all its rows were stepped.
                while !reads && rows.next()?.is_some() {}
                break;
            }
        }
        drop(rows);
        if wants_columns {
            receiver.columns(&statement)?;
        }
        drop(statement);
        if watched && self.clock.was_slow() {
            self.config.slow.insert(&command.text);
        }
        // `changes` counts for the last INSERT, UPDATE or DELETE, which this statement may not be.
        let affected = if reads || self.connection.total_changes() == before {
            0
        } else {
            self.connection.changes()
        };
        Ok(Ran::Done(Outcome {
            affected,
            last_id: None,
        }))
    }
}
