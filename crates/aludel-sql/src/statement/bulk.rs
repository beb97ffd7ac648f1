//! Statements of many rows, whose values a dialect sends in its own way.

use super::{Conflict, TableName};
use crate::expr::{Name, Node};
use crate::types::SqlType;
use crate::value::Value;

/// A column of many rows: the type of its table, and a value for each row.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnArray {
    /// Its name.
    pub name: Name,
    /// Its type in the table.
    pub sql_type: SqlType,
    /// Its values.
    pub items: Vec<Value>,
}

/// An INSERT that gets its rows as an array for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct InsertArrays {
    /// The table.
    pub table: TableName,
    /// The columns, each with as many values.
    pub columns: Vec<ColumnArray>,
    /// What happens on a conflict.
    pub conflict: Option<Conflict>,
    /// RETURNING.
    pub returning: Vec<Node>,
}

/// An UPDATE of many rows, each with values of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateMany {
    /// The table.
    pub table: TableName,
    /// The columns that find a row: the key, and the version if there is one.
    pub matched: Vec<(Name, SqlType)>,
    /// The columns that are set.
    pub set: Vec<(Name, SqlType)>,
    /// For each row the values of the matched columns, then those that are set.
    pub rows: Vec<Vec<Value>>,
}

/// The type of an array of these values for a column. It may be narrower than the column's (an `i32` for a `bigint`), and has no
/// length: that is checked on assignment to the column, which fails; a cast would cut.
pub fn element_type<'a>(column: &SqlType, mut items: impl Iterator<Item = &'a Value>) -> SqlType {
    match items.find(|item| !item.is_null()) {
        Some(Value::I16(_)) => SqlType::SmallInt,
        Some(Value::I32(_)) => SqlType::Integer,
        Some(Value::I64(_)) => SqlType::BigInt,
        _ => match column {
            SqlType::Varchar(_) => SqlType::Text,
            other => other.clone(),
        },
    }
}
