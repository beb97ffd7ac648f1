//! Writes one existing row: save, patch, delete; with the model's rules and hooks.

use crate::by_key::{find_command, key_condition, missing};
use crate::model::Model;
use crate::model::any::{AnyRow, any_rows_in};
use crate::model::meta::{ModelMeta, Stamp};
use crate::model::row_hooks::When;
use crate::model::values::same;
use crate::query::refusal;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command, Sink};
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Node, UnaryOp};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Assignment, Delete, Update};
use std::future::Future;
use std::panic::Location;

/// Writes every column of a row except its key.
pub(crate) fn save<'r, 'd>(
    row: &'r mut dyn AnyRow,
    target: Target<'d>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<()>> + Send + use<'r, 'd> {
    save_some(row, None, target, site)
}

/// Writes the columns that have changed.
pub(crate) fn save_changed<'r, 'd>(
    row: &'r mut dyn AnyRow,
    before: &dyn AnyRow,
    target: Target<'d>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<()>> + Send + use<'r, 'd> {
    let before = match std::ptr::eq(row.meta(), before.meta()) {
        true => Ok(before.values()),
        false => Err(other_kind(row.meta())),
    };
    async move { save_differences(row, before?, target, site).await }
}

async fn save_differences(
    row: &mut dyn AnyRow,
    before: Vec<Value>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let (meta, now) = (row.meta(), row.bound());
    let differs = |at: usize| !same(&before[at], &now.values[at]);
    if meta.key.iter().any(|at| differs(*at)) {
        return Err(Error::invalid_query(format!(
            "`before` is another {0} than the row that is saved: their keys differ",
            meta.name
        )));
    }
    // Automatic columns keep their earlier values. (A version is the one that the row must have.)
    let kept = meta.own_columns().filter(|at| Some(*at) != meta.version);
    let kept: Vec<usize> = kept.filter(|at| differs(*at)).collect();
    let is_as_it_was = (0..before.len()).all(|at| !differs(at) || kept.contains(&at));
    let changes_nothing = now.changed.is_empty() && is_as_it_was;
    put_back(row, &before, &kept)?;
    if changes_nothing {
        return Ok(());
    }
    save_some(row, Some(&before), target, site).await
}

/// Resets columns of a row in memory to their earlier values.
fn put_back(row: &mut dyn AnyRow, before: &[Value], columns: &[usize]) -> Result<()> {
    if columns.is_empty() {
        return Ok(());
    }
    let mut values = row.values();
    for at in columns {
        values[*at] = before[*at].clone();
    }
    row.adopt_values(&values)
}

/// The error if the rows before and after are of two kinds of an enum.
fn other_kind(meta: &ModelMeta) -> Error {
    let whole = meta.variant_of.map_or(meta.name, |of| (of.whole)().name);
    Error::invalid_query(format!(
        "`before` is of another kind of {whole} than the row that is saved"
    ))
}

/// Writes all columns, or those that differ from what was there before.
async fn save_some(
    row: &mut dyn AnyRow,
    before: Option<&[Value]>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let db = target.database();
    if !row.is_hooked(db) {
        let saved = save_row(row, before, target, site).await;
        return saved.map_err(read_back);
    }
    row.before_update(db)?;
    let tx = target.begin(site).await?;
    save_row(row, before, tx.target(), site).await?;
    row.call(When::AfterUpdate, db)?;
    tx.commit_at(site).await
}

/// Marks the error of a result that can't be read: the write itself is done.
pub(crate) fn read_back(error: Error) -> Error {
    match error.kind() {
        ErrorKind::Decode => error.and_written(),
        _ => error,
    }
}

async fn save_row(
    row: &mut dyn AnyRow,
    before: Option<&[Value]>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let meta = row.meta();
    let values = row.bound();
    let key = row.key_values();
    let touched = meta.touch(&values.values);
    let unchanged = unchanged(meta, before, &values.values);
    let by_hand = unchanged.as_ref().map(|(at, _)| *at);
    let Some(command) = save_command(meta, values, before, &touched, unchanged, target, site)?
    else {
        return Ok(());
    };
    let done = target.execute(command).await;
    let mut affected = done.map_err(|error| meta.named(error))?.affected;
    if affected == 0
        && let Some(at) = by_hand
        && let Some(stored) = find_row(meta, target, key.clone(), site).await?
    {
        // The program has changed the moment in memory, or another writer the row.
        put_back(row, &stored.values(), &[at])?;
        let command = save_command(meta, row.bound(), before, &touched, None, target, site)?;
        if let Some(command) = command {
            let done = target.execute(command).await;
            affected = done.map_err(|error| meta.named(error))?.affected;
        }
    }
    if affected == 0 {
        return Err(not_there(meta, &key));
    }
    if meta.fields.iter().any(|field| field.generated.is_some()) {
        // What the database computes from the row is read back.
        match find_row(meta, target, key, site).await? {
            Some(stored) => row.adopt(stored),
            None => return Err(missing(meta)),
        };
    } else if !touched.is_empty() || crate::fit::is_cut(meta) {
        // All else is known: the values as they were bound.
        let mut values = row.values();
        crate::fit::pad_all(meta, &mut values);
        for (at, value) in touched {
            values[at] = value;
        }
        row.adopt_values(&values)?;
    }
    Ok(())
}

/// The row with this key, in a sink.
pub(crate) async fn find_sink(
    sink: Box<dyn Sink>,
    meta: &'static ModelMeta,
    target: Target<'_>,
    key: Vec<Value>,
    site: &'static Location<'static>,
) -> Result<Box<dyn Sink>> {
    let command = find_command(meta, key, target, site);
    Ok(target.fetch(command, sink).await?.0)
}

/// The row with this key.
async fn find_row(
    meta: &'static ModelMeta,
    target: Target<'_>,
    key: Vec<Value>,
    site: &'static Location<'static>,
) -> Result<Option<Box<dyn AnyRow>>> {
    let sink = find_sink(meta.any().sink(), meta, target, key, site).await?;
    Ok(any_rows_in(sink).pop())
}

/// Writes columns of a row, and returns the updated row. A version among the changes is not written: it is the one that
/// the row must have.
pub(crate) async fn patch<M: Model>(
    mut row: M,
    changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<M> {
    patch_any(&mut row, changes, target, site).await?;
    Ok(row)
}

/// The same, in place.
pub(crate) async fn patch_any(
    row: &mut dyn AnyRow,
    mut changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let meta = row.meta();
    let wanted = take_version(meta, &mut changes);
    let mut set = changes.iter().map(|(at, _)| &meta.fields[*at]);
    if let Some(field) = { &mut set }.find(|field| field.is_own()) {
        return Err(Error::invalid_query(refusal(meta, field)));
    }
    if changes.is_empty() && wanted.is_none() {
        return Ok(());
    }
    let db = target.database();
    let mut before = row.values();
    if let Some((at, version)) = wanted {
        if changes.is_empty() {
            // Nothing is sent, and the row in memory decides.
            return match before[at] == version {
                true => Ok(()),
                false => Err(not_there(meta, &row.key_values())),
            };
        }
        before[at] = version;
    }
    if !row.is_hooked(db) {
        let patched = patch_row(row, &before, changes, target, site).await;
        // Without RETURNING, row and change are one transaction, which an error ends.
        return match db.dialect().capabilities().update_returning {
            true => patched.map_err(read_back),
            false => patched,
        };
    }
    // The hook sees the row as it will be, and may change more of it.
    let mut values = before.clone();
    for (at, value) in &changes {
        values[*at] = value.clone();
    }
    let mut patched = row.read(&values).map_err(crate::read::unreadable)?;
    patched.before_update(db)?;
    let given = |at: usize| changes.iter().any(|(changed, _)| *changed == at);
    let wanted = patched.values().into_iter().enumerate();
    let is_own = |at: usize| meta.fields[at].is_own();
    let changes = wanted.filter(|(at, value)| given(*at) || *value != before[*at] && !is_own(*at));
    let changes = changes.collect();
    let tx = target.begin(site).await?;
    patch_row(&mut *patched, &before, changes, tx.target(), site).await?;
    patched.call(When::AfterUpdate, db)?;
    tx.commit_at(site).await?;
    row.replace(patched);
    Ok(())
}

/// Takes the version out of the changes of a patch.
fn take_version(meta: &ModelMeta, changes: &mut Vec<(usize, Value)>) -> Option<(usize, Value)> {
    let version = meta.version?;
    let place = changes.iter().position(|(at, _)| *at == version)?;
    Some(changes.remove(place))
}

/// Changes the row, which then becomes what the database stores.
async fn patch_row(
    row: &mut dyn AnyRow,
    before: &[Value],
    mut changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let meta = row.meta();
    if meta.is_validated() {
        let mut cells: Vec<Option<Value>> = before.iter().cloned().map(Some).collect();
        for (at, value) in &changes {
            cells[*at] = Some(value.clone());
        }
        let changed = |at: usize| changes.iter().any(|(changed, _)| *changed == at);
        crate::model::validate::check(meta, &cells, changed)?;
    }
    meta.touch_changes(before, &mut changes);
    let key = meta.key.iter().map(|at| before[*at].clone()).collect();
    let version = meta.version.map(|at| before[at].clone());
    update_row(row, target, key, version, changes, site).await
}

/// Deletes a row, or marks it as deleted.
pub(crate) async fn delete<M: Model>(
    mut row: M,
    for_good: bool,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    delete_any(row.any_own_mut(), for_good, target, site).await
}

/// The same, of any model.
pub(crate) async fn delete_any(
    row: &mut dyn AnyRow,
    for_good: bool,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let db = target.database();
    if !row.is_hooked(db) {
        return delete_row(row, for_good, target, site).await;
    }
    row.call(When::BeforeDelete, db)?;
    let tx = target.begin(site).await?;
    delete_row(row, for_good, tx.target(), site).await?;
    row.call(When::AfterDelete, db)?;
    tx.commit_at(site).await
}

async fn delete_row(
    row: &dyn AnyRow,
    for_good: bool,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let meta = row.meta();
    let key = row.key_values();
    let version = meta.version.map(|at| row.values().swap_remove(at));
    let command = match meta.deletion().filter(|_| !for_good) {
        None => delete_command(meta, key.clone(), version, target, site)?,
        Some(deletion) => {
            let mut changes = vec![deletion];
            meta.touch_changes(&row.values(), &mut changes);
            mark_command(meta, key.clone(), version, changes, target, site)?
        }
    };
    let done = target.execute(command).await;
    match done.map_err(|error| meta.named(error))?.affected {
        0 => Err(not_there(meta, &key)),
        _ => Ok(()),
    }
}

/// Why a statement found no row with this key: it is gone or, if rows have versions, it was changed.
fn not_there(meta: &ModelMeta, key: &[Value]) -> Error {
    match meta.version {
        None => missing(meta),
        Some(_) => crate::errors::stale(meta, &[key.to_vec()]),
    }
}

/// `key = value AND version = value`.
fn row_condition(meta: &ModelMeta, key: Vec<Value>, version: Option<Value>) -> Node {
    let condition = key_condition(meta, key);
    match (meta.version, version) {
        (Some(at), Some(version)) => condition.and(Node::binary(
            BinaryOp::Equal,
            Node::Root(meta.fields[at].column.clone().into()),
            Node::Value(version),
        )),
        _ => condition,
    }
}

/// The row's creation time, which a save does not write: in memory it must be the one that the database stores, so that both
/// agree afterwards. If the row before is known, or the row is read back, no check is needed.
fn unchanged(
    meta: &ModelMeta,
    before: Option<&[Value]>,
    values: &[Value],
) -> Option<(usize, Value)> {
    let read_back = meta.fields.iter().any(|field| field.generated.is_some());
    if before.is_some() || read_back {
        return None;
    }
    let mut fields = meta.fields.iter();
    let at = fields.position(|field| matches!(field.stamp, Some(Stamp::Created)))?;
    let mut value = values[at].clone();
    crate::fit::fit(meta, &meta.fields[at], &mut value).ok()?;
    Some((at, value))
}

/// The UPDATE of an existing row, if a column is to be written.
fn save_command(
    meta: &'static ModelMeta,
    values: crate::model::values::Values,
    before: Option<&[Value]>,
    touched: &[(usize, Value)],
    unchanged: Option<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Option<Command>> {
    if let Some(name) = values.changed.first() {
        return Err(Error::invalid_query(format!(
            "rows were added to {0}::{name} or removed, which only a session writes; use `{0}::{name}.of(&row)` here",
            meta.name
        )));
    }
    let mut values = values.values;
    if meta.is_validated() {
        let cells: Vec<Option<Value>> = values.iter().cloned().map(Some).collect();
        crate::model::validate::check(meta, &cells, |at| differs(before, &values, at))?;
    }
    crate::fit::fit_all(meta, &mut values)?;
    let dialect = target.database().dialect();
    // Automatic columns are not written from memory.
    let is_written = |at: &usize| {
        let field = &meta.fields[*at];
        let is_touched = touched.iter().any(|(touched, _)| touched == at);
        is_touched || !field.primary_key && !field.is_own() && differs(before, &values, *at)
    };
    let written: Vec<usize> = (0..values.len()).filter(is_written).collect();
    if written.is_empty() {
        return Ok(None);
    }
    let mut w = Writer::new(dialect);
    let version = meta.version.map(|at| values[at].clone());
    let mut values: Vec<Option<Value>> = values.into_iter().map(Some).collect();
    for (at, value) in touched {
        values[*at] = Some(value.clone());
    }
    let mut take = |at: usize| values[at].take().unwrap_or_default();
    let assignments = written
        .into_iter()
        .map(|at| Assignment {
            column: meta.fields[at].column.clone().into(),
            value: Node::Value(take(at)),
        })
        .collect();
    let key = meta.key.iter().map(|at| take(*at)).collect();
    let mut condition = row_condition(meta, key, version);
    if let Some((at, value)) = unchanged {
        let column = Node::Root(meta.fields[at].column.clone().into());
        condition = condition.and(match value {
            Value::Null => Node::Unary(UnaryOp::IsNull, Box::new(column)),
            value => Node::binary(BinaryOp::Equal, column, Node::Value(value)),
        });
    }
    w.update(&Update {
        from: None,
        table: meta.table.clone(),
        assignments,
        filter: Some(condition),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(Some(Command::new(w.finish()?, Access::Write).at(site)))
}

/// Whether a column has changed; if that is not known, it may have.
fn differs(before: Option<&[Value]>, values: &[Value], at: usize) -> bool {
    before.is_none_or(|before| !same(&before[at], &values[at]))
}

fn delete_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    version: Option<Value>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(target.database().dialect());
    w.delete(&Delete {
        table: meta.table.clone(),
        filter: Some(row_condition(meta, key, version)),
        returning: vec![],
    })?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// Marks a row as deleted.
fn mark_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    version: Option<Value>,
    changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(target.database().dialect());
    w.update(&Update {
        from: None,
        table: meta.table.clone(),
        assignments: assignments(meta, changes),
        filter: Some(row_condition(meta, key, version)),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

fn assignments(meta: &ModelMeta, changes: Vec<(usize, Value)>) -> Vec<Assignment> {
    let assign = |(at, value): (usize, Value)| Assignment {
        column: meta.fields[at].column.clone().into(),
        value: Node::Value(value),
    };
    changes.into_iter().map(assign).collect()
}

/// Updates columns of the row with this key. `row` then becomes what the database stores.
async fn update_row(
    row: &mut dyn AnyRow,
    target: Target<'_>,
    key: Vec<Value>,
    version: Option<Value>,
    mut changes: Vec<(usize, Value)>,
    site: &'static Location<'static>,
) -> Result<()> {
    let shown = key.clone();
    let meta = row.meta();
    crate::fit::fit_changes(meta, &mut changes)?;
    let dialect = target.database().dialect();
    let returns = dialect.capabilities().update_returning;
    // A changed key is looked up by its new value.
    let after: Vec<Value> = meta
        .key
        .iter()
        .zip(&key)
        .map(|(at, old)| {
            let new = changes.iter().find(|(changed, _)| changed == at);
            new.map_or_else(|| old.clone(), |(_, value)| value.clone())
        })
        .collect();
    let update = Update {
        from: None,
        table: meta.table.clone(),
        assignments: assignments(meta, changes),
        filter: Some(row_condition(meta, key, version)),
        order_by: vec![],
        returning: if returns { meta.column_nodes() } else { vec![] },
    };
    let mut w = Writer::new(dialect);
    w.update(&update)?;
    let command = Command::new(w.finish()?, Access::Write).at(site);
    if returns {
        let found = target.fetch(command, meta.any().sink()).await;
        let (sink, _) = found.map_err(|error| meta.named(error))?;
        return replace(row, any_rows_in(sink).pop(), || not_there(meta, &shown));
    }
    let tx = target.begin(site).await?;
    let done = tx.target().execute(command).await;
    if done.map_err(|error| meta.named(error))?.affected == 0 {
        return Err(not_there(meta, &shown));
    }
    let found = find_row(meta, tx.target(), after, site).await?;
    replace(row, found, || missing(meta))?;
    tx.commit().await
}

/// Replaces a row with what the database stores.
fn replace(
    row: &mut dyn AnyRow,
    stored: Option<Box<dyn AnyRow>>,
    none: impl Fn() -> Error,
) -> Result<()> {
    match stored.is_some_and(|stored| row.replace(stored)) {
        true => Ok(()),
        false => Err(none()),
    }
}
