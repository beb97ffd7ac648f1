//! The rows related to one row: `Post::tags.of(&post)`. Fields hold no keys of their own, so the row is given here.

use crate::column::ToMany;
use crate::fields::Ref;
use crate::meta::{JoinPath, RelationKind, RelationMeta};
use crate::model::Model;
use crate::path::Root;
use crate::query::{Query, touch};
use crate::relation::{Relation, ToManyRelation};
use aludel_engine::command::{Access, Command};
use aludel_engine::{Error, Executor, Result, Target};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Expr, InQuery, Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{
    Assignment, Conflict, ConflictAction, Delete, Insert, InsertSource, Projection, Select,
    SelectItem, Source, TableName, Update,
};
use aludel_sql::types::PrimaryKey;
use std::marker::PhantomData;
use std::panic::Location;

impl<M: Model, R: ToManyRelation<Owner = M>> ToMany<Root<M>, R> {
    /// The rows related to this one, to be read or changed.
    pub fn of(self, row: &M) -> RelatedSet<M, R> {
        RelatedSet {
            key: R::owner_tie(row)
                .map(PrimaryKey::into_values)
                .unwrap_or_default(),
            of: PhantomData,
        }
    }
}

/// The rows related to one row over the relation `R`. Each verb is one statement, but `set`, which is a transaction.
pub struct RelatedSet<M, R> {
    key: Vec<Value>,
    of: PhantomData<fn() -> (M, R)>,
}

impl<M: Model, R: ToManyRelation<Owner = M>> RelatedSet<M, R> {
    /// The rows, as a query.
    ///
    /// # Errors
    /// A relation whose two sides do not fit.
    pub fn query(&self) -> Result<Query<R::Target>> {
        Ok(R::Target::filter(Expr::from_node(self.condition()?)))
    }

    /// How many there are.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    pub async fn count(&self, db: &dyn Executor) -> Result<i64> {
        self.query()?.count(db).await
    }

    /// Whether a row is among them.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    pub async fn contains(
        &self,
        row: impl Into<Ref<R::Target>>,
        db: &dyn Executor,
    ) -> Result<bool> {
        let keys = keys::<R::Target>([row])?;
        let among = Expr::from_node(among(R::Target::KEY_COLUMNS, keys));
        self.query()?.filter(among).exists(db).await
    }

    /// Adds rows; those that are there already stay. Rows of a `HasMany` leave the row that they belonged to.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    #[track_caller]
    pub fn add<'a, I>(
        &self,
        rows: I,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R, I>
    where
        I: IntoIterator<Item: Into<Ref<R::Target>>>,
    {
        let command =
            keys::<R::Target>(rows).and_then(|keys| self.adding(keys, db, Location::caller()));
        execute(command, db.target())
    }

    /// Removes rows from the set: rows of the join table are deleted, rows of a `HasMany` then belong to none.
    ///
    /// # Errors
    /// A `HasMany` whose rows must belong to one; and whatever can go wrong with a statement.
    #[track_caller]
    pub fn remove<'a, I>(
        &self,
        rows: I,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R, I>
    where
        I: IntoIterator<Item: Into<Ref<R::Target>>>,
    {
        let command = keys::<R::Target>(rows)
            .and_then(|keys| self.removing(Some(keys), db, Location::caller()));
        execute(command, db.target())
    }

    /// Removes all rows from the set.
    ///
    /// # Errors
    /// As [`remove`](RelatedSet::remove).
    #[track_caller]
    pub fn clear<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R> {
        execute(self.removing(None, db, Location::caller()), db.target())
    }

    /// Makes these the rows of the set, and no others.
    ///
    /// # Errors
    /// As [`remove`](RelatedSet::remove).
    #[track_caller]
    pub fn set<'a, I>(
        &self,
        rows: I,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R, I>
    where
        I: IntoIterator<Item: Into<Ref<R::Target>>>,
    {
        let site = Location::caller();
        let keys = keys::<R::Target>(rows);
        let commands = keys.and_then(|keys| {
            let others = self.removing_others(keys.clone(), db, site)?;
            Ok((others, self.adding(keys, db, site)?))
        });
        let target = db.target();
        async move {
            let (others, added) = commands?;
            let tx = target.begin(site).await?;
            execute(Ok(others), tx.target()).await?;
            execute(Ok(added), tx.target()).await?;
            tx.commit().await
        }
    }

    fn relation(&self) -> Result<(&'static RelationMeta, JoinPath)> {
        let meta = M::meta();
        let relation = meta
            .relation(<R as Relation>::NAME)
            .ok_or_else(|| Error::invalid_query("a relation without metadata"))?;
        let join = relation.join_path(meta).map_err(Error::invalid_query)?;
        Ok((relation, join))
    }

    /// The condition on the target that it is related to the row.
    fn condition(&self) -> Result<Node> {
        let (_, join) = self.relation()?;
        Ok(match join.through {
            None => equal(join.pairs.into_iter().map(|(_, column)| column), &self.key),
            Some((table, to_owner)) => {
                let (through, target): (Vec<String>, Vec<String>) = join.pairs.into_iter().unzip();
                Node::InQuery(Box::new(InQuery {
                    operand: tuple(target.into_iter()),
                    query: Select {
                        projection: Projection::Items(
                            through
                                .into_iter()
                                .map(|column| SelectItem {
                                    node: Node::Root(column.into()),
                                    alias: None,
                                })
                                .collect(),
                        ),
                        from: Some(Source::table(table)),
                        filter: Some(equal(
                            to_owner.into_iter().map(|(_, column)| column),
                            &self.key,
                        )),
                        ..Select::default()
                    },
                    negated: false,
                }))
            }
        })
    }

    fn adding(
        &self,
        keys: Vec<Vec<Value>>,
        db: &dyn Executor,
        site: &'static Location<'static>,
    ) -> Result<Option<Command>> {
        if keys.is_empty() {
            return Ok(None);
        }
        let (_, join) = self.relation()?;
        let mut w = Writer::new(db.dialect());
        match join.through {
            None => {
                let mut assignments: Vec<Assignment> = join
                    .pairs
                    .into_iter()
                    .zip(&self.key)
                    .map(|((_, column), value)| Assignment {
                        column: column.into(),
                        value: Node::Value(value.clone()),
                    })
                    .collect();
                touch(R::Target::meta(), &mut assignments);
                w.update(&Update {
                    table: join.target,
                    assignments,
                    filter: Some(among(R::Target::KEY_COLUMNS, keys)),
                    order_by: vec![],
                    returning: vec![],
                })?;
            }
            Some((table, to_owner)) => {
                let columns: Vec<Name> = to_owner
                    .into_iter()
                    .map(|(_, column)| column)
                    .chain(join.pairs.into_iter().map(|(column, _)| column))
                    .map(Name::Owned)
                    .collect();
                let rows = keys
                    .into_iter()
                    .map(|key| {
                        self.key
                            .iter()
                            .cloned()
                            .chain(key)
                            .map(Node::Value)
                            .collect()
                    })
                    .collect();
                w.insert(&Insert {
                    table,
                    columns,
                    source: InsertSource::Rows(rows),
                    conflict: Some(Conflict {
                        columns: Vec::new(),
                        action: ConflictAction::Nothing,
                    }),
                    returning: vec![],
                })?;
            }
        }
        Ok(Some(Command::new(w.finish()?, Access::Write).at(site)))
    }

    /// Removes these rows from the set, or all.
    fn removing(
        &self,
        keys: Option<Vec<Vec<Value>>>,
        db: &dyn Executor,
        site: &'static Location<'static>,
    ) -> Result<Option<Command>> {
        if keys.as_ref().is_some_and(Vec::is_empty) {
            return Ok(None);
        }
        self.unlink(keys, false, db, site)
    }

    fn removing_others(
        &self,
        keys: Vec<Vec<Value>>,
        db: &dyn Executor,
        site: &'static Location<'static>,
    ) -> Result<Option<Command>> {
        self.unlink((!keys.is_empty()).then_some(keys), true, db, site)
    }

    fn unlink(
        &self,
        keys: Option<Vec<Vec<Value>>>,
        others: bool,
        db: &dyn Executor,
        site: &'static Location<'static>,
    ) -> Result<Option<Command>> {
        let (relation, join) = self.relation()?;
        let narrowed = |columns: Vec<String>, condition: Node| match keys.clone() {
            None => condition,
            Some(keys) => {
                let these = among(&columns, keys);
                condition.and(if others { these.negated() } else { these })
            }
        };
        let mut w = Writer::new(db.dialect());
        match join.through {
            Some((table, to_owner)) => {
                let owner = equal(to_owner.into_iter().map(|(_, column)| column), &self.key);
                let columns = join.pairs.into_iter().map(|(column, _)| column).collect();
                delete(&mut w, table, narrowed(columns, owner))?;
            }
            None => {
                let target = (relation.target)();
                let inverse = relation.inverse.and_then(|name| target.relation(name));
                let nullable = inverse.is_some_and(|inverse| {
                    inverse.kind == RelationKind::BelongsTo && inverse.nullable
                });
                if !nullable {
                    return Err(Error::invalid_query(format!(
                        "rows of {}::{} must belong to one {}; delete them, or move them by adding them to another",
                        M::NAME,
                        relation.name,
                        M::NAME
                    )));
                }
                let columns: Vec<String> =
                    join.pairs.into_iter().map(|(_, column)| column).collect();
                let condition = narrowed(
                    R::Target::KEY_COLUMNS
                        .iter()
                        .map(|name| (*name).to_string())
                        .collect(),
                    equal(columns.iter().cloned(), &self.key),
                );
                let mut assignments: Vec<Assignment> = columns
                    .into_iter()
                    .map(|column| Assignment {
                        column: column.into(),
                        value: Node::Value(Value::Null),
                    })
                    .collect();
                touch(target, &mut assignments);
                w.update(&Update {
                    table: join.target,
                    assignments,
                    filter: Some(condition),
                    order_by: vec![],
                    returning: vec![],
                })?;
            }
        }
        Ok(Some(Command::new(w.finish()?, Access::Write).at(site)))
    }
}

fn delete(w: &mut Writer, table: TableName, condition: Node) -> Result<()> {
    Ok(w.delete(&Delete {
        table,
        filter: Some(condition),
        returning: vec![],
    })?)
}

async fn execute(command: Result<Option<Command>>, target: Target<'_>) -> Result<()> {
    if let Some(command) = command? {
        target.execute(command).await?;
    }
    Ok(())
}

/// The keys of rows, each once.
fn keys<T: Model>(rows: impl IntoIterator<Item: Into<Ref<T>>>) -> Result<Vec<Vec<Value>>> {
    let mut keys: Vec<Vec<Value>> = Vec::new();
    for row in rows {
        let key = row.into().into_values().ok_or_else(|| {
            Error::invalid_query(format!("a reference to a {} is not set", T::NAME))
        })?;
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    Ok(keys)
}

fn tuple(columns: impl ExactSizeIterator<Item = String>) -> Node {
    let mut nodes: Vec<Node> = columns.map(|column| Node::Root(column.into())).collect();
    if nodes.len() == 1
        && let Some(only) = nodes.pop()
    {
        return only;
    }
    Node::Tuple(nodes)
}

/// `a = 1 AND b = 2`.
fn equal(columns: impl Iterator<Item = String>, values: &[Value]) -> Node {
    columns
        .zip(values)
        .map(|(column, value)| {
            Node::binary(
                BinaryOp::Equal,
                Node::Root(column.into()),
                Node::Value(value.clone()),
            )
        })
        .reduce(Node::and)
        .unwrap_or(Node::Value(Value::Bool(false)))
}

/// Whether the columns are one of the keys.
fn among<S: AsRef<str>>(columns: &[S], keys: Vec<Vec<Value>>) -> Node {
    keys.iter()
        .map(|key| {
            equal(
                columns.iter().map(|column| column.as_ref().to_string()),
                key,
            )
        })
        .reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)))
}
