//! [`BelongsTo`]: the row that a row belongs to.

use super::{Loaded, Ref, Shared, StoredKey, To, expected};
use crate::model::Model;
use crate::model::relation::{KeyColumns, Primary, ReferenceField, RelationField};
use crate::model::slot::Key;
use aludel_engine::Result;
use aludel_sql::row::{DecodeError, FromRow, Row};
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// The loaded row of a [`BelongsTo`], while it moves to another copy of the reference.
#[doc(hidden)]
pub struct LoadedRow(Loaded);

/// The row that this row belongs to: its key, and the row itself once it is loaded.
///
/// It is one column (as many as the key has) with a foreign key; `Option<BelongsTo<M, C>>` is nullable. In a session it
/// may refer to a row that is not inserted yet: `session[post].author = ann.into()`.
pub struct BelongsTo<M, C = Primary> {
    to: To,
    loaded: Loaded,
    of: PhantomData<fn() -> (M, C)>,
}

impl<M, C> BelongsTo<M, C> {
    pub(crate) fn to(to: To) -> BelongsTo<M, C> {
        BelongsTo {
            to,
            loaded: Loaded::Unnamed,
            of: PhantomData,
        }
    }

    pub(crate) fn target(&self) -> &To {
        &self.to
    }

    /// Takes the loaded row out.
    pub(crate) fn unload(&mut self) -> LoadedRow {
        LoadedRow(std::mem::take(&mut self.loaded))
    }

    /// Puts in a loaded row of the same reference.
    pub(crate) fn keep(&mut self, row: LoadedRow) {
        self.loaded = row.0;
    }

    pub(crate) fn lead(&mut self, to: To) {
        *self = BelongsTo::to(to);
    }
}

impl<M: Model, C: KeyColumns<M>> BelongsTo<M, C> {
    /// A reference by key.
    #[inline]
    pub fn from_key(key: C::Key) -> BelongsTo<M, C> {
        BelongsTo::to(To::Key(StoredKey::of(key)))
    }

    /// The key of the row.
    ///
    /// # Panics
    /// Between `session[post].author = key.into()` and the next flush, which determines the key. [`get`](BelongsTo::get)
    /// does not panic.
    pub fn key(&self) -> C::Key {
        match &self.to {
            To::Key(_) => match self.get() {
                Some(key) => key,
                None => panic!(
                    "the key in this reference to a {} is not one that its type can read",
                    M::NAME
                ),
            },
            To::Slot(_) => panic!(
                "this reference to a {} was set by a session's key; the next flush finds out the row's own key",
                M::NAME
            ),
        }
    }

    /// The key of the row, if it is known: a reference set by a session's key has one from the next flush on.
    #[inline]
    pub fn get(&self) -> Option<C::Key> {
        match &self.to {
            To::Key(key) => key.get(),
            To::Slot(_) => None,
        }
    }

    /// The row, if it was loaded.
    ///
    /// # Errors
    /// [`aludel_engine::ErrorKind::NotLoaded`], which says what to add to the query;
    /// [`aludel_engine::ErrorKind::OutOfScope`] if the row exists but the default scope of its model excludes it.
    pub fn loaded(&self) -> Result<&M> {
        self.loaded.rows::<M>("BelongsTo", M::NAME)
    }

    /// The row: like [`loaded`](BelongsTo::loaded), but panics; for use near the query that loads it.
    ///
    /// # Panics
    /// If it was not loaded; the message says what to add to the query.
    #[track_caller]
    pub fn row(&self) -> &M {
        expected(self.loaded())
    }

    /// Points it at another row.
    pub fn set(&mut self, row: impl Into<Ref<M, C>>) {
        if let Some(to) = row.into().into_target() {
            *self = BelongsTo::to(to);
        }
    }
}

impl<M: Model, C: KeyColumns<M>> From<&M> for BelongsTo<M, C> {
    fn from(row: &M) -> Self {
        BelongsTo::from_key(C::key_of(row))
    }
}

impl<M: Model, C: KeyColumns<M>> From<Key<M>> for BelongsTo<M, C> {
    fn from(key: Key<M>) -> Self {
        BelongsTo::to(To::Slot(key.id))
    }
}

impl<M, C> Clone for BelongsTo<M, C> {
    fn clone(&self) -> Self {
        BelongsTo {
            to: self.to.clone(),
            loaded: self.loaded.clone(),
            of: PhantomData,
        }
    }
}

impl<M, C> fmt::Debug for BelongsTo<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            To::Key(key) => write!(f, "BelongsTo({key:?})"),
            To::Slot(_) => f.write_str("BelongsTo(of a session)"),
        }
    }
}

/// Two references are equal when they refer to the same row.
impl<M, C> PartialEq for BelongsTo<M, C> {
    fn eq(&self, other: &Self) -> bool {
        self.to == other.to
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, C: KeyColumns<M>> FromRow for BelongsTo<M, C> {
    const WIDTH: usize = <C::Key as FromRow>::WIDTH;
    #[inline]
    fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError> {
        Ok(BelongsTo::from_key(C::Key::from_row(row)?))
    }
}

impl<M, C> RelationField<M> for BelongsTo<M, C> {
    fn put_one(&mut self, row: &Shared<M>) {
        self.loaded = Loaded::Rows(Arc::clone(row.erased()));
    }
    fn put_out_of_scope(&mut self) {
        self.loaded.leave_out();
    }
    fn named(mut self, name: &'static &'static str) -> Self {
        self.loaded = Loaded::Not(name);
        self
    }
}

impl<M, C> RelationField<M> for Option<BelongsTo<M, C>> {
    fn put_one(&mut self, row: &Shared<M>) {
        if let Some(reference) = self {
            reference.put_one(row);
        }
    }
    fn put_out_of_scope(&mut self) {
        if let Some(reference) = self {
            reference.put_out_of_scope();
        }
    }
    fn named(self, name: &'static &'static str) -> Self {
        self.map(|reference| reference.named(name))
    }
}

impl<M: Model, C: KeyColumns<M>> ReferenceField for BelongsTo<M, C> {
    type Key = C::Key;
    #[inline]
    fn known(&self) -> Option<C::Key> {
        self.get()
    }
}

impl<M: Model, C: KeyColumns<M>> ReferenceField for Option<BelongsTo<M, C>> {
    type Key = C::Key;
    #[inline]
    fn known(&self) -> Option<C::Key> {
        self.as_ref().and_then(BelongsTo::get)
    }
}
