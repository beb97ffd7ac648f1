//! [`Lease`]: a connection for the time of one statement.

use crate::command::{Access, Command, Outcome, Sink};
use crate::connection_state::{Backoff, Locked, Pinned};
use crate::driver::{Link, Progress, Ran};
use crate::error::{Error, ErrorKind, Result};
use crate::pool::Guard;
use std::sync::Arc;

/// A connection for the time of one statement.
pub(crate) struct Lease {
    slot: Slot,
}

enum Slot {
    Own(Guard),
    Pinned { state: Locked, pinned: Arc<Pinned> },
}

/// The state of a statement that was started.
pub(crate) enum Started {
    Done(Outcome),
    Server,
    Offload,
    Paused,
    Busy(Error),
    Writes,
}

impl Lease {
    pub(crate) fn own(guard: Guard) -> Lease {
        Lease {
            slot: Slot::Own(guard),
        }
    }

    pub(crate) fn pinned(pinned: &Arc<Pinned>, mut state: Locked, level: usize) -> Result<Lease> {
        state.usable()?;
        if state.depth < level {
            return Err(crate::connection_state::finished());
        }
        Ok(Lease {
            slot: Slot::Pinned {
                state,
                pinned: Arc::clone(pinned),
            },
        })
    }

    pub(crate) fn is_pinned(&self) -> bool {
        matches!(self.slot, Slot::Pinned { .. })
    }

    #[inline]
    pub(crate) fn guard(&mut self) -> Result<&mut Guard> {
        match &mut self.slot {
            Slot::Own(guard) => Ok(guard),
            Slot::Pinned { state, .. } => state.usable(),
        }
    }

    /// Runs the statement if that needs no waiting.
    pub(crate) fn start(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        progress: &mut Progress,
    ) -> Result<Started> {
        if command.pinned {
            self.guard()?.note(&command.text);
        }
        if command.access == Access::Unknown {
            self.mark_settings(command)?;
        }
        if let Link::Embedded(embedded) = self.guard()?.link()? {
            let mut ran = embedded.run(command, sink, true, progress);
            if matches!(ran, Ok(Ran::Slow)) {
                if tokio::runtime::Handle::try_current().is_ok() {
                    return Ok(Started::Offload);
                }
                // There is no blocking pool to go to.
                ran = embedded.run(command, sink, false, progress);
            }
            return match ran {
                Ok(Ran::Done(outcome)) => {
                    if command.access == Access::Unknown {
                        self.compare_transaction(command)?;
                    }
                    Ok(Started::Done(outcome))
                }
                Ok(Ran::Slow) => Ok(Started::Offload),
                Ok(Ran::Paused) => Ok(Started::Paused),
                Ok(Ran::Busy(error)) => Ok(Started::Busy(error)),
                Ok(Ran::Writes) => Ok(Started::Writes),
                Err(error) => Err(self.failed(error)),
            };
        }
        Ok(Started::Server)
    }

    pub(crate) async fn run_server(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Result<Outcome> {
        let mut waiting = Backoff::default();
        let mut tries = match self.is_alone() && command.is_one_statement() {
            true => self.guard()?.conflict_retries(),
            false => 0,
        };
        loop {
            self.mark_settings(command)?;
            let guard = self.guard()?;
            guard.set_busy(true);
            let result = match guard.link()? {
                Link::Server(server) => server.run(command, sink).await,
                Link::Embedded(_) => Ok(Outcome::default()),
            };
            guard.set_busy(false);
            match result {
                Ok(outcome) => {
                    self.compare_transaction(command)?;
                    return Ok(outcome);
                }
                // It was a transaction of its own, and nothing of it is left.
                Err(error) if tries > 0 && error.is_conflict() && sink.restart() => {
                    tries -= 1;
                    if let Some(pause) = waiting.next(std::time::Duration::MAX) {
                        crate::clock::sleep(pause).await;
                    }
                }
                Err(error) if command.access == Access::Unknown && !self.is_alone() => {
                    // It may have ended the transaction before it failed.
                    let error = self.failed(error);
                    // After a conflict the whole transaction is rolled back: the statement itself did not end it.
                    if !error.is_lost() && !error.is_conflict() {
                        self.ask_for_transaction().await;
                        drop(self.compare_transaction(command));
                    }
                    return Err(error);
                }
                Err(error) if self.is_whole(command) => {
                    return Err(self.failed(error.of_unknown_outcome()));
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
    }

    /// Notes that a statement may leave settings behind, before it runs.
    fn mark_settings(&mut self, command: &Command) -> Result<()> {
        let is_raw = command.access == Access::Unknown;
        let is_dirty = match &self.slot {
            // An acquired connection is there for its settings: any raw SQL counts.
            Slot::Pinned { pinned, .. } if is_raw && pinned.is_acquired => true,
            _ => is_raw && command.may_change_settings(),
        };
        if is_dirty {
            self.guard()?.set_dirty(true);
        }
        Ok(())
    }

    /// Compares the server's transaction state with the one kept here: raw SQL may have ended a transaction, or begun one.
    pub(crate) fn compare_transaction(&mut self, command: &Command) -> Result<()> {
        let depth = match &self.slot {
            Slot::Own(_) => 0,
            Slot::Pinned { state, .. } => state.depth,
        };
        let is_open = self.guard()?.link()?.has_transaction();
        let Some(is_open) = is_open.filter(|is_open| *is_open != (depth > 0)) else {
            return Ok(());
        };
        let error = match is_open {
            true => left_open(),
            false => Error::new(
                ErrorKind::TransactionFinished,
                "the statement ended the transaction, and what was written before it is committed or gone: it was a raw \
                 COMMIT or ROLLBACK, or one that the database commits for (CREATE TABLE and its like on MariaDB and MySQL)",
            ),
        };
        let error = error.with_statement(&command.text);
        if let Slot::Pinned { state, .. } = &mut self.slot {
            state.end_by_statement(is_open, &error);
        }
        Err(error)
    }

    /// Asks the server for its transaction state, if its errors do not carry it.
    async fn ask_for_transaction(&mut self) {
        let Ok(guard) = self.guard() else { return };
        let Ok(Link::Server(server)) = guard.link() else {
            return;
        };
        if server.has_transaction().is_none() || server.tells_with_errors() {
            return;
        }
        guard.set_busy(true);
        if let Ok(Link::Server(server)) = guard.link() {
            drop(server.ping().await);
        }
        guard.set_busy(false);
    }

    /// Whether a statement is a transaction of its own.
    fn is_alone(&self) -> bool {
        match &self.slot {
            Slot::Pinned { state, .. } => state.depth == 0,
            Slot::Own(_) => true,
        }
    }

    /// Whether a statement may write, and is a transaction of its own.
    pub(crate) fn is_whole(&self, command: &Command) -> bool {
        // Raw SQL may always write: a SELECT may call a function that writes.
        self.is_alone() && command.access != Access::Read
    }

    /// Waits a little for another process's lock.
    pub(crate) async fn wait(&mut self, waiting: &mut Backoff, error: Error) -> Result<()> {
        let Link::Embedded(embedded) = self.guard()?.link()? else {
            return Err(error);
        };
        let Some(pause) = waiting.next(embedded.busy_timeout()) else {
            return Err(self.failed(error));
        };
        crate::clock::sleep(pause).await;
        Ok(())
    }

    pub(crate) fn failed(&mut self, error: Error) -> Error {
        if let Slot::Pinned { state, pinned } = &mut self.slot {
            state.after_error(&error, pinned.db.dialect());
        }
        error
    }
}

/// Raw SQL left a transaction open.
pub(crate) fn left_open() -> Error {
    Error::transaction_state(
        "the statement left a transaction open that nobody would end (raw BEGIN, or autocommit is off), and it was rolled back: \
         use `begin()`",
    )
}
