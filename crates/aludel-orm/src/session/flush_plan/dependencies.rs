//! The order of operations that references and deletions require.

use super::Op;
use super::{Held, Planner, Soft};
use crate::session::arena::pick;
use crate::session::pending::RowRef;
use crate::session::topological::{Edge, Why};
use crate::session::unique::identity;
use crate::session::unit_of_work::{Cell, Work};
use aludel_sql::Value;
use std::collections::HashMap;

impl Planner<'_> {
    /// A row that refers to another comes after the operation that gives that row its key.
    pub(super) fn links(&mut self) {
        let work = self.work;
        for op in 0..self.ops.len() as u32 {
            match self.ops[op as usize] {
                Op::Insert(..) | Op::Delete(..) | Op::Late(_) | Op::Release(_) | Op::Gate => {}
                Op::Update(table, row) => {
                    for (column, cell) in &work.tables[table].updates[row].set {
                        if let Cell::KeyOf { target, .. } = cell
                            && let Some(before) = self.makes.get(target).copied()
                        {
                            let n = self.soft.len() as u32;
                            self.soft.push(Soft(*column));
                            self.edge(before, op, Why::Link(n));
                        }
                    }
                }
                Op::Join(n) => {
                    for (arena, row) in &work.joins[n].sides {
                        if let RowRef::Slot(slot) = row
                            && let Some(before) = self.makes.get(&(*arena, *slot)).copied()
                        {
                            self.edge(before, op, Why::Must);
                        }
                    }
                }
            }
        }
        for (at, table) in work.tables.iter().enumerate() {
            for (n, link) in table.links.iter().enumerate() {
                let after = self.makes.get(&(at, table.inserts[link.row])).copied();
                let before = self.makes.get(&link.target).copied();
                let (Some(before), Some(after)) = (before, after) else {
                    continue;
                };
                let why = if link.nullable {
                    self.soft.push(Soft(n));
                    Why::Link(self.soft.len() as u32 - 1)
                } else {
                    Why::Must
                };
                if before == after {
                    // The row refers to itself.
                    self.edges.push(Edge { before, after, why });
                } else {
                    self.edge(before, after, why);
                }
            }
        }
    }

    /// A row is deleted after the rows that refer to it, or that referred to it.
    pub(super) fn deletes(&mut self) {
        let work = self.work;
        let mut deleted: HashMap<(usize, String), u32> = HashMap::new();
        for (op, kind) in self.ops.iter().enumerate() {
            // A row that is only marked as deleted can still be referred to.
            if let Op::Delete(table, row) = kind
                && work.tables[*table].meta.soft_delete.is_none()
            {
                let key = identity(&work.tables[*table].deletes[*row].key);
                deleted.insert((*table, key), op as u32);
            }
        }
        if deleted.is_empty() {
            return;
        }
        let mut by_others = DeletedBy::default();
        for op in 0..self.ops.len() as u32 {
            let (table, old, set) = match self.ops[op as usize] {
                Op::Update(table, row) => {
                    let row = &work.tables[table].updates[row];
                    (table, &row.old[..], Some(&row.set))
                }
                Op::Delete(table, row) => (table, &work.tables[table].deletes[row].old[..], None),
                _ => continue,
            };
            let meta = work.tables[table].meta;
            for relation in &meta.relations {
                let columns = meta.positions(relation);
                let moves = set.is_none_or(|set| set.iter().any(|(at, _)| columns.contains(at)));
                if columns.is_empty() || !moves {
                    continue;
                }
                let key: Vec<Value> = columns.iter().map(|at| old[*at].clone()).collect();
                let target = (relation.target)();
                // If models share a table, one of them deletes the row.
                let mut targets = (0..work.tables.len())
                    .filter(|at| work.tables[*at].meta.shares_rows_with(target));
                let parent = targets.find_map(|at| match relation.by {
                    None => deleted.get(&(at, identity(&key))).copied(),
                    Some(columns) => by_others.find(&self.ops, work, (at, columns), &key),
                });
                if let Some(parent) = parent {
                    let why = match self.ops[op as usize] {
                        Op::Delete(table, row) if relation.nullable => {
                            self.held.push(Held {
                                table,
                                row,
                                columns,
                            });
                            Why::Release(self.held.len() as u32 - 1)
                        }
                        _ => Why::Must,
                    };
                    self.edge(op, parent, why);
                }
            }
        }
    }
}

/// Deletions by the values of their rows in columns that are not the primary key: by table, columns, and values.
#[derive(Default)]
struct DeletedBy(HashMap<Columns, HashMap<String, u32>>);

/// A table, and the columns by which others refer to its rows.
type Columns = (usize, &'static [&'static str]);

impl DeletedBy {
    /// The deletion of the row with these values.
    fn find(&mut self, ops: &[Op], work: &Work, of: Columns, values: &[Value]) -> Option<u32> {
        // NULL refers to nothing.
        if values.iter().any(Value::is_null) {
            return None;
        }
        let (table, columns) = of;
        let known = self.0.entry(of).or_insert_with(|| {
            let table_work = &work.tables[table];
            let mut known = HashMap::new();
            for (op, kind) in ops.iter().enumerate() {
                if let Op::Delete(at, row) = kind
                    && *at == table
                {
                    let tie = pick(table_work.meta, &table_work.deletes[*row].old, columns);
                    known.entry(identity(&tie)).or_insert(op as u32);
                }
            }
            known
        });
        known.get(&identity(values)).copied()
    }
}
