//! What callers do who name the model: the rest of an [`Arena`] is the same for all.

use super::rollback::Before;
use super::store::{Content, Rows};
use super::{Arena, State};
use crate::model::{Model, NewModel};
use crate::session::key::{Key, SlotId};
use aludel_engine::Result;
use std::any::Any;

impl Arena {
    fn rows<M: Model>(&self) -> &Rows<M> {
        let store: &dyn Any = &*self.store;
        match store.downcast_ref() {
            Some(rows) => rows,
            None => unreachable!("arenas are kept by their model"),
        }
    }

    fn rows_mut<M: Model>(&mut self) -> &mut Rows<M> {
        let store: &mut dyn Any = &mut *self.store;
        match store.downcast_mut() {
            Some(rows) => rows,
            None => unreachable!("arenas are kept by their model"),
        }
    }

    pub(crate) fn key<M: Model>(&self, slot: u32) -> Key<M> {
        Key::new(SlotId {
            session: self.session,
            slot,
        })
    }

    /// Reserves space for this many more rows.
    pub(crate) fn reserve<M: Model>(&mut self, rows: usize) {
        self.slots.reserve(rows);
        self.pending.reserve(rows);
        self.rows_mut::<M>().contents.reserve(rows);
    }

    pub(crate) fn add<N: NewModel>(&mut self, draft: N) -> u32 {
        let slot = self.push(State::Pending);
        self.pending.push(slot);
        self.rows_mut::<N::Model>()
            .contents
            .push(Content::Draft(draft));
        slot
    }

    /// The row, unless it was deleted.
    pub(crate) fn row<M: Model>(&self, slot: u32) -> Option<&M> {
        if self.slots.get(slot as usize)?.state == State::Deleted {
            return None;
        }
        match self.rows::<M>().contents.get(slot as usize) {
            Some(Content::Row(row)) => Some(row),
            _ => None,
        }
    }

    /// The row, to be changed; remembers the values that the database has first.
    pub(crate) fn row_mut<M: Model>(&mut self, slot: u32) -> Option<&mut M> {
        self.touch(slot);
        match self.rows_mut::<M>().contents.get_mut(slot as usize) {
            Some(Content::Row(row)) => Some(row),
            _ => None,
        }
    }

    pub(crate) fn draft<M: Model>(&self, slot: u32) -> Option<&M::New> {
        match self.rows::<M>().contents.get(slot as usize) {
            Some(Content::Draft(draft)) => Some(draft),
            _ => None,
        }
    }

    pub(crate) fn draft_mut<M: Model>(&mut self, slot: u32) -> Option<&mut M::New> {
        match self.rows_mut::<M>().contents.get_mut(slot as usize) {
            Some(Content::Draft(draft)) => Some(draft),
            _ => None,
        }
    }

    pub(crate) fn find_key<M: Model>(&self, key: &M::Key) -> Option<u32> {
        self.rows::<M>().keys.get(key)
    }

    /// Adds a row that a query found, and returns its slot, which never changes. A known row stays as it is, unless it is to be
    /// refreshed or is expired.
    pub(crate) fn absorb<M: Model>(&mut self, row: M, refresh: bool) -> u32 {
        let key = row.key();
        if let Some(slot) = self.rows::<M>().keys.get(&key) {
            // An expired row keeps its changes: it stays expired.
            if refresh || self.is_expired(slot) && !self.is_dirty(slot) {
                let was = self.before_overwrite(slot);
                self.rows_mut().overwrite(slot, row);
                self.note(slot, was.map_or(Before::Read, Before::refreshed));
            }
            return slot;
        }
        let slot = self.push(State::Persistent);
        let rows = self.rows_mut();
        rows.contents.push(Content::Row(row));
        rows.keys.insert(key, slot);
        self.note(slot, Before::Read);
        slot
    }

    pub(crate) fn absorb_each<M: Model>(&mut self, rows: Vec<M>, refresh: bool) -> Vec<u32> {
        let mut slots = Vec::with_capacity(rows.len());
        for row in rows {
            slots.push(self.absorb(row, refresh));
        }
        slots
    }

    /// Replaces the row with one from elsewhere, except for fields that the program does not write.
    pub(crate) fn merge<M: Model>(&mut self, slot: u32, row: M) -> Result<()> {
        let Some(known) = self.row_mut::<M>(slot) else {
            return Ok(());
        };
        known.take_columns(row);
        self.keep_own_columns(slot)
    }

    /// Takes a row out of the session.
    pub(crate) fn detach<M: Model>(&mut self, slot: u32) -> Option<M> {
        self.before_detach(slot)?;
        let contents = &mut self.rows_mut::<M>().contents;
        match std::mem::replace(&mut contents[slot as usize], Content::Nothing) {
            Content::Row(row) => Some(row),
            Content::Draft(_) | Content::Nothing => None,
        }
    }
}
