//! Rows that refer to a deleted row follow their `on_delete`, before anything is written.
//!
//! The relations that the deleted row's model declares (`HasMany`, `HasOne`, and `referred_by` of polymorphic references) say
//! what refers to it; those rows are read, and deleted or let go through the session. References without a declared relation,
//! or with `on_delete = database(..)`, are left to the database.

use super::arena::State;
use super::by_value::ByValue;
use super::owners::Owners;
use super::statements;
use super::unit_of_work::{Place, collect};
use super::{Session, flush};
use crate::errors::show_key;
use crate::model::Model;
use crate::model::meta::{
    ModelMeta, OnDelete, PolymorphicMeta, ReferredMeta, RelationKind, RelationMeta,
};
use crate::model::slot::Key;
use crate::model::slot::{At, Pointer};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::HashMap;
use std::panic::Location;

/// A row that a deletion would touch.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlannedDeletion {
    /// Its model.
    pub model: &'static str,
    /// Its primary key.
    pub key: Vec<Value>,
    /// Whether it would be deleted; otherwise its reference would be set to NULL or its default.
    pub deleted: bool,
}

/// `Post 7 is deleted`, `Note 3 is let go`.
impl std::fmt::Display for PlannedDeletion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = if self.deleted {
            "is deleted"
        } else {
            "is let go"
        };
        write!(f, "{} {} {what}", self.model, show_key(&self.key))
    }
}

/// The reference by which a row refers to a removed one, and its `on_delete`.
#[derive(Clone, Copy)]
struct Hold {
    name: &'static str,
    on_delete: Action,
    by: OnDelete,
}

impl Hold {
    fn of(relation: &RelationMeta) -> Hold {
        Hold {
            name: relation.name,
            on_delete: relation.on_delete,
            by: relation.on_delete_by,
        }
    }

    fn of_kind(reference: &PolymorphicMeta) -> Hold {
        Hold {
            name: reference.name,
            on_delete: reference.on_delete,
            by: reference.on_delete_by,
        }
    }
}

/// The relations of a model whose rows a deletion takes along or lets go, each with the reference of those rows.
pub(super) fn followed(
    meta: &'static ModelMeta,
) -> Vec<(&'static RelationMeta, &'static RelationMeta)> {
    let relations = meta.relations.iter();
    let relations = relations
        .filter(|relation| matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne));
    let followed = relations.filter_map(|relation| {
        let target = (relation.target)();
        let inverse = relation.inverse.and_then(|name| target.relation(name))?;
        let is_followed = inverse.on_delete_by != OnDelete::Database
            && inverse.on_delete != Action::NoAction
            && takes_along(meta, target);
        is_followed.then_some((relation, inverse))
    });
    followed.collect()
}

/// The same for references to one of several models.
pub(super) fn followed_kinds(
    meta: &'static ModelMeta,
) -> Vec<(&'static ReferredMeta, &'static PolymorphicMeta)> {
    let followed = meta.referred.iter().filter_map(|referred| {
        let reference = referred.reference()?;
        let is_followed =
            reference.on_delete != Action::NoAction && takes_along(meta, (referred.model)());
        is_followed.then_some((referred, reference))
    });
    followed.collect()
}

/// Whether a deletion touches rows of another model: a row that is only marked as deleted takes along only rows that can be
/// marked, too.
fn takes_along(meta: &ModelMeta, other: &ModelMeta) -> bool {
    meta.soft_delete.is_none() || other.soft_delete.is_some()
}

/// Rows that must not stay: the referring row, and the removed row.
type Blocked = Vec<(Place, Place, Hold)>;

/// A dry run of a deletion: unmarks everything at its end, or when its future is dropped.
struct Trial<'s>(&'s mut Session);

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        // All was clean before, so forgetting all changes undoes no other. The values restored here were read before.
        self.0.forget_effects();
        drop(self.0.arenas.each(|arena| arena.discard()));
    }
}

impl Session {
    /// A dry run of a deletion: the rows that would be deleted or let go with this row, by the relations that the models
    /// declare. Pending changes are flushed first; nothing is deleted.
    ///
    /// # Errors
    /// A key of another session; rows that protect this one; those of the flush.
    #[track_caller]
    pub fn deletion<M: Model>(
        &mut self,
        key: Key<M>,
    ) -> impl Future<Output = Result<Vec<PlannedDeletion>>> + Send {
        let site = Location::caller();
        async move {
            self.row(key)?;
            self.recover(site).await?;
            self.flush_at(site).await?;
            self.remove(key)?;
            let trial = Trial(self);
            trial.0.busy = !trial.0.transactions.is_empty();
            let followed = trial.0.follow_deletes(site).await;
            trial.0.busy = false;
            let work = followed.and_then(|()| {
                let drafts = trial.0.arenas.send(None);
                collect(&trial.0.arenas, drafts, &[])
            });
            drop(trial);
            let mut doomed = Vec::new();
            for table in &work?.tables {
                let model = table.meta.name;
                doomed.extend(table.deletes.iter().map(|row| PlannedDeletion {
                    model,
                    key: row.key.clone(),
                    deleted: true,
                }));
                doomed.extend(table.updates.iter().map(|row| PlannedDeletion {
                    model,
                    key: row.key.clone(),
                    deleted: false,
                }));
            }
            Ok(doomed)
        }
    }

    pub(crate) async fn follow_deletes(&mut self, site: &'static Location<'static>) -> Result<()> {
        // How many of each arena's removed rows were followed: rows that go along are appended.
        let mut followed: Vec<usize> = Vec::new();
        let mut blocked = Blocked::new();
        loop {
            let mut wave: Vec<(usize, Vec<u32>)> = Vec::new();
            for at in 0..self.arenas.len() {
                if followed.len() <= at {
                    followed.push(0);
                }
                let removed = self.arenas.at(at).removed();
                let new = &removed[followed[at].min(removed.len())..];
                if !new.is_empty() {
                    wave.push((at, new.to_vec()));
                    followed[at] = removed.len();
                }
            }
            if wave.is_empty() {
                break;
            }
            for (at, slots) in wave {
                self.follow(at, &slots, &mut blocked, site).await?;
                self.follow_kinds(at, &slots, &mut blocked, site).await?;
            }
        }
        for (child, parent, hold) in blocked {
            if self.arenas.at(child.0).state(child.1) == Some(State::Persistent) {
                return Err(self.protected(parent, child, hold));
            }
        }
        self.check_dangling()
    }

    /// Follows the references to these removed rows, by the relations of their model.
    async fn follow(
        &mut self,
        at: usize,
        slots: &[u32],
        blocked: &mut Blocked,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let meta = self.arenas.at(at).meta();
        let followed = followed(meta);
        if followed.is_empty() {
            return Ok(());
        }
        for (relation, inverse) in followed {
            let target = (relation.target)();
            let Some(any) = target.any else { continue };
            let to = self.arenas.open(any);
            let mut owners = Owners::of(self.arenas.at(at), slots, inverse);
            let (columns, keys) = (target.positions(inverse), owners.take_ties());
            let dialect = self.db.dialect();
            let mut children: Vec<u32> = Vec::new();
            for command in statements::selects(target, &columns, keys, dialect, site)? {
                let sink = self.arenas.at(to).sink();
                let sink = flush::fetch(self.target(), command, sink).await?;
                children.extend(self.arenas.absorb_all(to, sink)?);
            }
            let session = self.arenas.session;
            for child in children {
                let arena = self.arenas.at_mut(to);
                // Which of the removed rows it refers to, as it is in memory.
                let pointer = arena.pointer(child, inverse.name);
                let parent = pointer.and_then(|pointer| owners.find(pointer, session));
                if let Some(parent) = parent
                    && arena.state(child) == Some(State::Persistent)
                {
                    let hold = Hold::of(inverse);
                    self.lose_parent((to, child), (at, parent), hold, blocked)?;
                }
            }
        }
        Ok(())
    }

    /// Follows the references to these removed rows that may lead to one of several models.
    async fn follow_kinds(
        &mut self,
        at: usize,
        slots: &[u32],
        blocked: &mut Blocked,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let meta = self.arenas.at(at).meta();
        for (referred, reference) in followed_kinds(meta) {
            let target = (referred.model)();
            let Some(any) = target.any else { continue };
            let to = self.arenas.open(any);
            let mut owners: HashMap<ByValue, u32> = HashMap::with_capacity(slots.len());
            let mut keys = Vec::with_capacity(slots.len());
            for slot in slots {
                if let Some(mut key) = self.arenas.at(at).key_values(*slot) {
                    key.insert(0, Value::Text(referred.label.to_owned()));
                    keys.push(key.clone());
                    owners.insert(ByValue(key), *slot);
                }
            }
            let (columns, dialect) = (reference.positions(target), self.db.dialect());
            let mut children: Vec<u32> = Vec::new();
            for command in statements::selects(target, &columns, keys, dialect, site)? {
                let sink = self.arenas.at(to).sink();
                let sink = flush::fetch(self.target(), command, sink).await?;
                children.extend(self.arenas.absorb_all(to, sink)?);
            }
            for child in children {
                let arena = self.arenas.at_mut(to);
                // Which of the removed rows it refers to, as it is in memory. A reference to a removed slot is an error of the
                // flush.
                let parent = match arena.pointer(child, reference.name) {
                    Some(Pointer(At::Key(key))) => owners.get(&ByValue(key)).copied(),
                    _ => None,
                };
                if let Some(parent) = parent
                    && arena.state(child) == Some(State::Persistent)
                {
                    let hold = Hold::of_kind(reference);
                    self.lose_parent((to, child), (at, parent), hold, blocked)?;
                }
            }
        }
        Ok(())
    }

    fn lose_parent(
        &mut self,
        child: Place,
        parent: Place,
        hold: Hold,
        blocked: &mut Blocked,
    ) -> Result<()> {
        if hold.by == OnDelete::Protect {
            return Err(self.protected(parent, child, hold));
        }
        match hold.on_delete {
            Action::Cascade => self.arenas.at_mut(child.0).lay_aside(child.1),
            Action::SetNull => self.lead(child, hold.name, Pointer(At::Nothing))?,
            Action::SetDefault => {
                self.note_led(child, hold.name);
                let arena = self.arenas.at_mut(child.0);
                let meta = arena.meta();
                let columns = meta.relation(hold.name).map(|known| meta.positions(known));
                for at in columns.into_iter().flatten() {
                    let default = meta.fields[at].default.clone();
                    arena.assign_node(child.1, at, default)?;
                }
            }
            Action::Restrict => blocked.push((child, parent, hold)),
            Action::NoAction => {}
        }
        Ok(())
    }

    fn protected(&self, parent: Place, child: Place, hold: Hold) -> Error {
        let (owner, other) = (self.arenas.at(parent.0), self.arenas.at(child.0));
        let key = |place: Place| {
            let key = self.arenas.at(place.0).key_values(place.1);
            key.map(|key| show_key(&key)).unwrap_or_default()
        };
        let name = format!("{} {}", owner.meta().name, key(parent));
        Error::new(
            ErrorKind::ForeignKeyViolation,
            format!(
                "{name} can't be deleted: {} {} refers to it by {}::{}, which is `on_delete = {}`; remove or move that first",
                other.meta().name,
                key(child),
                other.meta().name,
                hold.name,
                if hold.by == OnDelete::Protect { "protect" } else { "restrict" },
            ),
        )
        .with_row(name)
    }
}
