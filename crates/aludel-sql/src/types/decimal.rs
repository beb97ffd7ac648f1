//! `rust_decimal::Decimal`: exact, never through a float.

use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use rust_decimal::Decimal;

impl Scalar for Decimal {
    /// 28 digits, 10 after the point, unless the field says `decimal(p, s)`.
    fn sql_type() -> SqlType {
        SqlType::Decimal(28, 10)
    }
    fn encode(self) -> Value {
        Value::Decimal(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.decimal(at)
    }
}
