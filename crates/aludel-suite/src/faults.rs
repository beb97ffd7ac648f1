//! What goes wrong in the middle: statements cancelled in a transaction, transactions that the database ends itself,
//! streams beside statements, connections that come back in a state that they must not have.

use crate::cancellation::{polled, settled};
use crate::harness::Backend;
use crate::models::{NewTag, Tag, people};
use aludel::prelude::*;
use aludel::row::{DecodeError, Row};
use aludel::{Error, ErrorKind, TransactionOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Barrier;

/// Numbers without an end.
const ENDLESS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) \
     select a.i from n a, n b, n c, n d, n e";

async fn tag(name: &str, db: &dyn Executor) -> aludel::Result<Tag> {
    NewTag { name: name.into() }.insert(db).await
}

async fn names(db: &dyn Executor) -> aludel::Result<Vec<String>> {
    Tag::query()
        .order_by(Tag::name)
        .select(Tag::name)
        .all(db)
        .await
}

#[derive(FromRow, Debug)]
struct Named {
    name: String,
}

/// A type whose reading panics in the third row.
#[derive(Debug)]
struct Bomb;

impl aludel::FromRow for Bomb {
    const WIDTH: usize = 1;
    fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError> {
        let n: i64 = row.scalar()?;
        assert!(n != 3, "the third row");
        Ok(Bomb)
    }
}

on_every_database! {
    async fn a_statement_cancelled_in_a_transaction_ends_it(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = fixture.connect(Database::options().max_connections(1)).await;
        people(&db).await?;
        for nested in [false, true] {
            let tx = db.begin().await?;
            tag("lost", &tx).await?;
            let inner = if nested { Some(tx.begin().await?) } else { None };
            let on: &dyn Executor = match &inner { Some(inner) => inner, None => &tx };
            assert!(polled(1, sql(ENDLESS).offload().all::<i64>(on)).await.is_none());
            if fixture.backend == Backend::Sqlite {
                // The statement is interrupted where it runs; the transaction is as it was.
                assert_eq!(names(on).await?, ["lost"]);
                drop(inner);
                tx.rollback().await?;
            } else {
                let error = names(on).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::TransactionAborted);
                assert!(error.to_string().contains("cancelled half-way"), "{error}");
                if let Some(inner) = inner {
                    assert_eq!(inner.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
                }
                // The outer transaction went with it, and says so.
                assert_eq!(names(&tx).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
                assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
            }
            settled(&db).await;
            assert!(names(&db).await?.is_empty());
        }
        // A connection of one's own is lost with its statement, and says so.
        let connection = db.acquire().await?;
        assert!(polled(1, sql(ENDLESS).offload().all::<i64>(&connection)).await.is_none());
        match sql("select 1").rows(&connection).await {
            Ok(_) => assert_eq!(fixture.backend, Backend::Sqlite),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionLost),
        }
        drop(connection);
        settled(&db).await;
        db.close();
    }

    async fn a_deadlock_in_a_nested_transaction_is_tried_again_by_the_outer_one(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let (a, b) = (tag("a", db).await?, tag("b", db).await?);
        let together = Arc::new(Barrier::new(2));
        let tries = Arc::new(AtomicUsize::new(0));
        let servers = fixture.backend != Backend::Sqlite;
        let run = |first: i64, second: i64, mark: &'static str| {
            let (db, together, tries) = (db.clone(), Arc::clone(&together), Arc::clone(&tries));
            tokio::spawn(async move {
                db.transaction(move |tx| {
                    let (together, tries) = (Arc::clone(&together), Arc::clone(&tries));
                    async move {
                        let try_number = tries.fetch_add(1, Ordering::SeqCst);
                        Tag::filter(Tag::id.eq(first)).update(Tag::name.set(Tag::name.concat(mark))).execute(&tx).await?;
                        // Both have their first row before either asks for its second.
                        if servers && try_number < 2 {
                            together.wait().await;
                        }
                        tx.transaction(|inner| async move {
                            Tag::filter(Tag::id.eq(second)).update(Tag::name.set(Tag::name.concat(mark))).execute(&inner).await
                        })
                        .await?;
                        Ok(())
                    }
                })
                .retries(5)
                .await
            })
        };
        let (one, two) = (run(a.id, b.id, "1"), run(b.id, a.id, "2"));
        one.await.expect("no panic")?;
        two.await.expect("no panic")?;
        let names = names(db).await?;
        assert!(names == ["a12", "b12"] || names == ["a21", "b21"], "{names:?}");
        assert_eq!(tries.load(Ordering::SeqCst), if servers { 3 } else { 2 });
    }

    async fn a_transaction_that_the_database_rolled_back_takes_no_more_statements(fixture) {
        let db = &fixture.db;
        people(db).await?;
        if fixture.backend != Backend::Sqlite {
            // Only SQLite has statements that end a transaction by themselves.
            return Ok(());
        }
        tag("there", db).await?;
        let tx = db.begin().await?;
        tag("lost", &tx).await?;
        let inner = tx.begin().await?;
        let error = sql("insert or rollback into tags (name) values ('there')").execute(&inner).await.unwrap_err();
        assert!(error.is_unique_violation());
        assert_eq!(tag("other", &inner).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        inner.rollback().await?;
        assert_eq!(tag("other", &tx).await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert_eq!(names(db).await?, ["there"]);
    }

    async fn an_error_behind_the_last_row_read_is_not_lost(fixture) {
        let db = &fixture.db;
        people(db).await?;
        if fixture.backend != Backend::Postgres {
            // The others answer NULL to a division by zero.
            return Ok(());
        }
        let tx = db.begin().await?;
        tag("lost", &tx).await?;
        let error = sql("select 10 / (3 - i) from generate_series(1, 5) i").first::<i32>(&tx).await.unwrap_err();
        assert!(error.to_string().contains("division by zero"), "{error}");
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionAborted);
        assert!(names(db).await?.is_empty());
    }

    async fn a_stream_has_its_transaction_to_itself(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        people(&db).await?;
        let tx = db.begin().await?;
        for name in ["a", "b", "c"] {
            tag(name, &tx).await?;
        }
        let mut stream = sql("select name from tags order by name").stream::<String>(&tx)?;
        assert_eq!(stream.next().await.expect("a row")?, "a");
        let refused = tag("d", &tx).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::TransactionState);
        assert!(refused.to_string().contains("a stream is being read"), "{refused}");
        let mut second = sql("select name from tags").stream::<String>(&tx)?;
        assert_eq!(second.next().await.expect("an answer").unwrap_err().kind(), ErrorKind::TransactionState);
        drop(second);
        drop(stream);
        tag("d", &tx).await?;
        let mut stream = sql("select name from tags order by name").stream::<String>(&tx)?;
        let mut read = Vec::new();
        while let Some(name) = stream.next().await {
            read.push(name?);
        }
        assert_eq!(read, ["a", "b", "c", "d"]);
        // Read to its end, it is in nobody's way, even undropped.
        tag("e", &tx).await?;
        tx.commit().await?;
        drop(stream);
        assert_eq!(names(&db).await?.len(), 5);
        db.close();
    }

    async fn a_row_that_panics_when_it_is_read_ends_its_stream_and_nothing_else(fixture) {
        let db = fixture.db.clone();
        let task = tokio::spawn(async move {
            let mut stream = sql("with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select i from n").stream::<Bomb>(&db)?;
            let mut last = None;
            while let Some(row) = stream.next().await {
                last = Some(row.map(drop));
            }
            assert!(stream.next().await.is_none());
            last.expect("an answer")
        });
        match task.await {
            // Rows of SQLite's are read where they are used.
            Err(panicked) => assert!(panicked.is_panic() && fixture.backend == Backend::Sqlite),
            // A server's are read ahead: the stream ended before its rows did, and says so.
            Ok(last) => assert_eq!(last.unwrap_err().kind(), ErrorKind::Cancelled),
        }
        let db = &fixture.db;
        settled(db).await;
        assert_eq!(sql("select ").bind(7_i64).one::<i64>(db).await?, 7);
    }

    async fn dropping_a_stream_stops_its_query_on_the_server(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        let mut stream = sql(ENDLESS).stream::<i64>(&db)?;
        stream.next().await.expect("a row")?;
        drop(stream);
        // The same for a query of which the first row is taken and no other.
        assert_eq!(sql(ENDLESS).first::<i64>(&db).await?, Some(1));
        settled(&db).await;
        let running = match fixture.backend {
            Backend::Sqlite => return Ok(()),
            Backend::Postgres => "select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like 'with recursive%'",
            Backend::Mariadb => "select count(*) from information_schema.processlist where db = database() and info like 'with recursive%'",
        };
        let mut left = 400;
        while sql(running).one::<i64>(&db).await? > 0 {
            left -= 1;
            assert!(left > 0, "the query still runs");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn a_read_only_transaction_refuses_writes_however_they_come(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = &fixture.db;
        people(db).await?;
        let tx = db.begin_with(TransactionOptions::default().read_only()).await?;
        let insert = || sql("insert into tags (name) values ('no')");
        assert_eq!(insert().offload().execute(&tx).await.unwrap_err().kind(), ErrorKind::ReadOnly);
        tx.rollback().await?;
        // The connection that writes can be kept from it too, for as long as the transaction lasts.
        let connection = db.acquire().await?;
        for commit in [true, false] {
            let tx = connection.begin_with(TransactionOptions::default().read_only()).await?;
            assert_eq!(insert().execute(&tx).await.unwrap_err().kind(), ErrorKind::ReadOnly);
            if commit {
                tx.rollback().await?;
            } else {
                drop(tx);
            }
            tag(if commit { "one" } else { "two" }, &connection).await?;
        }
        drop(connection);
        assert_eq!(names(db).await?, ["one", "two"]);
    }

    async fn transactions_are_not_begun_behind_the_pools_back(fixture) {
        let db = &fixture.db;
        people(db).await?;
        for text in ["BEGIN", " begin immediate", "Start Transaction", "commit", "ROLLBACK", "savepoint a", "release savepoint a", "end"] {
            let error = aludel::Sql::trusted(text).execute(db).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionState, "{text}");
            assert!(error.to_string().contains("db.begin()"), "{error}");
        }
        tag("kept", db).await?;
        assert_eq!(names(&fixture.connect(Database::options()).await).await?, ["kept"]);
    }

    async fn columns_are_found_by_name_after_the_table_was_changed(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        sql("create table things (name varchar(20) not null)").execute(&db).await?;
        sql("insert into things (name) values ('old')").execute(&db).await?;
        let all = || sql("select * from things");
        assert_eq!(all().one::<Named>(&db).await?.name, "old");
        sql("alter table things rename column name to label").execute(&db).await?;
        sql("alter table things add column name varchar(20) not null default 'new'").execute(&db).await?;
        assert_eq!(all().one::<Named>(&db).await?.name, "new");
        db.close();
    }

    async fn a_failed_commit_rolls_back_and_says_why(fixture) {
        let db = &fixture.db;
        people(db).await?;
        if fixture.backend == Backend::Mariadb {
            // It has no deferred constraints: nothing is left to fail in COMMIT.
            return Ok(());
        }
        sql("create table parts (id integer primary key, whole integer references parts (id) deferrable initially deferred)").execute(db).await?;
        let called = Arc::new(AtomicUsize::new(0));
        let tx = db.begin().await?;
        let count = Arc::clone(&called);
        tx.on_commit(move || { count.fetch_add(1, Ordering::SeqCst); }).await?;
        sql("insert into parts values (1, 2)").execute(&tx).await?;
        assert!(tx.commit().await.unwrap_err().is_foreign_key_violation());
        settled(db).await;
        assert_eq!(sql("select count(*) from parts").one::<i64>(db).await?, 0);
        assert_eq!(called.load(Ordering::SeqCst), 0);
        db.transaction(|tx| async move {
            sql("insert into parts values (1, 2)").execute(&tx).await?;
            sql("insert into parts values (2, null)").execute(&tx).await
        })
        .await?;
        assert_eq!(sql("select count(*) from parts").one::<i64>(db).await?, 2);
    }
}

/// Polls a future to its end without any runtime.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = std::task::Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        std::thread::park();
    }
}

alone! {
    fn sqlite_needs_no_runtime() {
        let done: aludel::Result<()> = block_on(async {
            let db = Database::connect("sqlite::memory:").await?;
            people(&db).await?;
            tag("a", &db).await?;
            let waiting = {
                let (db, tx) = (db.clone(), db.begin().await?);
                let thread = std::thread::spawn(move || block_on(async { tag("b", &db).await }));
                tag("c", &tx).await?;
                tx.commit().await?;
                thread
            };
            waiting.join().expect("no panic")?;
            assert_eq!(names(&db).await?, ["a", "b", "c"]);
            let slow = sql(
                "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000) select count(*) from n",
            );
            assert_eq!(slow.one::<i64>(&db).await?, 300_000);
            let mut stream = sql("select 1").stream::<i64>(&db)?;
            let refused = stream.next().await.expect("an answer").unwrap_err();
            assert!(refused.to_string().contains("Tokio runtime"), "{refused}");
            let failed: aludel::Result<()> = db
                .transaction(|tx| async move {
                    tag("d", &tx).await?;
                    Err(Error::rollback("no"))
                })
                .await;
            assert!(failed.is_err());
            assert_eq!(names(&db).await?.len(), 3);
            Ok(())
        });
        done.expect("works");
    }

    fn a_server_needs_a_runtime_and_says_so() {
        for url in [
            "postgres://u:p@127.0.0.1:1/d",
            "mariadb://u:p@127.0.0.1:1/d",
        ] {
            let error = block_on(Database::connect(url)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionFailed, "{error}");
            assert!(error.to_string().contains("Tokio runtime"), "{error}");
        }
    }
}
