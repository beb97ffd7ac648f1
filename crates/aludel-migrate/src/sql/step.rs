//! [`Step`]: one unit of work of a migration.

use super::rebuild::Rebuild;
use crate::operation::RunCode;
use crate::state::State;
use aludel_sql::schema::{Column, Table, View};
use aludel_sql::statement::TableName;
use std::sync::Arc;

/// One unit of work, and how to check later whether it was done.
#[derive(Debug, Clone)]
pub struct Step {
    /// What is done.
    pub work: Work,
    /// How to check whether it was done, where it can't be recorded in the same transaction.
    pub probe: Probe,
    /// Which operation it belongs to, from 0.
    pub operation: usize,
    /// Columns that it redefines, as the history knows them: anything else the database has on them would be lost.
    pub redefines: Vec<(TableName, Column)>,
    /// A column that it drops and re-creates, with its table as the history knows it: anything else the database has on the
    /// column would be lost.
    pub remakes: Option<Box<(Table, String)>>,
    /// What it removes; triggers and views may still mention it, and the database does not check them (MariaDB, MySQL).
    pub removes: Option<Removed>,
    /// Its part in dropping and re-creating a view.
    pub view: Option<ViewStep>,
}

/// A table, or a column of one, that no longer exists under its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// The table.
    pub table: TableName,
    /// The column; `None` means the table itself.
    pub column: Option<String>,
}

impl std::fmt::Display for Removed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            None => write!(f, "{}", self.table),
            Some(column) => write!(f, "{}.{column}", self.table),
        }
    }
}

/// One of the two steps that re-create a view. What depends on the view is kept from the first to the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewStep {
    /// The view is dropped; this is how the history knows it.
    Dropped(View),
    /// The view exists again.
    Made(TableName),
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Work {
    /// DDL.
    Schema(String),
    /// DDL that can't run in a transaction (PostgreSQL).
    Concurrent(String),
    /// DML: a change of rows.
    Data(String),
    /// The user's own function, with the state at that point.
    Code(RunCode, Arc<State>),
    /// A table rebuild (SQLite).
    Rebuild(Box<Rebuild>),
}

/// How to check whether a statement took effect before a run was killed: DDL commits by itself on MariaDB and MySQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// It can be run again.
    Again,
    /// A table or view exists, or not.
    Table(TableName, bool),
    /// A column exists, or not.
    Column(TableName, String, bool),
    /// An index or unique constraint exists, or not.
    Key(TableName, String, bool),
    /// A foreign key or CHECK exists, or not.
    Constraint(TableName, String, bool),
    /// The primary key has these columns.
    PrimaryKey(TableName, Vec<String>),
}

impl Step {
    /// Its text, as `sqlmigrate` shows it.
    pub fn texts(&self) -> Vec<String> {
        match &self.work {
            Work::Schema(text) | Work::Concurrent(text) | Work::Data(text) => {
                let mut all = vec![text.clone()];
                if let Some(ViewStep::Made(name)) = &self.view {
                    all.push(format!("-- and what hung on {name}, again"));
                }
                all
            }
            Work::Code(run, _) => vec![format!("-- runs {}", run.name)],
            Work::Rebuild(rebuild) => rebuild.script(),
        }
    }

    /// Its text in one line, or the function's name.
    pub fn label(&self) -> String {
        match &self.work {
            Work::Schema(text) | Work::Concurrent(text) | Work::Data(text) => text.clone(),
            Work::Code(run, _) => format!("run {}", run.name),
            Work::Rebuild(rebuild) => format!("rebuild {}", rebuild.after.name),
        }
    }
}
