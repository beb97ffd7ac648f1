//! The Rust types of columns.

use super::super::operations::quoted;
use super::names::enum_name;
use aludel_sql::types::SqlType;

pub(super) fn is_integer(kind: &str) -> bool {
    matches!(kind, "i16" | "i32" | "i64")
}

/// The Rust type of a column, and what has to be said of it.
pub(super) fn rust_type(of: &SqlType, items: &mut Vec<String>) -> String {
    match of {
        SqlType::Bool => "bool".into(),
        SqlType::SmallInt => "i16".into(),
        SqlType::Integer => "i32".into(),
        SqlType::BigInt => "i64".into(),
        SqlType::Real => "f32".into(),
        SqlType::Double => "f64".into(),
        SqlType::Varchar(length) => {
            items.push(format!("max_length = {length}"));
            "String".into()
        }
        SqlType::Bytes => "Bytes".into(),
        SqlType::Decimal(precision, scale) => {
            items.push(format!("decimal({precision}, {scale})"));
            "rust_decimal::Decimal".into()
        }
        SqlType::Date => "jiff::civil::Date".into(),
        SqlType::Time => "jiff::civil::Time".into(),
        SqlType::DateTime => "jiff::civil::DateTime".into(),
        SqlType::Timestamp => "jiff::Timestamp".into(),
        SqlType::Uuid => "uuid::Uuid".into(),
        SqlType::Json => "serde_json::Value".into(),
        SqlType::Enum(kind) => enum_name(kind.name),
        SqlType::Array(element) => {
            // What has to be said of the element is said of the whole.
            let mut of_element = Vec::new();
            let kind = rust_type(element, &mut of_element);
            if !of_element.is_empty() {
                let mut words = String::new();
                use aludel_sql::dialect::{Dialect, POSTGRES};
                if POSTGRES.column_type(of, false, &mut words).is_ok() {
                    items.push(format!("sql_type = {}", quoted(&words)));
                }
            }
            format!("Vec<{kind}>")
        }
        SqlType::Custom(words) => {
            items.push(format!("sql_type = {}", quoted(words)));
            of_words(words).into()
        }
        _ => "String".into(),
    }
}

/// The Rust type that can read a type in a database's own words.
fn of_words(words: &str) -> &'static str {
    let words = words.to_ascii_lowercase();
    let first = words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or("");
    match first {
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" | "bit"
        | "int2" | "int8" => "i64",
        "float" | "double" | "real" => "f64",
        "numeric" | "decimal" | "number" => "rust_decimal::Decimal",
        "blob" | "tinyblob" | "mediumblob" | "binary" | "varbinary" | "bytea" => "Bytes",
        "date" => "jiff::civil::Date",
        "time" => "jiff::civil::Time",
        "datetime" => "jiff::civil::DateTime",
        "timestamp" if words.contains("with time zone") => "jiff::Timestamp",
        "timestamp" => "jiff::civil::DateTime",
        "boolean" | "bool" => "bool",
        "json" => "serde_json::Value",
        _ => "String",
    }
}
