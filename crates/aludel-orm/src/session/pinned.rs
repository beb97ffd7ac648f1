//! Which rows a condition can be about, where it says so by their primary key: then a statement that changes one row costs
//! as much as one row, however many the session knows.

use super::arena::AnyArena;
use super::evaluate::plain;
use crate::meta::ModelMeta;
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Node};
use aludel_sql::types::SqlType;

/// The primary keys that a condition names: `key = ?` or `key IN (…)`, and whatever else joined by AND. `None` if it does not,
/// or if keys may be equal to the database that are not to us.
pub(super) fn pinned(meta: &ModelMeta, condition: &Node) -> Option<Vec<Vec<Value>>> {
    let parts = match condition {
        Node::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    // A type in the database's own words compares in its own way: of `citext`, case does not count.
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

/// The values to which a part of the condition holds a column.
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

/// The slots of these keys that are there, and whether that is all of them.
pub(super) fn found(arena: &dyn AnyArena, keys: &[Vec<Value>]) -> (Vec<u32>, bool) {
    let mut slots: Vec<u32> = keys.iter().filter_map(|key| arena.find(key)).collect();
    slots.sort_unstable();
    slots.dedup();
    let all = slots.len() == keys.len();
    (slots, all)
}
