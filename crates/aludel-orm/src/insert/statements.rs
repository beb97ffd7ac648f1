//! The SQL texts of inserts.

use super::rows::Rows;
use crate::meta::{FieldMeta, ModelMeta, TextKind};
use crate::private::count;
use aludel_engine::command::{Access, Command, Copying};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::{Sql, Writer, check_bind};
use aludel_sql::statement::{Conflict, Insert, InsertSource};
use aludel_sql::types::SqlType;
use aludel_sql::value::Array;
use std::panic::Location;

/// From this many rows on, PostgreSQL takes one array for each column instead of a bind for each value.
pub(super) const UNNEST_FROM: usize = 16;

/// From this many rows on, PostgreSQL takes them by COPY if none is to be read back.
pub(super) const COPY_FROM: usize = 5_000;

/// Texts of up to this many rows are cached.
pub(super) const KEPT_UP_TO: usize = 128;

/// The INSERT of rows that give the same columns (or, where DEFAULT may stand in VALUES, any columns).
pub(super) fn rows_command(
    meta: &'static ModelMeta,
    rows: Rows,
    returning: bool,
    conflict: Option<&Conflict>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let width = meta.fields.len();
    let even = rows.are_alike();
    let given = rows.given();
    let count = rows.len();
    check_numbers(meta, &given, &rows, dialect)?;
    let head = |columns: &[usize], source| Insert {
        table: meta.table.clone(),
        columns: columns
            .iter()
            .map(|at| Name::Owned(meta.fields[*at].column.clone()))
            .collect(),
        source,
        conflict: conflict.cloned(),
        returning: if returning {
            meta.column_nodes()
        } else {
            vec![]
        },
    };
    if given.is_empty() {
        let source = if count == 1 {
            InsertSource::Defaults
        } else {
            // Rows with only defaults: the key's default for each of them.
            InsertSource::Rows(vec![vec![Node::Default]; count])
        };
        let mut w = Writer::new(dialect);
        w.insert(&head(&meta.key[..1], source))?;
        return Ok(Command::new(w.finish()?, Access::Write).at(site));
    }
    let plain = conflict.is_none() && !returning;
    if even
        && plain
        && count >= COPY_FROM
        && dialect.capabilities().copy_in
        && can_unnest(meta, &given)
    {
        let head = head(&given, InsertSource::Defaults);
        return copy(meta, &given, rows, head, dialect, site);
    }
    if even && count >= UNNEST_FROM && dialect.capabilities().unnest && can_unnest(meta, &given) {
        let sql = unnest(
            meta,
            &given,
            rows.into_columns(),
            &head(&given, InsertSource::Defaults),
            dialect,
        )?;
        return Ok(Command::new(sql, Access::Write).at(site));
    }
    if even && conflict.is_none() {
        let binds = rows.into_binds(meta, dialect)?;
        let mut columns = vec![0_u64; width.div_ceil(64)];
        for at in &given {
            columns[at / 64] |= 1 << (at % 64);
        }
        let kind = |rows| TextKind::Insert {
            columns: columns.clone(),
            rows,
            returning,
        };
        let write = |rows| {
            let row = vec![Node::Value(Value::Null); given.len()];
            let mut w = Writer::new(dialect);
            w.insert(&head(&given, InsertSource::Rows(vec![row; rows])))?;
            Ok(w.finish()?.text)
        };
        // Texts of many rows are long, and there is one for each number of rows: they are not cached.
        let text = if count <= KEPT_UP_TO {
            meta.cached_text(dialect, kind(count), || write(count))?
        } else {
            let one = meta.cached_text(dialect, kind(1), || write(1))?;
            match with_rows(&one, given.len(), count) {
                Some(text) => text.into(),
                None => write(count)?.into(),
            }
        };
        return Ok(Command::with_text(text, binds, Access::Write).at(site));
    }
    let left_out = |at: usize| left_out(meta, at, dialect);
    let nodes = rows
        .into_cells()
        .map(|mut row| {
            let given = given.iter();
            given
                .map(|at| row[*at].take().map_or_else(|| left_out(*at), Node::Value))
                .collect()
        })
        .collect();
    let mut w = Writer::new(dialect);
    w.insert(&head(&given, InsertSource::Rows(nodes)))?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

/// The value of a column that a row omits and others give: DEFAULT, or the default itself where VALUES may not contain
/// DEFAULT.
pub(super) fn left_out(meta: &ModelMeta, at: usize, dialect: &'static dyn Dialect) -> Node {
    if dialect.capabilities().default_keyword {
        return Node::Default;
    }
    let default = meta.fields[at].default.clone();
    default.unwrap_or(Node::Value(Value::Null))
}

/// Rejects zero as a key where zero stands for the next number.
pub(super) fn check_numbers(
    meta: &ModelMeta,
    given: &[usize],
    rows: &Rows,
    dialect: &'static dyn Dialect,
) -> Result<()> {
    let numbered = |at: &&usize| meta.fields[**at].identity.is_some();
    let Some(at) = given.iter().find(numbered).copied() else {
        return Ok(());
    };
    if !dialect.capabilities().zero_is_next_number {
        return Ok(());
    }
    let is_zero = |(given, values): (&[bool], &[Value])| {
        given[at] && values[count(&given[..at])].as_i64() == Some(0)
    };
    if rows.iter().any(is_zero) {
        return Err(Error::invalid_query(format!(
            "{}::{} of a new row is 0, which is the next number on {}; give it another one, or none",
            meta.name,
            meta.fields[at].name,
            dialect.name()
        )));
    }
    Ok(())
}

/// Extends the text of an INSERT of one row to more rows, where placeholders have no numbers.
fn with_rows(one: &str, width: usize, rows: usize) -> Option<String> {
    let row = format!("({}?)", "?, ".repeat(width - 1));
    let (before, behind) = one.rsplit_once(&*row)?;
    let mut text = String::with_capacity(one.len() + (row.len() + 2) * rows);
    text.push_str(before);
    text.push_str(&row);
    for _ in 1..rows {
        text.push_str(", ");
        text.push_str(&row);
    }
    text.push_str(behind);
    Some(text)
}

/// Whether rows can be sent as one array for each column; columns of arrays can't.
pub(crate) fn can_unnest(meta: &ModelMeta, given: &[usize]) -> bool {
    given.iter().all(|at| {
        !matches!(
            meta.fields[*at].sql_type,
            SqlType::Array(_) | SqlType::Custom(_)
        )
    })
}

/// `INSERT … SELECT * FROM unnest($1, $2, …)`: one text whatever the number of rows, in their order.
fn unnest(
    meta: &'static ModelMeta,
    given: &[usize],
    columns: Vec<Vec<Value>>,
    head: &Insert,
    dialect: &'static dyn Dialect,
) -> Result<Sql> {
    let mut w = Writer::new(dialect);
    w.push("INSERT INTO ");
    w.table(&head.table)?;
    w.push(" (");
    w.identifiers(&head.columns);
    w.push(") SELECT * FROM unnest(");
    for (n, (at, items)) in given.iter().zip(columns).enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        bind_array(&mut w, &meta.fields[*at], items)?;
    }
    w.push(")");
    if let Some(conflict) = &head.conflict {
        dialect.conflict(&mut w, &head.table, &head.columns, conflict)?;
    }
    if !head.returning.is_empty() {
        w.push(" RETURNING ");
        w.nodes(&head.returning)?;
    }
    Ok(w.finish()?)
}

/// `COPY t (…) FROM STDIN (FORMAT binary)`, or else the INSERT of arrays.
fn copy(
    meta: &'static ModelMeta,
    given: &[usize],
    rows: Rows,
    head: Insert,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let binds = rows.into_binds(meta, dialect)?;
    let (table, text) = copy_text(meta, given, dialect)?;
    let nothing = vec![Vec::new(); given.len()];
    let otherwise = unnest(meta, given, nothing, &head, dialect)?.text;
    let copying = Copying {
        table,
        columns: given
            .iter()
            .enumerate()
            .map(|(n, at)| {
                let field = &meta.fields[*at];
                let items = binds.iter().skip(n).step_by(given.len());
                (field.column.clone(), element_type(&field.sql_type, items))
            })
            .collect(),
        keys: None,
        otherwise: otherwise.into(),
    };
    let command = Command::with_text(text.into(), binds, Access::Write);
    Ok(command.copying(copying).at(site))
}

/// The table's name, quoted, with its schema.
pub(super) fn table_name(meta: &ModelMeta, dialect: &'static dyn Dialect) -> Result<String> {
    let mut w = Writer::new(dialect);
    w.table(&meta.table)?;
    Ok(w.finish()?.text)
}

/// The table's name, and the COPY into these columns of it.
pub(super) fn copy_text(
    meta: &'static ModelMeta,
    columns: &[usize],
    dialect: &'static dyn Dialect,
) -> Result<(String, String)> {
    let names: Vec<&str> = columns
        .iter()
        .map(|at| meta.fields[*at].column.as_str())
        .collect();
    let table = table_name(meta, dialect)?;
    let mut w = Writer::new(dialect);
    w.push("COPY ");
    w.push(&table);
    w.push(" (");
    w.identifiers(&names);
    w.push(") FROM STDIN (FORMAT binary)");
    Ok((table, w.finish()?.text))
}

/// Whether rows may be sent as a file: there are enough, they give the same columns, and the text of their types is known.
pub(super) fn can_load(meta: &ModelMeta, rows: &Rows) -> bool {
    rows.len() >= COPY_FROM
        && rows.are_alike()
        && rows.first_width() > 0
        && can_unnest(meta, &rows.given())
}

/// `LOAD DATA LOCAL INFILE …`, or else INSERTs. Bytes go as hexadecimal digits: a file has a character set.
pub(super) fn load(
    meta: &'static ModelMeta,
    rows: Rows,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let given = rows.given();
    check_numbers(meta, &given, &rows, dialect)?;
    let binds = rows.into_binds(meta, dialect)?;
    let names: Vec<&str> = given
        .iter()
        .map(|at| meta.fields[*at].column.as_str())
        .collect();
    let table = table_name(meta, dialect)?;
    let mut w = Writer::new(dialect);
    w.push(&format!("INSERT INTO {table} ("));
    w.identifiers(&names);
    w.push(") VALUES ");
    let otherwise = w.finish()?.text;
    let mut w = Writer::new(dialect);
    w.push(&format!(
        "LOAD DATA LOCAL INFILE 'rows' INTO TABLE {table} CHARACTER SET utf8mb4 \
         FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' ("
    ));
    let mut digits = Vec::new();
    for (n, (at, name)) in given.iter().zip(&names).enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        if matches!(meta.fields[*at].sql_type, SqlType::Bytes | SqlType::Uuid) {
            w.push(&format!("@v{n}"));
            digits.push((n, *name));
        } else {
            w.identifier(name);
        }
    }
    w.push(")");
    for (first, (n, name)) in digits.into_iter().enumerate() {
        w.push(if first == 0 { " SET " } else { ", " });
        w.identifier(name);
        w.push(&format!(" = UNHEX(@v{n})"));
    }
    let text = w.finish()?.text;
    let copying = Copying {
        table,
        columns: given
            .iter()
            .map(|at| {
                (
                    meta.fields[*at].column.clone(),
                    meta.fields[*at].sql_type.clone(),
                )
            })
            .collect(),
        keys: None,
        otherwise: otherwise.into(),
    };
    let command = Command::with_text(text.into(), binds, Access::Write);
    Ok(command.copying(copying).at(site))
}

/// `$1::type[]`: the values of a column, as one bind.
pub(crate) fn bind_array(w: &mut Writer, field: &FieldMeta, items: Vec<Value>) -> Result<()> {
    let (dialect, sql_type) = (w.dialect(), &field.sql_type);
    for value in &items {
        check_bind(value, dialect).map_err(|error| error.of_column(&field.column))?;
    }
    w.bind(Value::Array(Box::new(Array {
        element: element_type(sql_type, items.iter()),
        items,
    })));
    w.push("::");
    dialect.cast_type(&unbounded(sql_type), &mut w.text)?;
    w.push("[]");
    Ok(())
}

/// The type without its length: the length is checked on assignment to the column, which fails; a cast would cut.
fn unbounded(sql_type: &SqlType) -> SqlType {
    match sql_type {
        SqlType::Varchar(_) => SqlType::Text,
        other => other.clone(),
    }
}

/// The type of the values, which may be narrower than the column (an `i32` for a `bigint` of a foreign key).
fn element_type<'a>(column: &SqlType, mut items: impl Iterator<Item = &'a Value>) -> SqlType {
    match items.find(|item| !item.is_null()) {
        Some(Value::I16(_)) => SqlType::SmallInt,
        Some(Value::I32(_)) => SqlType::Integer,
        Some(Value::I64(_)) => SqlType::BigInt,
        _ => unbounded(column),
    }
}

#[cfg(test)]
mod tests {
    use super::with_rows;

    #[test]
    fn rows_are_repeated_where_they_stand() {
        let one = "INSERT INTO `t` (`a`, `b`) VALUES (?, ?) RETURNING `id`";
        let three = "INSERT INTO `t` (`a`, `b`) VALUES (?, ?), (?, ?), (?, ?) RETURNING `id`";
        assert_eq!(with_rows(one, 2, 3).as_deref(), Some(three));
        assert_eq!(with_rows("INSERT INTO t VALUES ($1, $2)", 2, 3), None);
    }
}
