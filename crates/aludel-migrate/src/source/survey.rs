//! Which columns have values that their types don't promise: `inspectdb` looks before it writes models.

use aludel_engine::{Database, Result, Sql};
use aludel_sql::render::Writer;
use aludel_sql::schema::Schema;
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use std::collections::BTreeMap;

/// How a column has to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As text, whatever it holds.
    AnyText,
    /// As an array of which some elements are NULL.
    OptionalElements,
}

/// The columns that can't be read as their types say, found by [`survey`].
#[derive(Debug, Clone, Default)]
pub struct Survey {
    columns: BTreeMap<(TableName, String), Reading>,
}

impl Survey {
    pub(super) fn of(&self, table: &TableName, column: &str) -> Option<Reading> {
        let key = (table.clone(), column.to_string());
        self.columns.get(&key).copied()
    }
}

/// Looks through the rows of a schema's tables for values that the Rust types of their columns can't hold: dates without an
/// end, texts in a column of numbers (SQLite), NULLs in arrays. It is one statement for each table
/// (of at most 100 conditions), which scans the table for each condition.
///
/// # Errors
/// Those of the database.
pub async fn survey(db: &Database, schema: &Schema) -> Result<Survey> {
    let dialect = db.dialect();
    let mut survey = Survey::default();
    for table in &schema.tables {
        let mut w = Writer::new(dialect);
        w.table(&table.name)?;
        let from = w.text;
        let mut all: Vec<(&str, Reading)> = Vec::new();
        let mut selects: Vec<String> = Vec::new();
        for column in &table.columns {
            let mut w = Writer::new(dialect);
            w.identifier(&column.name);
            let value = w.text;
            let read = match &column.sql_type {
                SqlType::Custom(words) => dialect.reads_as(words),
                known => known.clone(),
            };
            let mut conditions = Vec::new();
            if let SqlType::Array(_) = read {
                conditions.push((
                    format!("EXISTS (SELECT 1 FROM unnest({value}) AS one(element) WHERE one.element IS NULL)"),
                    Reading::OptionalElements,
                ));
            }
            if let Some(condition) = dialect.unreadable(&read, &value) {
                conditions.push((condition, Reading::AnyText));
            }
            for (condition, reading) in conditions {
                let n = all.len();
                selects.push(format!(
                    "SELECT {n}, coalesce(max(CASE WHEN {value} IS NULL THEN 0 WHEN {condition} THEN 1 ELSE 0 END), 0) FROM {from}"
                ));
                all.push((&column.name, reading));
            }
        }
        // A statement of SQLite's has 500 parts at most.
        for selects in selects.chunks(100) {
            let rows: Vec<(i64, i64)> = Sql::trusted(selects.join(" UNION ALL ")).all(db).await?;
            for (n, _) in rows.into_iter().filter(|(_, found)| *found != 0) {
                if let Some((column, reading)) = usize::try_from(n).ok().and_then(|n| all.get(n)) {
                    // The last has the last word: what can't be read as an array is a text.
                    let key = (table.name.clone(), (*column).to_string());
                    let known = survey.columns.get(&key);
                    if known != Some(&Reading::AnyText) {
                        survey.columns.insert(key, *reading);
                    }
                }
            }
        }
    }
    Ok(survey)
}
