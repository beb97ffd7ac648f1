//! [`DynQueryWith`]: rows with their related rows, by one more statement for each relation and level.

use super::object::{DynObject, One};
use super::path::{checked, is_to_one, named_relation};
use super::query::{DynQuery, whole_rows};
use super::verbs::{none, only};
use crate::key_map::KeyMap;
use crate::load::Plan;
use crate::model::meta::{ModelMeta, RelationKind, RelationMeta};
use crate::query::{self, Cursor, KeysetPage, Named, Page, ReadRow, State, put_value, read};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{BoxFuture, Sink};
use aludel_engine::{DynRow, Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError, Row};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// A dynamic query with relations that are loaded into its rows: made by [`DynQuery::with`].
#[derive(Clone)]
pub struct DynQueryWith {
    query: DynQuery,
    loads: Vec<Branch>,
}

/// A relation to load, and the relations to load into its rows.
#[derive(Clone)]
struct Branch {
    owner: &'static ModelMeta,
    relation: &'static RelationMeta,
    /// Whether the default scope of its model is ignored.
    unscoped: bool,
    nested: Vec<Branch>,
}

impl DynQuery {
    /// Loads a relation into each row (`author`, `tags`), with one more statement for all of them; `author.company` loads
    /// both. It changes neither which rows come back nor their order.
    ///
    /// # Errors
    /// A relation that the model does not have, and a query that reads columns instead of whole rows.
    pub fn with(self, path: &str) -> Result<DynQueryWith> {
        self.loading(path)?.with(path)
    }

    /// Like [`with`](DynQuery::with), but ignores the default scope of the last relation's model.
    ///
    /// # Errors
    /// Same as [`with`](DynQuery::with).
    pub fn with_unscoped(self, path: &str) -> Result<DynQueryWith> {
        self.loading(path)?.with_unscoped(path)
    }

    fn loading(self, path: &str) -> Result<DynQueryWith> {
        if !self.reads_whole_rows() {
            return Err(Error::invalid_query(format!(
                "a query of {} that reads columns or aggregates loads no relation {path:?}; name columns behind it: .columns([\"{path}.…\"])",
                self.model().name
            )));
        }
        Ok(DynQueryWith {
            query: self,
            loads: Vec::new(),
        })
    }
}

impl DynQueryWith {
    /// Loads one more relation. See [`DynQuery::with`].
    ///
    /// # Errors
    /// A relation that the model does not have.
    pub fn with(mut self, path: &str) -> Result<DynQueryWith> {
        self.add(path, false)?;
        Ok(self)
    }

    /// Loads one more relation, ignoring the default scope of its model. See [`DynQuery::with_unscoped`].
    ///
    /// # Errors
    /// A relation that the model does not have.
    pub fn with_unscoped(mut self, path: &str) -> Result<DynQueryWith> {
        self.add(path, true)?;
        Ok(self)
    }

    fn add(&mut self, path: &str, unscoped: bool) -> Result<()> {
        let mut model = self.query.model();
        checked(model, path)?;
        let mut branches = &mut self.loads;
        let last = path.split('.').count() - 1;
        for (n, name) in path.split('.').enumerate() {
            let relation = named_relation(model, name)?;
            let known = branches
                .iter()
                .position(|branch| branch.relation.name == relation.name);
            let at = known.unwrap_or_else(|| {
                branches.push(Branch {
                    owner: model,
                    relation,
                    unscoped: false,
                    nested: Vec::new(),
                });
                branches.len() - 1
            });
            branches[at].unscoped |= unscoped && n == last;
            branches = &mut branches[at].nested;
            model = (relation.target)();
        }
        Ok(())
    }

    /// Changes the query itself: `.query(|posts| posts.order_by("-views"))`.
    ///
    /// # Errors
    /// Those of the change.
    pub fn query(self, change: impl FnOnce(DynQuery) -> Result<DynQuery>) -> Result<DynQueryWith> {
        Ok(DynQueryWith {
            query: change(self.query)?,
            loads: self.loads,
        })
    }

    /// Like [`DynQuery::all`].
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<DynObject>>> + Send + use<'a> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move { query.fetch(None, target, site).await }
    }

    /// Like [`DynQuery::first`].
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn first<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<DynObject>>> + Send + use<'a> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let (part, reader) = (query.query.part().ordered(), query.query.reader());
            let rows = read(part, Some(1), reader, target, site).await?;
            Ok(query.loaded(rows, target, site).await?.pop())
        }
    }

    /// Like [`DynQuery::one`].
    ///
    /// # Errors
    /// Same as [`DynQuery::one`].
    #[track_caller]
    pub fn one<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<DynObject>> + Send + use<'a> {
        let (found, model) = (self.optional(db), self.query.model().name);
        async move { found.await?.ok_or_else(|| none(model)) }
    }

    /// Like [`DynQuery::optional`].
    ///
    /// # Errors
    /// Same as [`DynQuery::optional`].
    #[track_caller]
    pub fn optional<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<DynObject>>> + Send + use<'a> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            only(
                query.fetch(Some(2), target, site).await?,
                query.query.model().name,
            )
        }
    }

    /// Like [`DynQuery::count`]; no relations are loaded.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        self.query.count(db)
    }

    /// Like [`DynQuery::page`], with the relations of its rows.
    ///
    /// # Errors
    /// Same as [`DynQuery::page`].
    #[track_caller]
    pub fn page<'a>(
        &self,
        number: u64,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Page<DynObject>>> + Send + use<'a> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let (part, reader) = (query.query.part(), query.query.reader());
            let page = query::read_page(part, number, size, reader, target, site).await?;
            Ok(Page {
                items: query.loaded(page.items, target, site).await?,
                number: page.number,
                size: page.size,
                total: page.total,
            })
        }
    }

    /// Like [`DynQuery::keyset`], with the relations of its rows. For all rows in bounded memory, read page after page.
    ///
    /// # Errors
    /// Same as [`DynQuery::keyset`].
    #[track_caller]
    pub fn keyset<'a>(
        &self,
        cursor: Option<Cursor>,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<KeysetPage<DynObject>>> + Send + use<'a> {
        let (query, target, site) = (self.clone(), db.target(), Location::caller());
        async move {
            let (part, reader) = (query.query.part(), query.query.reader());
            let page = query::read_keyset(part, cursor, size, reader, target, site).await?;
            Ok(KeysetPage {
                items: query.loaded(page.items, target, site).await?,
                next: page.next,
                previous: page.previous,
            })
        }
    }

    async fn fetch(
        &self,
        most: Option<u64>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Vec<DynObject>> {
        let rows = read(self.query.part(), most, self.query.reader(), target, site).await?;
        self.loaded(rows, target, site).await
    }

    /// Reads the rows and loads their relations.
    async fn loaded(
        &self,
        rows: Vec<DynRow>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Vec<DynObject>> {
        let model = self.query.model().name;
        let objects = rows.into_iter().map(|row| DynObject::new(row, model));
        let mut objects: Vec<DynObject> = objects.collect();
        load(&self.loads, &mut objects, target, site).await?;
        Ok(objects)
    }
}

/// Loads relations into rows of one model.
fn load<'a>(
    branches: &'a [Branch],
    objects: &'a mut [DynObject],
    target: Target<'a>,
    site: &'static Location<'static>,
) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if objects.is_empty() {
            return Ok(());
        }
        for branch in branches {
            branch.load(objects, target, site).await?;
        }
        Ok(())
    })
}

/// The key values that relate rows to each other, as bytes: equal values are the same bytes.
type Tie = Vec<u8>;

impl Branch {
    async fn load(
        &self,
        objects: &mut [DynObject],
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let mut state = State::default();
        if self.unscoped {
            state.set_unscoped();
        }
        let plan = Plan::of(self.owner, self.relation, Arc::new(state), None)?;
        let fields = &self.owner.fields;
        let at = |column: &str| fields.iter().position(|field| field.column == column);
        let own: Vec<usize> = plan.owner_columns().filter_map(at).collect();
        let ties: Vec<Option<Tie>> = objects
            .iter()
            .map(|object| tie(own.iter().map(|at| &object.row().values()[*at])))
            .collect();
        // Each key is queried once.
        let mut groups: KeyMap<Tie, usize> = KeyMap::default();
        let mut keys: Vec<Value> = Vec::new();
        for (object, tie) in objects.iter().zip(&ties) {
            let Some(tie) = tie else { continue };
            let next = groups.len();
            if *groups.entry(tie.clone()).or_insert(next) == next {
                let values = object.row().values();
                keys.extend(own.iter().map(|at| values[*at].clone()));
            }
        }
        let types: Vec<SqlType> = own.iter().map(|at| fields[*at].sql_type.clone()).collect();
        let (mut rows, found) = self.related(&plan, keys, types, target, site).await?;
        load(&self.nested, &mut rows, target, site).await?;
        let mut lists: Vec<Vec<DynObject>> = vec![Vec::new(); groups.len()];
        for (row, tie) in rows.into_iter().zip(found) {
            if let Some(group) = groups.get(&tie) {
                lists[*group].push(row);
            }
        }
        let group_of = |tie: Option<Tie>| groups.get(&tie?).copied();
        if is_to_one(self.relation) {
            let target = (self.relation.target)();
            // A foreign key always refers to a row, even if the default scope hides it.
            let leaves_out =
                self.relation.kind == RelationKind::BelongsTo && target.has_scope(self.unscoped);
            let first = |list: Vec<DynObject>| match list.into_iter().next() {
                Some(object) => One::Row(Arc::new(object)),
                None if leaves_out => One::OutOfScope(target.name),
                None => One::None,
            };
            let lists: Vec<One> = lists.into_iter().map(first).collect();
            for (object, tie) in objects.iter_mut().zip(ties) {
                let one = group_of(tie).map_or(One::None, |group| lists[group].clone());
                object.put_one(self.relation.name, one);
            }
            return Ok(());
        }
        let lists: Vec<Arc<[DynObject]>> = lists.into_iter().map(Arc::from).collect();
        let nothing: Arc<[DynObject]> = Arc::from(Vec::new());
        for (object, tie) in objects.iter_mut().zip(ties) {
            let many = group_of(tie).map_or(&nothing, |group| &lists[group]);
            object.put_many(self.relation.name, Arc::clone(many));
        }
        Ok(())
    }

    /// The related rows of all keys (a flat list of values), and the key of each.
    async fn related(
        &self,
        plan: &Plan,
        keys: Vec<Value>,
        types: Vec<SqlType>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<(Vec<DynObject>, Vec<Tie>)> {
        let model = (self.relation.target)();
        let dialect = target.database().dialect();
        // A referenced row is a single one; several rows have an order.
        let ordered = self.relation.kind != RelationKind::BelongsTo;
        let (mut rows, mut ties) = (Vec::new(), Vec::new());
        let most = plan.most_keys(types.len(), dialect) * types.len().max(1);
        for keys in keys.chunks(most.max(1)) {
            let command = plan.command(keys.to_vec(), ordered, &types, dialect, site)?;
            let sink = Tied {
                reader: whole_rows(model),
                types: types.clone(),
                within: plan.within(),
                rows: Vec::new(),
                ties: Vec::new(),
            };
            let found = target.fetch(command, sink).await?.0;
            let objects = found.rows.into_iter();
            rows.extend(objects.map(|row| DynObject::new(row, model.name)));
            ties.extend(found.ties);
        }
        Ok((rows, ties))
    }
}

/// The key that relates a row to others; `None` if one of the values is NULL.
fn tie<'v>(values: impl Iterator<Item = &'v Value>) -> Option<Tie> {
    let mut bytes = Vec::with_capacity(16);
    for value in values {
        if value.is_null() {
            return None;
        }
        put_value(value, &mut bytes);
    }
    Some(bytes)
}

/// Collects related rows, each with the key that relates it.
struct Tied {
    reader: Named,
    /// The types of that key.
    types: Vec<SqlType>,
    /// Its positions among the row's own columns; `None` if it follows them.
    within: Option<Vec<usize>>,
    rows: Vec<DynRow>,
    ties: Vec<Tie>,
}

impl Sink for Tied {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let mut row = Row::new(cells);
        let read = self.reader.read(&mut row)?;
        let tie = match &self.within {
            Some(within) => tie(within.iter().map(|at| &read.values()[*at])),
            None => {
                let values = self.types.iter().map(|hint| row.value(Some(hint)));
                let values: Vec<Value> = values.collect::<Result<_, _>>()?;
                tie(values.iter())
            }
        };
        self.rows.push(read);
        self.ties.push(tie.unwrap_or_default());
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        self.ties.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
