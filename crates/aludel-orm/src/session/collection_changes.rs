//! Changes of relations in a session: rows that are added and removed.

use super::arena::{Arena, State, shown};
use super::pending::{Change, Of, RowRef, changes};
use super::statements;
use super::unit_of_work::Place;
use super::{Session, flush};
use crate::errors::show_key;
use crate::model::Model;
use crate::model::meta::{RelationKind, RelationMeta};
use crate::model::slot::{At, Key, Pointer, SlotId};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::HashMap;
use std::panic::Location;

/// A row that was added to a relation of another row, or removed from it.
pub(crate) struct Collection {
    pub(super) owner: Place,
    pub(super) relation: &'static RelationMeta,
    pub(super) target: usize,
    pub(super) change: Change,
    /// Whether it was part of a flush that failed.
    pub(super) is_tried: bool,
    /// Where the row's reference led after that flush.
    pub(super) seen: Option<Pointer>,
}

impl Collection {
    /// The draft that was pushed.
    pub(super) fn pushed(&self) -> Option<Place> {
        match &self.change.row {
            Some(RowRef::Slot(slot)) if self.change.pushed => Some((self.target, *slot)),
            _ => None,
        }
    }
}

/// Where the changes of relations move a row.
#[derive(Clone, Copy)]
enum Now {
    AsBefore,
    Of(Place),
    OfNobody,
}

/// Whether the slot has a row, or will have one.
pub(super) fn is_alive(arena: &Arena, slot: u32) -> bool {
    matches!(arena.state(slot), Some(State::Pending | State::Persistent))
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

    /// Takes the relation changes out of the rows, in the order in which they were made.
    pub(crate) fn drain_changes(&mut self) -> Result<()> {
        let mut at = 0;
        // Pushed drafts may have arenas of their own.
        while at < self.arenas.len() {
            let meta = self.arenas.at(at).meta();
            for (slot, name, ops) in self.arenas.at_mut(at).take_ops() {
                let of = Of {
                    owner: (at, slot),
                    relation: name,
                };
                let Some(relation) = meta.relation(name) else {
                    continue;
                };
                let Some(any) = (relation.target)().any else {
                    continue;
                };
                let target = self.arenas.open(any);
                let changes = changes(ops, &mut self.arenas, target, of)?;
                for change in changes {
                    let collection = Collection {
                        owner: (at, slot),
                        relation,
                        target,
                        change,
                        is_tried: false,
                        seen: None,
                    };
                    self.pushed.extend(collection.pushed());
                    self.changes.push(collection);
                }
            }
            at += 1;
        }
        self.changes.sort_by_key(|known| known.change.turn);
        Ok(())
    }

    /// Forgets the relation changes that are not flushed, also those of a flush that failed.
    pub(crate) fn forget_changes(&mut self) {
        for at in 0..self.arenas.len() {
            drop(self.arenas.at_mut(at).take_ops());
        }
        self.changes.clear();
        for (at, slot) in std::mem::take(&mut self.pushed) {
            let arena = self.arenas.at_mut(at);
            if arena.state(slot) == Some(State::Pending) {
                arena.remove(slot);
            }
        }
    }

    /// Turns relation changes into references of rows, and into rows of join tables.
    pub(crate) async fn gather(&mut self, site: &'static Location<'static>) -> Result<()> {
        self.drain_changes()?;
        if self.changes.is_empty() {
            return Ok(());
        }
        self.forget_superseded();
        self.find_rows(site).await?;
        self.find_present(site).await?;
        self.settle_collections()
    }

    /// Reads rows that were added or removed by their primary key and that the session does not know.
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
                self.arenas.absorb_all(target, sink)?;
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

    pub(crate) fn settle_collections(&mut self) -> Result<()> {
        if self.changes.is_empty() {
            return Ok(());
        }
        let changes = std::mem::take(&mut self.changes);
        let result = self.apply_collections(&changes);
        self.effects.applied.extend(changes);
        result
    }

    /// Applies relation changes in the order in which they were made: only the final place of each row counts.
    fn apply_collections(&mut self, changes: &[Collection]) -> Result<()> {
        let mut joins = Vec::new();
        let mut places: HashMap<(Place, &'static str), usize> = HashMap::new();
        let mut moves: Vec<(Now, &Collection)> = Vec::new();
        for collection in changes {
            if collection.change.added && self.goes_with_owner(collection) {
                continue;
            }
            if collection.relation.kind == RelationKind::ManyToMany {
                joins.extend(self.join(collection)?);
                continue;
            }
            let (child, inverse) = self.child(collection)?;
            let (owner, place) = (collection.owner, (collection.target, child));
            let arena = self.arenas.at_mut(place.0);
            if !is_alive(arena, child) {
                continue;
            }
            let at = *places.entry((place, inverse.name)).or_insert(moves.len());
            if at == moves.len() {
                moves.push((Now::AsBefore, collection));
            }
            if collection.change.added {
                moves[at] = (Now::Of(owner), collection);
                continue;
            }
            let is_there = match moves[at].0 {
                Now::AsBefore => {
                    let pointer = arena.pointer(child, inverse.name);
                    pointer.is_some_and(|pointer| self.leads_to(&pointer, owner, inverse))
                }
                Now::Of(other) => other == owner,
                Now::OfNobody => false,
            };
            // Otherwise it was moved to another owner in the meantime.
            if is_there {
                moves[at] = (Now::OfNobody, collection);
            }
        }
        for (now, collection) in moves {
            match now {
                Now::AsBefore => {}
                Now::Of(_) => self.adopt(collection)?,
                Now::OfNobody => self.release(collection)?,
            }
        }
        self.note_joins(joins);
        Ok(())
    }

    /// Whether a row was added to a relation of a removed owner: then it is not added, and a new row that would have gone with
    /// its owner is removed.
    fn goes_with_owner(&mut self, collection: &Collection) -> bool {
        let (at, slot) = collection.owner;
        if is_alive(self.arenas.at(at), slot) {
            return false;
        }
        let target = (collection.relation.target)();
        let inverse = collection.relation.inverse;
        let inverse = inverse.and_then(|name| target.relation(name));
        let (true, Some(RowRef::Slot(new)), Some(inverse)) =
            (collection.change.pushed, &collection.change.row, inverse)
        else {
            return true;
        };
        if collection.relation.kind == RelationKind::ManyToMany {
            return true;
        }
        match inverse.on_delete {
            Action::Cascade => {
                self.arenas.at_mut(collection.target).lay_aside(*new);
                true
            }
            Action::SetNull => true,
            // It prevents the deletion; the flush reports it.
            Action::SetDefault | Action::Restrict | Action::NoAction => false,
        }
    }

    /// Makes a row that was added to a relation refer to its owner.
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
            let row = self.shown((collection.target, child));
            let other = self.pointed(&pointer, inverse);
            let message = format!(
                "{row} was added to {}, and its {:?} was set to {other}; set one of the two",
                self.shown_relation(collection),
                inverse.name,
            );
            return Err(Error::session_state(message).with_row(row));
        }
        self.lead((collection.target, child), inverse.name, owner)
    }

    /// Sets a reference of a row; undone if the flush fails.
    pub(super) fn lead(
        &mut self,
        (at, slot): Place,
        relation: &'static str,
        to: Pointer,
    ) -> Result<()> {
        self.note_led((at, slot), relation);
        self.arenas.at_mut(at).point(slot, relation, to)
    }

    /// Clears the reference of a row that was removed from a relation, or removes the row.
    fn release(&mut self, collection: &Collection) -> Result<()> {
        let (child, inverse) = self.child(collection)?;
        let (owner, place) = (collection.owner, (collection.target, child));
        let arena = self.arenas.at_mut(place.0);
        let pointer = arena.pointer(child, inverse.name);
        // The program set its own reference to another row.
        if let Some(pointer) = pointer.filter(|pointer| pointer.0 != At::Nothing)
            && !self.leads_to(&pointer, owner, inverse)
            && self.was_set(place.0, child, inverse, &pointer)
        {
            return Ok(());
        }
        let arena = self.arenas.at_mut(place.0);
        if collection.relation.orphans {
            arena.lay_aside(child);
            return Ok(());
        }
        if inverse.nullable {
            return self.lead(place, inverse.name, Pointer(At::Nothing));
        }
        let row = self.shown(place);
        let message = format!(
            "{row} was removed from {}, but must belong to one; move it to another, remove it from the session, or say `#[field(orphans = delete)]` on the relation",
            self.shown_relation(collection),
        );
        Err(Error::session_state(message).with_row(row))
    }

    /// A row in words, for error messages.
    fn shown(&self, (at, slot): Place) -> String {
        shown(self.arenas.at(at), slot)
    }

    /// A relation and its owner, in words.
    fn shown_relation(&self, collection: &Collection) -> String {
        let name = self.arenas.at(collection.owner.0).meta().name;
        let owner = self.shown(collection.owner);
        format!("{name}::{} of {owner}", collection.relation.name)
    }

    /// Where a reference leads, in words.
    fn pointed(&self, pointer: &Pointer, relation: &RelationMeta) -> String {
        let meta = (relation.target)();
        match &pointer.0 {
            At::Nothing | At::Kind(_) => "none".into(),
            At::Key(key) => format!("{} {}", meta.name, show_key(key)),
            At::Slot(id) => match self.arenas.by_meta(meta) {
                Some(at) if id.session == self.arenas.session => self.shown((at, id.slot)),
                _ => format!("a {} of another session", meta.name),
            },
        }
    }

    pub(super) fn child(&self, collection: &Collection) -> Result<(u32, &'static RelationMeta)> {
        let target = (collection.relation.target)();
        let inverse = collection
            .relation
            .inverse
            .and_then(|name| target.relation(name));
        match (&collection.change.row, inverse) {
            (Some(RowRef::Slot(slot)), Some(inverse)) => Ok((*slot, inverse)),
            (Some(RowRef::Key(key)), _) => Err(Error::new(
                aludel_engine::ErrorKind::NotFound,
                format!(
                    "there is no {} {}, by which {} was changed",
                    target.name,
                    show_key(key),
                    self.shown_relation(collection),
                ),
            )),
            (None, _) => Err(Error::session_state(format!(
                "{}::{} was set in a hook, which can't read what is there; set {}'s own reference",
                self.arenas.at(collection.owner.0).meta().name,
                collection.relation.name,
                target.name,
            ))),
            (_, None) => Err(Error::session_state(format!(
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
            At::Nothing | At::Kind(_) => false,
            At::Slot(id) => id.session == self.arenas.session && id.slot == place.1,
            At::Key(key) => self.arenas.at(place.0).tie(place.1, relation.by).as_ref() == Some(key),
        }
    }

    /// Whether a reference was set to another row since the last flush.
    pub(super) fn was_set(
        &self,
        arena: usize,
        slot: u32,
        relation: &RelationMeta,
        pointer: &Pointer,
    ) -> bool {
        let arena = self.arenas.at(arena);
        let key = match &pointer.0 {
            At::Nothing | At::Kind(_) => None,
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
