//! Loading relations into their fields: `query.with(Post::author)`, `Post::author.load(&mut posts, &db)`.
//!
//! One statement for each relation, however many rows: the keys of all rows go in, and with each related row comes the
//! key of the row that it belongs to (SQLAlchemy's select-in load, Django's `prefetch_related`). What comes back of the
//! query itself, and in which order, is never changed by it. `limit` and `offset` are per parent, by a window function.

mod fetch;
mod joined;
mod plan;
mod query;
mod stream;

#[doc(hidden)]
pub use joined::ReadJoined;
pub use query::QueryWith;
pub use stream::LoadStream;

pub(crate) use fetch::pairs;
pub(crate) use plan::Plan;

use crate::column::{ToMany, ToOne, UnscopedToOne};
use crate::fields::Shared;
use crate::model::Model;
use crate::path::Root;
use crate::query::{IntoOrder, State};
use crate::relation::{Relation, ToManyRelation, ToOneRelation};
use crate::session::Session;
use aludel_engine::command::BoxFuture;
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
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

    /// Whether a row that is not found is one that the default scope leaves out: a foreign key refers to rows that exist.
    pub(crate) fn leaves_out(&self) -> bool {
        let meta = <R::Target as Model>::meta();
        self.is_whole() && meta.has_scope(self.query.is_unscoped())
    }

    pub(crate) fn nested(&self) -> &[Arc<dyn Load>] {
        &self.nested
    }

    /// Copies of the owners, if their rows are to be given them: `User::posts.then(Post::author)` asks for what is here
    /// already.
    fn owners(&self, rows: &[R::Owner]) -> Option<fetch::Owners<R>> {
        let asked = self.nested.iter().any(|nested| nested.is(R::inverse()));
        asked.then(|| {
            let copies = rows
                .iter()
                .filter_map(|row| Some((R::owner_tie(row)?, Shared::new(row.copy_columns()))));
            copies.collect()
        })
    }

    /// What is to be asked.
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

    /// Only rows that fulfil the condition. Then the relation is loaded in part.
    #[must_use]
    pub fn filter(mut self, condition: impl Condition<R::Target>) -> Self {
        Arc::make_mut(&mut self.query).and_filter(condition.into_condition());
        self
    }

    /// Without the default scope of the related model.
    #[must_use]
    pub fn unscoped(mut self) -> Self {
        Arc::make_mut(&mut self.query).set_unscoped();
        self
    }

    /// In this order, for each row; without one, in the order of the primary key.
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

    /// Without the first rows **of each row** that they are loaded into: with a limit, a later page of each list. Then the
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
    /// A relation whose sides do not fit, and whatever can go wrong with a statement.
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
    /// Loads the relation of the related rows, too, and so on for so many levels: `Category::children.recursive(5)`. One
    /// statement for each level that there is; below, it is not loaded.
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
    /// Adds what loads it.
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
            /// Loaded, with a relation of the related rows loaded into them. See [`Loading::then`].
            pub fn then(self, relation: impl IntoLoad<R::Target>) -> Loading<R> {
                Loading::new().then(relation)
            }

            /// Loads it into these rows: one statement, however many they are. See [`Loading::load`].
            ///
            /// # Errors
            /// A relation whose sides do not fit, and whatever can go wrong with a statement.
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
    /// Loaded by a join in the query's own statement, not by a statement more: `Post::author.joined()`. The other row is
    /// read once, and shared by the rows of the result that refer to it. A session loads by a statement more all the same.
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
    /// Loaded for so many levels of a tree. See [`Loading::recursive`].
    pub fn recursive(self, levels: usize) -> Loading<R> {
        Loading::new().recursive(levels)
    }
}

impl<M: Model, R: ToOneRelation<Owner = M, Target = M>> ToOne<Root<M>, R> {
    /// Loaded for so many levels of a tree, upwards. See [`Loading::recursive`].
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
    /// Loaded by a join in the query's own statement. See [`ToOne::joined`].
    pub fn joined(self) -> Loading<R> {
        ToOne::<Root<M>, R>::new().joined().unscoped()
    }

    /// Loaded, with a relation of the related rows loaded into them. See [`Loading::then`].
    pub fn then(self, relation: impl IntoLoad<R::Target>) -> Loading<R> {
        Loading::new().unscoped().then(relation)
    }

    /// Loads it into these rows: one statement, however many they are. See [`Loading::load`].
    ///
    /// # Errors
    /// A relation whose sides do not fit, and whatever can go wrong with a statement.
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
    /// Loaded without the default scope of the related model. See [`Loading::unscoped`].
    pub fn unscoped(self) -> Loading<R> {
        Loading::new().unscoped()
    }

    /// Loaded in part: only rows that fulfil the condition. See [`Loading::filter`].
    pub fn filter(self, condition: impl Condition<R::Target>) -> Loading<R> {
        Loading::new().filter(condition)
    }

    /// Loaded in this order. See [`Loading::order_by`].
    pub fn order_by(self, order: impl IntoOrder<R::Target>) -> Loading<R> {
        Loading::new().order_by(order)
    }

    /// Loaded in part: at most so many for each row. See [`Loading::limit`].
    pub fn limit(self, rows: u64) -> Loading<R> {
        Loading::new().limit(rows)
    }

    /// Loaded in part: without the first rows of each row. See [`Loading::offset`].
    pub fn offset(self, rows: u64) -> Loading<R> {
        Loading::new().offset(rows)
    }
}

/// What loads a relation, untyped: the rows are a `Vec` of its owner.
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

    /// What reads the columns that it selected, for the rows of one result.
    #[doc(hidden)]
    fn reader(&self) -> Box<dyn ReadJoined>;

    /// Whether it loads this relation, all of it, and nothing more.
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
            crate::path::unscoped_hop(R::NAME)
        } else {
            Name::Borrowed(R::NAME)
        };
        // Whether there is a row in scope is seen by the row's own key.
        let hop = if self.leaves_out() {
            crate::path::read_hop(&hop)
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
