//! [`DynObject`]: a row with the rows that are related to it.

use aludel_engine::{DynRow, Error, ErrorKind, Result};
use aludel_sql::Value;
use std::sync::Arc;

/// A row as names and values, with the related rows that were loaded: read by
/// [`DynQueryWith`](super::DynQueryWith). A row that several others belong to is stored once.
#[derive(Debug, Clone, PartialEq)]
pub struct DynObject {
    row: DynRow,
    model: &'static str,
    one: Vec<(&'static str, One)>,
    many: Vec<(&'static str, Arc<[DynObject]>)>,
}

/// The target of a to-one relation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum One {
    Row(Arc<DynObject>),
    None,
    /// A row that exists outside the default scope of its model; the model's name.
    OutOfScope(&'static str),
}

impl DynObject {
    pub(super) fn new(row: DynRow, model: &'static str) -> DynObject {
        DynObject {
            row,
            model,
            one: Vec::new(),
            many: Vec::new(),
        }
    }

    pub(super) fn put_one(&mut self, relation: &'static str, one: One) {
        self.one.push((relation, one));
    }

    pub(super) fn put_many(&mut self, relation: &'static str, objects: Arc<[DynObject]>) {
        self.many.push((relation, objects));
    }

    /// The name of its model.
    pub fn model(&self) -> &'static str {
        self.model
    }

    /// Its own columns.
    pub fn row(&self) -> &DynRow {
        &self.row
    }

    /// Its own columns, without related rows.
    pub fn into_row(self) -> DynRow {
        self.row
    }

    /// The value of one of its own columns.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.row.get(name)
    }

    /// The row that a to-one relation leads to; `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfScope`] if the row exists but the default scope of its model excludes it; a relation that was not
    /// loaded, or that leads to many rows.
    pub fn one(&self, relation: &str) -> Result<Option<&DynObject>> {
        match self.one.iter().find(|(name, _)| *name == relation) {
            Some((_, One::Row(object))) => Ok(Some(object)),
            Some((_, One::None)) => Ok(None),
            Some((_, One::OutOfScope(target))) => Err(Error::new(
                ErrorKind::OutOfScope,
                format!(
                    "{}::{relation} refers to a {target} that is out of the default scope of its model (hidden, or marked as deleted); load it by .with_unscoped({relation:?}) to have it all the same",
                    self.model
                ),
            )),
            None => Err(self.not_loaded(relation)),
        }
    }

    /// The rows that a to-many relation leads to.
    ///
    /// # Errors
    /// A relation that was not loaded, or that leads to one row.
    pub fn many(&self, relation: &str) -> Result<&[DynObject]> {
        match self.many.iter().find(|(name, _)| *name == relation) {
            Some((_, objects)) => Ok(objects),
            None => Err(self.not_loaded(relation)),
        }
    }

    /// The names of the relations that were loaded.
    pub fn relations(&self) -> impl Iterator<Item = &'static str> + '_ {
        let one = self.one.iter().map(|(name, _)| *name);
        one.chain(self.many.iter().map(|(name, _)| *name))
    }

    fn not_loaded(&self, relation: &str) -> Error {
        let loaded: Vec<&str> = self.relations().collect();
        let loaded = match &loaded[..] {
            [] => "nothing".to_string(),
            some => some.join(", "),
        };
        Error::not_loaded(format!(
            "{}::{relation} was not loaded this way; add .with({relation:?}) to the query, and read to-one relations with one(..), others with many(..) (loaded: {loaded})",
            self.model
        ))
    }
}
