//! Temporary targets of references while their rows are parked: a reference can't lead nowhere, so it leads to another row.

use super::Flush;
use super::parking::Parked;
use crate::model::meta::{ModelMeta, RelationMeta};
use crate::session::statements;
use crate::session::unique::UniqueSet;
use aludel_engine::Result;
use aludel_engine::spi::command::Collect;
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row};

/// How many rows are tried.
const MOST_TRIED: u64 = 64;

/// A value of any type, as the database has it.
struct Stored(Value);

impl FromRow for Stored {
    const WIDTH: usize = 1;

    fn from_row(row: &mut Row<'_>) -> Result<Stored, DecodeError> {
        row.value(None).map(Stored)
    }
}

impl Flush<'_> {
    /// Keys to which the reference may lead, and does not lead in a row with the same other values of a unique set.
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
