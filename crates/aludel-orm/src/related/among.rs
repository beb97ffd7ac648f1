//! Rows given by their keys, and conditions that a row is one of them.

use crate::key_map::KeyMap;
use crate::model::Model;
use crate::model::fields::Ref;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, InList, Node};

/// Maximum rows in one statement: more make it long, not fast.
const MOST_ROWS: usize = 5_000;

/// Maximum rows in a statement that spells out each of them: those of composite keys.
pub(super) const MOST_SPELLED: usize = 500;

/// The keys of rows, each once.
pub(super) struct Keys<T: Model> {
    pub(super) values: Vec<Vec<Value>>,
    pub(super) known: KeyMap<T::Key, ()>,
}

impl<T: Model> Keys<T> {
    pub(super) fn of(rows: impl IntoIterator<Item: Into<Ref<T>>>) -> Result<Keys<T>> {
        let mut keys: Keys<T> = Keys {
            values: Vec::new(),
            known: KeyMap::default(),
        };
        for row in rows {
            let reference: Ref<T> = row.into();
            if let Some(key) = reference.get()
                && keys.known.insert(key, ()).is_some()
            {
                continue;
            }
            let values = reference.into_values().ok_or_else(|| {
                Error::invalid_query(format!("a reference to a {} is not set", T::NAME))
            })?;
            // In a list, values are not checked one by one.
            if let Some(Value::Invalid(reason)) = values.first() {
                return Err(Error::invalid_query(format!(
                    "a reference to a {} can't be bound: {reason}",
                    T::NAME
                )));
            }
            keys.values.push(values);
        }
        Ok(keys)
    }
}

/// The keys, as many as go into one statement.
pub(super) fn portions(keys: Vec<Vec<Value>>, columns: usize) -> Vec<Vec<Vec<Value>>> {
    let most = if columns == 1 {
        MOST_ROWS
    } else {
        MOST_SPELLED
    };
    let mut keys = keys.into_iter().peekable();
    let mut portions = Vec::new();
    while keys.peek().is_some() {
        portions.push(keys.by_ref().take(most).collect());
    }
    portions
}

pub(super) fn key_columns<T: Model>() -> Vec<String> {
    T::KEY_COLUMNS
        .iter()
        .map(|name| (*name).to_owned())
        .collect()
}

pub(super) fn tuple(columns: impl ExactSizeIterator<Item = String>) -> Node {
    let mut nodes: Vec<Node> = columns.map(|column| Node::Root(column.into())).collect();
    if nodes.len() == 1
        && let Some(only) = nodes.pop()
    {
        return only;
    }
    Node::Tuple(nodes)
}

/// `a = 1 AND b = 2`.
pub(super) fn equal(columns: impl Iterator<Item = String>, values: &[Value]) -> Node {
    columns
        .zip(values)
        .map(|(column, value)| {
            Node::binary(
                BinaryOp::Equal,
                Node::Root(column.into()),
                Node::Value(value.clone()),
            )
        })
        .reduce(Node::and)
        .unwrap_or(Node::Value(Value::Bool(false)))
}

/// The condition that the columns are those of one of the keys, or of none of them.
pub(super) fn among<T: Model>(columns: &[String], keys: Vec<Vec<Value>>, negated: bool) -> Node {
    let meta = T::meta();
    if let ([column], [key], true) = (columns, &meta.key[..], keys.len() > 1) {
        return Node::InList(Box::new(InList {
            operand: Node::Root(column.clone().into()),
            values: keys.into_iter().flatten().collect(),
            element: meta.fields[*key].sql_type.clone(),
            negated,
        }));
    }
    let these = keys
        .iter()
        .map(|key| equal(columns.iter().cloned(), key))
        .reduce(Node::or)
        .unwrap_or(Node::Value(Value::Bool(false)));
    if negated { these.negated() } else { these }
}
