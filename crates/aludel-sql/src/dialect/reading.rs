//! Which Rust types read the columns of a database that something else has made: by the words of a type, and by the values
//! that its rows have.

use crate::types::SqlType;

/// The first word of a type, in small letters.
fn first_word(words: &str) -> String {
    let words = words.to_ascii_lowercase();
    let end = words.find(|c: char| !c.is_ascii_alphanumeric());
    words[..end.unwrap_or(words.len())].to_string()
}

/// A type whose values are read as those of a type in the database's own words.
pub(super) fn standard(words: &str) -> SqlType {
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

pub(super) fn postgres_words(words: &str) -> SqlType {
    match standard(words) {
        // With a time zone of its own.
        SqlType::Time if words.contains("with time zone") => SqlType::Text,
        known => known,
    }
}

pub(super) fn mysql_words(words: &str) -> SqlType {
    match first_word(words).as_str() {
        "bit" | "geometry" | "point" | "linestring" | "polygon" | "multipoint"
        | "multilinestring" | "multipolygon" | "geometrycollection" => SqlType::Bytes,
        _ => standard(words),
    }
}

/// SQLite keeps what has a point as a float, and what has no known word by its affinity.
pub(super) fn sqlite_words(words: &str) -> SqlType {
    let upper = words.to_ascii_uppercase();
    match standard(words) {
        SqlType::Decimal(..) => SqlType::Double,
        SqlType::Text if upper.contains("INT") => SqlType::BigInt,
        SqlType::Text
            if ["CHAR", "CLOB", "TEXT"]
                .iter()
                .any(|word| upper.contains(word)) =>
        {
            SqlType::Text
        }
        SqlType::Text
            if ["REAL", "FLOA", "DOUB"]
                .iter()
                .any(|word| upper.contains(word)) =>
        {
            SqlType::Double
        }
        known => known,
    }
}

/// More digits than a decimal of Rust's holds, in a text of digits.
const DIGITS: u32 = 28;

pub(super) fn postgres(of: &SqlType, v: &str) -> Option<String> {
    Some(match of {
        SqlType::Date | SqlType::DateTime => {
            format!("(NOT isfinite({v}) OR extract(year FROM {v}) NOT BETWEEN 1 AND 9999)")
        }
        // An instant's last day is not the same everywhere on earth.
        SqlType::Timestamp => {
            format!("(NOT isfinite({v}) OR extract(year FROM {v}) NOT BETWEEN 1 AND 9998)")
        }
        SqlType::Time => format!("{v}::text = '24:00:00'"),
        SqlType::Decimal(..) => format!(
            "({v}::text !~ '^[-0-9.]+$' OR length(regexp_replace({v}::text, '[^0-9]', '', 'g')) > {DIGITS})"
        ),
        SqlType::Json => format!("{v}::text ~ '[0-9]{{255}}|[eE][+]?[0-9]{{3}}'"),
        SqlType::Array(element) => {
            let own;
            let element = match element.as_ref() {
                // The server sends arrays of its own types as one text.
                SqlType::Custom(words) if postgres_words(words) == SqlType::Text => {
                    return Some("true".into());
                }
                SqlType::Custom(words) => {
                    own = postgres_words(words);
                    &own
                }
                known => known,
            };
            let shape = format!("array_ndims({v}) > 1 OR array_lower({v}, 1) <> 1");
            match postgres(element, "one.element") {
                None => shape,
                Some(other) => format!(
                    "({shape} OR EXISTS (SELECT 1 FROM unnest({v}) AS one(element) WHERE {other}))"
                ),
            }
        }
        // A domain has a name of its own, and its values come as those of what it is a domain of.
        SqlType::Text | SqlType::Custom(_) => format!(
            "EXISTS (SELECT 1 FROM pg_type d WHERE d.oid = pg_typeof({v}) AND d.typtype = 'd' \
             AND (SELECT b.typcategory FROM pg_type b WHERE b.oid = d.typbasetype) <> 'S')"
        ),
        _ => return None,
    })
}

pub(super) fn mysql(of: &SqlType, v: &str) -> Option<String> {
    Some(match of {
        SqlType::Date | SqlType::DateTime | SqlType::Timestamp => {
            format!("(CAST({v} AS CHAR) LIKE '0000%' OR CAST({v} AS CHAR) LIKE '%-00%')")
        }
        SqlType::Time => format!("({v} < '00:00:00' OR {v} >= '24:00:00')"),
        SqlType::Bool => format!("{v} NOT IN (0, 1)"),
        SqlType::BigInt => format!("{v} > 9223372036854775807"),
        SqlType::Decimal(precision, _) if *precision > DIGITS => format!("{v} IS NOT NULL"),
        SqlType::Decimal(..) => format!("length(CAST({v} AS CHAR)) > {DIGITS}"),
        _ => return None,
    })
}

/// The whole numbers that a float holds exactly.
const EXACT: i64 = 1 << 53;

pub(super) fn sqlite(of: &SqlType, v: &str) -> Option<String> {
    let whole = |least: i64, most: i64| {
        format!("(typeof({v}) <> 'integer' OR {v} NOT BETWEEN {least} AND {most})")
    };
    let day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    let clock = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]";
    // Digits of a second's parts behind a length, or nothing.
    let parts = |from: u32| {
        format!(
            "(length({v}) >= {from} AND (substr({v}, {from}, 1) <> '.' OR length({v}) = {from} OR length({v}) > {} \
             OR substr({v}, {}) GLOB '*[^0-9]*'))",
            from + 9,
            from + 1
        )
    };
    let text = format!("typeof({v}) <> 'text'");
    Some(match of {
        SqlType::Bool => whole(0, 1),
        SqlType::SmallInt => whole(i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => whole(i32::MIN.into(), i32::MAX.into()),
        SqlType::BigInt => format!("typeof({v}) <> 'integer'"),
        // Columns of numbers keep a float without a fraction as an integer.
        SqlType::Real | SqlType::Double => format!(
            "(typeof({v}) NOT IN ('real', 'integer') OR typeof({v}) = 'integer' AND {v} NOT BETWEEN -{EXACT} AND {EXACT})"
        ),
        SqlType::Decimal(..) => {
            format!(
                "(typeof({v}) = 'real' OR typeof({v}) = 'blob' OR CAST({v} AS TEXT) GLOB '*[^-0-9.]*' OR length({v}) > {DIGITS})"
            )
        }
        SqlType::Bytes => format!("typeof({v}) NOT IN ('blob', 'text')"),
        SqlType::Uuid => format!("(typeof({v}) <> 'blob' OR length({v}) <> 16)"),
        SqlType::Date => format!("({text} OR {v} NOT GLOB '{day}' OR date({v}) IS NULL)"),
        SqlType::Time => format!(
            "({text} OR {v} NOT GLOB '{clock}*' OR time({v}) IS NULL OR {})",
            parts(9)
        ),
        SqlType::DateTime => format!(
            "({text} OR {v} NOT GLOB '{day} {clock}*' OR datetime({v}) IS NULL OR {})",
            parts(20)
        ),
        SqlType::Timestamp => {
            format!("({text} OR {v} NOT GLOB '{day} {clock}*' OR datetime({v}) IS NULL)")
        }
        SqlType::Json => format!("({text} OR NOT json_valid({v}))"),
        _ => text,
    })
}
