//! [`RelationBuilder`] and [`ReferenceBuilder`]: what a derive says of a reference.

use super::super::{OnDelete, PolymorphicMeta, RelationMeta};
use aludel_sql::expr::{IntoExpr, Node};
use aludel_sql::schema::{Action, Deferrability};

/// Describes a polymorphic reference.
pub struct ReferenceBuilder {
    pub(super) reference: PolymorphicMeta,
}

impl ReferenceBuilder {
    /// What a session does with the row when the other one is deleted.
    #[must_use]
    pub fn on_delete(mut self, action: Action) -> Self {
        self.reference.on_delete = action;
        self
    }

    /// Rows that refer to another protect it from being deleted.
    #[must_use]
    pub fn protect(mut self) -> Self {
        self.reference.on_delete = Action::Restrict;
        self.reference.on_delete_by = OnDelete::Protect;
        self
    }

    /// What a session does with the row when the other one gets another key.
    #[must_use]
    pub fn on_update(mut self, action: Action) -> Self {
        self.reference.on_update = action;
        self
    }
}

/// Describes a `BelongsTo`.
pub struct RelationBuilder {
    pub(super) relation: RelationMeta,
    pub(super) unique: bool,
    pub(super) primary_key: bool,
    pub(super) comment: Option<&'static str>,
    pub(super) collation: Option<&'static str>,
    pub(super) options: Option<&'static str>,
    pub(super) renamed_from: Option<&'static str>,
    pub(super) default: Option<Node>,
}

impl RelationBuilder {
    /// Nothing more to say.
    pub fn plain(self) -> Self {
        self
    }

    /// What the field, or its column, was called before.
    #[must_use]
    pub fn renamed_from(mut self, name: &'static str) -> Self {
        self.renamed_from = Some(name);
        self
    }

    /// What happens when the other row is deleted.
    #[must_use]
    pub fn on_delete(mut self, action: Action) -> Self {
        self.relation.on_delete = action;
        self
    }

    /// Rows that refer to another protect it from being deleted.
    #[must_use]
    pub fn protect(mut self) -> Self {
        self.relation.on_delete = Action::Restrict;
        self.relation.on_delete_by = OnDelete::Protect;
        self
    }

    /// What happens when the other row is deleted; only the database enforces it.
    #[must_use]
    pub fn on_delete_by_database(mut self, action: Action) -> Self {
        self.relation.on_delete = action;
        self.relation.on_delete_by = OnDelete::Database;
        self
    }

    /// What happens when the other row gets another key.
    #[must_use]
    pub fn on_update(mut self, action: Action) -> Self {
        self.relation.on_update = action;
        self
    }

    /// When the foreign key is checked.
    #[must_use]
    pub fn deferrable(mut self, when: Deferrability) -> Self {
        self.relation.deferrable = when;
        self
    }

    /// At most one row belongs to each other row.
    #[must_use]
    pub fn unique(mut self) -> Self {
        self.unique = true;
        self
    }

    /// Part of the primary key.
    #[must_use]
    pub fn primary_key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    /// The key that the database fills in, as `on_delete = set_default` does.
    #[must_use]
    pub fn default<T>(mut self, key: impl IntoExpr<(), T>) -> Self {
        self.default = Some(key.into_expr().plain());
        self
    }

    /// The collation of its texts.
    #[must_use]
    pub fn collation(mut self, name: &'static str) -> Self {
        self.collation = Some(name);
        self
    }

    /// Further options of the column, in the database's own SQL.
    #[must_use]
    pub fn options(mut self, text: &'static str) -> Self {
        self.options = Some(text);
        self
    }

    /// Its comment in the database.
    #[must_use]
    pub fn comment(mut self, comment: &'static str) -> Self {
        self.comment = Some(comment);
        self
    }
}
