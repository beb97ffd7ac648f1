//! What relation fields hold: [`BelongsTo`], [`HasMany`], [`HasOne`], [`ManyToMany`]; and [`Ref`], a reference to a row.

use crate::model::Model;
use crate::relation::{CollectionField, KeyColumns, Primary, ReferenceField, RelationField};
use crate::session::{AnyOps, Key, Op, Ops, SlotId};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row};
use aludel_sql::types::PrimaryKey;
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// What a relation field knows of the other side.
#[derive(Clone, Default)]
enum Loaded {
    /// Nothing, not even which field it is.
    #[default]
    Unnamed,
    /// Nothing, but the field's name (`User::posts`), for whoever reads it. One pointer: most fields of most rows are
    /// not loaded, and each should be small.
    Not(&'static &'static str),
    /// That the row is there, and out of its model's default scope; the field's name, or nothing.
    OutOfScope(&'static &'static str),
    /// Rows, behind a type that ends the compiler's walk through related models.
    Rows(Arc<Box<dyn Any + Send + Sync>>),
}

impl Loaded {
    fn rows<T: 'static>(&self, kind: &str, target: &str) -> Result<&T> {
        let name = match self {
            Loaded::Rows(rows) => match rows.downcast_ref() {
                Some(rows) => return Ok(rows),
                None => None,
            },
            Loaded::Not(name) => Some(**name),
            Loaded::OutOfScope(name) => return Err(out_of_scope(name, target)),
            Loaded::Unnamed => None,
        };
        Err(Error::not_loaded(match name {
            Some(name) => format!(
                "{name} was read, but no query has loaded it; add `.with({name})` to the query, or `{name}.load(&mut rows, &db)` after it"
            ),
            None => format!(
                "a {kind}<{target}> was read that no query has loaded; add `.with(..)` of its relation to the query"
            ),
        }))
    }

    /// Notes that the row is out of scope.
    fn leave_out(&mut self) {
        *self = match self {
            Loaded::Not(name) => Loaded::OutOfScope(name),
            _ => Loaded::OutOfScope(&""),
        };
    }

    fn is_loaded(&self) -> bool {
        matches!(self, Loaded::Rows(_))
    }
}

#[cold]
fn out_of_scope(name: &str, target: &str) -> Error {
    let relation = if name.is_empty() {
        "the relation"
    } else {
        name
    };
    Error::new(
        ErrorKind::OutOfScope,
        format!(
            "{relation} refers to a {target} that is out of the default scope of its model (hidden, or marked as deleted); load it by `.with({relation}.unscoped())` to have it all the same"
        ),
    )
}

/// What a reference refers to: a row by its key, or a slot of a session, whose key may not be known yet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum To<K> {
    Key(K),
    Slot(SlotId),
}

#[track_caller]
fn expected<T>(loaded: Result<T>) -> T {
    match loaded {
        Ok(loaded) => loaded,
        Err(error) => panic!("{error}"),
    }
}

/// What a [`BelongsTo`] has of the other row, on its way to another copy of it.
#[doc(hidden)]
pub struct LoadedRow(Loaded);

/// The row that this row belongs to: its key, and the row itself once it was loaded.
///
/// It is one column (as many as the key has) with a foreign key; `Option<BelongsTo<M, C>>` is nullable. In a session it
/// may refer to a row that is not inserted yet: `session[post].author = ann.into()`.
pub struct BelongsTo<M: Model, C: KeyColumns<M> = Primary> {
    to: To<C::Key>,
    loaded: Loaded,
}

impl<M: Model, C: KeyColumns<M>> BelongsTo<M, C> {
    /// A reference by key.
    pub fn from_key(key: C::Key) -> BelongsTo<M, C> {
        BelongsTo::to(To::Key(key))
    }

    pub(crate) fn to(to: To<C::Key>) -> BelongsTo<M, C> {
        BelongsTo {
            to,
            loaded: Loaded::Unnamed,
        }
    }

    pub(crate) fn target(&self) -> &To<C::Key> {
        &self.to
    }

    /// Takes out what was loaded.
    pub(crate) fn unload(&mut self) -> LoadedRow {
        LoadedRow(std::mem::take(&mut self.loaded))
    }

    /// Puts in what was loaded of the same row.
    pub(crate) fn keep(&mut self, row: LoadedRow) {
        self.loaded = row.0;
    }

    pub(crate) fn lead(&mut self, to: To<C::Key>) {
        *self = BelongsTo::to(to);
    }

    /// The key of the row.
    ///
    /// # Panics
    /// Between `session[post].author = key.into()` and the next flush, which finds the key out. [`get`](BelongsTo::get)
    /// does not panic.
    pub fn key(&self) -> C::Key {
        match &self.to {
            To::Key(key) => key.clone(),
            To::Slot(_) => panic!(
                "this reference to a {} was set by a session's key; the next flush finds out the row's own key",
                M::NAME
            ),
        }
    }

    /// The key of the row, if it is known: what was set by a session's key becomes known at the next flush.
    pub fn get(&self) -> Option<&C::Key> {
        match &self.to {
            To::Key(key) => Some(key),
            To::Slot(_) => None,
        }
    }

    /// The row, if it was loaded.
    ///
    /// # Errors
    /// [`aludel_engine::ErrorKind::NotLoaded`], which says what to add to the query;
    /// [`aludel_engine::ErrorKind::OutOfScope`] where the row exists and the default scope of its model leaves it out.
    pub fn loaded(&self) -> Result<&M> {
        self.loaded.rows::<M>("BelongsTo", M::NAME)
    }

    /// The row: [`loaded`](BelongsTo::loaded), for where the query that loads it is in sight.
    ///
    /// # Panics
    /// When it was not loaded, with the text that says what to add to the query.
    #[track_caller]
    pub fn row(&self) -> &M {
        expected(self.loaded())
    }

    /// Points it at another row.
    pub fn set(&mut self, row: impl Into<Ref<M, C>>) {
        if let Some(to) = row.into().to {
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

impl<M: Model, C: KeyColumns<M>> Clone for BelongsTo<M, C> {
    fn clone(&self) -> Self {
        BelongsTo {
            to: self.to.clone(),
            loaded: self.loaded.clone(),
        }
    }
}

impl<M: Model, C: KeyColumns<M>> fmt::Debug for BelongsTo<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            To::Key(key) => write!(f, "BelongsTo({key:?})"),
            To::Slot(_) => f.write_str("BelongsTo(of a session)"),
        }
    }
}

/// Two references are equal when they refer to the same row.
impl<M: Model, C: KeyColumns<M>> PartialEq for BelongsTo<M, C> {
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

impl<M: Model, C: KeyColumns<M>> RelationField<M> for BelongsTo<M, C> {
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

impl<M: Model, C: KeyColumns<M>> RelationField<M> for Option<BelongsTo<M, C>> {
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
        self.get().cloned()
    }
}

impl<M: Model, C: KeyColumns<M>> ReferenceField for Option<BelongsTo<M, C>> {
    type Key = C::Key;
    #[inline]
    fn known(&self) -> Option<C::Key> {
        self.as_ref().and_then(|reference| reference.get().cloned())
    }
}

/// Something that several fields hold, of a type that they know.
#[doc(hidden)]
pub struct Shared<T> {
    erased: Arc<Box<dyn Any + Send + Sync>>,
    of: PhantomData<fn() -> T>,
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// A row to be put into others.
    pub fn new(value: T) -> Shared<T> {
        Shared {
            erased: Arc::new(Box::new(value)),
            of: PhantomData,
        }
    }

    fn erased(&self) -> &Arc<Box<dyn Any + Send + Sync>> {
        &self.erased
    }
}

/// Rows of the other side, and whether they are all of them.
#[doc(hidden)]
pub struct Rows<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) whole: bool,
}

macro_rules! others {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        pub struct $name<M> {
            loaded: Loaded,
            // Rows are many, and changes rare: one pointer.
            ops: Option<Box<Box<dyn AnyOps>>>,
            of: PhantomData<fn() -> M>,
        }

        impl<M: Model> $name<M> {
            fn rows(&self) -> Result<&Rows<M>> {
                self.loaded.rows($text, M::NAME)
            }

            fn op(&mut self, op: Op<M>) {
                let ops = self
                    .ops
                    .get_or_insert_with(|| Box::new(Box::new(Ops::<M>::default())));
                if let Some(ops) = ops.any_mut().downcast_mut::<Ops<M>>() {
                    ops.push(op);
                }
            }
        }

        impl<M: Model> RelationField<M> for $name<M> {
            fn put_many(&mut self, rows: &Shared<Rows<M>>) {
                self.loaded = Loaded::Rows(Arc::clone(rows.erased()));
            }
            fn named(mut self, name: &'static &'static str) -> Self {
                self.loaded = Loaded::Not(name);
                self
            }
        }

        impl<M> Default for $name<M> {
            fn default() -> Self {
                $name { loaded: Loaded::Unnamed, ops: None, of: PhantomData }
            }
        }

        impl<M> Clone for $name<M> {
            fn clone(&self) -> Self {
                $name {
                    loaded: self.loaded.clone(),
                    ops: self.ops.as_ref().map(|ops| Box::new(ops.clone_ops())),
                    of: PhantomData,
                }
            }
        }

        impl<M> CollectionField for $name<M> {
            fn take_ops(&mut self) -> Option<Box<dyn AnyOps>> {
                self.ops.take().map(|ops| *ops)
            }
            fn has_ops(&self) -> bool {
                self.ops.is_some()
            }
        }

        impl<M> fmt::Debug for $name<M> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(if self.loaded.is_loaded() { concat!($text, "(loaded)") } else { concat!($text, "(not loaded)") })
            }
        }

        /// What is loaded does not matter to whether two rows are the same.
        impl<M> PartialEq for $name<M> {
            fn eq(&self, _: &Self) -> bool {
                true
            }
        }
    };
}

macro_rules! many {
    ($name:ident) => {
        impl<M: Model> $name<M> {
            /// The rows, if they were loaded, in the order of the load; filtered or limited as it was.
            ///
            /// # Errors
            /// [`aludel_engine::ErrorKind::NotLoaded`], which says what to add to the query.
            pub fn loaded(&self) -> Result<LoadedRows<'_, M>> {
                Ok(LoadedRows(&self.rows()?.rows))
            }

            /// The rows: [`loaded`](Self::loaded), for where the query that loads them is in sight.
            ///
            /// # Panics
            /// When they were not loaded, with the text that says what to add to the query.
            #[track_caller]
            pub fn all(&self) -> &[M] {
                &expected(self.rows()).rows
            }

            /// The rows, one after another: as [`all`](Self::all), which panics where they were not loaded.
            ///
            /// # Panics
            /// When they were not loaded, with the text that says what to add to the query.
            #[track_caller]
            pub fn iter(&self) -> std::slice::Iter<'_, M> {
                self.all().iter()
            }

            /// How many were loaded.
            ///
            /// # Panics
            /// When they were not loaded, with the text that says what to add to the query.
            #[track_caller]
            pub fn len(&self) -> usize {
                self.all().len()
            }

            /// Whether the relation was loaded and has no row.
            ///
            /// # Panics
            /// When it was not loaded, with the text that says what to add to the query.
            #[track_caller]
            pub fn is_empty(&self) -> bool {
                self.all().is_empty()
            }

            /// Whether all rows of the relation were loaded: not some, by a filter or a limit.
            pub fn is_whole(&self) -> bool {
                self.rows().is_ok_and(|rows| rows.whole)
            }

            /// Adds a new row, in a session: the next flush inserts it. The reference back is filled in.
            pub fn push(&mut self, new: M::New) {
                self.op(Op::Push(new));
            }

            /// Adds a row that is there, in a session: the next flush writes it. What is there already stays once.
            pub fn add(&mut self, row: impl Into<Ref<M>>) {
                self.op(Op::Add(row.into()));
            }

            /// Removes a row, in a session: the next flush writes it.
            pub fn remove(&mut self, row: impl Into<Ref<M>>) {
                self.op(Op::Remove(row.into()));
            }
        }

        /// The rows that were loaded: `for post in &user.posts`. It panics where they were not.
        impl<'a, M: Model> IntoIterator for &'a $name<M> {
            type Item = &'a M;
            type IntoIter = std::slice::Iter<'a, M>;
            #[track_caller]
            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}

others! {
    /// The rows that belong to this row: the other side of their `BelongsTo`.
    HasMany, "HasMany"
}
others! {
    /// The row that belongs to this row, if there is one: the other side of a unique `BelongsTo`.
    HasOne, "HasOne"
}
others! {
    /// The rows that this row is joined with over a join table.
    ManyToMany, "ManyToMany"
}
many!(HasMany);
many!(ManyToMany);

impl<M: Model> HasOne<M> {
    /// The row, if it was loaded and there is one.
    ///
    /// # Errors
    /// [`aludel_engine::ErrorKind::NotLoaded`], which says what to add to the query.
    pub fn loaded(&self) -> Result<Option<&M>> {
        Ok(self.rows()?.rows.first())
    }

    /// The row, if there is one: [`loaded`](HasOne::loaded), for where the query that loads it is in sight.
    ///
    /// # Panics
    /// When it was not loaded, with the text that says what to add to the query.
    #[track_caller]
    pub fn row(&self) -> Option<&M> {
        expected(self.loaded())
    }

    /// Makes a row the one, in a session: the next flush writes it. The one before refers to nothing then, or goes with
    /// `#[field(orphans = delete)]`; if it can do neither, the flush is an error.
    pub fn set(&mut self, row: impl Into<Ref<M>>) {
        self.op(Op::Clear);
        self.op(Op::Add(row.into()));
    }

    /// Makes a new row the one, in a session, as [`set`](HasOne::set) does. The reference back is filled in.
    pub fn push(&mut self, new: M::New) {
        self.op(Op::Clear);
        self.op(Op::Push(new));
    }

    /// Removes the row, in a session, as [`set`](HasOne::set) does with the one before.
    pub fn clear(&mut self) {
        self.op(Op::Clear);
    }
}

/// Rows that were loaded, by reference.
pub struct LoadedRows<'a, M>(&'a [M]);

impl<'a, M> LoadedRows<'a, M> {
    /// The rows.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a M> + use<'a, M> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first.
    pub fn first(&self) -> Option<&'a M> {
        self.0.first()
    }
}

impl<M> std::ops::Index<usize> for LoadedRows<'_, M> {
    type Output = M;
    fn index(&self, at: usize) -> &M {
        &self.0[at]
    }
}

impl<'a, M> IntoIterator for LoadedRows<'a, M> {
    type Item = &'a M;
    type IntoIter = std::slice::Iter<'a, M>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<M: fmt::Debug> fmt::Debug for LoadedRows<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0).finish()
    }
}

/// A reference to a row of `M`: from a `&M`, a `&BelongsTo<M, C>`, a session's [`Key<M>`](Key), or its primary key by
/// [`Ref::key`].
pub struct Ref<M: Model, C: KeyColumns<M> = Primary> {
    to: Option<To<C::Key>>,
}

impl<M: Model, C: KeyColumns<M>> Ref<M, C> {
    /// The row of that key.
    pub fn key(key: impl Into<C::Key>) -> Ref<M, C> {
        Ref {
            to: Some(To::Key(key.into())),
        }
    }

    /// The key; `None` of a reference that was not set, or is to a session's row.
    pub fn get(&self) -> Option<&C::Key> {
        match &self.to {
            Some(To::Key(key)) => Some(key),
            _ => None,
        }
    }

    pub(crate) fn target(&self) -> Option<&To<C::Key>> {
        self.to.as_ref()
    }

    pub(crate) fn from_target(to: Option<To<C::Key>>) -> Ref<M, C> {
        Ref { to }
    }

    pub(crate) fn into_target(self) -> Option<To<C::Key>> {
        self.to
    }

    /// The values of the key's columns; `None` of a reference that was not set.
    ///
    /// A reference to a session's row has no values outside of it: binding what this gives is an error that says so.
    pub fn into_values(self) -> Option<Vec<Value>> {
        self.to.map(|to| match to {
            To::Key(key) => key.into_values(),
            To::Slot(_) => vec![elsewhere(M::NAME); C::COLUMNS.len()],
        })
    }
}

/// The value of a session's row where there is no session.
pub(crate) fn elsewhere(name: &str) -> Value {
    let text = format!(
        "it is a session's key of a {name}, which only that session understands; give the row itself: `(&session[key]).into()`"
    );
    Value::Invalid(text.into())
}

/// A reference that is not set: inserting it is an error, unless the relation is nullable.
impl<M: Model, C: KeyColumns<M>> Default for Ref<M, C> {
    fn default() -> Self {
        Ref { to: None }
    }
}

impl<M: Model, C: KeyColumns<M>> Clone for Ref<M, C> {
    fn clone(&self) -> Self {
        Ref {
            to: self.to.clone(),
        }
    }
}

impl<M: Model, C: KeyColumns<M>> fmt::Debug for Ref<M, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.to {
            None => f.write_str("Ref(not set)"),
            Some(To::Key(key)) => write!(f, "Ref({key:?})"),
            Some(To::Slot(_)) => f.write_str("Ref(of a session)"),
        }
    }
}

impl<M: Model, C: KeyColumns<M>> PartialEq for Ref<M, C> {
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
        Ref {
            to: Some(reference.to.clone()),
        }
    }
}

impl<M: Model, C: KeyColumns<M>> From<Key<M>> for Ref<M, C> {
    fn from(key: Key<M>) -> Self {
        Ref {
            to: Some(To::Slot(key.id)),
        }
    }
}

#[cfg(feature = "serde")]
mod serde_support {
    use super::{BelongsTo, Ref, To};
    use crate::model::Model;
    use crate::relation::KeyColumns;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    impl<M: Model, C: KeyColumns<M, Key: Serialize>> Serialize for Ref<M, C> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match &self.to {
                None => serializer.serialize_none(),
                Some(to) => serialize(to, serializer),
            }
        }
    }

    fn serialize<K: Serialize, S: Serializer>(
        to: &To<K>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match to {
            To::Key(key) => serializer.serialize_some(key),
            To::Slot(_) => Err(serde::ser::Error::custom(
                "a reference to a session's row that is not flushed has no key",
            )),
        }
    }

    /// From its key. One that is missing or `null` is an error where the relation is required: where it is not, the field
    /// is an `Option`.
    impl<'de, M: Model, C: KeyColumns<M, Key: Deserialize<'de>>> Deserialize<'de> for Ref<M, C> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let key = C::Key::deserialize(deserializer)?;
            Ok(Ref {
                to: Some(To::Key(key)),
            })
        }
    }

    /// As its key.
    impl<M: Model, C: KeyColumns<M, Key: Serialize>> Serialize for BelongsTo<M, C> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match &self.to {
                To::Key(key) => key.serialize(serializer),
                to @ To::Slot(_) => serialize(to, serializer),
            }
        }
    }
}
