//! Refuses steps that would lose or break something that the history does not know.

use super::{Run, in_migration};
use crate::id::MigrationId;
use crate::plan::Direction;
use crate::sql::{Removed, Step, Work};
use crate::state::{index_mentions, mentions};
use aludel_engine::{Error, Result, sql};
use aludel_sql::dialect::Dialect;
use aludel_sql::schema::{Column, Table, Token, TokenKind, is_kept, speaks_of, tokens};
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;

impl Run<'_> {
    /// As [`refuse_to_lose`](Run::refuse_to_lose) and [`refuse_to_break`](Run::refuse_to_break), before the first migration of
    /// the plan. Tables that an earlier step touches are checked only when it is their turn.
    pub(super) async fn refuse_to_lose_early(
        &self,
        all: &[(MigrationId, Direction, Vec<Step>)],
    ) -> Result<()> {
        let mut touched: Vec<String> = Vec::new();
        for (id, _, steps) in all {
            for step in steps {
                if let Work::Code(..) = step.work {
                    return Ok(());
                }
                let is_new = |(table, column): &&(TableName, Column)| {
                    let says = |text: &str, name: &str| text.contains(&name.to_ascii_lowercase());
                    let mut texts = touched.iter();
                    !texts.any(|text| says(text, &table.name) && says(text, &column.name))
                };
                let columns: Vec<(TableName, Column)> =
                    step.redefines.iter().filter(is_new).cloned().collect();
                let refused = self.refuse_to_lose(&columns).await;
                refused.map_err(|error| in_migration(id, error))?;
                if let Some(removed) = &step.removes {
                    let every = all.iter().flat_map(|(_, _, steps)| steps);
                    let refused = self.refuse_to_break(removed, every).await;
                    refused.map_err(|error| in_migration(id, error))?;
                }
                touched.push(step.texts().concat().to_ascii_lowercase());
            }
        }
        Ok(())
    }

    /// Refuses to redefine a column about which the database knows more than the history: that would be lost (MariaDB, MySQL).
    pub(super) async fn refuse_to_lose(&self, columns: &[(TableName, Column)]) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        let schema = aludel_engine::inspect(self.held.executor()).await?;
        for (table, known) in columns {
            let live = schema
                .table(table)
                .and_then(|table| table.column(&known.name));
            let Some(live) = live else { continue };
            let lost = [
                (&live.collation, &known.collation, "collation"),
                (&live.options, &known.options, "options"),
            ];
            for (live, known_text, attribute) in lost {
                // A type given as SQL includes its collation.
                let is_own =
                    matches!(known.sql_type, SqlType::Custom(_)) && attribute == "collation";
                if !is_own && !is_kept(live.as_deref(), known_text.as_deref()) {
                    let text = live.as_deref().unwrap_or_default();
                    return Err(Error::migration(format!(
                        "{}.{} has the {attribute} {text:?} in the database, which the history does not know and this step would \
                         lose; say so in the model (`#[field({attribute} = {text:?})]`) and in the migration that made the column \
                         (`.{attribute}({text:?})`), or take it away by `run_sql` before",
                        table.name, known.name
                    )));
                }
            }
        }
        Ok(())
    }

    /// Refuses to drop and re-create a column on which the database has more than the history: that would be lost (MariaDB,
    /// MySQL; on PostgreSQL the statement before checks it).
    pub(super) async fn refuse_to_remake(&self, known: &Table, column: &str) -> Result<()> {
        let schema = aludel_engine::inspect(self.held.executor()).await?;
        let Some(live) = schema.table(&known.name) else {
            return Ok(());
        };
        let names = |table: &Table| -> Vec<String> {
            let has = |columns: &[String]| columns.iter().any(|name| name == column);
            let indexes = { table.indexes.iter() }
                .filter(|index| index_mentions(index, column))
                .map(|index| format!("the index {}", index.name));
            let uniques = { table.uniques.iter() }
                .filter(|unique| has(&unique.columns))
                .map(|unique| format!("the index {}", unique.name));
            let keys = { table.foreign_keys.iter() }
                .filter(|key| has(&key.columns))
                .map(|key| format!("the foreign key {}", key.name));
            let checks = { table.checks.iter() }
                .filter(|check| mentions(&check.condition, column))
                .map(|check| format!("the check {}", check.name));
            indexes.chain(uniques).chain(keys).chain(checks).collect()
        };
        let known_names = names(known);
        match { names(live).into_iter() }.find(|name| !known_names.contains(name)) {
            None => Ok(()),
            Some(lost) => Err(Error::migration(format!(
                "{}.{column} is made again, and what the history does not know of it would be lost: {lost}; drop that first, or \
                 add it to the models",
                known.name
            ))),
        }
    }

    /// Refuses to remove a column or table that triggers or views mention: they would stay, and fail (MariaDB, MySQL; the other
    /// databases refuse it themselves, or rewrite their triggers). Those that another step names are left to that step.
    pub(super) async fn refuse_to_break<'s>(
        &self,
        removed: &Removed,
        steps: impl Iterator<Item = &'s Step>,
    ) -> Result<()> {
        // Tables of other databases have their triggers and views there.
        if removed.table.schema.is_some() {
            return Ok(());
        }
        let db = self.held.executor();
        let all: Vec<(String, String, String, String)> = sql(
            "SELECT 'trigger', TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_STATEMENT FROM information_schema.TRIGGERS \
             WHERE TRIGGER_SCHEMA = DATABASE() \
             UNION ALL SELECT 'view', TABLE_NAME, '', VIEW_DEFINITION FROM information_schema.VIEWS \
             WHERE TABLE_SCHEMA = DATABASE()",
        )
        .all(db)
        .await?;
        let all = all
            .into_iter()
            .filter(|(kind, _, of, text)| match kind.as_str() {
                "view" => is_of_view(text, removed, db.dialect()),
                _ => is_of_trigger(text, of, removed, db.dialect()),
            });
        let all: Vec<(String, String, String, String)> = all.collect();
        if all.is_empty() {
            return Ok(());
        }
        let (mut texts, mut dropped) = (String::new(), Vec::new());
        for step in steps {
            match &step.removes {
                Some(other) if other == removed => continue,
                Some(Removed {
                    table,
                    column: None,
                }) => dropped.push(table.name.to_string()),
                _ => {}
            }
            texts.push_str(&step.texts().concat().to_ascii_lowercase());
        }
        match all.iter().find(|(_, name, of, _)| {
            !texts.contains(&name.to_ascii_lowercase()) && !dropped.contains(of)
        }) {
            None => Ok(()),
            Some((kind, name, ..)) => Err(Error::migration(format!(
                "the {kind} {name} uses {removed}, and would fail without it; drop it before (`run_sql`), and make it again behind"
            ))),
        }
    }
}

/// Whether a view reads a table, or shows a column of it. The server quotes all names, qualifies tables with their database,
/// and columns with their table's alias, where it has one.
fn is_of_view(text: &str, removed: &Removed, dialect: &dyn Dialect) -> bool {
    let all = tokens(text, dialect);
    let is = |at: usize, name: &str| all.get(at).and_then(Token::name) == Some(name);
    let dot = |at: usize| all.get(at).is_some_and(|token| token.is_mark("."));
    let mut names: Vec<&str> = Vec::new();
    for at in 2..all.len() {
        // `database`.`table` does not belong to a column.
        if is(at, &removed.table.name) && dot(at - 1) && !dot(at + 1) && !(at >= 4 && dot(at - 3)) {
            let own = all
                .get(at + 1)
                .filter(|token| matches!(token.kind, TokenKind::Quoted(_)));
            names.extend(own.or(all.get(at)).and_then(Token::name));
        }
    }
    let Some(column) = &removed.column else {
        return !names.is_empty();
    };
    (2..all.len())
        .any(|at| is(at, column) && dot(at - 1) && names.iter().any(|name| is(at - 2, name)))
}

/// Whether a trigger mentions a table, or a column of it.
fn is_of_trigger(text: &str, of: &str, removed: &Removed, dialect: &dyn Dialect) -> bool {
    let says = |name: &str| speaks_of(text, name, dialect);
    let table = &*removed.table.name;
    match &removed.column {
        None => of != table && says(table),
        Some(column) => {
            says(table) && says(column) || of == table && of_its_row(text, column, dialect)
        }
    }
}

/// Whether a trigger mentions a column of its row: `NEW.name`.
fn of_its_row(text: &str, column: &str, dialect: &dyn Dialect) -> bool {
    let all = tokens(text, dialect);
    all.windows(3).any(|three| {
        let is_row = { three[0].name() }.is_some_and(|name| {
            ["new", "old"]
                .iter()
                .any(|row| name.eq_ignore_ascii_case(row))
        });
        is_row && three[1].is_mark(".") && { three[2].name() }
            .is_some_and(|name| name.eq_ignore_ascii_case(column))
    })
}
