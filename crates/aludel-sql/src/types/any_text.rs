//! [`AnyText`]: whatever a column holds, as text.

use super::{Element, Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use std::fmt;
use std::ops::Deref;

/// Whatever a column holds, as text: for columns whose rows have values that no other type reads. `inspectdb` writes it
/// for dates without an end (PostgreSQL) or with zeros (MariaDB), numbers of more than 28 digits, arrays of several
/// dimensions, and columns of SQLite whose values are of several types. Give the column's type in the database's words:
/// `#[field(sql_type = "date")]`.
///
/// A value that was read is written back, and compared, as what it was: on SQLite as an integer, a float or bytes. Text of
/// your own (`AnyText::from("…")`) is written as text, which the database converts to the column's type; in a column with
/// values of several types, it is not equal to the number with its digits.
///
/// Floats are shown as Rust writes them; bytes that are not text as `x'00FF'`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct AnyText {
    text: String,
    stored: Stored,
}

/// What the database holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
enum Stored {
    #[default]
    Text,
    Integer,
    Float,
    /// Bytes that are text.
    Bytes,
    /// Bytes, shown as a literal.
    Hex,
    /// Text that is not UTF-8, shown as a literal.
    Damaged,
}

impl AnyText {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// An integer that the database does not convert to text.
    pub fn integer(n: i64) -> AnyText {
        AnyText {
            text: n.to_string(),
            stored: Stored::Integer,
        }
    }

    /// A float that the database does not convert to text.
    pub fn float(n: f64) -> AnyText {
        AnyText {
            text: format!("{n:?}"),
            stored: Stored::Float,
        }
    }

    /// Bytes: shown as text if they are UTF-8, or as a literal `x'00FF'`.
    pub fn bytes(bytes: &[u8]) -> AnyText {
        match std::str::from_utf8(bytes) {
            Ok(text) => AnyText {
                text: text.to_owned(),
                stored: Stored::Bytes,
            },
            Err(_) => AnyText {
                text: hex(bytes),
                stored: Stored::Hex,
            },
        }
    }

    /// The content of a text column. If it is not UTF-8, it can be shown, but not written back.
    pub fn text(bytes: &[u8]) -> AnyText {
        match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => AnyText {
                text: hex(bytes),
                stored: Stored::Damaged,
            },
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("x'{digits}'")
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("x'")?.strip_suffix('\'')?;
    (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok())
        .collect()
}

impl From<String> for AnyText {
    fn from(text: String) -> Self {
        AnyText {
            text,
            stored: Stored::Text,
        }
    }
}

impl From<&str> for AnyText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<AnyText> for String {
    fn from(any: AnyText) -> Self {
        any.text
    }
}

impl Deref for AnyText {
    type Target = str;
    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for AnyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Element for AnyText {}

impl Scalar for AnyText {
    fn sql_type() -> SqlType {
        SqlType::Text
    }
    fn encode(self) -> Value {
        let damaged = || Value::Invalid(format!("{} can't be written back", self.text).into());
        match self.stored {
            Stored::Text => Value::Text(self.text),
            Stored::Integer => self.text.parse().map_or_else(|_| damaged(), Value::I64),
            Stored::Float => self.text.parse().map_or_else(|_| damaged(), Value::F64),
            Stored::Bytes => Value::Bytes(self.text.into_bytes()),
            Stored::Hex => unhex(&self.text).map_or_else(damaged, Value::Bytes),
            Stored::Damaged => Value::Invalid(
                format!(
                    "text that is not UTF-8 ({}) can't be written back",
                    self.text
                )
                .into(),
            ),
        }
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.any_text(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_back_as_what_it_was() {
        for (any, text, value) in [
            (AnyText::from("17"), "17", Value::Text("17".into())),
            (AnyText::integer(17), "17", Value::I64(17)),
            (AnyText::float(1.0), "1.0", Value::F64(1.0)),
            (
                AnyText::float(f64::INFINITY),
                "inf",
                Value::F64(f64::INFINITY),
            ),
            (AnyText::float(5e-324), "5e-324", Value::F64(5e-324)),
            (AnyText::bytes(b"17"), "17", Value::Bytes(b"17".into())),
            (
                AnyText::bytes(b"x'00'"),
                "x'00'",
                Value::Bytes(b"x'00'".into()),
            ),
            (
                AnyText::bytes(&[0, 255]),
                "x'00FF'",
                Value::Bytes(vec![0, 255]),
            ),
            (
                AnyText::text(b"x'00'"),
                "x'00'",
                Value::Text("x'00'".into()),
            ),
        ] {
            assert_eq!(any.as_str(), text);
            assert_eq!(any.encode(), value, "{text}");
        }
        assert!(matches!(AnyText::text(&[255]).encode(), Value::Invalid(_)));
        assert_ne!(AnyText::integer(17), AnyText::from("17"));
    }
}
