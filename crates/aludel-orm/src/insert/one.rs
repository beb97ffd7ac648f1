//! Inserting one row.

use super::command::rows_command;
use super::rows::Rows;
use super::single::insert_known;
use crate::hooks::{Moment, is_hooked, run};
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel, find};
use aludel_engine::command::Only;
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
use aludel_sql::Value;
use std::future::Future;
use std::panic::Location;

/// Inserts what is new, with the hooks of its model and of the database.
pub async fn insert_new<N: NewModel>(
    new: N,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    if is_hooked::<N::Model>(target.database()) {
        return Box::pin(insert_with(new, Vec::new(), target, site)).await;
    }
    let made = insert_one::<N::Model>(Rows::single(new), target, site).await;
    made.map_err(crate::write::read_back)
}

/// The same, with values that drafts can't say: a key that the database would number, NULL where there is a default.
pub(crate) async fn insert_with<N: NewModel>(
    mut new: N,
    extra: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    let db = target.database();
    if !is_hooked::<N::Model>(db) {
        return insert_one(Rows::with_extra([(new, extra)]), target, site).await;
    }
    run::<N::Model>(db, Moment::BeforeInsert(&mut new))?;
    let tx = target.begin(site).await?;
    let row = insert_one(Rows::with_extra([(new, extra)]), tx.target(), site).await?;
    run(db, Moment::AfterInsert(&row))?;
    tx.commit_at(site).await?;
    Ok(row)
}

/// Inserts a row, and answers it with all that the database filled in.
pub(crate) fn insert_one<'a, M: Model>(
    mut row: Rows,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
    let meta = M::meta();
    let dialect = target.database().dialect();
    async move {
        row.check_required(meta)?;
        row.validate(meta)?;
        row.fit(meta)?;
        if !dialect.capabilities().insert_returning {
            let key = insert_unseen(meta, row, target, site).await?;
            return find(target, key, site).await?.ok_or_else(|| lost(meta));
        }
        let row = match insert_known::<M>(row, target, site).await? {
            Ok(row) => return Ok(row),
            Err(row) => row,
        };
        let command = rows_command(meta, row, true, None, dialect, site)?;
        let found = target.fetch(command, Only::<M>::one()).await;
        let found = found.map_err(|error| meta.named(error))?.0.row;
        found.ok_or_else(|| lost(meta))
    }
}

fn lost(meta: &ModelMeta) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!(
            "the database did not answer the {} that it inserted",
            meta.name
        ),
    )
}

/// Inserts without RETURNING, and answers the key: given, or the last that was generated.
pub(crate) async fn insert_unseen(
    meta: &'static ModelMeta,
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Value>> {
    let dialect = target.database().dialect();
    let known: Vec<Option<Value>> = meta.key.iter().map(|at| row.first(*at).cloned()).collect();
    let command = rows_command(meta, row, false, None, dialect, site)?;
    let done = target.execute(command).await;
    let outcome = done.map_err(|error| meta.named(error))?;
    known
        .into_iter()
        .map(|value| {
            value
                .or_else(|| outcome.last_id.map(Value::I64))
                .ok_or_else(|| {
                    Error::new(
                        ErrorKind::Unsupported,
                        format!(
                            "{} has no RETURNING, so a key of {} that is not a number must be given by the program",
                            dialect.name(),
                            meta.name
                        ),
                    )
                })
        })
        .collect()
}
