//! Turns the work of a flush into steps, in an order that foreign keys and unique values allow. Nothing is sent.
//!
//! Tables go in the order of their foreign keys; in one table updates before inserts; all saves before join rows before
//! deletes, which go the other way round. Where rows depend on each other otherwise (a tree, a unique value that changes
//! hands, a delete that frees one), they are sorted row by row.

mod by_value;
mod dependencies;
mod late;
mod renames;
mod scarce;
mod shared;
mod unique;

pub(crate) use unique::given;

use super::topological::{Edge, Why, order};
use super::unit_of_work::{Place, TableWork, Work};
use crate::errors::show_key;
use crate::model::meta::{ModelMeta, RelationKind};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use late::Round;
use scarce::Scarce;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Operations that are done together.
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
    /// Deleted rows let go what they refer to, and give up unique values: positions in [`Plan::released`].
    Release(Vec<usize>),
    Link(Vec<usize>),
    Unlink(Vec<usize>),
    /// Waits for the results of what was sent: the next step takes unique values that were given up, if those rows were not
    /// changed by another writer.
    Check,
}

/// The steps, and what is put off to later ones.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) late: Vec<Late>,
    pub(crate) released: Vec<Held>,
    /// The links of each table's inserted rows that are put off.
    late_links: HashSet<(usize, usize)>,
    /// The part of an update that is put off, by table and row.
    late_updates: HashMap<(usize, usize), usize>,
}

/// The part of one row's operation that is put off.
#[derive(Debug, Clone)]
pub(crate) enum Late {
    /// References of an inserted row, which are NULL at first: positions among the table's links.
    Insert {
        table: usize,
        row: usize,
        links: Vec<usize>,
    },
    /// Columns of an update, those of them that are NULL until then, and the unique sets whose values are parked.
    Update {
        table: usize,
        row: usize,
        columns: Vec<usize>,
        vacated: Vec<usize>,
        parked: Option<Sets>,
    },
}

/// Unique sets, by their columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    is_all: bool,
    sets: Vec<Vec<usize>>,
}

impl Sets {
    /// Whether the set of these columns is among them.
    pub(crate) fn has(&self, columns: &[usize]) -> bool {
        self.is_all || self.sets.iter().any(|set| set == columns)
    }
}

/// The part of an update that is put off; see [`Late::Update`].
#[derive(Clone, Copy, Default)]
pub(crate) struct PutOff<'p> {
    pub(crate) columns: &'p [usize],
    pub(crate) vacated: &'p [usize],
    pub(crate) parked: bool,
    /// The sets whose values are parked.
    pub(crate) sets: Option<&'p Sets>,
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
        self.late_links.contains(&(of, link))
    }

    /// The part of an update that is put off.
    pub(crate) fn put_off(&self, of: usize, at: usize) -> PutOff<'_> {
        let late = self.late_updates.get(&(of, at)).map(|n| &self.late[*n]);
        match late {
            Some(Late::Update {
                columns,
                vacated,
                parked,
                ..
            }) => PutOff {
                columns,
                vacated,
                parked: parked.is_some(),
                sets: parked.as_ref(),
            },
            _ => PutOff::default(),
        }
    }

    /// Indexes what is put off by row, once the list is complete.
    fn index(&mut self) {
        for (n, late) in self.late.iter().enumerate() {
            match late {
                Late::Insert { table, links, .. } => {
                    let links = links.iter().map(|link| (*table, *link));
                    self.late_links.extend(links);
                }
                Late::Update { table, row, .. } => {
                    self.late_updates.insert((*table, *row), n);
                }
            }
        }
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
    /// No operation: everything after it waits for everything before it.
    Gate,
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
    /// The operations of each table.
    spans: Vec<Range<u32>>,
    /// Who takes a unique value from whom, and its columns.
    takes: Vec<(u32, u32, Vec<usize>)>,
    /// The operation that does what was put off of a row: by table, row, and whether it is inserted.
    lates: HashMap<(usize, usize, bool), u32>,
    /// Indexes for the edges that are being put off now.
    round: Round,
    /// The unique sets whose rows are parked at scarce values, by table and columns.
    scarce: HashMap<(usize, Vec<usize>), Scarce>,
    /// The operation that gives a slot its key.
    makes: HashMap<Place, u32>,
    /// The arenas that refer to others or are referred to; no others are looked up.
    asked: HashSet<usize>,
    plan: Plan,
}

/// Ranks after those of the tables' saves, before `last`, which is the rank of the deletes.
const LATE: u32 = 4;
const UNLINK: u32 = 3;
const LINK: u32 = 2;
const RELEASE: u32 = 1;

/// Makes the plan.
///
/// # Errors
/// Rows that refer to each other in a cycle that has no nullable reference.
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
        spans: Vec::with_capacity(work.tables.len()),
        takes: Vec::new(),
        lates: HashMap::new(),
        round: Round::default(),
        scarce: HashMap::new(),
        makes: HashMap::new(),
        asked: asked(work),
        plan: Plan::default(),
    };
    planner.operations(&places, last);
    planner.links();
    planner.links_by_value();
    planner.deletes();
    planner.renames(&places);
    planner.unique_values(&places);
    planner.shared_values();
    let batches = loop {
        let found = order(&planner.ranks, &planner.edges, last)
            .map_err(|cycle| circle(work, &planner.ops, &planner.plan.late, &cycle))?;
        if found.cut.is_empty() {
            break found.batches;
        }
        planner.put_off_all(&found.cut, last);
    };
    let checks = unique::checks(&planner.takes, &batches, planner.ops.len());
    let mut plan = planner.plan;
    plan.index();
    for (batch, is_checked) in batches.iter().zip(checks) {
        let mut ops = batch.iter().map(|n| planner.ops[*n as usize]).peekable();
        if is_checked {
            plan.steps.push(Step::Check);
        }
        if !matches!(ops.peek(), Some(Op::Gate)) {
            plan.steps.push(step(work, ops));
        }
    }
    Ok(plan)
}

/// The steps of work that only inserts and needs only the order of the tables.
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

/// The arenas whose operations are looked up by slot.
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
    // References to one of several models have no foreign key: they decide where foreign keys leave the order open.
    if metas.iter().any(|meta| !meta.polymorphic.is_empty()) {
        let places = walk(&metas, &by_name, true);
        by_name.sort_by_key(|at| places[*at]);
    }
    walk(&metas, &by_name, false)
}

fn walk(metas: &[&'static ModelMeta], tables: &[usize], by_kind: bool) -> Vec<u32> {
    let mut places = vec![u32::MAX; metas.len()];
    let mut next = 0;
    let mut walking = vec![false; metas.len()];
    for at in tables {
        visit(*at, metas, by_kind, &mut walking, &mut places, &mut next);
    }
    places
}

fn visit(
    at: usize,
    metas: &[&'static ModelMeta],
    by_kind: bool,
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
            let others = metas.iter().enumerate();
            let others = others.filter(|(_, meta)| meta.shares_rows_with(target));
            targets.extend(others.map(|(at, _)| at));
        }
    }
    if by_kind {
        let kinds = metas[at].polymorphic.iter().flat_map(|known| &known.kinds);
        for target in kinds.map(|kind| (kind.meta)()) {
            let others = metas.iter().enumerate();
            let others = others.filter(|(_, meta)| meta.shares_rows_with(target));
            targets.extend(others.map(|(at, _)| at));
        }
    }
    for target in targets {
        visit(target, metas, by_kind, walking, places, next);
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
            self.round.note_edge(before, self.edges.len());
            self.edges.push(Edge { before, after, why });
        }
    }

    fn operations(&mut self, places: &[u32], last: u32) {
        let work = self.work;
        for (at, table) in work.tables.iter().enumerate() {
            let rank = 3 * places[at];
            let from = self.ops.len() as u32;
            for row in by_key(table.updates.iter().map(|row| &row.key)) {
                let op = self.op(Op::Update(at, row), rank);
                if self.asked.contains(&at) {
                    self.makes.insert((at, table.updates[row].slot), op);
                    if let Some(slot) = table.updates[row].becomes {
                        self.makes.insert((at, slot), op);
                    }
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
            self.spans.push(from..self.ops.len() as u32);
        }
        for (n, join) in work.joins.iter().enumerate() {
            let rank = if join.added { LINK } else { UNLINK };
            self.op(Op::Join(n), last - rank);
        }
    }
}

/// Positions of keys, sorted, so that locks are always taken in one order.
fn by_key<'k>(keys: impl Iterator<Item = &'k Vec<Value>>) -> Vec<usize> {
    let keys: Vec<&Vec<Value>> = keys.collect();
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|a, b| compare(keys[*a], keys[*b]));
    order
}

fn compare(a: &[Value], b: &[Value]) -> Ordering {
    let each = a.iter().zip(b).map(|(a, b)| a.compare(b));
    each.map(|order| order.unwrap_or(Ordering::Equal))
        .fold(Ordering::Equal, Ordering::then)
}

fn step(work: &Work, ops: impl Iterator<Item = Op>) -> Step {
    let mut ops = ops.peekable();
    let first = ops.peek().copied();
    let rows = ops.map(|op| match op {
        Op::Insert(_, row) | Op::Update(_, row) | Op::Delete(_, row) => row,
        Op::Join(n) | Op::Late(n) | Op::Release(n) => n,
        Op::Gate => 0,
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

/// A reference in words, by its columns.
fn reference(meta: &ModelMeta, columns: &[usize]) -> String {
    let mut relations = meta.relations.iter().filter(|relation| {
        relation.kind == RelationKind::BelongsTo
            && meta
                .positions(relation)
                .iter()
                .any(|at| columns.contains(at))
    });
    match relations.next() {
        Some(relation) => format!("{}::{}", meta.name, relation.name),
        None => format!("a reference of {}", meta.name),
    }
}

fn circle(work: &Work, ops: &[Op], late: &[Late], cycle: &[u32]) -> Error {
    let is_row = |n: &&u32| !matches!(ops[**n as usize], Op::Gate);
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
        Op::Late(n) => match &late[n] {
            Late::Update {
                table,
                row,
                columns,
                ..
            } if !columns.is_empty() => {
                let table = &work.tables[*table];
                let key = show_key(&table.updates[*row].key);
                format!(
                    "{} of {} {key}",
                    reference(table.meta, columns),
                    table.meta.name
                )
            }
            Late::Update { table, row, .. } => {
                let table = &work.tables[*table];
                let key = show_key(&table.updates[*row].key);
                format!("a unique value of {} {key}", table.meta.name)
            }
            Late::Insert { table, row, links } => {
                let table = &work.tables[*table];
                let columns: Vec<usize> = links.iter().map(|n| table.links[*n].column).collect();
                let (name, number) = (table.meta.name, row + 1);
                let reference = reference(table.meta, &columns);
                format!("{reference} of {name} (pending, number {number})")
            }
        },
        Op::Release(_) | Op::Gate => "a reference of one of them".into(),
    };
    let names: Vec<String> = cycle.iter().rev().filter(is_row).map(name).collect();
    Error::session_state(format!(
        "these rows need each other first, in a circle: {}; make one of the references nullable (`Option<BelongsTo<…>>`), or flush in between",
        names.join(" → ")
    ))
}
