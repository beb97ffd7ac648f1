//! Rules 1–3: one row, one slot.

use super::models::{Author, Book, author, book, library};
use aludel::ErrorKind;
use aludel::prelude::*;

on_every_database! {
    async fn rule_01_one_row_has_one_slot_however_it_was_reached(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let key = session.one(Author::filter(Author::email.eq("ann"))).await?;
        let watch = db.watch();
        assert_eq!(session.get::<Author>(ann.id).await?, key);
        assert_eq!(watch.statements(), 0, "a known key sends nothing");
        let all = session.all(Author::query().order_by(Author::id)).await?;
        assert_eq!(all[0], key);
        assert_eq!(session.first(Author::query()).await?, Some(key));
        assert_eq!(session.optional(Author::filter(Author::email.eq("bob"))).await?, Some(all[1]));
        assert_eq!(session[all[1]].id, bob.id);
        // Over a relation, too.
        let book = session.one(Book::filter(Book::title.eq("one")).with(Book::author)).await?;
        assert_eq!(session.related(book, Book::author)?, Some(key));
        let mut stream = session.stream(Author::query().order_by(Author::id)).await?;
        assert_eq!(stream.next().await.transpose()?, Some(key));
        assert_eq!(stream.next().await.transpose()?, Some(all[1]));
        assert_eq!(stream.next().await.transpose()?, None);
        drop(stream);
        // What is not there is not.
        assert!(session.find::<Author>(999).await?.is_none());
        assert_eq!(session.get::<Author>(999).await.unwrap_err().kind(), ErrorKind::NotFound);
        // A row that was inserted is known by its key at once.
        let cid = session.add(author("cid"));
        session.flush().await?;
        watch.reset();
        let id = session[cid].id;
        assert_eq!(session.get::<Author>(id).await?, cid);
        assert_eq!(watch.statements(), 0);
    }

    async fn rule_02_what_is_loaded_is_not_overwritten_unless_it_is_to_be_refreshed(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        Author::filter(Author::id.eq(ann.id)).update(Author::score.set(7)).execute(db).await?;
        assert_eq!(session.one(Author::filter(Author::score.eq(7))).await?, key);
        assert_eq!(session[key].score, 0);
        assert_eq!(session.one(Author::filter(Author::score.eq(7)).refresh()).await?, key);
        assert_eq!(session[key].score, 7);
    }

    async fn rule_03_nothing_expires_by_itself(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let keys = session.all(Author::query().order_by(Author::id)).await?;
        session[keys[0]].name = Some("Ann".into());
        session.commit().await?;
        let watch = db.watch();
        assert_eq!(session[keys[0]].name.as_deref(), Some("Ann"));
        assert_eq!(session[keys[1]].email, "bob");
        assert_eq!(watch.statements(), 0);
        Author::query().unfiltered().update(Author::score.set(5)).execute(db).await?;
        // refresh reads at once, expire at the next get or query, and never an index.
        watch.reset();
        session.refresh(keys[0]).await?;
        assert_eq!((session[keys[0]].score, watch.statements()), (5, 1));
        session.expire(keys[1])?;
        assert_eq!((session[keys[1]].score, watch.statements()), (0, 1));
        assert_eq!(session.get::<Author>(bob.id).await?, keys[1]);
        assert_eq!((session[keys[1]].score, watch.statements()), (5, 2));
        Author::query().unfiltered().update(Author::score.set(6)).execute(db).await?;
        session.expire_all();
        assert_eq!(session.all(Author::query().order_by(Author::id)).await?, keys);
        assert_eq!((session[keys[0]].score, session[keys[1]].score), (6, 6));
        // A row that is gone is gone.
        Book::query().unfiltered().delete().execute(db).await?;
        ann.delete(db).await?;
        assert_eq!(session.refresh(keys[0]).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(session.row(keys[0]).unwrap_err().kind(), ErrorKind::NotFound);
    }

    async fn a_key_of_another_session_is_an_error_not_another_row(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let (mut one, mut other) = (db.session(), db.session());
        let key = one.get::<Author>(ann.id).await?;
        let same = other.get::<Author>(ann.id).await?;
        assert_ne!(key, same);
        let errors = [
            other.row(key).unwrap_err(),
            other.remove(key).unwrap_err(),
            other.draft(key).unwrap_err(),
            other.expire(key).unwrap_err(),
            other.refresh(key).await.unwrap_err(),
            other.set(key, Author::score.set(Author::score + 1)).unwrap_err(),
            other.detach(key).unwrap_err(),
            other.load(key, Author::books).await.unwrap_err(),
        ];
        for error in errors {
            let text = error.to_string();
            assert!(text.contains("Author") && text.contains("another session"), "{text}");
        }
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| other[key].id));
        assert!(panicked.is_err());
        // In a reference it is found at the flush, before anything is sent.
        let lost = other.add(book("lost", key));
        let watch = db.watch();
        let error = other.commit().await.unwrap_err();
        assert!(error.to_string().contains("another session"), "{error}");
        assert_eq!(watch.statements(), 0);
        other.draft_mut(lost)?.author = same.into();
        other.commit().await?;
        assert_eq!(other[lost].author.key(), ann.id);
        // Outside of sessions a key says what to do.
        let error = Book::filter(Book::author.is(key)).count(db).await.unwrap_err();
        assert!(error.to_string().contains("(&session[key]).into()"), "{error}");
        let error = book("x", key).insert(db).await.unwrap_err();
        assert!(error.to_string().contains("only that session understands"), "{error}");
    }

    async fn a_key_without_a_row_says_why(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let pending = session.add(author("cid"));
        assert!(session.row(pending).unwrap_err().to_string().contains("pending"));
        assert_eq!(session.draft(pending)?.email, "cid");
        let key = session.get::<Author>(ann.id).await?;
        assert!(session.draft(key).unwrap_err().to_string().contains("not pending"));
        let taken = session.detach(key)?;
        assert_eq!(taken.email, "ann");
        assert!(session.row(key).unwrap_err().to_string().contains("detached"));
        // It is read anew, under another key.
        let again = session.get::<Author>(ann.id).await?;
        assert_ne!(again, key);
        let bob = session.get::<Author>(bob.id).await?;
        session.remove(pending)?;
        session.remove(bob)?;
        session.commit().await?;
        assert!(session.row(bob).unwrap_err().to_string().contains("deleted"));
        assert_eq!(Author::query().count(db).await?, 1);
    }

    async fn merge_brings_a_row_from_elsewhere(fixture) {
        let db = &fixture.db;
        let [ann, mut bob] = library(db).await?;
        let mut session = db.session();
        bob.name = Some("Robert".into());
        let key = session.merge(bob.clone()).await?;
        let changes = session.changes(key)?;
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].field, "name");
        assert_eq!(changes[0].old, Value::Null);
        assert_eq!(changes[0].new, Some(Value::Text("Robert".into())));
        session.commit().await?;
        assert_eq!(Author::get(bob.id, db).await?.name.as_deref(), Some("Robert"));
        // The same row again changes nothing.
        let watch = db.watch();
        assert_eq!(session.merge(bob.clone()).await?, key);
        session.commit().await?;
        assert_eq!(watch.statements(), 0);
        Book::query().unfiltered().delete().execute(db).await?;
        ann.clone().delete(db).await?;
        assert_eq!(session.merge(ann).await.unwrap_err().kind(), ErrorKind::NotFound);
    }
}

/// A session can go to another thread, and so can its futures.
#[allow(dead_code)]
fn sessions_and_their_futures_are_send(db: &Database) {
    fn send<T: Send>(value: T) -> T {
        value
    }
    let mut session = send(db.session());
    drop(send(session.commit()));
    drop(send(session.get::<Author>(1)));
    drop(send(session.all(Author::query().with(Author::books))));
    drop(send(session.savepoint()));
}
