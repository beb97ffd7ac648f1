//! Inserting one row.

use super::command::rows_command;
use super::kept::{Shape, repeated};
use super::rows::Rows;
use crate::hooks::{Moment, is_hooked, run};
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel, find};
use aludel_engine::command::Only;
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
use aludel_sql::Value;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// Inserts what is new, with the hooks of its model and of the database.
pub async fn insert_new<N: NewModel>(
    new: N,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    if is_hooked::<N::Model>(target.database()) {
        return Box::pin(insert_hooked(new, target, site)).await;
    }
    insert_one(Rows::of([new]), target, site).await
}

async fn insert_hooked<N: NewModel>(
    mut new: N,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<N::Model> {
    let db = target.database();
    run::<N::Model>(db, Moment::BeforeInsert(&mut new))?;
    let tx = target.begin(site).await?;
    let row = insert_one(Rows::of([new]), tx.target(), site).await?;
    run(db, Moment::AfterInsert(&row))?;
    tx.commit_at(site).await?;
    Ok(row)
}

/// Inserts a row, and answers it with all that the database filled in.
pub(crate) fn insert_one<'a, M: Model>(
    row: Rows,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
    let meta = M::meta();
    let dialect = target.database().dialect();
    async move {
        row.check_required(meta)?;
        row.validate(meta)?;
        if !dialect.capabilities().insert_returning {
            let key = insert_unseen(meta, row, target, site).await?;
            return find(target, key, site).await?.ok_or_else(|| lost(meta));
        }
        let row = match unseen::<M>(row, target, site).await? {
            Inserted::Known(row) => return Ok(row),
            Inserted::Not(row) => row,
        };
        let command = rows_command(meta, row, true, None, dialect, site)?;
        let found = target.fetch(command, Only::<M>::one()).await?.0.row;
        found.ok_or_else(|| lost(meta))
    }
}

/// What became of a row that perhaps need not be read back.
enum Inserted<M> {
    /// It was inserted, and is this.
    Known(M),
    /// It was not: its values are not all known.
    Not(Rows),
}

/// Inserts a row whose values are all known but for its number (SQLite): at half the price of RETURNING.
async fn unseen<M: Model>(
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Inserted<M>> {
    let (meta, dialect) = (M::meta(), target.database().dialect());
    if !dialect.capabilities().repeats {
        return Ok(Inserted::Not(row));
    }
    let written = row.into_written();
    let Some(shape) = Shape::of(meta, &written, dialect) else {
        return Ok(Inserted::Not(Rows::new(written, meta.fields.len())));
    };
    let statements = repeated(meta, Arc::new(written), &shape, false, dialect, site)?;
    let Some((batch, kept)) = statements.into_iter().next() else {
        return Err(lost(meta));
    };
    let (mut kept, _) = target.fetch(batch.command, kept).await?;
    Ok(Inserted::Known(kept.take(0, None)?))
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
    let outcome = target.execute(command).await?;
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
