//! What leads to the slots of a session: [`Key`]s, references of rows, and the pending changes of relations.

mod key;
mod reference;
mod relation_changes;

pub use key::Key;
pub use reference::{Pointer, Reference};
pub(crate) use relation_changes::{AnyOp, AnyOps};

pub(crate) use key::{By, Link, SlotId};
pub(crate) use reference::At;
pub(crate) use relation_changes::{Op, Ops};
