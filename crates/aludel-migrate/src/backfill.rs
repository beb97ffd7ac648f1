//! Values for existing rows when a NOT NULL column is added.

use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};

/// The empty value of a type: 0, the empty text, the first label. Database-specific types have none.
pub(crate) fn empty(sql_type: &SqlType) -> Option<Node> {
    let value = match sql_type {
        SqlType::Bool => Value::Bool(false),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => Value::I64(0),
        SqlType::Real | SqlType::Double => Value::F64(0.0),
        SqlType::Text | SqlType::Varchar(_) => Value::Text(String::new()),
        SqlType::Bytes => Value::Bytes(Vec::new()),
        // Exact numbers are texts with a collation on SQLite.
        SqlType::Decimal(..) => Value::Text("0".into()),
        SqlType::Date => Value::Date(CivilDate(0)),
        SqlType::Time => Value::Time(CivilTime(0)),
        SqlType::DateTime => Value::DateTime(CivilDateTime(0)),
        SqlType::Timestamp => Value::Timestamp(Instant(0)),
        SqlType::Uuid => Value::Uuid([0; 16]),
        SqlType::Json => Value::Json("null".into()),
        SqlType::Enum(kind) => Value::Text((*kind.labels.first()?).to_string()),
        SqlType::Array(_) | SqlType::Custom(_) => return None,
    };
    Some(Node::Value(value))
}
