//! Table options.

use crate::sql::{Probe, Steps};
use aludel_engine::{Error, Result};
use aludel_sql::schema::tokens;
use aludel_sql::statement::TableName;

/// `ALTER TABLE … ENGINE=Aria`. An option that is removed is set to the default of a new table.
pub(super) fn set(
    steps: &mut Steps,
    table: &TableName,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    let usual = steps.dialect.capabilities().binary_collation;
    let says = |text: &str, word: &str| {
        let all = tokens(text, steps.dialect);
        all.iter().any(|token| token.is_word(word))
    };
    let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
    let defaults = [
        ("engine", "ENGINE=InnoDB".to_string()),
        ("collate", format!("COLLATE={usual}")),
        ("row_format", "ROW_FORMAT=DEFAULT".to_string()),
        ("key_block_size", "KEY_BLOCK_SIZE=0".to_string()),
        ("page_compressed", "PAGE_COMPRESSED=0".to_string()),
        ("partition", "REMOVE PARTITIONING".to_string()),
        ("versioning", "DROP SYSTEM VERSIONING".to_string()),
    ];
    let mut clauses: Vec<String> = Vec::new();
    for (word, default) in defaults {
        if says(old, word) && !says(new, word) {
            clauses.push(default);
        }
    }
    let known = |text: &str| -> Vec<String> {
        { text.split_whitespace() }
            .map(|word| word.split('=').next().unwrap_or(word).to_ascii_lowercase())
            .collect()
    };
    let has_default = |word: &str| {
        [
            "engine",
            "collate",
            "row_format",
            "key_block_size",
            "page_compressed",
        ]
        .contains(&word)
    };
    let partitioned = says(old, "partition") || says(old, "versioning");
    let lost = { known(old).into_iter() }
        .find(|word| !partitioned && !has_default(word) && !known(new).contains(word));
    if let Some(word) = lost {
        return Err(Error::migration(format!(
            "the option {word:?} of {table} can't be taken away by itself; write the statement with `separate` and `run_sql`"
        )));
    }
    if !new.is_empty() {
        let mut text = new.to_string();
        if says(old, "versioning") && says(new, "versioning") {
            text = text.replace("WITH SYSTEM VERSIONING", "");
        } else if says(new, "versioning") {
            text = text.replace("WITH SYSTEM VERSIONING", "ADD SYSTEM VERSIONING");
        }
        // PARTITION BY comes last, and without a comma.
        let at = tokens(&text, steps.dialect)
            .iter()
            .find(|token| token.is_word("partition"))
            .map_or(text.len(), |token| token.span.start);
        let (plain, partition) = (text[..at].trim().to_string(), text[at..].trim().to_string());
        if !plain.is_empty() {
            clauses.push(plain);
        }
        let mut text = clauses.join(", ");
        if !partition.is_empty() && old != new {
            text = format!("{text} {partition}");
        }
        clauses = vec![text.trim().to_string()];
    }
    let all = clauses.join(", ");
    let text = steps.alter(table, |w| {
        w.push(&all);
        Ok(())
    })?;
    steps.schema(text, Probe::Again);
    Ok(())
}
