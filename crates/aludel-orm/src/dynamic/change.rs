//! [`DynChange`]: update and delete by query.

use super::given::changes_of_any;
use super::query::DynQuery;
use crate::model::meta::ModelMeta;
use crate::model::validate::check_values;
use crate::query::Change;
use aludel_engine::{Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::render::Sql;
use aludel_sql::statement::Assignment;
use std::future::Future;
use std::panic::Location;

/// An update or delete by query.
#[derive(Clone)]
#[must_use = "nothing is sent until it is executed"]
pub struct DynChange {
    change: Change,
}

impl DynQuery {
    /// Updates the rows: fields (or a `BelongsTo`, by its name) with their new values. As in every write, the version is
    /// incremented and the time of the last change is set. Without a filter it needs [`unfiltered`](DynQuery::unfiltered).
    ///
    /// ```
    /// # use aludel::dynamic::{DynQuery, Lookup};
    /// # use aludel::prelude::*;
    /// # #[derive(Model)] struct Post { id: i64, views: i64 }
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let db = Database::connect("sqlite::memory:").await?;
    /// # let registry = models![Post];
    /// # db.create_all(&registry).await?;
    /// let unread = DynQuery::new(registry.model("Post")?).filter("views", Lookup::Less, Value::I64(0))?;
    /// let changed = unread.update([("views".to_string(), Value::I64(0))])?.execute(&db).await?;
    /// assert_eq!(changed, 0);
    /// # Ok::<(), aludel::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// A field that the model does not have, that is given twice, that every write sets by itself, or that identifies the
    /// row; for an enum, a field that only some of its variants have; a value that does not fit its column or breaks a rule
    /// of its field. Rules of whole rows are not checked: the rest of the rows is not known.
    pub fn update(self, changes: impl IntoIterator<Item = (String, Value)>) -> Result<DynChange> {
        let assignments = assignments(self.model(), changes)?;
        let change = Change::update(self.part(), assignments);
        Ok(DynChange { change })
    }

    /// Deletes the rows; rows that refer to them follow their `on_delete`. Without a filter it needs
    /// [`unfiltered`](DynQuery::unfiltered). If the model keeps deleted rows (`#[field(soft_delete)]`), they are marked.
    pub fn delete(self) -> DynChange {
        DynChange {
            change: Change::delete(self.part(), false),
        }
    }

    /// Deletes the rows for good, even if the model keeps deleted rows. Rows that are already marked need
    /// [`unscoped`](DynQuery::unscoped).
    pub fn erase(self) -> DynChange {
        DynChange {
            change: Change::delete(self.part(), true),
        }
    }
}

impl DynChange {
    /// Runs it; returns the rows affected (updated rows count if they were found, changed or not).
    ///
    /// # Errors
    /// A missing filter, constraint violations, and any database error.
    #[track_caller]
    pub fn execute<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        self.change.execute(db, Location::caller())
    }

    /// Its SQL text and binds in a dialect.
    ///
    /// # Errors
    /// A missing filter, and anything that the dialect does not support.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.change.sql(dialect)
    }
}

fn assignments(
    meta: &'static ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
) -> Result<Vec<Assignment>> {
    let changes = changes_of_any(meta, row.into_iter().collect())?;
    if changes.is_empty() {
        return Err(Error::invalid_query(format!(
            "an update of {} changes no field",
            meta.name
        )));
    }
    let given = changes.iter();
    check_values(meta, given.map(|(at, value)| (&meta.fields[*at], value)))?;
    let assignments = changes.into_iter().map(|(at, value)| Assignment {
        column: meta.fields[at].column.clone().into(),
        value: Node::Value(value),
    });
    Ok(assignments.collect())
}
