//! What refers to a row that is deleted follows its `on_delete`, before anything is written.
//!
//! The relations that the deleted row's model declares (`HasMany`, `HasOne`) say what refers to it; those rows are read
//! and go, or let go, through the session. What refers to it without a declared relation, or `on_delete =
//! database(..)`, the database follows by itself.

use super::arena::State;
use super::ops::ArenasRef;
use super::reference::{At, Pointer};
use super::statements::{self, show_key};
use super::work::Place;
use super::{Session, flush};
use crate::meta::{OnDelete, RelationKind, RelationMeta};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::schema::Action;
use std::collections::HashSet;
use std::panic::Location;

impl Session {
    pub(crate) async fn follow_deletes(&mut self, site: &'static Location<'static>) -> Result<()> {
        let mut seen: HashSet<Place> = HashSet::new();
        let mut blocked: Vec<(Place, Place, &'static RelationMeta)> = Vec::new();
        loop {
            let mut wave: Vec<(usize, Vec<u32>)> = Vec::new();
            for at in 0..self.arenas.len() {
                let removed = self.arenas.at(at).removed().iter().copied();
                let new: Vec<u32> = removed.filter(|slot| seen.insert((at, *slot))).collect();
                if !new.is_empty() {
                    wave.push((at, new));
                }
            }
            if wave.is_empty() {
                break;
            }
            for (at, slots) in wave {
                self.follow(at, &slots, &mut blocked, site).await?;
            }
        }
        for (child, parent, inverse) in blocked {
            if self.arenas.at(child.0).state(child.1) == Some(State::Persistent) {
                return Err(self.protected(parent, child, inverse));
            }
        }
        Ok(())
    }

    /// What refers to these rows, which are removed.
    async fn follow(
        &mut self,
        at: usize,
        slots: &[u32],
        blocked: &mut Vec<(Place, Place, &'static RelationMeta)>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let meta = self.arenas.at(at).meta();
        let followed: Vec<(&'static RelationMeta, &'static RelationMeta)> = meta
            .relations
            .iter()
            .filter(|relation| {
                matches!(relation.kind, RelationKind::HasMany | RelationKind::HasOne)
            })
            .filter_map(|relation| {
                let inverse = relation
                    .inverse
                    .and_then(|name| (relation.target)().relation(name))?;
                let followed = !(inverse.on_delete_by == OnDelete::Database
                    || inverse.on_delete == Action::NoAction);
                // A row that is only marked as deleted takes along what can be marked, and nothing else.
                let can = meta.soft_delete.is_none() || (relation.target)().soft_delete.is_some();
                (followed && can).then_some((relation, inverse))
            })
            .collect();
        if followed.is_empty() {
            return Ok(());
        }
        self.open_related(at);
        for (relation, inverse) in followed {
            let target = (relation.target)();
            let Some(to) = self.arenas.by_meta(target) else {
                continue;
            };
            let keys: Vec<Vec<Value>> = slots
                .iter()
                .filter_map(|slot| self.arenas.at(at).key_values(*slot))
                .collect();
            let columns = target.positions(inverse);
            let dialect = self.db.dialect();
            let mut children: Vec<u32> = Vec::new();
            for command in statements::selects(target, &columns, keys, dialect, site)? {
                let sink = self.arenas.at(to).sink();
                let (sink, _) = flush::fetch(self.target(), command, sink).await?;
                children.extend(self.arenas.at_mut(to).absorb_all(sink, false)?);
            }
            for child in children {
                let parent = self.parent(at, slots, to, child, inverse);
                if let Some(parent) = parent
                    && self.arenas.at(to).state(child) == Some(State::Persistent)
                {
                    self.lose_parent((to, child), (at, parent), inverse, blocked)?;
                }
            }
        }
        Ok(())
    }

    /// Which of these rows a child refers to, as it is in memory.
    fn parent(
        &mut self,
        at: usize,
        slots: &[u32],
        to: usize,
        child: u32,
        inverse: &RelationMeta,
    ) -> Option<u32> {
        let pointer = self.arenas.at_mut(to).pointer(child, inverse.name)?;
        slots
            .iter()
            .copied()
            .find(|slot| self.leads_to(&pointer, (at, *slot)))
    }

    fn lose_parent(
        &mut self,
        child: Place,
        parent: Place,
        inverse: &'static RelationMeta,
        blocked: &mut Vec<(Place, Place, &'static RelationMeta)>,
    ) -> Result<()> {
        if inverse.on_delete_by == OnDelete::Protect {
            return Err(self.protected(parent, child, inverse));
        }
        let arena = self.arenas.at_mut(child.0);
        match inverse.on_delete {
            Action::Cascade => arena.remove(child.1),
            Action::SetNull => arena.point(child.1, inverse.name, Pointer(At::Nothing))?,
            Action::SetDefault => {
                let meta = arena.meta();
                for at in meta.positions(inverse) {
                    let default = meta.fields[at].default.clone();
                    arena.assign_node(child.1, at, default)?;
                }
            }
            Action::Restrict => blocked.push((child, parent, inverse)),
            Action::NoAction => {}
        }
        Ok(())
    }

    fn protected(&self, parent: Place, child: Place, inverse: &RelationMeta) -> Error {
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
                inverse.name,
                if inverse.on_delete_by == OnDelete::Protect { "protect" } else { "restrict" },
            ),
        )
        .with_row(name)
    }

    /// Makes arenas for the models that an arena's relations lead to.
    fn open_related(&mut self, at: usize) {
        let open = self.arenas.at(at).opener();
        open(&mut ArenasRef(&mut self.arenas));
    }
}
