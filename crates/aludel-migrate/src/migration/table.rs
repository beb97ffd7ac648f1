//! Tables and columns as migrations write them.

use aludel_sql::schema::{Check, Column, Constraint, ForeignKey, Identity, Index, Table, Unique};
use aludel_sql::statement::TableName;

/// The name of a table: `"posts"`, or `("library", "books")` in a schema.
pub trait IntoTable {
    /// The name.
    fn into_table(self) -> TableName;
}

impl IntoTable for &str {
    fn into_table(self) -> TableName {
        TableName::new(self.to_string())
    }
}

impl IntoTable for (&str, &str) {
    fn into_table(self) -> TableName {
        TableName::in_schema(self.0.to_string(), self.1.to_string())
    }
}

impl IntoTable for TableName {
    fn into_table(self) -> TableName {
        self
    }
}

/// A column that a migration adds, with its constraint or index.
#[derive(Debug, Clone)]
pub struct NewColumn {
    pub(super) column: Column,
    pub(super) unique: bool,
    pub(super) indexed: bool,
}

impl From<Column> for NewColumn {
    fn from(column: Column) -> Self {
        NewColumn {
            column,
            unique: false,
            indexed: false,
        }
    }
}

/// `.unique()` and `.indexed()` on a column that a migration adds.
pub trait ColumnExt {
    /// Adds a unique constraint, named by the convention.
    fn unique(self) -> NewColumn;
    /// Adds an index, named by the convention.
    fn indexed(self) -> NewColumn;
}

impl<C: Into<NewColumn>> ColumnExt for C {
    fn unique(self) -> NewColumn {
        NewColumn {
            unique: true,
            ..self.into()
        }
    }
    fn indexed(self) -> NewColumn {
        NewColumn {
            indexed: true,
            ..self.into()
        }
    }
}

/// A table for [`create_table`](crate::Migration::create_table).
#[derive(Debug, Clone)]
pub struct NewTable(Table);

/// A table with that name, without columns yet.
pub fn new_table(name: impl IntoTable) -> NewTable {
    NewTable(Table::new(name.into_table()))
}

impl NewTable {
    /// Adds a column; `.unique()` and `.indexed()` work here too.
    #[must_use]
    pub fn column(mut self, new: impl Into<NewColumn>) -> NewTable {
        let new = new.into();
        let convention = aludel_sql::schema::NamingConvention::default();
        let columns = [new.column.name.clone()];
        if new.unique {
            let name = convention.unique(&self.0.name.name, &columns);
            self.0.uniques.push(Unique::on(name, columns.clone()));
        }
        if new.indexed {
            let name = convention.index(&self.0.name.name, &columns);
            self.0.indexes.push(Index::on(columns).named(name));
        }
        self.0.columns.push(new.column);
        self
    }

    /// Sets the primary key.
    #[must_use]
    pub fn primary_key<S: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = S>,
    ) -> NewTable {
        self.0.primary_key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Adds a foreign key.
    #[must_use]
    pub fn foreign_key(mut self, key: ForeignKey) -> NewTable {
        self.0.foreign_keys.push(key);
        self
    }

    /// Adds a unique constraint.
    #[must_use]
    pub fn unique(mut self, unique: Unique) -> NewTable {
        self.0.uniques.push(unique);
        self
    }

    /// Adds a CHECK.
    #[must_use]
    pub fn check(mut self, check: Check) -> NewTable {
        self.0.checks.push(check);
        self
    }

    /// Adds a constraint given as SQL.
    #[must_use]
    pub fn constraint(mut self, constraint: Constraint) -> NewTable {
        self.0.constraints.push(constraint);
        self
    }

    /// Sets the database-specific options: `STRICT` (SQLite), `ENGINE=Aria` (MariaDB, MySQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> NewTable {
        self.0.options = Some(text.into());
        self
    }

    /// Adds an index.
    #[must_use]
    pub fn index(mut self, index: Index) -> NewTable {
        self.0.indexes.push(index);
        self
    }

    /// Sets the comment.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> NewTable {
        self.0.comment = Some(text.into());
        self
    }

    /// Adds a column `id` that the database numbers, and that is the primary key.
    #[must_use]
    pub fn id(self) -> NewTable {
        let column = Column {
            identity: Some(Identity::ByDefault),
            ..Column::new("id", aludel_sql::types::SqlType::BigInt)
        };
        self.column(column).primary_key(["id"])
    }
}

impl From<NewTable> for Table {
    fn from(new: NewTable) -> Self {
        new.0
    }
}
