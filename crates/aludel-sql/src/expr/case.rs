//! CASE: `when(condition, result).when(..).otherwise(..)`.

use super::{Branch, Case, Condition, Expr, IntoExpr, Node};
use crate::types::{ColumnType, Scalar};
use std::marker::PhantomData;

/// A CASE in the making: each branch gives a `T`.
pub struct Cases<S, T> {
    branches: Vec<(Node, Node)>,
    typed: PhantomData<fn() -> (S, T)>,
}

/// `CASE WHEN condition THEN result`; close it with [`Cases::otherwise`] or [`Cases::end`].
///
/// The first result decides the type: `when(Post::views.gt(100), "many").otherwise(Post::title)`; give it as
/// `Some(value)` where another may be NULL.
pub fn when<S, V: Branch<S>>(condition: impl Condition<S>, result: V) -> Cases<S, V::Type> {
    Cases {
        branches: vec![(condition.into_condition(), result.into_branch())],
        typed: PhantomData,
    }
}

impl<S, T> Cases<S, T> {
    /// A further branch.
    pub fn when(mut self, condition: impl Condition<S>, result: impl IntoExpr<S, T>) -> Self {
        self.branches
            .push((condition.into_condition(), result.into_expr()));
        self
    }

    /// `ELSE result END`.
    pub fn otherwise(self, result: impl IntoExpr<S, T>) -> Expr<S, T> {
        Expr::from_node(Node::Case(Box::new(Case {
            branches: self.branches,
            otherwise: Some(result.into_expr()),
        })))
    }

    /// `END`: NULL when no branch holds.
    pub fn end(self) -> Expr<S, Option<T::Base>>
    where
        T: ColumnType<Base: Scalar>,
    {
        Expr::from_node(Node::Case(Box::new(Case {
            branches: self.branches,
            otherwise: None,
        })))
    }
}
