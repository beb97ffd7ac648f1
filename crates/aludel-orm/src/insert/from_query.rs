//! Inserts the rows of a query (INSERT … SELECT).

use crate::model::Model;
use crate::model::meta::FieldMeta;
use crate::query::{Computed, QuerySpec};
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::{Sql, Writer};
use aludel_sql::statement::{Insert, InsertSource};
use std::marker::PhantomData;
use std::panic::Location;

/// An insert of the rows of a query.
pub struct InsertFrom<M> {
    columns: Vec<Name>,
    query: QuerySpec,
    site: &'static Location<'static>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> InsertFrom<M> {
    pub(crate) fn new(
        columns: Vec<Name>,
        query: QuerySpec,
        site: &'static Location<'static>,
    ) -> InsertFrom<M> {
        InsertFrom {
            columns,
            query,
            site,
            of: PhantomData,
        }
    }

    /// Runs it; returns how many rows were inserted.
    ///
    /// # Errors
    /// An omitted column that Rust fills in (`default_with`); constraint violations, and any database error.
    pub async fn execute(self, db: &dyn Executor) -> Result<u64> {
        let sql = self.to_sql(db.dialect())?;
        if self.query.has_no_rows() {
            return Ok(0);
        }
        let command = Command::new(sql, Access::Write).at(self.site);
        let done = db.target().execute(command).await;
        let meta = M::meta();
        let computed = || Computed::of(meta, self.columns.iter().zip(self.query.items()));
        let named = |error| computed().name(meta.named(error));
        Ok(done.map_err(named)?.affected)
    }

    /// Its SQL text and binds in a dialect.
    ///
    /// # Errors
    /// Anything that the dialect does not support, and an omitted column that Rust fills in.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        let (columns, query) = self.whole()?;
        let mut w = Writer::new(dialect);
        w.insert(&Insert {
            table: M::meta().table.clone(),
            columns,
            source: InsertSource::Query(Box::new(query.select(Some(dialect))?)),
            conflict: None,
            returning: vec![],
        })?;
        Ok(w.finish()?)
    }

    /// The columns and the query, with the discriminator of a variant's rows.
    fn whole(&self) -> Result<(Vec<Name>, QuerySpec)> {
        let meta = M::meta();
        let is_given = |column: &str| self.columns.iter().any(|given| given == column);
        let made = |field: &&FieldMeta| field.default_in_rust && !is_given(&field.column);
        if let Some(field) = meta.fields.iter().find(made) {
            return Err(Error::invalid_query(format!(
                "{0}::{1} has a default that is made in Rust, of which the rows of a query get none; name it among the columns, and select its value",
                meta.name, field.name
            )));
        }
        let (mut columns, mut query) = (self.columns.clone(), self.query.clone());
        let kind = meta.variant_of;
        if let Some(of) = kind.filter(|of| !is_given(&meta.fields[of.discriminator].column)) {
            columns.push(meta.fields[of.discriminator].column.clone().into());
            let label = Node::Value(Value::Text(of.label.to_owned()));
            query = query.with(|state| state.select_more(label));
        }
        Ok((columns, query))
    }
}
