//! What a flush derives from the program's changes and does in memory before anything is sent: rows that go along with
//! others, references that are led elsewhere. Of a flush that fails nothing of it stays, so that the program can change its
//! mind: its changes are pending, as it made them, and what follows from them is found out again by the next flush.

use super::Session;
use super::collection_changes::Collection;
use super::reference::{At, Pointer};
use super::unit_of_work::{JoinWork, Place};
use crate::meta::{RelationKind, RelationMeta};
use aludel_sql::expr::Node;
use std::collections::HashMap;

/// What a flush that is on its way did, for the case that it fails.
#[derive(Default)]
pub(crate) struct Effects {
    led: Vec<Led>,
    /// Changes of relations that were applied.
    pub(super) applied: Vec<Collection>,
    /// Rows of join tables that were to be flushed before.
    joins: Option<Vec<JoinWork>>,
}

/// A reference that was led elsewhere: where it led before, and the expressions that its row was set to.
struct Led {
    place: Place,
    relation: &'static str,
    before: Pointer,
    assigned: Vec<(usize, Node)>,
    /// Where it leads as the flush writes it.
    after: Option<Pointer>,
}

impl Session {
    /// A flush begins.
    pub(crate) fn begin_effects(&mut self) {
        self.effects.joins = Some(self.joins.clone());
    }

    /// What was done came to nothing.
    pub(crate) fn forget_effects(&mut self) {
        self.effects = Effects::default();
    }

    /// Notes how rows are as the flush is about to write them, to tell later whether the program changed them since.
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

    /// What was done is part of what the database has now, as long as the transaction is not undone.
    pub(crate) fn keep_effects(&mut self) {
        let mut effects = std::mem::take(&mut self.effects);
        // Rows of join tables are noted as such.
        effects.joins = None;
        let is_join = |known: &Collection| known.relation.kind == RelationKind::ManyToMany;
        effects.applied.retain(|known| !is_join(known));
        if let Some(kept) = self.kept_effects.last_mut()
            && !(effects.led.is_empty() && effects.applied.is_empty())
        {
            kept.push(effects);
        }
    }

    /// A level of the transaction came to nothing, and its changes are pending: as the program made them, without what
    /// followed from them. What it has changed itself since then stays.
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
                // What went along with its owner was no row then.
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

    /// A reference leads where it led before.
    fn lead_back(&mut self, led: Led) {
        let arena = self.arenas.at_mut(led.place.0);
        // It led there before.
        drop(arena.point(led.place.1, led.relation, led.before));
        arena.reassign(led.place.1, led.assigned);
    }

    /// Notes where a reference leads that the flush is about to lead elsewhere.
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

    /// The flush failed, or was given up: rows are as the program made them, and its changes of relations are pending.
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

    /// Where the reference leads that a change of a relation is about.
    fn reference_of(&mut self, collection: &Collection) -> Option<Pointer> {
        if collection.relation.kind == RelationKind::ManyToMany {
            return None;
        }
        let (child, inverse) = self.child(collection).ok()?;
        let arena = self.arenas.at_mut(collection.target);
        arena.pointer(child, inverse.name)
    }

    /// Forgets changes of relations that a flush tried and that the program has thought better of since: it set the
    /// reference itself, or the whole relation.
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

    /// Whether the program led a reference elsewhere since a flush failed. Of one that was in the way of a change of the
    /// relation, that it was set back is no word against that change.
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

    /// Whether a reference leads elsewhere than the database has it.
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
