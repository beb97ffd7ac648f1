//! A row of [`Value`]s in memory, read like a driver's row.

use super::{CellResult, Cells};
use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use crate::types::{AnyText, SqlType};
use crate::value::Value;

/// A row of values. What [`Scalar::encode`](crate::types::Scalar::encode) returns decodes to the same value.
#[derive(Debug, Clone, Copy)]
pub struct ValueCells<'a>(pub &'a [Value]);

fn other(wanted: &str, value: &Value) -> String {
    match value {
        Value::Invalid(why) => why.to_string(),
        other => format!("{}, not {wanted}", other.kind()),
    }
}

macro_rules! cells {
    ($($method:ident -> $kind:ty, $words:literal: $($pattern:pat => $read:expr),+;)+) => {$(
        fn $method(&mut self, at: usize) -> CellResult<$kind> {
            match &self.0[at] {
                Value::Null => Ok(None),
                $($pattern => Ok(Some($read)),)+
                value => Err(other($words, value)),
            }
        }
    )+};
}

impl Cells for ValueCells<'_> {
    fn width(&self) -> usize {
        self.0.len()
    }
    fn is_null(&mut self, at: usize) -> bool {
        self.0[at].is_null()
    }
    fn any_text(&mut self, at: usize) -> CellResult<AnyText> {
        Ok(Some(match &self.0[at] {
            Value::Bool(value) => value.to_string().into(),
            Value::I16(value) => AnyText::integer((*value).into()),
            Value::I32(value) => AnyText::integer((*value).into()),
            Value::I64(value) => AnyText::integer(*value),
            Value::F32(value) => AnyText::float((*value).into()),
            Value::F64(value) => AnyText::float(*value),
            Value::Bytes(bytes) => AnyText::bytes(bytes),
            _ => return Ok(self.string(at)?.map(AnyText::from)),
        }))
    }
    cells! {
        bool -> bool, "a bool": Value::Bool(value) => *value;
        i64 -> i64, "an integer":
            Value::I16(value) => i64::from(*value),
            Value::I32(value) => i64::from(*value),
            Value::I64(value) => *value;
        f64 -> f64, "a float":
            Value::F32(value) => f64::from(*value),
            Value::F64(value) => *value;
        text -> &str, "text":
            Value::Text(value) | Value::Json(value) => value,
            Value::Enum(_, label) => label;
        bytes -> &[u8], "bytes": Value::Bytes(value) => value;
        uuid -> [u8; 16], "a UUID": Value::Uuid(value) => *value;
        date -> CivilDate, "a date": Value::Date(value) => *value;
        time -> CivilTime, "a time": Value::Time(value) => *value;
        datetime -> CivilDateTime, "a datetime": Value::DateTime(value) => *value;
        timestamp -> Instant, "a timestamp": Value::Timestamp(value) => *value;
        array -> Box<dyn Cells + '_>, "an array": Value::Array(array) => Box::new(ValueCells(&array.items));
    }
    #[cfg(feature = "decimal")]
    cells! {
        decimal -> rust_decimal::Decimal, "a decimal": Value::Decimal(value) => *value;
    }
    fn value(&mut self, at: usize, _: Option<&SqlType>) -> Result<Value, String> {
        Ok(self.0[at].clone())
    }
}
