//! What was loaded of relations: lists of slots, which follow what is flushed.

use super::arena::{AnyArena, State};
use super::arenas::Arenas;
use super::ops::RowRef;
use super::work::{JoinWork, Place};
use crate::meta::{ModelMeta, RelationKind, RelationMeta};
use aludel_sql::Value;
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
                    follow_children(list, relation, target, owner, key.1);
                }
                (RelationKind::ManyToMany, Some(owner_key)) => {
                    follow_joins(
                        list,
                        relation,
                        owner.meta(),
                        (key.0, key.1),
                        &owner_key,
                        joins,
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
        let flushed = target.flushed();
        let new = flushed.iter().filter(|slot| {
            !known.contains(slot)
                && target.state(**slot) == Some(State::Persistent)
                && belongs(**slot)
        });
        let new: Vec<u32> = new.copied().collect();
        list.slots.extend(new);
    }
}

fn follow_joins(
    list: &mut List,
    relation: &RelationMeta,
    meta: &ModelMeta,
    owner: Place,
    owner_key: &[Value],
    joins: &[JoinWork],
) {
    let Ok(path) = relation.join_path(meta) else {
        return;
    };
    let Some((table, pairs)) = path.through else {
        return;
    };
    let own: Vec<&String> = pairs.iter().map(|(_, column)| column).collect();
    for join in joins.iter().filter(|join| join.table == table) {
        let first = join.columns.iter().take(own.len()).eq(own.iter().copied());
        let (mine, other) = if first {
            (&join.sides[0], &join.sides[1])
        } else {
            (&join.sides[1], &join.sides[0])
        };
        let is_owner = match &mine.1 {
            RowRef::Slot(slot) => (mine.0, *slot) == owner,
            RowRef::Key(key) => key == owner_key,
        };
        let RowRef::Slot(slot) = other.1 else {
            continue;
        };
        if is_owner {
            list.slots.retain(|known| *known != slot);
            if join.added && list.whole {
                list.slots.push(slot);
            }
        }
    }
}
