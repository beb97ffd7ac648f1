//! Unflushed changes in memory: [`Session::changes`], [`Session::set`], [`Session::touch`].

use super::Session;
use super::arena::{Arena, State};
use crate::fit::{check_assigned, pad_assigned};
use crate::model::Model;
use crate::model::meta::{FieldMeta, ModelMeta, Stamp};
use crate::model::slot::Key;
use crate::model::values::same;
use crate::query::Assignments;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::statement::check_once;

/// A field that the next flush writes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldChange {
    /// The field (`name`, `address.city`, the column of a reference).
    pub field: String,
    /// The value that the database has.
    pub old: Value,
    /// The value to be written; `None` if the database computes it, or it is the key of a row not inserted yet.
    pub new: Option<Value>,
}

/// Rows that differ from what the database has.
pub(crate) fn dirty(arena: &Arena) -> Vec<u32> {
    let changed = arena.touched().into_iter().filter(|row| {
        row.is_forced
            || !row.assigned.is_empty()
            || !row.links.is_empty()
            || row
                .values
                .iter()
                .zip(row.original.iter())
                .any(|(a, b)| !same(a, b))
    });
    let mut slots: Vec<u32> = changed.map(|row| row.slot).collect();
    slots.dedup();
    slots
}

impl Session {
    /// Whether the row has changes that are not flushed.
    ///
    /// # Errors
    /// A key of another session.
    pub fn is_dirty<M: Model>(&self, key: Key<M>) -> Result<bool> {
        let known = self.arenas.known::<M>();
        let is_touched = known.is_some_and(|arena| arena.is_forced(key.id.slot));
        Ok(!self.changes(key)?.is_empty() || is_touched)
    }

    /// Makes the next flush increment the row's version and set its `updated` field, even if nothing else in it changes:
    /// whoever read the row before and writes it gets `StaleData`. So a parent can stand for its children: of two sessions that
    /// change different lines of one order, and touch the order, the second one fails.
    ///
    /// A pending row needs no touch: it begins with its first version.
    ///
    /// # Errors
    /// A key of another session; a deleted row; a model that has neither a `#[field(version)]` nor a `#[field(updated)]`.
    pub fn touch<M: Model>(&mut self, key: Key<M>) -> Result<()> {
        self.arenas.check(key.id, M::NAME)?;
        let counts = |field: &FieldMeta| field.version || field.stamp == Some(Stamp::Updated);
        if !M::meta().fields.iter().any(counts) {
            return Err(Error::invalid_model(format!(
                "{} can't be touched: it has no column that every write changes; give it a `#[field(version)]` or a `#[field(updated)]`",
                M::NAME
            )));
        }
        let known = self.arenas.known::<M>();
        let state = known.and_then(|arena| arena.state(key.id.slot));
        if state == Some(State::Pending) {
            return Ok(());
        }
        self.row(key)?;
        self.arenas.of::<M>().force(key.id.slot);
        Ok(())
    }

    /// What the next flush would write of the row: each field with its old and its new value.
    ///
    /// # Errors
    /// A key of another session; a pending or deleted one.
    pub fn changes<M: Model>(&self, key: Key<M>) -> Result<Vec<FieldChange>> {
        self.row(key)?;
        let Some(arena) = self.arenas.known::<M>() else {
            return Ok(Vec::new());
        };
        let Some(row) = arena.touched_row(key.id.slot) else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        for (at, field) in M::meta().fields.iter().enumerate() {
            let linked = row
                .links
                .iter()
                .any(|link| (link.at..link.at + link.width).contains(&at));
            let assigned = row.assigned.iter().any(|(column, _)| *column == at);
            let (old, new) = (&row.original[at], &row.values[at]);
            if linked || assigned || !same(old, new) {
                changes.push(FieldChange {
                    field: field.name.clone(),
                    old: old.clone(),
                    new: (!linked && !assigned).then(|| new.clone()),
                });
            }
        }
        Ok(changes)
    }

    /// Sets columns to expressions of the row's own values in the database:
    /// `session.set(key, Post::views.set(Post::views + 1))`. The flush writes it, and reads the new value back.
    ///
    /// For a pending key the expression is inserted, whatever the draft has for the column:
    /// `session.set(new, Post::published.set(now()))`. Such an expression can't read the row, which does not exist yet.
    ///
    /// # Errors
    /// A key of another session; a deleted one; a column that is not the model's, or is set twice; for a pending key also its
    /// primary key, a column that the database computes by itself, and an expression that reads the row.
    pub fn set<M: Model>(&mut self, key: Key<M>, assignments: impl Assignments<M>) -> Result<()> {
        self.arenas.check(key.id, M::NAME)?;
        let (meta, mut assignments) = (M::meta(), assignments.into_list());
        check_once(assignments.iter().map(|each| &*each.column))?;
        let state = Arena::state(self.arenas.of::<M>(), key.id.slot);
        let is_pending = state == Some(State::Pending);
        if is_pending {
            check_assigned(meta, &assignments)?;
            pad_assigned(meta, &mut assignments);
        } else {
            self.row(key)?;
        }
        for assignment in assignments {
            let at = meta
                .fields
                .iter()
                .position(|field| assignment.column == field.column.as_str())
                .ok_or_else(|| {
                    Error::invalid_query(format!(
                        "{} has no column {:?}",
                        meta.name, assignment.column
                    ))
                })?;
            if is_pending {
                check_computed(meta, at, &assignment.value)?;
            }
            let arena = self.arenas.of::<M>();
            match assignment.value {
                node if is_pending => arena.compute(key.id.slot, at, node),
                Node::Value(value) => arena.set_column(key.id.slot, at, value)?,
                _ if meta.key.contains(&at) => {
                    return Err(Error::invalid_query(format!(
                        "a primary key of {} can't be set to an expression: nobody would know the row's key then; set it to a value",
                        meta.name
                    )));
                }
                node => arena.assign(key.id.slot, at, node),
            }
        }
        Ok(())
    }
}

/// Fails if a column of a row that does not exist yet can't be set to this expression.
fn check_computed(meta: &ModelMeta, at: usize, node: &Node) -> Result<()> {
    let field = &meta.fields[at];
    let name = format!("{}::{} of a pending {}", meta.name, field.name, meta.name);
    if meta.key.contains(&at) || field.identity.is_some() {
        return Err(Error::session_state(format!(
            "{name} can't be set, because others may refer to it already; give it in the draft, `session.draft_mut(key)`"
        )));
    }
    if field.generated.is_some() || field.version {
        return Err(Error::invalid_query(format!(
            "{name} can't be set: the database computes it, or every write of the row counts it"
        )));
    }
    let reads_row = node.any(&mut |node| {
        matches!(
            node,
            Node::Root(_)
                | Node::Path(_)
                | Node::Column(_)
                | Node::Quantified(_)
                | Node::Excluded(_)
        )
    });
    if reads_row {
        return Err(Error::session_state(format!(
            "{name} is set to an expression that reads the row, which is not there yet; set it after a flush"
        )));
    }
    Ok(())
}
