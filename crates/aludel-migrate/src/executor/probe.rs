//! Whether a statement took effect before a run was killed.

use crate::sql::Probe;
use aludel_engine::{Executor, Result, inspect};

/// Whether the statement took effect, so that it need not run again.
pub(super) async fn is_done(probe: &Probe, db: &dyn Executor) -> Result<bool> {
    if *probe == Probe::Again {
        return Ok(false);
    }
    let schema = inspect(db).await?;
    Ok(match probe {
        Probe::Again => false,
        Probe::Table(name, there) => {
            (schema.table(name).is_some() || schema.view(name).is_some()) == *there
        }
        Probe::Column(table, column, there) => {
            let found = schema
                .table(table)
                .is_some_and(|table| table.column(column).is_some());
            found == *there
        }
        Probe::Key(table, name, there) => {
            let found = schema.table(table).is_some_and(|table| {
                table.indexes.iter().any(|index| index.name == *name)
                    || table.uniques.iter().any(|unique| unique.name == *name)
            });
            found == *there
        }
        Probe::Constraint(table, name, there) => {
            let found = schema.table(table).is_some_and(|table| {
                table.foreign_keys.iter().any(|key| key.name == *name)
                    || table.checks.iter().any(|check| check.name == *name)
                    || table.uniques.iter().any(|unique| unique.name == *name)
            });
            found == *there
        }
        Probe::PrimaryKey(table, columns) => schema
            .table(table)
            .is_some_and(|table| table.primary_key == *columns),
    })
}
