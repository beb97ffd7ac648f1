//! Inserts many rows without reading them back, where keys are drawn from the column's sequence first (PostgreSQL). The rows are
//! sent as a file.

use super::batches::Batch;
use super::no_returning::{SentRows, Shape};
use super::rows::check_binds;
use super::statements::{copying, load_command};
use crate::model::meta::ModelMeta;
use crate::model::values::NewRow;
use aludel_engine::Result;
use aludel_engine::spi::command::{Access, Command};
use aludel_sql::dialect::Dialect;
use aludel_sql::dialect::bulk::{DrawnKeys, NewColumns};
use aludel_sql::render::Writer;
use aludel_sql::statement::element_type;
use std::panic::Location;
use std::sync::Arc;

/// Locks the table against changes of its definition.
pub(crate) fn lock(
    meta: &'static ModelMeta,
    keys: &dyn DrawnKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    keys.lock(&mut w, &meta.table)?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// Queries the sequence of the key, which is an `i64`; there is none if keys must not be drawn.
pub(crate) fn sequence(
    meta: &'static ModelMeta,
    given: &[usize],
    keys: &dyn DrawnKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let key = meta.key[0];
    let typed = |at: usize| {
        let field = &meta.fields[at];
        (field.column.as_str(), &field.sql_type)
    };
    let left_out = (0..meta.fields.len()).filter(|at| *at != key && !given.contains(at));
    let columns = NewColumns {
        table: &meta.table,
        key: typed(key),
        given: given.iter().map(|at| typed(*at)).collect(),
        left_out: left_out.map(|at| typed(at).0).collect(),
    };
    let mut w = Writer::new(dialect);
    keys.sequence(&mut w, &columns)?;
    Ok(Command::new(w.finish()?, Access::Read).at(site))
}

/// Draws this many keys from a sequence.
pub(crate) fn draw(
    sequence: i64,
    count: usize,
    keys: &dyn DrawnKeys,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(dialect);
    keys.draw(&mut w, sequence, count);
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// The file of rows that have these keys.
pub(crate) fn drawn(
    meta: &'static ModelMeta,
    rows: Arc<NewRow>,
    shape: &Shape,
    given: &[usize],
    keys: Vec<i64>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<(Batch, SentRows)> {
    check_binds(meta, &rows.given, &rows.values, dialect)?;
    let columns: Vec<usize> = meta.key.iter().chain(given).copied().collect();
    let mut copying = copying(meta, &columns, Some(keys.clone()), dialect)?;
    for (n, (_, sql_type)) in copying.columns.iter_mut().skip(meta.key.len()).enumerate() {
        *sql_type = element_type(sql_type, rows.values.iter().skip(n).step_by(given.len()));
    }
    let command = load_command(meta, &columns, copying, Vec::new(), dialect, site)?;
    let batch = Batch::new(command, keys.len());
    Ok((batch, SentRows::drawn(meta, rows, shape, keys)))
}
