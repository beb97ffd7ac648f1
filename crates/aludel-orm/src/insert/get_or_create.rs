//! Get or create, update or create.

use super::one::insert_new;
use crate::by_key::key_condition;
use crate::model::{Model, PatchModel};
use crate::query::Query;
use aludel_engine::spi::Target;
use aludel_engine::{Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::Expr;
use aludel_sql::types::PrimaryKey;
use std::panic::Location;

pub(crate) async fn get_or_create<M: Model>(
    condition: Expr<M, bool>,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let (query, target) = (Query::<M>::new().filter(condition), db.target());
    if let Some(found) = query.optional_at(target, site).await? {
        return Ok((found, false));
    }
    match Box::pin(insert_nested::<M>(new(), target, site)).await {
        Ok(made) => Ok((made, true)),
        // Another writer was faster.
        Err(error) if error.is_unique_violation() => {
            let reads_on = target.is_transaction() && db.dialect().capabilities().snapshot_reads;
            let again = if reads_on { query.for_share() } else { query };
            match again.optional_at(target, site).await? {
                Some(found) => Ok((found, false)),
                None => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

/// Locks only a row that was found. On MariaDB and MySQL a locking read that finds nothing locks the gap where the row
/// would be; several transactions may hold that lock, and then none of them can insert.
pub(crate) async fn update_or_create<M: Model>(
    condition: Expr<M, bool>,
    patch: M::Patch,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let (query, target) = (Query::<M>::new().filter(condition), db.target());
    let changes = patch.into_changes();
    if !db.dialect().capabilities().row_locks {
        // Its transaction locks the whole database, so what it reads does not change.
        let tx = target.begin(site).await?;
        let done = update_or_insert(&query, changes, new, tx.target(), site).await?;
        tx.commit_at(site).await?;
        return Ok(done);
    }
    update_or_insert(&query, changes, new, target, site).await
}

async fn update_or_insert<M: Model>(
    query: &Query<M>,
    changes: Vec<(usize, Value)>,
    new: impl FnOnce() -> M::New + Send,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    if let Some(seen) = query.optional_at(target, site).await? {
        // By its key: the index that the condition uses, and the gaps in it, stay unlocked for others.
        let by_key = key_condition(M::meta(), seen.key().into_values());
        let same = query.clone().filter(Expr::<_, bool>::from_node(by_key));
        if let Some(row) = Box::pin(change(same, changes.clone(), target, site)).await? {
            return Ok((row, false));
        }
    }
    match Box::pin(insert_nested::<M>(new(), target, site)).await {
        Ok(made) => Ok((made, true)),
        // Another writer was faster.
        Err(error) if error.is_unique_violation() => {
            let found = Box::pin(change(query.clone(), changes, target, site)).await?;
            found.map(|row| (row, false)).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// Locks the only row that the query finds, and changes it.
async fn change<M: Model>(
    query: Query<M>,
    changes: Vec<(usize, Value)>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Option<M>> {
    let locks = target.database().dialect().capabilities().row_locks;
    let query = if locks { query.for_update() } else { query };
    let tx = target.begin(site).await?;
    let Some(row) = query.optional_at(tx.target(), site).await? else {
        tx.rollback_at(site).await?;
        return Ok(None);
    };
    let patched = crate::write::patch(row, changes, tx.target(), site).await;
    let row = patched.map_err(aludel_engine::Error::undone)?;
    tx.commit_at(site).await?;
    Ok(Some(row))
}

/// Inserts so that a violation does not abort the transaction around it.
async fn insert_nested<M: Model>(
    new: M::New,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<M> {
    if !target.is_transaction() {
        return insert_new(new, target, site).await;
    }
    let nested = target.begin(site).await?;
    match insert_new(new, nested.target(), site).await {
        Ok(made) => {
            nested.commit_at(site).await?;
            Ok(made)
        }
        Err(error) => {
            nested.rollback_at(site).await?;
            Err(error.undone())
        }
    }
}
