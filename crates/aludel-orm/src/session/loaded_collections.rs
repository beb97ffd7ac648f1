//! Loaded relations: lists of slots, which follow what is flushed.

use super::arena::State;
use super::arenas::Arenas;
use super::by_value::ByValue;
use super::pending::RowRef;
use super::unit_of_work::{JoinWork, Place};
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use aludel_sql::Value;
use aludel_sql::statement::TableName;
use std::collections::{BTreeSet, HashMap, HashSet};

/// A list: the row whose relation it is, and the relation.
type ListKey = (usize, u32, &'static str);

/// The loaded relations of all rows, as slots.
#[derive(Default)]
pub(crate) struct LoadedCollections {
    lists: HashMap<ListKey, List>,
    /// Lists that were changed since the last commit.
    changed: HashSet<ListKey>,
    members: Members,
    /// Lists whose rows are not in `members` yet, and dropped lists whose rows still are.
    unindexed: Vec<ListKey>,
    stale: Vec<(ListKey, List)>,
    /// References whose row a load did not find because it is out of scope: the values they refer to.
    out_of_scope: HashMap<ListKey, Vec<Value>>,
}

pub(crate) struct List {
    pub(crate) slots: Vec<u32>,
    pub(crate) target: usize,
    whole: bool,
    is_indexed: bool,
    /// Whether its rows are in it by a join table, not by their own references.
    is_joined: bool,
}

/// The lists that contain each row, so that a flush looks only at the lists of the rows that it wrote.
#[derive(Default)]
struct Members {
    owned: BTreeSet<(Place, ListKey)>,
    joined: BTreeSet<(Place, ListKey)>,
}

impl Members {
    fn of(&mut self, is_joined: bool) -> &mut BTreeSet<(Place, ListKey)> {
        match is_joined {
            true => &mut self.joined,
            false => &mut self.owned,
        }
    }
}

/// The lists of a row.
fn lists_of(
    members: &BTreeSet<(Place, ListKey)>,
    place: Place,
) -> impl Iterator<Item = ListKey> + '_ {
    let first: (Place, ListKey) = (place, (0, 0, ""));
    let all = members.range(first..);
    let own = all.take_while(move |(of, _)| *of == place);
    own.map(|(_, key)| *key)
}

/// The changes of a flush to lists.
#[derive(Default)]
struct Moves {
    left: HashMap<ListKey, HashSet<u32>>,
    came: Vec<(ListKey, u32)>,
}

impl Moves {
    fn leave(&mut self, key: ListKey, slot: u32) {
        self.left.entry(key).or_default().insert(slot);
    }
}

impl LoadedCollections {
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
        let key = (owner.0, owner.1, relation);
        if in_transaction {
            // It may contain what a flush wrote.
            self.changed.insert(key);
        }
        let list = List {
            slots,
            target,
            whole,
            is_indexed: false,
            is_joined: false,
        };
        match self.lists.insert(key, list) {
            Some(old) if old.is_indexed => {
                self.stale.push((key, old));
                self.unindexed.push(key);
            }
            // It is in `unindexed` already.
            Some(_) => {}
            None => self.unindexed.push(key),
        }
    }

    /// Notes whether the row that a load looked for is out of scope.
    pub(crate) fn note_scope(
        &mut self,
        owner: Place,
        relation: &'static str,
        target: Option<Vec<Value>>,
    ) {
        let key = (owner.0, owner.1, relation);
        match target {
            Some(target) => self.out_of_scope.insert(key, target),
            None => self.out_of_scope.remove(&key),
        };
    }

    /// Whether the row that this one refers to was out of scope when it was loaded.
    pub(crate) fn is_out_of_scope(
        &self,
        owner: Place,
        relation: &'static str,
        target: &[Value],
    ) -> bool {
        let known = self.out_of_scope.get(&(owner.0, owner.1, relation));
        known.is_some_and(|known| known == target)
    }

    /// After a rollback: forgets the lists that were changed in the transaction.
    pub(crate) fn forget_changed(&mut self) {
        self.out_of_scope.clear();
        for key in self.changed.drain() {
            if let Some(old) = self.lists.remove(&key)
                && old.is_indexed
            {
                self.stale.push((key, old));
            }
        }
    }

    pub(crate) fn commit(&mut self) {
        self.changed.clear();
    }

    /// Brings lists up to date with what was flushed.
    pub(crate) fn follow(&mut self, arenas: &mut Arenas, joins: &[JoinWork]) {
        let written = arenas.take_written();
        if self.lists.is_empty() {
            return;
        }
        let arenas = &*arenas;
        self.index(arenas);
        let (mut moves, mut ties) = (Moves::default(), Ties::default());
        for (at, written) in written.iter().enumerate() {
            for slot in &written.slots {
                self.follow_row(arenas, (at, *slot), &mut ties, &mut moves);
            }
            for slot in &written.rekeyed {
                self.follow_owner(arenas, (at, *slot), |_| true, &mut moves);
            }
        }
        self.follow_joins(arenas, joins, &mut moves);
        for (key, slots) in moves.left {
            if let Some(list) = self.lists.get_mut(&key) {
                list.slots.retain(|slot| !slots.contains(slot));
                let members = self.members.of(list.is_joined);
                for slot in slots {
                    members.remove(&((list.target, slot), key));
                }
                self.changed.insert(key);
            }
        }
        for (key, slot) in moves.came {
            if let Some(list) = self.lists.get_mut(&key)
                && self
                    .members
                    .of(list.is_joined)
                    .insert(((list.target, slot), key))
            {
                list.slots.push(slot);
                self.changed.insert(key);
            }
        }
    }

    /// Adds the rows of new lists to the members, and removes those of dropped ones.
    fn index(&mut self, arenas: &Arenas) {
        for (key, list) in self.stale.drain(..) {
            let members = self.members.of(list.is_joined);
            for slot in list.slots {
                members.remove(&((list.target, slot), key));
            }
        }
        for key in self.unindexed.drain(..) {
            let Some(list) = self.lists.get_mut(&key).filter(|list| !list.is_indexed) else {
                continue;
            };
            let relation = arenas.at(key.0).meta().relation(key.2);
            list.is_indexed = true;
            list.is_joined =
                relation.is_some_and(|relation| relation.kind == RelationKind::ManyToMany);
            let members = self.members.of(list.is_joined);
            let places = list.slots.iter().map(|slot| ((list.target, *slot), key));
            members.extend(places);
        }
    }

    /// Follows a row that was written: it may leave lists, join others, and be referred to by other values.
    fn follow_row(&self, arenas: &Arenas, place: Place, ties: &mut Ties, moves: &mut Moves) {
        let (at, slot) = place;
        let state = arenas.at(at).state(slot);
        let is_there = matches!(state, Some(State::Persistent | State::Pending));
        for key in lists_of(&self.members.owned, place) {
            if !(is_there && belongs(arenas, &key, place)) {
                moves.leave(key, slot);
            }
        }
        if !is_there {
            for key in lists_of(&self.members.joined, place) {
                moves.leave(key, slot);
            }
            return;
        }
        if state == Some(State::Persistent) {
            self.come(arenas, place, ties, moves);
        }
        // Its alternate key may have changed.
        self.follow_owner(arenas, place, |inverse| inverse.by.is_some(), moves);
    }

    /// Adds a row to the lists of the rows that it refers to.
    fn come(&self, arenas: &Arenas, (at, slot): Place, ties: &mut Ties, moves: &mut Moves) {
        let arena = arenas.at(at);
        let meta = arena.meta();
        let mut stored: Option<Vec<Value>> = None;
        for inverse in &meta.relations {
            if inverse.kind != RelationKind::BelongsTo {
                continue;
            }
            let target = (inverse.target)();
            let mut relations = target
                .relations
                .iter()
                .filter(|relation| is_inverse(relation, meta, inverse))
                .peekable();
            let owners = arenas
                .by_meta(target)
                .filter(|_| relations.peek().is_some());
            let Some(owners) = owners else { continue };
            if stored.is_none() {
                stored = arena.stored(slot);
            }
            let Some(values) = &stored else { return };
            let positions = meta.positions(inverse);
            let tie: Vec<Value> = positions.iter().map(|at| values[*at].clone()).collect();
            if tie.iter().any(Value::is_null) {
                continue;
            }
            let Some(owner) = ties.find(arenas, owners, (at, inverse), tie) else {
                continue;
            };
            for relation in relations {
                let key = (owners, owner, relation.name);
                let is_whole = self.lists.get(&key).is_some_and(|list| list.whole);
                if is_whole && !self.members.owned.contains(&((at, slot), key)) {
                    moves.came.push((key, slot));
                }
            }
        }
    }

    /// The values by which a row is referred to have changed: rows that still refer to the old ones leave its lists.
    fn follow_owner(
        &self,
        arenas: &Arenas,
        (at, slot): Place,
        wanted: impl Fn(&RelationMeta) -> bool,
        moves: &mut Moves,
    ) {
        for relation in &arenas.at(at).meta().relations {
            if !matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne) {
                continue;
            }
            let key = (at, slot, relation.name);
            let Some(list) = self.lists.get(&key) else {
                continue;
            };
            let target = (relation.target)();
            let inverse = relation.inverse.and_then(|name| target.relation(name));
            if inverse.is_some_and(&wanted) {
                for child in &list.slots {
                    if !belongs(arenas, &key, (list.target, *child)) {
                        moves.leave(key, *child);
                    }
                }
            }
        }
    }

    /// Follows rows of join tables that were added and removed; for each pair only the last change is given.
    fn follow_joins(&self, arenas: &Arenas, joins: &[JoinWork], moves: &mut Moves) {
        let mut paths: HashMap<(usize, &'static str), Option<(TableName, Vec<String>)>> =
            HashMap::new();
        for join in joins {
            for (mine, other) in [(0, 1), (1, 0)] {
                let (at, target) = (join.sides[mine].0, join.sides[other].0);
                let owner = slot_of(arenas, &join.sides[mine]);
                let (Some(owner), Some(slot)) = (owner, slot_of(arenas, &join.sides[other])) else {
                    continue;
                };
                let meta = arenas.at(at).meta();
                for relation in &meta.relations {
                    let key = (at, owner, relation.name);
                    let list = self.lists.get(&key).filter(|list| list.is_joined);
                    let Some(list) = list.filter(|list| list.target == target) else {
                        continue;
                    };
                    let path = paths.entry((at, relation.name));
                    let path = path.or_insert_with(|| own_columns(relation, meta));
                    let Some((_, own)) = path.as_ref().filter(|path| path.0 == join.table) else {
                        continue;
                    };
                    // Seen from this side, or from the other side of a relation between rows of one model.
                    let is_first = join.columns.iter().take(own.len()).eq(own.iter());
                    if is_first != (mine == 0) {
                        continue;
                    }
                    let is_in = self.members.joined.contains(&((target, slot), key));
                    if is_in && !join.added {
                        moves.leave(key, slot);
                    } else if join.added && !is_in && list.whole {
                        moves.came.push((key, slot));
                    }
                }
            }
        }
    }
}

/// Rows by alternate key, for each relation that refers by one; the arenas know other keys.
#[derive(Default)]
struct Ties(HashMap<(usize, &'static str), HashMap<ByValue, u32>>);

impl Ties {
    /// The row of an arena that a relation of another one refers to by these values.
    fn find(
        &mut self,
        arenas: &Arenas,
        owners: usize,
        (at, inverse): (usize, &'static RelationMeta),
        tie: Vec<Value>,
    ) -> Option<u32> {
        let arena = arenas.at(owners);
        if inverse.by.is_none() {
            return arena.find(&tie);
        }
        let known = self.0.entry((at, inverse.name)).or_insert_with(|| {
            let slots = arena.persistent().into_iter();
            let ties = slots.filter_map(|slot| Some((ByValue(arena.tie(slot, inverse.by)?), slot)));
            ties.collect()
        });
        known.get(&ByValue(tie)).copied()
    }
}

/// Whether a relation is the other side of a reference of this model.
fn is_inverse(relation: &RelationMeta, meta: &ModelMeta, reference: &RelationMeta) -> bool {
    matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne)
        && relation.inverse == Some(reference.name)
        && std::ptr::eq((relation.target)(), meta)
}

/// Whether a row's own reference leads to the row whose list this is.
fn belongs(arenas: &Arenas, key: &ListKey, (at, slot): Place) -> bool {
    let (owner, target) = (arenas.at(key.0), arenas.at(at));
    let relation = owner.meta().relation(key.2);
    let inverse = relation.and_then(|relation| relation.inverse);
    let Some(inverse) = inverse.and_then(|name| target.meta().relation(name)) else {
        return true;
    };
    let Some(tie) = owner.tie(key.1, inverse.by) else {
        return true;
    };
    let Some(values) = target.stored(slot) else {
        return false;
    };
    let columns = target.meta().positions(inverse);
    let mut pairs = columns.iter().zip(&tie);
    pairs.all(|(at, value)| values[*at] == *value)
}

/// The slot of one side of a row of a join table, if the session has the row.
fn slot_of(arenas: &Arenas, (at, row): &(usize, RowRef)) -> Option<u32> {
    match row {
        RowRef::Slot(slot) => Some(*slot),
        RowRef::Key(key) => arenas.at(*at).find(key),
    }
}

/// The join table of a relation, and its columns on this side.
fn own_columns(relation: &RelationMeta, meta: &ModelMeta) -> Option<(TableName, Vec<String>)> {
    let (table, pairs) = relation.join_path(meta).ok()?.through?;
    let own = pairs.into_iter().map(|(_, column)| column);
    Some((table, own.collect()))
}
