//! [`Graph`]: the order of migrations.
//!
//! A migration comes after those it depends on, in its own module or another. Several parents make a merge. A squash replaces
//! others: whether the squash or its parts are visible depends on what a database has applied, see [`Graph::seen`].

use crate::app::App;
use crate::id::MigrationId;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};

/// The migrations of a program, and their dependencies.
#[derive(Debug, Clone)]
pub struct Graph {
    nodes: BTreeMap<MigrationId, Node>,
}

#[derive(Debug, Clone)]
struct Node {
    migration: Migration,
    parents: Vec<MigrationId>,
    replaces: Vec<MigrationId>,
}

/// The migrations that are visible, given those applied: either a squash or the ones that it replaces.
#[derive(Debug, Clone)]
pub struct Seen {
    /// In an order in which they can be applied.
    pub order: Vec<MigrationId>,
    /// Those that count as applied.
    pub applied: BTreeSet<MigrationId>,
    /// Squashes whose parts are all applied, and which will be recorded in place of them.
    pub adopted: Vec<MigrationId>,
    parents: BTreeMap<MigrationId, Vec<MigrationId>>,
}

fn wrong(message: impl Into<String>) -> Error {
    Error::migration(message)
}

impl Graph {
    /// The graph of a program's migrations.
    ///
    /// # Errors
    /// A duplicate name, a missing parent, a cycle; the error prints the path.
    pub fn new(app: &App) -> Result<Graph> {
        Graph::of(
            app.migrations()
                .map(|(id, migration)| (id.module, migration.clone())),
        )
    }

    /// The graph of these migrations, each with its module.
    ///
    /// # Errors
    /// As [`new`](Graph::new).
    pub fn of(migrations: impl IntoIterator<Item = (String, Migration)>) -> Result<Graph> {
        let mut nodes = BTreeMap::new();
        for (module, migration) in migrations {
            let id = MigrationId::new(&module, &migration.name);
            let ids = |names: &[String]| -> Vec<MigrationId> {
                names
                    .iter()
                    .map(|name| MigrationId::parse(name, &module))
                    .collect()
            };
            let node = Node {
                parents: ids(&migration.depends_on),
                replaces: ids(&migration.replaces),
                migration,
            };
            if nodes.insert(id.clone(), node).is_some() {
                return Err(wrong(format!("there are two migrations {id}; rename one")));
            }
        }
        let graph = Graph { nodes };
        let replaced: BTreeSet<&MigrationId> = graph
            .nodes
            .values()
            .flat_map(|node| &node.replaces)
            .collect();
        for (id, node) in &graph.nodes {
            for parent in &node.parents {
                if parent == id {
                    return Err(wrong(format!("{id} depends on itself")));
                }
                if !graph.nodes.contains_key(parent) && !replaced.contains(parent) {
                    return Err(wrong(format!(
                        "{id} depends on {parent}, which is not there; is it missing in `migrations/mod.rs`?"
                    )));
                }
            }
        }
        graph.seen(&BTreeSet::new())?;
        Ok(graph)
    }

    /// A migration.
    pub fn get(&self, id: &MigrationId) -> Option<&Migration> {
        self.nodes.get(id).map(|node| &node.migration)
    }

    /// All of them, by module and name.
    pub fn ids(&self) -> impl Iterator<Item = &MigrationId> {
        self.nodes.keys()
    }

    /// Whether a squash that still exists replaces it.
    pub fn replaces(&self, id: &MigrationId) -> bool {
        self.nodes.values().any(|node| node.replaces.contains(id))
    }

    /// Which migrations are visible, given those that a database has applied. Of a squash and its parts: the squash, if none or
    /// all of its parts are applied; the parts, if some are.
    ///
    /// # Errors
    /// A cycle; the error prints it.
    pub fn seen(&self, applied: &BTreeSet<MigrationId>) -> Result<Seen> {
        let mut applied = applied.clone();
        let mut hidden: BTreeSet<MigrationId> = BTreeSet::new();
        let mut stands_for: BTreeMap<MigrationId, MigrationId> = BTreeMap::new();
        let mut adopted = Vec::new();
        for (id, node) in &self.nodes {
            if node.replaces.is_empty() {
                continue;
            }
            let leaves = self.leaves(id, &mut Vec::new())?;
            let recorded = |id: &&MigrationId| applied.contains(*id);
            let whole = { node.replaces.iter() }.all(|part| applied.contains(part));
            let parts = leaves.len();
            let done = if whole {
                parts
            } else {
                leaves.iter().filter(recorded).count()
            };
            let there = node
                .replaces
                .iter()
                .all(|part| self.nodes.contains_key(part));
            if applied.contains(id) || done == 0 || done == parts || !there {
                if done > 0 && done < parts && !applied.contains(id) {
                    return Err(wrong(format!(
                        "{id} stands for migrations of which some are applied and others not, and these are not here any more; bring their files back until every database is past them"
                    )));
                }
                if done == parts && !applied.contains(id) {
                    applied.insert(id.clone());
                    adopted.push(id.clone());
                }
                for part in node.replaces.iter().chain(&leaves) {
                    hidden.insert(part.clone());
                    stands_for.insert(part.clone(), id.clone());
                    applied.remove(part);
                }
            } else {
                hidden.insert(id.clone());
                if let Some(last) = node.replaces.last() {
                    stands_for.insert(id.clone(), last.clone());
                }
            }
        }
        let mut parents: BTreeMap<MigrationId, Vec<MigrationId>> = BTreeMap::new();
        for (id, node) in { self.nodes.iter() }.filter(|(id, _)| !hidden.contains(id)) {
            let mut all: Vec<MigrationId> = Vec::new();
            for parent in &node.parents {
                let mut parent = parent;
                while let Some(other) = stands_for.get(parent) {
                    parent = other;
                }
                if parent != id && !all.contains(parent) {
                    all.push(parent.clone());
                }
            }
            parents.insert(id.clone(), all);
        }
        Ok(Seen {
            order: sorted(&parents)?,
            applied,
            adopted,
            parents,
        })
    }

    /// The migrations that a squash replaces in the end: for a squash of squashes, their parts.
    fn leaves(&self, id: &MigrationId, path: &mut Vec<MigrationId>) -> Result<Vec<MigrationId>> {
        if path.contains(id) {
            let names: Vec<String> = path.iter().chain([id]).map(ToString::to_string).collect();
            return Err(wrong(format!(
                "migrations stand for each other in a circle: {}",
                names.join(" → ")
            )));
        }
        path.push(id.clone());
        let mut all = Vec::new();
        match self.nodes.get(id) {
            Some(node) if !node.replaces.is_empty() => {
                for part in &node.replaces {
                    all.extend(self.leaves(part, path)?);
                }
            }
            _ => all.push(id.clone()),
        }
        path.pop();
        Ok(all)
    }

    /// Folds migrations into a state, in order.
    ///
    /// # Errors
    /// An operation that is invalid in its state.
    pub fn fold<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a MigrationId>,
        state: &mut State,
    ) -> Result<()> {
        for id in ids {
            if let Some(migration) = self.get(id) {
                migration.apply(state, &id.module)?;
            }
        }
        Ok(())
    }

    /// The state that the whole history folds into.
    ///
    /// # Errors
    /// As [`fold`](Graph::fold).
    pub fn state(&self) -> Result<State> {
        let mut state = State::default();
        self.fold(&self.seen(&BTreeSet::new())?.order, &mut state)?;
        Ok(state)
    }

    /// The first two operations of two branches that do not commute, if there are any: one from `a` and its own ancestors, one
    /// from `b` and its own.
    ///
    /// # Errors
    /// As [`seen`](Graph::seen).
    pub fn conflict(&self, a: &MigrationId, b: &MigrationId) -> Result<Option<Conflict>> {
        let seen = self.seen(&BTreeSet::new())?;
        let (of_a, of_b) = (seen.with_ancestors(a), seen.with_ancestors(b));
        let only = |mine: &BTreeSet<MigrationId>, other: &BTreeSet<MigrationId>| {
            let all = mine.difference(other).cloned();
            all.collect::<Vec<MigrationId>>()
        };
        for one in only(&of_a, &of_b) {
            for other in only(&of_b, &of_a) {
                let (Some(x), Some(y)) = (self.get(&one), self.get(&other)) else {
                    continue;
                };
                for left in &x.operations {
                    if let Some(right) = y.operations.iter().find(|right| !left.commutes(right)) {
                        return Ok(Some(Conflict {
                            first: (one, left.clone()),
                            second: (other, right.clone()),
                        }));
                    }
                }
            }
        }
        Ok(None)
    }
}

/// Two operations of two branches whose order matters.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// The first one, and its migration.
    pub first: (MigrationId, Operation),
    /// The second one, and its migration.
    pub second: (MigrationId, Operation),
}

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "\"{}\" in {} and \"{}\" in {}",
            self.first.1, self.first.0, self.second.1, self.second.0
        )
    }
}

impl Seen {
    /// The direct parents of a migration.
    pub fn parents(&self, id: &MigrationId) -> &[MigrationId] {
        self.parents.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether it is visible.
    pub fn has(&self, id: &MigrationId) -> bool {
        self.parents.contains_key(id)
    }

    /// A migration and all its ancestors.
    pub fn with_ancestors(&self, id: &MigrationId) -> BTreeSet<MigrationId> {
        let mut found = BTreeSet::new();
        let mut left = vec![id.clone()];
        while let Some(id) = left.pop() {
            if found.insert(id.clone()) {
                left.extend(self.parents(&id).iter().cloned());
            }
        }
        found
    }

    /// A migration and all its descendants.
    pub fn with_descendants(&self, id: &MigrationId) -> BTreeSet<MigrationId> {
        let mut found = BTreeSet::from([id.clone()]);
        for other in &self.order {
            if self
                .parents(other)
                .iter()
                .any(|parent| found.contains(parent))
            {
                found.insert(other.clone());
            }
        }
        found
    }

    /// The migrations of a module that have no descendant in the same module.
    pub fn heads(&self, module: &str) -> Vec<MigrationId> {
        let mut heads: Vec<MigrationId> = { self.order.iter() }
            .filter(|id| id.module == module)
            .cloned()
            .collect();
        let behind: BTreeSet<&MigrationId> = { self.order.iter() }
            .filter(|id| id.module == module)
            .flat_map(|id| self.parents(id))
            .collect();
        heads.retain(|id| !behind.contains(id));
        heads
    }

    /// Refuses a migration that is applied although one that it depends on is not.
    ///
    /// # Errors
    /// The first such pair.
    pub fn check_history(&self) -> Result<()> {
        for id in { self.order.iter() }.filter(|id| self.applied.contains(id)) {
            for parent in self.parents(id) {
                if !self.applied.contains(parent) {
                    return Err(wrong(format!(
                        "the history is inconsistent: {id} is applied, and {parent}, which it comes after, is not; apply that by hand and record it with `migrate {parent} --fake`"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// Sorts topologically; among those that are free, by module and name.
fn sorted(parents: &BTreeMap<MigrationId, Vec<MigrationId>>) -> Result<Vec<MigrationId>> {
    let mut waiting: BTreeMap<&MigrationId, usize> = BTreeMap::new();
    let mut children: BTreeMap<&MigrationId, Vec<&MigrationId>> = BTreeMap::new();
    for (id, all) in parents {
        let known = all.iter().filter(|parent| parents.contains_key(parent));
        waiting.insert(id, known.clone().count());
        for parent in known {
            children.entry(parent).or_default().push(id);
        }
    }
    let mut free: BTreeSet<(&str, &str)> = { waiting.iter() }
        .filter(|(_, left)| **left == 0)
        .map(|(id, _)| (id.name.as_str(), id.module.as_str()))
        .collect();
    let by_name: BTreeMap<(&str, &str), &MigrationId> = { parents.keys() }
        .map(|id| ((id.name.as_str(), id.module.as_str()), id))
        .collect();
    let mut order = Vec::with_capacity(parents.len());
    while let Some(key) = free.pop_first() {
        let id = by_name[&key];
        order.push(id.clone());
        for child in children.get(id).into_iter().flatten() {
            if let Some(left) = waiting.get_mut(*child) {
                *left -= 1;
                if *left == 0 {
                    free.insert((child.name.as_str(), child.module.as_str()));
                }
            }
        }
    }
    if order.len() == parents.len() {
        return Ok(order);
    }
    Err(wrong(format!(
        "migrations depend on each other in a circle: {}",
        circle(parents, &order)
    )))
}

fn circle(parents: &BTreeMap<MigrationId, Vec<MigrationId>>, done: &[MigrationId]) -> String {
    let left = |id: &&MigrationId| !done.contains(id);
    let Some(mut at) = parents.keys().find(left) else {
        return String::new();
    };
    let mut path: Vec<&MigrationId> = Vec::new();
    while !path.contains(&at) {
        path.push(at);
        match parents[at]
            .iter()
            .find(|parent| parents.contains_key(parent) && left(parent))
        {
            Some(parent) => at = parent,
            None => break,
        }
    }
    let start = path.iter().position(|id| *id == at).unwrap_or(0);
    let mut names: Vec<String> = path[start..].iter().map(ToString::to_string).collect();
    names.push(at.to_string());
    names.join(" → ")
}
