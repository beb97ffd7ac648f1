//! The order of a flush's operations: a topological sort, in batches.
//!
//! It takes operations with ranks (the order in which they are done if nothing else decides) and edges (this before that); it
//! returns batches of operations of one rank that can be done together. A cycle is cut at an edge that can be put off (a
//! nullable reference is set later, a unique value is parked); otherwise it is an error.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

/// An edge: one operation comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Edge {
    pub(crate) before: u32,
    pub(crate) after: u32,
    pub(crate) why: Why,
}

/// Why an operation comes before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Why {
    /// The order is mandatory.
    Must,
    /// The second refers to the first by this link of its own, which can be set later.
    Link(u32),
    /// The first refers to the second, which is deleted, by this link of its own, which can be cleared before.
    Release(u32),
    /// The second takes a unique value of the first, which is deleted and can give the value up before.
    Yield(u32),
    /// The second takes a unique value that the first gives up; the second can be parked at another value.
    Value,
    /// The same, with few values left to park at.
    Scarce(u8),
    /// The first gives up a scarce value, and the second needs any one of these.
    Spare(u8),
    /// The second needs the scarce value at which the first was only parked.
    Turn(u8),
    /// Preferred, but not required: the edge with the smaller number is cut first.
    Rather(u8),
}

impl Why {
    /// The price of cutting an edge; cheap ones are cut first: those that cost nothing, then references. Parking a unique value
    /// costs one more statement; where values are scarce, more the fewer there are. `None` if it can't be cut.
    fn price(self) -> Option<u16> {
        match self {
            Why::Must => None,
            Why::Rather(importance) => Some(importance.into()),
            Why::Link(_) | Why::Release(_) => Some(PRICE_OF_A_VALUE - 1),
            Why::Yield(_) | Why::Value => Some(PRICE_OF_A_VALUE),
            Why::Spare(values) => Some(price_of_one_of(values)),
            Why::Turn(values) => Some(1 + price_of_one_of(values)),
            Why::Scarce(values) => Some(2 + price_of_one_of(values)),
        }
    }
}

const PRICE_OF_A_VALUE: u16 = 257;

/// The cost of using one of a few possible values; the fewer there are, the higher.
fn price_of_one_of(values: u8) -> u16 {
    1 + PRICE_OF_A_VALUE + 3 * u16::from(u8::MAX - values)
}

/// Batches of operations, and the edges that are put off.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Order {
    /// Operations of one rank each, in order.
    pub(crate) batches: Vec<Vec<u32>>,
    /// Edges that could not be kept: links to be set later, values to be parked.
    pub(crate) cut: Vec<Edge>,
}

/// Sorts operations. `ranks[n]` is the rank of operation `n`; operations with a rank of `last` or more wait for all others,
/// unless others need them.
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
    /// How many operations each one waits for.
    waits: Vec<u32>,
    is_cut: Vec<bool>,
    done: Vec<bool>,
    ready: BTreeMap<u32, Vec<u32>>,
    left: usize,
    /// How many operations are left that have a rank below `last`.
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

    /// The next batch: the operations that can be done now.
    fn next(&mut self) -> Option<Vec<u32>> {
        let (&rank, _) = self.ready.first_key_value()?;
        if rank < self.last || self.early_left == 0 {
            return self.ready.remove(&rank);
        }
        // Of the early operations left, none is ready: takes those of the last ones that others need.
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

    /// The operations that early ones (rank below `last`) wait for.
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

    /// Cuts edges until no cycle is left.
    fn cut(&mut self) -> Result<(), Vec<u32>> {
        let from = self.order.cut.len();
        for cycle in Components::of(self).cycles() {
            self.cut_within(cycle);
        }
        self.keep_scarce(from);
        match Components::of(self).cycles().into_iter().next() {
            Some(cycle) => Err(cycle),
            None => Ok(()),
        }
    }

    /// Restores cut edges of scarce values that later cuts made unnecessary.
    fn keep_scarce(&mut self, from: usize) {
        let cut = self.order.cut.split_off(from);
        for edge in cut {
            let is_scarce = matches!(edge.why, Why::Scarce(_));
            if !is_scarce || self.leads(edge.after, edge.before) {
                self.order.cut.push(edge);
                continue;
            }
            let places = self.out_of(edge.before);
            let places: Vec<usize> = places
                .filter(|at| self.is_cut[*at] && self.edges[*at] == edge)
                .collect();
            for at in places {
                self.is_cut[at] = false;
                self.waits[edge.after as usize] += 1;
                let rank = self.ranks[edge.after as usize];
                if let Some(ready) = self.ready.get_mut(&rank) {
                    ready.retain(|n| *n != edge.after);
                    if ready.is_empty() {
                        self.ready.remove(&rank);
                    }
                }
            }
        }
    }

    /// Whether an operation still comes before another one by the edges that are left.
    fn leads(&self, from: u32, to: u32) -> bool {
        let (mut seen, mut stack) = (HashSet::from([from]), vec![from]);
        while let Some(n) = stack.pop() {
            if n == to {
                return true;
            }
            let next = self.out_of(n).filter(|at| !self.is_cut[*at]);
            stack.extend(
                next.map(|at| self.edges[at].after)
                    .filter(|n| seen.insert(*n)),
            );
        }
        false
    }

    /// Cuts edges among operations that all wait for each other: the cheapest first; and operations of low rank are freed
    /// first.
    fn cut_within(&mut self, mut cycle: Vec<u32>) {
        cycle.sort_unstable_by_key(|n| (self.ranks[*n as usize], *n));
        let mut inside = Inside::of(self, &cycle);
        let known = inside.before.values().flatten();
        let prices: BTreeSet<u16> = known.filter_map(|at| self.edges[*at].why.price()).collect();
        for price in prices {
            for n in self.by_need(&cycle, &inside, price) {
                let soft = inside.before(n).filter(|at| {
                    let edge = self.edges[*at];
                    !self.is_cut[*at]
                        && edge.why.price() == Some(price)
                        && !inside.is_free(edge.before)
                });
                let mut soft: Vec<usize> = soft.collect();
                soft.sort_unstable();
                if soft.is_empty() {
                    continue;
                }
                // An edge is part of a cycle if the operation leads to the one that it waits for.
                let befores = soft.iter().map(|at| self.edges[*at].before).collect();
                let reached = inside.reached(self, n, befores);
                for at in soft {
                    if reached.contains(&self.edges[at].before) {
                        self.is_cut[at] = true;
                        self.order.cut.push(self.edges[at]);
                        self.release(at);
                        inside.release(self, n);
                    }
                }
            }
        }
    }

    /// The order in which operations are freed of edges of this price. Where values are scarce, those come first that wait for
    /// nothing scarcer: they go ahead, and leave their old values to those that have to be parked.
    fn by_need(&self, cycle: &[u32], inside: &Inside, price: u16) -> Vec<u32> {
        let waits_for_less = |n: &u32| {
            let mut known = inside.before(*n);
            known.any(|at| self.edges[at].why.price() > Some(price))
        };
        let (first, last): (Vec<u32>, Vec<u32>) = match price > PRICE_OF_A_VALUE {
            true => cycle.iter().partition(|n| !waits_for_less(n)),
            false => (cycle.to_vec(), Vec::new()),
        };
        first.into_iter().chain(last).collect()
    }

    /// Positions of the edges that begin at an operation.
    fn out_of(&self, n: u32) -> impl Iterator<Item = usize> {
        let (from, to) = (self.starts[n as usize], self.starts[n as usize + 1]);
        self.out[from as usize..to as usize]
            .iter()
            .map(|at| *at as usize)
    }
}

/// Operations that all wait for each other, while edges among them are cut.
struct Inside {
    /// How many of the others each waits for; no other operations are here.
    waits: HashMap<u32, u32>,
    /// Positions of the edges that end at an operation.
    before: HashMap<u32, Vec<usize>>,
}

impl Inside {
    fn of(sorter: &Sorter<'_>, cycle: &[u32]) -> Inside {
        let mut inside = Inside {
            waits: cycle.iter().map(|n| (*n, 0)).collect(),
            before: HashMap::new(),
        };
        for at in cycle.iter().flat_map(|n| sorter.out_of(*n)) {
            let after = sorter.edges[at].after;
            if let Some(waits) = inside.waits.get_mut(&after).filter(|_| !sorter.is_cut[at]) {
                *waits += 1;
                inside.before.entry(after).or_default().push(at);
            }
        }
        inside
    }

    fn before(&self, n: u32) -> impl Iterator<Item = usize> {
        self.before.get(&n).into_iter().flatten().copied()
    }

    /// Whether an operation waits for none of the others any more, so that it is in no cycle.
    fn is_free(&self, n: u32) -> bool {
        self.waits.get(&n).is_none_or(|waits| *waits == 0)
    }

    /// Notes that an operation waits for one less; if that frees it, the operations after it wait for one less, too.
    fn release(&mut self, sorter: &Sorter<'_>, n: u32) {
        let mut stack = vec![n];
        while let Some(n) = stack.pop() {
            let Some(waits) = self.waits.get_mut(&n) else {
                continue;
            };
            *waits = waits.saturating_sub(1);
            if *waits == 0 {
                let out = sorter.out_of(n).filter(|at| !sorter.is_cut[*at]);
                stack.extend(out.map(|at| sorter.edges[at].after));
            }
        }
    }

    /// Those of the `wanted` operations that one leads to.
    fn reached(&self, sorter: &Sorter<'_>, from: u32, mut wanted: HashSet<u32>) -> HashSet<u32> {
        let mut reached = HashSet::new();
        let mut seen = HashSet::from([from]);
        let mut queue = VecDeque::from([from]);
        while let Some(n) = queue.pop_front() {
            if wanted.remove(&n) {
                reached.insert(n);
            }
            if wanted.is_empty() {
                break;
            }
            for at in sorter.out_of(n) {
                let after = sorter.edges[at].after;
                if !sorter.is_cut[at] && !self.is_free(after) && seen.insert(after) {
                    queue.push_back(after);
                }
            }
        }
        reached
    }
}

/// Tarjan's algorithm, without recursion: sets of operations that all wait for each other.
struct Components<'s, 'a> {
    sorter: &'s Sorter<'a>,
    index: Vec<u32>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<u32>,
    next: u32,
    cycles: Vec<Vec<u32>>,
}

impl<'s, 'a> Components<'s, 'a> {
    fn of(sorter: &'s Sorter<'a>) -> Components<'s, 'a> {
        let count = sorter.ranks.len();
        Components {
            sorter,
            index: vec![u32::MAX; count],
            low: vec![0; count],
            on_stack: vec![false; count],
            stack: Vec::new(),
            next: 0,
            cycles: Vec::new(),
        }
    }

    fn cycles(mut self) -> Vec<Vec<u32>> {
        for n in 0..self.index.len() as u32 {
            if self.index[n as usize] == u32::MAX && !self.sorter.done[n as usize] {
                self.walk(n);
            }
        }
        self.cycles
    }

    fn enter(&mut self, n: u32) -> (u32, u32) {
        self.index[n as usize] = self.next;
        self.low[n as usize] = self.next;
        self.next += 1;
        self.stack.push(n);
        self.on_stack[n as usize] = true;
        (n, self.sorter.starts[n as usize])
    }

    fn walk(&mut self, start: u32) {
        let mut path = vec![self.enter(start)];
        while let Some((n, at)) = path.last_mut() {
            let n = *n;
            if *at < self.sorter.starts[n as usize + 1] {
                let edge = self.sorter.out[*at as usize] as usize;
                *at += 1;
                let after = self.sorter.edges[edge].after;
                if self.sorter.is_cut[edge] {
                    continue;
                }
                if self.index[after as usize] == u32::MAX {
                    path.push(self.enter(after));
                } else if self.on_stack[after as usize] {
                    self.low[n as usize] = self.low[n as usize].min(self.index[after as usize]);
                }
                continue;
            }
            path.pop();
            if let Some((before, _)) = path.last() {
                let before = *before as usize;
                self.low[before] = self.low[before].min(self.low[n as usize]);
            }
            if self.low[n as usize] == self.index[n as usize] {
                self.leave(n);
            }
        }
    }

    /// Everything on the stack from this one on is a component; a single operation is a cycle only if it waits for itself.
    fn leave(&mut self, n: u32) {
        let from = self.stack.iter().rposition(|known| *known == n);
        let mut component = self.stack.split_off(from.unwrap_or_default());
        for n in &component {
            self.on_stack[*n as usize] = false;
        }
        component.sort_unstable();
        let sorter = self.sorter;
        let itself = sorter
            .out_of(n)
            .any(|at| !sorter.is_cut[at] && sorter.edges[at].after == n);
        if component.len() > 1 || itself {
            self.cycles.push(component);
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
