//! Relations at the level of types: one marker type for each relation field.

use crate::model::Model;
use crate::model::embedded::Embedded;
use crate::model::fields::{Ref, Rows, Shared};
use crate::model::meta::{KeyType, RelationMeta};
use crate::model::path::Nullability;
use aludel_sql::types::PrimaryKey;
use std::any::TypeId;

/// A relation field of a model; the derive makes a marker type for each (`__Post_author` of `Post::author`), which errors
/// show but programs never name.
pub trait Relation: 'static {
    /// The model that has the field.
    type Owner: Model;
    /// The model it leads to.
    type Target: Model;
    /// The field's type.
    type Field: RelationField<Self::Target>;
    /// The field's name.
    const NAME: &'static str;
    /// The field in a row.
    fn field(row: &Self::Owner) -> &Self::Field;
    /// The field in a row, to load into.
    fn field_mut(row: &mut Self::Owner) -> &mut Self::Field;
    /// The key values that related rows have in common.
    type Tie: PrimaryKey;
    /// The key values that relate a row to others; `None` if it is related to none.
    fn owner_tie(row: &Self::Owner) -> Option<Self::Tie>;
    /// The same for a row of the other side, if it has them itself (not over a join table).
    fn target_tie(target: &Self::Target) -> Option<Self::Tie> {
        let _ = target;
        None
    }
    /// Sets the owner in a row of the other side (`HasMany`, `HasOne`).
    fn set_owner(target: &mut Self::Target, owner: &Shared<Self::Owner>) {
        let _ = (target, owner);
    }
    /// The marker of the field on the other side (`HasMany`, `HasOne`).
    fn inverse() -> Option<TypeId> {
        None
    }
}

/// What a relation field holds, and how loaded rows get into it.
pub trait RelationField<M>: Sized {
    /// Takes the row that was loaded for it (`BelongsTo`).
    fn put_one(&mut self, row: &Shared<M>) {
        let _ = row;
    }
    /// Records that the row exists and is out of its model's default scope (`BelongsTo`).
    fn put_out_of_scope(&mut self) {}
    /// Takes the rows that were loaded for it (all others).
    fn put_many(&mut self, rows: &Shared<Rows<M>>) {
        let _ = rows;
    }
    /// Sets the field's name (`User::posts`) for a query that does not load it, for errors when it is read.
    #[must_use]
    fn named(self, name: &'static &'static str) -> Self;
}

/// A relation field to other rows that have this row's key: in a session, rows are added to it and removed.
pub trait CollectionField {
    /// Takes what was added and removed since the last call.
    #[doc(hidden)]
    fn take_ops(&mut self) -> Option<Box<dyn crate::model::slot::AnyOps>>;
    /// Whether something was added or removed.
    #[doc(hidden)]
    fn has_ops(&self) -> bool;
}

/// A relation to at most one row.
pub trait ToOneRelation: Relation {
    /// Whether the row may be missing.
    type Nullability: Nullability;
    /// The columns of the other row by which it is referred to.
    type By: KeyColumns<Self::Target>;
}

/// Columns of a model by which others may refer to its rows: the primary key, or an alternate key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no key of `{M}`",
    label = "not a key of `{M}`",
    note = "`#[field(alternate_key)]` on the field `email` of `User` makes the key `UserEmail` (`alternate_key = Name`: `Name`)"
)]
pub trait KeyColumns<M: Model>: 'static {
    /// The key's type.
    type Key: PrimaryKey;
    /// The columns.
    const COLUMNS: &'static [&'static str];
    /// The columns, if they are not the primary key.
    const ALTERNATE: Option<&'static [&'static str]> = Some(Self::COLUMNS);
    /// The key of a row.
    fn key_of(row: &M) -> Self::Key;
    /// The types of its columns, which are those of the columns that refer to it.
    #[doc(hidden)]
    fn types() -> Vec<KeyType> {
        KeyType::all_of::<Self::Key>()
    }
}

/// The primary key of any model.
#[derive(Debug, Clone, Copy)]
pub struct Primary;

impl<M: Model> KeyColumns<M> for Primary {
    type Key = M::Key;
    const COLUMNS: &'static [&'static str] = M::KEY_COLUMNS;
    const ALTERNATE: Option<&'static [&'static str]> = None;
    #[inline]
    fn key_of(row: &M) -> M::Key {
        row.key()
    }
    fn types() -> Vec<KeyType> {
        M::key_types()
    }
}

/// A row of `M`, or its key by `C`: what a relation is compared with, as in `Post::author.eq(&ann)` and
/// `Post::author.eq(1)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a row of `{M}` nor its key",
    label = "not a `{M}`, and not the type of its key",
    note = "compare with a row (`&row`), a session's key, or a value of the key's type"
)]
pub trait RowOrKey<M: Model, C: KeyColumns<M>, How> {
    /// The reference to the row.
    fn into_reference(self) -> Ref<M, C>;
}

/// [`RowOrKey`] of a row, or of a reference to one.
pub struct ByRow;

/// [`RowOrKey`] of a key.
pub struct ByKey;

impl<M: Model, C: KeyColumns<M>, T: Into<Ref<M, C>>> RowOrKey<M, C, ByRow> for T {
    fn into_reference(self) -> Ref<M, C> {
        self.into()
    }
}

impl<M: Model, C: KeyColumns<M>, T: Into<C::Key>> RowOrKey<M, C, ByKey> for T {
    fn into_reference(self) -> Ref<M, C> {
        Ref::key(self)
    }
}

/// A field that has the key of another row: a `BelongsTo`, or one in an `Option`.
pub trait ReferenceField {
    /// The key's type.
    type Key: PrimaryKey;
    /// The key, if it is known.
    fn known(&self) -> Option<Self::Key>;
}

/// A relation to any number of rows.
pub trait ToManyRelation: Relation {}

/// A field that holds an embedded value.
pub trait EmbeddedField: 'static {
    /// The value's type.
    type Type: Embedded;
    /// The prefix of its column names.
    const PREFIX: &'static str;
}

/// Implemented by a model for each model that it belongs to by exactly one field: `HasMany` and `HasOne` of the
/// other side find their inverse by it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not belong to `{Parent}` by exactly one field",
    label = "no inverse found for this relation",
    note = "give `{Self}` a field `BelongsTo<{Parent}>`; if it has several, name one: `#[field(inverse = that_field)]`"
)]
pub trait BelongsToOne<Parent> {
    /// The field's marker.
    type Relation: Relation;
    /// The field's name.
    const FIELD: &'static str;
}

/// Implemented by a model for each of its relation fields, by a hash of the field's name, so that
/// `#[field(inverse = name)]` of another model finds it without naming its marker type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no relation field of the name that is asked for",
    label = "no such field",
    note = "`#[field(inverse = field)]` names a relation field of the other model, on its side; an enum with `joined = Base` needs one on the base for each variant: `manager: HasOne<Manager>`"
)]
pub trait RelationNamed<const HASH: u64> {
    /// The field's marker.
    type Relation: Relation;
}

/// Implemented by a model for each model it has a many-to-many relation with by exactly one field.
pub trait ManyToManyOne<Other> {
    /// The field's name.
    const FIELD: &'static str;
}

/// A relation's metadata, for the layers that know models only at run time.
pub trait HasRelationMeta {
    /// The metadata.
    fn relation_meta() -> RelationMeta;
}
