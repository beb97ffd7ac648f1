//! Builder methods for metadata written by hand, as in migrations.

use super::{
    Action, Check, Column, Constraint, Deferrability, ForeignKey, Generated, Identity, Index,
    IndexPart, Table, Unique,
};
use crate::expr::{AdHoc, Dyn, Expr, IntoExpr};
use crate::statement::TableName;

impl Column {
    /// It may be NULL.
    #[must_use]
    pub fn nullable(mut self) -> Column {
        self.nullable = true;
        self
    }

    /// Its default: a value, `now()`, or an expression.
    #[must_use]
    pub fn default(mut self, value: impl IntoExpr<AdHoc, Dyn>) -> Column {
        self.default = Some(value.into_expr());
        self
    }

    /// The database numbers the rows, unless a number is given.
    #[must_use]
    pub fn identity(mut self) -> Column {
        self.identity = Some(Identity::ByDefault);
        self
    }

    /// The database numbers the rows, always.
    #[must_use]
    pub fn identity_always(mut self) -> Column {
        self.identity = Some(Identity::Always);
        self
    }

    /// Computed from other columns, and stored.
    #[must_use]
    pub fn generated(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Column {
        self.generated = Some(Generated {
            expression: expression.into_expr(),
            stored: true,
        });
        self
    }

    /// Computed from other columns when it is read (PostgreSQL stores it).
    #[must_use]
    pub fn computed(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Column {
        self.generated = Some(Generated {
            expression: expression.into_expr(),
            stored: false,
        });
        self
    }

    /// How its text compares and sorts: the name of a collation of the database.
    #[must_use]
    pub fn collation(mut self, name: impl Into<String>) -> Column {
        self.collation = Some(name.into());
        self
    }

    /// Further options, as raw SQL: `ON UPDATE current_timestamp(6)` (MariaDB, MySQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Column {
        self.options = Some(text.into());
        self
    }

    /// A comment: what it is for.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Column {
        self.comment = Some(text.into());
        self
    }
}

impl Constraint {
    /// A constraint as raw SQL: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    pub fn new(name: impl Into<String>, definition: impl Into<String>) -> Constraint {
        Constraint {
            name: name.into(),
            definition: definition.into(),
        }
    }
}

impl Table {
    /// Further options, as raw SQL: `STRICT` (SQLite), `ENGINE=Aria` (MariaDB, MySQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Table {
        self.options = Some(text.into());
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn with_column(mut self, column: Column) -> Table {
        self.columns.push(column);
        self
    }
}

impl ForeignKey {
    /// A foreign key of these columns; see [`references`](ForeignKey::references).
    pub fn on<S: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> ForeignKey {
        ForeignKey {
            name: name.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            target: TableName::new(""),
            target_columns: Vec::new(),
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            deferrable: Deferrability::Not,
            options: None,
        }
    }

    /// The table and columns it refers to.
    #[must_use]
    pub fn references<S: Into<String>>(
        mut self,
        table: impl Into<TableName>,
        columns: impl IntoIterator<Item = S>,
    ) -> ForeignKey {
        self.target = table.into();
        self.target_columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// ON DELETE.
    #[must_use]
    pub fn on_delete(mut self, action: Action) -> ForeignKey {
        self.on_delete = action;
        self
    }

    /// ON UPDATE.
    #[must_use]
    pub fn on_update(mut self, action: Action) -> ForeignKey {
        self.on_update = action;
        self
    }

    /// When it is checked.
    #[must_use]
    pub fn deferrable(mut self, when: Deferrability) -> ForeignKey {
        self.deferrable = when;
        self
    }

    /// Further options, as raw SQL: `MATCH FULL`, `NOT VALID` (PostgreSQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> ForeignKey {
        self.options = Some(text.into());
        self
    }
}

impl Unique {
    /// A unique constraint on columns.
    pub fn on<S: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = S>,
    ) -> Unique {
        Unique {
            name: name.into(),
            columns: columns.into_iter().map(Into::into).collect(),
        }
    }
}

impl Check {
    /// A CHECK of a condition.
    pub fn that(name: impl Into<String>, condition: Expr<AdHoc, bool>) -> Check {
        Check {
            name: name.into(),
            condition: condition.into_node(),
            options: None,
        }
    }

    /// Further options, as raw SQL: `NOT VALID`, `NO INHERIT` (PostgreSQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Check {
        self.options = Some(text.into());
        self
    }
}

impl Index {
    /// Sets the index's name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Index {
        self.name = name.into();
        self
    }

    /// Makes the index unique: duplicate entries are refused.
    #[must_use]
    pub fn unique(mut self) -> Index {
        self.unique = true;
        self
    }

    /// Adds a descending column.
    #[must_use]
    pub fn descending(mut self, column: impl Into<String>) -> Index {
        self.parts.push(IndexPart::column(column).descending());
        self
    }

    /// Adds a column.
    #[must_use]
    pub fn then(mut self, column: impl Into<String>) -> Index {
        self.parts.push(IndexPart::column(column));
        self
    }

    /// Adds an expression.
    #[must_use]
    pub fn expression(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Index {
        self.parts.push(IndexPart::of(expression.into_expr()));
        self
    }

    /// Adds a descending expression.
    #[must_use]
    pub fn expression_descending(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Index {
        self.parts
            .push(IndexPart::of(expression.into_expr()).descending());
        self
    }

    /// Indexes only the rows that fulfil the condition (a partial index).
    #[must_use]
    pub fn filter(mut self, condition: Expr<AdHoc, bool>) -> Index {
        self.condition = Some(condition.into_node());
        self
    }

    /// Further options of the last part, as raw SQL: `text_pattern_ops NULLS LAST` (PostgreSQL), `(10)` (MariaDB, MySQL),
    /// `COLLATE nocase`.
    ///
    /// ```
    /// # use aludel_sql::schema::Index;
    /// let by_title = Index::on(["title"]).part_options("(10)").named("ix_title");
    /// assert_eq!(by_title.parts[0].options.as_deref(), Some("(10)"));
    /// ```
    #[must_use]
    pub fn part_options(mut self, text: impl Into<String>) -> Index {
        if let Some(part) = self.parts.last_mut() {
            part.options = Some(text.into());
        }
        self
    }

    /// Further options, as raw SQL: `WITH (fillfactor=70)`, `NULLS NOT DISTINCT` (PostgreSQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Index {
        self.options = Some(text.into());
        self
    }

    /// Its method, such as `gin` (PostgreSQL) or `fulltext` (MariaDB, MySQL).
    #[must_use]
    pub fn using(mut self, method: impl Into<String>) -> Index {
        self.method = Some(method.into());
        self
    }

    /// Columns stored in the index for index-only scans (INCLUDE, PostgreSQL).
    #[must_use]
    pub fn include<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Index {
        self.include.extend(columns.into_iter().map(Into::into));
        self
    }
}
