//! [`AnyRow`]: a row of any model, for code that does not know the model's type.
//!
//! Saving, patching and deleting are the same for every model: they are compiled once, and each model adds the few functions
//! below.

use crate::hooks::{Moment, is_hooked, run};
use crate::meta::ModelMeta;
use crate::model::{Model, read_values};
use crate::private::{Taken, Values};
use crate::session::Reference;
use aludel_engine::command::{Only, Sink};
use aludel_engine::{Database, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, Row, ValueCells};
use aludel_sql::types::PrimaryKey;
use std::any::Any;

/// When the hooks of a row are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    AfterInsert,
    AfterUpdate,
    BeforeDelete,
    AfterDelete,
}

/// A row of a model.
pub(crate) trait AnyRow: Send + Sync {
    fn meta(&self) -> &'static ModelMeta;
    /// The values of all columns.
    fn values(&self) -> Vec<Value>;
    /// The same, with the pending changes of its collections.
    fn bound(&self) -> Values;
    fn key_values(&self) -> Vec<Value>;
    fn is_hooked(&self, db: &Database) -> bool;
    /// Calls the hooks of a moment.
    fn call(&self, when: When, db: &Database) -> Result<()>;
    /// Calls the hooks before an update, which may change the row.
    fn before_update(&mut self, db: &Database) -> Result<()>;
    /// The reference of that name.
    fn reference_named(&mut self, relation: &str) -> Option<&mut dyn Reference>;
    /// Takes the pending changes of its collections.
    fn collections(&mut self) -> Taken;
    /// Another row of the same model.
    fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError>;
    /// A sink that reads a row of the same model from a statement.
    fn sink(&self) -> Box<dyn Sink>;
    /// The row in such a sink.
    fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>>;
    /// Replaces this row with another of the same model.
    fn take(&mut self, other: Box<dyn AnyRow>);
    /// The row itself, to get it back from a box.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
    /// Replaces this row with the one in the sink; `false` if there is none.
    fn replace(&mut self, sink: Box<dyn Sink>) -> bool;
    /// Takes the columns of the row in the sink, and keeps the rows that were loaded; `false` if there is none.
    fn adopt(&mut self, sink: Box<dyn Sink>) -> bool;
    /// The same, from values.
    fn adopt_values(&mut self, values: &[Value]) -> Result<()>;
}

impl<M: Model> AnyRow for M {
    fn meta(&self) -> &'static ModelMeta {
        M::meta()
    }
    fn values(&self) -> Vec<Value> {
        self.to_values()
    }
    fn bound(&self) -> Values {
        let mut values = Values::default();
        self.write_values(&mut values);
        values
    }
    fn key_values(&self) -> Vec<Value> {
        self.key().into_values()
    }
    fn is_hooked(&self, db: &Database) -> bool {
        is_hooked::<M>(db)
    }
    fn call(&self, when: When, db: &Database) -> Result<()> {
        run(
            db,
            match when {
                When::AfterInsert => Moment::AfterInsert(self),
                When::AfterUpdate => Moment::AfterUpdate(self),
                When::BeforeDelete => Moment::BeforeDelete(self),
                When::AfterDelete => Moment::AfterDelete(self),
            },
        )
    }
    fn before_update(&mut self, db: &Database) -> Result<()> {
        run(db, Moment::BeforeUpdate(self))
    }
    fn reference_named(&mut self, relation: &str) -> Option<&mut dyn Reference> {
        self.reference(relation)
    }
    fn collections(&mut self) -> Taken {
        let mut taken = Taken::default();
        self.take_collections(&mut taken);
        taken
    }
    fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        let row = M::from_row(&mut Row::new(&mut ValueCells(values)))?;
        Ok(Box::new(row))
    }
    fn sink(&self) -> Box<dyn Sink> {
        row_sink::<M>()
    }
    fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>> {
        Some(Box::new(row_in::<M>(sink)?))
    }
    fn take(&mut self, other: Box<dyn AnyRow>) {
        if let Ok(other) = other.into_any().downcast::<M>() {
            *self = *other;
        }
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
    fn replace(&mut self, sink: Box<dyn Sink>) -> bool {
        row_in(sink).map(|row| *self = row).is_some()
    }
    fn adopt(&mut self, sink: Box<dyn Sink>) -> bool {
        row_in(sink).map(|row| adopt(self, row)).is_some()
    }
    fn adopt_values(&mut self, values: &[Value]) -> Result<()> {
        adopt(self, read_values(values)?);
        Ok(())
    }
}

/// A sink that reads one row of a model from a statement.
pub(crate) fn row_sink<M: Model>() -> Box<dyn Sink> {
    Box::new(Only::<M>::one())
}

/// The row in such a sink.
pub(crate) fn row_in<M: Model>(sink: Box<dyn Sink>) -> Option<M> {
    sink.into_any().downcast::<Only<M>>().ok()?.row
}

/// Updates a row in memory to what the database stores. Rows that were loaded into it stay.
pub(crate) fn adopt<M: Model>(row: &mut M, mut stored: M) {
    for relation in &M::meta().relations {
        let loaded = row.reference(relation.name);
        if let Some(loaded) = loaded.and_then(|reference| reference.take_loaded())
            && let Some(reference) = stored.reference(relation.name)
        {
            reference.put_loaded(loaded);
        }
    }
    row.take_columns(stored);
}
