//! [`Operation`]: one change to a schema, as data.
//!
//! An operation knows its state change ([`apply`](Operation::apply)), its reverse ([`reverse`](Operation::reverse)), its SQL in
//! each dialect ([`sql`](crate::sql)), what it locks ([`lint`](crate::lint)), whether it [commutes](Operation::commutes) with
//! another and how it [reduces](crate::squash) with its neighbours.

mod apply;
mod code;
mod commute;
mod describe;
mod reverse;

pub use code::{Code, RunCode};
pub use describe::Mark;
pub use describe::type_of;
pub(crate) use reverse::reverse_all;

use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::Node;
use aludel_sql::schema::{Check, Column, Constraint, ForeignKey, Index, Table, Unique, View};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;

/// One change to a schema.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Operation {
    /// Creates a table, with everything that belongs to it.
    CreateTable(Box<Table>),
    /// Drops a table and its rows.
    DropTable(TableName),
    /// Renames a table. Constraints and indexes that are named by the naming convention keep their names.
    RenameTable {
        /// Its current name.
        from: TableName,
        /// Its new name.
        to: TableName,
    },
    /// Sets the comment of a table.
    SetComment {
        /// The table.
        table: TableName,
        /// The text; `None` removes the comment.
        comment: Option<String>,
    },
    /// Adds a column.
    AddColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: Box<Column>,
        /// The value for existing rows, if it is not the default.
        fill: Option<Node>,
    },
    /// Drops a column, its values, and the constraints and indexes that mention it.
    DropColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// Renames a column.
    RenameColumn {
        /// The table.
        table: TableName,
        /// Its current name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Changes the type, nullability, default, comment, expression or numbering of a column.
    AlterColumn {
        /// The table.
        table: TableName,
        /// The column after the change.
        column: Box<Column>,
        /// The value for rows that have NULL, where the column becomes NOT NULL.
        fill: Option<Node>,
        /// The expression for the new values; by default, a cast of the old ones.
        using: Option<Node>,
    },
    /// Sets or removes the primary key.
    SetPrimaryKey {
        /// The table.
        table: TableName,
        /// Its columns.
        columns: Vec<String>,
    },
    /// Adds a foreign key.
    AddForeignKey {
        /// The table.
        table: TableName,
        /// The key.
        key: ForeignKey,
    },
    /// Drops a foreign key.
    DropForeignKey {
        /// The table.
        table: TableName,
        /// The key's name.
        name: String,
    },
    /// Adds a unique constraint.
    AddUnique {
        /// The table.
        table: TableName,
        /// The constraint.
        unique: Unique,
    },
    /// Drops a unique constraint.
    DropUnique {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// Adds a CHECK.
    AddCheck {
        /// The table.
        table: TableName,
        /// The constraint.
        check: Check,
    },
    /// Drops a CHECK.
    DropCheck {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
    },
    /// Adds a constraint given as SQL.
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
    /// Sets the database-specific options of a table.
    SetOptions {
        /// The table.
        table: TableName,
        /// The options; `None` removes them.
        options: Option<String>,
    },
    /// Adds an index.
    AddIndex {
        /// The table.
        table: TableName,
        /// The index.
        index: Index,
        /// Without stopping writers, outside a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// Drops an index.
    DropIndex {
        /// The table.
        table: TableName,
        /// Its name.
        name: String,
        /// Without stopping writers, outside a transaction (PostgreSQL).
        concurrently: bool,
    },
    /// Renames a unique constraint, CHECK, foreign key or index.
    RenameConstraint {
        /// The table.
        table: TableName,
        /// Its current name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Creates an enum type (native on PostgreSQL).
    CreateEnum(EnumType),
    /// Drops an enum type.
    DropEnum(String),
    /// Renames an enum type.
    RenameEnum {
        /// Its current name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Adds a value to an enum type.
    AddEnumValue {
        /// The type.
        name: String,
        /// The value.
        value: String,
        /// The value that it is inserted before; `None` means at the end.
        before: Option<String>,
    },
    /// Renames a value of an enum type, in its rows too.
    RenameEnumValue {
        /// The type.
        name: String,
        /// Its current name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Sets all values of an enum type: some are removed, or their order changes. No row may have a removed value.
    SetEnumValues {
        /// The type.
        name: String,
        /// The values.
        values: Vec<String>,
        /// The replacements in rows: a removed value, and one that stays.
        becomes: Vec<(String, String)>,
    },
    /// Creates a view.
    CreateView(View),
    /// Drops a view.
    DropView(TableName),
    /// Creates an extension (PostgreSQL).
    CreateExtension(String),
    /// Drops an extension (PostgreSQL).
    DropExtension(String),
    /// Runs the user's SQL.
    RunSql(RunSql),
    /// Runs the user's Rust function.
    Run(RunCode),
    /// Changes the state and the database separately.
    Separate {
        /// Folds into the state, without SQL.
        state: Vec<Operation>,
        /// Runs, and does not change the state.
        database: Vec<Operation>,
    },
    /// Declares a table of another program, to which foreign keys may refer from here on. It is not touched.
    External(TableName),
    /// Moves a table to another module; the database is not changed.
    SetOwner {
        /// The table.
        table: TableName,
        /// The module.
        module: String,
    },
}

/// The user's SQL, forwards and optionally backwards: one text for each statement, for all databases or one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunSql {
    /// Statements, with the dialect that they are for.
    pub forward: Vec<(Option<String>, String)>,
    /// The same, to undo it; `None` if it can't be undone.
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
    /// The table that it changes, if there is one.
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

    /// Whether it runs the user's SQL or Rust, whose effect is unknown.
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
