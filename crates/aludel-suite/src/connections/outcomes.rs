//! What an error says of the connection and of what was done (E9, E12).

use crate::cancellation::settled;
use crate::harness::{Backend, run};
use crate::models::{NewTag, Tag, create};
use aludel::prelude::*;
use aludel::{ErrorKind, IsolationLevel, Options, Sql, TransactionOptions};
use std::time::Duration;

on_every_database! {
    async fn what_a_database_can_not_do_is_unsupported(fixture) {
        let text = match fixture.backend {
            Backend::Postgres => "select * from elsewhere.public.things",
            Backend::Mariadb => "select 1 in (select 1 limit 1)",
            Backend::Sqlite => return Ok(()),
        };
        let error = sql(text).execute(&fixture.db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }

    async fn a_full_disk_has_a_kind_of_its_own(fixture) {
        let db = &fixture.db;
        let error = match fixture.backend {
            Backend::Sqlite => {
                let connection = db.acquire().await?;
                sql("create table filling (t text)").execute(&connection).await?;
                sql("pragma max_page_count = 8").rows(&connection).await?;
                sql("insert into filling values (").bind("x".repeat(100_000)).push(")").execute(&connection).await
            }
            Backend::Mariadb => {
                // As many rows as the engine has room for.
                sql("create table filling (t char(250)) engine = memory max_rows = 2").execute(db).await?;
                let mut last = Ok(0);
                for _ in 0..100_000 {
                    last = sql("insert into filling select 'x' from seq_1_to_1000").execute(db).await;
                    if last.is_err() {
                        break;
                    }
                }
                last
            }
            // It can't be had there without a disk: the driver's own tests have its code.
            Backend::Postgres => return Ok(()),
        };
        assert_eq!(error.unwrap_err().kind(), ErrorKind::DiskFull);
    }

    async fn a_transaction_never_overwrites_what_another_one_wrote_since(fixture) {
        create(&fixture.db).await?;
        if fixture.backend == Backend::Sqlite {
            // It has one writer.
            return Ok(());
        }
        let made = NewTag { name: "first".into() }.insert(&fixture.db).await?;
        let repeatable = TransactionOptions::default().isolation(IsolationLevel::RepeatableRead);
        let slow = fixture.db.begin_with(repeatable).await?;
        let read = Tag::get(made.id, &slow).await?;
        assert_eq!(read.name, "first");
        Tag::filter(Tag::id.eq(made.id)).update(Tag::name.set("second")).execute(&fixture.db).await?;
        let update = Tag::filter(Tag::id.eq(made.id)).update(Tag::name.set("third")).execute(&slow).await;
        let error = update.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SerializationFailure, "{error}");
        assert!(error.is_retryable());
        drop(slow);
        assert_eq!(Tag::get(made.id, &fixture.db).await?.name, "second");
    }
}

alone! {
    fn a_connection_that_the_server_ends_is_lost_whatever_its_reason_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                create(&fixture.db).await?;
                let text = "select pg_terminate_backend(pg_backend_pid())";
                let error = sql(text).execute(&fixture.db).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
                if !fixture.is_pooled() {
                    // FATAL with a code of other things: a limit on idle transactions.
                    let db = Options::default()
                        .max_connections(1)
                        .connect(&fixture.url)
                        .await?;
                    let tx = db.begin().await?;
                    sql("set local idle_in_transaction_session_timeout = '50ms'")
                        .execute(&tx)
                        .await?;
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    let error = NewTag { name: "a".into() }.insert(&tx).await.unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
                    drop(tx);
                    assert_eq!(Tag::query().count(&db).await?, 0);
                }
                Ok(())
            })
        });
    }

    /// A statement that was given up still runs at the server: its connection counts until it has ended.
    fn cancelled_connections_count_until_they_are_closed_postgres_mariadb() {
        for backend in [Backend::Postgres, Backend::Mariadb] {
            run(backend, |fixture| {
                Box::pin(async move {
                    let name = format!("counted{}", std::process::id());
                    let url = match fixture.backend {
                        Backend::Postgres if fixture.is_pooled() => return Ok(()),
                        Backend::Postgres => format!("{}?application_name={name}", fixture.url),
                        _ => fixture.url.clone(),
                    };
                    let db = Options::default().max_connections(3).connect(&url).await?;
                    let (sleeps, count) = match fixture.backend {
                        Backend::Postgres => (
                            "select 1::int8 from (select pg_sleep(20)) s",
                            format!(
                                "select count(*) from pg_stat_activity where application_name = '{name}'"
                            ),
                        ),
                        _ => (
                            "select sleep(20)",
                            "select count(*) from information_schema.processlist where db = database()"
                                .to_string(),
                        ),
                    };
                    let mut most = 0;
                    for _ in 0..40 {
                        let wait = Duration::from_millis(20);
                        let ran = tokio::time::timeout(wait, sql(sleeps).all::<i64>(&db)).await;
                        assert!(ran.is_err(), "{ran:?}");
                        let open: i64 = Sql::trusted(count.clone()).one(&fixture.db).await?;
                        most = most.max(open);
                    }
                    settled(&db).await;
                    // The fixture has connections of its own on MariaDB, and one more tells the server to stop each.
                    let others = if fixture.backend == Backend::Postgres {
                        0
                    } else {
                        4
                    };
                    assert!(most <= 3 + others, "{most} connections, and 3 were allowed");
                    Ok(())
                })
            });
        }
    }
}
