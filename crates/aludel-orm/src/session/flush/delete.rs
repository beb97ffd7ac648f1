//! Steps that delete, and rows of join tables.

use super::Flush;
use crate::session::ops::RowRef;
use crate::session::statements::{self, RowChange};
use crate::session::work::JoinWork;
use aludel_engine::Result;
use aludel_sql::Value;

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
        for statement in statements {
            let sent = self.target.execute(statement.command).await;
            let affected = sent
                .map_err(|error| self.blame(error, table, &slots))?
                .affected;
            if affected != statement.rows as u64 {
                let keys: Vec<Vec<Value>> = rows
                    .iter()
                    .map(|row| self.work.tables[table].deletes[*row].key.clone())
                    .collect();
                return Err(self.blame(statements::stale(meta, &keys), table, &slots));
            }
        }
        self.done.report.count_deleted(meta, slots.len());
        self.done
            .deleted
            .extend(slots.into_iter().map(|slot| (table, slot)));
        Ok(())
    }

    pub(super) async fn join(&mut self, rows: &[usize], add: bool) -> Result<()> {
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
        for (join, rows) in tables {
            let (table, columns) = (&join.table, &join.columns);
            let commands = if add {
                statements::link(table, columns, rows, dialect, self.site)?
            } else {
                statements::unlink(table, columns, rows, dialect, self.site)?
            };
            for command in commands {
                self.target.execute(command).await?;
            }
        }
        Ok(())
    }
}
