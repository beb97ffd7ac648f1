//! INSERT, UPDATE, DELETE.

use super::{OrderTerm, Select, TableName};
use crate::expr::{Name, Node};

/// An INSERT statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Insert {
    /// Into which table.
    pub table: TableName,
    /// Which columns the source gives.
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

/// What an INSERT does about a row that is there already.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The columns of the unique key; MariaDB/MySQL take any unique key and ignore them.
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
    /// Its new value; sees the old row.
    pub value: Node,
}

/// An UPDATE statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// Which table.
    pub table: TableName,
    /// SET.
    pub assignments: Vec<Assignment>,
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
    /// From which table.
    pub table: TableName,
    /// WHERE.
    pub filter: Option<Node>,
    /// RETURNING.
    pub returning: Vec<Node>,
}
