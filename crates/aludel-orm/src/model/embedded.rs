//! Value objects: several columns that are one field.

use crate::model::column::ColumnSet;
use crate::model::meta::FieldMeta;
use crate::model::path::{MaybeHere, Nullability, Path};
use crate::model::polymorphic::{KindOf, Unflushed};
use crate::model::slot::{At, Pointer};
use aludel_sql::Value;
use aludel_sql::row::FromRow;

/// A struct that is embedded into models as a group of columns: `#[derive(Embedded)]`.
///
/// `#[field(embedded)] address: Address` gives columns `address_street`, `address_city` and paths
/// `User::address.city`; `#[field(flatten)]` gives them without the prefix.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be embedded",
    label = "not a group of columns",
    note = "derive it: `#[derive(Embedded)] struct {Self} {{ … }}`"
)]
pub trait Embedded: FromRow + Send + Sync + 'static {
    /// Its columns over a path.
    type Columns<Q: Path>: ColumnSet;
    /// Whether it leaves the model's default scope as it is: `Maybe` for a group with a `soft_delete` column.
    type InScope: Nullability;
    /// Its fields, columns named without a prefix.
    fn fields() -> Vec<FieldMeta>;
    /// The values of its columns.
    fn into_values(self, out: &mut Vec<Value>);
    /// For a polymorphic reference: the session's row that it refers to.
    #[doc(hidden)]
    #[inline]
    fn unflushed(&self) -> Option<(Unflushed, KindOf)> {
        None
    }
    /// For a polymorphic reference: its target.
    #[doc(hidden)]
    fn leads_to(&self) -> Pointer {
        Pointer(At::Nothing)
    }
    /// The polymorphic reference to this target.
    #[doc(hidden)]
    fn leading_to(to: Pointer) -> Option<Self> {
        let _ = to;
        None
    }
    /// For a polymorphic reference: the models that it may refer to.
    #[doc(hidden)]
    fn kinds() -> Vec<KindOf> {
        Vec::new()
    }
}

/// A value that may be missing: all its columns are NULL then.
impl<E: Embedded> Embedded for Option<E> {
    type Columns<Q: Path> = E::Columns<MaybeHere<Q>>;
    type InScope = E::InScope;
    fn fields() -> Vec<FieldMeta> {
        let nullable = |field: FieldMeta| FieldMeta {
            nullable: true,
            ..field
        };
        E::fields().into_iter().map(nullable).collect()
    }
    fn into_values(self, out: &mut Vec<Value>) {
        match self {
            Some(value) => value.into_values(out),
            None => out.extend(E::fields().iter().map(|_| Value::Null)),
        }
    }
    #[inline]
    fn unflushed(&self) -> Option<(Unflushed, KindOf)> {
        self.as_ref().and_then(E::unflushed)
    }
    fn leads_to(&self) -> Pointer {
        match self {
            Some(value) => value.leads_to(),
            None => Pointer(At::Nothing),
        }
    }
    fn leading_to(to: Pointer) -> Option<Self> {
        match to.0 {
            At::Nothing => Some(None),
            _ => E::leading_to(to).map(Some),
        }
    }
    fn kinds() -> Vec<KindOf> {
        E::kinds()
    }
}
