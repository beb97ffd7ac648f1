//! Booleans, numbers, text, bytes, arrays.

use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::{Array, Value};

impl Scalar for bool {
    fn sql_type() -> SqlType {
        SqlType::Bool
    }
    fn encode(self) -> Value {
        Value::Bool(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.bool(at)
    }
}

impl Scalar for i64 {
    fn sql_type() -> SqlType {
        SqlType::BigInt
    }
    fn encode(self) -> Value {
        Value::I64(self)
    }
    #[inline]
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.i64(at)
    }
}

macro_rules! integers {
    ($($int:ty => $sql:ident, $value:ident;)+) => {$(
        impl Scalar for $int {
            fn sql_type() -> SqlType {
                SqlType::$sql
            }
            fn encode(self) -> Value {
                Value::$value(self.into())
            }
            fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
                match cells.i64(at)? {
                    None => Ok(None),
                    Some(n) => match <$int>::try_from(n) {
                        Ok(n) => Ok(Some(n)),
                        Err(_) => Err("an integer that does not fit (out of range)".into()),
                    },
                }
            }
            fn range() -> Option<(i64, i64)> {
                Some((<$int>::MIN.into(), <$int>::MAX.into()))
            }
        }
    )+};
}
integers! {
    i8 => SmallInt, I16;
    i16 => SmallInt, I16;
    i32 => Integer, I32;
    u8 => SmallInt, I16;
    u16 => Integer, I32;
    u32 => BigInt, I64;
}

impl Scalar for f64 {
    fn sql_type() -> SqlType {
        SqlType::Double
    }
    fn encode(self) -> Value {
        Value::F64(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.f64(at)
    }
}

impl Scalar for f32 {
    fn sql_type() -> SqlType {
        SqlType::Real
    }
    fn encode(self) -> Value {
        Value::F32(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        match cells.f64(at)? {
            None => Ok(None),
            Some(wide) => {
                let narrow = wide as f32;
                if narrow.is_infinite() && wide.is_finite() {
                    return Err("a float that does not fit (out of range)".into());
                }
                Ok(Some(narrow))
            }
        }
    }
}

impl Scalar for String {
    fn sql_type() -> SqlType {
        SqlType::Text
    }
    fn encode(self) -> Value {
        Value::Text(self)
    }
    #[inline]
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.string(at)
    }
}

/// Bytes, in one column. (`Vec<u8>` itself would read as an array of small integers.)
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Bytes(pub Vec<u8>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Bytes(bytes.to_vec())
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Scalar for Bytes {
    fn sql_type() -> SqlType {
        SqlType::Bytes
    }
    fn encode(self) -> Value {
        Value::Bytes(self.0)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        Ok(cells.bytes(at)?.map(Bytes::from))
    }
}

impl Scalar for Vec<u8> {
    fn sql_type() -> SqlType {
        SqlType::Bytes
    }
    fn encode(self) -> Value {
        Value::Bytes(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        Ok(cells.bytes(at)?.map(<[u8]>::to_vec))
    }
}

/// Types of elements of a PostgreSQL array: every scalar except `u8`, whose `Vec` is bytes. The derives of enums and
/// newtypes implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the element of an array",
    label = "no element of an array"
)]
pub trait Element: Scalar {}

#[diagnostic::do_not_recommend]
impl<T: Element> Scalar for Vec<T> {
    fn sql_type() -> SqlType {
        SqlType::Array(Box::new(T::sql_type()))
    }
    fn encode(self) -> Value {
        encode_array(self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        decode_array(cells, at)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Element> Scalar for Vec<Option<T>> {
    fn sql_type() -> SqlType {
        SqlType::Array(Box::new(T::sql_type()))
    }
    fn encode(self) -> Value {
        Value::Array(Box::new(Array {
            element: T::sql_type(),
            items: { self.into_iter() }
                .map(|item| item.map_or(Value::Null, Scalar::encode))
                .collect(),
        }))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        let Some(mut items) = cells.array(at)? else {
            return Ok(None);
        };
        (0..items.width())
            .map(|at| T::decode(&mut *items, at))
            .collect::<Result<_, _>>()
            .map(Some)
    }
}

macro_rules! arrays {
    ($($element:ty),+ $(,)?) => {$(
        impl Element for $element {}
    )+};
}
arrays!(bool, i16, i32, i64, u16, u32, f32, f64, String);
#[cfg(feature = "decimal")]
arrays!(rust_decimal::Decimal);
#[cfg(feature = "uuid")]
arrays!(uuid::Uuid);
#[cfg(feature = "jiff")]
arrays!(jiff::Timestamp, jiff::civil::Date, jiff::civil::DateTime);
#[cfg(feature = "chrono")]
arrays!(
    chrono::DateTime<chrono::Utc>,
    chrono::NaiveDate,
    chrono::NaiveDateTime
);
#[cfg(feature = "time")]
arrays!(time::OffsetDateTime, time::Date, time::PrimitiveDateTime);

fn encode_array<T: Scalar>(items: Vec<T>) -> Value {
    Value::Array(Box::new(Array {
        element: T::sql_type(),
        items: items.into_iter().map(Scalar::encode).collect(),
    }))
}

fn decode_array<T: Scalar>(cells: &mut dyn Cells, at: usize) -> CellResult<Vec<T>> {
    let Some(mut items) = cells.array(at)? else {
        return Ok(None);
    };
    let mut out = Vec::with_capacity(items.width());
    for at in 0..items.width() {
        match T::decode(&mut *items, at)? {
            Some(item) => out.push(item),
            None => return Err("a NULL element (read it as Vec<Option<_>>)".into()),
        }
    }
    Ok(Some(out))
}
