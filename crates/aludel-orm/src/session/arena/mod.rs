//! [`Arena`]: the slots of one model, and [`AnyArena`], its untyped view for the unit of work.
//!
//! A slot is a draft (*pending*), a row (*persistent*, perhaps changed or marked to be removed), or empty. The arena
//! remembers what each flush did to its slots, frame by frame, so that a rollback can bring them back.

mod any_arena;
mod by_values;
mod drafts;
mod identity_map;
mod results;
mod rollback;
mod typed_arena;
mod unresolved_keys;

pub(crate) use any_arena::{AnyArena, pick, shown};

use super::key::{Key, Link, SlotId};
use super::referrers::Moved;
use crate::model::{Model, read_values};
use crate::private::{NewRow, Taken};
use aludel_engine::Result;
use aludel_sql::Value;
use aludel_sql::expr::Node;
use drafts::{Past, Was};
use identity_map::ByKey;
use rollback::Before;
use std::collections::HashMap;
use std::sync::Arc;
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

enum Content<M: Model> {
    Draft(M::New),
    /// A draft that became this row of the values that are sent.
    Sent(u32),
    Row(M),
    Nothing,
}

struct Slot<M: Model> {
    state: State,
    expired: bool,
    content: Content<M>,
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
pub(crate) struct Arena<M: Model> {
    session: u32,
    slots: Vec<Slot<M>>,
    /// By slot: the rows that were loaded together with it.
    peers: Vec<Option<Arc<[u32]>>>,
    by_key: ByKey<M::Key>,
    /// Slots that were mutably borrowed since the last flush.
    touched: Vec<u32>,
    pending: Vec<u32>,
    /// The pending slots for which the database computes something, and perhaps others.
    computed: Vec<u32>,
    removed: Vec<u32>,
    /// Slots that the current flush removed itself, with the drafts.
    aside: HashMap<u32, Content<M>>,
    frames: Vec<Vec<(u32, Before<M>)>>,
    /// The values that pending drafts were turned into, during a flush.
    sent: Option<Arc<NewRow>>,
    /// The columns that those drafts gave, once the first of them are inserted.
    sent_given: Vec<Was>,
    past: Past<M::New>,
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

impl<M: Model> Arena<M> {
    pub(crate) fn new(session: u32, frames: usize) -> Arena<M> {
        Arena {
            session,
            slots: Vec::new(),
            peers: Vec::new(),
            by_key: ByKey::new(),
            touched: Vec::new(),
            pending: Vec::new(),
            computed: Vec::new(),
            removed: Vec::new(),
            aside: HashMap::new(),
            frames: (0..frames).map(|_| Vec::new()).collect(),
            sent: None,
            sent_given: Vec::new(),
            past: Past::default(),
            written: None,
            moved: None,
        }
    }

    pub(crate) fn key(&self, slot: u32) -> Key<M> {
        Key::new(SlotId {
            session: self.session,
            slot,
        })
    }

    fn push(&mut self, state: State, content: Content<M>) -> u32 {
        let slot = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        self.slots.push(Slot {
            state,
            expired: false,
            content,
            changed: None,
        });
        self.note_moved(slot);
        slot
    }

    /// Reserves space for this many more rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.slots.reserve(rows);
        self.pending.reserve(rows);
    }

    pub(crate) fn add(&mut self, draft: M::New) -> u32 {
        let slot = self.push(State::Pending, Content::Draft(draft));
        self.pending.push(slot);
        slot
    }

    /// The row, unless it was deleted.
    pub(crate) fn row(&self, slot: u32) -> Option<&M> {
        let known = self.slots.get(slot as usize)?;
        match &known.content {
            Content::Row(row) if known.state != State::Deleted => Some(row),
            _ => None,
        }
    }

    fn content(&self, slot: u32) -> Option<&M> {
        match &self.slots[slot as usize].content {
            Content::Row(row) => Some(row),
            _ => None,
        }
    }

    pub(crate) fn draft_mut(&mut self, slot: u32) -> Option<&mut M::New> {
        match &mut self.slots.get_mut(slot as usize)?.content {
            Content::Draft(draft) => Some(draft),
            _ => None,
        }
    }

    pub(crate) fn draft(&self, slot: u32) -> Option<&M::New> {
        match &self.slots.get(slot as usize)?.content {
            Content::Draft(draft) => Some(draft),
            _ => None,
        }
    }

    /// The row, to be changed; remembers the values that the database has first.
    pub(crate) fn row_mut(&mut self, slot: u32) -> Option<&mut M> {
        AnyArena::touch(self, slot);
        match &mut self.slots.get_mut(slot as usize)?.content {
            Content::Row(row) => Some(row),
            _ => None,
        }
    }

    pub(crate) fn assign(&mut self, slot: u32, at: usize, node: Node) {
        AnyArena::touch(self, slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned.retain(|(column, _)| *column != at);
            changed.assigned.push((at, node));
        }
    }

    /// Makes the next flush write a row even if nothing in it changed.
    pub(crate) fn force(&mut self, slot: u32) {
        AnyArena::touch(self, slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.is_forced = true;
        }
    }

    /// Whether the next flush writes a row even if nothing in it changed.
    pub(crate) fn is_forced(&self, slot: u32) -> bool {
        let known = self.slots.get(slot as usize);
        let changed = known.and_then(|known| known.changed.as_ref());
        changed.is_some_and(|changed| changed.is_forced)
    }

    /// Sets a column of a pending slot to an expression that the database computes when it inserts the draft.
    pub(crate) fn compute(&mut self, slot: u32, at: usize, node: Node) {
        if self.slots[slot as usize].state != State::Pending {
            return;
        }
        let changed = self.slots[slot as usize].changed.get_or_insert_default();
        changed.computed.retain(|(column, _)| *column != at);
        changed.computed.push((at, node));
        self.computed.push(slot);
    }

    /// Sets one column of a row to a value.
    pub(crate) fn set_column(&mut self, slot: u32, at: usize, value: Value) -> Result<()> {
        AnyArena::touch(self, slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned.retain(|(column, _)| *column != at);
        }
        self.put(slot, at, value)
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

    pub(crate) fn find_key(&self, key: &M::Key) -> Option<u32> {
        self.by_key.get(key)
    }

    /// Adds a row that a query found, and returns its slot, which never changes. A known row stays as it is, unless it is to be
    /// refreshed or is expired.
    pub(crate) fn absorb(&mut self, row: M, refresh: bool) -> u32 {
        let key = row.key();
        if let Some(slot) = self.by_key.get(&key) {
            // An expired row keeps its changes: it stays expired.
            if refresh || self.slots[slot as usize].expired && !self.is_changed(slot) {
                self.overwrite(slot, row);
            }
            return slot;
        }
        let slot = self.push(State::Persistent, Content::Row(row));
        self.by_key.insert(key, slot);
        self.note(slot, Before::Read);
        slot
    }

    /// Replaces what is in memory with what the database has; changes are forgotten.
    fn overwrite(&mut self, slot: u32, row: M) {
        let was = match self.past.is_in_rows() {
            true => AnyArena::stored(self, slot),
            false => None,
        };
        self.note_moved(slot);
        let known = &mut self.slots[slot as usize];
        known.expired = false;
        known.changed = None;
        if let Some(written) = &mut self.written {
            written.slots.push(slot);
        }
        match &mut known.content {
            Content::Row(old) => {
                let mut dropped = Taken::default();
                old.take_collections(&mut dropped);
                old.take_columns(row);
            }
            content => *content = Content::Row(row),
        }
        self.note(slot, was.map_or(Before::Read, Before::refreshed));
    }

    /// Replaces the row with one from elsewhere, except for fields that the program does not write.
    pub(crate) fn merge(&mut self, slot: u32, row: M) -> Result<()> {
        let Some(known) = self.row_mut(slot) else {
            return Ok(());
        };
        known.take_columns(row);
        self.keep_own_columns(slot)
    }

    /// Takes a row out of the session.
    pub(crate) fn detach(&mut self, slot: u32) -> Option<M> {
        let known = self.slots.get_mut(slot as usize)?;
        if !matches!(known.state, State::Persistent | State::Removed) {
            return None;
        }
        let was_removed = known.state == State::Removed;
        known.state = State::Gone;
        let changed = known.changed.take();
        let Content::Row(row) = std::mem::replace(&mut known.content, Content::Nothing) else {
            return None;
        };
        let key = match changed {
            Some(changed) => self.key_of(&changed.original),
            None => Some(row.key()),
        };
        if let Some(key) = key {
            self.by_key.remove(&key);
        }
        if was_removed {
            self.removed.retain(|removed| *removed != slot);
        }
        self.mark(slot);
        Some(row)
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
    fn note(&mut self, slot: u32, before: Before<M>) {
        if !matches!(before, Before::Read) {
            self.mark(slot);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.push((slot, before));
        }
    }

    fn key_of(&self, values: &[Value]) -> Option<M::Key> {
        if let [at] = M::meta().key[..] {
            return read_key::<M>(&values[at..=at]);
        }
        let key: Vec<Value> = M::meta().key.iter().map(|at| values[*at].clone()).collect();
        read_key::<M>(&key)
    }

    /// Replaces the slot's content with a row with these values.
    fn set_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let row: M = read_values(values)?;
        self.note_moved(slot);
        match &mut self.slots[slot as usize].content {
            Content::Row(old) => old.take_columns(row),
            content => *content = Content::Row(row),
        }
        Ok(())
    }

    /// Forgets the changes of a row, so that undoing its removal restores what the database has.
    fn revert(&mut self, slot: u32) -> Result<()> {
        match self.slots[slot as usize].changed.take() {
            Some(changed) if !changed.original.is_empty() => self.set_row(slot, &changed.original),
            _ => Ok(()),
        }
    }

    fn rekey(&mut self, slot: u32, from: Option<M::Key>, to: Option<M::Key>) {
        if from == to {
            return;
        }
        if let Some(written) = &mut self.written
            && from.is_some()
            && to.is_some()
        {
            written.rekeyed.push(slot);
        }
        if let Some(from) = from
            && self.by_key.get(&from) == Some(slot)
        {
            self.by_key.remove(&from);
        }
        if let Some(to) = to {
            self.by_key.insert(to, slot);
        }
    }

    /// Repeats changes after a draft was inserted: those that its row had before a rollback.
    fn change_later(&mut self, slot: u32, later: Changed) -> Result<()> {
        if later.is_empty() {
            return Ok(());
        }
        AnyArena::touch(self, slot);
        self.edit(slot, later.later)?;
        self.reopen(slot, later.later_links)?;
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned = later.assigned;
        }
        Ok(())
    }

    /// Sets one column of a row.
    fn put(&mut self, slot: u32, at: usize, value: Value) -> Result<()> {
        self.edit(slot, vec![(at, value)])
    }
}

fn read_key<M: Model>(values: &[Value]) -> Option<M::Key> {
    read_values(values).ok()
}
