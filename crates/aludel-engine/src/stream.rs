//! Streams: rows in batches, with bounded memory.

use crate::command::{BoxFuture, Command, Mapping, Sink};
use crate::connection_state::Pinned;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Target;
use crate::row_batch::RowBatch;
use crate::statement_text::Text;
use aludel_sql::row::{Cells, DecodeError, FromRow};
use futures_core::Stream;
use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// Rows in the first batch, so that the first row comes soon.
const FIRST: usize = 64;
/// Most rows in a batch: handing one over wakes a task, which costs as much as many rows.
const MOST: usize = 2048;
/// Batches that may wait in the channel.
const WAITING: usize = 2;

/// The rows of a query, as they come, in batches that grow: at most a few thousand rows wait in memory.
///
/// Dropping the stream stops the query; in a transaction, a server's remaining rows are read and discarded, so that the
/// transaction can go on. While a transaction's stream is read, any other statement in that transaction fails.
///
/// A stream of rows with their relations is a query for each chunk, and says itself what that means.
pub struct RowStream<T>(Rows<T>);

enum Rows<T> {
    /// Those of one query.
    Query(QueryRows<T>),
    /// Those that something else makes: pages, rows with names.
    Made(Pin<Box<dyn Stream<Item = Result<T>> + Send>>),
}

impl<T> RowStream<T> {
    /// The next row.
    ///
    /// # Errors
    /// Any database error; nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|cx| self.poll_row(cx)).await
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        match &mut self.0 {
            Rows::Query(rows) => rows.poll_row(cx),
            Rows::Made(rows) => rows.as_mut().poll_next(cx),
        }
    }

    /// The rows that another stream makes; it must end after an error. For crates that are built on this one.
    #[doc(hidden)]
    pub fn of(rows: impl Stream<Item = Result<T>> + Send + 'static) -> RowStream<T> {
        RowStream(Rows::Made(Box::pin(rows)))
    }
}

impl<T> Unpin for RowStream<T> {}

impl<T> Stream for RowStream<T> {
    type Item = Result<T>;
    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        self.get_mut().poll_row(cx)
    }
}

struct QueryRows<T> {
    receiver: mpsc::Receiver<Part<T>>,
    batch: Batch<T>,
    ended: bool,
    mapping: Mapping,
    /// Reads a row of a batch.
    read: fn(&Mapping, &mut dyn Cells) -> Result<T, DecodeError>,
    /// The column names of batched rows.
    columns: Vec<String>,
    text: Text,
    /// Stops the query, unless it runs on a connection that is kept.
    task: Option<AbortHandle>,
    pinned: Option<Arc<Pinned>>,
}

/// A message on the channel. Without an `End`, rows are missing.
enum Part<T> {
    Rows(Vec<T>),
    Batch(Box<dyn RowBatch>),
    End(Result<()>),
}

/// The rows at hand.
enum Batch<T> {
    Rows(std::vec::IntoIter<T>),
    Batch(Box<dyn RowBatch>),
}

impl<T> QueryRows<T> {
    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if self.ended {
                return Poll::Ready(None);
            }
            let row = match &mut self.batch {
                Batch::Rows(rows) => rows.next().map(Ok),
                Batch::Batch(rows) => {
                    { rows.advance() }.then(|| (self.read)(&self.mapping, &mut **rows))
                }
            };
            match row {
                Some(Ok(row)) => return Poll::Ready(Some(Ok(row))),
                Some(Err(error)) => return Poll::Ready(Some(Err(self.unreadable(&error)))),
                None => {}
            }
            let part = match self.receiver.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(part) => part,
            };
            let end = match part {
                Some(Part::Rows(batch)) => {
                    self.batch = Batch::Rows(batch.into_iter());
                    continue;
                }
                Some(Part::Batch(mut rows)) => {
                    if let Some(columns) = rows.columns() {
                        if let Err(error) = self.mapping.resolve(&columns) {
                            return Poll::Ready(Some(Err(self.unreadable(&error))));
                        }
                        self.columns = columns;
                    }
                    self.batch = Batch::Batch(rows);
                    continue;
                }
                Some(Part::End(end)) => end,
                None => Err(Error::new(
                    ErrorKind::Cancelled,
                    "the runtime shut down, or reading a row panicked, before the last row",
                )),
            };
            self.end();
            if let Err(error) = end {
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    /// Ends the query at a row that can't be read.
    #[cold]
    fn unreadable(&mut self, error: &DecodeError) -> Error {
        self.stop();
        let name = self.columns.get(error.position).map(String::as_str);
        Error::decode(error, name).with_statement(&self.text)
    }

    /// Frees the connection for others.
    fn end(&mut self) {
        self.ended = true;
        self.task = None;
        if let Some(pinned) = self.pinned.take() {
            pinned.end_stream();
        }
    }

    /// Stops the query: nobody takes rows any more.
    fn stop(&mut self) {
        self.receiver.close();
        if let Some(task) = self.task.take() {
            task.abort();
        }
        self.end();
    }
}

impl<T> Drop for QueryRows<T> {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Target<'_> {
    /// Runs a query and returns its rows as they come. On SQLite it runs on the blocking pool.
    pub fn stream<T: FromRow + Send + 'static>(
        self,
        command: Command,
        mapping: Mapping,
    ) -> RowStream<T> {
        let command = self.sited(command);
        let (sender, receiver) = mpsc::channel(WAITING);
        let mut stream = QueryRows {
            receiver,
            batch: Batch::Rows(Vec::new().into_iter()),
            ended: false,
            mapping: mapping.clone(),
            read: |mapping, cells| mapping.read(cells),
            columns: Vec::new(),
            text: command.text.clone(),
            task: None,
            pinned: None,
        };
        let refuse = |kind, reason: &str| {
            drop(sender.try_send(Part::End(Err(Error::new(kind, reason)))));
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            refuse(
                ErrorKind::ConnectionFailed,
                "a stream needs a Tokio runtime to run in",
            );
            return RowStream(Rows::Query(stream));
        };
        if let Some(pinned) = self.pinned() {
            if !pinned.begin_stream() {
                refuse(
                    ErrorKind::TransactionState,
                    "another stream is being read on this connection; read it to its end first",
                );
                return RowStream(Rows::Query(stream));
            }
            stream.pinned = Some(Arc::clone(pinned));
        }
        let target = self.to_owned();
        let mut command = command.offload(true);
        command.streams = true;
        let task = runtime.spawn(async move {
            let sink = Batches {
                batch: Vec::with_capacity(FIRST),
                full: FIRST,
                sent: false,
                sender: sender.clone(),
                mapping,
            };
            // SQLite steps on the blocking pool, which sends its rows undecoded.
            let end = match target.borrowed().fetch(command, sink).await {
                Ok((sink, _)) => {
                    drop(sender.send(Part::Rows(sink.batch)).await);
                    Ok(())
                }
                Err(error) => Err(error),
            };
            drop(sender.send(Part::End(end)).await);
        });
        if stream.pinned.is_none() {
            stream.task = Some(task.abort_handle());
        }
        RowStream(Rows::Query(stream))
    }
}

/// Collects rows into batches and sends them off.
struct Batches<T> {
    batch: Vec<T>,
    /// Rows of this batch.
    full: usize,
    /// Whether rows were sent, and can't be taken back.
    sent: bool,
    sender: mpsc::Sender<Part<T>>,
    mapping: Mapping,
}

impl<T> Batches<T> {
    fn take(&mut self) -> Part<T> {
        self.sent = true;
        self.full = (self.full * 2).min(MOST);
        Part::Rows(std::mem::replace(
            &mut self.batch,
            Vec::with_capacity(self.full),
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
    fn restart(&mut self) -> bool {
        self.batch.clear();
        !self.sent
    }
    fn is_full(&self) -> bool {
        self.batch.len() >= self.full
    }
    fn hand_over(&mut self) -> BoxFuture<'_, bool> {
        let batch = self.take();
        Box::pin(async move { self.sender.send(batch).await.is_ok() })
    }
    fn forwards(&self) -> bool {
        true
    }
    fn forward(&mut self, rows: Box<dyn RowBatch>) -> BoxFuture<'_, bool> {
        self.sent = true;
        Box::pin(async move { self.sender.send(Part::Batch(rows)).await.is_ok() })
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
