//! [`AnyDraft`]: a new row of any model, for code that does not know the model's type.

use crate::hooks::{Moment, run};
use crate::model::NewModel;
use crate::private::NewRow;
use crate::session::Reference;
use aludel_engine::{Database, Result};

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
