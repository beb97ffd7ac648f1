//! Rules 16–19: relations in a session.

use super::models::{
    Author, Book, Cart, Genre, Item, NewBook, NewCart, NewGenre, NewItem, NewNote, Note, author,
    book, create, library, shapes,
};
use aludel::ErrorKind;
use aludel::prelude::*;

async fn titles(db: &Database, author: &Author) -> aludel::Result<Vec<String>> {
    Book::filter(Book::author.is(author))
        .order_by(Book::title)
        .select(Book::title)
        .all(db)
        .await
}

fn genre(code: &str) -> NewGenre {
    NewGenre {
        code: code.into(),
        label: code.to_uppercase(),
    }
}

on_every_database! {
    async fn rule_16_setting_a_relation_and_its_key_to_different_rows_is_an_error(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let keys = session.all(Author::query().order_by(Author::id)).await?;
        let three = session.one(Book::filter(Book::title.eq("three"))).await?;
        // The relation alone moves the book; its key, too, if both say the same.
        session[keys[0]].books.add(three);
        session.commit().await?;
        assert_eq!(titles(db, &ann).await?, ["one", "three", "two"]);
        session[keys[1]].books.add(three);
        session[three].author.set(&bob);
        session.commit().await?;
        assert_eq!(session[three].author.key(), bob.id);
        // Both to different rows is an error, and nothing is sent.
        let cid = session.add(author("cid"));
        session.commit().await?;
        session[keys[0]].books.add(three);
        session[three].author = cid.into();
        let watch = db.watch();
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("Author::books") && error.to_string().contains("\"author\""), "{error}");
        assert_eq!(watch.statements(), 0);
        session.rollback().await?;
        // The same with a draft.
        session[keys[0]].books.push(book("both", keys[1]));
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("set one of the two"), "{error}");
    }

    async fn rule_17_what_is_added_to_a_relation_is_added_to_the_session(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.one(Author::filter(Author::id.eq(ann.id)).with(Author::books)).await?;
        session[key].books.push(NewBook { pages: Some(5), ..book("pushed", Ref::default()) });
        // A pending child of a pending parent.
        let cid = session.add(author("cid"));
        let his = session.add(book("his", cid));
        let watch = db.watch();
        session.commit().await?;
        assert_eq!(shapes(&watch.texts()), ["INSERT authors", "INSERT books"]);
        assert_eq!(titles(db, &ann).await?, ["one", "pushed", "two"]);
        assert_eq!(session[his].author.key(), session[cid].id);
        // What was loaded knows it.
        let loaded = session.related(key, Author::books)?;
        assert_eq!(loaded.len(), 3);
        assert_eq!(session[loaded[2]].pages, 5);
        // A row that is not in the session is found by its key.
        let three = Book::filter(Book::title.eq("three")).one(db).await?;
        session[key].books.add(&three);
        session.commit().await?;
        assert_eq!(titles(db, &ann).await?.len(), 4);
        assert_eq!(session.related(key, Author::books)?.len(), 4);
        let error = {
            session[key].books.add(Ref::key(999));
            session.commit().await.unwrap_err()
        };
        assert_eq!(error.kind(), ErrorKind::NotFound);
        session.rollback().await?;
        session.commit().await?;
    }

    async fn rule_17_what_is_removed_from_a_relation_has_no_parent_or_goes(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let authors = session.all(Author::query().order_by(Author::id)).await?;
        let books = session.all(Book::query().order_by(Book::id)).await?;
        session[books[0]].editor = Some(authors[1].into());
        session[books[1]].editor = Some(authors[1].into());
        session.commit().await?;
        // Nullable: NULL.
        session[authors[1]].edited.remove(books[0]);
        session.commit().await?;
        assert!(session[books[0]].editor.is_none());
        assert_eq!(Book::filter(Book::editor.is(&bob)).count(db).await?, 1);
        // Required: an error before any SQL.
        session[authors[0]].books.remove(books[0]);
        let watch = db.watch();
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("must belong to one") && error.to_string().contains("orphans = delete"), "{error}");
        assert_eq!(watch.statements(), 0);
        // Moved to another parent it is no orphan.
        session[authors[1]].books.add(books[0]);
        session.commit().await?;
        assert_eq!((titles(db, &ann).await?, titles(db, &bob).await?), (vec!["two".into()], vec!["one".into(), "three".into()]));
        // Orphans are deleted where the relation says so; a child that moves is moved.
        let [one, two] = [session.add(NewCart {}), session.add(NewCart {})];
        let items: Vec<_> = (0..3).map(|n| session.add(NewItem { name: format!("i{n}"), cart: one.into() })).collect();
        session.commit().await?;
        session[one].items.remove(items[0]);
        session[one].items.remove(items[1]);
        session[two].items.add(items[1]);
        session.commit().await?;
        let left = Item::query().order_by(Item::id).all(db).await?;
        assert_eq!(left.len(), 2);
        assert_eq!((left[0].cart.key(), left[1].cart.key()), (session[two].id, session[one].id));
        assert!(session.row(items[0]).is_err());
    }

    async fn rule_18_deleting_a_parent_follows_on_delete(fixture) {
        let db = &fixture.db;
        let [_, bob] = library(db).await?;
        let mut session = db.session();
        let authors = session.all(Author::query().order_by(Author::id)).await?;
        let books = session.all(Book::query().order_by(Book::id)).await?;
        session[books[2]].editor = Some(authors[0].into());
        session.commit().await?;
        // Cascade, and set null: in memory as in the database; the report says what went.
        session.remove(authors[0])?;
        let report = session.commit().await?;
        assert_eq!(report.to_string(), "Book: 1 updated, 2 deleted; Author: 1 deleted");
        assert!(session.row(books[0]).is_err());
        assert!(session[books[2]].editor.is_none());
        assert_eq!(titles(db, &bob).await?, ["three"]);
        // Restrict: an error that names who refers to it, unless that goes in the same flush.
        let cart = session.add(NewCart {});
        let note = session.add(NewNote { text: "keep".into(), cart: cart.into() });
        session.add(NewItem { name: "i".into(), cart: cart.into() });
        session.commit().await?;
        session.remove(cart)?;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
        let text = error.to_string();
        assert!(text.contains("Cart 1") && text.contains("Note 1") && text.contains("Note::cart"), "{text}");
        assert_eq!((Cart::query().count(db).await?, Item::query().count(db).await?), (1, 1));
        session.remove(note)?;
        let report = session.commit().await?;
        assert_eq!((report.deleted(), Cart::query().count(db).await?), (3, 0));
        assert_eq!((Item::query().count(db).await?, Note::query().count(db).await?), (0, 0));
    }

    async fn rule_19_many_to_many_changes_of_both_sides_are_merged(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut session = db.session();
        let books = session.all(Book::query().order_by(Book::id)).await?;
        let sf = session.add(genre("sf"));
        session.add(genre("hist"));
        session.commit().await?;
        let watch = db.watch();
        // From both sides, and twice.
        session[books[0]].genres.add(sf);
        session[sf].books.add(books[0]);
        session[books[0]].genres.add(sf);
        session[sf].books.add(books[1]);
        session[books[2]].genres.push(genre("poem"));
        session.commit().await?;
        assert_eq!(shapes(&watch.texts()), ["INSERT genres", "INSERT books_genres"]);
        let of = |n: usize| Genre::filter(Genre::books.any(Book::id.eq(session[books[n]].id))).order_by(Genre::code).select(Genre::code);
        let (first, second, third) = (of(0), of(1), of(2));
        assert_eq!(first.all(db).await?, ["sf"]);
        assert_eq!((second.all(db).await?, third.all(db).await?), (vec!["sf".to_string()], vec!["poem".to_string()]));
        // What is there already is no error; removed before added.
        watch.reset();
        session[books[0]].genres.add(sf);
        session[books[0]].genres.add(Ref::key("hist"));
        session[books[1]].genres.remove(sf);
        session.commit().await?;
        assert_eq!(shapes(&watch.texts()), ["DELETE books_genres", "INSERT books_genres"]);
        assert_eq!(first.all(db).await?, ["hist", "sf"]);
        assert!(second.all(db).await?.is_empty());
        // Removed and added again is there; added and removed again is not.
        session[books[0]].genres.remove(sf);
        session[books[0]].genres.add(sf);
        session[books[1]].genres.add(sf);
        session[books[1]].genres.remove(sf);
        session.commit().await?;
        assert_eq!(first.all(db).await?, ["hist", "sf"]);
        assert!(second.all(db).await?.is_empty());
        // Loaded lists follow.
        session.load(books[0], Book::genres).await?;
        assert_eq!(session.related(books[0], Book::genres)?.len(), 2);
        session[books[0]].genres.remove(sf);
        session.flush().await?;
        assert_eq!(session.related(books[0], Book::genres)?.len(), 1);
        session.rollback().await?;
        assert_eq!(session.related(books[0], Book::genres).unwrap_err().kind(), ErrorKind::NotLoaded);
        assert_eq!(first.all(db).await?.len(), 2);
        // A row that goes takes its rows of the join table along.
        session.remove(sf)?;
        session.commit().await?;
        assert_eq!(first.all(db).await?, ["hist"]);
    }

    async fn load_loads_for_all_rows_of_the_same_result(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut session = db.session();
        let books = session.all(Book::query().order_by(Book::id)).await?;
        let watch = db.watch();
        assert_eq!(session.related(books[0], Book::author).unwrap_err().kind(), ErrorKind::NotLoaded);
        session.load(books[0], Book::author).await?;
        assert_eq!(watch.statements(), 1);
        for book in &books {
            let author = session.related(*book, Book::author)?.expect("an author");
            assert_eq!(session[author].id, session[*book].author.key());
        }
        assert_eq!(session.related(books[0], Book::editor)?, None);
        // What is known is not read again.
        session.load(books[0], Book::author).await?;
        assert_eq!(watch.statements(), 1);
        // Nested, ordered and limited, over the other side.
        let mut session = db.session();
        watch.reset();
        let authors = session
            .all(Author::query().order_by(Author::id).with(Author::books.order_by(Book::title.desc()).limit(1).then(Book::genres)))
            .await?;
        assert_eq!(watch.statements(), 3);
        let latest = session.related(authors[0], Author::books)?;
        assert_eq!(latest.iter().map(|key| session[*key].title.as_str()).collect::<Vec<_>>(), ["two"]);
        assert!(session.related(latest[0], Book::genres)?.is_empty());
        // The rows of the relation are the session's own.
        session[latest[0]].pages = 1;
        session.commit().await?;
        assert_eq!(Book::filter(Book::pages.eq(1)).one(db).await?.title, "two");
        create(db).await.unwrap_err();
    }
}
