//! Makes each key of an upsert occur once. PostgreSQL rejects a statement that would change a row twice; elsewhere the last
//! row wins, as it would everywhere across several statements.

use super::rows::Rows;
use crate::model::meta::ModelMeta;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::statement::{Conflict, ConflictAction};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// The rows of an upsert, if each of its keys occurs once; with `last_wins`, the last row of each key. With DO NOTHING, keys
/// may repeat.
pub(super) fn once(
    meta: &'static ModelMeta,
    rows: Rows,
    conflict: Option<&Conflict>,
    last_wins: bool,
) -> Result<Rows> {
    let Some(conflict) = conflict.filter(|_| rows.len() > 1) else {
        return Ok(rows);
    };
    if conflict.action == ConflictAction::Nothing {
        return Ok(rows);
    }
    let place = |column: &str| meta.fields.iter().position(|field| field.column == column);
    let places: Option<Vec<usize>> = conflict.columns.iter().map(|name| place(name)).collect();
    let Some(places) = places.filter(|places| !places.is_empty()) else {
        return Ok(rows);
    };
    let twice = pairs(&rows, &places);
    if twice.is_empty() {
        return Ok(rows);
    }
    if !last_wins {
        return Err(repeated(meta, &places, &twice));
    }
    let mut left_out = vec![false; rows.len()];
    for (earlier, _) in twice {
        left_out[earlier] = true;
    }
    Ok(rows.without(&left_out))
}

/// Pairs of rows with the same key: each row and the next one that has it.
fn pairs(rows: &Rows, places: &[usize]) -> Vec<(usize, usize)> {
    let mut seen = HashMap::with_capacity(rows.len());
    let mut pairs = Vec::new();
    for (n, cells) in rows.iter().enumerate() {
        if let Some(earlier) = key(cells, places).and_then(|key| seen.insert(key, n)) {
            pairs.push((earlier, n));
        }
    }
    pairs
}

/// The row's key, if all of it is known: only the database knows its defaults, and NULLs are never equal.
fn key<'r>((given, values): (&[bool], &'r [Value]), places: &[usize]) -> Option<Key<'r>> {
    let value = |at: usize| {
        let value = given[at].then(|| &values[crate::model::values::count(&given[..at])]);
        value.filter(|value| !value.is_null())
    };
    match places {
        [at] => value(*at).map(Key::One),
        _ => {
            let values: Option<Vec<&Value>> = places.iter().map(|at| value(*at)).collect();
            values.map(Key::Several)
        }
    }
}

/// The values of a key; most keys have one, and need no allocation.
#[derive(PartialEq)]
enum Key<'r> {
    One(&'r Value),
    Several(Vec<&'r Value>),
}

// NaN is not equal to itself, so no map finds it: as a key it occurs once.
impl Eq for Key<'_> {}

impl Hash for Key<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Key::One(value) => hash(value, state),
            Key::Several(values) => values.iter().for_each(|value| hash(value, state)),
        }
    }
}

fn hash(value: &Value, state: &mut impl Hasher) {
    match value {
        Value::Bool(holds) => holds.hash(state),
        Value::I16(n) => n.hash(state),
        Value::I32(n) => n.hash(state),
        Value::I64(n) => n.hash(state),
        Value::Text(text) | Value::Json(text) => text.hash(state),
        Value::Bytes(bytes) => bytes.hash(state),
        Value::Uuid(bytes) => bytes.hash(state),
        Value::Date(date) => date.hash(state),
        Value::Time(time) => time.hash(state),
        Value::DateTime(moment) => moment.hash(state),
        Value::Timestamp(moment) => moment.hash(state),
        Value::Enum(_, label) => label.hash(state),
        // 1.0 and 1.00 are equal.
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => n.hash(state),
        // Rare as keys; equality tells them apart.
        Value::Null | Value::F32(_) | Value::F64(_) | Value::Array(_) | Value::Invalid(_) => {}
    }
}

fn repeated(meta: &ModelMeta, places: &[usize], twice: &[(usize, usize)]) -> Error {
    const SHOWN: usize = 5;
    let names: Vec<&str> = places
        .iter()
        .map(|at| meta.fields[*at].name.as_str())
        .collect();
    let shown: Vec<String> = twice
        .iter()
        .take(SHOWN)
        .map(|(earlier, later)| format!("{} and {}", earlier + 1, later + 1))
        .collect();
    let more = match twice.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Error::invalid_query(format!(
        "rows of an upsert of {} have the same key ({}): rows {}{more}; give each key once, or say .last_wins()",
        meta.name,
        names.join(", "),
        shown.join(", ")
    ))
}
