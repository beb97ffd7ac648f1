//! Runs statements of an embedded database on the blocking pool if they are too slow to run inline.
//!
//! In: a connection, a command, a sink. The blocking pool steps the statement and sends its rows in batches; the waiting task
//! passes them to the sink as they come. Out: the connection, the command, and how it ended.

use crate::command::{Command, Outcome, Sink};
use crate::driver::{Canceller, EmbeddedLink, Link, Ran};
use crate::error::{Error, ErrorKind, Result};
use crate::lease::Lease;
use crate::pool::Guard;
use crate::row_batch::RowBatch;
use tokio::sync::{mpsc, oneshot};

/// Batches that may wait in the channel.
const WAITING: usize = 2;

/// How a statement on the blocking pool ended.
pub(crate) enum Finished {
    Done(Outcome),
    Failed(Error),
    /// Another process has the lock; try again.
    Busy(Error),
    /// It writes, and the connection may only read.
    Writes,
}

/// What comes back from the blocking pool.
pub(crate) type Back = (Lease, Command, Finished);

/// Waits for work on the blocking pool. If it is dropped, the statement is interrupted; the connection returns from there.
///
/// The canceller is dropped first: a statement is cancelled before its connection goes to someone else.
struct Waiting<T> {
    canceller: Box<dyn Canceller>,
    back: oneshot::Receiver<Result<(Back, T)>>,
}

impl<T> Waiting<T> {
    async fn end(mut self) -> Result<(Back, T)> {
        let back = (&mut self.back).await;
        self.canceller.disarm();
        back.unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Cancelled,
                "the runtime shut down before the statement ended",
            ))
        })
    }
}

impl Lease {
    /// Runs a statement; the sink takes its rows on this task.
    pub(crate) async fn offload(self, command: Command, sink: &mut dyn Sink) -> Result<Back> {
        let (sender, mut batches) = mpsc::channel(WAITING);
        let waiting = self.begin(command, move |embedded, command| {
            (embedded.run_sending(command, sender), ())
        })?;
        let taken = take(&mut batches, sink).await;
        if !matches!(taken, Ok(true)) {
            waiting.canceller.no_more_rows();
        }
        drop(batches);
        let ((mut lease, command, ran), ()) = waiting.end().await?;
        match (taken, ran) {
            (Err(error), _) => Err(lease.failed(error.with_statement(&command.text))),
            // A failure after the last wanted row is ignored, as it is inline.
            (Ok(false), Finished::Failed(_)) if !command.may_write() => {
                Ok((lease, command, Finished::Done(Outcome::default())))
            }
            (Ok(_), Finished::Failed(error)) => Err(lease.failed(error)),
            (Ok(_), Finished::Busy(error)) if !sink.restart() => Err(lease.failed(error)),
            (Ok(_), ran) => Ok((lease, command, ran)),
        }
    }

    /// Runs a repeated statement, which has no rows; the sink supplies its binds on the blocking pool.
    pub(crate) async fn offload_repeated(
        self,
        command: Command,
        mut sink: Box<dyn Sink>,
    ) -> Result<(Back, Box<dyn Sink>)> {
        let waiting = self.begin(command, move |embedded, command| {
            (embedded.run_repeating(command, &mut *sink), sink)
        })?;
        match waiting.end().await? {
            ((mut lease, _, Finished::Failed(error)), _) => Err(lease.failed(error)),
            back => Ok(back),
        }
    }

    fn begin<T, W>(mut self, command: Command, work: W) -> Result<Waiting<T>>
    where
        T: Send + 'static,
        W: FnOnce(&mut dyn EmbeddedLink, &Command) -> (Result<Ran>, T) + Send + 'static,
    {
        let none = || {
            Error::new(
                ErrorKind::Internal,
                "only an embedded database is offloaded",
            )
        };
        let Link::Embedded(embedded) = self.guard()?.link()? else {
            return Err(none());
        };
        let canceller = embedded.canceller();
        let (sender, back) = oneshot::channel();
        tokio::task::spawn_blocking(move || {
            let (ran, kept) = match self.guard().and_then(Guard::link) {
                Ok(Link::Embedded(embedded)) => work(&mut **embedded, &command),
                Ok(Link::Server(_)) => return drop(sender.send(Err(none()))),
                Err(error) => return drop(sender.send(Err(error))),
            };
            let finished = match ran {
                Err(error) => Finished::Failed(error),
                Ok(Ran::Done(outcome)) => Finished::Done(outcome),
                Ok(Ran::Busy(error)) => Finished::Busy(error),
                Ok(Ran::Writes) => Finished::Writes,
                Ok(Ran::Slow | Ran::Paused) => Finished::Done(Outcome::default()),
            };
            drop(sender.send(Ok(((self, command, finished), kept))));
        });
        Ok(Waiting { canceller, back })
    }
}

/// Passes the rows to the sink as they come; `false` when it wants no more.
async fn take(
    batches: &mut mpsc::Receiver<Box<dyn RowBatch>>,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let mut names = Vec::new();
    while let Some(mut rows) = batches.recv().await {
        if sink.forwards() {
            if !sink.forward(rows).await {
                return Ok(false);
            }
            continue;
        }
        if let Some(columns) = rows.columns() {
            if sink.wants_columns() {
                let told = sink.columns(columns.clone());
                told.map_err(|error| Error::decode(&error, None))?;
            }
            names = columns;
        }
        while rows.advance() {
            let taken = sink.row(&mut *rows);
            let name = |position: usize| names.get(position).map(String::as_str);
            if !taken.map_err(|error| Error::decode(&error, name(error.position)))? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
