//! Which Rust types read the columns of a database that other tools created: by the name of a type, and by the values in its
//! rows.

use crate::types::SqlType;

/// The first word of a type, in lower case.
pub(in crate::dialect) fn first_word(words: &str) -> String {
    let words = words.to_ascii_lowercase();
    let end = words.find(|c: char| !c.is_ascii_alphanumeric());
    words[..end.unwrap_or(words.len())].to_string()
}

/// The portable type as which values of a database-specific type are read.
pub(in crate::dialect) fn standard(words: &str) -> SqlType {
    match first_word(words).as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" | "int2"
        | "int8" | "oid" => SqlType::BigInt,
        "float" | "double" | "real" => SqlType::Double,
        "numeric" | "decimal" | "number" => SqlType::Decimal(28, 10),
        "blob" | "tinyblob" | "mediumblob" | "longblob" | "binary" | "varbinary" | "bytea" => {
            SqlType::Bytes
        }
        "date" => SqlType::Date,
        "time" => SqlType::Time,
        "datetime" => SqlType::DateTime,
        "timestamp" if words.to_ascii_lowercase().contains("with time zone") => SqlType::Timestamp,
        "timestamp" => SqlType::DateTime,
        "boolean" | "bool" => SqlType::Bool,
        "json" => SqlType::Json,
        _ => SqlType::Text,
    }
}

/// The most digits that Rust's decimals hold.
pub(in crate::dialect) const DIGITS: u32 = 28;

/// A regular expression for numbers in documents that no float may hold: with very many digits, or an exponent beyond those
/// of floats (of three digits, if more than one is before the point). The text before a number tells it from strings.
pub(in crate::dialect) const NUMBERS: &str = "(^|[:,[]|[[:space:]])-?([0-9]{255}|[0-9]{2,}([.][0-9]+)?[eE][+]?[0-9]{3}\
                       |[0-9]+([.][0-9]+)?[eE][+]?(30[89]|3[1-9][0-9]|[4-9][0-9]{2}|[0-9]{4}))";

/// The nesting of arrays and objects from which on a document can't be read.
pub(in crate::dialect) const LEVELS: usize = 128;

/// A regular expression for lone surrogates (`\ud800`); `slash` is one that matches a backslash.
pub(in crate::dialect) fn surrogates(slash: &str) -> String {
    let high = format!("{slash}u[dD][89abAB][0-9a-fA-F][0-9a-fA-F]");
    let low = format!("{slash}u[dD][c-fC-F]");
    format!("{high}(?!{low})|(?<!{high}){low}")
}
