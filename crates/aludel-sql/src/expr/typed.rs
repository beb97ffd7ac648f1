//! The typed skin: an [`Expr`] is a [`Node`] that remembers its scope and its Rust type.

use super::{Name, Node, NumberKind};
use crate::statement::Select;
use crate::types::{ColumnType, Scalar};
use std::marker::PhantomData;

/// An expression of type `T` in the scope `S` (the model whose query it may stand in).
pub struct Expr<S, T> {
    node: Node,
    typed: PhantomData<fn() -> (S, T)>,
}

impl<S, T> Expr<S, T> {
    /// An expression from a node; the caller vouches for scope and type. A node that is nested deeper than
    /// [`MOST_LEVELS`](super::MOST_LEVELS) is replaced by one that says so when it is rendered.
    pub fn from_node(node: Node) -> Expr<S, T> {
        Expr::made(node.bounded())
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

    /// The node, to look at.
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

/// What can stand where an expression of type `T` is wanted in the scope `S`: a value, a column or expression of
/// the same scope, and for a nullable `T` also the type without its `Option`.
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

/// Types that may stand where a `T` is wanted: `T` itself, and for an `Option` also what is in it.
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
    /// The statement.
    fn into_select(self) -> Select;
}

/// Types that arithmetic applies to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "arithmetic, `sum` and `avg` need a number"
)]
pub trait Numeric {
    /// What kind of number.
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
pub trait Temporal {}
impl Temporal for Dyn {}

macro_rules! temporal {
    ($feature:literal: $($kind:ty),+) => {$(
        #[cfg(feature = $feature)]
        impl Temporal for $kind {}
        #[cfg(feature = $feature)]
        impl Temporal for Option<$kind> {}
    )+};
}
temporal!("jiff": jiff::Timestamp, jiff::civil::Date, jiff::civil::DateTime, jiff::civil::Time);
temporal!("chrono": chrono::DateTime<chrono::Utc>, chrono::NaiveDate, chrono::NaiveDateTime, chrono::NaiveTime);
temporal!("time": time::OffsetDateTime, time::Date, time::PrimitiveDateTime, time::Time);

/// A column of the statement's root, by name; for CHECKs and defaults written by hand.
pub fn root_column<S, T>(name: impl Into<Name>) -> Expr<S, T> {
    Expr::from_node(Node::Root(name.into()))
}
