//! What has to come before what: references, deletions, unique values that change hands.

use super::{Held, Op, Planner, Soft};
use crate::meta::ModelMeta;
use crate::private::count;
use crate::session::arena::pick;
use crate::session::key::By;
use crate::session::ops::RowRef;
use crate::session::order::{Edge, Why};
use crate::session::same;
use crate::session::statements::show_key;
use crate::session::work::{Cell, Place, TableWork, UpdateRow};
use aludel_sql::Value;
use std::collections::HashMap;

impl Planner<'_> {
    /// Who refers to a row comes after what makes it.
    pub(super) fn links(&mut self) {
        let work = self.work;
        for op in 0..self.ops.len() as u32 {
            match self.ops[op as usize] {
                Op::Insert(..) | Op::Delete(..) | Op::Late(_) | Op::Release(_) => {}
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
                    // A row that refers to itself.
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
            // A row that is only marked as deleted is still there to be referred to.
            if let Op::Delete(table, row) = kind
                && work.tables[*table].meta.soft_delete.is_none()
            {
                let key = show_key(&work.tables[*table].deletes[*row].key);
                deleted.insert((*table, key), op as u32);
            }
        }
        if deleted.is_empty() {
            return;
        }
        let position = |meta: &ModelMeta| {
            work.tables
                .iter()
                .position(|table| std::ptr::eq(table.meta, meta))
        };
        for op in 0..self.ops.len() as u32 {
            let (table, old, set) = match self.ops[op as usize] {
                Op::Update(table, row) => {
                    let row = &work.tables[table].updates[row];
                    (table, &row.old, Some(&row.set))
                }
                Op::Delete(table, row) => (table, &work.tables[table].deletes[row].old, None),
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
                let Some(target) = position((relation.target)()) else {
                    continue;
                };
                let parent = match relation.by {
                    None => deleted.get(&(target, show_key(&key))).copied(),
                    Some(columns) => self.deleted_by(target, columns, &key),
                };
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

    /// The deletion of the row that has these values in columns that are not its primary key.
    fn deleted_by(&self, table: usize, columns: &[&str], values: &[Value]) -> Option<u32> {
        let work = &self.work.tables[table];
        let op = self.ops.iter().position(|op| match op {
            Op::Delete(of, row) if *of == table => {
                pick(work.meta, &work.deletes[*row].old, columns) == values
            }
            _ => false,
        });
        op.map(|op| op as u32)
    }

    /// Who takes a unique value comes after who gives it up.
    pub(super) fn unique_values(&mut self) {
        let work = self.work;
        for (at, table) in work.tables.iter().enumerate() {
            if table.updates.is_empty() && table.deletes.is_empty() {
                continue;
            }
            let inserted = self.inserted_links(at);
            let updated = self.updated_links(at);
            for set in table.meta.unique_sets() {
                let mut freed: HashMap<String, u32> = HashMap::new();
                for op in 0..self.ops.len() as u32 {
                    let values = match self.ops[op as usize] {
                        Op::Update(of, row) if of == at => {
                            let row = &table.updates[row];
                            if !set.iter().any(|at| changes(row, *at)) {
                                continue;
                            }
                            tuple(&set, |at| Some(&row.old[at]))
                        }
                        Op::Delete(of, row) if of == at && table.meta.soft_delete.is_none() => {
                            tuple(&set, |at| Some(&table.deletes[row].old[at]))
                        }
                        _ => continue,
                    };
                    if let Some(values) = values {
                        freed.insert(values, op);
                    }
                }
                if freed.is_empty() {
                    continue;
                }
                for op in 0..self.ops.len() as u32 {
                    let values = match self.ops[op as usize] {
                        Op::Update(of, n) if of == at => {
                            let row = &table.updates[n];
                            if !set.iter().any(|at| changes(row, *at)) {
                                continue;
                            }
                            tuple(&set, |at| {
                                updated.get(&(n, at)).or_else(|| Some(&row.new[at]))
                            })
                        }
                        Op::Insert(of, row) if of == at => tuple(&set, |at| {
                            inserted.get(&(row, at)).or_else(|| given(table, row, at))
                        }),
                        _ => continue,
                    };
                    if let Some(before) = values.and_then(|values| freed.get(&values).copied()) {
                        let why = match (self.ops[before as usize], self.ops[op as usize]) {
                            (Op::Delete(_, row), _) if set != table.meta.key => {
                                self.held.push(Held {
                                    table: at,
                                    row,
                                    columns: set.clone(),
                                });
                                Why::Yield(self.held.len() as u32 - 1)
                            }
                            (_, Op::Update(..)) => Why::Value,
                            _ => Why::Must,
                        };
                        self.edge(before, op, why);
                        self.takes.push((before, op, set.clone()));
                    }
                }
            }
        }
    }
}

fn changes(row: &UpdateRow, at: usize) -> bool {
    row.set.iter().any(|(column, cell)| {
        *column == at && !matches!(cell, Cell::Value(value) if same(value, &row.old[at]))
    })
}

impl Planner<'_> {
    /// Values of inserted rows that are keys of rows whose keys an update sets: by row and column.
    fn inserted_links(&self, table: usize) -> HashMap<(usize, usize), Value> {
        let mut known = HashMap::new();
        for link in &self.work.tables[table].links {
            let values = self.tie_after(link.target, link.by);
            for (part, value) in values.into_iter().flatten().enumerate() {
                known.insert((link.row, link.column + part), value);
            }
        }
        known
    }

    /// … and of updated rows.
    fn updated_links(&self, table: usize) -> HashMap<(usize, usize), Value> {
        let mut known = HashMap::new();
        for (row, update) in self.work.tables[table].updates.iter().enumerate() {
            for (at, cell) in &update.set {
                if let Cell::KeyOf { target, by, part } = cell
                    && let Some(mut values) = self.tie_after(*target, *by)
                {
                    known.insert((row, *at), values.swap_remove(*part));
                }
            }
        }
        known
    }

    /// The values by which others will refer to a row that an update changes, or makes of another.
    fn tie_after(&self, place: Place, by: By) -> Option<Vec<Value>> {
        let Op::Update(table, row) = self.ops[*self.makes.get(&place)? as usize] else {
            return None;
        };
        let work = &self.work.tables[table];
        let UpdateRow { set, new, .. } = &work.updates[row];
        let mut values = new.clone();
        // What only the database will know is no value yet.
        let open = set
            .iter()
            .filter(|(_, cell)| !matches!(cell, Cell::Value(_)));
        open.for_each(|(at, _)| values[*at] = Value::Null);
        let values = &values;
        Some(match by {
            Some(columns) => pick(work.meta, values, columns),
            None => work.meta.key.iter().map(|at| values[*at].clone()).collect(),
        })
    }
}

/// The value that an inserted row gives a column.
fn given(table: &TableWork, row: usize, at: usize) -> Option<&Value> {
    let width = table.meta.fields.len();
    let given = &table.rows.given[row * width..(row + 1) * width];
    given[at].then(|| &table.rows.values[table.starts[row] + count(&given[..at])])
}

/// Unique values, as one text; NULLs are never equal.
fn tuple<'v>(set: &[usize], value: impl Fn(usize) -> Option<&'v Value>) -> Option<String> {
    let values: Option<Vec<Value>> = set
        .iter()
        .map(|at| value(*at).filter(|value| !value.is_null()).cloned())
        .collect();
    values.map(|values| format!("{values:?}"))
}
