//! Many rows, whose keys the database gives: each gets its own, whatever comes between.

use crate::harness::{Backend, Fixture};
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "odd \"name\" of entries")]
pub struct Entry {
    pub id: i64,
    pub text: String,
    pub size: Option<i64>,
}

const MANY: i64 = 150;

/// Adds many, flushes, and compares each with the row that has its key.
async fn add_many(fixture: &Fixture) -> aludel::Result<Vec<i64>> {
    add_many_to(&fixture.db).await
}

async fn add_many_to(db: &Database) -> aludel::Result<Vec<i64>> {
    let mut session = db.session();
    let new = |n: i64| NewEntry {
        text: format!("entry {n}"),
        size: (n % 3 == 0).then_some(n),
    };
    let before = Entry::query().count(db).await?;
    let mut keys = session.add_all((0..MANY).map(new));
    // All of the same columns, and in the next flush not.
    session.flush().await?;
    keys.extend(session.add_all((0..MANY).map(new).map(|entry| NewEntry {
        size: Some(1),
        ..entry
    })));
    session.commit().await?;
    for (n, key) in keys.iter().enumerate() {
        let known = &session[*key];
        assert_eq!(known.text, format!("entry {}", n as i64 % MANY));
        assert_eq!(*known, Entry::get(known.id, db).await?);
    }
    assert!(Entry::query().count(db).await? >= before + 2 * MANY as u64);
    Ok(keys.into_iter().map(|key| session[key].id).collect())
}

/// The table as somebody else made it, on SQLite; on the others as it is.
async fn table(fixture: &Fixture, ddl: &[&'static str]) -> aludel::Result<()> {
    table_in(&fixture.db, fixture.backend, ddl).await
}

async fn table_in(db: &Database, backend: Backend, ddl: &[&'static str]) -> aludel::Result<()> {
    if backend != Backend::Sqlite {
        return db.create_all(&models![Entry]).await;
    }
    for statement in ddl {
        sql(statement).execute(db).await?;
    }
    Ok(())
}

/// Each row that is 99 large brings one more with it, on SQLite.
async fn with_more(db: &Database, backend: Backend) -> aludel::Result<()> {
    add_many_to(db).await?;
    let more = Entry::filter(Entry::text.eq("of the trigger"))
        .count(db)
        .await?;
    assert_eq!(more, if backend == Backend::Sqlite { 1 } else { 0 });
    Ok(())
}

on_every_database! {
    async fn in_a_plain_table(fixture) {
        fixture.db.create_all(&models![Entry]).await?;
        let first = add_many(fixture).await?;
        Entry::filter(Entry::id.ge(first[10])).delete().execute(&fixture.db).await?;
        add_many(fixture).await?;
    }

    async fn in_a_table_that_never_gives_a_number_twice(fixture) {
        table(fixture, &[
            r#"CREATE TABLE "odd ""name"" of entries" (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, size INTEGER)"#,
        ]).await?;
        let first = add_many(fixture).await?;
        Entry::filter(Entry::id.gt(0)).delete().execute(&fixture.db).await?;
        let second = add_many(fixture).await?;
        assert!(second[0] > first[first.len() - 1]);
    }

    async fn beside_a_trigger_that_adds_rows_of_its_own(fixture) {
        table(fixture, &[
            r#"CREATE TABLE "odd ""name"" of entries" (id INTEGER PRIMARY KEY, text TEXT NOT NULL, size INTEGER)"#,
            r#"CREATE TRIGGER more AFTER INSERT ON "ODD ""NAME"" of entries" WHEN new.size = 99
               BEGIN INSERT INTO "odd ""name"" of entries" (text) VALUES ('of the trigger'); END"#,
        ]).await?;
        with_more(&fixture.db, fixture.backend).await?;
    }

    async fn beside_a_temporary_trigger(fixture) {
        // A temporary trigger is of its connection, and a database in memory has one.
        let memory = Database::connect("sqlite::memory:").await?;
        let db = match fixture.backend {
            Backend::Sqlite => &memory,
            _ => &fixture.db,
        };
        table_in(db, fixture.backend, &[
            r#"CREATE TABLE "odd ""name"" of entries" (id INTEGER PRIMARY KEY, text TEXT NOT NULL, size INTEGER)"#,
            r#"CREATE TEMPORARY TRIGGER more AFTER INSERT ON "odd ""name"" of entries" WHEN new.size = 99
               BEGIN INSERT INTO "odd ""name"" of entries" (text) VALUES ('of the trigger'); END"#,
        ]).await?;
        with_more(db, fixture.backend).await?;
    }

    requires(Backend::is_sqlite) async fn where_numbers_come_to_their_end(fixture) {
        fixture.db.create_all(&models![Entry]).await?;
        sql(r#"INSERT INTO "odd ""name"" of entries" (id, text) VALUES (9223372036854775807, 'last')"#)
            .execute(&fixture.db)
            .await?;
        let ids = add_many(fixture).await?;
        assert!(ids.windows(2).any(|pair| pair[1] != pair[0] + 1), "drawn by lot");
    }
}
