//! What relation fields hold: [`BelongsTo`], [`HasMany`], [`HasOne`], [`ManyToMany`]; and [`Ref`], a reference to a row.

mod belongs_to;
mod collections;
mod reference;
#[cfg(feature = "serde")]
mod serde;
mod stored_key;

pub use belongs_to::BelongsTo;
pub(crate) use belongs_to::LoadedRow;
pub use collections::{HasMany, HasOne, ManyToMany};
pub use reference::Ref;
pub(crate) use reference::elsewhere;
pub(crate) use stored_key::StoredKey;

use crate::model::slot::SlotId;
use aludel_engine::{Error, ErrorKind, Result};
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// What a relation field knows of the other side.
#[derive(Clone, Default)]
enum Loaded {
    /// Nothing, not even which field it is.
    #[default]
    Unnamed,
    /// Nothing but the field's name (`User::posts`), for the error when it is read. One pointer: most fields of most rows are
    /// not loaded, and each should be small.
    Not(&'static &'static str),
    /// The row exists outside its model's default scope; the field's name, or an empty one.
    OutOfScope(&'static &'static str),
    /// Rows, type-erased so that the compiler does not walk through all related models.
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

    /// The rows themselves, if nobody else shares them.
    fn into_rows<T: 'static>(self) -> std::result::Result<T, Loaded> {
        match self {
            Loaded::Rows(rows) => match Arc::try_unwrap(rows) {
                Ok(rows) => match rows.downcast() {
                    Ok(rows) => Ok(*rows),
                    Err(_) => Err(Loaded::Unnamed),
                },
                Err(shared) => Err(Loaded::Rows(shared)),
            },
            other => Err(other),
        }
    }

    /// Records that the row is out of scope.
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

/// The error for a reference to a row that the default scope of its model excludes.
#[cold]
pub(crate) fn out_of_scope(name: &str, target: &str) -> Error {
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
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum To {
    Key(StoredKey),
    Slot(SlotId),
}

#[track_caller]
fn expected<T>(loaded: Result<T>) -> T {
    match loaded {
        Ok(loaded) => loaded,
        Err(error) => panic!("{error}"),
    }
}

/// A value that several fields share, of a type that they know.
#[doc(hidden)]
pub struct Shared<T> {
    erased: Arc<Box<dyn Any + Send + Sync>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Shared<T> {
    fn erased(&self) -> &Arc<Box<dyn Any + Send + Sync>> {
        &self.erased
    }
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// Makes a row that can be put into others.
    pub fn new(value: T) -> Shared<T> {
        Shared {
            erased: Arc::new(Box::new(value)),
            of: PhantomData,
        }
    }
}

/// Rows of the other side, and whether they are all of them.
#[doc(hidden)]
pub struct Rows<M> {
    pub(crate) rows: Vec<M>,
    pub(crate) whole: bool,
}
