//! The builder methods of a migration: one call for each operation.

use super::table::{IntoTable, NewColumn};
use super::{Migration, RunFunction, SqlTexts};
use crate::operation::{Code, Operation, RunCode, RunSql};
use aludel_sql::expr::{AdHoc, Dyn, IntoExpr, Node};
use aludel_sql::schema::{Check, Column, Constraint, ForeignKey, Index, Table, Unique, View};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;

/// Builder methods; call them in the order in which the operations are to run.
impl Migration {
    /// Adds a parent: a migration of the same module by name, of another as `module/name`. Several parents make a merge.
    #[must_use]
    pub fn depends_on(mut self, name: impl Into<String>) -> Migration {
        self.depends_on.push(name.into());
        self
    }

    /// Makes it a squash of others: where they were all applied, it counts as applied.
    #[must_use]
    pub fn replaces<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Migration {
        self.replaces.extend(names.into_iter().map(Into::into));
        self
    }

    /// `false`: its statements are not one transaction. Each is recorded when it is done, so that a killed run resumes where it
    /// was.
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Migration {
        self.atomic = atomic;
        self
    }

    /// Adds any operation.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Migration {
        self.operations.push(operation);
        self
    }

    /// CREATE TABLE; see [`new_table`](crate::new_table).
    #[must_use]
    pub fn create_table(self, table: impl Into<Table>) -> Migration {
        self.operation(Operation::CreateTable(Box::new(table.into())))
    }

    /// DROP TABLE.
    #[must_use]
    pub fn drop_table(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::DropTable(table.into_table()))
    }

    /// Renames a table.
    #[must_use]
    pub fn rename_table(self, from: impl IntoTable, to: impl IntoTable) -> Migration {
        self.operation(Operation::RenameTable {
            from: from.into_table(),
            to: to.into_table(),
        })
    }

    /// Sets the comment of a table.
    #[must_use]
    pub fn set_comment(self, table: impl IntoTable, text: impl Into<String>) -> Migration {
        self.operation(Operation::SetComment {
            table: table.into_table(),
            comment: Some(text.into()),
        })
    }

    /// Removes the comment of a table.
    #[must_use]
    pub fn drop_comment(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::SetComment {
            table: table.into_table(),
            comment: None,
        })
    }

    /// Sets the database-specific options of a table: `STRICT` (SQLite), `ENGINE=Aria` (MariaDB, MySQL), `WITH (fillfactor=70)`
    /// (PostgreSQL).
    #[must_use]
    pub fn set_options(self, table: impl IntoTable, text: impl Into<String>) -> Migration {
        self.operation(Operation::SetOptions {
            table: table.into_table(),
            options: Some(text.into()),
        })
    }

    /// Removes the options of a table.
    #[must_use]
    pub fn drop_options(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::SetOptions {
            table: table.into_table(),
            options: None,
        })
    }

    /// Declares a table of another program, to which foreign keys may refer. It is not touched.
    #[must_use]
    pub fn external(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::External(table.into_table()))
    }

    /// Adds a constraint given as SQL: `Constraint::new("no_overlap", "EXCLUDE USING gist (…)")`.
    #[must_use]
    pub fn add_constraint(self, table: impl IntoTable, constraint: Constraint) -> Migration {
        self.operation(Operation::AddConstraint {
            table: table.into_table(),
            constraint,
        })
    }

    /// DROP CONSTRAINT, for one given as SQL.
    #[must_use]
    pub fn drop_constraint(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropConstraint {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// ADD COLUMN; [`column`](crate::dsl::column) writes one, optionally with `.unique()` or `.indexed()`.
    #[must_use]
    pub fn add_column(self, table: impl IntoTable, column: impl Into<NewColumn>) -> Migration {
        self.new_column(table.into_table(), column.into(), None)
    }

    /// ADD COLUMN, with the value for existing rows.
    #[must_use]
    pub fn add_column_with(
        self,
        table: impl IntoTable,
        column: impl Into<NewColumn>,
        fill: impl IntoExpr<AdHoc, Dyn>,
    ) -> Migration {
        self.new_column(table.into_table(), column.into(), Some(fill.into_expr()))
    }

    fn new_column(self, table: TableName, new: NewColumn, fill: Option<Node>) -> Migration {
        let convention = aludel_sql::schema::NamingConvention::default();
        let columns = [new.column.name.clone()];
        let mut all = self.operation(Operation::AddColumn {
            table: table.clone(),
            column: Box::new(new.column),
            fill,
        });
        if new.unique {
            let name = convention.unique(&table.name, &columns);
            all = all.add_unique(table.clone(), Unique::on(name, columns.clone()));
        }
        if new.indexed {
            let name = convention.index(&table.name, &columns);
            all = all.add_index(table, Index::on(columns).named(name));
        }
        all
    }

    /// DROP COLUMN, with the constraints and indexes that mention it.
    #[must_use]
    pub fn drop_column(self, table: impl IntoTable, column: impl Into<String>) -> Migration {
        self.operation(Operation::DropColumn {
            table: table.into_table(),
            column: column.into(),
        })
    }

    /// RENAME COLUMN.
    #[must_use]
    pub fn rename_column(
        self,
        table: impl IntoTable,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Migration {
        self.operation(Operation::RenameColumn {
            table: table.into_table(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Alters a column, given in its new form. If it becomes NOT NULL, no row may have NULL.
    #[must_use]
    pub fn alter_column(self, table: impl IntoTable, column: impl Into<NewColumn>) -> Migration {
        self.altered(table.into_table(), column.into().column, None, None)
    }

    /// Alters a column that becomes NOT NULL, with the value for rows that have NULL.
    #[must_use]
    pub fn alter_column_with(
        self,
        table: impl IntoTable,
        column: impl Into<NewColumn>,
        fill: impl IntoExpr<AdHoc, Dyn>,
    ) -> Migration {
        let fill = Some(fill.into_expr());
        self.altered(table.into_table(), column.into().column, fill, None)
    }

    /// Alters a column, and computes its values: `col("price") * 100`.
    #[must_use]
    pub fn alter_column_using(
        self,
        table: impl IntoTable,
        column: impl Into<NewColumn>,
        using: impl IntoExpr<AdHoc, Dyn>,
    ) -> Migration {
        let using = Some(using.into_expr());
        self.altered(table.into_table(), column.into().column, None, using)
    }

    fn altered(
        self,
        table: TableName,
        column: Column,
        fill: Option<Node>,
        using: Option<Node>,
    ) -> Migration {
        self.operation(Operation::AlterColumn {
            table,
            column: Box::new(column),
            fill,
            using,
        })
    }

    /// Sets the primary key; without columns, removes it.
    #[must_use]
    pub fn set_primary_key<S: Into<String>>(
        self,
        table: impl IntoTable,
        columns: impl IntoIterator<Item = S>,
    ) -> Migration {
        self.operation(Operation::SetPrimaryKey {
            table: table.into_table(),
            columns: columns.into_iter().map(Into::into).collect(),
        })
    }

    /// Adds a foreign key; see [`foreign_key`](crate::dsl::foreign_key).
    #[must_use]
    pub fn add_foreign_key(self, table: impl IntoTable, key: ForeignKey) -> Migration {
        self.operation(Operation::AddForeignKey {
            table: table.into_table(),
            key,
        })
    }

    /// Drops a foreign key.
    #[must_use]
    pub fn drop_foreign_key(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropForeignKey {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// Adds a unique constraint; see [`unique`](crate::dsl::unique).
    #[must_use]
    pub fn add_unique(self, table: impl IntoTable, unique: Unique) -> Migration {
        self.operation(Operation::AddUnique {
            table: table.into_table(),
            unique,
        })
    }

    /// Drops a unique constraint.
    #[must_use]
    pub fn drop_unique(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropUnique {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// Adds a CHECK; see [`check`](crate::dsl::check).
    #[must_use]
    pub fn add_check(self, table: impl IntoTable, check: Check) -> Migration {
        self.operation(Operation::AddCheck {
            table: table.into_table(),
            check,
        })
    }

    /// Drops a CHECK.
    #[must_use]
    pub fn drop_check(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropCheck {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// Adds an index; see [`index`](crate::dsl::index).
    #[must_use]
    pub fn add_index(self, table: impl IntoTable, index: Index) -> Migration {
        self.operation(Operation::AddIndex {
            table: table.into_table(),
            index,
            concurrently: false,
        })
    }

    /// Adds an index without blocking writers (PostgreSQL); the migration is then not one transaction.
    #[must_use]
    pub fn add_index_concurrently(self, table: impl IntoTable, index: Index) -> Migration {
        self.operation(Operation::AddIndex {
            table: table.into_table(),
            index,
            concurrently: true,
        })
    }

    /// Drops an index.
    #[must_use]
    pub fn drop_index(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropIndex {
            table: table.into_table(),
            name: name.into(),
            concurrently: false,
        })
    }

    /// Drops an index without blocking writers (PostgreSQL).
    #[must_use]
    pub fn drop_index_concurrently(
        self,
        table: impl IntoTable,
        name: impl Into<String>,
    ) -> Migration {
        self.operation(Operation::DropIndex {
            table: table.into_table(),
            name: name.into(),
            concurrently: true,
        })
    }

    /// Renames a constraint or index.
    #[must_use]
    pub fn rename_constraint(
        self,
        table: impl IntoTable,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Migration {
        self.operation(Operation::RenameConstraint {
            table: table.into_table(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Creates an enum type; see [`enum_type`](crate::dsl::enum_type).
    #[must_use]
    pub fn create_enum(self, kind: EnumType) -> Migration {
        self.operation(Operation::CreateEnum(kind))
    }

    /// Drops an enum type.
    #[must_use]
    pub fn drop_enum(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropEnum(name.into()))
    }

    /// Renames an enum type.
    #[must_use]
    pub fn rename_enum(self, from: impl Into<String>, to: impl Into<String>) -> Migration {
        self.operation(Operation::RenameEnum {
            from: from.into(),
            to: to.into(),
        })
    }

    /// Adds a value to an enum type, at the end.
    #[must_use]
    pub fn add_enum_value(self, name: impl Into<String>, value: impl Into<String>) -> Migration {
        self.operation(Operation::AddEnumValue {
            name: name.into(),
            value: value.into(),
            before: None,
        })
    }

    /// Adds a value to an enum type, before another.
    #[must_use]
    pub fn add_enum_value_before(
        self,
        name: impl Into<String>,
        value: impl Into<String>,
        before: impl Into<String>,
    ) -> Migration {
        self.operation(Operation::AddEnumValue {
            name: name.into(),
            value: value.into(),
            before: Some(before.into()),
        })
    }

    /// Renames a value of an enum type, in its rows too.
    #[must_use]
    pub fn rename_enum_value(
        self,
        name: impl Into<String>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Migration {
        self.operation(Operation::RenameEnumValue {
            name: name.into(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Sets all values of an enum type; no row may have a removed one.
    #[must_use]
    pub fn set_enum_values<S: Into<String>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Migration {
        self.operation(Operation::SetEnumValues {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
            becomes: Vec::new(),
        })
    }

    /// Sets all values of an enum type, with a replacement for each removed one: `("sad", "blue")`.
    #[must_use]
    pub fn replace_enum_values<S: Into<String>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
        becomes: impl IntoIterator<Item = (S, S)>,
    ) -> Migration {
        self.operation(Operation::SetEnumValues {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
            becomes: { becomes.into_iter() }
                .map(|(gone, instead)| (gone.into(), instead.into()))
                .collect(),
        })
    }

    /// Creates a view.
    #[must_use]
    pub fn create_view(self, view: View) -> Migration {
        self.operation(Operation::CreateView(view))
    }

    /// Drops a view.
    #[must_use]
    pub fn drop_view(self, name: impl IntoTable) -> Migration {
        self.operation(Operation::DropView(name.into_table()))
    }

    /// Creates an extension (PostgreSQL).
    #[must_use]
    pub fn create_extension(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::CreateExtension(name.into()))
    }

    /// Drops an extension (PostgreSQL).
    #[must_use]
    pub fn drop_extension(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropExtension(name.into()))
    }

    /// Runs SQL that can't be undone: one text for each statement.
    #[must_use]
    pub fn run_sql(self, text: impl Into<SqlTexts>) -> Migration {
        self.operation(Operation::RunSql(RunSql {
            forward: text.into().0,
            backward: None,
        }))
    }

    /// Runs SQL, with the SQL that undoes it.
    #[must_use]
    pub fn run_sql_both(
        self,
        forward: impl Into<SqlTexts>,
        backward: impl Into<SqlTexts>,
    ) -> Migration {
        self.operation(Operation::RunSql(RunSql {
            forward: forward.into().0,
            backward: Some(backward.into().0),
        }))
    }

    /// Runs an async function over the tables at this point of the history, with one that undoes it;
    /// [`nothing`](crate::nothing) where there is nothing to undo.
    #[must_use]
    pub fn run<F, B>(self, forward: F, backward: B) -> Migration
    where
        F: RunFunction,
        B: RunFunction,
    {
        self.run_code(forward.into_code(), Some(backward.into_code()))
    }

    /// Runs an async function that can't be undone.
    #[must_use]
    pub fn run_forward<F: RunFunction>(self, forward: F) -> Migration {
        self.run_code(forward.into_code(), None)
    }

    fn run_code(self, forward: Code, backward: Option<Code>) -> Migration {
        self.operation(Operation::Run(RunCode {
            name: forward.name().to_string(),
            forward,
            backward,
        }))
    }

    /// Changes the state and the database separately: each is written as a migration's operations.
    #[must_use]
    pub fn separate(
        self,
        state: impl FnOnce(Migration) -> Migration,
        database: impl FnOnce(Migration) -> Migration,
    ) -> Migration {
        self.operation(Operation::Separate {
            state: state(Migration::new("")).operations,
            database: database(Migration::new("")).operations,
        })
    }

    /// Moves a table to another module; the database is not changed.
    #[must_use]
    pub fn set_owner(self, table: impl IntoTable, module: impl Into<String>) -> Migration {
        self.operation(Operation::SetOwner {
            table: table.into_table(),
            module: module.into(),
        })
    }
}
