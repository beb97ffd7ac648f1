//! [`AnyRow`] and [`AnyDraft`]: a row of any model, and a new one, for code that does not know the model's type.
//!
//! Saving, patching and deleting are the same for every model: they are compiled once, and each model adds the few functions
//! below.

use crate::dynamic::AnyModel;
use crate::hooks::{Moment, has_hooks, run};
use crate::meta::ModelMeta;
use crate::model::{Model, NewModel, unreadable};
use crate::session::Reference;
use crate::values::{NewRow, Taken, Values};
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::{Gathered, Reading, RowList, taken};
use aludel_engine::{Database, Result};
use aludel_sql::Value;
use aludel_sql::row::DecodeError;
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

/// A row of a model: what needs its type. Everything else is below, for the trait object.
pub(crate) trait AnyRow: Any + Send + Sync {
    fn meta(&self) -> &'static ModelMeta;
    /// The values of all columns, with the pending changes of its collections.
    fn bound(&self) -> Values;
    fn key_values(&self) -> Vec<Value>;
    /// Calls the hooks of a moment.
    fn call(&self, when: When, db: &Database) -> Result<()>;
    /// Calls the hooks before an update, which may change the row.
    fn before_update(&mut self, db: &Database) -> Result<()>;
    /// The reference of that name.
    fn reference_named(&mut self, relation: &str) -> Option<&mut dyn Reference>;
    /// Takes the pending changes of its collections.
    fn collections(&mut self) -> Taken;
    /// Replaces this row with another of the same model, or with the last of a list: all of it, or its columns alone.
    /// Returns whether there was one.
    fn take(&mut self, other: Box<dyn Any>, part: Part) -> bool;
}

/// What of a row is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    All,
    Columns,
}

impl<M: Model> AnyRow for M {
    fn meta(&self) -> &'static ModelMeta {
        M::meta()
    }
    fn bound(&self) -> Values {
        let mut values = Values::default();
        self.write_values(&mut values);
        values
    }
    fn key_values(&self) -> Vec<Value> {
        self.key().into_values()
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
    fn take(&mut self, other: Box<dyn Any>, part: Part) -> bool {
        let mut other = other;
        let other = match other.downcast_mut::<Vec<M>>() {
            Some(rows) => rows.pop(),
            None => match other.downcast::<M>() {
                Ok(row) => Some(*row),
                Err(_) => None,
            },
        };
        match (other, part) {
            (Some(other), Part::All) => *self = other,
            (Some(other), Part::Columns) => self.take_columns(other),
            (None, _) => return false,
        }
        true
    }
}

impl dyn AnyRow {
    /// The values of all columns.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.bound().values
    }

    pub(crate) fn is_hooked(&self, db: &Database) -> bool {
        self.meta().hooked || has_hooks(db)
    }

    fn model(&self) -> &'static AnyModel {
        match self.meta().verbs {
            Some(verbs) => verbs,
            None => unreachable!("every model has its verbs in its metadata"),
        }
    }

    /// Another row of the same model.
    pub(crate) fn read(&self, values: &[Value]) -> Result<Box<dyn AnyRow>, DecodeError> {
        self.model().read(values)
    }

    /// A sink that reads a row of the same model from a statement.
    pub(crate) fn sink(&self) -> Box<dyn Sink> {
        self.model().sink()
    }

    /// The row in such a sink.
    pub(crate) fn row_in(&self, sink: Box<dyn Sink>) -> Option<Box<dyn AnyRow>> {
        self.model().row_in(sink)
    }

    /// Replaces this row with the one in the sink; `false` if there is none.
    pub(crate) fn replace(&mut self, sink: Box<dyn Sink>) -> bool {
        match rows_in(sink) {
            Some(rows) => self.take(rows, Part::All),
            None => false,
        }
    }

    /// Takes the columns of the row in the sink, and keeps the rows that were loaded; `false` if there is none.
    pub(crate) fn adopt(&mut self, sink: Box<dyn Sink>) -> bool {
        match rows_in(sink) {
            Some(rows) => self.adopt_any(rows),
            None => false,
        }
    }

    /// The same, from values.
    pub(crate) fn adopt_values(&mut self, values: &[Value]) -> Result<()> {
        let row = self.read(values).map_err(unreadable)?;
        self.adopt_any(row);
        Ok(())
    }

    /// Updates a row in memory to what the database stores. Rows that were loaded into it stay.
    fn adopt_any(&mut self, stored: Box<dyn Any>) -> bool {
        let mut loaded = Vec::new();
        for relation in &self.meta().relations {
            let reference = self.reference_named(relation.name);
            if let Some(row) = reference.and_then(|reference| reference.take_loaded()) {
                loaded.push((relation.name, row));
            }
        }
        let is_there = self.take(stored, Part::Columns);
        for (relation, row) in loaded {
            if let Some(reference) = self.reference_named(relation) {
                reference.put_loaded(row);
            }
        }
        is_there
    }
}

/// A draft of a model.
pub(crate) trait AnyDraft: Send + Sync {
    /// Adds a copy of its values.
    fn copy_to(&self, rows: &mut NewRow);
    /// The reference of that name.
    fn reference_named(&mut self, relation: &str) -> Option<&mut dyn Reference>;
    /// Calls the hooks before its insert, which may change it.
    fn before_insert(&mut self, db: &Database) -> Result<()>;
}

impl<N: NewModel> AnyDraft for N {
    fn copy_to(&self, rows: &mut NewRow) {
        self.clone().write(rows);
    }
    fn reference_named(&mut self, relation: &str) -> Option<&mut dyn Reference> {
        self.reference(relation)
    }
    fn before_insert(&mut self, db: &Database) -> Result<()> {
        run::<N::Model>(db, Moment::BeforeInsert(self))
    }
}

/// A sink that reads one row from a statement.
pub(crate) fn row_sink(rows: Box<dyn RowList>) -> Box<dyn Sink> {
    Box::new(Gathered::new(rows, Reading::ONE))
}

/// The row in such a sink.
pub(crate) fn row_in<M: Model>(sink: Box<dyn Sink>) -> Option<M> {
    match taken::<Vec<M>>(rows_in(sink)?) {
        Some(mut rows) => rows.pop(),
        None => None,
    }
}

/// The rows in a sink that gathers them.
pub(crate) fn rows_in(sink: Box<dyn Sink>) -> Option<Box<dyn RowList>> {
    let gather = sink.into_any().downcast::<Gathered>();
    Some(gather.ok()?.rows)
}
