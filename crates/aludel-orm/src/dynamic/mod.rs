//! The dynamic layer: models known by name at run time, rows as names and values, conditions from a path, an
//! operator and a value. It builds the same trees as the typed layer, and so means the same.
//!
//! Admin, fixtures and historical models stand on it.
//!
//! | | |
//! |---|---|
//! | [`DynQuery`] | a query: conditions, order, limits, columns, groups, aggregates; all verbs of the typed one |
//! | [`DynCondition`] | conditions, joined by the operators of Rust, and questions about related rows |
//! | [`Lookup`] | how a column is compared |
//! | [`DynAggregate`] | counts, sums, means, the least and the greatest |
//! | [`DynQueryWith`], [`DynObject`] | rows with the rows that are related to them |
//! | [`DynChange`] | update and delete by query |
//!
//! # Paths
//!
//! | Path | Leads to |
//! |---|---|
//! | `email`, `address.city` | a field, also one in an embedded value |
//! | `author` | the key of the row that a `BelongsTo` refers to |
//! | `author.company.name` | a field behind to-one relations, joined in the same SELECT |
//! | `tags.name` | in a condition: of some related row |
//! | `published.year` | a part of a date or time: `year`, `month`, `day`, `hour`, `minute`, `second` |
//! | `doc.address.city`, `doc.items[0]` | the text of a scalar in a JSON document |
//!
//! A path may come from outside the program. It is looked up in the metadata and never written into SQL, and is limited
//! in length and in the number of relations.
//!
//! ```
//! use aludel::dynamic::{DynQuery, Lookup};
//! use aludel::prelude::*;
//! # #[derive(Model)] struct User { id: i64, email: String }
//! # #[derive(Model)] struct Post { id: i64, views: i64, author: BelongsTo<User> }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let db = Database::connect("sqlite::memory:").await?;
//!
//! let registry = models![User, Post];
//! db.create_all(&registry).await?;
//! let posts = DynQuery::new(registry.model("Post")?)
//!     .filter("author.email", Lookup::EndsWith, Value::Text("@example.com".into()))?
//!     .order_by("-views")?
//!     .all(&db)
//!     .await?;
//! assert!(posts.is_empty());
//! # Ok::<(), aludel::Error>(()) }).unwrap();
//! ```

mod aggregate;
mod change;
mod coerce;
mod condition;
mod lookup;
mod object;
mod path;
mod query;
mod relations;
mod stream;
mod verbs;

pub use aggregate::DynAggregate;
pub use change::DynChange;
pub use coerce::coerce;
pub use condition::{DynCondition, condition};
pub use lookup::Lookup;
pub use object::DynObject;
pub use query::DynQuery;
pub use relations::DynQueryWith;
pub use stream::DynStream;

use crate::fit::fit;
use crate::meta::{FieldMeta, ModelMeta};
use crate::model::key_condition;
use aludel_engine::command::{Access, Command};
use aludel_engine::{CollectDynamic, DynRow, Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Assignment, Delete, Insert, InsertSource, Update};
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// Inserts a row given as field names with values, and answers it with all that the database filled in.
///
/// # Errors
/// A field that the model has not, a value that does not fit, and whatever can go wrong with a statement;
/// [`ErrorKind::Unsupported`] where there is no RETURNING (MySQL).
#[track_caller]
pub fn insert<'a>(
    meta: &'static ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    let site = Location::caller();
    let given = assignments(meta, row);
    async move {
        let (columns, values): (Vec<Name>, Vec<Node>) = given?
            .into_iter()
            .map(|assignment| (assignment.column, assignment.value))
            .unzip();
        let source = if columns.is_empty() {
            InsertSource::Defaults
        } else {
            InsertSource::Rows(vec![values])
        };
        let mut w = Writer::new(db.dialect());
        w.insert(&Insert {
            table: meta.table.clone(),
            columns,
            source,
            conflict: None,
            returning: meta.column_nodes(),
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        let rows = db.target().fetch(command, sink(meta)).await?.0.rows;
        renamed(meta, rows)
            .pop()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "an insert that answered no row"))
    }
}

/// Updates the row of a key; answers whether there was one.
///
/// # Errors
/// A field that the model has not, a value that does not fit, and whatever can go wrong with a statement.
#[track_caller]
pub fn update<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    changes: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<bool>> + Send + 'a {
    let site = Location::caller();
    let given = assignments(meta, changes);
    async move {
        let mut w = Writer::new(db.dialect());
        w.update(&Update {
            table: meta.table.clone(),
            assignments: given?,
            filter: Some(key_condition(meta, checked_key(meta, key)?)),
            order_by: vec![],
            returning: vec![],
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        Ok(db.target().execute(command).await?.affected > 0)
    }
}

/// Deletes the row of a key; answers whether there was one.
///
/// # Errors
/// [`ErrorKind::ForeignKeyViolation`] when others refer to it, and whatever can go wrong with a statement.
#[track_caller]
pub fn delete<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<bool>> + Send + 'a {
    let site = Location::caller();
    async move {
        let mut w = Writer::new(db.dialect());
        w.delete(&Delete {
            table: meta.table.clone(),
            filter: Some(key_condition(meta, checked_key(meta, key)?)),
            returning: vec![],
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        Ok(db.target().execute(command).await?.affected > 0)
    }
}

fn sink(meta: &ModelMeta) -> CollectDynamic {
    CollectDynamic::hinted(
        meta.fields
            .iter()
            .map(|field| Some(field.sql_type.clone()))
            .collect(),
    )
}

/// Rows by field names instead of column names.
fn renamed(meta: &ModelMeta, rows: Vec<DynRow>) -> Vec<DynRow> {
    let names: Arc<[String]> = meta.fields.iter().map(|field| field.name.clone()).collect();
    rows.into_iter()
        .map(|row| DynRow::new(Arc::clone(&names), row.values().to_vec()))
        .collect()
}

fn checked_key(meta: &ModelMeta, key: Vec<Value>) -> Result<Vec<Value>> {
    if key.len() != meta.key.len() {
        return Err(Error::invalid_query(format!(
            "the key of {} has {} columns, and {} values were given",
            meta.name,
            meta.key.len(),
            key.len()
        )));
    }
    meta.key
        .iter()
        .zip(key)
        .map(|(at, value)| fitted(meta, &meta.fields[*at], value))
        .collect()
}

fn assignments(
    meta: &ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
) -> Result<Vec<Assignment>> {
    row.into_iter()
        .map(|(name, value)| {
            let field = field(meta, &name)?;
            if field.generated.is_some() {
                return Err(Error::invalid_query(format!(
                    "{}.{name} is computed by the database and can't be given",
                    meta.name
                )));
            }
            let mut value = fitted(meta, field, value)?;
            fit(meta, field, &mut value)?;
            Ok(Assignment {
                column: field.column.clone().into(),
                value: Node::Value(value),
            })
        })
        .collect()
}

fn field<'m>(meta: &'m ModelMeta, name: &str) -> Result<&'m FieldMeta> {
    meta.field(name).ok_or_else(|| {
        let known: Vec<&str> = meta
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        Error::invalid_query(format!(
            "{} has no field {name:?}; it has {}",
            meta.name,
            known.join(", ")
        ))
    })
}

fn fitted(meta: &ModelMeta, field: &FieldMeta, value: Value) -> Result<Value> {
    coerce(value, &field.sql_type, field.nullable)
        .map_err(|why| Error::invalid_query(format!("{}.{}: {why}", meta.name, field.name)))
}
