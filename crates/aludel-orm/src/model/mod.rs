//! [`Model`]: a struct whose values are rows. Its verbs are [`Objects`](crate::Objects).
//!
//! What a model is made of is one room, since each part needs the others: a model has [columns](column) over
//! [paths](path) and [relations](relation) to other models, its [metadata](meta) describes them, its rows and drafts are
//! [fields](fields) with [values](values), and code that does not know its type has it as [any] model.

pub(crate) mod any;
pub(crate) mod assignment;
pub mod column;
pub(crate) mod draft;
pub mod embedded;
pub(crate) mod fields;
pub mod meta;
pub mod path;
pub mod polymorphic;
pub mod relation;
pub(crate) mod row_hooks;
pub(crate) mod slot;
pub mod validate;
pub(crate) mod values;
pub mod variants;

use crate::model::any::{AnyDraft, AnyRow};
use crate::model::column::ColumnSet;
use crate::model::meta::{KeyType, ModelMeta};
use crate::model::path::{Path, Root};
use crate::model::row_hooks::Moment;
use aludel_engine::{Executor, Result};
use aludel_sql::Value;
use aludel_sql::row::FromRow;
use aludel_sql::types::PrimaryKey;
use std::future::Future;

/// A struct whose values are rows of a table: `#[derive(Model)]`. A value stands for a row that exists.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "derive it: `#[derive(Model)] struct {Self} {{ pub id: i64, … }}`"
)]
pub trait Model: AnyRow + FromRow + Sized {
    /// The primary key's type.
    type Key: PrimaryKey;
    /// The columns and relations over a path.
    type Columns<Q: Path>: ColumnSet;
    /// The draft of a new row.
    type New: NewModel<Model = Self>;
    /// The changes of a row.
    type Patch: PatchModel<Model = Self>;
    /// Whether every row is in the default scope: `Always` for a model without scope or soft delete. Over a relation to a
    /// model with a scope, every column is an `Option`.
    type InScope: crate::model::path::Nullability;
    /// The struct's name.
    const NAME: &'static str;
    /// The columns of the primary key.
    const KEY_COLUMNS: &'static [&'static str];
    /// The model's metadata.
    fn meta() -> &'static ModelMeta;
    /// Makes the metadata.
    #[doc(hidden)]
    fn describe() -> ModelMeta;
    /// The types of the primary key's columns, if the model says more about them than their Rust types do.
    #[doc(hidden)]
    fn key_types() -> Vec<KeyType> {
        KeyType::all_of::<Self::Key>()
    }
    /// The row's primary key.
    fn key(&self) -> Self::Key;
    /// A copy of the columns; no relation is loaded in it.
    #[doc(hidden)]
    fn copy_columns(&self) -> Self;

    /// Whether the model has hooks of its own.
    #[doc(hidden)]
    const HOOKED: bool = false;
    /// Calls the model's own hooks.
    #[doc(hidden)]
    fn on(moment: Moment<'_, Self>) -> Result<()> {
        let _ = moment;
        Ok(())
    }

    /// The values of all columns, in order.
    fn to_values(&self) -> Vec<Value> {
        let mut values = crate::model::values::Values::default();
        self.write_values(&mut values);
        values.values
    }

    /// The columns and relations, for models that do not have them as consts.
    fn columns() -> &'static Self::Columns<Root<Self>> {
        ColumnSet::REF
    }

    /// The row as its own model: for an enum of models, that of its variant.
    #[doc(hidden)]
    fn any_own(&self) -> &dyn AnyRow {
        self
    }
    /// The same, to be changed.
    #[doc(hidden)]
    fn any_own_mut(&mut self) -> &mut dyn AnyRow {
        self
    }
}

/// A new row to insert: the columns that a caller may give. The derive makes one for each model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row",
    label = "not a new row",
    note = "new rows are of the type that the derive makes: `New{Self} {{ .. }}`",
    note = "a session reads a row that exists by `session.get::<{Self}>(key)`, and takes one over by `session.merge(row)`"
)]
pub trait NewModel: AnyDraft + Clone {
    /// The model.
    type Model: Model<New = Self>;

    /// Writes the values of all columns of the model, in order; `None` leaves one to the database.
    #[doc(hidden)]
    fn write(self, row: &mut crate::model::values::NewRow);
    /// Whether [`read`](NewModel::read) is supported.
    #[doc(hidden)]
    const READS: bool = false;
    /// Rebuilds it from the values that `write` wrote; its references lead to keys.
    #[doc(hidden)]
    fn read(values: &mut crate::model::draft::Written<'_>) -> crate::model::values::Decoded<Self> {
        let _ = values;
        Err(crate::model::draft::unreadable_draft(Self::Model::NAME))
    }

    /// Inserts it, and returns the row with everything the database filled in.
    ///
    /// # Errors
    /// Constraint violations, and any database error.
    fn insert(self, db: &dyn Executor) -> impl Future<Output = Result<Self::Model>> + Send;
}

/// The changes of a row: every column is optional. The derive makes one for each model.
pub trait PatchModel: Sized + Send {
    /// The model.
    type Model: Model<Patch = Self>;

    /// Positions of columns with their new values.
    fn into_changes(self) -> Vec<(usize, Value)>;
}
