//! Undoes what flushes did to slots: restores what the database has after a rollback, or keeps all changes as pending.

use super::drafts::Was;
use super::unresolved_keys::OpenLink;
use super::{Arena, Changed, State};
use crate::model::values::same;
use aludel_engine::Result;
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::sync::Arc;

/// What a flush did to a slot, and how it was before.
pub(super) enum Before {
    /// It was inserted.
    Inserted(Was),
    /// The expressions that the database computed for it.
    Computed(Box<Expressions>),
    /// It was updated.
    Updated(Box<Updated>),
    /// It was deleted: removed by the program, or along with others.
    Deleted { along: bool },
    /// It was a draft, and was removed along with others; the store has put it there.
    LaidAside(u32),
    /// It replaced a deleted row, by an update of that row.
    Replaced(Box<Replaced>),
    /// A bulk statement changed or deleted it; these are its old values.
    Elsewhere(Box<Stored>),
    /// It was read again; these are its old values.
    Refreshed(Box<Stored>),
    /// It turned out to be gone.
    Vanished,
    /// It was first read inside the transaction.
    Read,
}

/// Expressions that columns of a draft were set to at its insert.
pub(super) struct Expressions(Vec<(usize, Node)>);

/// The values that the database had for a row.
pub(super) struct Stored(Vec<Value>);

impl Before {
    pub(super) fn computed(expressions: Vec<(usize, Node)>) -> Before {
        Before::Computed(Box::new(Expressions(expressions)))
    }

    pub(super) fn elsewhere(values: Vec<Value>) -> Before {
        Before::Elsewhere(Box::new(Stored(values)))
    }

    pub(super) fn refreshed(values: Vec<Value>) -> Before {
        Before::Refreshed(Box::new(Stored(values)))
    }
}

/// What a row was before an update.
pub(super) struct Updated {
    pub(super) original: Arc<[Value]>,
    pub(super) assigned: Vec<(usize, Node)>,
    /// References that led to slots, and the values of their columns.
    pub(super) links: Vec<(OpenLink, Vec<Value>)>,
    /// Whether it was written even if nothing in it changed.
    pub(super) is_forced: bool,
}

/// A draft that replaced a row.
pub(super) struct Replaced {
    /// Where the store has put the draft.
    pub(super) draft: u32,
    /// Where the store has put the row.
    pub(super) row: u32,
    /// The slot of the row.
    pub(super) slot: u32,
    /// Whether the replaced row was removed along with others.
    pub(super) along: bool,
}

impl Arena {
    pub(crate) fn push_frame(&mut self) {
        self.frames.push(Vec::new());
    }

    /// Merges the innermost frame into the one around it.
    pub(crate) fn merge_frame(&mut self) {
        if let Some(frame) = self.frames.pop()
            && let Some(outer) = self.frames.last_mut()
        {
            outer.extend(frame);
        }
    }

    /// Undoes the innermost frame: restores what the database has, or keeps all changes as pending.
    pub(crate) fn restore_frame(&mut self, keep: bool) -> Result<()> {
        for (slot, before) in self.frames.pop().unwrap_or_default().into_iter().rev() {
            self.undo(slot, before, keep)?;
        }
        for list in [&mut self.pending, &mut self.touched, &mut self.removed] {
            list.sort_unstable();
            list.dedup();
        }
        let slots = &self.slots;
        self.removed
            .retain(|slot| slots[*slot as usize].state == State::Removed);
        if self.frames.is_empty() {
            self.forget_inserted_drafts();
        }
        Ok(())
    }

    /// Notes that the transaction is committed.
    pub(crate) fn commit(&mut self) {
        for (slot, before) in std::mem::take(&mut self.frames).into_iter().flatten() {
            let slot = match before {
                Before::Deleted { .. } | Before::Vanished | Before::Elsewhere(_) => slot,
                Before::Replaced(replaced) => replaced.slot,
                _ => continue,
            };
            let known = &mut self.slots[slot as usize];
            if known.state == State::Deleted {
                known.state = State::Gone;
                self.store.clear(slot);
            }
        }
        self.forget_inserted_drafts();
    }

    fn forget_inserted_drafts(&mut self) {
        self.inserted_drafts.clear();
        // What a failed flush laid aside is brought back yet.
        if self.aside.is_empty() {
            self.store.forget_aside();
        }
    }

    /// Undoes one step of a flush.
    fn undo(&mut self, slot: u32, before: Before, keep: bool) -> Result<()> {
        let is_gone = self.slots[slot as usize].state == State::Gone;
        match before {
            Before::Inserted(was) => self.undo_insert(slot, was, keep),
            Before::Computed(computed) => {
                for (at, node) in computed.0 {
                    self.compute(slot, at, node);
                }
                Ok(())
            }
            Before::Replaced(replaced) => self.undo_replaced(slot, *replaced, keep),
            // The changes that added and removed it are forgotten.
            Before::LaidAside(_) if !keep => Ok(()),
            Before::LaidAside(draft) => {
                self.store.bring_back(slot, draft);
                self.slots[slot as usize].state = State::Pending;
                self.pending.push(slot);
                Ok(())
            }
            // It was taken out of the session in the meantime.
            _ if is_gone => Ok(()),
            Before::Updated(updated) => {
                let Updated {
                    original,
                    assigned,
                    links,
                    is_forced,
                } = *updated;
                let (now, then) = (self.key_values(slot), self.key_of(&original));
                self.rekey(slot, now, Some(then));
                if keep {
                    match is_forced {
                        true => self.force(slot),
                        false => self.touch(slot),
                    }
                    self.undo_assigned(slot, &original, assigned)?;
                    self.undo_links(slot, links)?;
                    // Columns that the flush itself counted or read back are not changed.
                    self.keep_own_columns(slot)?;
                } else {
                    self.slots[slot as usize].changed = None;
                    self.set_row(slot, &original)?;
                }
                Ok(())
            }
            Before::Deleted { along } => {
                let key = self.any_row(slot).map(|row| row.key_values());
                self.rekey(slot, None, key);
                self.undo_removal(slot, keep && !along);
                Ok(())
            }
            Before::Elsewhere(stored) => {
                let values = stored.0;
                // A deleted row has no key any more.
                let now = match self.slots[slot as usize].state {
                    State::Deleted => None,
                    _ => self.key_values(slot),
                };
                let then = self.key_of(&values);
                self.rekey(slot, now, Some(then));
                self.slots[slot as usize].state = State::Persistent;
                self.undo_elsewhere(slot, values, keep)
            }
            Before::Vanished => {
                let key = self.any_row(slot).map(|row| row.key_values());
                self.rekey(slot, None, key);
                self.slots[slot as usize].state = State::Persistent;
                self.slots[slot as usize].expired = true;
                Ok(())
            }
            Before::Refreshed(stored) => {
                self.undo_elsewhere(slot, stored.0, keep)?;
                self.undo(slot, Before::Read, keep)
            }
            Before::Read => {
                if !keep && self.slots[slot as usize].state == State::Persistent {
                    self.slots[slot as usize].expired = true;
                }
                Ok(())
            }
        }
    }

    fn undo_replaced(&mut self, slot: u32, replaced: Replaced, keep: bool) -> Result<()> {
        let Replaced {
            draft,
            row,
            slot: old,
            along,
        } = replaced;
        self.undo_insert(slot, Was::Draft(draft), keep)?;
        self.note_moved(old);
        self.store.bring_back(old, row);
        self.undo_removal(old, keep && !along);
        if let Some(key) = self.any_row(old).map(|row| row.key_values()) {
            self.store.add_key(&key, old);
        }
        Ok(())
    }

    /// Restores a deleted row; if the program itself removed it, it may stay marked as removed.
    fn undo_removal(&mut self, slot: u32, is_removed: bool) {
        self.slots[slot as usize].state = if is_removed {
            State::Removed
        } else {
            State::Persistent
        };
        if is_removed {
            self.removed.push(slot);
        }
    }

    /// Makes references that a flush resolved lead to their slots again, whose keys may be different the next time; except for
    /// references that were changed since.
    fn undo_links(&mut self, slot: u32, links: Vec<(OpenLink, Vec<Value>)>) -> Result<()> {
        let Some(row) = self.any_row(slot) else {
            return Ok(());
        };
        let values = row.values();
        let as_flushed = links.into_iter().filter(|(link, came_to)| {
            let mut columns = link.columns.iter().zip(came_to);
            columns.all(|(at, value)| same(&values[*at], value))
        });
        let links: Vec<OpenLink> = as_flushed.map(|(link, _)| link).collect();
        self.reopen(slot, links)
    }

    /// Restores the values before a bulk statement; changes made since then stay if they are to be kept.
    fn undo_elsewhere(&mut self, slot: u32, values: Vec<Value>, keep: bool) -> Result<()> {
        if !keep || !self.is_dirty(slot) {
            self.slots[slot as usize].changed = None;
            return self.set_row(slot, &values);
        }
        let now = self.any_row(slot).map(|row| row.values());
        let now = now.unwrap_or_default();
        let Some(changed) = &mut self.slots[slot as usize].changed else {
            return Ok(());
        };
        let before = std::mem::replace(&mut changed.original, values.clone().into());
        let unchanged = values.into_iter().enumerate();
        let unchanged = unchanged.filter(|(at, _)| same(&now[*at], &before[*at]));
        self.edit(slot, unchanged.collect())
    }

    /// Makes flushed expressions pending again; an expression over a value that an earlier flush wrote is replaced by its
    /// result.
    fn undo_assigned(
        &mut self,
        slot: u32,
        original: &Arc<[Value]>,
        assigned: Vec<(usize, Node)>,
    ) -> Result<()> {
        let Some(row) = self.any_row(slot) else {
            return Ok(());
        };
        let values = row.values();
        let mut changes = Vec::new();
        let Some(changed) = &mut self.slots[slot as usize].changed else {
            return Ok(());
        };
        let before = std::mem::replace(&mut changed.original, Arc::clone(original));
        for (at, value) in std::mem::take(&mut changed.returned) {
            if same(&before[at], &original[at]) {
                changed.returned.push((at, value));
            } else {
                changed.assigned.retain(|(column, _)| *column != at);
                changes.push((at, value));
            }
        }
        for (at, node) in assigned {
            let came_to = changes.iter().rposition(|(column, _)| *column == at);
            let came_to = match came_to {
                Some(n) => changes.swap_remove(n).1,
                None => values[at].clone(),
            };
            changed.returned.push((at, came_to));
            changed.assigned.push((at, node));
            changes.push((at, original[at].clone()));
        }
        self.edit(slot, changes)
    }

    fn undo_insert(&mut self, slot: u32, was: Was, keep: bool) -> Result<()> {
        let now = self.key_values(slot);
        self.rekey(slot, now, None);
        let links = self.open_links(slot);
        let values = self.any_row(slot).map(|row| row.values());
        let is_lost = !self.put_inserted_draft(slot, was);
        let known = &mut self.slots[slot as usize];
        let changed = known.changed.take();
        if known.state == State::Gone || is_lost || keep && known.state == State::Removed {
            // It was added and removed again: nothing is left to do.
            known.state = State::Gone;
            self.store.clear(slot);
            return Ok(());
        }
        known.state = State::Pending;
        if keep && let (Some(changed), Some(values)) = (changed, values) {
            // Changes made after the insert are repeated after the next one; also those that could not be repeated this time.
            let (mut later, mut later_links) = (changed.later, changed.later_links);
            for (at, value) in values.into_iter().enumerate() {
                let is_linked = links.iter().any(|link| link.columns.contains(&at));
                if !same(&value, &changed.original[at]) && !is_linked {
                    later.retain(|(column, _)| *column != at);
                    later.push((at, value));
                }
            }
            for link in links {
                later.retain(|(column, _)| !link.columns.contains(column));
                later_links.retain(|known| known.relation != link.relation);
                later_links.push(link);
            }
            known.changed = Some(Box::new(Changed {
                later,
                later_links,
                assigned: changed.assigned,
                ..Changed::default()
            }));
        }
        self.pending.push(slot);
        Ok(())
    }
}
