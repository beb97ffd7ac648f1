//! [`Key`]: the address of a row in a session.

use crate::model::Model;
use std::any::TypeId;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The address of a row, or of a draft that will be one, in the session that created it: `session[key]`.
///
/// It is small and `Copy`, and stays the same when the row is inserted, changed, or gets another primary key. Used with
/// another session it is an error, never another row.
pub struct Key<M> {
    pub(crate) id: SlotId,
    of: PhantomData<fn() -> M>,
}

/// A slot of a session; its model is known from the context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct SlotId {
    pub(crate) session: u32,
    pub(crate) slot: u32,
}

/// A reference to a slot among the values of a row: the place of its key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    /// Position of its first value among the values.
    pub(crate) at: usize,
    /// How many columns it has.
    pub(crate) width: usize,
    /// The model of the slot.
    pub(crate) model: TypeId,
    pub(crate) slot: SlotId,
    /// The columns of the slot whose values it takes, if they are not the primary key.
    pub(crate) by: By,
}

/// Columns by which a row is referred to, if they are not its primary key.
pub(crate) type By = Option<&'static [&'static str]>;

impl<M: Model> Key<M> {
    pub(crate) fn new(id: SlotId) -> Key<M> {
        Key {
            id,
            of: PhantomData,
        }
    }
}

impl<M> Clone for Key<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Key<M> {}

impl<M> PartialEq for Key<M> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<M> Eq for Key<M> {}

impl<M> Hash for Key<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

impl<M> fmt::Debug for Key<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = std::any::type_name::<M>();
        let name = path.rsplit("::").next().unwrap_or(path);
        let SlotId { session, slot } = self.id;
        write!(f, "Key<{name}>({slot} of session {session})")
    }
}
