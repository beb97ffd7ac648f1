//! Unique values that change hands: an operation that takes one comes after the one that gives it up.

use super::Op;
use super::{Held, Planner};
use crate::model::meta::{FieldMeta, ModelMeta, Stamp};
use crate::model::slot::By;
use crate::model::values::count;
use crate::model::values::same;
use crate::session::arena::pick;
use crate::session::stand_in::is_limited;
use crate::session::topological::Why;
use crate::session::unique::{Entry, UniqueSet, can_park, unique_sets};
use crate::session::unit_of_work::{Cell, DeleteRow, Place, TableWork, UpdateRow};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::collections::HashMap;

/// Values that rows take from keys that an update sets: by row and column.
type Known = HashMap<(usize, usize), Value>;

/// The operations that give up an entry: usually one; several if it is unknown which of them has it.
struct Freed {
    first: u32,
    more: Vec<u32>,
    /// A gate after all of them.
    gate: Option<u32>,
}

impl Freed {
    fn all(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.first).chain(self.more.iter().copied())
    }
}

impl Planner<'_> {
    /// Makes an operation that takes a unique value come after the one that gives it up.
    pub(super) fn unique_values(&mut self, places: &[u32]) {
        let work = self.work;
        for (at, table) in work.tables.iter().enumerate() {
            if table.updates.is_empty() && table.deletes.is_empty() {
                continue;
            }
            let inserted = self.inserted_links(at);
            let updated = self.updated_links(at);
            // A rank that no update or insert has, so that gates are batches of their own.
            let rank = 3 * places[at] + 2;
            let changed = changed_columns(table);
            for set in unique_sets(table.meta) {
                let is_changed = set.is_decided_by(|at| changed[at]);
                if !is_changed && table.deletes.is_empty() {
                    continue;
                }
                let mut freed = self.freed(at, &set, &updated);
                if is_changed {
                    self.park_open(at, &set, &updated, rank);
                }
                if freed.is_empty() {
                    continue;
                }
                for op in self.spans[at].clone() {
                    let taken = match self.ops[op as usize] {
                        Op::Update(_, row) => changed_entries(table, &set, row, &updated).1,
                        Op::Insert(_, row) => set.entry(table.meta, |at| {
                            let known = inserted.get(&(row, at));
                            known.or_else(|| given(table, row, at))
                        }),
                        _ => None,
                    };
                    let Some(taken) = taken else { continue };
                    if let Some(freed) = freed.get_mut(&taken.text) {
                        self.take(at, &set, op, freed, taken.is_open.then_some(rank));
                    }
                    if let Some(freed) = taken.loose.and_then(|loose| freed.get_mut(&loose)) {
                        self.take(at, &set, op, freed, Some(rank));
                    }
                }
            }
        }
    }

    /// The operations that give up entries of a set, by entry.
    fn freed(&self, at: usize, set: &UniqueSet<'_>, updated: &Known) -> HashMap<String, Freed> {
        let table = &self.work.tables[at];
        let mut freed: HashMap<String, Freed> = HashMap::new();
        for op in self.spans[at].clone() {
            let entry = match self.ops[op as usize] {
                // If entries can't be compared, updates are parked or come before inserts anyway.
                Op::Update(_, row) => {
                    let entry = changed_entries(table, set, row, updated).0;
                    entry.filter(|entry| !entry.is_open).map(|entry| entry.text)
                }
                Op::Delete(_, row) => {
                    let entry = deleted_entry(table.meta, set, &table.deletes[row]);
                    entry.map(|entry| entry.loose.unwrap_or(entry.text))
                }
                _ => None,
            };
            let Some(entry) = entry else { continue };
            freed
                .entry(entry)
                .and_modify(|known| known.more.push(op))
                .or_insert(Freed {
                    first: op,
                    more: Vec::new(),
                    gate: None,
                });
        }
        freed
    }

    /// Updates whose entries only the database can compute may take each other's: makes all of them give up theirs before any
    /// of them takes one.
    fn park_open(&mut self, at: usize, set: &UniqueSet<'_>, updated: &Known, rank: u32) {
        let table = &self.work.tables[at];
        let can = |row: usize| {
            let changed = |at| changes(&table.updates[row], at);
            let column = set.parked(table.meta, changed);
            column.is_some_and(|column| can_park(&table.meta.fields[column]))
        };
        let is_open = |row: usize| {
            let (before, after) = changed_entries(table, set, row, updated);
            [before, after].iter().flatten().any(|entry| entry.is_open)
        };
        let open: Vec<u32> = self.spans[at]
            .clone()
            .filter(|op| match self.ops[*op as usize] {
                Op::Update(_, row) => is_open(row) && can(row),
                _ => false,
            })
            .collect();
        if open.len() < 2 {
            return;
        }
        let gate = self.op(Op::Gate, rank);
        for op in open {
            self.edge(op, gate, Why::Must);
            // This makes a cycle, which parking the value cuts.
            self.edge(gate, op, Why::Value);
        }
    }

    /// An operation takes an entry from those who give it up; if it is unknown who has it, through a gate of this rank.
    fn take(
        &mut self,
        at: usize,
        set: &UniqueSet<'_>,
        op: u32,
        freed: &mut Freed,
        gate: Option<u32>,
    ) {
        let Some(rank) = gate else {
            for before in freed.all().filter(|before| *before != op) {
                let why = self.gives_up(at, set, before, op);
                self.edge(before, op, why);
                self.takes.push((before, op, set.columns.clone()));
            }
            return;
        };
        let gate = match freed.gate {
            Some(gate) => gate,
            None => {
                let gate = self.op(Op::Gate, rank);
                freed.gate = Some(gate);
                for before in freed.all() {
                    let why = self.gives_up(at, set, before, gate);
                    self.edge(before, gate, why);
                }
                gate
            }
        };
        self.edge(gate, op, Why::Must);
        self.takes.push((gate, op, set.columns.clone()));
    }

    /// Why an operation waits for another that gives up a value that it takes, and what can be done instead.
    fn gives_up(&mut self, at: usize, set: &UniqueSet<'_>, before: u32, after: u32) -> Why {
        let meta = self.work.tables[at].meta;
        match (self.ops[before as usize], self.ops[after as usize]) {
            // A row that is only marked as deleted keeps its values.
            (Op::Delete(..), _) if meta.soft_delete.is_some() => Why::Must,
            (Op::Delete(_, row), _) if !set.is_key => match set.parked(meta, |_| false) {
                Some(column) => {
                    self.held.push(Held {
                        table: at,
                        row,
                        columns: vec![column],
                    });
                    Why::Yield(self.held.len() as u32 - 1)
                }
                None => Why::Must,
            },
            (_, Op::Update(_, row)) if is_limited(meta, &set.columns) => {
                self.scarcity(at, row, set).map_or(Why::Value, Why::Scarce)
            }
            (_, Op::Update(..)) => Why::Value,
            _ => Why::Must,
        }
    }
}

/// For each column, whether any update changes it.
fn changed_columns(table: &TableWork) -> Vec<bool> {
    let mut changed = vec![false; table.meta.fields.len()];
    for row in &table.updates {
        for (at, cell) in &row.set {
            changed[*at] |= changes_to(row, *at, cell);
        }
    }
    changed
}

/// The entry that an update gives up, and the one that it takes.
fn changed_entries(
    table: &TableWork,
    set: &UniqueSet<'_>,
    n: usize,
    updated: &Known,
) -> (Option<Entry>, Option<Entry>) {
    let row = &table.updates[n];
    if !set.is_decided_by(|at| changes(row, at)) {
        return (None, None);
    }
    let before = set.entry(table.meta, |at| Some(&row.old[at]));
    let after = set.entry(table.meta, |at| {
        updated.get(&(n, at)).or_else(|| {
            let cell = row.set.iter().find(|(column, _)| *column == at);
            match cell {
                Some((_, Cell::Value(value))) => Some(value),
                // Known only to the database.
                Some(_) => None,
                None => Some(&row.old[at]),
            }
        })
    });
    if Entry::stays(before.as_ref(), after.as_ref()) {
        return (None, None);
    }
    (before, after)
}

/// The entry that a deletion gives up.
fn deleted_entry(meta: &ModelMeta, set: &UniqueSet<'_>, row: &DeleteRow) -> Option<Entry> {
    let Some(mark) = meta.soft_delete else {
        return set.entry(meta, |at| Some(&row.old[at]));
    };
    // Marking a row as deleted gives up an entry only if it changes the entry.
    let is_marked = |at: usize| {
        let field = &meta.fields[at];
        at == mark || field.version || field.stamp == Some(Stamp::Updated)
    };
    if !set.is_decided_by(is_marked) {
        return None;
    }
    let before = set.entry(meta, |at| Some(&row.old[at]))?;
    let marked = marks(meta, &row.old);
    let after = set.entry(meta, |at| {
        let mark = marked.iter().find(|(column, _)| *column == at);
        Some(mark.map_or(&row.old[at], |(_, value)| value))
    });
    (!Entry::stays(Some(&before), after.as_ref())).then_some(before)
}

/// The columns that are set when a row is marked as deleted; none if it is really deleted.
pub(super) fn marks(meta: &ModelMeta, old: &[Value]) -> Vec<(usize, Value)> {
    let mut marked: Vec<(usize, Value)> = meta.deletion().into_iter().collect();
    if !marked.is_empty() {
        meta.touch_changes(old, &mut marked);
    }
    marked
}

fn changes(row: &UpdateRow, at: usize) -> bool {
    let mut set = row.set.iter();
    set.any(|(column, cell)| *column == at && changes_to(row, at, cell))
}

/// Whether setting a column changes it.
fn changes_to(row: &UpdateRow, at: usize, cell: &Cell) -> bool {
    !matches!(cell, Cell::Value(value) if same(value, &row.old[at]))
}

impl Planner<'_> {
    /// Values that inserted rows take from keys that an update sets: by row and column.
    fn inserted_links(&self, table: usize) -> Known {
        let mut known = HashMap::new();
        for link in &self.work.tables[table].links {
            let values = self.tie_after(link.target, link.by);
            for (part, value) in values.into_iter().flatten().enumerate() {
                known.insert((link.row, link.column + part), value);
            }
        }
        known
    }

    /// The same for updated rows.
    fn updated_links(&self, table: usize) -> Known {
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

    /// The values by which others will refer to a row that an update changes, or turns into another.
    fn tie_after(&self, place: Place, by: By) -> Option<Vec<Value>> {
        let Op::Update(table, row) = self.ops[*self.makes.get(&place)? as usize] else {
            return None;
        };
        let work = &self.work.tables[table];
        let UpdateRow { set, new, .. } = &work.updates[row];
        let mut values = new.clone();
        // Values known only to the database are treated as NULL.
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

/// The value of a column of an inserted row: given, or a known default.
pub(crate) fn given(table: &TableWork, row: usize, at: usize) -> Option<&Value> {
    let width = table.meta.fields.len();
    let given = &table.rows.given[row * width..(row + 1) * width];
    if let Some(computed) = table.computed.get(&row)
        && let Some((_, node)) = computed.iter().find(|(column, _)| *column == at)
    {
        return match node {
            Node::Value(value) => Some(value),
            _ => None,
        };
    }
    match given[at] {
        true => Some(&table.rows.values[table.starts[row] + count(&given[..at])]),
        false => left_out(&table.meta.fields[at]),
    }
}

/// The value that the database stores in a column that is left out, if known.
fn left_out(field: &FieldMeta) -> Option<&Value> {
    match &field.default {
        Some(Node::Value(value)) => Some(value),
        None if field.nullable && field.identity.is_none() && field.generated.is_none() => {
            Some(&Value::Null)
        }
        _ => None,
    }
}

/// Before which batches the row counts of earlier ones must be checked: they take unique values that those give up. If another
/// writer changed such a row, it gives up nothing, and the error would name the row that takes the value.
pub(super) fn checks(
    takes: &[(u32, u32, Vec<usize>)],
    batches: &[Vec<u32>],
    ops: usize,
) -> Vec<bool> {
    if takes.is_empty() {
        return vec![false; batches.len()];
    }
    let mut batch_of = vec![0_usize; ops];
    for (n, batch) in batches.iter().enumerate() {
        for op in batch {
            batch_of[*op as usize] = n;
        }
    }
    // For each batch, the last batch that frees what it takes.
    let mut frees: Vec<Option<usize>> = vec![None; batches.len()];
    for (before, after, _) in takes {
        let (from, to) = (batch_of[*before as usize], batch_of[*after as usize]);
        if from < to {
            frees[to] = frees[to].max(Some(from));
        }
    }
    let mut checked = 0;
    let each = frees.into_iter().enumerate().map(|(n, from)| {
        let is_open = from.is_some_and(|from| from >= checked);
        if is_open {
            checked = n;
        }
        is_open
    });
    each.collect()
}
