//! The typed layer: an [`Expr`] is a [`Node`] that remembers its scope and its Rust type.

use super::{Name, Node, NumberKind};
use crate::statement::Select;
use crate::types::{ColumnType, Kind, Scalar, Truth};
use crate::value::Value;
use std::marker::PhantomData;

/// An expression of type `T` in the scope `S` (the model whose query it can be used in).
pub struct Expr<S, T> {
    pub(super) node: Node,
    pub(super) typed: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Expr<S, T> {
    /// An expression from a node; the caller guarantees scope and type. A node that is nested deeper than
    /// [`MOST_LEVELS`](super::MOST_LEVELS) is replaced by one that fails when it is rendered.
    pub fn from_node(node: Node) -> Expr<S, T> {
        Expr {
            node: node.bounded(),
            typed: PhantomData,
        }
    }

    /// An expression from a node that is known not to be nested too deep.
    pub(super) fn made(node: Node) -> Expr<S, T> {
        Expr {
            node,
            typed: PhantomData,
        }
    }

    /// The node.
    pub fn into_node(self) -> Node {
        self.node
    }

    /// A reference to the node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The same SQL read as another type, such as the row type of a function called by name.
    pub fn typed<U>(self) -> Expr<S, U> {
        Expr::made(self.node)
    }
}

impl<S, T> Clone for Expr<S, T> {
    fn clone(&self) -> Self {
        Expr::made(self.node.clone())
    }
}

impl<S, T> std::fmt::Debug for Expr<S, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.node.fmt(f)
    }
}

/// The type of an expression whose type is not known to the compiler; it compares with anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dyn;

/// What operators apply to: columns and expressions.
pub trait Operand: Sized {
    /// The scope.
    type Scope;
    /// The Rust type.
    type Type;
    /// The tree.
    fn into_operand(self) -> Node;
}

impl<S, T> Operand for Expr<S, T> {
    type Scope = S;
    type Type = T;
    fn into_operand(self) -> Node {
        self.node
    }
}

/// What can be used as an expression of type `T` in the scope `S`: a value, a column or expression of the same scope,
/// and for a nullable `T` also the type without its `Option`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be used where an SQL expression of type `{T}` is wanted",
    label = "expected `{T}`, or a column or expression of that type of the same model",
    note = "convert the value to `{T}` (`.into()`, `as`), or CAST the SQL side with `.cast::<_>()`"
)]
pub trait IntoExpr<S, T> {
    /// The tree.
    fn into_expr(self) -> Node;
}

impl<S, T: ColumnType> IntoExpr<S, T> for T {
    fn into_expr(self) -> Node {
        Node::Value(self.into_value())
    }
}

impl<S, T: Scalar> IntoExpr<S, Option<T>> for T {
    fn into_expr(self) -> Node {
        Node::Value(self.encode())
    }
}

impl<S> IntoExpr<S, String> for &str {
    fn into_expr(self) -> Node {
        Node::Value(self.to_owned().encode())
    }
}

impl<S> IntoExpr<S, Option<String>> for &str {
    fn into_expr(self) -> Node {
        Node::Value(self.to_owned().encode())
    }
}

impl<S> IntoExpr<S, String> for &String {
    fn into_expr(self) -> Node {
        Node::Value(self.clone().encode())
    }
}

impl<S> IntoExpr<S, Option<String>> for &String {
    fn into_expr(self) -> Node {
        Node::Value(self.clone().encode())
    }
}

impl<S, T: ColumnType> IntoExpr<S, Dyn> for T {
    fn into_expr(self) -> Node {
        Node::Value(self.into_value())
    }
}

impl<S> IntoExpr<S, Dyn> for &str {
    fn into_expr(self) -> Node {
        Node::Value(self.to_owned().encode())
    }
}

impl<S, T> IntoExpr<S, T> for Expr<S, T> {
    fn into_expr(self) -> Node {
        self.node
    }
}

impl<S, T: Scalar> IntoExpr<S, Option<T>> for Expr<S, T> {
    fn into_expr(self) -> Node {
        self.node
    }
}

/// Types that can be compared: those of columns, and [`Dyn`].
pub trait Comparable {
    /// The type without its `Option`: what it is compared with.
    type Base;
    /// The type of a comparison: `Option<bool>` if it may be unknown.
    type Truth: Truth;
    /// `U`, nullable if this type is.
    type With<U: Scalar>: ColumnType<Base = U>;
    /// `U`, nullable if `U` or this type is.
    type Also<U: ColumnType>: ColumnType<Base = U::Base>;
    /// This type, nullable.
    type Nullable;
}

#[diagnostic::do_not_recommend]
impl<T: ColumnType> Comparable for T {
    type Base = T::Base;
    type Truth = T::Truth;
    type With<U: Scalar> = T::With<U>;
    type Also<U: ColumnType> = T::Also<U>;
    type Nullable = Option<T::Base>;
}

/// The compiler does not know whether an untyped expression may be NULL; read it as an `Option` if it may.
impl Comparable for Dyn {
    type Base = Dyn;
    type Truth = bool;
    type With<U: Scalar> = U;
    type Also<U: ColumnType> = U;
    type Nullable = Dyn;
}

/// What a `T` (without its `Option`) is compared with in the scope `S`: a value, a column or an expression of that type,
/// nullable or not.
#[diagnostic::on_unimplemented(
    message = "`{T}` can't be compared with `{Self}`",
    label = "expected `{T}`, or a column or expression of that type of the same model",
    note = "convert the value to `{T}` (`.into()`, `as`), or CAST the SQL side with `.cast::<_>()`"
)]
pub trait Comparand<S, T> {
    /// Whether this side may make the comparison unknown.
    type Truth: Truth;
    /// The tree.
    fn into_comparand(self) -> Node;
}

impl<S, T: Scalar> Comparand<S, T> for T {
    type Truth = bool;
    fn into_comparand(self) -> Node {
        Node::Value(self.encode())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar> Comparand<S, T> for Option<T> {
    type Truth = Option<bool>;
    fn into_comparand(self) -> Node {
        Node::Value(self.into_value())
    }
}

macro_rules! text_comparands {
    ($($text:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<S> Comparand<S, String> for $text {
            type Truth = bool;
            fn into_comparand(self) -> Node {
                Node::Value(Value::Text(self.to_string()))
            }
        }
        #[diagnostic::do_not_recommend]
        impl<S> Comparand<S, Dyn> for $text {
            type Truth = bool;
            fn into_comparand(self) -> Node {
                Node::Value(Value::Text(self.to_string()))
            }
        }
    )+};
}
text_comparands!(&str, &String);

#[diagnostic::do_not_recommend]
impl<S, T: ColumnType> Comparand<S, Dyn> for T {
    type Truth = bool;
    fn into_comparand(self) -> Node {
        Node::Value(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, U: ComparesWith<T>> Comparand<S, T> for Expr<S, U> {
    type Truth = U::Truth;
    fn into_comparand(self) -> Node {
        self.node
    }
}

/// Types whose values compare with `T`: `T` itself and `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "`{T}` can't be compared with `{Self}`",
    label = "expected `{T}`, nullable or not",
    note = "CAST one side with `.cast::<_>()`"
)]
pub trait ComparesWith<T>: Comparable {}
#[diagnostic::do_not_recommend]
impl<T: Scalar, U: ColumnType<Base = T>> ComparesWith<T> for U {}
impl<T: Comparable> ComparesWith<Dyn> for T {}

/// A condition in the scope `S`, as `filter`, `having` and the like take it: comparisons, also those that may be unknown,
/// and boolean columns.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a condition on `{S}`",
    label = "expected a condition on `{S}`: a comparison such as `{S}::column.eq(value)`, or several with `&`, `|` and `!`"
)]
#[doc(alias = "Q")]
pub trait Condition<S> {
    /// Whether it may be unknown.
    type Truth: Truth;
    /// The tree.
    fn into_condition(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<S, T: Truth> Condition<S> for Expr<S, T> {
    type Truth = T;
    fn into_condition(self) -> Node {
        self.node
    }
}

/// What decides the type of a CASE: a value, a column or an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the result of a CASE over `{S}`",
    label = "expected a value, or a column or expression of `{S}`"
)]
pub trait Branch<S> {
    /// Its type.
    type Type;
    /// The tree.
    fn into_branch(self) -> Node;
}

impl<S, T: ColumnType> Branch<S> for T {
    type Type = T;
    fn into_branch(self) -> Node {
        Node::Value(self.into_value())
    }
}

macro_rules! text_branches {
    ($($text:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<S> Branch<S> for $text {
            type Type = String;
            fn into_branch(self) -> Node {
                Node::Value(Value::Text(self.to_string()))
            }
        }
    )+};
}
text_branches!(&str, &String);

#[diagnostic::do_not_recommend]
impl<S> Branch<S> for Option<&str> {
    type Type = Option<String>;
    fn into_branch(self) -> Node {
        Node::Value(self.map_or(Value::Null, |text| Value::Text(text.to_owned())))
    }
}

impl<S, T> Branch<S> for Expr<S, T> {
    type Type = T;
    fn into_branch(self) -> Node {
        self.node
    }
}

/// Types that can be used as a `T`: `T` itself, and for an `Option` also its inner type.
#[diagnostic::on_unimplemented(
    message = "a column of type `{Self}` can't be used where `{T}` is wanted",
    label = "expected `{T}`, found a column of `{Self}`"
)]
pub trait CoercesTo<T> {}
impl<T> CoercesTo<T> for T {}
impl<T: Scalar> CoercesTo<Option<T>> for T {}
impl<T: ColumnType> CoercesTo<Dyn> for T {}

/// A subquery of one column of type `T`, as [`is_in_query`](super::Operators::is_in_query) takes it.
pub trait Query<T> {
    /// Whether a value may be NULL, which may make membership unknown.
    type Truth: Truth;
    /// The statement.
    fn into_select(self) -> Select;
}

/// Types that arithmetic applies to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "arithmetic, `sum` and `avg` need a number"
)]
pub trait Numeric {
    /// The kind of number.
    const KIND: NumberKind;
}
impl Numeric for Dyn {
    const KIND: NumberKind = NumberKind::Unknown;
}

macro_rules! numeric {
    ($number:ident: $($kind:ty),+) => {$(
        impl Numeric for $kind {
            const KIND: NumberKind = NumberKind::$number;
        }
        impl Numeric for Option<$kind> {
            const KIND: NumberKind = NumberKind::$number;
        }
    )+};
}
numeric!(Integer: i8, i16, i32, i64, u8, u16, u32);
numeric!(Float: f32, f64);
#[cfg(feature = "decimal")]
numeric!(Decimal: rust_decimal::Decimal);

/// Types that text operators apply to; `#[derive(DbNewtype)]` adds newtypes of `String`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text",
    label = "text operators need `String` or `Option<String>`"
)]
pub trait Text {}
impl Text for Dyn {}
impl Text for String {}
impl Text for Option<String> {}

/// Dates and times.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a date or time",
    label = "not a date or time",
    note = "enable one of the features `jiff`, `chrono`, `time` and use its types"
)]
pub trait Temporal {
    /// The kind of date or time.
    const KIND: Kind;
}
impl Temporal for Dyn {
    const KIND: Kind = Kind::Unknown;
}

macro_rules! temporal {
    ($feature:literal: $($kind:ident $ty:ty),+) => {$(
        #[cfg(feature = $feature)]
        impl Temporal for $ty {
            const KIND: Kind = Kind::$kind;
        }
        #[cfg(feature = $feature)]
        impl Temporal for Option<$ty> {
            const KIND: Kind = Kind::$kind;
        }
    )+};
}
temporal!("jiff": Timestamp jiff::Timestamp, Date jiff::civil::Date, DateTime jiff::civil::DateTime, Time jiff::civil::Time);
temporal!("chrono": Timestamp chrono::DateTime<chrono::Utc>, Date chrono::NaiveDate, DateTime chrono::NaiveDateTime, Time chrono::NaiveTime);
temporal!("time": Timestamp time::OffsetDateTime, Date time::Date, DateTime time::PrimitiveDateTime, Time time::Time);

/// A column of the statement's root, by name; for CHECKs and defaults written by hand.
pub fn root_column<S, T>(name: impl Into<Name>) -> Expr<S, T> {
    Expr::from_node(Node::Root(name.into()))
}
