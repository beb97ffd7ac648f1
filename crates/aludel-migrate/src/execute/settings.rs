//! Settings of columns that another type takes away (PostgreSQL: `SET STORAGE`), where the metadata does not have them.

use aludel_engine::{Executor, Result, sql};
use aludel_sql::schema::Column;
use aludel_sql::statement::TableName;

/// The statements that give columns their settings again, once they have another type.
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
        let name = match &table.schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(&table.name)),
            None => quote(&table.name),
        };
        let kept: Vec<String> = sql("SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STORAGE %s', ")
            .bind(name.clone())
            .push("::text, a.attname, CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END) \
                   FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attstorage <> t.typstorage AND a.attrelid = to_regclass(")
            .bind(name)
            .push(") AND a.attname = ")
            .bind(column.name.clone())
            .all(db)
            .await?;
        all.extend(kept);
    }
    Ok(all)
}
