//! What an INSERT of many does with rows that already exist.

use super::many::InsertMany;
use crate::fit::pad_assigned;
use crate::model::Model;
use crate::model::assignment::Assignments;
use crate::model::meta::ModelMeta;
use crate::query::{Computed, refuse_own, touch};
use aludel_sql::expr::{Expr, Name, Node, Operand};
use aludel_sql::statement::{self, Conflict, ConflictAction};

/// In an upsert, the value that the insert had for a column: `excluded(Tag::name)`.
pub fn excluded<M: Model, T>(column: impl Operand<Scope = M, Type = T>) -> Expr<M, T> {
    match column.into_operand() {
        Node::Root(name) => Expr::from_node(Node::Excluded(name)),
        other => Expr::from_node(other),
    }
}

/// The columns that an upsert sets to expressions.
pub(super) fn computed(meta: &'static ModelMeta, conflict: Option<&Conflict>) -> Computed {
    match conflict.map(|conflict| &conflict.action) {
        Some(ConflictAction::Update(assignments)) => Computed::assigned(meta, assignments),
        _ => Computed::default(),
    }
}

/// What to do with rows that already exist (ON CONFLICT).
pub struct OnConflict<'a, M: Model> {
    insert: InsertMany<'a, M>,
    columns: Vec<Name>,
}

impl<'a, M: Model> OnConflict<'a, M> {
    pub(super) fn new(insert: InsertMany<'a, M>, columns: Vec<Name>) -> OnConflict<'a, M> {
        OnConflict { insert, columns }
    }

    /// Leaves them as they are (DO NOTHING).
    #[must_use]
    pub fn do_nothing(self) -> InsertMany<'a, M> {
        self.with(ConflictAction::Nothing)
    }

    /// Updates them (DO UPDATE); [`excluded`] is the value that the insert had. As in every write, the version is incremented
    /// and the time of the last change is set. A key that several rows give is an error, unless
    /// [`last_wins`](InsertMany::last_wins).
    #[must_use]
    pub fn do_update(self, assignments: impl Assignments<M>) -> InsertMany<'a, M> {
        let mut assignments: Vec<statement::Assignment> = assignments.into_list();
        refuse_own(M::meta(), &mut assignments);
        pad_assigned(M::meta(), &mut assignments);
        if !assignments.is_empty() {
            touch(M::meta(), &mut assignments);
        }
        self.with(ConflictAction::Update(assignments))
    }

    fn with(mut self, action: ConflictAction) -> InsertMany<'a, M> {
        self.insert.conflict = Some(Conflict {
            columns: self.columns,
            action,
        });
        self.insert
    }
}
