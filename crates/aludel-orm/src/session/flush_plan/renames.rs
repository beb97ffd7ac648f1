//! Changed keys that are part of other rows' keys, with `on_update = cascade`: the database changes those along with them. An
//! operation that writes such a row finds it by its old key, and comes first; one that refers to it uses its new key, and comes
//! afterwards.

use super::Op;
use super::Planner;
use crate::model::meta::{ModelMeta, RelationKind};
use crate::session::arena::pick;
use crate::session::renamed::Follows;
use crate::session::topological::Why;
use crate::session::unique::identity;
use crate::session::unit_of_work::{TableWork, Work};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Columns of a model's rows that change along with those of another model.
struct Source {
    /// The other model.
    meta: &'static ModelMeta,
    /// Its columns.
    columns: Vec<String>,
    /// The positions of the same values among the columns of the first.
    at: Vec<usize>,
}

impl Source {
    fn is(&self, other: &Source) -> bool {
        std::ptr::eq(self.meta, other.meta)
            && (&self.columns, &self.at) == (&other.columns, &other.at)
    }
}

impl Planner<'_> {
    /// A row whose key will change along with another's is written before that, and referred to afterwards.
    pub(super) fn renames(&mut self, places: &[u32]) {
        let work = self.work;
        self.wait_for_renames(places);
        let follows = |table: &TableWork| {
            let mut relations = table.meta.relations.iter();
            relations.any(|relation| relation.on_update == Action::Cascade)
        };
        let is_idle = |table: &TableWork| table.updates.is_empty() && table.deletes.is_empty();
        for (at, table) in work.tables.iter().enumerate() {
            if is_idle(table) || !follows(table) {
                continue;
            }
            for source in sources(table.meta) {
                let renamed = renamed(work, &self.ops, &self.spans, &source);
                if renamed.is_empty() {
                    continue;
                }
                for op in self.spans[at].clone() {
                    let old = match self.ops[op as usize] {
                        Op::Update(_, row) => &table.updates[row].old[..],
                        Op::Delete(_, row) => &table.deletes[row].old[..],
                        _ => continue,
                    };
                    let key: Vec<Value> = source.at.iter().map(|at| old[*at].clone()).collect();
                    if let Some(after) = renamed.get(&identity(&key)).copied() {
                        self.edge(op, after, Why::Must);
                    }
                }
            }
        }
    }

    /// A row that refers to a row whose key changes along with another's comes after all such changes.
    fn wait_for_renames(&mut self, places: &[u32]) {
        let work = self.work;
        if work.tables.iter().all(|table| table.waiting.is_empty()) {
            return;
        }
        let (mut renames, mut rank) = (Vec::new(), 0);
        for (at, table) in work.tables.iter().enumerate() {
            let columns = followed(work, table.meta);
            if columns.is_empty() {
                continue;
            }
            let is_followed = |at: usize| columns.contains(&table.meta.fields[at].column);
            for op in self.spans[at].clone() {
                if let Op::Update(_, row) = self.ops[op as usize]
                    && table.updates[row]
                        .set
                        .iter()
                        .any(|(at, _)| is_followed(*at))
                {
                    renames.push(op);
                    rank = rank.max(3 * places[at] + 2);
                }
            }
        }
        let gate = self.op(Op::Gate, rank);
        for before in renames {
            self.edge(before, gate, Why::Must);
        }
        for (at, table) in work.tables.iter().enumerate() {
            let waiting: HashSet<u32> = table.waiting.iter().copied().collect();
            if waiting.is_empty() {
                continue;
            }
            for op in self.spans[at].clone() {
                let waits = match self.ops[op as usize] {
                    Op::Insert(_, row) => waiting.contains(&table.inserts[row]),
                    Op::Update(_, row) => {
                        let update = &table.updates[row];
                        let becomes = update.becomes.unwrap_or(update.slot);
                        waiting.contains(&update.slot) || waiting.contains(&becomes)
                    }
                    _ => false,
                };
                if waits {
                    self.edge(gate, op, Why::Must);
                }
            }
        }
    }
}

/// The columns of a model by which others refer to its rows and whose changes they follow.
fn followed(work: &Work, meta: &'static ModelMeta) -> HashSet<String> {
    let follows = work
        .tables
        .iter()
        .flat_map(|table| Follows::of(table.meta, meta));
    follows.flat_map(|of| of.target_columns(meta)).collect()
}

/// The sources of a model's key: keys of other models, and the sources of those in turn.
fn sources(meta: &'static ModelMeta) -> Vec<Source> {
    let fields = meta.fields.iter();
    let mut all: Vec<Source> = Vec::new();
    let mut open = vec![Source {
        meta,
        columns: fields.map(|field| field.column.clone()).collect(),
        at: (0..meta.fields.len()).collect(),
    }];
    while let Some(known) = open.pop() {
        for relation in &known.meta.relations {
            if relation.kind != RelationKind::BelongsTo || relation.on_update != Action::Cascade {
                continue;
            }
            let place = |column: &String| {
                let place = known.columns.iter().position(|of| of == column)?;
                Some(known.at[place])
            };
            let at: Option<Vec<usize>> = relation.columns.iter().map(place).collect();
            let Some(at) = at.filter(|at| at.iter().any(|at| meta.key.contains(at))) else {
                continue;
            };
            let source = Source {
                meta: (relation.target)(),
                columns: relation.target_columns(),
                at,
            };
            if all.iter().any(|known| known.is(&source)) {
                continue;
            }
            open.push(Source {
                meta: source.meta,
                columns: source.columns.clone(),
                at: source.at.clone(),
            });
            all.push(source);
        }
    }
    all
}

/// The updates that change columns of a source, by the old values of those columns.
fn renamed(work: &Work, ops: &[Op], spans: &[Range<u32>], source: &Source) -> HashMap<String, u32> {
    let columns: Vec<&str> = source.columns.iter().map(String::as_str).collect();
    let mut renamed = HashMap::new();
    for (table, span) in work.tables.iter().zip(spans) {
        if !table.meta.shares_rows_with(source.meta) {
            continue;
        }
        let is_set = |at: usize| columns.contains(&table.meta.fields[at].column.as_str());
        for op in span.clone() {
            let Op::Update(_, row) = ops[op as usize] else {
                continue;
            };
            let update = &table.updates[row];
            if update.set.iter().any(|(at, _)| is_set(*at)) {
                let key = pick(table.meta, &update.old, &columns);
                renamed.insert(identity(&key), op);
            }
        }
    }
    renamed
}
