//! Rule 30: sessions and transactions that are run again, and errors of the program's own.

use super::models::{Seat, create, seat};
use crate::harness::Backend;
use aludel::prelude::*;
use aludel::{ErrorKind, LentSession};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::Barrier;

/// An error of the program's own.
#[derive(Debug)]
enum Refused {
    Taken(String),
    Database(aludel::Error),
}

impl From<aludel::Error> for Refused {
    fn from(error: aludel::Error) -> Refused {
        Refused::Database(error)
    }
}

/// Another writer changes the seat.
async fn renumber(db: &Database) -> aludel::Result<()> {
    let later = Seat::filter(Seat::code.eq("A1")).update(Seat::number.set(Seat::number + 10));
    later.execute(db).await?;
    Ok(())
}

fn guest_of(code: &str) -> Query<Seat> {
    Seat::filter(Seat::code.eq(code))
}

on_every_database! {
    async fn a_stale_session_is_run_again(fixture) {
        let db = fixture.db.clone();
        create(&db).await?;
        seat("A1", 1).insert(&db).await?;
        let tries = Arc::new(AtomicUsize::new(0));
        let (other, count) = (db.clone(), Arc::clone(&tries));
        let spawned = db.clone();
        // As a web framework wants its handlers.
        let number = tokio::spawn(async move {
            spawned
                .session_retrying(3, |mut session| async move {
                    let key = session.get::<Seat>("A1").await?;
                    if count.fetch_add(1, Ordering::SeqCst) < 2 {
                        renumber(&other).await?;
                    }
                    session[key].guest = Some("Ann".into());
                    Ok(session[key].number)
                })
                .await
        })
        .await
        .expect("no panic")?;
        assert_eq!((number, tries.load(Ordering::SeqCst)), (21, 3));
        assert_eq!(guest_of("A1").one(&db).await?.guest.as_deref(), Some("Ann"));
    }

    async fn it_is_given_up_in_the_end(fixture) {
        let db = &fixture.db;
        create(db).await?;
        seat("A1", 1).insert(db).await?;
        let tries = AtomicUsize::new(0);
        let late = db
            .session_retrying(2, |mut session| {
                tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    let key = session.get::<Seat>("A1").await?;
                    renumber(db).await?;
                    session[key].guest = Some("Ann".into());
                    Ok(())
                }
            })
            .await;
        assert_eq!(late.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!(tries.load(Ordering::SeqCst), 3);
        // Other errors roll back, and are not tried again.
        let twice = db
            .session_retrying(2, |mut session| {
                tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    session.add(seat("A1", 5));
                    Ok(())
                }
            })
            .await;
        assert!(twice.unwrap_err().is_unique_violation());
        assert_eq!(tries.load(Ordering::SeqCst), 4);
        assert_eq!(Seat::query().count(db).await?, 1);
    }

    async fn an_error_of_ones_own_rolls_back(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let tries = AtomicUsize::new(0);
        let refused: Result<(), Refused> = db
            .try_session_retrying(3, |mut session| {
                tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    session.add(seat("B1", 2));
                    session.flush().await?;
                    Err(Refused::Taken("B1".into()))
                }
            })
            .await;
        assert!(matches!(refused, Err(Refused::Taken(code)) if code == "B1"));
        assert_eq!((tries.load(Ordering::SeqCst), Seat::query().count(db).await?), (1, 0));
        let refused: Result<(), Refused> = db
            .try_transaction(|tx| async move {
                seat("B1", 2).insert(&tx).await?;
                let inner: Result<(), Refused> = tx
                    .try_transaction(|inner| async move {
                        seat("B2", 3).insert(&inner).await?;
                        Err(Refused::Taken("B2".into()))
                    })
                    .await;
                assert!(matches!(inner, Err(Refused::Taken(code)) if code == "B2"));
                seat("B1", 4).insert(&tx).await?;
                Ok(())
            })
            .await;
        assert!(matches!(refused, Err(Refused::Database(error)) if error.is_unique_violation()));
        assert_eq!(Seat::query().count(db).await?, 0);
    }

    async fn what_was_stale_is_known_whatever_became_of_its_error(fixture) {
        let db = &fixture.db;
        create(db).await?;
        seat("A1", 1).insert(db).await?;
        let tries = AtomicUsize::new(0);
        let number: Result<i64, Refused> = db
            .try_session_retrying(3, |mut session| {
                let n = tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    let key = session.get::<Seat>("A1").await?;
                    if n == 0 {
                        renumber(db).await?;
                    }
                    session[key].guest = Some("Bob".into());
                    if session.flush().await.is_err() {
                        return Err(Refused::Taken("A1".into()));
                    }
                    Ok(session[key].number)
                }
            })
            .await;
        assert!(matches!(number, Ok(11)), "{number:?}");
        assert_eq!(tries.load(Ordering::SeqCst), 2);
    }

    /// Two that wait for each other: one fails, and is tried again though its error says nothing of that.
    async fn a_conflict_is_known_whatever_became_of_its_error(fixture) {
        let db = &fixture.db;
        create(db).await?;
        for (code, number) in [("A1", 1), ("B1", 2)] {
            seat(code, number).insert(db).await?;
        }
        let meet = Arc::new(Barrier::new(2));
        let servers = fixture.backend != Backend::Sqlite;
        let run = |first: &'static str, second: &'static str| {
            let (db, meet, met) = (db.clone(), Arc::clone(&meet), Arc::new(AtomicUsize::new(0)));
            tokio::spawn(async move {
                db.try_transaction(|tx| async move {
                    let later = |code: &'static str| guest_of(code).update(Seat::number.set(Seat::number + 10));
                    later(first).execute(&tx).await?;
                    // SQLite's second writer waits for the first to end.
                    if servers && met.fetch_add(1, Ordering::SeqCst) == 0 {
                        meet.wait().await;
                    }
                    let done = later(second).execute(&tx).await;
                    done.map(drop).map_err(|_| Refused::Taken(second.into()))
                })
                .retries(5)
                .await
            })
        };
        let (one, two) = (run("A1", "B1"), run("B1", "A1"));
        for task in [one, two] {
            let done = task.await.expect("no panic");
            assert!(done.is_ok(), "{done:?}");
        }
        let numbers = Seat::query().order_by(Seat::number).select(Seat::number).all(db).await?;
        assert_eq!(numbers, [21, 22]);
    }

    /// What is captured may be used up by one try; each of several has its own.
    async fn a_function_may_use_up_what_it_captures(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut codes = vec!["A1".to_string()];
        let other = codes.clone();
        let stored = db
            .transaction(|tx| async move {
                codes.push("A2".into());
                for (code, number) in codes.iter().zip(1..) {
                    seat(code, number).insert(&tx).await?;
                }
                Ok(codes)
            })
            .await?;
        assert_eq!(stored, ["A1", "A2"]);
        let tries = AtomicUsize::new(0);
        let count = &tries;
        let kept = db
            .transaction(|tx| async move {
                let mut other = other;
                other.push("B1".into());
                seat("B1", 7).insert(&tx).await?;
                match count.fetch_add(1, Ordering::SeqCst) {
                    0 => Err(aludel::Error::new(ErrorKind::Deadlock, "made up")),
                    _ => Ok(other),
                }
            })
            .retries(3)
            .await?;
        assert_eq!((kept.len(), tries.load(Ordering::SeqCst)), (2, 2));
        assert_eq!(Seat::query().count(db).await?, 3);
    }

    async fn a_session_that_is_kept_cannot_be_committed(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let place: Arc<Mutex<Option<LentSession>>> = Arc::default();
        let keep = Arc::clone(&place);
        let kept = db
            .session_retrying(3, |mut session| async move {
                session.add(seat("A1", 1));
                *keep.lock().expect("not poisoned") = Some(session);
                Ok(())
            })
            .await;
        assert!(kept.unwrap_err().to_string().contains("kept beyond the function"));
        assert!(place.lock().expect("not poisoned").take().is_some());
        assert_eq!(Seat::query().count(db).await?, 0);
    }
}
