//! `IN (…)`: short lists as binds, long ones as one JSON text.

use super::Mysql;
use crate::dialect::ansi::literal::json_list;
use crate::dialect::ansi::words::element_type;
use crate::error::Result;
use crate::expr::InList;
use crate::render::{Writer, check_bind};
use crate::types::SqlType;
use crate::value::Value;
use std::borrow::Cow;

/// The most values in one list of an UPDATE or DELETE.
const MOST_IN_CHANGE: usize = 512;

/// More values than this are written as literals: a statement has room for 65,535 binds.
const MOST_BOUND_IN_CHANGE: usize = 32_768;

impl Mysql {
    pub(super) fn write_in_list(&self, w: &mut Writer, list: &InList) -> Result<()> {
        /// Longer lists are sent as one JSON text.
        const MOST_BINDS: usize = 1024;
        let long = !w.is_inline() && list.values.len() > MOST_BINDS;
        let column = match long {
            true => listed_as(list),
            false => None,
        };
        if w.is_change() && list.values.len() > MOST_IN_CHANGE || long && column.is_none() {
            return self.list_in_parts(w, list);
        }
        w.operand(&list.operand)?;
        w.push(if list.negated { " NOT IN (" } else { " IN (" });
        let Some(column) = column else {
            // Padded with its last value to a power of two, so that few SQL texts serve all lengths.
            let padded = if w.is_inline() {
                list.values.len()
            } else {
                list.values.len().next_power_of_two()
            };
            let last = list.values.last().into_iter().cycle();
            for (n, value) in list.values.iter().chain(last).take(padded).enumerate() {
                w.push(if n > 0 { ", " } else { "" });
                w.value(value)?;
            }
            w.push(")");
            return Ok(());
        };
        for value in &list.values {
            check_bind(value, w.dialect())?;
        }
        w.push(column.before);
        w.push("item");
        w.push(column.after);
        w.push(" FROM JSON_TABLE(");
        w.bind(Value::Text(json_list(&list.values)?));
        w.push(", '$[*]' COLUMNS (item ");
        w.push(&column.sql_type);
        if column.is_text {
            w.push(" CHARACTER SET utf8mb4 COLLATE ");
            w.push(self.capabilities.binary_collation);
        }
        w.push(" PATH '$')) AS list)");
        Ok(())
    }

    /// A long list of an UPDATE or DELETE: `(a IN (…) OR a IN (…))`. MariaDB turns a list of more than 1,000 into a subquery,
    /// and before 11.1 an UPDATE or DELETE does not join subqueries: each row would read the whole list.
    fn list_in_parts(&self, w: &mut Writer, list: &InList) -> Result<()> {
        let between = if list.negated { " AND " } else { " OR " };
        let literal = list.values.len() > MOST_BOUND_IN_CHANGE;
        w.push("(");
        for (n, values) in list.values.chunks(MOST_IN_CHANGE).enumerate() {
            w.push(if n > 0 { between } else { "" });
            let part = InList {
                operand: list.operand.clone(),
                values: values.to_vec(),
                element: list.element.clone(),
                negated: list.negated,
            };
            if literal {
                w.inlined(|w| self.write_in_list(w, &part))?;
            } else {
                self.write_in_list(w, &part)?;
            }
        }
        w.push(")");
        Ok(())
    }
}

/// How the values of a long list are read from the JSON text in which they are sent.
struct Listed {
    /// Text before each value, and after it.
    before: &'static str,
    after: &'static str,
    /// The type of their column in the JSON table.
    sql_type: Cow<'static, str>,
    is_text: bool,
}

/// How the values of a list are read, if the server can look them up: for long text it builds no table to look up, and
/// would scan the whole list for each row.
fn listed_as(list: &InList) -> Option<Listed> {
    /// The characters of the longest text in a table that can be looked up.
    const LONGEST: usize = 500;
    let plain = |sql_type: &'static str| {
        Some(Listed {
            before: "SELECT ",
            after: "",
            sql_type: sql_type.into(),
            is_text: false,
        })
    };
    match &*element_type(list) {
        SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => plain("BIGINT"),
        SqlType::Real | SqlType::Double => plain("DOUBLE"),
        SqlType::Decimal(..) => plain("DECIMAL(65, 30)"),
        SqlType::Date => plain("DATE"),
        SqlType::Time => plain("TIME(6)"),
        SqlType::DateTime | SqlType::Timestamp => plain("DATETIME(6)"),
        SqlType::Uuid => Some(Listed {
            before: "SELECT CAST(UNHEX(",
            after: ") AS BINARY(16))",
            sql_type: "VARCHAR(32)".into(),
            is_text: true,
        }),
        SqlType::Json | SqlType::Bytes => None,
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => {
            let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
            let longest = list.values.iter().map(length).max().unwrap_or_default();
            // Few lengths, so that few SQL texts serve all lists.
            let room = longest.next_power_of_two().max(16);
            (longest <= LONGEST).then(|| Listed {
                before: "SELECT ",
                after: "",
                sql_type: format!("VARCHAR({room})").into(),
                is_text: true,
            })
        }
    }
}
