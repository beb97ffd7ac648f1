//! [`InLists`]: the IN lists of a condition, as sets for many lookups.

use super::evaluate::plain;
use aludel_sql::Value;
use aludel_sql::expr::{InList, Node, UnaryOp};
use std::collections::{HashMap, HashSet};

/// The lists of a condition, each as a set; the key is the list's address.
#[derive(Default)]
pub(crate) struct InLists<'n>(HashMap<usize, Set<'n>>);

struct Set<'n> {
    items: HashSet<Item<'n>>,
    kind: u8,
    has_null: bool,
}

/// A value that equals another exactly if both are the same item.
#[derive(PartialEq, Eq, Hash)]
enum Item<'v> {
    Number(i64),
    Text(&'v str),
    Uuid(&'v [u8; 16]),
}

impl Item<'_> {
    fn of(value: &Value) -> Option<Item<'_>> {
        match value {
            Value::Text(text) if plain(text) => Some(Item::Text(text)),
            Value::Uuid(bytes) => Some(Item::Uuid(bytes)),
            _ => value.as_i64().map(Item::Number),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Item::Number(_) => 0,
            Item::Text(_) => 1,
            Item::Uuid(_) => 2,
        }
    }
}

/// Shorter lists are searched just as fast.
const SHORT: usize = 8;

impl<'n> InLists<'n> {
    /// The lists of a condition whose items can be compared by value.
    pub(crate) fn of(condition: &'n Node) -> InLists<'n> {
        let mut lists = InLists::default();
        lists.collect(condition);
        lists
    }

    fn collect(&mut self, node: &'n Node) {
        match node {
            Node::And(nodes) | Node::Or(nodes) => nodes.iter().for_each(|node| self.collect(node)),
            Node::Unary(UnaryOp::Not | UnaryOp::IsNotTrue, inner) => self.collect(inner),
            Node::InList(list) if list.values.len() > SHORT => {
                if let Some(set) = Set::of(&list.values) {
                    self.0.insert(place(list), set);
                }
            }
            _ => {}
        }
    }

    /// Whether a value is in a list; `Some(None)` is unknown, `None` means that the set can't tell.
    pub(crate) fn has(&self, list: &InList, wanted: &Value) -> Option<Option<bool>> {
        let set = self.0.get(&place(list))?;
        if wanted.is_null() {
            return Some(None);
        }
        let item = Item::of(wanted).filter(|item| item.kind() == set.kind)?;
        let found = set.items.contains(&item);
        Some((found || !set.has_null).then_some(found))
    }
}

impl<'n> Set<'n> {
    /// The set of these values; `None` if they are not all of one kind.
    fn of(values: &'n [Value]) -> Option<Set<'n>> {
        let mut set = Set {
            items: HashSet::with_capacity(values.len()),
            kind: u8::MAX,
            has_null: false,
        };
        for value in values {
            if value.is_null() {
                set.has_null = true;
                continue;
            }
            let item = Item::of(value)?;
            if set.items.is_empty() {
                set.kind = item.kind();
            }
            if item.kind() != set.kind {
                return None;
            }
            set.items.insert(item);
        }
        Some(set)
    }
}

fn place(list: &InList) -> usize {
    std::ptr::from_ref(list).addr()
}

#[cfg(test)]
mod tests {
    use super::super::evaluate::{holds, holds_in};
    use super::InLists;
    use aludel_sql::Value;
    use aludel_sql::expr::{InList, Node};
    use aludel_sql::types::SqlType;

    fn within(values: Vec<Value>, negated: bool) -> Node {
        Node::InList(Box::new(InList {
            operand: Node::Root("n".into()),
            values,
            element: SqlType::BigInt,
            negated,
        }))
    }

    #[test]
    fn a_set_says_what_looking_through_the_list_says() {
        let numbers = |null: bool| {
            let numbers = (0..20).map(Value::I64);
            let null = null.then_some(Value::Null);
            numbers.chain(null).collect::<Vec<Value>>()
        };
        let texts: Vec<Value> = (0..20).map(|n| Value::Text(format!("t{n}"))).collect();
        let uuids: Vec<Value> = (0..20).map(|n| Value::Uuid([n; 16])).collect();
        let mixed: Vec<Value> = numbers(false).into_iter().chain(texts.clone()).collect();
        let lists = [numbers(false), numbers(true), texts, uuids, mixed];
        let wanted = [
            Value::I32(7),
            Value::I64(70),
            Value::Null,
            Value::Text("t3".into()),
            Value::Text("t3 ".into()),
            Value::Uuid([4; 16]),
            Value::Bool(true),
        ];
        for values in lists {
            for negated in [false, true] {
                let condition = within(values.clone(), negated);
                let lists = InLists::of(&condition);
                for value in &wanted {
                    let column = |_: &str| Some(value);
                    let slowly = holds(&condition, &column);
                    let quickly = holds_in(&condition, &column, &lists);
                    assert_eq!(quickly, slowly, "{value:?} in {values:?}, {negated}");
                }
            }
        }
    }
}
