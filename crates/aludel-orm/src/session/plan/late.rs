//! What can't be done in one go is put off: a reference is set later, a unique value parked or given up.

use super::{LATE, Late, Op, Planner, RELEASE};
use crate::session::order::{Edge, Why};
use crate::session::unique::is_free_as_null;

impl Planner<'_> {
    /// Makes an operation of its own of what an edge stood for, which could not be kept.
    pub(super) fn put_off(&mut self, edge: Edge, last: u32) {
        self.edges.retain(|known| *known != edge);
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
            (Late::Update { parked, .. }, _) => *parked = true,
            (Late::Insert { .. }, _) => {}
        }
    }

    /// The column of a reference that is put off, if it is NULL until then: so that others can take its value, or delete
    /// what it leads to.
    fn vacated(&self, cut: Edge) -> Option<usize> {
        let (Op::Update(table, row), Why::Link(soft)) = (self.ops[cut.after as usize], cut.why)
        else {
            return None;
        };
        let column = self.soft[soft as usize].0;
        let work = &self.work.tables[table];
        let can = !work.updates[row].old[column].is_null() && is_free_as_null(work.meta, column);
        let mut takes = self.takes.iter();
        let is_taken =
            |take: &(u32, u32, Vec<usize>)| take.0 == cut.after && take.2.contains(&column);
        let mut edges = self.edges.iter();
        let deletes = |known: &Edge| {
            known.before == cut.after && matches!(self.ops[known.after as usize], Op::Delete(..))
        };
        (can && (takes.any(is_taken) || edges.any(deletes))).then_some(column)
    }

    /// Lets others wait until what was put off is done: until then the row has its old values, or none that they know.
    fn hold_back(&mut self, edge: Edge, late: u32) {
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
                    vacated: Vec::new(),
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
}
