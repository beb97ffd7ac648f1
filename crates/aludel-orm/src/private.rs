//! What expanded derives call. Not part of the public API.

pub use crate::field_type::{FieldType, RelatedBy, RelatedIn};
pub use crate::insert::insert_new;
pub use crate::joined::{
    JoinedVariants, delete_both as delete_joined, nodes as joined_nodes, only as joined_only,
};
pub use crate::key_names::{KeyPart, key_length, key_names, key_text, key_width};
pub use crate::model::any::{AnyDraft, AnyRow, AsAnyModel, Part};
pub use crate::model::column::ToMany;
pub use crate::model::column::ToOne;
pub use crate::model::column::{Column, ColumnSet, Embedding};
pub use crate::model::draft::Written;
pub use crate::model::embedded::Embedded;
pub use crate::model::fields::{BelongsTo, Ref};
pub use crate::model::meta::{
    FieldBuilder, FieldMeta, KeyType, ModelBuilder, ModelMeta, ReferenceBuilder, RelationBuilder,
    RelationKind, Stamp,
};
pub use crate::model::path::{Always, Maybe, Nullability, Path, Root};
pub use crate::model::polymorphic::{
    Kind, KindOf, Polymorphic, PolymorphicField, PolymorphicRef, ReferenceColumns, Unflushed,
    fields as reference_fields, kinds as reference_kinds, leading_to as reference_leading_to,
    open as open_reference, pointer as reference_pointer, read as read_reference,
    values as reference_values,
};
pub use crate::model::relation::{
    BelongsToOne, EmbeddedField, KeyColumns, Primary, ReferenceField, Relation, RelationField,
    RelationNamed, ToManyRelation, ToOneRelation,
};
pub use crate::model::row_hooks::{Moment, dispatch};
pub use crate::model::validate::Rule;
pub use crate::model::values::{Changes, Decoded, NewRow, Taken, Values};
pub use crate::model::variants::{
    Labelled, Variant, VariantColumns, Variants, columns, read as read_variant,
    read_nullable as read_nullable_variant,
};
pub use crate::model::{Model, NewModel, PatchModel};
pub use crate::query::polymorphic::rows as polymorphic_rows;
pub use aludel_engine::spi::command::BoxFuture;
pub use aludel_engine::{Error, Executor, Result};
pub use aludel_sql::Value;
pub use aludel_sql::expr::{Condition, Expr, IntoExpr, Node, Operand, Text};
pub use aludel_sql::row::{CellResult, Cells, DecodeError, FromRow, Row};
pub use aludel_sql::schema::{Action, Deferrability, Index};
pub use aludel_sql::types::{ColumnType, DbEnum, Element, PrimaryKey, Scalar, SqlType};
pub use aludel_sql::value::EnumType;
pub use std::clone::Clone;
pub use std::mem::swap;
pub use std::sync::OnceLock;

pub use crate::model::fields::Shared;
pub use crate::model::slot::{Key, Pointer, Reference};
pub use std::any::{Any, TypeId};

/// The names of a model's columns, by which raw SQL's rows are matched.
pub fn column_names<M: Model>() -> Option<Vec<&'static str>> {
    let fields = M::meta().fields.iter();
    Some(fields.map(|field| field.column.as_str()).collect())
}

/// A field of a patch that is present in the document: `null` is a value, and an error if the field can't be NULL.
///
/// # Errors
/// Those of the value.
#[cfg(feature = "serde")]
pub fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Sets the row's owner, over the relation `R` of its own.
pub fn set_owner<R, P>(row: &mut R::Owner, owner: &Shared<P>)
where
    R: Relation<Target = P>,
    P: Model,
{
    R::field_mut(row).put_one(owner);
}

/// A model's metadata, built when it is asked for the first time.
pub fn meta_in(
    known: &'static OnceLock<ModelMeta>,
    build: fn() -> ModelMeta,
) -> &'static ModelMeta {
    match known.get() {
        Some(meta) => meta,
        None => known.get_or_init(build),
    }
}

/// The node of an expression in an attribute.
pub fn node<S, T>(expression: impl IntoExpr<S, T>) -> Node {
    expression.into_expr()
}

/// The node of a condition in an attribute.
pub fn condition<S>(condition: impl Condition<S>) -> Node {
    condition.into_condition()
}

/// The node of an expression of any type in an attribute.
pub fn any_node<S, O: Operand<Scope = S>>(expression: O) -> Node {
    expression.into_operand()
}
