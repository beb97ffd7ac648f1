//! Column settings that a change of type loses (PostgreSQL: `SET STORAGE`), where the metadata does not have them.

use aludel_engine::{Executor, Result, sql};
use aludel_sql::schema::Column;
use aludel_sql::statement::TableName;

/// The statements that restore the columns' settings after a change of type.
pub(super) async fn settings(
    db: &dyn Executor,
    columns: &[(TableName, Column)],
) -> Result<Vec<String>> {
    let mut all = Vec::new();
    if !db.dialect().capabilities().options_after_type {
        return Ok(all);
    }
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for (table, column) in columns {
        // Settings in the metadata are set by a step of their own.
        let options = column.options.as_deref().unwrap_or_default();
        if options.to_ascii_uppercase().contains("STORAGE") {
            continue;
        }
        let name = match &table.schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
            None => quote(&table.name),
        };
        // A type that is never stored out of line takes no such setting.
        let kept: Vec<String> = sql(
            "SELECT format('DO $aludel$ BEGIN IF EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
             WHERE a.attrelid = %L::regclass AND a.attname = %L AND t.typstorage <> ''p'') THEN \
             ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s; END IF; END $aludel$', n.name, a.attname, n.name, a.attname, \
             CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) \
             FROM (SELECT ",
        )
        .bind(name)
        .push(
            "::text AS name) n JOIN pg_attribute a ON a.attrelid = to_regclass(n.name) JOIN pg_type t ON t.oid = a.atttypid \
             WHERE a.attstorage <> t.typstorage AND a.attname = ",
        )
        .bind(column.name.clone())
        .all(db)
        .await?;
        all.extend(kept);
    }
    Ok(all)
}
