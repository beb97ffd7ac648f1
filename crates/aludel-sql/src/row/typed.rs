//! A row whose columns' types are known beforehand.

use super::{CellResult, Cells};
use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use crate::types::{AnyText, SqlType};
use crate::value::Value;

/// A row and the types of its columns, so that reading a [`Value`] needs no hint.
pub struct TypedCells<'a> {
    cells: &'a mut dyn Cells,
    types: &'a [SqlType],
}

impl<'a> TypedCells<'a> {
    /// A row whose columns have these types.
    pub fn new(cells: &'a mut dyn Cells, types: &'a [SqlType]) -> TypedCells<'a> {
        TypedCells { cells, types }
    }
}

macro_rules! cells {
    ($($method:ident -> $kind:ty;)+) => {$(
        fn $method(&mut self, at: usize) -> CellResult<$kind> {
            self.cells.$method(at)
        }
    )+};
}

impl Cells for TypedCells<'_> {
    fn width(&self) -> usize {
        self.cells.width()
    }
    fn is_null(&mut self, at: usize) -> bool {
        self.cells.is_null(at)
    }
    cells! {
        bool -> bool;
        i64 -> i64;
        f64 -> f64;
        text -> &str;
        string -> String;
        any_text -> AnyText;
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
        self.cells.value(at, hint.or(self.types.get(at)))
    }
}
