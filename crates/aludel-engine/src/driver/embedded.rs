//! [`EmbeddedLink`]: what the driver of a database inside the program has to do.
//!
//! Its statements run inline, on the task that polls them, and need no future; those that take long run on the blocking pool.

use crate::command::{Command, Outcome, Sink};
use crate::error::{Error, Result};
use crate::row_batch::RowBatch;
use std::time::Duration;
use tokio::sync::mpsc;

/// How a statement ended.
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
pub(crate) enum Ran {
    /// It is done.
    Done(Outcome),
    /// It is too slow to run here; the sink was restarted.
    Slow,
    /// A repeated statement has run for long enough; it continues later from where it stopped.
    Paused,
    /// It writes, and this connection may only read.
    Writes,
    /// Another process has the lock; try again.
    Busy(Error),
}

/// How far a repeated statement has come.
#[derive(Debug, Clone, Copy, Default)]
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
pub(crate) struct Progress {
    /// Runs that are done.
    pub(crate) runs: usize,
    /// Rows affected.
    pub(crate) affected: u64,
}

/// A connection to a database inside the program.
pub(crate) trait EmbeddedLink: Send {
    /// Runs one statement. `inline` limits it to what other tasks may wait for.
    fn run(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran>;
    /// Runs one statement on the blocking pool, and sends its rows in batches.
    fn run_sending(
        &mut self,
        command: &Command,
        batches: mpsc::Sender<Box<dyn RowBatch>>,
    ) -> Result<Ran>;
    /// Runs a repeated statement on the blocking pool.
    fn run_repeating(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Ran>;
    /// Runs statements without binds or rows.
    fn control(&mut self, text: &str) -> Result<()>;
    /// A guard for the statement that runs next on the blocking pool.
    fn canceller(&self) -> Box<dyn Canceller>;
    /// How long to wait for another process's lock.
    fn busy_timeout(&self) -> Duration;
    /// Whether it may only read.
    fn is_reader(&self) -> bool;
    /// Whether closing it loses nothing: a database in memory is its connection.
    fn can_be_closed(&self) -> bool;
    /// Whether a transaction is open.
    fn in_transaction(&self) -> bool;
}

/// Stops the statement that runs on the blocking pool when it is dropped.
pub(crate) trait Canceller: Send + Sync {
    /// Stops a statement that only reads, since its rows are not wanted any more. A write goes on.
    fn no_more_rows(&self);
    /// The statement has ended; there is nothing to cancel.
    fn disarm(&mut self);
}
