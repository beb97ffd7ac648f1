//! Writing rows of any model. There is one write path: this goes through the functions that the typed verbs go through, so that
//! hooks, rules, defaults in Rust, versions and moments are decided there and nowhere else.

use crate::by_key::missing;
use crate::insert::{Draft, ReadAs, Rows, insert_draft, insert_drafts, write_draft};
use crate::model::any::{AnyModel, AnyRow, NewValues, any_rows_in, numbered};
use crate::model::draft::not_taken;
use crate::model::values::NewRow;
use crate::write::{find_sink, read_back};
use aludel_engine::Result;
use aludel_engine::spi::Target;
use aludel_sql::Value;
use std::panic::Location;

type Site = &'static Location<'static>;

/// The verbs. Rows come back as the values of all columns.
impl AnyModel {
    /// Inserts a row.
    pub(crate) async fn insert(
        &'static self,
        row: NewValues,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let (meta, draft) = (self.meta(), self.outside_draft(&row)?);
        let draft = match self.hooks.are_called(target.database()) {
            true => Draft::Hooked(draft, row.extra),
            false => Draft::Row(Rows::of_draft(&*draft, row.extra, meta)),
        };
        let made = insert_draft(meta, draft, ReadAs::Any, target, site).await?;
        Ok(made.any(meta).map_err(read_back)?.values())
    }

    /// Inserts rows, all or none; as in other bulk statements no hooks are called.
    pub(crate) async fn insert_many(
        &'static self,
        rows: Vec<NewValues>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Vec<Value>>> {
        let mut written = NewRow::even(self.meta());
        for (at, row) in rows.into_iter().enumerate() {
            match self.outside_draft(&row) {
                Ok(draft) => write_draft(&*draft, row.extra, &mut written),
                Err(error) => return Err(error.with_row(numbered(self.meta(), at))),
            }
        }
        let rows = Rows::written(written, self.meta());
        insert_drafts(self, rows, target, site).await
    }

    /// The row with this key, whatever the scope.
    pub(crate) async fn find(
        &'static self,
        key: Vec<Value>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        Ok(self.found(key, target, site).await?.values())
    }

    /// Changes the row with this key. A version among the changes is the one that the row must have.
    pub(crate) async fn update(
        &'static self,
        key: Vec<Value>,
        changes: Vec<(usize, Value)>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let mut row = self.found(key, target, site).await?;
        let changes = taken(&*row, changes)?;
        crate::write::patch_any(&mut *row, changes, target, site).await?;
        Ok(row.values())
    }

    /// Deletes the row with this key, and returns it as it was.
    pub(crate) async fn delete(
        &'static self,
        key: Vec<Value>,
        for_good: bool,
        target: Target<'_>,
        site: Site,
    ) -> Result<Vec<Value>> {
        let mut row = self.found(key, target, site).await?;
        let values = row.values();
        let mark = self.meta().soft_delete.filter(|_| !for_good);
        if mark.is_some_and(|at| !values[at].is_null()) {
            return Err(missing(self.meta()));
        }
        crate::write::delete_any(&mut *row, for_good, target, site).await?;
        Ok(values)
    }

    async fn found(
        &'static self,
        key: Vec<Value>,
        target: Target<'_>,
        site: Site,
    ) -> Result<Box<dyn AnyRow>> {
        let sink = find_sink(self.sink(), self.meta(), target, key, site).await?;
        let row = any_rows_in(sink).pop();
        row.ok_or_else(|| missing(self.meta()))
    }
}

/// Changes of a row, as its fields' types represent them. Fails on values that could not be read back.
fn taken(row: &dyn AnyRow, changes: Vec<(usize, Value)>) -> Result<Vec<(usize, Value)>> {
    let mut values = row.values();
    let changed: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
    for (at, value) in changes {
        values[at] = value;
    }
    let read = row.read(&values);
    let mut values = read
        .map_err(|error| not_taken(row.meta(), &error))?
        .values();
    let value = |at: usize| (at, std::mem::take(&mut values[at]));
    Ok(changed.into_iter().map(value).collect())
}
