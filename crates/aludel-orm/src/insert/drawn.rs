//! Inserts many rows on PostgreSQL without reading them back: their keys are drawn from the column's sequence first, and the
//! rows are sent by COPY. RETURNING would send each row back as it was sent.

use super::many::Batch;
use super::no_returning::{Kept, Shape};
use super::rows::check_binds;
use super::statements::{copy_text, table_name};
use crate::meta::ModelMeta;
use crate::private::NewRow;
use aludel_engine::command::{Access, Command, Copying};
use aludel_engine::{Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::types::SqlType;
use aludel_sql::value::Array;
use std::panic::Location;
use std::sync::Arc;

/// The name of a type in the catalog, if its values come back unchanged.
pub(super) fn type_name(sql_type: &SqlType) -> Option<String> {
    Some(match sql_type {
        SqlType::Bool => "boolean".into(),
        SqlType::SmallInt => "smallint".into(),
        SqlType::Integer => "integer".into(),
        SqlType::BigInt => "bigint".into(),
        SqlType::Double => "double precision".into(),
        SqlType::Text => "text".into(),
        SqlType::Varchar(most) => format!("character varying({most})"),
        SqlType::Bytes => "bytea".into(),
        SqlType::Uuid => "uuid".into(),
        SqlType::Date => "date".into(),
        SqlType::Time => "time without time zone".into(),
        SqlType::DateTime => "timestamp without time zone".into(),
        SqlType::Timestamp => "timestamp with time zone".into(),
        _ => return None,
    })
}

/// Finds the sequence of the key ($1 and $2 are the table and the key's column), if keys may be drawn from it and rows are
/// stored as sent: no trigger, rule or policy changes them, the columns ($3) have the model's types ($4), and columns that
/// are not given ($5) stay empty. In a transaction that reads an old snapshot, this can't be known.
const SEQUENCE: &str = "SELECT s.oid::int8 FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute k ON k.attrelid = c.oid AND k.attname = $2::text \
     JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_class'::regclass AND p.refclassid = p.classid \
          AND p.refobjid = c.oid AND p.refobjsubid = k.attnum \
          AND p.deptype = (CASE WHEN k.attidentity = '' THEN 'a' ELSE 'i' END)::\"char\" \
     JOIN pg_catalog.pg_class s ON s.oid = p.objid AND s.relkind = 'S' \
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = k.attnum \
     WHERE c.oid = pg_catalog.to_regclass($1::text) AND c.relkind = 'r' AND NOT c.relhasrules AND NOT c.relrowsecurity \
     AND pg_catalog.has_table_privilege(c.oid, 'INSERT') AND pg_catalog.has_sequence_privilege(s.oid, 'USAGE') \
     AND pg_catalog.current_setting('transaction_isolation') LIKE 'read %' \
     AND (k.attidentity <> '' OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) = \
          'nextval(' || pg_catalog.quote_literal(s.oid::pg_catalog.regclass::text) || '::regclass)') \
     AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 7 = 7) \
     AND (SELECT count(*) FROM unnest($3::text[], $4::text[]) AS w(name, type) \
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name AND NOT a.attisdropped \
          AND a.attgenerated = '' AND pg_catalog.format_type(a.atttypid, a.atttypmod) = w.type) = cardinality($3::text[]) \
     AND (SELECT count(*) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
          WHERE a.attrelid = c.oid AND a.attname = ANY ($5::text[]) AND NOT a.attisdropped AND NOT a.atthasdef \
          AND a.attidentity = '' AND t.typdefault IS NULL) = cardinality($5::text[])";

/// Locks the table until the transaction ends, as an INSERT does from its start, so that the result of
/// [`sequence`] does not change.
pub(crate) fn lock(
    meta: &'static ModelMeta,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let table = table_name(meta, dialect)?;
    let text = format!("LOCK TABLE ONLY {table} IN ROW EXCLUSIVE MODE");
    Ok(Command::with_text(text.into(), Vec::new(), Access::Write).at(site))
}

/// Queries the sequence of the key, which is an `i64`; there is none if keys must not be drawn.
pub(crate) fn sequence(
    meta: &'static ModelMeta,
    given: &[usize],
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let key = meta.key[0];
    let sent = || given.iter().chain([&key]);
    let left_out = (0..meta.fields.len()).filter(|at| *at != key && !given.contains(at));
    let column = |at: usize| Value::Text(meta.fields[at].column.clone());
    let types = sent().filter_map(|at| type_name(&meta.fields[*at].sql_type));
    let binds = vec![
        Value::Text(table_name(meta, dialect)?),
        column(key),
        texts(sent().map(|at| column(*at)).collect()),
        texts(types.map(Value::Text).collect()),
        texts(left_out.map(column).collect()),
    ];
    Ok(Command::with_text(SEQUENCE.into(), binds, Access::Read).at(site))
}

/// Draws this many keys from a sequence.
pub(crate) fn draw(sequence: i64, keys: usize, site: &'static Location<'static>) -> Command {
    const DRAW: &str = "SELECT nextval($1::int8::oid::regclass) FROM generate_series(1, $2::int8)";
    let binds = vec![Value::I64(sequence), Value::I64(keys as i64)];
    Command::with_text(DRAW.into(), binds, Access::Write).at(site)
}

fn texts(items: Vec<Value>) -> Value {
    Value::Array(Box::new(Array {
        element: SqlType::Text,
        items,
    }))
}

/// The COPY of rows that have these keys.
pub(crate) fn drawn(
    meta: &'static ModelMeta,
    rows: Arc<NewRow>,
    shape: &Shape,
    given: &[usize],
    keys: Vec<i64>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<(Batch, Kept)> {
    check_binds(meta, &rows.given, &rows.values, dialect)?;
    let columns: Vec<usize> = meta.key.iter().chain(given).copied().collect();
    let (table, text) = copy_text(meta, &columns, dialect)?;
    let fields = columns.iter().map(|at| &meta.fields[*at]);
    let copying = Copying {
        table,
        columns: fields
            .map(|field| (field.column.clone(), field.sql_type.clone()))
            .collect(),
        keys: Some(keys.clone()),
        otherwise: Text::Static(""),
    };
    let command = Command::with_text(text.into(), Vec::new(), Access::Write).copying(copying);
    let batch = Batch::new(command.at(site), keys.len());
    Ok((batch, Kept::drawn(meta, rows, shape, keys)))
}
