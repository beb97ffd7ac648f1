//! Options of tables and columns.

use crate::sql::{Probe, Steps};
use aludel_engine::{Error, Result};
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::{closing, same_words, tokens};
use aludel_sql::statement::TableName;

/// `ALTER TABLE … SET (fillfactor=70)`, and RESET for removed ones. Partitioning and the access method can't be altered.
pub(super) fn set(
    steps: &mut Steps,
    table: &TableName,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<()> {
    let (old_rest, old) = storage(old.unwrap_or_default());
    let (new_rest, new) = storage(new.unwrap_or_default());
    if !same_words(Some(&old_rest), Some(&new_rest)) {
        return Err(Error::migration(format!(
            "the options of {table} can't be altered from {old_rest:?} to {new_rest:?} on PostgreSQL; write the statements with `separate` and `run_sql`"
        )));
    }
    let key = |option: &str| {
        option
            .split('=')
            .next()
            .unwrap_or_default()
            .trim()
            .to_string()
    };
    let changed: Vec<&str> = { new.iter() }
        .filter(|option| {
            !old.iter()
                .any(|known| same_words(Some(known), Some(option)))
        })
        .map(String::as_str)
        .collect();
    let gone: Vec<String> = { old.iter() }
        .map(|option| key(option))
        .filter(|name| !new.iter().any(|option| key(option) == *name))
        .collect();
    for (verb, all) in [("SET", changed.join(", ")), ("RESET", gone.join(", "))] {
        if !all.is_empty() {
            let text = steps.alter(table, |w| {
                w.push(&format!("{verb} ({all})"));
                Ok(())
            })?;
            steps.schema(text, Probe::Again);
        }
    }
    Ok(())
}

/// The part that is not `WITH (…)`, and the parameters in it.
fn storage(text: &str) -> (String, Vec<String>) {
    let all = tokens(text, &POSTGRES);
    let Some(at) = { all.windows(2) }.position(|two| two[0].is_word("with") && two[1].is_mark("("))
    else {
        return (text.trim().to_string(), Vec::new());
    };
    let end = closing(&all, at + 1);
    let inside = &text[all[at + 1].span.end..all[end - 1].span.start];
    let rest = format!(
        "{} {}",
        &text[..all[at].span.start],
        &text[all[end - 1].span.end..]
    );
    let options = inside.split(',').map(|option| option.trim().to_string());
    (rest.trim().to_string(), options.collect())
}
