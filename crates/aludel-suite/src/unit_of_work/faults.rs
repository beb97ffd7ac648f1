//! What goes wrong in the middle of a unit of work: a connection killed after each statement, a COMMIT that fails, a
//! future dropped in a transaction with flushes before it. Nothing is half done, and no change is lost.

use super::models::{Author, Book, author, book, library};
use crate::cancellation::{polled, settled};
use crate::harness::{Backend, Fixture};
use aludel::prelude::*;
use aludel::{ErrorKind, Event, Options};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Ends all other connections to the fixture's database, from a thread of its own, and waits for it.
pub(super) fn kill_the_others(backend: Backend, url: &str) {
    let url = url.to_string();
    let killer = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let db = Database::connect(&url).await.expect("connects");
            match backend {
                Backend::Postgres => {
                    let text = "select pg_terminate_backend(pid) from pg_stat_activity \
                                where datname = current_database() and pid <> pg_backend_pid()";
                    sql(text).rows(&db).await.map(drop).expect("kills");
                }
                Backend::Mariadb => {
                    let text = "select cast(id as signed) from information_schema.processlist \
                                where db = database() and id <> connection_id()";
                    for id in sql(text).all::<i64>(&db).await.expect("a list") {
                        drop(
                            aludel::Sql::trusted(format!("kill {id}"))
                                .execute(&db)
                                .await,
                        );
                    }
                }
                Backend::Sqlite => {}
            }
            db.close();
        });
    });
    killer.join().expect("kills");
}

/// A database that kills its own connections after so many statements.
async fn killing(fixture: &Fixture, after: Arc<AtomicUsize>) -> Database {
    let (backend, url) = (fixture.backend, fixture.url.clone());
    let options = Options::default()
        .max_connections(1)
        .on_event(move |event| {
            if let Event::Statement { .. } = event
                && after.load(Ordering::SeqCst) > 0
                && after.fetch_sub(1, Ordering::SeqCst) == 1
            {
                kill_the_others(backend, &url);
            }
        });
    fixture.connect(options).await
}

/// Connections that were killed while they waited in the pool are found out by whoever uses them.
pub(super) async fn wake(db: &Database) {
    while Author::query().count(db).await.is_err() {}
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Parcel {
    pub id: i64,
    #[field(deferred)]
    pub inside: Option<BelongsTo<Parcel>>,
    #[field(default = 0)]
    pub weight: i64,
}

on_every_database! {
    async fn a_connection_killed_after_each_statement_leaves_all_or_nothing(fixture) {
        let after = Arc::new(AtomicUsize::new(0));
        let db = &killing(fixture, Arc::clone(&after)).await;
        let [ann, _] = library(&fixture.db).await?;
        // SQLite has no connection that could be killed from outside.
        let most = if fixture.backend == Backend::Sqlite { 1 } else { 12 };
        let mut finished = false;
        for n in 1..=most {
            let mut session = db.session();
            let a = session.get::<Author>(ann.id).await?;
            session[a].score += 1;
            let score = session[a].score;
            let new = session.add(author("new"));
            let two = session.add_all([book("b1", new), book("b2", a)]);
            // Something is flushed before, in the same transaction.
            session.flush().await?;
            session[two[0]].pages = 7;
            session[a].name = Some(format!("n{n}"));
            let last = session.add(book("b3", new));
            after.store(n, Ordering::SeqCst);
            let result = session.commit().await;
            let over = after.swap(0, Ordering::SeqCst) > 0;
            wake(&fixture.db).await;
            wake(db).await;
            if let Err(error) = &result {
                assert!(matches!(error.kind(), ErrorKind::ConnectionLost | ErrorKind::TransactionAborted), "{error}");
                let there = Author::get(ann.id, &fixture.db).await?;
                assert_eq!(there.score, score - 1, "nothing is half done");
                assert_eq!(Book::filter(Book::title.starts_with("b")).count(&fixture.db).await?, 0);
                assert!(!session.in_transaction());
                // Everything is still there to be done, and can be.
                assert_eq!(session.new_keys::<Book>().len(), 3);
                session.commit().await?;
            }
            let there = Author::get(ann.id, &fixture.db).await?;
            assert_eq!((there.score, there.name), (score, Some(format!("n{n}"))));
            let pages = Book::filter(Book::title.starts_with("b")).order_by(Book::title).select(Book::pages).all(&fixture.db).await?;
            assert_eq!(pages, [7, 100, 100]);
            assert_eq!((session[two[0]].pages, session[last].author.key()), (7, session[new].id));
            session.remove(new)?;
            session.remove(two[1])?;
            session.commit().await?;
            settled(db).await;
            wake(db).await;
            if over {
                finished = true;
                break;
            }
        }
        assert!(finished || fixture.backend == Backend::Sqlite);
    }

    async fn a_commit_that_fails_at_the_end_leaves_everything_pending(fixture) {
        let db = &fixture.db;
        let created = db.create_all(&models![Parcel]).await;
        if fixture.backend == Backend::Mariadb {
            assert!(created.unwrap_err().is_unsupported());
            return Ok(());
        }
        created?;
        let mut session = db.session();
        let outer = session.add(NewParcel { inside: None, weight: None });
        session.commit().await?;
        session[outer].weight = 5;
        let inner = session.add(NewParcel { inside: Some(Ref::key(999)), weight: None });
        session.flush().await?;
        // Changed after it was inserted: that is to be done again, too.
        session[inner].weight = 7;
        session.set(outer, Parcel::weight.set(Parcel::weight + 1))?;
        let gone = session.add(NewParcel { inside: None, weight: Some(1) });
        session.flush().await?;
        session.remove(gone)?;
        let error = session.commit().await.unwrap_err();
        assert!(error.is_foreign_key_violation(), "{error}");
        assert!(!session.in_transaction());
        assert_eq!(Parcel::query().select(Parcel::weight).all(db).await?, [0]);
        assert_eq!(session.new_keys::<Parcel>(), [inner]);
        session.draft_mut(inner)?.inside = Some(outer.into());
        session.commit().await?;
        assert_eq!((session[outer].weight, session[inner].weight), (6, 7));
        let weights = Parcel::query().order_by(Parcel::id).select(Parcel::weight).all(db).await?;
        assert_eq!(weights, [6, 7]);
        assert_eq!(session[inner].inside.as_ref().map(BelongsTo::key), Some(session[outer].id));
    }

    async fn a_flush_dropped_in_a_transaction_loses_no_change(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        let db = &db;
        let [ann, _] = library(db).await?;
        for polls in 1..40 {
            let mut session = db.session();
            let a = session.get::<Author>(ann.id).await?;
            let first = session.add(author("first"));
            session.flush().await?;
            session[a].score += 1;
            let score = session[a].score;
            session[first].name = Some("First".into());
            session.add(book("late", first));
            let done = polled(polls, session.flush()).await;
            let found = session.all(Author::filter(Author::email.eq("first"))).await?;
            assert_eq!(found, [first], "after {polls} polls");
            session.commit().await?;
            assert_eq!(Author::get(ann.id, db).await?.score, score);
            let row = Author::filter(Author::email.eq("first")).one(db).await?;
            assert_eq!((row.id, row.name.as_deref()), (session[first].id, Some("First")));
            assert_eq!(Book::filter(Book::title.eq("late")).count(db).await?, 1);
            session.remove(first)?;
            session.commit().await?;
            settled(db).await;
            if done.is_some() {
                break;
            }
        }
    }
}
