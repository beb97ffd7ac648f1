//! [`LoadStream`]: rows with their relations, a chunk at a time.

use super::query::QueryWith;
use crate::model::Model;
use crate::query::Cursor;
use aludel_engine::{Executor, Result};
use std::panic::Location;

/// Rows with relations, a chunk at a time: made by [`QueryWith::stream`].
pub struct LoadStream<'a, M> {
    query: QueryWith<M>,
    db: &'a dyn Executor,
    rows: std::vec::IntoIter<M>,
    chunk: u64,
    left: Option<u64>,
    offset: Option<u64>,
    site: &'static Location<'static>,
    after: Option<Cursor>,
    done: bool,
}

impl<M: Model> LoadStream<'_, M> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// An order by anything other than columns of the model itself; any database error.
    pub async fn next(&mut self) -> Result<Option<M>> {
        if let Some(row) = self.rows.next() {
            return Ok(Some(row));
        }
        if self.done {
            return Ok(None);
        }
        let most = self.left.map_or(self.chunk, |left| left.min(self.chunk));
        let plain = &self.query.query;
        let mut chunk = match self.after.take() {
            None => plain.clone().totally_ordered(),
            Some(cursor) => plain.clone().without_offset().after(cursor),
        };
        if let (Some(offset), true) = (self.offset.take(), most > 0) {
            chunk = chunk.offset(offset);
        }
        let (target, site) = (self.db.target(), self.site);
        let chunk = QueryWith {
            query: chunk.limit(most),
            loads: self.query.loads.clone(),
        };
        let rows = chunk.fetch(None, target, site).await?;
        self.left = self.left.map(|left| left - rows.len() as u64);
        self.done = (rows.len() as u64) < most || self.left == Some(0);
        if let (Some(last), false) = (rows.last(), self.done) {
            self.after = Some(plain.clone().totally_ordered().cursor(last)?);
        }
        self.rows = rows.into_iter();
        Ok(self.rows.next())
    }
}

impl<M: Model> QueryWith<M> {
    /// Streams the rows in chunks, each with its relations: bounded memory, and for each chunk as many statements as
    /// [`all`](QueryWith::all) sends in all.
    ///
    /// Each chunk is a statement of its own that continues after the last row (the primary key is appended to the order),
    /// so it also runs inside a transaction, where all chunks see the same rows.
    #[track_caller]
    pub fn stream<'a>(&self, chunk: u64, db: &'a dyn Executor) -> LoadStream<'a, M> {
        let (limit, offset) = self.query.limits();
        LoadStream {
            query: self.clone(),
            db,
            rows: Vec::new().into_iter(),
            chunk: chunk.max(1),
            left: limit,
            offset,
            site: Location::caller(),
            after: None,
            done: false,
        }
    }
}
