//! [`Objects`]: the verbs of models, for plain objects: without a session.

use crate::by_key::{find, key_command, missing};
use crate::insert::{InsertFrom, InsertMany, InsertStream};
use crate::model::column::ColumnList;
use crate::model::{Model, PatchModel};
use crate::query::{Query, State};
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Executor, Result};
use aludel_sql::expr::{Condition, Expr};
use aludel_sql::types::PrimaryKey;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;

/// What can be done with every [`Model`]: queries, inserts, and writing one row. Statements run on a database, a connection or a
/// transaction; a [`Session`](crate::Session) has verbs of its own.
pub trait Objects: Model {
    /// A query for all rows, to be narrowed down.
    fn query() -> Query<Self> {
        Query::<Self>::new()
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
        Query::<Self>::new().exclude(condition)
    }

    /// The row with this key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound), and any database error.
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
        C: ColumnList<Self, Row = R>,
        N: Model,
    {
        InsertFrom::new(columns.names(), query.into_part(), Location::caller())
    }

    /// Returns the only row that fulfils the condition, or inserts one; and whether it was created. With a unique
    /// constraint, two concurrent callers get the same row.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`](aludel_engine::ErrorKind::ManyFound), and any database error.
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
    /// [`ErrorKind::ManyFound`](aludel_engine::ErrorKind::ManyFound), and any database error.
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
    /// with the digits that its type keeps. [`save_changed`](Objects::save_changed), [`patch`](Objects::patch) and sessions
    /// write only what has changed.
    ///
    /// Automatic columns (`created`, `updated`, generated columns) are not written from it, and the version is the one that
    /// the row must have. `created` in memory is ignored.
    ///
    /// Afterwards the row is as the database stores it: fractions of a microsecond are cut off, and exact numbers have the
    /// digits of their column. Nothing is read back for that, unless the database computes a column.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) if the row is gone, and any database error.
    #[track_caller]
    fn save(&mut self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        crate::write::save(self.any_own_mut(), db.target(), Location::caller())
    }

    /// Writes the columns that differ from `before`, an earlier clone of the row; if none does, sends nothing. Automatic
    /// columns get back their values from `before`. Otherwise like [`save`](Objects::save).
    ///
    /// ```ignore
    /// let before = post.clone();
    /// post.title = "Hello again".into();
    /// post.save_changed(&before, &db).await?; // UPDATE posts SET title = …
    /// ```
    ///
    /// # Errors
    /// Those of [`save`](Objects::save); [`ErrorKind::InvalidQuery`](aludel_engine::ErrorKind::InvalidQuery) when `before` is another row.
    #[track_caller]
    fn save_changed(
        &mut self,
        before: &Self,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send {
        crate::write::save_changed(
            self.any_own_mut(),
            before.any_own(),
            db.target(),
            Location::caller(),
        )
    }

    /// Writes the columns that the patch gives, and returns the updated row. An empty patch sends nothing.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) if the row is gone, and any database error.
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
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) if it is gone already,
    /// [`ErrorKind::ForeignKeyViolation`](aludel_engine::ErrorKind::ForeignKeyViolation) if others refer to it.
    #[track_caller]
    fn delete(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send {
        crate::write::delete(self, false, db.target(), Location::caller())
    }

    /// Deletes the row for good, even if the model keeps deleted rows.
    ///
    /// # Errors
    /// Same as [`delete`](Objects::delete).
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
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound) if it is gone.
    #[doc(alias = "refresh_from_db")]
    #[track_caller]
    fn reload(&self, db: &dyn Executor) -> impl Future<Output = Result<Self>> + Send {
        let found = find(db.target(), self.key().into_values(), Location::caller());
        async move { found.await?.ok_or_else(|| missing(Self::meta())) }
    }
}

impl<M: Model> Objects for M {}
