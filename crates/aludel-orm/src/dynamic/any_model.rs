//! [`AnyModel`]: the verbs of a model, for code that knows the model by its metadata alone.
//!
//! There is one write path: each of these goes through the functions that the typed verbs go through, so that hooks, rules,
//! defaults in Rust, versions and moments are decided there and nowhere else.

use crate::draft::{not_taken, outside_draft};
use crate::insert::{insert_drafts, insert_with};
use crate::meta::ModelMeta;
use crate::model::{Model, find, missing};
use crate::session::ArenasRef;
use aludel_engine::command::BoxFuture;
use aludel_engine::{Result, Target};
use aludel_sql::Value;
use aludel_sql::row::{Row, ValueCells};
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

type Site = &'static Location<'static>;

/// A new row: the values of all its columns, and which of them were given.
pub(crate) struct NewValues {
    pub(crate) values: Vec<Value>,
    pub(crate) given: Vec<bool>,
    /// What drafts can't say: a key that the database would number, and NULL where there is a default.
    pub(crate) extra: Vec<(usize, Value)>,
}

impl NewValues {
    fn into_draft<M: Model>(self) -> Result<(M::New, Vec<(usize, Value)>)> {
        let draft = outside_draft(&self.values, &self.given, &[])?;
        Ok((draft, self.extra))
    }
}

/// The verbs of a model. Rows come back as the values of all columns.
pub(crate) trait AnyModel: Send + Sync {
    /// Inserts a row.
    fn insert<'a>(
        &self,
        row: NewValues,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>>;
    /// Inserts rows, all or none; as in other bulk statements no hooks are called.
    fn insert_many<'a>(
        &self,
        rows: Vec<NewValues>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Vec<Value>>>>;
    /// The row of a key, whatever the scope.
    fn find<'a>(
        &self,
        key: Vec<Value>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>>;
    /// Changes the row of a key. A version among the changes is the one that the row must have.
    fn update<'a>(
        &self,
        key: Vec<Value>,
        changes: Vec<(usize, Value)>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>>;
    /// Deletes the row of a key; gives it as it was.
    fn delete<'a>(
        &self,
        key: Vec<Value>,
        for_good: bool,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>>;
    /// The arena of the model in a session.
    fn open(&self, arenas: &mut ArenasRef<'_>) -> usize;
}

impl fmt::Debug for dyn AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnyModel")
    }
}

/// The verbs of `M`.
pub(crate) fn verbs_of<M: Model>() -> &'static dyn AnyModel {
    Of::<M>::VERBS
}

struct Of<M>(PhantomData<fn() -> M>);

impl<M: Model> Of<M> {
    const VERBS: &'static dyn AnyModel = &Of::<M>(PhantomData);
}

impl<M: Model> AnyModel for Of<M> {
    fn insert<'a>(
        &self,
        row: NewValues,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>> {
        Box::pin(async move {
            let (draft, extra) = row.into_draft::<M>()?;
            let row = insert_with(draft, extra, target, site).await?;
            Ok(row.to_values())
        })
    }

    fn insert_many<'a>(
        &self,
        rows: Vec<NewValues>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Vec<Value>>>> {
        Box::pin(async move {
            let rows = rows.into_iter().enumerate();
            let drafts = rows.map(|(n, row)| {
                let draft = row.into_draft::<M>();
                draft.map_err(|error| error.with_row(numbered(M::meta(), n)))
            });
            let drafts = drafts.collect::<Result<Vec<_>>>()?;
            let rows = insert_drafts::<M>(drafts, target, site).await?;
            Ok(rows.iter().map(Model::to_values).collect())
        })
    }

    fn find<'a>(
        &self,
        key: Vec<Value>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>> {
        Box::pin(async move {
            let row: Option<M> = find(target, key, site).await?;
            Ok(row.ok_or_else(missing::<M>)?.to_values())
        })
    }

    fn update<'a>(
        &self,
        key: Vec<Value>,
        changes: Vec<(usize, Value)>,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>> {
        Box::pin(async move {
            let row: Option<M> = find(target, key, site).await?;
            let row = row.ok_or_else(missing::<M>)?;
            let changes = taken::<M>(row.to_values(), changes)?;
            let row = crate::write::patch(row, changes, target, site).await?;
            Ok(row.to_values())
        })
    }

    fn delete<'a>(
        &self,
        key: Vec<Value>,
        for_good: bool,
        target: Target<'a>,
        site: Site,
    ) -> BoxFuture<'a, Result<Vec<Value>>> {
        Box::pin(async move {
            let row: Option<M> = find(target, key, site).await?;
            let row = row.ok_or_else(missing::<M>)?;
            let values = row.to_values();
            let mark = M::meta().soft_delete.filter(|_| !for_good);
            if mark.is_some_and(|at| !values[at].is_null()) {
                return Err(missing::<M>());
            }
            crate::write::delete(row, for_good, target, site).await?;
            Ok(values)
        })
    }

    fn open(&self, arenas: &mut ArenasRef<'_>) -> usize {
        arenas.0.index_of::<M>()
    }
}

/// Changes of a row as its fields' types have them: what can't be read back is not written.
fn taken<M: Model>(
    mut values: Vec<Value>,
    changes: Vec<(usize, Value)>,
) -> Result<Vec<(usize, Value)>> {
    let changed: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
    for (at, value) in changes {
        values[at] = value;
    }
    let row = M::from_row(&mut Row::new(&mut ValueCells(&values)));
    let mut values = row
        .map_err(|error| not_taken(M::meta(), &error))?
        .to_values();
    let value = |at: usize| (at, std::mem::take(&mut values[at]));
    Ok(changed.into_iter().map(value).collect())
}

/// A row of several, in the words of errors.
pub(crate) fn numbered(meta: &ModelMeta, n: usize) -> String {
    format!("{} (number {} of those inserted)", meta.name, n + 1)
}
