//! Many rows on PostgreSQL: arrays, COPY, and keys that are drawn from their sequence. RETURNING would send each row back as it
//! was sent.

use crate::dialect::ansi::bulk::{matches, names, sets};
use crate::dialect::bulk::{Bulk, DrawnKeys, Load, NewColumns, NewKeys, Sequence};
use crate::error::Result;
use crate::render::{Writer, check_bind};
use crate::statement::{ColumnArray, TableName, UpdateMany, element_type};
use crate::types::SqlType;
use crate::value::{Array, Value};

/// How PostgreSQL takes many rows.
#[derive(Debug)]
pub(super) struct PostgresBulk;

impl Bulk for PostgresBulk {
    /// One text whatever the number of rows; the rows are in the order of the arrays.
    fn rows_of_arrays(&self, w: &mut Writer, columns: Vec<ColumnArray>) -> Result<()> {
        w.push("SELECT * FROM ");
        unnest(w, columns)
    }

    fn update_many(&self, w: &mut Writer, update: UpdateMany) -> Result<()> {
        let UpdateMany {
            table,
            matched,
            set,
            rows,
        } = update;
        let mut columns: Vec<ColumnArray> = { matched.iter().chain(&set) }
            .map(|(name, sql_type)| ColumnArray {
                name: name.clone(),
                sql_type: sql_type.clone(),
                items: Vec::with_capacity(rows.len()),
            })
            .collect();
        for row in rows {
            for (column, value) in columns.iter_mut().zip(row) {
                column.items.push(value);
            }
        }
        w.push("UPDATE ");
        w.table(&table)?;
        w.push(" AS t SET ");
        sets(w, &set, "");
        w.push(" FROM ");
        unnest(w, columns)?;
        w.push(" AS v(");
        for n in 1..=matched.len() {
            w.push(if n > 1 { ", " } else { "" });
            w.push(&format!("k{n}"));
        }
        for n in 1..=set.len() {
            w.push(&format!(", c{n}"));
        }
        w.push(") WHERE ");
        matches(w, &matched);
        Ok(())
    }

    /// In the binary format.
    fn load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        w.push("COPY ");
        w.table(load.table)?;
        w.push(" (");
        names(w, load.columns);
        w.push(") FROM STDIN (FORMAT binary)");
        Ok(())
    }

    /// The INSERT of arrays, which the driver fills.
    fn instead_of_load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        w.push("INSERT INTO ");
        w.table(load.table)?;
        w.push(" (");
        names(w, load.columns);
        w.push(") ");
        if load.has_keys {
            w.push("OVERRIDING SYSTEM VALUE ");
        }
        let empty = |(name, sql_type): &(_, SqlType)| ColumnArray {
            name: Clone::clone(name),
            sql_type: sql_type.clone(),
            items: Vec::new(),
        };
        self.rows_of_arrays(w, load.columns.iter().map(empty).collect())
    }

    fn new_keys(&self) -> NewKeys {
        NewKeys::Drawn(&PostgresBulk)
    }

    fn sequence(&self) -> Option<&'static dyn Sequence> {
        Some(&PostgresBulk)
    }
}

/// `unnest($1::type[], …)`.
fn unnest(w: &mut Writer, columns: Vec<ColumnArray>) -> Result<()> {
    let dialect = w.dialect();
    w.push("unnest(");
    for (n, column) in columns.into_iter().enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        for value in &column.items {
            check_bind(value, dialect).map_err(|error| error.of_column(&*column.name))?;
        }
        let cast = element_type(&column.sql_type, std::iter::empty());
        w.bind(Value::Array(Box::new(Array {
            element: element_type(&column.sql_type, column.items.iter()),
            items: column.items,
        })));
        w.push("::");
        dialect.cast_type(&cast, &mut w.text)?;
        w.push("[]");
    }
    w.push(")");
    Ok(())
}

/// Finds the sequence of the key ($1 and $2 are the table and the key's column), if keys may be drawn from it and rows are
/// stored as sent: no trigger, rule or policy changes them, the columns ($3) have the model's types ($4), and columns that
/// are not given ($5) stay empty. In a transaction that reads an old snapshot, this can't be known.
const SEQUENCE: [&str; 6] = [
    "SELECT s.oid::int8 FROM pg_catalog.pg_class c \
     JOIN pg_catalog.pg_attribute k ON k.attrelid = c.oid AND k.attname = $2::text \
     JOIN pg_catalog.pg_depend p ON p.classid = 'pg_catalog.pg_class'::regclass AND p.refclassid = p.classid \
          AND p.refobjid = c.oid AND p.refobjsubid = k.attnum \
          AND p.deptype = (CASE WHEN k.attidentity = '' THEN 'a' ELSE 'i' END)::\"char\" \
     JOIN pg_catalog.pg_class s ON s.oid = p.objid AND s.relkind = 'S' \
     LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = k.attnum ",
    "WHERE c.oid = pg_catalog.to_regclass($1::text) AND c.relkind = 'r' AND NOT c.relhasrules AND NOT c.relrowsecurity \
     AND pg_catalog.has_table_privilege(c.oid, 'INSERT') AND pg_catalog.has_sequence_privilege(s.oid, 'USAGE') \
     AND pg_catalog.current_setting('transaction_isolation') LIKE 'read %' ",
    "AND (k.attidentity <> '' OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) = \
          'nextval(' || pg_catalog.quote_literal(s.oid::pg_catalog.regclass::text) || '::regclass)') ",
    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND t.tgtype & 7 = 7) ",
    "AND (SELECT count(*) FROM unnest($3::text[], $4::text[]) AS w(name, type) \
          JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name AND NOT a.attisdropped \
          AND a.attgenerated = '' AND pg_catalog.format_type(a.atttypid, a.atttypmod) = w.type) = cardinality($3::text[]) ",
    "AND (SELECT count(*) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
          WHERE a.attrelid = c.oid AND a.attname = ANY ($5::text[]) AND NOT a.attisdropped AND NOT a.atthasdef \
          AND a.attidentity = '' AND t.typdefault IS NULL) = cardinality($5::text[])",
];

impl DrawnKeys for PostgresBulk {
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()> {
        w.push("LOCK TABLE ONLY ");
        w.table(table)?;
        w.push(" IN ROW EXCLUSIVE MODE");
        Ok(())
    }

    fn sequence(&self, w: &mut Writer, columns: &NewColumns<'_>) -> Result<()> {
        let name = quoted(columns.table, w)?;
        let sent = || columns.given.iter().chain([&columns.key]);
        let text = |name: &&str| Value::Text((*name).to_string());
        let types = sent().filter_map(|(_, sql_type)| catalog_name(sql_type));
        SEQUENCE.iter().for_each(|part| w.push(part));
        // Their places are written in the text.
        let binds = [
            Value::Text(name),
            text(&columns.key.0),
            texts(sent().map(|(name, _)| text(name)).collect()),
            texts(types.map(Value::Text).collect()),
            texts(columns.left_out.iter().map(text).collect()),
        ];
        w.add_binds(binds);
        Ok(())
    }

    fn draw(&self, w: &mut Writer, sequence: i64, keys: usize) {
        w.push("SELECT nextval($1::int8::oid::regclass) FROM generate_series(1, $2::int8)");
        w.add_binds([Value::I64(sequence), Value::I64(keys as i64)]);
    }
}

impl Sequence for PostgresBulk {
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()> {
        w.push("LOCK TABLE ONLY ");
        w.table(table)?;
        w.push(" IN SHARE ROW EXCLUSIVE MODE");
        Ok(())
    }

    fn name(&self, w: &mut Writer, table: &TableName, column: &str) -> Result<()> {
        let table = quoted(table, w)?;
        w.push("SELECT pg_catalog.pg_get_serial_sequence($1, $2)");
        w.add_binds([Value::Text(table), Value::Text(column.to_string())]);
        Ok(())
    }

    fn raise(&self, w: &mut Writer, sequence: &str, table: &TableName, column: &str) -> Result<()> {
        // Until `is_called`, the next number is `last_value` itself.
        w.push("SELECT pg_catalog.setval('");
        w.push(&sequence.replace('\'', "''"));
        w.push("', highest) FROM (SELECT max(");
        w.checked_identifier(column)?;
        w.push(")::int8 AS highest FROM ");
        w.table(table)?;
        w.push(") AS given, ");
        w.push(sequence);
        w.push(" AS s WHERE highest >= s.last_value + s.is_called::int");
        Ok(())
    }
}

/// The table's name as SQL, in a text of its own.
fn quoted(table: &TableName, w: &Writer) -> Result<String> {
    let mut name = Writer::new(w.dialect());
    name.table(table)?;
    Ok(name.finish()?.text)
}

fn texts(items: Vec<Value>) -> Value {
    Value::Array(Box::new(Array {
        element: SqlType::Text,
        items,
    }))
}

/// The name of a type in the catalog, if its values come back unchanged.
fn catalog_name(sql_type: &SqlType) -> Option<String> {
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
        SqlType::Real
        | SqlType::Decimal(..)
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => return None,
    })
}
