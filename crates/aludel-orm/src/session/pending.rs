//! Changes of relations, with their rows found.

use super::arena::shown;
use super::arenas::Arenas;
use super::unit_of_work::Place;
use crate::model::slot::{AnyOp, AnyOps, At, Pointer};
use aludel_engine::{Error, Result};
use aludel_sql::Value;

/// The relation whose changes they are; for error messages.
#[derive(Clone, Copy)]
pub(crate) struct Of {
    pub(crate) owner: Place,
    pub(crate) relation: &'static str,
}

/// A change of a relation, with its row found.
pub(crate) struct Change {
    /// `None`: the row that the relation has now.
    pub(crate) row: Option<RowRef>,
    pub(crate) added: bool,
    /// Whether the row is a draft that was pushed.
    pub(crate) pushed: bool,
    /// Its turn among all changes.
    pub(crate) turn: u64,
}

/// A row: a slot of its arena, or the key of a row that is not in the session.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RowRef {
    Slot(u32),
    Key(Vec<Value>),
}

/// The changes of a relation to the model of an arena.
pub(crate) fn changes(
    ops: Box<dyn AnyOps>,
    arenas: &mut Arenas,
    target: usize,
    of: Of,
) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for (turn, op) in ops.into_changes() {
        let pushed = matches!(op, AnyOp::Push(_));
        let (row, added) = match op {
            AnyOp::Push(new) => {
                let slot = arenas.at_mut(target).add_any(new);
                (Some(RowRef::Slot(slot)), true)
            }
            AnyOp::Add(row) => (Some(found(row, arenas, target, of)?), true),
            AnyOp::Remove(row) => (Some(found(row, arenas, target, of)?), false),
            AnyOp::Clear => (None, false),
        };
        changes.push(Change {
            row,
            added,
            pushed,
            turn,
        });
    }
    Ok(changes)
}

fn found(row: Pointer, arenas: &Arenas, target: usize, of: Of) -> Result<RowRef> {
    let refused = |what: &str| {
        let arena = arenas.at(of.owner.0);
        let (owner, relation) = (shown(arena, of.owner.1), of.relation);
        let name = arena.meta().name;
        let message = format!("{name}::{relation} of {owner} was changed by {what}");
        Error::session_state(message).with_row(owner)
    };
    let name = arenas.at(target).meta().name;
    match row.0 {
        At::Slot(id) if id.session == arenas.session => Ok(RowRef::Slot(id.slot)),
        At::Slot(_) => Err(refused(&format!(
            "a {name} of another session; get the row in this session, by its primary key or a query"
        ))),
        At::Key(key) => Ok(match arenas.at(target).find(&key) {
            Some(slot) => RowRef::Slot(slot),
            None => RowRef::Key(key),
        }),
        At::Nothing | At::Kind(_) => {
            Err(refused(&format!("a reference to a {name} that is not set")))
        }
    }
}
