//! Reflection of PostgreSQL, from `pg_catalog`.

mod columns;
mod constraints;
mod indexes;
mod unmanaged;

use crate::error::Result;
use crate::execute::Executor;
use crate::sql::{Sql, sql};
use aludel_sql::expr::Name;
use aludel_sql::schema::{Schema, Table, Trigger, View};
use aludel_sql::statement::TableName;
use aludel_sql::value::EnumType;
use std::collections::BTreeMap;

/// User relations that no extension created.
const OURS: &str = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' \
    AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e')";

/// A schema's name; NULL for the schema in which new tables go.
const SCHEMA: &str = "CASE WHEN n.nspname <> current_schema() THEN n.nspname::text END";

pub(super) async fn inspect(db: &dyn Executor) -> Result<Schema> {
    let enums: Vec<EnumType> = enums(db).await?;
    let mut schema = Schema {
        tables: tables(db).await?,
        ..Schema::default()
    };
    columns::columns(db, &mut schema, &enums).await?;
    constraints::constraints(db, &mut schema).await?;
    indexes::indexes(db, &mut schema).await?;
    schema.enums = enums;
    schema.views = views(db).await?;
    schema.extensions =
        sql("SELECT extname::text FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY extname")
            .all(db)
            .await?;
    schema.triggers = triggers(db).await?;
    schema.unmanaged.extend(unmanaged::unmanaged(db).await?);
    schema.unmanaged.sort();
    schema.owners = owners(db).await?;
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
    let rows: Vec<(Option<String>, String, Option<String>, Option<String>)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, obj_description(c.oid, 'pg_class'), \
         nullif(concat_ws(' ', 'PARTITION BY ' || pg_get_partkeydef(c.oid), \
         CASE WHEN m.amname <> 'heap' THEN 'USING ' || quote_ident(m.amname) END, \
         'WITH (' || array_to_string(c.reloptions, ', ') || ')', 'TABLESPACE ' || quote_ident(s.spcname)), '') \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_am m ON m.oid = c.relam LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace \
         WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {OURS} ORDER BY 1 NULLS FIRST, 2"
    ))
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(schema, table, comment, options)| Table {
            comment,
            options,
            ..Table::new(name(schema, table))
        })
        .collect())
}

/// Who owns tables and views.
async fn owners(db: &dyn Executor) -> Result<BTreeMap<TableName, String>> {
    let rows: Vec<(Option<String>, String, String)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, pg_get_userbyid(c.relowner)::text \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition AND {OURS}"
    ))
    .all(db)
    .await?;
    Ok({ rows.into_iter() }
        .map(|(schema, table, owner)| (name(schema, table), owner))
        .collect())
}

async fn views(db: &dyn Executor) -> Result<Vec<View>> {
    let rows: Vec<(Option<String>, String, String, bool, Option<String>)> = Sql::trusted(format!(
        "SELECT {SCHEMA}, c.relname::text, pg_get_viewdef(c.oid), c.relkind = 'm', \
         'WITH (' || array_to_string(c.reloptions, ', ') || ')' \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('v', 'm') AND {OURS} ORDER BY 1 NULLS FIRST, 2"
    ))
    .all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(schema, view, query, materialized, options)| View {
            options,
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
