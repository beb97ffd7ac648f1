//! The order of a flush's operations: a sorting of a graph, in batches.
//!
//! In go operations with ranks (the order in which they are done where nothing else speaks) and edges (this before that);
//! out come batches of operations of one rank that can be done together. A cycle is cut at an edge that can be put off
//! (a nullable reference is set later, a unique value is parked) or is told.

use std::collections::{BTreeMap, BTreeSet};

/// That one operation comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) before: u32,
    pub(crate) after: u32,
    pub(crate) why: Why,
}

/// Why an operation comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// It cannot be otherwise.
    Must,
    /// The second refers to the first by this link of its own, which can be set later.
    Link(u32),
    /// The second takes a unique value that the first gives up; the second's value can be parked.
    Value,
}

/// Operations that are done together, and what was put off.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// Operations of one rank each, in order.
    pub(crate) batches: Vec<Vec<u32>>,
    /// Edges that could not be kept: links to be set later, values to be parked.
    pub(crate) cut: Vec<Edge>,
}

/// Sorts operations. `ranks[n]` is the rank of operation `n`; from `last` on, ranks are of operations that wait for all
/// others, unless others need them.
///
/// # Errors
/// The operations of a cycle that cannot be cut.
pub(crate) fn order(ranks: &[u32], edges: &[Edge], last: u32) -> Result<Order, Vec<u32>> {
    let mut sorter = Sorter::new(ranks, edges, last);
    while sorter.left > 0 {
        match sorter.next() {
            Some(batch) => sorter.finish(batch),
            None => sorter.cut()?,
        }
    }
    Ok(sorter.order)
}

struct Sorter<'a> {
    ranks: &'a [u32],
    edges: &'a [Edge],
    /// Positions in `edges`, by the operation before.
    out: Vec<u32>,
    starts: Vec<u32>,
    /// How many operations each waits for.
    waits: Vec<u32>,
    is_cut: Vec<bool>,
    done: Vec<bool>,
    ready: BTreeMap<u32, Vec<u32>>,
    left: usize,
    /// How many are left that do not wait for all others.
    early_left: usize,
    last: u32,
    order: Order,
}

impl<'a> Sorter<'a> {
    fn new(ranks: &'a [u32], edges: &'a [Edge], last: u32) -> Sorter<'a> {
        let mut waits = vec![0_u32; ranks.len()];
        let mut starts = vec![0_u32; ranks.len() + 1];
        for edge in edges {
            waits[edge.after as usize] += 1;
            starts[edge.before as usize + 1] += 1;
        }
        for n in 1..starts.len() {
            starts[n] += starts[n - 1];
        }
        let mut fill = starts.clone();
        let mut out = vec![0_u32; edges.len()];
        for (n, edge) in edges.iter().enumerate() {
            let at = &mut fill[edge.before as usize];
            out[*at as usize] = n as u32;
            *at += 1;
        }
        let mut ready: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (n, rank) in ranks.iter().enumerate() {
            if waits[n] == 0 {
                ready.entry(*rank).or_default().push(n as u32);
            }
        }
        Sorter {
            ranks,
            edges,
            out,
            starts,
            waits,
            is_cut: vec![false; edges.len()],
            done: vec![false; ranks.len()],
            ready,
            left: ranks.len(),
            early_left: ranks.iter().filter(|rank| **rank < last).count(),
            last,
            order: Order::default(),
        }
    }

    /// What can be done now.
    fn next(&mut self) -> Option<Vec<u32>> {
        let (&rank, _) = self.ready.first_key_value()?;
        if rank < self.last || self.early_left == 0 {
            return self.ready.remove(&rank);
        }
        // Others are left, and nothing of them can be done: of those that should wait, those that others need.
        let needed = self.needed();
        let ranks: Vec<u32> = self.ready.keys().copied().collect();
        for rank in ranks {
            let ready = self.ready.remove(&rank)?;
            let (now, later): (Vec<u32>, Vec<u32>) =
                ready.into_iter().partition(|n| needed.contains(n));
            if !later.is_empty() {
                self.ready.insert(rank, later);
            }
            if !now.is_empty() {
                return Some(now);
            }
        }
        None
    }

    /// Operations that one which does not wait for all others waits for.
    fn needed(&self) -> BTreeSet<u32> {
        let mut back: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (at, edge) in self.edges.iter().enumerate() {
            if !self.is_cut[at] && !self.done[edge.before as usize] {
                back.entry(edge.after).or_default().push(edge.before);
            }
        }
        let open = |n: &u32| !self.done[*n as usize] && self.ranks[*n as usize] < self.last;
        let mut stack: Vec<u32> = (0..self.ranks.len() as u32).filter(open).collect();
        let mut needed = BTreeSet::new();
        while let Some(n) = stack.pop() {
            for before in back.get(&n).into_iter().flatten() {
                if needed.insert(*before) {
                    stack.push(*before);
                }
            }
        }
        needed
    }

    fn finish(&mut self, mut batch: Vec<u32>) {
        batch.sort_unstable();
        for n in &batch {
            self.done[*n as usize] = true;
            self.left -= 1;
            if self.ranks[*n as usize] < self.last {
                self.early_left -= 1;
            }
            let (from, to) = (self.starts[*n as usize], self.starts[*n as usize + 1]);
            for at in from..to {
                let edge = self.out[at as usize] as usize;
                if !self.is_cut[edge] {
                    self.release(edge);
                }
            }
        }
        self.order.batches.push(batch);
    }

    fn release(&mut self, edge: usize) {
        let after = self.edges[edge].after;
        let waits = &mut self.waits[after as usize];
        *waits -= 1;
        if *waits == 0 {
            let rank = self.ranks[after as usize];
            self.ready.entry(rank).or_default().push(after);
        }
    }

    /// Cuts one edge of a cycle.
    fn cut(&mut self) -> Result<(), Vec<u32>> {
        let cycle = self.cycle();
        let soft = |why: fn(Why) -> bool| cycle.iter().copied().find(|at| why(self.edges[*at].why));
        let at = soft(|why| matches!(why, Why::Link(_))).or_else(|| soft(|why| why == Why::Value));
        let Some(at) = at else {
            return Err(cycle.iter().map(|at| self.edges[*at].after).collect());
        };
        self.is_cut[at] = true;
        self.order.cut.push(self.edges[at]);
        self.release(at);
        Ok(())
    }

    /// The edges of some cycle, found by going back from an operation that waits.
    fn cycle(&self) -> Vec<usize> {
        let mut back: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, edge) in self.edges.iter().enumerate() {
            if !self.is_cut[at] && !self.done[edge.before as usize] {
                back.entry(edge.after).or_insert(at);
            }
        }
        let Some(mut n) = back.keys().next().copied() else {
            return Vec::new();
        };
        let mut path: Vec<usize> = Vec::new();
        let mut seen: Vec<u32> = Vec::new();
        loop {
            if let Some(start) = seen.iter().position(|known| *known == n) {
                return path[start..].to_vec();
            }
            seen.push(n);
            let Some(at) = back.get(&n).copied() else {
                return path;
            };
            path.push(at);
            n = self.edges[at].before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Edge, Order, Why, order};

    fn must(before: u32, after: u32) -> Edge {
        Edge {
            before,
            after,
            why: Why::Must,
        }
    }

    #[test]
    fn operations_of_one_rank_are_one_batch() {
        let found = order(&[1, 0, 1, 0], &[], 9).expect("an order");
        assert_eq!(found.batches, [vec![1, 3], vec![0, 2]]);
    }

    #[test]
    fn an_edge_splits_a_batch() {
        let found = order(&[0, 0, 0], &[must(2, 0)], 9).expect("an order");
        assert_eq!(found.batches, [vec![1, 2], vec![0]]);
    }

    #[test]
    fn the_last_wait_unless_they_are_needed() {
        let free = order(&[5, 0, 5], &[], 5).expect("an order");
        assert_eq!(free.batches, [vec![1], vec![0, 2]]);
        let needed = order(&[5, 0, 5, 0], &[must(0, 1)], 5).expect("an order");
        assert_eq!(needed.batches, [vec![3], vec![0], vec![1], vec![2]]);
    }

    #[test]
    fn a_cycle_is_cut_where_it_can_be() {
        let link = Edge {
            before: 1,
            after: 0,
            why: Why::Link(4),
        };
        let found = order(&[0, 0], &[must(0, 1), link], 9).expect("an order");
        let expected = Order {
            batches: vec![vec![0], vec![1]],
            cut: vec![link],
        };
        assert_eq!(found, expected);
        let mut named = order(&[0, 0, 0], &[must(0, 1), must(1, 0)], 9).expect_err("a cycle");
        named.sort_unstable();
        assert_eq!(named, [0, 1]);
    }
}
