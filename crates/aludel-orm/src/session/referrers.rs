//! [`Referrers`]: an index of the rows that may refer to a row, by relation, so that a deletion does not search all rows.

use super::arena::Arena;
use super::by_value::ByValue;
use crate::model::meta::RelationMeta;
use crate::model::slot::At;
use std::collections::HashMap;

/// The rows whose references may have changed since the last look.
#[derive(Default)]
pub(crate) struct Moved {
    slots: Vec<u32>,
    /// There were too many to be recorded.
    all: bool,
}

impl Moved {
    /// Notes a slot; `known` is how many there are.
    pub(crate) fn note(&mut self, slot: u32, known: usize) {
        if self.all || self.slots.last() == Some(&slot) {
            return;
        }
        if self.slots.len() > 64 + 2 * known {
            *self = Moved {
                slots: Vec::new(),
                all: true,
            };
        } else {
            self.slots.push(slot);
        }
    }
}

/// For each relation that was looked up, the rows that may refer to others.
#[derive(Default)]
pub(crate) struct Referrers {
    by_relation: HashMap<(usize, &'static str), Targets>,
}

/// The rows that refer to these targets now, or did once: callers check what they refer to now.
#[derive(Default)]
struct Targets {
    by_key: HashMap<ByValue, Vec<u32>>,
    by_slot: HashMap<u32, Vec<u32>>,
    entries: usize,
}

impl Targets {
    fn add(&mut self, arena: &mut Arena, slot: u32, relation: &str) {
        let rows = match arena.pointer(slot, relation).map(|pointer| pointer.0) {
            Some(At::Key(key)) => self.by_key.entry(ByValue(key)).or_default(),
            Some(At::Slot(id)) => self.by_slot.entry(id.slot).or_default(),
            Some(At::Nothing | At::Kind(_)) | None => return,
        };
        if rows.last() != Some(&slot) {
            rows.push(slot);
            self.entries += 1;
        }
    }

    fn add_all(&mut self, arena: &mut Arena, relation: &str) {
        for slot in 0..arena.len() as u32 {
            self.add(arena, slot, relation);
        }
    }
}

impl Referrers {
    /// The slots of an arena whose reference may lead to one of these rows, given by slots and by the values of the reference;
    /// each once, in order.
    pub(crate) fn find<'t>(
        &mut self,
        (at, arena): (usize, &mut Arena),
        relation: &'static RelationMeta,
        slots: impl Iterator<Item = &'t u32>,
        ties: impl Iterator<Item = &'t ByValue>,
    ) -> Vec<u32> {
        self.follow(at, arena);
        let targets = self
            .by_relation
            .entry((at, relation.name))
            .or_insert_with(|| {
                let mut targets = Targets::default();
                targets.add_all(arena, relation.name);
                targets
            });
        let by_slot = slots.filter_map(|slot| targets.by_slot.get(slot));
        let by_key = ties.filter_map(|tie| targets.by_key.get(tie));
        let mut found: Vec<u32> = by_slot.chain(by_key).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Updates the index with the rows of an arena that changed since the last time.
    fn follow(&mut self, at: usize, arena: &mut Arena) {
        let Some(moved) = arena.take_moved() else {
            self.by_relation.retain(|(of, _), _| *of != at);
            return;
        };
        let known = arena.len();
        for ((_, relation), targets) in self.by_relation.iter_mut().filter(|((of, _), _)| *of == at)
        {
            if moved.all || targets.entries > 64 + 4 * known {
                *targets = Targets::default();
                targets.add_all(arena, relation);
                continue;
            }
            for slot in &moved.slots {
                targets.add(arena, *slot, relation);
            }
        }
    }
}
