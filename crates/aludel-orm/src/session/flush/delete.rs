//! Steps that delete, and rows of join tables.

use super::Flush;
use super::pipeline::Then;
use crate::errors::stale;
use crate::links::Links;
use crate::model::slot::By;
use crate::session::pending::RowRef;
use crate::session::statements::{self, RowChange};
use crate::session::unit_of_work::{JoinWork, Place};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::sync::Arc;

impl Flush<'_> {
    pub(super) async fn delete(&mut self, table: usize, rows: &[usize]) -> Result<()> {
        let work = &self.work.tables[table];
        let meta = work.meta;
        let keys: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    work.deletes[*row].key.clone(),
                    work.deletes[*row].version.clone(),
                )
            })
            .collect();
        let slots: Vec<u32> = rows.iter().map(|row| work.deletes[*row].slot).collect();
        let dialect = self.target.database().dialect();
        let statements = match meta.deletion() {
            None => statements::deletes(meta, keys, dialect, self.site)?,
            Some(deletion) => {
                let (mut columns, mut changes) = (Vec::new(), Vec::new());
                for row in rows {
                    let delete = &work.deletes[*row];
                    let mut set = vec![deletion.clone()];
                    meta.touch_changes(&delete.old, &mut set);
                    let (at, values): (Vec<usize>, Vec<Value>) = set.into_iter().unzip();
                    columns = at;
                    changes.push(RowChange {
                        key: delete.key.clone(),
                        version: delete.version.clone(),
                        values,
                    });
                }
                statements::updates(meta, &columns, changes, dialect, self.site)?
            }
        };
        self.done.report.count_deleted(meta, slots.len());
        let places = slots.into_iter().map(|slot| (table, slot));
        self.done.deleted.extend(places);
        let deletes: Arc<[usize]> = rows.into();
        for statement in statements {
            let then = Then::Deleted {
                table,
                deletes: Arc::clone(&deletes),
                rows: statement.rows,
            };
            self.send(statement.command, then).await?;
        }
        Ok(())
    }

    /// The error if some rows to be deleted were gone, or changed by another writer.
    pub(super) fn stale_deletes(&mut self, table: usize, deletes: &[usize]) -> Error {
        let work = &self.work.tables[table];
        let deletes = deletes.iter().map(|row| &work.deletes[*row]);
        let (keys, slots): (Vec<Vec<Value>>, Vec<u32>) =
            { deletes }.map(|row| (row.key.clone(), row.slot)).unzip();
        let error = stale(work.meta, &keys);
        self.blame(error, table, &slots)
    }

    pub(super) async fn join(&mut self, rows: &[usize], add: bool) -> Result<()> {
        let sides = rows.iter().flat_map(|n| &self.work.joins[*n].sides);
        let places = sides.filter_map(|(arena, side)| match side {
            RowRef::Slot(slot) => Some(((*arena, *slot), None)),
            RowRef::Key(_) => None,
        });
        let places: Vec<(Place, By)> = places.collect();
        self.know(places.into_iter()).await?;
        let one = match rows {
            [one] => Some(*one),
            _ => None,
        };
        let mut tables: Vec<(&JoinWork, Vec<Vec<Value>>)> = Vec::new();
        for n in rows {
            let join = &self.work.joins[*n];
            let mut row = Vec::new();
            for (arena, side) in &join.sides {
                match side {
                    RowRef::Slot(slot) => row.extend(self.key_of((*arena, *slot))?),
                    RowRef::Key(key) => row.extend(key.iter().cloned()),
                }
            }
            match tables
                .iter_mut()
                .find(|(known, _)| known.table == join.table && known.columns == join.columns)
            {
                Some((_, rows)) => rows.push(row),
                None => tables.push((join, vec![row])),
            }
        }
        let dialect = self.target.database().dialect();
        let mut commands = Vec::new();
        for (join, rows) in tables {
            let links = Links {
                table: &join.table,
                columns: &join.columns,
                model: join.model,
                dialect,
                site: self.site,
            };
            commands.extend(match add {
                true => links.add(rows)?,
                false => links.remove(rows)?,
            });
        }
        for command in commands {
            self.send(command, Then::Joined(one)).await?;
        }
        Ok(())
    }
}
