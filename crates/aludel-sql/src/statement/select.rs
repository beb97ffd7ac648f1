//! SELECT.

use super::TableName;
use crate::expr::{Name, Node};

/// A SELECT statement.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Select {
    /// Common table expressions.
    pub with: Vec<Cte>,
    /// DISTINCT.
    pub distinct: Distinct,
    /// What is selected.
    pub projection: Projection,
    /// The first source; `None` selects from nothing.
    pub from: Option<Source>,
    /// What is joined to it.
    pub joins: Vec<Join>,
    /// WHERE.
    pub filter: Option<Node>,
    /// GROUP BY.
    pub group_by: Vec<Node>,
    /// HAVING.
    pub having: Option<Node>,
    /// Set operations with further queries, from left to right: `(first UNION second) INTERSECT third`, whatever binds
    /// closer in the database. A further query may have an order, a limit and set operations of its own; of the first
    /// query, they belong to the whole. [`Select::combined`] keeps them apart.
    pub compounds: Vec<Compound>,
    /// ORDER BY; of a set operation, by the names of the first query's columns.
    pub order_by: Vec<OrderTerm>,
    /// LIMIT, written as a literal (SQLite prepares anew for a bound one); of a set operation, over the whole.
    pub limit: Option<u64>,
    /// OFFSET, likewise.
    pub offset: Option<u64>,
    /// FOR UPDATE / FOR SHARE.
    pub lock: Option<Lock>,
}

impl Select {
    /// The sources of its own FROM.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        let joined = self.joins.iter().map(|join| &join.source);
        self.from.iter().chain(joined)
    }

    /// Calls `visit` on each expression of its own, not on those of queries in it.
    pub fn expressions<'s>(&'s self, visit: &mut dyn FnMut(&'s Node)) {
        if let Projection::Items(items) = &self.projection {
            items.iter().for_each(|item| visit(&item.node));
        }
        if let Distinct::On(nodes) = &self.distinct {
            nodes.iter().for_each(&mut *visit);
        }
        let on = self.joins.iter().filter_map(|join| join.on.as_ref());
        on.chain(&self.filter)
            .chain(&self.group_by)
            .chain(&self.having)
            .for_each(&mut *visit);
        self.order_by.iter().for_each(|term| visit(&term.node));
    }

    /// Calls `visit` on each query that is a part of it: common table expressions, derived tables, and what it is united
    /// with; not on those in its expressions.
    pub fn queries<'s>(&'s self, visit: &mut dyn FnMut(&'s Select)) {
        self.with.iter().for_each(|cte| visit(&cte.query));
        for source in self.sources() {
            if let Source::Query { query, .. } = source {
                visit(query);
            }
        }
        self.compounds.iter().for_each(|part| visit(&part.query));
    }

    /// A set operation with another query: `a.combined(Union, b).combined(Intersect, c)` is `(a UNION b) INTERSECT c`.
    ///
    /// The order, limit, lock and common table expressions that a query has already are its own. Those that the result is
    /// given afterwards are of the whole.
    #[must_use]
    pub fn combined(self, operation: SetOperation, query: Select) -> Select {
        let has_own = !self.order_by.is_empty()
            || !self.with.is_empty()
            || self.limit.is_some()
            || self.offset.is_some()
            || self.lock.is_some();
        let mut whole = if has_own {
            Select {
                projection: Projection::Items(vec![SelectItem {
                    node: Node::Star,
                    alias: None,
                }]),
                from: Some(Source::Query {
                    query: Box::new(self),
                    alias: "member".into(),
                    lateral: false,
                }),
                ..Select::default()
            }
        } else {
            self
        };
        whole.compounds.push(Compound { operation, query });
        whole
    }
}

/// What is selected.
#[derive(Debug, Clone, PartialEq)]
pub enum Projection {
    /// These expressions.
    Items(Vec<SelectItem>),
    /// A list that was rendered before, for the dialect at hand.
    Rendered(&'static str),
}

impl Default for Projection {
    fn default() -> Self {
        Projection::Items(Vec::new())
    }
}

/// One selected expression.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectItem {
    /// The expression.
    pub node: Node,
    /// Its name in the result.
    pub alias: Option<Name>,
}

/// DISTINCT.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Distinct {
    /// All rows.
    #[default]
    No,
    /// Equal rows once.
    Rows,
    /// The first row of each group (PostgreSQL's DISTINCT ON).
    On(Vec<Node>),
}

/// Where rows come from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A table or view.
    Table {
        /// Its name.
        name: TableName,
        /// Its name in this statement.
        alias: Option<Name>,
    },
    /// A query.
    Query {
        /// The query.
        query: Box<Select>,
        /// Its name in this statement.
        alias: Name,
        /// Whether it may speak of the sources before it.
        lateral: bool,
    },
}

impl Source {
    /// A table under its own name.
    pub fn table(name: impl Into<TableName>) -> Source {
        Source::Table {
            name: name.into(),
            alias: None,
        }
    }

    /// The name by which columns speak of it.
    pub fn alias(&self) -> &Name {
        match self {
            Source::Table { name, alias } => alias.as_ref().unwrap_or(&name.name),
            Source::Query { alias, .. } => alias,
        }
    }
}

/// The kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// INNER JOIN.
    Inner,
    /// LEFT JOIN.
    Left,
    /// RIGHT JOIN.
    Right,
    /// FULL JOIN (not on MariaDB/MySQL).
    Full,
    /// CROSS JOIN.
    Cross,
}

/// One join.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// Its kind.
    pub kind: JoinKind,
    /// What is joined.
    pub source: Source,
    /// ON; none for a cross join.
    pub on: Option<Node>,
}

/// Where NULLs sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nulls {
    /// Before everything.
    First,
    /// After everything.
    Last,
}

/// One term of ORDER BY.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderTerm {
    /// By what.
    pub node: Node,
    /// From the greatest down.
    pub descending: bool,
    /// Where NULLs go; without it, where the database puts them.
    pub nulls: Option<Nulls>,
}

/// UNION and its kin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOperation {
    /// UNION.
    Union,
    /// UNION ALL.
    UnionAll,
    /// INTERSECT.
    Intersect,
    /// EXCEPT.
    Except,
}

/// A further query in a set operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Compound {
    /// How.
    pub operation: SetOperation,
    /// With what.
    pub query: Select,
}

/// A common table expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Cte {
    /// Its name.
    pub name: Name,
    /// Its columns' names; may be empty.
    pub columns: Vec<Name>,
    /// Its query.
    pub query: Select,
    /// Whether it speaks of itself.
    pub recursive: bool,
}

/// A row lock's strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockStrength {
    /// FOR UPDATE.
    Update,
    /// FOR SHARE.
    Share,
}

/// What a row lock does when it would wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockWait {
    /// Wait.
    Wait,
    /// Fail at once.
    NoWait,
    /// Leave locked rows out.
    SkipLocked,
}

/// A row lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lock {
    /// How strong.
    pub strength: LockStrength,
    /// What if locked.
    pub wait: LockWait,
}
