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
    /// Set operations with further queries, from left to right: `(first UNION second) INTERSECT third`, whatever the
    /// database's precedence. A further query may have an order, a limit and set operations of its own; those of the
    /// first query apply to the whole. [`Select::combined`] keeps them apart.
    pub compounds: Vec<Compound>,
    /// ORDER BY; in a set operation, by the names of the first query's columns.
    pub order_by: Vec<OrderTerm>,
    /// LIMIT, written as a literal (SQLite would prepare again for a bound one); in a set operation, over the whole.
    pub limit: Option<u64>,
    /// OFFSET, likewise.
    pub offset: Option<u64>,
    /// FOR UPDATE / FOR SHARE.
    pub lock: Option<Lock>,
}

impl Select {
    /// The sources of its own FROM and joins.
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

    /// Calls `visit` on each query that is a part of it: common table expressions, derived tables, and further queries of set
    /// operations; not on those in its expressions.
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
    /// The order, limit, lock and common table expressions that a query already has remain its own. Those set on the result
    /// afterwards apply to the whole.
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
    /// A list that was rendered before, for this dialect.
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
    /// Without duplicate rows (SELECT DISTINCT).
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
        /// Whether it may refer to the sources before it.
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

    /// The name by which columns refer to it.
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
    /// What to sort by.
    pub node: Node,
    /// Descending.
    pub descending: bool,
    /// Where NULLs sort; `None` is the database's default.
    pub nulls: Option<Nulls>,
}

/// The set operations.
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
    /// The operation.
    pub operation: SetOperation,
    /// The further query.
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
    /// Whether it refers to itself (RECURSIVE).
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

/// What to do when a row is already locked.
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
    /// Its strength.
    pub strength: LockStrength,
    /// What to do when a row is already locked.
    pub wait: LockWait,
}
