//! Streams: rows in batches, with bounded memory.

use crate::command::{BoxFuture, Command, Mapping, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Target;
use aludel_sql::row::{Cells, DecodeError, FromRow};
use futures_core::Stream;
use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// Rows in one batch.
const BATCH: usize = 256;
/// Batches that wait to be taken.
const WAITING: usize = 2;

/// The rows of a query, as they come. At most a few hundred wait in memory; dropping the stream stops the query.
pub struct RowStream<T> {
    receiver: mpsc::Receiver<Result<Vec<T>>>,
    batch: std::vec::IntoIter<T>,
}

impl<T> RowStream<T> {
    /// The next row.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement; nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|cx| self.poll_row(cx)).await
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(row) = self.batch.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            match self.receiver.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(Some(Ok(batch))) => self.batch = batch.into_iter(),
            }
        }
    }
}

impl<T> Unpin for RowStream<T> {}

impl<T> Stream for RowStream<T> {
    type Item = Result<T>;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll_row(cx)
    }
}

impl Target<'_> {
    /// Runs a query and gives its rows as they come. On SQLite it runs on the blocking pool.
    pub fn stream<T: FromRow + Send + 'static>(
        self,
        command: Command,
        mapping: Mapping,
    ) -> RowStream<T> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let stream = RowStream {
            receiver,
            batch: Vec::new().into_iter(),
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            drop(sender.try_send(Err(Error::new(
                ErrorKind::InvalidQuery,
                "a stream needs a Tokio runtime to run in",
            ))));
            return stream;
        };
        let target = self.to_owned();
        runtime.spawn(async move {
            let sink = Batches {
                batch: Vec::with_capacity(BATCH),
                sender: sender.clone(),
                mapping,
            };
            // SQLite steps on the blocking pool, where handing over may wait.
            let sent = target.borrowed().fetch(command.offload(true), sink).await;
            let last = match sent {
                Ok((sink, _)) if sink.batch.is_empty() => return,
                Ok((sink, _)) => Ok(sink.batch),
                Err(error) => Err(error),
            };
            drop(sender.send(last).await);
        });
        stream
    }
}

/// Collects rows into batches and sends them off.
struct Batches<T> {
    batch: Vec<T>,
    sender: mpsc::Sender<Result<Vec<T>>>,
    mapping: Mapping,
}

impl<T> Batches<T> {
    fn take(&mut self) -> Result<Vec<T>> {
        Ok(std::mem::replace(
            &mut self.batch,
            Vec::with_capacity(BATCH),
        ))
    }
}

impl<T: FromRow + Send + 'static> Sink for Batches<T> {
    fn wants_columns(&self) -> bool {
        self.mapping.wants_columns()
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        self.mapping.resolve(&names)
    }
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.batch.push(self.mapping.read(cells)?);
        Ok(true)
    }
    fn restart(&mut self) {
        self.batch.clear();
    }
    fn is_full(&self) -> bool {
        self.batch.len() >= BATCH
    }
    fn hand_over(&mut self) -> BoxFuture<'_, bool> {
        let batch = self.take();
        Box::pin(async move { self.sender.send(batch).await.is_ok() })
    }
    fn hand_over_blocking(&mut self) -> bool {
        let batch = self.take();
        self.sender.blocking_send(batch).is_ok()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
