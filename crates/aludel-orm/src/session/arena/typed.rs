//! What callers do who name the model: the rest of an [`Arena`] is the same for all.

use super::rollback::Before;
use super::store::{AnyContent, Content, Rows};
use super::{Arena, State};
use crate::model::any::{AnyRow, Part};
use crate::model::slot::{Key, SlotId};
use crate::model::{Model, NewModel};
use aludel_engine::Result;
use std::any::Any;
use std::ops::Range;

impl Arena {
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
        self.store.contents_mut::<M>().contents.reserve(rows);
    }

    pub(crate) fn add<N: NewModel>(&mut self, draft: N) -> u32 {
        let slot = self.push(State::Pending);
        self.pending.push(slot);
        let store = self.store.contents_mut::<N::Model>();
        store.contents.push(Content::Draft(draft));
        slot
    }

    /// Adds drafts, one after another, and returns their slots.
    pub(crate) fn add_each<N: NewModel>(&mut self, drafts: impl Iterator<Item = N>) -> Range<u32> {
        let contents = &mut self.store.contents_mut::<N::Model>().contents;
        let (first, kept) = (contents.len(), contents.len());
        let mut adding = Adding { contents, kept };
        adding.contents.extend(drafts.map(Content::Draft));
        adding.kept = adding.contents.len();
        let number = adding.kept - first;
        drop(adding);
        let slots = self.push_all(State::Pending, number as u32);
        self.pending.extend(slots.clone());
        slots
    }

    /// The row, unless it was deleted.
    pub(crate) fn row<M: Model>(&self, slot: u32) -> Option<&M> {
        if self.slots.get(slot as usize)?.state == State::Deleted {
            return None;
        }
        match self.store.content(slot) {
            AnyContent::Row(row) => (row as &dyn Any).downcast_ref(),
            AnyContent::Draft(_) | AnyContent::Nothing => None,
        }
    }

    /// The row, to be changed; remembers the values that the database has first.
    pub(crate) fn row_mut<M: Model>(&mut self, slot: u32) -> Option<&mut M> {
        self.touch(slot);
        let store = self.store.contents_mut::<M>();
        match store.contents.get_mut(slot as usize) {
            Some(Content::Row(row)) => Some(row),
            _ => None,
        }
    }

    pub(crate) fn draft<M: Model>(&self, slot: u32) -> Option<&M::New> {
        match self.store.content(slot) {
            AnyContent::Draft(draft) => (draft as &dyn Any).downcast_ref(),
            AnyContent::Row(_) | AnyContent::Nothing => None,
        }
    }

    pub(crate) fn draft_mut<M: Model>(&mut self, slot: u32) -> Option<&mut M::New> {
        let store = self.store.contents_mut::<M>();
        match store.contents.get_mut(slot as usize) {
            Some(Content::Draft(draft)) => Some(draft),
            _ => None,
        }
    }

    pub(crate) fn find_key<M: Model>(&self, key: &M::Key) -> Option<u32> {
        self.store.find_key(key)
    }

    /// Adds a row that a query found, and returns its slot, which never changes. A known row stays as it is, unless it is to be
    /// refreshed or is expired.
    pub(crate) fn absorb<M: Model>(&mut self, row: M, refresh: bool) -> u32 {
        let next = self.slots.len() as u32;
        let (store, keys) = self.store.parts::<M>();
        match keys.get_or_insert(row.key(), next) {
            None => {
                store.contents.push(Content::Row(row));
                self.push_read(1);
                next
            }
            Some(slot) => {
                self.absorb_known(slot, row, refresh);
                slot
            }
        }
    }

    /// The same of many rows: those that are new, one after another, without a call for each.
    pub(crate) fn absorb_each<M: Model>(&mut self, rows: Vec<M>, refresh: bool) -> Vec<u32> {
        let mut slots = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter();
        loop {
            let (first, mut next) = (self.slots.len() as u32, self.slots.len() as u32);
            let (store, keys) = self.store.parts::<M>();
            let mut known = None;
            for row in rows.by_ref() {
                if let Some(slot) = keys.get_or_insert(row.key(), next) {
                    known = Some((slot, row));
                    break;
                }
                store.contents.push(Content::Row(row));
                slots.push(next);
                next += 1;
            }
            self.push_read(next - first);
            let Some((slot, row)) = known else {
                return slots;
            };
            self.absorb_known(slot, row, refresh);
            slots.push(slot);
        }
    }

    /// A row of a known slot was read again. An expired row keeps its changes: it stays expired.
    fn absorb_known<M: Model>(&mut self, slot: u32, row: M, refresh: bool) {
        if refresh || self.is_expired(slot) && !self.is_dirty(slot) {
            let was = self.before_overwrite(slot);
            overwrite(self.store.contents_mut::<M>(), slot, row);
            self.note(slot, was.map_or(Before::Read, Before::refreshed));
        }
    }

    /// Replaces the row with one from elsewhere, except for fields that the program does not write.
    pub(crate) fn merge<M: Model>(&mut self, slot: u32, mut row: M) -> Result<()> {
        let Some(known) = self.row_mut::<M>(slot) else {
            return Ok(());
        };
        known.any_swap(&mut row, Part::Columns);
        self.keep_own_columns(slot)
    }

    /// Takes a row out of the session.
    pub(crate) fn detach<M: Model>(&mut self, slot: u32) -> Option<M> {
        self.before_detach(slot)?;
        let contents = &mut self.store.contents_mut::<M>().contents;
        match std::mem::replace(&mut contents[slot as usize], Content::Nothing) {
            Content::Row(row) => Some(row),
            Content::Draft(_) | Content::Nothing => None,
        }
    }
}

/// Contents that are added. If the program's iterator panics, those without a slot are dropped.
struct Adding<'c, M: Model> {
    contents: &'c mut Vec<Content<M>>,
    kept: usize,
}

impl<M: Model> Drop for Adding<'_, M> {
    fn drop(&mut self) {
        self.contents.truncate(self.kept);
    }
}

/// Replaces a row with one that was read again.
fn overwrite<M: Model>(rows: &mut Rows<M>, slot: u32, mut row: M) {
    match rows.contents.get_mut(slot as usize) {
        Some(Content::Row(old)) => {
            let old: &mut dyn AnyRow = old;
            drop(old.collections());
            old.any_swap(&mut row, Part::Columns);
        }
        Some(content) => *content = Content::Row(row),
        None => {}
    }
}
