//! [`Arena`]: the slots of one model.
//!
//! A slot is a draft (*pending*), a row (*persistent*, perhaps changed or marked to be removed), or empty. The arena
//! remembers what each flush did to its slots, frame by frame, so that a rollback can bring them back.
//!
//! The drafts and rows themselves are in a [`Store`], which alone knows their types: everything else is compiled once for all
//! models. Methods with a type parameter are for callers who name the model.

mod by_values;
mod changes;
mod drafts;
mod flush;
mod outside;
mod results;
mod rollback;
mod store;
mod typed;
mod unresolved_keys;

use super::referrers::Moved;
use crate::errors::show_key;
use crate::model::Model;
use crate::model::any::{AnyModel, AnyRow};
use crate::model::meta::ModelMeta;
use crate::model::slot::{By, Link};
use crate::model::values::NewRow;
use aludel_engine::Result;
use aludel_sql::Value;
use aludel_sql::expr::Node;
use drafts::{InsertedDrafts, Was};
use rollback::Before;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use store::{AnyContent, AnyContentMut, Store};
use unresolved_keys::OpenLink;

/// The state of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// A draft that is not inserted yet.
    Pending,
    /// A row of the database.
    Persistent,
    /// A row that the next flush deletes.
    Removed,
    /// A row that was deleted in this transaction.
    Deleted,
    /// Empty.
    Gone,
}

struct Slot {
    state: State,
    expired: bool,
    /// The row of the values that are sent, if its draft was moved there.
    sent: Option<u32>,
    changed: Option<Box<Changed>>,
}

/// What the program did to a slot since the last flush.
#[derive(Default)]
struct Changed {
    /// The values that the database has, shared between a flush and its rollback.
    original: Arc<[Value]>,
    /// Expressions that columns are set to.
    assigned: Vec<(usize, Node)>,
    /// The results of expressions that were flushed and rolled back.
    returned: Vec<(usize, Value)>,
    /// Values to set after the draft is inserted (after a rollback that keeps changes).
    later: Vec<(usize, Value)>,
    /// The same for references.
    later_links: Vec<OpenLink>,
    /// Whether it is written even if nothing in it changed.
    is_forced: bool,
    /// Expressions that are inserted with the draft.
    computed: Vec<(usize, Node)>,
}

impl Changed {
    /// Whether nothing has to be done after the draft is inserted.
    fn is_empty(&self) -> bool {
        self.assigned.is_empty() && self.later.is_empty() && self.later_links.is_empty()
    }
}

/// The slots of one model.
pub(crate) struct Arena {
    meta: &'static ModelMeta,
    session: u32,
    store: Store,
    slots: Vec<Slot>,
    /// By slot: the rows that were loaded together with it.
    peers: Vec<Option<Arc<[u32]>>>,
    /// Slots that were mutably borrowed since the last flush.
    touched: Vec<u32>,
    pending: Vec<u32>,
    /// The pending slots for which the database computes something, and perhaps others.
    computed: Vec<u32>,
    removed: Vec<u32>,
    /// Slots that the current flush removed itself, and where their drafts are.
    aside: HashMap<u32, Option<u32>>,
    frames: Vec<Vec<(u32, Before)>>,
    /// The values that pending drafts were turned into, during a flush.
    sent: Option<Arc<NewRow>>,
    /// The columns that those drafts gave, once the first of them are inserted.
    sent_given: Vec<Was>,
    inserted_drafts: InsertedDrafts,
    /// The rows that were written, if recorded.
    written: Option<Written>,
    /// The rows whose references may have changed, if recorded.
    moved: Option<Moved>,
}

/// Rows that were written, and those whose primary key changed.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) slots: Vec<u32>,
    pub(crate) rekeyed: Vec<u32>,
}

/// The current values of a row that was mutably borrowed.
pub(crate) struct Touched {
    pub(crate) slot: u32,
    pub(crate) original: Arc<[Value]>,
    pub(crate) values: Vec<Value>,
    pub(crate) links: Vec<Link>,
    pub(crate) assigned: Vec<(usize, Node)>,
    /// Whether it is written even if nothing in it changed.
    pub(crate) is_forced: bool,
}

impl Arena {
    /// The arena of a model that code names.
    pub(crate) fn typed<M: Model>(session: u32, frames: usize) -> Arena {
        Arena::over(M::meta(), Store::typed::<M>(), session, frames)
    }

    /// The arena of a model that is known by its metadata.
    pub(crate) fn boxed(model: &'static AnyModel, session: u32, frames: usize) -> Arena {
        Arena::over(model.meta(), Store::boxed(model), session, frames)
    }

    /// Prepares the arena for code that names the model.
    #[inline]
    pub(crate) fn unpack<M: Model>(&mut self) {
        self.store.unpack::<M>();
    }

    fn over(meta: &'static ModelMeta, store: Store, session: u32, frames: usize) -> Arena {
        Arena {
            meta,
            session,
            store,
            slots: Vec::new(),
            peers: Vec::new(),
            touched: Vec::new(),
            pending: Vec::new(),
            computed: Vec::new(),
            removed: Vec::new(),
            aside: HashMap::new(),
            frames: (0..frames).map(|_| Vec::new()).collect(),
            sent: None,
            sent_given: Vec::new(),
            inserted_drafts: InsertedDrafts::default(),
            written: None,
            moved: None,
        }
    }

    pub(crate) fn meta(&self) -> &'static ModelMeta {
        self.meta
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn state(&self, slot: u32) -> Option<State> {
        self.slots.get(slot as usize).map(|slot| slot.state)
    }

    /// Slots of rows that are neither pending nor removed.
    pub(crate) fn persistent(&self) -> Vec<u32> {
        let there = |at: &u32| self.slots[*at as usize].state == State::Persistent;
        (0..self.slots.len() as u32).filter(there).collect()
    }

    pub(crate) fn pending(&self) -> &[u32] {
        &self.pending
    }

    pub(crate) fn removed(&self) -> &[u32] {
        &self.removed
    }

    /// Whether a flush may have something to do.
    pub(crate) fn is_touched(&self) -> bool {
        !(self.touched.is_empty() && self.pending.is_empty() && self.removed.is_empty())
    }

    /// Whether a row must be read again before it is used.
    pub(crate) fn is_expired(&self, slot: u32) -> bool {
        self.slots[slot as usize].expired
    }

    pub(crate) fn expire(&mut self, slot: u32) {
        if let Some(known) = self.slots.get_mut(slot as usize)
            && known.state == State::Persistent
        {
            known.expired = true;
        }
    }

    /// Whether the slot has a row, so that its key is known.
    pub(crate) fn has_row(&self, slot: u32) -> bool {
        self.any_row(slot).is_some()
    }

    /// The row of a slot, whatever its state.
    fn any_row(&self, slot: u32) -> Option<&dyn AnyRow> {
        match self.store.content(slot) {
            AnyContent::Row(row) => Some(row),
            AnyContent::Draft(_) | AnyContent::Nothing => None,
        }
    }

    fn any_row_mut(&mut self, slot: u32) -> Option<&mut dyn AnyRow> {
        match self.store.content_mut(slot) {
            AnyContentMut::Row(row) => Some(row),
            AnyContentMut::Draft(_) | AnyContentMut::Nothing => None,
        }
    }

    /// The values that the database has for a slot's primary key.
    pub(crate) fn key_values(&self, slot: u32) -> Option<Vec<Value>> {
        let row = self.any_row(slot)?;
        Some(match &self.slots[slot as usize].changed {
            Some(changed) => self.key_of(&changed.original),
            None => row.key_values(),
        })
    }

    /// The values that the database has for a slot, of the columns by which others refer to it.
    pub(crate) fn tie(&self, slot: u32, by: By) -> Option<Vec<Value>> {
        let Some(columns) = by else {
            return self.key_values(slot);
        };
        Some(pick(self.meta, &self.stored(slot)?, columns))
    }

    /// The values that the database has for a slot.
    pub(crate) fn stored(&self, slot: u32) -> Option<Vec<Value>> {
        let row = self.any_row(slot)?;
        Some(match &self.slots[slot as usize].changed {
            Some(changed) => changed.original.to_vec(),
            None => row.values(),
        })
    }

    /// The slot of a primary key.
    pub(crate) fn find(&self, key: &[Value]) -> Option<u32> {
        self.store.find(key)
    }

    /// The slot that others refer to by these values; for an alternate key it checks every row.
    pub(crate) fn find_by(&self, values: &[Value], by: By) -> Option<u32> {
        if by.is_none() {
            return self.find(values);
        }
        let mut slots = self.persistent().into_iter();
        slots.find(|slot| self.tie(*slot, by).is_some_and(|tie| tie == values))
    }

    /// Notes that rows were loaded together, so that a relation loaded for one is loaded for all.
    pub(crate) fn set_peers(&mut self, slots: &[u32]) {
        let peers: Arc<[u32]> = slots.into();
        let most = slots.iter().max().map_or(0, |most| *most as usize + 1);
        if self.peers.len() < most {
            self.peers.resize(most, None);
        }
        for slot in slots {
            self.peers[*slot as usize] = Some(Arc::clone(&peers));
        }
    }

    /// The rows that were loaded together with this one, including itself.
    pub(crate) fn peers(&self, slot: u32) -> Vec<u32> {
        let Some(Some(peers)) = self.peers.get(slot as usize) else {
            return vec![slot];
        };
        let alive = |slot: &u32| self.slots[*slot as usize].state == State::Persistent;
        let mut found: Vec<u32> = peers.iter().copied().filter(alive).collect();
        found.dedup();
        found
    }

    /// Adds a slot, whose content the caller adds to the store.
    fn push(&mut self, state: State) -> u32 {
        let slot = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot {
            state,
            expired: false,
            sent: None,
            changed: None,
        });
        self.note_moved(slot);
        slot
    }

    /// Adds slots, whose contents are in the store.
    fn push_all(&mut self, state: State, number: u32) -> Range<u32> {
        let first = self.slots.len() as u32;
        self.slots.extend((0..number).map(|_| Slot {
            state,
            expired: false,
            sent: None,
            changed: None,
        }));
        let slots = first..first + number;
        if let Some(moved) = &mut self.moved {
            for slot in slots.clone() {
                moved.note(slot, slot as usize + 1);
            }
        }
        slots
    }

    /// Adds slots of rows that were read, whose contents are in the store.
    fn push_read(&mut self, number: u32) {
        let slots = self.push_all(State::Persistent, number);
        if let Some(frame) = self.frames.last_mut() {
            frame.extend(slots.map(|slot| (slot, Before::Read)));
        }
    }

    /// The primary key among these values of all columns.
    fn key_of(&self, values: &[Value]) -> Vec<Value> {
        self.meta.key.iter().map(|at| values[*at].clone()).collect()
    }

    /// Replaces the slot's content with a row with these values.
    fn set_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        self.store.put_row(slot, values)?;
        self.note_moved(slot);
        Ok(())
    }

    /// Removes and adds primary keys, as the database did.
    fn rekey(&mut self, slot: u32, from: Option<Vec<Value>>, to: Option<Vec<Value>>) {
        if from == to {
            return;
        }
        let read = |key: Option<Vec<Value>>| key.and_then(|key| self.store.same_key(&key));
        let (from, to) = (read(from), read(to));
        if from == to {
            return;
        }
        if let Some(written) = &mut self.written
            && from.is_some()
            && to.is_some()
        {
            written.rekeyed.push(slot);
        }
        if let Some(from) = from {
            self.store.remove_key(&from, slot);
        }
        if let Some(to) = to {
            self.store.add_key(&to, slot);
        }
    }

    /// Records from now on which rows are written.
    pub(crate) fn record(&mut self) {
        if self.written.is_none() {
            self.written = Some(Written::default());
        }
    }

    /// The rows whose references may have changed since the last call; `None` the first time.
    pub(crate) fn take_moved(&mut self) -> Option<Moved> {
        self.moved.replace(Moved::default())
    }

    /// The rows that were written since the last call.
    pub(crate) fn take_written(&mut self) -> Written {
        let Some(written) = &mut self.written else {
            return Written::default();
        };
        let mut written = std::mem::take(written);
        for list in [&mut written.slots, &mut written.rekeyed] {
            list.sort_unstable();
            list.dedup();
        }
        written
    }

    /// Notes that a row's references may have changed.
    fn note_moved(&mut self, slot: u32) {
        let known = self.slots.len();
        if let Some(moved) = &mut self.moved {
            moved.note(slot, known);
        }
    }

    /// Notes that a row was changed or deleted.
    fn mark(&mut self, slot: u32) {
        if let Some(written) = &mut self.written {
            written.slots.push(slot);
        }
    }

    #[inline]
    fn note(&mut self, slot: u32, before: Before) {
        if !matches!(before, Before::Read) {
            self.mark(slot);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.push((slot, before));
        }
    }
}

/// A row for error messages: its model and key, or its number among those added.
pub(crate) fn shown(arena: &Arena, slot: u32) -> String {
    let name = arena.meta().name;
    if let Some(key) = arena.key_values(slot) {
        return format!("{name} {}", show_key(&key));
    }
    match arena.pending().iter().position(|pending| *pending == slot) {
        Some(place) => format!("{name} (pending, number {} of those added)", place + 1),
        None => format!("{name} (of which nothing is left in the session)"),
    }
}

/// The values of some columns of a row.
pub(crate) fn pick(meta: &ModelMeta, values: &[Value], columns: &[&str]) -> Vec<Value> {
    let value = |name: &&str| {
        let at = meta.fields.iter().position(|field| field.column == **name);
        at.map_or(Value::Null, |at| values[at].clone())
    };
    columns.iter().map(value).collect()
}
