//! [`AnyArena`]: an untyped arena, as the unit of work sees it.

use super::{Moved, State, Touched, Written};
use crate::insert::Marks;
use crate::meta::ModelMeta;
use crate::private::NewRow;
use crate::session::key::By;
use crate::session::pending::{AnyOps, ArenasRef};
use crate::session::reference::Pointer;
use crate::session::statements::show_key;
use aludel_engine::command::Sink;
use aludel_engine::{Database, Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use std::any::Any;
use std::sync::Arc;

/// An [`Arena`](super::Arena) for code that does not know the model.
pub(crate) trait AnyArena: Send + Sync {
    fn meta(&self) -> &'static ModelMeta;
    fn any(&self) -> &dyn Any;
    fn any_mut(&mut self) -> &mut dyn Any;
    fn len(&self) -> usize;
    fn state(&self, slot: u32) -> Option<State>;
    /// Whether the slot has a row, so that its key is known.
    fn has_row(&self, slot: u32) -> bool;
    /// The values that the database has for a slot's primary key.
    fn key_values(&self, slot: u32) -> Option<Vec<Value>>;
    /// The values that the database has for a slot, of the columns by which others refer to it.
    fn tie(&self, slot: u32, by: By) -> Option<Vec<Value>> {
        let Some(columns) = by else {
            return self.key_values(slot);
        };
        Some(pick(self.meta(), &self.stored(slot)?, columns))
    }
    /// The values that the database has for a slot.
    fn stored(&self, slot: u32) -> Option<Vec<Value>>;
    /// The slot of a primary key.
    fn find(&self, key: &[Value]) -> Option<u32>;
    /// The slot that others refer to by these values; for an alternate key it checks every row.
    fn find_by(&self, values: &[Value], by: By) -> Option<u32> {
        if by.is_none() {
            return self.find(values);
        }
        let mut slots = self.persistent().into_iter();
        slots.find(|slot| self.tie(*slot, by).is_some_and(|tie| tie == values))
    }
    /// Whether a flush may have something to do.
    fn is_touched(&self) -> bool;
    fn pending(&self) -> &[u32];
    fn removed(&self) -> &[u32];
    /// Slots that were mutably borrowed since the last flush.
    fn changed_slots(&self) -> &[u32];
    /// Makes the next flush check a slot.
    fn touch(&mut self, slot: u32);
    fn remove(&mut self, slot: u32);
    /// Removes a slot until the end of a flush, or for good if the flush succeeds.
    fn lay_aside(&mut self, slot: u32);
    /// After a failed flush: restores what was laid aside.
    fn bring_back(&mut self);
    /// Takes the relation changes of touched rows.
    fn take_ops(&mut self) -> Vec<(u32, &'static str, Box<dyn AnyOps>)>;
    fn touched(&self) -> Vec<Touched>;
    /// Expressions that the database computes for pending slots when it inserts them.
    fn computed(&self) -> Vec<(u32, Vec<(usize, Node)>)>;
    /// The pending drafts, as rows to be inserted. If they are sent `to` a database, the drafts may be moved without a copy,
    /// until the slots are [inserted](AnyArena::inserted) or [taken back](AnyArena::take_back).
    fn send(&mut self, to: Option<&'static dyn Dialect>) -> Arc<NewRow>;
    /// Turns what was sent and not inserted back into drafts.
    fn take_back(&mut self);
    /// The values that the drafts were turned into.
    fn sent(&self) -> Option<&Arc<NewRow>>;
    /// A sink for rows of the model.
    fn sink(&self) -> Box<dyn Sink>;
    /// The same, but the rows come in the order in which they were sent.
    fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink>;
    /// How many rows a [`sink`](AnyArena::sink) took.
    fn count(&self, sink: &dyn Any) -> usize;
    /// The primary keys of rows that a [`sink`](AnyArena::sink) took.
    fn keys(&self, sink: &dyn Any) -> Vec<Vec<Value>>;
    /// The values of rows that a [`sink`](AnyArena::sink) took.
    fn values(&self, sink: &dyn Any) -> Result<Vec<Vec<Value>>>;
    /// Keeps only those rows of a [`sink`](AnyArena::sink) for which `kept` is true.
    fn keep(&self, sink: &mut dyn Any, kept: &[bool]);
    /// Notes that these slots were inserted, and became these rows.
    fn inserted(&mut self, slots: &[u32], sink: Box<dyn Any + Send>) -> Result<()>;
    /// Notes that a slot was updated, and has these values.
    fn updated(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    /// Notes that a row's references are known, and nothing was written.
    fn resolved(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    fn deleted(&mut self, slot: u32);
    /// Notes that a pending slot was written over the row of a removed one.
    fn replaced(&mut self, pending: u32, removed: u32, sink: Box<dyn Any + Send>) -> Result<()>;
    /// Turns the rows of a sink into slots.
    fn absorb_all(&mut self, sink: Box<dyn Any + Send>, refresh: bool) -> Result<Vec<u32>>;
    /// Adds a draft with these values; `given` says which of them were given.
    fn add_values(&mut self, values: &[Value], given: &[bool]) -> Result<u32>;
    /// Sets columns of a draft or of a row.
    fn set_values(&mut self, slot: u32, changes: Vec<(usize, Value)>) -> Result<()>;
    /// The values of a draft or of a row, as they are in memory.
    fn shown(&self, slot: u32) -> Option<Vec<Value>>;
    /// The expressions that a row was set to.
    fn assigned(&self, slot: u32) -> Vec<(usize, Node)>;
    /// Sets a row to these expressions and no others.
    fn reassign(&mut self, slot: u32, assigned: Vec<(usize, Node)>);
    /// Sets a column to an expression, or to NULL.
    fn assign_node(&mut self, slot: u32, at: usize, node: Option<Node>) -> Result<()>;
    /// Records from now on which rows are written.
    fn record(&mut self);
    /// The rows that were written since the last call.
    fn take_written(&mut self) -> Written;
    /// The rows whose references may have changed since the last call; `None` the first time.
    fn take_moved(&mut self) -> Option<Moved>;
    /// A function that creates arenas for the models that relations lead to.
    fn opener(&self) -> fn(&mut ArenasRef<'_>);
    /// Notes that a row is gone.
    fn vanish(&mut self, slot: u32);
    /// Slots of rows that are neither pending nor removed.
    fn persistent(&self) -> Vec<u32>;
    /// Notes that a statement outside the unit of work gave a row these values.
    fn followed(&mut self, slot: u32, values: &[Value]) -> Result<()>;
    /// Notes that a statement outside the unit of work deleted a row.
    fn left(&mut self, slot: u32);
    fn expire(&mut self, slot: u32);
    /// Whether a row differs from what the database has.
    fn is_dirty(&self, slot: u32) -> bool;
    /// Whether a row must be read again before it is used.
    fn is_expired(&self, slot: u32) -> bool;
    /// Ends a flush: forgets which rows were pending, and changes of rows that turned out to be none.
    fn settle(&mut self);
    /// Where a reference of a slot leads; `None` if it has no such reference.
    fn pointer(&mut self, slot: u32, relation: &str) -> Option<Pointer>;
    /// Sets a reference of a slot.
    fn point(&mut self, slot: u32, relation: &str, to: Pointer) -> Result<()>;
    /// Whether writing its rows calls hooks.
    fn is_hooked(&self, db: &Database) -> bool;
    /// Calls the hooks that come before a flush, for all rows that it would write; the error names the slot.
    fn before(&mut self, db: &Database) -> Result<(), (u32, Error)>;
    /// Calls the hooks that come after rows were written.
    fn after_insert(&self, db: &Database, sink: &dyn Any) -> Result<()>;
    fn after_update(&self, db: &Database, values: &[Value]) -> Result<()>;
    fn after_delete(&self, db: &Database, slot: u32) -> Result<()>;
    fn push_frame(&mut self);
    /// Merges the innermost frame into the one around it.
    fn merge_frame(&mut self);
    /// Undoes the innermost frame: restores what the database has, or keeps all changes as pending.
    fn restore_frame(&mut self, keep: bool) -> Result<()>;
    /// Restores rows to what the database has, forgetting unflushed changes.
    fn discard(&mut self) -> Result<()>;
    /// Notes that the transaction is committed.
    fn commit(&mut self);
}

/// A row for error messages: its model and key, or its number among those added.
pub(crate) fn shown(arena: &dyn AnyArena, slot: u32) -> String {
    let name = arena.meta().name;
    if let Some(key) = arena.key_values(slot) {
        return format!("{name} {}", show_key(&key));
    }
    match arena.pending().iter().position(|pending| *pending == slot) {
        Some(place) => format!("{name} (pending, number {} of those added)", place + 1),
        None => format!("{name} (of which nothing is left in the session)"),
    }
}

/// The values of some columns of a row.
pub(crate) fn pick(meta: &ModelMeta, values: &[Value], columns: &[&str]) -> Vec<Value> {
    let value = |name: &&str| {
        let at = meta.fields.iter().position(|field| field.column == **name);
        at.map_or(Value::Null, |at| values[at].clone())
    };
    columns.iter().map(value).collect()
}
