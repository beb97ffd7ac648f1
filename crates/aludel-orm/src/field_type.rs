//! What a derive needs from a field's type: one trait for columns ([`FieldType`]), and one for models that a relation leads
//! to ([`RelatedBy`]).
//!
//! Expanded derives name the type itself in each use, `<Type as FieldType>::push(..)`. So a type that is no column is one
//! error at the field, however often the derive uses it: the compiler reports the same error at the same place once.

use crate::model::Model;
use crate::model::draft::Written;
use crate::model::fields::{BelongsTo, Ref};
use crate::model::meta::{
    FieldBuilder, KeyType, ModelBuilder, ModelMeta, RelationBuilder, RelationKind,
};
use crate::model::relation::{KeyColumns, RelationField};
use crate::model::slot::Reference;
use crate::model::values::{Changes, Decoded, NewRow, Values};
use aludel_sql::row::{FromRow, Row};
use aludel_sql::types::{ColumnType, PrimaryKey};

/// A type that a field of a model can have as a column: every [`ColumnType`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the type of a column",
    label = "no column holds this",
    note = "a column is a bool, i8–i64, u8–u32, f32, f64, String, Vec<u8>, a date or time, Decimal, Uuid, or an `Option` of one",
    note = "an enum of yours: `#[derive(DbEnum)]`; a struct of one value: `#[derive(DbNewtype)]`; any serde type: `Json<T>`; a group of columns: `#[derive(Embedded)]` and `#[field(embedded)]`",
    note = "types of jiff, chrono, time, uuid and rust_decimal need aludel's feature of that name, and the version that aludel uses: take them from `aludel::jiff`, `aludel::chrono`, …"
)]
pub trait FieldType: Sized {
    /// How many columns it takes.
    const WIDTH: usize;
    /// Reads it.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn from_row(row: &mut Row<'_>) -> Decoded<Self>;
    /// Describes the column.
    fn field(name: &'static str, column: &'static str) -> FieldBuilder;
    /// Adds it to the values of a row.
    fn push(value: &Self, values: &mut Values)
    where
        Self: Clone;
    /// Writes a value that a draft must give.
    fn given(value: Self, row: &mut NewRow);
    /// Writes a value that a draft may leave to the database.
    fn optional(value: Option<Self>, row: &mut NewRow);
    /// Writes a value of a nullable column that a draft may leave to the database: `None` is left out.
    fn nullable(value: Self, row: &mut NewRow);
    /// Writes a value that Rust fills in if a draft leaves it out.
    fn or_default(value: Option<Self>, row: &mut NewRow, default: impl FnOnce() -> Self);
    /// Reads a value that a draft must give.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn read_given(values: &mut Written<'_>) -> Decoded<Self>;
    /// Reads a value that a draft may have left out.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn read_optional(values: &mut Written<'_>) -> Decoded<Option<Self>>;
    /// Reads a value of a nullable column that a draft may have left out.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn read_nullable(values: &mut Written<'_>) -> Decoded<Self>;
    /// Records the change of a patch.
    fn change(value: Option<Self>, changes: &mut Changes);
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> FieldType for T {
    const WIDTH: usize = <T as FromRow>::WIDTH;
    #[inline]
    fn from_row(row: &mut Row<'_>) -> Decoded<Self> {
        <T as FromRow>::from_row(row)
    }
    fn field(name: &'static str, column: &'static str) -> FieldBuilder {
        FieldBuilder::of::<T>(name, column)
    }
    #[inline]
    fn push(value: &Self, values: &mut Values)
    where
        T: Clone,
    {
        values.push(value);
    }
    #[inline]
    fn given(value: Self, row: &mut NewRow) {
        row.given(value);
    }
    #[inline]
    fn optional(value: Option<T>, row: &mut NewRow) {
        row.optional(value);
    }
    #[inline]
    fn nullable(value: Self, row: &mut NewRow) {
        row.nullable(value);
    }
    fn or_default(value: Option<T>, row: &mut NewRow, default: impl FnOnce() -> T) {
        row.or_default(value, default);
    }
    fn read_given(values: &mut Written<'_>) -> Decoded<T> {
        values.given()
    }
    fn read_optional(values: &mut Written<'_>) -> Decoded<Option<T>> {
        values.optional()
    }
    fn read_nullable(values: &mut Written<'_>) -> Decoded<T> {
        values.nullable()
    }
    #[inline]
    fn change(value: Option<T>, changes: &mut Changes) {
        changes.column(value);
    }
}

/// A model that a relation leads to by the key `C`: every [`Model`], by each of its keys.
// The same message as `Model`, so that the compiler merges the errors of both.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model",
    label = "not a model",
    note = "derive it: `#[derive(Model)] struct {Self} {{ pub id: i64, … }}`"
)]
pub trait RelatedBy<C>: Sized {
    /// The type of the key `C`.
    type By: PrimaryKey;
    /// The key's columns.
    const BY_COLUMNS: &'static [&'static str];
    /// How many columns a reference takes.
    const BY_WIDTH: usize;
    /// The types of the key's columns.
    fn by_types() -> Vec<KeyType>;
    /// The key of a row.
    fn key_of(row: &Self) -> Self::By;
    /// The key in a reference.
    fn key(reference: &BelongsTo<Self, C>) -> Self::By;
    /// The key in a reference, if it is known.
    fn known(reference: Option<&BelongsTo<Self, C>>) -> Option<Self::By>;
    /// Reads a reference and sets its name.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn from_row(row: &mut Row<'_>, name: &'static &'static str) -> Decoded<BelongsTo<Self, C>>;
    /// Reads a reference that may be NULL, and sets its name.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn from_nullable(
        row: &mut Row<'_>,
        name: &'static &'static str,
    ) -> Decoded<Option<BelongsTo<Self, C>>>;
    /// Describes a `BelongsTo`.
    fn belongs_to(
        builder: ModelBuilder,
        name: &'static str,
        nullable: bool,
        columns: Option<&'static [&'static str]>,
        describe: fn(RelationBuilder) -> RelationBuilder,
    ) -> ModelBuilder;
    /// Describes a `HasMany` or `HasOne`.
    fn has(
        builder: ModelBuilder,
        kind: RelationKind,
        name: &'static str,
        inverse: &'static str,
        orphans: bool,
    ) -> ModelBuilder;
    /// Describes a `ManyToMany`.
    fn many_to_many(
        builder: ModelBuilder,
        name: &'static str,
        inverse: Option<&'static str>,
        table: Option<&'static str>,
        through: Option<fn() -> &'static ModelMeta>,
    ) -> ModelBuilder;
    /// Adds a reference to the values of a row.
    fn push(reference: Option<&BelongsTo<Self, C>>, values: &mut Values);
    /// Writes a draft's reference.
    fn write(reference: Option<Ref<Self, C>>, row: &mut NewRow);
    /// Reads a draft's reference.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn read(values: &mut Written<'_>) -> Decoded<Ref<Self, C>>;
    /// Reads a draft's reference that may be missing.
    ///
    /// # Errors
    /// Those of [`FromRow::from_row`].
    fn read_nullable(values: &mut Written<'_>) -> Decoded<Option<Ref<Self, C>>>;
    /// Records the change of a patch; the outer `Option` is whether it changes.
    fn change(reference: Option<Option<Ref<Self, C>>>, changes: &mut Changes);
    /// A row's reference, without its type.
    fn of_row(reference: &mut BelongsTo<Self, C>) -> &mut dyn Reference;
    /// A row's reference that may be missing, without its type.
    fn of_row_nullable(reference: &mut Option<BelongsTo<Self, C>>) -> &mut dyn Reference;
    /// A draft's reference, without its type.
    fn of_draft(reference: &mut Ref<Self, C>) -> &mut dyn Reference;
    /// A draft's reference that may be missing, without its type.
    fn of_draft_nullable(reference: &mut Option<Ref<Self, C>>) -> &mut dyn Reference;
}

/// [`RelatedBy`] as a bound of an impl. Its lifetime makes an impl whose bound does not hold drop out; for the plain bound,
/// the compiler would report an error for each impl.
pub trait RelatedIn<'a, C>: RelatedBy<C> + Model {}

#[diagnostic::do_not_recommend]
impl<C, M: RelatedBy<C> + Model> RelatedIn<'_, C> for M {}

#[diagnostic::do_not_recommend]
impl<M: Model, C: KeyColumns<M>> RelatedBy<C> for M {
    type By = C::Key;
    const BY_COLUMNS: &'static [&'static str] = C::COLUMNS;
    const BY_WIDTH: usize = <C::Key as FromRow>::WIDTH;
    fn by_types() -> Vec<KeyType> {
        C::types()
    }
    #[inline]
    fn key_of(row: &M) -> C::Key {
        C::key_of(row)
    }
    fn key(reference: &BelongsTo<M, C>) -> C::Key {
        reference.key()
    }
    #[inline]
    fn known(reference: Option<&BelongsTo<M, C>>) -> Option<C::Key> {
        reference.and_then(BelongsTo::get)
    }
    #[inline]
    fn from_row(row: &mut Row<'_>, name: &'static &'static str) -> Decoded<BelongsTo<M, C>> {
        <BelongsTo<M, C> as FromRow>::from_row(row).map(|reference| reference.named(name))
    }
    #[inline]
    fn from_nullable(
        row: &mut Row<'_>,
        name: &'static &'static str,
    ) -> Decoded<Option<BelongsTo<M, C>>> {
        <BelongsTo<M, C> as FromRow>::from_nullable(row).map(|reference| reference.named(name))
    }
    fn belongs_to(
        builder: ModelBuilder,
        name: &'static str,
        nullable: bool,
        columns: Option<&'static [&'static str]>,
        describe: fn(RelationBuilder) -> RelationBuilder,
    ) -> ModelBuilder {
        builder.belongs_to::<M, C>(name, nullable, columns, describe)
    }
    fn has(
        builder: ModelBuilder,
        kind: RelationKind,
        name: &'static str,
        inverse: &'static str,
        orphans: bool,
    ) -> ModelBuilder {
        builder.has::<M>(kind, name, inverse, orphans)
    }
    fn many_to_many(
        builder: ModelBuilder,
        name: &'static str,
        inverse: Option<&'static str>,
        table: Option<&'static str>,
        through: Option<fn() -> &'static ModelMeta>,
    ) -> ModelBuilder {
        builder.many_to_many::<M>(name, inverse, table, through)
    }
    fn push(reference: Option<&BelongsTo<M, C>>, values: &mut Values) {
        values.reference(reference);
    }
    #[inline]
    fn write(reference: Option<Ref<M, C>>, row: &mut NewRow) {
        row.reference(reference);
    }
    fn read(values: &mut Written<'_>) -> Decoded<Ref<M, C>> {
        values.reference()
    }
    fn read_nullable(values: &mut Written<'_>) -> Decoded<Option<Ref<M, C>>> {
        values.nullable_reference()
    }
    fn change(reference: Option<Option<Ref<M, C>>>, changes: &mut Changes) {
        changes.reference(reference);
    }
    fn of_row(reference: &mut BelongsTo<M, C>) -> &mut dyn Reference {
        reference
    }
    fn of_row_nullable(reference: &mut Option<BelongsTo<M, C>>) -> &mut dyn Reference {
        reference
    }
    fn of_draft(reference: &mut Ref<M, C>) -> &mut dyn Reference {
        reference
    }
    fn of_draft_nullable(reference: &mut Option<Ref<M, C>>) -> &mut dyn Reference {
        reference
    }
}
