//! Which Rust types read the columns of a database that other tools created.

use crate::dialect::ansi::reading::{DIGITS, LEVELS, standard};
use crate::types::SqlType;

/// SQLite stores numbers with a point as floats, and values of an unknown type by the column's affinity.
pub(super) fn type_of_words(words: &str) -> SqlType {
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

/// The greatest integer up to which a float is exact.
const EXACT: i64 = 1 << 53;

/// A condition for dates not in the calendar: SQLite reads 30 February as a day of March.
fn no_day(v: &str) -> String {
    format!("date({v}, '+0 days') IS NOT {v} OR substr({v}, 1, 4) = '0000'")
}

/// A condition for text from position `from` on that is not a fraction of a second.
fn parts(v: &str, from: u32) -> String {
    format!(
        "(length({v}) >= {from} AND (substr({v}, {from}, 1) <> '.' OR length({v}) = {from} OR length({v}) > {} \
         OR substr({v}, {}) GLOB '*[^0-9]*'))",
        from + 9,
        from + 1
    )
}

/// A condition for numbers that no float holds, and for lone surrogates: equally many high and low ones count as pairs.
fn odd_json(v: &str) -> String {
    let count = |digits: [char; 4]| {
        let removed = digits.iter().fold(format!("lower({v})"), |text, digit| {
            format!("replace({text}, '\\ud{digit}', '')")
        });
        format!("length({v}) - length({removed})")
    };
    format!(
        "({v} GLOB '*[0-9][eE]*' OR {v} GLOB '*{}*') AND EXISTS (SELECT 1 FROM json_tree({v}) \
         WHERE type IN ('real', 'integer') AND abs(atom) > 1.7e308) OR {} <> {}",
        "[0-9]".repeat(255),
        count(['8', '9', 'a', 'b']),
        count(['c', 'd', 'e', 'f'])
    )
}

pub(super) fn unreadable(of: &SqlType, v: &str) -> Option<String> {
    let whole = |least: i64, most: i64| {
        format!("(typeof({v}) <> 'integer' OR {v} NOT BETWEEN {least} AND {most})")
    };
    let day = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    let clock = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]";
    let text = format!("typeof({v}) <> 'text'");
    Some(match of {
        SqlType::Bool => whole(0, 1),
        SqlType::SmallInt => whole(i16::MIN.into(), i16::MAX.into()),
        SqlType::Integer => whole(i32::MIN.into(), i32::MAX.into()),
        SqlType::BigInt => format!("typeof({v}) <> 'integer'"),
        // Columns of numbers store a float without a fraction as an integer.
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
        SqlType::Date => format!("({text} OR {v} NOT GLOB '{day}' OR {})", no_day(v)),
        SqlType::Time => format!(
            "({text} OR {v} NOT GLOB '{clock}*' OR time({v}) IS NULL OR substr({v}, 1, 2) = '24' OR {})",
            parts(v, 9)
        ),
        SqlType::DateTime => format!(
            "({text} OR {v} NOT GLOB '{day} {clock}*' OR {} OR time(substr({v}, 12, 8)) IS NULL \
             OR substr({v}, 12, 2) = '24' OR {})",
            no_day(&format!("substr({v}, 1, 10)")),
            parts(v, 20)
        ),
        // A date and time is before the time zone; the zone is Z or an offset.
        SqlType::Timestamp => format!(
            "({text} OR EXISTS (SELECT 1 FROM (SELECT CASE WHEN substr({v}, -1) = 'Z' THEN substr({v}, 1, length({v}) - 1) \
             WHEN substr({v}, -6) GLOB '[-+][0-9][0-9]:[0-9][0-9]' AND time(substr({v}, -5)) IS NOT NULL \
             THEN substr({v}, 1, length({v}) - 6) \
             WHEN length({v}) > 19 AND substr({v}, -3) GLOB '[-+][0-9][0-9]' AND substr({v}, -2) < '24' \
             THEN substr({v}, 1, length({v}) - 3) ELSE {v} END AS before_zone) WHERE {}))",
            unreadable(&SqlType::DateTime, "before_zone")?
        ),
        SqlType::Json => format!(
            "CASE WHEN {text} OR NOT json_valid({v}) THEN 1 WHEN {} THEN 1 \
             WHEN length({v}) - length(replace(replace({v}, '[', ''), '{{', '')) < {LEVELS} THEN 0 \
             ELSE EXISTS (SELECT 1 FROM json_tree({v}) \
             WHERE length(fullkey) - length(replace(replace(fullkey, '.', ''), '[', '')) >= {}) END",
            odd_json(v),
            LEVELS - 1
        ),
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => text,
    })
}
