//! [`AnyRow`]: a row of any model.
//!
//! Saving, patching and deleting are the same for every model: they are compiled once, and each model adds the few functions
//! below.

use super::AnyModel;
use crate::model::meta::ModelMeta;
use crate::model::row_hooks::{AnySubject, When};
use crate::model::slot::Reference;
use crate::model::values::{Taken, Values};
use crate::read::unreadable;
use aludel_engine::{Database, Result};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
use std::any::Any;

/// A row of a model: what needs its type. Everything else is below, for the trait object.
#[doc(hidden)]
pub trait AnyRow: Any + Send + Sync {
    /// The model's metadata.
    fn any_meta(&self) -> &'static ModelMeta;
    /// The values of the primary key.
    fn any_key_values(&self) -> Vec<Value>;
    /// Writes the values of all columns, in order.
    fn write_values(&self, values: &mut Values);
    /// The reference of that name.
    fn reference(&mut self, _relation: &str) -> Option<&mut dyn Reference> {
        None
    }
    /// Takes the rows that were added to relations and removed from them.
    fn take_collections(&mut self, _taken: &mut Taken) {}
    /// Exchanges this row with another of the same model. Returns whether it is of the same model.
    fn any_swap(&mut self, other: &mut dyn Any, part: Part) -> bool;
}

/// What of a row is exchanged.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    All,
    /// Its columns; the rows that were loaded into its lists stay.
    Columns,
}

impl dyn AnyRow {
    pub(crate) fn meta(&self) -> &'static ModelMeta {
        self.any_meta()
    }

    /// The values of the primary key.
    pub(crate) fn key_values(&self) -> Vec<Value> {
        self.any_key_values()
    }

    /// The values of all columns, with the pending changes of its collections.
    pub(crate) fn bound(&self) -> Values {
        let mut values = Values::default();
        self.write_values(&mut values);
        values
    }

    /// Takes the pending changes of its collections.
    pub(crate) fn collections(&mut self) -> Taken {
        let mut taken = Taken::default();
        self.take_collections(&mut taken);
        taken
    }

    /// The values of all columns.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.bound().values
    }

    /// The model of the row.
    pub(crate) fn model(&self) -> &'static AnyModel {
        self.meta().any()
    }

    pub(crate) fn is_hooked(&self, db: &Database) -> bool {
        self.model().hooks.are_called(db)
    }

    /// Calls the hooks of a moment.
    pub(crate) fn call(&self, when: When, db: &Database) -> Result<()> {
        self.model().hooks.run(db, when, AnySubject::Shared(self))
    }

    /// Calls the hooks before an update, which may change the row.
    pub(crate) fn before_update(&mut self, db: &Database) -> Result<()> {
        let hooks = &self.model().hooks;
        hooks.run(db, When::BeforeUpdate, AnySubject::Mutable(self))
    }

    /// Another row of the same model.
    pub(crate) fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        self.model().read(values)
    }

    /// Replaces this row with another of the same model.
    pub(crate) fn replace(&mut self, mut other: Box<dyn AnyRow>) -> bool {
        self.any_swap(&mut *other, Part::All)
    }

    /// Takes the columns of what the database stores. Rows that were loaded stay.
    pub(crate) fn adopt(&mut self, mut stored: Box<dyn AnyRow>) -> bool {
        let mut loaded = Vec::new();
        for relation in &self.meta().relations {
            let reference = self.reference(relation.name);
            if let Some(row) = reference.and_then(|reference| reference.take_loaded()) {
                loaded.push((relation.name, row));
            }
        }
        let is_there = self.any_swap(&mut *stored, Part::Columns);
        for (relation, row) in loaded {
            if let Some(reference) = self.reference(relation) {
                reference.put_loaded(row);
            }
        }
        is_there
    }

    /// The same, from values.
    pub(crate) fn adopt_values(&mut self, values: &[Value]) -> Result<()> {
        let row = self.read(values).map_err(unreadable)?;
        self.adopt(row);
        Ok(())
    }
}
