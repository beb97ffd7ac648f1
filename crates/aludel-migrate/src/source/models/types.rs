//! Rust types of columns.

use super::super::survey::Reading;
use super::names::enum_name;
use crate::literals::quoted;
use aludel_sql::dialect::Dialect;
use aludel_sql::types::SqlType;

pub(super) fn is_integer(kind: &str) -> bool {
    matches!(kind, "i16" | "i32" | "i64")
}

/// The Rust type of a column; attribute items that it needs are added to `items`.
pub(super) fn rust_type(
    of: &SqlType,
    reading: Option<Reading>,
    dialect: &'static dyn Dialect,
    items: &mut Vec<String>,
) -> String {
    if reading == Some(Reading::AnyText) {
        let mut words = String::new();
        if dialect.column_type(of, false, &mut words).is_ok() {
            items.push(format!("sql_type = {}", quoted(&words)));
        }
        return "AnyText".into();
    }
    match of {
        SqlType::Varchar(length) => {
            items.push(format!("max_length = {length}"));
            "String".into()
        }
        SqlType::Decimal(precision, scale) => {
            items.push(format!("decimal({precision}, {scale})"));
            plain(of)
        }
        SqlType::Array(element) => {
            // If the element needs an attribute item, so does the array.
            let mut of_element = Vec::new();
            let kind = rust_type(element, None, dialect, &mut of_element);
            if !of_element.is_empty() {
                let mut words = String::new();
                if dialect.column_type(of, false, &mut words).is_ok() {
                    items.push(format!("sql_type = {}", quoted(&words)));
                }
            }
            match reading {
                Some(Reading::OptionalElements) => format!("Vec<Option<{kind}>>"),
                _ => format!("Vec<{kind}>"),
            }
        }
        SqlType::Custom(words) => {
            items.push(format!("sql_type = {}", quoted(words)));
            plain(&dialect.reads_as(words))
        }
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Bytes
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Enum(_) => plain(of),
    }
}

/// The Rust type of a built-in type.
fn plain(of: &SqlType) -> String {
    match of {
        SqlType::Bool => "bool",
        SqlType::SmallInt => "i16",
        SqlType::Integer => "i32",
        SqlType::BigInt => "i64",
        SqlType::Real => "f32",
        SqlType::Double => "f64",
        SqlType::Bytes => "Bytes",
        SqlType::Decimal(..) => "rust_decimal::Decimal",
        SqlType::Date => "jiff::civil::Date",
        SqlType::Time => "jiff::civil::Time",
        SqlType::DateTime => "jiff::civil::DateTime",
        SqlType::Timestamp => "jiff::Timestamp",
        SqlType::Uuid => "uuid::Uuid",
        SqlType::Json => "serde_json::Value",
        SqlType::Enum(kind) => return enum_name(kind.name),
        SqlType::Text | SqlType::Varchar(_) | SqlType::Array(_) | SqlType::Custom(_) => "String",
    }
    .into()
}
