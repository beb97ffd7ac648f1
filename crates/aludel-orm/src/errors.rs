//! Errors that name rows.

use crate::model::meta::ModelMeta;
use aludel_engine::Error;
use aludel_sql::Value;

/// Error: another writer changed or removed these rows in the meantime.
pub(crate) fn stale(meta: &ModelMeta, keys: &[Vec<Value>]) -> Error {
    let shown: Vec<String> = keys.iter().take(5).map(|key| show_key(key)).collect();
    let more = match keys.len().saturating_sub(5) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Error::new(
        aludel_engine::ErrorKind::StaleData,
        format!(
            "{} {}{more} was changed or removed by another writer since it was read; refresh it and try again",
            meta.name,
            shown.join(", "),
        ),
    )
}

/// A primary key for error messages.
pub(crate) fn show_key(key: &[Value]) -> String {
    let show = |value: &Value| match value {
        Value::Uuid(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        other => match (other.as_i64(), other.as_str()) {
            (Some(number), _) => number.to_string(),
            (_, Some(text)) => format!("{text:?}"),
            _ => other.kind().to_string(),
        },
    };
    match key {
        [one] => show(one),
        several => format!(
            "({})",
            several.iter().map(show).collect::<Vec<_>>().join(", ")
        ),
    }
}
