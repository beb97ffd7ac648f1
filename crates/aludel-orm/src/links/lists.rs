//! Conditions of pairs in a join table, by lists of one side.

use super::{MOST_ROWS, MOST_SPELLED};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, InList, Node};
use aludel_sql::types::SqlType;
use std::collections::HashMap;

/// A value that at least this many pairs share gets a list of its own.
const WORTH_A_LIST: usize = 16;

/// Conditions, one for each statement, so that each pair fulfils exactly one.
///
/// Uses `tag_id IN (…) AND post_id = 1` if many pairs share the value of a column: databases plan that once, but a spelled-out
/// `post_id = 1 AND tag_id = 2 OR …` branch by branch, each of them as if it found all rows of the post.
pub(super) fn conditions(columns: &[String], pairs: Vec<Vec<Value>>) -> Vec<Node> {
    let (mut conditions, spelled) = lists(columns, pairs);
    conditions.extend(
        spelled
            .chunks(MOST_SPELLED)
            .map(|chunk| any(columns, chunk)),
    );
    conditions
}

/// The condition that a row is one of these pairs, spelled out.
pub(super) fn any(columns: &[String], pairs: &[Vec<Value>]) -> Node {
    let each = pairs.iter().map(|pair| all(columns, pair));
    each.reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)))
}

/// The conditions of pairs that share a value with many others, and the pairs that do not.
fn lists(columns: &[String], rows: Vec<Vec<Value>>) -> (Vec<Node>, Vec<Vec<Value>>) {
    let [first, second] = columns else {
        return (Vec::new(), rows);
    };
    let keys = |at: usize| -> Option<Vec<Key>> {
        let keys = rows.iter().map(|row| Key::of(row.get(at)?));
        keys.collect()
    };
    let (Some(firsts), Some(seconds)) = (keys(0), keys(1)) else {
        return (Vec::new(), rows);
    };
    let (one, other) = (groups(&firsts), groups(&seconds));
    let (by, groups, head, tail) = if one.len() <= other.len() {
        (0, one, first, second)
    } else {
        (1, other, second, first)
    };
    let mut conditions = Vec::new();
    let mut alone = Vec::new();
    for group in groups {
        if group.len() < WORTH_A_LIST {
            alone.extend(group);
            continue;
        }
        for chunk in group.chunks(MOST_ROWS) {
            let values: Vec<Value> = chunk.iter().map(|n| rows[*n][1 - by].clone()).collect();
            let Some(element) = values.first().and_then(element) else {
                continue;
            };
            let list = Node::InList(Box::new(InList {
                operand: Node::Root(tail.clone().into()),
                values,
                element,
                negated: false,
            }));
            conditions.push(equal(head, &rows[chunk[0]][by]).and(list));
        }
    }
    alone.sort_unstable();
    let alone = alone.into_iter().map(|n| rows[n].clone()).collect();
    (conditions, alone)
}

/// A value of a key, to be compared. Keys of other types are always spelled out.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Number(i64),
    Text(String),
    Uuid([u8; 16]),
}

impl Key {
    fn of(value: &Value) -> Option<Key> {
        match value {
            Value::I16(_) | Value::I32(_) | Value::I64(_) => value.as_i64().map(Key::Number),
            Value::Text(text) => Some(Key::Text(text.clone())),
            Value::Uuid(bytes) => Some(Key::Uuid(*bytes)),
            _ => None,
        }
    }
}

/// The SQL type of a list of such values.
fn element(value: &Value) -> Option<SqlType> {
    Some(match value {
        Value::I16(_) => SqlType::SmallInt,
        Value::I32(_) => SqlType::Integer,
        Value::I64(_) => SqlType::BigInt,
        Value::Text(_) => SqlType::Text,
        Value::Uuid(_) => SqlType::Uuid,
        _ => return None,
    })
}

/// The positions of equal keys, in the order in which the keys first occur.
fn groups(keys: &[Key]) -> Vec<Vec<usize>> {
    let mut places: HashMap<&Key, usize> = HashMap::with_capacity(keys.len());
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (n, key) in keys.iter().enumerate() {
        let at = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(n);
    }
    groups
}

fn all(columns: &[String], row: &[Value]) -> Node {
    let each = columns.iter().zip(row);
    each.map(|(column, value)| equal(column, value))
        .reduce(Node::and)
        .unwrap_or(Node::Value(Value::Bool(false)))
}

fn equal(column: &str, value: &Value) -> Node {
    Node::binary(
        BinaryOp::Equal,
        Node::Root(column.to_owned().into()),
        Node::Value(value.clone()),
    )
}
