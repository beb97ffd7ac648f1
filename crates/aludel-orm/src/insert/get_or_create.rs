//! Get or create, update or create.

use super::one::insert_one;
use super::rows::Rows;
use crate::model::{Model, PatchModel};
use crate::query::Query;
use crate::write::update_row;
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
use aludel_sql::expr::Expr;
use std::panic::Location;

pub(crate) async fn get_or_create<M: Model>(
    condition: Expr<M, bool>,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let query = Query::<M>::new().filter(condition);
    if let Some(found) = query.optional(db).await? {
        return Ok((found, false));
    }
    match insert_nested(Rows::single(new()), db.target(), site).await {
        Ok(made) => Ok((made, true)),
        // Somebody else was faster.
        Err(error) if error.is_unique_violation() => {
            // In a transaction MariaDB and MySQL go on reading what was there before, unless they lock.
            let again = if db.dialect().capabilities().comment_clauses {
                query.for_share()
            } else {
                query
            };
            match again.optional(db).await? {
                Some(found) => Ok((found, false)),
                None => Err(error),
            }
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn update_or_create<M: Model>(
    condition: Expr<M, bool>,
    patch: M::Patch,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let mut query = Query::<M>::new().filter(condition);
    if db.dialect().capabilities().row_locks {
        query = query.for_update();
    }
    let changes = patch.into_changes();
    let tx = db.target().begin(site).await?;
    let mut row = query.optional(&tx).await?;
    if row.is_none() {
        match insert_nested(Rows::single(new()), tx.target(), site).await {
            Ok(made) => {
                tx.commit().await?;
                return Ok((made, true));
            }
            Err(error) if error.is_unique_violation() => {
                row = query.optional(&tx).await?;
                if row.is_none() {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    let Some(row) = row else {
        return Err(Error::new(
            ErrorKind::Internal,
            "a row that is neither there nor made",
        ));
    };
    let row = if changes.is_empty() {
        row
    } else {
        let key = aludel_sql::types::PrimaryKey::into_values(row.key());
        let mut changes = changes;
        M::meta().touch_changes(&row.to_values(), &mut changes);
        update_row(tx.target(), key, None, changes, site).await?
    };
    tx.commit().await?;
    Ok((row, false))
}

/// Inserts so that a violation does not abort the transaction around it.
async fn insert_nested<M: Model>(
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<M> {
    if !target.is_transaction() {
        return insert_one(row, target, site).await;
    }
    let nested = target.begin(site).await?;
    match insert_one(row, nested.target(), site).await {
        Ok(made) => {
            nested.commit().await?;
            Ok(made)
        }
        Err(error) => {
            nested.rollback().await?;
            Err(error)
        }
    }
}
