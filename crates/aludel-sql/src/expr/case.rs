//! CASE: `when(condition, result).when(..).otherwise(..)`.

use super::{Branch, Case, Comparable, Comparand, Condition, Expr, Node};
use crate::types::{ColumnType, Scalar, Truth};
use std::marker::PhantomData;

/// A CASE in the making: each branch gives a `T`.
pub struct Cases<S, T> {
    branches: Vec<(Node, Node)>,
    typed: PhantomData<fn() -> (S, T)>,
}

/// `CASE WHEN condition THEN result`; close it with [`Cases::otherwise`] or [`Cases::end`].
///
/// The first result decides the type: `when(Post::views.gt(100), "many").otherwise(Post::title)`. The whole may be NULL where
/// one of the results may.
pub fn when<S, V: Branch<S>>(condition: impl Condition<S>, result: V) -> Cases<S, V::Type> {
    Cases {
        branches: vec![(condition.into_condition(), result.into_branch())],
        typed: PhantomData,
    }
}

/// A `T`, that may be NULL where it may itself, or another side may.
type Either<T, V> =
    <<<T as Comparable>::Truth as Truth>::And<V> as Truth>::Of<<T as Comparable>::Base>;

impl<S, T> Cases<S, T> {
    /// A further branch.
    pub fn when<V>(
        mut self,
        condition: impl Condition<S>,
        result: V,
    ) -> Cases<S, Either<T, V::Truth>>
    where
        T: Comparable,
        V: Comparand<S, T::Base>,
    {
        self.branches
            .push((condition.into_condition(), result.into_comparand()));
        Cases {
            branches: self.branches,
            typed: PhantomData,
        }
    }

    /// `ELSE result END`: NULL where a branch or this result may be.
    pub fn otherwise<V>(self, result: V) -> Expr<S, Either<T, V::Truth>>
    where
        T: Comparable,
        V: Comparand<S, T::Base>,
    {
        Expr::from_node(Node::Case(Box::new(Case {
            branches: self.branches,
            otherwise: Some(result.into_comparand()),
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
