//! Streams rows with their relations: a chunk at a time.

use super::query::QueryWith;
use crate::model::Model;
use crate::query::{Cursor, Query};
use aludel_engine::spi::{OwnedTarget, Running};
use aludel_engine::{Executor, Result, RowStream};
use futures_core::Stream;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

impl<M: Model> QueryWith<M> {
    /// Streams the rows in chunks, each with its relations: a chunk is in memory, and sends as many statements as
    /// [`all`](QueryWith::all) does.
    ///
    /// Each chunk is a query of its own that continues after the last row (the primary key is appended to the order). In a
    /// transaction all chunks see the same rows, and other statements may run in it between two of them; the stream ends with
    /// the transaction.
    ///
    /// # Errors
    /// An order by anything other than columns of the model itself, and errors of the statements, come through the stream.
    #[track_caller]
    pub fn stream(&self, chunk: u64, db: &dyn Executor) -> Result<RowStream<M>> {
        let (limit, offset) = self.query.limits();
        Ok(RowStream::of(Chunks {
            target: Some(Arc::new(db.target().to_owned())),
            rows: Vec::new().into_iter(),
            next: Some(Place {
                left: limit,
                offset,
                after: None,
            }),
            fetching: None,
            query: self.clone(),
            chunk: chunk.max(1),
            site: Location::caller(),
        }))
    }
}

/// Where the next chunk begins.
struct Place {
    /// How many rows are still wanted.
    left: Option<u64>,
    offset: Option<u64>,
    after: Option<Cursor>,
}

/// A chunk, and where the next one begins if there is one.
type Fetched<M> = Result<(Vec<M>, Option<Place>)>;

struct Chunks<M> {
    query: QueryWith<M>,
    /// Given up after the last chunk: it keeps a connection from its pool.
    target: Option<Arc<OwnedTarget>>,
    rows: std::vec::IntoIter<M>,
    /// Where the next chunk begins; none after the last one, and while it is fetched.
    next: Option<Place>,
    fetching: Option<Running<Fetched<M>>>,
    chunk: u64,
    site: &'static Location<'static>,
}

impl<M> Unpin for Chunks<M> {}

impl<M: Model> Stream for Chunks<M> {
    type Item = Result<M>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<M>>> {
        loop {
            if let Some(row) = self.rows.next() {
                return Poll::Ready(Some(Ok(row)));
            }
            if let Some(fetching) = &mut self.fetching {
                let fetched = ready!(fetching.poll(cx));
                self.fetching = None;
                match fetched.and_then(|fetched| fetched) {
                    Ok((rows, next)) => (self.rows, self.next) = (rows.into_iter(), next),
                    Err(error) => {
                        self.target = None;
                        return Poll::Ready(Some(Err(error)));
                    }
                }
                if self.next.is_none() {
                    self.target = None;
                }
                continue;
            }
            let (Some(place), Some(target)) = (self.next.take(), &self.target) else {
                return Poll::Ready(None);
            };
            let (query, target) = (self.query.clone(), Arc::clone(target));
            let (most, site, is_kept) = (self.chunk, self.site, target.is_kept());
            let chunk = fetch(query, target, place, most, site);
            self.fetching = Some(Running::start(chunk, is_kept));
        }
    }
}

async fn fetch<M: Model>(
    query: QueryWith<M>,
    target: Arc<OwnedTarget>,
    place: Place,
    chunk: u64,
    site: &'static Location<'static>,
) -> Fetched<M> {
    target.check().await?;
    let most = place.left.map_or(chunk, |left| left.min(chunk));
    let ordered = || -> Query<M> { query.query.clone().totally_ordered() };
    let mut page = match place.after {
        None => ordered(),
        Some(cursor) => query.query.clone().without_offset().after(cursor),
    };
    if let (Some(offset), true) = (place.offset, most > 0) {
        page = page.offset(offset);
    }
    let page = QueryWith {
        query: page.limit(most),
        loads: query.loads.clone(),
    };
    let rows = page.fetch(None, target.borrowed(), site).await?;
    let left = place.left.map(|left| left - rows.len() as u64);
    let is_last = (rows.len() as u64) < most || left == Some(0);
    let next = match rows.last().filter(|_| !is_last) {
        Some(last) => Some(Place {
            left,
            offset: None,
            after: Some(ordered().cursor(last)?),
        }),
        None => None,
    };
    Ok((rows, next))
}
