//! Which Rust types read the columns of a database that other tools created.

use crate::dialect::ansi::reading::{DIGITS, LEVELS, NUMBERS, surrogates};
use crate::types::SqlType;

/// By the whole name, as the server writes it: a domain or a user-defined type may begin with any of these.
pub(super) fn type_of_words(words: &str) -> SqlType {
    let plain = match (words.find('('), words.find(')')) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &words[..from], &words[to + 1..]),
        _ => words.to_string(),
    };
    match plain.as_str() {
        "smallint" | "integer" | "bigint" | "oid" => SqlType::BigInt,
        "real" | "double precision" => SqlType::Double,
        "numeric" => SqlType::Decimal(28, 10),
        "bytea" => SqlType::Bytes,
        "date" => SqlType::Date,
        "time without time zone" => SqlType::Time,
        "timestamp without time zone" => SqlType::DateTime,
        "timestamp with time zone" => SqlType::Timestamp,
        "boolean" => SqlType::Bool,
        "json" | "jsonb" => SqlType::Json,
        _ => SqlType::Text,
    }
}

pub(super) fn unreadable(of: &SqlType, v: &str) -> Option<String> {
    Some(match of {
        SqlType::Date | SqlType::DateTime => {
            format!("(NOT isfinite({v}) OR extract(year FROM {v}) NOT BETWEEN 1 AND 9999)")
        }
        // The last day of an instant depends on the time zone.
        SqlType::Timestamp => {
            format!("(NOT isfinite({v}) OR extract(year FROM {v}) NOT BETWEEN 1 AND 9998)")
        }
        SqlType::Time => format!("{v}::text = '24:00:00'"),
        SqlType::Decimal(..) => format!(
            "({v}::text !~ '^[-0-9.]+$' OR length(regexp_replace({v}::text, '[^0-9]', '', 'g')) > {DIGITS})"
        ),
        SqlType::Json => format!(
            "CASE WHEN {v}::text ~ '{NUMBERS}|{}' THEN true \
             WHEN length(regexp_replace({v}::text, '[^[{{]', '', 'g')) < {LEVELS} THEN false \
             ELSE jsonb_path_exists({v}::jsonb, '$.**{{{}}}') END",
            surrogates(r"\\"),
            LEVELS - 1
        ),
        SqlType::Array(element) => {
            let own;
            let element = match element.as_ref() {
                SqlType::Custom(words) => {
                    own = type_of_words(words);
                    &own
                }
                known => known,
            };
            let shape = format!("array_ndims({v}) > 1 OR array_lower({v}, 1) <> 1");
            match unreadable(element, "one.element") {
                None => shape,
                Some(other) => format!(
                    "({shape} OR EXISTS (SELECT 1 FROM unnest({v}) AS one(element) WHERE {other}))"
                ),
            }
        }
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bytes
        | SqlType::Uuid
        | SqlType::Enum(_)
        | SqlType::Custom(_) => return None,
    })
}

/// A condition on a type, whatever the rows are, that its values can never be read as the Rust type.
pub(super) fn unreadable_type(of: &SqlType) -> Option<String> {
    match of {
        // The server sends arrays of database-specific types as one text.
        SqlType::Array(element) => match element.as_ref() {
            SqlType::Custom(words) if type_of_words(words) == SqlType::Text => Some("true".into()),
            _ => None,
        },
        // A domain has a name of its own, and its values are sent as those of its base type.
        SqlType::Custom(words) if type_of_words(words) == SqlType::Text => {
            let name = words.replace('\'', "''");
            Some(format!(
                "(WITH RECURSIVE base AS (\
                 SELECT typtype, typbasetype, typcategory, 0 AS level FROM pg_catalog.pg_type \
                 WHERE oid = '{name}'::regtype \
                 UNION ALL SELECT t.typtype, t.typbasetype, t.typcategory, base.level + 1 \
                 FROM pg_catalog.pg_type t JOIN base ON base.typtype = 'd' AND t.oid = base.typbasetype) \
                 SELECT level > 0 AND typcategory <> 'S' FROM base WHERE typtype <> 'd')"
            ))
        }
        _ => None,
    }
}
