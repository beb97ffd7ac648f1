//! Inserting what a query finds.

use crate::model::Model;
use crate::query::Part;
use aludel_engine::command::{Access, Command};
use aludel_engine::{Executor, Result};
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Name;
use aludel_sql::render::{Sql, Writer};
use aludel_sql::statement::{Insert, InsertSource};
use std::marker::PhantomData;
use std::panic::Location;

/// An insert of what a query finds.
pub struct InsertFrom<M> {
    columns: Vec<Name>,
    query: Part,
    site: &'static Location<'static>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> InsertFrom<M> {
    pub(crate) fn new(
        columns: Vec<Name>,
        query: Part,
        site: &'static Location<'static>,
    ) -> InsertFrom<M> {
        InsertFrom {
            columns,
            query,
            site,
            of: PhantomData,
        }
    }

    /// Runs it; answers how many rows were inserted.
    ///
    /// # Errors
    /// Violations of constraints, and whatever can go wrong with a statement.
    pub async fn execute(self, db: &dyn Executor) -> Result<u64> {
        let sql = self.to_sql(db.dialect())?;
        if self.query.is_empty() {
            return Ok(0);
        }
        let command = Command::new(sql, Access::Write).at(self.site);
        Ok(db.target().execute(command).await?.affected)
    }

    /// Its text and binds in a dialect.
    ///
    /// # Errors
    /// What the dialect cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        let mut w = Writer::new(dialect);
        w.insert(&Insert {
            table: M::meta().table.clone(),
            columns: self.columns.clone(),
            source: InsertSource::Query(Box::new(self.query.select(Some(dialect))?)),
            conflict: None,
            returning: vec![],
        })?;
        Ok(w.finish()?)
    }
}
