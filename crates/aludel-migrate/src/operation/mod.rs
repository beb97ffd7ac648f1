//! [`Operation`]: one change of a schema, as data.
//!
//! An operation knows its state change ([`apply`](Operation::apply)), its way back ([`reverse`](Operation::reverse)), its SQL
//! in each dialect ([`sql`](crate::sql)), what it locks ([`lint`](crate::lint)), whether it
//! [commutes](Operation::commutes) with another and how it [reduces](crate::squash) with its neighbours.

mod apply;
mod code;
mod commute;
mod describe;
mod reverse;

pub use code::{Code, RunCode};
pub use describe::Mark;
#[cfg(feature = "cli")]
pub(crate) use describe::type_of;
pub(crate) use reverse::reverse_all;

use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Check, Column, Constraint, ForeignKey, Index, Table, Unique, View};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;

/// One change of a schema.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Operation {
    /// A new table, with all that belongs to it.
    CreateTable(Box<Table>),
    /// Away with a table and its rows.
    DropTable(TableName),
    /// Another name for a table. What it is called by the naming convention (constraints, indexes) keeps its names.
    RenameTable {
        /// What it is called.
        from: TableName,
        /// What it will be called.
        to: TableName,
    },
    /// What a table is for.
    SetComment {
        /// The table.
        table: TableName,
        /// The text; none takes it away.
        comment: Option<String>,
    },
    /// A new column.
    AddColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: Box<Column>,
        /// What rows that are there get, where that is not the default.
        fill: Option<Node>,
    },
    /// Away with a column, its values, and the constraints and indexes that speak of it.
    DropColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// Another name for a column.
    RenameColumn {
        /// The table.
        table: TableName,
        /// What it is called.
        from: String,
        /// What it will be called.
        to: String,
    },
    /// Another type, nullability, default, comment, expression or numbering of a column.
    AlterColumn {
        /// The table.
        table: TableName,
        /// The column as it will be.
        column: Box<Column>,
        /// What rows get that have NULL, where the column takes none any more.
        fill: Option<Node>,
        /// What the new values are made of; by itself, a cast of the old ones.
        using: Option<Node>,
    },
    /// Another primary key, or none.
    SetPrimaryKey {
        /// The table.
        table: TableName,
        /// Its columns.
        columns: Vec<String>,
    },
    /// A new foreign key.
    AddForeignKey {
        /// The table.
        table: TableName,
        /// The key.
        key: ForeignKey,
    },
    /// Away with a foreign key.
    DropForeignKey {
        /// The table.
        table: TableName,
        /// The key's name.
        name: String,
    },
    /// A new unique constraint.
    AddUnique {
        /// The table.
        table: TableName,
        /// The constraint.
        unique: Unique,
    },
    /// Away with a unique constraint.
    DropUnique {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// A new CHECK.
    AddCheck {
        /// The table.
        table: TableName,
        /// The constraint.
        check: Check,
    },
    /// Away with a CHECK.
    DropCheck {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// A new constraint in the database's own words.
    AddConstraint {
        /// The table.
        table: TableName,
        /// The constraint.
        constraint: Constraint,
    },
    /// Drops a constraint that was given as SQL.
    DropConstraint {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// What else the database knows of a table, in its own words.
    SetOptions {
        /// The table.
        table: TableName,
        /// The options; none takes them away.
        options: Option<String>,
    },
    /// A new index.
    AddIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: Index,
        /// Without stopping writers, outside a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// Away with an index.
    DropIndex {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
        /// Without stopping writers, outside a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// Another name for a unique constraint, CHECK, foreign key or index.
    RenameConstraint {
        /// The table.
        table: TableName,
        /// What it is called.
        from: String,
        /// What it will be called.
        to: String,
    },
    /// A new enum type (native on PostgreSQL).
    CreateEnum(EnumType),
    /// Away with an enum type.
    DropEnum(String),
    /// Another name for an enum type.
    RenameEnum {
        /// What it is called.
        from: String,
        /// What it will be called.
        to: String,
    },
    /// A new value of an enum type.
    AddEnumValue {
        /// The type.
        name: String,
        /// The value.
        value: String,
        /// The value that it comes before; at the end without one.
        before: Option<String>,
    },
    /// Another name for a value of an enum type; rows that have it follow.
    RenameEnumValue {
        /// The type.
        name: String,
        /// What it is called.
        from: String,
        /// What it will be called.
        to: String,
    },
    /// All values of an enum type anew: some go, or their order changes. Rows must have none that goes.
    SetEnumValues {
        /// The type.
        name: String,
        /// The values.
        values: Vec<String>,
        /// What becomes of rows with a value that goes: the value, and one that stays.
        becomes: Vec<(String, String)>,
    },
    /// A new view.
    CreateView(View),
    /// Away with a view.
    DropView(TableName),
    /// A new extension (PostgreSQL).
    CreateExtension(String),
    /// Away with an extension (PostgreSQL).
    DropExtension(String),
    /// SQL of the user's own.
    RunSql(RunSql),
    /// Rust of the user's own.
    Run(RunCode),
    /// What the state is told, apart from what the database is told.
    Separate {
        /// Folds into the state, without SQL.
        state: Vec<Operation>,
        /// Runs, and is kept out of the state.
        database: Vec<Operation>,
    },
    /// A table that other programs own, to which foreign keys may refer from here on. It is not touched.
    External(TableName),
    /// Another module owns a table; the database does not know.
    SetOwner {
        /// The table.
        table: TableName,
        /// The module.
        module: String,
    },
}

/// SQL of the user's own, forwards and perhaps backwards: one text for each statement, for all databases or one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunSql {
    /// Statements, with the dialect that they are for.
    pub forward: Vec<(Option<String>, String)>,
    /// The same, for the way back; none when there is no way back.
    pub backward: Option<Vec<(Option<String>, String)>>,
}

impl RunSql {
    /// The statements for a dialect.
    pub fn texts(texts: &[(Option<String>, String)], dialect: &dyn Dialect) -> Vec<String> {
        let is_for = |only: &str| match (DialectKind::from_name(only), dialect.kind()) {
            (Some(only), Some(kind)) => only.is_akin(kind),
            _ => only == dialect.name(),
        };
        texts
            .iter()
            .filter(|(only, _)| only.as_deref().is_none_or(is_for))
            .map(|(_, text)| text.clone())
            .collect()
    }
}

impl Operation {
    /// The table that it changes, if it is one.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Operation::CreateTable(table) => Some(&table.name),
            Operation::DropTable(table)
            | Operation::RenameTable { from: table, .. }
            | Operation::SetComment { table, .. }
            | Operation::AddColumn { table, .. }
            | Operation::DropColumn { table, .. }
            | Operation::RenameColumn { table, .. }
            | Operation::AlterColumn { table, .. }
            | Operation::SetPrimaryKey { table, .. }
            | Operation::AddForeignKey { table, .. }
            | Operation::DropForeignKey { table, .. }
            | Operation::AddUnique { table, .. }
            | Operation::DropUnique { table, .. }
            | Operation::AddCheck { table, .. }
            | Operation::DropCheck { table, .. }
            | Operation::AddConstraint { table, .. }
            | Operation::DropConstraint { table, .. }
            | Operation::SetOptions { table, .. }
            | Operation::AddIndex { table, .. }
            | Operation::DropIndex { table, .. }
            | Operation::RenameConstraint { table, .. }
            | Operation::SetOwner { table, .. } => Some(table),
            _ => None,
        }
    }

    /// Whether it runs what only the user knows the meaning of.
    pub fn is_opaque(&self) -> bool {
        match self {
            Operation::RunSql(_) | Operation::Run(_) => true,
            Operation::Separate { database, .. } => database.iter().any(Operation::is_opaque),
            _ => false,
        }
    }

    /// Whether it has to run outside a transaction.
    pub fn is_concurrent(&self) -> bool {
        match self {
            Operation::AddIndex { concurrently, .. }
            | Operation::DropIndex { concurrently, .. } => *concurrently,
            Operation::Separate { database, .. } => database.iter().any(Operation::is_concurrent),
            _ => false,
        }
    }
}
