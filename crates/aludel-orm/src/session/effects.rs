//! What a flush derives from the program's changes and does in memory before anything is sent: rows that go along with others,
//! references that are changed. If the flush fails, all of it is undone, so that the program can change its mind: its changes
//! are pending, as it made them, and the next flush derives the effects again.

use super::Session;
use super::collection_changes::Collection;
use super::unit_of_work::{JoinWork, Place};
use crate::model::meta::{RelationKind, RelationMeta};
use crate::model::slot::{At, Pointer};
use aludel_sql::expr::Node;
use std::collections::HashMap;

/// The effects of the current flush, to be undone if it fails.
#[derive(Default)]
pub(crate) struct Effects {
    led: Vec<Led>,
    /// Relation changes that were applied.
    pub(super) applied: Vec<Collection>,
    /// Rows of join tables that were pending before the flush.
    joins: Option<Vec<JoinWork>>,
}

/// A reference that the flush changed: where it led before, and the expressions that its row was set to.
struct Led {
    place: Place,
    relation: &'static str,
    before: Pointer,
    assigned: Vec<(usize, Node)>,
    /// Where it leads in what the flush writes.
    after: Option<Pointer>,
}

impl Session {
    /// Begins a flush.
    pub(crate) fn begin_effects(&mut self) {
        self.effects.joins = Some(self.joins.clone());
    }

    /// Forgets the effects.
    pub(crate) fn forget_effects(&mut self) {
        self.effects = Effects::default();
    }

    /// Notes the state of references just before the flush writes, to tell later whether the program changed them since.
    pub(crate) fn note_reached(&mut self) {
        let mut effects = std::mem::take(&mut self.effects);
        for led in &mut effects.led {
            let arena = self.arenas.at_mut(led.place.0);
            led.after = arena.pointer(led.place.1, led.relation);
        }
        for collection in &mut effects.applied {
            collection.seen = self.reference_of(collection);
        }
        self.effects = effects;
    }

    /// Keeps the effects with the open transaction: the database has them now, unless the transaction is rolled back.
    pub(crate) fn keep_effects(&mut self) {
        let mut effects = std::mem::take(&mut self.effects);
        // Rows of join tables are recorded separately.
        effects.joins = None;
        let is_join = |known: &Collection| known.relation.kind == RelationKind::ManyToMany;
        effects.applied.retain(|known| !is_join(known));
        if let Some(kept) = self.kept_effects.last_mut()
            && !(effects.led.is_empty() && effects.applied.is_empty())
        {
            kept.push(effects);
        }
    }

    /// Undoes the effects of a rolled-back level whose changes are pending again: as the program made them, without what
    /// followed from them. Changes that the program made since then stay.
    pub(crate) fn undo_kept_effects(&mut self) {
        let mut undone = Effects::default();
        for effects in self
            .kept_effects
            .pop()
            .unwrap_or_default()
            .into_iter()
            .rev()
        {
            for collection in effects.applied {
                // A row that was removed along with its owner had no reference then.
                let is_as_written =
                    collection.seen.is_none() || self.reference_of(&collection) == collection.seen;
                if is_as_written {
                    self.pushed.extend(collection.pushed());
                    undone.applied.push(collection);
                }
            }
            for led in effects.led.into_iter().rev() {
                let arena = self.arenas.at_mut(led.place.0);
                if arena.pointer(led.place.1, led.relation) == led.after {
                    self.lead_back(led);
                }
            }
        }
        self.effects = undone;
        self.undo_effects();
    }

    /// Sets a reference back to where it led before.
    fn lead_back(&mut self, led: Led) {
        let arena = self.arenas.at_mut(led.place.0);
        // It can't fail: the reference led there before.
        drop(arena.point(led.place.1, led.relation, led.before));
        arena.reassign(led.place.1, led.assigned);
    }

    /// Notes where a reference leads, before the flush changes it.
    pub(super) fn note_led(&mut self, place: Place, relation: &'static str) {
        let arena = self.arenas.at_mut(place.0);
        if let Some(before) = arena.pointer(place.1, relation) {
            let assigned = arena.assigned(place.1);
            self.effects.led.push(Led {
                place,
                relation,
                before,
                assigned,
                after: None,
            });
        }
    }

    /// Undoes the effects of a flush that failed or was cancelled: rows are as the program made them, and its relation changes
    /// are pending.
    pub(crate) fn undo_effects(&mut self) {
        let effects = std::mem::take(&mut self.effects);
        for at in 0..self.arenas.len() {
            self.arenas.at_mut(at).bring_back();
        }
        for led in effects.led.into_iter().rev() {
            self.lead_back(led);
        }
        if let Some(joins) = effects.joins {
            self.joins = joins;
        }
        self.changes.extend(effects.applied);
        self.changes.sort_by_key(|known| known.change.turn);
        let mut changes = std::mem::take(&mut self.changes);
        for collection in &mut changes {
            collection.is_tried = true;
            collection.seen = self.reference_of(collection);
        }
        self.changes = changes;
    }

    /// The current value of the reference that a relation change is about.
    fn reference_of(&mut self, collection: &Collection) -> Option<Pointer> {
        if collection.relation.kind == RelationKind::ManyToMany {
            return None;
        }
        let (child, inverse) = self.child(collection).ok()?;
        let arena = self.arenas.at_mut(collection.target);
        arena.pointer(child, inverse.name)
    }

    /// Forgets relation changes of a failed flush that the program has overridden since: it set the reference itself, or the
    /// whole relation.
    pub(super) fn forget_superseded(&mut self) {
        if !self.changes.iter().any(|known| known.is_tried) {
            return;
        }
        let mut set: HashMap<(Place, &'static str), u64> = HashMap::new();
        for known in &self.changes {
            if !known.is_tried && known.change.row.is_none() {
                set.insert((known.owner, known.relation.name), known.change.turn);
            }
        }
        let changes = std::mem::take(&mut self.changes);
        for collection in changes {
            let set = set.get(&(collection.owner, collection.relation.name));
            let is_old = set.is_some_and(|turn| collection.change.turn < *turn);
            if !collection.is_tried || !is_old && !self.was_led_since(&collection) {
                self.changes.push(collection);
            } else if is_old && let Some(draft) = collection.pushed() {
                self.arenas.at_mut(draft.0).remove(draft.1);
            }
        }
    }

    /// Whether the program changed a reference since a flush failed. If the reference contradicted the relation change, setting
    /// it back does not override that change.
    fn was_led_since(&mut self, collection: &Collection) -> bool {
        let Some(seen) = &collection.seen else {
            return false;
        };
        let Ok((child, inverse)) = self.child(collection) else {
            return false;
        };
        let Some(now) = self.reference_of(collection) else {
            return false;
        };
        let place = (collection.target, child);
        now != *seen
            && (!self.is_set_anew(place, inverse, seen) || self.is_set_anew(place, inverse, &now))
    }

    /// Whether a reference leads elsewhere than in the database.
    fn is_set_anew(&self, place: Place, relation: &RelationMeta, pointer: &Pointer) -> bool {
        if pointer.0 != At::Nothing {
            return self.was_set(place.0, place.1, relation, pointer);
        }
        let arena = self.arenas.at(place.0);
        let columns = arena.meta().positions(relation);
        let stored = arena.stored(place.1);
        stored.is_some_and(|stored| columns.iter().any(|at| !stored[*at].is_null()))
    }
}
