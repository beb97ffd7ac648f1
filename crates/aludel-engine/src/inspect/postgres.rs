//! Reflection of PostgreSQL, from `pg_catalog`.

use super::expression;
use crate::error::Result;
use crate::execute::Executor;
use crate::raw::{Sql, sql};
use aludel_sql::dialect::POSTGRES;
use aludel_sql::expr::{Name, Node};
use aludel_sql::schema::{
    Action, Check, Column, Deferrability, ForeignKey, Generated, Identity, Index, IndexPart,
    Schema, Table, Trigger, Unique, View,
};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use aludel_sql::value::EnumType;

/// Relations of users, which no extension brought.
const OURS: &str = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')";

/// A schema's name; that of the schema in which new tables go is left out.
const SCHEMA: &str = "CASE WHEN n.nspname <> current_schema() THEN n.nspname::text END";

pub(super) async fn inspect(db: &dyn Executor) -> Result<Schema> {
    let enums: Vec<EnumType> = enums(db).await?;
    let mut schema = Schema {
        tables: tables(db).await?,
        ..Schema::default()
    };
    columns(db, &mut schema, &enums).await?;
    constraints(db, &mut schema).await?;
    indexes(db, &mut schema).await?;
    schema.enums = enums;
    schema.views = views(db).await?;
    schema.extensions =
        sql("SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname")
            .all(db)
            .await?;
    schema.triggers = triggers(db).await?;
    Ok(schema)
}

fn name(schema: Option<String>, name: String) -> TableName {
    TableName {
        schema: schema.map(Name::Owned),
        name: name.into(),
        kinds: Default::default(),
    }
}

async fn enums(db: &dyn Executor) -> Result<Vec<EnumType>> {
    let rows: Vec<(String, Vec<String>)> = sql(
        "SELECT t.typname::text, array_agg(l.enumlabel::text ORDER BY l.enumsortorder) \
         FROM pg_type t JOIN pg_enum l ON l.enumtypid = t.oid \
         WHERE NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = t.oid AND e.deptype = 'e') \
         GROUP BY t.oid, t.typname ORDER BY t.typname",
    )
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(name, labels)| EnumType::intern(&name, &labels))
        .collect())
}

async fn tables(db: &dyn Executor) -> Result<Vec<Table>> {
    let rows: Vec<(Option<String>, String, Option<String>)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, obj_description(c.oid, 'pg_class') \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {OURS} ORDER BY 1 NULLS FIRST, 2"
    ))
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(schema, table, comment)| Table {
            comment,
            ..Table::new(name(schema, table))
        })
        .collect())
}

/// Schema, table, column, type, the enum in it, whether it is an array, NOT NULL, default or expression, identity,
/// generated, comment.
type ColumnRow = (
    Option<String>,
    String,
    String,
    String,
    Option<String>,
    bool,
    bool,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<String>,
);

async fn columns(db: &dyn Executor, schema: &mut Schema, enums: &[EnumType]) -> Result<()> {
    let rows: Vec<ColumnRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), \
         CASE WHEN t.typtype = 'e' THEN t.typname::text WHEN l.typtype = 'e' THEN l.typname::text END, \
         t.typcategory = 'A', a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, \
         a.attgenerated::text, col_description(c.oid, a.attnum), \
         CASE WHEN k.collnamespace::regnamespace::text IN ('pg_catalog', current_schema()) THEN k.collname::text \
              ELSE k.collnamespace::regnamespace::text || '.\"' || k.collname || '\"' END \
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
            identity,
            generated,
            comment,
            collation,
        ) = row;
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
            ..Column::new(column, sql_type)
        };
        found.identity = match identity.as_str() {
            "a" => Some(Identity::Always),
            "d" => Some(Identity::ByDefault),
            _ => None,
        };
        if let Some(text) = text {
            if generated == "s" {
                found.generated = Some(Generated {
                    expression: Node::Raw(vec![text.into()], Vec::new()),
                    stored: true,
                });
            } else if text.starts_with("nextval(") {
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

/// Schema, table, name, kind, columns, target's schema, table and columns, ON DELETE, ON UPDATE, deferrable, deferred,
/// condition.
type ConstraintRow = (
    Option<String>,
    String,
    String,
    String,
    Option<Vec<String>>,
    Option<String>,
    Option<String>,
    Option<Vec<String>>,
    String,
    String,
    bool,
    Option<String>,
);

async fn constraints(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let names = |relation: &str, keys: &str| {
        format!(
            "(SELECT array_agg(a.attname::text ORDER BY x.place) FROM unnest(k.{keys}) WITH ORDINALITY AS x(number, place) \
             JOIN pg_attribute a ON a.attrelid = k.{relation} AND a.attnum = x.number)"
        )
    };
    let rows: Vec<ConstraintRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, k.conname::text, k.contype::text, {}, \
         CASE WHEN fn.nspname <> current_schema() THEN fn.nspname::text END, f.relname::text, {}, \
         k.confdeltype::text || CASE WHEN k.condeferred THEN 'd' ELSE '' END, k.confupdtype::text, k.condeferrable, \
         pg_get_expr(k.conbin, k.conrelid) \
         FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace \
         WHERE k.contype IN ('p', 'u', 'f', 'c') AND {OURS} ORDER BY k.conrelid, k.conname",
        names("conrelid", "conkey"),
        names("confrelid", "confkey"),
    ))
    .all(db)
    .await?;
    for row in rows {
        let (
            in_schema,
            table,
            constraint,
            kind,
            columns,
            target_schema,
            target,
            targets,
            on_delete,
            on_update,
            deferrable,
            condition,
        ) = row;
        let Some(table) = schema.table_mut(&name(in_schema, table)) else {
            continue;
        };
        let columns = columns.unwrap_or_default();
        match kind.as_str() {
            "p" => table.primary_key = columns,
            "u" => table.uniques.push(Unique {
                name: constraint,
                columns,
            }),
            "c" => table.checks.push(Check {
                name: constraint,
                condition: Node::Raw(vec![condition.unwrap_or_default().into()], Vec::new()),
            }),
            _ => table.foreign_keys.push(ForeignKey {
                name: constraint,
                columns,
                target: name(target_schema, target.unwrap_or_default()),
                target_columns: targets.unwrap_or_default(),
                on_delete: action(&on_delete),
                on_update: action(&on_update),
                deferrable: match (deferrable, on_delete.len() > 1) {
                    (false, _) => Deferrability::Not,
                    (true, false) => Deferrability::Immediate,
                    (true, true) => Deferrability::Deferred,
                },
            }),
        }
    }
    Ok(())
}

fn action(letter: &str) -> Action {
    match letter.chars().next() {
        Some('r') => Action::Restrict,
        Some('c') => Action::Cascade,
        Some('n') => Action::SetNull,
        Some('d') => Action::SetDefault,
        _ => Action::NoAction,
    }
}

/// Schema, table, name, method, unique, condition, how many parts are indexed, and of each part its text, its column
/// and whether it is descending.
type IndexRow = (
    Option<String>,
    String,
    String,
    String,
    bool,
    Option<String>,
    i32,
    Vec<String>,
    Vec<String>,
    Vec<i32>,
);

async fn indexes(db: &dyn Executor, schema: &mut Schema) -> Result<()> {
    let rows: Vec<IndexRow> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, i.relname::text, m.amname::text, x.indisunique, \
         pg_get_expr(x.indpred, x.indrelid), x.indnkeyatts::int, \
         (SELECT array_agg(pg_get_indexdef(x.indexrelid, g, true) ORDER BY g) FROM generate_series(1, x.indnatts::int) g), \
         (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY g) FROM generate_series(1, x.indnatts::int) g \
          LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[g - 1] AND a.attnum <> 0), \
         (SELECT array_agg(coalesce(x.indoption[g - 1] & 1, 0)::int ORDER BY g) FROM generate_series(1, x.indnatts::int) g) \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = i.relam \
         WHERE x.indisvalid AND {OURS} AND NOT EXISTS \
         (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x')) \
         ORDER BY x.indrelid, i.relname"
    ))
    .all(db)
    .await?;
    for row in rows {
        let (in_schema, table, index, method, unique, condition, keys, texts, names, descending) =
            row;
        let Some(table) = schema.table_mut(&name(in_schema, table)) else {
            continue;
        };
        let keys = usize::try_from(keys).unwrap_or(0);
        let parts = texts.into_iter().zip(names.iter()).zip(descending);
        table.indexes.push(Index {
            name: index,
            parts: parts
                .take(keys)
                .map(|((text, column), descending)| IndexPart {
                    node: if column.is_empty() {
                        Node::Raw(vec![text.into()], Vec::new())
                    } else {
                        Node::Root(column.clone().into())
                    },
                    descending: descending == 1,
                })
                .collect(),
            unique,
            condition: condition.map(|text| Node::Raw(vec![text.into()], Vec::new())),
            method: Some(method).filter(|method| method != "btree"),
            include: names.into_iter().skip(keys).collect(),
        });
    }
    Ok(())
}

async fn views(db: &dyn Executor) -> Result<Vec<View>> {
    let rows: Vec<(Option<String>, String, String, bool)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, pg_get_viewdef(c.oid), c.relkind = 'm' \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('v', 'm') AND {OURS} ORDER BY 1 NULLS FIRST, 2"
    ))
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(schema, view, query, materialized)| View {
            name: name(schema, view),
            query: query.trim().trim_end_matches(';').to_string(),
            materialized,
        })
        .collect())
}

async fn triggers(db: &dyn Executor) -> Result<Vec<Trigger>> {
    let rows: Vec<(Option<String>, String, String, String)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, g.tgname::text, pg_get_triggerdef(g.oid) \
         FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE NOT g.tgisinternal AND {OURS} ORDER BY 1 NULLS FIRST, 2, 3"
    ))
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(schema, table, trigger, statement)| Trigger {
            name: trigger,
            table: name(schema, table),
            statement,
        })
        .collect())
}
