//! Finds the rows that a condition can be about, if it names their primary keys: then a statement that changes one row costs as
//! much as one row, however many the session knows.

use super::arena::Arena;
use super::evaluate::plain;
use crate::model::meta::ModelMeta;
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::types::SqlType;

/// The primary keys that a condition names: `key = ?` or `key IN (…)`, possibly with more conditions joined by AND. `None` if
/// it names none, or if the database may treat keys as equal that differ in memory.
pub(super) fn pinned(meta: &ModelMeta, condition: &Node) -> Option<Vec<Vec<Value>>> {
    let parts = match condition {
        Node::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    // A type that only the database knows compares in its own way: `citext` ignores case.
    let is_own = |at: &usize| matches!(meta.fields[*at].sql_type, SqlType::Custom(_));
    if meta.key.iter().any(is_own) {
        return None;
    }
    let named = |at: usize| parts.iter().find_map(|part| values(meta, at, part));
    if let [at] = meta.key.as_slice() {
        let keys = named(*at)?.iter();
        return keys
            .map(|key| is_exact(key).then(|| vec![key.clone()]))
            .collect();
    }
    let one = |at: &usize| match named(*at)? {
        [value] if is_exact(value) => Some(value.clone()),
        _ => None,
    };
    let key: Option<Vec<Value>> = meta.key.iter().map(one).collect();
    key.map(|key| vec![key])
}

/// The values to which one part of the condition restricts a column.
fn values<'n>(meta: &ModelMeta, at: usize, part: &'n Node) -> Option<&'n [Value]> {
    let name = meta.fields[at].column.as_str();
    let is_column = |node: &Node| matches!(node, Node::Root(column) if *column == name);
    match part {
        Node::Binary(BinaryOp::Equal, sides) => match &**sides {
            (column, Node::Value(value)) if is_column(column) => Some(std::slice::from_ref(value)),
            _ => None,
        },
        Node::InList(list) if !list.negated && is_column(&list.operand) => Some(&list.values),
        _ => None,
    }
}

/// Whether no other value is equal to this one.
fn is_exact(value: &Value) -> bool {
    match value {
        Value::Text(text) => plain(text),
        Value::Uuid(_) | Value::Null => true,
        other => other.as_i64().is_some(),
    }
}

/// The existing slots of these keys, and whether these are all of them.
pub(super) fn found(arena: &Arena, keys: &[Vec<Value>]) -> (Vec<u32>, bool) {
    let mut slots: Vec<u32> = keys.iter().filter_map(|key| arena.find(key)).collect();
    slots.sort_unstable();
    slots.dedup();
    let all = slots.len() == keys.len();
    (slots, all)
}
