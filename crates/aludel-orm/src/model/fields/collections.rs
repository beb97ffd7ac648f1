//! [`HasMany`], [`HasOne`] and [`ManyToMany`]: rows of the other side.

use super::{Loaded, Ref, Rows, Shared, expected};
use crate::model::Model;
use crate::model::relation::{CollectionField, RelationField};
use crate::model::slot::{AnyOps, Op, Ops};
use aludel_engine::Result;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

macro_rules! others {
    ($(#[$doc:meta])* $name:ident, $text:literal) => {
        $(#[$doc])*
        pub struct $name<M> {
            loaded: Loaded,
            // One pointer: there are many rows, and changes are rare.
            ops: Option<Box<Box<dyn AnyOps>>>,
            of: PhantomData<fn() -> M>,
        }

        impl<M> $name<M> {
            /// The field of a row whose query does not load it; it knows its name, for errors.
            #[doc(hidden)]
            pub fn unread(name: &'static &'static str) -> Self {
                $name { loaded: Loaded::Not(name), ops: None, of: PhantomData }
            }
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

        impl<M> RelationField<M> for $name<M> {
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

        /// Loaded rows do not affect whether two rows are equal.
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

            /// The rows: like [`loaded`](Self::loaded), but panics; for use near the query that loads them.
            ///
            /// # Panics
            /// If they were not loaded; the message says what to add to the query.
            #[track_caller]
            pub fn all(&self) -> &[M] {
                &expected(self.rows()).rows
            }

            /// Iterates over the rows, like [`all`](Self::all), which panics if they were not loaded.
            ///
            /// # Panics
            /// If they were not loaded; the message says what to add to the query.
            #[track_caller]
            pub fn iter(&self) -> std::slice::Iter<'_, M> {
                self.all().iter()
            }

            /// The number of rows that were loaded.
            ///
            /// # Panics
            /// If they were not loaded; the message says what to add to the query.
            #[track_caller]
            pub fn len(&self) -> usize {
                self.all().len()
            }

            /// Whether the relation was loaded and has no row.
            ///
            /// # Panics
            /// If it was not loaded; the message says what to add to the query.
            #[track_caller]
            pub fn is_empty(&self) -> bool {
                self.all().is_empty()
            }

            /// Whether all rows of the relation were loaded, without a filter or a limit.
            pub fn is_whole(&self) -> bool {
                self.rows().is_ok_and(|rows| rows.whole)
            }

            /// Adds a new row, in a session: the next flush inserts it. The reference back is filled in.
            pub fn push(&mut self, new: M::New) {
                self.op(Op::Push(new));
            }

            /// Adds an existing row, in a session: the next flush writes it. A row that is already in the relation is not
            /// added twice.
            pub fn add(&mut self, row: impl Into<Ref<M>>) {
                self.op(Op::Add(row.into()));
            }

            /// Removes a row, in a session: the next flush writes it.
            pub fn remove(&mut self, row: impl Into<Ref<M>>) {
                self.op(Op::Remove(row.into()));
            }
        }

        /// The rows that were loaded: `for post in &user.posts`. Panics if they were not.
        impl<'a, M: Model> IntoIterator for &'a $name<M> {
            type Item = &'a M;
            type IntoIter = std::slice::Iter<'a, M>;
            #[track_caller]
            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }

        /// The rows that were loaded, moved out: `for post in user.posts`. Rows that a copy of this row shares are cloned. Panics
        /// if they were not loaded.
        impl<M: Model + Clone> IntoIterator for $name<M> {
            type Item = M;
            type IntoIter = std::vec::IntoIter<M>;
            #[track_caller]
            fn into_iter(self) -> Self::IntoIter {
                match self.loaded.into_rows::<Rows<M>>() {
                    Ok(rows) => rows.rows.into_iter(),
                    Err(loaded) => {
                        let rows = expected(loaded.rows::<Rows<M>>(stringify!($name), M::NAME));
                        rows.rows.clone().into_iter()
                    }
                }
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
    /// The rows that a join table relates to this row.
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

    /// The row, if there is one: like [`loaded`](HasOne::loaded), but panics; for use near the query that loads it.
    ///
    /// # Panics
    /// If it was not loaded; the message says what to add to the query.
    #[track_caller]
    pub fn row(&self) -> Option<&M> {
        expected(self.loaded())
    }

    /// Sets the row, in a session: the next flush writes it. The reference of the previous row becomes NULL, or that row is
    /// deleted with `#[field(orphans = delete)]`; if neither is possible, the flush fails.
    pub fn set(&mut self, row: impl Into<Ref<M>>) {
        self.op(Op::Clear);
        self.op(Op::Add(row.into()));
    }

    /// Sets a new row, in a session, as [`set`](HasOne::set) does. The reference back is filled in.
    pub fn push(&mut self, new: M::New) {
        self.op(Op::Clear);
        self.op(Op::Push(new));
    }

    /// Removes the row, in a session, as [`set`](HasOne::set) does with the previous one.
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
