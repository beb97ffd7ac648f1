//! SELECT.

use super::kinds::column_name;
use super::write::Received;
use super::{Shared, Writer};
use crate::error::{Error, Result};
use crate::expr::{Aggregate, AggregateFunction, AggregateType, Name, Node};
use crate::statement::{
    Cte, Distinct, Join, JoinKind, Lock, LockStrength, LockWait, OrderTerm, Projection, Select,
    SelectItem, SetOperation, Source,
};

/// The order of a set operation: its columns belong to no table.
fn order_of_whole(terms: &[OrderTerm]) -> Vec<OrderTerm> {
    let term = |term: &OrderTerm| OrderTerm {
        node: match &term.node {
            Node::Column(column) => Node::Root(column.name.clone()),
            other => other.clone(),
        },
        ..*term
    };
    terms.iter().map(term).collect()
}

/// Whether a selected expression has a name that none before it has.
fn has_own_name(items: &[SelectItem], at: usize) -> bool {
    let name = column_name(&items[at]);
    match (&items[at].node, name) {
        (Node::Star, _) => true,
        (_, None) => false,
        (_, name) => !items[..at].iter().any(|item| column_name(item) == name),
    }
}

impl Writer {
    /// A SELECT statement or subquery.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn select(&mut self, select: &Select) -> Result<()> {
        let nested = self.is_nested();
        let root = match &select.from {
            Some(source) if nested || !select.joins.is_empty() || renames(select) => {
                Some(source.alias().clone())
            }
            _ => None,
        };
        let (ctes, shared) = (self.ctes.len(), self.shared.len());
        for cte in &select.with {
            let kinds = self.select_kinds(&cte.query);
            let kinds = kinds.renamed(&cte.columns);
            self.ctes.push((cte.name.clone(), kinds));
        }
        let changing = std::mem::replace(&mut self.changing, false);
        let received = std::mem::take(&mut self.received);
        let result = self.with_sources(select, root, |w| w.select_body(select, &received));
        self.changing = changing;
        self.ctes.truncate(ctes);
        self.shared.truncate(shared);
        result
    }

    /// The body of a SELECT, inserted into the columns `received`, if any.
    fn select_body(&mut self, select: &Select, received: &[Received]) -> Result<()> {
        self.share(select);
        self.ctes(&select.with)?;
        if !select.compounds.is_empty() {
            return self.compound(select);
        }
        self.plain_select(select, false, received)?;
        if select.order_by.iter().any(super::expr::sorts) {
            self.push(" ORDER BY ");
            if self.dialect().capabilities().having_expressions || !has_windows(select) {
                self.order_terms(&select.order_by)?;
            } else {
                // MariaDB assumes that grouped rows are sorted by the grouping, but its window functions sort them again.
                let mut terms = select.order_by.clone();
                for term in &mut terms {
                    if select.group_by.contains(&term.node) {
                        term.node = least(std::mem::replace(&mut term.node, Node::Star));
                    }
                }
                self.order_terms(&terms)?;
            }
        }
        self.limit(select.limit, select.offset);
        match select.lock {
            Some(lock) => self.lock(lock, select),
            None => Ok(()),
        }
    }

    /// A SELECT up to its HAVING; `named` if each of its columns needs a name of its own.
    fn plain_select(&mut self, select: &Select, named: bool, received: &[Received]) -> Result<()> {
        self.push("SELECT ");
        self.distinct(&select.distinct)?;
        self.projection(&select.projection, named, received)?;
        if let Some(source) = &select.from {
            self.push(" FROM ");
            self.source(source)?;
        }
        for join in &select.joins {
            self.join(join)?;
        }
        if let Some(filter) = &select.filter {
            self.push(" WHERE ");
            self.condition(filter)?;
        }
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.nodes(&select.group_by)?;
        }
        if let Some(having) = &select.having {
            self.push(" HAVING ");
            if self.dialect().capabilities().having_expressions {
                self.condition(having)?;
            } else {
                let mut having = having.clone();
                aggregated(&mut having, select);
                self.condition(&having)?;
            }
        }
        Ok(())
    }

    /// Set operations, from left to right. If INTERSECT would bind closer than what is before it, that becomes a derived table:
    /// SQLite has no parentheses here, and a derived table means the same everywhere. The whole becomes one, too, if it is
    /// ordered by more than names of columns, which is all that ORDER BY after a set operation takes.
    fn compound(&mut self, select: &Select) -> Result<()> {
        if select.lock.is_some() {
            return Err(Error::invalid("a set operation can't lock rows"));
        }
        let parts = &select.compounds;
        let is_intersect = |n: usize| parts[n].operation == SetOperation::Intersect;
        let groups = |n: usize| n > 0 && is_intersect(n) && !is_intersect(n - 1);
        let order = order_of_whole(&select.order_by);
        let ordered_apart = !self.is_order_by_names(&order);
        let derived = (0..parts.len()).filter(|n| groups(*n)).count() + usize::from(ordered_apart);
        for _ in 0..derived {
            self.push("SELECT * FROM (");
        }
        self.plain_select(select, derived > 0, &[])?;
        for (n, part) in parts.iter().enumerate() {
            if groups(n) {
                self.end_member();
            }
            self.push(match part.operation {
                SetOperation::Union => " UNION ",
                SetOperation::UnionAll => " UNION ALL ",
                SetOperation::Intersect => " INTERSECT ",
                SetOperation::Except => " EXCEPT ",
            });
            let member = &part.query;
            // SQLite has no parentheses around members; a derived table means the same everywhere.
            if !member.compounds.is_empty()
                || !member.order_by.is_empty()
                || member.limit.is_some()
                || member.offset.is_some()
                || !member.with.is_empty()
            {
                self.push("SELECT * FROM (");
                self.select(member)?;
                self.end_member();
            } else {
                self.select(member)?;
            }
        }
        if ordered_apart {
            self.end_member();
        }
        if order.iter().any(super::expr::sorts) {
            self.push(" ORDER BY ");
            // The columns of the set operation belong to none of its sources.
            self.unqualified(|w| w.order_terms(&order))?;
        }
        self.limit(select.limit, select.offset);
        Ok(())
    }

    fn end_member(&mut self) {
        self.push(") ");
        self.identifier("member");
    }

    /// Whether these terms are written as names of columns, and nothing else.
    fn is_order_by_names(&mut self, terms: &[OrderTerm]) -> bool {
        let native = self.dialect().capabilities().nulls_order;
        terms.iter().all(|term| {
            let is_name = match &term.node {
                Node::Root(_) => true,
                Node::Path(path) => path.hops.is_empty(),
                _ => false,
            };
            is_name && (term.nulls.is_none() || native) && self.text_enum(&term.node).is_none()
        })
    }

    /// Expressions of GROUP BY, or of ORDER BY with DISTINCT, that are also selected are written with the same placeholders:
    /// PostgreSQL treats `$1` and `$2` as different values, whatever they are.
    fn share(&mut self, select: &Select) {
        if self.is_inline() || !self.dialect().capabilities().numbered_placeholders {
            return;
        }
        let depth = self.depth();
        let has_value = |node: &&Node| node.any(&mut has_placeholder);
        let selected = match &select.projection {
            Projection::Items(items) if select.distinct != Distinct::No => &items[..],
            _ => &[],
        };
        let nodes = select.group_by.iter();
        let nodes = nodes.chain(selected.iter().map(|item| &item.node));
        let nodes: Vec<Node> = nodes.filter(has_value).cloned().collect();
        for node in nodes {
            self.shared.push(Shared {
                depth,
                node,
                text: None,
            });
        }
    }

    fn ctes(&mut self, ctes: &[Cte]) -> Result<()> {
        for (n, cte) in ctes.iter().enumerate() {
            self.push(match n {
                0 if ctes.iter().any(|cte| cte.recursive) => "WITH RECURSIVE ",
                0 => "WITH ",
                _ => ", ",
            });
            self.checked_identifier(&cte.name)?;
            if !cte.columns.is_empty() {
                self.push(" (");
                self.identifiers(&cte.columns);
                self.push(")");
            }
            self.push(" AS (");
            self.select(&cte.query)?;
            self.push(")");
        }
        if !ctes.is_empty() {
            self.push(" ");
        }
        Ok(())
    }

    fn distinct(&mut self, distinct: &Distinct) -> Result<()> {
        match distinct {
            Distinct::No => {}
            Distinct::Rows => self.push("DISTINCT "),
            Distinct::On(nodes) => {
                if !self.dialect().capabilities().distinct_on {
                    return Err(Error::unsupported(
                        "DISTINCT ON",
                        self.dialect().name(),
                        "group by the columns instead",
                    ));
                }
                self.push("DISTINCT ON (");
                self.nodes(nodes)?;
                self.push(") ");
            }
        }
        Ok(())
    }

    fn projection(
        &mut self,
        projection: &Projection,
        named: bool,
        received: &[Received],
    ) -> Result<()> {
        match projection {
            Projection::Rendered(text) => self.push(text),
            Projection::Items(items) if items.is_empty() => self.push("1"),
            Projection::Items(items) => {
                for (n, item) in items.iter().enumerate() {
                    if n > 0 {
                        self.push(", ");
                    }
                    self.received(&item.node, received.get(n))?;
                    if let Some(alias) = &item.alias {
                        self.push(" AS ");
                        self.checked_identifier(alias)?;
                    } else if named && !has_own_name(items, n) {
                        self.push(" AS ");
                        self.identifier(&format!("c{}", n + 1));
                    }
                }
            }
        }
        Ok(())
    }

    /// A SELECT for a derived table, whose columns need names of their own.
    ///
    /// # Errors
    /// As [`select`](Writer::select).
    pub(super) fn named_select(&mut self, select: &Select) -> Result<()> {
        // Columns of a set operation are ordered by the names that they have.
        if !select.compounds.is_empty() {
            return self.select(select);
        }
        let mut named = select.clone();
        if let Projection::Items(items) = &mut named.projection {
            for (n, item) in items.iter_mut().enumerate() {
                item.alias = Some(format!("c{}", n + 1).into());
            }
        }
        self.select(&named)
    }

    /// A source with its alias.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn source(&mut self, source: &Source) -> Result<()> {
        match source {
            Source::Table { name, alias } => {
                self.table(name)?;
                if let Some(alias) = alias {
                    self.push(" AS ");
                    self.checked_identifier(alias)?;
                }
            }
            Source::Query {
                query,
                alias,
                lateral,
            } => {
                if *lateral {
                    if !self.dialect().capabilities().lateral {
                        return Err(Error::unsupported(
                            "LATERAL",
                            self.dialect().name(),
                            "use a correlated subquery",
                        ));
                    }
                    self.push("LATERAL ");
                }
                self.push("(");
                self.select(query)?;
                self.push(") AS ");
                self.checked_identifier(alias)?;
            }
        }
        Ok(())
    }

    fn join(&mut self, join: &Join) -> Result<()> {
        self.push(match join.kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Left => " LEFT JOIN ",
            JoinKind::Right => " RIGHT JOIN ",
            JoinKind::Full if !self.dialect().capabilities().full_join => {
                return Err(Error::unsupported(
                    "FULL JOIN",
                    self.dialect().name(),
                    "unite a LEFT JOIN with what it leaves out",
                ));
            }
            JoinKind::Full => " FULL JOIN ",
            JoinKind::Cross => " CROSS JOIN ",
        });
        self.source(&join.source)?;
        if let Some(on) = &join.on {
            self.push(" ON ");
            self.condition(on)?;
        }
        Ok(())
    }

    /// LIMIT and OFFSET, as literals.
    pub fn limit(&mut self, limit: Option<u64>, offset: Option<u64>) {
        use std::fmt::Write;
        // Databases count rows in signed 64-bit integers, and no table has more.
        const MOST: u64 = i64::MAX.unsigned_abs();
        let (limit, offset) = (limit.map(|n| n.min(MOST)), offset.map(|n| n.min(MOST)));
        match (limit, offset) {
            (Some(limit), _) => {
                let _ = write!(self.text, " LIMIT {limit}");
            }
            (None, Some(_)) => self.push(self.dialect().no_limit()),
            (None, None) => {}
        }
        if let Some(offset) = offset {
            let _ = write!(self.text, " OFFSET {offset}");
        }
    }

    fn lock(&mut self, lock: Lock, select: &Select) -> Result<()> {
        let caps = self.dialect().capabilities();
        if !caps.row_locks {
            return Err(Error::unsupported(
                "row locks",
                self.dialect().name(),
                "a write transaction locks the whole database already",
            ));
        }
        self.push(match lock.strength {
            LockStrength::Update => " FOR UPDATE",
            LockStrength::Share => caps.share_keyword,
        });
        if lock.strength == LockStrength::Share
            && lock.wait != LockWait::Wait
            && caps.share_keyword != " FOR SHARE"
        {
            return Err(Error::unsupported(
                "shared row locks that do not wait",
                self.dialect().name(),
                "lock for update",
            ));
        }
        // Locks the selected rows, not those joined to them: PostgreSQL locks no row that may be missing.
        if let (Some(root), true, false) = (&select.from, caps.lock_of, select.joins.is_empty()) {
            self.push(" OF ");
            self.checked_identifier(root.alias())?;
        }
        self.push(match lock.wait {
            LockWait::Wait => "",
            LockWait::NoWait => " NOWAIT",
            LockWait::SkipLocked => " SKIP LOCKED",
        });
        Ok(())
    }
}

/// `min(x)`.
fn least(argument: Node) -> Node {
    Node::Aggregate(Box::new(Aggregate {
        function: AggregateFunction::Min,
        argument: Some(argument),
        distinct: false,
        filter: None,
        answer: AggregateType::Own,
    }))
}

/// Whether window functions are selected from groups.
fn has_windows(select: &Select) -> bool {
    let Projection::Items(items) = &select.projection else {
        return false;
    };
    let window = |node: &Node| matches!(node, Node::Window(_));
    !select.group_by.is_empty() && items.iter().any(|item| item.node.any(&mut { window }))
}

/// Turns expressions that a query is grouped by into aggregates: in a group they have one value. So do columns that depend
/// on a grouped key, which HAVING does not know unless they are selected.
fn aggregated(node: &mut Node, select: &Select) {
    let is_read = match &*node {
        known if known.is_aggregate() => return,
        Node::Root(name) => !has_column(select, node, name),
        Node::Column(column) => !has_column(select, node, &column.name),
        Node::Path(path) => !has_column(select, node, &path.column),
        other => select.group_by.contains(other),
    };
    if is_read {
        *node = least(std::mem::replace(node, Node::Star));
    } else {
        node.children_mut(&mut |child| aggregated(child, select));
    }
}

/// Whether HAVING knows a column: it is grouped, or selected under its name.
fn has_column(select: &Select, column: &Node, name: &Name) -> bool {
    let Projection::Items(items) = &select.projection else {
        return true;
    };
    let is_selected = |item: &SelectItem| item.node == *column || item.alias.as_ref() == Some(name);
    // Without groups there is nothing that it could depend on.
    select.group_by.is_empty() || select.group_by.contains(column) || items.iter().any(is_selected)
}

/// Whether an expression has a bound value in its text, or may have one in a query in it.
fn has_placeholder(node: &Node) -> bool {
    matches!(
        node,
        Node::Value(_)
            | Node::InList(_)
            | Node::InQuery(_)
            | Node::Exists(_)
            | Node::Subquery(_)
            | Node::Json(_)
            | Node::Keyset(_)
    )
}

/// Whether a selected expression may have the name of a column that the rows are sorted by: PostgreSQL names
/// `CAST(id AS text)` `id`, and an unqualified name in ORDER BY means the selected expression.
fn renames(select: &Select) -> bool {
    let Projection::Items(items) = &select.projection else {
        return false;
    };
    let expressions = || items.iter().filter(|item| !is_column(&item.node));
    select.order_by.iter().any(|term| match &term.node {
        Node::Root(name) => expressions().any(|item| may_be_called(&item.node, name)),
        _ => false,
    })
}

fn is_column(node: &Node) -> bool {
    matches!(node, Node::Root(_) | Node::Column(_) | Node::Star)
}

/// Whether PostgreSQL may give an expression this name: a function gives its own.
fn may_be_called(node: &Node, name: &str) -> bool {
    match node {
        Node::Root(column) => column == name,
        Node::Column(column) => column.name == name,
        Node::Cast(cast) => may_be_called(&cast.0, name),
        Node::Collate(collate) => may_be_called(&collate.0, name),
        Node::Aggregate(_) => matches!(
            name,
            "count" | "sum" | "avg" | "min" | "max" | "round" | "bool_or" | "bool_and" | "decode"
        ),
        Node::Value(_) | Node::Arithmetic(..) | Node::Unary(..) | Node::Binary(..) => false,
        _ => true,
    }
}
