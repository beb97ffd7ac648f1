//! [`Model`]: a struct whose values are rows; with the verbs of plain objects.

use crate::any::{AnyDraft, AnyRow};
use crate::column::ColumnSet;
use crate::hooks::Moment;
use crate::insert::{InsertFrom, InsertMany, InsertStream};
use crate::meta::{KeyType, ModelMeta};
use crate::path::{Path, Root};
use crate::query::{Query, State};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Condition, Expr, Node};
use aludel_sql::render::{Sql, Writer, check_bind};
use aludel_sql::row::FromRow;
use aludel_sql::statement::{Projection, Select, Source};
use aludel_sql::types::PrimaryKey;
use aludel_sql::value::Binds;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;

/// A struct whose values are rows of a table: `#[derive(Model)]`. A value stands for a row that exists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "derive it: `#[derive(Model)] struct {Self} {{ pub id: i64, … }}`"
)]
pub trait Model: AnyRow + FromRow + Sized {
    /// The primary key's type.
    type Key: PrimaryKey;
    /// The columns and relations over a path.
    type Columns<Q: Path>: ColumnSet;
    /// The draft of a new row.
    type New: NewModel<Model = Self>;
    /// The changes of a row.
    type Patch: PatchModel<Model = Self>;
    /// Whether every row is in the default scope: `Always` for a model without scope or soft delete. Over a relation to a
    /// model with a scope, every column is an `Option`.
    type InScope: crate::path::Nullability;
    /// The struct's name.
    const NAME: &'static str;
    /// The columns of the primary key.
    const KEY_COLUMNS: &'static [&'static str];
    /// The model's metadata.
    fn meta() -> &'static ModelMeta;
    /// Makes the metadata.
    #[doc(hidden)]
    fn describe() -> ModelMeta;
    /// The types of the primary key's columns, if the model says more about them than their Rust types do.
    #[doc(hidden)]
    fn key_types() -> Vec<KeyType> {
        KeyType::all_of::<Self::Key>()
    }
    /// The row's primary key.
    fn key(&self) -> Self::Key;
    /// A copy of the columns; no relation is loaded in it.
    #[doc(hidden)]
    fn copy_columns(&self) -> Self;

    /// Whether the model has hooks of its own.
    #[doc(hidden)]
    const HOOKED: bool = false;
    /// Calls the model's own hooks.
    #[doc(hidden)]
    fn on(moment: Moment<'_, Self>) -> Result<()> {
        let _ = moment;
        Ok(())
    }

    /// The values of all columns, in order.
    fn to_values(&self) -> Vec<Value> {
        let mut values = crate::values::Values::default();
        self.write_values(&mut values);
        values.values
    }

    /// The columns and relations, for models that do not have them as consts.
    fn columns() -> &'static Self::Columns<Root<Self>> {
        ColumnSet::REF
    }

    /// A query for all rows, to be narrowed down.
    fn query() -> Query<Self> {
        Query::new()
    }

    /// The rows that fulfil a condition.
    fn filter(condition: impl Condition<Self>) -> Query<Self> {
        Query {
            state: State::filtered(condition.into_condition()),
            typed: PhantomData,
        }
    }

    /// The rows that do not fulfil a condition, including those for which it is unknown (NULL).
    fn exclude(condition: impl Condition<Self>) -> Query<Self> {
        Query::new().exclude(condition)
    }

    /// The row with this key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`], and any database error.
    #[doc(alias = "get_or_404")]
    #[doc(alias = "get_object_or_404")]
    #[track_caller]
    fn get(
        key: impl Into<Self::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        let key = key.into();
        let target = db.target();
        let site = Location::caller();
        let command = key_command(Self::meta(), key.into_binds(), true, target, site);
        let row = target.row(command, Reading::FIRST);
        row.or_else(|| missing(Self::meta()))
    }

    /// The row with this key, if there is one.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    fn find(
        key: impl Into<Self::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Option<Self>>> + Send {
        let (target, site) = (db.target(), Location::caller());
        let command = key_command(Self::meta(), key.into().into_binds(), true, target, site);
        target.row(command, Reading::FIRST)
    }

    /// Inserts many rows in the fastest way that the database has, all of them or none.
    #[doc(alias = "bulk_create")]
    #[track_caller]
    fn insert_many<'a, I>(rows: I) -> InsertMany<'a, Self>
    where
        I: IntoIterator<Item = Self::New>,
        I::IntoIter: Send + 'a,
    {
        InsertMany::new(rows.into_iter(), Location::caller())
    }

    /// Inserts many rows under given keys, as when they are copied from elsewhere. Afterwards the database numbers new rows
    /// from above the highest key: `Post::insert_many_with_keys([(7, NewPost { .. })])`.
    #[track_caller]
    fn insert_many_with_keys<'a, I>(rows: I) -> InsertMany<'a, Self>
    where
        I: IntoIterator<Item = (Self::Key, Self::New)>,
        I::IntoIter: Send + 'a,
    {
        InsertMany::keyed(rows.into_iter(), Location::caller())
    }

    /// Inserts rows as a stream gives them, all of them or none, a few thousand in memory at a time.
    #[track_caller]
    fn insert_stream<'a>(
        rows: impl futures_core::Stream<Item = Result<Self::New>> + Send + 'a,
    ) -> InsertStream<'a, Self> {
        InsertStream::new(rows, Location::caller())
    }

    /// Inserts the rows of a query: `Archive::insert_from((Archive::title,), Post::filter(..).select((Post::title,)))`.
    #[track_caller]
    fn insert_from<C, N, R>(columns: C, query: Query<N, R>) -> InsertFrom<Self>
    where
        C: crate::column::ColumnList<Self, Row = R>,
        N: Model,
    {
        InsertFrom::new(columns.names(), query.into_part(), Location::caller())
    }

    /// Returns the only row that fulfils the condition, or inserts one; and whether it was created. With a unique
    /// constraint, two concurrent callers get the same row.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`], and any database error.
    #[track_caller]
    fn get_or_create<'a>(
        condition: impl Condition<Self>,
        new: impl FnOnce() -> Self::New + Send + 'a,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send + 'a {
        crate::insert::get_or_create(
            Expr::from_node(condition.into_condition()),
            new,
            db,
            Location::caller(),
        )
    }

    /// Changes the only row that fulfils the condition, or inserts one; and whether it was created.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`], and any database error.
    #[doc(alias = "upsert")]
    #[track_caller]
    fn update_or_create<'a>(
        condition: impl Condition<Self>,
        patch: Self::Patch,
        new: impl FnOnce() -> Self::New + Send + 'a,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<(Self, bool)>> + Send + 'a {
        crate::insert::update_or_create(
            Expr::from_node(condition.into_condition()),
            patch,
            new,
            db,
            Location::caller(),
        )
    }

    /// Writes every column of the row except its key: a plain struct does not know its earlier values. So what others have
    /// written since is overwritten (unless the model has a `#[field(version)]`), and a document is stored as it was read,
    /// with the digits that its type keeps. [`save_changed`](Model::save_changed), [`patch`](Model::patch) and sessions
    /// write only what has changed.
    ///
    /// Automatic columns (`created`, `updated`, generated columns) are not written from it, and the version is the one that
    /// the row must have. `created` in memory is ignored.
    ///
    /// Afterwards the row is as the database stores it: fractions of a microsecond are cut off, and exact numbers have the
    /// digits of their column. Nothing is read back for that, unless the database computes a column.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the row is gone, and any database error.
    #[track_caller]
    fn save(&mut self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        crate::write::save(self, db.target(), Location::caller())
    }

    /// Writes the columns that differ from `before`, an earlier clone of the row; if none does, sends nothing. Automatic
    /// columns get back their values from `before`. Otherwise like [`save`](Model::save).
    ///
    /// ```ignore
    /// let before = post.clone();
    /// post.title = "Hello again".into();
    /// post.save_changed(&before, &db).await?; // UPDATE posts SET title = …
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](Model::save); [`ErrorKind::InvalidQuery`] when `before` is another row.
    #[track_caller]
    fn save_changed(
        &mut self,
        before: &Self,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send {
        crate::write::save_changed(self, before, db.target(), Location::caller())
    }

    /// Writes the columns that the patch gives, and returns the updated row. An empty patch sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the row is gone, and any database error.
    #[track_caller]
    fn patch(
        self,
        patch: Self::Patch,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        crate::write::patch(self, patch.into_changes(), db.target(), Location::caller())
    }

    /// Deletes the row; if the model keeps deleted rows (`#[field(soft_delete)]`), only marks it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is gone already, [`ErrorKind::ForeignKeyViolation`] if others refer to it.
    #[track_caller]
    fn delete(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        crate::write::delete(self, false, db.target(), Location::caller())
    }

    /// Deletes the row for good, even if the model keeps deleted rows.
    ///
    /// # Errors
    /// Same as [`delete`](Model::delete).
    #[track_caller]
    fn erase(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        crate::write::delete(self, true, db.target(), Location::caller())
    }

    /// Existing rows can't be inserted: see [`NewModel::insert`].
    #[doc(hidden)]
    fn insert(self, db: &dyn Executor) -> std::future::Ready<Result<Self>>
    where
        Self: crate::mistakes::Inserted,
    {
        let _ = db;
        std::future::ready(Ok(self))
    }

    /// The row as the database has it now.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is gone.
    #[doc(alias = "refresh_from_db")]
    #[track_caller]
    fn reload(&self, db: &dyn Executor) -> impl Future<Output = Result<Self>> + Send {
        let found = find(db.target(), self.key().into_values(), Location::caller());
        async move { found.await?.ok_or_else(|| missing(Self::meta())) }
    }
}

/// A new row to insert: the columns that a caller may give. The derive makes one for each model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "not a new row",
    note = "new rows are of the type that the derive makes: `New{Self} {{ .. }}`",
    note = "a session reads a row that exists by `session.get::<{Self}>(key)`, and takes one over by `session.merge(row)`"
)]
pub trait NewModel: AnyDraft + Clone {
    /// The model.
    type Model: Model<New = Self>;

    /// Writes the values of all columns of the model, in order; `None` leaves one to the database.
    #[doc(hidden)]
    fn write(self, row: &mut crate::values::NewRow);
    /// Whether [`read`](NewModel::read) is supported.
    #[doc(hidden)]
    const READS: bool = false;
    /// Rebuilds it from the values that `write` wrote; its references lead to keys.
    #[doc(hidden)]
    fn read(values: &mut crate::draft::Written<'_>) -> crate::values::Decoded<Self> {
        let _ = values;
        Err(crate::draft::unreadable_draft(Self::Model::NAME))
    }

    /// Inserts it, and returns the row with everything the database filled in.
    ///
    /// # Errors
    /// Constraint violations, and any database error.
    #[track_caller]
    fn insert(self, db: &dyn Executor) -> impl Future<Output = Result<Self::Model>> + Send {
        crate::insert::insert_new(self, db.target(), Location::caller())
    }
}

/// The changes of a row: every column is optional. The derive makes one for each model.
pub trait PatchModel: Sized + Send {
    /// The model.
    type Model: Model<Patch = Self>;

    /// Positions of columns with their new values.
    fn into_changes(self) -> Vec<(usize, Value)>;
}

pub(crate) fn missing(meta: &ModelMeta) -> Error {
    Error::new(ErrorKind::NotFound, format!("no {} of that key", meta.name))
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

/// The row with this key.
pub(crate) fn find<'a, M: Model>(
    target: Target<'a>,
    key: Vec<Value>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
    let command = find_command(M::meta(), key, target, site);
    target.row(command, Reading::FIRST)
}

pub(crate) fn find_command(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Command> {
    key_command(meta, key.into(), false, target, site)
}

/// The SELECT by key, with or without the model's default scope.
pub(crate) fn key_command(
    meta: &'static ModelMeta,
    key: Binds,
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
    for value in key.iter() {
        check_bind(value, dialect)?;
    }
    if meta.has_scope(!scoped)
        && let Some(scope) = meta.scope(!scoped)
    {
        if scope.any(&mut |node| matches!(node, Node::Path(_) | Node::Quantified(_))) {
            return Err(Error::invalid_query(format!(
                "the default scope of {} reads other models, so that no row can be had by its key alone; use a query",
                meta.name
            )));
        }
        // The text of a scope with binds of its own can't be cached without them.
        if scope.any(&mut |node| matches!(node, Node::Value(_) | Node::InList(_))) {
            let sql = key_select(meta, key.into_vec(), Some(scope), dialect)?;
            return Ok(Command::new(sql, Access::Read).at(site));
        }
    }
    let text = meta.get_text(dialect, scoped, || {
        let scope = meta.scope(!scoped);
        Ok(key_select(meta, key.to_vec(), scope, dialect)?.text)
    })?;
    Ok(Command::with_text(text, key, Access::Read).at(site))
}

fn key_select(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    scope: Option<Node>,
    dialect: &'static dyn Dialect,
) -> Result<Sql> {
    let by_key = key_condition(meta, key);
    let mut w = Writer::new(dialect);
    w.select(&Select {
        projection: Projection::Rendered(meta.select_list(dialect)),
        from: Some(Source::table(meta.table.clone())),
        filter: Some(match scope {
            Some(scope) => by_key.and(scope),
            None => by_key,
        }),
        ..Select::default()
    })?;
    Ok(w.finish()?)
}
