//! [`AggregateExpr`]: an aggregate that can still take `.distinct()` and `.filter(..)`; and which nodes are aggregates.

use super::{
    Aggregate, AggregateFunction, AggregateType, Branch, Comparand, ComparesWith, Condition, Expr,
    IntoExpr, Node, Operand,
};
use crate::types::Scalar;
use std::marker::PhantomData;

/// An aggregate of type `T` in the scope `S`; an operand like any other.
pub struct AggregateExpr<S, T> {
    aggregate: Box<Aggregate>,
    typed: PhantomData<fn() -> (S, T)>,
}

impl<S, T> AggregateExpr<S, T> {
    pub(crate) fn new(
        function: AggregateFunction,
        argument: Option<Node>,
        answer: AggregateType,
    ) -> Self {
        AggregateExpr {
            aggregate: Box::new(aggregate(function, argument, answer)),
            typed: PhantomData,
        }
    }

    /// Counts duplicate values once (DISTINCT).
    pub fn distinct(mut self) -> Self {
        self.aggregate.distinct = true;
        self
    }

    /// Counts only rows that fulfil the condition: `FILTER (WHERE …)`, `CASE WHEN …` on MariaDB/MySQL.
    pub fn filter(mut self, condition: impl Condition<S>) -> Self {
        let condition = condition.into_condition();
        self.aggregate.filter = Some(match self.aggregate.filter.take() {
            None => condition,
            Some(before) => before.and(condition),
        });
        self
    }

    /// As a plain expression, for arithmetic.
    pub fn expr(self) -> Expr<S, T> {
        Expr::from_node(Node::Aggregate(self.aggregate))
    }
}

impl<S, T> Clone for AggregateExpr<S, T> {
    fn clone(&self) -> Self {
        AggregateExpr {
            aggregate: self.aggregate.clone(),
            typed: PhantomData,
        }
    }
}

impl<S, T> Operand for AggregateExpr<S, T> {
    type Scope = S;
    type Type = T;
    fn into_operand(self) -> Node {
        Node::Aggregate(self.aggregate)
    }
}

impl<S, T> IntoExpr<S, T> for AggregateExpr<S, T> {
    fn into_expr(self) -> Node {
        self.into_operand()
    }
}

impl<S, T: Scalar> IntoExpr<S, Option<T>> for AggregateExpr<S, T> {
    fn into_expr(self) -> Node {
        self.into_operand()
    }
}

#[diagnostic::do_not_recommend]
impl<S, T, U: ComparesWith<T>> Comparand<S, T> for AggregateExpr<S, U> {
    type Truth = U::Truth;
    fn into_comparand(self) -> Node {
        self.into_operand()
    }
}

impl<S, T> Branch<S> for AggregateExpr<S, T> {
    type Type = T;
    fn into_branch(self) -> Node {
        self.into_operand()
    }
}

/// An aggregate node, for the layers above.
pub(crate) fn aggregate(
    function: AggregateFunction,
    argument: Option<Node>,
    answer: AggregateType,
) -> Aggregate {
    Aggregate {
        function,
        argument,
        distinct: false,
        filter: None,
        answer,
    }
}

impl Node {
    /// Whether it is an aggregate: one of the portable set, or one that is called by its name in the database.
    pub fn is_aggregate(&self) -> bool {
        match self {
            Node::Aggregate(_) | Node::AggregateCall(..) => true,
            Node::Call(name, arguments) => is_aggregate_name(name, arguments.len()),
            _ => false,
        }
    }

    /// Whether it turns many rows into one: it is an aggregate, or has one below it. `sum(x) OVER (..)` is not one, since
    /// each row stays; but `sum(count(*)) OVER (..)` contains one. Subqueries are not entered.
    pub fn aggregates(&self) -> bool {
        if self.is_aggregate() {
            return true;
        }
        let mut found = false;
        let mut visit = |child: &Node| found = found || child.aggregates();
        match self {
            Node::Window(window) => {
                window.function.children(&mut visit);
                window.over().for_each(visit);
            }
            other => other.children(&mut visit),
        }
        found
    }
}

/// Whether databases have a built-in aggregate of that name. A program marks its own:
/// `func(..).arg(..).aggregate()`.
fn is_aggregate_name(name: &str, arguments: usize) -> bool {
    let name = name.strip_prefix("pg_catalog.").unwrap_or(name);
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    // SQLite's `max(a, b)` is the greater of both.
    let scalar = arguments > 1 && ["min", "max"].iter().any(is);
    !scalar && KNOWN.iter().any(is)
}

/// The aggregates of SQLite, PostgreSQL and MariaDB/MySQL that are called like other functions.
const KNOWN: [&str; 57] = [
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "count",
    "covar_pop",
    "covar_samp",
    "every",
    "group_concat",
    "json_agg",
    "json_agg_strict",
    "json_arrayagg",
    "json_group_array",
    "json_group_object",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "json_objectagg",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_group_array",
    "jsonb_group_object",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_agg_unique",
    "jsonb_object_agg_unique_strict",
    "max",
    "median",
    "min",
    "range_agg",
    "range_intersect_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "std",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "total",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
];
