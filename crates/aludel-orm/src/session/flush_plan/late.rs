//! Puts off what can't be done at once: a reference is set later, a unique value is parked or given up.

use super::Op;
use super::{LATE, Late, Planner, RELEASE};
use crate::session::topological::{Edge, Why};
use crate::session::unique::is_free_as_null;
use std::collections::{HashMap, HashSet};

/// Indexes for putting off edges: there may be as many as rows, so each lookup must be fast.
#[derive(Default)]
pub(super) struct Round {
    /// The edges that begin at an operation whose edge is put off: positions.
    edges: HashMap<u32, Vec<usize>>,
    /// The operations that take unique values of such an operation: positions.
    takes: HashMap<u32, Vec<usize>>,
    /// The positions of the edges that are put off.
    cut: HashMap<Edge, Vec<usize>>,
    /// The edges that are put off already.
    gone: HashSet<usize>,
}

impl Round {
    /// Adds an edge at this position.
    pub(super) fn note_edge(&mut self, before: u32, at: usize) {
        if let Some(edges) = self.edges.get_mut(&before) {
            edges.push(at);
        }
    }
}

impl Planner<'_> {
    /// Turns edges that could not be kept into operations of their own.
    pub(super) fn put_off_all(&mut self, cut: &[Edge], last: u32) {
        let mut round = Round::default();
        for edge in cut {
            round.edges.insert(edge.after, Vec::new());
            round.takes.insert(edge.after, Vec::new());
            round.takes.insert(edge.before, Vec::new());
            round.cut.insert(*edge, Vec::new());
        }
        for (at, edge) in self.edges.iter().enumerate() {
            round.note_edge(edge.before, at);
            if let Some(places) = round.cut.get_mut(edge) {
                places.push(at);
            }
        }
        for (at, take) in self.takes.iter().enumerate() {
            if let Some(takes) = round.takes.get_mut(&take.0) {
                takes.push(at);
            }
        }
        self.round = round;
        for edge in cut {
            self.put_off(*edge, last);
        }
        let Round { gone, .. } = std::mem::take(&mut self.round);
        let mut at = 0;
        self.edges.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }

    /// The edges that begin at an operation and are still kept.
    fn edges_of(&self, op: u32) -> impl Iterator<Item = &Edge> {
        let all = self.round.edges.get(&op).into_iter().flatten();
        let kept = all.filter(|at| !self.round.gone.contains(*at));
        kept.map(|at| &self.edges[*at])
    }

    /// The operations that take unique values of this one.
    fn takes_of(&self, op: u32) -> impl Iterator<Item = &(u32, u32, Vec<usize>)> {
        let all = self.round.takes.get(&op).into_iter().flatten();
        all.map(|at| &self.takes[*at])
    }

    /// Turns an edge that could not be kept into an operation of its own.
    fn put_off(&mut self, edge: Edge, last: u32) {
        let places = self.round.cut.remove(&edge);
        self.round.gone.extend(places.into_iter().flatten());
        if let Why::Rather(_) | Why::Spare(_) | Why::Turn(_) = edge.why {
            self.go_after(edge);
            return;
        }
        if let Why::Release(n) | Why::Yield(n) = edge.why {
            self.plan.released.push(self.held[n as usize].clone());
            let release = self.op(Op::Release(self.plan.released.len() - 1), last - RELEASE);
            self.edge(release, edge.after, Why::Must);
            if let Why::Yield(n) = edge.why {
                let columns = self.held[n as usize].columns.clone();
                self.takes.push((release, edge.after, columns));
            }
            return;
        }
        let late = self.late_of(edge.after, last);
        self.edge(edge.before, late, Why::Must);
        let vacated = self.vacated(edge);
        if vacated.is_none() {
            self.hold_back(edge, late);
        }
        let is_value = matches!(edge.why, Why::Value | Why::Scarce(_));
        let own = self
            .takes_of(edge.before)
            .filter(|take| take.1 == edge.after);
        let sets: Vec<Vec<usize>> = own.map(|take| take.2.clone()).collect();
        if is_value {
            self.spare(edge.after, late, &sets);
        }
        let Op::Late(n) = self.ops[late as usize] else {
            return;
        };
        match (&mut self.plan.late[n], edge.why) {
            (Late::Insert { links, .. }, Why::Link(soft)) => links.push(self.soft[soft as usize].0),
            (
                Late::Update {
                    columns,
                    vacated: open,
                    ..
                },
                Why::Link(soft),
            ) => {
                columns.push(self.soft[soft as usize].0);
                open.extend(vacated);
            }
            (Late::Update { parked, .. }, _) => {
                let known = parked.get_or_insert_default();
                // If a set is unknown, it may be any of them.
                known.is_all |= sets.is_empty() || sets.iter().any(Vec::is_empty);
                known.sets.extend(sets);
            }
            (Late::Insert { .. }, _) => {}
        }
    }

    /// The column of a reference that is put off, if it is NULL until then, so that others can take its value, or delete the
    /// row that it leads to.
    fn vacated(&self, cut: Edge) -> Option<usize> {
        let (Op::Update(table, row), Why::Link(soft)) = (self.ops[cut.after as usize], cut.why)
        else {
            return None;
        };
        let column = self.soft[soft as usize].0;
        let work = &self.work.tables[table];
        let can = !work.updates[row].old[column].is_null() && is_free_as_null(work.meta, column);
        let mut takes = self.takes_of(cut.after);
        let is_taken = |take: &(u32, u32, Vec<usize>)| take.2.contains(&column);
        let mut edges = self.edges_of(cut.after);
        let deletes = |known: &Edge| matches!(self.ops[known.after as usize], Op::Delete(..));
        (can && (takes.any(is_taken) || edges.any(deletes))).then_some(column)
    }

    /// Makes others wait until what was put off is done: until then the row has its old values, or temporary ones.
    fn hold_back(&mut self, edge: Edge, late: u32) {
        for waiting in self.waits_for_late(edge) {
            self.edge(late, waiting, Why::Must);
        }
        if let Why::Link(_) = edge.why {
            // Until the reference is set, the row still refers to its old target.
            let is_delete = |n: u32| matches!(self.ops[n as usize], Op::Delete(..));
            let after = self.edges_of(edge.after).map(|known| known.after);
            let deletes: Vec<u32> = after.filter(|n| is_delete(*n)).collect();
            for delete in deletes {
                self.edge(late, delete, Why::Must);
            }
        }
    }

    /// The operations that need what is put off of an update: a unique value that the old reference holds, or the parked key.
    fn waits_for_late(&self, cut: Edge) -> Vec<u32> {
        let Op::Update(table, row) = self.ops[cut.after as usize] else {
            return Vec::new();
        };
        let taken = self.takes_of(cut.after);
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
        let takes: HashSet<u32> = taken.map(|take| take.1).collect();
        let refers = |known: &&Edge| {
            let after = self.ops[known.after as usize];
            matches!(after, Op::Insert(..) | Op::Update(..) | Op::Join(_))
                && !takes.contains(&known.after)
        };
        let referring = self.edges_of(cut.after).filter(refers);
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
                    vacated: Vec::new(),
                    parked: None,
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
        if let Some(known) = self.lates.get(&at) {
            return *known;
        }
        self.plan.late.push(kind);
        let late = self.op(Op::Late(self.plan.late.len() - 1), last - LATE);
        self.lates.insert(at, late);
        self.edge(op, late, Why::Must);
        late
    }
}
