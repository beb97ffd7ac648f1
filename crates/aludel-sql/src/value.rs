//! [`Value`]: one bound value, whatever the database.

mod compare;

use crate::types::SqlType;
use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};

/// One value on its way to a database, or read from one by the dynamic layer.
///
/// Typed reads never build a `Value`: they decode from [`Cells`](crate::row::Cells) into the field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// SQL NULL.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A 16-bit integer.
    I16(i16),
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(f32),
    /// A 64-bit float.
    F64(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// An exact number.
    #[cfg(feature = "decimal")]
    Decimal(rust_decimal::Decimal),
    /// A date.
    Date(CivilDate),
    /// A time of day.
    Time(CivilTime),
    /// A date and time without a time zone.
    DateTime(CivilDateTime),
    /// An instant, UTC, to the microsecond.
    Timestamp(Instant),
    /// A UUID's sixteen bytes.
    Uuid([u8; 16]),
    /// A JSON document's text.
    Json(String),
    /// A label of an enum type.
    Enum(&'static EnumType, &'static str),
    /// A PostgreSQL array.
    Array(Box<Array>),
    /// A value that could not be encoded, with the reason. Binding it fails before any SQL is sent.
    Invalid(Box<str>),
}

/// The binds of a statement. Many statements have just one, which needs no allocation.
#[derive(Debug, Clone, PartialEq)]
pub enum Binds {
    /// A single bind.
    One([Value; 1]),
    /// Any number of binds.
    Many(Vec<Value>),
}

impl Binds {
    /// The binds as a list.
    pub fn into_vec(self) -> Vec<Value> {
        match self {
            Binds::One(one) => one.into(),
            Binds::Many(many) => many,
        }
    }
}

impl std::ops::Deref for Binds {
    type Target = [Value];
    #[inline]
    fn deref(&self) -> &[Value] {
        match self {
            Binds::One(one) => one,
            Binds::Many(many) => many,
        }
    }
}

impl From<Value> for Binds {
    #[inline]
    fn from(value: Value) -> Binds {
        Binds::One([value])
    }
}

impl From<Vec<Value>> for Binds {
    #[inline]
    fn from(values: Vec<Value>) -> Binds {
        Binds::Many(values)
    }
}

/// The elements of a PostgreSQL array and their type.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// The type of every element.
    pub element: SqlType,
    /// The elements; NULL is allowed.
    pub items: Vec<Value>,
}

/// An enum type of the database: its name and its labels, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EnumType {
    /// The type's name (`CREATE TYPE name AS ENUM` on PostgreSQL).
    pub name: &'static str,
    /// The labels in declared order.
    pub labels: &'static [&'static str],
}

impl EnumType {
    /// An enum type known only at run time: read from a database, or declared by a migration. Equal types are stored once, for
    /// as long as the program runs.
    pub fn intern<S: AsRef<str>>(name: &str, labels: &[S]) -> EnumType {
        static KNOWN: std::sync::Mutex<Vec<EnumType>> = std::sync::Mutex::new(Vec::new());
        let mut known = KNOWN
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let same = known.iter().find(|kind| {
            kind.name == name
                && kind.labels.len() == labels.len()
                && kind
                    .labels
                    .iter()
                    .zip(labels)
                    .all(|(a, b)| *a == b.as_ref())
        });
        if let Some(kind) = same {
            return *kind;
        }
        let keep = |text: &str| -> &'static str { Box::leak(text.into()) };
        let labels: Vec<&'static str> = labels.iter().map(|label| keep(label.as_ref())).collect();
        let kind = EnumType {
            name: keep(name),
            labels: labels.leak(),
        };
        known.push(kind);
        kind
    }
}

impl EnumType {
    /// The type as a `'static` reference, as [`Value::Enum`] holds it. It is stored once and never freed: types are part of
    /// the program, and few.
    pub fn kept(self) -> &'static EnumType {
        static KEPT: std::sync::Mutex<Vec<&'static EnumType>> = std::sync::Mutex::new(Vec::new());
        let mut kept = KEPT
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = kept.iter().find(|known| ***known == self) {
            return known;
        }
        let place: &'static EnumType = Box::leak(Box::new(self));
        kept.push(place);
        place
    }
}

impl Value {
    /// Whether this is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The kind of value, as error messages name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "NULL",
            Value::Bool(_) => "bool",
            Value::I16(_) => "i16",
            Value::I32(_) => "i32",
            Value::I64(_) => "i64",
            Value::F32(_) => "f32",
            Value::F64(_) => "f64",
            Value::Text(_) => "text",
            Value::Bytes(_) => "bytes",
            #[cfg(feature = "decimal")]
            Value::Decimal(_) => "decimal",
            Value::Date(_) => "date",
            Value::Time(_) => "time",
            Value::DateTime(_) => "datetime",
            Value::Timestamp(_) => "timestamp",
            Value::Uuid(_) => "uuid",
            Value::Json(_) => "json",
            Value::Enum(..) => "enum label",
            Value::Array(_) => "array",
            Value::Invalid(_) => "invalid value",
        }
    }

    /// Parses an exact number: digits, perhaps with a sign and a point. Nothing is rounded: with more digits than a number
    /// can have, it is `None`.
    #[cfg(feature = "decimal")]
    pub fn decimal(text: &str) -> Option<Value> {
        let is_plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
        if !text.bytes().all(is_plain) {
            return None;
        }
        let number = rust_decimal::Decimal::from_str_exact(text).ok()?;
        Some(Value::Decimal(number))
    }

    /// The integer in this value, of any width.
    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Value::I16(n) => Some(n.into()),
            Value::I32(n) => Some(n.into()),
            Value::I64(n) => Some(n),
            _ => None,
        }
    }

    /// The text in this value: text, a label, or a JSON document.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(text) | Value::Json(text) => Some(text),
            Value::Enum(_, label) => Some(label),
            _ => None,
        }
    }
}
