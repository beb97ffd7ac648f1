//! Transactions: commit, rollback, drop, savepoints, retries, isolation, `on_commit`, aborted ones.

use crate::harness::Backend;
use crate::models::{NewTag, Tag, User, people, user};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, IsolationLevel, TransactionOptions};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

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

/// As a web framework wants its handlers.
fn handler<F: Future + Send + 'static>(future: F) -> tokio::task::JoinHandle<F::Output>
where
    F::Output: Send + 'static,
{
    tokio::spawn(future)
}

on_every_database! {
    async fn a_closure_commits_or_rolls_back_and_is_send(fixture) {
        let db = fixture.db.clone();
        people(&db).await?;
        let spawned = db.clone();
        handler(async move {
            spawned
                .transaction(|tx| async move {
                    tag("a", &tx).await?;
                    tag("b", &tx).await
                })
                .await
        })
        .await
        .expect("no panic")?;
        let failed: aludel::Result<()> = db
            .transaction(|tx| async move {
                tag("c", &tx).await?;
                Err(Error::rollback("no"))
            })
            .await;
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::Rollback);
        assert_eq!(names(&db).await?, ["a", "b"]);
    }

    async fn dropping_a_transaction_rolls_back(fixture) {
        let db = &fixture.db;
        people(db).await?;
        {
            let tx = db.begin().await?;
            tag("lost", &tx).await?;
            assert_eq!(names(&tx).await?, ["lost"]);
        }
        assert!(names(db).await?.is_empty());
        let tx = db.begin().await?;
        tag("lost", &tx).await?;
        tx.rollback().await?;
        let tx = db.begin().await?;
        tag("kept", &tx).await?;
        tx.commit().await?;
        assert_eq!(names(db).await?, ["kept"]);
    }

    async fn nested_transactions_are_savepoints(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tx = db.begin().await?;
        tag("outer", &tx).await?;
        let failed: aludel::Result<()> = tx
            .transaction(|inner| async move {
                tag("inner", &inner).await?;
                tag("outer", &inner).await?; // unique violation
                Ok(())
            })
            .await;
        assert!(failed.unwrap_err().is_unique_violation());
        let kept = tx.transaction(|inner| async move {
            let deeper = inner.begin().await?;
            tag("deeper", &deeper).await?;
            deeper.rollback().await?;
            tag("kept", &inner).await
        });
        kept.await?;
        {
            let dropped = tx.begin().await?;
            tag("dropped", &dropped).await?;
        }
        assert_eq!(names(&tx).await?, ["kept", "outer"]);
        tx.commit().await?;
        assert_eq!(names(db).await?, ["kept", "outer"]);
    }

    async fn on_commit_is_forgotten_with_its_savepoint(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let called = Arc::new(AtomicUsize::new(0));
        let call = |n: usize| {
            let called = Arc::clone(&called);
            move || {
                called.fetch_add(n, Ordering::SeqCst);
            }
        };
        let tx = db.begin().await?;
        tx.on_commit(call(1)).await?;
        let inner = tx.begin().await?;
        inner.on_commit(call(10)).await?;
        inner.rollback().await?;
        let inner = tx.begin().await?;
        inner.on_commit(call(100)).await?;
        inner.commit().await?;
        assert_eq!(called.load(Ordering::SeqCst), 0);
        tx.commit().await?;
        assert_eq!(called.load(Ordering::SeqCst), 101);
        let tx = db.begin().await?;
        tx.on_commit(call(1000)).await?;
        drop(tx);
        assert_eq!(called.load(Ordering::SeqCst), 101);
    }

    async fn retries_run_the_function_again(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tries = AtomicUsize::new(0);
        let done = db
            .transaction(|tx| {
                let n = tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    tag(&format!("try {n}"), &tx).await?;
                    if n < 2 { Err(Error::new(ErrorKind::Deadlock, "made up")) } else { Ok(n) }
                }
            })
            .retries(3)
            .await?;
        assert_eq!(done, 2);
        assert_eq!(names(db).await?, ["try 2"]);
        let once: aludel::Result<()> = db.transaction(|_| async { Err(Error::new(ErrorKind::Deadlock, "made up")) }).retries(1).await;
        assert_eq!(once.unwrap_err().kind(), ErrorKind::Deadlock);
    }

    /// Two that wait for each other: one is told, tries again, and both are done.
    async fn a_real_conflict_is_retried(fixture) {
        let db = fixture.db.clone();
        let [ann, bob, _] = people(&db).await?;
        let meet = Arc::new(tokio::sync::Barrier::new(2));
        let run = |first: i64, second: i64| {
            let (db, meet, met) = (db.clone(), Arc::clone(&meet), Arc::new(AtomicUsize::new(0)));
            let sqlite = fixture.backend == Backend::Sqlite;
            handler(async move {
                db.transaction(|tx| {
                    let (meet, met) = (Arc::clone(&meet), Arc::clone(&met));
                    async move {
                        let older = |id| User::filter(User::id.eq(id)).update(User::age.set(User::age + 1));
                        older(first).execute(&tx).await?;
                        // SQLite's second writer waits for the first to end.
                        if !sqlite && met.fetch_add(1, Ordering::SeqCst) == 0 {
                            meet.wait().await;
                        }
                        older(second).execute(&tx).await
                    }
                })
                .retries(5)
                .await
            })
        };
        let (one, two) = (run(ann.id, bob.id), run(bob.id, ann.id));
        one.await.expect("no panic")?;
        two.await.expect("no panic")?;
        assert_eq!(ann.reload(&db).await?.age, Some(42));
        assert_eq!(bob.reload(&db).await?.age, Some(32));
    }

    async fn isolation_and_read_only(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tx = db.begin_with(TransactionOptions::default().isolation(IsolationLevel::RepeatableRead).read_only()).await?;
        assert_eq!(User::query().count(&tx).await?, 3);
        if fixture.backend != Backend::Sqlite {
            user("dan@example.com").insert(db).await?;
            assert_eq!(User::query().count(&tx).await?, 3);
        }
        let write = user("eve@example.com").insert(&tx).await.unwrap_err();
        assert_eq!(write.kind(), ErrorKind::ReadOnly, "{write}");
        drop(tx);
        let done = db.transaction(|tx| async move { user("fay@example.com").insert(&tx).await }).isolation(IsolationLevel::Serializable).await?;
        assert_eq!(User::get(done.id, db).await?.email, "fay@example.com");
    }

    /// After an error PostgreSQL takes no more statements, and use says so; the others go on.
    async fn an_aborted_transaction_says_so(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let tx = db.begin().await?;
        tag("a", &tx).await?;
        assert!(tag("a", &tx).await.unwrap_err().is_unique_violation());
        let next = tag("b", &tx).await;
        if fixture.backend == Backend::Postgres {
            let error = next.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionAborted);
            assert!(error.to_string().contains("nested transaction") && error.to_string().contains("uq_tags_name"), "{error}");
            let commit = tx.commit().await.unwrap_err();
            assert_eq!(commit.kind(), ErrorKind::TransactionAborted);
            assert!(names(db).await?.is_empty());
        } else {
            next?;
            tx.commit().await?;
            assert_eq!(names(db).await?, ["a", "b"]);
        }
    }

    async fn a_finished_transaction_says_so(fixture) {
        let db = &fixture.db;
        people(db).await?;
        let kept: Arc<std::sync::Mutex<Option<Transaction>>> = Arc::default();
        let slot = Arc::clone(&kept);
        db.transaction(|tx| {
            let slot = Arc::clone(&slot);
            async move {
                tag("a", &tx).await?;
                *slot.lock().expect("not poisoned") = Some(tx);
                Ok(())
            }
        })
        .await?;
        let late = kept.lock().expect("not poisoned").take().expect("kept");
        assert_eq!(tag("b", &late).await.unwrap_err().kind(), ErrorKind::TransactionFinished);
        assert_eq!(names(db).await?, ["a"]);
        // A nested one that is open must be ended first.
        let tx = db.begin().await?;
        let inner = tx.begin().await?;
        assert_eq!(tx.commit().await.unwrap_err().kind(), ErrorKind::TransactionState);
        drop(inner);
    }

    async fn a_connection_of_ones_own_keeps_its_settings(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = &fixture.db;
        people(db).await?;
        let connection = db.acquire().await?;
        sql("create temporary table scratch (n integer)").execute(&connection).await?;
        sql("insert into scratch values (").bind(7).push(")").execute(&connection).await?;
        assert_eq!(sql("select n from scratch").one::<i32>(&connection).await?, 7);
        let tx = connection.begin().await?;
        assert!(connection.begin().await.is_err());
        sql("insert into scratch values (8)").execute(&tx).await?;
        tx.rollback().await?;
        assert_eq!(sql("select n from scratch").all::<i32>(&connection).await?, [7]);
        {
            let tx = connection.begin().await?;
            sql("insert into scratch values (9)").execute(&tx).await?;
        }
        assert_eq!(sql("select n from scratch").all::<i32>(&connection).await?, [7]);
    }
}
