//! Relations to one row as values: what `Post::author` is.

use super::{ColumnList, ColumnSet};
use crate::model::Model;
use crate::model::assignment::Assignment;
use crate::model::fields::Ref;
use crate::model::path::{Nullability, Path, Root, Via, ViaUnscoped};
use crate::model::relation::{KeyColumns, RowOrKey, ToOneRelation};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Expr, InList, Name, Node, UnaryOp};
use aludel_sql::types::PrimaryKey;
use std::marker::PhantomData;
use std::ops::Deref;

/// A to-one relation, which is a path: `Post::author.email`.
pub struct ToOne<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> ToOne<Q, R> {
    /// The relation `R` over the path `Q`.
    #[allow(clippy::new_without_default)]
    pub const fn new() -> ToOne<Q, R> {
        ToOne(PhantomData)
    }
}

impl<Q, R> Clone for ToOne<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for ToOne<Q, R> {}

impl<Q: Path, R: ToOneRelation> Deref for ToOne<Q, R> {
    type Target = <R::Target as Model>::Columns<Via<Q, R>>;
    fn deref(&self) -> &Self::Target {
        ColumnSet::REF
    }
}

/// A condition on the key of a relation; unknown (NULL) if there is no row.
type Related<Q, R> = Expr<<Q as Path>::Root, Follows<Q, R>>;
type Follows<Q, R> = <<<Q as Path>::Nullability as Nullability>::Or<
    <R as ToOneRelation>::Nullability,
> as Nullability>::Truth;

impl<Q: Path, R: ToOneRelation> ToOne<Q, R> {
    /// Whether it refers to that row: compares the foreign key, without a join.
    pub fn is(self, row: impl Into<Ref<R::Target, R::By>>) -> Related<Q, R> {
        let reference = row.into();
        let values = match reference.into_values() {
            Some(values) => values,
            None => return Expr::from_node(self.key_test(UnaryOp::IsNull)),
        };
        let equal = self
            .key_columns()
            .into_iter()
            .zip(values)
            .map(|(column, value)| Node::binary(BinaryOp::Equal, column, Node::Value(value)));
        Expr::from_node(all(equal))
    }

    /// Whether it refers to this row, given as a row or by its key: `Post::author.eq(&ann)`, `Post::author.eq(1)`. Like
    /// [`is`](ToOne::is), it needs no join.
    pub fn eq<How>(self, other: impl RowOrKey<R::Target, R::By, How>) -> Related<Q, R> {
        self.is(reference::<R::Target, R::By, How, _>(other))
    }

    /// Whether it refers to another row than this one, given as a row or by its key. If there is no row, the result is
    /// unknown, as for a NULL column. Compared with a reference that is not set, it tests whether there is a row.
    pub fn ne<How>(self, other: impl RowOrKey<R::Target, R::By, How>) -> Related<Q, R> {
        let other = reference::<R::Target, R::By, How, _>(other);
        let Some(values) = other.into_values() else {
            return Expr::from_node(self.key_test(UnaryOp::IsNotNull));
        };
        let mut columns = self.key_columns();
        Expr::from_node(match (columns.pop(), values.len()) {
            (Some(column), 1) => {
                let value = values.into_iter().next().unwrap_or(Value::Null);
                Node::binary(BinaryOp::NotEqual, column, Node::Value(value))
            }
            (last, _) => {
                columns.extend(last);
                key_is(&columns, values).negated()
            }
        })
    }

    /// Whether it refers to one of these rows, given as rows or by their keys: `Post::author.is_in([1, 2])`. It needs no
    /// join. References that are not set are skipped.
    pub fn is_in<I, How>(self, others: I) -> Related<Q, R>
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        Expr::from_node(self.among(others, false))
    }

    /// Whether it refers to none of these rows, given as rows or by their keys.
    pub fn not_in<I, How>(self, others: I) -> Related<Q, R>
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        Expr::from_node(self.among(others, true))
    }

    fn among<I, How>(self, others: I, negated: bool) -> Node
    where
        I: IntoIterator<Item: RowOrKey<R::Target, R::By, How>>,
    {
        let others = others.into_iter();
        let others = others.map(reference::<R::Target, R::By, How, _>);
        let keys: Vec<Vec<Value>> = others.filter_map(Ref::into_values).collect();
        let columns = self.key_columns();
        // The key of a session's row fails with an explanation when it is bound; values of a list are not bound one by one.
        let mut values = keys.iter().flatten();
        let is_list = columns.len() == 1 && !values.any(|value| matches!(value, Value::Invalid(_)));
        let types = <<R::By as KeyColumns<R::Target>>::Key as PrimaryKey>::sql_types();
        match (columns.first(), types.into_iter().next()) {
            (Some(column), Some(element)) if is_list => Node::InList(Box::new(InList {
                operand: column.clone(),
                values: keys.into_iter().flatten().collect(),
                element,
                negated,
            })),
            _ => {
                let each = keys.into_iter().map(|key| key_is(&columns, key));
                let any = each
                    .reduce(Node::or)
                    .unwrap_or(Node::Value(Value::Bool(false)));
                if negated { any.negated() } else { any }
            }
        }
    }

    /// Whether there is none.
    pub fn is_null(self) -> Expr<Q::Root, bool> {
        Expr::from_node(self.key_test(UnaryOp::IsNull))
    }

    /// Whether there is one.
    pub fn is_not_null(self) -> Expr<Q::Root, bool> {
        Expr::from_node(self.key_test(UnaryOp::IsNotNull))
    }

    /// The foreign key's columns: those of the target's key over this path, which need no join.
    fn key_columns(self) -> Vec<Node> {
        <R::By as KeyColumns<R::Target>>::COLUMNS
            .iter()
            .map(|column| Via::<Q, R>::column(column))
            .collect()
    }

    fn key_test(self, op: UnaryOp) -> Node {
        all(self
            .key_columns()
            .into_iter()
            .map(|column| Node::Unary(op, Box::new(column))))
    }
}

/// A to-one relation that includes rows outside the default scope of their model: `Post::author.unscoped()`. It is a path
/// like the relation itself, and can be loaded.
pub struct UnscopedToOne<Q, R>(PhantomData<fn() -> (Q, R)>);

impl<Q, R> Clone for UnscopedToOne<Q, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Q, R> Copy for UnscopedToOne<Q, R> {}

impl<Q: Path, R: ToOneRelation> Deref for UnscopedToOne<Q, R> {
    type Target = <R::Target as Model>::Columns<ViaUnscoped<Q, R>>;
    fn deref(&self) -> &Self::Target {
        ColumnSet::REF
    }
}

impl<Q: Path, R: ToOneRelation> ToOne<Q, R> {
    /// The same relation without the default scope of its model: it includes rows out of scope and rows marked as deleted,
    /// and a column over a required relation is no `Option`.
    pub fn unscoped(self) -> UnscopedToOne<Q, R> {
        UnscopedToOne(PhantomData)
    }
}

impl<M: Model, R: ToOneRelation<Owner = M>> ToOne<Root<M>, R> {
    /// The assignment of another row, for an update: `Post::author.set(&ann)`.
    pub fn set(self, row: impl Into<Ref<R::Target, R::By>>) -> Assignment<M> {
        let values = match row.into().into_values() {
            Some(values) => values,
            None => vec![Value::Null; <R::By as KeyColumns<R::Target>>::COLUMNS.len()],
        };
        Assignment::to_one(R::NAME, values)
    }
}

/// The reference that a relation is compared with.
fn reference<M, C, How, T>(other: T) -> Ref<M, C>
where
    M: Model,
    C: KeyColumns<M>,
    T: RowOrKey<M, C, How>,
{
    other.into_reference()
}

/// Whether columns are these values.
fn key_is(columns: &[Node], values: Vec<Value>) -> Node {
    let pairs = columns.iter().zip(values);
    all(pairs
        .map(|(column, value)| Node::binary(BinaryOp::Equal, column.clone(), Node::Value(value))))
}

fn all(conditions: impl Iterator<Item = Node>) -> Node {
    conditions
        .reduce(Node::and)
        .unwrap_or(Node::Value(Value::Bool(true)))
}

impl<M: Model, R: ToOneRelation<Owner = M>> ColumnList<M> for ToOne<Root<M>, R> {
    type Row = <<R::By as KeyColumns<R::Target>>::Key as PrimaryKey>::Row;
    fn names(self) -> Vec<Name> {
        M::meta()
            .relation(R::NAME)
            .map(|relation| relation.local_columns())
            .unwrap_or_default()
    }
}
