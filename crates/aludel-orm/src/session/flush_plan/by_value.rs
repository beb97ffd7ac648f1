//! References by the value of a key that another row gets in the same flush: that row comes first, the references to it
//! afterwards. If nothing is changed or deleted, the order of the tables is enough; but a key that an update sets may be
//! parked, and a new row may wait for its key until another row has given it up.

use super::Op;
use super::unique::given;
use super::{Planner, Soft};
use crate::model::meta::{ModelMeta, Refers};
use crate::session::topological::Why;
use crate::session::unique::identity;
use crate::session::unit_of_work::{Cell, TableWork, UpdateRow};
use aludel_sql::Value;
use std::collections::HashMap;

/// Values that updates and new rows bring, and those that updates give up, each with its operation.
#[derive(Default)]
struct Turnover {
    brought: HashMap<String, u32>,
    given_up: HashMap<String, u32>,
}

impl Planner<'_> {
    pub(super) fn links_by_value(&mut self) {
        let work = self.work;
        let rekeyed = work.tables.iter().enumerate();
        let rekeyed = rekeyed.filter(|(_, table)| {
            let sets = |row| sets_key(table.meta, row);
            table.updates.iter().any(sets) || !table.deletes.is_empty() && !table.inserts.is_empty()
        });
        let rekeyed: Vec<usize> = rekeyed.map(|(at, _)| at).collect();
        if rekeyed.is_empty() {
            return;
        }
        let mut known: HashMap<(usize, Vec<usize>), Turnover> = HashMap::new();
        for (at, table) in work.tables.iter().enumerate() {
            for refers in table.meta.references() {
                for to in &rekeyed {
                    let target = work.tables[*to].meta;
                    for (label, key) in targets(&refers, target) {
                        let turnover = known
                            .entry((*to, key.clone()))
                            .or_insert_with(|| self.turnover(*to, &key));
                        if turnover.brought.is_empty() && turnover.given_up.is_empty() {
                            continue;
                        }
                        let columns = refers.positions(table.meta);
                        let mut edges = Vec::new();
                        for op in self.spans[at].clone() {
                            let values = match self.ops[op as usize] {
                                Op::Insert(_, row) => inserted(table, row, &columns),
                                Op::Update(_, row) => updated(&table.updates[row], &columns),
                                _ => None,
                            };
                            let Some(mut values) = values else { continue };
                            if let Some(label) = label
                                && values.remove(0).as_str() != Some(label)
                            {
                                continue;
                            }
                            let value = identity(&values);
                            // New rows of one table may refer to each other: they are inserted together.
                            let brought = turnover.brought.get(&value).filter(|before| {
                                let is_new = matches!(self.ops[**before as usize], Op::Insert(..));
                                !(at == *to && is_new)
                            });
                            // A reference to a key that is given up does not follow the row that had it.
                            let given_up = turnover.given_up.get(&value);
                            let before = brought.into_iter().chain(given_up).copied();
                            edges.extend(before.filter(|before| *before != op).map(|of| (of, op)));
                        }
                        for (before, op) in edges {
                            self.link_by_value(before, op, &columns);
                        }
                    }
                }
            }
        }
    }

    /// An update can set a reference later; a new row has to wait.
    fn link_by_value(&mut self, before: u32, op: u32, columns: &[usize]) {
        let Op::Update(table, row) = self.ops[op as usize] else {
            return self.edge(before, op, Why::Must);
        };
        let work = &self.work.tables[table];
        let set = &work.updates[row].set;
        for column in columns {
            if !set.iter().any(|(at, _)| at == column) {
                continue;
            }
            let n = self.soft.len() as u32;
            self.soft.push(Soft(*column));
            self.edge(before, op, Why::Link(n));
        }
    }

    /// The values of these columns of a table that updates and new rows bring and give up.
    fn turnover(&self, table: usize, columns: &[usize]) -> Turnover {
        let mut turnover = Turnover::default();
        for op in self.spans[table].clone() {
            let table = &self.work.tables[table];
            let values = match self.ops[op as usize] {
                Op::Update(_, row) => {
                    let row = &table.updates[row];
                    if row.set.iter().any(|(at, _)| columns.contains(at)) {
                        let old: Vec<Value> =
                            columns.iter().map(|at| row.old[*at].clone()).collect();
                        turnover.given_up.insert(identity(&old), op);
                    }
                    updated(row, columns)
                }
                Op::Insert(_, row) => inserted(table, row, columns),
                _ => None,
            };
            if let Some(values) = values {
                turnover.brought.insert(identity(&values), op);
            }
        }
        turnover
    }
}

/// Whether an update sets columns that others may refer to.
fn sets_key(meta: &ModelMeta, row: &UpdateRow) -> bool {
    let is_key = |at: usize| meta.key.contains(&at) || meta.fields[at].alternate_key;
    row.set.iter().any(|(at, _)| is_key(*at))
}

/// The columns of a model that a reference refers to, with the label of the model.
fn targets(refers: &Refers<'_>, to: &ModelMeta) -> Vec<(Option<&'static str>, Vec<usize>)> {
    match refers {
        Refers::Key(relation) if to.shares_rows_with((relation.target)()) => {
            let position = |column: &String| {
                let mut fields = to.fields.iter();
                fields.position(|field| field.column == *column)
            };
            let columns = relation.target_columns();
            vec![(None, columns.iter().filter_map(position).collect())]
        }
        Refers::Key(_) => Vec::new(),
        Refers::Kind(reference) => {
            let kinds = reference.kinds.iter();
            let kinds = kinds.filter(|kind| to.shares_rows_with((kind.meta)()));
            kinds
                .map(|kind| (Some(kind.label), to.key.clone()))
                .collect()
        }
    }
}

/// The values that a new row gives these columns, if it gives all of them by value.
fn inserted(table: &TableWork, row: usize, columns: &[usize]) -> Option<Vec<Value>> {
    let from = table.links.partition_point(|link| link.row < row);
    let mut own = table.links[from..]
        .iter()
        .take_while(|link| link.row == row);
    if own.any(|link| columns.contains(&link.column)) {
        return None;
    }
    columns
        .iter()
        .map(|at| given(table, row, *at).cloned())
        .collect()
}

/// The values that an update sets these columns to, if it sets any of them, and all by value.
fn updated(row: &UpdateRow, columns: &[usize]) -> Option<Vec<Value>> {
    let of = |column: &usize| row.set.iter().find(|(at, _)| at == column);
    columns.iter().find_map(of)?;
    let value = |column: &usize| match of(column) {
        None => Some(row.new[*column].clone()),
        Some((_, Cell::Value(value))) => Some(value.clone()),
        Some(_) => None,
    };
    columns.iter().map(value).collect()
}
