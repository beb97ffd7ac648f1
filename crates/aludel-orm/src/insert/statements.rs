//! The SQL texts of inserts.

use super::rows::Rows;
use crate::model::meta::{ModelMeta, TextKind};
use crate::model::values::count;
use aludel_engine::spi::command::{Access, Command, Copying};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::dialect::bulk::Load;
use aludel_sql::expr::{Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::statement::{
    ColumnArray, Conflict, Insert, InsertArrays, InsertSource, element_type,
};
use aludel_sql::types::SqlType;
use std::panic::Location;

/// From this many rows on, one array for each column is faster than a bind for each value, where arrays can be rows.
pub(super) const ARRAYS_FROM: usize = 16;

/// From this many rows on, a file is faster if none is to be read back.
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
        && has_elements(meta, &given)
    {
        return load(meta, rows, dialect, site);
    }
    let arrays = dialect.capabilities().rows_of_arrays;
    if even && arrays && count >= ARRAYS_FROM && has_elements(meta, &given) {
        let columns = rows.into_columns();
        let column = |(at, items): (&usize, Vec<Value>)| {
            let (name, sql_type) = typed_column(meta, *at);
            ColumnArray {
                name,
                sql_type,
                items,
            }
        };
        let insert = InsertArrays {
            table: meta.table.clone(),
            columns: given.iter().zip(columns).map(column).collect(),
            conflict: conflict.cloned(),
            returning: match returning {
                true => meta.column_nodes(),
                false => vec![],
            },
        };
        let mut w = Writer::new(dialect);
        w.insert_arrays(insert)?;
        return Ok(Command::new(w.finish()?, Access::Write).at(site));
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

/// Whether the types of these columns can be elements of an array, or fields of a file.
pub(crate) fn has_elements(meta: &ModelMeta, given: &[usize]) -> bool {
    given.iter().all(|at| {
        !matches!(
            meta.fields[*at].sql_type,
            SqlType::Array(_) | SqlType::Custom(_)
        )
    })
}

/// The name and type of a field's column.
pub(crate) fn typed_column(meta: &ModelMeta, at: usize) -> (Name, SqlType) {
    let field = &meta.fields[at];
    (Name::Owned(field.column.clone()), field.sql_type.clone())
}

/// The table's name, quoted, with its schema.
pub(super) fn table_name(meta: &ModelMeta, dialect: &'static dyn Dialect) -> Result<String> {
    let mut w = Writer::new(dialect);
    w.table(&meta.table)?;
    Ok(w.finish()?.text)
}

/// Whether rows may be sent as a file: there are enough, they give the same columns, and the text of their types is known.
pub(super) fn can_load(meta: &ModelMeta, rows: &Rows) -> bool {
    rows.len() >= COPY_FROM
        && rows.are_alike()
        && rows.first_width() > 0
        && has_elements(meta, &rows.given())
}

/// The rows as a file, or else as INSERTs.
pub(super) fn load(
    meta: &'static ModelMeta,
    rows: Rows,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let given = rows.given();
    check_numbers(meta, &given, &rows, dialect)?;
    let binds = rows.into_binds(meta, dialect)?;
    let mut copying = copying(meta, &given, None, dialect)?;
    for (n, (_, sql_type)) in copying.columns.iter_mut().enumerate() {
        *sql_type = element_type(sql_type, binds.iter().skip(n).step_by(given.len()));
    }
    load_command(meta, &given, copying, binds, dialect, site)
}

/// Rows as a file, for these columns.
pub(super) fn copying(
    meta: &'static ModelMeta,
    columns: &[usize],
    keys: Option<Vec<i64>>,
    dialect: &'static dyn Dialect,
) -> Result<Copying> {
    let typed: Vec<(Name, SqlType)> = columns.iter().map(|at| typed_column(meta, *at)).collect();
    let mut w = Writer::new(dialect);
    let load = Load {
        table: &meta.table,
        columns: &typed,
        has_keys: keys.is_some(),
    };
    dialect.bulk().instead_of_load(&mut w, &load)?;
    let column = |at: &usize| {
        let field = &meta.fields[*at];
        (field.column.clone(), field.sql_type.clone())
    };
    Ok(Copying {
        table: table_name(meta, dialect)?,
        columns: columns.iter().map(column).collect(),
        keys,
        otherwise: w.finish()?.text.into(),
    })
}

/// The command that sends rows as a file.
pub(super) fn load_command(
    meta: &'static ModelMeta,
    columns: &[usize],
    copying: Copying,
    binds: Vec<Value>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let typed: Vec<(Name, SqlType)> = columns.iter().map(|at| typed_column(meta, *at)).collect();
    let mut w = Writer::new(dialect);
    let load = Load {
        table: &meta.table,
        columns: &typed,
        has_keys: copying.keys.is_some(),
    };
    dialect.bulk().load(&mut w, &load)?;
    let command = Command::with_text(w.finish()?.text.into(), binds, Access::Write);
    Ok(command.copying(copying).at(site))
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
