//! Follows in memory what the database does by itself when rows are deleted: rows that refer to them by a cascading foreign key
//! are gone, too, whether or not a relation was declared on the other side.
//!
//! Nothing is read. A reference to a row that the session does not know can't be judged; such rows are expired.

use super::Session;
use super::arena::State;
use super::owners::Owners;
use super::report::Flushed;
use super::unit_of_work::Place;
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use crate::model::slot::At;
use aludel_engine::Result;
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The referrers of few rows are looked up in an index if the arena has more than this many times as many rows.
const FEW_OF: usize = 16;

/// Rows that a flush wrote.
#[derive(Default)]
pub(crate) struct Written {
    /// The rows that it inserted.
    pub(crate) inserted: HashSet<Place>,
    /// The rows that it updated, with the columns that changed.
    pub(crate) updated: HashMap<Place, Vec<usize>>,
    /// The rows whose references the database changed along with a key, so that they lead to the row that has the key now; and
    /// those columns.
    pub(crate) renamed: HashMap<Place, Vec<usize>>,
}

impl Written {
    /// The slots of an arena's rows.
    fn of(&self, at: usize) -> impl Iterator<Item = u32> {
        let changed = self.updated.keys().chain(self.renamed.keys());
        let all = self.inserted.iter().chain(changed);
        all.filter(move |place| place.0 == at).map(|place| place.1)
    }
}

impl Session {
    /// Follows what the database deleted or let go along with these deleted rows. Returns what was deleted.
    ///
    /// Another row may have the key of a deleted one by now. Rows that referred to that key before went with the deleted row;
    /// rows that were `written` along with the deletion may refer to either, and are expired.
    pub(crate) fn follow_database(&mut self, gone: &[Place], written: &Written) -> Result<Flushed> {
        let mut report = Flushed::default();
        let mut wave: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (at, slot) in gone {
            wave.entry(*at).or_default().push(*slot);
        }
        while !wave.is_empty() {
            let mut next: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
            for (parent, slots) in wave {
                for (at, relation) in self.referring(parent) {
                    let arena = self.arenas.at(parent);
                    let mut owners = Owners::of(arena, &slots, relation);
                    owners.note_successors(arena, relation, written.of(parent));
                    for child in self.referring_to(at, relation, &owners, written) {
                        self.let_go(at, child, relation)?;
                        if relation.on_delete == Action::Cascade {
                            report.count_deleted(self.arenas.at(at).meta(), 1);
                            next.entry(at).or_default().push(child);
                        }
                    }
                }
            }
            wave = next;
        }
        Ok(report)
    }

    /// Rows of this arena's model were deleted that the session may not know: expires the rows that may have gone along with
    /// them.
    pub(crate) fn doubt_children(&mut self, at: usize) {
        let session = self.arenas.session;
        let mut wave = vec![at];
        while let Some(parent) = wave.pop() {
            for (at, relation) in self.referring(parent) {
                let arena = self.arenas.at(parent);
                let mut known = arena.persistent();
                known.retain(|slot| !arena.is_expired(*slot));
                let owners = Owners::of(arena, &known, relation);
                let arena = self.arenas.at_mut(at);
                let mut any = false;
                for slot in arena.persistent() {
                    if !arena.is_expired(slot)
                        && let Some(pointer) = arena.pointer(slot, relation.name)
                        && pointer.0 != At::Nothing
                        && owners.find(pointer, session).is_none()
                    {
                        arena.expire(slot);
                        any = true;
                    }
                }
                if any && relation.on_delete == Action::Cascade {
                    wave.push(at);
                }
            }
        }
    }

    /// The references to an arena's rows that the database follows when such a row is deleted, each with its arena.
    fn referring(&self, parent: usize) -> Vec<(usize, &'static RelationMeta)> {
        let to = self.arenas.at(parent).meta();
        let follows = |relation: &&'static RelationMeta| {
            relation.kind == RelationKind::BelongsTo
                && !matches!(relation.on_delete, Action::Restrict | Action::NoAction)
                && to.shares_rows_with((relation.target)())
        };
        let arenas = self.arenas.iter().enumerate();
        let each = arenas.flat_map(|(at, arena)| {
            let meta: &'static ModelMeta = arena.meta();
            let relations = meta.relations.iter().filter(follows);
            relations.map(move |relation| (at, relation))
        });
        each.collect()
    }

    /// The rows of an arena that refer to one of these owners. Expires those that may refer to a successor.
    fn referring_to(
        &mut self,
        at: usize,
        relation: &'static RelationMeta,
        owners: &Owners,
        written: &Written,
    ) -> Vec<u32> {
        let session = self.arenas.session;
        let arena = self.arenas.at_mut(at);
        // Few owners are looked up in the index, not among all rows: the cost of deletes one by one stays proportional.
        let mut children = match owners.len().saturating_mul(FEW_OF) < arena.len() {
            true => {
                let (slots, ties) = owners.all();
                let found = self.referrers.find((at, arena), relation, slots, ties);
                let is_there = |slot: &u32| arena.state(*slot) == Some(State::Persistent);
                found.into_iter().filter(is_there).collect()
            }
            false => arena.persistent(),
        };
        let columns = arena.meta().positions(relation);
        let is_set = |of: Option<&Vec<usize>>| {
            of.is_some_and(|set| set.iter().any(|at| columns.contains(at)))
        };
        let mut doubtful = Vec::new();
        children.retain(|slot| {
            // Expired rows are read again anyway.
            let pointer = arena.pointer(*slot, relation.name);
            let Some(pointer) = pointer.filter(|_| !arena.is_expired(*slot)) else {
                return false;
            };
            if owners.is_succeeded(&pointer) {
                let place = (at, *slot);
                if is_set(written.renamed.get(&place)) {
                    return false;
                }
                if written.inserted.contains(&place) || is_set(written.updated.get(&place)) {
                    doubtful.push(place);
                    return false;
                }
            }
            owners.find(pointer, session).is_some()
        });
        for place in doubtful {
            self.arenas.expire(place);
        }
        children
    }

    /// Does to a row in memory what the database did to it when its parent was deleted.
    fn let_go(&mut self, at: usize, slot: u32, relation: &'static RelationMeta) -> Result<()> {
        if self.arenas.at(at).state(slot) != Some(State::Persistent) {
            return Ok(());
        }
        let twins = self.arenas.twins((at, slot));
        let arena = self.arenas.at_mut(at);
        match relation.on_delete {
            Action::Cascade => arena.left(slot),
            Action::SetNull => {
                let Some(mut values) = arena.stored(slot) else {
                    return Ok(());
                };
                for column in arena.meta().positions(relation) {
                    values[column] = Value::Null;
                }
                arena.followed(slot, &values)?;
            }
            Action::SetDefault => {
                self.arenas.expire((at, slot));
                return Ok(());
            }
            Action::Restrict | Action::NoAction => return Ok(()),
        }
        for twin in twins {
            self.arenas.follow_twin(Some((at, slot)), twin)?;
        }
        Ok(())
    }
}
