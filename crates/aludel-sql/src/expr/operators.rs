//! The operators, for columns and expressions alike.

use super::arithmetic::Summable;
use super::division::{Divisor, Quotient, divided};
use super::typed::{Comparable, Comparand, Numeric, Text};
use super::{
    AggregateExpr, AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Dyn, Expr, Function,
    InList, InQuery, IntoExpr, JsonGet, JsonStep, Name, Node, Operand, Query, TextMatch, TextOp,
    UnaryOp,
};
use crate::statement::{Nulls, OrderTerm};
use crate::types::{ColumnType, Scalar, SqlType, Truth};
use crate::value::Value;
use std::marker::PhantomData;

/// One term of an ordering, in the scope `S`.
pub struct Order<S> {
    term: OrderTerm,
    scope: PhantomData<fn() -> S>,
}

impl<S> Order<S> {
    fn new(node: Node, descending: bool) -> Order<S> {
        Order {
            term: OrderTerm {
                node,
                descending,
                nulls: None,
            },
            scope: PhantomData,
        }
    }

    /// NULLs before everything.
    pub fn nulls_first(mut self) -> Order<S> {
        self.term.nulls = Some(Nulls::First);
        self
    }

    /// NULLs after everything.
    pub fn nulls_last(mut self) -> Order<S> {
        self.term.nulls = Some(Nulls::Last);
        self
    }

    /// The term.
    pub fn into_term(self) -> OrderTerm {
        self.term
    }
}

/// A condition about `O`: unknown if `O`, or what it is compared with, may be NULL.
type Is<O, V = bool> =
    Expr<<O as Operand>::Scope, <<<O as Operand>::Type as Comparable>::Truth as Truth>::And<V>>;

/// What an operand is compared with.
type Base<O> = <<O as Operand>::Type as Comparable>::Base;

fn compare<O: Operand, T>(left: O, op: BinaryOp, right: Node) -> Expr<O::Scope, T> {
    // As `from_node`: a function less for each model and type.
    Expr {
        node: equality(left.into_operand(), op, right).bounded(),
        typed: PhantomData,
    }
}

/// `= NULL` and `<> NULL` mean IS NULL and IS NOT NULL (rule 6).
fn equality(left: Node, op: BinaryOp, right: Node) -> Node {
    match (op, &right) {
        (BinaryOp::Equal, Node::Value(Value::Null)) => Node::Unary(UnaryOp::IsNull, Box::new(left)),
        (BinaryOp::NotEqual, Node::Value(Value::Null)) => {
            Node::Unary(UnaryOp::IsNotNull, Box::new(left))
        }
        _ => Node::binary(op, left, right),
    }
}

fn text<O: Operand>(
    operand: O,
    op: TextOp,
    insensitive: bool,
    pattern: impl IntoExpr<O::Scope, String>,
) -> Is<O>
where
    O::Type: Comparable,
{
    Expr::from_node(Node::Text(Box::new(TextMatch {
        op,
        insensitive,
        operand: operand.into_operand(),
        pattern: pattern.into_expr(),
    })))
}

fn list<O: Operand, I>(operand: O, values: I, negated: bool) -> Is<O>
where
    O::Type: Comparable,
    I: IntoIterator,
    I::Item: ListItem<O::Type>,
{
    let mut element = SqlType::Text;
    let values = values
        .into_iter()
        .map(|item| {
            let (value, sql_type) = item.into_item();
            element = sql_type;
            value
        })
        .collect();
    Expr::from_node(Node::InList(Box::new(InList {
        operand: operand.into_operand(),
        values,
        element,
        negated,
    })))
}

/// Types that a list of `T`s may hold: `T`s without their `Option`, `&str` for text, anything for a [`Dyn`] column.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` can't be compared with `{T}`",
    label = "expected values of `{T}` (without `Option`)"
)]
pub trait ListItem<T> {
    /// The value and its type.
    fn into_item(self) -> (Value, SqlType);
}

impl<T: Scalar> ListItem<T> for T {
    fn into_item(self) -> (Value, SqlType) {
        (self.encode(), T::sql_type())
    }
}

impl<T: Scalar> ListItem<Option<T>> for T {
    fn into_item(self) -> (Value, SqlType) {
        (self.encode(), T::sql_type())
    }
}

impl<T: Scalar> ListItem<Dyn> for T {
    fn into_item(self) -> (Value, SqlType) {
        (self.encode(), T::sql_type())
    }
}

macro_rules! borrowed_items {
    ($($item:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl ListItem<String> for $item {
            fn into_item(self) -> (Value, SqlType) {
                (Value::Text(self.to_string()), SqlType::Text)
            }
        }
        #[diagnostic::do_not_recommend]
        impl ListItem<Option<String>> for $item {
            fn into_item(self) -> (Value, SqlType) {
                (Value::Text(self.to_string()), SqlType::Text)
            }
        }
        #[diagnostic::do_not_recommend]
        impl ListItem<Dyn> for $item {
            fn into_item(self) -> (Value, SqlType) {
                (Value::Text(self.to_string()), SqlType::Text)
            }
        }
    )+};
}
borrowed_items!(&str, &String);

/// The operators of every column and expression.
///
/// Comparisons take a value, a column or an expression of the same type; comparing with a nullable column is
/// three-valued as in SQL, and a filter keeps what is true.
pub trait Operators: Operand {
    /// `self = other`; `IS NULL` when `other` is `None`.
    fn eq<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::Equal, other.into_comparand())
    }
    /// `self <> other`; `IS NOT NULL` when `other` is `None`.
    fn ne<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::NotEqual, other.into_comparand())
    }
    /// `self < other`.
    fn lt<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::Less, other.into_comparand())
    }
    /// `self <= other`.
    fn le<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::LessOrEqual, other.into_comparand())
    }
    /// `self > other`.
    fn gt<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::Greater, other.into_comparand())
    }
    /// `self >= other`.
    fn ge<V: Comparand<Self::Scope, Base<Self>>>(self, other: V) -> Is<Self, V::Truth>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::GreaterOrEqual, other.into_comparand())
    }
    /// Equal, NULL counting as a value: `IS NOT DISTINCT FROM`, `IS`, `<=>`.
    fn is_not_distinct_from<V: Comparand<Self::Scope, Base<Self>>>(
        self,
        other: V,
    ) -> Expr<Self::Scope, bool>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::Same, other.into_comparand())
    }
    /// Different, NULL counting as a value: `IS DISTINCT FROM`, `IS NOT`, `NOT <=>`.
    fn is_distinct_from<V: Comparand<Self::Scope, Base<Self>>>(
        self,
        other: V,
    ) -> Expr<Self::Scope, bool>
    where
        Self::Type: Comparable,
    {
        compare(self, BinaryOp::Distinct, other.into_comparand())
    }
    /// `low <= self AND self <= high`.
    fn between<V, W>(self, low: V, high: W) -> Is<Self, <V::Truth as Truth>::And<W::Truth>>
    where
        Self::Type: Comparable,
        V: Comparand<Self::Scope, Base<Self>>,
        W: Comparand<Self::Scope, Base<Self>>,
    {
        Expr::from_node(Node::Between(Box::new((
            self.into_operand(),
            low.into_comparand(),
            high.into_comparand(),
        ))))
    }
    /// `self IS NULL`.
    fn is_null(self) -> Expr<Self::Scope, bool> {
        Expr::from_node(Node::Unary(UnaryOp::IsNull, Box::new(self.into_operand())))
    }
    /// `self IS NOT NULL`.
    fn is_not_null(self) -> Expr<Self::Scope, bool> {
        Expr::from_node(Node::Unary(
            UnaryOp::IsNotNull,
            Box::new(self.into_operand()),
        ))
    }
    /// Whether the list contains it. The statement's text does not depend on the list's length; an empty list is false.
    fn is_in<I>(self, values: I) -> Is<Self>
    where
        Self::Type: Comparable,
        I: IntoIterator,
        I::Item: ListItem<Self::Type>,
    {
        list(self, values, false)
    }
    /// Whether the list does not contain it; an empty list is true.
    fn not_in<I>(self, values: I) -> Is<Self>
    where
        Self::Type: Comparable,
        I: IntoIterator,
        I::Item: ListItem<Self::Type>,
    {
        list(self, values, true)
    }
    /// Whether the query's rows contain it; if a row may be NULL, it is unknown if no other row contains it.
    fn is_in_query<Q>(self, query: Q) -> Is<Self, Q::Truth>
    where
        Self::Type: Comparable,
        Q: Query<<Self::Type as Comparable>::Nullable>,
    {
        Expr::from_node(Node::InQuery(Box::new(InQuery {
            operand: self.into_operand(),
            query: query.into_select(),
            negated: false,
        })))
    }
    /// Whether the query's rows do not contain it; NULLs among them are ignored.
    fn not_in_query<Q>(self, query: Q) -> Is<Self>
    where
        Self::Type: Comparable,
        Q: Query<<Self::Type as Comparable>::Nullable>,
    {
        Expr::from_node(Node::InQuery(Box::new(InQuery {
            operand: self.into_operand(),
            query: query.into_select(),
            negated: true,
        })))
    }
    /// Ascending.
    fn asc(self) -> Order<Self::Scope> {
        Order::new(self.into_operand(), false)
    }
    /// Descending.
    fn desc(self) -> Order<Self::Scope> {
        Order::new(self.into_operand(), true)
    }
    /// `CAST(self AS T)`, nullable if `self` is. A cast that does not mean the same on every database (a date as a number,
    /// JSON as text) is `Unsupported`; a value that is not a `T` (`"7 apples"` as a number) is an error.
    fn cast<T: ColumnType>(self) -> Expr<Self::Scope, <Self::Type as Comparable>::Also<T>>
    where
        Self::Type: Comparable,
    {
        Expr::from_node(Node::Cast(Box::new((
            self.into_operand(),
            T::Base::sql_type(),
        ))))
    }
    /// As an untyped expression, which compares with anything.
    fn untyped(self) -> Expr<Self::Scope, Dyn> {
        Expr::from_node(self.into_operand())
    }
    /// The first of both that is not NULL; NULL if both are, which is possible only if `other` is nullable.
    fn or_else<T: Scalar, V>(self, other: V) -> Expr<Self::Scope, <V::Truth as Truth>::Of<T>>
    where
        Self: Operand<Type = Option<T>>,
        V: Comparand<Self::Scope, T>,
    {
        Expr::from_node(Node::Function(
            Function::Coalesce,
            vec![self.into_operand(), other.into_comparand()],
        ))
    }

    // ---- text ---------------------------------------------------------------------------------------------

    /// Whether the text contains the pattern; case counts, `%` and `_` are literal.
    fn contains(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::Contains, false, pattern)
    }
    /// [`contains`](Operators::contains), case ignored.
    fn icontains(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::Contains, true, pattern)
    }
    /// Whether the text begins with the pattern; case counts, `%` and `_` are literal.
    fn starts_with(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::StartsWith, false, pattern)
    }
    /// [`starts_with`](Operators::starts_with), case ignored.
    fn istarts_with(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::StartsWith, true, pattern)
    }
    /// Whether the text ends with the pattern; case counts, `%` and `_` are literal.
    fn ends_with(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::EndsWith, false, pattern)
    }
    /// [`ends_with`](Operators::ends_with), case ignored.
    fn iends_with(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::EndsWith, true, pattern)
    }
    /// LIKE: `%` is any text, `_` any character, `\` escapes them; case counts.
    fn like(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::Like, false, pattern)
    }
    /// [`like`](Operators::like), case ignored.
    fn ilike(self, pattern: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        text(self, TextOp::Like, true, pattern)
    }
    /// Equal, case ignored.
    fn ieq(self, other: impl IntoExpr<Self::Scope, String>) -> Is<Self>
    where
        Self::Type: Text + Comparable,
    {
        Expr::from_node(Node::binary(
            BinaryOp::Equal,
            Node::Function(Function::Lower, vec![self.into_operand()]),
            Node::Function(Function::Lower, vec![other.into_expr()]),
        ))
    }
    /// In lower case.
    fn lower(self) -> Expr<Self::Scope, Self::Type>
    where
        Self::Type: Text,
    {
        Expr::from_node(Node::Function(Function::Lower, vec![self.into_operand()]))
    }
    /// In upper case.
    fn upper(self) -> Expr<Self::Scope, Self::Type>
    where
        Self::Type: Text,
    {
        Expr::from_node(Node::Function(Function::Upper, vec![self.into_operand()]))
    }
    /// Trims blanks at both ends.
    fn trim(self) -> Expr<Self::Scope, Self::Type>
    where
        Self::Type: Text,
    {
        Expr::from_node(Node::Function(Function::Trim, vec![self.into_operand()]))
    }
    /// Both texts joined; NULL if one is NULL.
    fn concat(self, other: impl IntoExpr<Self::Scope, String>) -> Expr<Self::Scope, Self::Type>
    where
        Self::Type: Text,
    {
        Expr::from_node(Node::binary(
            BinaryOp::Concat,
            self.into_operand(),
            other.into_expr(),
        ))
    }

    // ---- numbers ------------------------------------------------------------------------------------------

    /// The remainder of a division. Like a quotient, it is an `Option` if the divisor is a column or an expression: NULL
    /// where that is zero.
    fn remainder<V>(self, other: V) -> Expr<Self::Scope, Quotient<Self::Type, V::Truth>>
    where
        Self::Type: Numeric + Comparable,
        V: Divisor<Self::Scope, Base<Self>>,
    {
        divided(
            ArithmeticOp::Remainder,
            <Self::Type as Numeric>::KIND,
            self.into_operand(),
            other.into_divisor(),
        )
    }
    /// The absolute value.
    fn abs(self) -> Expr<Self::Scope, Self::Type>
    where
        Self::Type: Numeric,
    {
        Expr::from_node(Node::Function(Function::Abs, vec![self.into_operand()]))
    }

    // ---- aggregates ---------------------------------------------------------------------------------------

    /// The number of values that are not NULL.
    fn count(self) -> AggregateExpr<Self::Scope, i64> {
        AggregateExpr::new(
            AggregateFunction::Count,
            Some(self.into_operand()),
            AggregateType::Integer,
        )
    }
    /// The sum: `Option<i64>` of integers, `Option<Decimal>` of decimals, `Option<f64>` of floats; `None` over no rows.
    fn sum(self) -> AggregateExpr<Self::Scope, Option<<Self::Type as Summable>::Sum>>
    where
        Self::Type: Summable,
    {
        AggregateExpr::new(
            AggregateFunction::Sum,
            Some(self.into_operand()),
            <Self::Type as Summable>::SUM,
        )
    }
    /// The mean: `Option<f64>`, `Option<Decimal>` of decimals.
    fn avg(self) -> AggregateExpr<Self::Scope, Option<<Self::Type as Summable>::Average>>
    where
        Self::Type: Summable,
    {
        AggregateExpr::new(
            AggregateFunction::Average,
            Some(self.into_operand()),
            <Self::Type as Summable>::AVERAGE,
        )
    }
    /// The least value; `None` over no rows.
    fn min(self) -> AggregateExpr<Self::Scope, Option<<Self::Type as ColumnType>::Base>>
    where
        Self::Type: ColumnType,
    {
        AggregateExpr::new(
            AggregateFunction::Min,
            Some(self.into_operand()),
            AggregateType::Own,
        )
    }
    /// The greatest value; `None` over no rows.
    fn max(self) -> AggregateExpr<Self::Scope, Option<<Self::Type as ColumnType>::Base>>
    where
        Self::Type: ColumnType,
    {
        AggregateExpr::new(
            AggregateFunction::Max,
            Some(self.into_operand()),
            AggregateType::Own,
        )
    }

    // ---- JSON ---------------------------------------------------------------------------------------------

    /// The text of the scalar under a key of a JSON document; NULL where there is none.
    fn json_key(self, key: impl Into<String>) -> Expr<Self::Scope, Option<String>> {
        Expr::from_node(json_step(self.into_operand(), JsonStep::Key(key.into())))
    }
    /// The text of the scalar at a position (from 0) of a JSON array; NULL where there is none.
    fn json_index(self, index: u32) -> Expr<Self::Scope, Option<String>> {
        Expr::from_node(json_step(self.into_operand(), JsonStep::Index(index)))
    }
    /// `COLLATE name`: compares and sorts by a collation of the database. The name is written as the database has it: on
    /// PostgreSQL its case counts (`"C"`, `"de-DE-x-icu"`), on SQLite and MariaDB it does not.
    fn collate(self, name: &'static str) -> Expr<Self::Scope, Self::Type> {
        Expr::from_node(Node::Collate(Box::new((
            self.into_operand(),
            Name::Borrowed(name),
        ))))
    }
}

impl<O: Operand> Operators for O {}

/// `a.json_key("b").json_key("c")` is one path.
fn json_step(node: Node, step: JsonStep) -> Node {
    match node {
        Node::Json(mut get) => {
            get.path.push(step);
            Node::Json(get)
        }
        document => Node::Json(Box::new(JsonGet {
            document,
            path: vec![step],
        })),
    }
}
