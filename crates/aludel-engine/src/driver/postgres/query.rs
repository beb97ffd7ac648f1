//! Running prepared statements: what is sent, and the rows that come back.

use super::decode::PgCells;
use super::encode::encode;
use super::errors::{ServerError, unexpected, wire};
use super::message::{self, Place};
use super::statement::{Prepared, Redescribed, Statement};
use super::{PostgresLink, copy, is_aside};
use crate::command::{Access, Command, Failed, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use postgres_protocol::message::frontend::{self, BindError};
use std::borrow::Cow;

/// The most unwanted rows that are read and discarded; if there are more, the connection is discarded.
const FEW: usize = 1000;

/// A pipeline's statements are sent in portions of this many bytes.
const PORTION: usize = 1024 * 1024;

impl PostgresLink {
    /// Runs a command.
    pub(super) async fn execute(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        self.catch_up().await?;
        if let Some(copy) = &command.copy {
            return match self.copy(command, copy, sink).await? {
                Some(outcome) => Ok(outcome),
                None => {
                    let insert = copy::as_arrays(command, copy, sink)?;
                    self.ask(&insert, sink).await
                }
            };
        }
        let outcome = self.ask(command, sink).await?;
        if command.access == Access::Unknown && command.begins_with(&["deallocate", "discard"]) {
            // The server has forgotten them.
            self.cache.forget_all();
        }
        Ok(outcome)
    }

    /// Runs a statement.
    pub(super) async fn ask(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Outcome> {
        let named = |error: Error| error.with_statement(&command.text);
        let end = match command.pinned || command.may_write() {
            true => End::Request,
            false => End::Soon,
        };
        // A statement that is outdated by a schema change was not run. It is prepared and run once more, unless its error has
        // aborted a transaction.
        let mut once_more = true;
        let mut prepared = self.prepared_for(command).await.map_err(named)?;
        loop {
            self.send(&prepared.statement, command, true)
                .map_err(named)?;
            self.flush().await?;
            let answered = self.answer(&prepared, command, sink, end).await;
            drop(prepared);
            match answered {
                Err(error) if once_more && error.kind() == ErrorKind::SchemaChanged => {
                    once_more = false;
                    self.catch_up().await.map_err(named)?;
                    if self.transaction == b'E' {
                        return Err(named(error));
                    }
                    let described = self.prepared(&command.text, &command.binds).await;
                    prepared = described.map_err(named)?;
                }
                answered => return answered.map_err(named),
            }
        }
    }

    /// Whether an error would undo more than its own statement.
    fn is_in_transaction(&self) -> bool {
        self.begun > 0 || self.transaction != b'I'
    }

    /// Prepares all unknown statements at once, and then sends all before it reads the first answer.
    pub(super) async fn execute_at_once(
        &mut self,
        commands: &[Command],
        sinks: &mut [Box<dyn Sink>],
    ) -> Result<Vec<Outcome>, Failed> {
        self.catch_up().await.map_err(|error| (0, error))?;
        let alone = !self.is_in_transaction();
        let statements = self.prepared_at_once(commands).await?;
        // A transaction that begins with them has one Sync at the end: if it can't be begun, all are skipped.
        let begins = self.begun > 0;
        self.unread += usize::from(begins);
        let named = |at: usize, error: Error| (at, error.with_statement(&commands[at].text));
        let mut failed: Option<Failed> = None;
        let mut sent = 0;
        for (at, (statement, command)) in statements.iter().zip(commands).enumerate() {
            if let Err(error) = self.send(&statement.statement, command, !begins) {
                failed = Some(named(at, error));
                break;
            }
            sent = at + 1;
            if self.socket.out.len() > PORTION {
                self.flush().await.map_err(|error| named(at, error))?;
            }
        }
        if begins && sent == 0 {
            self.unread -= 1;
        } else if begins {
            frontend::sync(&mut self.socket.out);
        }
        if sent > 0 {
            self.flush().await.map_err(|error| named(0, error))?;
        }
        // All answers are read, so that the connection can go on; the first failure is the one that counts.
        let mut outcomes = Vec::with_capacity(sent);
        let mut first: Option<Failed> = None;
        // Those that were not run, because a schema change has outdated them.
        let mut outgrown: Vec<usize> = Vec::new();
        for (at, statement) in statements.iter().enumerate().take(sent) {
            let end = match begins && at + 1 < sent {
                true => End::Statement,
                false => End::Request,
            };
            match self
                .answer(statement, &commands[at], &mut *sinks[at], end)
                .await
            {
                Ok(outcome) => outcomes.push(outcome),
                Err(error) if alone && error.kind() == ErrorKind::SchemaChanged => {
                    outgrown.push(at);
                    outcomes.push(Outcome::default());
                    let error = named(at, error);
                    first.get_or_insert(error);
                }
                Err(error) => {
                    // After a failure, nothing runs that has no Sync of its own.
                    let over = error.is_connection_error() || self.lost || self.unread == 0;
                    let error = named(at, error);
                    if over {
                        return Err(first.unwrap_or(error));
                    }
                    first.get_or_insert(error);
                }
            }
        }
        drop(statements);
        // All others ran.
        if let Some(&from) = outgrown.first()
            && outcomes.len() == commands.len()
            && may_run_late(&outgrown, commands)
        {
            first = None;
            self.catch_up().await.map_err(|error| (from, error))?;
            for at in outgrown {
                let ran = self.ask(&commands[at], &mut *sinks[at]).await;
                outcomes[at] = ran.map_err(|error| (at, error))?;
            }
        }
        match first.or(failed) {
            Some(failed) => Err(failed),
            None => Ok(outcomes),
        }
    }

    /// Writes a statement and its binds, for the next flush; with a Sync, it is a request of its own.
    fn send(&mut self, statement: &Statement, command: &Command, sync: bool) -> Result<()> {
        let expected = statement.parameters.len();
        if expected != command.binds.len() {
            return Err(Error::invalid_query(format!(
                "the statement has {expected} placeholders and {} binds",
                command.binds.len()
            )));
        }
        let start = self.socket.out.len();
        if statement.name.is_empty() {
            self.parse_as("", &command.text, &statement.parameters)?;
        }
        let out = &mut self.socket.out;
        let binds = command.binds.iter().zip(&statement.parameters);
        // Both ways in the binary format, but for columns of types that are read as texts.
        let bound = frontend::bind(
            "",
            &statement.name,
            Some(1),
            binds,
            |(value, ty), out| encode(value, ty, out),
            statement.formats.iter().copied(),
            out,
        );
        let written = bound.and_then(|()| Ok(frontend::execute("", 0, out)?));
        if let Err(cause) = written {
            out.truncate(start);
            let cause = match cause {
                BindError::Conversion(cause) => cause.to_string(),
                BindError::Serialization(cause) => cause.to_string(),
            };
            return Err(Error::new(ErrorKind::InvalidValue, cause));
        }
        if sync {
            frontend::sync(out);
            self.unread += 1;
        }
        Ok(())
    }

    /// Reads a statement's answer, passing its rows to the sink.
    async fn answer(
        &mut self,
        prepared: &Prepared,
        command: &Command,
        sink: &mut dyn Sink,
        end: End,
    ) -> Result<Outcome> {
        let mut statement = Cow::Borrowed(&prepared.statement);
        let mut outcome = Outcome::default();
        // Until the binds are taken, nothing of the statement is run.
        let mut is_bound = false;
        let mut failed: Option<Error> = None;
        // Whether `failed` is the server's error.
        let mut is_said = false;
        let mut wants_columns = sink.wants_columns();
        // Rows that came after nobody wanted more.
        let mut passed_over: Option<usize> = None;
        let mut refused = false;
        let mut places: Vec<Place> = std::mem::take(&mut self.places);
        if self.begin_answers > 0 {
            self.begin_answered().await?;
        }
        loop {
            let message = match self.socket.next().map_err(wire)? {
                Some(message) => message,
                None => {
                    if let Err(error) = self.fill().await {
                        // The server's reason for ending the connection says more than that it did. A decode error does not:
                        // the statement may have had no effect.
                        return Err(failed.filter(|_| is_said).unwrap_or(error));
                    }
                    continue;
                }
            };
            let body = self.socket.body(&message);
            match message.kind {
                b'D' if passed_over.is_some() => {
                    let passed = passed_over.unwrap_or(0) + 1;
                    if passed > FEW && end == End::Soon {
                        break;
                    }
                    passed_over = Some(passed);
                }
                b'D' => {
                    message::cells(body, &mut places).map_err(wire)?;
                    let mut cells = PgCells::new(&statement.columns, body, &places);
                    match sink.row(&mut cells) {
                        Ok(true) if sink.is_full() => {
                            if !self.socket.hand_over(sink).await {
                                passed_over = Some(0);
                            }
                        }
                        Ok(true) => {}
                        Ok(false) => passed_over = Some(0),
                        Err(error) => {
                            let column = statement.columns.get(error.position);
                            let column = column.map(|column| column.name.as_str());
                            failed.get_or_insert(Error::decode(&error, column));
                            passed_over = Some(0);
                        }
                    }
                }
                // A statement without a name is parsed and described with each run.
                b'1' | b't' if statement.name.is_empty() => {}
                b'n' | b'T' if statement.name.is_empty() => {
                    let described = match message.kind {
                        b'T' => message::columns(body).map_err(wire)?,
                        _ => Vec::new(),
                    };
                    match self.redescribed(prepared, described) {
                        Redescribed::Same => {}
                        Redescribed::Changed(changed) => {
                            statement = Cow::Owned(self.keep_described(command, changed));
                        }
                        Redescribed::Unreadable => {
                            self.forget(&command.text);
                            failed = Some(unreadable(command));
                            passed_over = Some(0);
                            wants_columns = false;
                        }
                    }
                }
                // The binds are taken.
                b'2' => {
                    is_bound = true;
                    if wants_columns {
                        wants_columns = false;
                        let names = statement.columns.iter();
                        let names = names.map(|column| column.name.clone()).collect();
                        if let Err(error) = sink.columns(names) {
                            failed.get_or_insert(Error::decode(&error, None));
                            passed_over = Some(0);
                        }
                    }
                }
                b'C' => {
                    outcome.affected = message::affected(body);
                    if end == End::Statement {
                        break;
                    }
                }
                b'I' if end == End::Statement => break,
                // An empty statement; the end of a COPY to the client.
                b'I' | b'c' => {}
                b'E' => {
                    let error = ServerError::read(body).map_err(wire)?;
                    let is_gone = !is_bound && error.is_gone() && !statement.name.is_empty();
                    let is_outgrown =
                        is_gone || prepared.is_old && !is_bound && error.is_outgrown();
                    if is_gone {
                        self.drop_names();
                    }
                    if is_outgrown {
                        // Others are most likely outdated, too, and a transaction can't be tried again for each of them.
                        self.cache.forget_all();
                    } else if error.is_of_the_statement() {
                        // It is prepared again the next time.
                        self.forget(&command.text);
                    }
                    // The server's error matters more than a decode error.
                    is_said = true;
                    let is_changed = failed
                        .as_ref()
                        .is_some_and(|failed| failed.kind() == ErrorKind::SchemaChanged);
                    if is_outgrown {
                        failed = Some(error.outgrown());
                    } else if !refused && !(is_changed && (!is_bound || error.has_no_binary())) {
                        failed = Some(error.into());
                    }
                }
                b'Z' => {
                    self.ready(&message);
                    break;
                }
                b'G' => {
                    refused = true;
                    failed = Some(Error::invalid_query(NO_COPY));
                    frontend::copy_fail(NO_COPY, &mut self.socket.out).map_err(wire)?;
                    // The server has ignored the first Sync. A pooler still waits for its answer, and would never take the
                    // server connection back.
                    frontend::sync(&mut self.socket.out);
                    self.is_spent = true;
                    self.flush().await?;
                }
                b'H' => {
                    failed.get_or_insert(Error::invalid_query(NO_COPY));
                }
                b'd' => {}
                aside if is_aside(aside) => {}
                other => return Err(unexpected(other)),
            }
        }
        self.places = places;
        match failed {
            Some(error) => Err(error),
            None => Ok(outcome),
        }
    }
}

/// The error of an unnamed statement that returns other columns than before, of types that are read as texts. It was run: if it
/// only reads, it is run again, with formats that can be read.
fn unreadable(command: &Command) -> Error {
    let message = "the types of its columns have changed since it was run last: it was run, and its rows can't be read; if it writes nothing, run it again";
    match command.access {
        Access::Read => Error::new(ErrorKind::SchemaChanged, message),
        // A SELECT may call a function that writes.
        _ => Error::new(ErrorKind::Decode, message).and_written(),
    }
}

/// Whether a pipeline's statements that were not run may run after all others: if none was run after the first of them, or
/// if all from there on only read.
fn may_run_late(late: &[usize], commands: &[Command]) -> bool {
    let Some(&first) = late.first() else {
        return false;
    };
    let rest = &commands[first..];
    late.len() == rest.len() || rest.iter().all(|command| command.access == Access::Read)
}

/// Where reading an answer ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// With the request; or with the connection, if many unwanted rows are still to come.
    Soon,
    /// With the request.
    Request,
    /// With the statement, unless it fails: others of the same request follow it.
    Statement,
}

const NO_COPY: &str =
    "COPY from or to the client goes another way: insert_many, or a stream of rows";
