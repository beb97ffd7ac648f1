//! A row of values with the number that the database gave it.

use super::{CellResult, Cells, ValueCells};
use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use crate::types::{AnyText, SqlType};
use crate::value::Value;

/// The values of a row, then the number that the database gave it, then NULL.
/// Text is moved out without a copy: each column is read once.
#[derive(Debug)]
pub struct NumberedCells<'a> {
    values: &'a mut [Value],
    number: i64,
}

macro_rules! cells {
    ($($method:ident -> $kind:ty;)+) => {$(
        fn $method(&mut self, at: usize) -> CellResult<$kind> {
            if at < self.values.len() {
                return ValueCells(self.values).$method(at);
            }
            self.behind(at, stringify!($method))
        }
    )+};
}

impl<'a> NumberedCells<'a> {
    /// A row of these values, with that number.
    pub fn new(values: &'a mut [Value], number: i64) -> NumberedCells<'a> {
        NumberedCells { values, number }
    }

    #[cold]
    fn behind<T>(&self, at: usize, wanted: &str) -> CellResult<T> {
        if at == self.values.len() {
            return Err(format!("the number of a row, which is no {wanted}"));
        }
        Ok(None)
    }
}

impl Cells for NumberedCells<'_> {
    fn width(&self) -> usize {
        self.values.len() + 2
    }
    fn is_null(&mut self, at: usize) -> bool {
        let width = self.values.len();
        at > width || at < width && self.values[at].is_null()
    }
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        let width = self.values.len();
        if at == width {
            return Ok(Some(self.number));
        }
        if at < width {
            ValueCells(self.values).i64(at)
        } else {
            Ok(None)
        }
    }
    fn text(&mut self, at: usize) -> CellResult<&str> {
        match self.values.get(at) {
            Some(Value::Text(text) | Value::Json(text)) => Ok(Some(text)),
            Some(Value::Enum(_, label)) => Ok(Some(label)),
            Some(Value::Null) => Ok(None),
            Some(other) => Err(format!("{}, not text", other.kind())),
            None => self.behind(at, "text"),
        }
    }
    fn bytes(&mut self, at: usize) -> CellResult<&[u8]> {
        match self.values.get(at) {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            Some(other) => Err(format!("{}, not bytes", other.kind())),
            None => self.behind(at, "bytes"),
        }
    }
    fn array(&mut self, at: usize) -> CellResult<Box<dyn Cells + '_>> {
        match self.values.get(at) {
            Some(Value::Array(array)) => Ok(Some(Box::new(ValueCells(&array.items)))),
            Some(Value::Null) => Ok(None),
            Some(other) => Err(format!("{}, not an array", other.kind())),
            None => self.behind(at, "array"),
        }
    }
    fn string(&mut self, at: usize) -> CellResult<String> {
        match self.values.get_mut(at) {
            Some(Value::Text(text)) => Ok(Some(std::mem::take(text))),
            _ => Ok(self.text(at)?.map(str::to_owned)),
        }
    }
    cells! {
        any_text -> AnyText;
        bool -> bool;
        f64 -> f64;
        uuid -> [u8; 16];
        date -> CivilDate;
        time -> CivilTime;
        datetime -> CivilDateTime;
        timestamp -> Instant;
    }
    #[cfg(feature = "decimal")]
    cells! {
        decimal -> rust_decimal::Decimal;
    }
    fn value(&mut self, at: usize, hint: Option<&SqlType>) -> Result<Value, String> {
        let width = self.values.len();
        if at < width {
            return ValueCells(self.values).value(at, hint);
        }
        Ok(if at == width {
            Value::I64(self.number)
        } else {
            Value::Null
        })
    }
}
