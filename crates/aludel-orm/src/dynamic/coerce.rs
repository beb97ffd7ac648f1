//! Values that came from outside (a form, a fixture, a URL), made to fit a column.

use aludel_sql::Value;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};

/// The value as one of the column's type. Integers change their width when they fit, text is read as what the column
/// holds; nothing is cut or rounded.
///
/// # Errors
/// In words, why it does not fit.
pub fn coerce(value: Value, sql_type: &SqlType, nullable: bool) -> Result<Value, String> {
    if value.is_null() {
        return if nullable {
            Ok(Value::Null)
        } else {
            Err("NULL in a column that takes none".into())
        };
    }
    let integer = match &value {
        Value::Text(text) => text.trim().parse::<i64>().ok(),
        other => other.as_i64(),
    };
    let text = match &value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
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
        SqlType::Bool => match (&value, text) {
            (Value::Bool(holds), _) => Some(Value::Bool(*holds)),
            (_, Some("true")) => Some(Value::Bool(true)),
            (_, Some("false")) => Some(Value::Bool(false)),
            _ => None,
        },
        SqlType::Double | SqlType::Real => match value {
            Value::F32(n) => Some(Value::F64(n.into())),
            Value::F64(n) => Some(Value::F64(n)),
            Value::I16(n) => Some(Value::F64(n.into())),
            Value::I32(n) => Some(Value::F64(n.into())),
            _ => text.and_then(|text| text.parse().ok()).map(Value::F64),
        },
        SqlType::Text => text.map(|text| Value::Text(text.to_owned())),
        SqlType::Varchar(most) => match text {
            Some(text) if text.chars().count() > *most as usize => {
                return Err(format!("text of more than {most} characters"));
            }
            other => other.map(|text| Value::Text(text.to_owned())),
        },
        SqlType::Date => text.and_then(CivilDate::parse).map(Value::Date),
        SqlType::Time => text.and_then(CivilTime::parse).map(Value::Time),
        SqlType::DateTime => text.and_then(CivilDateTime::parse).map(Value::DateTime),
        SqlType::Timestamp => text.and_then(Instant::parse).map(Value::Timestamp),
        SqlType::Uuid => text.and_then(uuid).map(Value::Uuid),
        SqlType::Json => text.map(|text| Value::Json(text.to_owned())),
        SqlType::Enum(kind) => match text {
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
        _ => None,
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

/// A label sent as an enum's: PostgreSQL wants to know that it is no text.
fn label_value(kind: aludel_sql::value::EnumType, label: &'static str) -> Value {
    Value::Enum(kind.kept(), label)
}

fn is_of(value: &Value, sql_type: &SqlType) -> bool {
    match (value, sql_type) {
        #[cfg(feature = "decimal")]
        (Value::Decimal(_), SqlType::Decimal(..)) => true,
        (Value::Bytes(_), SqlType::Bytes)
        | (Value::Date(_), SqlType::Date)
        | (Value::Time(_), SqlType::Time)
        | (Value::DateTime(_), SqlType::DateTime)
        | (Value::Timestamp(_), SqlType::Timestamp)
        | (Value::Uuid(_), SqlType::Uuid)
        | (Value::Json(_), SqlType::Json)
        | (Value::Enum(..), SqlType::Enum(_))
        | (Value::Array(_), SqlType::Array(_))
        | (_, SqlType::Custom(_)) => true,
        _ => false,
    }
}

/// Reads a UUID's 32 hexadecimal digits, with or without hyphens.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'-').collect();
    if digits.len() != 32 {
        return None;
    }
    let mut out = [0; 16];
    for (byte, pair) in out.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}
