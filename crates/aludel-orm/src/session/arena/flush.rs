//! What a flush does to slots: it asks what changed, and notes what was inserted, updated and deleted.

use super::drafts::Was;
use super::rollback::{Before, Replaced, Updated};
use super::store::{AnyContent, AnyContentMut};
use super::{Arena, Changed, State, Touched, results};
use crate::fit::is_cut;
use crate::model::row_hooks::When;
use crate::model::values::NewRow;
use crate::model::values::same;
use crate::read::unreadable;
use aludel_engine::{Database, Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::any::Any;
use std::sync::Arc;

impl Arena {
    /// The current values of the rows that were mutably borrowed.
    pub(crate) fn touched(&self) -> Vec<Touched> {
        let slots = self.touched.iter();
        slots.filter_map(|slot| self.touched_row(*slot)).collect()
    }

    /// Expressions that the database computes for pending slots when it inserts them.
    pub(crate) fn computed(&self) -> Vec<(u32, Vec<(usize, Node)>)> {
        let mut slots = self.computed.clone();
        slots.sort_unstable();
        slots.dedup();
        let computed = |slot: u32| {
            let known = &self.slots[slot as usize];
            let changed = known.changed.as_ref();
            let changed = changed.filter(|_| known.state == State::Pending)?;
            Some((slot, changed.computed.clone()))
        };
        slots.into_iter().filter_map(computed).collect()
    }

    /// The values that the drafts were turned into.
    pub(crate) fn sent(&self) -> Option<&Arc<NewRow>> {
        self.sent.as_ref()
    }

    /// Removes a slot until the end of a flush, or for good if the flush succeeds.
    pub(crate) fn lay_aside(&mut self, slot: u32) {
        let draft = match self.slots[slot as usize].state {
            State::Pending => Some(self.store.put_aside(slot)),
            State::Persistent => None,
            State::Removed | State::Deleted | State::Gone => return,
        };
        self.aside.insert(slot, draft);
        self.remove(slot);
    }

    /// After a failed flush: restores what was laid aside.
    pub(crate) fn bring_back(&mut self) {
        if self.aside.is_empty() {
            return;
        }
        for (slot, draft) in std::mem::take(&mut self.aside) {
            let known = &mut self.slots[slot as usize];
            match (known.state, draft) {
                (State::Removed, None) => known.state = State::Persistent,
                (State::Gone, Some(draft)) => {
                    known.state = State::Pending;
                    self.store.bring_back(slot, draft);
                    self.pending.push(slot);
                }
                _ => {}
            }
        }
        self.pending.sort_unstable();
        let slots = &self.slots;
        self.removed
            .retain(|slot| slots[*slot as usize].state == State::Removed);
    }

    /// Notes that these slots were inserted, and became these rows.
    pub(crate) fn inserted(&mut self, slots: &[u32], sink: Box<dyn Any + Send>) -> Result<()> {
        if let Some(frame) = self.frames.last_mut() {
            frame.reserve(slots.len());
        }
        let width = self.meta.fields.len();
        let mut sent = self.sent.take();
        // The rows that were read may differ from those that were sent.
        let stay = results::stay(&*sink);
        let mut batch = 0;
        match &sent {
            Some(sent) if !stay => batch = self.inserted_drafts.keep_sent(sent),
            Some(sent) if self.sent_given.is_empty() => {
                self.sent_given = self.inserted_drafts.given(sent, width);
            }
            Some(_) | None => {}
        }
        let lent = sent.as_mut().and_then(Arc::get_mut);
        let filled = self
            .store
            .fill(slots, sink, lent.map(|sent| &mut sent.values[..]));
        if let (Some(_), Err(_)) = (&sent, &filled.outcome)
            && let Some(slot) = slots.get(filled.slots)
        {
            // Its values are half taken: they must not become a draft again.
            let known = &mut self.slots[*slot as usize];
            known.sent = None;
            known.state = State::Gone;
        }
        self.sent = sent;
        let mut outcome = filled.outcome;
        let mut any_later = false;
        let mut aside = filled.aside;
        for slot in slots[..filled.slots].iter().copied() {
            self.note_moved(slot);
            let known = &mut self.slots[slot as usize];
            known.state = State::Persistent;
            let was = match known.sent.take() {
                None => {
                    aside += 1;
                    Some(Was::Draft(aside - 1))
                }
                Some(row) if !stay => Some(Was::Sent(batch, row)),
                Some(row) => {
                    let given = &self.sent_given;
                    given.get(row as usize).or(given.first()).copied()
                }
            };
            let mut later = known.changed.take();
            if let Some(later) = &mut later {
                let computed = std::mem::take(&mut later.computed);
                if !computed.is_empty() {
                    self.note(slot, Before::computed(computed));
                }
            }
            if let Some(was) = was {
                self.note(slot, Before::Inserted(was));
            }
            if let Some(later) = later.filter(|later| !later.is_empty()) {
                any_later = true;
                // All of them are rows by now, and must be noted even if this fails.
                outcome = outcome.and(self.change_later(slot, *later));
            }
        }
        if any_later {
            // They may be listed already.
            self.touched.sort_unstable();
            self.touched.dedup();
        }
        if self.pending.starts_with(slots) {
            self.pending.drain(..filled.slots);
        }
        outcome
    }

    /// Repeats changes after a draft was inserted: those that its row had before a rollback.
    fn change_later(&mut self, slot: u32, later: Changed) -> Result<()> {
        if later.is_empty() {
            return Ok(());
        }
        self.touch(slot);
        let (values, links) = (later.later.clone(), later.later_links.clone());
        let mut repeated = self.edit(slot, later.later);
        if repeated.is_ok() {
            repeated = self.reopen(slot, later.later_links);
        }
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned = later.assigned;
            if repeated.is_err() {
                changed.later = values;
                changed.later_links = links;
            }
        }
        repeated
    }

    /// Notes that a slot was updated, and has these values.
    pub(crate) fn updated(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        if !self.has_row(slot) {
            return Ok(());
        }
        let before: Arc<[Value]> = match &self.slots[slot as usize].changed {
            Some(changed) => Arc::clone(&changed.original),
            None => self.stored(slot).unwrap_or_default().into(),
        };
        let links = self.open_links(slot).into_iter().map(|link| {
            let came_to = link.columns.iter().map(|at| values[*at].clone());
            let came_to = came_to.collect();
            (link, came_to)
        });
        let links = links.collect();
        self.set_row(slot, values)?;
        let (assigned, is_forced) = match self.slots[slot as usize].changed.take() {
            Some(changed) => (changed.assigned, changed.is_forced),
            None => (Vec::new(), false),
        };
        // Most updates leave the key as it is.
        if self.meta.key.iter().any(|at| before[*at] != values[*at]) {
            let (from, to) = (self.key_of(&before), self.key_of(values));
            self.rekey(slot, Some(from), Some(to));
        }
        let original = before;
        self.note(
            slot,
            Before::Updated(Box::new(Updated {
                original,
                assigned,
                links,
                is_forced,
            })),
        );
        Ok(())
    }

    /// Notes that a row's references are known, and nothing was written.
    pub(crate) fn resolved(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        self.slots[slot as usize].changed = None;
        self.set_row(slot, values)
    }

    pub(crate) fn deleted(&mut self, slot: u32) {
        if let Some(key) = self.key_values(slot) {
            self.rekey(slot, Some(key), None);
            // It can't fail: the restored values were read before.
            drop(self.revert(slot));
        }
        // It stays in `removed`, which is cleared when the flush is over.
        self.slots[slot as usize].state = State::Deleted;
        let along = self.aside.contains_key(&slot);
        self.note(slot, Before::Deleted { along });
    }

    /// Notes that a pending slot was written over the row of a removed one.
    pub(crate) fn replaced(
        &mut self,
        pending: u32,
        removed: u32,
        sink: Box<dyn Any + Send>,
    ) -> Result<()> {
        let filled = self.store.fill(&[pending], sink, None);
        filled.outcome?;
        if filled.slots == 0 {
            return Ok(());
        }
        self.revert(removed)?;
        self.note_moved(pending);
        self.slots[removed as usize].state = State::Deleted;
        let row = self.store.put_aside(removed);
        let known = &mut self.slots[pending as usize];
        known.state = State::Persistent;
        let mut later = known.changed.take();
        if let Some(later) = &mut later {
            let computed = std::mem::take(&mut later.computed);
            self.note(pending, Before::computed(computed));
        }
        self.mark(removed);
        let along = self.aside.contains_key(&removed);
        self.note(
            pending,
            Before::Replaced(Box::new(Replaced {
                draft: filled.aside,
                row,
                slot: removed,
                along,
            })),
        );
        match later {
            Some(later) if !later.is_empty() => {
                // It may be listed already.
                self.touched.retain(|touched| *touched != pending);
                self.change_later(pending, *later)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Ends a flush: forgets which rows were pending, and changes of rows that turned out to be none.
    pub(crate) fn settle(&mut self) {
        let mut aside: Vec<_> = std::mem::take(&mut self.aside).into_iter().collect();
        aside.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, draft) in aside {
            if let Some(draft) = draft {
                self.note(slot, Before::LaidAside(draft));
            }
        }
        if self.frames.is_empty() {
            self.store.forget_aside();
        }
        self.sent = None;
        self.sent_given.clear();
        let slots = &self.slots;
        self.computed
            .retain(|slot| slots[*slot as usize].state == State::Pending);
        self.pending
            .retain(|slot| slots[*slot as usize].state == State::Pending);
        self.removed
            .retain(|slot| slots[*slot as usize].state == State::Removed);
        let is_cut = is_cut(self.meta);
        for slot in std::mem::take(&mut self.touched) {
            let known = &mut self.slots[slot as usize];
            let Some(changed) = &known.changed else {
                continue;
            };
            let AnyContentMut::Row(row) = self.store.content_mut(slot) else {
                if known.state != State::Pending {
                    self.touched.push(slot);
                }
                continue;
            };
            let is_changed = known.state == State::Removed
                || !changed.assigned.is_empty()
                || changed.is_forced
                || are_different(&row.values(), &changed.original);
            if is_changed {
                self.touched.push(slot);
                continue;
            }
            // The database stores less precise values: a difference beyond its precision is no change.
            if is_cut && changed.original.len() == self.meta.fields.len() {
                drop(row.adopt_values(&changed.original));
            }
            known.changed = None;
        }
    }

    /// Whether writing its rows calls hooks.
    pub(crate) fn is_hooked(&self, db: &Database) -> bool {
        self.model().hooks.are_called(db)
    }

    /// Calls the hooks that come before a flush, for all rows that it would write; the error names the slot.
    pub(crate) fn before(&mut self, db: &Database) -> Result<(), (u32, Error)> {
        let model = self.meta.any();
        for slot in &self.pending {
            if let AnyContentMut::Draft(draft) = self.store.content_mut(*slot) {
                let called = draft.before_insert(model, db);
                called.map_err(|error| (*slot, error))?;
            }
        }
        for slot in &self.touched {
            let known = &self.slots[*slot as usize];
            let (AnyContentMut::Row(row), Some(changed), State::Persistent) =
                (self.store.content_mut(*slot), &known.changed, known.state)
            else {
                continue;
            };
            let now = row.bound();
            let is_changed = changed.is_forced
                || !changed.assigned.is_empty()
                || !now.links.is_empty()
                || are_different(&now.values, &changed.original);
            if is_changed {
                row.before_update(db).map_err(|error| (*slot, error))?;
            }
        }
        for slot in &self.removed {
            if let AnyContent::Row(row) = self.store.content(*slot) {
                let called = row.call(When::BeforeDelete, db);
                called.map_err(|error| (*slot, error))?;
            }
        }
        Ok(())
    }

    /// Calls the hooks that come after rows were inserted.
    pub(crate) fn after_insert(&self, db: &Database, sink: &dyn Any) -> Result<()> {
        self.store
            .each(sink, &mut |row| row.call(When::AfterInsert, db))
    }

    /// Calls the hooks that come after a row was updated.
    pub(crate) fn after_update(&self, db: &Database, values: &[Value]) -> Result<()> {
        let row = self.model().read(values);
        let row = row.map_err(unreadable)?;
        row.call(When::AfterUpdate, db)
    }

    /// Calls the hooks that come after a row was deleted.
    pub(crate) fn after_delete(&self, db: &Database, slot: u32) -> Result<()> {
        match self.any_row(slot) {
            Some(row) => row.call(When::AfterDelete, db),
            None => Ok(()),
        }
    }
}

/// Whether a row's values differ from those that the database has.
pub(super) fn are_different(values: &[Value], original: &[Value]) -> bool {
    !values.iter().zip(original).all(|(a, b)| same(a, b))
}
