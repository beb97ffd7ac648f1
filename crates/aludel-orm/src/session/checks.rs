//! The CHECKs of a table, evaluated for a row as far as memory allows.

use super::evaluate::evaluated;
use super::unique::read_columns;
use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::validate::enforced;
use aludel_sql::Value;
use aludel_sql::expr::{ArithmeticOp, BinaryOp, Node, UnaryOp};
use std::cmp::Ordering;

/// The CHECKs that read a column.
pub(crate) struct Checks<'m> {
    meta: &'m ModelMeta,
    at: usize,
    conditions: Vec<Node>,
    /// The columns that they read.
    columns: Vec<usize>,
}

impl<'m> Checks<'m> {
    pub(crate) fn of(meta: &'m ModelMeta, at: usize) -> Checks<'m> {
        let rules = |field: &FieldMeta| field.enforced.then(|| enforced(field)).flatten();
        let fields = meta.fields.iter();
        let of_fields = fields.flat_map(|field| [field.check.clone(), rules(field)]);
        let of_table = meta
            .checks
            .iter()
            .map(|check| Some(check.condition.clone()));
        let mut checks = Checks {
            meta,
            at,
            conditions: Vec::new(),
            columns: Vec::new(),
        };
        for condition in of_fields.chain(of_table).flatten() {
            let mut read = Vec::new();
            read_columns(meta, &condition, &mut read);
            if read.contains(&at) {
                checks.conditions.push(condition);
                checks.columns.extend(read);
            }
        }
        checks
    }

    /// Whether no CHECK reads the column.
    pub(crate) fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether a row may have this value in the column; `row` gives its other values. `None` if only the database can say.
    pub(crate) fn allow<'v>(
        &self,
        value: &'v Value,
        row: &impl Fn(usize) -> Option<&'v Value>,
    ) -> Option<bool> {
        let column = |name: &str| -> Option<&'v Value> {
            let mut fields = self.meta.fields.iter();
            let at = fields.position(|field| field.column == name)?;
            match at == self.at {
                true => Some(value),
                false => row(at).filter(|_| self.meta.fields[at].generated.is_none()),
            }
        };
        let conditions = self.conditions.iter();
        let all = conditions.map(|condition| truth(condition, &column));
        // A CHECK fails only if it is false: NULL passes.
        Some(all.reduce(both).unwrap_or(Some(Some(true)))? != Some(false))
    }

    /// The values that the conditions name, and those of the other columns that they read; limits are among them.
    pub(crate) fn named<'v>(&self, row: &impl Fn(usize) -> Option<&'v Value>) -> Vec<Value> {
        let mut named = Vec::new();
        for condition in &self.conditions {
            condition.any(&mut |node| {
                match node {
                    Node::Value(value) => named.push(value.clone()),
                    Node::InList(list) => named.extend(list.values.iter().cloned()),
                    _ => {}
                }
                false
            });
        }
        named.extend(self.columns.iter().filter_map(|at| row(*at).cloned()));
        named
    }
}

/// `Some(None)` is unknown (NULL); `None` can't be evaluated in memory.
fn truth<'v>(node: &Node, column: &impl Fn(&str) -> Option<&'v Value>) -> Option<Option<bool>> {
    match node {
        Node::And(all) => {
            let all = all.iter().map(|node| truth(node, column));
            all.reduce(both).unwrap_or(Some(Some(true)))
        }
        Node::Or(any) => {
            let any = any.iter().map(|node| not(truth(node, column)));
            not(any.reduce(both).unwrap_or(Some(Some(true))))
        }
        Node::Unary(UnaryOp::Not, inner) => not(truth(inner, column)),
        Node::Binary(op, pair) => {
            let sides = (operand(&pair.0, column), operand(&pair.1, column));
            match (
                compared(*op, sides.0.as_ref(), sides.1.as_ref()),
                evaluated(node, column),
            ) {
                (None, Some(Value::Bool(value))) => Some(Some(value)),
                (known, _) => known,
            }
        }
        Node::Between(three) => {
            let [value, low, high] =
                [&three.0, &three.1, &three.2].map(|node| operand(node, column));
            let from = compared(BinaryOp::GreaterOrEqual, value.as_ref(), low.as_ref());
            let to = compared(BinaryOp::LessOrEqual, value.as_ref(), high.as_ref());
            both(from, to)
        }
        Node::InList(list) => {
            let value = operand(&list.operand, column);
            let mut result = Some(Some(false));
            for item in &list.values {
                let same = compared(BinaryOp::Equal, value.as_ref(), Some(item));
                result = not(both(not(result), not(same)));
            }
            if list.negated { not(result) } else { result }
        }
        _ => match evaluated(node, column)? {
            Value::Bool(value) => Some(Some(value)),
            Value::Null => Some(None),
            _ => None,
        },
    }
}

/// AND: false wins, even if the other side can't be evaluated.
fn both(a: Option<Option<bool>>, b: Option<Option<bool>>) -> Option<Option<bool>> {
    match (a, b) {
        (Some(Some(false)), _) | (_, Some(Some(false))) => Some(Some(false)),
        (None, _) | (_, None) => None,
        (Some(None), _) | (_, Some(None)) => Some(None),
        _ => Some(Some(true)),
    }
}

fn not(truth: Option<Option<bool>>) -> Option<Option<bool>> {
    truth.map(|truth| truth.map(|value| !value))
}

fn operand<'v>(node: &Node, column: &impl Fn(&str) -> Option<&'v Value>) -> Option<Value> {
    match node {
        // The remainder of non-negative numbers is the same on every database.
        Node::Arithmetic(ArithmeticOp::Remainder, _, pair) => {
            let (a, b) = (operand(&pair.0, column)?, operand(&pair.1, column)?);
            let (a, b) = (a.as_i64()?, b.as_i64()?);
            (a >= 0 && b > 0).then(|| Value::I64(a % b))
        }
        node => evaluated(node, column),
    }
}

fn compared(op: BinaryOp, a: Option<&Value>, b: Option<&Value>) -> Option<Option<bool>> {
    let (a, b) = (a?, b?);
    if a.is_null() || b.is_null() {
        let is_plain = !matches!(op, BinaryOp::Same | BinaryOp::Distinct | BinaryOp::Concat);
        return is_plain.then_some(None);
    }
    let is_equality = matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
    let order = match a {
        Value::Uuid(_) if !is_equality => return None,
        Value::Text(_) | Value::Json(_) | Value::Enum(..) => {
            let (a, b) = (a.as_str()?, b.as_str()?);
            // A collation may treat other texts as equal, and has an order of its own.
            let is_plain = a == b || is_equality && a.to_lowercase() != b.to_lowercase();
            is_plain.then(|| a.cmp(b))?
        }
        Value::Uuid(_)
        | Value::Bool(_)
        | Value::I16(_)
        | Value::I32(_)
        | Value::I64(_)
        | Value::F32(_)
        | Value::F64(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_) => a.compare(b)?,
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => a.compare(b)?,
        Value::Null | Value::Bytes(_) | Value::Array(_) | Value::Invalid(_) => return None,
    };
    Some(Some(match op {
        BinaryOp::Equal => order == Ordering::Equal,
        BinaryOp::NotEqual => order != Ordering::Equal,
        BinaryOp::Less => order == Ordering::Less,
        BinaryOp::LessOrEqual => order != Ordering::Greater,
        BinaryOp::Greater => order == Ordering::Greater,
        BinaryOp::GreaterOrEqual => order != Ordering::Less,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::truth;
    use aludel_sql::Value;
    use aludel_sql::expr::{BinaryOp, Node};

    fn column(name: &str) -> Option<&'static Value> {
        match name {
            "n" => Some(&Value::I32(3)),
            "f" => Some(&Value::F64(0.5)),
            "null" => Some(&Value::Null),
            _ => None,
        }
    }

    fn at_least(name: &'static str, limit: i64) -> Node {
        let limit = Node::Value(Value::I64(limit));
        Node::binary(BinaryOp::GreaterOrEqual, Node::Root(name.into()), limit)
    }

    #[test]
    fn what_is_certainly_false_decides() {
        let open = || Node::Call("f".into(), Vec::new());
        let cases = [
            (at_least("n", 3), Some(Some(true))),
            (at_least("n", 4), Some(Some(false))),
            (at_least("f", 1), Some(Some(false))),
            (at_least("null", 1), Some(None)),
            (open().and(at_least("n", 4)), Some(Some(false))),
            (open().and(at_least("n", 3)), None),
            (open().or(at_least("n", 3)), Some(Some(true))),
            (open().or(at_least("n", 4)), None),
        ];
        for (node, expected) in cases {
            assert_eq!(truth(&node, &column), expected, "{node:?}");
        }
    }
}
