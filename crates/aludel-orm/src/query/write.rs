//! The verbs that write: update and delete by query.

use super::assigned::{Computed, refuse_own};
use super::compile::QuerySpec;
use super::narrow::Narrowed;
use super::resolve::{Resolver, Scope};
use super::run::explain;
use super::{Query, Selectable};
use crate::fit::{check_assigned, pad_assigned};
use crate::model::Model;
use crate::model::assignment::Assignments;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::spi::gather::Reading;
use aludel_engine::{Error, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{ArithmeticOp, BinaryOp, InQuery, Name, Node, NumberKind};
use aludel_sql::render::{Sql, Writer};
use aludel_sql::row::FromRow;
use aludel_sql::statement::{self, Delete, Projection, Update};
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;

impl<M: Model> Query<M> {
    /// Updates the rows: `Post::filter(..).update(Post::views.set(Post::views + 1))`. Values see the old row, and may
    /// read to-one paths. Without a filter it needs [`unfiltered`](Query::unfiltered). The version is incremented and the time
    /// of the last change is set; these columns, and those that the database computes, can't be set by hand.
    pub fn update(self, assignments: impl Assignments<M>) -> UpdateQuery<M> {
        let mut assignments = assignments.into_list();
        refuse_own(M::meta(), &mut assignments);
        pad_assigned(M::meta(), &mut assignments);
        touch(M::meta(), &mut assignments);
        UpdateQuery {
            part: self.into_part(),
            assignments,
            of: PhantomData,
        }
    }

    /// Deletes the rows; rows that refer to them follow their `on_delete`. Without a filter it needs
    /// [`unfiltered`](Query::unfiltered). If the model keeps deleted rows (`#[field(soft_delete)]`), they are marked, and
    /// rows that refer to them stay as they are.
    pub fn delete(self) -> DeleteQuery<M> {
        DeleteQuery {
            part: self.into_part(),
            erases: false,
            of: PhantomData,
        }
    }

    /// Deletes the rows for good, even if the model keeps deleted rows. Rows that are already marked need
    /// [`unscoped`](Query::unscoped).
    pub fn erase(self) -> DeleteQuery<M> {
        DeleteQuery {
            erases: true,
            ..self.delete()
        }
    }
}

/// An update by query.
pub struct UpdateQuery<M> {
    part: QuerySpec,
    assignments: Vec<statement::Assignment>,
    of: PhantomData<fn() -> M>,
}

/// A delete by query.
pub struct DeleteQuery<M> {
    part: QuerySpec,
    erases: bool,
    of: PhantomData<fn() -> M>,
}

/// An update or delete that returns rows.
pub struct Returning<M, R> {
    change: Change,
    typed: PhantomData<fn() -> (M, R)>,
}

/// An update or delete, untyped.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) part: QuerySpec,
    /// `None` deletes.
    pub(crate) assignments: Option<Vec<statement::Assignment>>,
    /// Whether the rows are deleted, or only marked as deleted.
    pub(crate) deletes: bool,
    pub(crate) returning: Vec<Node>,
}

impl Change {
    /// Sets columns of the rows, and those that every write changes.
    pub(crate) fn update(part: QuerySpec, mut assignments: Vec<statement::Assignment>) -> Change {
        pad_assigned(part.meta, &mut assignments);
        touch(part.meta, &mut assignments);
        Change {
            part,
            assignments: Some(assignments),
            deletes: false,
            returning: Vec::new(),
        }
    }

    /// Deletes the rows, or marks them if the model keeps deleted rows and they are not erased.
    pub(crate) fn delete(part: QuerySpec, erases: bool) -> Change {
        let meta = part.meta;
        let marked = meta.deletion().filter(|_| !erases);
        let assignments = marked.map(|(at, now)| {
            let mut marks = vec![statement::Assignment {
                column: meta.fields[at].column.clone().into(),
                value: Node::Value(now),
            }];
            touch(meta, &mut marks);
            marks
        });
        Change {
            part,
            assignments,
            deletes: true,
            returning: Vec::new(),
        }
    }

    pub(crate) fn sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        let (meta, state) = (self.part.meta, &*self.part.state);
        let verb = if self.assignments.is_some() {
            "update"
        } else {
            "delete"
        };
        let Narrowed {
            condition,
            group_by,
            having,
            // Whole rows are distinct, and a change locks what it changes.
            distinct: _,
            lock: _,
            // It decides which rows a limit leaves.
            order_by: _,
            limit,
            offset,
            unfiltered,
            filtered,
        } = self.part.narrowed()?;
        if !filtered && !unfiltered {
            return Err(Error::invalid_query(format!(
                "this {verb} has no filter and would touch every {}; say .unfiltered() if that is meant",
                meta.name
            )));
        }
        if !group_by.is_empty() || having.is_some() || self.part.is_grouped() {
            return Err(Error::invalid_query(format!(
                "a grouped query can't be a {verb}"
            )));
        }
        if let Some(assignments) = &self.assignments {
            check_assigned(meta, assignments)?;
        }
        let mut resolver = Resolver::changing(dialect, &meta.table, state.unscoped);
        let mut scope = Scope::change(meta);
        let mut returning = self.returning.clone();
        if let Some(assignments) = &self.assignments
            && !dialect.capabilities().update_sees_before
            && assignments.iter().any(|each| reads_rows(&each.value))
        {
            for node in &mut returning {
                resolver.resolve(node, &mut scope)?;
            }
            return self.computed_before(assignments, returning, dialect);
        }
        let mut assignments = self.assignments.clone();
        // SQLite examines a row after others were changed, unless a subquery has found all rows before.
        let sees_changes = assignments.is_some()
            && !dialect.capabilities().update_sees_before
            && condition.as_ref().is_some_and(reads_rows);
        let mut filter = if limit.is_some() || offset.is_some() || sees_changes {
            Some(chosen(&self.part, Some(dialect))?)
        } else {
            condition
        };
        let nodes = assignments
            .iter_mut()
            .flatten()
            .map(|assignment| &mut assignment.value)
            .chain(filter.iter_mut())
            .chain(&mut returning);
        for node in nodes {
            resolver.resolve(node, &mut scope)?;
        }
        let mut w = Writer::new(dialect);
        match assignments {
            Some(assignments) => w.update(&Update {
                from: None,
                table: meta.table.clone(),
                assignments,
                filter,
                order_by: vec![],
                returning,
            })?,
            None => w.delete(&Delete {
                table: meta.table.clone(),
                filter,
                returning,
            })?,
        }
        Ok(w.finish()?)
    }

    /// An UPDATE whose values are computed by a query of the rows before any of them is changed:
    /// `UPDATE t SET a = new.v1 FROM (SELECT key, value …) AS new WHERE t.key = new.k1`.
    fn computed_before(
        &self,
        assignments: &[statement::Assignment],
        returning: Vec<Node>,
        dialect: &'static dyn Dialect,
    ) -> Result<Sql> {
        let meta = self.part.meta;
        let keys: Vec<Node> = meta
            .key_columns()
            .map(|column| Node::Root(column.to_owned().into()))
            .collect();
        let values = assignments.iter().map(|each| each.value.clone());
        let items: Vec<Node> = keys.iter().cloned().chain(values).collect();
        let part = self.part.clone().with(|state| {
            state.items = Some(items);
            state.whole = false;
            state.distinct = false;
            state.lock = None;
        });
        let mut query = part.select(Some(dialect))?;
        let mut names = Vec::new();
        if let Projection::Items(items) = &mut query.projection {
            for (n, item) in items.iter_mut().enumerate() {
                let name = Name::Owned(format!("c{}", n + 1));
                item.alias = Some(name.clone());
                names.push(name);
            }
        }
        let taken = meta.table.name.eq_ignore_ascii_case("new");
        let alias = Name::Borrowed(if taken { "new_2" } else { "new" });
        let mut computed = names
            .into_iter()
            .map(|name| Node::column(alias.clone(), name));
        let same = keys
            .into_iter()
            .zip(computed.by_ref())
            .map(|(key, computed)| Node::binary(BinaryOp::Equal, key, computed))
            .reduce(Node::and);
        let assignments =
            assignments
                .iter()
                .zip(computed)
                .map(|(each, value)| statement::Assignment {
                    column: each.column.clone(),
                    value,
                });
        let mut w = Writer::new(dialect);
        w.update(&Update {
            from: Some((alias.clone(), Box::new(query))),
            table: meta.table.clone(),
            assignments: assignments.collect(),
            filter: same,
            order_by: vec![],
            returning,
        })?;
        Ok(w.finish()?)
    }

    /// The columns that are set to expressions.
    fn computed(&self) -> Computed {
        let assignments = self.assignments.as_deref().unwrap_or_default();
        Computed::assigned(self.part.meta, assignments)
    }

    pub(crate) fn command(
        &self,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        Ok(Command::new(self.sql(dialect)?, Access::Write)
            .offload(self.part.state.offload)
            .at(site))
    }

    pub(crate) fn execute<'a>(
        &self,
        db: &'a dyn Executor,
        site: &'static Location<'static>,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        let command = self.command(db.dialect(), site);
        let (meta, nothing) = (self.part.meta, self.part.is_empty());
        let (target, computed) = (db.target(), self.computed());
        async move {
            let command = command?;
            if nothing {
                return Ok(0);
            }
            let done = target.execute(command).await;
            let done = done.map_err(|error| computed.name(meta.named(error)));
            Ok(done?.affected)
        }
    }
}

/// Whether an expression reads other rows than its own.
fn reads_rows(node: &Node) -> bool {
    node.any(&mut |node| match node {
        Node::Path(path) => !path.hops.is_empty(),
        Node::Quantified(_) | Node::InQuery(_) | Node::Exists(_) | Node::Subquery(_) => true,
        _ => false,
    })
}

/// Resolves an expression that stands alone, in an inserted row of a model.
pub(crate) fn resolved(
    meta: &'static crate::model::meta::ModelMeta,
    mut node: Node,
    dialect: &'static dyn Dialect,
) -> Result<Node> {
    let mut resolver = Resolver::changing(dialect, &meta.table, false);
    resolver.resolve(&mut node, &mut Scope::change(meta))?;
    Ok(node)
}

/// An UPDATE whose values may be expressions over the model's paths.
pub(crate) fn resolved_update(
    meta: &'static crate::model::meta::ModelMeta,
    mut assignments: Vec<statement::Assignment>,
    filter: Option<Node>,
    dialect: &'static dyn Dialect,
) -> Result<Sql> {
    check_assigned(meta, &assignments)?;
    pad_assigned(meta, &mut assignments);
    let mut resolver = Resolver::changing(dialect, &meta.table, false);
    let mut scope = Scope::change(meta);
    for assignment in &mut assignments {
        resolver.resolve(&mut assignment.value, &mut scope)?;
    }
    let mut w = Writer::new(dialect);
    w.update(&Update {
        from: None,
        table: meta.table.clone(),
        assignments,
        filter,
        order_by: vec![],
        returning: vec![],
    })?;
    Ok(w.finish()?)
}

/// `key IN (SELECT key … ORDER BY … LIMIT n)`: a limited update or delete finds its rows first, and so do aggregates of limited
/// rows.
pub(super) fn chosen(part: &QuerySpec, dialect: Option<&'static dyn Dialect>) -> Result<Node> {
    let keys: Vec<Node> = part
        .meta
        .key_columns()
        .map(|column| Node::Root(column.to_owned().into()))
        .collect();
    let selected = keys.clone();
    let query = part
        .clone()
        .with(|state| {
            state.items = Some(selected);
            state.whole = false;
            // Whole rows are distinct, and their order may be by columns that are not selected here.
            state.distinct = false;
            state.lock = None;
        })
        .select(dialect)?;
    let operand = match <[Node; 1]>::try_from(keys) {
        Ok([key]) => key,
        Err(keys) => Node::Tuple(keys),
    };
    Ok(Node::InQuery(Box::new(InQuery {
        operand,
        query,
        negated: false,
    })))
}

macro_rules! change_verbs {
    ($name:ident, $into:expr) => {
        impl<M: Model> $name<M> {
            pub(crate) fn change(&self) -> Change {
                let into: fn(&$name<M>) -> Change = $into;
                into(self)
            }

            /// Runs it; returns the rows affected (updated rows count if they were found, changed or not).
            ///
            /// # Errors
            /// A missing filter, constraint violations, and any database error.
            #[track_caller]
            pub fn execute<'a>(
                &self,
                db: &'a dyn Executor,
            ) -> impl Future<Output = Result<u64>> + Send + use<'a, M> {
                self.change().execute(db, Location::caller())
            }

            /// Returns columns or expressions of the rows, if the database supports it.
            #[must_use]
            pub fn returning<S: Selectable<M>>(self, items: S) -> Returning<M, S::Row> {
                let mut change = self.change();
                change.returning = items.into_nodes();
                Returning {
                    change,
                    typed: PhantomData,
                }
            }

            /// Returns the rows themselves, if the database supports it.
            #[must_use]
            pub fn returning_rows(self) -> Returning<M, M> {
                let mut change = self.change();
                change.returning = M::meta().column_nodes();
                Returning {
                    change,
                    typed: PhantomData,
                }
            }

            /// The database's query plan (EXPLAIN), line by line.
            ///
            /// # Errors
            /// Any database error.
            #[track_caller]
            pub fn explain<'a>(
                &self,
                db: &'a dyn Executor,
            ) -> impl Future<Output = Result<String>> + Send + use<'a, M> {
                explain(
                    self.change().sql(db.dialect()),
                    db.target(),
                    Location::caller(),
                )
            }

            /// Its SQL text and binds in a dialect.
            ///
            /// # Errors
            /// A missing filter, and anything that the dialect does not support.
            pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
                self.change().sql(dialect)
            }
        }
    };
}
change_verbs!(UpdateQuery, |query| Change {
    part: query.part.clone(),
    assignments: Some(query.assignments.clone()),
    deletes: false,
    returning: Vec::new(),
});
change_verbs!(DeleteQuery, |query| Change::delete(
    query.part.clone(),
    query.erases
));

/// Adds what every write changes to an UPDATE of any rows (also of those that an upsert or a relation changes): it
/// increments the version and sets the time of the last change.
pub(crate) fn touch(
    meta: &crate::model::meta::ModelMeta,
    assignments: &mut Vec<statement::Assignment>,
) {
    let one = vec![Value::I64(0); meta.fields.len()];
    for (at, value) in meta.touch(&one) {
        let field = &meta.fields[at];
        let column: Name = field.column.clone().into();
        if assignments
            .iter()
            .any(|assignment| assignment.column == column)
        {
            continue;
        }
        let value = if field.version {
            let operands = (Node::Root(column.clone()), Node::Value(Value::I64(1)));
            Node::Arithmetic(ArithmeticOp::Add, NumberKind::Integer, Box::new(operands))
        } else {
            Node::Value(value)
        };
        assignments.push(statement::Assignment { column, value });
    }
}

impl<M: Model, R: FromRow + Send + 'static> Returning<M, R> {
    /// Runs it; returns the selected values of each row. For an update, the new values.
    ///
    /// # Errors
    /// [`aludel_engine::ErrorKind::Unsupported`] before anything is sent, where the database has no RETURNING for it;
    /// and any database error.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<R>>> + Send + use<'a, M, R> {
        let command = self.change.command(db.dialect(), Location::caller());
        let nothing = self.change.part.is_empty();
        let (target, computed) = (db.target(), self.change.computed());
        async move {
            let command = command?;
            if nothing {
                return Ok(Vec::new());
            }
            match target.rows(Ok(command), Reading::ALL).await {
                Ok(rows) => Ok(rows),
                Err(error) => Err(computed.name(M::meta().named(error))),
            }
        }
    }

    /// Its SQL text and binds in a dialect.
    ///
    /// # Errors
    /// A missing filter, and anything that the dialect does not support.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.change.sql(dialect)
    }
}
