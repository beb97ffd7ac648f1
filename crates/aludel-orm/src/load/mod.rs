//! Loading relations into their fields: `query.with(Post::author)`, `Post::author.load(&mut posts, &db)`.
//!
//! One statement for each relation, however many rows: the keys of all rows go in, and each related row comes with the
//! key of the row that it belongs to (SQLAlchemy's select-in load, Django's `prefetch_related`). It changes neither the
//! rows of the query itself nor their order. `limit` and `offset` are per parent, by a window function.

mod fetch;
mod joined;
mod plan;
mod query;
mod stream;

#[doc(hidden)]
pub use joined::ReadJoined;
pub use query::QueryWith;

pub(crate) use fetch::pairs;
pub(crate) use plan::Plan;

use crate::model::Model;
use crate::model::column::ToMany;
use crate::model::column::{ToOne, UnscopedToOne};
use crate::model::fields::Shared;
use crate::model::path::Root;
use crate::model::relation::{Relation, ToManyRelation, ToOneRelation};
use crate::query::{IntoOrder, State};
use crate::session::Session;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::expr::{Condition, Name, Node, Path as NodePath};
use fetch::load_into;
use std::any::{Any, TypeId};
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

/// How a relation is loaded: filtered, ordered, limited for each row, and what is loaded into its rows in turn.
pub struct Loading<R> {
    query: Arc<State>,
    limit: Option<u64>,
    offset: u64,
    nested: Vec<Arc<dyn Load>>,
    joined: bool,
    of: PhantomData<fn() -> R>,
}

impl<R: Relation> Loading<R> {
    pub(crate) fn new() -> Loading<R> {
        Loading {
            query: Arc::new(State::default()),
            limit: None,
            offset: 0,
            nested: Vec::new(),
            joined: false,
            of: PhantomData,
        }
    }

    /// Whether all related rows are loaded.
    pub(crate) fn is_whole(&self) -> bool {
        self.limit.is_none() && self.offset == 0 && !self.query.is_filtered()
    }

    /// Whether a row that is not found is one that the default scope excludes: a foreign key refers to rows that exist.
    pub(crate) fn leaves_out(&self) -> bool {
        let meta = <R::Target as Model>::meta();
        self.is_whole() && meta.has_scope(self.query.is_unscoped())
    }

    pub(crate) fn nested(&self) -> &[Arc<dyn Load>] {
        &self.nested
    }

    /// Copies of the owners, if they are to be set in the loaded rows: `User::posts.then(Post::author)` asks for rows that
    /// are already in memory.
    fn owners(&self, rows: &[R::Owner]) -> Option<fetch::Owners<R>> {
        let asked = self.nested.iter().any(|nested| nested.is(R::inverse()));
        asked.then(|| {
            let copies = rows
                .iter()
                .filter_map(|row| Some((R::owner_tie(row)?, Shared::new(row.copy_columns()))));
            copies.collect()
        })
    }

    /// The plan of its statement.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let owner = <R::Owner as Model>::meta();
        let relation = owner.relation(R::NAME).ok_or_else(|| {
            Error::invalid_query(format!("{} has no relation {:?}", owner.name, R::NAME))
        })?;
        let plan = Plan::of(owner, relation, Arc::clone(&self.query), self.limit)?;
        Ok(Plan {
            meta: <R::Target as Model>::meta(),
            offset: self.offset,
            ..plan
        })
    }

    /// Loads only rows that fulfil the condition. Then the relation is loaded in part.
    #[must_use]
    pub fn filter(mut self, condition: impl Condition<R::Target>) -> Self {
        Arc::make_mut(&mut self.query).and_filter(condition.into_condition());
        self
    }

    /// Ignores the default scope of the related model.
    #[must_use]
    pub fn unscoped(mut self) -> Self {
        Arc::make_mut(&mut self.query).set_unscoped();
        self
    }

    /// Sorts the rows of each owner; without it, they are sorted by the primary key.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder<R::Target>) -> Self {
        let state = Arc::make_mut(&mut self.query);
        order
            .into_terms()
            .into_iter()
            .for_each(|term| state.push_order(term));
        self
    }

    /// Limits the rows **for each row** that they are loaded into. Then the relation is loaded in part.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Skips rows (OFFSET) **for each row** that they are loaded into: with a limit, a later page of each list. Then the
    /// relation is loaded in part.
    #[must_use]
    pub fn offset(mut self, rows: u64) -> Self {
        self.offset = rows;
        self
    }

    /// Loads a relation of the related rows, too.
    #[must_use]
    pub fn then(mut self, relation: impl IntoLoad<R::Target>) -> Self {
        relation.add_to(&mut self.nested);
        self
    }

    /// Loads into these rows.
    ///
    /// # Errors
    /// A relation whose sides do not fit, and any database error.
    #[track_caller]
    pub fn load<'a>(
        self,
        rows: &'a mut [R::Owner],
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + 'a
    where
        R: 'a,
    {
        let (target, site) = (db.target(), Location::caller());
        async move { load_into(&self, rows, target, site).await }
    }
}

impl<R> Clone for Loading<R> {
    fn clone(&self) -> Self {
        Loading {
            query: Arc::clone(&self.query),
            limit: self.limit,
            offset: self.offset,
            nested: self.nested.clone(),
            joined: self.joined,
            of: PhantomData,
        }
    }
}

impl<M: Model, R: Relation<Owner = M, Target = M>> Loading<R> {
    /// Loads the relation of the related rows, too, and so on for this many levels: `Category::children.recursive(5)`. One
    /// statement for each level that exists; deeper rows do not have it loaded.
    #[must_use]
    pub fn recursive(self, levels: usize) -> Self {
        let mut whole = self.clone();
        for _ in 1..levels {
            whole = self.clone().then(whole);
        }
        whole
    }
}

/// A relation of `M`, or how one is loaded: `Post::author`, `User::posts.order_by(..).limit(3)`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no relation of `{M}` that could be loaded",
    label = "not a relation of `{M}`",
    note = "write `{M}::relation`; a relation of a related model is loaded by `.then(..)`"
)]
pub trait IntoLoad<M> {
    /// Adds its loads to the list.
    fn add_to(self, loads: &mut Vec<Arc<dyn Load>>);
}

/// Several relations at once: `.with((Post::author, Post::tags))`.
macro_rules! several {
    ($($name:ident $at:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<M, $($name: IntoLoad<M>),+> IntoLoad<M> for ($($name,)+) {
            fn add_to(self, loads: &mut Vec<Arc<dyn Load>>) {
                $(self.$at.add_to(loads);)+
            }
        }
    };
}
several!(A 0);
several!(A 0, B 1);
several!(A 0, B 1, C 2);
several!(A 0, B 1, C 2, D 3);
several!(A 0, B 1, C 2, D 3, E 4);
several!(A 0, B 1, C 2, D 3, E 4, F 5);

#[diagnostic::do_not_recommend]
impl<R: Relation> IntoLoad<R::Owner> for Loading<R> {
    fn add_to(self, loads: &mut Vec<Arc<dyn Load>>) {
        loads.push(Arc::new(self));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: ToOneRelation<Owner = M>> IntoLoad<M> for ToOne<Root<M>, R> {
    fn add_to(self, loads: &mut Vec<Arc<dyn Load>>) {
        loads.push(Arc::new(Loading::<R>::new()));
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: ToManyRelation<Owner = M>> IntoLoad<M> for ToMany<Root<M>, R> {
    fn add_to(self, loads: &mut Vec<Arc<dyn Load>>) {
        loads.push(Arc::new(Loading::<R>::new()));
    }
}

macro_rules! starts_a_loading {
    ($path:ident, $kind:ident) => {
        impl<M: Model, R: $kind<Owner = M>> $path<Root<M>, R> {
            /// Loads it, and a relation of the related rows into them. See [`Loading::then`].
            pub fn then(self, relation: impl IntoLoad<R::Target>) -> Loading<R> {
                Loading::new().then(relation)
            }

            /// Loads it into these rows: one statement for all of them. See [`Loading::load`].
            ///
            /// # Errors
            /// A relation whose sides do not fit, and any database error.
            #[track_caller]
            pub fn load<'a>(
                self,
                rows: &'a mut [M],
                db: &'a dyn Executor,
            ) -> impl Future<Output = Result<()>> + Send + 'a
            where
                R: 'a,
            {
                Loading::<R>::new().load(rows, db)
            }
        }
    };
}
starts_a_loading!(ToOne, ToOneRelation);
starts_a_loading!(ToMany, ToManyRelation);

impl<M: Model, R: ToOneRelation<Owner = M>> ToOne<Root<M>, R> {
    /// Loads it by a join in the query's own statement, without another one: `Post::author.joined()`. The other row is
    /// read once, and shared by the rows of the result that refer to it. A session uses another statement all the same.
    #[doc(alias = "select_related")]
    #[doc(alias = "joinedload")]
    pub fn joined(self) -> Loading<R> {
        Loading {
            joined: true,
            ..Loading::new()
        }
    }
}

impl<M: Model, R: ToManyRelation<Owner = M, Target = M>> ToMany<Root<M>, R> {
    /// Loads it for this many levels of a tree. See [`Loading::recursive`].
    pub fn recursive(self, levels: usize) -> Loading<R> {
        Loading::new().recursive(levels)
    }
}

impl<M: Model, R: ToOneRelation<Owner = M, Target = M>> ToOne<Root<M>, R> {
    /// Loads it for this many levels of a tree, upwards. See [`Loading::recursive`].
    pub fn recursive(self, levels: usize) -> Loading<R> {
        Loading::new().recursive(levels)
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: ToOneRelation<Owner = M>> IntoLoad<M> for UnscopedToOne<Root<M>, R> {
    fn add_to(self, loads: &mut Vec<Arc<dyn Load>>) {
        loads.push(Arc::new(Loading::<R>::new().unscoped()));
    }
}

impl<M: Model, R: ToOneRelation<Owner = M>> UnscopedToOne<Root<M>, R> {
    /// Loads it by a join in the query's own statement. See [`ToOne::joined`].
    pub fn joined(self) -> Loading<R> {
        ToOne::<Root<M>, R>::new().joined().unscoped()
    }

    /// Loads it, and a relation of the related rows into them. See [`Loading::then`].
    pub fn then(self, relation: impl IntoLoad<R::Target>) -> Loading<R> {
        Loading::new().unscoped().then(relation)
    }

    /// Loads it into these rows: one statement for all of them. See [`Loading::load`].
    ///
    /// # Errors
    /// A relation whose sides do not fit, and any database error.
    #[track_caller]
    pub fn load<'a>(
        self,
        rows: &'a mut [M],
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + 'a
    where
        R: 'a,
    {
        Loading::<R>::new().unscoped().load(rows, db)
    }
}

impl<M: Model, R: ToManyRelation<Owner = M>> ToMany<Root<M>, R> {
    /// Loads it without the default scope of the related model. See [`Loading::unscoped`].
    pub fn unscoped(self) -> Loading<R> {
        Loading::new().unscoped()
    }

    /// Loads it in part: only rows that fulfil the condition. See [`Loading::filter`].
    pub fn filter(self, condition: impl Condition<R::Target>) -> Loading<R> {
        Loading::new().filter(condition)
    }

    /// Loads it in this order. See [`Loading::order_by`].
    pub fn order_by(self, order: impl IntoOrder<R::Target>) -> Loading<R> {
        Loading::new().order_by(order)
    }

    /// Loads it in part: at most this many for each row. See [`Loading::limit`].
    pub fn limit(self, rows: u64) -> Loading<R> {
        Loading::new().limit(rows)
    }

    /// Loads it in part: skips the first rows of each row. See [`Loading::offset`].
    pub fn offset(self, rows: u64) -> Loading<R> {
        Loading::new().offset(rows)
    }
}

/// Loads a relation, untyped: the rows are a `Vec` of its owner.
pub trait Load: Send + Sync {
    /// Loads into the rows.
    fn load<'a>(
        &'a self,
        rows: &'a mut (dyn Any + Send),
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> BoxFuture<'a, Result<()>>;

    /// The columns that it selects in the query's own statement, if it is joined.
    #[doc(hidden)]
    fn joined(&self) -> Option<Result<Vec<Node>>>;

    /// Reads the columns that it selected, for the rows of one result.
    #[doc(hidden)]
    fn reader(&self) -> Box<dyn ReadJoined>;

    /// Whether it loads exactly this relation, in full.
    #[doc(hidden)]
    fn is(&self, relation: Option<TypeId>) -> bool;

    /// Loads into slots of a session.
    #[doc(hidden)]
    fn load_slots<'a>(
        &'a self,
        session: &'a mut Session,
        slots: Vec<u32>,
        site: &'static Location<'static>,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<R: Relation> Load for Loading<R> {
    fn load<'a>(
        &'a self,
        rows: &'a mut (dyn Any + Send),
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            match rows.downcast_mut::<Vec<R::Owner>>() {
                Some(rows) => load_into(self, rows, target, site).await,
                None => Err(Error::new(ErrorKind::Internal, "rows of another model")),
            }
        })
    }

    fn joined(&self) -> Option<Result<Vec<Node>>> {
        if !self.joined {
            return None;
        }
        if !self.is_whole() || !self.nested.is_empty() {
            return Some(Err(Error::invalid_query(format!(
                "{}::{} is loaded by a join, and can't be filtered or have relations of its own loaded; leave out .joined()",
                <R::Owner as Model>::NAME,
                R::NAME
            ))));
        }
        let hop = if self.query.is_unscoped() {
            crate::model::path::unscoped_hop(R::NAME)
        } else {
            Name::Borrowed(R::NAME)
        };
        // The row's own key shows whether there is a row in scope.
        let hop = if self.leaves_out() {
            crate::model::path::read_hop(&hop)
        } else {
            hop
        };
        let columns = <R::Target as Model>::meta().fields.iter().map(|field| {
            Node::Path(Box::new(NodePath {
                hops: vec![hop.clone()],
                column: Name::Owned(field.column.clone()),
            }))
        });
        Some(Ok(columns.collect()))
    }

    fn reader(&self) -> Box<dyn ReadJoined> {
        Box::new(joined::Joining::<R>::new(self.leaves_out()))
    }

    fn is(&self, relation: Option<TypeId>) -> bool {
        relation == Some(TypeId::of::<R>()) && self.is_whole() && self.nested.is_empty()
    }

    fn load_slots<'a>(
        &'a self,
        session: &'a mut Session,
        slots: Vec<u32>,
        site: &'static Location<'static>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(session.load_relation(self, slots, site))
    }
}
