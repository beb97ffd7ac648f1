//! [`QueryWith`]: a query with relations that are loaded into its rows.

use super::{IntoLoad, Load, ReadJoined};
use crate::model::Model;
use crate::query::{Cursor, IntoOrder, KeysetPage, Page, Query, ReadRow, read_keyset};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::Sink;
use aludel_engine::{Executor, Result};
use aludel_sql::expr::{Condition, Node};
use aludel_sql::row::{Cells, DecodeError, Row};
use std::any::Any;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A query with relations that are loaded into its rows: made by [`Query::with`].
pub struct QueryWith<M> {
    pub(super) query: Query<M>,
    pub(super) loads: Vec<Arc<dyn Load>>,
}

impl<M> Clone for QueryWith<M> {
    fn clone(&self) -> Self {
        QueryWith {
            query: self.query.clone(),
            loads: self.loads.clone(),
        }
    }
}

impl<M: Model> From<Query<M>> for QueryWith<M> {
    fn from(query: Query<M>) -> Self {
        QueryWith {
            query,
            loads: Vec::new(),
        }
    }
}

impl<M> QueryWith<M> {
    pub(crate) fn plain(&self) -> &Query<M> {
        &self.query
    }

    pub(crate) fn loads(&self) -> &[Arc<dyn Load>] {
        &self.loads
    }
}

impl<M: Model> Query<M> {
    /// Loads a relation into each row, with one more statement for all of them. It changes neither which rows come back nor
    /// their order. Several at once: `.with((Post::author, Post::tags))`.
    #[doc(alias = "prefetch")]
    #[doc(alias = "prefetch_related")]
    #[doc(alias = "select_related")]
    #[doc(alias = "joinedload")]
    #[doc(alias = "selectinload")]
    #[must_use]
    pub fn with(self, relation: impl IntoLoad<M>) -> QueryWith<M> {
        QueryWith::from(self).with(relation)
    }
}

impl<M: Model> QueryWith<M> {
    /// Loads one more relation. See [`Query::with`].
    #[must_use]
    pub fn with(mut self, relation: impl IntoLoad<M>) -> Self {
        relation.add_to(&mut self.loads);
        self
    }

    /// Changes the query itself: `.query(|posts| posts.popular())`.
    #[must_use]
    pub fn query(mut self, change: impl FnOnce(Query<M>) -> Query<M>) -> Self {
        self.query = change(self.query);
        self
    }

    /// Like [`Query::filter`].
    #[must_use]
    pub fn filter(self, condition: impl Condition<M>) -> Self {
        self.query(|query| query.filter(condition))
    }

    /// Like [`Query::exclude`].
    #[must_use]
    pub fn exclude(self, condition: impl Condition<M>) -> Self {
        self.query(|query| query.exclude(condition))
    }

    /// Like [`Query::order_by`].
    #[must_use]
    pub fn order_by(self, order: impl IntoOrder<M>) -> Self {
        self.query(|query| query.order_by(order))
    }

    /// Like [`Query::limit`].
    #[must_use]
    pub fn limit(self, rows: u64) -> Self {
        self.query(|query| query.limit(rows))
    }

    /// Like [`Query::offset`].
    #[must_use]
    pub fn offset(self, rows: u64) -> Self {
        self.query(|query| query.offset(rows))
    }

    /// Like [`Query::all`].
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<M>>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move { query.fetch(None, target, site).await }
    }

    /// Like [`Query::first`].
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn first<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        let (mut query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            query.query = query.query.ordered();
            Ok(query.fetch(Some(1), target, site).await?.pop())
        }
    }

    /// Like [`Query::one`].
    ///
    /// # Errors
    /// Same as [`Query::one`].
    #[track_caller]
    pub fn one<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let rows = query.fetch(Some(2), target, site).await?;
            crate::query::only_row(rows)?.ok_or_else(crate::query::no_row::<M>)
        }
    }

    /// Like [`Query::optional`].
    ///
    /// # Errors
    /// Same as [`Query::optional`].
    #[track_caller]
    pub fn optional<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let rows = query.fetch(Some(2), target, site).await?;
            crate::query::only_row(rows)
        }
    }
}

impl<M: Model> QueryWith<M> {
    /// The rows with their relations, at most `most`.
    pub(super) async fn fetch(
        &self,
        most: Option<u64>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Vec<M>> {
        let (joined, rest) = self.parts();
        let mut query = self.query.clone();
        if let Some(most) = most {
            let limit = query.limits().0.map_or(most, |limit| limit.min(most));
            query = query.limit(limit);
        }
        if joined.is_empty() {
            let rows = query.all_at(target, site).await?;
            return loaded(rows, &rest, target, site).await;
        }
        let Some(command) = query.beside(columns(&joined)?, target, site)? else {
            return Ok(Vec::new());
        };
        let sink = Joined {
            rows: Vec::new(),
            readers: joined.iter().map(|load| load.reader()).collect(),
        };
        let rows = target.fetch(command, sink).await?.0.rows;
        loaded(rows, &rest, target, site).await
    }

    /// The relations that are joined, and those with statements of their own.
    fn parts(&self) -> (Vec<Arc<dyn Load>>, Vec<Arc<dyn Load>>) {
        { self.loads.iter().cloned() }.partition(|load| load.joined().is_some())
    }

    /// Like [`Query::count`]; no relations are loaded.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M> {
        self.query.count(db)
    }

    /// Like [`Query::count_up_to`]; no relations are loaded.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count_up_to<'a>(
        &self,
        most: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M> {
        self.query.count_up_to(most, db)
    }

    /// Like [`Query::exists`]; no relations are loaded.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn exists<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<bool>> + Send + use<'a, M> {
        self.query.exists(db)
    }

    /// Like [`Query::keyset`], with the relations of its rows.
    ///
    /// # Errors
    /// Same as [`Query::keyset`].
    #[track_caller]
    pub fn keyset<'a>(
        &self,
        cursor: Option<Cursor>,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<KeysetPage<M>>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let (joined, rest) = query.parts();
            let mut part = query.query.part();
            if !joined.is_empty() {
                let columns = columns(&joined)?;
                part = part.with(|state| state.select_beside(columns));
            }
            let reader = Beside {
                readers: Mutex::new(joined.iter().map(|load| load.reader()).collect()),
                of: PhantomData::<fn() -> M>,
            };
            let page = read_keyset(part, cursor, size, reader, target, site).await?;
            Ok(KeysetPage {
                items: loaded(page.items, &rest, target, site).await?,
                ..page
            })
        }
    }

    /// Like [`Query::page`], with the relations of its rows.
    ///
    /// # Errors
    /// Same as [`Query::page`].
    #[track_caller]
    pub fn page<'a>(
        &self,
        number: u64,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Page<M>>> + Send + use<'a, M> {
        let (mut query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let (rows, total) = query.query.paged_at(number, size, target, site).await?;
            query.query = rows;
            let items = query.fetch(None, target, site).await?;
            Ok(Page {
                items,
                number,
                size,
                total,
            })
        }
    }

    /// Like [`Query::after`].
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        self.query(|query| query.after(cursor))
    }
}

/// The columns of the joined relations.
fn columns(joined: &[Arc<dyn Load>]) -> Result<Vec<Node>> {
    let mut columns = Vec::new();
    for load in joined.iter().filter_map(|load| load.joined()) {
        columns.extend(load?);
    }
    Ok(columns)
}

/// Reads rows, each with the rows that were joined to it.
struct Beside<M> {
    readers: Mutex<Vec<Box<dyn ReadJoined>>>,
    of: PhantomData<fn() -> M>,
}

impl<M> Beside<M> {
    fn readers(&self) -> MutexGuard<'_, Vec<Box<dyn ReadJoined>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Model> ReadRow for Beside<M> {
    type Output = M;
    fn read(&self, row: &mut Row<'_>) -> Result<M, DecodeError> {
        let mut read = M::from_row(row)?;
        for reader in self.readers().iter_mut() {
            reader.read(&mut read, row)?;
        }
        Ok(read)
    }
    fn restart(&self) {
        self.readers()
            .iter_mut()
            .for_each(|reader| reader.restart());
    }
}

/// Rows with the rows that were joined to them.
struct Joined<M> {
    rows: Vec<M>,
    readers: Vec<Box<dyn ReadJoined>>,
}

impl<M: Model> Sink for Joined<M> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let mut row = Row::new(cells);
        let mut read = M::from_row(&mut row)?;
        for reader in &mut self.readers {
            reader.read(&mut read, &mut row)?;
        }
        self.rows.push(read);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        self.readers.iter_mut().for_each(|reader| reader.restart());
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

async fn loaded<M: Model>(
    mut rows: Vec<M>,
    loads: &[Arc<dyn Load>],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<M>> {
    if !rows.is_empty() {
        for load in loads {
            load.load(&mut rows, target, site).await?;
        }
    }
    Ok(rows)
}
