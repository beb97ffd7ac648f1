//! Enums of models that share a base and have tables of their own (joined-table inheritance).
//!
//! The base is a model, and each variant belongs to a row of it by its primary key; rows and tables are as they are
//! declared, with nothing hidden:
//!
//! ```text
//! struct Person   { id, name, manager: HasOne<Manager>, engineer: HasOne<Engineer> }
//! struct Manager  { #[field(primary_key)] person: BelongsTo<Person>, budget }
//! struct Engineer { #[field(primary_key)] person: BelongsTo<Person>, language }
//!
//! #[derive(Model)] #[model(joined = Person)]
//! enum Employee { Manager(Manager), Engineer(Engineer) }
//! ```
//!
//! The enum reads the base and all variants in one SELECT with outer joins; a row of the base without one is an error.
//! Rows are written as the models that they are, in a session (or a transaction) both at once.

use crate::by_key::key_condition;
use crate::model::Model;
use crate::model::relation::Relation;
use crate::model::values::Decoded;
use crate::query::Query;
use crate::write::delete;
use aludel_engine::spi::Target;
use aludel_engine::{Executor, Result};
use aludel_sql::expr::{Condition, Expr, Name, Node, Path};
use aludel_sql::row::{DecodeError, FromRow};
use aludel_sql::types::PrimaryKey;
use std::future::Future;
use std::panic::Location;

/// An enum of models with a common base: `#[derive(Model)] #[model(joined = Person)] enum Employee { … }`.
pub trait JoinedVariants: FromRow + Sized + Send + 'static {
    /// The base.
    type Base: Model;

    /// The columns of the variants, as they are reached from the base.
    #[doc(hidden)]
    fn nodes() -> Vec<Node>;

    /// The row of the base.
    fn base(&self) -> &Self::Base;

    /// All rows, each as its variant; conditions and order refer to the base, and to variants by its relations:
    /// `SELECT … FROM people LEFT JOIN managers … LEFT JOIN engineers …`.
    fn query() -> Query<Self::Base, Self> {
        Query::<Self::Base>::new().with_columns(Self::nodes())
    }

    /// The rows that fulfil a condition on the base.
    fn filter(condition: impl Condition<Self::Base>) -> Query<Self::Base, Self> {
        Self::query().filter(condition)
    }

    /// The row with this key.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](aludel_engine::ErrorKind::NotFound), and any database error.
    #[track_caller]
    fn get(
        key: impl Into<<Self::Base as Model>::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Self>> + Send {
        let key = key_condition(Self::Base::meta(), key.into().into_values());
        Self::filter(Expr::<_, bool>::from_node(key)).one(db)
    }

    /// The row with this key, if there is one.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    fn find(
        key: impl Into<<Self::Base as Model>::Key>,
        db: &dyn Executor,
    ) -> impl Future<Output = Result<Option<Self>>> + Send {
        let key = key_condition(Self::Base::meta(), key.into().into_values());
        Self::filter(Expr::<_, bool>::from_node(key)).optional(db)
    }

    /// Deletes the variant's row and then the base's, both or none.
    ///
    /// # Errors
    /// Same as [`Objects::delete`](crate::Objects::delete).
    fn delete(self, db: &dyn Executor) -> impl Future<Output = Result<()>> + Send;
}

/// The columns of a variant, as the base's relation `R` reaches them.
pub fn nodes<R: Relation>(out: &mut Vec<Node>) {
    for field in &R::Target::meta().fields {
        out.push(Node::Path(Box::new(Path {
            hops: vec![Name::Borrowed(R::NAME)],
            column: Name::Owned(field.column.clone()),
        })));
    }
}

/// The one variant that a row of the base has.
///
/// # Errors
/// There is none, or more than one.
pub fn only<E: JoinedVariants>(
    found: impl IntoIterator<Item = Option<E>>,
    names: &[&str],
) -> Decoded<E> {
    let mut found = found.into_iter().flatten();
    let wrong = |what: &str| DecodeError {
        position: 0,
        wanted: E::Base::NAME,
        found: format!("a row that is {what} of {}", names.join(", ")),
    };
    let Some(one) = found.next() else {
        return Err(wrong("none"));
    };
    match found.next() {
        None => Ok(one),
        Some(_) => Err(wrong("more than one")),
    }
}

/// Deletes the row of a variant, and that of its base.
///
/// # Errors
/// Those of either.
pub async fn delete_both<V: Model, B: Model>(
    row: V,
    base: B,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let tx = target.begin(site).await?;
    delete(row, false, tx.target(), site).await?;
    delete(base, false, tx.target(), site).await?;
    tx.commit_at(site).await
}
