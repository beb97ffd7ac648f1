//! The parts of a query that decide which rows it covers, the same for every verb.

use super::State;
use super::compile::QuerySpec;
use super::grouping::check_rows;
use aludel_engine::Result;
use aludel_sql::expr::Node;
use aludel_sql::statement::{Lock, OrderTerm};

/// Everything that decides which rows a query covers. Each verb destructures it completely: a part that is added here and
/// that a verb does not mention is a compile error.
pub(crate) struct Narrowed<'q> {
    /// Filters, the default scope, and positions in the order.
    pub(crate) condition: Option<Node>,
    pub(crate) group_by: &'q [Node],
    pub(crate) having: Option<&'q Node>,
    pub(crate) distinct: bool,
    pub(crate) order_by: &'q [OrderTerm],
    pub(crate) limit: Option<u64>,
    pub(crate) offset: Option<u64>,
    pub(crate) lock: Option<Lock>,
    /// Whether a verb that changes rows may change all of them.
    pub(crate) unfiltered: bool,
    /// Whether the query restricts its rows at all.
    pub(crate) filtered: bool,
}

impl QuerySpec {
    /// Everything that decides which rows it covers.
    pub(crate) fn narrowed(&self) -> Result<Narrowed<'_>> {
        let State {
            filter,
            order_by,
            group_by,
            having,
            // What is read of the rows, and how, excludes none of them.
            items: _,
            whole: _,
            offload: _,
            refresh: _,
            distinct,
            limit,
            offset,
            lock,
            bounds,
            unfiltered,
            unscoped,
        } = &*self.state;
        if let Some(filter) = filter {
            check_rows(filter, "filter(..)")?;
        }
        let mut condition = filter.clone();
        if let Some(scope) = self.meta.scope(*unscoped) {
            super::and(&mut condition, scope);
        }
        if let Some(bounds) = self.bounds(bounds)? {
            super::and(&mut condition, bounds);
        }
        Ok(Narrowed {
            condition,
            group_by,
            having: having.as_ref(),
            distinct: *distinct,
            order_by,
            limit: *limit,
            offset: *offset,
            lock: *lock,
            unfiltered: *unfiltered,
            filtered: filter.is_some() || !bounds.is_empty(),
        })
    }

    /// Turns positions in the order into conditions, so that the order may be changed or removed.
    pub(crate) fn settled(self) -> Result<QuerySpec> {
        if self.state.bounds.is_empty() {
            return Ok(self);
        }
        let bounds = self.bounds(&self.state.bounds)?;
        Ok(self.with(|state| {
            state.bounds.clear();
            if let Some(bounds) = bounds {
                state.and_filter(bounds);
            }
        }))
    }

    /// Whether it has only a condition, an order, a limit and an offset: whole rows of one table.
    pub(crate) fn is_bare(&self) -> bool {
        let State {
            filter: _,
            order_by: _,
            limit: _,
            offset: _,
            offload: _,
            refresh: _,
            unfiltered: _,
            unscoped: _,
            whole: _,
            group_by,
            having,
            items,
            distinct,
            lock,
            bounds,
        } = &*self.state;
        items.is_none()
            && group_by.is_empty()
            && having.is_none()
            && !distinct
            && lock.is_none()
            && bounds.is_empty()
    }

    /// Whether it covers all rows that fulfil its condition.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.state.is_unlimited()
    }

    /// Whether no two rows are equal in its order: it has a column, or all columns of a key, that are unique.
    pub(crate) fn is_totally_ordered(&self) -> bool {
        let sorted = |column: &str| {
            let mut terms = self.state.order_by.iter();
            terms.any(|term| matches!(&term.node, Node::Root(name) if name == column))
        };
        let certain = |column: &str| {
            let field = self.meta.field_of_column(column);
            sorted(column) && field.is_some_and(|field| !field.nullable)
        };
        self.meta.key_columns().all(sorted)
            || { self.meta.fields.iter() }.any(|field| field.unique && certain(&field.column))
            || { self.meta.uniques.iter() }
                .any(|unique| unique.columns.iter().all(|column| certain(column)))
    }
}
