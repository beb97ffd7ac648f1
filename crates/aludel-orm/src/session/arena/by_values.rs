//! Drafts and rows as plain values, for code that does not know their types.

use super::{AnyArena, Arena, Content, State};
use crate::draft::outside_draft;
use crate::meta::Refers;
use crate::model::{Model, NewModel};
use crate::private::NewRow;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;

impl<M: Model> Arena<M> {
    /// Adds a draft with these values.
    pub(super) fn add_draft_of(&mut self, values: &[Value], given: &[bool]) -> Result<u32> {
        Ok(self.add(outside_draft(values, given, &[])?))
    }

    /// The values of a slot as they are in memory. Columns that a draft does not give are NULL.
    pub(super) fn values_now(&self, slot: u32) -> Option<Vec<Value>> {
        let known = self.slots.get(slot as usize)?;
        match &known.content {
            Content::Row(row) if known.state != State::Deleted => Some(row.to_values()),
            Content::Draft(draft) => Some(written(draft).0),
            _ => None,
        }
    }

    /// Sets columns of a draft or of a row. References to other slots stay.
    pub(super) fn set_values_of(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()> {
        let content = self.slots.get_mut(slot as usize);
        let content = content.map(|known| &mut known.content);
        if let Some(Content::Draft(draft)) = content {
            let set: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
            change_draft(draft, changes)?;
            // The last assignment to a column counts, even if an expression was to compute it.
            if let Some(changed) = &mut self.slots[slot as usize].changed {
                changed.computed.retain(|(at, _)| !set.contains(at));
            }
            return Ok(());
        }
        if self.row(slot).is_none() {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("this {} was deleted or detached", M::NAME),
            ));
        }
        AnyArena::touch(self, slot);
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            let is_set = |column: usize| changes.iter().any(|(at, _)| *at == column);
            changed.assigned.retain(|(column, _)| !is_set(*column));
        }
        self.edit(slot, changes)
    }
}

fn change_draft<N: NewModel>(draft: &mut N, changes: Vec<(usize, Value)>) -> Result<()> {
    let meta = N::Model::meta();
    let (mut values, mut given) = written(draft);
    let set: Vec<usize> = changes.iter().map(|(at, _)| *at).collect();
    for (at, value) in changes {
        let field = &meta.fields[at];
        if value.is_null() && (field.default.is_some() || field.default_in_rust) {
            return Err(Error::invalid_query(format!(
                "{}.{} of a new row can't be set to NULL: what it leaves out, its default fills in; set it once the row is flushed",
                meta.name, field.name
            )));
        }
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
        let pointer = draft.reference(known.name()).map(|known| known.pointer());
        if let Some(pointer) = pointer.filter(|pointer| pointer.0.is_open()) {
            match known {
                Refers::Key(relation) => by_key.push((relation.name, pointer)),
                Refers::Kind(_) => by_kind.extend(columns.first().map(|at| (*at, pointer))),
            }
        }
    }
    let mut changed: N = outside_draft(&values, &given, &by_kind)?;
    for (name, pointer) in by_key {
        if let Some(reference) = changed.reference(name) {
            reference.point(pointer)?;
        }
    }
    *draft = changed;
    Ok(())
}

/// The values of all columns of a draft, and which of them it gives. A reference to a slot has no value.
fn written<N: NewModel>(draft: &N) -> (Vec<Value>, Vec<bool>) {
    let mut row = NewRow::default();
    draft.clone().write(&mut row);
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
