//! Many new rows on SQLite, a piece at a time: the values of a piece are used up before those of the next are made, in the
//! same memory. One list of all values is larger than the caches, and its pages are new ones.

use super::many::{batches, in_one};
use super::rows::Rows;
use crate::meta::ModelMeta;
use crate::model::NewModel;
use aludel_engine::{Result, Target};
use aludel_sql::dialect::Dialect;
use std::future::poll_fn;
use std::panic::Location;
use std::task::Poll;

/// Rows of a piece: a few runs of the statement for many rows.
const PIECE: usize = 512;

/// Pieces between two moments at which other tasks may go on.
const PIECES_AT_A_TIME: usize = 8;

/// New objects that are not written yet.
pub(super) trait Drafts: Send {
    /// Writes so many of them, or what is left; nothing when all are.
    fn write(&mut self, most: usize) -> Option<Rows>;
}

impl<N: NewModel> Drafts for std::vec::IntoIter<N> {
    fn write(&mut self, most: usize) -> Option<Rows> {
        (self.len() > 0).then(|| Rows::of(self.by_ref().take(most)))
    }
}

/// Whether these rows are more than a piece, where a statement costs little beside its rows. Rows that give their keys go
/// before those that are numbered: all of them are looked at first.
pub(super) fn goes_by_pieces<N>(
    meta: &ModelMeta,
    rows: &std::vec::IntoIter<N>,
    dialect: &'static dyn Dialect,
) -> bool {
    let mut fields = meta.fields.iter();
    let is_mixed = fields.any(|field| field.identity.is_some() && field.given);
    rows.len() > PIECE && dialect.capabilities().repeats && !is_mixed
}

/// Inserts the rows in one transaction; answers how many.
pub(super) async fn execute_by_pieces(
    meta: &'static ModelMeta,
    drafts: &mut dyn Drafts,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<u64> {
    in_one(target, true, site, async |target| {
        let (mut affected, mut pieces) = (0, 0);
        while let Some(rows) = drafts.write(PIECE) {
            for batch in batches(meta, rows, false, None, target.database().dialect(), site)? {
                affected += target.execute(batch.command).await?.affected;
            }
            pieces += 1;
            if pieces % PIECES_AT_A_TIME == 0 {
                let_others_go_on().await;
            }
        }
        Ok(affected)
    })
    .await
}

/// Is ready when it is asked again.
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
