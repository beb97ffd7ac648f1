//! Steps that insert.

use super::{Flush, fetch};
use crate::insert::{Rows, batches, insert_unseen};
use crate::model::find_command;
use crate::private::NewRow;
use crate::session::plan::Plan;
use crate::session::work::{Place, count};
use aludel_engine::Result;
use aludel_sql::Value;
use std::any::Any;
use std::collections::HashSet;

impl Flush<'_> {
    pub(super) async fn insert(&mut self, plan: &Plan, table: usize, rows: &[usize]) -> Result<()> {
        let put_off = |n: usize| plan.puts_off_link(table, n);
        let mut keys: Vec<(usize, usize, Vec<Value>)> = Vec::new();
        let chosen: HashSet<usize> = rows.iter().copied().collect();
        for (n, link) in self.work.tables[table].links.iter().enumerate() {
            if chosen.contains(&link.row) && !put_off(n) {
                keys.push((link.at, link.width, self.key_of(link.target)?));
            }
        }
        let work = &mut self.work.tables[table];
        for (at, width, key) in keys {
            work.rows.values[at..at + width].clone_from_slice(&key);
        }
        let meta = work.meta;
        let slots: Vec<u32> = rows.iter().map(|row| work.inserts[*row]).collect();
        let all = rows.len() == work.inserts.len();
        let written = if all {
            std::mem::take(&mut work.rows)
        } else {
            portion(&work.rows, &work.starts, meta.fields.len(), rows)
        };
        let rows = Rows::new(written, meta.fields.len());
        let sinks = match self.send_inserts(table, rows).await {
            Ok(sinks) => sinks,
            Err(error) => return Err(self.blame(error, table, &slots)),
        };
        if self.linked.contains(&table) {
            let arena = self.arenas.at(table);
            let keys = sinks.iter().flat_map(|sink| arena.keys(&**sink));
            let known: Vec<(Place, Vec<Value>)> =
                slots.iter().map(|slot| (table, *slot)).zip(keys).collect();
            self.keys.extend(known);
        }
        self.done.report.count_inserted(meta, slots.len());
        self.done.inserted.push((table, slots, sinks));
        Ok(())
    }

    pub(super) async fn send_inserts(
        &mut self,
        table: usize,
        rows: Rows,
    ) -> Result<Vec<Box<dyn Any + Send>>> {
        let arena = self.arenas.at(table);
        let meta = arena.meta();
        let dialect = self.target.database().dialect();
        let mut sinks = Vec::new();
        if dialect.capabilities().insert_returning {
            for batch in batches(meta, rows, true, None, dialect, self.site)? {
                let (sink, _) = fetch(self.target, batch.command, arena.sink()).await?;
                sinks.push(sink);
            }
            return Ok(sinks);
        }
        let mut rows = rows;
        while rows.len() > 0 {
            let row = rows.split_off_front(1);
            let key = insert_unseen(meta, row, self.target, self.site).await?;
            let found = find_command(meta, key, self.target, self.site)?;
            let (sink, _) = fetch(self.target, found, arena.sink()).await?;
            sinks.push(sink);
        }
        Ok(sinks)
    }
}

/// Some of the rows.
fn portion(rows: &NewRow, starts: &[usize], width: usize, chosen: &[usize]) -> NewRow {
    let mut out = NewRow::default();
    for row in chosen {
        let given = &rows.given[row * width..(row + 1) * width];
        let from = starts[*row];
        out.values
            .extend_from_slice(&rows.values[from..from + count(given)]);
        out.given.extend_from_slice(given);
    }
    out
}
