//! [`InsertStream`]: inserts rows as a stream gives them.

use super::chunks::{Chunks, longest_chunk};
use super::many::in_one;
use super::rows::Rows;
use crate::model::Model;
use aludel_engine::{Executor, Result};
use futures_core::Stream;
use std::future::poll_fn;
use std::panic::Location;
use std::pin::Pin;

/// An insert of rows that come from a stream: `Post::insert_stream(stream).execute(&db)`.
pub struct InsertStream<'a, M: Model> {
    rows: Pin<Box<dyn Stream<Item = Result<M::New>> + Send + 'a>>,
    validated: bool,
    site: &'static Location<'static>,
}

impl<'a, M: Model> InsertStream<'a, M> {
    pub(crate) fn new(
        rows: impl Stream<Item = Result<M::New>> + Send + 'a,
        site: &'static Location<'static>,
    ) -> InsertStream<'a, M> {
        InsertStream {
            rows: Box::pin(rows),
            validated: true,
            site,
        }
    }

    /// Skips the model's validation rules.
    #[must_use]
    pub fn unvalidated(mut self) -> Self {
        self.validated = false;
        self
    }

    /// Inserts them in one transaction, as they arrive; returns how many. At most a few thousand wait in memory.
    ///
    /// # Errors
    /// An error of the stream, constraint violations, and any database error: then none is inserted.
    pub async fn execute(mut self, db: &dyn Executor) -> Result<u64> {
        let (meta, site, validated) = (M::meta(), self.site, self.validated);
        let most = longest_chunk(meta, db.dialect()).min(LONGEST_OF_STREAMS);
        let done = in_one(db.target(), true, site, async |target| {
            let mut chunks = Chunks::new(meta, target, site, validated);
            loop {
                let mut rows: Vec<M::New> = Vec::new();
                while rows.len() < most
                    && let Some(row) = poll_fn(|cx| self.rows.as_mut().poll_next(cx)).await
                {
                    rows.push(row?);
                }
                if rows.is_empty() {
                    return Ok(chunks.affected);
                }
                let is_last = rows.len() < most;
                chunks.send(Rows::of(rows)).await?;
                if is_last {
                    return Ok(chunks.affected);
                }
            }
        });
        done.await.map_err(|error| meta.named(error))
    }
}

/// Rows of a stream that are sent together where chunks have no limit of their own.
const LONGEST_OF_STREAMS: usize = 16_384;
