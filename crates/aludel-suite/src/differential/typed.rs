//! From terms to typed expressions, by the operators and functions that programs use.

use super::models::{Book, Level};
use super::queries::{cond, sort};
use super::tree::{Agg, Call, Fold, Kind, Math, Pair, Step, Term, V, Win};
use aludel::Scalar;
use aludel::expr::functions::{
    ceil, day, floor, hour, minute, month, null_if, replace, round, second, substring, year,
};
use aludel::expr::{AggregateExpr, Node, Numeric, Operand, Summable, Temporal, Window};
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The Rust type of a kind.
pub trait Typed: Scalar + Clone {
    fn into_v(self) -> V;
    fn of(value: &V) -> Self;
    /// Terms that only this kind has.
    fn own<S>(term: &Term) -> Expr<S, Option<Self>>;
}

macro_rules! typed {
    ($($type:ty, $kind:ident, $own:path;)+) => {$(
        impl Typed for $type {
            fn into_v(self) -> V {
                V::$kind(self)
            }
            fn of(value: &V) -> Self {
                match value {
                    V::$kind(value) => <$type>::clone(value),
                    other => panic!("{other:?} is no {}", stringify!($kind)),
                }
            }
            fn own<S>(term: &Term) -> Expr<S, Option<Self>> {
                $own(term)
            }
        }
    )+};
}
typed! {
    bool, Bool, none;
    i64, Int, int;
    f64, Float, float;
    Decimal, Dec, decimal;
    String, Text, text;
    Date, Date, none;
    Timestamp, Moment, none;
    Level, Level, none;
}

/// A value.
pub fn of<T: Typed>(value: T) -> V {
    value.into_v()
}

/// A value, or NULL.
pub fn maybe<T: Typed>(value: Option<T>) -> V {
    value.map_or(V::Null, Typed::into_v)
}

/// A value as the dynamic layer takes it.
pub fn plain(value: &V) -> Value {
    by_kind!(value.kind(), T => T::of(value).encode())
}

/// The operand as one of another scope and type: the tree of a case says what is of what.
pub fn here<S, T, O: Operand>(operand: O) -> Expr<S, T> {
    Expr::from_node(operand.into_operand())
}

/// A term as an expression of its type; all can be NULL.
pub fn term<S, T: Typed>(of: &Term) -> Expr<S, Option<T>> {
    match of {
        Term::Field(field) => Expr::from_node((field.node)()),
        Term::Value(value) => here(literal::<S, T>(T::of(value))),
        Term::Pair(pair, of) => {
            let (left, right) = (term::<S, T>(&of.0), term::<S, T>(&of.1));
            match pair {
                Pair::Coalesce => here(coalesce(left, right.typed::<T>())),
                Pair::NullIf => here(null_if(left, right)),
                Pair::Greatest => greatest(left, right),
                Pair::Least => least(left, right),
            }
        }
        Term::Case(of) => when(cond(&of.0), term::<S, T>(&of.1)).otherwise(term::<S, T>(&of.2)),
        Term::When(of) => here(when(cond(&of.0), term::<S, T>(&of.1)).end()),
        Term::Over(Fold::Min, relation, of) => {
            by_relation!(relation, r: Target => here(r.min(term::<Target, T>(of))))
        }
        Term::Over(Fold::Max, relation, of) => {
            by_relation!(relation, r: Target => here(r.max(term::<Target, T>(of))))
        }
        Term::Aggregate(of) => Expr::from_node(aggregate::<S>(of)),
        Term::Window(window) => Expr::from_node(over::<S>(window)),
        other => T::own(other),
    }
}

fn none<S, T>(of: &Term) -> Expr<S, Option<T>> {
    panic!("no term of this kind: {of:?}")
}

fn int<S>(of: &Term) -> Expr<S, Option<i64>> {
    match of {
        Term::Count(relation, None) => {
            by_relation!(relation, r: Target => here(r.count()))
        }
        Term::Count(relation, Some(only)) => {
            by_relation!(relation, r: Target => here(r.count_where(cond::<Target>(only))))
        }
        Term::Call(Call::Length, of) => here(length(term::<S, String>(of))),
        Term::Call(Call::ToInt, of) => term::<S, Decimal>(of).cast::<Option<i64>>(),
        Term::Call(Call::Year | Call::Month | Call::Day, time) if time.kind() == Kind::Date => {
            part(of, term::<S, Date>(time))
        }
        Term::Call(
            Call::Year | Call::Month | Call::Day | Call::Hour | Call::Minute | Call::Second,
            time,
        ) => part(of, term::<S, Timestamp>(time)),
        other => number(other),
    }
}

/// A part of a date or time.
fn part<S, T: Typed>(call: &Term, time: Expr<S, Option<T>>) -> Expr<S, Option<i64>>
where
    Option<T>: Temporal,
{
    match call {
        Term::Call(Call::Year, _) => here(year(time)),
        Term::Call(Call::Month, _) => here(month(time)),
        Term::Call(Call::Day, _) => here(day(time)),
        Term::Call(Call::Hour, _) => here(hour(time)),
        Term::Call(Call::Minute, _) => here(minute(time)),
        _ => here(second(time)),
    }
}

fn float<S>(of: &Term) -> Expr<S, Option<f64>> {
    match of {
        Term::Over(Fold::Average, relation, of) if of.kind() == Kind::Int => {
            by_relation!(relation, r: Target => here(r.avg(term::<Target, i64>(of))))
        }
        Term::Over(Fold::Average, relation, of) => {
            by_relation!(relation, r: Target => here(r.avg(term::<Target, f64>(of))))
        }
        other => number(other),
    }
}

fn decimal<S>(of: &Term) -> Expr<S, Option<Decimal>> {
    match of {
        Term::Over(Fold::Average, relation, of) => {
            by_relation!(relation, r: Target => here(r.avg(term::<Target, Decimal>(of))))
        }
        Term::Call(Call::ToDec, of) => term::<S, i64>(of).cast::<Option<Decimal>>(),
        other => number(other),
    }
}

/// What all numbers have.
fn number<S, T>(of: &Term) -> Expr<S, Option<T>>
where
    T: Typed,
    Option<T>: Numeric + Summable<Sum = T>,
{
    match of {
        Term::Math(math, of) => {
            let (left, right) = (term::<S, T>(&of.0), term::<S, T>(&of.1));
            match math {
                Math::Add => left + right,
                Math::Subtract => left - right,
                Math::Multiply => left * right,
                Math::Divide => left / right,
                Math::Remainder => left.remainder(right),
            }
        }
        Term::Minus(of) => -term::<S, T>(of),
        Term::Call(Call::Abs, of) => term::<S, T>(of).abs(),
        Term::Call(Call::Round, of) => round(term::<S, T>(of)),
        Term::Call(Call::Floor, of) => floor(term::<S, T>(of)),
        Term::Call(Call::Ceil, of) => ceil(term::<S, T>(of)),
        Term::Over(Fold::Sum, relation, of) => {
            by_relation!(relation, r: Target => here(r.sum(term::<Target, T>(of))))
        }
        other => panic!("no number of this kind: {other:?}"),
    }
}

fn text<S>(of: &Term) -> Expr<S, Option<String>> {
    match of {
        Term::Call(Call::Lower, of) => term::<S, String>(of).lower(),
        Term::Call(Call::Upper, of) => term::<S, String>(of).upper(),
        Term::Call(Call::Trim, of) => term::<S, String>(of).trim(),
        Term::Call(Call::ToText, of) => term::<S, i64>(of).cast::<Option<String>>(),
        Term::Concat(of) => {
            let right = term::<S, String>(&of.1).typed::<String>();
            term::<S, String>(&of.0).concat(right)
        }
        Term::Part(of, from, count) => substring(term::<S, String>(of), *from, *count),
        Term::Replace(of, what, with) => replace(term::<S, String>(of), *what, *with),
        Term::Json(path) => {
            let mut at: Expr<S, Option<String>> = here(Book::doc);
            for step in path {
                at = match step {
                    Step::Key(key) => at.json_key(*key),
                    Step::Index(index) => at.json_index(*index),
                };
            }
            at
        }
        other => panic!("no text: {other:?}"),
    }
}

fn finished<S, T>(of: AggregateExpr<S, T>, asked: &Agg) -> Node {
    let of = if asked.distinct { of.distinct() } else { of };
    let of = match &asked.filter {
        Some(filter) => of.filter(cond::<S>(filter)),
        None => of,
    };
    of.into_operand()
}

/// An aggregate over the rows of a query.
pub fn aggregate<S>(asked: &Agg) -> Node {
    let Some(of) = &asked.of else {
        return finished(count::<S>(), asked);
    };
    match (asked.fold, of.kind()) {
        (Fold::Count, kind) => {
            by_kind!(kind, T => finished(term::<S, T>(of).count(), asked))
        }
        (Fold::Min, kind) => by_kind!(kind, T => finished(term::<S, T>(of).min(), asked)),
        (Fold::Max, kind) => by_kind!(kind, T => finished(term::<S, T>(of).max(), asked)),
        (Fold::Sum, Kind::Int) => finished(term::<S, i64>(of).sum(), asked),
        (Fold::Sum, Kind::Float) => finished(term::<S, f64>(of).sum(), asked),
        (Fold::Sum, _) => finished(term::<S, Decimal>(of).sum(), asked),
        (Fold::Average, Kind::Int) => finished(term::<S, i64>(of).avg(), asked),
        (Fold::Average, Kind::Float) => finished(term::<S, f64>(of).avg(), asked),
        (Fold::Average, _) => finished(term::<S, Decimal>(of).avg(), asked),
    }
}

fn over<S>(window: &Win) -> Node {
    Node::Window(Box::new(Window {
        function: match &window.function {
            None => Node::Call("row_number".into(), Vec::new()),
            Some(of) => aggregate::<S>(of),
        },
        partition_by: window
            .partition
            .iter()
            .map(|field| (field.node)())
            .collect(),
        order_by: window
            .sort
            .iter()
            .map(|by| sort::<S>(by).into_term())
            .collect(),
        frame: None,
    }))
}
