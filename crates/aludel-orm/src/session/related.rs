//! Looks up where a relation leads: the keys of rows that the session knows.

use super::Session;
use super::arena::State;
use crate::model::Model;
use crate::model::column::ToMany;
use crate::model::column::ToOne;
use crate::model::fields::out_of_scope;
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use crate::model::path::Root;
use crate::model::relation::{Relation, ToManyRelation, ToOneRelation};
use crate::model::slot::Key;
use aludel_engine::{Error, Result};
use aludel_sql::Value;

/// A relation that a session can look up: `Post::author` returns a key, `User::posts` several.
pub trait Related<M> {
    /// The keys.
    type Keys;
    #[doc(hidden)]
    fn keys(session: &Session, key: Key<M>) -> Result<Self::Keys>;
}

impl<M: Model, R: ToOneRelation<Owner = M>> Related<M> for ToOne<Root<M>, R> {
    type Keys = Option<Key<R::Target>>;
    fn keys(session: &Session, key: Key<M>) -> Result<Self::Keys> {
        let owner = session.place(key)?;
        let meta = M::meta();
        let relation = relation::<R>(meta)?;
        if relation.kind == RelationKind::HasOne {
            let list = session
                .lists
                .get(owner, R::NAME)
                .ok_or_else(|| not_loaded::<R>())?;
            return Ok(list
                .slots
                .first()
                .map(|slot| session.key_at::<R::Target>(*slot)));
        }
        let row = session.row(key)?;
        let mut values = crate::model::values::Values::default();
        row.write_values(&mut values);
        let columns = meta.positions(relation);
        if let Some(link) = values.links.iter().find(|link| columns.contains(&link.at)) {
            session.arenas.check(link.slot, R::Target::NAME)?;
            return Ok(Some(session.key_at(link.slot.slot)));
        }
        let target = reference_of(row, relation);
        if target.iter().any(Value::is_null) {
            return Ok(None);
        }
        let known = session.arenas.known::<R::Target>();
        let slot = known.and_then(|arena| arena.find_by(&target, relation.by));
        match slot {
            Some(slot) => Ok(Some(session.key_at(slot))),
            None if session.lists.is_out_of_scope(owner, R::NAME, &target) => {
                let name = format!("{}::{}", M::NAME, R::NAME);
                Err(out_of_scope(&name, R::Target::NAME))
            }
            None => Err(not_loaded::<R>()),
        }
    }
}

impl<M: Model, R: ToManyRelation<Owner = M>> Related<M> for ToMany<Root<M>, R> {
    type Keys = Vec<Key<R::Target>>;
    fn keys(session: &Session, key: Key<M>) -> Result<Self::Keys> {
        let owner = session.place(key)?;
        let list = session
            .lists
            .get(owner, R::NAME)
            .ok_or_else(|| not_loaded::<R>())?;
        let alive = list.slots.iter().filter(|slot| {
            let arena = session.arenas.at(list.target);
            arena.state(**slot) == Some(State::Persistent)
        });
        Ok(alive.map(|slot| session.key_at(*slot)).collect())
    }
}

/// The values by which a row refers to another one.
pub(super) fn reference_of<M: Model>(row: &M, relation: &RelationMeta) -> Vec<Value> {
    let mut values = crate::model::values::Values::default();
    row.write_values(&mut values);
    let columns = M::meta().positions(relation).into_iter();
    columns.map(|at| values.values[at].clone()).collect()
}

fn relation<R: Relation>(meta: &'static ModelMeta) -> Result<&'static RelationMeta> {
    meta.relation(R::NAME)
        .ok_or_else(|| Error::invalid_query(format!("{} has no relation {:?}", meta.name, R::NAME)))
}

fn not_loaded<R: Relation>() -> Error {
    let name = format!("{}::{}", R::Owner::NAME, R::NAME);
    Error::not_loaded(format!(
        "this session has not loaded {name}; add `.with({name})` to the query, or `session.load(key, {name}).await?` before"
    ))
}

impl Session {
    /// The keys of the rows that a relation of this row leads to: at most one for a to-one relation, in the order of the load
    /// for a to-many one. It includes what was flushed since.
    ///
    /// # Errors
    /// [`NotLoaded`](aludel_engine::ErrorKind::NotLoaded), which says how to load it;
    /// [`OutOfScope`](aludel_engine::ErrorKind::OutOfScope) if it was loaded and the row exists, but the default scope of its
    /// model excludes it; a key of another session.
    pub fn related<M: Model, R: Related<M>>(&self, key: Key<M>, relation: R) -> Result<R::Keys> {
        let _ = relation;
        R::keys(self, key)
    }
}
