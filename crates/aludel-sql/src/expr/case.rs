//! CASE: `when(condition, result).when(..).otherwise(..)`.

use super::{Case, Expr, IntoExpr, Node};
use crate::types::{ColumnType, Scalar};
use std::marker::PhantomData;

/// A CASE in the making: each branch gives a `T`.
pub struct Cases<S, T> {
    branches: Vec<(Node, Node)>,
    typed: PhantomData<fn() -> (S, T)>,
}

/// `CASE WHEN condition THEN result`; close it with [`Cases::otherwise`] or [`Cases::end`].
pub fn when<S, T>(condition: Expr<S, bool>, result: impl IntoExpr<S, T>) -> Cases<S, T> {
    Cases {
        branches: vec![(condition.into_node(), result.into_expr())],
        typed: PhantomData,
    }
}

impl<S, T> Cases<S, T> {
    /// A further branch.
    pub fn when(mut self, condition: Expr<S, bool>, result: impl IntoExpr<S, T>) -> Self {
        self.branches
            .push((condition.into_node(), result.into_expr()));
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
