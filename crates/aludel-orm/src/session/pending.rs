//! Rows that are added to relations and removed from them, until the next flush.

use super::arena::shown;
use super::arenas::Arenas;
use super::unit_of_work::Place;
use crate::fields::{Ref, To};
use crate::model::Model;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};

/// One change of a relation.
pub(crate) enum Op<M: Model> {
    Push(M::New),
    Add(Ref<M>),
    Remove(Ref<M>),
    /// Removes the existing row of a to-one relation.
    Clear,
}

/// The changes of a relation, in order, each with its turn among the changes of all relations.
pub(crate) struct Ops<M: Model>(Vec<(u64, Op<M>)>);

impl<M: Model> Ops<M> {
    /// Notes a change.
    pub(crate) fn push(&mut self, op: Op<M>) {
        // A relation can be changed from rows on both of its sides: a growing number says which change came last.
        static TURN: AtomicU64 = AtomicU64::new(0);
        // For a to-one relation only the last change counts.
        if matches!(op, Op::Clear) {
            self.0.clear();
        }
        self.0.push((TURN.fetch_add(1, Ordering::Relaxed), op));
    }
}

impl<M: Model> Default for Ops<M> {
    fn default() -> Self {
        Ops(Vec::new())
    }
}

/// The changes of a relation to any model.
#[doc(hidden)]
pub trait AnyOps: Send + Sync {
    #[doc(hidden)]
    fn clone_ops(&self) -> Box<dyn AnyOps>;
    #[doc(hidden)]
    fn any_mut(&mut self) -> &mut dyn Any;
    #[doc(hidden)]
    fn drain(self: Box<Self>, arenas: &mut ArenasRef<'_>, of: Of) -> Result<Vec<Change>>;
}

/// The arenas, for the public trait [`AnyOps`].
#[doc(hidden)]
pub struct ArenasRef<'a>(pub(crate) &'a mut Arenas);

impl ArenasRef<'_> {
    #[doc(hidden)]
    pub fn open<M: Model>(&mut self) {
        self.0.index_of::<M>();
    }
}

/// The relation whose changes they are; for error messages.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Of {
    pub(crate) owner: Place,
    pub(crate) relation: &'static str,
}

/// A change of a relation, with its row found.
#[doc(hidden)]
pub struct Change {
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

impl<M: Model> AnyOps for Ops<M> {
    fn clone_ops(&self) -> Box<dyn AnyOps> {
        let ops = self.0.iter().map(|(turn, op)| {
            let op = match op {
                Op::Push(new) => Op::Push(new.clone()),
                Op::Add(row) => Op::Add(row.clone()),
                Op::Remove(row) => Op::Remove(row.clone()),
                Op::Clear => Op::Clear,
            };
            (*turn, op)
        });
        Box::new(Ops::<M>(ops.collect()))
    }

    fn any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn drain(self: Box<Self>, arenas: &mut ArenasRef<'_>, of: Of) -> Result<Vec<Change>> {
        let mut changes = Vec::with_capacity(self.0.len());
        for (turn, op) in self.0 {
            let pushed = matches!(op, Op::Push(_));
            let (row, added) = match op {
                Op::Push(new) => {
                    let slot = arenas.0.of::<M>().add(new);
                    (Some(RowRef::Slot(slot)), true)
                }
                Op::Add(row) => (Some(found(row, arenas.0, of)?), true),
                Op::Remove(row) => (Some(found(row, arenas.0, of)?), false),
                Op::Clear => {
                    arenas.open::<M>();
                    (None, false)
                }
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
}

fn found<M: Model>(row: Ref<M>, arenas: &mut Arenas, of: Of) -> Result<RowRef> {
    let refused = |arenas: &Arenas, what: &str| {
        let arena = arenas.at(of.owner.0);
        let (owner, relation) = (shown(arena, of.owner.1), of.relation);
        let name = arena.meta().name;
        let message = format!("{name}::{relation} of {owner} was changed by {what}");
        Error::session_state(message).with_row(owner)
    };
    match row.into_target() {
        Some(To::Slot(id)) if id.session == arenas.session => Ok(RowRef::Slot(id.slot)),
        Some(To::Slot(_)) => {
            let what = format!(
                "a {} of another session; get the row in this session, by its primary key or a query",
                M::NAME
            );
            Err(refused(arenas, &what))
        }
        Some(To::Key(key)) => {
            let own = key.get::<M::Key>();
            let slot = own.and_then(|own| arenas.of::<M>().find_key::<M>(&own));
            Ok(slot.map_or_else(|| RowRef::Key(key.into_values()), RowRef::Slot))
        }
        None => {
            let what = format!("a reference to a {} that is not set", M::NAME);
            Err(refused(arenas, &what))
        }
    }
}
