//! [`AggregateExpr`]: an aggregate that can still take `.distinct()` and `.filter(..)`.

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

    /// Equal values count once.
    pub fn distinct(mut self) -> Self {
        self.aggregate.distinct = true;
        self
    }

    /// Only rows that fulfil the condition count: `FILTER (WHERE …)`, `CASE WHEN …` on MariaDB/MySQL.
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
