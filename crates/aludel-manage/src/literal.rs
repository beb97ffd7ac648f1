//! Values on the command line.

use aludel_orm::dynamic::coerce;
use aludel_sql::Value;
use aludel_sql::expr::{Function, Node};
use aludel_sql::types::{SqlType, Unfit, check_fit};

/// Parses a value of a type: `18`, `2026-01-02`, `true`, `0xff`, `now()` for the time of the migration.
///
/// # Errors
/// Why the text is no such value, in words.
pub(crate) fn literal(text: &str, of: &SqlType) -> Result<Node, String> {
    if text == "now()" {
        return match of {
            // For a type given as SQL, the database decides.
            SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp
            | SqlType::Custom(_) => Ok(Node::Function(Function::Now, Vec::new())),
            _ => Err("now() is a moment".into()),
        };
    }
    let form = match of {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => "is no integer",
        SqlType::Real | SqlType::Double => "is no number",
        SqlType::Decimal(..) => "is no exact number",
        SqlType::Bool => "is neither true nor false",
        SqlType::Date => "is no date: write 2026-01-02",
        SqlType::Time => "is no time of day: write 03:04:05",
        SqlType::DateTime => "is no date with a time: write 2026-01-02 03:04:05",
        SqlType::Timestamp => "is no instant: write 2026-01-02 03:04:05Z",
        SqlType::Uuid => "is no UUID",
        SqlType::Bytes => "are no bytes: write hexadecimal digits, 0x00ff",
        SqlType::Array(_) => "is no array: write {} or {1,2}",
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Json
        | SqlType::Enum(_)
        | SqlType::Custom(_) => "",
    };
    let value = match (of, text) {
        (SqlType::Bool, "yes") => Value::Bool(true),
        (SqlType::Bool, "no") => Value::Bool(false),
        (SqlType::Bytes, _) => match hex(text) {
            Some(bytes) => Value::Bytes(bytes),
            None => return Err(format!("{text:?} {form}")),
        },
        (SqlType::Array(_), _) if text.starts_with('{') && text.ends_with('}') => {
            Value::Text(text.into())
        }
        #[cfg(not(feature = "decimal"))]
        (SqlType::Decimal(..), _) => decimal(text).ok_or_else(|| format!("{text:?} {form}"))?,
        _ => coerce(Value::Text(text.to_string()), of, false).map_err(|why| {
            // A message about the kind of a text does not help where only texts can be written.
            match form.is_empty() || why.contains("range") || why.contains("zone") {
                true => why,
                false => format!("{text:?} {form}"),
            }
        })?,
    };
    check_fit(&value, of).map_err(|(Unfit::TooLong(why) | Unfit::OutOfRange(why))| why)?;
    Ok(Node::Value(value))
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("\\x"))?;
    let digits: Vec<u8> = { digits.chars() }
        .map(|digit| digit.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The digits as they are, without the feature `decimal`.
#[cfg(not(feature = "decimal"))]
fn decimal(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (all(whole) && all(fraction)).then(|| Value::Text(text.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aludel_sql::value::EnumType;

    /// Each type takes its values, and says why it takes no other: none is taken for a text (C6).
    #[test]
    fn values_are_of_their_types() {
        let mood = SqlType::Enum(EnumType {
            name: "mood",
            labels: &["fine", "so-so"],
        });
        for (of, good, bad, why) in [
            (SqlType::SmallInt, "-32768", "32768", "range"),
            (SqlType::Integer, "7", "3000000000", "range"),
            (
                SqlType::BigInt,
                "9223372036854775807",
                "1.5",
                "is no integer",
            ),
            (SqlType::Double, "1e3", "one", "is no number"),
            (SqlType::Real, "0.5", "NaN", "is no number"),
            (SqlType::Bool, "yes", "maybe", "neither true nor false"),
            (SqlType::Text, "", "", ""),
            (SqlType::Varchar(3), "abc", "abcd", "3"),
            (SqlType::Decimal(5, 2), "123.45", "1e", "exact number"),
            (SqlType::Date, "2026-02-28", "notadate", "write 2026-01-02"),
            (SqlType::Date, "now()", "2026-02-30", "is no date"),
            (SqlType::Time, "03:04", "25:00", "time of day"),
            (
                SqlType::DateTime,
                "2026-01-02 03:04",
                "2026",
                "date with a time",
            ),
            (
                SqlType::Timestamp,
                "2026-01-02 03:04:05Z",
                "2026-01-02 03:04:05",
                "zone",
            ),
            (
                SqlType::Timestamp,
                "2026-01-02T03:04:05+02:00",
                "yesterday",
                "instant",
            ),
            (
                SqlType::Uuid,
                "67e55044-10b1-426f-9247-bb680e5fe0c8",
                "67e5",
                "UUID",
            ),
            (SqlType::Json, "{\"a\": [1]}", "{a}", "JSON"),
            (SqlType::Bytes, "0x00fF", "00f", "hexadecimal"),
            (SqlType::BigInt, "0", "now()", "moment"),
            (mood, "so-so", "sad", "fine, so-so"),
            (SqlType::Custom("inet".into()), "10.0.0.1", "", ""),
            (SqlType::Custom("timestamptz(3)".into()), "now()", "", ""),
            (
                SqlType::Array(Box::new(SqlType::Text)),
                "{}",
                "none",
                "write {} or {1,2}",
            ),
        ] {
            assert!(
                literal(good, &of).is_ok(),
                "{good} of {of:?}: {:?}",
                literal(good, &of)
            );
            if !why.is_empty() {
                let said = literal(bad, &of).expect_err(bad);
                assert!(said.contains(why), "{bad} of {of:?}: {said}");
            }
        }
    }
}
