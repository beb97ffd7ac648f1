//! References of rows and of drafts, without their types: `BelongsTo`, `Ref`, and both in an `Option`.

use super::key::SlotId;
use crate::model::Model;
use crate::model::embedded::Embedded;
use crate::model::fields::{BelongsTo, LoadedRow, Ref, StoredKey, To};
use crate::model::polymorphic::Unflushed;
use crate::model::relation::KeyColumns;
use crate::read::read_values;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::types::PrimaryKey;

/// What a reference leads to.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq)]
pub struct Pointer(pub(crate) At);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum At {
    Nothing,
    Slot(SlotId),
    Key(Vec<Value>),
    /// A slot of one of several models.
    Kind(Unflushed),
}

impl At {
    /// Whether it leads to a slot, whose key may not be known yet.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self, At::Slot(_) | At::Kind(_))
    }
}

/// A reference, whatever it refers to.
#[doc(hidden)]
pub trait Reference {
    #[doc(hidden)]
    fn pointer(&self) -> Pointer;
    #[doc(hidden)]
    fn point(&mut self, to: Pointer) -> Result<()>;
    /// Takes out the loaded target row.
    #[doc(hidden)]
    fn take_loaded(&mut self) -> Option<LoadedRow> {
        None
    }
    /// Puts in the loaded target row.
    #[doc(hidden)]
    fn put_loaded(&mut self, row: LoadedRow) {
        let _ = row;
    }
}

fn pointer(to: Option<&To>) -> Pointer {
    Pointer(match to {
        None => At::Nothing,
        Some(To::Slot(slot)) => At::Slot(*slot),
        Some(To::Key(key)) => At::Key(key.clone().into_values()),
    })
}

fn to<K: PrimaryKey>(pointer: Pointer) -> Result<Option<To>> {
    Ok(match pointer.0 {
        At::Nothing | At::Kind(_) => None,
        At::Slot(slot) => Some(To::Slot(slot)),
        At::Key(values) => Some(To::Key(StoredKey::of(read_values::<K>(&values)?))),
    })
}

impl<M: Model, C: KeyColumns<M>> Reference for Ref<M, C> {
    fn pointer(&self) -> Pointer {
        pointer(self.target())
    }
    fn point(&mut self, at: Pointer) -> Result<()> {
        *self = Ref::from_target(to::<C::Key>(at)?);
        Ok(())
    }
}

impl<M: Model, C: KeyColumns<M>> Reference for Option<Ref<M, C>> {
    fn pointer(&self) -> Pointer {
        pointer(self.as_ref().and_then(Ref::target))
    }
    fn point(&mut self, at: Pointer) -> Result<()> {
        *self = to::<C::Key>(at)?.map(|to| Ref::from_target(Some(to)));
        Ok(())
    }
}

impl<M: Model, C: KeyColumns<M>> Reference for BelongsTo<M, C> {
    fn pointer(&self) -> Pointer {
        pointer(Some(self.target()))
    }
    fn point(&mut self, at: Pointer) -> Result<()> {
        match to::<C::Key>(at)? {
            Some(to) => self.lead(to),
            None => {
                return Err(Error::session_state(format!(
                    "a row that must belong to a {} can't belong to none",
                    M::NAME
                )));
            }
        }
        Ok(())
    }
    fn take_loaded(&mut self) -> Option<LoadedRow> {
        Some(self.unload())
    }
    fn put_loaded(&mut self, row: LoadedRow) {
        self.keep(row);
    }
}

impl<M: Model, C: KeyColumns<M>> Reference for Option<BelongsTo<M, C>> {
    fn pointer(&self) -> Pointer {
        pointer(self.as_ref().map(BelongsTo::target))
    }
    fn point(&mut self, at: Pointer) -> Result<()> {
        *self = to::<C::Key>(at)?.map(BelongsTo::to);
        Ok(())
    }
    fn take_loaded(&mut self) -> Option<LoadedRow> {
        self.as_mut().map(BelongsTo::unload)
    }
    fn put_loaded(&mut self, row: LoadedRow) {
        if let Some(reference) = self {
            reference.keep(row);
        }
    }
}

/// A polymorphic reference; other embedded structs lead nowhere.
impl<E: Embedded> Reference for E {
    fn pointer(&self) -> Pointer {
        self.leads_to()
    }
    fn point(&mut self, to: Pointer) -> Result<()> {
        match E::leading_to(to) {
            Some(led) => *self = led,
            None => {
                return Err(Error::session_state(
                    "a reference that is required can't lead to nothing; make it an `Option`",
                ));
            }
        }
        Ok(())
    }
}
