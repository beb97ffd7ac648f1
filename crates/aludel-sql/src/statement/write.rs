//! INSERT, UPDATE, DELETE.

use super::{OrderTerm, Select, TableName};
use crate::error::{Error, Result};
use crate::expr::{Name, Node};
use std::collections::HashSet;

/// An INSERT statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// The table.
    pub table: TableName,
    /// The columns that the source fills.
    pub columns: Vec<Name>,
    /// The rows.
    pub source: InsertSource,
    /// What happens on a conflict.
    pub conflict: Option<Conflict>,
    /// RETURNING.
    pub returning: Vec<Node>,
}

/// Where an INSERT's rows come from.
#[derive(Debug, Clone, PartialEq)]
pub enum InsertSource {
    /// One row of nothing but defaults.
    Defaults,
    /// Rows of nodes, each as long as the columns.
    Rows(Vec<Vec<Node>>),
    /// Rows that a query finds.
    Query(Box<Select>),
}

/// What an INSERT does when the row already exists.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The columns of the unique key. Without any, MariaDB and MySQL use whichever key is violated.
    pub columns: Vec<Name>,
    /// What to do.
    pub action: ConflictAction,
}

/// DO NOTHING or DO UPDATE.
#[derive(Debug, Clone, PartialEq)]
pub enum ConflictAction {
    /// Leave the row as it is.
    Nothing,
    /// Change it.
    Update(Vec<Assignment>),
}

/// `column = value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The column.
    pub column: Name,
    /// Its new value, which reads the old row.
    pub value: Node,
}

/// Refuses a list that names a column twice: SQLite, MariaDB and MySQL would use one of its values, PostgreSQL none.
///
/// # Errors
/// A column that is named twice.
pub fn check_once<'c>(columns: impl ExactSizeIterator<Item = &'c str> + Clone) -> Result<()> {
    // For as many columns as most tables have, comparing all pairs is fastest, and needs no memory.
    const FEW: usize = 32;
    let mut names = columns.clone();
    let twice = if names.len() <= FEW {
        let before = |n| columns.clone().take(n);
        let mut numbered = names.enumerate();
        numbered.find_map(|(n, name)| before(n).any(|other| other == name).then_some(name))
    } else {
        let mut seen = HashSet::with_capacity(names.len());
        names.find(|name| !seen.insert(*name))
    };
    match twice {
        Some(name) => Err(Error::invalid(format!(
            "the column {name:?} is set twice in one statement; give it one value"
        ))),
        None => Ok(()),
    }
}

/// An UPDATE statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The table.
    pub table: TableName,
    /// SET.
    pub assignments: Vec<Assignment>,
    /// FROM: a query whose columns the values and the filter may read, by its name. Not on MariaDB and MySQL.
    pub from: Option<(Name, Box<Select>)>,
    /// WHERE.
    pub filter: Option<Node>,
    /// ORDER BY, which matters only to MariaDB/MySQL's unique checks.
    pub order_by: Vec<OrderTerm>,
    /// RETURNING.
    pub returning: Vec<Node>,
}

/// A DELETE statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The table.
    pub table: TableName,
    /// WHERE.
    pub filter: Option<Node>,
    /// RETURNING.
    pub returning: Vec<Node>,
}
