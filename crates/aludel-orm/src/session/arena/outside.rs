//! What statements outside the unit of work did to rows.

use super::rollback::Before;
use super::{Arena, State};
use aludel_engine::Result;
use aludel_sql::Value;

impl Arena {
    /// Notes that a row is gone.
    pub(crate) fn vanish(&mut self, slot: u32) {
        if let Some(key) = self.key_values(slot) {
            self.rekey(slot, Some(key), None);
        }
        self.slots[slot as usize].changed = None;
        if self.slots[slot as usize].state == State::Removed {
            self.removed.retain(|removed| *removed != slot);
        }
        if self.slots[slot as usize].state != State::Gone {
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::Vanished);
        }
        if self.frames.is_empty() {
            self.slots[slot as usize].state = State::Gone;
            self.store.clear(slot);
        }
    }

    /// Notes that a statement outside the unit of work gave a row these values.
    pub(crate) fn followed(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        let Some(before) = self.stored(slot) else {
            return Ok(());
        };
        let (from, to) = (self.key_of(&before), self.key_of(values));
        self.set_row(slot, values)?;
        self.slots[slot as usize].changed = None;
        self.slots[slot as usize].expired = false;
        self.rekey(slot, Some(from), Some(to));
        self.note(slot, Before::elsewhere(before));
        Ok(())
    }

    /// Notes that a statement outside the unit of work deleted a row.
    pub(crate) fn left(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, Some(key), None);
            drop(self.revert(slot));
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::elsewhere(values));
        }
    }
}
