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

/// By the whole words, as the server writes them: a domain or a type of somebody's own may begin with any of these.
pub(super) fn postgres_words(words: &str) -> SqlType {
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
        _ => return None,
    })
}

/// The condition of a type, whatever the rows are: its values never come as the Rust type reads them.
pub(super) fn postgres_type(of: &SqlType) -> Option<String> {
    match of {
        // The server sends arrays of its own types as one text.
        SqlType::Array(element) => match element.as_ref() {
            SqlType::Custom(words) if postgres_words(words) == SqlType::Text => Some("true".into()),
            _ => None,
        },
        // A domain has a name of its own, and its values come as those of what it is a domain of.
        SqlType::Custom(words) if postgres_words(words) == SqlType::Text => {
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

pub(super) fn mysql_type(of: &SqlType) -> Option<String> {
    match of {
        SqlType::Decimal(precision, _) if *precision > DIGITS => Some("1 = 1".into()),
        _ => None,
    }
}

/// Numbers in documents that no float may hold, as a regular expression: of very many digits, or of an exponent beyond those of
/// floats (of three digits, where more than one is before the point). What is before a number tells it from texts.
const NUMBERS: &str = "(^|[:,[]|[[:space:]])-?([0-9]{255}|[0-9]{2,}([.][0-9]+)?[eE][+]?[0-9]{3}\
                       |[0-9]+([.][0-9]+)?[eE][+]?(30[89]|3[1-9][0-9]|[4-9][0-9]{2}|[0-9]{4}))";

/// Arrays and objects within each other that a document is not read with.
const LEVELS: usize = 128;

/// Halves of characters (`\ud800`) without their other half, as a regular expression; `slash` is one that matches a backslash.
fn surrogates(slash: &str) -> String {
    let high = format!("{slash}u[dD][89abAB][0-9a-fA-F][0-9a-fA-F]");
    let low = format!("{slash}u[dD][c-fC-F]");
    format!("{high}(?!{low})|(?<!{high}){low}")
}

pub(super) fn mysql(of: &SqlType, v: &str) -> Option<String> {
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
        _ => return None,
    })
}

/// The whole numbers that a float holds exactly.
const EXACT: i64 = 1 << 53;

/// No day of the calendar: 30 February is read as a day of March.
fn no_day(v: &str) -> String {
    format!("date({v}, '+0 days') IS NOT {v} OR substr({v}, 1, 4) = '0000'")
}

/// No digits of a second's parts behind a length, and something else.
fn parts(v: &str, from: u32) -> String {
    format!(
        "(length({v}) >= {from} AND (substr({v}, {from}, 1) <> '.' OR length({v}) = {from} OR length({v}) > {} \
         OR substr({v}, {}) GLOB '*[^0-9]*'))",
        from + 9,
        from + 1
    )
}

/// Numbers that no float holds, and halves of characters: as many first halves as second ones are taken for pairs.
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

pub(super) fn sqlite(of: &SqlType, v: &str) -> Option<String> {
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
        // What is before the zone is a date with a time; the zone is Z or an offset.
        SqlType::Timestamp => format!(
            "({text} OR EXISTS (SELECT 1 FROM (SELECT CASE WHEN substr({v}, -1) = 'Z' THEN substr({v}, 1, length({v}) - 1) \
             WHEN substr({v}, -6) GLOB '[-+][0-9][0-9]:[0-9][0-9]' AND time(substr({v}, -5)) IS NOT NULL \
             THEN substr({v}, 1, length({v}) - 6) \
             WHEN length({v}) > 19 AND substr({v}, -3) GLOB '[-+][0-9][0-9]' AND substr({v}, -2) < '24' \
             THEN substr({v}, 1, length({v}) - 3) ELSE {v} END AS before_zone) WHERE {}))",
            sqlite(&SqlType::DateTime, "before_zone")?
        ),
        SqlType::Json => format!(
            "CASE WHEN {text} OR NOT json_valid({v}) THEN 1 WHEN {} THEN 1 \
             WHEN length({v}) - length(replace(replace({v}, '[', ''), '{{', '')) < {LEVELS} THEN 0 \
             ELSE EXISTS (SELECT 1 FROM json_tree({v}) \
             WHERE length(fullkey) - length(replace(replace(fullkey, '.', ''), '[', '')) >= {}) END",
            odd_json(v),
            LEVELS - 1
        ),
        _ => text,
    })
}
