//! From what a flush has to do to steps in an order that foreign keys and unique values allow. Nothing is sent.
//!
//! Tables go in the order of their foreign keys; in one table updates before inserts; all saves before join rows before
//! deletes, which go the other way round. Where rows depend on each other otherwise (a tree, a unique value that changes
//! hands, a delete that frees one), they are sorted row by row.

use super::arena::pick;
use super::order::{Edge, Why, order};
use super::same;
use super::statements::show_key;
use super::work::{Cell, Place, TableWork, Work, count};
use crate::meta::{ModelMeta, RelationKind};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// What is done together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Insert {
        table: usize,
        rows: Vec<usize>,
    },
    Update {
        table: usize,
        rows: Vec<usize>,
    },
    Delete {
        table: usize,
        rows: Vec<usize>,
    },
    /// References and unique values that were put off: positions in [`Plan::late`].
    Later(Vec<usize>),
    /// What rows that are deleted refer to is let go, and unique values are given up: positions in [`Plan::released`].
    Release(Vec<usize>),
    Link(Vec<usize>),
    Unlink(Vec<usize>),
}

/// The steps, and what is put off to later ones.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) late: Vec<Late>,
    pub(crate) released: Vec<Held>,
}

/// What is put off of one row.
#[derive(Debug, Clone)]
pub(crate) enum Late {
    /// References of an inserted row, which are NULL at first: positions among the table's links.
    Insert {
        table: usize,
        row: usize,
        links: Vec<usize>,
    },
    /// Columns of an update, and whether its unique values are parked.
    Update {
        table: usize,
        row: usize,
        columns: Vec<usize>,
        parked: bool,
    },
}

/// A reference of a deleted row, or a unique value.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) table: usize,
    pub(crate) row: usize,
    pub(crate) columns: Vec<usize>,
}

impl Plan {
    /// Whether a reference of an inserted row is NULL at first.
    pub(crate) fn puts_off_link(&self, of: usize, link: usize) -> bool {
        self.late.iter().any(|late| {
            matches!(late, Late::Insert { table, links, .. } if *table == of && links.contains(&link))
        })
    }

    /// What is put off of an update: columns, and whether its unique values are parked.
    pub(crate) fn put_off(&self, of: usize, at: usize) -> (&[usize], bool) {
        let found = self.late.iter().find_map(|late| match late {
            Late::Update {
                table,
                row,
                columns,
                parked,
            } if (*table, *row) == (of, at) => Some((columns.as_slice(), *parked)),
            _ => None,
        });
        found.unwrap_or((&[], false))
    }
}

#[derive(Debug, Clone, Copy)]
enum Op {
    Insert(usize, usize),
    Update(usize, usize),
    Delete(usize, usize),
    Join(usize),
    Late(usize),
    Release(usize),
}

/// A reference that can be put off: the position among the table's links, or the column.
#[derive(Debug, Clone, Copy)]
struct Soft(usize);

struct Planner<'a> {
    work: &'a Work,
    ops: Vec<Op>,
    ranks: Vec<u32>,
    edges: Vec<Edge>,
    soft: Vec<Soft>,
    held: Vec<Held>,
    /// Who takes a unique value of whom, and its columns.
    takes: Vec<(u32, u32, Vec<usize>)>,
    /// The operation that gives a slot its key.
    makes: HashMap<Place, u32>,
    /// The arenas that others refer to, or that refer to others: of the rest nobody asks.
    asked: HashSet<usize>,
    plan: Plan,
}

/// Ranks behind those of the tables' saves, before `last`, which is that of the deletes.
const LATE: u32 = 4;
const UNLINK: u32 = 3;
const LINK: u32 = 2;
const RELEASE: u32 = 1;

/// Makes the plan.
///
/// # Errors
/// Rows that refer to each other in a circle that has no nullable reference.
pub(crate) fn plan(work: &Work) -> Result<Plan> {
    let places = table_order(work);
    if let Some(steps) = inserts_alone(work, &places) {
        return Ok(Plan {
            steps,
            ..Plan::default()
        });
    }
    let last = 3 * work.tables.len() as u32 + LATE;
    let mut planner = Planner {
        work,
        ops: Vec::new(),
        ranks: Vec::new(),
        edges: Vec::new(),
        soft: Vec::new(),
        held: Vec::new(),
        takes: Vec::new(),
        makes: HashMap::new(),
        asked: asked(work),
        plan: Plan::default(),
    };
    planner.operations(&places, last);
    planner.links();
    planner.deletes();
    planner.unique_values();
    let batches = loop {
        let found = order(&planner.ranks, &planner.edges, last)
            .map_err(|cycle| circle(work, &planner.ops, &cycle))?;
        if found.cut.is_empty() {
            break found.batches;
        }
        for edge in found.cut {
            planner.put_off(edge, last);
        }
    };
    let mut plan = planner.plan;
    for batch in batches {
        let ops = batch.iter().map(|n| planner.ops[*n as usize]);
        plan.steps.push(step(work, ops));
    }
    Ok(plan)
}

/// The steps of work that only inserts, and whose tables' order is order enough.
fn inserts_alone(work: &Work, places: &[u32]) -> Option<Vec<Step>> {
    let tables = || work.tables.iter();
    let more = |table: &TableWork| {
        !(table.updates.is_empty() && table.deletes.is_empty() && table.links.is_empty())
    };
    if !work.joins.is_empty() || tables().any(more) {
        return None;
    }
    let mut order: Vec<usize> = (0..work.tables.len()).collect();
    order.sort_by_key(|table| places[*table]);
    let steps = order.into_iter().filter_map(|table| {
        let rows = 0..work.tables[table].inserts.len();
        (!rows.is_empty()).then(|| Step::Insert {
            table,
            rows: rows.collect(),
        })
    });
    Some(steps.collect())
}

/// The arenas whose operations are looked for by their slots.
fn asked(work: &Work) -> HashSet<usize> {
    let mut asked = work.linked();
    let links = work
        .tables
        .iter()
        .enumerate()
        .filter(|(_, table)| !table.links.is_empty());
    asked.extend(links.map(|(at, _)| at));
    asked
}

/// Positions of the tables in the order of their foreign keys; ties by name.
fn table_order(work: &Work) -> Vec<u32> {
    let metas: Vec<&'static ModelMeta> = work.tables.iter().map(|table| table.meta).collect();
    let mut by_name: Vec<usize> = (0..metas.len()).collect();
    by_name.sort_by_key(|at| {
        let table = &metas[*at].table;
        (table.schema.clone(), table.name.clone())
    });
    let mut places = vec![u32::MAX; metas.len()];
    let mut next = 0;
    let mut walking = vec![false; metas.len()];
    for at in by_name {
        visit(at, &metas, &mut walking, &mut places, &mut next);
    }
    places
}

fn visit(
    at: usize,
    metas: &[&'static ModelMeta],
    walking: &mut [bool],
    places: &mut [u32],
    next: &mut u32,
) {
    if places[at] != u32::MAX || std::mem::replace(&mut walking[at], true) {
        return;
    }
    let mut targets: Vec<usize> = Vec::new();
    for relation in &metas[at].relations {
        if relation.kind == RelationKind::BelongsTo {
            let target = (relation.target)();
            targets.extend(metas.iter().position(|meta| std::ptr::eq(*meta, target)));
        }
    }
    for target in targets {
        visit(target, metas, walking, places, next);
    }
    places[at] = *next;
    *next += 1;
}

impl Planner<'_> {
    fn op(&mut self, op: Op, rank: u32) -> u32 {
        self.ops.push(op);
        self.ranks.push(rank);
        self.ops.len() as u32 - 1
    }

    fn edge(&mut self, before: u32, after: u32, why: Why) {
        if before != after {
            self.edges.push(Edge { before, after, why });
        }
    }

    /// Makes an operation of its own of what an edge stood for, which could not be kept.
    fn put_off(&mut self, edge: Edge, last: u32) {
        self.edges.retain(|known| *known != edge);
        if let Why::Release(n) | Why::Yield(n) = edge.why {
            self.plan.released.push(self.held[n as usize].clone());
            let release = self.op(Op::Release(self.plan.released.len() - 1), last - RELEASE);
            self.edge(release, edge.after, Why::Must);
            return;
        }
        let late = self.late_of(edge.after, last);
        self.edge(edge.before, late, Why::Must);
        for waiting in self.waits_for_late(edge) {
            self.edge(late, waiting, Why::Must);
        }
        if let Why::Link(_) = edge.why {
            // Until the reference is set, the row still refers to what it referred to.
            let is_delete = |n: u32| matches!(self.ops[n as usize], Op::Delete(..));
            let deletes = self.edges.iter().filter(|known| known.before == edge.after);
            let deletes: Vec<u32> = deletes
                .map(|known| known.after)
                .filter(|n| is_delete(*n))
                .collect();
            for delete in deletes {
                self.edge(late, delete, Why::Must);
            }
        }
        let Op::Late(n) = self.ops[late as usize] else {
            return;
        };
        match (&mut self.plan.late[n], edge.why) {
            (Late::Insert { links, .. }, Why::Link(soft)) => links.push(self.soft[soft as usize].0),
            (Late::Update { columns, .. }, Why::Link(soft)) => {
                columns.push(self.soft[soft as usize].0);
            }
            (Late::Update { parked, .. }, _) => *parked = true,
            (Late::Insert { .. }, _) => {}
        }
    }

    /// Who needs what is put off of an update: a unique value that the old reference still holds, the key that is parked.
    fn waits_for_late(&self, cut: Edge) -> Vec<u32> {
        let Op::Update(table, row) = self.ops[cut.after as usize] else {
            return Vec::new();
        };
        let taken = self.takes.iter().filter(|take| take.0 == cut.after);
        if let Why::Link(soft) = cut.why {
            let column = self.soft[soft as usize].0;
            let held = taken.filter(|take| take.2.contains(&column));
            return held.map(|take| take.1).collect();
        }
        let work = &self.work.tables[table];
        let fields = &work.meta.fields;
        let is_key = |at: usize| work.meta.key.contains(&at) || fields[at].alternate_key;
        if !work.updates[row].set.iter().any(|(at, _)| is_key(*at)) {
            return Vec::new();
        }
        let takes: Vec<u32> = taken.map(|take| take.1).collect();
        let refers = |known: &&Edge| {
            let after = self.ops[known.after as usize];
            known.before == cut.after
                && matches!(after, Op::Insert(..) | Op::Update(..) | Op::Join(_))
                && !takes.contains(&known.after)
        };
        let referring = self.edges.iter().filter(refers);
        referring.map(|known| known.after).collect()
    }

    /// The operation that does what was put off of this one.
    fn late_of(&mut self, op: u32, last: u32) -> u32 {
        let (kind, at) = match self.ops[op as usize] {
            Op::Update(table, row) => {
                let late = Late::Update {
                    table,
                    row,
                    columns: Vec::new(),
                    parked: false,
                };
                (late, (table, row, false))
            }
            Op::Insert(table, row) => {
                let late = Late::Insert {
                    table,
                    row,
                    links: Vec::new(),
                };
                (late, (table, row, true))
            }
            _ => return op,
        };
        let known = self.plan.late.iter().position(|late| match late {
            Late::Insert { table, row, .. } => (*table, *row, true) == at,
            Late::Update { table, row, .. } => (*table, *row, false) == at,
        });
        if let Some(known) = known {
            let op = self
                .ops
                .iter()
                .position(|op| matches!(op, Op::Late(n) if *n == known));
            return op.unwrap_or_default() as u32;
        }
        self.plan.late.push(kind);
        let late = self.op(Op::Late(self.plan.late.len() - 1), last - LATE);
        self.edge(op, late, Why::Must);
        late
    }

    fn operations(&mut self, places: &[u32], last: u32) {
        let work = self.work;
        for (at, table) in work.tables.iter().enumerate() {
            let rank = 3 * places[at];
            for row in by_key(table.updates.iter().map(|row| &row.key)) {
                let op = self.op(Op::Update(at, row), rank);
                self.makes.insert((at, table.updates[row].slot), op);
                if let Some(slot) = table.updates[row].becomes {
                    self.makes.insert((at, slot), op);
                }
            }
            for (row, slot) in table.inserts.iter().enumerate() {
                let op = self.op(Op::Insert(at, row), rank + 1);
                if self.asked.contains(&at) {
                    self.makes.insert((at, *slot), op);
                }
            }
            let from_the_end = work.tables.len() as u32 - 1 - places[at];
            for row in by_key(table.deletes.iter().map(|row| &row.key)) {
                self.op(Op::Delete(at, row), last + from_the_end);
            }
        }
        for (n, join) in work.joins.iter().enumerate() {
            let rank = if join.added { LINK } else { UNLINK };
            self.op(Op::Join(n), last - rank);
        }
    }

    /// Who refers to a row comes after what makes it.
    fn links(&mut self) {
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
                        if let super::ops::RowRef::Slot(slot) = row
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
    fn deletes(&mut self) {
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
    fn unique_values(&mut self) {
        let work = self.work;
        for (at, table) in work.tables.iter().enumerate() {
            if table.updates.is_empty() && table.deletes.is_empty() {
                continue;
            }
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
                        Op::Update(of, row) if of == at => {
                            let row = &table.updates[row];
                            if !set.iter().any(|at| changes(row, *at)) {
                                continue;
                            }
                            tuple(&set, |at| Some(&row.new[at]))
                        }
                        Op::Insert(of, row) if of == at => tuple(&set, |at| given(table, row, at)),
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

fn changes(row: &super::work::UpdateRow, at: usize) -> bool {
    row.set.iter().any(|(column, cell)| {
        *column == at && !matches!(cell, Cell::Value(value) if same(value, &row.old[at]))
    })
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

/// Positions of keys, sorted, so that locks are always taken in one order.
fn by_key<'k>(keys: impl Iterator<Item = &'k Vec<Value>>) -> Vec<usize> {
    let keys: Vec<&Vec<Value>> = keys.collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| compare(keys[*a], keys[*b]));
    order
}

fn compare(a: &[Value], b: &[Value]) -> Ordering {
    let each = a.iter().zip(b).map(|(a, b)| match (a, b) {
        (Value::Uuid(a), Value::Uuid(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::DateTime(a), Value::DateTime(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        _ => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_str().cmp(&b.as_str()),
        },
    });
    each.fold(Ordering::Equal, Ordering::then)
}

fn step(work: &Work, ops: impl Iterator<Item = Op>) -> Step {
    let mut ops = ops.peekable();
    let first = ops.peek().copied();
    let rows = ops.map(|op| match op {
        Op::Insert(_, row) | Op::Update(_, row) | Op::Delete(_, row) => row,
        Op::Join(n) | Op::Late(n) | Op::Release(n) => n,
    });
    match first {
        Some(Op::Insert(table, _)) => Step::Insert {
            table,
            rows: rows.collect(),
        },
        Some(Op::Update(table, _)) => Step::Update {
            table,
            rows: rows.collect(),
        },
        Some(Op::Delete(table, _)) => Step::Delete {
            table,
            rows: rows.collect(),
        },
        Some(Op::Late(_)) => Step::Later(rows.collect()),
        Some(Op::Release(_)) => Step::Release(rows.collect()),
        Some(Op::Join(n)) if work.joins[n].added => Step::Link(rows.collect()),
        _ => Step::Unlink(rows.collect()),
    }
}

fn circle(work: &Work, ops: &[Op], cycle: &[u32]) -> Error {
    let name = |n: &u32| match ops[*n as usize] {
        Op::Insert(table, row) => {
            format!(
                "{} (pending, number {})",
                work.tables[table].meta.name,
                row + 1
            )
        }
        Op::Update(table, row) => {
            let table = &work.tables[table];
            format!("{} {}", table.meta.name, show_key(&table.updates[row].key))
        }
        Op::Delete(table, row) => {
            let table = &work.tables[table];
            format!(
                "{} {} (removed)",
                table.meta.name,
                show_key(&table.deletes[row].key)
            )
        }
        Op::Join(n) => format!("a row of {}", work.joins[n].table),
        Op::Late(_) | Op::Release(_) => "a reference of one of them".into(),
    };
    let names: Vec<String> = cycle.iter().rev().map(name).collect();
    Error::invalid_query(format!(
        "these rows need each other first, in a circle: {}; make one of the references nullable (`Option<BelongsTo<…>>`), or flush in between",
        names.join(" → ")
    ))
}
