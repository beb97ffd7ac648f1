//! Inserts many rows without reading them back whole, because their table stores values as they are sent. On PostgreSQL their
//! keys are [drawn](super::drawn); this is MariaDB's way: RETURNING of the key alone.

use super::drawn::type_name;
use super::many::Batch;
use super::no_returning::{Kept, Parts, Shape};
use super::rows::{Rows, check_binds};
use super::statements::{COPY_FROM, rows_command, table_name};
use crate::meta::{FieldMeta, ModelMeta};
use crate::private::NewRow;
use aludel_engine::command::{Access, Command};
use aludel_engine::{Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::{Dialect, NewKeys};
use aludel_sql::render::Writer;
use aludel_sql::row::{DecodeError, FromRow, Row};
use aludel_sql::types::SqlType;
use std::panic::Location;
use std::sync::Arc;

/// Maximum rows in a statement: more are no faster.
const MOST_ROWS: usize = 1_000;

/// Whether this many new rows are likely to be stored as sent, judging by the model, and can become drafts again.
pub(crate) fn may_stay(meta: &ModelMeta, rows: usize, dialect: &'static dyn Dialect) -> bool {
    let is_exact = |field: &FieldMeta| type_name(&field.sql_type).is_some();
    let is_numbered = matches!(meta.key[..], [key] if meta.fields[key].identity.is_some());
    let likely = dialect.capabilities().repeats
        || dialect.capabilities().new_keys != NewKeys::WithRows
            && rows >= COPY_FROM
            && is_numbered
            && meta.fields.iter().all(is_exact);
    likely && meta.fields.iter().all(|field| field.lossless)
}

/// The columns that these rows give, if the database stores their values as sent.
pub(crate) fn exact_columns(
    meta: &ModelMeta,
    shape: &Shape,
    rows: &NewRow,
    dialect: &'static dyn Dialect,
) -> Option<Vec<usize>> {
    if dialect.capabilities().new_keys == NewKeys::WithRows || shape.rows() < COPY_FROM {
        return None;
    }
    let given = shape.given();
    let is_exact = |at: &usize| type_name(&meta.fields[*at].sql_type).is_some();
    let key = meta.key.iter();
    if !given.iter().chain(key).all(is_exact) {
        return None;
    }
    let of = |n: usize| &meta.fields[given[n % given.len()]].sql_type;
    let kept = |(n, value): (usize, &Value)| stays(of(n), value);
    rows.values.iter().enumerate().all(kept).then_some(given)
}

/// Whether a column of this type stores the value as it is: a value of another kind would be converted.
fn stays(sql_type: &SqlType, value: &Value) -> bool {
    match (sql_type, value) {
        // Excess spaces are cut off silently.
        (SqlType::Varchar(most), Value::Text(text)) => text.len() <= *most as usize,
        // MariaDB rounds subnormal numbers.
        (SqlType::Double, Value::F64(n)) => n.is_normal() || n.to_bits() == 0,
        (_, Value::Null)
        | (SqlType::Bool, Value::Bool(_))
        | (SqlType::SmallInt, Value::I16(_))
        | (SqlType::Integer, Value::I32(_))
        | (SqlType::BigInt, Value::I64(_))
        | (SqlType::Text, Value::Text(_))
        | (SqlType::Bytes, Value::Bytes(_))
        | (SqlType::Uuid, Value::Uuid(_))
        | (SqlType::Date, Value::Date(_))
        | (SqlType::Time, Value::Time(_))
        | (SqlType::DateTime, Value::DateTime(_))
        | (SqlType::Timestamp, Value::Timestamp(_)) => true,
        _ => false,
    }
}

/// Locks the table's definition until the transaction ends, so that the results of the queries below do not change.
pub(crate) fn touch(
    meta: &'static ModelMeta,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let text = format!("SELECT 1 FROM {} LIMIT 0", table_name(meta, dialect)?);
    Ok(Command::with_text(text.into(), Vec::new(), Access::Read).at(site))
}

/// A condition: the table stores rows as sent. No trigger changes them (and the user could see one), and values that do not
/// fit are rejected.
///
/// Everything is compared with constants; otherwise a server with many tables would search all of them.
fn question(binds: &mut Vec<Value>, home: &Value, name: &Value) -> String {
    // `'user'@'host'`, as the tables of grants write it.
    const ME: &str = "CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) \
         - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1), \
         '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
    let mut exists = |table: &str, place: Option<(&str, &str)>, and: &str| {
        let mut text = format!("EXISTS (SELECT 1 FROM information_schema.{table} WHERE ");
        if let Some((schema, table)) = place {
            text.push_str(&format!(
                "{schema} COALESCE(?, DATABASE()) AND {table} = ? AND "
            ));
            binds.extend([home.clone(), name.clone()]);
        }
        text + and + ")"
    };
    let table = exists(
        "tables",
        Some(("table_schema =", "table_name")),
        "table_type = 'BASE TABLE' AND engine = 'InnoDB'",
    );
    let triggers = exists(
        "triggers",
        Some(("event_object_schema =", "event_object_table")),
        "action_timing = 'BEFORE' AND event_manipulation = 'INSERT'",
    );
    let mine = format!("grantee = {ME} AND privilege_type = 'TRIGGER'");
    let all = exists("user_privileges", None, &mine);
    let of_table = Some(("table_schema =", "table_name"));
    let of_table = exists("table_privileges", of_table, &mine);
    binds.push(home.clone());
    // A grant may be for all schemas whose names match a pattern.
    let of_schema = format!(
        "EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE COALESCE(?, DATABASE()) LIKE table_schema AND {mine})"
    );
    format!(
        "SELECT {table} AND @@sql_mode LIKE '%STRICT_ALL_TABLES%' AND NOT {triggers} AND ({all} OR {of_table} OR {of_schema})"
    )
}

/// Queries whether the table stores rows as sent.
pub(crate) fn keeps(meta: &'static ModelMeta, site: &'static Location<'static>) -> Command {
    let schema = meta.table.schema.as_ref();
    let home = schema.map_or(Value::Null, |schema| Value::Text(schema.to_string()));
    let name = Value::Text(meta.table.name.to_string());
    let mut binds = Vec::new();
    let text = question(&mut binds, &home, &name);
    Command::with_text(text.into(), binds, Access::Read).at(site)
}

/// Queries the columns of the table.
pub(crate) fn columns(
    meta: &'static ModelMeta,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let text = format!("SHOW FULL COLUMNS FROM {}", table_name(meta, dialect)?);
    Ok(Command::with_text(text.into(), Vec::new(), Access::Read).at(site))
}

/// A column as the server reports it.
pub(crate) struct Shown {
    name: String,
    /// `varchar(255)`, `int(11) unsigned`, …
    ty: String,
    collation: Option<String>,
    default: Option<String>,
    /// `auto_increment`, `STORED GENERATED`, …
    extra: String,
}

impl FromRow for Shown {
    const WIDTH: usize = 9;

    fn from_row(row: &mut Row<'_>) -> Result<Shown, DecodeError> {
        let (name, ty, collation) = (row.scalar()?, row.scalar()?, row.nullable()?);
        // Nullability and key.
        row.skip(2);
        let (default, extra) = (row.nullable()?, row.scalar()?);
        row.skip(2);
        Ok(Shown {
            name,
            ty,
            collation,
            default,
            extra,
        })
    }
}

/// The values that a column stores as they are.
struct Room {
    /// The longest value in bytes; for text, the column's maximum number of characters.
    longest: usize,
    /// Whether text must be ASCII: the column may change other characters.
    ascii: bool,
}

impl Room {
    fn keeps(&self, value: &Value) -> bool {
        match value {
            // Values that are too long are rejected, except for excess spaces.
            Value::Text(text) => text.len() <= self.longest && (!self.ascii || text.is_ascii()),
            Value::Bytes(bytes) => bytes.len() <= self.longest,
            _ => true,
        }
    }
}

impl Shown {
    /// Which values of a type it stores as they are.
    fn room(&self, sql_type: &SqlType) -> Option<Room> {
        let longest = self.longest(sql_type)?;
        let set = self.collation.as_deref().map(|collation| {
            let (set, _) = collation.split_once('_').unwrap_or((collation, ""));
            set
        });
        let ascii = match (sql_type, set) {
            (SqlType::Text | SqlType::Varchar(_), Some("utf8mb4")) => false,
            (
                SqlType::Text | SqlType::Varchar(_),
                Some("utf8mb3" | "utf8" | "latin1" | "ascii"),
            ) => true,
            (SqlType::Text | SqlType::Varchar(_), _) => return None,
            _ => false,
        };
        Some(Room { longest, ascii })
    }

    fn longest(&self, sql_type: &SqlType) -> Option<usize> {
        let (base, of) = match self.ty.split_once('(') {
            Some((base, of)) => (base, of.strip_suffix(')')?),
            None => (&*self.ty, ""),
        };
        let is_it = match sql_type {
            SqlType::Bool => self.ty == "tinyint(1)",
            SqlType::SmallInt => base == "smallint" && !of.is_empty(),
            SqlType::Integer => base == "int" && !of.is_empty(),
            SqlType::BigInt => base == "bigint" && !of.is_empty(),
            SqlType::Double => self.ty == "double",
            SqlType::Date => self.ty == "date",
            SqlType::Time => self.ty == "time(6)",
            SqlType::DateTime | SqlType::Timestamp => self.ty == "datetime(6)",
            SqlType::Uuid => self.ty == "binary(16)",
            SqlType::Text | SqlType::Varchar(_) => {
                return match base {
                    "varchar" => of.parse().ok(),
                    "text" => Some(0xffff),
                    "mediumtext" => Some(0xff_ffff),
                    "longtext" => Some(usize::MAX),
                    _ => None,
                };
            }
            SqlType::Bytes => {
                return match base {
                    "varbinary" => of.parse().ok(),
                    "blob" => Some(0xffff),
                    "mediumblob" => Some(0xff_ffff),
                    "longblob" => Some(usize::MAX),
                    _ => None,
                };
            }
            _ => false,
        };
        is_it.then_some(usize::MAX)
    }

    /// Whether it stays empty if an INSERT omits it.
    fn stays_empty(&self) -> bool {
        matches!(self.default.as_deref(), None | Some("NULL")) && self.extra.is_empty()
    }
}

/// Whether these columns store the rows' values as they are, and the omitted columns stay empty.
pub(crate) fn fit(meta: &ModelMeta, given: &[usize], rows: &NewRow, shown: &[Shown]) -> bool {
    let column = |at: usize| {
        let name = &meta.fields[at].column;
        let mut shown = shown.iter();
        shown.find(|shown| shown.name.eq_ignore_ascii_case(name))
    };
    let room = |at: usize, extra: &str| {
        let found = column(at).filter(|shown| shown.extra == extra);
        found?.room(&meta.fields[at].sql_type)
    };
    let key = meta.key[0];
    let rooms: Option<Vec<Room>> = given.iter().map(|at| room(*at, "")).collect();
    let Some(rooms) = rooms else { return false };
    let fits = |(n, value): (usize, &Value)| rooms[n % rooms.len()].keeps(value);
    let mut left_out = (0..meta.fields.len()).filter(|at| *at != key && !given.contains(at));
    room(key, "auto_increment").is_some()
        && left_out.all(|at| column(at).is_some_and(Shown::stays_empty))
        && rows.values.iter().enumerate().all(fits)
}

/// INSERTs of these rows that return the keys.
pub(crate) fn keyed(
    meta: &'static ModelMeta,
    rows: Arc<NewRow>,
    shape: &Shape,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<(Batch, Kept)>> {
    check_binds(meta, &rows.given, &rows.values, dialect)?;
    let text = |count: usize| -> Result<Text> {
        let first = &rows.given[..meta.fields.len()];
        let run = Rows::new(NewRow::blank(first, count), first.len());
        let insert = rows_command(meta, run, false, None, dialect, site)?;
        let mut w = Writer::new(dialect);
        w.push(&insert.text);
        w.push(" RETURNING ");
        w.identifier(&meta.fields[meta.key[0]].column);
        Ok(w.finish()?.text.into())
    };
    let most = MOST_ROWS.min(dialect.capabilities().max_binds / shape.width());
    let (whole, last) = (text(most)?, text((shape.rows() % most).max(1))?);
    let mut parts = Parts::of(meta, rows, shape);
    let mut batches = Vec::new();
    let mut left = shape.rows();
    // From the end, so that what is split off is the smaller part.
    while left > 0 {
        let (count, text) = match left % most {
            0 => (most, &whole),
            rest => (rest, &last),
        };
        left -= count;
        let command = Command::with_text(text.clone(), Vec::new(), Access::Write);
        let batch = Batch::new(
            // The sink supplies its binds.
            command.at(site).repeated(1),
            count,
        );
        batches.push((batch, parts.split_off(left, count)));
    }
    batches.reverse();
    Ok(batches)
}
