//! A future dropped at any await point leaves no open transaction in the pool, no wrong row for the next user, no
//! leaked connection. Each operation is dropped after one poll, after two, and so on until it is done.

use crate::models::{NewTag, Tag};
use aludel::prelude::*;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Polls a future so many times, then gives up on it.
pub struct Polls<F> {
    future: Pin<Box<F>>,
    left: usize,
}

impl<F: Future> Future for Polls<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        match self.future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if self.left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

pub fn polled<F: Future>(left: usize, future: F) -> Polls<F> {
    Polls {
        future: Box::pin(future),
        left,
    }
}

/// Waits until every connection is back.
pub async fn settled(db: &Database) {
    for _ in 0..4_000 {
        let status = db.pool_status();
        if status.holders.is_empty() && status.size == status.idle {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("connections did not come back: {:?}", db.pool_status());
}

async fn insert_two(db: &Database, n: usize) -> aludel::Result<()> {
    db.transaction(|tx| async move {
        NewTag {
            name: format!("{n} a"),
        }
        .insert(&tx)
        .await?;
        let inner = tx.begin().await?;
        NewTag {
            name: format!("{n} b"),
        }
        .insert(&inner)
        .await?;
        inner.commit().await
    })
    .await
}

on_every_database! {
    async fn a_transaction_dropped_at_any_poll_is_whole_or_not_at_all(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        db.create_all(&models![crate::models::User, crate::models::Company, crate::models::Post, Tag]).await?;
        for polls in 1.. {
            let done = polled(polls, insert_two(&db, polls)).await;
            settled(&db).await;
            let names: Vec<String> = Tag::filter(Tag::name.starts_with(format!("{polls} "))).order_by(Tag::name).select(Tag::name).all(&db).await?;
            assert!(names.is_empty() || names == [format!("{polls} a"), format!("{polls} b")], "{polls}: {names:?}");
            // Whoever comes next is in no transaction of another's, and gets its own row.
            assert_eq!(sql("select ").bind(polls as i64).one::<i64>(&db).await?, polls as i64);
            if let Some(result) = done {
                result?;
                assert_eq!(names.len(), 2);
                break;
            }
            assert!(polls < 500, "it never ends");
        }
        db.close();
    }

    async fn a_query_dropped_at_any_poll_leaves_its_row_to_nobody(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        for polls in 1.. {
            let query = sql("select ").bind(polls as i64);
            let done = polled(polls, query.one::<i64>(&db)).await;
            for n in 0..3 {
                assert_eq!(sql("select ").bind(-n).one::<i64>(&db).await?, -n);
            }
            settled(&db).await;
            if let Some(row) = done {
                assert_eq!(row?, polls as i64);
                break;
            }
            assert!(polls < 500, "it never ends");
        }
        db.close();
    }

    async fn waiting_for_a_connection_can_be_given_up_at_any_poll(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        for round in 0..20 {
            let held = db.begin().await?;
            let mut waiting = Vec::new();
            for n in 0..8 {
                let db = db.clone();
                waiting.push(tokio::spawn(async move {
                    polled(1 + (n + round) % 3, async { db.begin().await?.commit().await }).await.transpose()
                }));
            }
            tokio::task::yield_now().await;
            drop(held);
            for task in waiting {
                task.await.expect("no panic")?;
            }
            settled(&db).await;
            assert_eq!(sql("select 1").one::<i64>(&db).await.or(sql("select cast(1 as signed)").one::<i64>(&db).await)?, 1);
        }
        db.close();
    }

    async fn a_stream_dropped_early_frees_its_connection(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        let numbers = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) select a.i, b.i from n a, n b";
        for take in [0, 1, 300, 2000] {
            let mut stream = sql(numbers).stream::<(i64, i64)>(&db)?;
            for _ in 0..take {
                stream.next().await.expect("a row")?;
            }
            drop(stream);
            settled(&db).await;
            assert_eq!(sql("select ").bind(take).one::<i32>(&db).await?, take);
        }
        // In a transaction the connection is kept, and goes on.
        let tx = db.begin().await?;
        let mut stream = sql(numbers).stream::<(i64, i64)>(&tx)?;
        stream.next().await.expect("a row")?;
        drop(stream);
        assert_eq!(sql("select ").bind(5_i64).one::<i64>(&tx).await?, 5);
        tx.commit().await?;
        db.close();
    }
}
