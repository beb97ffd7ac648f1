//! Unique values that change hands between rows of one table and of different models: an enum and its variants.

use super::Op;
use super::Planner;
use super::unique::{given, marks};
use crate::model::meta::ModelMeta;
use crate::session::topological::Why;
use crate::session::unique::{Entry, UniqueSet, unique_sets};
use crate::session::unit_of_work::{Cell, TableWork};
use aludel_sql::Value;
use std::collections::HashMap;

impl Planner<'_> {
    /// An operation that takes a unique value comes after one that gives it up for another model of the same table.
    pub(super) fn shared_values(&mut self) {
        let work = self.work;
        let spans = &self.spans;
        let is_shared = |at: &usize| work.tables[*at].meta.shares_table() && !spans[*at].is_empty();
        let mut left: Vec<usize> = (0..work.tables.len()).filter(is_shared).collect();
        while let Some(first) = left.first().copied() {
            let of = work.tables[first].meta;
            let is_of_it = |at: &usize| work.tables[*at].meta.shares_rows_with(of);
            let (group, others): (Vec<usize>, Vec<usize>) = left.into_iter().partition(is_of_it);
            left = others;
            if group.len() > 1 {
                let whole = of.variant_of.map_or(of, |of| (of.whole)());
                self.shared_by(whole, &group);
            }
        }
    }

    fn shared_by(&mut self, whole: &'static ModelMeta, group: &[usize]) {
        for set in unique_sets(whole) {
            let mut freed: HashMap<String, Vec<(usize, u32)>> = HashMap::new();
            let mut taken: Vec<(usize, u32, String)> = Vec::new();
            for at in group {
                let table = Table::of(whole, &self.work.tables[*at]);
                for op in self.spans[*at].clone() {
                    let (before, after) = match self.ops[op as usize] {
                        Op::Update(_, row) => table.updated(&set, row),
                        Op::Insert(_, row) => (None, table.inserted(&set, row)),
                        Op::Delete(_, row) => (table.deleted(&set, row), None),
                        _ => (None, None),
                    };
                    if let Some(before) = before.filter(|entry| !entry.is_open) {
                        freed.entry(before.text).or_default().push((*at, op));
                    }
                    if let Some(after) = after.filter(|entry| !entry.is_open) {
                        taken.push((*at, op, after.text));
                    }
                }
            }
            for (at, op, entry) in taken {
                for (from, before) in freed.get(&entry).into_iter().flatten() {
                    // Those within one model were handled before.
                    if *from == at {
                        continue;
                    }
                    let why = match self.ops[op as usize] {
                        Op::Update(..) => Why::Value,
                        _ => Why::Must,
                    };
                    self.edge(*before, op, why);
                    self.takes.push((*before, op, Vec::new()));
                }
            }
        }
    }
}

/// The work of a model whose columns are part of the whole table's.
struct Table<'w> {
    whole: &'static ModelMeta,
    work: &'w TableWork,
    /// The model's own column for each column of the whole.
    own: Vec<Option<usize>>,
}

impl<'w> Table<'w> {
    fn of(whole: &'static ModelMeta, work: &'w TableWork) -> Table<'w> {
        let own = |column: &str| {
            let mut fields = work.meta.fields.iter();
            fields.position(|field| field.column == column)
        };
        let fields = whole.fields.iter();
        Table {
            whole,
            work,
            own: fields.map(|field| own(&field.column)).collect(),
        }
    }

    /// The entry of a row; columns that its model does not have are NULL.
    fn entry<'v>(
        &self,
        set: &UniqueSet<'_>,
        value: impl Fn(usize) -> Option<&'v Value>,
    ) -> Option<Entry> {
        set.entry(self.whole, |at| match self.own[at] {
            Some(own) => value(own),
            None => Some(&Value::Null),
        })
    }

    fn updated(&self, set: &UniqueSet<'_>, row: usize) -> (Option<Entry>, Option<Entry>) {
        let work: &'w TableWork = self.work;
        let update = &work.updates[row];
        let before = self.entry(set, |at| Some(&update.old[at]));
        let after = self.entry(set, |at| {
            let cell = update.set.iter().find(|(column, _)| *column == at);
            match cell {
                Some((_, Cell::Value(value))) => Some(value),
                // Known only to the database.
                Some(_) => None,
                None => Some(&update.old[at]),
            }
        });
        match Entry::stays(before.as_ref(), after.as_ref()) {
            true => (None, None),
            false => (before, after),
        }
    }

    fn inserted(&self, set: &UniqueSet<'_>, row: usize) -> Option<Entry> {
        let work: &'w TableWork = self.work;
        self.entry(set, |at| given(work, row, at))
    }

    /// The entry that a deletion gives up; for a row that is only marked, the entry that the mark ends.
    fn deleted(&self, set: &UniqueSet<'_>, row: usize) -> Option<Entry> {
        let work: &'w TableWork = self.work;
        let old = &work.deletes[row].old;
        let before = self.entry(set, |at| Some(&old[at]));
        if work.meta.soft_delete.is_none() {
            return before;
        }
        let marked = marks(work.meta, old);
        let after = self.entry(set, |at| {
            let mark = marked.iter().find(|(column, _)| *column == at);
            Some(mark.map_or(&old[at], |(_, value)| value))
        });
        match Entry::stays(before.as_ref(), after.as_ref()) {
            true => None,
            false => before,
        }
    }
}
