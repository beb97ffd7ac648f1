//! CASE: `when(condition, result).when(..).otherwise(..)`.

use super::functions::fitted;
use super::{Branch, Case, Comparable, Comparand, Condition, Expr, Node, Temporal};
use crate::types::{ColumnType, Kind, Scalar, Truth};
use std::marker::PhantomData;

/// An unfinished CASE: each branch returns a `T`.
pub struct Cases<S, T> {
    branches: Vec<(Node, Node)>,
    typed: PhantomData<fn() -> (S, T)>,
}

/// `CASE WHEN condition THEN result`; close it with [`Cases::otherwise`] or [`Cases::end`].
///
/// The first result decides the type: `when(Post::views.gt(100), "many").otherwise(Post::title)`; where that is `now()` or
/// `today()`, the first that is not. The whole may be NULL where one of the results may.
pub fn when<S, V: Branch<S>>(condition: impl Condition<S>, result: V) -> Cases<S, V::Type> {
    Cases {
        branches: vec![(condition.into_condition(), result.into_branch())],
        typed: PhantomData,
    }
}

/// A `T`, nullable if `T` or another operand is.
type Either<T, V> =
    <<<T as Comparable>::Truth as Truth>::And<V> as Truth>::Of<<T as Comparable>::Base>;

/// The type of a CASE whose results have all been the database's clock so far: the first other result decides whether the
/// clock is a date, an instant or a time.
#[derive(Debug, Clone, Copy)]
pub struct Moment;

impl Temporal for Moment {
    const KIND: Kind = Kind::Unknown;
}

/// How a further result `V` changes the type of a CASE.
pub trait Further<S, V> {
    /// The type of the CASE with it.
    type Type;
    /// The tree of the result.
    fn result(result: V) -> Node;
    /// An earlier result, adapted now that the type is known.
    fn fitted(before: Node) -> Node {
        before
    }
}

#[diagnostic::do_not_recommend]
impl<S, T: Comparable, V: Comparand<S, T::Base>> Further<S, V> for T {
    type Type = Either<T, V::Truth>;
    fn result(result: V) -> Node {
        result.into_comparand()
    }
}

#[diagnostic::do_not_recommend]
impl<S, V: Branch<S, Type: Temporal>> Further<S, V> for Moment {
    type Type = V::Type;
    fn result(result: V) -> Node {
        result.into_branch()
    }
    fn fitted(before: Node) -> Node {
        fitted(before, <V::Type as Temporal>::KIND)
    }
}

impl<S, T> Cases<S, T> {
    /// The branches, adapted to a further result.
    fn before<V>(self) -> Vec<(Node, Node)>
    where
        T: Further<S, V>,
    {
        let branches = self.branches.into_iter();
        branches
            .map(|(condition, result)| (condition, T::fitted(result)))
            .collect()
    }

    /// A further branch.
    pub fn when<V>(self, condition: impl Condition<S>, result: V) -> Cases<S, T::Type>
    where
        T: Further<S, V>,
    {
        let mut branches = self.before::<V>();
        branches.push((condition.into_condition(), T::result(result)));
        Cases {
            branches,
            typed: PhantomData,
        }
    }

    /// `ELSE result END`: NULL where a branch or this result may be.
    pub fn otherwise<V>(self, result: V) -> Expr<S, T::Type>
    where
        T: Further<S, V>,
    {
        Expr::from_node(Node::Case(Box::new(Case {
            branches: self.before::<V>(),
            otherwise: Some(T::result(result)),
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
