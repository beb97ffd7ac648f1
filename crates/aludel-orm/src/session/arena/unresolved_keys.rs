//! References to slots whose keys are not known yet, which plain values can't represent.

use super::flush::are_different;
use super::{Arena, State, Touched};
use crate::model::slot::Pointer;
use crate::model::values::same;
use aludel_engine::Result;
use aludel_sql::Value;
use std::sync::Arc;

/// A reference of a row that leads to a slot.
#[derive(Debug, Clone)]
pub(super) struct OpenLink {
    pub(super) relation: &'static str,
    /// Its columns.
    pub(super) columns: Vec<usize>,
    pub(super) to: Pointer,
}

impl Arena {
    /// The references of a row that lead to slots.
    pub(super) fn open_links(&mut self, slot: u32) -> Vec<OpenLink> {
        let meta = self.meta;
        let Some(row) = self.any_row_mut(slot) else {
            return Vec::new();
        };
        if meta.references().next().is_none() {
            return Vec::new();
        }
        if row.bound().links.is_empty() {
            return Vec::new();
        }
        let mut open = Vec::new();
        for reference in meta.references() {
            let pointer = row.reference(reference.name()).map(|known| known.pointer());
            if let Some(pointer) = pointer.filter(|pointer| pointer.0.is_open()) {
                open.push(OpenLink {
                    relation: reference.name(),
                    columns: reference.positions(meta),
                    to: pointer,
                });
            }
        }
        open
    }

    /// Makes references of a row lead to slots again.
    pub(super) fn reopen(
        &mut self,
        slot: u32,
        links: impl IntoIterator<Item = OpenLink>,
    ) -> Result<()> {
        self.note_moved(slot);
        let Some(row) = self.any_row_mut(slot) else {
            return Ok(());
        };
        for link in links {
            if let Some(reference) = row.reference(link.relation) {
                reference.point(link.to)?;
            }
        }
        Ok(())
    }

    /// Sets columns of a row; references to slots stay, unless their columns are set.
    pub(super) fn edit(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()> {
        let mut links = self.open_links(slot);
        let Some(row) = self.any_row(slot) else {
            return Ok(());
        };
        let mut values = row.values();
        let changed = self.slots[slot as usize].changed.as_ref();
        for at in links.iter().flat_map(|link| &link.columns) {
            // A valid placeholder, until the reference leads to its slot again.
            values[*at] = changed.map_or(Value::Null, |changed| changed.original[*at].clone());
        }
        links.retain(|link| !changes.iter().any(|(at, _)| link.columns.contains(at)));
        for (at, value) in changes {
            values[at] = value;
        }
        self.set_row(slot, &values)?;
        self.reopen(slot, links)
    }

    /// Resets columns that the program does not write to what the database has.
    pub(super) fn keep_own_columns(&mut self, slot: u32) -> Result<()> {
        let known = &self.slots[slot as usize];
        let (Some(row), Some(changed)) = (self.any_row(slot), &known.changed) else {
            return Ok(());
        };
        let mut own = self.meta.own_columns().peekable();
        if own.peek().is_none() {
            return Ok(());
        }
        let now = row.values();
        let differs = |at: &usize| !same(&now[*at], &changed.original[*at]);
        let before: Vec<(usize, Value)> = own
            .filter(differs)
            .map(|at| (at, changed.original[at].clone()))
            .collect();
        if before.is_empty() {
            return Ok(());
        }
        self.edit(slot, before)
    }

    /// The current values of a row that was mutably borrowed.
    pub(crate) fn touched_row(&self, slot: u32) -> Option<Touched> {
        let known = self.slots.get(slot as usize)?;
        let (Some(row), Some(changed), State::Persistent) =
            (self.any_row(slot), &known.changed, known.state)
        else {
            return None;
        };
        let values = row.bound();
        Some(Touched {
            slot,
            original: Arc::clone(&changed.original),
            values: values.values,
            links: values.links,
            assigned: changed.assigned.clone(),
            is_forced: changed.is_forced,
        })
    }

    /// Whether a row differs from what the database has.
    pub(crate) fn is_dirty(&self, slot: u32) -> bool {
        let known = &self.slots[slot as usize];
        let (Some(row), Some(changed)) = (self.any_row(slot), &known.changed) else {
            return false;
        };
        let values = row.bound();
        changed.is_forced
            || !changed.assigned.is_empty()
            || !values.links.is_empty()
            || !values.changed.is_empty()
            || are_different(&values.values, &changed.original)
    }
}
