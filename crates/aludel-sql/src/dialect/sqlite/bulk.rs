//! Many rows on SQLite: a statement is prepared once and run again and again, and rows are numbered one after the other.

use crate::dialect::bulk::Bulk;
use crate::error::Result;
use crate::render::Writer;
use crate::statement::TableName;
use crate::value::Value;

/// How SQLite takes many rows.
#[derive(Debug)]
pub(super) struct SqliteBulk;

impl Bulk for SqliteBulk {
    fn numbering(&self, w: &mut Writer, table: &TableName, key: &str) -> Result<()> {
        w.push("SELECT max(");
        w.identifier(key);
        w.push("), EXISTS (SELECT 1 FROM ");
        if let Some(schema) = &table.schema {
            w.identifier(schema);
            w.push(".");
        }
        for tables in ["sqlite_schema", "sqlite_temp_schema"] {
            if tables == "sqlite_temp_schema" {
                w.push(" UNION ALL SELECT 1 FROM ");
            }
            w.push(tables);
            w.push(" WHERE type = 'trigger' AND lower(tbl_name) = lower(");
            w.bind(Value::Text(table.name.to_string()));
            w.push(")");
        }
        w.push(") FROM ");
        w.table(table)
    }
}
