//! Inserts many rows, a chunk at a time: the values of a chunk are used up before the next chunk is built, so an iterator may
//! yield any number of rows. On SQLite chunks are small and reuse the same memory: one list of all values is larger than the
//! CPU caches, and its memory pages are new.

use super::batches::{Batch, batches};
use super::rows::Rows;
use super::statements::{can_load, load};
use crate::model::Model;
use crate::model::meta::ModelMeta;
use aludel_engine::Result;
use aludel_engine::spi::Target;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::types::PrimaryKey;
use std::future::poll_fn;
use std::panic::Location;
use std::task::Poll;

/// Rows in a chunk where one prepared statement is run again and again: a few runs for many rows.
const SHORT: usize = 512;

/// Rows in a chunk elsewhere.
const LONG: usize = 16_384;

/// Chunks between two moments at which other tasks may run.
const CHUNKS_AT_A_TIME: usize = 8;

/// Rows in a chunk. If new rows may give a key that the database would number, there is only one chunk: rows with keys go
/// first, so all rows must be known.
pub(super) fn longest_chunk(meta: &ModelMeta, dialect: &'static dyn Dialect) -> usize {
    let mut fields = meta.fields.iter();
    match fields.any(|field| field.identity.is_some() && field.given) {
        true => usize::MAX,
        false if dialect.capabilities().repeats => SHORT,
        false => LONG,
    }
}

/// New objects that are not written yet.
pub(super) enum Source<'a, M: Model> {
    Plain(Box<dyn Iterator<Item = M::New> + Send + 'a>),
    /// Each with its key.
    Keyed(Box<dyn Iterator<Item = (M::Key, M::New)> + Send + 'a>),
}

impl<M: Model> Source<'_, M> {
    /// Writes the values of up to `most` further rows.
    pub(super) fn write(&mut self, most: usize) -> Rows {
        match self {
            Source::Plain(rows) if most == usize::MAX => Rows::of(rows),
            Source::Plain(rows) => Rows::of(rows.by_ref().take(most)),
            Source::Keyed(rows) => {
                let places = &M::meta().key;
                let keyed = rows.by_ref().take(most).map(|(key, row)| {
                    let values = key.into_values();
                    let extra: Vec<(usize, Value)> = places.iter().copied().zip(values).collect();
                    (row, extra)
                });
                Rows::with_extra(keyed)
            }
        }
    }

    pub(super) fn is_keyed(&self) -> bool {
        matches!(self, Source::Keyed(_))
    }
}

/// The statements for a chunk that is not read back.
pub(super) fn chunk_batches(
    meta: &'static ModelMeta,
    mut rows: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    let db = target.database();
    if db.takes_files() && can_load(meta, &rows) {
        rows.check_required(meta)?;
        rows.fit(meta)?;
        let count = rows.len();
        let command = load(meta, rows, db.dialect(), site)?;
        return Ok(vec![Batch::new(command, count)]);
    }
    batches(meta, rows, false, None, db.dialect(), site)
}

/// Inserts chunks, in a transaction, and counts their rows.
pub(super) struct Chunks<'t> {
    pub(super) meta: &'static ModelMeta,
    pub(super) target: Target<'t>,
    pub(super) site: &'static Location<'static>,
    pub(super) validated: bool,
    /// Rows taken so far.
    pub(super) rows: usize,
    pub(super) affected: u64,
    sent: usize,
}

impl<'t> Chunks<'t> {
    pub(super) fn new(
        meta: &'static ModelMeta,
        target: Target<'t>,
        site: &'static Location<'static>,
        validated: bool,
    ) -> Chunks<'t> {
        Chunks {
            meta,
            target,
            site,
            validated,
            rows: 0,
            affected: 0,
            sent: 0,
        }
    }

    /// Inserts the next chunk.
    pub(super) async fn send(&mut self, rows: Rows) -> Result<()> {
        let count = rows.len();
        let rows = rows.behind(self.rows);
        if self.validated {
            rows.validate(self.meta)?;
        }
        for batch in chunk_batches(self.meta, rows, self.target, self.site)? {
            self.affected += self.target.execute(batch.command).await?.affected;
        }
        self.rows += count;
        self.sent += 1;
        // A server may have answered before it was asked whether it has.
        if count >= LONG || self.sent.is_multiple_of(CHUNKS_AT_A_TIME) {
            let_others_go_on().await;
        }
        Ok(())
    }
}

/// Yields once, so that other tasks can run.
async fn let_others_go_on() {
    let mut asked = false;
    poll_fn(|context| {
        if std::mem::replace(&mut asked, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
