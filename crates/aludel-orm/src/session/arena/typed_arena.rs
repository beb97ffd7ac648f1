//! The [`AnyArena`] implementation of each model's arena.

use super::any_arena::AnyArena;
use super::drafts::Was;
use super::rollback::{Before, Replaced, Updated};
use super::{Arena, Changed, Content, Moved, State, Touched, Written, read_key, results};
use crate::any_row::adopt;
use crate::fit::is_cut;
use crate::hooks::{Moment, is_hooked, run};
use crate::insert::{Marks, Placed};
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel, read_values};
use crate::private::{NewRow, Taken, Values};
use crate::session::pending::{AnyOps, ArenasRef};
use crate::session::reference::Pointer;
use crate::session::same;
use aludel_engine::command::{Collect, Sink};
use aludel_engine::{Database, Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use std::any::Any;
use std::sync::Arc;

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

    fn has_row(&self, slot: u32) -> bool {
        let known = self.slots.get(slot as usize);
        known.is_some_and(|known| matches!(known.content, Content::Row(_)))
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
            Some(changed) => changed.original.to_vec(),
            None => row.to_values(),
        })
    }

    fn find(&self, key: &[Value]) -> Option<u32> {
        self.by_key.get(&read_key::<M>(key)?)
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

    fn changed_slots(&self) -> &[u32] {
        &self.touched
    }

    fn touch(&mut self, slot: u32) {
        self.note_moved(slot);
        let Some(known) = self.slots.get_mut(slot as usize) else {
            return;
        };
        if let (Content::Row(row), None) = (&known.content, &known.changed) {
            known.changed = Some(Box::new(Changed {
                original: row.to_values().into(),
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

    fn lay_aside(&mut self, slot: u32) {
        let known = &mut self.slots[slot as usize];
        let content = match known.state {
            State::Pending => std::mem::replace(&mut known.content, Content::Nothing),
            State::Persistent => Content::Nothing,
            State::Removed | State::Deleted | State::Gone => return,
        };
        self.aside.insert(slot, content);
        self.remove(slot);
    }

    fn bring_back(&mut self) {
        if self.aside.is_empty() {
            return;
        }
        for (slot, content) in std::mem::take(&mut self.aside) {
            let known = &mut self.slots[slot as usize];
            match (known.state, content) {
                (State::Removed, Content::Nothing) => known.state = State::Persistent,
                (State::Gone, content @ Content::Draft(_)) => {
                    known.state = State::Pending;
                    known.content = content;
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

    fn take_ops(&mut self) -> Vec<(u32, &'static str, Box<dyn AnyOps>)> {
        // A row that was refreshed and changed again is listed twice.
        self.touched.sort_unstable();
        self.touched.dedup();
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
        let slots = self.touched.iter();
        slots.filter_map(|slot| self.touched_row(*slot)).collect()
    }

    fn computed(&self) -> Vec<(u32, Vec<(usize, Node)>)> {
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

    fn send(&mut self, to: Option<&'static dyn Dialect>) -> Arc<NewRow> {
        Arena::send(self, to)
    }

    fn take_back(&mut self) {
        Arena::take_back(self);
    }

    fn sent(&self) -> Option<&Arc<NewRow>> {
        self.sent.as_ref()
    }

    fn sink(&self) -> Box<dyn Sink> {
        Box::new(Collect::<M>::all())
    }

    fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink> {
        Placed::<M>::sink(marks)
    }

    fn count(&self, sink: &dyn Any) -> usize {
        results::count::<M>(sink)
    }

    fn keys(&self, sink: &dyn Any) -> Vec<Vec<Value>> {
        results::keys::<M>(sink)
    }

    fn values(&self, sink: &dyn Any) -> Result<Vec<Vec<Value>>> {
        results::values::<M>(sink)
    }

    fn keep(&self, sink: &mut dyn Any, kept: &[bool]) {
        results::keep::<M>(sink, kept);
    }

    fn inserted(&mut self, slots: &[u32], sink: Box<dyn Any + Send>) -> Result<()> {
        self.by_key.reserve(slots.len());
        if let Some(frame) = self.frames.last_mut() {
            frame.reserve(slots.len());
        }
        let width = M::meta().fields.len();
        let mut sent = self.sent.take();
        // The rows that were read may differ from those that were sent.
        let stay = results::stay(&*sink);
        let mut batch = 0;
        match &sent {
            Some(sent) if !stay => batch = self.past.keep_sent(sent),
            Some(sent) if self.sent_given.is_empty() => {
                self.sent_given = self.past.given(sent, width);
            }
            Some(_) => {}
            None => self.past.reserve(slots.len()),
        }
        let mut any_later = false;
        let lent = sent.as_mut().and_then(Arc::get_mut);
        let rows = results::rows::<M>(sink, lent.map(|sent| &mut sent.values[..]))?;
        for (row, slot) in rows.zip(slots.iter().copied()) {
            let row = row?;
            self.by_key.insert_late(row.key(), slot);
            self.note_moved(slot);
            let known = &mut self.slots[slot as usize];
            known.state = State::Persistent;
            let before = std::mem::replace(&mut known.content, Content::Row(row));
            let mut later = known.changed.take();
            if let Some(computed) = later
                .as_mut()
                .map(|later| std::mem::take(&mut later.computed))
                && !computed.is_empty()
            {
                self.note(slot, Before::computed(computed));
            }
            let was = match before {
                Content::Draft(draft) => Some(self.past.keep(draft)),
                Content::Sent(row) if !stay => Some(Was::Sent(batch, row)),
                Content::Sent(row) => {
                    let given = &self.sent_given;
                    given.get(row as usize).or(given.first()).copied()
                }
                Content::Row(_) | Content::Nothing => None,
            };
            if let Some(was) = was {
                self.note(slot, Before::Inserted(was));
            }
            if let Some(later) = later.filter(|later| !later.is_empty()) {
                any_later = true;
                self.change_later(slot, *later)?;
            }
        }
        if any_later {
            // They may be listed already.
            self.touched.sort_unstable();
            self.touched.dedup();
        }
        self.sent = sent;
        if self.pending.starts_with(slots) {
            self.pending.drain(..slots.len());
        }
        Ok(())
    }

    fn updated(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        if !self.has_row(slot) {
            return Ok(());
        }
        let links = self.open_links(slot).into_iter().map(|link| {
            let came_to = link.columns.iter().map(|at| values[*at].clone());
            let came_to = came_to.collect();
            (link, came_to)
        });
        let links = links.collect();
        let (before, from) = match &self.slots[slot as usize].changed {
            Some(changed) => (Arc::default(), self.key_of(&changed.original)),
            None => {
                let before = self.stored(slot).unwrap_or_default();
                let from = self.key_of(&before);
                (before.into(), from)
            }
        };
        self.set_row(slot, values)?;
        let to = self.key_of(values);
        let (original, assigned, is_forced) = match self.slots[slot as usize].changed.take() {
            Some(changed) => (changed.original, changed.assigned, changed.is_forced),
            None => (before, Vec::new(), false),
        };
        self.rekey(slot, from, to);
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

    fn resolved(&mut self, slot: u32, values: &[Value]) -> Result<()> {
        self.slots[slot as usize].changed = None;
        self.set_row(slot, values)
    }

    fn deleted(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, key, None);
            // It can't fail: the restored values were read before.
            drop(self.revert(slot));
        }
        // It stays in `removed`, which is cleared when the flush is over.
        self.slots[slot as usize].state = State::Deleted;
        let along = self.aside.contains_key(&slot);
        self.note(slot, Before::Deleted { along });
    }

    fn replaced(&mut self, pending: u32, removed: u32, sink: Box<dyn Any + Send>) -> Result<()> {
        let Some(row) = results::rows::<M>(sink, None)?.next() else {
            return Ok(());
        };
        let row = row?;
        let key = row.key();
        self.revert(removed)?;
        self.note_moved(pending);
        let old = &mut self.slots[removed as usize];
        old.state = State::Deleted;
        let before = std::mem::replace(&mut old.content, Content::Nothing);
        let known = &mut self.slots[pending as usize];
        known.state = State::Persistent;
        let draft = std::mem::replace(&mut known.content, Content::Row(row));
        let mut later = known.changed.take();
        if let Some(later) = &mut later {
            let computed = std::mem::take(&mut later.computed);
            self.note(pending, Before::computed(computed));
        }
        self.by_key.insert(key, pending);
        if let (Content::Draft(draft), Content::Row(row)) = (draft, before) {
            self.mark(removed);
            self.note(
                pending,
                Before::Replaced(Box::new(Replaced {
                    draft,
                    row,
                    slot: removed,
                    along: self.aside.contains_key(&removed),
                })),
            );
        }
        match later {
            Some(later) if !later.is_empty() => {
                // It may be listed already.
                self.touched.retain(|touched| *touched != pending);
                self.change_later(pending, *later)
            }
            Some(_) => Ok(()),
            None => Ok(()),
        }
    }

    fn absorb_all(&mut self, sink: Box<dyn Any + Send>, refresh: bool) -> Result<Vec<u32>> {
        let rows = results::rows::<M>(sink, None)?;
        rows.map(|row| Ok(self.absorb(row?, refresh))).collect()
    }

    fn add_values(&mut self, values: &[Value], given: &[bool]) -> Result<u32> {
        self.add_draft_of(values, given)
    }

    fn set_values(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()> {
        self.set_values_of(slot, changes)
    }

    fn shown(&self, slot: u32) -> Option<Vec<Value>> {
        self.values_now(slot)
    }

    fn assigned(&self, slot: u32) -> Vec<(usize, Node)> {
        let known = self.slots.get(slot as usize);
        let changed = known.and_then(|known| known.changed.as_ref());
        changed.map_or_else(Vec::new, |changed| changed.assigned.clone())
    }

    fn reassign(&mut self, slot: u32, assigned: Vec<(usize, Node)>) {
        if let Some(changed) = &mut self.slots[slot as usize].changed {
            changed.assigned = assigned;
        }
    }

    fn assign_node(&mut self, slot: u32, at: usize, node: Option<Node>) -> Result<()> {
        match node {
            Some(node) => self.assign(slot, at, node),
            None => self.set_column(slot, at, Value::Null)?,
        }
        Ok(())
    }

    fn record(&mut self) {
        if self.written.is_none() {
            self.written = Some(Written::default());
        }
    }

    fn take_moved(&mut self) -> Option<Moved> {
        self.moved.replace(Moved::default())
    }

    fn take_written(&mut self) -> Written {
        let Some(written) = &mut self.written else {
            return Written::default();
        };
        let mut written = std::mem::take(written);
        for list in [&mut written.slots, &mut written.rekeyed] {
            list.sort_unstable();
            list.dedup();
        }
        written
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
        if self.slots[slot as usize].state == State::Removed {
            self.removed.retain(|removed| *removed != slot);
        }
        if self.slots[slot as usize].state != State::Gone {
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::Vanished);
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
        self.note(slot, Before::elsewhere(before));
        Ok(())
    }

    fn left(&mut self, slot: u32) {
        if let Some(values) = self.stored(slot) {
            let key = self.key_of(&values);
            self.rekey(slot, key, None);
            drop(self.revert(slot));
            self.slots[slot as usize].state = State::Deleted;
            self.note(slot, Before::elsewhere(values));
        }
    }

    fn is_dirty(&self, slot: u32) -> bool {
        self.is_changed(slot)
    }

    fn is_expired(&self, slot: u32) -> bool {
        self.slots[slot as usize].expired
    }

    fn expire(&mut self, slot: u32) {
        if let Some(known) = self.slots.get_mut(slot as usize)
            && known.state == State::Persistent
        {
            known.expired = true;
        }
    }

    fn settle(&mut self) {
        let mut aside: Vec<_> = std::mem::take(&mut self.aside).into_iter().collect();
        aside.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, content) in aside {
            if let Content::Draft(draft) = content {
                self.note(slot, Before::LaidAside(Box::new(draft)));
            }
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
        let is_cut = is_cut(M::meta());
        for slot in std::mem::take(&mut self.touched) {
            let known = &mut self.slots[slot as usize];
            if known.state != State::Removed
                && let Content::Row(row) = &mut known.content
                && let Some(changed) = &known.changed
            {
                let values = row.to_values();
                let unchanged = changed.assigned.is_empty()
                    && !changed.is_forced
                    && values
                        .iter()
                        .zip(changed.original.iter())
                        .all(|(a, b)| same(a, b));
                if unchanged {
                    // The database stores less precise values: a difference beyond its precision is no change.
                    if is_cut
                        && changed.original.len() == values.len()
                        && let Ok(stored) = read_values::<M>(&changed.original)
                    {
                        adopt(row, stored);
                    }
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
            Content::Sent(_) | Content::Nothing => None,
        }
    }

    fn point(&mut self, slot: u32, relation: &str, to: Pointer) -> Result<()> {
        self.touch(slot);
        let reference = match &mut self.slots[slot as usize].content {
            Content::Draft(draft) => draft.reference(relation),
            Content::Row(row) => row.reference(relation),
            Content::Sent(_) | Content::Nothing => None,
        };
        match reference {
            Some(reference) => reference.point(to),
            None => Ok(()),
        }
    }

    fn is_hooked(&self, db: &Database) -> bool {
        is_hooked::<M>(db)
    }

    fn before(&mut self, db: &Database) -> Result<(), (u32, Error)> {
        for slot in &self.pending {
            if let Content::Draft(draft) = &mut self.slots[*slot as usize].content {
                run::<M>(db, Moment::BeforeInsert(draft)).map_err(|error| (*slot, error))?;
            }
        }
        for slot in &self.touched {
            let known = &mut self.slots[*slot as usize];
            let (Content::Row(row), Some(changed), State::Persistent) =
                (&mut known.content, &known.changed, known.state)
            else {
                continue;
            };
            let mut values = Values::default();
            row.write_values(&mut values);
            let same = |(a, b): (&Value, &Value)| same(a, b);
            let is_changed = changed.is_forced
                || !changed.assigned.is_empty()
                || !values.links.is_empty()
                || !values.values.iter().zip(changed.original.iter()).all(same);
            if is_changed {
                run(db, Moment::BeforeUpdate(row)).map_err(|error| (*slot, error))?;
            }
        }
        for slot in &self.removed {
            if let Content::Row(row) = &self.slots[*slot as usize].content {
                run(db, Moment::BeforeDelete(row)).map_err(|error| (*slot, error))?;
            }
        }
        Ok(())
    }

    fn after_insert(&self, db: &Database, sink: &dyn Any) -> Result<()> {
        results::each::<M>(sink, |row| run(db, Moment::AfterInsert(row)))
    }

    fn after_update(&self, db: &Database, values: &[Value]) -> Result<()> {
        let row: M = read_values(values)?;
        run(db, Moment::AfterUpdate(&row))
    }

    fn after_delete(&self, db: &Database, slot: u32) -> Result<()> {
        match &self.slots[slot as usize].content {
            Content::Row(row) => run(db, Moment::AfterDelete(row)),
            _ => Ok(()),
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
        let slots = &self.slots;
        self.removed
            .retain(|slot| slots[*slot as usize].state == State::Removed);
        if self.frames.is_empty() {
            self.past.clear();
        }
        Ok(())
    }

    fn discard(&mut self) -> Result<()> {
        self.aside.clear();
        for slot in std::mem::take(&mut self.touched) {
            self.revert(slot)?;
        }
        for slot in std::mem::take(&mut self.removed) {
            self.slots[slot as usize].state = State::Persistent;
        }
        Ok(())
    }

    fn commit(&mut self) {
        self.past.clear();
        for (slot, before) in self.frames.drain(..).flatten() {
            let slot = match before {
                Before::Deleted { .. } | Before::Vanished | Before::Elsewhere(_) => slot,
                Before::Replaced(replaced) => replaced.slot,
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
