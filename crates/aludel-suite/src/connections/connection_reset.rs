//! A connection comes back as it was lent (scale.md, rule 14), and is set up as the program wants it.

use crate::cancellation::settled;
use crate::harness::Backend;
use crate::models::{NewTag, create};
use aludel::prelude::*;
use aludel::{ErrorKind, Options, Sql};

/// Settings of the session, and how the next user would see each of them.
fn settings(backend: Backend) -> Vec<(&'static str, &'static str)> {
    match backend {
        Backend::Postgres => vec![
            (
                "set statement_timeout = '77s'",
                "select current_setting('statement_timeout')",
            ),
            (
                "set search_path = pg_catalog",
                "select current_setting('search_path')",
            ),
            ("set role pg_monitor", "select current_user::text"),
            (
                "select set_config('app.tenant', '7', false)",
                "select coalesce(nullif(current_setting('app.tenant', true), ''), 'none')",
            ),
            (
                "create temp table mine (id int)",
                "select count(*)::text from pg_class where relname = 'mine'",
            ),
            (
                "select pg_advisory_lock(77)",
                "select count(*)::text from pg_locks where locktype = 'advisory'",
            ),
            (
                "set timezone = 'Asia/Tokyo'",
                "select current_setting('timezone')",
            ),
        ],
        Backend::Mariadb => vec![
            ("set session sql_mode = ''", "select @@session.sql_mode"),
            ("set @tenant = 7", "select coalesce(@tenant, 'none')"),
            (
                "set session time_zone = '+09:00'",
                "select @@session.time_zone",
            ),
            (
                "create temporary table mine (id int)",
                "select cast(count(*) as char) from information_schema.tables where table_name = 'mine'",
            ),
            (
                "do get_lock('mine', 0)",
                "select cast(is_free_lock('mine') as char)",
            ),
            (
                "set session autocommit = 0",
                "select cast(@@session.autocommit as char)",
            ),
            ("set names latin1", "select @@session.character_set_client"),
        ],
        Backend::Sqlite => vec![
            (
                "pragma cache_size = 77",
                "select cast(cache_size as text) from pragma_cache_size",
            ),
            (
                "create temp table mine (id int)",
                "select cast(count(*) as text) from temp.sqlite_schema",
            ),
            (
                "pragma foreign_keys = off",
                "select cast(foreign_keys as text) from pragma_foreign_keys",
            ),
        ],
    }
}

/// What the settings are for whoever comes next: on an SQLite file, for whoever has the writer.
async fn seen(db: &Database) -> aludel::Result<Vec<String>> {
    let backend = match db.dialect().name() {
        "postgres" => Backend::Postgres,
        "sqlite" => Backend::Sqlite,
        _ => Backend::Mariadb,
    };
    // All of them of one connection: it is reset when it goes back.
    let connection = db.acquire().await?;
    let mut seen = Vec::new();
    for (_, question) in settings(backend) {
        seen.push(sql(question).one::<String>(&connection).await?);
    }
    Ok(seen)
}

async fn asked(question: &'static str, db: &Database) -> aludel::Result<String> {
    let connection = db.acquire().await?;
    sql(question).one(&connection).await
}

on_every_database! {
    async fn scale_14_a_connection_comes_back_as_it_was_lent(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Options::default().max_connections(1)).await;
        let usual = seen(&db).await?;
        for (text, question) in settings(fixture.backend) {
            let connection = db.acquire().await?;
            Sql::trusted(text).execute(&connection).await?;
            drop(connection);
            assert_eq!(seen(&db).await?, usual, "after {text}, by {question}");
        }
        // Statements go on: what was prepared before is prepared anew.
        create(&db).await?;
        NewTag { name: "a".into() }.insert(&db).await?;
        let connection = db.acquire().await?;
        Sql::trusted(settings(fixture.backend)[0].0).execute(&connection).await?;
        drop(connection);
        NewTag { name: "b".into() }.insert(&db).await?;
        let readers = usize::from(fixture.backend == Backend::Sqlite);
        assert!(db.pool_status().size <= 1 + readers);
    }

    async fn settings_of_raw_statements_outside_of_a_connection_do_not_stay_either(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Options::default().max_connections(1)).await;
        let usual = seen(&db).await?;
        for (text, question) in settings(fixture.backend) {
            // MariaDB's autocommit has a test of its own.
            if text.contains("autocommit") {
                continue;
            }
            Sql::trusted(text).execute(&db).await?;
            assert_eq!(seen(&db).await?, usual, "after {text}, by {question}");
            if fixture.backend != Backend::Sqlite {
                let tx = db.begin().await?;
                Sql::trusted(text).execute(&tx).await?;
                tx.commit().await?;
                assert_eq!(seen(&db).await?, usual, "after {text} in a transaction, by {question}");
            }
        }
    }

    async fn scale_14_settings_are_kept_on_request(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Options::default().max_connections(1)).await;
        let (text, question) = settings(fixture.backend)[0];
        let usual = asked(question, &db).await?;
        let connection = db.acquire().await?;
        Sql::trusted(text).execute(&connection).await?;
        connection.keep_settings().await?;
        drop(connection);
        assert_ne!(asked(question, &db).await?, usual);
        let connection = db.acquire().await?;
        Sql::trusted(text).execute(&connection).await?;
        connection.keep_settings().await?;
        drop(connection);
        // Closed, it takes its settings with it.
        let connection = db.acquire().await?;
        connection.close();
        assert_eq!(asked(question, &db).await?, usual);
    }

    async fn after_connect_sets_up_each_connection_and_again_after_a_reset(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let (set, question, wanted) = match fixture.backend {
            Backend::Postgres => ("set app.tenant = '7'", "select current_setting('app.tenant', true)", "7"),
            Backend::Mariadb => ("set @tenant = '7'", "select @tenant", "7"),
            Backend::Sqlite => ("pragma cache_size = 77", "select cast(cache_size as text) from pragma_cache_size", "77"),
        };
        let options = Options::default().max_connections(2).after_connect(move |connection| async move {
            connection.execute(set).await?;
            Ok(())
        });
        let db = fixture.connect(options).await;
        let other = db.acquire().await?;
        assert_eq!(Sql::trusted(question).one::<String>(&other).await?, wanted);
        assert_eq!(Sql::trusted(question).one::<String>(&db).await?, wanted);
        let change = settings(fixture.backend)[0].0;
        Sql::trusted(change).execute(&other).await?;
        drop(other);
        settled(&db).await;
        for _ in 0..3 {
            assert_eq!(Sql::trusted(question).one::<String>(&db).await?, wanted);
        }
        // A hook that fails fails the connection.
        let failing = Options::default().after_connect(|connection| async move {
            connection.execute("set nonsense to nothing at all").await.map(drop)
        });
        let error = failing.connect(&fixture.url).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidStatement, "{error}");
    }
}
