//! Table rebuilds, where SQLite can't alter: create a new table, copy the rows, drop the old one, rename the new one.
//!
//! Foreign keys are off meanwhile, so that children are not cascaded away, and are checked at the end. Indexes and triggers are
//! re-created, including those that the history does not know. If anything would be lost, the rebuild is refused before it
//! changes anything.

use super::{Step, Work};
use aludel_engine::{Error, ErrorKind, Executor, Result, Sql, sql};
use aludel_sql::dialect::SQLITE;
use aludel_sql::expr::Node;
use aludel_sql::render::Writer;
use aludel_sql::schema::{
    Column, Table, canonical, check_conditions, is_kept, rendered, same_index, same_type,
    same_words, tokens,
};
use aludel_sql::statement::Ddl;
use aludel_sql::types::SqlType;

/// A table rebuild.
#[derive(Debug, Clone)]
pub struct Rebuild {
    /// The table as it is.
    pub before: Table,
    /// The table as it will be.
    pub after: Table,
    /// What each column is copied from; a column that is not listed gets its default.
    pub copy: Vec<(String, Copy)>,
    create: String,
    indexes: Vec<String>,
}

/// What a column is copied from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copy {
    /// A column of the old table.
    Column(String),
    /// An expression over the old table.
    Expression(String),
}

impl Rebuild {
    /// A rebuild; columns of the same name are copied, except those in `changed`.
    ///
    /// # Errors
    /// What SQLite does not support.
    pub(super) fn new(
        before: &Table,
        after: &Table,
        changed: Vec<(String, Copy)>,
    ) -> Result<Rebuild> {
        let mut copy = changed;
        for column in &after.columns {
            let here = copy.iter().any(|(name, _)| *name == column.name);
            if here || column.generated.is_some() {
                continue;
            }
            let stored = before.column(&column.name);
            if stored.is_some() {
                copy.push((column.name.clone(), Copy::Column(column.name.clone())));
            }
        }
        Rebuild::made(before.clone(), after.clone(), copy)
    }

    fn made(before: Table, after: Table, copy: Vec<(String, Copy)>) -> Result<Rebuild> {
        let ddl = |ddl: &Ddl| -> Result<String> {
            let mut w = Writer::new(&SQLITE);
            w.ddl(ddl)?;
            Ok(w.text)
        };
        // Constraints are named after the final table.
        let create = ddl(&Ddl::CreateTable(Box::new(after.clone()), Vec::new()))?;
        let (old, new) = (quoted(&after.name.name), quoted(&temporary(&after)));
        let create = create.replacen(&old, &new, 1);
        let indexes = { after.indexes.iter() }
            .map(|index| ddl(&Ddl::CreateIndex(after.name.clone(), index.clone())))
            .collect::<Result<_>>()?;
        Ok(Rebuild {
            before,
            after,
            copy,
            create,
            indexes,
        })
    }

    /// Its statements, except for the triggers, which only the database knows.
    pub fn script(&self) -> Vec<String> {
        let mut all = self.body();
        all.extend(self.indexes.clone());
        all.push(format!("-- and the triggers of {} again", self.after.name));
        all
    }

    fn body(&self) -> Vec<String> {
        let (old, new) = (
            quoted(&self.before.name.name),
            quoted(&temporary(&self.after)),
        );
        let names: Vec<String> = self.copy.iter().map(|(name, _)| quoted(name)).collect();
        let values: Vec<String> = { self.copy.iter() }
            .map(|(_, copy)| match copy {
                Copy::Column(name) => quoted(name),
                Copy::Expression(text) => text.clone(),
            })
            .collect();
        let mut all = vec![self.create.clone()];
        if !names.is_empty() {
            all.push(format!(
                "INSERT INTO {new} ({}) SELECT {} FROM {old}",
                names.join(", "),
                values.join(", ")
            ));
        }
        // Numbers that were used and deleted must not be used again.
        let counts = |table: &Table| {
            let mut options = table
                .columns
                .iter()
                .filter_map(|column| column.options.as_deref());
            options.any(|options| options.eq_ignore_ascii_case("autoincrement"))
        };
        if counts(&self.before) && counts(&self.after) {
            let name = |name: &str| name.replace('\'', "''");
            let (old, new) = (name(&self.before.name.name), name(&temporary(&self.after)));
            all.push(format!("DELETE FROM sqlite_sequence WHERE name = '{new}'"));
            all.push(format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT '{new}', seq FROM sqlite_sequence WHERE name = '{old}'"
            ));
        }
        all.push(format!("DROP TABLE {old}"));
        // Leaves views and triggers that mention the table as they are.
        all.push("PRAGMA legacy_alter_table = ON".into());
        all.push(format!(
            "ALTER TABLE {new} RENAME TO {}",
            quoted(&self.after.name.name)
        ));
        all.push("PRAGMA legacy_alter_table = OFF".into());
        all
    }

    /// Runs it in a transaction with foreign keys off.
    ///
    /// # Errors
    /// What would be lost; any database error.
    pub(crate) async fn run(&self, tx: &dyn Executor) -> Result<()> {
        let name = &self.before.name.name;
        self.refuse(tx).await?;
        let rows: Vec<(String, String, String)> = sql(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'index') AND sql IS NOT NULL AND tbl_name = ",
        )
        .bind(name.to_string())
        .push(" ORDER BY name")
        .all(tx)
        .await?;
        let lost = self.lost();
        let known = |index: &str| {
            let of = |table: &Table| table.indexes.iter().any(|known| known.name == index);
            of(&self.before) || of(&self.after)
        };
        let mut again = Vec::new();
        for (kind, name, text) in rows {
            if kind == "index" && known(&name) {
                continue;
            }
            let speaks = tokens(&text, &SQLITE);
            let says = |column: &str| {
                let same = |name: &str| name.eq_ignore_ascii_case(column);
                speaks.iter().any(|token| token.name().is_some_and(same))
            };
            let gone = lost.iter().find(|column| says(column));
            if let Some(column) = gone {
                return Err(Error::new(
                    ErrorKind::Migration,
                    format!(
                        "{}.{column} can't go: the {kind} {name:?}, which the history does not know, speaks of it; drop it first with `run_sql`",
                        self.before.name
                    ),
                ));
            }
            again.push(text);
        }
        let mut body = self.body();
        body[0] = self.without_new_lengths(tx, body[0].clone()).await?;
        let all = { body.into_iter() }
            .chain(self.indexes.clone())
            .chain(again);
        for text in all {
            Sql::trusted(text).execute(tx).await?;
        }
        Ok(())
    }

    /// CREATE TABLE without the length CHECKs that the live table does not have: another program created it, and its texts may
    /// be longer. A column whose type changes gets its CHECK.
    async fn without_new_lengths(&self, tx: &dyn Executor, mut create: String) -> Result<String> {
        let text: Option<String> =
            sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ")
                .bind(self.before.name.name.to_string())
                .optional(tx)
                .await?;
        let live = canonical_words(&text.unwrap_or_default());
        for column in &self.after.columns {
            let same = { self.before.column(&column.name) }
                .is_some_and(|known| known.sql_type == column.sql_type);
            let mut w = Writer::new(&SQLITE);
            w.inlined(|w| w.column_checks(&self.after, column))?;
            let is_length = matches!(column.sql_type, SqlType::Varchar(_));
            let check = w.text;
            let Some(at) = check.find("CHECK (").filter(|_| same && is_length) else {
                continue;
            };
            // Compared without the constraint's name.
            if !live.contains(&canonical_words(&check[at..])) {
                create = create.replacen(&check, "", 1);
            }
        }
        Ok(create)
    }

    /// Columns that are dropped.
    fn lost(&self) -> Vec<&str> {
        { self.before.columns.iter() }
            .map(|column| column.name.as_str())
            .filter(|column| self.after.column(column).is_none())
            .collect()
    }

    /// Whether statements mention the table, or one that it refers to.
    pub(crate) fn is_in(&self, texts: &str) -> bool {
        let targets = self.before.foreign_keys.iter().map(|key| &key.target);
        std::iter::once(&self.before.name)
            .chain(targets)
            .any(|name| texts.contains(&name.name.replace('"', "\"\"")))
    }

    /// Refuses a rebuild that would lose something, before it changes anything.
    ///
    /// # Errors
    /// What would be lost.
    pub(crate) async fn refuse(&self, db: &dyn Executor) -> Result<()> {
        self.refuse_what_is_unknown(db).await?;
        self.refuse_what_would_break(db, &self.lost()).await
    }

    /// Refuses views, and triggers of other tables, that mention the table and a dropped column. A view would not fail: SQLite
    /// reads an unknown quoted name as a string.
    async fn refuse_what_would_break(&self, tx: &dyn Executor, lost: &[&str]) -> Result<()> {
        if lost.is_empty() {
            return Ok(());
        }
        let table = &*self.before.name.name;
        let others: Vec<(String, String, String)> = sql(
            "SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') AND sql IS NOT NULL AND tbl_name <> ",
        )
        .bind(table.to_string())
        .all(tx)
        .await?;
        for (kind, name, text) in others {
            let all = tokens(&text, &SQLITE);
            let says = |word: &str| {
                let same = |name: &str| name.eq_ignore_ascii_case(word);
                all.iter().any(|token| token.name().is_some_and(same))
            };
            if let Some(column) = lost.iter().find(|column| says(column) && says(table)) {
                return Err(Error::new(
                    ErrorKind::Migration,
                    format!(
                        "{table}.{column} can't go: the {kind} {name:?} speaks of it; drop or change it first"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Refuses constraints, defaults and collations that only the database has, compared by their text.
    async fn refuse_other_constraints(&self, tx: &dyn Executor, text: &str) -> Result<()> {
        let name = &self.before.name;
        let refuse = |what: String| {
            Err(Error::new(
                ErrorKind::Migration,
                format!(
                    "{name} has {what} that the history does not know, which a new table would lose; add it to the models, or change it with `run_sql`"
                ),
            ))
        };
        let all = tokens(text, &SQLITE);
        let mut depth = 0;
        for (n, token) in all.iter().enumerate() {
            let next_is = |word: &str| all.get(n + 1).is_some_and(|next| next.is_word(word));
            depth += i32::from(token.is_mark("(")) - i32::from(token.is_mark(")"));
            // In a key or a CHECK; a column's own collation is known.
            if depth > 1 && token.is_word("collate") && !next_is("decimal") && !next_is("binary") {
                return refuse("a collation in a key or CHECK".into());
            }
            if token.is_word("on") && next_is("conflict") {
                return refuse("an ON CONFLICT".into());
            }
        }
        let schema = aludel_engine::inspect(tx).await?;
        let Some(live) = schema.table(name) else {
            return Ok(());
        };
        if !same_words(live.options.as_deref(), self.before.options.as_deref()) {
            let options = live.options.as_deref().unwrap_or("other options");
            return refuse(format!("{options:?} (`#[model(options = {options:?})]`)"));
        }
        for index in &live.indexes {
            let known = { self.before.indexes.iter() }.find(|known| known.name == index.name);
            if known.is_some_and(|known| !same_index(known, index, &SQLITE)) {
                return refuse(format!("an index {:?} of other parts", index.name));
            }
        }
        let known = check_conditions(&self.before, &SQLITE);
        let found = check_conditions(live, &SQLITE);
        if let Some(check) = found.iter().find(|check| !known.contains(check)) {
            return refuse(format!("a CHECK {check}"));
        }
        let same = |columns: &[String]| self.before.uniques.iter().any(|u| u.columns == columns);
        if let Some(unique) = live.uniques.iter().find(|unique| !same(&unique.columns)) {
            return refuse(format!(
                "a unique constraint ({})",
                unique.columns.join(", ")
            ));
        }
        for key in &live.foreign_keys {
            let same = { self.before.foreign_keys.iter() }.any(|known| {
                known.columns == key.columns
                    && known.target == key.target
                    && known.on_delete == key.on_delete
                    && known.on_update == key.on_update
                    && known.deferrable == key.deferrable
            });
            if !same {
                return refuse(format!(
                    "a foreign key ({}) to {}",
                    key.columns.join(", "),
                    key.target
                ));
            }
        }
        let spelled = |node: Option<&Node>| -> Option<String> {
            let text = rendered(node?, &SQLITE).ok()?;
            Some(canonical(&text, &SQLITE)).filter(|text| text != "null")
        };
        for column in &live.columns {
            let Some(known) = self.before.column(&column.name) else {
                continue;
            };
            if !is_kept(column.collation.as_deref(), known.collation.as_deref()) {
                return refuse(format!("a collation of {:?}", column.name));
            }
            if !is_kept(column.options.as_deref(), known.options.as_deref()) {
                let options = column.options.as_deref().unwrap_or_default();
                return refuse(format!("{options} on {:?}", column.name));
            }
            if !same_type(&column.sql_type, &known.sql_type, &SQLITE) {
                return refuse(format!("another type of {:?}", column.name));
            }
            let expression = |of: &Column| {
                let generated = of.generated.as_ref();
                generated.map(|one| (spelled(Some(&one.expression)), one.stored))
            };
            if expression(column) != expression(known) {
                return refuse(format!("another expression of {:?}", column.name));
            }
            let here = spelled(column.default.as_ref());
            if here.is_some() && here != spelled(known.default.as_ref()) {
                return refuse(format!("a default of {:?}", column.name));
            }
            let in_key = self.before.primary_key.contains(&column.name);
            if known.nullable && !column.nullable && !in_key && column.generated.is_none() {
                return refuse(format!("NOT NULL on {:?}", column.name));
            }
        }
        Ok(())
    }

    async fn refuse_what_is_unknown(&self, tx: &dyn Executor) -> Result<()> {
        let name = self.before.name.name.to_string();
        let refuse = |what: String| Err(Error::new(ErrorKind::Migration, what));
        let columns: Vec<String> = sql("SELECT name FROM pragma_table_xinfo(")
            .bind(name.clone())
            .push(")")
            .all(tx)
            .await?;
        let unknown = columns
            .iter()
            .find(|column| self.before.column(column).is_none());
        if let Some(column) = unknown {
            return refuse(format!(
                "{name} has a column {column:?} that the history does not know, which a new table would lose; add it to the models, or drop it with `run_sql`"
            ));
        }
        let text: Option<String> =
            sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ")
                .bind(name.clone())
                .optional(tx)
                .await?;
        let Some(text) = text else {
            return refuse(format!("there is no table {name:?} in the database"));
        };
        self.refuse_other_constraints(tx, &text).await?;
        Ok(())
    }
}

/// The words of a text, with names unquoted, separated by one blank.
fn canonical_words(text: &str) -> String {
    let all = tokens(text, &SQLITE);
    let words = all.iter().map(|token| match token.name() {
        Some(name) => name.to_ascii_lowercase(),
        None => text[token.span.clone()].to_string(),
    });
    words.collect::<Vec<_>>().join(" ")
}

fn temporary(table: &Table) -> String {
    format!("aludel_new_{}", table.name.name)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Merges consecutive rebuilds of the same table into one.
pub(super) fn merged(steps: Vec<Step>) -> Vec<Step> {
    let mut all: Vec<Step> = Vec::new();
    for step in steps {
        if let (Some(last), Work::Rebuild(next)) = (all.last_mut(), &step.work)
            && let Work::Rebuild(first) = &last.work
            && let Some(both) = both(first, next)
        {
            last.work = Work::Rebuild(Box::new(both));
            last.operation = step.operation;
            continue;
        }
        all.push(step);
    }
    all
}

fn both(first: &Rebuild, next: &Rebuild) -> Option<Rebuild> {
    if first.after.name != next.before.name {
        return None;
    }
    let untouched = { first.copy.iter() }
        .all(|(name, copy)| matches!(copy, Copy::Column(from) if from == name))
        && first.copy.len() == first.after.columns.len();
    let mut copy = Vec::new();
    for (name, from) in &next.copy {
        match from {
            Copy::Column(from) => match first.copy.iter().find(|(known, _)| known == from) {
                Some((_, before)) => copy.push((name.clone(), before.clone())),
                // A column that gets its default in the first rebuild.
                None if first.after.column(from) == next.after.column(name) => {}
                None => return None,
            },
            Copy::Expression(_) if untouched => copy.push((name.clone(), from.clone())),
            Copy::Expression(_) => return None,
        }
    }
    Rebuild::made(first.before.clone(), next.after.clone(), copy).ok()
}
