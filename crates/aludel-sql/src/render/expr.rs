//! Expressions.

use super::Writer;
use crate::error::{Error, Result};
use crate::expr::{BinaryOp, Case, InQuery, Name, Node, UnaryOp, Window};
use crate::statement::{Nulls, OrderTerm};
use crate::value::Value;

impl Writer {
    /// An expression.
    ///
    /// # Errors
    /// What the dialect cannot do, and what makes no sense here.
    pub fn node(&mut self, node: &Node) -> Result<()> {
        let dialect = self.dialect();
        match node {
            Node::Value(value) => self.value(value),
            Node::Column(column) => {
                if let Some(table) = &column.table {
                    self.checked_identifier(table)?;
                    self.push(".");
                }
                self.checked_identifier(&column.name)
            }
            Node::Root(name) => self.root(name),
            Node::Path(path) if path.hops.is_empty() => self.root(&path.column),
            Node::Path(path) => Err(unresolved(&path.hops, &path.column)),
            Node::Quantified(quantified) => Err(unresolved(&quantified.hops, &quantified.relation)),
            Node::Star => {
                self.push("*");
                Ok(())
            }
            Node::Unary(op, operand) => self.unary(*op, operand),
            Node::Binary(op, pair) => self.binary(*op, &pair.0, &pair.1),
            Node::Arithmetic(op, kind, pair) => {
                dialect.arithmetic(self, *op, *kind, &pair.0, &pair.1)
            }
            Node::And(nodes) => self.junction(nodes, " AND ", true),
            Node::Or(nodes) => self.junction(nodes, " OR ", false),
            Node::Between(three) => {
                self.operand(&three.0)?;
                self.push(" BETWEEN ");
                self.operand(&three.1)?;
                self.push(" AND ");
                self.operand(&three.2)
            }
            Node::InList(list) if list.values.is_empty() => self.truth(list.negated),
            Node::InList(list) => dialect.in_list(self, list),
            Node::InQuery(query) => self.in_query(query),
            Node::Text(text) => dialect.text_match(self, text),
            Node::Case(case) => self.case(case),
            Node::Cast(cast) => {
                self.push("CAST(");
                self.node(&cast.0)?;
                self.push(" AS ");
                dialect.cast_type(&cast.1, &mut self.text)?;
                self.push(")");
                Ok(())
            }
            Node::Function(function, arguments) => dialect.function(self, *function, arguments),
            Node::Call(name, arguments) => {
                check_function_name(name)?;
                self.call(name, arguments)
            }
            Node::Aggregate(aggregate) => dialect.aggregate(self, aggregate),
            Node::Window(window) => self.window(window),
            Node::Exists(query) => {
                self.push("EXISTS (");
                self.select(query)?;
                self.push(")");
                Ok(())
            }
            Node::Subquery(query) => {
                self.push("(");
                self.select(query)?;
                self.push(")");
                Ok(())
            }
            Node::Tuple(nodes) => {
                self.push("(");
                self.nodes(nodes)?;
                self.push(")");
                Ok(())
            }
            Node::Json(get) => dialect.json_get(self, get),
            Node::Excluded(column) => {
                dialect.excluded(self, column);
                Ok(())
            }
            Node::Default => {
                if !self.dialect().capabilities().default_keyword {
                    return Err(Error::unsupported(
                        "DEFAULT as a value",
                        self.dialect().name(),
                        "leave the column out of the insert, or give its value",
                    ));
                }
                self.push("DEFAULT");
                Ok(())
            }
            Node::Raw(texts, nodes) => {
                for (n, text) in texts.iter().enumerate() {
                    self.push(text);
                    if let Some(node) = nodes.get(n) {
                        self.node(node)?;
                    }
                }
                Ok(())
            }
        }
    }

    /// An expression as an operand: in parentheses unless it is one word anyway.
    ///
    /// # Errors
    /// As [`node`](Writer::node).
    pub fn operand(&mut self, node: &Node) -> Result<()> {
        let plain = matches!(
            node,
            Node::Value(_)
                | Node::Column(_)
                | Node::Root(_)
                | Node::Path(_)
                | Node::Star
                | Node::Case(_)
                | Node::Cast(_)
                | Node::Function(..)
                | Node::Call(..)
                | Node::Aggregate(_)
                | Node::Window(_)
                | Node::Exists(_)
                | Node::Subquery(_)
                | Node::Tuple(_)
                | Node::Json(_)
                | Node::Excluded(_)
                | Node::Default
        );
        if plain {
            return self.node(node);
        }
        self.push("(");
        self.node(node)?;
        self.push(")");
        Ok(())
    }

    /// A condition that is known.
    ///
    /// # Errors
    /// None.
    pub fn truth(&mut self, holds: bool) -> Result<()> {
        self.push(if holds { "1 = 1" } else { "1 = 0" });
        Ok(())
    }

    /// A condition, where WHERE, HAVING or ON want one.
    ///
    /// # Errors
    /// As [`node`](Writer::node).
    pub fn condition(&mut self, node: &Node) -> Result<()> {
        match node {
            Node::Value(Value::Bool(holds)) => self.truth(*holds),
            other => self.node(other),
        }
    }

    fn root(&mut self, name: &Name) -> Result<()> {
        if let Some(Some(table)) = self.roots.last() {
            let table = table.clone();
            self.checked_identifier(&table)?;
            self.push(".");
        }
        self.checked_identifier(name)
    }

    fn unary(&mut self, op: UnaryOp, operand: &Node) -> Result<()> {
        match op {
            UnaryOp::Not => {
                self.push("NOT ");
                self.condition_operand(operand)
            }
            UnaryOp::Negate => {
                self.push("-");
                self.operand(operand)
            }
            UnaryOp::IsNull => {
                self.operand(operand)?;
                self.push(" IS NULL");
                Ok(())
            }
            UnaryOp::IsNotNull => {
                self.operand(operand)?;
                self.push(" IS NOT NULL");
                Ok(())
            }
            UnaryOp::IsNotTrue => {
                self.push("(");
                self.condition(operand)?;
                self.push(") IS NOT TRUE");
                Ok(())
            }
        }
    }

    fn condition_operand(&mut self, operand: &Node) -> Result<()> {
        self.push("(");
        self.condition(operand)?;
        self.push(")");
        Ok(())
    }

    fn binary(&mut self, op: BinaryOp, left: &Node, right: &Node) -> Result<()> {
        let word = match op {
            BinaryOp::Same => return self.dialect().same(self, left, right, false),
            BinaryOp::Distinct => return self.dialect().same(self, left, right, true),
            BinaryOp::Concat => return self.dialect().concat(self, left, right),
            BinaryOp::Equal => " = ",
            BinaryOp::NotEqual => " <> ",
            BinaryOp::Less => " < ",
            BinaryOp::LessOrEqual => " <= ",
            BinaryOp::Greater => " > ",
            BinaryOp::GreaterOrEqual => " >= ",
        };
        self.infix(left, word, right)
    }

    /// `left word right`.
    ///
    /// # Errors
    /// Those of the operands.
    pub fn infix(&mut self, left: &Node, word: &str, right: &Node) -> Result<()> {
        self.operand(left)?;
        self.push(word);
        self.operand(right)
    }

    fn junction(&mut self, nodes: &[Node], word: &str, empty: bool) -> Result<()> {
        match nodes {
            [] => return self.truth(empty),
            [only] => return self.condition(only),
            _ => {}
        }
        for (n, node) in nodes.iter().enumerate() {
            if n > 0 {
                self.push(word);
            }
            if matches!(
                node,
                Node::And(_) | Node::Or(_) | Node::Raw(..) | Node::Between(_)
            ) {
                self.condition_operand(node)?;
            } else {
                self.condition(node)?;
            }
        }
        Ok(())
    }

    fn in_query(&mut self, query: &InQuery) -> Result<()> {
        self.operand(&query.operand)?;
        self.push(if query.negated { " NOT IN (" } else { " IN (" });
        self.select(&query.query)?;
        self.push(")");
        Ok(())
    }

    fn case(&mut self, case: &Case) -> Result<()> {
        self.push("CASE");
        for (condition, result) in &case.branches {
            self.push(" WHEN ");
            self.condition(condition)?;
            self.push(" THEN ");
            self.node(result)?;
        }
        if let Some(otherwise) = &case.otherwise {
            self.push(" ELSE ");
            self.node(otherwise)?;
        }
        self.push(" END");
        Ok(())
    }

    fn window(&mut self, window: &Window) -> Result<()> {
        self.node(&window.function)?;
        self.push(" OVER (");
        if !window.partition_by.is_empty() {
            self.push("PARTITION BY ");
            self.nodes(&window.partition_by)?;
        }
        if !window.order_by.is_empty() {
            if !window.partition_by.is_empty() {
                self.push(" ");
            }
            self.push("ORDER BY ");
            self.order_terms(&window.order_by)?;
        }
        if let Some(frame) = window.frame {
            self.push(" ");
            self.push(frame);
        }
        self.push(")");
        Ok(())
    }

    /// The terms of an ORDER BY.
    ///
    /// # Errors
    /// Those of the nodes.
    pub fn order_terms(&mut self, terms: &[OrderTerm]) -> Result<()> {
        for (n, term) in terms.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            let native = self.dialect().capabilities().nulls_order;
            if let (Some(nulls), false) = (term.nulls, native) {
                self.operand(&term.node)?;
                self.push(match nulls {
                    Nulls::First => " IS NOT NULL, ",
                    Nulls::Last => " IS NULL, ",
                });
            }
            self.operand(&term.node)?;
            self.push(if term.descending { " DESC" } else { " ASC" });
            if let (Some(nulls), true) = (term.nulls, native) {
                self.push(match nulls {
                    Nulls::First => " NULLS FIRST",
                    Nulls::Last => " NULLS LAST",
                });
            }
        }
        Ok(())
    }
}

#[cold]
fn unresolved(hops: &[Name], name: &Name) -> Error {
    let mut path = hops.to_vec();
    path.push(name.clone());
    Error::invalid(format!(
        "the path {} speaks of a relation, which only a model's query can follow",
        path.join(".")
    ))
}

fn check_function_name(name: &str) -> Result<()> {
    let word = |part: &str| {
        !part.is_empty()
            && !part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if name.split('.').all(word) {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "{name:?} can't be a function's name: letters, digits and _ make one, with . after a schema"
    )))
}
