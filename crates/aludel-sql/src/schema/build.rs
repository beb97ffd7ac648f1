//! Metadata written by hand, a word at a time, as migrations have it.

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

    /// What the database fills in: a value, `now()`, or an expression.
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

    /// How its texts compare and sort: the name of a collation of the database.
    #[must_use]
    pub fn collation(mut self, name: impl Into<String>) -> Column {
        self.collation = Some(name.into());
        self
    }

    /// What else the database is to know of it, in its own words: `ON UPDATE current_timestamp(6)` (MariaDB, MySQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Column {
        self.options = Some(text.into());
        self
    }

    /// What it is for.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Column {
        self.comment = Some(text.into());
        self
    }
}

impl Constraint {
    /// A constraint in the database's own words: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    pub fn new(name: impl Into<String>, definition: impl Into<String>) -> Constraint {
        Constraint {
            name: name.into(),
            definition: definition.into(),
        }
    }
}

impl Table {
    /// What else the database is to know of it, in its own words: `STRICT` (SQLite), `ENGINE=Aria` (MariaDB, MySQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Table {
        self.options = Some(text.into());
        self
    }

    /// With a column more.
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

    /// What else the database is to know of it, in its own words: `MATCH FULL`, `NOT VALID` (PostgreSQL).
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

    /// What else the database is to know of it, in its own words: `NOT VALID`, `NO INHERIT` (PostgreSQL).
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> Check {
        self.options = Some(text.into());
        self
    }
}

impl Index {
    /// An index under a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Index {
        self.name = name.into();
        self
    }

    /// Equal entries are refused.
    #[must_use]
    pub fn unique(mut self) -> Index {
        self.unique = true;
        self
    }

    /// A further column, from the greatest down.
    #[must_use]
    pub fn descending(mut self, column: impl Into<String>) -> Index {
        self.parts.push(IndexPart::column(column).descending());
        self
    }

    /// A further column.
    #[must_use]
    pub fn then(mut self, column: impl Into<String>) -> Index {
        self.parts.push(IndexPart::column(column));
        self
    }

    /// An expression.
    #[must_use]
    pub fn expression(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Index {
        self.parts.push(IndexPart::of(expression.into_expr()));
        self
    }

    /// An expression, from the greatest down.
    #[must_use]
    pub fn expression_descending(mut self, expression: impl IntoExpr<AdHoc, Dyn>) -> Index {
        self.parts
            .push(IndexPart::of(expression.into_expr()).descending());
        self
    }

    /// Only rows that fulfil this.
    #[must_use]
    pub fn filter(mut self, condition: Expr<AdHoc, bool>) -> Index {
        self.condition = Some(condition.into_node());
        self
    }

    /// What else belongs to the last part, in the database's own words: `text_pattern_ops NULLS LAST` (PostgreSQL), `(10)`
    /// (MariaDB, MySQL), `COLLATE nocase`.
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

    /// What else the database is to know of it, in its own words: `WITH (fillfactor=70)`, `NULLS NOT DISTINCT` (PostgreSQL).
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

    /// Columns that are kept in it, so that it alone answers (PostgreSQL).
    #[must_use]
    pub fn include<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Index {
        self.include.extend(columns.into_iter().map(Into::into));
        self
    }
}
