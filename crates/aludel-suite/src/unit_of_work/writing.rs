//! Rules 4–7: what is written, and when.

use super::models::{Author, Book, author, book, library, shapes};
use aludel::prelude::*;

on_every_database! {
    async fn rule_04_only_real_changes_are_written(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut session = db.session();
        let keys = session.all(Author::query().order_by(Author::id)).await?;
        let ann = keys[0];
        let watch = db.watch();
        let email = session[ann].email.clone();
        session[ann].email = email;
        session[ann].score += 1;
        session[ann].score -= 1;
        assert!(!session.is_dirty(ann)?);
        session.commit().await?;
        assert_eq!(watch.statements(), 0, "a = a writes nothing");
        session[ann].score = 3;
        session[keys[1]].name = Some("Bob".into());
        assert!(session.is_dirty(ann)?);
        assert_eq!(session.dirty_keys::<Author>(), keys);
        let report = session.commit().await?;
        assert_eq!(report.to_string(), "Author: 2 updated");
        let texts = watch.texts();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts.iter().all(|text| !text.contains("email")), "{texts:?}");
        assert!(!session.is_dirty(ann)?);
        assert_eq!(Author::filter(Author::score.eq(3)).count(db).await?, 1);
        // Twice the same change is once.
        watch.reset();
        session[ann].score = 3;
        session.commit().await?;
        assert_eq!(watch.statements(), 0);
    }

    async fn rule_05_an_expression_can_be_assigned_and_its_value_comes_back(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        // Somebody else counts, too.
        Author::filter(Author::id.eq(ann.id)).update(Author::score.set(40)).execute(db).await?;
        session.set(key, Author::score.set(Author::score + 2))?;
        session[key].name = Some("Ann".into());
        assert!(session.is_dirty(key)?);
        let changes = session.changes(key)?;
        assert_eq!(changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["name", "score"]);
        assert_eq!(changes[1].new, None);
        session.flush().await?;
        assert_eq!((session[key].score, session[key].name.as_deref()), (42, Some("Ann")));
        session.commit().await?;
        assert_eq!(Author::get(ann.id, db).await?.score, 42);
        // A plain value is a value.
        session.set(key, (Author::score.set(1), Author::name.set(None::<String>)))?;
        assert_eq!(session[key].score, 1);
        session.commit().await?;
        let row = Author::get(ann.id, db).await?;
        assert_eq!((row.score, row.name), (1, None));
    }

    async fn rule_06_nothing_dirty_sends_nothing(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let watch = db.watch();
        session.commit().await?;
        session.flush().await?;
        session.rollback().await?;
        assert!(!session.in_transaction());
        assert_eq!(watch.statements(), 0);
        session.get::<Author>(ann.id).await?;
        session.commit().await?;
        assert_eq!(watch.statements(), 1);
        assert!(!session.in_transaction());
        assert!(session.commit().await?.is_empty());
        // What was added and removed again was never there.
        let cid = session.add(author("cid"));
        session.remove(cid)?;
        session.commit().await?;
        assert_eq!(watch.statements(), 1);
    }

    async fn rule_07_queries_flush_first(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        session[key].score = 9;
        let cid = session.add(author("cid"));
        session.add(book("four", cid));
        let watch = db.watch();
        let found = session.all(Author::filter(Author::score.eq(9))).await?;
        assert_eq!(found, [key]);
        assert_eq!(
            shapes(&watch.texts()),
            ["UPDATE authors", "INSERT authors", "INSERT books", "SELECT authors"]
        );
        assert!(session.in_transaction());
        // A known key is no query.
        session[key].score = 10;
        watch.reset();
        session.get::<Author>(ann.id).await?;
        assert_eq!(watch.statements(), 0);
        // Unless it is switched off.
        let found = session
            .without_autoflush(async |session| session.all(Author::filter(Author::score.eq(10))).await)
            .await?;
        assert!(found.is_empty());
        assert_eq!(session.all(Author::filter(Author::score.eq(10))).await?, [key]);
        session.rollback().await?;
        assert_eq!(Book::query().count(db).await?, 3);
    }
}
