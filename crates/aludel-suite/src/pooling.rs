//! The pool on the three databases, and what is special about an SQLite file: one writer, many readers, other processes.

use crate::cancellation::settled;
use crate::harness::Backend;
use crate::models::{NewTag, Tag, create, people};
use aludel::prelude::*;
use aludel::{ErrorKind, Options};
use std::time::Duration;

/// What tells one connection from another.
async fn identity(backend: Backend, db: &dyn Executor) -> aludel::Result<i64> {
    let text = match backend {
        Backend::Postgres => "select pg_backend_pid()",
        Backend::Mariadb => "select cast(connection_id() as signed)",
        Backend::Sqlite => "select 0",
    };
    sql(text).one(db).await
}

async fn tag(name: &str, db: &dyn Executor) -> aludel::Result<Tag> {
    NewTag { name: name.into() }.insert(db).await
}

/// A database file of the test's own, removed at the end.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str) -> File {
        let name = format!("aludel_{name}_{}.sqlite", std::process::id());
        File(std::env::temp_dir().join(name))
    }

    fn url(&self, query: &str) -> String {
        format!("sqlite:{}{query}", self.0.display())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(format!("{}{end}", self.0.display())));
        }
    }
}

on_every_database! {
    async fn connections_live_as_long_as_they_may(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        if fixture.backend == Backend::Sqlite {
            // Its connections do not age: there is no server to be kind to, and in memory they are the database.
            return Ok(());
        }
        let one = || Database::options().max_connections(1);
        let kept = fixture.connect(one()).await;
        assert_eq!(identity(fixture.backend, &kept).await?, identity(fixture.backend, &kept).await?);
        for options in [one().max_lifetime(Duration::from_millis(1)), one().idle_timeout(Duration::from_millis(1))] {
            let db = fixture.connect(options).await;
            let first = identity(fixture.backend, &db).await?;
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert_ne!(identity(fixture.backend, &db).await?, first);
            assert!(db.pool_status().size <= 1);
            db.close();
        }
        kept.close();
    }

    requires(Backend::is_server) async fn a_connection_that_died_while_it_lay_idle_is_noticed(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1).ping_after(Duration::ZERO)).await;
        let id = identity(fixture.backend, &db).await?;
        match fixture.backend {
            Backend::Postgres => drop(sql("select pg_terminate_backend(").bind(id as i32).push(")").rows(&fixture.db).await?),
            _ => drop(aludel::Sql::trusted(format!("kill {id}")).execute(&fixture.db).await?),
        }
        // Asked before it is given out, and replaced: nobody sees an error.
        for _ in 0..3 {
            assert_ne!(identity(fixture.backend, &db).await?, id);
        }
        db.close();
    }

    async fn many_tasks_share_few_connections(fixture) {
        let db = fixture.connect(Database::options().max_connections(3)).await;
        create(&db).await?;
        let counter = tag("0", &db).await?.id;
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move {
                    for _ in 0..5 {
                        tag(&format!("{n} {}", counter), &db).await.map(drop).or_else(|error| if error.is_unique_violation() { Ok(()) } else { Err(error) })?;
                        assert!(Tag::query().count(&db).await? > 0);
                    }
                    Ok::<(), aludel::Error>(())
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic")?;
        }
        settled(&db).await;
        assert_eq!(Tag::query().count(&db).await?, 41);
        assert!(db.pool_status().size <= 4);
        db.close();
    }
}

fn run(body: impl Future<Output = aludel::Result<()>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(body).expect("it works");
}

alone! {
    fn a_sqlite_file_has_one_writer_and_many_readers() {
        let file = File::new("readers");
        run(async {
            let db = Database::connect(&file.url("")).await?;
            create(&db).await?;
            assert_eq!(sql("pragma journal_mode").one::<String>(&db).await?, "wal");
            assert_eq!(sql("pragma foreign_keys").one::<i64>(&db).await?, 1);
            tag("before", &db).await?;
            let tx = db.begin().await?;
            tag("in the transaction", &tx).await?;
            // Readers go on, and see what was there before.
            for _ in 0..8 {
                assert_eq!(Tag::query().count(&db).await?, 1);
            }
            // Writers queue behind it.
            let writers: Vec<_> = (0..5)
                .map(|n| {
                    let db = db.clone();
                    tokio::spawn(
                        async move { tag(&format!("writer {n}"), &db).await.map(|tag| tag.id) },
                    )
                })
                .collect();
            tokio::task::yield_now().await;
            tx.commit().await?;
            let mut ids = Vec::new();
            for writer in writers {
                ids.push(writer.await.expect("no panic")?);
            }
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), 5);
            assert_eq!(Tag::query().count(&db).await?, 7);
            // A read-only transaction keeps its view.
            let view = db
                .begin_with(aludel::TransactionOptions::default().read_only())
                .await?;
            assert_eq!(Tag::query().count(&view).await?, 7);
            tag("after", &db).await?;
            assert_eq!(Tag::query().count(&view).await?, 7);
            view.commit().await?;
            assert_eq!(Tag::query().count(&db).await?, 8);
            Ok(())
        });
    }

    fn another_process_of_a_sqlite_file_is_waited_for() {
        let file = File::new("processes");
        run(async {
            // A second pool has nothing in common with the first but the file, as another process has.
            let (db, other) = (
                Database::connect(&file.url("")).await?,
                Database::connect(&file.url("")).await?,
            );
            create(&db).await?;
            let held = other.begin().await?;
            tag("theirs", &held).await?;
            let waiting = {
                let db = db.clone();
                tokio::spawn(async move { tag("ours", &db).await })
            };
            for _ in 0..10 {
                assert_eq!(Tag::query().count(&db).await?, 0);
                tokio::task::yield_now().await;
            }
            assert!(!waiting.is_finished());
            held.commit().await?;
            waiting.await.expect("no panic")?;
            assert_eq!(Tag::query().count(&other).await?, 2);

            let hasty = Options::default()
                .busy_timeout(Duration::from_millis(20))
                .connect(&file.url(""))
                .await?;
            let held = other.begin().await?;
            tag("held", &held).await?;
            let error = tag("hasty", &hasty).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::LockTimeout);
            assert!(error.is_retryable());
            assert_eq!(
                hasty.begin().await.err().expect("an error").kind(),
                ErrorKind::LockTimeout
            );
            drop(held);
            tag("patient", &hasty).await?;
            Ok(())
        });
    }

    fn modes_of_a_sqlite_file() {
        let file = File::new("modes");
        run(async {
            let missing = Database::connect(&file.url("?mode=rw")).await.unwrap_err();
            assert_eq!(missing.kind(), ErrorKind::ConnectionFailed, "{missing}");
            let db = Database::connect(&file.url("?mode=rwc")).await?;
            people(&db).await?;
            let reader = Database::connect(&file.url("?mode=ro")).await?;
            assert_eq!(Tag::query().count(&reader).await?, 0);
            assert_eq!(
                tag("no", &reader).await.unwrap_err().kind(),
                ErrorKind::ReadOnly
            );
            Ok(())
        });
    }

    fn a_database_in_memory_is_one_for_all_of_its_pool() {
        run(async {
            let db = Database::connect("sqlite::memory:").await?;
            create(&db).await?;
            let tasks: Vec<_> = (0..20)
                .map(|n| {
                    let db = db.clone();
                    tokio::spawn(async move { tag(&n.to_string(), &db).await })
                })
                .collect();
            for task in tasks {
                task.await.expect("no panic")?;
            }
            assert_eq!(Tag::query().count(&db).await?, 20);
            // Another handle is another database.
            assert!(
                Tag::query()
                    .count(&Database::connect("sqlite::memory:").await?)
                    .await
                    .is_err()
            );
            Ok(())
        });
    }
}
