//! Rules 20–24: transactions, rollback, failed flushes, dropped futures, bulk statements.

use super::models::{Author, Book, NewAuthor, Seat, author, book, create, library, seat};
use crate::cancellation::{polled, settled};
use crate::harness::Backend;
use aludel::prelude::*;

async fn emails(db: &dyn Executor) -> aludel::Result<Vec<String>> {
    Author::query()
        .order_by(Author::email)
        .select(Author::email)
        .all(db)
        .await
}

on_every_database! {
    async fn rule_20_a_session_holds_no_connection_between_transactions(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let db = &db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        assert!(!session.in_transaction());
        // The one connection is free.
        assert_eq!(Author::query().count(db).await?, 2);
        session[key].score = 1;
        session.flush().await?;
        assert!(session.in_transaction());
        session.commit().await?;
        assert!(!session.in_transaction());
        assert_eq!(Author::filter(Author::score.eq(1)).count(db).await?, 1);
        // Begun, it reads in its transaction.
        session.begin().await?;
        assert!(session.in_transaction());
        session.rollback().await?;
        assert_eq!(Author::query().count(db).await?, 2);
    }

    async fn rule_21_rollback_brings_memory_back_to_the_database(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let a = session.get::<Author>(ann.id).await?;
        let b = session.get::<Author>(bob.id).await?;
        let books = session.all(Book::filter(Book::author.is(&bob))).await?;
        let cid = session.add(author("cid"));
        session[a].score = 5;
        session.flush().await?;
        session[a].score = 6;
        session[cid].name = Some("Cid".into());
        session[books[0]].author = cid.into();
        session.flush().await?;
        session.remove(b)?;
        session.flush().await?;
        assert_eq!(emails(session.executor()).await?, ["ann", "cid"]);
        session[a].name = Some("not flushed".into());
        session.rollback().await?;
        assert_eq!(emails(db).await?, ["ann", "bob"]);
        assert_eq!((session[a].score, session[a].name.clone()), (0, None));
        assert_eq!(session[b].email, "bob");
        assert_eq!(session.get::<Author>(bob.id).await?, b);
        assert_eq!(session[books[0]].author.key(), bob.id);
        // What was new is pending again, as it was added.
        assert_eq!(session.new_keys::<Author>(), [cid]);
        assert_eq!(session.draft(cid)?.name, None);
        assert!(session.dirty_keys::<Author>().is_empty() && session.deleted_keys::<Author>().is_empty());
        session.commit().await?;
        assert_eq!(emails(db).await?, ["ann", "bob", "cid"]);
        assert_eq!(session[cid].name, None);
        // Keys, too.
        create(db).await.unwrap_err();
        let seat = session.add(seat("a", 1));
        session.commit().await?;
        session[seat].code = "b".into();
        session.flush().await?;
        assert_eq!(session.get::<Seat>("b").await?, seat);
        session.rollback().await?;
        assert_eq!((session[seat].code.as_str(), session[seat].version), ("a", 1));
        assert_eq!(session.get::<Seat>("a").await?, seat);
        assert!(session.find::<Seat>("b").await?.is_none());
        // A row that was read inside of the transaction is read anew.
        session.begin().await?;
        let tx = session.executor();
        Author::filter(Author::email.eq("ann")).update(Author::score.set(77)).execute(tx).await?;
        session.expire(a)?;
        assert_eq!(session.one(Author::filter(Author::email.eq("ann"))).await?, a);
        assert_eq!(session[a].score, 77);
        session.rollback().await?;
        session.get::<Author>(ann.id).await?;
        assert_eq!(session[a].score, 0);
    }

    async fn rule_21_a_savepoint_restores_only_what_changed_since(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let a = session.get::<Author>(ann.id).await?;
        session[a].score = 1;
        let mut inner = session.savepoint().await?;
        inner[a].score = 2;
        let cid = inner.add(author("cid"));
        inner.flush().await?;
        inner[a].score = 3;
        inner.rollback().await?;
        assert_eq!(session[a].score, 1);
        assert_eq!(session.new_keys::<Author>(), [cid]);
        session.remove(cid)?;
        // Kept, and nested.
        let mut outer = session.savepoint().await?;
        outer[a].score = 4;
        let dan = outer.add(author("dan"));
        let mut inner = outer.savepoint().await?;
        inner[a].score = 5;
        inner[dan].name = Some("Dan".into());
        // Dropped, it rolls back.
        drop(inner);
        assert_eq!((outer[a].score, outer[dan].name.clone()), (4, None));
        outer.commit().await?;
        let error = {
            let mut open = session.savepoint().await?;
            let session: &mut Session = &mut open;
            session.commit().await.unwrap_err()
        };
        assert!(error.to_string().contains("savepoint"), "{error}");
        session.commit().await?;
        assert_eq!(emails(db).await?, ["ann", "bob", "dan"]);
        assert_eq!(Author::get(ann.id, db).await?.score, 4);
        // A rollback undoes what a kept savepoint did.
        let mut kept = session.savepoint().await?;
        kept[a].score = 9;
        kept.commit().await?;
        assert_eq!(session[a].score, 9);
        session.rollback().await?;
        assert_eq!((session[a].score, Author::get(ann.id, db).await?.score), (4, 4));
    }

    async fn rule_22_a_failed_flush_keeps_every_change_and_can_be_mended(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        for before in [false, true] {
            let mut session = db.session();
            let a = session.get::<Author>(ann.id).await?;
            if before {
                // Something flushed before stays flushed.
                session.add(author("before"));
                session.flush().await?;
            }
            session[a].score += 1;
            let score = session[a].score;
            let new: Vec<Key<Author>> = ["x", "bob", "y"].iter().map(|email| session.add(author(email))).collect();
            session.add(book("late", new[0]));
            let error = session.flush().await.unwrap_err();
            assert!(error.is_unique_violation(), "{error}");
            assert_eq!(error.row(), Some("Author (pending, number 2 of those added)"));
            assert_eq!(session.failed::<Author>(), Some(new[1]));
            assert_eq!(session.failed::<Book>(), None);
            // The database is as before the flush, and memory as before, too.
            let there = emails(session.executor()).await?;
            assert_eq!(there.contains(&"before".to_string()), before, "{there:?}");
            assert!(!there.contains(&"x".to_string()));
            assert_eq!(session.new_keys::<Author>(), new);
            assert_eq!(session.dirty_keys::<Author>(), [a]);
            session.draft_mut(new[1])?.email = "z".into();
            session.commit().await?;
            assert_eq!(Author::get(ann.id, db).await?.score, score);
            assert_eq!(Author::filter(Author::email.is_in(["x", "y", "z"])).count(db).await?, 3);
            assert_eq!(session[new[1]].email, "z");
            // Changes, too, and their row is named.
            session[new[0]].email = "y".into();
            session[new[2]].name = Some("Y".into());
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.row(), Some(format!("Author {}", session[new[0]].id).as_str()), "{error}");
            session[new[0]].email = "x".into();
            session.commit().await?;
            assert_eq!(Author::filter(Author::name.eq("Y")).count(db).await?, 1);
            for key in new {
                session.remove(key)?;
            }
            session.commit().await?;
            Author::filter(Author::email.eq("before")).delete().execute(db).await?;
        }
        assert_eq!(emails(db).await?, ["ann", "bob"]);
    }

    async fn rule_22_an_error_at_any_row_of_a_batch_is_told_by_its_row(fixture) {
        let db = &fixture.db;
        library(db).await?;
        for bad in 0..6 {
            let mut session = db.session();
            let keys: Vec<Key<Author>> = (0..6)
                .map(|n| session.add(NewAuthor { name: Some(format!("N{n}")), ..author(&if n == bad { "ann".into() } else { format!("n{n}") }) }))
                .collect();
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.row(), Some(format!("Author (pending, number {} of those added)", bad + 1).as_str()));
            assert_eq!(session.failed(), Some(keys[bad]));
            assert_eq!(emails(db).await?, ["ann", "bob"]);
            assert!(!session.in_transaction());
        }
        settled(db).await;
    }

    async fn rule_23_a_dropped_session_rolls_back(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let db = &db;
        library(db).await?;
        let mut session = db.session();
        session.add(author("lost"));
        session.flush().await?;
        drop(session);
        assert_eq!(emails(db).await?, ["ann", "bob"]);
    }

    async fn rule_23_a_commit_dropped_at_any_poll_is_all_or_nothing(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        let db = &db;
        let [ann, _] = library(db).await?;
        let most = if fixture.backend == Backend::Sqlite { 6 } else { 60 };
        for polls in 0..most {
            let mut session = db.session();
            let a = session.get::<Author>(ann.id).await?;
            session[a].score += 1;
            let score = session[a].score;
            let new = session.add(author("new"));
            session.add(book("by new", new));
            let done = polled(polls, session.commit()).await;
            // Whatever happened: the session knows, and goes on.
            session.commit().await?;
            assert_eq!(session[a].score, score);
            assert_eq!(emails(db).await?, ["ann", "bob", "new"], "after {polls} polls");
            assert_eq!(Author::get(ann.id, db).await?.score, score);
            assert_eq!(Book::filter(Book::title.eq("by new")).count(db).await?, 1);
            session.remove(new)?;
            session.commit().await?;
            assert_eq!(emails(db).await?, ["ann", "bob"]);
            if done.is_some() && polls > 3 {
                break;
            }
        }
    }

    async fn rule_24_bulk_statements_adjust_the_rows_they_touch(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let a = session.get::<Author>(ann.id).await?;
        let b = session.get::<Author>(bob.id).await?;
        // A condition that memory can answer, and values that it knows: one statement.
        let watch = db.watch();
        let updated = session
            .execute(Author::filter(Author::email.eq("ann") | Author::score.gt(5)).update((Author::score.set(3), Author::name.set("Ann"))))
            .await?;
        assert_eq!((updated, watch.statements()), (1, 1));
        assert_eq!((session[a].score, session[a].name.as_deref(), session[b].score), (3, Some("Ann"), 0));
        assert!(!session.is_dirty(a)?);
        // Pending changes are flushed before.
        session[b].score = 10;
        session.execute(Author::filter(Author::score.ge(10)).update(Author::name.set("rich"))).await?;
        assert_eq!(session[b].name.as_deref(), Some("rich"));
        // An expression, or a condition that only the database can answer: the rows are read again.
        session.execute(Author::filter(Author::score.gt(0)).update(Author::score.set(Author::score + 1))).await?;
        assert_eq!((session[a].score, session[b].score), (4, 11));
        session.execute(Author::filter(Author::email.contains("n")).update(Author::score.set(0))).await?;
        assert_eq!((session[a].score, session[b].score), (0, 11));
        // All of it is of the transaction.
        session.rollback().await?;
        assert_eq!((session[a].score, session[b].score, session[b].name.clone()), (0, 0, None));
        assert_eq!(Author::get(bob.id, db).await?.score, 0);
        // Deleted rows are gone, and back after a rollback.
        let books = session.all(Book::query().order_by(Book::id)).await?;
        session.execute(Book::filter(Book::title.eq("one")).delete()).await?;
        assert!(session.row(books[0]).is_err());
        session.execute(Book::filter(Book::title.starts_with("t")).delete()).await?;
        assert!(session.row(books[1]).is_err() && session.row(books[2]).is_err());
        session.rollback().await?;
        assert_eq!(session[books[1]].title, "two");
        session.execute(Book::filter(Book::pages.is_in([100])).delete()).await?;
        session.commit().await?;
        assert!(session.row(books[0]).is_err());
        assert_eq!(Book::query().count(db).await?, 0);
        // Without a filter it needs the word.
        let error = session.execute(Author::query().delete()).await.unwrap_err();
        assert!(error.to_string().contains("unfiltered"), "{error}");
    }
}
