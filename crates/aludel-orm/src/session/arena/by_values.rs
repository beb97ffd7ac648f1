//! Drafts and rows as plain values, for code that does not know their types.

use super::store::{AnyContent, AnyContentMut, DraftValues};
use super::{Arena, State};
use crate::model::any::AnyDraft;
use crate::model::draft::{not_taken, unreadable};
use crate::model::meta::{ModelMeta, Refers};
use crate::model::values::NewRow;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;

impl Arena {
    /// Adds a draft with these values; `given` says which of them were given.
    pub(crate) fn add_values(&mut self, values: &[Value], given: &[bool]) -> Result<u32> {
        let draft = DraftValues {
            values,
            given,
            open: &[],
        };
        self.put_outside_draft(self.slots.len() as u32, draft)?;
        let slot = self.push(State::Pending);
        self.pending.push(slot);
        Ok(slot)
    }

    /// Adds a draft.
    pub(crate) fn add_any(&mut self, draft: Box<dyn AnyDraft>) -> u32 {
        let slot = self.push(State::Pending);
        self.pending.push(slot);
        self.store.add(draft);
        slot
    }

    /// Makes a slot a draft of values that came from outside.
    fn put_outside_draft(&mut self, slot: u32, draft: DraftValues<'_>) -> Result<()> {
        if !self.store.reads() {
            return Err(unreadable(self.meta.name));
        }
        let put = self.store.put_draft(slot, draft);
        put.map_err(|error| not_taken(self.meta, &error))
    }

    /// The values of a draft or of a row, as they are in memory. Columns that a draft does not give are NULL.
    pub(crate) fn shown(&self, slot: u32) -> Option<Vec<Value>> {
        let known = self.slots.get(slot as usize)?;
        match self.store.content(slot) {
            AnyContent::Row(row) if known.state != State::Deleted => Some(row.values()),
            AnyContent::Draft(draft) => Some(written(draft).0),
            AnyContent::Row(_) | AnyContent::Nothing => None,
        }
    }

    /// Sets columns of a draft or of a row. References to other slots stay.
    pub(crate) fn set_values(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()> {
        if let AnyContent::Draft(_) = self.store.content(slot) {
            let set: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
            self.change_draft(slot, changes)?;
            // The last assignment to a column counts, even if an expression was to compute it.
            if let Some(changed) = &mut self.slots[slot as usize].changed {
                changed.computed.retain(|(at, _)| !set.contains(at));
            }
            return Ok(());
        }
        if !self.has_row(slot) || self.slots[slot as usize].state == State::Deleted {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("this {} was deleted or detached", self.meta.name),
            ));
        }
        self.touch(slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            let is_set = |column: usize| changes.iter().any(|(at, _)| *at == column);
            changed.assigned.retain(|(column, _)| !is_set(*column));
        }
        self.edit(slot, changes)
    }

    fn change_draft(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()> {
        let meta = self.meta;
        let AnyContentMut::Draft(draft) = self.store.content_mut(slot) else {
            return Ok(());
        };
        let (mut values, mut given) = written(draft);
        let set: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
        check_defaults(meta, &changes)?;
        for (at, value) in changes {
            given[at] = !value.is_null();
            values[at] = value;
        }
        // References to slots stay. Those to one of several models are needed to build the draft.
        let (mut by_key, mut by_kind) = (Vec::new(), Vec::new());
        for known in meta.references() {
            let columns = known.positions(meta);
            if columns.iter().any(|at| set.contains(at)) {
                continue;
            }
            let reference = draft.reference(known.name());
            let pointer = reference.map(|known| known.pointer());
            if let Some(pointer) = pointer.filter(|pointer| pointer.0.is_open()) {
                match known {
                    Refers::Key(relation) => by_key.push((relation.name, pointer)),
                    Refers::Kind(_) => by_kind.extend(columns.first().map(|at| (*at, pointer))),
                }
            }
        }
        let changed = DraftValues {
            values: &values,
            given: &given,
            open: &by_kind,
        };
        self.put_outside_draft(slot, changed)?;
        if let AnyContentMut::Draft(draft) = self.store.content_mut(slot) {
            for (name, pointer) in by_key {
                if let Some(reference) = draft.reference(name) {
                    reference.point(pointer)?;
                }
            }
        }
        Ok(())
    }
}

/// Fails if a column that has a default is set to NULL.
fn check_defaults(meta: &ModelMeta, changes: &[(usize, Value)]) -> Result<()> {
    for (at, value) in changes {
        let field = &meta.fields[*at];
        if value.is_null() && (field.default.is_some() || field.default_in_rust) {
            return Err(Error::session_state(format!(
                "{}.{} of a new row can't be set to NULL: what it leaves out, its default fills in; set it once the row is flushed",
                meta.name, field.name
            )));
        }
    }
    Ok(())
}

/// The values of all columns of a draft, and which of them it gives. A reference to a slot has no value.
fn written(draft: &dyn AnyDraft) -> (Vec<Value>, Vec<bool>) {
    let mut row = NewRow::default();
    draft.write_copy(&mut row);
    let mut own = row.own(0, row.given.len());
    let mut all = vec![Value::Null; row.given.len()];
    let cells = row.given.iter().enumerate().filter(|(_, given)| **given);
    for ((at, _), (n, value)) in cells.zip(row.values.into_iter().enumerate()) {
        let mut links = row.links.iter();
        if links.any(|link| (link.at..link.at + link.width).contains(&n)) {
            own[at] = false;
        } else {
            all[at] = value;
        }
    }
    (all, own)
}
