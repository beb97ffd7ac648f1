//! [`DynQuery`]: a query of a model that is known at run time.

use super::aggregate::DynAggregate;
use super::condition::DynCondition;
use super::lookup::Lookup;
use super::path::{self, Place};
use crate::model::meta::ModelMeta;
use crate::query::{Cursor, Named, QuerySpec, State};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::{Name, Node, UnaryOp};
use aludel_sql::statement::{Nulls, OrderTerm};
use aludel_sql::types::SqlType;
use std::sync::Arc;

/// A query of a model that is known at run time: the [`Query`](crate::Query) of the dynamic layer, with the same rules.
///
/// ```
/// use aludel::dynamic::{DynAggregate, DynQuery};
/// use aludel::prelude::*;
/// # #[derive(Model)] struct User { id: i64, email: String, posts: HasMany<Post> }
/// # #[derive(Model)] struct Post { id: i64, views: i64, author: BelongsTo<User> }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let db = Database::connect("sqlite::memory:").await?;
///
/// let registry = models![User, Post];
/// db.create_all(&registry).await?;
/// let posts = DynQuery::new(registry.model("Post")?);
/// // SELECT author.email, count(*), sum(views) … GROUP BY author.email ORDER BY count(*) DESC
/// let groups = posts
///     .clone()
///     .group_by(["author.email"])?
///     .aggregate([DynAggregate::rows(), DynAggregate::sum("views")])?
///     .order_by("-count")?
///     .all(&db)
///     .await?;
/// assert!(groups.is_empty());
/// let with_authors = posts.with("author")?.all(&db).await?;
/// assert!(with_authors.is_empty());
/// # Ok::<(), aludel::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct DynQuery {
    meta: &'static ModelMeta,
    state: Arc<State>,
    /// The selected expressions, if not whole rows.
    selected: Vec<Selected>,
    /// Relation paths that ignore default scopes.
    lifted: Vec<Vec<Name>>,
}

/// A selected expression.
#[derive(Debug, Clone)]
struct Selected {
    name: String,
    node: Node,
    sql_type: SqlType,
    /// Whether the order may use its name; columns are named by their paths.
    is_aggregate: bool,
}

impl DynQuery {
    /// All rows of a model.
    pub fn new(meta: &'static ModelMeta) -> DynQuery {
        DynQuery {
            meta,
            state: Arc::default(),
            selected: Vec::new(),
            lifted: Vec::new(),
        }
    }

    /// The model.
    pub fn model(&self) -> &'static ModelMeta {
        self.meta
    }

    pub(super) fn part(&self) -> QuerySpec {
        let mut state = Arc::clone(&self.state);
        if !self.lifted.is_empty() {
            Arc::make_mut(&mut state).each_node(&mut |node| {
                for way in &self.lifted {
                    path::lift(node, way);
                }
            });
        }
        QuerySpec {
            meta: self.meta,
            state,
        }
    }

    /// How its rows are read.
    pub(super) fn reader(&self) -> Named {
        if self.selected.is_empty() {
            return whole_rows(self.meta);
        }
        let columns = self.selected.iter();
        Named {
            names: columns.clone().map(|column| column.name.clone()).collect(),
            types: columns.map(|column| column.sql_type.clone()).collect(),
        }
    }

    /// Whether it reads rows of the model, with all their columns.
    pub(super) fn reads_whole_rows(&self) -> bool {
        self.selected.is_empty()
    }

    fn changed(mut self, change: impl FnOnce(&mut State)) -> DynQuery {
        change(Arc::make_mut(&mut self.state));
        self
    }

    /// Keeps the rows for which `path lookup value` holds: a path is a field (`email`, `address.city`), optionally over
    /// relations (`author.email`; over a to-many relation, `tags.name`, some related row must fulfil it).
    ///
    /// # Errors
    /// A path that the model does not have, and a value that does not fit the column.
    pub fn filter(self, path: &str, lookup: Lookup, value: Value) -> Result<DynQuery> {
        let condition = DynCondition::new(self.meta, path, lookup, value)?;
        self.matching(condition)
    }

    /// Excludes the rows for which it holds; rows for which it is unknown (NULL) stay.
    ///
    /// # Errors
    /// Same as [`filter`](DynQuery::filter).
    pub fn exclude(self, path: &str, lookup: Lookup, value: Value) -> Result<DynQuery> {
        let condition = DynCondition::new(self.meta, path, lookup, value)?;
        self.not_matching(condition)
    }

    /// Keeps the rows that fulfil the condition.
    ///
    /// # Errors
    /// A condition on another model.
    pub fn matching(self, condition: DynCondition) -> Result<DynQuery> {
        let condition = condition.into_node(self.meta)?;
        Ok(self.changed(|state| state.and_filter(condition)))
    }

    /// Excludes the rows that fulfil the condition; rows for which it is unknown (NULL) stay.
    ///
    /// # Errors
    /// A condition on another model.
    pub fn not_matching(self, condition: DynCondition) -> Result<DynQuery> {
        let condition = condition.into_node(self.meta)?;
        let complement = Node::Unary(UnaryOp::IsNotTrue, Box::new(condition));
        Ok(self.changed(|state| state.and_filter(complement)))
    }

    /// Sorts by a path over to-one relations, or by an aggregate of the query by its name; a leading `-` sorts
    /// descending.
    ///
    /// # Errors
    /// A path that the model does not have.
    pub fn order_by(self, path: &str) -> Result<DynQuery> {
        self.ordered_by(path, None)
    }

    /// Like [`order_by`](DynQuery::order_by), with NULLs first or last.
    ///
    /// # Errors
    /// Same as [`order_by`](DynQuery::order_by).
    pub fn order_by_nulls(self, path: &str, nulls: Nulls) -> Result<DynQuery> {
        self.ordered_by(path, Some(nulls))
    }

    fn ordered_by(self, path: &str, nulls: Option<Nulls>) -> Result<DynQuery> {
        let (path, descending) = match path.strip_prefix('-') {
            Some(path) => (path, true),
            None => (path, false),
        };
        let mut aggregates = self.selected.iter().filter(|column| column.is_aggregate);
        let node = match aggregates.find(|aggregate| aggregate.name == path) {
            Some(aggregate) => aggregate.node.clone(),
            None => path::place(self.meta, path)?.node,
        };
        Ok(self.changed(|state| {
            state.push_order(OrderTerm {
                node,
                descending,
                nulls,
            });
        }))
    }

    /// Removes the order.
    #[must_use]
    pub fn unordered(self) -> DynQuery {
        self.changed(State::clear_order)
    }

    /// Limits the number of rows.
    #[must_use]
    pub fn limit(self, rows: u64) -> DynQuery {
        self.changed(|state| state.set_limit(rows))
    }

    /// Skips rows (OFFSET).
    #[must_use]
    pub fn offset(self, rows: u64) -> DynQuery {
        self.changed(|state| state.set_offset(rows))
    }

    /// Removes duplicate rows (SELECT DISTINCT).
    #[must_use]
    pub fn distinct(self) -> DynQuery {
        self.changed(State::set_distinct)
    }

    /// Ignores default scopes, of the model itself and of the models that it joins or queries.
    #[must_use]
    pub fn unscoped(self) -> DynQuery {
        self.changed(State::set_unscoped)
    }

    /// Ignores the default scope of a to-one relation's model in all paths of the query: conditions, columns, groups,
    /// aggregates and order, added before or after this call. `author.name` then means `Post::author.unscoped().name`.
    /// For the path `author.company`, only the scope of the last relation is ignored. See
    /// [`with_unscoped`](DynQuery::with_unscoped) for rows that are loaded.
    ///
    /// # Errors
    /// A relation that the model does not have, or that leads to many rows.
    pub fn paths_unscoped(mut self, path: &str) -> Result<DynQuery> {
        self.lifted.push(path::unscoped(self.meta, path)?);
        Ok(self)
    }

    /// Allows an update or delete of every row.
    #[must_use]
    pub fn unfiltered(self) -> DynQuery {
        self.changed(State::set_unfiltered)
    }

    /// Runs it on the blocking pool from the start (SQLite), for a query that is known to be slow.
    #[must_use]
    pub fn offload(self) -> DynQuery {
        self.changed(State::set_offload)
    }

    /// Keeps the rows after a position in the order. See [`Query::after`](crate::Query::after).
    #[must_use]
    pub fn after(self, cursor: Cursor) -> DynQuery {
        self.bounded(cursor, false)
    }

    /// Keeps the rows before a position in the order. See [`Query::before`](crate::Query::before).
    #[must_use]
    pub fn before(self, cursor: Cursor) -> DynQuery {
        self.bounded(cursor, true)
    }

    fn bounded(self, cursor: Cursor, backwards: bool) -> DynQuery {
        let part = self.part().bounded(cursor, backwards);
        DynQuery {
            state: part.state,
            ..self
        }
    }

    /// Reads these columns instead of whole rows. Columns over to-one relations (`author.email`) are joined in the same
    /// SELECT. A row has them by their paths.
    ///
    /// # Errors
    /// A path that the model does not have or that is given twice, and an empty list.
    pub fn columns<S: AsRef<str>>(self, paths: impl IntoIterator<Item = S>) -> Result<DynQuery> {
        let meta = self.meta;
        let columns = paths.into_iter().map(|path| column(meta, path.as_ref()));
        let columns: Vec<Selected> = columns.collect::<Result<_>>()?;
        if columns.is_empty() {
            return Err(Error::invalid_query(format!(
                "columns(..) of a query of {} names none; leave it out to read whole rows",
                meta.name
            )));
        }
        let query = DynQuery {
            selected: Vec::new(),
            ..self
        };
        query.selecting(columns)
    }

    /// Groups by columns, and reads them; with [`aggregate`](DynQuery::aggregate), a row for each group.
    ///
    /// # Errors
    /// A path that the model does not have, and one that is given twice.
    pub fn group_by<S: AsRef<str>>(self, paths: impl IntoIterator<Item = S>) -> Result<DynQuery> {
        let meta = self.meta;
        let columns = paths.into_iter().map(|path| column(meta, path.as_ref()));
        let columns: Vec<Selected> = columns.collect::<Result<_>>()?;
        let query = self.changed(|state| {
            for column in &columns {
                state.push_group(column.node.clone());
            }
        });
        query.selecting(columns)
    }

    /// Adds aggregates, of all rows or of each group, to what is read already.
    ///
    /// # Errors
    /// A path that the model does not have, a sum of a column that is not a number, and a name that is taken already.
    pub fn aggregate(self, aggregates: impl IntoIterator<Item = DynAggregate>) -> Result<DynQuery> {
        let meta = self.meta;
        let places = aggregates.into_iter().map(|one| one.place(meta));
        let columns = places.map(|place| place.map(|place| selected(place, true)));
        let columns: Vec<Selected> = columns.collect::<Result<_>>()?;
        self.selecting(columns)
    }

    /// Keeps the groups whose aggregate fulfils the comparison (HAVING).
    ///
    /// # Errors
    /// Same as [`aggregate`](DynQuery::aggregate), and a value that does not fit.
    pub fn having(self, aggregate: DynAggregate, lookup: Lookup, value: Value) -> Result<DynQuery> {
        let condition = aggregate.place(self.meta)?.compare(lookup, value)?;
        Ok(self.changed(|state| state.and_having(condition)))
    }

    fn selecting(mut self, columns: Vec<Selected>) -> Result<DynQuery> {
        for column in columns {
            if self.selected.iter().any(|known| known.name == column.name) {
                return Err(Error::invalid_query(format!(
                    "a query of {} reads two columns by the name {:?}; give an aggregate another one with .named(..)",
                    self.meta.name, column.name
                )));
            }
            self.selected.push(column);
        }
        let nodes = self.selected.iter().map(|column| column.node.clone());
        let nodes = nodes.collect();
        Ok(self.changed(|state| state.select_only(nodes)))
    }
}

/// How whole rows of a model are read.
pub(super) fn whole_rows(meta: &ModelMeta) -> Named {
    let fields = meta.fields.iter();
    Named {
        names: fields.clone().map(|field| field.name.clone()).collect(),
        types: fields.map(|field| field.sql_type.clone()).collect(),
    }
}

fn column(meta: &'static ModelMeta, path: &str) -> Result<Selected> {
    let place = Place {
        name: path.to_owned(),
        ..path::place(meta, path)?
    };
    Ok(selected(place, false))
}

fn selected(place: Place, is_aggregate: bool) -> Selected {
    Selected {
        name: place.name,
        node: place.node,
        sql_type: place.sql_type,
        is_aggregate,
    }
}
