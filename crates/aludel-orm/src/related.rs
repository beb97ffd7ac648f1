//! The rows related to one row: `Post::tags.of(&post)`. Fields hold no keys of their own, so the row is given here.

mod among;

use crate::key_map::KeyMap;
use crate::links::Links;
use crate::model::Model;
use crate::model::column::ToMany;
use crate::model::fields::Ref;
use crate::model::meta::{JoinPath, ModelMeta, RelationKind, RelationMeta};
use crate::model::path::Root;
use crate::model::relation::{Relation, ToManyRelation};
use crate::objects::Objects;
use crate::query::{Change, Query, scope_under};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Expr, InQuery, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Assignment, Projection, Select, SelectItem, Source, TableName};
use aludel_sql::types::PrimaryKey;
use among::{Keys, MOST_SPELLED, among, equal, key_columns, portions, tuple};
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

/// The rows related to one row over the relation `R`. Each verb is one statement, however many rows there are up to some
/// thousands; for more there are several, in a transaction. `set` always is a transaction.
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
        Ok(R::Target::filter(Expr::<_, bool>::from_node(
            self.condition()?,
        )))
    }

    /// Counts the rows.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M, R> {
        let counted = match self.query() {
            Ok(query) => Ok(query.count(db)),
            Err(error) => Err(error),
        };
        async move { counted?.await }
    }

    /// Whether a row is among them.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn contains<'a, T>(
        &self,
        row: T,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<bool>> + Send + use<'a, M, R, T>
    where
        T: Into<Ref<R::Target>>,
    {
        let found = match self.containing(row.into()) {
            Ok(query) => Ok(query.exists(db)),
            Err(error) => Err(error),
        };
        async move { found?.await }
    }

    /// The query of the rows, narrowed to this one.
    fn containing(&self, row: Ref<R::Target>) -> Result<Query<R::Target>> {
        let keys = Keys::<R::Target>::of([row])?.values;
        let columns = key_columns::<R::Target>();
        let among = Expr::<_, bool>::from_node(among::<R::Target>(&columns, keys, false));
        Ok(self.query()?.filter(among))
    }

    /// Adds rows; those that are there already stay. Rows of a `HasMany` leave the row that they belonged to, but only rows
    /// that queries see; a pair that a join model keeps as deleted is restored.
    ///
    /// # Errors
    /// A join model with a default that is made in Rust; and any database error.
    #[track_caller]
    pub fn add<'a, I>(
        &self,
        rows: I,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R, I>
    where
        I: IntoIterator<Item: Into<Ref<R::Target>>>,
    {
        let site = Location::caller();
        let commands = Keys::<R::Target>::of(rows)
            .and_then(|keys| self.adding(keys.values, db.dialect(), site));
        execute(commands, self.written(), db.target(), site)
    }

    /// Removes rows from the set: rows of the join table are deleted (or marked, if it has a model that keeps deleted
    /// rows), rows of a `HasMany` then belong to none. Rows that queries do not see stay.
    ///
    /// # Errors
    /// A `HasMany` whose rows must belong to one; and any database error.
    #[track_caller]
    pub fn remove<'a, I>(
        &self,
        rows: I,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R, I>
    where
        I: IntoIterator<Item: Into<Ref<R::Target>>>,
    {
        let site = Location::caller();
        let commands = Keys::<R::Target>::of(rows)
            .and_then(|keys| self.removing(Which::These(keys.values), db.dialect(), site));
        execute(commands, self.written(), db.target(), site)
    }

    /// Removes all rows from the set.
    ///
    /// # Errors
    /// Same as [`remove`](RelatedSet::remove).
    #[track_caller]
    pub fn clear<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<()>> + Send + use<'a, M, R> {
        let site = Location::caller();
        let commands = self.removing(Which::All, db.dialect(), site);
        execute(commands, self.written(), db.target(), site)
    }

    /// Replaces the rows of the set with these.
    ///
    /// # Errors
    /// Same as [`remove`](RelatedSet::remove).
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
        let (target, dialect) = (db.target(), db.dialect());
        let keys = Keys::<R::Target>::of(rows);
        let set = RelatedSet::<M, R> {
            key: self.key.clone(),
            of: PhantomData,
        };
        async move {
            let Keys { values, known } = keys?;
            let added = set.adding(values.clone(), dialect, site)?;
            // Keys of one column are sent as one list. Of composite keys one statement takes only so many; beyond that, the
            // rows to remove have to be queried.
            let is_long = R::Target::KEY_COLUMNS.len() > 1 && values.len() > MOST_SPELLED;
            let mut removed = Vec::new();
            if !is_long {
                removed = set.removing(Which::Others(values), dialect, site)?;
            }
            let written = set.written();
            let tx = target.begin(site).await?;
            if is_long {
                let others = set.others(&known, tx.target(), site).await?;
                removed = set.removing(Which::These(others), dialect, site)?;
            }
            run(removed, written, tx.target()).await?;
            run(added, written, tx.target()).await?;
            tx.commit_at(site).await
        }
    }

    /// The model whose rows are written; `None` for a generated join table.
    fn written(&self) -> Option<&'static ModelMeta> {
        let relation = M::meta().relation(<R as Relation>::NAME)?;
        match relation.kind {
            RelationKind::ManyToMany => relation.join_model(),
            _ => Some(R::Target::meta()),
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
        let (relation, join) = self.relation()?;
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
                        filter: Some(seen(
                            relation.join_model(),
                            equal(to_owner.into_iter().map(|(_, column)| column), &self.key),
                        )?),
                        ..Select::default()
                    },
                    negated: false,
                }))
            }
        })
    }

    /// The statements that add rows of these keys.
    fn adding(
        &self,
        keys: Vec<Vec<Value>>,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Vec<Command>> {
        let (relation, join) = self.relation()?;
        if let Some((table, to_owner)) = join.through {
            let columns: Vec<String> = to_owner
                .into_iter()
                .map(|(_, column)| column)
                .chain(join.pairs.into_iter().map(|(column, _)| column))
                .collect();
            let rows = keys
                .into_iter()
                .map(|key| self.key.iter().cloned().chain(key).collect())
                .collect();
            let links = Links {
                table: &table,
                columns: &columns,
                model: relation.join_model(),
                dialect,
                site,
            };
            return links.add(rows);
        }
        let columns = key_columns::<R::Target>();
        let update = |keys: Vec<Vec<Value>>| -> Result<Command> {
            let own = join.pairs.iter().map(|(_, column)| column.clone());
            let assignments = own.zip(self.key.iter().cloned()).collect();
            let these = among::<R::Target>(&columns, keys, false);
            moving::<R::Target>(these, assignments, dialect, site)
        };
        portions(keys, columns.len())
            .into_iter()
            .map(update)
            .collect()
    }

    /// The statements that remove rows from the set.
    fn removing(
        &self,
        which: Which,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Vec<Command>> {
        if matches!(&which, Which::These(keys) if keys.is_empty()) {
            return Ok(Vec::new());
        }
        let sides = self.sides()?;
        if !sides.is_link {
            self.check_nullable()?;
        }
        let conditions: Vec<Option<Node>> = match which {
            Which::All => vec![None],
            Which::Others(keys) if keys.is_empty() => vec![None],
            Which::Others(keys) => vec![Some(among::<R::Target>(&sides.other, keys, true))],
            Which::These(keys) => portions(keys, sides.other.len())
                .into_iter()
                .map(|keys| Some(among::<R::Target>(&sides.other, keys, false)))
                .collect(),
        };
        let command = |condition: Option<Node>| -> Result<Command> {
            let owner = equal(sides.own.iter().cloned(), &self.key);
            let filter = match condition {
                Some(condition) => owner.and(condition),
                None => owner,
            };
            if !sides.is_link {
                let none = sides.own.iter().map(|own| (own.clone(), Value::Null));
                return moving::<R::Target>(filter, none.collect(), dialect, site);
            }
            let links = Links {
                table: &sides.table,
                columns: &[],
                model: sides.model,
                dialect,
                site,
            };
            links.remove_where(filter)
        };
        conditions.into_iter().map(command).collect()
    }

    /// The keys of the rows in the set that are not among these.
    async fn others(
        &self,
        known: &KeyMap<<R::Target as Model>::Key, ()>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Vec<Vec<Value>>> {
        let sides = self.sides()?;
        let items = sides.other.into_iter().map(|column| SelectItem {
            node: Node::Root(column.into()),
            alias: None,
        });
        let mut w = Writer::new(target.database().dialect());
        w.select(&Select {
            projection: Projection::Items(items.collect()),
            from: Some(Source::table(sides.table)),
            filter: Some(seen(sides.model, equal(sides.own.into_iter(), &self.key))?),
            ..Select::default()
        })?;
        let command = Command::new(w.finish()?, Access::Read).at(site);
        let found: Vec<<R::Target as Model>::Key> = target.rows(Ok(command), Reading::ALL).await?;
        Ok(found
            .into_iter()
            .filter(|key| !known.contains_key(key))
            .map(PrimaryKey::into_values)
            .collect())
    }

    /// Where the relation is stored.
    fn sides(&self) -> Result<Sides> {
        let (relation, join) = self.relation()?;
        Ok(match join.through {
            Some((table, to_owner)) => Sides {
                table,
                is_link: true,
                model: relation.join_model(),
                own: to_owner.into_iter().map(|(_, column)| column).collect(),
                other: join.pairs.into_iter().map(|(column, _)| column).collect(),
            },
            None => Sides {
                table: join.target,
                is_link: false,
                model: None,
                own: join.pairs.into_iter().map(|(_, column)| column).collect(),
                other: key_columns::<R::Target>(),
            },
        })
    }

    /// Checks that rows of a `HasMany` may belong to none: only then they can be removed.
    fn check_nullable(&self) -> Result<()> {
        let (relation, _) = self.relation()?;
        let target = (relation.target)();
        let inverse = relation.inverse.and_then(|name| target.relation(name));
        let nullable = inverse
            .is_some_and(|inverse| inverse.kind == RelationKind::BelongsTo && inverse.nullable);
        if nullable {
            return Ok(());
        }
        Err(Error::invalid_query(format!(
            "rows of {}::{} must belong to one {}; delete them, or move them by adding them to another",
            M::NAME,
            relation.name,
            M::NAME
        )))
    }
}

/// The statement that moves rows of a `HasMany`: an update by query, which leaves out rows that queries do not see.
fn moving<T: Model>(
    rows: Node,
    to: Vec<(String, Value)>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let assign = |(column, value): (String, Value)| Assignment {
        column: column.into(),
        value: Node::Value(value),
    };
    let rows = T::filter(Expr::<_, bool>::from_node(rows)).into_part();
    Change::update(rows, to.into_iter().map(assign).collect()).command(dialect, site)
}

/// Which rows are removed from a set.
enum Which {
    All,
    These(Vec<Vec<Value>>),
    Others(Vec<Vec<Value>>),
}

/// Where the relation is stored: in a join table, or in the related rows themselves.
struct Sides {
    table: TableName,
    is_link: bool,
    /// The join table's model, if it has one.
    model: Option<&'static ModelMeta>,
    /// The columns that have the owner's key.
    own: Vec<String>,
    /// The columns that have the related row's key.
    other: Vec<String>,
}

/// A condition on rows of a join table, with the default scope of its model.
fn seen(model: Option<&'static ModelMeta>, condition: Node) -> Result<Node> {
    let scope = match model {
        Some(model) => scope_under(model, &model.table.name, false)?,
        None => None,
    };
    Ok(match scope {
        Some(scope) => condition.and(scope),
        None => condition,
    })
}

/// Runs statements; several in a transaction, so that all of them take effect or none.
async fn execute(
    commands: Result<Vec<Command>>,
    written: Option<&'static ModelMeta>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let commands = commands?;
    if commands.len() < 2 {
        return run(commands, written, target).await;
    }
    let tx = target.begin(site).await?;
    run(commands, written, tx.target()).await?;
    tx.commit_at(site).await
}

async fn run(
    commands: Vec<Command>,
    written: Option<&'static ModelMeta>,
    target: Target<'_>,
) -> Result<()> {
    for command in commands {
        let done = target.execute(command).await;
        done.map_err(|error| match written {
            Some(meta) => meta.named(error),
            None => error,
        })?;
    }
    Ok(())
}
