//! The verbs of the dynamic layer that write. They are the typed ones: a row written here goes through the hooks, rules and
//! defaults of its model, and its version and timestamps are set.

use super::given::{Planned, changes as changes_of, checked_key, local, new_row, verbs};
use crate::model::any::numbered;
use crate::model::meta::ModelMeta;
use aludel_engine::spi::Target;
use aludel_engine::{DynRow, Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// Inserts a row given as field names with values, as the model's own `insert` does: with hooks, rules and defaults.
/// Returns it with everything the database filled in. A key that the database would number may be given.
///
/// # Errors
/// A field that the model does not have; [`ErrorKind::Validation`] with all that is wrong with the row, by field; and
/// any database error.
#[track_caller]
pub fn insert<'a>(
    meta: &'static ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    let site = Location::caller();
    let planned = new_row(meta, row.into_iter().collect(), &[]);
    async move {
        let Planned { meta: own, row } = planned?;
        let values = verbs(own)?.insert(row, db.target(), site).await?;
        Ok(shown(meta, own, values))
    }
}

/// Inserts rows, all of them or none, as the model's own `insert_many` does: with rules and defaults, but without hooks.
/// Returns them in their order.
///
/// # Errors
/// Same as [`insert`], of the first row that is wrong.
#[track_caller]
pub fn insert_many<'a, R>(
    meta: &'static ModelMeta,
    rows: impl IntoIterator<Item = R>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<Vec<DynRow>>> + Send + 'a
where
    R: IntoIterator<Item = (String, Value)>,
{
    let site = Location::caller();
    let planned = rows.into_iter().enumerate().map(|(n, row)| {
        let planned = new_row(meta, row.into_iter().collect(), &[]);
        planned.map_err(|error| error.with_row(numbered(meta, n)))
    });
    let planned: Result<Vec<Planned>> = planned.collect();
    async move {
        let mut planned = planned?.into_iter().peekable();
        let mut inserted = Vec::with_capacity(planned.len());
        // Rows of an enum may be of several models.
        let tx = match meta.variants {
            Some(_) => Some(db.target().begin(site).await?),
            None => None,
        };
        let target = tx.as_ref().map_or_else(|| db.target(), Executor::target);
        while let Some(first) = planned.next() {
            let (own, mut rows) = (first.meta, vec![first.row]);
            while let Some(next) = planned.next_if(|next| std::ptr::eq(next.meta, own)) {
                rows.push(next.row);
            }
            let found = verbs(own)?.insert_many(rows, target, site).await?;
            inserted.extend(found.into_iter().map(|values| shown(meta, own, values)));
        }
        if let Some(tx) = tx {
            tx.commit_at(site).await?;
        }
        Ok(inserted)
    }
}

/// Updates the row with this key, as the model's own `patch` does, and returns the updated row. A version among the
/// changes is not written: it is the one that the row must have.
///
/// # Errors
/// [`ErrorKind::NotFound`]; [`ErrorKind::StaleData`] when the row has another version, or was changed meanwhile; a field
/// that the model does not have; [`ErrorKind::Validation`] with all that is wrong with the changes, by field; and any
/// database error.
#[track_caller]
pub fn update<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    changes: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    let site = Location::caller();
    let changes = changes_of(meta, changes.into_iter().collect(), true);
    let given = checked_key(meta, key).and_then(|key| Ok((key, changes?)));
    async move {
        let (key, changes) = given?;
        let (own, changes) = as_written(meta, &key, changes, db.target(), site).await?;
        let updated = verbs(own)?.update(key, changes, db.target(), site).await?;
        Ok(shown(meta, own, updated))
    }
}

/// Deletes the row with this key, as the model's own `delete` does (a model that keeps deleted rows only marks it), and
/// returns it as it was.
///
/// # Errors
/// [`ErrorKind::NotFound`], also of a row that is marked already; [`ErrorKind::ForeignKeyViolation`] if others refer to
/// it; and any database error.
#[track_caller]
pub fn delete<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    delete_at(meta, key, false, db, Location::caller())
}

/// Deletes the row with this key for good, even if the model keeps deleted rows, and returns it as it was.
///
/// # Errors
/// Same as [`delete`].
#[track_caller]
pub fn erase<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    delete_at(meta, key, true, db, Location::caller())
}

async fn delete_at(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    for_good: bool,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<DynRow> {
    let key = checked_key(meta, key)?;
    let (own, _) = as_written(meta, &key, Vec::new(), db.target(), site).await?;
    let deleted = verbs(own)?.delete(key, for_good, db.target(), site);
    Ok(shown(meta, own, deleted.await?))
}

/// The model that the row with this key is written as (for an enum, the row's variant), and the changes by its columns.
async fn as_written(
    meta: &'static ModelMeta,
    key: &[Value],
    changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<(&'static ModelMeta, Vec<(usize, Value)>)> {
    let Some(of) = &meta.variants else {
        return Ok((meta, changes));
    };
    let values = verbs(meta)?.find(key.to_vec(), target, site).await?;
    let label = values[of.discriminator].as_str().unwrap_or_default();
    match of.variants.iter().find(|variant| variant.label == label) {
        Some(variant) => Ok(((variant.meta)(), local(meta, variant, changes)?)),
        None => Err(Error::new(
            ErrorKind::Decode,
            format!("{label:?} is no variant of {}", meta.name),
        )),
    }
}

/// Values of a row by the names of its model's fields.
pub(crate) fn named(meta: &ModelMeta, values: Vec<Value>) -> DynRow {
    let names: Arc<[String]> = meta.fields.iter().map(|field| field.name.clone()).collect();
    // In the form in which rows are read.
    let plain = |value: Value| match value {
        Value::Enum(_, label) => Value::Text(label.to_owned()),
        value => value,
    };
    DynRow::new(names, values.into_iter().map(plain).collect())
}

/// The row of `own`, which may be a variant of the model.
fn shown(meta: &ModelMeta, own: &'static ModelMeta, values: Vec<Value>) -> DynRow {
    let variants = meta.variants.iter().flat_map(|of| &of.variants);
    let variant = { variants }.find(|variant| std::ptr::eq((variant.meta)(), own));
    let Some(variant) = variant else {
        return named(meta, values);
    };
    let mut all = vec![Value::Null; meta.fields.len()];
    for (value, at) in values.into_iter().zip(&variant.positions) {
        all[*at] = value;
    }
    named(meta, all)
}
