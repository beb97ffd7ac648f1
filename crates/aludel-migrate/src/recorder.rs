//! The recorder: which migrations are applied, and which one is under way.
//!
//! | table | a row is |
//! |---|---|
//! | `aludel_migrations` | an applied migration: module, name, hash of its operations, when |
//! | `aludel_migration_journal` | a migration whose statements are not one transaction, and how far it has come |

use crate::dsl::{column, integer, timestamp, varchar};
use crate::id::MigrationId;
use aludel_engine::{Executor, Result, Sql, sql};
use aludel_sql::dialect::{Dialect, DialectKind};
use aludel_sql::expr::functions::now;
use aludel_sql::render::Writer;
use aludel_sql::schema::{Schema, Table};
use aludel_sql::statement::Ddl;
use std::collections::BTreeMap;

const RECORDS: &str = "aludel_migrations";
const JOURNAL: &str = "aludel_migration_journal";
/// Used on a Galera cluster: see the migrator's lock.
const LOCK: &str = "aludel_migration_lock";

/// The applied migrations, with the hashes of their operations.
pub type Applied = BTreeMap<MigrationId, String>;

/// A migration that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// The migration.
    pub id: MigrationId,
    /// The hash of its operations when it was started.
    pub hash: String,
    /// The hash of the steps that are done; empty in a row that an earlier version wrote.
    pub prefix: String,
    /// Whether the database refused the step that was started, so that it did not take effect.
    pub refused: bool,
    /// The direction: `forward`, `backward`, or `undo N`, which undoes its first N operations.
    pub direction: String,
    /// How many of its steps are done.
    pub done: usize,
    /// How many were started.
    pub begun: usize,
}

/// Removes the recorder's own tables from a schema that was read from the database.
pub fn without_records(mut schema: Schema) -> Schema {
    let own = |table: &Table| matches!(&*table.name.name, RECORDS | JOURNAL | LOCK);
    schema.tables.retain(|table| !own(table));
    let names = [RECORDS, JOURNAL, LOCK];
    let of_own = |name: &str| { names.iter() }.any(|own| name.ends_with(&format!(" {own}")));
    schema.unmanaged.retain(|thing| !of_own(&thing.name));
    schema
}

fn tables() -> [Table; 2] {
    let key = || {
        [
            column("module", varchar(100)),
            column("name", varchar(150)),
            column("hash", varchar(40)),
        ]
    };
    let mut records = Table::new(RECORDS);
    records.columns.extend(key());
    records
        .columns
        .push(column("applied_at", timestamp()).default(now()));
    records.primary_key = vec!["module".into(), "name".into()];
    let mut journal = Table::new(JOURNAL);
    journal.columns.extend(key());
    journal.columns.extend([
        column("direction", varchar(40)),
        column("done", integer()),
        column("begun", integer()),
    ]);
    journal.primary_key = vec!["module".into(), "name".into()];
    // The table that is looked for is created last.
    [journal, records]
}

/// Creates the tables where they are missing.
pub(crate) async fn prepare(db: &dyn Executor) -> Result<()> {
    for text in prepare_texts(db.dialect())? {
        Sql::trusted(text).execute(db).await?;
    }
    Ok(())
}

/// The statements that create the tables where they are missing.
pub fn prepare_texts(dialect: &'static dyn Dialect) -> Result<Vec<String>> {
    let text = |table: Table| {
        let mut w = Writer::new(dialect);
        w.ddl(&Ddl::CreateTable(Box::new(table), Vec::new()))?;
        Ok(w.text
            .replacen("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1))
    };
    tables().into_iter().map(text).collect()
}

fn literals<const N: usize>(
    texts: [&str; N],
    dialect: &'static dyn Dialect,
) -> Result<[String; N]> {
    let mut all = [const { String::new() }; N];
    for (text, literal) in texts.into_iter().zip(&mut all) {
        let mut w = Writer::new(dialect);
        w.text_literal(text)?;
        *literal = w.text;
    }
    Ok(all)
}

/// The statement that records a migration as applied, for a script.
pub fn add_text(id: &MigrationId, hash: &str, dialect: &'static dyn Dialect) -> Result<String> {
    let [module, name, hash] = literals([&id.module, &id.name, hash], dialect)?;
    Ok(format!(
        "INSERT INTO {RECORDS} (module, name, hash) VALUES ({module}, {name}, {hash})"
    ))
}

/// The statement that records a migration as not applied, for a script.
pub fn remove_text(id: &MigrationId, dialect: &'static dyn Dialect) -> Result<String> {
    let [module, name] = literals([&id.module, &id.name], dialect)?;
    Ok(format!(
        "DELETE FROM {RECORDS} WHERE module = {module} AND name = {name}"
    ))
}

/// Whether the tables exist.
pub(crate) async fn is_prepared(db: &dyn Executor) -> Result<bool> {
    let query = match db.dialect().kind() {
        Some(DialectKind::Sqlite) => {
            sql("SELECT count(*) FROM sqlite_master WHERE name = 'aludel_migrations'")
        }
        Some(DialectKind::Postgres) => sql(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'aludel_migrations'",
        ),
        Some(DialectKind::Mariadb | DialectKind::Mysql) | None => sql(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = 'aludel_migrations'",
        ),
    };
    Ok(query.one::<i64>(db).await? > 0)
}

/// The applied migrations; none where the table is missing.
pub(crate) async fn applied(db: &dyn Executor) -> Result<Applied> {
    if !is_prepared(db).await? {
        return Ok(Applied::new());
    }
    let rows: Vec<(String, String, String)> =
        sql("SELECT module, name, hash FROM aludel_migrations")
            .all(db)
            .await?;
    Ok(rows
        .into_iter()
        .map(|(module, name, hash)| (MigrationId::new(module, name), hash))
        .collect())
}

pub(crate) async fn is_applied(db: &dyn Executor, id: &MigrationId) -> Result<bool> {
    let n: i64 = sql("SELECT count(*) FROM aludel_migrations WHERE module = ")
        .bind(id.module.clone())
        .push(" AND name = ")
        .bind(id.name.clone())
        .one(db)
        .await?;
    Ok(n > 0)
}

pub(crate) async fn add(db: &dyn Executor, id: &MigrationId, hash: &str) -> Result<()> {
    sql("INSERT INTO aludel_migrations (module, name, hash) VALUES (")
        .bind(id.module.clone())
        .push(", ")
        .bind(id.name.clone())
        .push(", ")
        .bind(hash.to_string())
        .push(")")
        .execute(db)
        .await
        .map(drop)
}

pub(crate) async fn remove(db: &dyn Executor, id: &MigrationId) -> Result<()> {
    sql("DELETE FROM aludel_migrations WHERE module = ")
        .bind(id.module.clone())
        .push(" AND name = ")
        .bind(id.name.clone())
        .execute(db)
        .await
        .map(drop)
}

/// The migration that is under way, if there is one.
pub(crate) async fn unfinished(db: &dyn Executor) -> Result<Option<Unfinished>> {
    if !is_prepared(db).await? {
        return Ok(None);
    }
    let row: Option<(String, String, String, String, i32, i32)> = sql(
        "SELECT module, name, hash, direction, done, begun FROM aludel_migration_journal ORDER BY module, name",
    )
    .first(db)
    .await?;
    let size = |n: i32| usize::try_from(n).unwrap_or(0);
    Ok(row.map(
        |(module, name, hashes, direction, done, begun)| Unfinished {
            id: MigrationId::new(module, name),
            hash: parted(&hashes).0,
            prefix: parted(&hashes).1,
            refused: hashes.ends_with(REFUSED),
            direction,
            done: size(done),
            begun: size(begun),
        },
    ))
}

/// The progress of a migration, if it is under way.
pub(crate) async fn journalled(db: &dyn Executor, id: &MigrationId) -> Result<Option<Unfinished>> {
    let row: Option<(String, String, i32, i32)> =
        sql("SELECT hash, direction, done, begun FROM aludel_migration_journal WHERE module = ")
            .bind(id.module.clone())
            .push(" AND name = ")
            .bind(id.name.clone())
            .optional(db)
            .await?;
    let size = |n: i32| usize::try_from(n).unwrap_or(0);
    Ok(row.map(|(hashes, direction, done, begun)| Unfinished {
        id: id.clone(),
        hash: parted(&hashes).0,
        prefix: parted(&hashes).1,
        refused: hashes.ends_with(REFUSED),
        direction,
        done: size(done),
        begun: size(begun),
    }))
}

/// The suffix of the hashes when the step that was started was refused.
const REFUSED: char = '!';

/// Splits the hash of the operations from that of the steps that are done.
fn parted(hashes: &str) -> (String, String) {
    let hashes = hashes.trim_end_matches(REFUSED);
    let (hash, prefix) = hashes.split_once('/').unwrap_or((hashes, ""));
    (hash.to_string(), prefix.to_string())
}

fn joined(row: &Unfinished) -> String {
    let refused = if row.refused { "!" } else { "" };
    match row.prefix.as_str() {
        "" => format!("{}{refused}", row.hash),
        prefix => format!("{}/{prefix}{refused}", row.hash),
    }
}

/// Records the progress of a migration.
pub(crate) async fn journal(db: &dyn Executor, row: &Unfinished) -> Result<()> {
    let size = |n: usize| i32::try_from(n).unwrap_or(i32::MAX);
    let updated = sql("UPDATE aludel_migration_journal SET done = ")
        .bind(size(row.done))
        .push(", begun = ")
        .bind(size(row.begun))
        .push(", direction = ")
        .bind(row.direction.clone())
        .push(", hash = ")
        .bind(joined(row))
        .push(" WHERE module = ")
        .bind(row.id.module.clone())
        .push(" AND name = ")
        .bind(row.id.name.clone())
        .execute(db)
        .await?;
    if updated > 0 {
        return Ok(());
    }
    sql("INSERT INTO aludel_migration_journal (module, name, hash, direction, done, begun) VALUES (")
        .bind(row.id.module.clone())
        .push(", ")
        .bind(row.id.name.clone())
        .push(", ")
        .bind(joined(row))
        .push(", ")
        .bind(row.direction.clone())
        .push(", ")
        .bind(size(row.done))
        .push(", ")
        .bind(size(row.begun))
        .push(")")
        .execute(db)
        .await
        .map(drop)
}

pub(crate) async fn close_journal(db: &dyn Executor, id: &MigrationId) -> Result<()> {
    sql("DELETE FROM aludel_migration_journal WHERE module = ")
        .bind(id.module.clone())
        .push(" AND name = ")
        .bind(id.name.clone())
        .execute(db)
        .await
        .map(drop)
}
