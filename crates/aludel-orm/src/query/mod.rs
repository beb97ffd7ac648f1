//! [`Query`]: lazy, immutable, cheap to clone. Only a verb with an executor runs it.

mod assigned;
mod compile;
mod counted;
mod cursor;
mod grouping;
mod keyset;
mod narrow;
mod page;
pub(crate) mod polymorphic;
mod read;
mod resolve;
mod run;
mod text_cache;
mod write;

pub use crate::model::assignment::{Assignment, Assignments};
pub use cursor::Cursor;
pub use keyset::KeysetPage;
pub use page::Page;
pub use write::{DeleteQuery, UpdateQuery};

pub(crate) use assigned::{Computed, refusal, refuse_own};
pub(crate) use compile::QuerySpec;
pub(crate) use counted::{count, count_up_to, estimate};
pub(crate) use cursor::put as put_value;
pub(crate) use keyset::keyset as read_keyset;
pub(crate) use read::{Named, ReadRow};
pub(crate) use resolve::scope_under;
pub(crate) use run::{exists, explain, none as no_row, only_row, page as read_page, read};
pub(crate) use write::{Change, resolved, resolved_update, touch};

use crate::model::Model;
use aludel_sql::Value;
use aludel_sql::expr::{AggregateExpr, Condition, Expr, Node, Operand, Order, UnaryOp};
use aludel_sql::row::FromRow;
use aludel_sql::statement::{Lock, LockStrength, LockWait, OrderTerm};
use std::marker::PhantomData;
use std::sync::Arc;

/// A query for rows of the model `M`, read as `R`.
///
/// Each method returns the query with one thing more; nothing is sent and nothing is cached. A verb (`all`, `first`,
/// `one`, `optional`, `stream`, `count`, `exists`, `page`, `execute`, `explain`) takes an executor and runs it.
pub struct Query<M, R = M> {
    pub(crate) state: Arc<State>,
    pub(crate) typed: PhantomData<fn() -> (M, R)>,
}

/// The state of a query.
#[derive(Clone, Default)]
pub(crate) struct State {
    filter: Option<Node>,
    order_by: Vec<OrderTerm>,
    group_by: Vec<Node>,
    having: Option<Node>,
    /// The selected items; `None` selects the model.
    items: Option<Vec<Node>>,
    /// Whether the model's columns come before the items.
    whole: bool,
    distinct: bool,
    limit: Option<u64>,
    offset: Option<u64>,
    lock: Option<Lock>,
    bounds: Vec<keyset::Bound>,
    unfiltered: bool,
    offload: bool,
    /// Whether rows that a session knows are refreshed.
    refresh: bool,
    /// Whether default scopes are ignored.
    unscoped: bool,
}

/// How the dynamic layer builds a query.
impl State {
    /// The state of a query that keeps the rows that fulfil a condition.
    pub(crate) fn filtered(condition: Node) -> Arc<State> {
        Arc::new(State {
            filter: Some(condition),
            ..State::default()
        })
    }

    pub(crate) fn and_filter(&mut self, condition: Node) {
        and(&mut self.filter, condition);
    }

    pub(crate) fn push_order(&mut self, term: OrderTerm) {
        self.order_by.push(term);
    }

    /// Whether it leaves rows out by a condition.
    pub(crate) fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether it covers all rows that fulfil its condition.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.limit.is_none() && self.offset.is_none()
    }

    pub(crate) fn order_terms(&self) -> &[OrderTerm] {
        &self.order_by
    }

    /// Calls `change` on each of its expressions.
    pub(crate) fn each_node(&mut self, change: &mut dyn FnMut(&mut Node)) {
        let order = self.order_by.iter_mut().map(|term| &mut term.node);
        let items = self.items.iter_mut().flatten();
        let chosen = self.filter.iter_mut().chain(self.having.iter_mut());
        chosen
            .chain(order)
            .chain(items)
            .chain(&mut self.group_by)
            .for_each(change);
    }

    pub(crate) fn clear_order(&mut self) {
        self.order_by.clear();
    }

    /// Selects these in addition to the model's columns.
    pub(crate) fn select_beside(&mut self, items: Vec<Node>) {
        self.items = Some(items);
        self.whole = true;
    }

    /// Selects one more item.
    pub(crate) fn select_more(&mut self, item: Node) {
        self.items.get_or_insert_default().push(item);
    }

    pub(crate) fn is_unscoped(&self) -> bool {
        self.unscoped
    }

    pub(crate) fn set_unscoped(&mut self) {
        self.unscoped = true;
    }

    pub(crate) fn set_limit(&mut self, rows: u64) {
        self.limit = Some(rows);
    }

    /// Limits the rows; a smaller limit that was set before stays.
    pub(crate) fn at_most(&mut self, rows: u64) {
        self.limit = Some(self.limit.map_or(rows, |limit| limit.min(rows)));
    }

    pub(crate) fn set_offset(&mut self, rows: u64) {
        self.offset = Some(rows);
    }

    pub(crate) fn set_distinct(&mut self) {
        self.distinct = true;
    }

    pub(crate) fn set_unfiltered(&mut self) {
        self.unfiltered = true;
    }

    pub(crate) fn set_offload(&mut self) {
        self.offload = true;
    }

    /// Selects these instead of the model's columns.
    pub(crate) fn select_only(&mut self, items: Vec<Node>) {
        self.items = Some(items);
        self.whole = false;
    }

    pub(crate) fn push_group(&mut self, by: Node) {
        self.group_by.push(by);
    }

    pub(crate) fn and_having(&mut self, condition: Node) {
        and(&mut self.having, condition);
    }
}

/// Changes a query's state. A function for it, and a closure, would be two functions more for each model.
macro_rules! changed {
    ($query:expr, |$state:ident| $change:expr) => {{
        let mut query = $query;
        let $state = std::sync::Arc::make_mut(&mut query.state);
        $change;
        query
    }};
}
use changed;

impl<M, R> Clone for Query<M, R> {
    fn clone(&self) -> Self {
        Query {
            state: Arc::clone(&self.state),
            typed: PhantomData,
        }
    }
}

impl<M: Model> Query<M> {
    /// In a session, refreshes rows that it knows with what this query reads; their unflushed changes are lost (with
    /// autoflush there are none).
    #[must_use]
    pub fn refresh(self) -> Self {
        changed!(self, |state| state.refresh = true)
    }

    pub(crate) fn refreshes(&self) -> bool {
        self.state.refresh
    }

    pub(crate) fn new() -> Query<M> {
        Query {
            state: Arc::new(State::default()),
            typed: PhantomData,
        }
    }

    /// Adds these columns to the rows, which are read as `R`.
    pub(crate) fn with_columns<R>(self, nodes: Vec<Node>) -> Query<M, R> {
        changed!(self, |state| state.select_beside(nodes)).retyped()
    }

    /// Adds a value to each row: `User::query().annotate(User::posts.count())` reads `(User, i64)`.
    pub fn annotate<S: Selectable<M>>(self, value: S) -> Query<M, (M, S::Row)> {
        changed!(self, |state| {
            state.items = Some(value.into_nodes());
            state.whole = true;
        })
        .retyped()
    }
}

impl<M: Model, R> Query<M, R> {
    fn retyped<N>(self) -> Query<M, N> {
        Query {
            state: self.state,
            typed: PhantomData,
        }
    }

    /// Keeps the rows that fulfil the condition; `filter(a).filter(b)` is `filter(a & b)`.
    #[must_use]
    pub fn filter(self, condition: impl Condition<M>) -> Self {
        let condition = condition.into_condition();
        changed!(self, |state| and(&mut state.filter, condition))
    }

    /// Excludes the rows that fulfil the condition; rows for which it is unknown (NULL) stay.
    #[must_use]
    pub fn exclude(self, condition: impl Condition<M>) -> Self {
        let complement = Node::Unary(UnaryOp::IsNotTrue, Box::new(condition.into_condition()));
        changed!(self, |state| and(&mut state.filter, complement))
    }

    /// Sorts by one more term; a column alone sorts ascending.
    #[must_use]
    pub fn order_by(self, order: impl IntoOrder<M>) -> Self {
        let mut terms = order.into_terms();
        changed!(self, |state| state.order_by.append(&mut terms))
    }

    /// Removes the order.
    #[must_use]
    pub fn unordered(self) -> Self {
        changed!(self, |state| state.order_by.clear())
    }

    /// Limits the number of rows. Selected aggregates (`select(count())`) cover only these rows; in a grouped query, it
    /// limits the groups.
    #[must_use]
    pub fn limit(self, rows: u64) -> Self {
        changed!(self, |state| state.limit = Some(rows))
    }

    /// Skips rows (OFFSET).
    #[must_use]
    pub fn offset(self, rows: u64) -> Self {
        changed!(self, |state| state.offset = Some(rows))
    }

    /// Removes duplicate rows (SELECT DISTINCT).
    #[must_use]
    pub fn distinct(self) -> Self {
        changed!(self, |state| state.distinct = true)
    }

    /// Groups by columns or expressions; select aggregates with it.
    #[must_use]
    pub fn group_by<S: Selectable<M>>(self, by: S) -> Self {
        changed!(self, |state| state.group_by.extend(by.into_nodes()))
    }

    /// Keeps the groups that fulfil the condition (HAVING).
    #[must_use]
    pub fn having(self, condition: impl Condition<M>) -> Self {
        changed!(self, |state| and(
            &mut state.having,
            condition.into_condition()
        ))
    }

    /// Reads these columns and expressions instead of whole rows: a column or a tuple of them.
    #[doc(alias = "values")]
    #[doc(alias = "values_list")]
    #[doc(alias = "aggregate")]
    #[must_use]
    pub fn select<S: Selectable<M>>(self, items: S) -> Query<M, S::Row> {
        changed!(self, |state| {
            state.items = Some(items.into_nodes());
            state.whole = false;
        })
        .retyped()
    }

    /// Locks the rows until the transaction ends (not on SQLite, which locks as a whole).
    #[doc(alias = "select_for_update")]
    #[must_use]
    pub fn for_update(self) -> Self {
        changed!(self, |state| {
            state.lock = Some(Lock {
                strength: LockStrength::Update,
                wait: LockWait::Wait,
            });
        })
    }

    /// Locks the rows against writers until the transaction ends (not on SQLite).
    #[must_use]
    pub fn for_share(self) -> Self {
        changed!(self, |state| {
            state.lock = Some(Lock {
                strength: LockStrength::Share,
                wait: LockWait::Wait,
            });
        })
    }

    /// Skips rows that others have locked.
    #[must_use]
    pub fn skip_locked(self) -> Self {
        self.lock_wait(LockWait::SkipLocked)
    }

    /// Fails at once if others have locked a row.
    #[must_use]
    pub fn nowait(self) -> Self {
        self.lock_wait(LockWait::NoWait)
    }

    fn lock_wait(self, wait: LockWait) -> Self {
        changed!(self, |state| {
            let strength = state
                .lock
                .map_or(LockStrength::Update, |lock| lock.strength);
            state.lock = Some(Lock { strength, wait });
        })
    }

    /// Allows an update or delete of every row.
    #[must_use]
    pub fn unfiltered(self) -> Self {
        changed!(self, |state| state.unfiltered = true)
    }

    /// Ignores default scopes, of the model itself and of the models that it joins or queries.
    #[must_use]
    pub fn unscoped(self) -> Self {
        changed!(self, |state| state.unscoped = true)
    }

    /// Runs it on the blocking pool from the start (SQLite), for a query that is known to be slow.
    #[must_use]
    pub fn offload(self) -> Self {
        changed!(self, |state| state.offload = true)
    }
}

fn and(slot: &mut Option<Node>, condition: Node) {
    *slot = Some(match slot.take() {
        None => condition,
        Some(before) => before.and(condition),
    });
}

/// What can be selected from a query of `M`: a column, an expression, an aggregate, or a tuple of up to eight.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be selected from a query of `{M}`",
    label = "not a column or expression of `{M}`",
    note = "select columns (`{M}::column`), paths, expressions, aggregates, or a tuple of up to 8 of them"
)]
pub trait Selectable<M> {
    /// The type that a row is read as.
    type Row: FromRow + Send + 'static;
    /// The nodes.
    fn into_nodes(self) -> Vec<Node>;
}

impl<Q: crate::model::path::Path, T: aludel_sql::types::ColumnType> Selectable<Q::Root>
    for crate::model::column::Column<Q, T>
{
    type Row = crate::model::column::Seen<Q, T>;
    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_operand()]
    }
}

impl<M, T: FromRow + Send + 'static> Selectable<M> for Expr<M, T> {
    type Row = T;
    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_node()]
    }
}

impl<M, T: FromRow + Send + 'static> Selectable<M> for AggregateExpr<M, T> {
    type Row = T;
    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_operand()]
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<M, $($name: Selectable<M>),+> Selectable<M> for ($($name,)+) {
            type Row = ($($name::Row,)+);
            #[allow(non_snake_case)]
            fn into_nodes(self) -> Vec<Node> {
                let ($($name,)+) = self;
                let mut nodes = Vec::new();
                $(nodes.extend($name.into_nodes());)+
                nodes
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M, $($name: IntoOrder<M>),+> IntoOrder<M> for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_terms(self) -> Vec<OrderTerm> {
                let ($($name,)+) = self;
                let mut terms = Vec::new();
                $(terms.extend($name.into_terms());)+
                terms
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// What a query can be ordered by: a term (`Post::views.desc()`), a column or expression, or a tuple.
#[diagnostic::on_unimplemented(
    message = "a query of `{M}` can't be ordered by `{Self}`",
    label = "not a column, expression or ordering of `{M}`",
    note = "write `{M}::column` or `{M}::column.desc()`; several are a tuple: `({M}::a.desc(), {M}::b)`; by a name at run time: `DynQuery::order_by`"
)]
pub trait IntoOrder<M> {
    /// The terms.
    fn into_terms(self) -> Vec<OrderTerm>;
}

#[diagnostic::do_not_recommend]
impl<M> IntoOrder<M> for Order<M> {
    fn into_terms(self) -> Vec<OrderTerm> {
        vec![self.into_term()]
    }
}

fn ascending(node: Node) -> Vec<OrderTerm> {
    vec![OrderTerm {
        node,
        descending: false,
        nulls: None,
    }]
}

#[diagnostic::do_not_recommend]
impl<Q: crate::model::path::Path, T: aludel_sql::types::ColumnType> IntoOrder<Q::Root>
    for crate::model::column::Column<Q, T>
{
    fn into_terms(self) -> Vec<OrderTerm> {
        ascending(self.into_operand())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOrder<M> for Expr<M, T> {
    fn into_terms(self) -> Vec<OrderTerm> {
        ascending(self.into_node())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T> IntoOrder<M> for AggregateExpr<M, T> {
    fn into_terms(self) -> Vec<OrderTerm> {
        ascending(self.into_operand())
    }
}

/// A query of one column is a subquery: `x.is_in_query(query)`.
impl<M: Model, R, T> aludel_sql::expr::Query<T> for Query<M, R>
where
    R: aludel_sql::expr::CoercesTo<T> + aludel_sql::expr::Comparable,
{
    type Truth = R::Truth;
    fn into_select(self) -> aludel_sql::statement::Select {
        match self.into_part().select(None) {
            Ok(select) => select,
            // The error is reported when the outer query is run: this function can't return it.
            Err(error) => aludel_sql::statement::Select {
                filter: Some(Node::Value(Value::Invalid(error.to_string().into()))),
                ..Default::default()
            },
        }
    }
}
