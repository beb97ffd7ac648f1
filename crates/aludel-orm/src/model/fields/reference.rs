//! [`Ref`]: a reference to a row, as drafts and queries take it.

use super::{BelongsTo, StoredKey, To};
use crate::model::Model;
use crate::model::relation::{KeyColumns, Primary};
use crate::model::slot::Key;
use aludel_sql::Value;
use std::fmt;
use std::marker::PhantomData;

/// A reference to a row of `M`: from a `&M`, a `&BelongsTo<M, C>`, a session's [`Key<M>`](Key), or its primary key by
/// [`Ref::key`].
pub struct Ref<M, C = Primary> {
    to: Option<To>,
    of: PhantomData<fn() -> (M, C)>,
}

impl<M, C> Ref<M, C> {
    pub(crate) fn target(&self) -> Option<&To> {
        self.to.as_ref()
    }

    pub(crate) fn from_target(to: Option<To>) -> Ref<M, C> {
        Ref {
            to,
            of: PhantomData,
        }
    }

    pub(crate) fn into_target(self) -> Option<To> {
        self.to
    }
}

impl<M: Model, C: KeyColumns<M>> Ref<M, C> {
    /// A reference to the row with this key.
    pub fn key(key: impl Into<C::Key>) -> Ref<M, C> {
        Ref::from_target(Some(To::Key(StoredKey::of(key.into()))))
    }

    /// The key; `None` if the reference was not set or refers to a session's row.
    pub fn get(&self) -> Option<C::Key> {
        match &self.to {
            Some(To::Key(key)) => key.get(),
            _ => None,
        }
    }

    /// The values of the key's columns; `None` if the reference was not set.
    ///
    /// A reference to a session's row has no values outside of the session: binding the result fails and says so.
    pub fn into_values(self) -> Option<Vec<Value>> {
        self.to.map(|to| match to {
            To::Key(key) => key.into_values(),
            To::Slot(_) => vec![elsewhere(M::NAME); C::COLUMNS.len()],
        })
    }
}

/// The invalid value of a session's row where there is no session.
pub(crate) fn elsewhere(name: &str) -> Value {
    let text = format!(
        "it is a session's key of a {name}, which only that session understands; give the row itself: `(&session[key]).into()`"
    );
    Value::Invalid(text.into())
}

/// A reference that is not set: inserting it is an error, unless the relation is nullable.
impl<M, C> Default for Ref<M, C> {
    fn default() -> Self {
        Ref::from_target(None)
    }
}

impl<M, C> Clone for Ref<M, C> {
    fn clone(&self) -> Self {
        Ref::from_target(self.to.clone())
    }
}

impl<M, C> fmt::Debug for Ref<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            None => f.write_str("Ref(not set)"),
            Some(To::Key(key)) => write!(f, "Ref({key:?})"),
            Some(To::Slot(_)) => f.write_str("Ref(of a session)"),
        }
    }
}

impl<M, C> PartialEq for Ref<M, C> {
    fn eq(&self, other: &Self) -> bool {
        self.to == other.to
    }
}

impl<M: Model, C: KeyColumns<M>> From<&M> for Ref<M, C> {
    fn from(row: &M) -> Self {
        Ref::key(C::key_of(row))
    }
}

impl<M: Model, C: KeyColumns<M>> From<&BelongsTo<M, C>> for Ref<M, C> {
    fn from(reference: &BelongsTo<M, C>) -> Self {
        Ref::from_target(Some(reference.target().clone()))
    }
}

impl<M: Model, C: KeyColumns<M>> From<Key<M>> for Ref<M, C> {
    fn from(key: Key<M>) -> Self {
        Ref::from_target(Some(To::Slot(key.id)))
    }
}
