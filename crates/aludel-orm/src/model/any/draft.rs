//! [`AnyDraft`]: a new row of any model, before it is inserted.

use super::AnyModel;
use crate::model::row_hooks::{AnySubject, When};
use crate::model::slot::Reference;
use crate::model::values::NewRow;
use aludel_engine::{Database, Result};
use std::any::Any;

/// A draft of a model: what needs its type.
#[doc(hidden)]
pub trait AnyDraft: Any + Send + Sync {
    /// Writes a copy of its values.
    fn write_copy(&self, row: &mut NewRow);
    /// The reference of that name.
    fn reference(&mut self, _relation: &str) -> Option<&mut dyn Reference> {
        None
    }
}

impl dyn AnyDraft {
    /// Calls the hooks before its insert, which may change it.
    pub(crate) fn before_insert(&mut self, model: &AnyModel, db: &Database) -> Result<()> {
        let subject = AnySubject::Mutable(self);
        model.hooks.run(db, When::BeforeInsert, subject)
    }
}
