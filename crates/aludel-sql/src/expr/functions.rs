//! Functions that every database has, typed, and [`func`] for any other by name.

use super::typed::{Comparable, Comparand, Numeric, Temporal, Text};
use super::{
    AggregateExpr, AggregateFunction, AggregateType, Branch, Dyn, Expr, Function, IntoExpr, Moment,
    Name, Node, Operand,
};
use crate::types::{ColumnType, Kind, Scalar, SqlType, Truth};
use crate::value::Value;

/// `U`, nullable if the operand is.
type Like<O, U> = <<O as Operand>::Type as Comparable>::With<U>;

fn call<S, T>(function: Function, arguments: Vec<Node>) -> Expr<S, T> {
    Expr::from_node(Node::Function(function, arguments))
}

/// `count(*)`.
pub fn count<S>() -> AggregateExpr<S, i64> {
    AggregateExpr::new(AggregateFunction::Count, None, AggregateType::Integer)
}

/// The instant of the statement, UTC. It can be used as any date or time.
pub fn now() -> Clock {
    Clock(Function::Now)
}

/// Today's date, UTC.
pub fn today() -> Clock {
    Clock(Function::Today)
}

/// The database's clock: [`now`] and [`today`].
#[derive(Debug, Clone, Copy)]
pub struct Clock(Function);

impl Clock {
    /// As an expression of a type, to be selected.
    pub fn expr<S, T: Temporal>(self) -> Expr<S, T> {
        Expr::from_node(self.fitting(T::KIND))
    }

    /// The clock as a value of a kind: the instant, its date or its time of day.
    fn fitting(self, kind: Kind) -> Node {
        let now = || Node::Function(self.0, vec![]);
        let cast = |sql_type| Node::Cast(Box::new((now(), sql_type)));
        let is_today = self.0 == Function::Today;
        match kind {
            Kind::Date => Node::Function(Function::Today, vec![]),
            // A date has no time of day: the cast is refused.
            Kind::Time => cast(SqlType::Time),
            Kind::DateTime | Kind::Timestamp if is_today => cast(SqlType::Timestamp),
            Kind::DateTime | Kind::Timestamp => now(),
            // `Temporal` has none of these.
            Kind::Unknown
            | Kind::Bool
            | Kind::Integer
            | Kind::Float
            | Kind::Decimal
            | Kind::Text
            | Kind::Bytes
            | Kind::Uuid
            | Kind::Json
            | Kind::Enum(_)
            | Kind::Array
            | Kind::Own(_) => now(),
        }
    }
}

impl<S, T: Temporal> IntoExpr<S, T> for Clock {
    fn into_expr(self) -> Node {
        self.fitting(T::KIND)
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Temporal> Comparand<S, T> for Clock {
    type Truth = bool;
    fn into_comparand(self) -> Node {
        self.fitting(T::KIND)
    }
}

/// The type of a CASE is not known until another result is.
#[diagnostic::do_not_recommend]
impl<S> Branch<S> for Clock {
    type Type = Moment;
    fn into_branch(self) -> Node {
        self.fitting(Kind::Unknown)
    }
}

/// A node of the clock, as a value of a kind.
pub(super) fn fitted(node: Node, kind: Kind) -> Node {
    match node {
        Node::Function(clock @ (Function::Now | Function::Today), _) => Clock(clock).fitting(kind),
        other => other,
    }
}

/// A float between 0 and 1, a new one for each row.
pub fn random<S>() -> Expr<S, f64> {
    call(Function::Random, vec![])
}

/// An expression as raw SQL, which must be valid on every database that the program runs on.
pub fn raw_sql<S, T: ColumnType>(text: &'static str) -> Expr<S, T> {
    Expr::from_node(Node::Raw(vec![text.into()], Vec::new()).typed(T::Base::sql_type()))
}

/// A condition as raw SQL. See [`raw_sql`].
pub fn raw_condition<S>(text: &'static str) -> Expr<S, bool> {
    raw_sql(text)
}

/// A value as an expression.
pub fn literal<S, V: Branch<S>>(value: V) -> Expr<S, V::Type> {
    Expr::from_node(value.into_branch())
}

/// The length in characters.
pub fn length<O: Operand<Type: Text + Comparable>>(text: O) -> Expr<O::Scope, Like<O, i64>> {
    call(Function::Length, vec![text.into_operand()])
}

/// `count` characters from position `from`, which counts from 1. As in SQL's standard, positions before the first are
/// counted and empty: `substring(x, 0, 2)` is the first character; a count below zero is taken for zero.
pub fn substring<O: Operand<Type: Text>>(
    text: O,
    from: i32,
    count: i32,
) -> Expr<O::Scope, O::Type> {
    // Databases differ in what is before the first character, so none is asked.
    let before = 1i64.saturating_sub(from.into()).max(0);
    let count = i64::from(count).saturating_sub(before).max(0);
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    call(
        Function::Substring,
        vec![
            text.into_operand(),
            Node::Value(from.max(1).encode()),
            Node::Value(count.encode()),
        ],
    )
}

/// Every `what` in the text replaced by `with`.
pub fn replace<O: Operand<Type: Text>>(
    text: O,
    what: impl IntoExpr<O::Scope, String>,
    with: impl IntoExpr<O::Scope, String>,
) -> Expr<O::Scope, O::Type> {
    call(
        Function::Replace,
        vec![text.into_operand(), what.into_expr(), with.into_expr()],
    )
}

/// The first that is not NULL. `otherwise` decides whether there is always one: with two nullable columns, the result may
/// be NULL too.
pub fn coalesce<O, T: Scalar, V>(
    first: O,
    otherwise: V,
) -> Expr<O::Scope, <V::Truth as Truth>::Of<T>>
where
    O: Operand<Type = Option<T>>,
    V: Comparand<O::Scope, T>,
{
    call(
        Function::Coalesce,
        vec![first.into_operand(), otherwise.into_comparand()],
    )
}

/// NULL if both are equal, else the first.
pub fn null_if<O: Operand<Type: ColumnType>>(
    first: O,
    second: impl IntoExpr<O::Scope, O::Type>,
) -> Expr<O::Scope, Option<<O::Type as ColumnType>::Base>> {
    call(
        Function::NullIf,
        vec![first.into_operand(), second.into_expr()],
    )
}

/// The greater of both; NULL if one is NULL.
pub fn greatest<O: Operand>(
    first: O,
    second: impl IntoExpr<O::Scope, O::Type>,
) -> Expr<O::Scope, O::Type> {
    call(
        Function::Greatest,
        vec![first.into_operand(), second.into_expr()],
    )
}

/// The lesser of both; NULL if one is NULL.
pub fn least<O: Operand>(
    first: O,
    second: impl IntoExpr<O::Scope, O::Type>,
) -> Expr<O::Scope, O::Type> {
    call(
        Function::Least,
        vec![first.into_operand(), second.into_expr()],
    )
}

/// Rounded to a whole number, half away from zero.
pub fn round<O: Operand<Type: Numeric>>(number: O) -> Expr<O::Scope, O::Type> {
    call(Function::Round, vec![number.into_operand()])
}

/// Rounds to `digits` digits after the point, half away from zero: `round_to(Item::price * rate, s)` fits a
/// `decimal(p, s)` column. Not for floats, which have no such digits.
pub fn round_to<O: Operand<Type: Numeric>>(number: O, digits: u32) -> Expr<O::Scope, O::Type> {
    let digits = Node::Value(Value::I64(digits.into()));
    call(Function::RoundTo, vec![number.into_operand(), digits])
}

/// The next whole number below.
pub fn floor<O: Operand<Type: Numeric>>(number: O) -> Expr<O::Scope, O::Type> {
    call(Function::Floor, vec![number.into_operand()])
}

/// The next whole number above.
pub fn ceil<O: Operand<Type: Numeric>>(number: O) -> Expr<O::Scope, O::Type> {
    call(Function::Ceil, vec![number.into_operand()])
}

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $function:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<O: Operand<Type: Temporal + Comparable>>(time: O) -> Expr<O::Scope, Like<O, i64>> {
            call(Function::$function, vec![time.into_operand()])
        }
    )+};
}
parts! {
    /// The year of a date or time.
    year Year;
    /// The month, 1–12.
    month Month;
    /// The day of the month.
    day Day;
    /// The hour.
    hour Hour;
    /// The minute.
    minute Minute;
    /// The second, whole.
    second Second;
}

/// A function of the database, by name: `func("soundex").arg(User::name).returns::<String>()`.
///
/// The name is a plain word (letters, digits, `_`, and `.` between schema and function); anything else is an error
/// when the statement is rendered.
pub fn func(name: &'static str) -> Call {
    Call {
        name: Name::Borrowed(name),
    }
}

/// A call of a function by name.
pub struct Call {
    name: Name,
}

impl Call {
    /// Without arguments.
    pub fn call<S>(self) -> Expr<S, Dyn> {
        Expr::from_node(Node::Call(self.name, vec![]))
    }

    /// With a first argument, which sets the scope.
    pub fn arg<O: Operand>(self, argument: O) -> CallWith<O::Scope> {
        CallWith {
            name: self.name,
            arguments: vec![argument.into_operand()],
            aggregate: false,
            scope: std::marker::PhantomData,
        }
    }
}

/// A call of a function by name, with arguments.
pub struct CallWith<S> {
    name: Name,
    arguments: Vec<Node>,
    aggregate: bool,
    scope: std::marker::PhantomData<fn() -> S>,
}

impl<S> CallWith<S> {
    /// A further argument: a column, an expression or a value.
    pub fn arg(mut self, argument: impl IntoExpr<S, Dyn>) -> Self {
        self.arguments.push(argument.into_expr());
        self
    }

    /// Marks it as an aggregate, so that a query that selects it is grouped. Built-in aggregates are known by name
    /// (`string_agg`, `group_concat`, `json_agg`, `bool_and`, `stddev`, …); this is for others.
    pub fn aggregate(mut self) -> Self {
        self.aggregate = true;
        self
    }

    /// Sets the type that it returns.
    pub fn returns<T: ColumnType>(self) -> Expr<S, T> {
        let call = match self.aggregate {
            true => Node::AggregateCall(self.name, self.arguments),
            false => Node::Call(self.name, self.arguments),
        };
        Expr::from_node(call.typed(T::Base::sql_type()))
    }
}
