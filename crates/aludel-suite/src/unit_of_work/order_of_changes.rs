//! Rule 27: changes of relations take effect in the order in which they were done, from both sides; links go with the rows
//! that they join.

use super::models::{Author, Book, Genre, NewGenre, NewNode, Node, author, book, create, library};
use aludel::prelude::*;

fn genre(code: &str) -> NewGenre {
    NewGenre {
        code: code.into(),
        label: code.to_uppercase(),
    }
}

/// Steps: whether it is the book's side, and whether it adds; and whether the two are linked at the end.
const PAIRS: [(&[(bool, bool)], bool); 8] = [
    (&[(true, true), (true, false)], false),
    (&[(true, false), (true, true)], true),
    (&[(true, true), (false, false)], false),
    (&[(false, true), (true, false)], false),
    (&[(true, false), (false, true)], true),
    (&[(false, false), (true, true)], true),
    (&[(true, true), (false, false), (true, true)], true),
    (&[(false, true), (true, true), (false, false)], false),
];

/// The parent before; steps: which parent, and whether it adds; the parent at the end.
const MOVES: [(Option<char>, &[(char, bool)], Option<char>); 8] = [
    (None, &[('a', true), ('a', false)], None),
    (Some('a'), &[('a', true), ('a', false)], None),
    (Some('a'), &[('a', false), ('a', true)], Some('a')),
    (Some('a'), &[('a', false), ('b', true)], Some('b')),
    (Some('b'), &[('a', true), ('b', false)], Some('a')),
    (None, &[('a', true), ('b', true)], Some('b')),
    (None, &[('b', true), ('a', true)], Some('a')),
    (Some('a'), &[('b', true), ('b', false)], None),
];

on_every_database! {
    async fn the_last_change_of_a_pair_counts(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let one = Book::filter(Book::title.eq("one")).one(db).await?;
        let sf = genre("sf").insert(db).await?;
        let of = Book::genres.of(&one);
        for (steps, linked) in PAIRS {
            for before in [false, true] {
                of.clear(db).await?;
                if before {
                    of.add([&sf], db).await?;
                }
                let mut session = db.session();
                let (book, genre) = (session.get::<Book>(one.id).await?, session.get::<Genre>("sf").await?);
                for (of_book, add) in steps {
                    match (of_book, add) {
                        (true, true) => session[book].genres.add(genre),
                        (true, false) => session[book].genres.remove(genre),
                        (false, true) => session[genre].books.add(book),
                        (false, false) => session[genre].books.remove(book),
                    }
                }
                session.commit().await?;
                assert_eq!(of.count(db).await? == 1, linked, "{steps:?}, linked before: {before}");
            }
        }
    }

    async fn a_row_is_where_it_was_brought_last(fixture) {
        let db = &fixture.db;
        create(db).await?;
        for (before, steps, after) in MOVES {
            let mut session = db.session();
            let node = |name: &str| NewNode { name: name.into(), parent: None };
            let (a, b) = (session.add(node("a")), session.add(node("b")));
            let of = |parent: char| if parent == 'a' { a } else { b };
            let child = session.add(NewNode { parent: before.map(|parent| of(parent).into()), ..node("child") });
            session.commit().await?;
            for (parent, add) in steps {
                let children = &mut session[of(*parent)].children;
                if *add {
                    children.add(child);
                } else {
                    children.remove(child);
                }
            }
            session.commit().await?;
            let stored = Node::get(session[child].id, db).await?;
            let wanted = after.map(|parent| session[of(parent)].id);
            assert_eq!(stored.parent.as_ref().map(BelongsTo::key), wanted, "{before:?} {steps:?}");
            assert_eq!(session[child], stored);
        }
    }

    async fn links_go_with_the_rows_that_they_join(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let books = session.all(Book::query().order_by(Book::id)).await?;
        let (sf, hist) = (session.add(genre("sf")), session.add(genre("hist")));
        session.commit().await?;
        // A row that is there, one that is pending, and the other side.
        let poem = session.add(genre("poem"));
        session[books[0]].genres.add(sf);
        session[books[0]].genres.add(poem);
        session[books[1]].genres.add(hist);
        session.remove(sf)?;
        session.remove(poem)?;
        session.remove(books[1])?;
        session.commit().await?;
        assert_eq!(Genre::query().select(Genre::code).all(db).await?, ["hist"]);
        assert_eq!(Genre::filter(Genre::books.any(Book::id.gt(0))).count(db).await?, 0);
        // Added and taken back before it is stored: the row stays, without a link.
        let new = session.add(genre("new"));
        session[books[0]].genres.add(new);
        session[books[0]].genres.remove(new);
        session.commit().await?;
        assert_eq!(Genre::query().count(db).await?, 2);
        assert_eq!(Genre::filter(Genre::books.any(Book::id.gt(0))).count(db).await?, 0);
        // What was pushed to a row that goes would have gone with it.
        let ann = session.get::<Author>(ann.id).await?;
        session[ann].books.push(book("pushed", Ref::default()));
        session.remove(ann)?;
        session.commit().await?;
        assert_eq!(Book::query().select(Book::title).all(db).await?, ["three"]);
    }

    async fn what_a_failed_flush_pushed_is_forgotten_by_a_rollback(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let (ann, bob) = (session.get::<Author>(ann.id).await?, session.get::<Author>(bob.id).await?);
        let twice = session.add(author("bob"));
        let draft = session.add(book("draft", ann));
        session[ann].books.push(book("pushed", Ref::default()));
        session[bob].edited.add(draft);
        session.flush().await.unwrap_err();
        session.rollback().await?;
        assert_eq!(session.new_keys::<Book>(), [draft]);
        session.remove(twice)?;
        session.commit().await?;
        let titles = Book::query().order_by(Book::id).select(Book::title).all(db).await?;
        assert_eq!(titles, ["one", "two", "three", "draft"]);
        assert!(session[draft].editor.is_none());
    }
}
