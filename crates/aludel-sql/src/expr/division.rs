//! Division: a quotient is NULL where the divisor is zero, and its type says so.

use super::typed::{Comparable, Dyn, Expr};
use super::{AggregateExpr, ArithmeticOp, Node, NumberKind};
use crate::types::{ColumnType, Scalar, Truth};
use crate::value::Value;

/// A divisor of a number of type `T`, in the scope `S`. Divided by a Rust value, the quotient is a `T`: the value is known not
/// to be zero, or the query is refused before it is sent. Divided by a column or an expression, it is an `Option<T>`: NULL
/// where the divisor is zero. An untyped expression ([`Dyn`]) stays untyped.
#[diagnostic::on_unimplemented(
    message = "`{T}` can't be divided by `{Self}`",
    label = "expected `{T}`, or a column or expression of that type of the same model",
    note = "convert the value to `{T}` (`.into()`, `as`), or CAST the SQL side with `.cast::<_>()`"
)]
pub trait Divisor<S, T> {
    /// Whether this side may make the quotient NULL.
    type Truth: Truth;
    /// The tree; `None` for a Rust value that is zero.
    fn into_divisor(self) -> Option<Node>;
}

/// A quotient: `T`, or an `Option` of it where the dividend or the divisor make it one.
pub type Quotient<T, V> =
    <<<T as Comparable>::Truth as Truth>::And<V> as Truth>::Of<<T as Comparable>::Base>;

/// A Rust value, unless it is zero.
fn not_zero(value: Value) -> Option<Node> {
    let zero = match &value {
        Value::F32(n) => *n == 0.0,
        Value::F64(n) => *n == 0.0,
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => n.is_zero(),
        other => other.as_i64() == Some(0),
    };
    (!zero).then_some(Node::Value(value))
}

impl<S, T: Scalar> Divisor<S, T> for T {
    type Truth = bool;
    fn into_divisor(self) -> Option<Node> {
        not_zero(self.encode())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Scalar> Divisor<S, T> for Option<T> {
    type Truth = Option<bool>;
    fn into_divisor(self) -> Option<Node> {
        not_zero(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: ColumnType> Divisor<S, Dyn> for T {
    type Truth = bool;
    fn into_divisor(self) -> Option<Node> {
        not_zero(self.into_value())
    }
}

/// Types of columns and expressions that a `T` is divided by: `T` itself and `Option<T>`.
#[diagnostic::on_unimplemented(
    message = "`{T}` can't be divided by `{Self}`",
    label = "expected `{T}`, nullable or not",
    note = "CAST one side with `.cast::<_>()`"
)]
pub trait Divides<T> {
    /// Whether this divisor may make the quotient NULL.
    type Truth: Truth;
}

#[diagnostic::do_not_recommend]
impl<T: Scalar, U: ColumnType<Base = T>> Divides<T> for U {
    type Truth = Option<bool>;
}

#[diagnostic::do_not_recommend]
impl<T: Comparable> Divides<Dyn> for T {
    type Truth = bool;
}

#[diagnostic::do_not_recommend]
impl<S, T, U: Divides<T>> Divisor<S, T> for Expr<S, U> {
    type Truth = U::Truth;
    fn into_divisor(self) -> Option<Node> {
        Some(self.into_node())
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, U: Divides<T>> Divisor<S, T> for AggregateExpr<S, U> {
    type Truth = U::Truth;
    fn into_divisor(self) -> Option<Node> {
        Some(self.expr().into_node())
    }
}

/// `left / right` or `left % right`, for the layers above.
#[doc(hidden)]
pub fn divided<S, T>(
    op: ArithmeticOp,
    kind: NumberKind,
    left: Node,
    right: Option<Node>,
) -> Expr<S, T> {
    Expr::from_node(match right {
        Some(right) => Node::Arithmetic(op, kind, Box::new((left, right))),
        None => by_zero(op, &left),
    })
}

#[cold]
fn by_zero(op: ArithmeticOp, left: &Node) -> Node {
    let left = match left {
        Node::Root(name) => name.to_string(),
        Node::Column(column) => column.name.to_string(),
        Node::Path(path) => {
            let hops = path.hops.iter().map(|hop| format!("{hop}."));
            format!("{}{}", hops.collect::<String>(), path.column)
        }
        _ => "(an expression)".to_owned(),
    };
    let what = match op {
        ArithmeticOp::Remainder => format!("{left}.remainder(0)"),
        _ => format!("{left} / 0"),
    };
    Node::Refused(
        format!(
            "`{what}` has no value: divide by a number other than zero. A quotient that may have none is one by an \
             expression: by `literal(n)` it is an `Option`, and NULL where n is zero"
        )
        .into(),
    )
}
