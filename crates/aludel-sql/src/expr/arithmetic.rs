//! Sums and means of numbers, and the operators of Rust: `+`, `-`, `*`, `/`, `&`, `|`, `!`.

use super::division::{Divisor, Quotient, divided};
use super::typed::{Comparable, Numeric};
use super::{AggregateType, ArithmeticOp, Condition, Expr, IntoExpr, Node, UnaryOp};
use crate::types::{Scalar, Truth};

/// Types that can be added up, and what the sum and the mean are.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be added up: `sum` and `avg` need a number",
    label = "not a number"
)]
pub trait Summable {
    /// The sum's type, without `Option`.
    type Sum: Scalar;
    /// The mean's type, without `Option`.
    type Average: Scalar;
    /// The type of the sum in SQL.
    const SUM: AggregateType;
    /// The type of the mean in SQL.
    const AVERAGE: AggregateType;
}

macro_rules! summable {
    ($sum:ty, $average:ty, $sum_as:ident, $average_as:ident: $($kind:ty),+) => {$(
        impl Summable for $kind {
            type Sum = $sum;
            type Average = $average;
            const SUM: AggregateType = AggregateType::$sum_as;
            const AVERAGE: AggregateType = AggregateType::$average_as;
        }
        impl Summable for Option<$kind> {
            type Sum = $sum;
            type Average = $average;
            const SUM: AggregateType = AggregateType::$sum_as;
            const AVERAGE: AggregateType = AggregateType::$average_as;
        }
    )+};
}
summable!(i64, f64, Integer, Double: i8, i16, i32, i64, u8, u16, u32);
summable!(f64, f64, Double, Double: f32, f64);
#[cfg(feature = "decimal")]
summable!(rust_decimal::Decimal, rust_decimal::Decimal, Decimal, Decimal: rust_decimal::Decimal);

impl<S, T: Truth, C: Condition<S>> std::ops::BitAnd<C> for Expr<S, T> {
    type Output = Expr<S, T::And<C::Truth>>;
    fn bitand(self, other: C) -> Self::Output {
        // Each condition's depth is checked as it joins the list; the list is not checked again.
        Expr::made(self.into_node().and(other.into_condition()))
    }
}

impl<S, T: Truth, C: Condition<S>> std::ops::BitOr<C> for Expr<S, T> {
    type Output = Expr<S, T::And<C::Truth>>;
    fn bitor(self, other: C) -> Self::Output {
        Expr::made(self.into_node().or(other.into_condition()))
    }
}

impl<S, T: Truth> std::ops::Not for Expr<S, T> {
    type Output = Expr<S, T>;
    fn not(self) -> Self {
        Expr::from_node(self.into_node().negated())
    }
}

impl<S, T: Truth> Expr<S, T> {
    /// `(self) IS TRUE`: a condition that is never unknown, but false instead.
    pub fn is_true(self) -> Expr<S, bool> {
        Expr::from_node(Node::Unary(UnaryOp::IsNotTrue, Box::new(self.into_node())).negated())
    }
}

macro_rules! arithmetic {
    ($($trait:ident $method:ident $op:ident;)+) => {$(
        impl<S, T: Numeric, R: IntoExpr<S, T>> std::ops::$trait<R> for Expr<S, T> {
            type Output = Expr<S, T>;
            fn $method(self, other: R) -> Expr<S, T> {
                Expr::from_node(Node::Arithmetic(
                    ArithmeticOp::$op,
                    T::KIND,
                    Box::new((self.into_node(), other.into_expr())),
                ))
            }
        }
    )+};
}
arithmetic! {
    Add add Add;
    Sub sub Subtract;
    Mul mul Multiply;
}

/// By a column or an expression the quotient is an `Option`: it is NULL where the divisor is zero.
impl<S, T, R> std::ops::Div<R> for Expr<S, T>
where
    T: Numeric + Comparable,
    R: Divisor<S, T::Base>,
{
    type Output = Expr<S, Quotient<T, R::Truth>>;
    fn div(self, other: R) -> Self::Output {
        let divisor = other.into_divisor();
        divided(ArithmeticOp::Divide, T::KIND, self.into_node(), divisor)
    }
}

impl<S, T: Numeric> std::ops::Neg for Expr<S, T> {
    type Output = Expr<S, T>;
    fn neg(self) -> Expr<S, T> {
        Expr::from_node(Node::Unary(UnaryOp::Negate, Box::new(self.into_node())))
    }
}
