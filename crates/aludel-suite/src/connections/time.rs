//! Nobody waits longer than was set, whatever the server does.

use super::silent::Way;
use crate::cancellation::settled;
use crate::harness::{Backend, run};
use crate::models::{NewTag, Tag, create};
use aludel::prelude::*;
use aludel::{ErrorKind, Options, Sql};
use std::time::{Duration, Instant};

fn sleeps(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "select 1::int8 from (select pg_sleep(30)) s",
        Backend::Mariadb => "select sleep(30)",
        // Numbers without an end.
        Backend::Sqlite => {
            "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0"
        }
    }
}

on_every_database! {
    async fn a_statement_takes_no_longer_than_its_timeout(fixture) {
        let limit = Options::default().max_connections(1).statement_timeout(Duration::from_millis(200));
        let db = fixture.connect(limit).await;
        create(&db).await?;
        for nested in [false, true] {
            let tx = if nested { Some(db.begin().await?) } else { None };
            let on: &dyn Executor = match &tx { Some(tx) => tx, None => &db };
            let begun = Instant::now();
            let error = Sql::trusted(sleeps(fixture.backend)).all::<i64>(on).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
            drop(tx);
            settled(&db).await;
            // The connection goes on, or another one is there.
            NewTag { name: format!("{nested}") }.insert(&db).await?;
        }
        assert_eq!(Tag::query().count(&db).await?, 2);
    }
}

/// Runs a test on the servers.
fn on_servers(body: crate::harness::Body) {
    run(Backend::Mariadb, body);
    run(Backend::Postgres, body);
}

alone! {
    fn a_server_that_falls_silent_holds_nobody_up_postgres_mariadb() {
        on_servers(|fixture| {
            Box::pin(async move {
                create(&fixture.db).await?;
                let way = Way::to(&fixture.url);
                let options = Options::default()
                    .max_connections(1)
                    .connect_timeout(Duration::from_secs(2))
                    .acquire_timeout(Duration::from_secs(4))
                    .statement_timeout(Duration::from_secs(1));
                let db = options.connect(&way.url).await?;
                Tag::query().count(&db).await?;
                let tx = db.begin().await?;
                NewTag { name: "a".into() }.insert(&tx).await?;
                way.be_silent(true);
                // In a transaction, its end, and a statement of its own.
                let begun = Instant::now();
                let error = NewTag { name: "b".into() }.insert(&tx).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
                assert!(error.to_string().contains("statement_timeout"), "{error}");
                assert!(!error.is_outcome_unknown(), "it was not committed");
                tx.commit().await.unwrap_err();
                assert!(
                    begun.elapsed() < Duration::from_secs(10),
                    "{:?}",
                    begun.elapsed()
                );
                // No connection can be made meanwhile.
                let begun = Instant::now();
                let error = Tag::query().count(&db).await.unwrap_err();
                assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::ConnectionFailed | ErrorKind::PoolTimeout
                    ),
                    "{error}"
                );
                assert!(
                    begun.elapsed() < Duration::from_secs(10),
                    "{:?}",
                    begun.elapsed()
                );
                // When the server is back, so is everything.
                way.be_silent(false);
                let mut last = Tag::query().count(&db).await;
                for _ in 0..40 {
                    if last.is_ok() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    last = Tag::query().count(&db).await;
                }
                assert_eq!(last?, 0);
                // The outcome of a write of its own is not known.
                way.be_silent(true);
                let error = NewTag { name: "c".into() }.insert(&db).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
                assert!(error.is_outcome_unknown(), "{error}");
                assert!(way.connections() >= 2);
                Ok(())
            })
        });
    }
}
