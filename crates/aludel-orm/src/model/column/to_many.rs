//! Relations to many rows as values: what `User::posts` is.

use crate::model::path::Path;
use crate::model::relation::{Relation, ToManyRelation};
use aludel_sql::expr::{
    AggregateFunction, AggregateType, Condition, Expr, Name, Node, Operand, Quantified, Quantifier,
    Summable,
};
use aludel_sql::types::ColumnType;
use std::marker::PhantomData;

/// A to-many relation, which takes a quantifier: `User::posts.any(Post::views.gt(100))`.
pub struct ToMany<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> ToMany<Q, R> {
    /// The relation `R` over the path `Q`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> ToMany<Q, R> {
        ToMany(PhantomData)
    }
}

impl<Q, R> Clone for ToMany<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for ToMany<Q, R> {}

impl<Q: Path, R: ToManyRelation> ToMany<Q, R> {
    /// Some related row fulfils the condition.
    pub fn any(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::Any, Some(condition.into_condition()), None)
    }

    /// Every related row fulfils the condition; also true if there are none.
    pub fn all(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::All, Some(condition.into_condition()), None)
    }

    /// No related row fulfils the condition.
    pub fn none(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::None, Some(condition.into_condition()), None)
    }

    /// There is a related row.
    pub fn exists(self) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::Any, None, None)
    }

    /// There is no related row.
    pub fn is_empty(self) -> Expr<Q::Root, bool> {
        self.ask(Quantifier::None, None, None)
    }

    /// How many related rows there are.
    pub fn count(self) -> Expr<Q::Root, i64> {
        let count = Quantifier::Aggregate(AggregateFunction::Count, AggregateType::Integer);
        self.ask(count, None, None)
    }

    /// How many related rows fulfil the condition.
    pub fn count_where(self, condition: impl Condition<R::Target>) -> Expr<Q::Root, i64> {
        let count = Quantifier::Aggregate(AggregateFunction::Count, AggregateType::Integer);
        self.ask(count, Some(condition.into_condition()), None)
    }

    /// The sum over the related rows; `None` if there are none.
    pub fn sum<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as Summable>::Sum>>
    where
        O: Operand<Scope = R::Target, Type: Summable>,
    {
        let sum = Quantifier::Aggregate(AggregateFunction::Sum, <O::Type as Summable>::SUM);
        self.ask(sum, None, Some(of.into_operand()))
    }

    /// The mean over the related rows; `None` if there are none.
    pub fn avg<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as Summable>::Average>>
    where
        O: Operand<Scope = R::Target, Type: Summable>,
    {
        let mean =
            Quantifier::Aggregate(AggregateFunction::Average, <O::Type as Summable>::AVERAGE);
        self.ask(mean, None, Some(of.into_operand()))
    }

    /// The minimum over the related rows; `None` if there are none.
    pub fn min<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as ColumnType>::Base>>
    where
        O: Operand<Scope = R::Target, Type: ColumnType>,
    {
        let least = Quantifier::Aggregate(AggregateFunction::Min, AggregateType::Own);
        self.ask(least, None, Some(of.into_operand()))
    }

    /// The maximum over the related rows; `None` if there are none.
    pub fn max<O>(self, of: O) -> Expr<Q::Root, Option<<O::Type as ColumnType>::Base>>
    where
        O: Operand<Scope = R::Target, Type: ColumnType>,
    {
        let greatest = Quantifier::Aggregate(AggregateFunction::Max, AggregateType::Own);
        self.ask(greatest, None, Some(of.into_operand()))
    }

    fn ask<T>(
        self,
        quantifier: Quantifier,
        condition: Option<Node>,
        argument: Option<Node>,
    ) -> Expr<Q::Root, T> {
        let mut hops = Vec::new();
        Q::hops(&mut hops);
        Expr::from_node(Node::Quantified(Box::new(Quantified {
            hops,
            relation: Name::Borrowed(<R as Relation>::NAME),
            quantifier,
            condition,
            argument,
            distinct: false,
        })))
    }
}
