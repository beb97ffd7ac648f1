//! Many rows that nobody has all of: iterators and streams are sent as they come, all of them or none (data.md, rule 8), also
//! under keys that are given (rule 9).

use aludel::prelude::*;
use aludel::{Error, ErrorKind, Options};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "streamed")]
struct Streamed {
    id: i64,
    #[field(unique)]
    n: i64,
    #[field(max_length = 30)]
    name: String,
}

fn row(n: i64) -> NewStreamed {
    NewStreamed {
        n,
        name: format!("row {n}"),
    }
}

/// Rows as they are asked for; some of them late.
struct Rows<F> {
    next: i64,
    end: i64,
    make: F,
    waits: bool,
}

impl<F: FnMut(i64) -> aludel::Result<NewStreamed> + Unpin> futures_core::Stream for Rows<F> {
    type Item = aludel::Result<NewStreamed>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.next == self.end {
            return Poll::Ready(None);
        }
        self.waits = !self.waits && self.next % 1000 == 0;
        if self.waits {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.next += 1;
        let n = self.next - 1;
        Poll::Ready(Some((self.make)(n)))
    }
}

fn stream(
    end: i64,
    make: impl FnMut(i64) -> aludel::Result<NewStreamed> + Unpin,
) -> Rows<impl FnMut(i64) -> aludel::Result<NewStreamed> + Unpin> {
    Rows {
        next: 0,
        end,
        make,
        waits: false,
    }
}

on_every_database! {
    /// While rows are made, others have been sent: most of an iterator is never in memory.
    async fn data_8_rows_of_an_iterator_are_sent_as_they_are_made(fixture) {
        let (sent, sent_before_the_last) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&sent);
        let options = Options::default().on_event(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let db = &fixture.connect(options).await;
        db.create_all(&models![Streamed]).await?;
        sent.store(0, Ordering::Relaxed);
        let (seen, looked) = (Arc::clone(&sent), Arc::clone(&sent_before_the_last));
        let rows = (0..100_000).map(move |n| {
            if n == 99_999 {
                looked.store(seen.load(Ordering::Relaxed), Ordering::Relaxed);
            }
            row(n)
        });
        assert_eq!(Streamed::insert_many(rows).execute(db).await?, 100_000);
        assert!(sent_before_the_last.load(Ordering::Relaxed) >= 4, "statements before the last row was made");
        assert_eq!(Streamed::query().count(db).await?, 100_000);
        let names = ["a".to_string(), "b".to_string()];
        // What is borrowed will do.
        let borrowed = names.iter().zip(200_000..).map(|(name, n)| NewStreamed { n, name: name.clone() });
        assert_eq!(Streamed::insert_many(borrowed).execute(db).await?, 2);
        assert_eq!(Streamed::insert_many([]).execute(db).await?, 0);
    }

    async fn data_8_rows_of_a_stream_are_all_there_or_none(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Streamed]).await?;
        assert_eq!(Streamed::insert_stream(stream(40_000, |n| Ok(row(n)))).execute(db).await?, 40_000);
        assert_eq!(Streamed::query().count(db).await?, 40_000);
        assert_eq!(Streamed::insert_stream(stream(0, |n| Ok(row(n)))).execute(db).await?, 0);
        // An error of the stream, a row that is there already, a row that is not valid: each far behind the first.
        let broken = stream(60_000, |n| match n {
            35_000 => Err(Error::rollback("the source is broken")),
            n => Ok(row(n + 100_000)),
        });
        let error = Streamed::insert_stream(broken).execute(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rollback, "{error}");
        let twice = stream(60_000, |n| Ok(row(if n == 35_000 { 7 } else { n + 100_000 })));
        let error = Streamed::insert_stream(twice).execute(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
        let long = (0..60_000).map(|n| NewStreamed {
            n: n + 100_000,
            name: if n == 35_000 { "x".repeat(31) } else { String::new() },
        });
        let error = Streamed::insert_many(long).execute(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ValueTooLong, "{error}");
        assert_eq!(Streamed::query().count(db).await?, 40_000);
    }

    async fn data_9_keys_may_be_given_and_numbers_go_on_above_them(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Streamed]).await?;
        let first = row(0).insert(db).await?;
        let given = [(first.id + 100, row(1)), (first.id + 50, row(2))];
        let made = Streamed::insert_many_with_keys(given).all(db).await?;
        assert_eq!(made.iter().map(|row| (row.id - first.id, row.n)).collect::<Vec<_>>(), [(100, 1), (50, 2)]);
        let next = row(3).insert(db).await?;
        assert!(next.id > first.id + 100, "{} after {}", next.id, first.id + 100);
        // Many, from an iterator; and once more below what is there: the numbers do not go back.
        let many = (0..40_000).map(|n| (1_000 + n, row(1_000 + n)));
        assert_eq!(Streamed::insert_many_with_keys(many).execute(db).await?, 40_000);
        let next = row(4).insert(db).await?;
        assert!(next.id >= 41_000, "{}", next.id);
        Streamed::insert_many_with_keys([(999, row(5))]).execute(db).await?;
        assert!(row(6).insert(db).await?.id > next.id);
        let error = Streamed::insert_many_with_keys([(999, row(7))]).execute(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error}");
    }
}
