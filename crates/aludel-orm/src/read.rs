//! Reads rows, or parts of them, from values.

use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row, ValueCells};

/// Reads a row, or a part of one, from these values.
pub(crate) fn read_values<T: FromRow>(values: &[Value]) -> Result<T> {
    T::read_row(&mut Row::new(&mut ValueCells(values)))
}

/// Reads a row; the error is one of the library. A trait, so that the compiler puts it beside the model.
pub(crate) trait Readable: FromRow {
    fn read_row(row: &mut Row<'_>) -> Result<Self> {
        match Self::from_row(row) {
            Ok(row) => Ok(row),
            Err(error) => Err(unreadable(error)),
        }
    }
}

impl<T: FromRow> Readable for T {}

/// The error for a row that can't be read.
#[cold]
pub(crate) fn unreadable(error: DecodeError) -> Error {
    Error::new(ErrorKind::Decode, error.to_string())
}
