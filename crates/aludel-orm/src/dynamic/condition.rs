//! [`DynCondition`]: conditions that are combined at run time.

use super::lookup::{Lookup, truth};
use super::path::{self, Place, Walk};
use crate::model::Model;
use crate::model::meta::ModelMeta;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::{
    AggregateFunction, AggregateType, Expr, Name, Node, Quantified, Quantifier,
};
use aludel_sql::types::SqlType;
use std::fmt;

/// A condition on the rows of a model that is known at run time: `a & b`, `a | b`, `!a`.
///
/// It is the same tree as a typed condition, and each converts into the other: `condition.typed::<Post>()`,
/// `DynCondition::from(Post::views.gt(1))`.
///
/// ```
/// use aludel::dynamic::{DynCondition, DynQuery, Lookup};
/// use aludel::prelude::*;
/// # #[derive(Model)] struct User { id: i64, email: String, posts: HasMany<Post> }
/// # #[derive(Model)] struct Post { id: i64, views: i64, author: BelongsTo<User> }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let db = Database::connect("sqlite::memory:").await?;
///
/// let registry = models![User, Post];
/// db.create_all(&registry).await?;
/// let (users, posts) = (registry.model("User")?, registry.model("Post")?);
/// let busy = DynCondition::new(posts, "views", Lookup::Greater, Value::I64(100))?;
/// let old = DynCondition::new(users, "id", Lookup::Less, Value::I64(1000))?;
/// let found = DynQuery::new(users)
///     .matching(old | DynCondition::every(users, "posts", busy)?)?
///     .count(&db)
///     .await?;
/// assert_eq!(found, 0);
/// # Ok::<(), aludel::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct DynCondition {
    meta: &'static ModelMeta,
    node: Node,
}

impl fmt::Debug for DynCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.meta.name, self.node)
    }
}

impl DynCondition {
    /// `path lookup value`. Over a to-many relation (`tags.name`), some related row must fulfil it. Two such conditions
    /// may be fulfilled by two different rows; [`some`](DynCondition::some) requires one that fulfils both.
    ///
    /// # Errors
    /// A path that the model does not have, and a value or lookup that does not fit the column.
    pub fn new(
        meta: &'static ModelMeta,
        path: &str,
        lookup: Lookup,
        value: Value,
    ) -> Result<DynCondition> {
        Ok(DynCondition::of(meta, compare(meta, path, lookup, value)?))
    }

    fn of(meta: &'static ModelMeta, node: Node) -> DynCondition {
        DynCondition {
            meta,
            // A tree that is nested too deep is replaced by an error here.
            node: Expr::<(), bool>::from_node(node).into_node(),
        }
    }

    /// The same condition, ignoring the default scope of a to-one relation's model: `author.name` then means
    /// `Post::author.unscoped().name`. For the path `author.company`, only the scope of the last relation is ignored. No
    /// path as text can do that, because it may come from a request.
    ///
    /// # Errors
    /// A relation that the model does not have, or that leads to many rows.
    pub fn with_unscoped(mut self, path: &str) -> Result<DynCondition> {
        path::lift(&mut self.node, &path::unscoped(self.meta, path)?);
        Ok(self)
    }

    /// All of these conditions hold; an empty list matches every row.
    #[must_use]
    pub fn all(
        meta: &'static ModelMeta,
        conditions: impl IntoIterator<Item = DynCondition>,
    ) -> DynCondition {
        let joined = conditions.into_iter().reduce(|all, one| all & one);
        joined.unwrap_or(DynCondition::of(meta, Node::Value(Value::Bool(true))))
    }

    /// Any of these conditions holds; an empty list matches no row.
    #[must_use]
    pub fn any(
        meta: &'static ModelMeta,
        conditions: impl IntoIterator<Item = DynCondition>,
    ) -> DynCondition {
        let joined = conditions.into_iter().reduce(|any, one| any | one);
        joined.unwrap_or(DynCondition::of(meta, Node::Value(Value::Bool(false))))
    }

    /// Some related row fulfils the condition. The relation may follow to-one relations: `company.users`.
    ///
    /// # Errors
    /// A relation that the model does not have, and a condition on another model.
    pub fn some(
        meta: &'static ModelMeta,
        relation: &str,
        condition: DynCondition,
    ) -> Result<DynCondition> {
        let node = ask(meta, relation, Quantifier::Any, Some(condition))?;
        Ok(DynCondition::of(meta, node))
    }

    /// Every related row fulfils the condition; also true if there are none.
    ///
    /// # Errors
    /// Same as [`some`](DynCondition::some).
    pub fn every(
        meta: &'static ModelMeta,
        relation: &str,
        condition: DynCondition,
    ) -> Result<DynCondition> {
        let node = ask(meta, relation, Quantifier::All, Some(condition))?;
        Ok(DynCondition::of(meta, node))
    }

    /// No related row fulfils the condition.
    ///
    /// # Errors
    /// Same as [`some`](DynCondition::some).
    pub fn none(
        meta: &'static ModelMeta,
        relation: &str,
        condition: DynCondition,
    ) -> Result<DynCondition> {
        let node = ask(meta, relation, Quantifier::None, Some(condition))?;
        Ok(DynCondition::of(meta, node))
    }

    /// Compares the number of related rows, or of those that fulfil a condition.
    ///
    /// # Errors
    /// Same as [`some`](DynCondition::some), and a value or lookup that is not for numbers.
    pub fn count(
        meta: &'static ModelMeta,
        relation: &str,
        condition: Option<DynCondition>,
        lookup: Lookup,
        value: Value,
    ) -> Result<DynCondition> {
        let count = Quantifier::Aggregate(AggregateFunction::Count, AggregateType::Integer);
        let node = ask(meta, relation, count, condition)?;
        let name = format!("the count of {}.{relation}", meta.name);
        let place = Place::new(node, SqlType::BigInt, name);
        Ok(DynCondition::of(meta, place.compare(lookup, value)?))
    }

    /// The model that it applies to.
    pub fn model(&self) -> &'static ModelMeta {
        self.meta
    }

    /// Converts it to a typed condition on `M`.
    ///
    /// # Errors
    /// A condition on another model.
    pub fn typed<M: Model>(self) -> Result<Expr<M, bool>> {
        Ok(Expr::from_node(self.into_node(M::meta())?))
    }

    /// The tree, for a query of this model.
    pub(super) fn into_node(self, meta: &'static ModelMeta) -> Result<Node> {
        if std::ptr::eq(self.meta, meta) {
            return Ok(self.node);
        }
        Err(Error::invalid_query(format!(
            "a condition on {} can't stand where one on {} is wanted; ask about related rows with DynCondition::some(..) or a path",
            self.meta.name, meta.name
        )))
    }

    fn joined(self, other: DynCondition, join: fn(Node, Node) -> Node) -> DynCondition {
        let meta = self.meta;
        let node = if std::ptr::eq(meta, other.meta) {
            join(self.node, other.node)
        } else {
            // An operator can't return an error; rendering this does.
            let why = format!(
                "a condition on {} is joined with one on {}",
                meta.name, other.meta.name
            );
            Node::Refused(Name::Owned(why))
        };
        DynCondition { meta, node }
    }
}

impl<M: Model> From<Expr<M, bool>> for DynCondition {
    fn from(condition: Expr<M, bool>) -> DynCondition {
        DynCondition {
            meta: M::meta(),
            node: condition.into_node(),
        }
    }
}

impl std::ops::BitAnd for DynCondition {
    type Output = DynCondition;
    fn bitand(self, other: DynCondition) -> DynCondition {
        self.joined(other, Node::and)
    }
}

impl std::ops::BitOr for DynCondition {
    type Output = DynCondition;
    fn bitor(self, other: DynCondition) -> DynCondition {
        self.joined(other, Node::or)
    }
}

impl std::ops::Not for DynCondition {
    type Output = DynCondition;
    fn not(self) -> DynCondition {
        DynCondition {
            meta: self.meta,
            node: self.node.negated(),
        }
    }
}

/// The tree of the condition `path lookup value`.
///
/// # Errors
/// Same as [`DynCondition::new`].
pub fn condition(
    meta: &'static ModelMeta,
    path: &str,
    lookup: Lookup,
    value: Value,
) -> Result<Node> {
    Ok(DynCondition::new(meta, path, lookup, value)?.node)
}

fn compare(meta: &'static ModelMeta, path: &str, lookup: Lookup, value: Value) -> Result<Node> {
    let Walk { hops, model, rest } = path::walk(meta, path)?;
    if let Some((head, tail)) = rest.split_once('.')
        && let Some(relation) = model.relation(head)
    {
        let condition = compare((relation.target)(), tail, lookup, value)?;
        return Ok(quantified(
            hops,
            relation.name,
            Quantifier::Any,
            Some(condition),
        ));
    }
    // A single-column reference is itself tested for NULL; for others, EXISTS tests whether there is a row.
    if lookup == Lookup::IsNull
        && let Some(relation) = model.relation(rest)
        && relation.columns.len() != 1
    {
        let quantifier = match truth(value)? {
            true => Quantifier::None,
            false => Quantifier::Any,
        };
        return Ok(quantified(hops, relation.name, quantifier, None));
    }
    path::place(meta, path)?.compare(lookup, value)
}

fn ask(
    meta: &'static ModelMeta,
    relation: &str,
    quantifier: Quantifier,
    condition: Option<DynCondition>,
) -> Result<Node> {
    let (hops, relation) = path::relation(meta, relation)?;
    let target = (relation.target)();
    let condition = condition.map(|condition| condition.into_node(target));
    Ok(quantified(
        hops,
        relation.name,
        quantifier,
        condition.transpose()?,
    ))
}

fn quantified(
    hops: Vec<Name>,
    relation: &'static str,
    quantifier: Quantifier,
    condition: Option<Node>,
) -> Node {
    Node::Quantified(Box::new(Quantified {
        hops,
        relation: Name::Borrowed(relation),
        quantifier,
        condition,
        argument: None,
        distinct: false,
    }))
}
