//! The functions that migrations are written with: types, columns, constraints, values.

use aludel_sql::Value;
use aludel_sql::expr::{
    AdHoc, ArithmeticOp, BinaryOp, Dyn, Expr, IntoExpr, Node, NumberKind, UnaryOp,
};
use aludel_sql::schema::{Check, Column, ForeignKey, Index, Unique};
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::value::EnumType;
use std::borrow::Cow;

/// A column, NOT NULL by default.
pub fn column(name: impl Into<String>, sql_type: SqlType) -> Column {
    Column::new(name, sql_type)
}

/// A foreign key on these columns: `foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"])`.
pub fn foreign_key<S: Into<String>>(
    name: impl Into<String>,
    columns: impl IntoIterator<Item = S>,
) -> ForeignKey {
    ForeignKey::on(name, columns)
}

/// A unique constraint.
pub fn unique<S: Into<String>>(
    name: impl Into<String>,
    columns: impl IntoIterator<Item = S>,
) -> Unique {
    Unique::on(name, columns)
}

/// A CHECK: `check("ck_posts_views", col("views").ge(0))`.
pub fn check(name: impl Into<String>, condition: Expr<AdHoc, bool>) -> Check {
    Check::that(name, condition)
}

/// An index on columns; [`Index`] has more options.
pub fn index<S: Into<String>>(
    name: impl Into<String>,
    columns: impl IntoIterator<Item = S>,
) -> Index {
    Index::on(columns).named(name)
}

/// An enum type and its values.
pub fn enum_type<S: AsRef<str>>(name: &str, values: impl IntoIterator<Item = S>) -> EnumType {
    let values: Vec<S> = values.into_iter().collect();
    EnumType::intern(name, &values)
}

macro_rules! types {
    ($($(#[doc = $doc:literal])* $name:ident = $kind:ident;)+) => {$(
        $(#[doc = $doc])*
        pub fn $name() -> SqlType {
            SqlType::$kind
        }
    )+};
}

types! {
    /// Booleans.
    boolean = Bool;
    /// 16-bit integers.
    small_int = SmallInt;
    /// 32-bit integers.
    integer = Integer;
    /// 64-bit integers.
    big_int = BigInt;
    /// 32-bit floats.
    real = Real;
    /// 64-bit floats.
    double = Double;
    /// Text without a limit.
    text = Text;
    /// Bytes.
    bytes = Bytes;
    /// Dates.
    date = Date;
    /// Times of day.
    time = Time;
    /// Dates with a time, without a zone.
    date_time = DateTime;
    /// Instants.
    timestamp = Timestamp;
    /// UUIDs.
    uuid = Uuid;
    /// JSON documents.
    json = Json;
}

/// Text of at most `length` characters.
pub fn varchar(length: u32) -> SqlType {
    SqlType::Varchar(length)
}

/// Exact numbers: `precision` digits in all, `scale` of them after the point.
pub fn decimal(precision: u32, scale: u32) -> SqlType {
    SqlType::Decimal(precision, scale)
}

/// A PostgreSQL array.
pub fn array(element: SqlType) -> SqlType {
    SqlType::Array(Box::new(element))
}

/// An enum type with its values at this point of the history.
pub fn one_of<S: AsRef<str>>(name: &str, values: impl IntoIterator<Item = S>) -> SqlType {
    SqlType::Enum(enum_type(name, values))
}

/// A type given as SQL, such as `citext`.
pub fn custom(words: impl Into<Cow<'static, str>>) -> SqlType {
    SqlType::Custom(words.into())
}

/// A column in an expression.
pub fn col(name: impl Into<Cow<'static, str>>) -> Expr<AdHoc, Dyn> {
    Expr::from_node(Node::Root(name.into()))
}

/// A value of any kind in an expression.
pub fn value(value: Value) -> Expr<AdHoc, Dyn> {
    Expr::from_node(Node::Value(value))
}

/// An expression given as SQL.
pub fn raw<T>(text: impl Into<Cow<'static, str>>) -> Expr<AdHoc, T> {
    Expr::from_node(Node::Raw(vec![text.into()], Vec::new()))
}

/// An expression from its tree, where there is no shorter way to write it.
pub fn node<T>(node: Node) -> Expr<AdHoc, T> {
    Expr::from_node(node)
}

/// All of the conditions.
pub fn all_of(conditions: impl IntoIterator<Item = Expr<AdHoc, bool>>) -> Expr<AdHoc, bool> {
    Expr::from_node(Node::And(
        conditions.into_iter().map(Expr::into_node).collect(),
    ))
}

/// Any of the conditions.
pub fn any_of(conditions: impl IntoIterator<Item = Expr<AdHoc, bool>>) -> Expr<AdHoc, bool> {
    Expr::from_node(Node::Or(
        conditions.into_iter().map(Expr::into_node).collect(),
    ))
}

/// The negation of a condition.
pub fn not(condition: Expr<AdHoc, bool>) -> Expr<AdHoc, bool> {
    Expr::from_node(Node::Unary(UnaryOp::Not, Box::new(condition.into_node())))
}

/// Whether a condition is false or unknown.
pub fn is_not_true(condition: Expr<AdHoc, bool>) -> Expr<AdHoc, bool> {
    Expr::from_node(Node::Unary(
        UnaryOp::IsNotTrue,
        Box::new(condition.into_node()),
    ))
}

/// Applies an operator to two operands.
pub fn binary<T>(
    op: BinaryOp,
    left: impl IntoExpr<AdHoc, Dyn>,
    right: impl IntoExpr<AdHoc, Dyn>,
) -> Expr<AdHoc, T> {
    Expr::from_node(Node::binary(op, left.into_expr(), right.into_expr()))
}

/// Arithmetic on a kind of numbers; integers divide to integers on every database.
pub fn arithmetic(
    kind: NumberKind,
    op: ArithmeticOp,
    left: impl IntoExpr<AdHoc, Dyn>,
    right: impl IntoExpr<AdHoc, Dyn>,
) -> Expr<AdHoc, Dyn> {
    let operands = Box::new((left.into_expr(), right.into_expr()));
    Expr::from_node(Node::Arithmetic(op, kind, operands))
}

/// An exact number.
///
/// # Panics
/// If the text is not a number.
#[cfg(feature = "decimal")]
pub fn exact(text: &str) -> Value {
    match text.parse() {
        Ok(number) => Value::Decimal(number),
        Err(_) => panic!("{text:?} is no exact number"),
    }
}

/// A day: `day("2020-02-29")`.
///
/// # Panics
/// If the text is not a date; likewise for [`clock`], [`moment`] and [`instant`].
pub fn day(text: &str) -> Value {
    let Some(day) = CivilDate::parse(text) else {
        panic!("{text:?} is no date")
    };
    Value::Date(day)
}

/// A time of day: `clock("12:30:00.000000")`.
///
/// # Panics
/// As [`day`].
pub fn clock(text: &str) -> Value {
    let Some(time) = CivilTime::parse(text) else {
        panic!("{text:?} is no time of day")
    };
    Value::Time(time)
}

/// A day with a time: `moment("2020-02-29 12:30:00.000000")`.
///
/// # Panics
/// As [`day`].
pub fn moment(text: &str) -> Value {
    let Some(time) = CivilDateTime::parse(text) else {
        panic!("{text:?} is no date with a time")
    };
    Value::DateTime(time)
}

/// An instant, UTC: `instant("2020-02-29 12:30:00.000000")`.
///
/// # Panics
/// As [`day`].
pub fn instant(text: &str) -> Value {
    let Some(time) = Instant::parse(text) else {
        panic!("{text:?} is no instant")
    };
    Value::Timestamp(time)
}
