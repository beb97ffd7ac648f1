//! Rule 31: many rows that wait for each other, and many lists that follow; each finds its own.

use super::models::{
    Author, Book, Genre, NewGenre, NewNode, Node, Seat, author, book, create, seat,
};
use aludel::prelude::*;

const MANY: usize = 200;

fn node(name: &str, parent: Option<Key<Node>>) -> NewNode {
    NewNode {
        name: name.into(),
        parent: parent.map(Into::into),
    }
}

on_every_database! {
    /// Drafts come from the program's iterator; what it had given before it panicked is not in the session, and nothing else moves.
    async fn an_iterator_that_panics_adds_nothing(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let first = session.add(node("first", None));
        let broken = (0..10).map(|n| match n {
            7 => panic!("the seventh"),
            _ => node(&format!("broken {n}"), None),
        });
        let added = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| session.add_all(broken)));
        assert!(added.is_err());
        let after = session.add_all((0..3).map(|n| node(&format!("after {n}"), Some(first))));
        session.commit().await?;
        let names = Node::query().order_by(Node::id).select(Node::name).all(db).await?;
        assert_eq!(names, ["first", "after 0", "after 1", "after 2"]);
        for (n, key) in after.into_iter().enumerate() {
            assert_eq!(session[key].name, format!("after {n}"));
            assert_eq!(session[key].parent.as_ref().map(|parent| parent.key()), Some(session[first].id));
        }
    }

    /// New rows and known ones in one result: each key has its row, in the order of the result.
    async fn rows_that_are_read_are_new_known_or_read_again(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let names = |n: i32| format!("node {n}");
        Node::insert_many((0..6).map(|n| node(&names(n), None))).execute(db).await?;
        let all = || Node::query().order_by(Node::id);
        let mut session = db.session();
        let some = session.all(all().limit(2).offset(2)).await?;
        Node::query().unfiltered().update(Node::name.set("elsewhere")).execute(db).await?;
        let found = session.all(all()).await?;
        assert_eq!(found.len(), 6);
        assert_eq!((found[2], found[3]), (some[0], some[1]));
        let shown: Vec<&str> = found.iter().map(|key| session[*key].name.as_str()).collect();
        assert_eq!(shown, ["elsewhere", "elsewhere", "node 2", "node 3", "elsewhere", "elsewhere"]);
        // Each is read again into its own slot.
        session.expire_all();
        assert_eq!(session.all(all()).await?, found);
        assert!(found.iter().all(|key| session[*key].name == "elsewhere"));
    }

    /// Pairs of new rows that refer to each other: one reference of each pair is set later.
    async fn many_circles_in_one_flush(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let mut pairs: Vec<(Key<Node>, Key<Node>)> = Vec::new();
        for n in 0..MANY {
            let one = session.add(node(&format!("{n} a"), None));
            let other = session.add(node(&format!("{n} b"), Some(one)));
            session.draft_mut(one)?.parent = Some(other.into());
            pairs.push((one, other));
        }
        session.commit().await?;
        for (one, other) in pairs {
            let (one, other) = (&session[one], &session[other]);
            assert_eq!(one.parent.as_ref().map(|parent| parent.key()), Some(other.id));
            assert_eq!(other.parent.as_ref().map(|parent| parent.key()), Some(one.id));
            assert_eq!(Node::get(one.id, db).await?, *one);
        }
    }

    /// Pairs of rows that exchange a unique value: it is parked in one of each.
    async fn many_exchanges_in_one_flush(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let code = |n: usize| format!("S{n:03}");
        let keys = session.add_all((0..MANY).map(|n| seat(&code(n), n as i64)));
        session.commit().await?;
        for pair in keys.chunks(2) {
            let (one, other) = (session[pair[0]].number, session[pair[1]].number);
            session[pair[0]].number = other;
            session[pair[1]].number = one;
        }
        session.commit().await?;
        let numbers = Seat::query().order_by(Seat::code).select(Seat::number).all(db).await?;
        let expected: Vec<i64> = (0..MANY as i64).map(|n| n ^ 1).collect();
        assert_eq!(numbers, expected);
        assert!(keys.iter().zip(&expected).all(|(key, number)| session[*key].number == *number));
    }

    /// Lists that were loaded follow what each of several flushes moves, adds and removes.
    async fn many_lists_follow_many_flushes(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let authors: Vec<Key<Author>> = (0..20).map(|n| session.add(author(&format!("a{n:02}")))).collect();
        let books: Vec<Key<Book>> = (0..40).map(|n| session.add(book(&format!("b{n:02}"), authors[n % 20]))).collect();
        let genre = session.add(NewGenre { code: "sf".into(), label: "SF".into() });
        session.commit().await?;
        for key in &authors {
            session.load(*key, Author::books).await?;
        }
        session.load(genre, Genre::books).await?;
        for key in &books {
            session.load(*key, Book::genres).await?;
        }
        for round in 0..3 {
            for (n, key) in books.iter().enumerate() {
                session[*key].author = authors[(n + round + 1) % 20].into();
                match (n + round) % 2 {
                    0 => session[*key].genres.add(genre),
                    _ => session[*key].genres.remove(genre),
                }
            }
            let extra = session.add(book(&format!("extra {round}"), authors[round]));
            session.flush().await?;
            if round == 1 {
                session.remove(extra)?;
            }
            session.commit().await?;
            // What the lists say is what the database says.
            let mut fresh = db.session();
            for key in &authors {
                let mut known: Vec<i64> = session.related(*key, Author::books)?.iter().map(|book| session[*book].id).collect();
                known.sort_unstable();
                let copy = fresh.get::<Author>(session[*key].id).await?;
                fresh.load(copy, Author::books).await?;
                let mut stored: Vec<i64> = fresh.related(copy, Author::books)?.iter().map(|book| fresh[*book].id).collect();
                stored.sort_unstable();
                assert_eq!(known, stored, "round {round}");
            }
            let of_genre = session.related(genre, Genre::books)?.len();
            assert_eq!(of_genre, 20, "round {round}");
            for (n, key) in books.iter().enumerate() {
                let genres = session.related(*key, Book::genres)?;
                assert_eq!(genres.len(), (n + round + 1) % 2, "round {round}");
            }
        }
    }
}
