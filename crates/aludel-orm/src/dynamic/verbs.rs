//! The verbs of [`DynQuery`]: those of the typed layer, with rows as names and values.

use super::query::DynQuery;
use super::stream::named;
use crate::query::{self, Cursor, KeysetPage, Page, read};
use aludel_engine::{DynRow, Error, ErrorKind, Executor, Result, RowStream};
use aludel_sql::dialect::Dialect;
use aludel_sql::render::Sql;
use std::future::Future;
use std::panic::Location;

impl DynQuery {
    /// All rows, by field names (`author_id` for a relation).
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<DynRow>>> + Send + use<'a> {
        let (part, reader) = (self.part(), self.reader());
        read(part, None, reader, db.target(), Location::caller())
    }

    /// The first row, if there is one. An unordered query is ordered by the primary key.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn first<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<DynRow>>> + Send + use<'a> {
        let (part, reader) = (self.part().ordered(), self.reader());
        let (target, site) = (db.target(), Location::caller());
        async move { Ok(read(part, Some(1), reader, target, site).await?.pop()) }
    }

    /// The only row.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none, [`ErrorKind::ManyFound`] if there are several.
    #[track_caller]
    pub fn one<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<DynRow>> + Send + use<'a> {
        let (found, model) = (self.optional(db), self.model().name);
        async move { found.await?.ok_or_else(|| none(model)) }
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`] if there are several.
    #[track_caller]
    pub fn optional<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<DynRow>>> + Send + use<'a> {
        let (part, reader, model) = (self.part(), self.reader(), self.model().name);
        let (target, site) = (db.target(), Location::caller());
        let most = if part.finds_one() { None } else { Some(2) };
        async move { only(read(part, most, reader, target, site).await?, model) }
    }

    /// Streams the rows, with bounded memory. On SQLite they are read on the blocking pool.
    ///
    /// # Errors
    /// Anything that the dialect does not support; errors of the statement come through the stream.
    #[track_caller]
    pub fn stream(&self, db: &dyn Executor) -> Result<RowStream<DynRow>> {
        let command = self
            .part()
            .command(db.dialect(), None, Location::caller())?;
        Ok(named(command, self.reader(), db.target()))
    }

    /// Counts the rows; limit and offset apply, the order does not matter.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        query::count(self.part(), db.target(), Location::caller())
    }

    /// Counts the rows, up to `most`. See [`Query::count_up_to`](crate::Query::count_up_to).
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count_up_to<'a>(
        &self,
        most: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        query::count_up_to(self.part(), most, db.target(), Location::caller())
    }

    /// Estimates the number of rows. See [`Query::estimate`](crate::Query::estimate).
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn estimate<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        query::estimate(self.part(), db.target(), Location::caller())
    }

    /// Whether there is at least one row.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn exists<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<bool>> + Send + use<'a> {
        query::exists(self.part(), db.target(), Location::caller())
    }

    /// Page `number` (from 1) of `size` rows, and the total number of rows. See [`Query::page`](crate::Query::page).
    ///
    /// # Errors
    /// Same as [`Query::page`](crate::Query::page).
    #[track_caller]
    pub fn page<'a>(
        &self,
        number: u64,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Page<DynRow>>> + Send + use<'a> {
        let (part, reader, site) = (self.part(), self.reader(), Location::caller());
        query::read_page(part, number, size, reader, db.target(), site)
    }

    /// A page by position in the order, with cursors to its neighbours. See [`Query::keyset`](crate::Query::keyset).
    ///
    /// # Errors
    /// Same as [`Query::keyset`](crate::Query::keyset).
    #[track_caller]
    pub fn keyset<'a>(
        &self,
        cursor: Option<Cursor>,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<KeysetPage<DynRow>>> + Send + use<'a> {
        let (part, reader, site) = (self.part(), self.reader(), Location::caller());
        query::read_keyset(part, cursor, size, reader, db.target(), site)
    }

    /// A row's position in this query's order, for [`after`](DynQuery::after) and [`before`](DynQuery::before).
    ///
    /// # Errors
    /// A row that lacks columns of the model, and the errors of [`Query::cursor`](crate::Query::cursor).
    pub fn cursor(&self, row: &DynRow) -> Result<Cursor> {
        let fields = self.model().fields.iter().map(|field| &field.name);
        if !fields.eq(row.names()) {
            return Err(Error::invalid_query(format!(
                "a cursor is made of a whole row of {}; .keyset(..) makes cursors of rows with other columns",
                self.model().name
            )));
        }
        self.part().place_of(row.values())
    }

    /// The database's query plan (EXPLAIN), line by line.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn explain<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<String>> + Send + use<'a> {
        query::explain(
            self.part().sql(db.dialect()),
            db.target(),
            Location::caller(),
        )
    }

    /// Its SQL text and binds in a dialect.
    ///
    /// # Errors
    /// Anything that the dialect does not support.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.part().sql(dialect)
    }
}

/// The only row of a list; fails if there are more.
pub(super) fn only<T>(mut rows: Vec<T>, model: &str) -> Result<Option<T>> {
    if rows.len() > 1 {
        return Err(Error::new(
            ErrorKind::ManyFound,
            format!("expected one {model}, found several"),
        ));
    }
    Ok(rows.pop())
}

pub(super) fn none(model: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("expected one {model}, found none"),
    )
}
