//! Rows that are parked at scarce values: an enum's labels, a range. They are parked one after another, after all others have
//! given up what they can, and before new rows take the rest.

use super::Op;
use super::Planner;
use crate::session::stand_in::{count, is_scarce};
use crate::session::topological::{Edge, Why};
use crate::session::unique::{UniqueSet, unique_sets};
use crate::session::unit_of_work::Cell;
use std::collections::HashSet;

/// The order of a table's operations around the rows that are parked in one of its unique sets.
pub(super) struct Scarce {
    /// After the operations that give up values, and before rows are parked.
    before: u32,
    /// After the parked rows have their values, and before rows are inserted.
    after: u32,
    /// The operation that ends the parking of the last row.
    last: Option<u32>,
    known: HashSet<u32>,
}

impl Planner<'_> {
    /// An update is parked in these unique sets until a later operation: leaves it as many values as possible, if they are
    /// scarce.
    pub(super) fn spare(&mut self, op: u32, late: u32, parked: &[Vec<usize>]) {
        let Op::Update(table, row) = self.ops[op as usize] else {
            return;
        };
        // If a set is unknown, it may be any of them.
        let is_any = parked.is_empty() || parked.iter().any(Vec::is_empty);
        for set in unique_sets(self.work.tables[table].meta) {
            if !(is_any || parked.contains(&set.columns)) {
                continue;
            }
            if let Some(values) = self.scarcity(table, row, &set) {
                self.spare_within(op, late, &set, values);
            }
        }
    }

    fn spare_within(&mut self, op: u32, late: u32, set: &UniqueSet<'_>, values: u8) {
        let Op::Update(table, _) = self.ops[op as usize] else {
            return;
        };
        let place = (table, set.columns.clone());
        let mut scarce = match self.scarce.remove(&place) {
            Some(scarce) => scarce,
            // Gates are batches of their own.
            None => self.surround(table, set, self.ranks[op as usize] + 2, values),
        };
        if scarce.known.insert(op) {
            self.edge(scarce.before, op, Why::Must);
            self.edge(late, scarce.after, Why::Spare(values));
            if let Some(last) = scarce.last.replace(late) {
                self.edge(last, op, Why::Turn(values));
            }
        }
        self.scarce.insert(place, scarce);
    }

    /// Moves an update that can't go before the parked rows of its table after them, if possible: they can use what it takes.
    pub(super) fn go_after(&mut self, cut: Edge) {
        let mut all = self.scarce.values();
        let Some(scarce) = all.find(|scarce| scarce.before == cut.after) else {
            return;
        };
        let is_update = matches!(self.ops[cut.before as usize], Op::Update(..));
        if is_update && !scarce.known.contains(&cut.before) {
            let after = scarce.after;
            self.edge(after, cut.before, Why::Rather(0));
        }
    }

    /// Gates before and after the rows of a table that are parked in a set.
    fn surround(&mut self, table: usize, set: &UniqueSet<'_>, rank: u32, values: u8) -> Scarce {
        let before = self.op(Op::Gate, rank);
        let after = self.op(Op::Gate, rank);
        for op in self.spans[table].clone() {
            let gives_up = match self.ops[op as usize] {
                Op::Update(_, row) => {
                    let update = &self.work.tables[table].updates[row];
                    set.is_decided_by(|at| update.set.iter().any(|(column, _)| *column == at))
                }
                Op::Delete(..) => true,
                Op::Insert(..) => {
                    self.edge(after, op, Why::Must);
                    false
                }
                _ => false,
            };
            if gives_up {
                self.edge(op, before, Why::Spare(values));
            }
        }
        Scarce {
            before,
            after,
            last: None,
            known: HashSet::new(),
        }
    }

    /// How many values an update can be parked at in a unique set, if they are scarce.
    pub(super) fn scarcity(&self, table: usize, row: usize, set: &UniqueSet<'_>) -> Option<u8> {
        let work = &self.work.tables[table];
        let update = &work.updates[row];
        let changes = |at: usize| update.set.iter().any(|(set, _)| *set == at);
        let value = |at: usize| {
            let open = |(set, cell): &(usize, Cell)| *set == at && !matches!(cell, Cell::Value(_));
            (!update.set.iter().any(open)).then(|| &update.new[at])
        };
        let parked = set.parked(work.meta, changes)?;
        if !set.is_decided_by(changes) || !is_scarce(work.meta, parked, update.slot, &value) {
            return None;
        }
        let mut columns = set.parked_instead(work.meta, changes);
        columns.push(parked);
        Some(count(work.meta, &columns, update.slot, &value))
    }
}
