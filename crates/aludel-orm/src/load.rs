//! Loading relations into their fields: `query.with(Post::author)`, `Post::author.load(&mut posts, &db)`.
//!
//! One statement for each relation, however many rows: the keys of all rows go in, and with each related row comes the
//! key of the row that it belongs to (SQLAlchemy's select-in load, Django's `prefetch_related`). What comes back of the
//! query itself, and in which order, is never changed by it. `limit` is per parent, by a window function.

use crate::column::{ToMany, ToOne};
use crate::fields::{Rows, Shared};
use crate::meta::{JoinPath, ModelMeta, RelationKind};
use crate::model::Model;
use crate::path::Root;
use crate::query::{Cursor, IntoOrder, Page, Part, Query, State};
use crate::relation::{Relation, RelationField, ToManyRelation, ToOneRelation};
use crate::session::Session;
use aludel_engine::command::{Access, BoxFuture, Command, Sink};
use aludel_engine::{Error, ErrorKind, Executor, Result, Target};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Expr, InList, Name, Node, Path as NodePath, Window};
use aludel_sql::render::Writer;
use aludel_sql::row::{Cells, DecodeError, FromRow, Row};
use aludel_sql::statement::{Join, JoinKind, OrderTerm, Projection, Select, SelectItem, Source};
use aludel_sql::types::{PrimaryKey, SqlType};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

/// How a relation is loaded: filtered, ordered, limited for each row, and what is loaded into its rows in turn.
pub struct Loading<R> {
    query: Arc<State>,
    limit: Option<u64>,
    nested: Vec<Arc<dyn Load>>,
    joined: bool,
    of: PhantomData<fn() -> R>,
}

impl<R: Relation> Loading<R> {
    pub(crate) fn new() -> Loading<R> {
        Loading {
            query: Arc::new(State::default()),
            limit: None,
            nested: Vec::new(),
            joined: false,
            of: PhantomData,
        }
    }

    /// Whether all related rows are loaded.
    pub(crate) fn is_whole(&self) -> bool {
        self.limit.is_none() && !self.query.is_filtered()
    }

    pub(crate) fn nested(&self) -> &[Arc<dyn Load>] {
        &self.nested
    }

    /// Copies of the owners, if their rows are to be given them: `User::posts.then(Post::author)` asks for what is here
    /// already.
    fn owners(&self, rows: &[R::Owner]) -> Option<Owners<R>> {
        let asked = self.nested.iter().any(|nested| nested.is(R::inverse()));
        asked.then(|| {
            let copies = rows
                .iter()
                .map(|row| (row.key(), Shared::new(row.copy_columns())));
            copies.collect()
        })
    }

    /// What is to be asked.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let owner = <R::Owner as Model>::meta();
        let relation = owner.relation(R::NAME).ok_or_else(|| {
            Error::invalid_query(format!("{} has no relation {:?}", owner.name, R::NAME))
        })?;
        Ok(Plan {
            meta: <R::Target as Model>::meta(),
            state: Arc::clone(&self.query),
            limit: self.limit,
            join: relation.join_path(owner).map_err(Error::invalid_query)?,
            by_target: relation.kind == RelationKind::BelongsTo,
        })
    }

    /// Only rows that fulfil the condition. Then the relation is loaded in part.
    #[must_use]
    pub fn filter(mut self, condition: Expr<R::Target, bool>) -> Self {
        Arc::make_mut(&mut self.query).and_filter(condition.into_node());
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

    /// At most so many rows **for each row** that they are loaded into. Then the relation is loaded in part.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.limit = Some(rows);
        self
    }

    /// Loads a relation of the related rows, too.
    #[must_use]
    pub fn then(mut self, relation: impl IntoLoad<R::Target>) -> Self {
        self.nested.push(relation.into_load());
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
    /// What loads it.
    fn into_load(self) -> Arc<dyn Load>;
}

impl<R: Relation> IntoLoad<R::Owner> for Loading<R> {
    fn into_load(self) -> Arc<dyn Load> {
        Arc::new(self)
    }
}

impl<M: Model, R: ToOneRelation<Owner = M>> IntoLoad<M> for ToOne<Root<M>, R> {
    fn into_load(self) -> Arc<dyn Load> {
        Arc::new(Loading::<R>::new())
    }
}

impl<M: Model, R: ToManyRelation<Owner = M>> IntoLoad<M> for ToMany<Root<M>, R> {
    fn into_load(self) -> Arc<dyn Load> {
        Arc::new(Loading::<R>::new())
    }
}

macro_rules! starts_a_loading {
    ($path:ident, $kind:ident) => {
        impl<M: Model, R: $kind<Owner = M>> $path<Root<M>, R> {
            /// Loaded, with a relation of the related rows loaded into them. See [`Loading::then`].
            pub fn then(self, relation: impl IntoLoad<R::Target>) -> Loading<R> {
                Loading::new().then(relation)
            }

            /// Loaded without the default scope of the related model. See [`Loading::unscoped`].
            pub fn unscoped(self) -> Loading<R> {
                Loading::new().unscoped()
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
    /// Loaded by a join in the query's own statement, not by a statement more: `Post::author.joined()`. Rows that share
    /// the other row have a copy each. A session loads by a statement more all the same, once for all that share it.
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

impl<M: Model, R: ToManyRelation<Owner = M>> ToMany<Root<M>, R> {
    /// Loaded in part: only rows that fulfil the condition. See [`Loading::filter`].
    pub fn filter(self, condition: Expr<R::Target, bool>) -> Loading<R> {
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

    /// Reads what it selected into the row.
    #[doc(hidden)]
    fn read_joined(&self, owner: &mut dyn Any, row: &mut Row<'_>) -> Result<(), DecodeError>;

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
        let columns = <R::Target as Model>::meta().fields.iter().map(|field| {
            Node::Path(Box::new(NodePath {
                hops: vec![Name::Borrowed(R::NAME)],
                column: Name::Owned(field.column.clone()),
            }))
        });
        Some(Ok(columns.collect()))
    }

    fn read_joined(&self, owner: &mut dyn Any, row: &mut Row<'_>) -> Result<(), DecodeError> {
        let related = <R::Target as FromRow>::from_nullable(row)?;
        if let (Some(owner), Some(related)) = (owner.downcast_mut::<R::Owner>(), related) {
            R::field_mut(owner).put_one(&Shared::new(related));
        }
        Ok(())
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

async fn load_into<R: Relation>(
    loading: &Loading<R>,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let plan = loading.plan()?;
    if plan.by_target {
        load_one(loading, &plan, rows, target, site).await
    } else {
        load_many(loading, &plan, rows, target, site).await
    }
}

/// Loads the row that each of these belongs to, once however many belong to it.
async fn load_one<R: Relation>(
    loading: &Loading<R>,
    plan: &Plan,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    type KeyOf<R> = <<R as Relation>::Target as Model>::Key;
    let mut found: HashMap<KeyOf<R>, Option<Shared<R::Target>>> = HashMap::new();
    for row in rows.iter() {
        if let Some(key) = R::field(row).target_key() {
            found.entry(key).or_default();
        }
    }
    let wanted = found.keys().cloned().collect();
    for mut pairs in pairs::<R::Target, KeyOf<R>>(plan, wanted, own_key, target, site).await? {
        for nested in &loading.nested {
            nested.load(&mut pairs.rows, target, site).await?;
        }
        for (row, key) in pairs.rows.into_iter().zip(pairs.keys) {
            found.insert(key, Some(Shared::new(row)));
        }
    }
    for row in rows {
        let field = R::field_mut(row);
        // A row that a filter left out was not loaded.
        let related = field.target_key().and_then(|key| found.get(&key));
        if let Some(Some(related)) = related {
            field.put_one(related);
        }
    }
    Ok(())
}

/// Rows that others belong to, by key.
type Owners<R> = HashMap<<<R as Relation>::Owner as Model>::Key, Shared<<R as Relation>::Owner>>;

/// Loads the rows that belong to each of these.
async fn load_many<R: Relation>(
    loading: &Loading<R>,
    plan: &Plan,
    rows: &mut [R::Owner],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    type KeyOf<R> = <<R as Relation>::Owner as Model>::Key;
    // Groups of rows, by key; a row may stand among the owners twice.
    let mut groups: HashMap<KeyOf<R>, usize> = HashMap::with_capacity(rows.len());
    let mut wanted: Vec<KeyOf<R>> = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        groups.entry(row.key()).or_insert_with_key(|key| {
            wanted.push(key.clone());
            wanted.len() - 1
        });
    }
    let found: Vec<Vec<R::Target>> = (0..wanted.len()).map(|_| Vec::new()).collect();
    let mut grouped = Grouped {
        groups,
        found,
        within: plan.within(),
        tie: R::tie,
        now: 0..0,
    };
    if loading.nested.is_empty() {
        // Straight from the driver to where they belong.
        let (types, dialect) = (KeyOf::<R>::sql_types(), target.database().dialect());
        for keys in plan.portions(wanted, types.len(), dialect) {
            grouped.now = grouped.now.end..grouped.now.end + keys.len() / types.len();
            let command = plan.command(keys, &types, dialect, site);
            grouped = target.fetch(command, grouped).await?.0;
        }
    } else {
        let owners = loading.owners(rows);
        for mut pairs in pairs(plan, wanted, R::tie, target, site).await? {
            for nested in &loading.nested {
                if owners.is_none() || !nested.is(R::inverse()) {
                    nested.load(&mut pairs.rows, target, site).await?;
                }
            }
            for (mut row, key) in pairs.rows.into_iter().zip(pairs.keys) {
                if let Some(owner) = owners.as_ref().and_then(|owners| owners.get(&key)) {
                    R::set_owner(&mut row, owner);
                }
                grouped.push(row, &key);
            }
        }
    }
    let Grouped { groups, found, .. } = grouped;
    let whole = loading.is_whole();
    let found: Vec<Shared<Rows<R::Target>>> = found
        .into_iter()
        .map(|rows| Shared::new(Rows { rows, whole }))
        .collect();
    for row in rows {
        if let Some(group) = groups.get(&row.key()) {
            R::field_mut(row).put_many(&found[*group]);
        }
    }
    Ok(())
}

/// The key of a row that others belong to.
pub(crate) fn own_key<M: Model>(row: &M) -> Option<M::Key> {
    Some(row.key())
}

/// Rows by the key that ties them.
struct Grouped<T, K> {
    groups: HashMap<K, usize>,
    found: Vec<Vec<T>>,
    within: Option<Vec<usize>>,
    tie: fn(&T) -> Option<K>,
    /// The groups that the running statement asks for.
    now: Range<usize>,
}

impl<T, K: PrimaryKey> Grouped<T, K> {
    #[inline]
    fn push(&mut self, row: T, key: &K) {
        if let Some(group) = self.groups.get(key) {
            self.found[*group].push(row);
        }
    }
}

impl<T: Model, K: PrimaryKey> Sink for Grouped<T, K> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let (row, key) = tied(cells, self.within.as_deref(), self.tie)?;
        self.push(row, &key);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.found[self.now.clone()].iter_mut().for_each(Vec::clear);
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A row, and the key that ties it: among its own columns, or behind them.
#[inline]
fn tied<T: Model, K: PrimaryKey>(
    cells: &mut dyn Cells,
    within: Option<&[usize]>,
    tie: fn(&T) -> Option<K>,
) -> Result<(T, K), DecodeError> {
    let mut row = Row::new(cells);
    let read = T::from_row(&mut row)?;
    if let Some(key) = tie(&read) {
        return Ok((read, key));
    }
    let key = match within {
        None => K::from_row(&mut row)?,
        Some(positions) => K::from_row(&mut Row::reordered(cells, positions))?,
    };
    Ok((read, key))
}

/// Related rows, and for each the key that ties it.
pub(crate) struct Pairs<T, K> {
    pub(crate) rows: Vec<T>,
    pub(crate) keys: Vec<K>,
    /// The key, from the row itself.
    tie: fn(&T) -> Option<K>,
    /// Where the key stands among the row's own columns; without that, behind them.
    within: Option<Vec<usize>>,
}

impl<T: Model, K: PrimaryKey> Sink for Pairs<T, K> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let (row, key) = tied(cells, self.within.as_deref(), self.tie)?;
        self.rows.push(row);
        self.keys.push(key);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        self.keys.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Reads related rows; as many lists as statements.
pub(crate) async fn pairs<T: Model, K: PrimaryKey>(
    plan: &Plan,
    keys: Vec<K>,
    tie: fn(&T) -> Option<K>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Pairs<T, K>>> {
    let types = K::sql_types();
    let dialect = target.database().dialect();
    let mut found = Vec::new();
    for keys in plan.portions(keys, types.len(), dialect) {
        let command = plan.command(keys, &types, dialect, site);
        let sink = Pairs::<T, K> {
            rows: Vec::new(),
            keys: Vec::new(),
            tie,
            within: plan.within(),
        };
        found.push(target.fetch(command, sink).await?.0);
    }
    Ok(found)
}

/// What is to be loaded, untyped.
pub(crate) struct Plan {
    meta: &'static ModelMeta,
    state: Arc<State>,
    limit: Option<u64>,
    join: JoinPath,
    /// Whether the key that ties is the target's own (`BelongsTo`), not the owner's.
    pub(crate) by_target: bool,
}

impl Plan {
    /// How many keys go into one statement.
    fn most_keys(&self, width: usize, dialect: &'static dyn Dialect) -> usize {
        /// More make statements long, not fast.
        const MOST: usize = 10_000;
        // Lists of single values are one bind on SQLite and PostgreSQL; tuples are a bind each.
        let each = if width == 1 { MOST } else { 500 };
        each.min(dialect.capabilities().max_binds / 2)
    }

    /// The values of keys, as many as go into one statement at a time.
    fn portions<K: PrimaryKey>(
        &self,
        keys: Vec<K>,
        width: usize,
        dialect: &'static dyn Dialect,
    ) -> Vec<Vec<Value>> {
        let most = self.most_keys(width, dialect);
        let mut keys = keys.into_iter().peekable();
        let mut portions = Vec::new();
        while keys.peek().is_some() {
            let mut values = Vec::with_capacity(most.min(keys.len()) * width);
            keys.by_ref()
                .take(most)
                .for_each(|key| key.push_values(&mut values));
            portions.push(values);
        }
        portions
    }

    /// The columns of the key that ties, as they are called in the statement.
    fn key_nodes(&self) -> Vec<Node> {
        match (&self.join.through, self.by_target) {
            (Some((_, pairs)), _) => pairs
                .iter()
                .map(|(_, column)| Node::column("through", Name::Owned(column.clone())))
                .collect(),
            (None, _) => self
                .join
                .pairs
                .iter()
                .map(|(_, column)| Node::Root(Name::Owned(column.clone())))
                .collect(),
        }
    }

    /// Where the key that ties stands among the target's columns, where it need not be selected beside them.
    fn within(&self) -> Option<Vec<usize>> {
        if self.join.through.is_some() || self.limit.is_some() {
            return None;
        }
        let at = |name: &str| {
            self.meta
                .fields
                .iter()
                .position(|field| field.column == name)
        };
        self.join
            .pairs
            .iter()
            .map(|(_, column)| at(column))
            .collect()
    }

    /// `SELECT target.*, key FROM target … WHERE key IN (keys) …`; with a limit, numbered and cut for each key.
    fn command(
        &self,
        keys: Vec<Value>,
        types: &[SqlType],
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let key = self.key_nodes();
        let mut part = Part {
            meta: self.meta,
            state: Arc::clone(&self.state),
        }
        .totally_ordered();
        let order = part.state.order_terms().to_vec();
        let mut items = key.clone();
        if self.limit.is_some() {
            items.push(Node::Window(Box::new(Window {
                function: Node::Call("row_number".into(), Vec::new()),
                partition_by: key.clone(),
                order_by: order,
                frame: None,
            })));
        }
        let limited = self.limit.is_some();
        let beside = self.within().is_none();
        let among = among(&key, keys, types);
        part = part.with(|state| {
            state.and_filter(among);
            if beside {
                state.select_beside(items);
            }
            if limited {
                state.clear_order();
            }
        });
        let mut select = part.select(Some(dialect))?;
        if let Some((table, _)) = &self.join.through {
            let on = self.join.pairs.iter().map(|(through, column)| {
                Node::binary(
                    BinaryOp::Equal,
                    Node::column("through", Name::Owned(through.clone())),
                    Node::column(self.meta.table.name.clone(), Name::Owned(column.clone())),
                )
            });
            let join = Join {
                kind: JoinKind::Inner,
                source: Source::Table {
                    name: table.clone(),
                    alias: Some("through".into()),
                },
                on: on.reduce(Node::and),
            };
            select.joins.insert(0, join);
        }
        if let Some(limit) = self.limit {
            select = numbered(select, limit);
        }
        let mut w = Writer::new(dialect);
        w.select(&select)?;
        Ok(Command::new(w.finish()?, Access::Read).at(site))
    }
}

/// The rows whose last column, their number, is up to the limit.
fn numbered(mut inner: Select, limit: u64) -> Select {
    let mut names: Vec<Name> = Vec::new();
    if let Projection::Items(items) = &mut inner.projection {
        for (n, item) in items.iter_mut().enumerate() {
            let name = Name::Owned(format!("c{}", n + 1));
            item.alias = Some(name.clone());
            names.push(name);
        }
    }
    let number = Node::Root(names.pop().unwrap_or_default());
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let item = |name| SelectItem {
        node: Node::Root(name),
        alias: None,
    };
    Select {
        projection: Projection::Items(names.into_iter().map(item).collect()),
        from: Some(Source::Query {
            query: Box::new(inner),
            alias: "numbered".into(),
            lateral: false,
        }),
        filter: Some(Node::binary(
            BinaryOp::LessOrEqual,
            number.clone(),
            Node::Value(Value::I64(most)),
        )),
        order_by: vec![OrderTerm {
            node: number,
            descending: false,
            nulls: None,
        }],
        ..Select::default()
    }
}

/// Whether the key is among these, whose values follow each other.
fn among(key: &[Node], keys: Vec<Value>, types: &[SqlType]) -> Node {
    if let ([operand], [element]) = (key, types) {
        return Node::InList(Box::new(InList {
            operand: operand.clone(),
            values: keys,
            element: element.clone(),
            negated: false,
        }));
    }
    keys.chunks(types.len())
        .map(|values| {
            let equal = key.iter().zip(values).map(|(column, value)| {
                Node::binary(BinaryOp::Equal, column.clone(), Node::Value(value.clone()))
            });
            equal
                .reduce(Node::and)
                .unwrap_or(Node::Value(Value::Bool(true)))
        })
        .reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)))
}

/// A query with relations that are loaded into its rows: made by [`Query::with`].
pub struct QueryWith<M> {
    query: Query<M>,
    loads: Vec<Arc<dyn Load>>,
}

impl<M> Clone for QueryWith<M> {
    fn clone(&self) -> Self {
        QueryWith {
            query: self.query.clone(),
            loads: self.loads.clone(),
        }
    }
}

impl<M: Model> From<Query<M>> for QueryWith<M> {
    fn from(query: Query<M>) -> Self {
        QueryWith {
            query,
            loads: Vec::new(),
        }
    }
}

impl<M> QueryWith<M> {
    pub(crate) fn plain(&self) -> &Query<M> {
        &self.query
    }

    pub(crate) fn loads(&self) -> &[Arc<dyn Load>] {
        &self.loads
    }
}

impl<M: Model> Query<M> {
    /// Loads a relation into each row, by one more statement for all of them. Which rows come back, and in which order,
    /// is as without it.
    #[must_use]
    pub fn with(self, relation: impl IntoLoad<M>) -> QueryWith<M> {
        QueryWith {
            query: self,
            loads: vec![relation.into_load()],
        }
    }
}

impl<M: Model> QueryWith<M> {
    /// Loads one relation more. See [`Query::with`].
    #[must_use]
    pub fn with(mut self, relation: impl IntoLoad<M>) -> Self {
        self.loads.push(relation.into_load());
        self
    }

    /// Changes the query itself: `.query(|posts| posts.popular())`.
    #[must_use]
    pub fn query(mut self, change: impl FnOnce(Query<M>) -> Query<M>) -> Self {
        self.query = change(self.query);
        self
    }

    /// As [`Query::filter`].
    #[must_use]
    pub fn filter(self, condition: Expr<M, bool>) -> Self {
        self.query(|query| query.filter(condition))
    }

    /// As [`Query::exclude`].
    #[must_use]
    pub fn exclude(self, condition: Expr<M, bool>) -> Self {
        self.query(|query| query.exclude(condition))
    }

    /// As [`Query::order_by`].
    #[must_use]
    pub fn order_by(self, order: impl IntoOrder<M>) -> Self {
        self.query(|query| query.order_by(order))
    }

    /// As [`Query::limit`].
    #[must_use]
    pub fn limit(self, rows: u64) -> Self {
        self.query(|query| query.limit(rows))
    }

    /// As [`Query::offset`].
    #[must_use]
    pub fn offset(self, rows: u64) -> Self {
        self.query(|query| query.offset(rows))
    }

    /// As [`Query::all`].
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<M>>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move { query.fetch(None, target, site).await }
    }

    /// As [`Query::first`].
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn first<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        let (mut query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            query.query = query.query.ordered();
            Ok(query.fetch(Some(1), target, site).await?.pop())
        }
    }

    /// As [`Query::one`].
    ///
    /// # Errors
    /// As [`Query::one`].
    #[track_caller]
    pub fn one<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let rows = query.fetch(Some(2), target, site).await?;
            crate::query::only_row(rows)?.ok_or_else(crate::query::no_row::<M>)
        }
    }

    /// As [`Query::optional`].
    ///
    /// # Errors
    /// As [`Query::optional`].
    #[track_caller]
    pub fn optional<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let rows = query.fetch(Some(2), target, site).await?;
            crate::query::only_row(rows)
        }
    }
}

impl<M: Model> QueryWith<M> {
    /// The rows with their relations, at most so many.
    async fn fetch(
        &self,
        most: Option<u64>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Vec<M>> {
        let joined: Vec<Arc<dyn Load>> = self
            .loads
            .iter()
            .filter(|load| load.joined().is_some())
            .cloned()
            .collect();
        let mut query = self.query.clone();
        if let Some(most) = most {
            let limit = query.limits().0.map_or(most, |limit| limit.min(most));
            query = query.limit(limit);
        }
        if joined.is_empty() {
            let rows = query.all_at(target, site).await?;
            return loaded(rows, &self.loads, target, site).await;
        }
        let mut columns = Vec::new();
        for load in joined.iter().filter_map(|load| load.joined()) {
            columns.extend(load?);
        }
        let Some(command) = query.beside(columns, target, site)? else {
            return Ok(Vec::new());
        };
        let sink = Joined {
            rows: Vec::new(),
            joined,
        };
        let rows = target.fetch(command, sink).await?.0.rows;
        let rest: Vec<Arc<dyn Load>> = self
            .loads
            .iter()
            .filter(|load| load.joined().is_none())
            .cloned()
            .collect();
        loaded(rows, &rest, target, site).await
    }

    /// As [`Query::count`]; nothing is loaded.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<i64>> + Send + use<'a, M> {
        self.query.count(db)
    }

    /// As [`Query::page`], with the relations of its rows.
    ///
    /// # Errors
    /// As [`Query::page`].
    #[track_caller]
    pub fn page<'a>(
        &self,
        number: u64,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Page<M>>> + Send + use<'a, M> {
        let page = self.query.page(number, size, db);
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let mut page = page.await?;
            page.items = loaded(page.items, &query.loads, target, site).await?;
            Ok(page)
        }
    }

    /// As [`Query::after`].
    #[must_use]
    pub fn after(self, cursor: Cursor) -> Self {
        self.query(|query| query.after(cursor))
    }

    /// The rows a chunk at a time, each chunk with its relations: bounded memory, and as many statements for each chunk
    /// as [`all`](QueryWith::all) sends in all.
    ///
    /// Each chunk is a statement of its own that goes on behind the last row (the primary key is appended to the order),
    /// so that it also runs inside of a transaction, where all chunks see the same rows.
    pub fn stream<'a>(&self, chunk: u64, db: &'a dyn Executor) -> LoadStream<'a, M> {
        let (limit, offset) = self.query.limits();
        LoadStream {
            query: self.clone(),
            db,
            rows: Vec::new().into_iter(),
            chunk: chunk.max(1),
            left: limit,
            offset,
            after: None,
            done: false,
        }
    }
}

/// Rows with relations, a chunk at a time: made by [`QueryWith::stream`].
pub struct LoadStream<'a, M> {
    query: QueryWith<M>,
    db: &'a dyn Executor,
    rows: std::vec::IntoIter<M>,
    chunk: u64,
    left: Option<u64>,
    offset: Option<u64>,
    after: Option<Cursor>,
    done: bool,
}

impl<M: Model> LoadStream<'_, M> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// An order by something else than columns of the model itself; whatever can go wrong with a statement.
    pub async fn next(&mut self) -> Result<Option<M>> {
        if let Some(row) = self.rows.next() {
            return Ok(Some(row));
        }
        if self.done {
            return Ok(None);
        }
        let most = self.left.map_or(self.chunk, |left| left.min(self.chunk));
        let plain = &self.query.query;
        let mut chunk = match self.after.take() {
            None => plain.clone().totally_ordered(),
            Some(cursor) => plain.clone().without_offset().after(cursor),
        };
        if let (Some(offset), true) = (self.offset.take(), most > 0) {
            chunk = chunk.offset(offset);
        }
        let site = Location::caller();
        let target = self.db.target();
        let rows = chunk.limit(most).all_at(target, site).await?;
        self.left = self.left.map(|left| left - rows.len() as u64);
        self.done = (rows.len() as u64) < most || self.left == Some(0);
        if let (Some(last), false) = (rows.last(), self.done) {
            self.after = Some(plain.cursor(last)?);
        }
        let rows = loaded(rows, &self.query.loads, target, site).await?;
        self.rows = rows.into_iter();
        Ok(self.rows.next())
    }
}

/// Rows with the rows that were joined to them.
struct Joined<M> {
    rows: Vec<M>,
    joined: Vec<Arc<dyn Load>>,
}

impl<M: Model> Sink for Joined<M> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let mut row = Row::new(cells);
        let mut read = M::from_row(&mut row)?;
        for load in &self.joined {
            load.read_joined(&mut read, &mut row)?;
        }
        self.rows.push(read);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

async fn loaded<M: Model>(
    mut rows: Vec<M>,
    loads: &[Arc<dyn Load>],
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<M>> {
    if !rows.is_empty() {
        for load in loads {
            load.load(&mut rows, target, site).await?;
        }
    }
    Ok(rows)
}
