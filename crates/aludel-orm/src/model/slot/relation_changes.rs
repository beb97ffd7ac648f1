//! Rows that are added to relations and removed from them, until the next flush.

use super::reference::{Pointer, Reference};
use crate::model::Model;
use crate::model::any::AnyDraft;
use crate::model::fields::Ref;
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
    /// The changes, each with its turn.
    #[doc(hidden)]
    fn into_changes(self: Box<Self>) -> Vec<(u64, AnyOp)>;
}

/// One change of a relation to any model.
#[doc(hidden)]
pub enum AnyOp {
    Push(Box<dyn AnyDraft>),
    Add(Pointer),
    Remove(Pointer),
    /// Removes the existing row of a to-one relation.
    Clear,
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

    fn into_changes(self: Box<Self>) -> Vec<(u64, AnyOp)> {
        let changes = self.0.into_iter().map(|(turn, op)| {
            let op = match op {
                Op::Push(new) => AnyOp::Push(Box::new(new)),
                Op::Add(row) => AnyOp::Add(row.pointer()),
                Op::Remove(row) => AnyOp::Remove(row.pointer()),
                Op::Clear => AnyOp::Clear,
            };
            (turn, op)
        });
        changes.collect()
    }
}
