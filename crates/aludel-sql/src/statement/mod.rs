//! Statements as data: SELECT, INSERT, UPDATE, DELETE and DDL. A dialect renders them.

mod bulk;
mod ddl;
mod select;
mod write;

pub use bulk::{ColumnArray, InsertArrays, UpdateMany, element_type};
pub use ddl::Ddl;
pub use select::{
    Compound, Cte, Distinct, Join, JoinKind, Lock, LockStrength, LockWait, Nulls, OrderTerm,
    Projection, Select, SelectItem, SetOperation, Source,
};
pub use write::{
    Assignment, Conflict, ConflictAction, Delete, Insert, InsertSource, Update, check_once,
};

use crate::expr::Name;
use crate::types::ColumnKinds;

/// A table's name, with its schema where it has one (PostgreSQL).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableName {
    /// The schema.
    pub schema: Option<Name>,
    /// The name.
    pub name: Name,
    /// What is known of its columns; no part of the name.
    pub kinds: ColumnKinds,
}

impl TableName {
    /// A table of the default schema.
    pub fn new(name: impl Into<Name>) -> TableName {
        TableName {
            schema: None,
            name: name.into(),
            kinds: ColumnKinds::default(),
        }
    }

    /// A table of a schema.
    pub fn in_schema(schema: impl Into<Name>, name: impl Into<Name>) -> TableName {
        TableName {
            schema: Some(schema.into()),
            name: name.into(),
            kinds: ColumnKinds::default(),
        }
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

impl From<&'static str> for TableName {
    fn from(name: &'static str) -> Self {
        TableName::new(name)
    }
}

impl From<(&'static str, &'static str)> for TableName {
    /// A schema and a table of it.
    fn from((schema, name): (&'static str, &'static str)) -> Self {
        TableName::in_schema(schema, name)
    }
}

impl From<String> for TableName {
    fn from(name: String) -> Self {
        TableName::new(name)
    }
}

/// Any statement.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Statement {
    /// SELECT.
    Select(Select),
    /// INSERT.
    Insert(Insert),
    /// UPDATE.
    Update(Update),
    /// DELETE.
    Delete(Delete),
    /// DDL.
    Ddl(Ddl),
}
