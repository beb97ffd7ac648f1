//! [`AnyModel`]: a model, for code that has only its metadata.

use super::{AnyDraft, AnyRow, AnyRows, row_sink};
use crate::identity_map::{AnyIdentityMap, identity_map_of};
use crate::model::draft::{Written, outside, unreadable};
use crate::model::meta::ModelMeta;
use crate::model::row_hooks::RowHooks;
use crate::model::values::Decoded;
use crate::model::{Model, NewModel};
use aludel_engine::Result;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::RowList;
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, Row, ValueCells};
use std::any::TypeId;
use std::fmt;

/// A new row: the values of all its columns, and which of them were given.
pub(crate) struct NewValues {
    pub(crate) values: Vec<Value>,
    pub(crate) given: Vec<bool>,
    /// What drafts can't express: a key that the database would number, and NULL where there is a default.
    pub(crate) extra: Vec<(usize, Value)>,
}

/// A model, for code that has only its metadata: the functions that need its type.
#[doc(hidden)]
pub struct AnyModel {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
    meta: fn() -> &'static ModelMeta,
    pub(crate) hooks: RowHooks,
    pub(crate) keys: fn() -> Box<dyn AnyIdentityMap>,
    pub(crate) row: RowFn,
    /// An empty list of the model's type.
    pub(crate) list: fn() -> Box<dyn RowList>,
    /// Makes a draft of values; `None` if the model's drafts can't be made of values.
    pub(crate) draft: Option<DraftFn>,
}

type RowFn = fn(&mut Row<'_>) -> Decoded<Box<dyn AnyRow>>;
type DraftFn = fn(&mut Written<'_>) -> Decoded<Box<dyn AnyDraft>>;

impl AnyModel {
    pub(crate) fn meta(&self) -> &'static ModelMeta {
        (self.meta)()
    }

    /// A row with these values.
    pub(crate) fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        (self.row)(&mut Row::new(&mut ValueCells(values)))
    }

    /// A sink for one row.
    pub(crate) fn sink(&'static self) -> Box<dyn Sink> {
        row_sink(Box::new(AnyRows::new(self)))
    }

    /// A draft of values that came from outside.
    ///
    /// # Errors
    /// [`aludel_engine::ErrorKind::Validation`] with the first field whose type does not accept its value; a model whose drafts
    /// can't be made of values.
    pub(crate) fn outside_draft(&self, row: &NewValues) -> Result<Box<dyn AnyDraft>> {
        match self.draft {
            Some(draft) => outside(self.meta(), &row.values, &row.given, draft),
            None => Err(unreadable(self.name)),
        }
    }
}

impl fmt::Debug for AnyModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnyModel({})", self.name)
    }
}

/// The functions behind an [`AnyModel`]. They are in traits whose `Self` is the model or its draft: the compiler puts them beside
/// it.
#[doc(hidden)]
pub trait AsAnyModel: Model {
    #[doc(hidden)]
    const ANY: &'static AnyModel = &AnyModel {
        id: TypeId::of::<Self>(),
        name: Self::NAME,
        meta: Self::meta,
        hooks: RowHooks::of::<Self>(),
        keys: identity_map_of::<Self::Key>,
        row: Self::any_row,
        list: Self::any_list,
        draft: match <Self::New as NewModel>::READS {
            true => Some(Self::New::any_draft),
            false => None,
        },
    };

    #[doc(hidden)]
    fn any_list() -> Box<dyn RowList> {
        Box::new(Vec::<Self>::new())
    }

    #[doc(hidden)]
    fn any_row(row: &mut Row<'_>) -> Decoded<Box<dyn AnyRow>> {
        match Self::from_row(row) {
            Ok(row) => Ok(Box::new(row)),
            Err(error) => Err(error),
        }
    }
}

impl<M: Model> AsAnyModel for M {}

trait AsAnyDraft: NewModel {
    fn any_draft(values: &mut Written<'_>) -> Decoded<Box<dyn AnyDraft>> {
        match Self::read(values) {
            Ok(draft) => Ok(Box::new(draft)),
            Err(error) => Err(error),
        }
    }
}

impl<N: NewModel> AsAnyDraft for N {}

/// Names one row of several, for errors.
pub(crate) fn numbered(meta: &ModelMeta, n: usize) -> String {
    format!("{} (number {} of those inserted)", meta.name, n + 1)
}
