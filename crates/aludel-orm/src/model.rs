//! [`Model`]: a struct whose values are rows; with the verbs of plain objects.

use crate::column::ColumnSet;
use crate::insert::{InsertFrom, InsertMany};
use crate::meta::ModelMeta;
use crate::path::{Path, Root};
use crate::query::Query;
use aludel_engine::command::{Access, Collect, Command, Only};
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Expr, Node};
use aludel_sql::render::{Writer, check_bind};
use aludel_sql::row::{FromRow, Row, ValueCells};
use aludel_sql::statement::{Assignment, Delete, Projection, Select, Source, Update};
use aludel_sql::types::PrimaryKey;
use std::future::Future;
use std::panic::Location;

/// A struct whose values are rows of a table: `#[derive(Model)]`. Who holds one, holds a row that exists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "derive it: `#[derive(Model)] struct {Self} {{ pub id: i64, … }}`"
)]
pub trait Model: FromRow + Sized + Send + Sync + 'static {
    /// The primary key's type.
    type Key: PrimaryKey;
    /// The columns and relations over a path.
    type Columns<Q: Path>: ColumnSet;
    /// What is inserted.
    type New: NewModel<Model = Self>;
    /// What is changed.
    type Patch: PatchModel<Model = Self>;
    /// The struct's name.
    const NAME: &'static str;
    /// The columns of the primary key.
    const KEY_COLUMNS: &'static [&'static str];
    /// What the model is, as data.
    fn meta() -> &'static ModelMeta;
    /// The row's primary key.
    fn key(&self) -> Self::Key;
    /// Writes the values of all columns, in order.
    #[doc(hidden)]
    fn write_values(&self, values: &mut crate::private::Values);
    /// Takes the columns of another row; what is loaded of relations stays.
    #[doc(hidden)]
    fn take_columns(&mut self, from: Self);
    /// A copy of the columns; no relation is loaded in it.
    #[doc(hidden)]
    fn copy_columns(&self) -> Self;
    /// Takes what was added to relations and removed.
    #[doc(hidden)]
    fn take_collections(&mut self, taken: &mut crate::private::Taken);

    /// The reference of that name.
    #[doc(hidden)]
    fn reference(&mut self, relation: &str) -> Option<&mut dyn crate::session::Reference>;

    /// Makes arenas for the models that relations lead to.
    #[doc(hidden)]
    fn open_related(arenas: &mut crate::session::ArenasRef<'_>);

    /// The values of all columns, in order.
    fn to_values(&self) -> Vec<Value> {
        let mut values = crate::private::Values::default();
        self.write_values(&mut values);
        values.values
    }

    /// The columns and relations, for models that do not have them as consts.
    fn columns() -> &'static Self::Columns<Root<Self>> {
        ColumnSet::REF
    }

    /// All rows, to be narrowed down.
    fn query() -> Query<Self> {
        Query::new()
    }

    /// The rows that fulfil a condition.
    fn filter(condition: Expr<Self, bool>) -> Query<Self> {
        Query::new().filter(condition)
    }

    /// All other rows than those that fulfil a condition, rows with NULL included.
    fn exclude(condition: Expr<Self, bool>) -> Query<Self> {
        Query::new().exclude(condition)
    }

    /// The row of a key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], and whatever can go wrong with a statement.
    #[track_caller]
    fn get(
        key: impl Into<Self::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        let key = key.into();
        let target = db.target();
        let site = Location::caller();
        let command = key_command(Self::meta(), key.into_values(), true, target, site);
        target
            .fetch(command, Only::<Self>::first())
            .then(|found, _| found.row.ok_or_else(missing::<Self>))
    }

    /// The row of a key, if there is one.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    fn find(
        key: impl Into<Self::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Option<Self>>> + Send {
        let (target, site) = (db.target(), Location::caller());
        let command = key_command(Self::meta(), key.into().into_values(), true, target, site);
        target
            .fetch(command, Only::<Self>::first())
            .then(|found, _| Ok(found.row))
    }

    /// Inserts many rows, in as few statements as the limit of binds allows, all of them or none.
    #[track_caller]
    fn insert_many(rows: impl IntoIterator<Item = Self::New>) -> InsertMany<Self> {
        InsertMany::new(rows, Location::caller())
    }

    /// Inserts what a query finds: `Archive::insert_from((Archive::title,), Post::filter(..).select((Post::title,)))`.
    #[track_caller]
    fn insert_from<C, N, R>(columns: C, query: Query<N, R>) -> InsertFrom<Self>
    where
        C: crate::column::ColumnList<Self, Row = R>,
        N: Model,
    {
        InsertFrom::new(columns.names(), query.into_part(), Location::caller())
    }

    /// The only row that fulfils the condition, or a new one; and whether it was made. Given a unique constraint, two
    /// callers at once get the same row.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`], and whatever can go wrong with a statement.
    #[track_caller]
    fn get_or_create<'a>(
        condition: Expr<Self, bool>,
        new: impl FnOnce() -> Self::New + Send + 'a,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send + 'a {
        crate::insert::get_or_create(condition, new, db, Location::caller())
    }

    /// Changes the only row that fulfils the condition, or makes one; and whether it was made.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`], and whatever can go wrong with a statement.
    #[track_caller]
    fn update_or_create<'a>(
        condition: Expr<Self, bool>,
        patch: Self::Patch,
        new: impl FnOnce() -> Self::New + Send + 'a,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send + 'a {
        crate::insert::update_or_create(condition, patch, new, db, Location::caller())
    }

    /// Writes every column of the row but its key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when the row is gone, and whatever can go wrong with a statement.
    #[track_caller]
    fn save(&mut self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        let mut values = crate::private::Values::default();
        self.write_values(&mut values);
        let target = db.target();
        let site = Location::caller();
        let key = self.key().into_values();
        let touched = Self::meta().touch(&values.values);
        let command = save_command(Self::meta(), values, &touched, db, site);
        async move {
            let Some(command) = command? else {
                return Ok(());
            };
            if target.execute(command).await?.affected == 0 {
                return Err(not_there::<Self>(&key));
            }
            if !touched.is_empty() {
                let mut values = self.to_values();
                for (at, value) in touched {
                    values[at] = value;
                }
                self.take_columns(read_values(&values)?);
            }
            // What the database computes from the row is read back.
            if Self::meta()
                .fields
                .iter()
                .any(|field| field.generated.is_some())
            {
                let key = self.key().into_values();
                *self = find(target, key, site).await?.ok_or_else(missing::<Self>)?;
            }
            Ok(())
        }
    }

    /// Writes the columns that the patch gives, and answers the row as it is then. An empty patch sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when the row is gone, and whatever can go wrong with a statement.
    #[track_caller]
    fn patch(
        self,
        patch: Self::Patch,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        let site = Location::caller();
        let mut changes = patch.into_changes();
        let key = self.key().into_values();
        let target = db.target();
        async move {
            if changes.is_empty() {
                return Ok(self);
            }
            let values = self.to_values();
            if Self::meta().is_validated() {
                let mut cells: Vec<Option<Value>> = values.iter().cloned().map(Some).collect();
                for (at, value) in &changes {
                    cells[*at] = Some(value.clone());
                }
                let changed = |at: usize| changes.iter().any(|(changed, _)| *changed == at);
                crate::validate::check(Self::meta(), &cells, changed)?;
            }
            Self::meta().touch_changes(&values, &mut changes);
            let old = Self::meta()
                .version
                .and_then(|at| values.into_iter().nth(at));
            update_row(target, key, old, changes, site).await
        }
    }

    /// Deletes the row; where the model keeps deleted rows (`#[field(soft_delete)]`), it is marked.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when it is gone already, [`ErrorKind::ForeignKeyViolation`] when others refer to it.
    #[track_caller]
    fn delete(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        let key = self.key().into_values();
        let meta = Self::meta();
        let version = meta.version.map(|at| self.to_values().swap_remove(at));
        let command = match meta.deletion() {
            None => delete_command(meta, key.clone(), version, db, Location::caller()),
            Some(deletion) => {
                let mut changes = vec![deletion];
                meta.touch_changes(&self.to_values(), &mut changes);
                mark_command(meta, key.clone(), version, changes, db, Location::caller())
            }
        };
        let target = db.target();
        async move {
            match target.execute(command?).await?.affected {
                0 => Err(not_there::<Self>(&key)),
                _ => Ok(()),
            }
        }
    }

    /// Deletes the row for good, whatever the model says of deleted rows.
    ///
    /// # Errors
    /// As [`delete`](Model::delete).
    #[track_caller]
    fn erase(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        let key = self.key().into_values();
        let meta = Self::meta();
        let version = meta.version.map(|at| self.to_values().swap_remove(at));
        let command = delete_command(meta, key.clone(), version, db, Location::caller());
        let target = db.target();
        async move {
            match target.execute(command?).await?.affected {
                0 => Err(not_there::<Self>(&key)),
                _ => Ok(()),
            }
        }
    }

    /// The row as the database has it now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when it is gone.
    #[track_caller]
    fn reload(&self, db: &dyn Executor) -> impl Future<Output = Result<Self>> + Send {
        let found = find(db.target(), self.key().into_values(), Location::caller());
        async move { found.await?.ok_or_else(missing::<Self>) }
    }
}

/// What is inserted: the columns that a caller may give. The derive makes one for each model.
pub trait NewModel: Clone + Send + Sync + 'static {
    /// The model.
    type Model: Model<New = Self>;

    /// Writes the values of all columns of the model, in order; `None` leaves one to the database.
    #[doc(hidden)]
    fn write(self, row: &mut crate::private::NewRow);
    /// The reference of that name.
    #[doc(hidden)]
    fn reference(&mut self, relation: &str) -> Option<&mut dyn crate::session::Reference>;

    /// Inserts it, and answers the row with all that the database filled in.
    ///
    /// # Errors
    /// Violations of constraints, and whatever can go wrong with a statement.
    #[track_caller]
    fn insert(self, db: &dyn Executor) -> impl Future<Output = Result<Self::Model>> + Send {
        crate::insert::insert_one::<Self::Model>(
            crate::insert::Rows::of([self]),
            db.target(),
            Location::caller(),
        )
    }
}

/// What is changed: every column optional. The derive makes one for each model.
pub trait PatchModel: Sized + Send {
    /// The model.
    type Model: Model<Patch = Self>;

    /// Positions of columns with their new values.
    fn into_changes(self) -> Vec<(usize, Value)>;
}

pub(crate) fn missing<M: Model>() -> Error {
    Error::new(ErrorKind::NotFound, format!("no {} of that key", M::NAME))
}

/// Why a statement found no row of that key: it is gone or, where rows have versions, it was changed.
fn not_there<M: Model>(key: &[Value]) -> Error {
    match M::meta().version {
        None => missing::<M>(),
        Some(_) => crate::session::stale(M::meta(), &[key.to_vec()]),
    }
}

/// A row, or a part of one, of these values.
pub(crate) fn read_values<T: FromRow>(values: &[Value]) -> Result<T> {
    T::from_row(&mut Row::new(&mut ValueCells(values)))
        .map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
}

/// `key = value AND version = value`.
fn row_condition(meta: &ModelMeta, key: Vec<Value>, version: Option<Value>) -> Node {
    let condition = key_condition(meta, key);
    match (meta.version, version) {
        (Some(at), Some(version)) => condition.and(Node::binary(
            BinaryOp::Equal,
            Node::Root(meta.fields[at].column.clone().into()),
            Node::Value(version),
        )),
        _ => condition,
    }
}

/// `key = value AND …`, with binds in the key's order.
pub(crate) fn key_condition(meta: &ModelMeta, key: Vec<Value>) -> Node {
    let equal = meta
        .key_columns()
        .zip(key)
        .map(|(column, value)| {
            Node::binary(
                BinaryOp::Equal,
                Node::Root(column.to_owned().into()),
                Node::Value(value),
            )
        })
        .reduce(Node::and);
    equal.unwrap_or(Node::Value(Value::Bool(false)))
}

/// The row of a key.
pub(crate) fn find<'a, M: Model>(
    target: Target<'a>,
    key: Vec<Value>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
    let command = find_command(M::meta(), key, target, site);
    target
        .fetch(command, Only::<M>::first())
        .then(|found, _| Ok(found.row))
}

pub(crate) fn find_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    key_command(meta, key, false, target, site)
}

/// The SELECT by key, within the model's default scope or not.
pub(crate) fn key_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    scoped: bool,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    let dialect = target.database().dialect();
    if let Some(value) = key.iter().find(|value| value.is_null()) {
        return Err(Error::invalid_query(format!(
            "a key of {} is {}",
            meta.name,
            value.kind()
        )));
    }
    for value in &key {
        check_bind(value, dialect)?;
    }
    let scope = meta.scope.as_ref().filter(|_| scoped);
    let write = || -> Result<aludel_sql::render::Sql> {
        let by_key = key_condition(meta, key.clone());
        let mut w = Writer::new(dialect);
        w.select(&Select {
            projection: Projection::Rendered(meta.select_list(dialect)),
            from: Some(Source::table(meta.table.clone())),
            filter: Some(match scope {
                Some(scope) => by_key.and(scope.clone()),
                None => by_key,
            }),
            ..Select::default()
        })?;
        Ok(w.finish()?)
    };
    if let Some(scope) = scope {
        if scope.any(&mut |node| matches!(node, Node::Path(_) | Node::Quantified(_))) {
            return Err(Error::invalid_query(format!(
                "the default scope of {} reads other models, so that no row can be had by its key alone; use a query",
                meta.name
            )));
        }
        // A text that has binds of its own can't be kept without them.
        if scope.any(&mut |node| matches!(node, Node::Value(_) | Node::InList(_))) {
            return Ok(Command::new(write()?, Access::Read).at(site));
        }
    }
    let text = meta.get_text(dialect, scoped, || Ok(write()?.text))?;
    Ok(Command::with_text(text, key, Access::Read).at(site))
}

fn save_command(
    meta: &'static ModelMeta,
    values: crate::private::Values,
    touched: &[(usize, Value)],
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Option<Command>> {
    if let Some(name) = values.changed.first() {
        return Err(Error::invalid_query(format!(
            "rows were added to {0}::{name} or removed, which only a session writes; use `{0}::{name}.of(&row)` here",
            meta.name
        )));
    }
    let values = values.values;
    if meta.is_validated() {
        let cells: Vec<Option<Value>> = values.iter().cloned().map(Some).collect();
        crate::validate::check(meta, &cells, |_| true)?;
    }
    let dialect = db.dialect();
    let written = |at: usize| {
        let field = &meta.fields[at];
        !field.primary_key && field.generated.is_none()
    };
    if !(0..values.len()).any(written) {
        return Ok(None);
    }
    let mut w = Writer::new(dialect);
    let version = meta.version.map(|at| values[at].clone());
    let mut values: Vec<Option<Value>> = values.into_iter().map(Some).collect();
    for (at, value) in touched {
        values[*at] = Some(value.clone());
    }
    let mut take = |at: usize| values[at].take().unwrap_or_default();
    let assignments = (0..meta.fields.len())
        .filter(|at| written(*at))
        .map(|at| Assignment {
            column: meta.fields[at].column.clone().into(),
            value: Node::Value(take(at)),
        })
        .collect();
    let key = meta.key.iter().map(|at| take(*at)).collect();
    w.update(&Update {
        table: meta.table.clone(),
        assignments,
        filter: Some(row_condition(meta, key, version)),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(Some(Command::new(w.finish()?, Access::Write).at(site)))
}

fn delete_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    version: Option<Value>,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(db.dialect());
    w.delete(&Delete {
        table: meta.table.clone(),
        filter: Some(row_condition(meta, key, version)),
        returning: vec![],
    })?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// Marks a row as deleted.
fn mark_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    version: Option<Value>,
    changes: Vec<(usize, Value)>,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Command> {
    let mut w = Writer::new(db.dialect());
    w.update(&Update {
        table: meta.table.clone(),
        assignments: assignments(meta, changes),
        filter: Some(row_condition(meta, key, version)),
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

fn assignments(meta: &ModelMeta, changes: Vec<(usize, Value)>) -> Vec<Assignment> {
    let assign = |(at, value): (usize, Value)| Assignment {
        column: meta.fields[at].column.clone().into(),
        value: Node::Value(value),
    };
    changes.into_iter().map(assign).collect()
}

/// Updates columns of the row of a key, and answers the row.
pub(crate) async fn update_row<M: Model>(
    target: Target<'_>,
    key: Vec<Value>,
    version: Option<Value>,
    changes: Vec<(usize, Value)>,
    site: &'static Location<'static>,
) -> Result<M> {
    let shown = key.clone();
    let meta = M::meta();
    let dialect = target.database().dialect();
    let returns = dialect.capabilities().update_returning;
    // A key that changes is looked for under its new value.
    let after: Vec<Value> = meta
        .key
        .iter()
        .zip(&key)
        .map(|(at, old)| {
            let new = changes.iter().find(|(changed, _)| changed == at);
            new.map_or_else(|| old.clone(), |(_, value)| value.clone())
        })
        .collect();
    let update = Update {
        table: meta.table.clone(),
        assignments: assignments(meta, changes),
        filter: Some(row_condition(meta, key, version)),
        order_by: vec![],
        returning: if returns { meta.column_nodes() } else { vec![] },
    };
    let mut w = Writer::new(dialect);
    w.update(&update)?;
    let command = Command::new(w.finish()?, Access::Write).at(site);
    if returns {
        let rows = target.fetch(command, Collect::<M>::all()).await?.0.rows;
        return rows
            .into_iter()
            .next()
            .ok_or_else(|| not_there::<M>(&shown));
    }
    let tx = target.begin(site).await?;
    if tx.target().execute(command).await?.affected == 0 {
        return Err(not_there::<M>(&shown));
    }
    let row = find(tx.target(), after, site)
        .await?
        .ok_or_else(missing::<M>)?;
    tx.commit().await?;
    Ok(row)
}
