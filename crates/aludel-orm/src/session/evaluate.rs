//! Evaluates conditions on rows in memory: those that mean the same on every database, whatever its collation. And expressions,
//! as far as needed to see which rows have equal ones.

use super::in_lists::InLists;
use aludel_sql::Value;
use aludel_sql::expr::{ArithmeticOp, BinaryOp, Function, Node, UnaryOp};

/// Whether a row fulfils a condition; unknown (NULL) is false. `None` if it can't be evaluated in memory.
pub(crate) fn holds<'v>(
    condition: &Node,
    column: &impl Fn(&str) -> Option<&'v Value>,
) -> Option<bool> {
    truth(condition, column, None).map(|truth| truth == Some(true))
}

/// The same with lists that were [turned into sets](InLists), for a condition that many rows are checked against.
pub(crate) fn holds_in<'v>(
    condition: &Node,
    column: &impl Fn(&str) -> Option<&'v Value>,
    lists: &InLists<'_>,
) -> Option<bool> {
    truth(condition, column, Some(lists)).map(|truth| truth == Some(true))
}

/// The value of an expression for a row; `None` if it can't be evaluated in memory.
pub(crate) fn evaluated<'v>(
    node: &Node,
    column: &impl Fn(&str) -> Option<&'v Value>,
) -> Option<Value> {
    match node {
        Node::Value(value) => Some(value.clone()),
        Node::Root(name) => column(name).cloned(),
        Node::Function(function, operands) => {
            let operands = operands.iter().map(|operand| evaluated(operand, column));
            call(*function, operands.collect::<Option<Vec<Value>>>()?)
        }
        Node::Case(case) => {
            for (when, then) in &case.branches {
                if holds(when, column)? {
                    return evaluated(then, column);
                }
            }
            match &case.otherwise {
                Some(node) => evaluated(node, column),
                None => Some(Value::Null),
            }
        }
        Node::Binary(BinaryOp::Concat, pair) => {
            match (evaluated(&pair.0, column)?, evaluated(&pair.1, column)?) {
                (Value::Text(a), Value::Text(b)) => Some(Value::Text(a + &b)),
                (Value::Null, _) | (_, Value::Null) => Some(Value::Null),
                _ => None,
            }
        }
        Node::Arithmetic(op, _, pair) => arithmetic(
            *op,
            &evaluated(&pair.0, column)?,
            &evaluated(&pair.1, column)?,
        ),
        Node::Unary(UnaryOp::Negate, inner) => arithmetic(
            ArithmeticOp::Subtract,
            &Value::I64(0),
            &evaluated(inner, column)?,
        ),
        Node::And(_) | Node::Or(_) | Node::Unary(..) | Node::Binary(..) | Node::InList(_) => {
            Some(truth(node, column, None)?.map_or(Value::Null, Value::Bool))
        }
        _ => None,
    }
}

/// Arithmetic of integers, which is the same on every database, except for division.
fn arithmetic(op: ArithmeticOp, a: &Value, b: &Value) -> Option<Value> {
    if a.is_null() || b.is_null() {
        return Some(Value::Null);
    }
    let (a, b) = (a.as_i64()?, b.as_i64()?);
    let result = match op {
        ArithmeticOp::Add => a.checked_add(b),
        ArithmeticOp::Subtract => a.checked_sub(b),
        ArithmeticOp::Multiply => a.checked_mul(b),
        ArithmeticOp::Divide | ArithmeticOp::Remainder => None,
    };
    result.map(Value::I64)
}

fn call(function: Function, operands: Vec<Value>) -> Option<Value> {
    if function == Function::Coalesce {
        let mut given = operands.into_iter().filter(|value| !value.is_null());
        return Some(given.next().unwrap_or(Value::Null));
    }
    if function == Function::Abs {
        return match &operands[..] {
            [Value::Null] => Some(Value::Null),
            [value] => value.as_i64()?.checked_abs().map(Value::I64),
            _ => None,
        };
    }
    let text = match &operands[..] {
        [Value::Text(text)] => text,
        [Value::Null] => return Some(Value::Null),
        _ => return None,
    };
    if function == Function::Length {
        return i64::try_from(text.chars().count()).ok().map(Value::I64);
    }
    Some(Value::Text(match function {
        Function::Lower => text.to_lowercase(),
        Function::Upper => text.to_uppercase(),
        Function::Trim => text.trim_matches(' ').to_string(),
        Function::TrimStart => text.trim_start_matches(' ').to_string(),
        Function::TrimEnd => text.trim_end_matches(' ').to_string(),
        _ => return None,
    }))
}

/// `Some(None)` is unknown (NULL); `None` can't be evaluated in memory.
fn truth<'v>(
    node: &Node,
    column: &impl Fn(&str) -> Option<&'v Value>,
    lists: Option<&InLists<'_>>,
) -> Option<Option<bool>> {
    match node {
        Node::Value(Value::Bool(value)) => Some(Some(*value)),
        Node::And(all) => {
            let mut result = Some(true);
            for node in all {
                result = match (result, truth(node, column, lists)?) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                };
            }
            Some(result)
        }
        Node::Or(any) => {
            let mut result = Some(false);
            for node in any {
                result = match (result, truth(node, column, lists)?) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                };
            }
            Some(result)
        }
        Node::Unary(op, inner) => match op {
            UnaryOp::Not => Some(truth(inner, column, lists)?.map(|value| !value)),
            UnaryOp::IsNotTrue => Some(Some(truth(inner, column, lists)? != Some(true))),
            UnaryOp::IsNull => Some(Some(value(inner, column)?.is_null())),
            UnaryOp::IsNotNull => Some(Some(!value(inner, column)?.is_null())),
            UnaryOp::Negate => None,
        },
        Node::Binary(op, pair) => compare(*op, value(&pair.0, column)?, value(&pair.1, column)?),
        Node::InList(list) => {
            let wanted = value(&list.operand, column)?;
            if let Some(found) = lists.and_then(|lists| lists.has(list, wanted)) {
                return Some(found.map(|found| found != list.negated));
            }
            let mut result = Some(false);
            for item in &list.values {
                result = match compare(BinaryOp::Equal, wanted, item)? {
                    Some(true) => return Some(Some(!list.negated)),
                    Some(false) => result,
                    None => None,
                };
            }
            Some(result.map(|found| found != list.negated))
        }
        Node::Root(_) => match value(node, column)? {
            Value::Bool(value) => Some(Some(*value)),
            Value::Null => Some(None),
            _ => None,
        },
        _ => None,
    }
}

fn value<'a, 'v: 'a>(
    node: &'a Node,
    column: &impl Fn(&str) -> Option<&'v Value>,
) -> Option<&'a Value> {
    match node {
        Node::Value(value) => Some(value),
        Node::Root(name) => column(name),
        _ => None,
    }
}

fn compare(op: BinaryOp, a: &Value, b: &Value) -> Option<Option<bool>> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let null_safe = matches!(op, BinaryOp::Same | BinaryOp::Distinct);
    if a.is_null() || b.is_null() {
        let same = a.is_null() && b.is_null();
        return Some(null_safe.then_some(same == (op == BinaryOp::Same)));
    }
    let is_known = match a {
        Value::Bool(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_) => true,
        Value::I16(_) | Value::I32(_) | Value::I64(_) => b.as_i64().is_some(),
        // For texts and UUIDs only equality is the same on every database.
        Value::Text(text) => {
            is_equality(op) && (a == b || plain(text) && b.as_str().is_some_and(plain))
        }
        Value::Uuid(_) => is_equality(op),
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => false,
        Value::Null
        | Value::F32(_)
        | Value::F64(_)
        | Value::Bytes(_)
        | Value::Json(_)
        | Value::Enum(..)
        | Value::Array(_)
        | Value::Invalid(_) => false,
    };
    let order = a.compare(b).filter(|_| is_known)?;
    Some(Some(match op {
        BinaryOp::Equal | BinaryOp::Same => order == Equal,
        BinaryOp::NotEqual | BinaryOp::Distinct => order != Equal,
        BinaryOp::Less => order == Less,
        BinaryOp::LessOrEqual => order != Greater,
        BinaryOp::Greater => order == Greater,
        BinaryOp::GreaterOrEqual => order != Less,
        BinaryOp::Concat => return None,
    }))
}

fn is_equality(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Same | BinaryOp::Distinct
    )
}

/// Whether a text has no trailing spaces, which MariaDB ignores when it compares.
pub(super) fn plain(text: &str) -> bool {
    !text.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::{evaluated, holds};
    use aludel_sql::Value;
    use aludel_sql::expr::{BinaryOp, Function, Node, UnaryOp};

    fn column(name: &str) -> Option<&'static Value> {
        match name {
            "n" => Some(&Value::I32(3)),
            "null" => Some(&Value::Null),
            _ => None,
        }
    }

    fn binary(op: BinaryOp, name: &'static str, n: i64) -> Node {
        Node::binary(op, Node::Root(name.into()), Node::Value(Value::I64(n)))
    }

    #[test]
    fn unknown_is_neither_true_nor_false() {
        let unknown = binary(BinaryOp::Equal, "null", 1);
        assert_eq!(holds(&unknown, &column), Some(false));
        assert_eq!(holds(&unknown.clone().negated(), &column), Some(false));
        let not_true = Node::Unary(UnaryOp::IsNotTrue, Box::new(unknown));
        assert_eq!(holds(&not_true, &column), Some(true));
    }

    #[test]
    fn expressions_of_rows_that_are_equal_come_to_the_same() {
        let text = |text: &str| Node::Value(Value::Text(text.into()));
        let call = |function, operands| evaluated(&Node::Function(function, operands), &column);
        let known = [
            (Function::Lower, vec![text("ÄB")], Value::Text("äb".into())),
            (Function::Trim, vec![text(" a ")], Value::Text("a".into())),
            (
                Function::Lower,
                vec![Node::Root("null".into())],
                Value::Null,
            ),
            (
                Function::Coalesce,
                vec![Node::Root("null".into()), Node::Root("n".into())],
                Value::I32(3),
            ),
        ];
        for (function, operands, expected) in known {
            assert_eq!(call(function, operands), Some(expected), "{function:?}");
        }
        assert_eq!(call(Function::Round, vec![Node::Root("n".into())]), None);
        assert_eq!(
            call(Function::Lower, vec![Node::Root("other".into())]),
            None
        );
    }

    #[test]
    fn what_cannot_be_said_is_not_said() {
        let like = Node::Call("f".into(), Vec::new());
        let both = binary(BinaryOp::Equal, "n", 3).and(like);
        assert_eq!(holds(&both, &column), None);
        assert_eq!(
            holds(&binary(BinaryOp::GreaterOrEqual, "n", 3), &column),
            Some(true)
        );
    }
}
