//! What the program does to slots between flushes.

use super::store::{AnyContent, AnyContentMut};
use super::{Arena, Changed, State};
use crate::model::slot::AnyOps;
use crate::model::slot::Pointer;
use aludel_engine::Result;
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::any::Any;

impl Arena {
    /// Slots that were mutably borrowed since the last flush.
    pub(crate) fn changed_slots(&self) -> &[u32] {
        &self.touched
    }

    /// Makes the next flush check a slot.
    pub(crate) fn touch(&mut self, slot: u32) {
        self.note_moved(slot);
        let Some(known) = self.slots.get_mut(slot as usize) else {
            return;
        };
        if let (AnyContent::Row(row), None) = (self.store.content(slot), &known.changed) {
            known.changed = Some(Box::new(Changed {
                original: row.values().into(),
                ..Changed::default()
            }));
            self.touched.push(slot);
        }
    }

    pub(crate) fn assign(&mut self, slot: u32, at: usize, node: Node) {
        self.touch(slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned.retain(|(column, _)| *column != at);
            changed.assigned.push((at, node));
        }
    }

    /// Makes the next flush write a row even if nothing in it changed.
    pub(crate) fn force(&mut self, slot: u32) {
        self.touch(slot);
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
        self.touch(slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned.retain(|(column, _)| *column != at);
        }
        self.edit(slot, vec![(at, value)])
    }

    /// The expressions that a row was set to.
    pub(crate) fn assigned(&self, slot: u32) -> Vec<(usize, Node)> {
        let known = self.slots.get(slot as usize);
        let changed = known.and_then(|known| known.changed.as_ref());
        changed.map_or_else(Vec::new, |changed| changed.assigned.clone())
    }

    /// Sets a row to these expressions and no others.
    pub(crate) fn reassign(&mut self, slot: u32, assigned: Vec<(usize, Node)>) {
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned = assigned;
        }
    }

    /// Sets a column to an expression, or to NULL.
    pub(crate) fn assign_node(&mut self, slot: u32, at: usize, node: Option<Node>) -> Result<()> {
        match node {
            Some(node) => self.assign(slot, at, node),
            None => self.set_column(slot, at, Value::Null)?,
        }
        Ok(())
    }

    pub(crate) fn remove(&mut self, slot: u32) {
        let known = &mut self.slots[slot as usize];
        match known.state {
            State::Pending => {
                known.state = State::Gone;
                self.store.clear(slot);
                // `pending` is sorted.
                if let Ok(at) = self.pending.binary_search(&slot) {
                    self.pending.remove(at);
                }
            }
            State::Persistent => {
                known.state = State::Removed;
                self.removed.push(slot);
            }
            State::Removed | State::Deleted | State::Gone => {}
        }
    }

    /// Prepares a row to be taken out of the session; `None` if there is none.
    pub(super) fn before_detach(&mut self, slot: u32) -> Option<()> {
        let known = self.slots.get_mut(slot as usize)?;
        if !matches!(known.state, State::Persistent | State::Removed) {
            return None;
        }
        let was_removed = known.state == State::Removed;
        let key = self.key_values(slot)?;
        let known = &mut self.slots[slot as usize];
        known.state = State::Gone;
        known.changed = None;
        self.store.remove_key(&key, slot);
        if was_removed {
            self.removed.retain(|removed| *removed != slot);
        }
        self.mark(slot);
        Some(())
    }

    /// Prepares a row to be replaced by what the database has: its changes are forgotten. Returns the values that it had, if a
    /// rollback needs them.
    pub(super) fn before_overwrite(&mut self, slot: u32) -> Option<Vec<Value>> {
        let was = match self.inserted_drafts.is_in_rows() {
            true => self.stored(slot),
            false => None,
        };
        self.note_moved(slot);
        let known = &mut self.slots[slot as usize];
        known.expired = false;
        known.changed = None;
        self.mark(slot);
        was
    }

    /// Turns the rows of a sink into slots.
    pub(crate) fn absorb_all(
        &mut self,
        sink: Box<dyn Any + Send>,
        refresh: bool,
    ) -> Result<Vec<u32>> {
        let (rows, outcome) = self.store.rows_of(sink, usize::MAX, None);
        outcome?;
        self.store.absorb()(self, rows, refresh)
    }

    /// Takes the relation changes of touched rows.
    pub(crate) fn take_ops(&mut self) -> Vec<(u32, &'static str, Box<dyn AnyOps>)> {
        // A row that was refreshed and changed again is listed twice.
        self.touched.sort_unstable();
        self.touched.dedup();
        let mut all = Vec::new();
        for slot in &self.touched {
            if let AnyContentMut::Row(row) = self.store.content_mut(*slot) {
                let taken = row.collections().0.into_iter();
                all.extend(taken.map(|(name, ops)| (*slot, name, ops)));
            }
        }
        all
    }

    /// Where a reference of a slot leads; `None` if it has no such reference.
    pub(crate) fn pointer(&mut self, slot: u32, relation: &str) -> Option<Pointer> {
        let reference = match self.store.content_mut(slot) {
            AnyContentMut::Draft(draft) => draft.reference(relation),
            AnyContentMut::Row(row) => row.reference(relation),
            AnyContentMut::Nothing => None,
        };
        Some(reference?.pointer())
    }

    /// Sets a reference of a slot.
    pub(crate) fn point(&mut self, slot: u32, relation: &str, to: Pointer) -> Result<()> {
        self.touch(slot);
        let reference = match self.store.content_mut(slot) {
            AnyContentMut::Draft(draft) => draft.reference(relation),
            AnyContentMut::Row(row) => row.reference(relation),
            AnyContentMut::Nothing => None,
        };
        match reference {
            Some(reference) => reference.point(to),
            None => Ok(()),
        }
    }

    /// Forgets the changes of a row, so that undoing its removal restores what the database has.
    pub(super) fn revert(&mut self, slot: u32) -> Result<()> {
        match self.slots[slot as usize].changed.take() {
            Some(changed) if !changed.original.is_empty() => self.set_row(slot, &changed.original),
            _ => Ok(()),
        }
    }

    /// Restores rows to what the database has, forgetting unflushed changes.
    pub(crate) fn discard(&mut self) -> Result<()> {
        self.aside.clear();
        for slot in std::mem::take(&mut self.touched) {
            self.revert(slot)?;
        }
        for slot in std::mem::take(&mut self.removed) {
            self.slots[slot as usize].state = State::Persistent;
        }
        Ok(())
    }
}
