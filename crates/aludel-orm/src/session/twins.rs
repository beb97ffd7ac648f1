//! Rows of an enum's table that a session knows both as the enum and as a variant.
//!
//! Each of the two has a slot of its own, because their types differ. They are kept in sync: reads, writes and deletes of one
//! apply to both. Between two flushes each has its own changes; whatever looks for a row (`get`, a query) flushes first.

use super::arena::State;
use super::arenas::Arenas;
use super::unit_of_work::Place;
use crate::model::values::same;
use crate::model::variants::as_other;
use aludel_engine::Result;
use aludel_sql::Value;
use std::any::Any;

impl Arenas {
    /// Whether several arenas have rows of one table.
    pub(crate) fn share_tables(&self) -> bool {
        let mut shared = self.iter().filter(|arena| arena.meta().shares_table());
        shared.nth(1).is_some()
    }

    /// The other arenas that may have the same rows as this one.
    pub(crate) fn siblings(&self, at: usize) -> Vec<usize> {
        let meta = self.at(at).meta();
        if !meta.shares_table() {
            return Vec::new();
        }
        let arenas = self.iter().enumerate();
        arenas
            .filter(|(n, arena)| *n != at && arena.meta().shares_rows_with(meta))
            .map(|(n, _)| n)
            .collect()
    }

    /// The other slots of a row.
    pub(crate) fn twins(&self, place: Place) -> Vec<Place> {
        let siblings = self.siblings(place.0);
        if siblings.is_empty() {
            return Vec::new();
        }
        let Some(key) = self.at(place.0).key_values(place.1) else {
            return Vec::new();
        };
        let twin = |at: usize| Some((at, self.at(at).find(&key)?));
        siblings.into_iter().filter_map(twin).collect()
    }

    /// Makes a twin follow a row; `now` is the slot that has the row, `None` if it is gone.
    pub(crate) fn follow_twin(&mut self, now: Option<Place>, twin: Place) -> Result<()> {
        // The twin is gone if a slot of its own arena replaced it, or if it was removed as well.
        let stays = self.at(twin.0).state(twin.1) == Some(State::Persistent);
        let values = now
            .filter(|now| stays && now.0 != twin.0)
            .and_then(|now| self.seen_as(now, twin.0));
        match values {
            Some(values) => self.take_over(twin, &values),
            None => {
                self.at_mut(twin.0).left(twin.1);
                Ok(())
            }
        }
    }

    /// The values of a row in the columns of another arena's model.
    fn seen_as(&self, place: Place, other: usize) -> Option<Vec<Value>> {
        let arena = self.at(place.0);
        if arena.state(place.1) != Some(State::Persistent) {
            return None;
        }
        as_other(arena.meta(), self.at(other).meta(), &arena.stored(place.1)?)
    }

    fn take_over(&mut self, place: Place, values: &[Value]) -> Result<()> {
        let arena = self.at_mut(place.0);
        let is_known = !arena.is_expired(place.1)
            && !arena.is_dirty(place.1)
            && arena.stored(place.1).is_some_and(|known| {
                let mut pairs = known.iter().zip(values);
                pairs.all(|(a, b)| same(a, b))
            });
        if is_known {
            return Ok(());
        }
        arena.followed(place.1, values)
    }

    /// Syncs rows that were read with their twins: what the session knows of a twin stays, unless it is to be refreshed.
    pub(crate) fn meet_twins(&mut self, at: usize, slots: &[u32], refresh: bool) -> Result<()> {
        if self.siblings(at).is_empty() {
            return Ok(());
        }
        for slot in slots {
            let read = (at, *slot);
            if self.at(at).state(*slot) != Some(State::Persistent) {
                continue;
            }
            for twin in self.twins(read) {
                let arena = self.at(twin.0);
                if arena.state(twin.1) != Some(State::Persistent) {
                    continue;
                }
                let known = match refresh || arena.is_expired(twin.1) {
                    true => None,
                    false => self.seen_as(twin, at),
                };
                match known {
                    Some(values) if !self.at(at).is_dirty(*slot) => {
                        self.take_over(read, &values)?;
                    }
                    Some(_) => {}
                    // An expired row keeps its changes.
                    None if !refresh && self.at(twin.0).is_dirty(twin.1) => {}
                    None => self.follow_twin(Some(read), twin)?,
                }
            }
        }
        Ok(())
    }

    /// Turns the rows of a sink into slots.
    pub(crate) fn absorb_all(&mut self, at: usize, sink: Box<dyn Any + Send>) -> Result<Vec<u32>> {
        let slots = self.at_mut(at).absorb_all(sink, false)?;
        self.meet_twins(at, &slots, false)?;
        Ok(slots)
    }

    /// Whether a row has changes as a row of another model that reading it here would miss.
    pub(crate) fn is_changed_elsewhere(&self, at: usize, key: &[Value]) -> bool {
        self.is_elsewhere(at, key, |place| {
            let arena = self.at(place.0);
            arena.is_dirty(place.1) || arena.state(place.1) == Some(State::Removed)
        })
    }

    /// Whether a row is marked to be deleted as a row of another model.
    pub(crate) fn is_removed_elsewhere(&self, at: usize, key: &[Value]) -> bool {
        self.is_elsewhere(at, key, |place| {
            self.at(place.0).state(place.1) == Some(State::Removed)
        })
    }

    fn is_elsewhere(&self, at: usize, key: &[Value], is_so: impl Fn(Place) -> bool) -> bool {
        let mut siblings = self.siblings(at).into_iter();
        siblings.any(|at| self.at(at).find(key).is_some_and(|slot| is_so((at, slot))))
    }

    /// Expires a row in all its arenas.
    pub(crate) fn expire(&mut self, place: Place) {
        let twins = self.twins(place);
        for (at, slot) in std::iter::once(place).chain(twins) {
            self.at_mut(at).expire(slot);
        }
    }

    /// Notes that a row is gone; a row of an enum may only have changed its variant.
    pub(crate) fn vanish(&mut self, place: Place) {
        for (at, slot) in self.twins(place) {
            self.at_mut(at).expire(slot);
        }
        self.at_mut(place.0).vanish(place.1);
    }
}
