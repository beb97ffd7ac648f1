//! [`Running`]: work that goes on while nobody polls it.

use crate::command::BoxFuture;
use crate::error::{Error, ErrorKind, Result};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::task::JoinHandle;

/// Work of a stream, as a task of its own: a future that is kept unpolled would keep its connection, and the lock of its
/// transaction. Without a runtime (SQLite), where nothing waits, it runs where it is polled.
pub enum Running<T> {
    /// A task, and whether it is left to its end when nobody wants it any more: in a transaction, half a statement would cost
    /// the connection.
    Task(JoinHandle<T>, bool),
    /// A future.
    Inline(BoxFuture<'static, T>),
}

impl<T: Send + 'static> Running<T> {
    /// Starts it. With `finishes` it is not stopped when this is dropped.
    pub fn start(work: impl Future<Output = T> + Send + 'static, finishes: bool) -> Running<T> {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => Running::Task(runtime.spawn(work), finishes),
            Err(_) => Running::Inline(Box::pin(work)),
        }
    }

    /// What it came to.
    ///
    /// # Errors
    /// The runtime shut down, or the work panicked.
    pub fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<T>> {
        match self {
            Running::Task(task, _) => Pin::new(task).poll(cx).map_err(|_| {
                Error::new(
                    ErrorKind::Cancelled,
                    "the runtime shut down, or reading a row panicked, before the last row",
                )
            }),
            Running::Inline(work) => work.as_mut().poll(cx).map(Ok),
        }
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        if let Running::Task(task, false) = self {
            task.abort();
        }
    }
}
