//! Which Rust types read the columns of a database that other tools created.

use crate::dialect::ansi::reading::{DIGITS, NUMBERS, first_word, standard, surrogates};
use crate::types::SqlType;

pub(super) fn type_of_words(words: &str) -> SqlType {
    match first_word(words).as_str() {
        "bit" | "geometry" | "point" | "linestring" | "polygon" | "multipoint"
        | "multilinestring" | "multipolygon" | "geometrycollection" => SqlType::Bytes,
        _ => standard(words),
    }
}

pub(super) fn unreadable_type(of: &SqlType) -> Option<String> {
    match of {
        SqlType::Decimal(precision, _) if *precision > DIGITS => Some("1 = 1".into()),
        _ => None,
    }
}

pub(super) fn unreadable(of: &SqlType, v: &str) -> Option<String> {
    Some(match of {
        SqlType::Date | SqlType::DateTime | SqlType::Timestamp => {
            format!("(CAST({v} AS CHAR) LIKE '0000%' OR CAST({v} AS CHAR) LIKE '%-00%')")
        }
        SqlType::Time => format!("({v} < '00:00:00' OR {v} >= '24:00:00')"),
        SqlType::Bool => format!("{v} NOT IN (0, 1)"),
        SqlType::BigInt => format!("{v} > 9223372036854775807"),
        SqlType::Decimal(..) => format!("length(CAST({v} AS CHAR)) > {DIGITS}"),
        // A backslash is one in every mode only as the character of its number. Documents have a hundred levels at most.
        SqlType::Json => {
            let parts = surrogates("@").replace('@', "', CHAR(92, 92 USING utf8mb4), '");
            format!("CAST({v} AS CHAR) REGEXP CONCAT('{NUMBERS}|{parts}')")
        }
        SqlType::SmallInt
        | SqlType::Integer
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bytes
        | SqlType::Uuid
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => return None,
    })
}
