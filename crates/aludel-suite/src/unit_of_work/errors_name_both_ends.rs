//! Rule 27: errors about references name the row, the relation and both ends.

use super::models::{Author, Book, author, book, library};
use aludel::prelude::*;

on_every_database! {
    async fn a_reference_to_a_removed_row_names_both(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        // Of a new row.
        let (one, two) = (session.get::<Author>(ann.id).await?, session.get::<Author>(bob.id).await?);
        session.add(book("four", two));
        session.add(book("five", one));
        session.remove(one)?;
        let error = session.commit().await.unwrap_err();
        let row = "Book (pending, number 2 of those added)";
        let expected = format!("Book::author of {row} leads to Author {}, which was removed", ann.id);
        assert!(error.to_string().contains(&expected), "{error}");
        assert_eq!(error.row(), Some(row));
        session.rollback().await?;
        // Of a row that is there.
        let mut session = db.session();
        let first = session.one(Book::filter(Book::title.eq("one"))).await?;
        let two = session.get::<Author>(bob.id).await?;
        session[first].author = two.into();
        session.remove(two)?;
        let error = session.commit().await.unwrap_err();
        let row = format!("Book {}", session[first].id);
        let expected = format!("Book::author of {row} leads to Author {}, which was removed", bob.id);
        assert!(error.to_string().contains(&expected), "{error}");
        assert_eq!(error.row(), Some(row.as_str()));
        // One that was never inserted has no key.
        let mut session = db.session();
        let new = session.add(author("new"));
        session.add(book("six", new));
        session.remove(new)?;
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("leads to Author (of which nothing is left"), "{error}");
        assert_eq!(Book::query().count(db).await?, 3);
    }

    async fn a_row_of_another_session_is_named(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let (mut session, mut other) = (db.session(), db.session());
        let pending = other.add(author("new"));
        let lost = session.add(book("lost", pending));
        let error = session.commit().await.unwrap_err();
        let row = "Book (pending, number 1 of those added)";
        let expected = format!("Book::author of {row} leads to a Author of another session");
        assert!(error.to_string().contains(&expected), "{error}");
        assert_eq!(error.row(), Some(row));
        session.remove(lost)?;
        // In a collection.
        let owner = session.get::<Author>(ann.id).await?;
        let foreign = db.session().one(Book::filter(Book::title.eq("three"))).await?;
        session[owner].books.add(foreign);
        let error = session.commit().await.unwrap_err();
        let row = format!("Author {}", ann.id);
        let expected = format!("Author::books of {row} was changed by a Book of another session");
        assert!(error.to_string().contains(&expected), "{error}");
        assert_eq!(error.row(), Some(row.as_str()));
    }

    async fn a_row_that_must_belong_to_one_is_named(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let owner = session.get::<Author>(ann.id).await?;
        let first = session.one(Book::filter(Book::title.eq("one"))).await?;
        session[owner].books.remove(first);
        let error = session.commit().await.unwrap_err();
        let row = format!("Book {}", session[first].id);
        assert!(error.to_string().contains(&format!("{row} was removed from Author::books of Author {}", ann.id)), "{error}");
        assert_eq!(error.row(), Some(row.as_str()));
        session.rollback().await?;
        let other = session.get::<Author>(bob.id).await?;
        let third = session.add(author("third"));
        session.flush().await?;
        session[other].books.add(first);
        session[first].author = third.into();
        let error = session.commit().await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("{row} was added to Author::books of Author {}", bob.id)), "{text}");
        assert!(text.contains(&format!("was set to Author {}", session[third].id)), "{text}");
    }
}
