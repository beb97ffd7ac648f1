//! [`Owners`]: finds which of some rows a reference leads to.

use super::arena::{Arena, State};
use super::by_value::ByValue;
use crate::model::meta::RelationMeta;
use crate::model::slot::{At, Pointer};
use aludel_sql::Value;
use std::collections::{HashMap, HashSet};

/// Rows by everything that a reference to them can hold: their slots, and the values by which the relation refers to them.
pub(crate) struct Owners {
    slots: HashSet<u32>,
    by_tie: HashMap<ByValue, u32>,
    ties: Vec<Vec<Value>>,
    succeeded: HashSet<ByValue>,
}

impl Owners {
    /// Indexes these slots of an arena, as a `BelongsTo` refers to them.
    pub(crate) fn of(arena: &Arena, slots: &[u32], relation: &RelationMeta) -> Owners {
        // If the relation is to another model of the same table, its slots are those of another arena.
        let is_own = std::ptr::eq((relation.target)(), arena.meta());
        let own = slots.iter().filter(|_| is_own);
        let mut owners = Owners {
            slots: own.copied().collect(),
            by_tie: HashMap::with_capacity(slots.len()),
            ties: Vec::with_capacity(slots.len()),
            succeeded: HashSet::new(),
        };
        for slot in slots {
            let tie = arena.tie(*slot, relation.by);
            // NULL refers to nothing.
            if let Some(tie) = tie.filter(|tie| !tie.iter().any(Value::is_null)) {
                owners.ties.push(tie.clone());
                owners.by_tie.insert(ByValue(tie), *slot);
            }
        }
        owners
    }

    /// Notes which of them have successors: other rows have their values now, and a reference to these values may mean either.
    ///
    /// `written` are the rows of the arena that were written along with the deletion: only they can have taken a key.
    pub(crate) fn note_successors(
        &mut self,
        arena: &Arena,
        relation: &RelationMeta,
        written: impl Iterator<Item = u32>,
    ) {
        if relation.by.is_none() {
            let taken = self.by_tie.keys();
            let taken = taken.filter(|tie| arena.find(&tie.0).is_some());
            self.succeeded = taken.cloned().collect();
        } else if !self.by_tie.is_empty() {
            for slot in written {
                if let Some(tie) = arena.tie(slot, relation.by).map(ByValue)
                    && arena.state(slot) == Some(State::Persistent)
                    && self.by_tie.contains_key(&tie)
                {
                    self.succeeded.insert(tie);
                }
            }
        }
    }

    /// Whether another row has the values that a reference leads to now.
    pub(crate) fn is_succeeded(&self, pointer: &Pointer) -> bool {
        match &pointer.0 {
            At::Key(key) if !self.succeeded.is_empty() => {
                self.succeeded.contains(&ByValue(key.clone()))
            }
            _ => false,
        }
    }

    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        self.slots.len().max(self.by_tie.len())
    }

    /// Their slots, and the values by which they are referred to.
    pub(crate) fn all(&self) -> (impl Iterator<Item = &u32>, impl Iterator<Item = &ByValue>) {
        (self.slots.iter(), self.by_tie.keys())
    }

    /// The values by which they are referred to, in the order of the slots.
    pub(crate) fn take_ties(&mut self) -> Vec<Vec<Value>> {
        std::mem::take(&mut self.ties)
    }

    /// The row that a reference leads to, if it is one of them.
    pub(crate) fn find(&self, pointer: Pointer, session: u32) -> Option<u32> {
        match pointer.0 {
            At::Nothing | At::Kind(_) => None,
            At::Slot(id) => {
                let known = id.session == session && self.slots.contains(&id.slot);
                known.then_some(id.slot)
            }
            At::Key(key) => self.by_tie.get(&ByValue(key)).copied(),
        }
    }
}
