//! Relations in a session: rows that are added to them and removed.

use super::arena::State;
use super::key::Key;
use super::ops::{ArenasRef, Change, RowRef};
use super::reference::{At, Pointer};
use super::statements;
use super::work::{JoinWork, Place};
use super::{Session, SlotId, flush};
use crate::meta::{RelationKind, RelationMeta};
use crate::model::Model;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::collections::HashSet;
use std::panic::Location;

/// A row that was added to a relation of another, or removed.
pub(crate) struct Collection {
    owner: Place,
    relation: &'static RelationMeta,
    target: usize,
    change: Change,
}

impl Session {
    pub(crate) fn place<M: Model>(&self, key: Key<M>) -> Result<Place> {
        self.row(key)?;
        let arena = self.arenas.by_type(std::any::TypeId::of::<M>());
        Ok((arena.unwrap_or_default(), key.id.slot))
    }

    pub(crate) fn key_at<M: Model>(&self, slot: u32) -> Key<M> {
        Key::new(SlotId {
            session: self.arenas.session,
            slot,
        })
    }

    /// Takes what was added to relations and removed out of the rows.
    pub(crate) fn drain_changes(&mut self) -> Result<()> {
        let mut at = 0;
        // Drafts that are pushed may have arenas of their own.
        while at < self.arenas.len() {
            let meta = self.arenas.at(at).meta();
            for (slot, name, ops) in self.arenas.at_mut(at).take_ops() {
                let changes = ops.drain(&mut ArenasRef(&mut self.arenas))?;
                let Some(relation) = meta.relation(name) else {
                    continue;
                };
                let Some(target) = self.arenas.by_meta((relation.target)()) else {
                    continue;
                };
                for change in changes {
                    self.changes.push(Collection {
                        owner: (at, slot),
                        relation,
                        target,
                        change,
                    });
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// Forgets what was added to relations and removed, with the drafts that were pushed.
    pub(crate) fn forget_changes(&mut self) {
        for at in 0..self.arenas.len() {
            drop(self.arenas.at_mut(at).take_ops());
        }
        for collection in std::mem::take(&mut self.changes) {
            if let (true, Some(RowRef::Slot(slot))) =
                (collection.change.pushed, &collection.change.row)
            {
                self.arenas.at_mut(collection.target).remove(*slot);
            }
        }
    }

    /// Turns what was added to relations and removed into references of rows, and rows of join tables.
    pub(crate) async fn gather(&mut self, site: &'static Location<'static>) -> Result<()> {
        self.drain_changes()?;
        if self.changes.is_empty() {
            return Ok(());
        }
        self.find_rows(site).await?;
        self.find_present(site).await?;
        self.settle_collections()?;
        self.changes.clear();
        Ok(())
    }

    /// Reads rows that were added or removed by their primary key and are not in the session.
    async fn find_rows(&mut self, site: &'static Location<'static>) -> Result<()> {
        let mut wanted: Vec<(usize, Vec<Vec<Value>>)> = Vec::new();
        for collection in &self.changes {
            if collection.relation.kind == RelationKind::ManyToMany {
                continue;
            }
            if let Some(RowRef::Key(key)) = &collection.change.row {
                match wanted
                    .iter_mut()
                    .find(|(target, _)| *target == collection.target)
                {
                    Some((_, keys)) => keys.push(key.clone()),
                    None => wanted.push((collection.target, vec![key.clone()])),
                }
            }
        }
        for (target, keys) in wanted {
            let meta = self.arenas.at(target).meta();
            let dialect = self.db.dialect();
            for command in statements::selects(meta, &meta.key, keys, dialect, site)? {
                let sink = self.arenas.at(target).sink();
                let sink = flush::fetch(self.target(), command, sink).await?;
                self.arenas.at_mut(target).absorb_all(sink, false)?;
            }
        }
        for collection in &mut self.changes {
            if let Some(RowRef::Key(key)) = &collection.change.row
                && let Some(slot) = self.arenas.at(collection.target).find(key)
            {
                collection.change.row = Some(RowRef::Slot(slot));
            }
        }
        Ok(())
    }

    /// Names the rows of relations to one that are to give way, reading those that the session does not have.
    async fn find_present(&mut self, site: &'static Location<'static>) -> Result<()> {
        let is_any = |collection: &Collection| collection.change.row.is_none();
        let mut any: Vec<(Place, &'static RelationMeta, usize)> = Vec::new();
        for collection in self.changes.iter().filter(|known| is_any(known)) {
            any.push((collection.owner, collection.relation, collection.target));
        }
        for (owner, relation, target) in any {
            let meta = self.arenas.at(target).meta();
            let inverse = relation.inverse.and_then(|name| meta.relation(name));
            let Some(inverse) = inverse else { continue };
            if let Some(tie) = self.arenas.at(owner.0).tie(owner.1, inverse.by) {
                let columns = meta.positions(inverse);
                let dialect = self.db.dialect();
                for command in statements::selects(meta, &columns, vec![tie], dialect, site)? {
                    let sink = self.arenas.at(target).sink();
                    let sink = flush::fetch(self.target(), command, sink).await?;
                    self.arenas.at_mut(target).absorb_all(sink, false)?;
                }
            }
            let mut present = Vec::new();
            for slot in 0..self.arenas.at(target).len() as u32 {
                let arena = self.arenas.at_mut(target);
                if !matches!(arena.state(slot), Some(State::Pending | State::Persistent)) {
                    continue;
                }
                let pointer = arena.pointer(slot, inverse.name);
                if pointer.is_some_and(|pointer| self.leads_to(&pointer, owner, inverse)) {
                    present.push(slot);
                }
            }
            let place = self.changes.iter().position(is_any).unwrap_or_default();
            let removed = present.into_iter().map(|slot| Collection {
                owner,
                relation,
                target,
                change: Change {
                    row: Some(RowRef::Slot(slot)),
                    added: false,
                    pushed: false,
                },
            });
            self.changes.splice(place..=place, removed);
        }
        Ok(())
    }

    pub(crate) fn settle_collections(&mut self) -> Result<()> {
        let changes = std::mem::take(&mut self.changes);
        let added: HashSet<Place> = changes
            .iter()
            .filter(|collection| collection.change.added)
            .filter_map(|collection| match collection.change.row {
                Some(RowRef::Slot(slot)) => Some((collection.target, slot)),
                Some(RowRef::Key(_)) | None => None,
            })
            .collect();
        let mut result = Ok(());
        for collection in &changes {
            result = match collection.relation.kind {
                RelationKind::ManyToMany => self.join(collection),
                _ if collection.change.added => self.adopt(collection),
                _ => self.release(collection, &added),
            };
            if result.is_err() {
                break;
            }
        }
        if result.is_err() {
            self.changes = changes;
        }
        result
    }

    /// A row of a join table, added or removed.
    fn join(&mut self, collection: &Collection) -> Result<()> {
        let owner = self.arenas.at(collection.owner.0).meta();
        let path = collection
            .relation
            .join_path(owner)
            .map_err(Error::invalid_query)?;
        let Some((table, pairs)) = path.through else {
            return Ok(());
        };
        let own: Vec<String> = pairs.into_iter().map(|(_, column)| column).collect();
        let other: Vec<String> = path.pairs.into_iter().map(|(column, _)| column).collect();
        let mine = (collection.owner.0, RowRef::Slot(collection.owner.1));
        let Some(row) = collection.change.row.clone() else {
            return Ok(());
        };
        let theirs = (collection.target, row);
        // Seen from both sides it is the same row.
        let (columns, sides) = if own <= other {
            ([own, other].concat(), [mine, theirs])
        } else {
            ([other, own].concat(), [theirs, mine])
        };
        self.note_join(JoinWork {
            table,
            columns,
            sides,
            added: collection.change.added,
        });
        Ok(())
    }

    pub(crate) fn note_join(&mut self, join: JoinWork) {
        self.joins.retain(|known| {
            known.table != join.table || known.columns != join.columns || known.sides != join.sides
        });
        self.joins.push(join);
    }

    /// A row that was added to a relation refers to its owner.
    fn adopt(&mut self, collection: &Collection) -> Result<()> {
        let (child, inverse) = self.child(collection)?;
        let owner = self.owner_pointer(collection.owner);
        let arena = self.arenas.at_mut(collection.target);
        let before = arena.pointer(child, inverse.name);
        let owned = before
            .as_ref()
            .is_some_and(|pointer| self.leads_to(pointer, collection.owner, inverse));
        if owned {
            return Ok(());
        }
        if let Some(pointer) = before
            && pointer.0 != At::Nothing
            && self.was_set(collection.target, child, inverse, &pointer)
        {
            return Err(Error::invalid_query(format!(
                "a {} was added to {}::{} of one {}, and its {:?} was set to another; set one of the two",
                self.arenas.at(collection.target).meta().name,
                self.arenas.at(collection.owner.0).meta().name,
                collection.relation.name,
                self.arenas.at(collection.owner.0).meta().name,
                inverse.name,
            )));
        }
        self.arenas
            .at_mut(collection.target)
            .point(child, inverse.name, owner)
    }

    /// A row that was removed from a relation refers to nobody, or goes.
    fn release(&mut self, collection: &Collection, added: &HashSet<Place>) -> Result<()> {
        let (child, inverse) = self.child(collection)?;
        if added.contains(&(collection.target, child)) {
            return Ok(());
        }
        let pointer = self
            .arenas
            .at_mut(collection.target)
            .pointer(child, inverse.name);
        // Moved to somebody else in the meantime.
        if !pointer.is_some_and(|pointer| self.leads_to(&pointer, collection.owner, inverse)) {
            return Ok(());
        }
        let arena = self.arenas.at_mut(collection.target);
        if collection.relation.orphans {
            arena.remove(child);
            return Ok(());
        }
        if inverse.nullable {
            return arena.point(child, inverse.name, Pointer(At::Nothing));
        }
        Err(Error::invalid_query(format!(
            "a {} was removed from {}::{}, but must belong to one; move it to another, remove it from the session, or say `#[field(orphans = delete)]` on the relation",
            arena.meta().name,
            self.arenas.at(collection.owner.0).meta().name,
            collection.relation.name,
        )))
    }

    fn child(&self, collection: &Collection) -> Result<(u32, &'static RelationMeta)> {
        let target = (collection.relation.target)();
        let inverse = collection
            .relation
            .inverse
            .and_then(|name| target.relation(name));
        match (&collection.change.row, inverse) {
            (Some(RowRef::Slot(slot)), Some(inverse)) => Ok((*slot, inverse)),
            (Some(RowRef::Key(key)), _) => Err(Error::new(
                aludel_engine::ErrorKind::NotFound,
                format!("there is no {} {}", target.name, statements::show_key(key)),
            )),
            (None, _) => Err(Error::invalid_query(format!(
                "{}::{} was set in a hook, which can't read what is there; set {}'s own reference",
                self.arenas.at(collection.owner.0).meta().name,
                collection.relation.name,
                target.name,
            ))),
            (_, None) => Err(Error::invalid_query(format!(
                "{}::{} has no inverse",
                self.arenas.at(collection.owner.0).meta().name,
                collection.relation.name
            ))),
        }
    }

    fn owner_pointer(&self, owner: Place) -> Pointer {
        Pointer(At::Slot(SlotId {
            session: self.arenas.session,
            slot: owner.1,
        }))
    }

    /// Whether a `BelongsTo` leads to a row.
    pub(crate) fn leads_to(
        &self,
        pointer: &Pointer,
        place: Place,
        relation: &RelationMeta,
    ) -> bool {
        match &pointer.0 {
            At::Nothing => false,
            At::Slot(id) => id.session == self.arenas.session && id.slot == place.1,
            At::Key(key) => self.arenas.at(place.0).tie(place.1, relation.by).as_ref() == Some(key),
        }
    }

    /// Whether a reference was set to another row since the last flush.
    fn was_set(&self, arena: usize, slot: u32, relation: &RelationMeta, pointer: &Pointer) -> bool {
        let arena = self.arenas.at(arena);
        let key = match &pointer.0 {
            At::Nothing => None,
            At::Key(key) => Some(key.clone()),
            At::Slot(id) => {
                let target = self.arenas.by_meta((relation.target)());
                target.and_then(|target| self.arenas.at(target).tie(id.slot, relation.by))
            }
        };
        match (key, arena.stored(slot)) {
            (Some(key), Some(stored)) => {
                let columns = arena.meta().positions(relation);
                columns
                    .iter()
                    .zip(key)
                    .any(|(at, value)| stored[*at] != value)
            }
            _ => true,
        }
    }
}
