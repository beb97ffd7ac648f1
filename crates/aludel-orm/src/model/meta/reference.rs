//! References of rows to others, of either sort: by a foreign key, or to one of several models.

use super::{ModelMeta, OnDelete, RelationKind, RelationMeta};
use crate::model::polymorphic::KindOf;
use aludel_sql::schema::Action;

/// A reference to rows of several models: an embedded field of two columns.
#[derive(Debug, Clone)]
pub struct PolymorphicMeta {
    /// The field.
    pub name: &'static str,
    /// The column that says which model it is.
    pub kind: String,
    /// The column of the row's key.
    pub id: String,
    /// The models.
    pub kinds: Vec<KindOf>,
    /// What a session does with the row when the other one is deleted.
    pub on_delete: Action,
    /// Whether such a row protects the other one.
    pub on_delete_by: OnDelete,
    /// What a session does with the row when the other one gets another key: `Cascade` follows, everything else prevents it.
    pub on_update: Action,
}

/// A model whose rows refer to a model's by a polymorphic reference.
#[derive(Debug, Clone)]
pub struct ReferredMeta {
    /// The model that has the reference.
    pub model: fn() -> &'static ModelMeta,
    /// The reference's column that says which model it is.
    pub column: String,
    /// The label of this model in that column.
    pub label: &'static str,
}

impl ReferredMeta {
    /// The reference by which that model's rows refer to these.
    pub fn reference(&self) -> Option<&'static PolymorphicMeta> {
        let mut references = (self.model)().polymorphic.iter();
        references.find(|known| known.kind == self.column)
    }
}

/// A reference of a model's rows.
pub(crate) enum Refers<'a> {
    /// By a foreign key.
    Key(&'a RelationMeta),
    /// To one of several models.
    Kind(&'a PolymorphicMeta),
}

impl Refers<'_> {
    /// The field.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Refers::Key(relation) => relation.name,
            Refers::Kind(reference) => reference.name,
        }
    }

    /// Positions of its columns.
    pub(crate) fn positions(&self, meta: &ModelMeta) -> Vec<usize> {
        match self {
            Refers::Key(relation) => meta.positions(relation),
            Refers::Kind(reference) => reference.positions(meta),
        }
    }
}

impl PolymorphicMeta {
    /// Positions of its columns: that of the kind, that of the key.
    pub(crate) fn positions(&self, meta: &ModelMeta) -> Vec<usize> {
        let at = |column: &String| meta.fields.iter().position(|field| field.column == *column);
        [&self.kind, &self.id].into_iter().filter_map(at).collect()
    }
}

impl ModelMeta {
    /// The references of its rows.
    pub(crate) fn references(&self) -> impl Iterator<Item = Refers<'_>> {
        let relations = self.relations.iter();
        let by_key = relations.filter(|relation| relation.kind == RelationKind::BelongsTo);
        let by_kind = self.polymorphic.iter().map(Refers::Kind);
        by_key.map(Refers::Key).chain(by_kind)
    }

    /// The polymorphic reference that has its key in this column.
    pub(crate) fn polymorphic_at(&self, column: usize) -> Option<&PolymorphicMeta> {
        let name = self.fields.get(column).map(|field| &field.column)?;
        self.polymorphic.iter().find(|known| known.id == *name)
    }
}
