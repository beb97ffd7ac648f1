//! What was loaded of relations: lists of slots, which follow what is flushed.

use super::arena::{AnyArena, State};
use super::arenas::Arenas;
use super::ops::RowRef;
use super::work::{JoinWork, Place};
use crate::meta::{ModelMeta, RelationKind, RelationMeta};
use aludel_sql::Value;
use aludel_sql::statement::TableName;
use std::collections::{HashMap, HashSet};

/// What was loaded of relations, as slots.
#[derive(Default)]
pub(crate) struct Lists {
    lists: HashMap<(usize, u32, &'static str), List>,
    /// Lists that were changed since the last commit.
    changed: HashSet<(usize, u32, &'static str)>,
}

pub(crate) struct List {
    pub(crate) slots: Vec<u32>,
    pub(crate) target: usize,
    whole: bool,
}

/// A row, to be looked up: its slot, or else its key in words.
type Side = Result<Place, String>;

/// Values as the key of a map.
fn in_words(values: &[&Value]) -> String {
    format!("{values:?}")
}

fn key_in_words(key: &[Value]) -> String {
    in_words(&key.iter().collect::<Vec<_>>())
}

/// Changes of join tables, by the row on either side: there may be as many lists as changes.
struct Joins<'j>(HashMap<(&'j TableName, usize, Side), Vec<&'j JoinWork>>);

impl<'j> Joins<'j> {
    fn of(joins: &'j [JoinWork]) -> Joins<'j> {
        let mut by_side: HashMap<_, Vec<&JoinWork>> = HashMap::new();
        for join in joins {
            for (n, (arena, row)) in join.sides.iter().enumerate() {
                let side = match row {
                    RowRef::Slot(slot) => Ok((*arena, *slot)),
                    RowRef::Key(key) => Err(key_in_words(key)),
                };
                by_side
                    .entry((&join.table, n, side))
                    .or_default()
                    .push(join);
            }
        }
        Joins(by_side)
    }

    fn get<'s>(&'s self, table: &'s TableName, n: usize, side: Side) -> &'s [&'s JoinWork] {
        let found = self.0.get(&(table, n, side));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

/// Rows that were flushed, by the key that they refer to.
#[derive(Default)]
struct Children(HashMap<(usize, &'static str), HashMap<String, Vec<u32>>>);

impl Children {
    /// Those in the arena with this number whose reference has this key.
    fn get(
        &mut self,
        at: usize,
        target: &dyn AnyArena,
        inverse: &RelationMeta,
        key: &[Value],
    ) -> &[u32] {
        let by_key = self.0.entry((at, inverse.name)).or_insert_with(|| {
            let columns = target.meta().positions(inverse);
            let mut by_key: HashMap<String, Vec<u32>> = HashMap::new();
            for slot in target.flushed() {
                if target.state(slot) == Some(State::Persistent)
                    && let Some(values) = target.stored(slot)
                {
                    let refers: Vec<&Value> = columns.iter().map(|at| &values[*at]).collect();
                    by_key.entry(in_words(&refers)).or_default().push(slot);
                }
            }
            by_key
        });
        let found = by_key.get(&key_in_words(key));
        found.map(Vec::as_slice).unwrap_or_default()
    }
}

impl Lists {
    pub(crate) fn get(&self, owner: Place, relation: &'static str) -> Option<&List> {
        self.lists.get(&(owner.0, owner.1, relation))
    }

    pub(crate) fn put(
        &mut self,
        owner: Place,
        relation: &'static str,
        target: usize,
        slots: Vec<u32>,
        whole: bool,
        in_transaction: bool,
    ) {
        if in_transaction {
            // It may be what a flush made of it.
            self.changed.insert((owner.0, owner.1, relation));
        }
        let list = List {
            slots,
            target,
            whole,
        };
        self.lists.insert((owner.0, owner.1, relation), list);
    }

    /// A rollback: what was changed is not known any more.
    pub(crate) fn forget_changed(&mut self) {
        for key in self.changed.drain() {
            self.lists.remove(&key);
        }
    }

    pub(crate) fn commit(&mut self) {
        self.changed.clear();
    }

    /// Brings lists up to date with what was flushed.
    pub(crate) fn follow(&mut self, arenas: &Arenas, joins: &[JoinWork]) {
        if self.lists.is_empty() {
            return;
        }
        let (joins, mut children) = (Joins::of(joins), Children::default());
        for (key, list) in &mut self.lists {
            let owner = arenas.at(key.0);
            let Some(relation) = owner.meta().relation(key.2) else {
                continue;
            };
            let target = arenas.at(list.target);
            let before = list.slots.clone();
            list.slots.retain(|slot| {
                matches!(
                    target.state(*slot),
                    Some(State::Persistent | State::Pending)
                )
            });
            match (relation.kind, owner.key_values(key.1)) {
                (RelationKind::HasMany | RelationKind::HasOne, Some(_)) => {
                    follow_children(list, relation, target, owner, key.1, &mut children);
                }
                (RelationKind::ManyToMany, Some(owner_key)) => {
                    follow_joins(
                        list,
                        relation,
                        owner.meta(),
                        (key.0, key.1),
                        &owner_key,
                        &joins,
                    );
                }
                _ => {}
            }
            if list.slots != before {
                self.changed.insert(*key);
            }
        }
    }
}

fn follow_children(
    list: &mut List,
    relation: &RelationMeta,
    target: &dyn AnyArena,
    owner: &dyn AnyArena,
    slot: u32,
    children: &mut Children,
) {
    let meta = target.meta();
    let Some(inverse) = relation.inverse.and_then(|name| meta.relation(name)) else {
        return;
    };
    let Some(owner_key) = owner.tie(slot, inverse.by) else {
        return;
    };
    let columns = meta.positions(inverse);
    let belongs = |slot: u32| {
        let stored = target.stored(slot);
        stored.is_some_and(|values| {
            columns
                .iter()
                .zip(&owner_key)
                .all(|(at, key)| values[*at] == *key)
        })
    };
    list.slots.retain(|slot| belongs(*slot));
    if list.whole {
        let known: HashSet<u32> = list.slots.iter().copied().collect();
        let flushed = children.get(list.target, target, inverse, &owner_key);
        let new = flushed.iter().filter(|slot| !known.contains(slot));
        list.slots.extend(new);
    }
}

fn follow_joins(
    list: &mut List,
    relation: &RelationMeta,
    meta: &ModelMeta,
    owner: Place,
    owner_key: &[Value],
    joins: &Joins<'_>,
) {
    if joins.0.is_empty() {
        return;
    }
    let Ok(path) = relation.join_path(meta) else {
        return;
    };
    let Some((table, pairs)) = path.through else {
        return;
    };
    let own: Vec<&String> = pairs.iter().map(|(_, column)| column).collect();
    // The last change to a pair of rows is the only one.
    let (mut changed, mut added) = (HashSet::new(), Vec::new());
    for (mine, other) in [(0, 1), (1, 0)] {
        for side in [Ok(owner), Err(key_in_words(owner_key))] {
            for join in joins.get(&table, mine, side) {
                let first = join.columns.iter().take(own.len()).eq(own.iter().copied());
                let RowRef::Slot(slot) = join.sides[other].1 else {
                    continue;
                };
                if first == (mine == 0) && changed.insert(slot) && join.added {
                    added.push(slot);
                }
            }
        }
    }
    list.slots.retain(|slot| !changed.contains(slot));
    if list.whole {
        list.slots.extend(added);
    }
}
