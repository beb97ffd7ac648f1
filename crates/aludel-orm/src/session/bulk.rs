//! Bulk statements run through a session: its rows follow what the statements change.

use super::aftermath::Written;
use super::arena::{Arena, State};
use super::evaluate::holds_in;
use super::in_lists::InLists;
use super::pinned::{found, pinned};
use super::unit_of_work::Place;
use super::{Session, flush, statements};
use crate::model::Model;
use crate::model::meta::{FieldMeta, ModelMeta, ReferredMeta};
use crate::query::{Change, DeleteQuery, UpdateQuery};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::statement;
use aludel_sql::types::SqlType;
use std::collections::HashSet;
use std::panic::Location;

/// An update or delete by query, for [`Session::execute`].
pub trait Bulk<M> {
    #[doc(hidden)]
    fn into_change(self) -> BulkChange;
}

/// An update or delete by query, untyped.
#[doc(hidden)]
pub struct BulkChange(pub(crate) Change);

impl<M: Model> Bulk<M> for UpdateQuery<M> {
    fn into_change(self) -> BulkChange {
        BulkChange(self.change())
    }
}

impl<M: Model> Bulk<M> for DeleteQuery<M> {
    fn into_change(self) -> BulkChange {
        BulkChange(self.change())
    }
}

impl Session {
    /// Runs an update or delete by query in the session's transaction; returns the number of rows affected.
    ///
    /// Pending changes are flushed first. Rows that the session knows follow: where the condition can be evaluated in memory
    /// (comparisons of columns with values), matching rows get the new values, or go; otherwise they are read again. Hooks do
    /// not run, and the values are not validated.
    ///
    /// # Errors
    /// Those of a flush before it, a missing filter, and any database error; a primary key that is set where references without
    /// a foreign key may lead to it, or where the session can't tell which row gets which key.
    #[track_caller]
    pub fn execute<M: Model>(
        &mut self,
        query: impl Bulk<M>,
    ) -> impl Future<Output = Result<u64>> + Send {
        let (change, site) = (query.into_change().0, Location::caller());
        let at = self.arenas.index_of::<M>();
        async move {
            self.recover(site).await?;
            self.flush_at(site).await?;
            self.begin_at(site).await?;
            self.busy = true;
            let affected = self.bulk(at, change, site).await;
            self.busy = false;
            affected
        }
    }

    async fn bulk(
        &mut self,
        at: usize,
        change: Change,
        site: &'static Location<'static>,
    ) -> Result<u64> {
        let arena = self.arenas.at(at);
        let meta = arena.meta();
        let keys = pinned_keys(meta, &change);
        let (rows, all_known) = candidates(arena, keys.as_deref());
        let known: Vec<(u32, Vec<Value>)> = rows
            .into_iter()
            .filter_map(|slot| Some((slot, arena.stored(slot)?)))
            .collect();
        let matched = matched(meta, &change, &known);
        let key = new_key(meta, change.assignments.as_deref());
        let (executor, nothing) = (self.executor(), known.is_empty());
        let is_rekeyed = key.as_ref().is_none_or(|key| !key.is_empty());
        if is_rekeyed && !nothing && (key.is_none() || matched.is_none()) {
            return Err(rekeyed_unseen(meta));
        }
        if is_rekeyed && let Some(referred) = meta.referred.first() {
            return Err(not_followed(meta, referred));
        }
        let affected = change.execute(executor, site).await?;
        if affected == 0 {
            return Ok(affected);
        }
        if let (true, Some(slots), Some(key)) = (is_rekeyed, &matched, &key) {
            self.rekey(at, slots, key)?;
        }
        let new = change.assignments.as_deref();
        let new = new.and_then(|assignments| plain(meta, assignments));
        let gone = match (matched, new) {
            _ if nothing => Vec::new(),
            (Some(slots), _) if change.deletes => {
                let arena = self.arenas.at_mut(at);
                slots.iter().for_each(|slot| arena.left(*slot));
                slots
            }
            (Some(slots), Some(new)) => {
                for slot in slots {
                    let Some(mut values) = self.arenas.at(at).stored(slot) else {
                        continue;
                    };
                    for (position, value) in &new {
                        values[*position] = (*value).clone();
                    }
                    self.arenas.at_mut(at).followed(slot, &values)?;
                }
                Vec::new()
            }
            (Some(slots), None) => self.read_again(at, slots, change.deletes, site).await?,
            (None, _) => {
                let all = known.into_iter().map(|(slot, _)| slot).collect();
                self.read_again(at, all, change.deletes, site).await?
            }
        };
        if let Some(assignments) = &change.assignments {
            let set = assignments.iter().map(|each| each.column.to_string());
            self.arenas.doubt_renamed(at, set.collect());
        }
        let mut gone: Vec<Place> = gone.into_iter().map(|slot| (at, slot)).collect();
        for sibling in self.arenas.siblings(at) {
            // Rows with new keys are not found by the old ones.
            let keys = keys.as_deref().filter(|_| !is_rekeyed);
            let (known, _) = candidates(self.arenas.at(sibling), keys);
            let left = self
                .read_again(sibling, known, change.deletes, site)
                .await?;
            gone.extend(left.into_iter().map(|slot| (sibling, slot)));
        }
        // Rows that are only marked as deleted take nothing along.
        if change.assignments.is_none() {
            self.follow_database(&gone, &Written::default())?;
            if !all_known {
                self.doubt_children(at);
            }
        }
        Ok(affected)
    }

    /// Notes that rows got another primary key, under which they are found from now on.
    fn rekey(&mut self, at: usize, slots: &[u32], key: &[(usize, &Value)]) -> Result<()> {
        for slot in slots {
            let twins = self.arenas.twins((at, *slot));
            let Some(mut values) = self.arenas.at(at).stored(*slot) else {
                continue;
            };
            for (position, value) in key {
                values[*position] = (*value).clone();
            }
            self.arenas.at_mut(at).followed(*slot, &values)?;
            for twin in twins {
                self.arenas.follow_twin(Some((at, *slot)), twin)?;
            }
        }
        Ok(())
    }

    /// Reads rows again that a statement may have changed or deleted; returns those that are gone.
    async fn read_again(
        &mut self,
        at: usize,
        slots: Vec<u32>,
        deletes: bool,
        site: &'static Location<'static>,
    ) -> Result<Vec<u32>> {
        let arena = self.arenas.at(at);
        let meta = arena.meta();
        let keys = slots
            .iter()
            .filter_map(|slot| arena.key_values(*slot))
            .collect();
        let mut there: HashSet<u32> = HashSet::new();
        for command in statements::selects(meta, &meta.key, keys, self.db.dialect(), site)? {
            let sink = self.arenas.at(at).sink();
            let sink = flush::fetch(self.target(), command, sink).await?;
            let arena = self.arenas.at_mut(at);
            for values in arena.values(&*sink)? {
                let key: Vec<Value> = meta.key.iter().map(|at| values[*at].clone()).collect();
                let Some(slot) = arena.find(&key) else {
                    continue;
                };
                // This statement marked it as deleted; it was not marked before.
                let is_marked = meta.soft_delete.filter(|_| deletes).is_some_and(|mark| {
                    let before = arena.stored(slot).map(|before| before[mark].is_null());
                    before == Some(true) && !values[mark].is_null()
                });
                if !is_marked {
                    arena.followed(slot, &values)?;
                    there.insert(slot);
                }
            }
        }
        let gone: Vec<u32> = { slots.into_iter() }
            .filter(|slot| !there.contains(slot))
            .collect();
        let arena = self.arenas.at_mut(at);
        gone.iter().for_each(|slot| arena.left(*slot));
        Ok(gone)
    }
}

/// The primary keys that a statement's condition names, if it does.
fn pinned_keys(meta: &ModelMeta, change: &Change) -> Option<Vec<Vec<Value>>> {
    let condition = change.part.narrowed().ok()?.condition?;
    pinned(meta, &condition)
}

/// The rows of an arena that a statement may change, and whether it can change no others. Expired rows are left out: they are
/// read again anyway.
fn candidates(arena: &Arena, keys: Option<&[Vec<Value>]>) -> (Vec<u32>, bool) {
    let (mut slots, all) = match keys {
        Some(keys) => found(arena, keys),
        None => (arena.persistent(), false),
    };
    let is_there = |slot: &u32| arena.state(*slot) == Some(State::Persistent);
    let found = slots.len();
    slots.retain(|slot| is_there(slot) && !arena.is_expired(*slot));
    let all = all && slots.len() == found;
    (slots, all)
}

/// The slots that fulfil the condition; `None` if it can't be evaluated in memory.
fn matched(meta: &ModelMeta, change: &Change, known: &[(u32, Vec<Value>)]) -> Option<Vec<u32>> {
    if !change.part.state.is_unlimited() {
        return None;
    }
    let Some(condition) = change.part.narrowed().ok()?.condition else {
        return Some(known.iter().map(|(slot, _)| *slot).collect());
    };
    let lists = InLists::of(&condition);
    let mut slots = Vec::new();
    for (slot, values) in known {
        let column = |name: &str| {
            let at = meta.fields.iter().position(|field| field.column == name)?;
            // A type that only the database knows compares in its own way: `citext` ignores case.
            let is_plain = !matches!(meta.fields[at].sql_type, SqlType::Custom(_));
            values.get(at).filter(|_| is_plain)
        };
        if holds_in(&condition, &column, &lists)? {
            slots.push(*slot);
        }
    }
    Some(slots)
}

/// The values that columns are set to, if they are known without asking the database.
fn plain<'a>(
    meta: &ModelMeta,
    assignments: &'a [statement::Assignment],
) -> Option<Vec<(usize, &'a Value)>> {
    if meta.fields.iter().any(|field| field.generated.is_some()) {
        return None;
    }
    let each = assignments.iter().map(|assignment| {
        let position = |field: &FieldMeta| assignment.column == field.column.as_str();
        match &assignment.value {
            Node::Value(value) => Some((meta.fields.iter().position(position)?, value)),
            _ => None,
        }
    });
    each.collect()
}

/// What columns of the primary key are set to; `None` if only the database knows.
fn new_key<'a>(
    meta: &ModelMeta,
    assignments: Option<&'a [statement::Assignment]>,
) -> Option<Vec<(usize, &'a Value)>> {
    let mut key = Vec::new();
    for assignment in assignments.into_iter().flatten() {
        let is_set = |at: &usize| assignment.column == meta.fields[*at].column.as_str();
        let Some(at) = meta.key.iter().copied().find(is_set) else {
            continue;
        };
        let Node::Value(value) = &assignment.value else {
            return None;
        };
        key.push((at, value));
    }
    Some(key)
}

/// Error: rows get new keys, and no foreign key changes the references along with them.
fn not_followed(meta: &ModelMeta, referred: &ReferredMeta) -> Error {
    let child = (referred.model)().name;
    let reference = referred.reference().map_or("", |reference| reference.name);
    Error::session_state(format!(
        "this update sets the primary key of {}, and {child}::{reference} has no foreign key that would follow; set the key of each row, `session[key]`: then the session follows",
        meta.name
    ))
}

/// Error: rows get new keys, and the session can't tell which row gets which.
fn rekeyed_unseen(meta: &ModelMeta) -> Error {
    Error::session_state(format!(
        "this update sets the primary key of {0} in a way that a session can't follow: it would not find its rows again; set the key of each row, `session[key]`, or run it on the database before rows of {0} are read",
        meta.name
    ))
}
