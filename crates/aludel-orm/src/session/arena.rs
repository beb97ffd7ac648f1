//! [`Arena`]: the slots of one model, and the face that the unit of work sees, which knows no types.
//!
//! A slot is a draft (*pending*), a row (*persistent*, perhaps changed or marked to be removed), or empty. The arena
//! remembers what each flush did to its slots, frame by frame, so that a rollback can bring them back.

use super::key::{Key, Link, SlotId};
use super::ops::{AnyOps, ArenasRef};
use super::reference::Pointer;
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel, read_values};
use crate::private::{NewRow, Taken, Values};
use aludel_engine::command::{Collect, Sink};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

/// Where a slot is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Added, not inserted yet.
    Pending,
    /// A row of the database.
    Persistent,
    /// A row that the next flush deletes.
    Removed,
    /// A row that was deleted in this transaction.
    Deleted,
    /// Nothing any more.
    Gone,
}

enum Content<M: Model> {
    Draft(Box<M::New>),
    Row(M),
    Nothing,
}

struct Slot<M: Model> {
    state: State,
    expired: bool,
    content: Content<M>,
    changed: Option<Box<Changed>>,
    peers: Option<Arc<[u32]>>,
}

/// What the program did to a slot since the last flush.
#[derive(Default)]
struct Changed {
    /// The values that the database has.
    original: Vec<Value>,
    /// Expressions for columns.
    assigned: Vec<(usize, Node)>,
    /// What expressions came to that were flushed and rolled back.
    returned: Vec<(usize, Value)>,
    /// Values for columns once the draft is a row (after a rollback that keeps changes).
    later: Vec<(usize, Value)>,
}

/// What a flush did to a slot, and how it was before.
enum Before<M: Model> {
    /// It was inserted.
    Inserted(Box<M::New>),
    /// It was updated.
    Updated {
        original: Vec<Value>,
        assigned: Vec<(usize, Node)>,
    },
    /// It was deleted.
    Deleted,
    /// It took the place of a deleted row, by an update of that.
    Replaced {
        draft: Box<M::New>,
        row: M,
        slot: u32,
    },
    /// A bulk statement changed or deleted it; the values it had.
    Elsewhere(Vec<Value>),
    /// It was read inside of the transaction.
    Read,
}

/// The slots of one model.
pub(crate) struct Arena<M: Model> {
    session: u32,
    slots: Vec<Slot<M>>,
    by_key: HashMap<M::Key, u32>,
    /// Slots that were borrowed to be changed since the last flush.
    touched: Vec<u32>,
    pending: Vec<u32>,
    removed: Vec<u32>,
    frames: Vec<Vec<(u32, Before<M>)>>,
}

/// A row that was borrowed to be changed, as it is now.
pub(crate) struct Touched {
    pub(crate) slot: u32,
    pub(crate) original: Vec<Value>,
    pub(crate) values: Vec<Value>,
    pub(crate) links: Vec<Link>,
    pub(crate) assigned: Vec<(usize, Node)>,
}

/// The face of an [`Arena`] for code that does not know the model.
pub(crate) trait AnyArena: Send + Sync {
    fn meta(&self) -> &'static ModelMeta;
    fn any(&self) -> &dyn Any;
    fn any_mut(&mut self) -> &mut dyn Any;
    fn len(&self) -> usize;
    fn state(&self, slot: u32) -> Option<State>;
    /// The values that the database has for a slot's primary key.
    fn key_values(&self, slot: u32) -> Option<Vec<Value>>;
    /// The values that the database has for a slot.
    fn stored(&self, slot: u32) -> Option<Vec<Value>>;
    /// The slot of a primary key.
    fn find(&self, key: &[Value]) -> Option<u32>;
    /// Whether a flush might have something to do.
    fn is_touched(&self) -> bool;
    fn pending(&self) -> &[u32];
    fn removed(&self) -> &[u32];
    /// Marks a slot as to be looked at by the next flush.
    fn touch(&mut self, slot: u32);
    fn remove(&mut self, slot: u32);
    /// What was added to relations of touched rows, and removed.
    fn take_ops(&mut self) -> Vec<(u32, &'static str, Box<dyn AnyOps>)>;
    fn touched(&self) -> Vec<Touched>;
    /// The drafts of these slots, as rows to be inserted.
    fn drafts(&self, slots: &[u32]) -> NewRow;
    /// Takes rows of the model.
    fn sink(&self) -> Box<dyn Sink>;
    /// The primary keys of rows that a [`sink`](AnyArena::sink) took.
    fn keys(&self, sink: &dyn Any) -> Vec<Vec<Value>>;
    /// The values of rows that a [`sink`](AnyArena::sink) took.
    fn values(&self, sink: &dyn Any) -> Vec<Vec<Value>>;
    /// Takes one row out of those that sinks took.
    fn forget(&self, sinks: &mut [Box<dyn Any + Send>], row: usize);
    /// These slots were inserted, and became these rows.
    fn inserted(&mut self, slots: &[u32], sinks: Vec<Box<dyn Any + Send>>) -> Result<()>;
    /// A slot was updated, and has these values.
    fn updated(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    /// A row's references are known, and nothing was written.
    fn resolved(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    fn deleted(&mut self, slot: u32);
    /// A pending slot was written over the row of a removed one.
    fn replaced(&mut self, pending: u32, removed: u32, sink: Box<dyn Any + Send>) -> Result<()>;
    /// Rows that a sink took become slots.
    fn absorb_all(&mut self, sink: Box<dyn Any + Send>, refresh: bool) -> Result<Vec<u32>>;
    /// Sets a column to an expression, or to NULL.
    fn assign_node(&mut self, slot: u32, at: usize, node: Option<Node>) -> Result<()>;
    /// Slots that flushes of this transaction have written.
    fn flushed(&self) -> Vec<u32>;
    /// Makes arenas for the models that relations lead to.
    fn opener(&self) -> fn(&mut ArenasRef<'_>);
    /// A row turned out to be gone.
    fn vanish(&mut self, slot: u32);
    /// Slots of rows that are neither pending nor removed.
    fn persistent(&self) -> Vec<u32>;
    /// A statement beside the unit of work gave a row these values.
    fn followed(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    /// A statement beside the unit of work deleted a row.
    fn left(&mut self, slot: u32);
    fn expire(&mut self, slot: u32);
    /// Forgets what was changed in touched rows that came to nothing.
    fn settle(&mut self);
    /// What a reference of a slot leads to; `None` if it has no such reference.
    fn pointer(&mut self, slot: u32, relation: &str) -> Option<Pointer>;
    /// Leads a reference of a slot elsewhere.
    fn point(&mut self, slot: u32, relation: &str, to: Pointer) -> Result<()>;
    fn push_frame(&mut self);
    /// The innermost frame's doings become part of the one around it.
    fn merge_frame(&mut self);
    /// Undoes the innermost frame: in memory as in the database, or keeping all changes as pending.
    fn restore_frame(&mut self, keep: bool) -> Result<()>;
    /// Brings rows back to what the database holds, forgetting unflushed changes.
    fn discard(&mut self) -> Result<()>;
    /// The transaction is final.
    fn commit(&mut self);
}

impl<M: Model> Arena<M> {
    pub(crate) fn new(session: u32, frames: usize) -> Arena<M> {
        Arena {
            session,
            slots: Vec::new(),
            by_key: HashMap::new(),
            touched: Vec::new(),
            pending: Vec::new(),
            removed: Vec::new(),
            frames: (0..frames).map(|_| Vec::new()).collect(),
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
            peers: None,
        });
        slot
    }

    pub(crate) fn add(&mut self, draft: M::New) -> u32 {
        let slot = self.push(State::Pending, Content::Draft(Box::new(draft)));
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

    /// The row, to be changed: what the database has is remembered first.
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

    /// Sets one column of a row to a value.
    pub(crate) fn set_column(&mut self, slot: u32, at: usize, value: Value) -> Result<()> {
        AnyArena::touch(self, slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned.retain(|(column, _)| *column != at);
        }
        self.put(slot, at, value)
    }

    /// Notes that rows came together, so that what is loaded into one is loaded into all.
    pub(crate) fn set_peers(&mut self, slots: &[u32]) {
        let peers: Arc<[u32]> = slots.into();
        for slot in slots {
            self.slots[*slot as usize].peers = Some(Arc::clone(&peers));
        }
    }

    /// The rows that came together with this one, itself among them.
    pub(crate) fn peers(&self, slot: u32) -> Vec<u32> {
        let Some(peers) = &self.slots[slot as usize].peers else {
            return vec![slot];
        };
        let alive = |slot: &u32| self.slots[*slot as usize].state == State::Persistent;
        let mut found: Vec<u32> = peers.iter().copied().filter(alive).collect();
        found.dedup();
        found
    }

    pub(crate) fn find_key(&self, key: &M::Key) -> Option<u32> {
        self.by_key.get(key).copied()
    }

    pub(crate) fn is_expired(&self, slot: u32) -> bool {
        self.slots[slot as usize].expired
    }

    /// A row that a query found: its slot, which is the same as ever. What is known already stays as it is, unless it is
    /// to be refreshed or is expired.
    pub(crate) fn absorb(&mut self, row: M, refresh: bool) -> u32 {
        let key = row.key();
        if let Some(slot) = self.by_key.get(&key).copied() {
            if refresh || self.slots[slot as usize].expired {
                self.overwrite(slot, row);
            }
            return slot;
        }
        let slot = self.push(State::Persistent, Content::Row(row));
        self.by_key.insert(key, slot);
        self.note(slot, Before::Read);
        slot
    }

    /// What the database has replaces what is in memory; changes are forgotten.
    fn overwrite(&mut self, slot: u32, row: M) {
        let known = &mut self.slots[slot as usize];
        known.expired = false;
        known.changed = None;
        match &mut known.content {
            Content::Row(old) => {
                let mut dropped = Taken::default();
                old.take_collections(&mut dropped);
                old.take_columns(row);
            }
            content => *content = Content::Row(row),
        }
        self.note(slot, Before::Read);
    }

    /// Takes a row out of the session.
    pub(crate) fn detach(&mut self, slot: u32) -> Option<M> {
        let known = self.slots.get_mut(slot as usize)?;
        if !matches!(known.state, State::Persistent | State::Removed) {
            return None;
        }
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
        self.removed.retain(|removed| *removed != slot);
        Some(row)
    }

    fn note(&mut self, slot: u32, before: Before<M>) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push((slot, before));
        }
    }

    fn key_of(&self, values: &[Value]) -> Option<M::Key> {
        let key: Vec<Value> = M::meta().key.iter().map(|at| values[*at].clone()).collect();
        read_key::<M>(&key)
    }

    /// Makes a row of these values the slot's content.
    fn set_row(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let row: M = read_values(values)?;
        match &mut self.slots[slot as usize].content {
            Content::Row(old) => old.take_columns(row),
            content => *content = Content::Row(row),
        }
        Ok(())
    }

    /// Forgets what was changed: a row that is changed and then removed is, once undone, as the database has it.
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
        if let Some(from) = from
            && self.by_key.get(&from) == Some(&slot)
        {
            self.by_key.remove(&from);
        }
        if let Some(to) = to {
            self.by_key.insert(to, slot);
        }
    }

    /// Undoes one step of a flush.
    fn undo(&mut self, slot: u32, before: Before<M>, keep: bool) -> Result<()> {
        match before {
            Before::Inserted(draft) => self.undo_insert(slot, draft, keep),
            Before::Updated { original, assigned } => {
                let now = self.stored(slot).and_then(|values| self.key_of(&values));
                let then = self.key_of(&original);
                self.rekey(slot, now, then);
                if keep {
                    self.touch(slot);
                    self.undo_assigned(slot, &original, assigned)?;
                } else {
                    self.slots[slot as usize].changed = None;
                    self.set_row(slot, &original)?;
                }
                Ok(())
            }
            Before::Deleted => {
                let key = self.content(slot).map(Model::key);
                self.rekey(slot, None, key);
                self.slots[slot as usize].state = if keep {
                    State::Removed
                } else {
                    State::Persistent
                };
                if keep {
                    self.removed.push(slot);
                }
                Ok(())
            }
            Before::Replaced {
                draft,
                row,
                slot: old,
            } => {
                self.undo_insert(slot, draft, keep)?;
                let key = row.key();
                self.slots[old as usize].content = Content::Row(row);
                self.slots[old as usize].state = if keep {
                    State::Removed
                } else {
                    State::Persistent
                };
                if keep {
                    self.removed.push(old);
                }
                self.by_key.insert(key, old);
                Ok(())
            }
            Before::Elsewhere(values) => {
                let now = self.stored(slot).and_then(|values| self.key_of(&values));
                let then = self.key_of(&values);
                self.rekey(slot, now, then);
                self.slots[slot as usize].changed = None;
                self.slots[slot as usize].state = State::Persistent;
                self.set_row(slot, &values)
            }
            Before::Read => {
                if !keep && self.slots[slot as usize].state == State::Persistent {
                    self.slots[slot as usize].expired = true;
                }
                Ok(())
            }
        }
    }

    /// Expressions that were flushed are to be evaluated again; those over a value that an earlier flush wrote are the
    /// value that they came to.
    fn undo_assigned(
        &mut self,
        slot: u32,
        original: &[Value],
        assigned: Vec<(usize, Node)>,
    ) -> Result<()> {
        let Some(row) = self.content(slot) else {
            return Ok(());
        };
        let mut values = row.to_values();
        let Some(changed) = &mut self.slots[slot as usize].changed else {
            return Ok(());
        };
        let before = std::mem::replace(&mut changed.original, original.to_vec());
        for (at, value) in std::mem::take(&mut changed.returned) {
            if super::same(&before[at], &original[at]) {
                changed.returned.push((at, value));
            } else {
                changed.assigned.retain(|(column, _)| *column != at);
                values[at] = value;
            }
        }
        for (at, node) in assigned {
            changed
                .returned
                .push((at, std::mem::replace(&mut values[at], original[at].clone())));
            changed.assigned.push((at, node));
        }
        self.set_row(slot, &values)
    }

    fn undo_insert(&mut self, slot: u32, draft: Box<M::New>, keep: bool) -> Result<()> {
        let now = self.stored(slot).and_then(|values| self.key_of(&values));
        self.rekey(slot, now, None);
        let known = &mut self.slots[slot as usize];
        let row = std::mem::replace(&mut known.content, Content::Draft(draft));
        let changed = known.changed.take();
        if known.state == State::Gone || keep && known.state == State::Removed {
            // Added and removed again: nothing is left to do.
            known.state = State::Gone;
            known.content = Content::Nothing;
            self.removed.retain(|removed| *removed != slot);
            return Ok(());
        }
        known.state = State::Pending;
        self.removed.retain(|removed| *removed != slot);
        if keep && let (Some(changed), Content::Row(row)) = (changed, row) {
            // What was changed since it was inserted is to be changed again once it is.
            let values = row.to_values();
            let later = values
                .into_iter()
                .enumerate()
                .filter(|(at, value)| !super::same(value, &changed.original[*at]))
                .collect();
            self.slots[slot as usize].changed = Some(Box::new(Changed {
                later,
                assigned: changed.assigned,
                ..Changed::default()
            }));
        }
        self.pending.push(slot);
        Ok(())
    }

    /// Sets one column of a row.
    fn put(&mut self, slot: u32, at: usize, value: Value) -> Result<()> {
        let Some(row) = self.content(slot) else {
            return Ok(());
        };
        let mut values = row.to_values();
        values[at] = value;
        self.set_row(slot, &values)
    }
}

fn read_key<M: Model>(values: &[Value]) -> Option<M::Key> {
    read_values(values).ok()
}

fn taken<M: Model>(sink: Box<dyn Any + Send>) -> Result<Vec<M>> {
    match sink.downcast::<Collect<M>>() {
        Ok(sink) => Ok(sink.rows),
        Err(_) => Err(Error::new(ErrorKind::Internal, "rows of another model")),
    }
}

impl<M: Model> AnyArena for Arena<M> {
    fn meta(&self) -> &'static ModelMeta {
        M::meta()
    }

    fn any(&self) -> &dyn Any {
        self
    }

    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn len(&self) -> usize {
        self.slots.len()
    }

    fn state(&self, slot: u32) -> Option<State> {
        self.slots.get(slot as usize).map(|slot| slot.state)
    }

    fn key_values(&self, slot: u32) -> Option<Vec<Value>> {
        use aludel_sql::types::PrimaryKey;
        let known = self.slots.get(slot as usize)?;
        let Content::Row(row) = &known.content else {
            return None;
        };
        Some(match &known.changed {
            Some(changed) => M::meta()
                .key
                .iter()
                .map(|at| changed.original[*at].clone())
                .collect(),
            None => row.key().into_values(),
        })
    }

    fn stored(&self, slot: u32) -> Option<Vec<Value>> {
        let known = self.slots.get(slot as usize)?;
        let Content::Row(row) = &known.content else {
            return None;
        };
        Some(match &known.changed {
            Some(changed) => changed.original.clone(),
            None => row.to_values(),
        })
    }

    fn find(&self, key: &[Value]) -> Option<u32> {
        self.by_key.get(&read_key::<M>(key)?).copied()
    }

    fn is_touched(&self) -> bool {
        !(self.touched.is_empty() && self.pending.is_empty() && self.removed.is_empty())
    }

    fn pending(&self) -> &[u32] {
        &self.pending
    }

    fn removed(&self) -> &[u32] {
        &self.removed
    }

    fn touch(&mut self, slot: u32) {
        let Some(known) = self.slots.get_mut(slot as usize) else {
            return;
        };
        if let (Content::Row(row), None) = (&known.content, &known.changed) {
            known.changed = Some(Box::new(Changed {
                original: row.to_values(),
                ..Changed::default()
            }));
            self.touched.push(slot);
        }
    }

    fn remove(&mut self, slot: u32) {
        let known = &mut self.slots[slot as usize];
        match known.state {
            State::Pending => {
                known.state = State::Gone;
                known.content = Content::Nothing;
                self.pending.retain(|pending| *pending != slot);
            }
            State::Persistent => {
                known.state = State::Removed;
                self.removed.push(slot);
            }
            State::Removed | State::Deleted | State::Gone => {}
        }
    }

    fn take_ops(&mut self) -> Vec<(u32, &'static str, Box<dyn AnyOps>)> {
        let mut all = Vec::new();
        for slot in &self.touched {
            if let Content::Row(row) = &mut self.slots[*slot as usize].content {
                let mut taken = Taken::default();
                row.take_collections(&mut taken);
                all.extend(taken.0.into_iter().map(|(name, ops)| (*slot, name, ops)));
            }
        }
        all
    }

    fn touched(&self) -> Vec<Touched> {
        let mut all = Vec::new();
        for slot in &self.touched {
            let known = &self.slots[*slot as usize];
            let (Content::Row(row), Some(changed), State::Persistent) =
                (&known.content, &known.changed, known.state)
            else {
                continue;
            };
            let mut values = Values::default();
            row.write_values(&mut values);
            all.push(Touched {
                slot: *slot,
                original: changed.original.clone(),
                values: values.values,
                links: values.links,
                assigned: changed.assigned.clone(),
            });
        }
        all
    }

    fn drafts(&self, slots: &[u32]) -> NewRow {
        let mut rows = NewRow::default();
        rows.reserve(slots.len(), M::meta().fields.len());
        for slot in slots {
            if let Content::Draft(draft) = &self.slots[*slot as usize].content {
                M::New::clone(draft).write(&mut rows);
            }
        }
        rows
    }

    fn sink(&self) -> Box<dyn Sink> {
        Box::new(Collect::<M>::all())
    }

    fn keys(&self, sink: &dyn Any) -> Vec<Vec<Value>> {
        use aludel_sql::types::PrimaryKey;
        let rows = sink.downcast_ref::<Collect<M>>().map(|sink| &sink.rows);
        let keys = rows
            .into_iter()
            .flatten()
            .map(|row| row.key().into_values());
        keys.collect()
    }

    fn values(&self, sink: &dyn Any) -> Vec<Vec<Value>> {
        let rows = sink.downcast_ref::<Collect<M>>().map(|sink| &sink.rows);
        rows.into_iter().flatten().map(Model::to_values).collect()
    }

    fn forget(&self, sinks: &mut [Box<dyn Any + Send>], mut row: usize) {
        for sink in sinks
            .iter_mut()
            .filter_map(|sink| sink.downcast_mut::<Collect<M>>())
        {
            if row < sink.rows.len() {
                sink.rows.remove(row);
                return;
            }
            row -= sink.rows.len();
        }
    }

    fn inserted(&mut self, slots: &[u32], sinks: Vec<Box<dyn Any + Send>>) -> Result<()> {
        let mut slots = slots.iter().copied();
        for sink in sinks {
            for (row, slot) in taken::<M>(sink)?.into_iter().zip(&mut slots) {
                self.by_key.insert(row.key(), slot);
                let known = &mut self.slots[slot as usize];
                known.state = State::Persistent;
                let before = std::mem::replace(&mut known.content, Content::Row(row));
                let later = known.changed.take();
                if let Content::Draft(draft) = before {
                    self.note(slot, Before::Inserted(draft));
                }
                if let Some(later) = later {
                    self.touched.retain(|touched| *touched != slot);
                    self.touch(slot);
                    for (at, value) in later.later {
                        self.put(slot, at, value)?;
                    }
                    if let Some(changed) = &mut self.slots[slot as usize].changed {
                        changed.assigned = later.assigned;
                    }
                }
            }
        }
        let slots = &self.slots;
        self.pending
            .retain(|slot| slots[*slot as usize].state == State::Pending);
        Ok(())
    }

    fn updated(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let Some(original) = self.stored(slot) else {
            return Ok(());
        };
        let from = self.key_of(&original);
        self.set_row(slot, values)?;
        let to = self.key_of(values);
        let changed = self.slots[slot as usize].changed.take();
        self.rekey(slot, from, to);
        self.note(
            slot,
            Before::Updated {
                original,
                assigned: changed.map(|changed| changed.assigned).unwrap_or_default(),
            },
        );
        Ok(())
    }

    fn resolved(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        self.slots[slot as usize].changed = None;
        self.set_row(slot, values)
    }

    fn deleted(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, key, None);
            // The values are ones that were read before.
            drop(self.revert(slot));
        }
        self.slots[slot as usize].state = State::Deleted;
        self.removed.retain(|removed| *removed != slot);
        self.note(slot, Before::Deleted);
    }

    fn replaced(&mut self, pending: u32, removed: u32, sink: Box<dyn Any + Send>) -> Result<()> {
        let Some(row) = taken::<M>(sink)?.into_iter().next() else {
            return Ok(());
        };
        let key = row.key();
        self.revert(removed)?;
        let old = &mut self.slots[removed as usize];
        old.state = State::Deleted;
        let before = std::mem::replace(&mut old.content, Content::Nothing);
        self.removed.retain(|slot| *slot != removed);
        let known = &mut self.slots[pending as usize];
        known.state = State::Persistent;
        let draft = std::mem::replace(&mut known.content, Content::Row(row));
        self.pending.retain(|slot| *slot != pending);
        self.by_key.insert(key, pending);
        if let (Content::Draft(draft), Content::Row(row)) = (draft, before) {
            self.note(
                pending,
                Before::Replaced {
                    draft,
                    row,
                    slot: removed,
                },
            );
        }
        Ok(())
    }

    fn absorb_all(&mut self, sink: Box<dyn Any + Send>, refresh: bool) -> Result<Vec<u32>> {
        let rows = taken::<M>(sink)?;
        Ok(rows
            .into_iter()
            .map(|row| self.absorb(row, refresh))
            .collect())
    }

    fn assign_node(&mut self, slot: u32, at: usize, node: Option<Node>) -> Result<()> {
        match node {
            Some(node) => self.assign(slot, at, node),
            None => self.set_column(slot, at, Value::Null)?,
        }
        Ok(())
    }

    fn flushed(&self) -> Vec<u32> {
        let written = self
            .frames
            .iter()
            .flatten()
            .filter(|(_, before)| !matches!(before, Before::Read));
        written.map(|(slot, _)| *slot).collect()
    }

    fn opener(&self) -> fn(&mut ArenasRef<'_>) {
        M::open_related
    }

    fn vanish(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, key, None);
        }
        self.slots[slot as usize].changed = None;
        self.removed.retain(|removed| *removed != slot);
        if self.slots[slot as usize].state != State::Gone {
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::Deleted);
        }
        if self.frames.is_empty() {
            self.slots[slot as usize].state = State::Gone;
            self.slots[slot as usize].content = Content::Nothing;
        }
    }

    fn persistent(&self) -> Vec<u32> {
        let there = |at: &u32| self.slots[*at as usize].state == State::Persistent;
        (0..self.slots.len() as u32).filter(there).collect()
    }

    fn followed(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let Some(before) = self.stored(slot) else {
            return Ok(());
        };
        let (from, to) = (self.key_of(&before), self.key_of(values));
        self.set_row(slot, values)?;
        self.slots[slot as usize].changed = None;
        self.slots[slot as usize].expired = false;
        self.rekey(slot, from, to);
        self.note(slot, Before::Elsewhere(before));
        Ok(())
    }

    fn left(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, key, None);
            drop(self.revert(slot));
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::Elsewhere(values));
        }
    }

    fn expire(&mut self, slot: u32) {
        if let Some(known) = self.slots.get_mut(slot as usize)
            && known.state == State::Persistent
        {
            known.expired = true;
        }
    }

    fn settle(&mut self) {
        for slot in std::mem::take(&mut self.touched) {
            let known = &mut self.slots[slot as usize];
            if known.state != State::Removed
                && let Content::Row(row) = &known.content
                && let Some(changed) = &known.changed
            {
                let values = row.to_values();
                let unchanged = changed.assigned.is_empty()
                    && values
                        .iter()
                        .zip(&changed.original)
                        .all(|(a, b)| super::same(a, b));
                if unchanged {
                    known.changed = None;
                } else {
                    self.touched.push(slot);
                }
            } else if known.changed.is_some() && known.state != State::Pending {
                self.touched.push(slot);
            }
        }
    }

    fn pointer(&mut self, slot: u32, relation: &str) -> Option<Pointer> {
        match &mut self.slots.get_mut(slot as usize)?.content {
            Content::Draft(draft) => Some(draft.reference(relation)?.pointer()),
            Content::Row(row) => Some(row.reference(relation)?.pointer()),
            Content::Nothing => None,
        }
    }

    fn point(&mut self, slot: u32, relation: &str, to: Pointer) -> Result<()> {
        self.touch(slot);
        let reference = match &mut self.slots[slot as usize].content {
            Content::Draft(draft) => draft.reference(relation),
            Content::Row(row) => row.reference(relation),
            Content::Nothing => None,
        };
        match reference {
            Some(reference) => reference.point(to),
            None => Ok(()),
        }
    }

    fn push_frame(&mut self) {
        self.frames.push(Vec::new());
    }

    fn merge_frame(&mut self) {
        if let Some(frame) = self.frames.pop()
            && let Some(outer) = self.frames.last_mut()
        {
            outer.extend(frame);
        }
    }

    fn restore_frame(&mut self, keep: bool) -> Result<()> {
        for (slot, before) in self.frames.pop().unwrap_or_default().into_iter().rev() {
            self.undo(slot, before, keep)?;
        }
        for list in [&mut self.pending, &mut self.touched, &mut self.removed] {
            list.sort_unstable();
            list.dedup();
        }
        Ok(())
    }

    fn discard(&mut self) -> Result<()> {
        for slot in std::mem::take(&mut self.touched) {
            self.revert(slot)?;
        }
        for slot in std::mem::take(&mut self.removed) {
            self.slots[slot as usize].state = State::Persistent;
        }
        Ok(())
    }

    fn commit(&mut self) {
        for (slot, before) in self.frames.drain(..).flatten() {
            let slot = match before {
                Before::Deleted | Before::Elsewhere(_) => slot,
                Before::Replaced { slot, .. } => slot,
                _ => continue,
            };
            let known = &mut self.slots[slot as usize];
            if known.state == State::Deleted {
                known.state = State::Gone;
                known.content = Content::Nothing;
            }
        }
    }
}
