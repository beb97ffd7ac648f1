//! Finds columns with values that don't fit their types: `inspectdb` looks before it writes models.

use aludel_engine::{Database, Result, Sql};
use aludel_sql::render::Writer;
use aludel_sql::schema::{Column, Schema, Table};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use std::collections::BTreeMap;

/// How a column has to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As text, whatever it contains.
    AnyText,
    /// As an array with NULL elements.
    OptionalElements,
}

/// The columns that can't be read as their types promise, found by [`survey`].
#[derive(Debug, Clone, Default)]
pub struct Survey {
    columns: BTreeMap<(TableName, String), Reading>,
    /// Tables that could not be surveyed, and why.
    failed: BTreeMap<TableName, String>,
}

impl Survey {
    pub(super) fn of(&self, table: &TableName, column: &str) -> Option<Reading> {
        let key = (table.clone(), column.to_string());
        self.columns.get(&key).copied()
    }

    /// Why a table could not be surveyed.
    pub(super) fn failure(&self, table: &TableName) -> Option<&str> {
        self.failed.get(table).map(String::as_str)
    }

    fn note(&mut self, table: &TableName, column: &str, reading: Reading) {
        let key = (table.clone(), column.to_string());
        // `AnyText` takes precedence over `OptionalElements`.
        if self.columns.get(&key) != Some(&Reading::AnyText) {
            self.columns.insert(key, reading);
        }
    }
}

/// SQLite allows at most two thousand columns in a result, and a statement of many conditions is long.
const CONDITIONS: usize = 100;

/// Surveys a schema's types and the rows of its tables for values that the Rust types of their columns can't hold: domains over
/// numbers (PostgreSQL), infinite dates, texts in a column of numbers (SQLite), NULLs in arrays. There is one statement for the
/// types, and one for each table (of at most a hundred conditions), which scans the table once. A table that can't be read is
/// assumed to hold what its column types promise, and is named in a comment.
///
/// # Errors
/// Connection errors.
pub async fn survey(db: &Database, schema: &Schema) -> Result<Survey> {
    let mut survey = survey_types(db, schema).await?;
    for table in &schema.tables {
        if let Err(error) = look_through(db, table, &mut survey).await {
            if error.is_connection_error() {
                return Err(error);
            }
            survey.failed.insert(table.name.clone(), error.to_string());
        }
    }
    Ok(survey)
}

/// As [`survey`], but for types only: no row is read.
///
/// # Errors
/// Any database error.
pub async fn survey_types(db: &Database, schema: &Schema) -> Result<Survey> {
    let mut survey = Survey::default();
    let mut columns: Vec<(&TableName, &str)> = Vec::new();
    let mut selects = Vec::new();
    for table in &schema.tables {
        for column in &table.columns {
            if let Some(condition) = db.dialect().unreadable_type(&column.sql_type) {
                let n = columns.len();
                selects.push(format!(
                    "SELECT {n}, CASE WHEN {condition} THEN 1 ELSE 0 END"
                ));
                columns.push((&table.name, &column.name));
            }
        }
    }
    for selects in selects.chunks(CONDITIONS) {
        let rows: Vec<(i64, i64)> = Sql::trusted(selects.join(" UNION ALL ")).all(db).await?;
        for (n, _) in rows.into_iter().filter(|(_, found)| *found != 0) {
            if let Some((table, column)) = usize::try_from(n).ok().and_then(|n| columns.get(n)) {
                survey.note(table, column, Reading::AnyText);
            }
        }
    }
    Ok(survey)
}

/// Surveys the rows of a table.
async fn look_through(db: &Database, table: &Table, survey: &mut Survey) -> Result<()> {
    let mut w = Writer::new(db.dialect());
    w.table(&table.name)?;
    let from = w.text;
    let mut all: Vec<(&str, Reading)> = Vec::new();
    let mut parts: Vec<String> = Vec::new();
    for column in &table.columns {
        if survey.of(&table.name, &column.name) == Some(Reading::AnyText) {
            continue;
        }
        let mut w = Writer::new(db.dialect());
        w.identifier(&column.name);
        let value = w.text;
        for (condition, reading) in conditions(db, column, &value) {
            // Each result needs its own name.
            parts.push(format!(
                "coalesce(max(CASE WHEN {value} IS NULL THEN 0 WHEN {condition} THEN 1 ELSE 0 END), 0) AS found{}",
                all.len()
            ));
            all.push((&column.name, reading));
        }
    }
    for (parts, all) in parts.chunks(CONDITIONS).zip(all.chunks(CONDITIONS)) {
        let text = format!("SELECT {} FROM {from}", parts.join(", "));
        let rows = Sql::trusted(text).rows(db).await?;
        for (value, (column, reading)) in rows.iter().flat_map(|row| row.values()).zip(all) {
            if value.as_i64() != Some(0) {
                survey.note(&table.name, column, *reading);
            }
        }
    }
    Ok(())
}

/// The conditions that find values that a column's type can't read.
fn conditions(db: &Database, column: &Column, value: &str) -> Vec<(String, Reading)> {
    let dialect = db.dialect();
    let read = match &column.sql_type {
        SqlType::Custom(words) => dialect.reads_as(words),
        known => known.clone(),
    };
    let mut conditions = Vec::new();
    if let SqlType::Array(_) = read {
        conditions.push((
            format!(
                "EXISTS (SELECT 1 FROM unnest({value}) AS one(element) WHERE one.element IS NULL)"
            ),
            Reading::OptionalElements,
        ));
    }
    if let Some(condition) = dialect.unreadable(&read, value) {
        conditions.push((condition, Reading::AnyText));
    }
    conditions
}
