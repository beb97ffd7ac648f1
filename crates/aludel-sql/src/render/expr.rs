//! Expressions.

use super::Writer;
use super::junction::Junction;
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, BinaryOp, Case, Function, InQuery, JsonStep, Name, Node,
    NumberKind, UnaryOp,
};
use crate::statement::{Nulls, OrderTerm};
use crate::types::Kind;
use crate::value::Value;

impl Writer {
    /// An expression.
    ///
    /// # Errors
    /// If the dialect does not support it, or it is invalid here.
    pub fn node(&mut self, node: &Node) -> Result<()> {
        if !self.shared.is_empty()
            && let Some(at) = self.shared_at(node)
        {
            return self.shared_node(node, at);
        }
        self.written(node)
    }

    /// Which of the shared expressions this is.
    fn shared_at(&self, node: &Node) -> Option<usize> {
        let depth = self.depth();
        let mut shared = self.shared.iter();
        shared.position(|shared| shared.depth == depth && shared.node == *node)
    }

    fn shared_node(&mut self, node: &Node, at: usize) -> Result<()> {
        if let Some(text) = &self.shared[at].text {
            self.text.push_str(text);
            return Ok(());
        }
        let start = self.text.len();
        self.written(node)?;
        self.shared[at].text = Some(self.text[start..].to_owned());
        Ok(())
    }

    fn written(&mut self, node: &Node) -> Result<()> {
        let dialect = self.dialect();
        match node {
            Node::Value(value) => match self.unknown_enum(node) {
                None => self.value(value),
                Some(kind) => self.cast_label(value, kind),
            },
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
            Node::Unary(UnaryOp::Negate, operand) => {
                self.exact(node, |w| w.dialect().negate(w, operand))
            }
            Node::Unary(op, operand) => self.unary(*op, operand),
            Node::Binary(op, pair) => self.binary(*op, &pair.0, &pair.1),
            Node::Arithmetic(op, kind, pair) => {
                let kind = match (kind, self.kind(node)) {
                    (NumberKind::Unknown, Kind::Decimal) => NumberKind::Decimal,
                    (NumberKind::Unknown, Kind::Float) => NumberKind::Float,
                    (NumberKind::Unknown, Kind::Integer) => NumberKind::Integer,
                    (known, _) => *known,
                };
                dialect.arithmetic(self, *op, kind, &pair.0, &pair.1)
            }
            Node::And(nodes) => self.junction(nodes, Junction::And),
            Node::Or(nodes) => self.junction(nodes, Junction::Or),
            Node::Between(three) => {
                if let Some(kind) = self.text_enum(&three.0) {
                    return self.enum_between(kind, three);
                }
                self.check_order([&three.0, &three.1, &three.2])?;
                let cast = self.cast_three(three);
                let three = cast.as_ref().unwrap_or(three);
                self.together(&[&three.0, &three.1, &three.2], true, |w| {
                    w.compared(&three.0, &three.1)?;
                    w.push(" BETWEEN ");
                    w.operand(&three.1)?;
                    w.push(" AND ");
                    w.operand(&three.2)
                })
            }
            Node::InList(list) if list.values.is_empty() => self.truth(list.negated),
            Node::InList(list) => dialect.in_list(self, list),
            Node::InQuery(query) => self.in_query(query),
            Node::Text(text) => match self.cast_match(text) {
                Some(text) => dialect.text_match(self, &text),
                None => dialect.text_match(self, text),
            },
            Node::Case(case) => match self.cast_case(case) {
                Some(case) => self.exact(node, |w| w.case(&case)),
                None => self.exact(node, |w| w.case(case)),
            },
            Node::Cast(cast) => self.exact(node, |w| w.cast(&cast.0, &cast.1)),
            Node::Typed(typed) if dialect.capabilities().decimal_collation.is_some() => {
                self.exact(node, |w| w.operand(&typed.0))
            }
            Node::Typed(typed) => self.written(&typed.0),
            Node::Collate(collate) => {
                self.operand(&collate.0)?;
                // Quoted: its case counts only if it does in the database.
                self.push(" COLLATE ");
                self.checked_identifier(&collate.1)
            }
            Node::Function(function, arguments) => self.function(node, *function, arguments),
            Node::Call(name, arguments) | Node::AggregateCall(name, arguments) => {
                check_function_name(name)?;
                self.in_own_widths(|w| w.call(name, arguments))
            }
            Node::Aggregate(aggregate) => self.aggregate(node, aggregate),
            Node::Window(window) => self.window(node, window),
            Node::Exists(query) => {
                self.push("EXISTS (");
                self.select(query)?;
                self.push(")");
                Ok(())
            }
            Node::Subquery(query) => self.exact(node, |w| {
                w.push("(");
                w.select(query)?;
                w.push(")");
                Ok(())
            }),
            Node::Keyset(keyset) => self.keyset(keyset),
            Node::Tuple(nodes) => {
                self.push("(");
                self.nodes(nodes)?;
                self.push(")");
                Ok(())
            }
            Node::Json(get) => {
                let is_nul =
                    |step: &JsonStep| matches!(step, JsonStep::Key(key) if key.contains('\0'));
                if get.path.iter().any(is_nul) {
                    return Err(Error::unsupported(
                        "JSON key with a NUL character in it",
                        dialect.name(),
                        "read the whole document",
                    ));
                }
                dialect.json_get(self, get)
            }
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
            Node::Refused(why) => Err(Error::invalid(why.to_string())),
        }
    }

    /// An expression as an operand: in parentheses unless it is a single term anyway.
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
                | Node::AggregateCall(..)
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
        if let Node::Typed(typed) = node {
            let collation = self.dialect().capabilities().decimal_collation;
            return match collation {
                // It has parentheses of its own.
                Some(_) => self.node(node),
                None => self.operand(&typed.0),
            };
        }
        self.push("(");
        self.node(node)?;
        self.push(")");
        Ok(())
    }

    /// A constant condition.
    ///
    /// # Errors
    /// None.
    pub fn truth(&mut self, holds: bool) -> Result<()> {
        self.push(if holds { "1 = 1" } else { "1 = 0" });
        Ok(())
    }

    /// A condition, as WHERE, HAVING or ON expect it.
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
        if let Some(table) = self.root_name() {
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
            UnaryOp::Negate => self.dialect().negate(self, operand),
            UnaryOp::IsNull | UnaryOp::IsNotNull if let Node::Value(value) = operand => {
                self.truth(value.is_null() == (op == UnaryOp::IsNull))
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

    pub(super) fn condition_operand(&mut self, operand: &Node) -> Result<()> {
        self.push("(");
        self.condition(operand)?;
        self.push(")");
        Ok(())
    }

    fn binary(&mut self, op: BinaryOp, left: &Node, right: &Node) -> Result<()> {
        self.together(&[left, right], true, |w| w.compare(op, left, right))
    }

    fn compare(&mut self, op: BinaryOp, left: &Node, right: &Node) -> Result<()> {
        let cast = match op {
            BinaryOp::Concat => self.cast_joined(left, right),
            _ => self.cast_pair(left, right),
        };
        let (left, right) = match &cast {
            Some((left, right)) => (left, right),
            None => (left, right),
        };
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
        let ordering = !matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        if ordering {
            self.check_order([left, right])?;
            let kind = match self.text_enum(left) {
                None => self.text_enum(right),
                some => some,
            };
            if let Some(kind) = kind {
                return self.enum_order(kind, op, left, right);
            }
        }
        self.compared(left, right)?;
        self.push(word);
        self.operand(right)
    }

    /// The left side of a comparison. A decimal value gets the collation that compares it, if there is one; columns and
    /// expressions have it already.
    pub(crate) fn compared(&mut self, left: &Node, right: &Node) -> Result<()> {
        let collation = self.dialect().capabilities().decimal_collation;
        match (collation, left) {
            (Some(collation), Node::Value(_))
                if self.first_kind([left, right]) == Kind::Decimal =>
            {
                self.push("(");
                self.node(left)?;
                self.push(collation);
                self.push(")");
                Ok(())
            }
            _ => self.operand(left),
        }
    }

    /// Runs `write`, and adds the collation that compares decimals, if the dialect has one and this is a decimal.
    pub(super) fn exact(
        &mut self,
        node: &Node,
        write: impl FnOnce(&mut Writer) -> Result<()>,
    ) -> Result<()> {
        let collation = self.dialect().capabilities().decimal_collation;
        match collation {
            Some(collation) if self.kind(node) == Kind::Decimal => {
                self.push("(");
                write(self)?;
                self.push(collation);
                self.push(")");
                Ok(())
            }
            _ => write(self),
        }
    }

    fn function(&mut self, node: &Node, function: Function, arguments: &[Node]) -> Result<()> {
        if matches!(function, Function::Greatest | Function::Least)
            && let Some(kind) = self.text_enum(node)
        {
            return self.enum_greatest(kind, function, arguments);
        }
        if matches!(function, Function::Greatest | Function::Least) {
            self.check_order(arguments)?;
        }
        self.check_part(function, arguments)?;
        let cast = self.cast_arguments(function, arguments);
        let arguments = cast.as_deref().unwrap_or(arguments);
        let nodes: Vec<&Node> = arguments.iter().collect();
        self.exact(node, |w| {
            w.together(&nodes, false, |w| {
                w.dialect().function(w, function, arguments)
            })
        })
    }

    fn aggregate(&mut self, node: &Node, aggregate: &Aggregate) -> Result<()> {
        if is_extreme(aggregate) {
            self.check_order(&aggregate.argument)?;
        }
        if is_extreme(aggregate)
            && let Some(kind) = self.text_enum(node)
        {
            return self.enum_extreme(kind, aggregate, |w, ranked| {
                w.dialect().aggregate(w, &ranked)
            });
        }
        self.exact(node, |w| w.dialect().aggregate(w, aggregate))
    }

    /// `left word right`.
    ///
    /// # Errors
    /// Errors of the operands.
    pub fn infix(&mut self, left: &Node, word: &str, right: &Node) -> Result<()> {
        self.operand(left)?;
        self.push(word);
        self.operand(right)
    }

    fn in_query(&mut self, query: &InQuery) -> Result<()> {
        self.compared(&query.operand, &query.operand)?;
        self.push(if query.negated { " NOT IN (" } else { " IN (" });
        let limited = query.query.limit.is_some() || query.query.offset.is_some();
        if limited && !self.dialect().capabilities().limit_in_list {
            self.push("SELECT * FROM (");
            self.named_select(&query.query)?;
            self.push(") AS ");
            self.identifier("chosen");
        } else {
            self.select(&query.query)?;
        }
        self.push(")");
        Ok(())
    }

    fn case(&mut self, case: &Case) -> Result<()> {
        let results = case.branches.iter().map(|(_, result)| result);
        let results: Vec<&Node> = results.chain(&case.otherwise).collect();
        self.together(&results, false, |w| w.case_body(case))
    }

    fn case_body(&mut self, case: &Case) -> Result<()> {
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

    /// The terms of an ORDER BY.
    ///
    /// # Errors
    /// Errors of the nodes.
    pub fn order_terms(&mut self, terms: &[OrderTerm]) -> Result<()> {
        for (n, term) in terms.iter().filter(|term| sorts(term)).enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.check_order([&term.node])?;
            let ranked = self.text_enum(&term.node);
            let native = self.dialect().capabilities().nulls_order;
            if let (Some(nulls), false) = (term.nulls, native) {
                self.operand(&term.node)?;
                self.push(match nulls {
                    Nulls::First => " IS NOT NULL, ",
                    Nulls::Last => " IS NULL, ",
                });
            }
            match ranked {
                Some(kind) => self.rank(kind, &term.node)?,
                None => self.operand(&term.node)?,
            }
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

pub(super) fn is_extreme(aggregate: &Aggregate) -> bool {
    matches!(
        aggregate.function,
        AggregateFunction::Min | AggregateFunction::Max
    )
}

/// Whether a term of an order has any effect: an expression of values alone is the same for all rows, and some databases
/// take a number for the position of a column.
pub fn sorts(term: &OrderTerm) -> bool {
    term.node.any(&mut |node| match node {
        Node::Function(function, _) => *function == Function::Random,
        other => !matches!(
            other,
            Node::Value(_)
                | Node::Unary(..)
                | Node::Binary(..)
                | Node::Arithmetic(..)
                | Node::And(_)
                | Node::Or(_)
                | Node::Between(_)
                | Node::InList(_)
                | Node::Text(_)
                | Node::Case(_)
                | Node::Cast(_)
                | Node::Collate(_)
                | Node::Tuple(_)
                | Node::Json(_)
        ),
    })
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
