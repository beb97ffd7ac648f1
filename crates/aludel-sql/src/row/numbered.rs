//! A row of values that the database has numbered.

use super::{CellResult, Cells, ValueCells};
use crate::types::SqlType;
use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use crate::value::Value;

/// The values of a row, the number that the database gave it behind them, and NULL behind that.
#[derive(Debug, Clone, Copy)]
pub struct NumberedCells<'a> {
    values: ValueCells<'a>,
    number: i64,
}

macro_rules! cells {
    ($($method:ident -> $kind:ty;)+) => {$(
        fn $method(&mut self, at: usize) -> CellResult<$kind> {
            if at < self.values.width() {
                return self.values.$method(at);
            }
            self.behind(at, stringify!($method))
        }
    )+};
}

impl<'a> NumberedCells<'a> {
    /// These values, of the row of that number.
    pub fn new(values: &'a [Value], number: i64) -> NumberedCells<'a> {
        NumberedCells {
            values: ValueCells(values),
            number,
        }
    }

    #[cold]
    fn behind<T>(&self, at: usize, wanted: &str) -> CellResult<T> {
        if at == self.values.width() {
            return Err(format!("the number of a row, which is no {wanted}"));
        }
        Ok(None)
    }
}

impl Cells for NumberedCells<'_> {
    fn width(&self) -> usize {
        self.values.width() + 2
    }
    fn is_null(&mut self, at: usize) -> bool {
        let width = self.values.width();
        at > width || at < width && self.values.is_null(at)
    }
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        let width = self.values.width();
        if at == width {
            return Ok(Some(self.number));
        }
        if at < width {
            self.values.i64(at)
        } else {
            Ok(None)
        }
    }
    cells! {
        bool -> bool;
        f64 -> f64;
        text -> &str;
        bytes -> &[u8];
        json -> &str;
        uuid -> [u8; 16];
        date -> CivilDate;
        time -> CivilTime;
        datetime -> CivilDateTime;
        timestamp -> Instant;
        array -> Box<dyn Cells + '_>;
    }
    #[cfg(feature = "decimal")]
    cells! {
        decimal -> rust_decimal::Decimal;
    }
    fn value(&mut self, at: usize, hint: Option<&SqlType>) -> Result<Value, String> {
        let width = self.values.width();
        if at < width {
            return self.values.value(at, hint);
        }
        Ok(if at == width {
            Value::I64(self.number)
        } else {
            Value::Null
        })
    }
}
