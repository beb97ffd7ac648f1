//! Inserts many rows without reading them back whole, because their table stores values as they are sent. Their keys are
//! [drawn](super::drawn) before, or returned alone.

use super::batches::Batch;
use super::no_returning::{Parts, SentRows, Shape};
use super::rows::{Rows, check_binds};
use super::statements::{COPY_FROM, rows_command};
use crate::model::meta::ModelMeta;
use crate::model::values::NewRow;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::bulk::{ReturnedKeys, Room, StoredColumn};
use aludel_sql::dialect::{Dialect, NewKeys};
use aludel_sql::render::Writer;
use aludel_sql::types::SqlType;
use std::panic::Location;
use std::sync::Arc;

/// Maximum rows in a statement: more are no faster.
const MOST_ROWS: usize = 1_000;

/// Whether this many new rows are likely to be stored as sent, judging by the model, and can become drafts again.
pub(crate) fn may_stay(meta: &ModelMeta, rows: usize, dialect: &'static dyn Dialect) -> bool {
    let is_numbered = matches!(meta.key[..], [key] if meta.fields[key].identity.is_some());
    let likely = dialect.capabilities().repeats
        || !matches!(dialect.bulk().new_keys(), NewKeys::WithRows)
            && rows >= COPY_FROM
            && is_numbered
            && { meta.fields.iter() }.all(|field| field.sql_type.is_exact());
    likely && meta.fields.iter().all(|field| field.lossless)
}

/// The columns that these rows give, if the database stores their values as sent.
pub(crate) fn exact_columns(
    meta: &ModelMeta,
    shape: &Shape,
    rows: &NewRow,
    dialect: &'static dyn Dialect,
) -> Option<Vec<usize>> {
    if shape.rows() < COPY_FROM || matches!(dialect.bulk().new_keys(), NewKeys::WithRows) {
        return None;
    }
    let given = shape.given();
    let is_exact = |at: &usize| meta.fields[*at].sql_type.is_exact();
    let key = meta.key.iter();
    if !given.iter().chain(key).all(is_exact) {
        return None;
    }
    let of = |n: usize| &meta.fields[given[n % given.len()]].sql_type;
    let kept = |(n, value): (usize, &Value)| stays(of(n), value);
    rows.values.iter().enumerate().all(kept).then_some(given)
}

/// Whether a column of this type stores the value as it is: a value of another kind would be converted.
fn stays(sql_type: &SqlType, value: &Value) -> bool {
    if value.is_null() {
        return true;
    }
    match sql_type {
        // Excess spaces are cut off silently.
        SqlType::Varchar(most) => {
            matches!(value, Value::Text(text) if text.len() <= *most as usize)
        }
        // MariaDB rounds subnormal numbers.
        SqlType::Double => {
            matches!(value, Value::F64(n) if n.is_normal() || n.to_bits() == 0)
        }
        SqlType::Bool => matches!(value, Value::Bool(_)),
        SqlType::SmallInt => matches!(value, Value::I16(_)),
        SqlType::Integer => matches!(value, Value::I32(_)),
        SqlType::BigInt => matches!(value, Value::I64(_)),
        SqlType::Text => matches!(value, Value::Text(_)),
        SqlType::Bytes => matches!(value, Value::Bytes(_)),
        SqlType::Uuid => matches!(value, Value::Uuid(_)),
        SqlType::Date => matches!(value, Value::Date(_)),
        SqlType::Time => matches!(value, Value::Time(_)),
        SqlType::DateTime => matches!(value, Value::DateTime(_)),
        SqlType::Timestamp => matches!(value, Value::Timestamp(_)),
        SqlType::Real
        | SqlType::Decimal(..)
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => false,
    }
}

/// Locks the table's definition until the transaction ends, so that the results of the queries below do not change.
pub(crate) fn touch(
    meta: &'static ModelMeta,
    keys: &dyn ReturnedKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    keys.lock(&mut w, &meta.table)?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// Queries whether the table stores rows as sent.
pub(crate) fn keeps(
    meta: &'static ModelMeta,
    keys: &dyn ReturnedKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    keys.stores_as_sent(&mut w, &meta.table);
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// Queries the columns of the table.
pub(crate) fn columns(
    meta: &'static ModelMeta,
    keys: &dyn ReturnedKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    keys.columns(&mut w, &meta.table)?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// Whether a column stores this value, if it has room for its type.
fn has_room(room: Room, value: &Value) -> bool {
    match value {
        // Values that are too long are rejected, except for excess spaces.
        Value::Text(text) => text.len() <= room.longest && (!room.ascii || text.is_ascii()),
        Value::Bytes(bytes) => bytes.len() <= room.longest,
        _ => true,
    }
}

/// Whether these columns store the rows' values as they are, and the omitted columns stay empty.
pub(crate) fn fit(
    meta: &ModelMeta,
    given: &[usize],
    rows: &NewRow,
    keys: &dyn ReturnedKeys,
    shown: &[StoredColumn],
) -> bool {
    let column = |at: usize| {
        let name = &meta.fields[at].column;
        let mut shown = shown.iter();
        shown.find(|shown| shown.name.eq_ignore_ascii_case(name))
    };
    let room = |at: usize, extra: &str| {
        let found = column(at).filter(|shown| shown.extra == extra);
        keys.room(found?, &meta.fields[at].sql_type)
    };
    let key = meta.key[0];
    let rooms: Option<Vec<Room>> = given.iter().map(|at| room(*at, "")).collect();
    let Some(rooms) = rooms else { return false };
    let fits = |(n, value): (usize, &Value)| has_room(rooms[n % rooms.len()], value);
    let mut left_out = (0..meta.fields.len()).filter(|at| *at != key && !given.contains(at));
    room(key, "auto_increment").is_some()
        && left_out.all(|at| column(at).is_some_and(StoredColumn::stays_empty))
        && rows.values.iter().enumerate().all(fits)
}

/// INSERTs of these rows that return the keys.
pub(crate) fn keyed(
    meta: &'static ModelMeta,
    rows: Arc<NewRow>,
    shape: &Shape,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<(Batch, SentRows)>> {
    check_binds(meta, &rows.given, &rows.values, dialect)?;
    let text = |count: usize| -> Result<Text> {
        let first = &rows.given[..meta.fields.len()];
        let run = Rows::new(NewRow::blank(first, count), first.len());
        let insert = rows_command(meta, run, false, None, dialect, site)?;
        let mut w = Writer::new(dialect);
        w.push(&insert.text);
        w.push(" RETURNING ");
        w.identifier(&meta.fields[meta.key[0]].column);
        Ok(w.finish()?.text.into())
    };
    let most = MOST_ROWS.min(dialect.capabilities().max_binds / shape.width());
    let (whole, last) = (text(most)?, text((shape.rows() % most).max(1))?);
    let mut parts = Parts::of(meta, rows, shape);
    let mut batches = Vec::new();
    let mut left = shape.rows();
    // From the end, so that what is split off is the smaller part.
    while left > 0 {
        let (count, text) = match left % most {
            0 => (most, &whole),
            rest => (rest, &last),
        };
        left -= count;
        let command = Command::with_text(text.clone(), Vec::new(), Access::Write);
        let batch = Batch::new(
            // The sink supplies its binds.
            command.at(site).repeated(1),
            count,
        );
        batches.push((batch, parts.split_off(left, count)));
    }
    batches.reverse();
    Ok(batches)
}
