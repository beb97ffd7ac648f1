//! Reads rows, or parts of them, from values.

use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row, ValueCells};

/// Reads a row, or a part of one, from these values.
pub(crate) fn read_values<T: FromRow>(values: &[Value]) -> Result<T> {
    match T::from_row(&mut Row::new(&mut ValueCells(values))) {
        Ok(read) => Ok(read),
        Err(error) => Err(unreadable(error)),
    }
}

/// The error for a row that can't be read.
#[cold]
pub(crate) fn unreadable(error: DecodeError) -> Error {
    Error::new(ErrorKind::Decode, error.to_string())
}

/// All columns of a row, whose types are known elsewhere.
pub(crate) struct AllValues(pub(crate) Vec<Value>);

impl FromRow for AllValues {
    // The row decides: it is read whole.
    const WIDTH: usize = 0;

    fn from_row(row: &mut Row<'_>) -> Result<AllValues, DecodeError> {
        let values = (0..row.remaining()).map(|_| row.value(None));
        values.collect::<Result<_, _>>().map(AllValues)
    }
}
