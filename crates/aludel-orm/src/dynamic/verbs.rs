//! The verbs of [`DynQuery`]: those of the typed layer, with rows as names and values.

use super::query::DynQuery;
use super::stream::DynStream;
use crate::query::{self, Cursor, KeysetPage, Page, read};
use aludel_engine::{DynRow, Error, ErrorKind, Executor, Result};
use aludel_sql::dialect::Dialect;
use aludel_sql::render::Sql;
use std::future::Future;
use std::panic::Location;

impl DynQuery {
    /// All rows, by field names (`author_id` for a relation).
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
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
    /// Whatever can go wrong with a statement.
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
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::ManyFound`] when there are more.
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
    /// [`ErrorKind::ManyFound`] when there are more.
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

    /// The rows as they come, with bounded memory. On SQLite they are read on the blocking pool.
    ///
    /// # Errors
    /// What the dialect cannot do; errors of the statement come through the stream.
    #[track_caller]
    pub fn stream(&self, db: &dyn Executor) -> Result<DynStream> {
        let command = self
            .part()
            .command(db.dialect(), None, Location::caller())?;
        Ok(DynStream::new(command, self.reader(), db.target()))
    }

    /// How many rows there are; limit and offset count, order does not.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<i64>> + Send + use<'a> {
        query::count(self.part(), db.target(), Location::caller())
    }

    /// How many rows there are, as far as `most`. See [`Query::count_up_to`](crate::Query::count_up_to).
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn count_up_to<'a>(
        &self,
        most: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<i64>> + Send + use<'a> {
        query::count_up_to(self.part(), most, db.target(), Location::caller())
    }

    /// About how many rows there are. See [`Query::estimate`](crate::Query::estimate).
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn estimate<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<i64>> + Send + use<'a> {
        query::estimate(self.part(), db.target(), Location::caller())
    }

    /// Whether there is a row.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn exists<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<bool>> + Send + use<'a> {
        query::exists(self.part(), db.target(), Location::caller())
    }

    /// Page `number` (from 1) of `size` rows, and how many there are in all. See [`Query::page`](crate::Query::page).
    ///
    /// # Errors
    /// As [`Query::page`](crate::Query::page).
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

    /// A page by its place in the order, and the ways on from it. See [`Query::keyset`](crate::Query::keyset).
    ///
    /// # Errors
    /// As [`Query::keyset`](crate::Query::keyset).
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

    /// A row's place in this query's order, for [`after`](DynQuery::after) and [`before`](DynQuery::before).
    ///
    /// # Errors
    /// A row that is not a whole one of the model, and as [`Query::cursor`](crate::Query::cursor).
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

    /// The database's plan for it, a line each.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
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

    /// Its text and binds in a dialect.
    ///
    /// # Errors
    /// What the dialect cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.part().sql(dialect)
    }
}

/// The only one of rows.
pub(super) fn only<T>(mut rows: Vec<T>, model: &str) -> Result<Option<T>> {
    if rows.len() > 1 {
        return Err(Error::new(
            ErrorKind::ManyFound,
            format!("one {model} was asked for, and there are more than one"),
        ));
    }
    Ok(rows.pop())
}

pub(super) fn none(model: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("one {model} was asked for, and there is none"),
    )
}
