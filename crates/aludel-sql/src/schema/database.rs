//! [`Schema`]: everything that a program has in a database.

use super::Table;
use crate::statement::TableName;
use crate::types::SqlType;
use crate::value::EnumType;
use std::collections::BTreeMap;
use std::fmt;

/// Tables, enum types, views, extensions and triggers.
///
/// Models make one, a history of migrations folds into one, and reflection reads one back. The enum types are those of
/// `enums`; a column of an enum carries its labels too.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    /// The tables.
    pub tables: Vec<Table>,
    /// The enum types, native on PostgreSQL only.
    pub enums: Vec<EnumType>,
    /// The views.
    pub views: Vec<View>,
    /// The extensions, by name (PostgreSQL).
    pub extensions: Vec<String>,
    /// The triggers, as reflection finds them. Comparisons ignore them.
    pub triggers: Vec<Trigger>,
    /// What reflection found and neither models nor migrations can express. Comparisons ignore it, and no migration touches
    /// it.
    pub unmanaged: Vec<Unmanaged>,
    /// The owners of tables and views, if the database has owners (PostgreSQL).
    pub owners: BTreeMap<TableName, String>,
}

impl Schema {
    /// A schema of these tables, with the enum types of their columns.
    pub fn of(tables: Vec<Table>) -> Schema {
        let mut schema = Schema {
            tables,
            ..Schema::default()
        };
        for table in &schema.tables {
            for column in &table.columns {
                if let Some(kind) = enum_of(&column.sql_type)
                    && !schema.enums.iter().any(|known| known.name == kind.name)
                {
                    schema.enums.push(kind);
                }
            }
        }
        schema
    }

    /// The table of that name.
    pub fn table(&self, name: &TableName) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == *name)
    }

    /// The table of that name, mutably.
    pub fn table_mut(&mut self, name: &TableName) -> Option<&mut Table> {
        self.tables.iter_mut().find(|table| table.name == *name)
    }

    /// The enum type of that name.
    pub fn enum_type(&self, name: &str) -> Option<EnumType> {
        self.enums.iter().copied().find(|kind| kind.name == name)
    }

    /// The view of that name.
    pub fn view(&self, name: &TableName) -> Option<&View> {
        self.views.iter().find(|view| view.name == *name)
    }
}

/// The enum in a type: itself, or an array's element.
pub fn enum_of(sql_type: &SqlType) -> Option<EnumType> {
    match sql_type {
        SqlType::Enum(kind) => Some(*kind),
        SqlType::Array(element) => enum_of(element),
        _ => None,
    }
}

/// A view: a query under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: TableName,
    /// Its query. Name its columns: `*` is stored as the columns that exist when the view is created.
    pub query: String,
    /// Whether its rows are stored (PostgreSQL).
    pub materialized: bool,
    /// Further options, as raw SQL: `WITH (security_barrier=true)` (PostgreSQL).
    pub options: Option<String>,
}

impl View {
    /// A view of a query.
    pub fn new(name: impl Into<TableName>, query: impl Into<String>) -> View {
        View {
            name: name.into(),
            query: query.into(),
            materialized: false,
            options: None,
        }
    }

    /// Further options, as raw SQL: `WITH (security_barrier=true)` (PostgreSQL), `SQL SECURITY INVOKER` (MariaDB, MySQL),
    /// `WITH CASCADED CHECK OPTION`.
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> View {
        self.options = Some(text.into());
        self
    }

    /// Stores the view's rows, which REFRESH MATERIALIZED VIEW updates (PostgreSQL).
    #[must_use]
    pub fn materialized(mut self) -> View {
        self.materialized = true;
        self
    }
}

/// A trigger, as reflection finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// The table or view it belongs to.
    pub table: TableName,
    /// Its statement, where the database keeps one.
    pub statement: String,
}

/// A database object that neither models nor migrations can express: reflection lists it, and nothing touches it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unmanaged {
    /// What it is: `sequence`, `foreign table`, `virtual table`, `partition`.
    pub kind: String,
    /// Its name, or `name on table` if it belongs to a table.
    pub name: String,
}

impl Unmanaged {
    /// An object of that kind and name.
    pub fn new(kind: impl Into<String>, name: impl Into<String>) -> Unmanaged {
        Unmanaged {
            kind: kind.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for Unmanaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)
    }
}
