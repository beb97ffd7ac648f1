//! Collations of columns in tables whose collation is not Aludel's own.

use super::Column;
use crate::dialect::Dialect;
use crate::types::SqlType;

/// A column as it is defined in a table of another collation: text names its own, or it would have the table's.
pub fn with_collation(column: &Column, dialect: &dyn Dialect) -> Column {
    let usual = dialect.capabilities().binary_collation;
    let is_text = match &column.sql_type {
        SqlType::Text | SqlType::Varchar(_) | SqlType::Enum(_) => true,
        SqlType::Custom(words) => says_text(words),
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Bytes
        | SqlType::Decimal(..)
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Array(_) => false,
    };
    let mut column = column.clone();
    if is_text && column.collation.is_none() && !usual.is_empty() {
        column.collation = Some(usual.to_string());
    }
    column
}

/// Whether a database-specific type is a text type that names no collation.
fn says_text(words: &str) -> bool {
    const TEXTS: [&str; 8] = [
        "char",
        "varchar",
        "tinytext",
        "text",
        "mediumtext",
        "longtext",
        "enum",
        "set",
    ];
    let words = words.to_ascii_lowercase();
    let first = words.split(|c: char| !c.is_ascii_alphabetic()).next();
    let says = [
        "collate",
        "charset",
        "character set",
        "binary",
        "ascii",
        "unicode",
    ];
    first.is_some_and(|first| TEXTS.contains(&first)) && !says.iter().any(|say| words.contains(say))
}
