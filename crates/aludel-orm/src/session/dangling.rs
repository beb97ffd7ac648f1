//! References by value that would lead to nothing after a flush: those of drafts and of changed rows, which a query does not
//! find. The database checks references by a foreign key itself, unless the row that they lead to is only marked as deleted.

use super::Session;
use super::arena::{Arena, pick, shown};
use super::by_value::ByValue;
use super::cascade::{followed, followed_kinds};
use super::collection_changes::is_alive;
use crate::model::slot::By;
use crate::model::slot::{At, Pointer};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::collections::{HashMap, HashSet};

/// A reference from rows of one arena to rows of another.
#[derive(Clone, Copy)]
struct Ends {
    from: usize,
    name: &'static str,
    to: usize,
    by: By,
    /// The label of this model in a reference to one of several models.
    label: Option<&'static str>,
}

impl Ends {
    /// The value of the reference if it leads to a row with these values.
    fn tie(&self, arena: &Arena, values: &[Value]) -> Option<ByValue> {
        let meta = arena.meta();
        let mut tie = match self.by {
            Some(columns) => pick(meta, values, columns),
            None => meta.key.iter().map(|at| values[*at].clone()).collect(),
        };
        // NULL refers to nothing.
        if tie.iter().any(Value::is_null) {
            return None;
        }
        if let Some(label) = self.label {
            tie.insert(0, Value::Text(label.to_owned()));
        }
        Some(ByValue(tie))
    }
}

impl Session {
    /// Looks for references to removed rows among the rows that the flush would write.
    ///
    /// # Errors
    /// The first such reference, with both ends.
    pub(super) fn check_dangling(&mut self) -> Result<()> {
        for to in 0..self.arenas.len() {
            let arena = self.arenas.at(to);
            if arena.removed().is_empty() {
                continue;
            }
            let meta = arena.meta();
            let by_key = followed(meta).into_iter();
            let by_key = by_key.filter(|_| meta.soft_delete.is_some());
            let by_key = by_key
                .map(|(relation, inverse)| ((relation.target)(), inverse.name, inverse.by, None));
            let by_kind = followed_kinds(meta).into_iter();
            let by_kind = by_kind.map(|(referred, reference)| {
                (
                    (referred.model)(),
                    reference.name,
                    None,
                    Some(referred.label),
                )
            });
            for (model, name, by, label) in by_key.chain(by_kind) {
                if let Some(from) = self.arenas.by_meta(model) {
                    self.check_references(Ends {
                        from,
                        name,
                        to,
                        by,
                        label,
                    })?;
                }
            }
        }
        Ok(())
    }

    fn check_references(&mut self, ends: Ends) -> Result<()> {
        let arena = self.arenas.at(ends.to);
        let mut removed: HashMap<ByValue, u32> = HashMap::new();
        for slot in arena.removed() {
            let values = arena.stored(*slot);
            let tie = values.and_then(|values| ends.tie(arena, &values));
            removed.extend(tie.map(|tie| (tie, *slot)));
        }
        let arena = self.arenas.at_mut(ends.from);
        let written = [arena.pending(), arena.changed_slots()].concat();
        let mut leading: Vec<(u32, ByValue)> = Vec::new();
        for slot in written {
            if is_alive(arena, slot)
                && let Some(Pointer(At::Key(key))) = arena.pointer(slot, ends.name)
            {
                let key = ByValue(key);
                if removed.contains_key(&key) {
                    leading.push((slot, key));
                }
            }
        }
        if leading.is_empty() {
            return Ok(());
        }
        let successors = self.successors(ends);
        let Some((slot, key)) = leading.iter().find(|(_, key)| !successors.contains(key)) else {
            return Ok(());
        };
        let arena = self.arenas.at(ends.from);
        let row = shown(arena, *slot);
        let gone = removed.get(key).copied().unwrap_or_default();
        let message = format!(
            "{}::{} of {row} leads to {}, which was removed from the session; lead it elsewhere, or remove {row} as well",
            arena.meta().name,
            ends.name,
            shown(self.arenas.at(ends.to), gone)
        );
        self.culprit = Some((ends.from, *slot));
        Err(Error::session_state(message).with_row(row))
    }

    /// The values of references to rows that replace removed ones: new rows, and rows that get their keys.
    fn successors(&self, ends: Ends) -> HashSet<ByValue> {
        let mut successors = HashSet::new();
        let siblings = self.arenas.siblings(ends.to).into_iter();
        for at in std::iter::once(ends.to).chain(siblings) {
            let arena = self.arenas.at(at);
            let slots = arena.pending().iter().chain(arena.changed_slots());
            let alive = slots.filter(|slot| is_alive(arena, **slot));
            let values = alive.filter_map(|slot| arena.shown(*slot));
            successors.extend(values.filter_map(|values| ends.tie(arena, &values)));
        }
        successors
    }
}
