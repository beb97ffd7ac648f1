//! The dynamic layer: models known by name at run time, rows as names and values, conditions from a path, an
//! operator and a value. It builds the same trees as the typed layer, and so means the same.
//!
//! Admin, fixtures and historical models stand on it.
//!
//! ```
//! use aludel::dynamic::{DynQuery, Lookup};
//! use aludel::prelude::*;
//! # #[derive(Model)] struct User { id: i64, email: String }
//! # #[derive(Model)] struct Post { id: i64, views: i64, author: BelongsTo<User> }
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! # let db = Database::connect("sqlite::memory:").await?;
//!
//! let registry = models![User, Post];
//! db.create_all(&registry).await?;
//! let posts = DynQuery::new(registry.model("Post")?)
//!     .filter("author.email", Lookup::EndsWith, Value::Text("@example.com".into()))?
//!     .order_by("-views")?
//!     .all(&db)
//!     .await?;
//! assert!(posts.is_empty());
//! # Ok::<(), aludel::Error>(()) }).unwrap();
//! ```

mod coerce;

pub use coerce::coerce;

use crate::fit::fit;
use crate::meta::{FieldMeta, ModelMeta, RelationKind};
use crate::model::key_condition;
use crate::query::State;
use aludel_engine::command::{Access, Command};
use aludel_engine::{CollectDynamic, DynRow, Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::expr::{
    BinaryOp, InList, Name, Node, Path, Quantified, Quantifier, TextMatch, TextOp, UnaryOp,
};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Assignment, Delete, Insert, InsertSource, OrderTerm, Update};
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// How a column is compared with a value; the typed operators by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// Equal; NULL means IS NULL.
    Equal,
    /// Not equal; NULL means IS NOT NULL.
    NotEqual,
    /// Less.
    Less,
    /// Less or equal.
    LessOrEqual,
    /// Greater.
    Greater,
    /// Greater or equal.
    GreaterOrEqual,
    /// Among the items of an array.
    In,
    /// Has the text in it.
    Contains,
    /// Has the text in it, case ignored.
    IContains,
    /// Begins with the text.
    StartsWith,
    /// Ends with the text.
    EndsWith,
    /// Like the pattern.
    Like,
    /// NULL (`true`) or not (`false`).
    IsNull,
}

/// A query of a model that is known at run time.
#[derive(Clone)]
pub struct DynQuery {
    meta: &'static ModelMeta,
    state: Arc<State>,
}

impl DynQuery {
    /// All rows of a model.
    pub fn new(meta: &'static ModelMeta) -> DynQuery {
        DynQuery {
            meta,
            state: Arc::default(),
        }
    }

    fn with(mut self, change: impl FnOnce(&mut State)) -> DynQuery {
        change(Arc::make_mut(&mut self.state));
        self
    }

    /// Keeps the rows for which `path lookup value` holds: a path is a field (`email`, `address.city`), perhaps behind
    /// relations (`author.email`; over a to-many relation, `tags.name`, some related row must fulfil it).
    ///
    /// # Errors
    /// A path that the model has not, and a value that does not fit the column.
    pub fn filter(self, path: &str, lookup: Lookup, value: Value) -> Result<DynQuery> {
        let condition = condition(self.meta, path, lookup, value)?;
        Ok(self.with(|state| state.and_filter(condition)))
    }

    /// Leaves out the rows for which it holds, and keeps all others.
    ///
    /// # Errors
    /// As [`filter`](DynQuery::filter).
    pub fn exclude(self, path: &str, lookup: Lookup, value: Value) -> Result<DynQuery> {
        let condition = condition(self.meta, path, lookup, value)?;
        let complement = Node::Unary(UnaryOp::IsNotTrue, Box::new(condition));
        Ok(self.with(|state| state.and_filter(complement)))
    }

    /// Sorts by a path over to-one relations; `-` before it sorts from the greatest down.
    ///
    /// # Errors
    /// A path that the model has not.
    pub fn order_by(self, path: &str) -> Result<DynQuery> {
        let (path, descending) = match path.strip_prefix('-') {
            Some(path) => (path, true),
            None => (path, false),
        };
        let (node, _) = column(self.meta, path)?;
        Ok(self.with(|state| {
            state.push_order(OrderTerm {
                node,
                descending,
                nulls: None,
            });
        }))
    }

    /// At most so many rows.
    #[must_use]
    pub fn limit(self, rows: u64) -> DynQuery {
        self.with(|state| state.set_limit(rows))
    }

    /// All rows, by field names (`author_id` for a relation).
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<DynRow>>> + Send + use<'a> {
        let part = crate::query::Part {
            meta: self.meta,
            state: Arc::clone(&self.state),
        };
        let command = part.command(db.dialect(), None, Location::caller());
        let (meta, target, nothing) = (self.meta, db.target(), part.is_empty());
        async move {
            let command = command?;
            if nothing {
                return Ok(Vec::new());
            }
            let rows = target.fetch(command, sink(meta)).await?.0.rows;
            Ok(renamed(meta, rows))
        }
    }

    /// How many rows there are.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    pub async fn count(&self, db: &dyn Executor) -> Result<u64> {
        Ok(self.all(db).await?.len() as u64)
    }
}

/// Inserts a row given as field names with values, and answers it with all that the database filled in.
///
/// # Errors
/// A field that the model has not, a value that does not fit, and whatever can go wrong with a statement;
/// [`ErrorKind::Unsupported`] where there is no RETURNING (MySQL).
#[track_caller]
pub fn insert<'a>(
    meta: &'static ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<DynRow>> + Send + 'a {
    let site = Location::caller();
    let given = assignments(meta, row);
    async move {
        let (columns, values): (Vec<Name>, Vec<Node>) = given?
            .into_iter()
            .map(|assignment| (assignment.column, assignment.value))
            .unzip();
        let source = if columns.is_empty() {
            InsertSource::Defaults
        } else {
            InsertSource::Rows(vec![values])
        };
        let mut w = Writer::new(db.dialect());
        w.insert(&Insert {
            table: meta.table.clone(),
            columns,
            source,
            conflict: None,
            returning: meta.column_nodes(),
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        let rows = db.target().fetch(command, sink(meta)).await?.0.rows;
        renamed(meta, rows)
            .pop()
            .ok_or_else(|| Error::new(ErrorKind::Internal, "an insert that answered no row"))
    }
}

/// Updates the row of a key; answers whether there was one.
///
/// # Errors
/// A field that the model has not, a value that does not fit, and whatever can go wrong with a statement.
#[track_caller]
pub fn update<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    changes: impl IntoIterator<Item = (String, Value)>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<bool>> + Send + 'a {
    let site = Location::caller();
    let given = assignments(meta, changes);
    async move {
        let mut w = Writer::new(db.dialect());
        w.update(&Update {
            table: meta.table.clone(),
            assignments: given?,
            filter: Some(key_condition(meta, checked_key(meta, key)?)),
            order_by: vec![],
            returning: vec![],
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        Ok(db.target().execute(command).await?.affected > 0)
    }
}

/// Deletes the row of a key; answers whether there was one.
///
/// # Errors
/// [`ErrorKind::ForeignKeyViolation`] when others refer to it, and whatever can go wrong with a statement.
#[track_caller]
pub fn delete<'a>(
    meta: &'static ModelMeta,
    key: Vec<Value>,
    db: &'a dyn Executor,
) -> impl Future<Output = Result<bool>> + Send + 'a {
    let site = Location::caller();
    async move {
        let mut w = Writer::new(db.dialect());
        w.delete(&Delete {
            table: meta.table.clone(),
            filter: Some(key_condition(meta, checked_key(meta, key)?)),
            returning: vec![],
        })?;
        let command = Command::new(w.finish()?, Access::Write).at(site);
        Ok(db.target().execute(command).await?.affected > 0)
    }
}

fn sink(meta: &ModelMeta) -> CollectDynamic {
    CollectDynamic::hinted(
        meta.fields
            .iter()
            .map(|field| Some(field.sql_type.clone()))
            .collect(),
    )
}

/// Rows by field names instead of column names.
fn renamed(meta: &ModelMeta, rows: Vec<DynRow>) -> Vec<DynRow> {
    let names: Arc<[String]> = meta.fields.iter().map(|field| field.name.clone()).collect();
    rows.into_iter()
        .map(|row| DynRow::new(Arc::clone(&names), row.values().to_vec()))
        .collect()
}

fn checked_key(meta: &ModelMeta, key: Vec<Value>) -> Result<Vec<Value>> {
    if key.len() != meta.key.len() {
        return Err(Error::invalid_query(format!(
            "the key of {} has {} columns, and {} values were given",
            meta.name,
            meta.key.len(),
            key.len()
        )));
    }
    meta.key
        .iter()
        .zip(key)
        .map(|(at, value)| fitted(meta, &meta.fields[*at], value))
        .collect()
}

fn assignments(
    meta: &ModelMeta,
    row: impl IntoIterator<Item = (String, Value)>,
) -> Result<Vec<Assignment>> {
    row.into_iter()
        .map(|(name, value)| {
            let field = field(meta, &name)?;
            if field.generated.is_some() {
                return Err(Error::invalid_query(format!(
                    "{}.{name} is computed by the database and can't be given",
                    meta.name
                )));
            }
            let mut value = fitted(meta, field, value)?;
            fit(meta, field, &mut value)?;
            Ok(Assignment {
                column: field.column.clone().into(),
                value: Node::Value(value),
            })
        })
        .collect()
}

fn field<'m>(meta: &'m ModelMeta, name: &str) -> Result<&'m FieldMeta> {
    meta.field(name).ok_or_else(|| {
        let known: Vec<&str> = meta
            .fields
            .iter()
            .map(|field| field.name.as_str())
            .collect();
        Error::invalid_query(format!(
            "{} has no field {name:?}; it has {}",
            meta.name,
            known.join(", ")
        ))
    })
}

fn fitted(meta: &ModelMeta, field: &FieldMeta, value: Value) -> Result<Value> {
    coerce(value, &field.sql_type, field.nullable)
        .map_err(|why| Error::invalid_query(format!("{}.{}: {why}", meta.name, field.name)))
}

/// The column at the end of a path over to-one relations.
fn column(meta: &'static ModelMeta, path: &str) -> Result<(Node, &'static FieldMeta)> {
    let (hops, model, rest) = walk(meta, path)?;
    let field = field(model, rest)?;
    let column = Name::Owned(field.column.clone());
    let node = if hops.is_empty() {
        Node::Root(column)
    } else {
        Node::Path(Box::new(Path { hops, column }))
    };
    Ok((node, field))
}

/// Steps of a path: it may come from a request, and each relation in it is a join or a subquery.
const MOST_STEPS: usize = 16;

/// Follows to-one relations as far as the path names them.
fn walk<'p>(
    meta: &'static ModelMeta,
    path: &'p str,
) -> Result<(Vec<Name>, &'static ModelMeta, &'p str)> {
    let steps = path.matches('.').count();
    if steps > MOST_STEPS {
        return Err(Error::invalid_query(format!(
            "a path from {} follows {steps} relations, and {MOST_STEPS} are the most; ask for what is nearer, or write the query in Rust",
            meta.name
        )));
    }
    let (mut model, mut rest, mut hops) = (meta, path, Vec::new());
    while let Some((head, tail)) = rest.split_once('.') {
        match model.relation(head) {
            Some(relation)
                if matches!(
                    relation.kind,
                    RelationKind::BelongsTo | RelationKind::HasOne
                ) =>
            {
                hops.push(Name::Borrowed(relation.name));
                model = (relation.target)();
                rest = tail;
            }
            _ => break,
        }
    }
    Ok((hops, model, rest))
}

/// The condition `path lookup value`.
///
/// # Errors
/// A path that the model has not, and a value that does not fit the column.
pub fn condition(
    meta: &'static ModelMeta,
    path: &str,
    lookup: Lookup,
    value: Value,
) -> Result<Node> {
    let (hops, model, rest) = walk(meta, path)?;
    if let Some((head, tail)) = rest.split_once('.')
        && let Some(relation) = model.relation(head)
    {
        return Ok(Node::Quantified(Box::new(Quantified {
            hops,
            relation: Name::Borrowed(relation.name),
            quantifier: Quantifier::Any,
            condition: Some(condition((relation.target)(), tail, lookup, value)?),
            argument: None,
            distinct: false,
        })));
    }
    let (node, field) = column(meta, path)?;
    let null = |op, node| Node::Unary(op, Box::new(node));
    let binary = |op: BinaryOp, node: Node, value: Value| -> Result<Node> {
        let value = fitted(meta, field, value)?;
        // An empty text is NULL where the column holds no text.
        Ok(match op {
            BinaryOp::Equal if value.is_null() => null(UnaryOp::IsNull, node),
            BinaryOp::NotEqual if value.is_null() => null(UnaryOp::IsNotNull, node),
            op => Node::binary(op, node, Node::Value(value)),
        })
    };
    Ok(match (lookup, value) {
        (Lookup::Equal, Value::Null) => null(UnaryOp::IsNull, node),
        (Lookup::NotEqual, Value::Null) => null(UnaryOp::IsNotNull, node),
        (Lookup::Equal, value) => binary(BinaryOp::Equal, node, value)?,
        (Lookup::NotEqual, value) => binary(BinaryOp::NotEqual, node, value)?,
        (Lookup::Less, value) => binary(BinaryOp::Less, node, value)?,
        (Lookup::LessOrEqual, value) => binary(BinaryOp::LessOrEqual, node, value)?,
        (Lookup::Greater, value) => binary(BinaryOp::Greater, node, value)?,
        (Lookup::GreaterOrEqual, value) => binary(BinaryOp::GreaterOrEqual, node, value)?,
        (Lookup::IsNull, Value::Bool(true)) => null(UnaryOp::IsNull, node),
        (Lookup::IsNull, Value::Bool(false)) => null(UnaryOp::IsNotNull, node),
        (Lookup::In, Value::Array(array)) => Node::InList(Box::new(InList {
            operand: node,
            values: array
                .items
                .into_iter()
                .map(|item| fitted(meta, field, item))
                .collect::<Result<_>>()?,
            element: field.sql_type.clone(),
            negated: false,
        })),
        (lookup, Value::Text(text)) => {
            let (op, insensitive) = match lookup {
                Lookup::Contains => (TextOp::Contains, false),
                Lookup::IContains => (TextOp::Contains, true),
                Lookup::StartsWith => (TextOp::StartsWith, false),
                Lookup::EndsWith => (TextOp::EndsWith, false),
                Lookup::Like => (TextOp::Like, false),
                _ => return Err(unfit(lookup, "text")),
            };
            Node::Text(Box::new(TextMatch {
                op,
                insensitive,
                operand: node,
                pattern: Node::Value(Value::Text(text)),
            }))
        }
        (lookup, value) => return Err(unfit(lookup, value.kind())),
    })
}

fn unfit(lookup: Lookup, kind: &str) -> Error {
    Error::invalid_query(format!("the lookup {lookup:?} takes no {kind}"))
}
