//! Paths: how an expression reaches a column, as a type.
//!
//! A path begins at a [`Root`] model and goes over to-one relations ([`Via`]) and into embedded values ([`Within`]).
//! It is zero-sized: a query knows its root and its hops from the type alone.

use crate::model::Model;
use crate::model::relation::{EmbeddedField, ToOneRelation};
use crate::sealed::Sealed;
use aludel_sql::expr::{Name, Node, Path as NodePath};
use aludel_sql::types::{ColumnType, Truth};
use std::marker::PhantomData;

/// A path from a root model to a set of columns.
pub trait Path: 'static {
    /// The model whose query an expression of this path may stand in.
    type Root: Model;
    /// Whether a hop on the way may lead to no row.
    type Nullability: Nullability;
    /// The relations on the way, by field name.
    fn hops(out: &mut Vec<Name>) {
        let _ = out;
    }
    /// The prefix of a column: the fields of embedded values.
    fn prefix(out: &mut String) {
        let _ = out;
    }
    /// A column at its end.
    fn column(name: &'static str) -> Node
    where
        Self: Sized,
    {
        column_node::<Self>(name)
    }
}

/// The path without hops.
pub struct Root<M>(PhantomData<fn() -> M>);

/// A path over the to-one relation `R`.
pub struct Via<Q, R>(PhantomData<fn() -> (Q, R)>);

/// A path into the embedded value of the field `F`.
pub struct Within<Q, F>(PhantomData<fn() -> (Q, F)>);

/// The same path, to columns that are NULL in some of its rows: those of one variant of an enum, or of an embedded value
/// that may be missing.
pub struct MaybeHere<Q>(PhantomData<fn() -> Q>);

impl<Q: Path> Path for MaybeHere<Q> {
    type Root = Q::Root;
    type Nullability = Maybe;
    fn hops(out: &mut Vec<Name>) {
        Q::hops(out);
    }
    fn prefix(out: &mut String) {
        Q::prefix(out);
    }
}

impl<M: Model> Path for Root<M> {
    type Root = M;
    type Nullability = Always;
    fn column(name: &'static str) -> Node {
        Node::Root(Name::Borrowed(name))
    }
}

/// A path over the to-one relation `R`, including rows that the default scope of its model excludes.
pub struct ViaUnscoped<Q, R>(PhantomData<fn() -> (Q, R)>);

/// A path over two things that may be missing.
type Either<A, B> = <A as Nullability>::Or<B>;

impl<Q: Path, R: ToOneRelation> Path for Via<Q, R> {
    type Root = Q::Root;
    type Nullability =
        Either<Either<Q::Nullability, R::Nullability>, <R::Target as Model>::InScope>;
    fn hops(out: &mut Vec<Name>) {
        Q::hops(out);
        out.push(Name::Borrowed(R::NAME));
    }
}

impl<Q: Path, R: ToOneRelation> Path for ViaUnscoped<Q, R> {
    type Root = Q::Root;
    type Nullability = Either<Q::Nullability, R::Nullability>;
    fn hops(out: &mut Vec<Name>) {
        Q::hops(out);
        out.push(unscoped_hop(R::NAME));
    }
}

impl<Q: Path, F: EmbeddedField> Path for Within<Q, F> {
    type Root = Q::Root;
    type Nullability = Q::Nullability;
    fn hops(out: &mut Vec<Name>) {
        Q::hops(out);
    }
    fn prefix(out: &mut String) {
        Q::prefix(out);
        out.push_str(F::PREFIX);
    }
}

/// Whether the target of a path is always there.
pub trait Nullability: Sealed + 'static {
    /// A column of type `T`, seen over such a path.
    type Of<T: ColumnType>: ColumnType<Base = T::Base>;
    /// The nullability of this path, followed by another.
    type Or<N: Nullability>: Nullability;
    /// The type of a comparison over such a path.
    type Truth: Truth;
    /// Whether it may be missing, as a value.
    const NULLABLE: bool;
}

/// It is always there.
pub struct Always;

/// It may be missing: every column over it is an `Option`.
pub struct Maybe;

impl Sealed for Always {}
impl Sealed for Maybe {}

impl Nullability for Always {
    type Of<T: ColumnType> = T;
    type Or<N: Nullability> = N;
    type Truth = bool;
    const NULLABLE: bool = false;
}

impl Nullability for Maybe {
    type Of<T: ColumnType> = Option<T::Base>;
    type Or<N: Nullability> = Maybe;
    type Truth = Option<bool>;
    const NULLABLE: bool = true;
}

/// Suffix of a hop that ignores the default scope. No field's name contains it.
const UNSCOPED: char = '*';

/// A hop over a relation that ignores the default scope.
pub(crate) fn unscoped_hop(relation: &str) -> Name {
    Name::Owned(format!("{relation}{UNSCOPED}"))
}

/// Suffix of a last hop whose columns are read from the target row, including the key, which otherwise is read from the
/// reference.
const READ: char = '+';

/// A last hop whose columns are read from the row itself: they are NULL if there is no row in scope.
pub(crate) fn read_hop(hop: &str) -> Name {
    Name::Owned(format!("{hop}{READ}"))
}

/// A last hop without the suffix for columns that are read from the row itself, if it has one.
pub(crate) fn without_read(hop: &str) -> Option<&str> {
    hop.strip_suffix(READ)
}

/// The relation of a hop, and whether the default scope is ignored.
pub(crate) fn relation_of(hop: &str) -> (&str, bool) {
    let hop = hop.strip_suffix(READ).unwrap_or(hop);
    match hop.strip_suffix(UNSCOPED) {
        Some(relation) => (relation, true),
        None => (hop, false),
    }
}

/// The node of a column over a path.
fn column_node<Q: Path>(column: &'static str) -> Node {
    let mut hops = Vec::new();
    Q::hops(&mut hops);
    let mut prefix = String::new();
    Q::prefix(&mut prefix);
    let column = if prefix.is_empty() {
        Name::Borrowed(column)
    } else {
        Name::Owned(prefix + column)
    };
    if hops.is_empty() {
        Node::Root(column)
    } else {
        Node::Path(Box::new(NodePath { hops, column }))
    }
}
