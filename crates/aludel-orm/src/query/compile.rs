//! From a query's state to a SELECT.

use super::narrow::Narrowed;
use super::resolve::{Resolver, Scope};
use super::write::chosen;
use super::{Query, State};
use crate::by_key::find_command;
use crate::model::Model;
use crate::model::meta::ModelMeta;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command};
use aludel_engine::{Error, Result};
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::render::{Sql, Writer, sorts};
use aludel_sql::statement::{Distinct, OrderTerm, Projection, Select, SelectItem, Source};
use std::panic::Location;
use std::sync::Arc;

/// A query without its types: a model and a state.
#[derive(Clone)]
pub(crate) struct QuerySpec {
    pub(crate) meta: &'static ModelMeta,
    pub(crate) state: Arc<State>,
}

impl<M: Model, R> Query<M, R> {
    pub(crate) fn into_part(self) -> QuerySpec {
        QuerySpec {
            meta: M::meta(),
            state: self.state,
        }
    }

    pub(crate) fn part(&self) -> QuerySpec {
        QuerySpec {
            meta: M::meta(),
            state: Arc::clone(&self.state),
        }
    }
}

impl QuerySpec {
    pub(crate) fn of(meta: &'static ModelMeta, state: &Arc<State>) -> QuerySpec {
        QuerySpec {
            meta,
            state: Arc::clone(state),
        }
    }

    /// Changes a copy of the state.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut State)) -> QuerySpec {
        change(Arc::make_mut(&mut self.state));
        self
    }

    /// Whether it is known to find nothing, without asking the database.
    pub(crate) fn is_empty(&self) -> bool {
        self.state.filter.as_ref().is_some_and(Node::is_never) || self.state.limit == Some(0)
    }

    /// The items that it selects, if not only the model's columns.
    pub(crate) fn items(&self) -> &[Node] {
        self.state.items.as_deref().unwrap_or_default()
    }

    /// Whether it is known to return no row, without asking the database. Aggregates over nothing return a row.
    pub(crate) fn has_no_rows(&self) -> bool {
        self.is_empty() && !self.is_one_row()
    }

    /// Sorts by the primary key if it is not sorted: `first` and pages need an order.
    pub(crate) fn ordered(self) -> QuerySpec {
        if !self.state.order_by.is_empty() {
            return self;
        }
        // Whole rows have their key among them.
        let whole = self.state.whole || self.state.items.is_none();
        if self.is_grouped() || self.state.distinct && !whole {
            // The key is not selected: the selected items sort.
            let by = if self.state.group_by.is_empty() {
                self.state.items.clone().unwrap_or_default()
            } else {
                self.state.group_by.clone()
            };
            let plain = by.into_iter().filter(|node| !node.aggregates());
            let terms: Vec<OrderTerm> = plain.map(ascending).collect();
            return self.with(|state| state.order_by = terms);
        }
        self.totally_ordered()
    }

    /// Appends the missing columns of the primary key to the order, in the direction of its last term: then an index may
    /// cover the whole order.
    pub(crate) fn totally_ordered(self) -> QuerySpec {
        if self.is_totally_ordered() {
            return self;
        }
        let descending = { self.state.order_by.last() }.is_some_and(|term| term.descending);
        let missing: Vec<OrderTerm> = self
            .meta
            .key_columns()
            .map(|column| Node::Root(column.to_owned().into()))
            .filter(|key| !self.state.order_by.iter().any(|term| term.node == *key))
            .map(|node| OrderTerm {
                descending,
                ..ascending(node)
            })
            .collect();
        self.with(|state| state.order_by.extend(missing))
    }

    /// The SELECT, for a dialect or (as a subquery) for any.
    pub(crate) fn select(&self, dialect: Option<&'static dyn Dialect>) -> Result<Select> {
        if self.is_one_row() && !self.is_unlimited() {
            return self.of_limited_rows(dialect)?.select(dialect);
        }
        let state = &*self.state;
        self.check_grouping()?;
        let mut resolver = Resolver::new(&self.meta.table, state.unscoped);
        let Narrowed {
            condition: mut filter,
            group_by,
            having,
            distinct,
            order_by,
            limit,
            offset,
            lock,
            // For changes only.
            unfiltered: _,
            filtered: _,
        } = self.narrowed()?;
        let mut scope = Scope::select(self.meta);
        if distinct || !group_by.is_empty() {
            scope = scope.comparing();
        }
        let mut group_by = group_by.to_vec();
        let mut having = having.cloned();
        let mut order_by = order_by.to_vec();
        let mut items = state.items.clone();
        let nodes = filter
            .iter_mut()
            .chain(&mut group_by)
            .chain(having.iter_mut())
            .chain(order_by.iter_mut().map(|term| &mut term.node))
            .chain(items.iter_mut().flatten());
        for node in nodes {
            resolver.resolve(node, &mut scope)?;
        }
        if distinct {
            self.check_distinct(items.as_deref(), &order_by)?;
        }
        if lock.is_some() {
            self.check_lock(distinct)?;
        }
        let joins = scope.into_joins();
        let projection = match (items, dialect) {
            (None, Some(dialect)) if joins.is_empty() => {
                Projection::Rendered(self.meta.select_list(dialect))
            }
            (items, _) => {
                let whole = state.whole || items.is_none();
                let model = if whole {
                    self.meta.column_nodes()
                } else {
                    Vec::new()
                };
                Projection::Items(
                    model
                        .into_iter()
                        .chain(items.unwrap_or_default())
                        .map(|node| SelectItem { node, alias: None })
                        .collect(),
                )
            }
        };
        Ok(Select {
            distinct: if distinct {
                Distinct::Rows
            } else {
                Distinct::No
            },
            projection,
            from: Some(Source::table(self.meta.table.clone())),
            joins,
            filter,
            group_by,
            having,
            order_by,
            limit,
            offset,
            lock,
            ..Select::default()
        })
    }

    /// Aggregates over the rows that the limit leaves: `WHERE key IN (SELECT key … ORDER BY … LIMIT n)`.
    fn of_limited_rows(&self, dialect: Option<&'static dyn Dialect>) -> Result<QuerySpec> {
        let rows = self.clone().with(|state| {
            state.having = None;
            // An order by aggregates does not decide which rows they cover.
            state.order_by.retain(|term| !term.node.aggregates());
        });
        let chosen = chosen(&rows, dialect)?;
        Ok(self.clone().with(|state| {
            state.filter = Some(chosen);
            state.bounds.clear();
            state.order_by.clear();
            state.limit = None;
            state.offset = None;
        }))
    }

    /// Rejects a distinct query that is sorted by something it does not select: merged rows have no single place in such an
    /// order, and some databases take any.
    fn check_distinct(&self, items: Option<&[Node]>, order_by: &[OrderTerm]) -> Result<()> {
        let whole = self.state.whole || items.is_none();
        let is_selected = |node: &Node| {
            whole && matches!(node, Node::Root(_))
                || items.is_some_and(|items| items.contains(node))
        };
        let mut terms = order_by.iter().filter(|term| sorts(term));
        if terms.all(|term| is_selected(&term.node)) {
            return Ok(());
        }
        Err(Error::invalid_query(format!(
            "a distinct query of {} is sorted by something that it does not select; select it as well, or sort by what is selected",
            self.meta.name
        )))
    }

    /// Rejects a lock on rows that are made of several: they have no row of their own to lock.
    fn check_lock(&self, distinct: bool) -> Result<()> {
        let has_window = |node: &Node| node.any(&mut |node| matches!(node, Node::Window(_)));
        let selected = self.state.items.iter().flatten();
        let mut nodes = selected.chain(self.state.order_by.iter().map(|term| &term.node));
        if !distinct && !self.is_grouped() && !nodes.any(has_window) {
            return Ok(());
        }
        Err(Error::invalid_query(format!(
            "a query of {} that is grouped, distinct or has window functions can't lock rows; lock them by a query of their own",
            self.meta.name
        )))
    }

    /// The text and binds.
    pub(crate) fn sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.limited_sql(dialect, None)
    }

    /// The text and binds, for at most `most` rows. A plain query of whole rows is written straight from its state.
    pub(super) fn limited_sql(
        &self,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
    ) -> Result<Sql> {
        let state = &*self.state;
        let limit = match (state.limit, most) {
            // The query's own limit is about the rows that are aggregated.
            (_, most) if self.is_one_row() => most,
            (Some(limit), Some(most)) => Some(limit.min(most)),
            (limit, most) => limit.or(most),
        };
        if !self.is_plain() {
            let mut select = self.select(Some(dialect))?;
            select.limit = limit;
            let mut w = Writer::new(dialect);
            w.select(&select)?;
            return Ok(w.finish()?);
        }
        let mut w = Writer::new(dialect);
        w.push(self.meta.select_head(dialect)?);
        w.with_table(&self.meta.table, false, |w| {
            if let Some(filter) = &state.filter {
                w.push(" WHERE ");
                w.condition(filter)?;
            }
            if state.order_by.iter().any(sorts) {
                w.push(" ORDER BY ");
                w.order_terms(&state.order_by)?;
            }
            w.limit(limit, state.offset);
            Ok(())
        })?;
        Ok(w.finish()?)
    }

    /// The command that finds a row by its key, if that is all that the query asks: its text is cached.
    pub(crate) fn by_key(
        &self,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Option<Result<Command>> {
        let state = &*self.state;
        let [key] = self.meta.key[..] else {
            return None;
        };
        let Some(Node::Binary(BinaryOp::Equal, pair)) = &state.filter else {
            return None;
        };
        let (Node::Root(column), Node::Value(value)) = &**pair else {
            return None;
        };
        let alone = *column == self.meta.fields[key].column
            && !self.is_scoped()
            && !value.is_null()
            && self.is_bare()
            && state.order_by.is_empty()
            && self.is_unlimited();
        alone.then(|| {
            let command = find_command(self.meta, vec![value.clone()], target, site)?;
            Ok(command.offload(state.offload))
        })
    }

    /// Whether its condition gives the primary key, or a unique column: then there is one row at most, and no need to
    /// ask for a second.
    pub(crate) fn finds_one(&self) -> bool {
        fn gives(node: &Node, column: &str) -> bool {
            match node {
                Node::And(all) => all.iter().any(|node| gives(node, column)),
                Node::Binary(BinaryOp::Equal, pair) => {
                    matches!(&**pair, (Node::Root(name), Node::Value(_)) if name == column)
                }
                _ => false,
            }
        }
        let Some(filter) = &self.state.filter else {
            return false;
        };
        self.is_plain()
            && (self.meta.key_columns().all(|column| gives(filter, column))
                || self
                    .meta
                    .fields
                    .iter()
                    .any(|field| field.unique && gives(filter, &field.column)))
    }

    /// Whether it selects whole rows by columns of the model itself, so that nothing needs to be resolved.
    fn is_plain(&self) -> bool {
        let state = &*self.state;
        let simple = |node: &Node| {
            !node.any(&mut |node| {
                matches!(
                    node,
                    Node::Path(_)
                        | Node::Quantified(_)
                        | Node::InQuery(_)
                        | Node::Exists(_)
                        | Node::Subquery(_)
                        | Node::Window(_)
                        | Node::Keyset(_)
                ) || node.is_aggregate()
            })
        };
        self.is_bare()
            && !self.is_scoped()
            && state.filter.as_ref().is_none_or(simple)
            && state.order_by.iter().all(|term| simple(&term.node))
    }

    /// Whether it asks for all rows of the model in no order: its text is cached.
    fn is_everything(&self) -> bool {
        let state = &*self.state;
        state.filter.is_none()
            && state.order_by.is_empty()
            && self.is_unlimited()
            && self.is_plain()
    }

    /// Whether it covers all rows of its table.
    pub(super) fn is_whole_table(&self) -> bool {
        self.state.filter.is_none() && self.is_unlimited() && self.is_bare() && !self.is_scoped()
    }

    /// Whether a default scope adds to its condition.
    fn is_scoped(&self) -> bool {
        self.meta.has_scope(self.state.unscoped)
    }

    /// The command, for at most `most` rows.
    pub(crate) fn command(
        &self,
        dialect: &'static dyn Dialect,
        most: Option<u64>,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let access = if self.state.lock.is_some() {
            Access::Write
        } else {
            Access::Read
        };
        if most.is_none() && self.is_everything() {
            let head = self.meta.select_head(dialect)?;
            let command = Command::with_text(head.into(), Vec::new(), access);
            return Ok(command.offload(self.state.offload).at(site));
        }
        let command = match self.known(dialect, most)? {
            Some((text, binds)) => Command::with_text(text, binds, access),
            None => Command::new(self.limited_sql(dialect, most)?, access),
        };
        Ok(command.offload(self.state.offload).at(site))
    }
}

fn ascending(node: Node) -> OrderTerm {
    OrderTerm {
        node,
        descending: false,
        nulls: None,
    }
}
