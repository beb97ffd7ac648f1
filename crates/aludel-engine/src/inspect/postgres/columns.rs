//! Columns and their types.

use super::super::expression;
use super::{OURS, SCHEMA, name};
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::Sql;
use aludel_sql::dialect::POSTGRES;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Generated, Identity, Schema};
use aludel_sql::types::SqlType;
use aludel_sql::value::EnumType;

/// Schema, table, column, type, the enum in it, whether it is an array, NOT NULL, default or expression, comment, collation,
/// and in the database's own codes and words: identity, generated, options, whether a sequence of its own numbers it.
type ColumnRow = (
    Option<String>,
    String,
    String,
    String,
    Option<String>,
    bool,
    bool,
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<String>,
);

pub(super) async fn columns(
    db: &dyn Executor,
    schema: &mut Schema,
    enums: &[EnumType],
) -> Result<()> {
    let rows: Vec<ColumnRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
         CASE WHEN t.typtype = 'e' THEN t.typname::text WHEN l.typtype = 'e' THEN l.typname::text END, \
         t.typcategory = 'A', a.attnotnull, pg_get_expr(d.adbin, d.adrelid), \
         col_description(c.oid, a.attnum), \
         CASE WHEN k.collnamespace::regnamespace::text IN ('pg_catalog', current_schema()) THEN k.collname::text \
              ELSE k.collnamespace::regnamespace::text || '.\"' || k.collname || '\"' END, \
         ARRAY[a.attidentity::text, a.attgenerated::text, concat_ws(' ', \
          CASE WHEN a.attstorage <> t.typstorage AND current_setting('server_version_num')::int >= 160000 \
               THEN 'STORAGE ' || (CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' \
                                   WHEN 'm' THEN 'main' ELSE 'extended' END) END, \
          CASE to_jsonb(a) ->> 'attcompression' WHEN 'p' THEN 'COMPRESSION pglz' WHEN 'l' THEN 'COMPRESSION lz4' END), \
         EXISTS (SELECT 1 FROM pg_depend o JOIN pg_class q ON q.oid = o.objid AND q.relkind = 'S' \
                 WHERE o.classid = 'pg_class'::regclass AND o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'a')::text] \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid \
         LEFT JOIN pg_type l ON l.oid = t.typelem AND t.typcategory = 'A' \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN pg_collation k ON k.oid = a.attcollation AND a.attcollation <> t.typcollation \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {OURS} \
         ORDER BY a.attrelid, a.attnum"
    ))
    .all(db)
    .await?;
    for row in rows {
        let (
            in_schema,
            table,
            column,
            type_text,
            kind,
            array,
            not_null,
            text,
            comment,
            collation,
            words,
        ) = row;
        let [identity, generated, options, numbered] =
            <[String; 4]>::try_from(words).unwrap_or_default();
        let Some(table) = schema.table_mut(&name(in_schema, table)) else {
            continue;
        };
        let kind = kind.and_then(|kind| enums.iter().copied().find(|known| known.name == kind));
        let sql_type = match kind {
            Some(kind) if array => SqlType::Array(Box::new(SqlType::Enum(kind))),
            Some(kind) => SqlType::Enum(kind),
            None => sql_type(&type_text),
        };
        let mut found = Column {
            nullable: !not_null,
            comment,
            collation,
            options: Some(options).filter(|options| !options.is_empty()),
            ..Column::new(column, sql_type)
        };
        found.identity = match identity.as_str() {
            "a" => Some(Identity::Always),
            "d" => Some(Identity::ByDefault),
            _ => None,
        };
        if let Some(text) = text {
            if !generated.is_empty() {
                found.generated = Some(Generated {
                    expression: Node::Raw(vec![text.into()], Vec::new()),
                    stored: generated == "s",
                });
            } else if text.starts_with("nextval(") && numbered == "true" {
                // `serial`, which numbers the rows in the older way.
                found.identity = Some(Identity::ByDefault);
            } else {
                found.default = Some(expression::node(&text, &POSTGRES));
            }
        }
        table.columns.push(found);
    }
    Ok(())
}

fn sql_type(text: &str) -> SqlType {
    if let Some(element) = text.strip_suffix("[]") {
        return SqlType::Array(Box::new(sql_type(element)));
    }
    let (word, sizes) = match text.split_once('(') {
        Some((word, rest)) => (
            word,
            rest.trim_end_matches(')')
                .split(',')
                .filter_map(|n| n.trim().parse().ok())
                .collect(),
        ),
        None => (text, Vec::<u32>::new()),
    };
    match (word, sizes.as_slice()) {
        ("boolean", _) => SqlType::Bool,
        ("smallint", _) => SqlType::SmallInt,
        ("integer", _) => SqlType::Integer,
        ("bigint", _) => SqlType::BigInt,
        ("real", _) => SqlType::Real,
        ("double precision", _) => SqlType::Double,
        ("text", _) => SqlType::Text,
        ("character varying", [length]) => SqlType::Varchar(*length),
        ("numeric", [precision, scale]) => SqlType::Decimal(*precision, *scale),
        ("bytea", _) => SqlType::Bytes,
        ("date", _) => SqlType::Date,
        ("time without time zone", _) => SqlType::Time,
        ("timestamp without time zone", _) => SqlType::DateTime,
        ("timestamp with time zone", _) => SqlType::Timestamp,
        ("uuid", _) => SqlType::Uuid,
        ("jsonb", _) => SqlType::Json,
        _ => SqlType::Custom(text.to_string().into()),
    }
}
