//! [`Migration`]: a named list of operations, and how it is written.

use crate::operation::{Code, Operation, RunCode, RunSql};
use crate::past::Past;
use crate::state::State;
use aludel_engine::Result;
use aludel_sql::expr::{AdHoc, Dyn, IntoExpr, Node};
use aludel_sql::schema::{Check, Column, ForeignKey, Identity, Index, Table, Unique, View};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// Names a migration: its module and its name. `0002_user_email` is one of the same (or the unnamed) module,
/// `auth/0001_initial` one of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MigrationId {
    /// The module; empty without one.
    pub module: String,
    /// The name.
    pub name: String,
}

impl MigrationId {
    /// A migration of a module.
    pub fn new(module: impl Into<String>, name: impl Into<String>) -> MigrationId {
        MigrationId {
            module: module.into(),
            name: name.into(),
        }
    }

    /// A name as it is written in a migration of `module`.
    pub fn parse(text: &str, module: &str) -> MigrationId {
        match text.split_once('/') {
            Some((module, name)) => MigrationId::new(module, name),
            None => MigrationId::new(module, text),
        }
    }

    /// How it is written in a migration of `module`.
    pub fn seen_from(&self, module: &str) -> String {
        if self.module == module {
            self.name.clone()
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_empty() {
            write!(f, "{}/", self.module)?;
        }
        f.write_str(&self.name)
    }
}

/// A named list of operations, with the migrations it comes after.
///
/// ```
/// use aludel_migrate::prelude::*;
///
/// pub fn migration() -> Migration {
///     Migration::new("0002_user_email")
///         .depends_on("0001_initial")
///         .add_column("users", column("email", varchar(254)))
///         .add_unique("users", unique("uq_users_email", ["email"]))
/// }
/// # assert_eq!(migration().operations().len(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct Migration {
    pub(crate) name: String,
    pub(crate) depends_on: Vec<String>,
    pub(crate) replaces: Vec<String>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) atomic: bool,
}

impl Migration {
    /// A migration of that name, which does nothing yet.
    pub fn new(name: impl Into<String>) -> Migration {
        Migration {
            name: name.into(),
            depends_on: Vec::new(),
            replaces: Vec::new(),
            operations: Vec::new(),
            atomic: true,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// What it comes after, as written.
    pub fn parents(&self) -> &[String] {
        &self.depends_on
    }

    /// What it stands for, as written.
    pub fn replaced(&self) -> &[String] {
        &self.replaces
    }

    /// Whether it is one transaction, where DDL is transactional.
    pub fn is_atomic(&self) -> bool {
        self.atomic && !self.operations.iter().any(Operation::is_concurrent)
    }

    /// A hash of its operations; comments, line ends, and how they are written down do not count.
    pub fn hash(&self) -> String {
        let text: Vec<String> = { self.operations.iter() }
            .map(crate::source::operation)
            .collect();
        let hash = text
            .join("\n")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("1:{hash:016x}")
    }

    /// Folds all of its operations into a state.
    ///
    /// # Errors
    /// The first operation that makes no sense there; the error names the migration.
    pub fn apply(&self, state: &mut State, module: &str) -> Result<()> {
        for operation in &self.operations {
            operation.apply(state, module).map_err(|error| {
                let id = MigrationId::new(module, &self.name);
                aludel_engine::Error::migration(format!("{id}, {operation}: {error}"))
            })?;
        }
        Ok(())
    }
}

/// What a migration is made of, in the order in which it is to happen.
impl Migration {
    /// It comes after another one: of the same module by name, of another as `module/name`. Several make a merge.
    #[must_use]
    pub fn depends_on(mut self, name: impl Into<String>) -> Migration {
        self.depends_on.push(name.into());
        self
    }

    /// It stands for others: where they were all applied, it counts as applied.
    #[must_use]
    pub fn replaces<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Migration {
        self.replaces.extend(names.into_iter().map(Into::into));
        self
    }

    /// `false`: its statements are not one transaction. Each is recorded when it is done, so that a run that was killed goes
    /// on where it was.
    #[must_use]
    pub fn atomic(mut self, atomic: bool) -> Migration {
        self.atomic = atomic;
        self
    }

    /// Any operation.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Migration {
        self.operations.push(operation);
        self
    }

    /// CREATE TABLE; see [`new_table`].
    #[must_use]
    pub fn create_table(self, table: impl Into<Table>) -> Migration {
        self.operation(Operation::CreateTable(Box::new(table.into())))
    }

    /// DROP TABLE.
    #[must_use]
    pub fn drop_table(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::DropTable(table.into_table()))
    }

    /// Another name for a table.
    #[must_use]
    pub fn rename_table(self, from: impl IntoTable, to: impl IntoTable) -> Migration {
        self.operation(Operation::RenameTable {
            from: from.into_table(),
            to: to.into_table(),
        })
    }

    /// A comment on a table.
    #[must_use]
    pub fn set_comment(self, table: impl IntoTable, text: impl Into<String>) -> Migration {
        self.operation(Operation::SetComment {
            table: table.into_table(),
            comment: Some(text.into()),
        })
    }

    /// No comment on a table.
    #[must_use]
    pub fn drop_comment(self, table: impl IntoTable) -> Migration {
        self.operation(Operation::SetComment {
            table: table.into_table(),
            comment: None,
        })
    }

    /// ADD COLUMN; [`column`](crate::words::column) writes one, perhaps `.unique()` or `.indexed()`.
    #[must_use]
    pub fn add_column(self, table: impl IntoTable, column: impl Into<NewColumn>) -> Migration {
        self.new_column(table.into_table(), column.into(), None)
    }

    /// ADD COLUMN, with what the rows that are there get.
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

    /// DROP COLUMN, with the constraints and indexes that speak of it.
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

    /// A column as it will be. Where it takes no NULL any more, rows must have none.
    #[must_use]
    pub fn alter_column(self, table: impl IntoTable, column: impl Into<NewColumn>) -> Migration {
        self.altered(table.into_table(), column.into().column, None, None)
    }

    /// A column as it will be, which takes no NULL any more, and what rows that have NULL get.
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

    /// A column as it will be, and what its values are made of: `col("price") * 100`.
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

    /// Another primary key; no columns: none.
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

    /// A foreign key; see [`foreign_key`](crate::words::foreign_key).
    #[must_use]
    pub fn add_foreign_key(self, table: impl IntoTable, key: ForeignKey) -> Migration {
        self.operation(Operation::AddForeignKey {
            table: table.into_table(),
            key,
        })
    }

    /// Away with a foreign key.
    #[must_use]
    pub fn drop_foreign_key(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropForeignKey {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// A unique constraint; see [`unique`](crate::words::unique).
    #[must_use]
    pub fn add_unique(self, table: impl IntoTable, unique: Unique) -> Migration {
        self.operation(Operation::AddUnique {
            table: table.into_table(),
            unique,
        })
    }

    /// Away with a unique constraint.
    #[must_use]
    pub fn drop_unique(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropUnique {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// A CHECK; see [`check`](crate::words::check).
    #[must_use]
    pub fn add_check(self, table: impl IntoTable, check: Check) -> Migration {
        self.operation(Operation::AddCheck {
            table: table.into_table(),
            check,
        })
    }

    /// Away with a CHECK.
    #[must_use]
    pub fn drop_check(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropCheck {
            table: table.into_table(),
            name: name.into(),
        })
    }

    /// An index; see [`index`](crate::words::index).
    #[must_use]
    pub fn add_index(self, table: impl IntoTable, index: Index) -> Migration {
        self.operation(Operation::AddIndex {
            table: table.into_table(),
            index,
            concurrently: false,
        })
    }

    /// An index, without stopping writers (PostgreSQL); the migration is not one transaction then.
    #[must_use]
    pub fn add_index_concurrently(self, table: impl IntoTable, index: Index) -> Migration {
        self.operation(Operation::AddIndex {
            table: table.into_table(),
            index,
            concurrently: true,
        })
    }

    /// Away with an index.
    #[must_use]
    pub fn drop_index(self, table: impl IntoTable, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropIndex {
            table: table.into_table(),
            name: name.into(),
            concurrently: false,
        })
    }

    /// Away with an index, without stopping writers (PostgreSQL).
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

    /// Another name for a constraint or index.
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

    /// An enum type; see [`enum_type`](crate::words::enum_type).
    #[must_use]
    pub fn create_enum(self, kind: EnumType) -> Migration {
        self.operation(Operation::CreateEnum(kind))
    }

    /// Away with an enum type.
    #[must_use]
    pub fn drop_enum(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropEnum(name.into()))
    }

    /// Another name for an enum type.
    #[must_use]
    pub fn rename_enum(self, from: impl Into<String>, to: impl Into<String>) -> Migration {
        self.operation(Operation::RenameEnum {
            from: from.into(),
            to: to.into(),
        })
    }

    /// A further value of an enum type, at the end.
    #[must_use]
    pub fn add_enum_value(self, name: impl Into<String>, value: impl Into<String>) -> Migration {
        self.operation(Operation::AddEnumValue {
            name: name.into(),
            value: value.into(),
            before: None,
        })
    }

    /// A further value of an enum type, before another.
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

    /// Another name for a value of an enum type; rows follow.
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

    /// All values of an enum type anew; rows must have none that goes.
    #[must_use]
    pub fn set_enum_values<S: Into<String>>(
        self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = S>,
    ) -> Migration {
        self.operation(Operation::SetEnumValues {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
        })
    }

    /// A view.
    #[must_use]
    pub fn create_view(self, view: View) -> Migration {
        self.operation(Operation::CreateView(view))
    }

    /// Away with a view.
    #[must_use]
    pub fn drop_view(self, name: impl IntoTable) -> Migration {
        self.operation(Operation::DropView(name.into_table()))
    }

    /// An extension (PostgreSQL).
    #[must_use]
    pub fn create_extension(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::CreateExtension(name.into()))
    }

    /// Away with an extension (PostgreSQL).
    #[must_use]
    pub fn drop_extension(self, name: impl Into<String>) -> Migration {
        self.operation(Operation::DropExtension(name.into()))
    }

    /// SQL of one's own, without a way back: one text for each statement.
    #[must_use]
    pub fn run_sql(self, text: impl Into<SqlTexts>) -> Migration {
        self.operation(Operation::RunSql(RunSql {
            forward: text.into().0,
            backward: None,
        }))
    }

    /// SQL of one's own, and what undoes it.
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

    /// An async function over the tables as they are at this point of the history, and one that undoes it; [`nothing`] where
    /// there is nothing to undo.
    #[must_use]
    pub fn run<F, B>(self, forward: F, backward: B) -> Migration
    where
        F: RunFunction,
        B: RunFunction,
    {
        self.operation(Operation::Run(RunCode {
            name: function_name::<F>(),
            forward: forward.into_code(),
            backward: Some(backward.into_code()),
        }))
    }

    /// An async function that can't be undone.
    #[must_use]
    pub fn run_forward<F: RunFunction>(self, forward: F) -> Migration {
        self.operation(Operation::Run(RunCode {
            name: function_name::<F>(),
            forward: forward.into_code(),
            backward: None,
        }))
    }

    /// What the state is told apart from what the database is told: each written as a migration's operations.
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

    /// Hands a table over to another module; the database does not know.
    #[must_use]
    pub fn set_owner(self, table: impl IntoTable, module: impl Into<String>) -> Migration {
        self.operation(Operation::SetOwner {
            table: table.into_table(),
            module: module.into(),
        })
    }
}

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

/// An async function that runs in a migration: `async fn fill(past: Past) -> Result<()>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't run in a migration",
    note = "write `async fn fill(past: Past) -> aludel::Result<()> {{ … }}`"
)]
pub trait RunFunction: Send + Sync + 'static {
    /// The function, boxed.
    fn into_code(self) -> Code;
}

#[diagnostic::do_not_recommend]
impl<F, Fut> RunFunction for F
where
    F: Fn(Past) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    fn into_code(self) -> Code {
        Arc::new(move |past| Box::pin(self(past)))
    }
}

/// The way back of a function that leaves nothing to undo.
///
/// # Errors
/// None.
pub async fn nothing(_: Past) -> Result<()> {
    Ok(())
}

/// The last part of a function's path, by which a migration knows it.
fn function_name<F>() -> String {
    let path = std::any::type_name::<F>();
    let path = path.trim_end_matches("::{{closure}}");
    path.rsplit("::").next().unwrap_or(path).to_string()
}

/// SQL texts: one for all databases, several, or one for each.
#[derive(Debug, Clone, Default)]
pub struct SqlTexts(Vec<(Option<String>, String)>);

impl From<&str> for SqlTexts {
    fn from(text: &str) -> Self {
        SqlTexts(vec![(None, text.to_string())])
    }
}

impl<const N: usize> From<[&str; N]> for SqlTexts {
    fn from(texts: [&str; N]) -> Self {
        SqlTexts(
            texts
                .iter()
                .map(|text| (None, (*text).to_string()))
                .collect(),
        )
    }
}

impl<const N: usize> From<[(&str, &str); N]> for SqlTexts {
    /// Texts with the dialect that each is for: `[("postgres", "…"), ("sqlite", "…")]`.
    fn from(texts: [(&str, &str); N]) -> Self {
        let one =
            |(dialect, text): &(&str, &str)| (Some((*dialect).to_string()), (*text).to_string());
        SqlTexts(texts.iter().map(one).collect())
    }
}

/// A column that a migration adds, with the constraint or index that comes with it.
#[derive(Debug, Clone)]
pub struct NewColumn {
    column: Column,
    unique: bool,
    indexed: bool,
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
    /// With a unique constraint, named by the convention.
    fn unique(self) -> NewColumn;
    /// With an index, named by the convention.
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

/// A table for [`create_table`](Migration::create_table).
#[derive(Debug, Clone)]
pub struct NewTable(Table);

/// A table of that name, without columns yet.
pub fn new_table(name: impl IntoTable) -> NewTable {
    NewTable(Table::new(name.into_table()))
}

impl NewTable {
    /// A further column; `.unique()` and `.indexed()` work here too.
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

    /// Its primary key.
    #[must_use]
    pub fn primary_key<S: Into<String>>(
        mut self,
        columns: impl IntoIterator<Item = S>,
    ) -> NewTable {
        self.0.primary_key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// A foreign key.
    #[must_use]
    pub fn foreign_key(mut self, key: ForeignKey) -> NewTable {
        self.0.foreign_keys.push(key);
        self
    }

    /// A unique constraint.
    #[must_use]
    pub fn unique(mut self, unique: Unique) -> NewTable {
        self.0.uniques.push(unique);
        self
    }

    /// A CHECK.
    #[must_use]
    pub fn check(mut self, check: Check) -> NewTable {
        self.0.checks.push(check);
        self
    }

    /// An index.
    #[must_use]
    pub fn index(mut self, index: Index) -> NewTable {
        self.0.indexes.push(index);
        self
    }

    /// What it is for.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> NewTable {
        self.0.comment = Some(text.into());
        self
    }

    /// A column `id` that the database numbers, which is the primary key.
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
