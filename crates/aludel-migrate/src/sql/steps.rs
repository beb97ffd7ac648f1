//! The steps of one operation, as they are collected.

use super::{
    Probe, Removed, Step, ViewStep, Work, defaults_stay, mysql, postgres, sqlite, unsupported,
};
use crate::operation::{Operation, RunSql};
use crate::state::State;
use aludel_engine::Result;
use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Index, Table};
use aludel_sql::statement::{Ddl, TableName};
use std::sync::Arc;

/// The steps built so far.
pub(crate) struct Steps {
    pub(super) dialect: &'static dyn Dialect,
    pub(super) all: Vec<Step>,
    pub(super) at: usize,
}

impl Steps {
    /// Notes that the last step removes something.
    pub(super) fn removing(&mut self, table: &TableName, column: Option<&str>) {
        if let Some(step) = self.all.last_mut() {
            step.removes = Some(Removed {
                table: table.clone(),
                column: column.map(str::to_string),
            });
        }
    }

    /// Notes that the last step is one of the two that re-create a view.
    pub(super) fn of_view(&mut self, view: ViewStep) {
        if let Some(step) = self.all.last_mut() {
            step.view = Some(view);
        }
    }

    pub(super) fn operation(
        &mut self,
        operation: &Operation,
        before: &State,
        after: &State,
    ) -> Result<()> {
        defaults_stay(operation, after)?;
        match operation {
            Operation::RunSql(run) => self.run_sql(run),
            Operation::Run(run) => {
                self.push(
                    Work::Code(run.clone(), Arc::new(after.clone())),
                    Probe::Again,
                );
                Ok(())
            }
            Operation::Separate { database, .. } => {
                let mut state = before.clone();
                for operation in database {
                    let mut after = state.clone();
                    operation.apply(&mut after, "")?;
                    self.operation(operation, &state, &after)?;
                    state = after;
                }
                Ok(())
            }
            Operation::SetOwner { .. } | Operation::External(_) => Ok(()),
            Operation::CreateView(view) => {
                let text = self.ddl(&Ddl::CreateView(view.clone()))?;
                self.schema(text, Probe::Table(view.name.clone(), true));
                self.of_view(ViewStep::Made(view.name.clone()));
                Ok(())
            }
            Operation::DropView(name) => {
                let materialized = before
                    .schema
                    .view(name)
                    .is_some_and(|view| view.materialized);
                let text = self.write(|w| {
                    w.push(if materialized {
                        "DROP MATERIALIZED VIEW "
                    } else {
                        "DROP VIEW "
                    });
                    Ok(w.table(name)?)
                })?;
                self.schema(text, Probe::Table(name.clone(), false));
                if let Some(view) = before.schema.view(name) {
                    self.of_view(ViewStep::Dropped(view.clone()));
                }
                Ok(())
            }
            Operation::CreateExtension(name) | Operation::DropExtension(name) => {
                if !self.dialect.capabilities().extensions {
                    return Err(unsupported(
                        self.dialect,
                        "extensions",
                        "leave it out of the models of this database",
                    ));
                }
                let create = matches!(operation, Operation::CreateExtension(_));
                let text = self.write(|w| {
                    w.push(if create {
                        "CREATE EXTENSION IF NOT EXISTS "
                    } else {
                        "DROP EXTENSION IF EXISTS "
                    });
                    Ok(w.checked_identifier(name)?)
                })?;
                self.schema(text, Probe::Again);
                Ok(())
            }
            _ => match self.dialect.kind() {
                Some(DialectKind::Sqlite) => sqlite::operation(self, operation, before, after),
                Some(DialectKind::Postgres) => postgres::operation(self, operation, before, after),
                Some(DialectKind::Mariadb | DialectKind::Mysql) => {
                    mysql::operation(self, operation, before, after)
                }
                None => Err(unsupported(
                    self.dialect,
                    "migrations",
                    "use a database that Aludel has migrations for",
                )),
            },
        }
    }

    pub(super) fn run_sql(&mut self, run: &RunSql) -> Result<()> {
        for text in RunSql::texts(&run.forward, self.dialect) {
            // Comments and parentheses before the first word don't count.
            let tokens = aludel_sql::schema::tokens(&text, self.dialect);
            let first = { tokens.iter() }
                .find_map(|token| token.name())
                .unwrap_or("")
                .to_ascii_lowercase();
            let data = [
                "insert", "update", "delete", "replace", "merge", "with", "select", "call", "do",
                "load", "set",
            ];
            let alone =
                first == "vacuum" || tokens.iter().any(|token| token.is_word("concurrently"));
            let work = if alone && self.dialect.capabilities().concurrent_indexes {
                Work::Concurrent(text)
            } else if data.contains(&first.as_str()) {
                Work::Data(text)
            } else {
                Work::Schema(text)
            };
            self.push(work, Probe::Again);
        }
        Ok(())
    }

    pub(super) fn push(&mut self, work: Work, probe: Probe) {
        self.all.push(Step {
            work,
            probe,
            operation: self.at,
            redefines: Vec::new(),
            remakes: None,
            removes: None,
            view: None,
        });
    }

    pub(super) fn schema(&mut self, text: String, probe: Probe) {
        self.push(Work::Schema(text), probe);
    }

    pub(super) fn data(&mut self, text: String) {
        self.push(Work::Data(text), Probe::Again);
    }

    /// Writes a statement; values in it are literals.
    pub(super) fn write(&self, write: impl FnOnce(&mut Writer) -> Result<()>) -> Result<String> {
        let mut w = Writer::new(self.dialect);
        let mut result = Ok(());
        w.inlined(|w| {
            result = write(w);
            Ok(())
        })?;
        result?;
        Ok(w.text)
    }

    /// `ALTER TABLE name …`.
    pub(super) fn alter(
        &self,
        table: &TableName,
        write: impl FnOnce(&mut Writer) -> Result<()>,
    ) -> Result<String> {
        self.write(|w| {
            w.push("ALTER TABLE ");
            w.table(table)?;
            w.push(" ");
            write(w)
        })
    }

    pub(super) fn ddl(&self, ddl: &Ddl) -> Result<String> {
        let mut w = Writer::new(self.dialect);
        w.ddl(ddl)?;
        Ok(w.text)
    }

    /// Writes CREATE TABLE, with its schema before it and its indexes after it.
    pub(super) fn create_table(&mut self, table: &Table) -> Result<()> {
        let name = &table.name;
        if let Some(schema) = &name.schema {
            let text = self.ddl(&Ddl::CreateSchema(schema.to_string()))?;
            self.schema(text, Probe::Again);
        }
        let text = self.ddl(&Ddl::CreateTable(Box::new(table.clone()), Vec::new()))?;
        self.schema(text, Probe::Table(name.clone(), true));
        for index in aludel_sql::schema::indexes_behind(table, self.dialect) {
            self.create_index(name, index)?;
        }
        Ok(())
    }

    pub(super) fn create_index(&mut self, table: &TableName, index: &Index) -> Result<()> {
        let text = self.ddl(&Ddl::CreateIndex(table.clone(), index.clone()))?;
        let probe = Probe::Key(table.clone(), index.name.clone(), true);
        self.schema(text, probe);
        Ok(())
    }

    pub(super) fn drop_table(&mut self, table: &TableName) -> Result<()> {
        let text = self.write(|w| {
            w.push("DROP TABLE ");
            Ok(w.table(table)?)
        })?;
        self.schema(text, Probe::Table(table.clone(), false));
        Ok(())
    }

    /// Writes `UPDATE t SET c = fill`, for all rows or those that have NULL.
    pub(super) fn fill(
        &mut self,
        table: &TableName,
        column: &str,
        fill: &Node,
        only_null: bool,
    ) -> Result<()> {
        let text = self.write(|w| {
            w.push("UPDATE ");
            w.table(table)?;
            w.push(" SET ");
            w.identifier(column);
            w.push(" = ");
            w.with_root(None, |w| w.node(fill))?;
            if only_null {
                w.push(" WHERE ");
                w.identifier(column);
                w.push(" IS NULL");
            }
            Ok(())
        })?;
        self.data(text);
        Ok(())
    }
}
