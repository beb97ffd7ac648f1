//! [`FetchRows`], [`FetchRow`] and [`FetchOne`]: the futures of statements whose rows are read into a `Vec`, or of which one is read.

use super::fetch::{Core, Step};
use crate::command::{Command, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Target;
use crate::gather::{Gathered, Lent, Reading, RowList};
use aludel_sql::row::{Cells, FromRow, Row};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A running statement: returns its rows.
#[must_use = "nothing runs until it is awaited"]
pub struct FetchRows<'a, T> {
    rows: Vec<T>,
    running: UntypedFetch<'a>,
}

/// A running statement: returns its first row, if there is one.
#[must_use = "nothing runs until it is awaited"]
pub struct FetchRow<'a, T> {
    row: Option<T>,
    running: UntypedFetch<'a>,
    many: fn() -> Error,
}

impl<'a, T> FetchRows<'a, T> {
    /// The rows of a statement.
    pub fn of(running: UntypedFetch<'a>) -> FetchRows<'a, T> {
        FetchRows {
            rows: Vec::new(),
            running,
        }
    }
}

impl<'a, T> FetchRow<'a, T> {
    /// The row of a statement.
    pub fn of(running: UntypedFetch<'a>) -> FetchRow<'a, T> {
        FetchRow {
            row: None,
            running,
            many,
        }
    }

    /// The error if there are [more rows](Reading::ONE).
    pub fn or(mut self, many: fn() -> Error) -> FetchRow<'a, T> {
        self.many = many;
        self
    }
}

/// A running statement: returns its first row, or fails if there is none.
#[must_use = "nothing runs until it is awaited"]
pub struct FetchOne<'a, T> {
    row: FetchRow<'a, T>,
    none: fn() -> Error,
}

impl<'a, T> FetchRow<'a, T> {
    /// Fails if there is no row.
    pub fn or_else(self, none: fn() -> Error) -> FetchOne<'a, T> {
        FetchOne { row: self, none }
    }
}

#[cold]
fn many() -> Error {
    Error::new(ErrorKind::ManyFound, "expected one row, found several")
}

// Only the contents of a box are pinned.
impl<T> Unpin for FetchRows<'_, T> {}
impl<T> Unpin for FetchRow<'_, T> {}
impl<T> Unpin for FetchOne<'_, T> {}

impl<T: FromRow + Send + 'static> Future for FetchRows<'_, T> {
    type Output = Result<Vec<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Vec<T>>> {
        let this = self.get_mut();
        match this.running.poll(cx, &mut this.rows) {
            Poll::Ready(Ok(_)) => Poll::Ready(Ok(std::mem::take(&mut this.rows))),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: FromRow + Send + 'static> Future for FetchRow<'_, T> {
    type Output = Result<Option<T>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<Option<T>>> {
        let this = self.get_mut();
        match this.running.poll(cx, &mut this.row) {
            Poll::Ready(Ok(true)) => Poll::Ready(Err((this.many)())),
            Poll::Ready(Ok(false)) => Poll::Ready(Ok(this.row.take())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<T: FromRow + Send + 'static> Future for FetchOne<'_, T> {
    type Output = Result<T>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        let this = self.get_mut();
        match Pin::new(&mut this.row).poll(cx) {
            Poll::Ready(Ok(Some(row))) => Poll::Ready(Ok(row)),
            Poll::Ready(Ok(None)) => Poll::Ready(Err((this.none)())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// A statement and how it is read, without the type of its rows: [`FetchRows`] and [`FetchRow`] are futures of it.
#[must_use = "nothing runs until its rows are read"]
pub struct UntypedFetch<'a> {
    core: Core<'a>,
    reading: Reading,
    /// A row that is known without asking.
    known: Option<Box<dyn Cells + Send>>,
}

impl<'a> UntypedFetch<'a> {
    pub(crate) fn new(
        target: Target<'a>,
        command: Result<Command>,
        reading: Reading,
    ) -> UntypedFetch<'a> {
        let core = match command {
            Ok(command) => Core::new(target, target.sited(command)),
            Err(error) => Core::known(target, Err(error)),
        };
        UntypedFetch {
            core,
            reading,
            known: None,
        }
    }

    /// A result that is known without asking: no row, or one.
    pub fn known(target: Target<'a>, row: Option<Box<dyn Cells + Send>>) -> UntypedFetch<'a> {
        UntypedFetch {
            core: Core::known(target, Ok(Default::default())),
            reading: Reading::ALL,
            known: row,
        }
    }

    /// Reads the rows. Returns whether there are more than were read.
    fn poll(&mut self, cx: &mut Context<'_>, rows: &mut dyn RowList) -> Poll<Result<bool>> {
        if let Some(mut cells) = self.known.take() {
            let read = rows.read(&mut Row::new(&mut *cells));
            return Poll::Ready(match read {
                Ok(()) => Ok(false),
                Err(error) => Err(Error::new(ErrorKind::Decode, error.to_string())),
            });
        }
        if self.core.is_new() {
            let mut here = Lent::of(&mut *rows, &mut self.reading);
            if let Some(done) = self.core.poll_now(&mut here) {
                return Poll::Ready(done.map(|_| here.more));
            }
        }
        let reading = &mut self.reading;
        let mut lend = || {
            let reading = std::mem::replace(reading, Reading::ALL);
            Some(Box::new(Gathered::new(rows.lend(), reading)) as Box<dyn Sink>)
        };
        match ready!(self.core.poll_later(cx, &mut lend))? {
            Step::Here(_) => Poll::Ready(Ok(false)),
            Step::Back(sink, _) => match sink.into_any().downcast::<Gathered>() {
                Ok(gather) => {
                    rows.take_back(gather.rows);
                    Poll::Ready(Ok(gather.more))
                }
                Err(_) => Poll::Ready(Err(Error::new(ErrorKind::Internal, "a sink was lost"))),
            },
        }
    }
}
