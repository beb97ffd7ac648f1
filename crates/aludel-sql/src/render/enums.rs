//! Enums without a native type compare and sort in the order of their declaration, as PostgreSQL's do: by the position of
//! a label among the labels.

use super::Writer;
use crate::error::Result;
use crate::expr::{Aggregate, BinaryOp, Case, Function, Node};
use crate::types::Kind;
use crate::value::{EnumType, Value};

impl Writer {
    /// The enum whose labels this is, if the database knows it as text only.
    pub(super) fn text_enum(&mut self, node: &Node) -> Option<EnumType> {
        if self.dialect().capabilities().native_enums {
            return None;
        }
        match self.kind(node) {
            Kind::Enum(kind) => Some(kind),
            _ => None,
        }
    }

    /// The position of a label: `CASE x WHEN 'low' THEN 1 … END`; NULL stays NULL.
    pub(super) fn rank(&mut self, kind: EnumType, node: &Node) -> Result<()> {
        self.push("CASE ");
        self.operand(node)?;
        for (n, label) in kind.labels.iter().enumerate() {
            self.push(" WHEN ");
            self.text_literal(label)?;
            self.push(&format!(" THEN {}", n + 1));
        }
        self.push(" END");
        Ok(())
    }

    /// The label of a position that `write` writes.
    fn unrank(
        &mut self,
        kind: EnumType,
        write: impl FnOnce(&mut Writer) -> Result<()>,
    ) -> Result<()> {
        self.push("CASE ");
        write(self)?;
        for (n, label) in kind.labels.iter().enumerate() {
            self.push(&format!(" WHEN {} THEN ", n + 1));
            self.text_literal(label)?;
        }
        self.push(" END");
        Ok(())
    }

    /// `left < right` and the like. With a label on one side it is a list of labels, which can use an index.
    pub(super) fn enum_order(
        &mut self,
        kind: EnumType,
        op: BinaryOp,
        left: &Node,
        right: &Node,
    ) -> Result<()> {
        let (operand, label, op) = match (left, right) {
            (other, Node::Value(Value::Enum(_, label))) => (other, label, op),
            (Node::Value(Value::Enum(_, label)), other) => (other, label, mirrored(op)),
            _ => {
                self.rank(kind, left)?;
                self.push(order_word(op));
                return self.rank(kind, right);
            }
        };
        let Some(at) = kind.labels.iter().position(|known| known == label) else {
            return Err(crate::error::Error::invalid(format!(
                "{label:?} is no label of {}",
                kind.name
            )));
        };
        let labels = match op {
            BinaryOp::Less => &kind.labels[..at],
            BinaryOp::LessOrEqual => &kind.labels[..=at],
            BinaryOp::Greater => &kind.labels[at + 1..],
            _ => &kind.labels[at..],
        };
        self.operand(operand)?;
        if labels.is_empty() {
            // False, and unknown for NULL.
            self.push(" <> ");
            return self.operand(operand);
        }
        self.push(" IN (");
        for (n, label) in labels.iter().enumerate() {
            self.push(if n > 0 { ", " } else { "" });
            self.text_literal(label)?;
        }
        self.push(")");
        Ok(())
    }

    /// `x BETWEEN low AND high`.
    pub(super) fn enum_between(
        &mut self,
        kind: EnumType,
        three: &(Node, Node, Node),
    ) -> Result<()> {
        self.rank(kind, &three.0)?;
        self.push(" BETWEEN ");
        self.rank(kind, &three.1)?;
        self.push(" AND ");
        self.rank(kind, &three.2)
    }

    /// `min(x)` and `max(x)`, as an aggregate that `write` writes.
    pub(super) fn enum_extreme(
        &mut self,
        kind: EnumType,
        aggregate: &Aggregate,
        write: impl FnOnce(&mut Writer, Aggregate) -> Result<()>,
    ) -> Result<()> {
        let mut plain = aggregate.clone();
        plain.argument = plain.argument.map(|argument| ranked(kind, argument));
        self.unrank(kind, |w| write(w, plain))
    }

    /// `greatest(a, b)` and `least(a, b)`.
    pub(super) fn enum_greatest(
        &mut self,
        kind: EnumType,
        function: Function,
        arguments: &[Node],
    ) -> Result<()> {
        let arguments = arguments.iter().cloned();
        let arguments: Vec<Node> = arguments.map(|node| ranked(kind, node)).collect();
        self.unrank(kind, |w| w.dialect().function(w, function, &arguments))
    }
}

/// The position of a label, as a node.
fn ranked(kind: EnumType, node: Node) -> Node {
    let branches = kind.labels.iter().enumerate().map(|(n, label)| {
        let label = Value::Enum(kind.kept(), label);
        let number = i32::try_from(n + 1).unwrap_or(i32::MAX);
        (
            Node::binary(BinaryOp::Equal, node.clone(), Node::Value(label)),
            Node::Value(Value::I32(number)),
        )
    });
    Node::Case(Box::new(Case {
        branches: branches.collect(),
        otherwise: None,
    }))
}

fn order_word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Less => " < ",
        BinaryOp::LessOrEqual => " <= ",
        BinaryOp::Greater => " > ",
        _ => " >= ",
    }
}

fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        BinaryOp::Greater => BinaryOp::Less,
        _ => BinaryOp::LessOrEqual,
    }
}
