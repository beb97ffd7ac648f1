//! What references lead to while their rows are parked: they can't lead nowhere, so they lead to some other row.

use super::Flush;
use super::parking::Parked;
use crate::meta::{ModelMeta, RelationMeta};
use crate::session::statements;
use crate::session::unique::UniqueSet;
use aludel_engine::Result;
use aludel_engine::command::Collect;
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row};

/// Rows that are tried.
const MOST_TRIED: u64 = 64;

/// A value as the database has it, whatever its type.
struct Stored(Value);

impl FromRow for Stored {
    const WIDTH: usize = 1;

    fn from_row(row: &mut Row<'_>) -> Result<Stored, DecodeError> {
        row.value(None).map(Stored)
    }
}

impl Flush<'_> {
    /// Keys of rows that a reference may lead to, and does not in any row that is like this one in the rest of a unique set.
    pub(super) async fn ends(
        &mut self,
        meta: &'static ModelMeta,
        relation: &'static RelationMeta,
        at: usize,
        sets: &[UniqueSet<'_>],
        parked: &Parked,
    ) -> Result<Vec<Value>> {
        self.drain().await?;
        let likes = sets.iter().filter_map(|set| {
            let mut columns = set
                .columns
                .iter()
                .filter(|of| set.columns.contains(&at) && **of != at);
            let rest = columns.clone().map(|of| parked.value(*of).cloned());
            let rest: Vec<Value> = rest.collect::<Option<_>>()?;
            let columns: Vec<usize> = columns.by_ref().copied().collect();
            (!columns.is_empty()).then_some((columns, rest))
        });
        let dialect = self.target.database().dialect();
        let likes: Vec<(Vec<usize>, Vec<Value>)> = likes.collect();
        let command = statements::ends(meta, relation, likes, MOST_TRIED, dialect, self.site)?;
        let (found, _) = self.target.fetch(command, Collect::<Stored>::all()).await?;
        Ok(found.rows.into_iter().map(|stored| stored.0).collect())
    }
}
