//! Ad-hoc tables: queries without a model.

use super::{Condition, Dyn, Expr, IntoExpr, Name, Node, Operand, Order};
use crate::dialect::Dialect;
use crate::error::Result;
use crate::render::{Sql, render};
use crate::statement::{
    Assignment, Delete, Distinct, Insert, InsertSource, Join, JoinKind, Projection, Select,
    SelectItem, Source, Statement, TableName, Update,
};

/// The scope of ad-hoc expressions; they may refer to any table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdHoc;

/// A table by name: `table("posts").column("views").gt(100)`.
pub fn table(name: impl Into<Name>) -> AdHocTable {
    AdHocTable {
        name: TableName::new(name),
        alias: None,
    }
}

/// A table by name, perhaps under an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdHocTable {
    name: TableName,
    alias: Option<Name>,
}

impl AdHocTable {
    /// In a schema (PostgreSQL).
    pub fn in_schema(mut self, schema: impl Into<Name>) -> AdHocTable {
        self.name.schema = Some(schema.into());
        self
    }

    /// Under another name in this statement.
    pub fn alias(mut self, alias: impl Into<Name>) -> AdHocTable {
        self.alias = Some(alias.into());
        self
    }

    /// A column of unknown type; `.typed::<T>()` gives it one.
    pub fn column(&self, name: impl Into<Name>) -> Expr<AdHoc, Dyn> {
        let table = self.alias.clone().unwrap_or_else(|| self.name.name.clone());
        Expr::from_node(Node::column(table, name))
    }

    /// SELECT these columns from it.
    pub fn select(&self, columns: impl NodeList) -> AdHocQuery {
        AdHocQuery {
            select: Select {
                projection: Projection::Items(
                    columns
                        .into_nodes()
                        .into_iter()
                        .map(|node| SelectItem { node, alias: None })
                        .collect(),
                ),
                from: Some(self.source()),
                ..Select::default()
            },
        }
    }

    /// INSERT one row of `(column, value)`s.
    pub fn insert<V: IntoExpr<AdHoc, Dyn>>(
        &self,
        row: impl IntoIterator<Item = (&'static str, V)>,
    ) -> Statement {
        let (columns, values) = row
            .into_iter()
            .map(|(name, value)| (Name::Borrowed(name), value.into_expr()))
            .unzip();
        Statement::Insert(Insert {
            table: self.name.clone(),
            columns,
            source: InsertSource::Rows(vec![values]),
            conflict: None,
            returning: vec![],
        })
    }

    /// UPDATE the rows that fulfil the condition.
    pub fn update<V: IntoExpr<AdHoc, Dyn>>(
        &self,
        values: impl IntoIterator<Item = (&'static str, V)>,
        condition: impl Condition<AdHoc>,
    ) -> Statement {
        Statement::Update(Update {
            from: None,
            table: self.name.clone(),
            assignments: values
                .into_iter()
                .map(|(name, value)| Assignment {
                    column: Name::Borrowed(name),
                    value: value.into_expr(),
                })
                .collect(),
            filter: Some(condition.into_condition()),
            order_by: vec![],
            returning: vec![],
        })
    }

    /// DELETE the rows that fulfil the condition.
    pub fn delete(&self, condition: impl Condition<AdHoc>) -> Statement {
        Statement::Delete(Delete {
            table: self.name.clone(),
            filter: Some(condition.into_condition()),
            returning: vec![],
        })
    }

    fn source(&self) -> Source {
        Source::Table {
            name: self.name.clone(),
            alias: self.alias.clone(),
        }
    }
}

/// A SELECT over ad-hoc tables; each method returns the query with one thing more.
#[derive(Debug, Clone, PartialEq)]
pub struct AdHocQuery {
    select: Select,
}

impl AdHocQuery {
    /// Keeps rows that fulfil this condition and the earlier ones.
    pub fn filter(mut self, condition: impl Condition<AdHoc>) -> Self {
        self.select.filter = Some(match self.select.filter.take() {
            None => condition.into_condition(),
            Some(before) => before.and(condition.into_condition()),
        });
        self
    }

    /// Joins a table.
    pub fn join(mut self, kind: JoinKind, other: &AdHocTable, on: impl Condition<AdHoc>) -> Self {
        self.select.joins.push(Join {
            kind,
            source: other.source(),
            on: Some(on.into_condition()),
        });
        self
    }

    /// GROUP BY.
    pub fn group_by(mut self, columns: impl NodeList) -> Self {
        self.select.group_by.extend(columns.into_nodes());
        self
    }

    /// HAVING.
    pub fn having(mut self, condition: impl Condition<AdHoc>) -> Self {
        self.select.having = Some(match self.select.having.take() {
            None => condition.into_condition(),
            Some(before) => before.and(condition.into_condition()),
        });
        self
    }

    /// Adds a term to ORDER BY.
    pub fn order_by(mut self, order: Order<AdHoc>) -> Self {
        self.select.order_by.push(order.into_term());
        self
    }

    /// Removes duplicate rows (SELECT DISTINCT).
    pub fn distinct(mut self) -> Self {
        self.select.distinct = Distinct::Rows;
        self
    }

    /// Limits the number of rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select.limit = Some(rows);
        self
    }

    /// Skips rows (OFFSET).
    pub fn offset(mut self, rows: u64) -> Self {
        self.select.offset = Some(rows);
        self
    }

    /// The statement.
    pub fn into_select(self) -> Select {
        self.select
    }

    /// Its text and binds.
    ///
    /// # Errors
    /// If the dialect does not support it.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        render(&Statement::Select(self.select.clone()), dialect)
    }
}

/// One operand or a tuple of them.
pub trait NodeList {
    /// The nodes.
    fn into_nodes(self) -> Vec<Node>;
}

impl<O: Operand<Scope = AdHoc>> NodeList for O {
    fn into_nodes(self) -> Vec<Node> {
        vec![self.into_operand()]
    }
}

macro_rules! lists {
    ($($name:ident)+) => {
        impl<$($name: Operand<Scope = AdHoc>),+> NodeList for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_nodes(self) -> Vec<Node> {
                let ($($name,)+) = self;
                vec![$($name.into_operand()),+]
            }
        }
    };
}
lists!(A);
lists!(A B);
lists!(A B C);
lists!(A B C D);
lists!(A B C D E);
lists!(A B C D E F);
lists!(A B C D E F G);
lists!(A B C D E F G H);
