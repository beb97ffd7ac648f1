//! Converts values that came from outside (a form, a fixture, a URL) to the type of a column.

use aludel_sql::Value;
use aludel_sql::json_text;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::value::EnumType;

/// Converts the value to the column's type. Numbers change their width if they keep their value, and text is parsed as the
/// column's type; nothing is cut, rounded or guessed.
///
/// | Column | Accepts, besides its own kind |
/// |---|---|
/// | integers | integers that are in range, and their text |
/// | `Bool` | `true`, `on`, `1` and `false`, `off`, `0`, as text or as numbers |
/// | `Double`, `Real` | numbers that a float of that width is exactly; the text of a number, but no `NaN` or `inf` |
/// | `Decimal` | integers, and the text of a number: digits, optionally with a sign and a point |
/// | `Date`, `Time`, `DateTime` | `2026-01-02`, `03:04:05.678`, `2026-01-02 03:04:05` |
/// | `Timestamp` | a date-time that ends in `Z` or in its offset (`+02:00`) |
/// | `Uuid` | 32 hexadecimal digits, with the hyphens or without |
/// | `Json` | the text of a document |
/// | enums | the text of a label |
///
/// For columns that hold no text, empty text is NULL.
///
/// # Errors
/// A message that says why it does not fit.
pub fn coerce(value: Value, sql_type: &SqlType, nullable: bool) -> Result<Value, String> {
    let blank = matches!(&value, Value::Text(text) if text.trim().is_empty());
    if value.is_null() || blank && !keeps_blank(sql_type) {
        return if nullable {
            Ok(Value::Null)
        } else if blank {
            Err("empty text in a column that takes no NULL".into())
        } else {
            Err("NULL in a column that takes none".into())
        };
    }
    let text = match &value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    };
    let trimmed = text.map(str::trim);
    let integer = match trimmed {
        Some(text) => text.parse::<i64>().ok(),
        None => value.as_i64(),
    };
    let range = || "an integer that does not fit (out of range)".to_string();
    let fitted = match sql_type {
        SqlType::SmallInt => integer
            .map(|n| i16::try_from(n).map(Value::I16).map_err(|_| range()))
            .transpose()?,
        SqlType::Integer => integer
            .map(|n| i32::try_from(n).map(Value::I32).map_err(|_| range()))
            .transpose()?,
        SqlType::BigInt => integer.map(Value::I64),
        SqlType::Bool => truth(&value).map(Value::Bool),
        SqlType::Double => double(&value)?.map(Value::F64),
        SqlType::Real => real(&value)?.map(Value::F32),
        #[cfg(feature = "decimal")]
        SqlType::Decimal(..) => match trimmed {
            Some(text) => Value::decimal(text),
            None => integer.and_then(|n| Value::decimal(&n.to_string())),
        },
        SqlType::Text => text.map(|text| Value::Text(text.to_owned())),
        SqlType::Varchar(most) => match text {
            Some(text) if text.chars().count() > *most as usize => {
                return Err(format!("text of more than {most} characters"));
            }
            other => other.map(|text| Value::Text(text.to_owned())),
        },
        SqlType::Date => trimmed.and_then(CivilDate::parse).map(Value::Date),
        SqlType::Time => trimmed.and_then(CivilTime::parse).map(Value::Time),
        SqlType::DateTime => trimmed.and_then(CivilDateTime::parse).map(Value::DateTime),
        SqlType::Timestamp => match trimmed {
            Some(text) if CivilDateTime::parse(text).is_some() => {
                return Err(
                    "a date-time that does not say of which zone it is; end it with Z for UTC, or with its offset (+02:00)"
                        .into(),
                );
            }
            other => other.and_then(Instant::parse).map(Value::Timestamp),
        },
        SqlType::Uuid => trimmed.and_then(uuid).map(Value::Uuid),
        SqlType::Json => match &value {
            Value::Text(document) | Value::Json(document) => Some(json(document)?),
            _ => None,
        },
        SqlType::Enum(kind) => match label_of(&value, *kind)? {
            Some(text) => match kind.labels.iter().find(|label| **label == text) {
                Some(label) => Some(label_value(*kind, label)),
                None => {
                    return Err(format!(
                        "{} has no label like that; it has {}",
                        kind.name,
                        kind.labels.join(", ")
                    ));
                }
            },
            None => None,
        },
        #[cfg(not(feature = "decimal"))]
        SqlType::Decimal(..) => None,
        SqlType::Bytes | SqlType::Array(_) | SqlType::Custom(_) => None,
    };
    match fitted {
        Some(fitted) => Ok(fitted),
        None if is_of(&value, sql_type) => Ok(value),
        None => Err(format!(
            "a value of kind {} does not fit {sql_type:?}",
            value.kind()
        )),
    }
}

/// Whether empty text (or nothing but spaces) is a value of the type.
fn keeps_blank(sql_type: &SqlType) -> bool {
    match sql_type {
        SqlType::Text | SqlType::Varchar(_) | SqlType::Custom(_) => true,
        SqlType::Enum(kind) => kind.labels.iter().any(|label| label.trim().is_empty()),
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
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(holds) => Some(*holds),
        Value::Text(text) => match text.trim() {
            "true" | "on" | "1" => Some(true),
            "false" | "off" | "0" => Some(false),
            _ => None,
        },
        other => match other.as_i64()? {
            1 => Some(true),
            0 => Some(false),
            _ => None,
        },
    }
}

fn double(value: &Value) -> Result<Option<f64>, String> {
    match value {
        Value::F64(n) => Ok(Some(*n)),
        Value::F32(n) => Ok(Some((*n).into())),
        Value::Text(text) => Ok(text.trim().parse().ok().filter(|n: &f64| n.is_finite())),
        other => match other.as_i64() {
            Some(n) if (n as f64) as i128 == i128::from(n) => Ok(Some(n as f64)),
            Some(_) => Err("an integer that a 64-bit float can't hold exactly".into()),
            None => Ok(None),
        },
    }
}

fn real(value: &Value) -> Result<Option<f32>, String> {
    const INEXACT: &str = "a number that a 32-bit float can't hold exactly";
    match value {
        Value::F32(n) => Ok(Some(*n)),
        Value::F64(n) => match narrowed(*n) {
            Some(narrow) => Ok(Some(narrow)),
            None => Err(INEXACT.into()),
        },
        Value::Text(text) => Ok(text.trim().parse().ok().filter(|n: &f32| n.is_finite())),
        other => match other.as_i64() {
            Some(n) if (n as f32) as i128 == i128::from(n) => Ok(Some(n as f32)),
            Some(_) => Err(INEXACT.into()),
            None => Ok(None),
        },
    }
}

/// The narrower float that is the same number, or is written with the same digits: 0.1 stays 0.1.
fn narrowed(wide: f64) -> Option<f32> {
    let narrow = wide as f32;
    let is_same =
        wide.is_nan() || f64::from(narrow) == wide || narrow.to_string().parse::<f64>() == Ok(wide);
    is_same.then_some(narrow)
}

/// The text that is to be a label of an enum.
fn label_of(value: &Value, wanted: EnumType) -> Result<Option<&str>, String> {
    match value {
        Value::Enum(kind, _) if **kind != wanted => Err(format!(
            "a label of {}, where one of {} belongs",
            kind.name, wanted.name
        )),
        Value::Enum(_, label) => Ok(Some(label)),
        Value::Text(text) => Ok(Some(text)),
        _ => Ok(None),
    }
}

fn json(document: &str) -> Result<Value, String> {
    match json_text::read(document) {
        Some(json) if json.depth > json_text::MOST_LEVELS => Err(format!(
            "JSON of more than {} arrays and objects within each other, which could not be read again",
            json_text::MOST_LEVELS
        )),
        Some(_) => Ok(Value::Json(document.to_owned())),
        None => Err("text that is not JSON (a text of its own is written in quotes there)".into()),
    }
}

/// A label, sent as an enum value: PostgreSQL must know that it is not text.
fn label_value(kind: EnumType, label: &'static str) -> Value {
    Value::Enum(kind.kept(), label)
}

fn is_of(value: &Value, sql_type: &SqlType) -> bool {
    match sql_type {
        #[cfg(feature = "decimal")]
        SqlType::Decimal(..) => matches!(value, Value::Decimal(_)),
        #[cfg(not(feature = "decimal"))]
        SqlType::Decimal(..) => false,
        SqlType::Bytes => matches!(value, Value::Bytes(_)),
        SqlType::Date => matches!(value, Value::Date(_)),
        SqlType::Time => matches!(value, Value::Time(_)),
        SqlType::DateTime => matches!(value, Value::DateTime(_)),
        SqlType::Timestamp => matches!(value, Value::Timestamp(_)),
        SqlType::Uuid => matches!(value, Value::Uuid(_)),
        SqlType::Array(_) => matches!(value, Value::Array(_)),
        SqlType::Custom(_) => true,
        // Values of these are converted.
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Json
        | SqlType::Enum(_) => false,
    }
}

/// Reads a UUID's 32 hexadecimal digits, with the four hyphens or without.
fn uuid(text: &str) -> Option<[u8; 16]> {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let is_hyphenated = text.len() == 36;
    let mut digits = Vec::with_capacity(32);
    for (at, byte) in text.bytes().enumerate() {
        if is_hyphenated && HYPHENS.contains(&at) {
            if byte != b'-' {
                return None;
            }
        } else {
            digits.push(char::from(byte).to_digit(16)? as u8);
        }
    }
    if digits.len() != 32 {
        return None;
    }
    let mut out = [0; 16];
    for (byte, pair) in out.iter_mut().zip(digits.chunks(2)) {
        *byte = (pair[0] << 4) | pair[1];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOOD: EnumType = EnumType {
        name: "mood",
        labels: &["fine", "so-so"],
    };

    const OTHER: EnumType = EnumType {
        name: "weather",
        ..MOOD
    };

    fn text(text: &str) -> Value {
        Value::Text(text.into())
    }

    fn nested(depth: usize) -> String {
        "[".repeat(depth) + &"]".repeat(depth)
    }

    #[test]
    fn what_fits() {
        let instant = Instant(1_767_323_045_000_000);
        for (given, sql_type, made) in [
            (text(" 7 "), SqlType::SmallInt, Value::I16(7)),
            (Value::I64(-7), SqlType::Integer, Value::I32(-7)),
            (text("on"), SqlType::Bool, Value::Bool(true)),
            (text("1"), SqlType::Bool, Value::Bool(true)),
            (text("0"), SqlType::Bool, Value::Bool(false)),
            (text("off"), SqlType::Bool, Value::Bool(false)),
            (Value::I64(1), SqlType::Bool, Value::Bool(true)),
            (
                Value::I64(1 << 53),
                SqlType::Double,
                Value::F64(9_007_199_254_740_992.0),
            ),
            (text("-2.5e3"), SqlType::Double, Value::F64(-2500.0)),
            (Value::F32(0.1), SqlType::Real, Value::F32(0.1)),
            (Value::F64(0.1), SqlType::Real, Value::F32(0.1)),
            (Value::F64(0.25), SqlType::Real, Value::F32(0.25)),
            (text("0.1"), SqlType::Real, Value::F32(0.1)),
            (Value::I32(3), SqlType::Real, Value::F32(3.0)),
            (
                text("2026-01-02T03:04:05Z"),
                SqlType::Timestamp,
                Value::Timestamp(instant),
            ),
            (
                text("2026-01-02 05:04:05+02"),
                SqlType::Timestamp,
                Value::Timestamp(instant),
            ),
            (
                text(" {\"a\": [1]} "),
                SqlType::Json,
                Value::Json(" {\"a\": [1]} ".into()),
            ),
            (
                text("so-so"),
                SqlType::Enum(MOOD),
                Value::Enum(MOOD.kept(), "so-so"),
            ),
            (
                Value::Enum(MOOD.kept(), "fine"),
                SqlType::Enum(MOOD),
                Value::Enum(MOOD.kept(), "fine"),
            ),
            (text(&nested(127)), SqlType::Json, Value::Json(nested(127))),
            (text(""), SqlType::Text, text("")),
            (
                text("00112233-4455-6677-8899-aabbccddeeff"),
                SqlType::Uuid,
                uuid_value(),
            ),
            (
                text("00112233445566778899AABBCCDDEEFF"),
                SqlType::Uuid,
                uuid_value(),
            ),
        ] {
            assert_eq!(
                coerce(given.clone(), &sql_type, false),
                Ok(made),
                "{given:?}"
            );
        }
    }

    fn uuid_value() -> Value {
        let mut bytes = [0; 16];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = n as u8 * 0x11;
        }
        Value::Uuid(bytes)
    }

    #[test]
    fn what_does_not_fit() {
        for (given, sql_type) in [
            (text("70000"), SqlType::SmallInt),
            (text("yes"), SqlType::Bool),
            (Value::I64(2), SqlType::Bool),
            (text("NaN"), SqlType::Double),
            (text("inf"), SqlType::Double),
            (text("1e999"), SqlType::Double),
            (Value::I64((1 << 53) + 1), SqlType::Double),
            (Value::I64(i64::MAX), SqlType::Double),
            (Value::F64(0.123_456_789), SqlType::Real),
            (Value::F64(1e300), SqlType::Real),
            (Value::I64((1 << 24) + 1), SqlType::Real),
            (text("2026-01-02T03:04:05"), SqlType::Timestamp),
            (text("2026-01-02"), SqlType::Timestamp),
            (text("{nope"), SqlType::Json),
            (text(&nested(128)), SqlType::Json),
            (Value::Enum(OTHER.kept(), "fine"), SqlType::Enum(MOOD)),
            (Value::Enum(MOOD.kept(), "grim"), SqlType::Enum(MOOD)),
            (Value::Json("{nope".into()), SqlType::Json),
            (text("+ba7b810-9dad-11d1-80b4-00c04fd430c8"), SqlType::Uuid),
            (text("6ba7b8109dad-11d1-80b4-00c04fd430c8-"), SqlType::Uuid),
            (text("6ba7b810"), SqlType::Uuid),
            (text(""), SqlType::Integer),
        ] {
            let made = coerce(given.clone(), &sql_type, false);
            assert!(made.is_err(), "{given:?} became {made:?}");
        }
    }

    #[test]
    fn empty_text_is_null_where_the_column_holds_no_text() {
        for sql_type in [
            SqlType::Integer,
            SqlType::Date,
            SqlType::Json,
            SqlType::Uuid,
        ] {
            assert_eq!(
                coerce(text(" "), &sql_type, true),
                Ok(Value::Null),
                "{sql_type:?}"
            );
        }
        assert_eq!(coerce(text(" "), &SqlType::Varchar(3), true), Ok(text(" ")));
    }

    #[cfg(feature = "decimal")]
    #[test]
    fn exact_numbers_from_text() {
        let decimal = |value| coerce(value, &SqlType::Decimal(28, 10), false);
        for right in ["0.10", "-12345678901234567.8901", "+7", "7"] {
            assert_eq!(decimal(text(right)).ok(), Value::decimal(right), "{right}");
        }
        assert_eq!(decimal(Value::I32(7)).ok(), Value::decimal("7"));
        for wrong in ["", "1_000", "1e3", "NaN", "1.2.3", "ten"] {
            assert!(decimal(text(wrong)).is_err(), "{wrong}");
        }
        assert!(decimal(Value::F64(0.1)).is_err());
    }
}
