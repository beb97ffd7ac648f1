//! [`Historical`]: a migration's transaction, and the tables at that point of the history (historical models).

use crate::progress::{Progress, Report};
use crate::state::State;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::spi::{CollectDynamic, Target};
use aludel_engine::{DynRow, Error, Executor, Result, Transaction};
use aludel_sql::Value;
use aludel_sql::expr::{AdHoc, Condition, Expr, Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::schema::Table;
use aludel_sql::statement::{
    Assignment, Delete, Insert, InsertSource, OrderTerm, Projection, Select, SelectItem, Source,
    Statement, Update,
};
use aludel_sql::types::SqlType;
use std::sync::Arc;

/// The argument of a function in a migration: its transaction, which executes statements, and the [tables](Historical::table) at that
/// point of the history, whatever the models are today.
///
/// ```no_run
/// use aludel_migrate::prelude::*;
///
/// async fn fill_slugs(historical: Historical) -> Result<()> {
///     let posts = historical.table("posts")?;
///     posts.batches(1000, async |batch, posts| {
///         for row in batch {
///             let title = row.get("title").and_then(Value::as_str).unwrap_or_default();
///             let slug = Value::Text(title.to_lowercase().replace(' ', "-"));
///             posts.update_row(row, [("slug", slug)]).await?;
///         }
///         Ok(())
///     })
///     .await
/// }
/// ```
#[derive(Clone)]
pub struct Historical {
    tx: Arc<Transaction>,
    state: Arc<State>,
    report: Report,
}

impl Historical {
    pub(crate) fn new(tx: Transaction, state: Arc<State>, report: Report) -> Historical {
        Historical {
            tx: Arc::new(tx),
            state,
            report,
        }
    }

    /// The project state at this point of the history.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// A table at this point of the history.
    ///
    /// # Errors
    /// A table that does not exist; the error lists those that do.
    pub fn table(&self, name: &str) -> Result<HistoricalTable> {
        // `shelves`, or `library.shelves` in a schema.
        let found =
            { self.state.schema.tables.iter() }.find(|table| table.name.to_string() == name);
        let Some(table) = found else {
            let known: Vec<String> = { self.state.schema.tables.iter() }
                .map(|table| table.name.to_string())
                .collect();
            return Err(Error::migration(format!(
                "there is no table {name} at this point of the history; there is {}",
                known.join(", ")
            )));
        };
        Ok(HistoricalTable {
            historical: self.clone(),
            table: Arc::new(table.clone()),
        })
    }
}

impl Executor for Historical {
    fn target(&self) -> Target<'_> {
        self.tx.target()
    }
}

/// A historical table; its rows are names and values, with the column types at that point.
#[derive(Clone)]
pub struct HistoricalTable {
    historical: Historical,
    table: Arc<Table>,
}

impl HistoricalTable {
    /// The table's metadata.
    pub fn metadata(&self) -> &Table {
        &self.table
    }

    /// All rows that match the condition, ordered by key; without a condition, all rows.
    ///
    /// # Errors
    /// Any database error.
    pub async fn rows(&self, condition: Option<Expr<AdHoc, bool>>) -> Result<Vec<DynRow>> {
        self.fetch(condition.map(Expr::into_node), None).await
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// Any database error.
    pub async fn count(&self) -> Result<u64> {
        let mut w = Writer::new(self.historical.dialect());
        w.push("SELECT count(*) FROM ");
        w.table(&self.table.name)?;
        let n: i64 = aludel_engine::Sql::trusted(w.text)
            .one(&self.historical)
            .await?;
        Ok(n.try_into().unwrap_or(0))
    }

    /// Inserts a row given as names and values.
    ///
    /// # Errors
    /// A column that does not exist, and any database error.
    pub async fn insert<S: Into<String>>(
        &self,
        row: impl IntoIterator<Item = (S, Value)>,
    ) -> Result<()> {
        let assignments = self.assignments(row)?;
        let (columns, values) = { assignments.into_iter() }
            .map(|assignment| (assignment.column, assignment.value))
            .unzip();
        self.run(Statement::Insert(Insert {
            table: self.table.name.clone(),
            columns,
            source: InsertSource::Rows(vec![values]),
            conflict: None,
            returning: Vec::new(),
        }))
        .await
        .map(drop)
    }

    /// Sets columns of the rows that match the condition, to values or expressions; returns how many rows matched.
    ///
    /// # Errors
    /// Any database error.
    pub async fn update<S: Into<String>>(
        &self,
        condition: Option<Expr<AdHoc, bool>>,
        set: impl IntoIterator<Item = (S, Node)>,
    ) -> Result<u64> {
        let assignments = { set.into_iter() }
            .map(|(name, value)| {
                let (column, sql_type) = self.column(&name.into())?;
                let value = match value {
                    Node::Value(value) => Node::Value(fitting(value, sql_type)),
                    other => other,
                };
                Ok(Assignment { column, value })
            })
            .collect::<Result<Vec<_>>>()?;
        self.run(Statement::Update(Update {
            from: None,
            table: self.table.name.clone(),
            assignments,
            filter: condition.map(Expr::into_node),
            order_by: Vec::new(),
            returning: Vec::new(),
        }))
        .await
    }

    /// Sets columns of one row, found by its key.
    ///
    /// # Errors
    /// A table without a primary key, and any database error.
    pub async fn update_row<S: Into<String>>(
        &self,
        row: &DynRow,
        set: impl IntoIterator<Item = (S, Value)>,
    ) -> Result<()> {
        let filter = Some(self.key_of(row)?);
        self.run(Statement::Update(Update {
            from: None,
            table: self.table.name.clone(),
            assignments: self.assignments(set)?,
            filter,
            order_by: Vec::new(),
            returning: Vec::new(),
        }))
        .await
        .map(drop)
    }

    /// Deletes the rows that match the condition; returns how many there were.
    ///
    /// # Errors
    /// Any database error.
    pub async fn delete(&self, condition: impl Condition<AdHoc>) -> Result<u64> {
        self.run(Statement::Delete(Delete {
            table: self.table.name.clone(),
            filter: Some(condition.into_condition()),
            returning: Vec::new(),
        }))
        .await
    }

    /// Passes all rows to a function, in batches ordered by key; progress is reported after each batch.
    ///
    /// # Errors
    /// A table without a primary key, and any error that the function returns.
    pub async fn batches(
        &self,
        size: u64,
        mut run: impl AsyncFnMut(&[DynRow], &HistoricalTable) -> Result<()>,
    ) -> Result<()> {
        let total = self.count().await?;
        let mut done = 0;
        let mut after: Option<DynRow> = None;
        loop {
            let condition = after.as_ref().map(|row| self.behind(row)).transpose()?;
            let batch = self.fetch(condition, Some(size)).await?;
            let Some(last) = batch.last().cloned() else {
                return Ok(());
            };
            run(&batch, self).await?;
            done += batch.len() as u64;
            (self.historical.report)(Progress::Rows {
                table: &self.table.name,
                done,
                total,
            });
            if (batch.len() as u64) < size {
                return Ok(());
            }
            after = Some(last);
        }
    }

    fn assignments<S: Into<String>>(
        &self,
        row: impl IntoIterator<Item = (S, Value)>,
    ) -> Result<Vec<Assignment>> {
        row.into_iter()
            .map(|(name, value)| {
                let (column, sql_type) = self.column(&name.into())?;
                Ok(Assignment {
                    column,
                    value: Node::Value(fitting(value, sql_type)),
                })
            })
            .collect()
    }

    fn column(&self, name: &str) -> Result<(Name, &SqlType)> {
        let column = self.table.column(name).ok_or_else(|| {
            let known: Vec<&str> = { self.table.columns.iter() }
                .map(|column| column.name.as_str())
                .collect();
            Error::migration(format!(
                "{} has no column {name:?} at this point of the history; it has {}",
                self.table.name,
                known.join(", ")
            ))
        })?;
        Ok((Name::Owned(column.name.clone()), &column.sql_type))
    }

    fn key(&self) -> Result<&[String]> {
        if self.table.primary_key.is_empty() {
            return Err(Error::migration(format!(
                "{} has no primary key at this point of the history, so its rows can't be told apart",
                self.table.name
            )));
        }
        Ok(&self.table.primary_key)
    }

    fn key_of(&self, row: &DynRow) -> Result<Node> {
        let parts = self
            .key()?
            .iter()
            .map(|name| self.compare(name, row, aludel_sql::expr::BinaryOp::Equal));
        Ok(Node::And(parts.collect::<Result<_>>()?))
    }

    /// `(a > 1) OR (a = 1 AND b > 2)`.
    fn behind(&self, row: &DynRow) -> Result<Node> {
        use aludel_sql::expr::BinaryOp::{Equal, Greater};
        let key = self.key()?;
        let mut any = Vec::new();
        for (n, name) in key.iter().enumerate() {
            let mut all = Vec::new();
            for before in &key[..n] {
                all.push(self.compare(before, row, Equal)?);
            }
            all.push(self.compare(name, row, Greater)?);
            any.push(Node::And(all));
        }
        Ok(Node::Or(any))
    }

    fn compare(&self, name: &str, row: &DynRow, op: aludel_sql::expr::BinaryOp) -> Result<Node> {
        let (column, sql_type) = self.column(name)?;
        let value = row.get(name).cloned().unwrap_or_default();
        Ok(Node::binary(
            op,
            Node::Root(column),
            Node::Value(fitting(value, sql_type)),
        ))
    }

    async fn fetch(&self, filter: Option<Node>, limit: Option<u64>) -> Result<Vec<DynRow>> {
        let columns = self.table.columns.iter();
        let select = Select {
            projection: Projection::Items(
                columns
                    .clone()
                    .map(|column| SelectItem {
                        node: Node::Root(Name::Owned(column.name.clone())),
                        alias: None,
                    })
                    .collect(),
            ),
            from: Some(Source::Table {
                name: self.table.name.clone(),
                alias: None,
            }),
            filter,
            order_by: { self.table.primary_key.iter() }
                .map(|name| OrderTerm {
                    node: Node::Root(Name::Owned(name.clone())),
                    descending: false,
                    nulls: None,
                })
                .collect(),
            limit,
            ..Select::default()
        };
        let sql =
            aludel_sql::render::render(&Statement::Select(select), self.historical.dialect())?;
        let hints = columns
            .map(|column| Some(column.sql_type.clone()))
            .collect();
        let command = Command::new(sql, Access::Read).one_of_many();
        let (sink, _) = self
            .historical
            .target()
            .fetch(command, CollectDynamic::hinted(hints))
            .then(|sink, outcome| Ok((sink, outcome)))
            .await?;
        Ok(sink.rows)
    }

    async fn run(&self, statement: Statement) -> Result<u64> {
        let sql = aludel_sql::render::render(&statement, self.historical.dialect())?;
        let command = Command::new(sql, Access::Write).one_of_many();
        Ok(self.historical.target().execute(command).await?.affected)
    }
}

/// Converts a label: it is read as text, and sent as an enum value.
fn fitting(value: Value, sql_type: &SqlType) -> Value {
    match (value, sql_type) {
        (Value::Text(label), SqlType::Enum(kind)) => {
            match kind.labels.iter().find(|known| **known == label) {
                Some(label) => Value::Enum(kind.kept(), label),
                None => Value::Text(label),
            }
        }
        (value, _) => value,
    }
}
