//! Pages by number, and by place in the order.

use super::build::Part;
use crate::meta::ModelMeta;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, Node, UnaryOp};
use aludel_sql::statement::{Nulls, OrderTerm};

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<R> {
    /// The rows.
    pub items: Vec<R>,
    /// The page's number, from 1.
    pub number: u64,
    /// How many rows a page has at most.
    pub size: u64,
    /// How many rows there are on all pages.
    pub total: u64,
}

impl<R> Page<R> {
    /// How many pages there are.
    pub fn pages(&self) -> u64 {
        self.total.div_ceil(self.size)
    }

    /// Whether there is a page after this one.
    pub fn has_next(&self) -> bool {
        self.number < self.pages()
    }
}

/// A row's place in an order: the values of the columns it is ordered by.
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    values: Vec<Value>,
}

impl Cursor {
    /// A cursor of these values, one for each term of the order (the primary key's columns last).
    pub fn new(values: Vec<Value>) -> Cursor {
        Cursor { values }
    }

    /// Its values, to be kept or sent.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    pub(crate) fn of(part: &Part, row: Vec<Value>) -> Result<Cursor> {
        let values = part
            .state
            .order_by
            .iter()
            .map(|term| {
                let at = match &term.node {
                    Node::Root(column) => part
                        .meta
                        .fields
                        .iter()
                        .position(|field| field.column == *column),
                    _ => None,
                };
                at.map(|at| row[at].clone()).ok_or_else(not_a_column)
            })
            .collect::<Result<_>>()?;
        Ok(Cursor { values })
    }

    /// `a > x OR (a = x AND b > y) OR …`, each comparison in its term's direction, NULLs where the order has them.
    pub(crate) fn condition(
        &self,
        order: &[OrderTerm],
        meta: &ModelMeta,
        dialect: Option<&'static dyn Dialect>,
    ) -> Result<Node> {
        if order.len() != self.values.len() {
            return Err(Error::invalid_query(format!(
                "the cursor has {} values and the order {} terms; take it from a query of the same order",
                self.values.len(),
                order.len()
            )));
        }
        let mut branches = Vec::new();
        let mut equal: Vec<Node> = Vec::new();
        for (term, value) in order.iter().zip(&self.values) {
            let nullable = match &term.node {
                Node::Root(column) => meta
                    .field_of_column(column)
                    .is_none_or(|field| field.nullable),
                _ => return Err(not_a_column()),
            };
            if let Some(beyond) = beyond(term, value, nullable, dialect) {
                let all = equal.iter().cloned().chain([beyond]).reduce(Node::and);
                branches.extend(all);
            }
            equal.push(if value.is_null() {
                Node::Unary(UnaryOp::IsNull, Box::new(term.node.clone()))
            } else {
                Node::binary(
                    BinaryOp::Equal,
                    term.node.clone(),
                    Node::Value(value.clone()),
                )
            });
        }
        Ok(branches
            .into_iter()
            .reduce(Node::or)
            .unwrap_or(Node::Value(Value::Bool(false))))
    }
}

fn not_a_column() -> Error {
    Error::invalid_query("a cursor needs an order by columns of the model itself")
}

/// What comes behind a value in one term; nothing can come behind NULLs that are last.
fn beyond(
    term: &OrderTerm,
    value: &Value,
    nullable: bool,
    dialect: Option<&'static dyn Dialect>,
) -> Option<Node> {
    let nulls_last = match term.nulls {
        Some(Nulls::Last) => true,
        Some(Nulls::First) => false,
        // PostgreSQL takes NULL for the greatest, the others for the least.
        None => (dialect.is_some_and(|dialect| dialect.name() == "postgres")) != term.descending,
    };
    let column = || Box::new(term.node.clone());
    if value.is_null() {
        return (!nulls_last).then(|| Node::Unary(UnaryOp::IsNotNull, column()));
    }
    let op = if term.descending {
        BinaryOp::Less
    } else {
        BinaryOp::Greater
    };
    let further = Node::binary(op, term.node.clone(), Node::Value(value.clone()));
    Some(if nullable && nulls_last {
        further.or(Node::Unary(UnaryOp::IsNull, column()))
    } else {
        further
    })
}
