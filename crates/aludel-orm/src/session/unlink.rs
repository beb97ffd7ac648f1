//! DELETE of rows of a join table.

use super::statements::{MOST_ROWS, MOST_SPELLED};
use aludel_engine::Result;
use aludel_engine::command::{Access, Command};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{BinaryOp, InList, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Delete, TableName};
use aludel_sql::types::SqlType;
use std::collections::HashMap;
use std::panic::Location;

/// Rows of one side that so many rows of the other side are removed from are worth a statement of their own.
const WORTH_A_LIST: usize = 16;

/// The statements that remove these rows of a join table.
///
/// `tag_id IN (…) AND post_id = 1` where many rows have one value of a column: databases plan that once, and a spelled-out
/// `post_id = 1 AND tag_id = 2 OR …` branch by branch, each of them as if it found all rows of the post.
pub(crate) fn unlink(
    table: &TableName,
    columns: &[String],
    rows: Vec<Vec<Value>>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Command>> {
    let (lists, spelled) = lists(columns, rows);
    let spelled = spelled.chunks(MOST_SPELLED).filter_map(|chunk| {
        let each = chunk.iter().map(|row| all(columns, row));
        each.reduce(Node::or)
    });
    let mut commands = Vec::new();
    for filter in lists.into_iter().chain(spelled) {
        let mut w = Writer::new(dialect);
        w.delete(&Delete {
            table: table.clone(),
            filter: Some(filter),
            returning: vec![],
        })?;
        commands.push(Command::new(w.finish()?, Access::Write).at(site));
    }
    Ok(commands)
}

/// The conditions of rows that share a value with many others, and the rows that do not.
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

/// A value of a key, to be compared. Keys of other types are spelled out.
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

/// The type of a list of such values.
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

/// The positions of equal keys, in the order in which the keys come.
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
