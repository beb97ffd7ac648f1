//! Rules 8–15: the order of statements, and batches.

use super::models::{
    Author, AuthorPatch, Book, City, Country, Genre, NewCity, NewCountry, NewGenre, NewNode, Node,
    Seat, SeatPatch, author, book, create, library, seat, shapes,
};
use crate::harness::Backend;
use crate::proxy::Proxy;
use aludel::ErrorKind;
use aludel::prelude::*;

fn node(name: &str, parent: Option<Ref<Node>>) -> NewNode {
    NewNode {
        name: name.into(),
        parent,
    }
}

on_every_database! {
    async fn rule_08_tables_go_by_their_foreign_keys_updates_before_inserts_saves_before_deletes(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut session = db.session();
        let authors = session.all(Author::query().order_by(Author::id)).await?;
        let books = session.all(Book::query().order_by(Book::id)).await?;
        // In the worst order.
        session.remove(authors[1])?;
        session.remove(books[2])?;
        session[books[0]].pages = 7;
        session.add(book("new", authors[0]));
        let cid = session.add(author("cid"));
        session.add(book("his", cid));
        session[authors[0]].score = 1;
        let watch = db.watch();
        let report = session.commit().await?;
        let sent: Vec<String> = shapes(&watch.texts()).into_iter().filter(|shape| !shape.starts_with("SELECT")).collect();
        assert_eq!(
            sent,
            ["UPDATE authors", "INSERT authors", "UPDATE books", "INSERT books", "DELETE books", "DELETE authors"]
        );
        assert_eq!(report.to_string(), "Author: 1 inserted, 1 updated, 1 deleted; Book: 2 inserted, 1 updated, 1 deleted");
        assert_eq!(Book::query().count(db).await?, 4);
    }

    async fn rule_08_a_delete_that_frees_a_unique_value_goes_first(fixture) {
        let db = &fixture.db;
        library(db).await?;
        let mut session = db.session();
        let authors = session.all(Author::query().order_by(Author::id)).await?;
        session.remove(authors[1])?;
        let bob = session.add(author("bob"));
        session.add(book("by the new bob", bob));
        let watch = db.watch();
        session.commit().await?;
        let sent: Vec<String> = shapes(&watch.texts()).into_iter().filter(|shape| !shape.starts_with("SELECT")).collect();
        assert_eq!(sent, ["DELETE books", "DELETE authors", "INSERT authors", "INSERT books"]);
        // An update takes what a delete frees.
        let ann = authors[0];
        session.remove(bob)?;
        session[ann].email = "bob".into();
        session.commit().await?;
        assert_eq!(Author::query().select(Author::email).all(db).await?, ["bob"]);
    }

    async fn rule_08_a_unique_value_moves_from_row_to_row(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let seats = session.add_all((1..=4).map(|n| seat(&format!("s{n}"), n)));
        session.commit().await?;
        // Along a chain, against the order of the keys and with it.
        for shift in [1, -1] {
            for seat in &seats {
                session[*seat].number += shift;
            }
            session.commit().await?;
        }
        // Around a circle.
        for (n, seat) in seats.iter().enumerate() {
            session[*seat].number = (n as i64 + 1) % 4 + 1;
        }
        session[seats[0]].guest = Some("Ann".into());
        session.commit().await?;
        let numbers = Seat::query().order_by(Seat::code).select(Seat::number).all(db).await?;
        assert_eq!(numbers, [2, 3, 4, 1]);
        assert_eq!(session[seats[3]].number, 1);
        // An insert takes what an update gives up.
        session[seats[0]].guest = None;
        let new = session.add(NewSeatWith::guest("s5", 5, "Ann"));
        session.commit().await?;
        assert_eq!(session[new].guest.as_deref(), Some("Ann"));
    }

    async fn rule_09_inserts_in_the_order_of_add_updates_and_deletes_in_the_order_of_keys(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let names: Vec<String> = (0..50).map(|n| format!("a{:02}", (n * 37) % 50)).collect();
        let keys = session.add_all(names.iter().map(|name| author(name)));
        session.commit().await?;
        let ids: Vec<i64> = keys.iter().map(|key| session[*key].id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        let emails = Author::query().order_by(Author::id).select(Author::email).all(db).await?;
        assert_eq!(emails, names);
        // The statements' binds are in the order of the keys.
        if fixture.backend == Backend::Sqlite {
            for key in keys.iter().rev() {
                session[*key].score = 1;
            }
            session.commit().await?;
        }
        for key in keys.iter().rev() {
            session.remove(*key)?;
        }
        session.commit().await?;
        assert_eq!(Author::query().count(db).await?, 0);
    }

    async fn rule_10_rows_of_one_table_that_refer_to_each_other_are_sorted(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let root = session.add(node("root", None));
        let left = session.add(node("left", Some(root.into())));
        let leaf = session.add(node("leaf", Some(left.into())));
        let right = session.add(node("right", Some(root.into())));
        let watch = db.watch();
        session.commit().await?;
        assert_eq!(shapes(&watch.texts()), ["INSERT nodes"; 3]);
        let parent = |key: Key<Node>| session[key].parent.as_ref().map(BelongsTo::key);
        assert_eq!(parent(leaf), Some(session[left].id));
        assert_eq!((parent(left), parent(right)), (Some(session[root].id), Some(session[root].id)));
        // Children go before their parents.
        for key in [root, left, right, leaf] {
            session.remove(key)?;
        }
        session.commit().await?;
        assert_eq!(Node::query().count(db).await?, 0);
    }

    async fn rule_10_a_cycle_is_cut_at_a_nullable_link(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let france = session.add(NewCountry { name: "France".into(), capital: None });
        let paris = session.add(NewCity { name: "Paris".into(), country: france.into() });
        session.draft_mut(france)?.capital = Some(paris.into());
        let italy = session.add(NewCountry { name: "Italy".into(), capital: None });
        let rome = session.add(NewCity { name: "Rome".into(), country: italy.into() });
        session.draft_mut(italy)?.capital = Some(rome.into());
        let watch = db.watch();
        session.commit().await?;
        let sent: Vec<String> = shapes(&watch.texts()).into_iter().filter(|shape| !shape.starts_with("SELECT")).collect();
        assert_eq!(sent, ["INSERT countries", "INSERT cities", "UPDATE countries", "UPDATE countries"]);
        assert_eq!(session[france].capital.as_ref().map(BelongsTo::key), Some(session[paris].id));
        assert_eq!(session[rome].country.key(), session[italy].id);
        let stored = Country::filter(Country::capital.name.eq("Rome")).one(db).await?;
        assert_eq!(stored.name, "Italy");
        // A row that is its own parent.
        let own = session.add(node("own", None));
        session.draft_mut(own)?.parent = Some(own.into());
        session.commit().await?;
        assert_eq!(session[own].parent.as_ref().map(BelongsTo::key), Some(session[own].id));
        assert_eq!(City::query().count(db).await?, 2);
        // Two rows of the database that refer to each other go, too.
        session[france].capital = None;
        session.remove(france)?;
        session.remove(paris)?;
        session.commit().await?;
        assert_eq!(City::query().count(db).await?, 1);
    }

    async fn rule_11_delete_and_add_with_the_same_key_is_an_update(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let old = session.add(NewGenre { code: "sf".into(), label: "Science fiction".into() });
        let other = session.add(NewGenre { code: "hist".into(), label: "History".into() });
        session.commit().await?;
        session.remove(old)?;
        let new = session.add(NewGenre { code: "sf".into(), label: "Speculative fiction".into() });
        let third = session.add(NewGenre { code: "poem".into(), label: "Poems".into() });
        let watch = db.watch();
        session.commit().await?;
        let sent: Vec<String> = shapes(&watch.texts()).into_iter().filter(|shape| !shape.starts_with("SELECT")).collect();
        // What joined the old row with others goes as it would have gone with its deletion.
        assert_eq!(sent, ["DELETE books_genres", "UPDATE genres", "INSERT genres"]);
        assert_eq!(session[new].label, "Speculative fiction");
        assert!(session.row(old).is_err());
        assert_eq!(session.get::<Genre>("sf").await?, new);
        assert_eq!((session[third].code.as_str(), session[other].label.as_str()), ("poem", "History"));
        // Rolled back, both are as they were.
        session.remove(new)?;
        let newer = session.add(NewGenre { code: "sf".into(), label: "SF".into() });
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(session[new].label, "Speculative fiction");
        assert_eq!(session.draft(newer)?.label, "SF");
        session.remove(newer)?;
        // A column that is not given gets its default.
        let seat_one = session.add(NewSeatWith::guest("a", 1, "Ann"));
        session.commit().await?;
        session.remove(seat_one)?;
        let again = session.add(seat("a", 2));
        session.commit().await?;
        assert_eq!((session[again].number, session[again].guest.clone()), (2, None));
    }

    async fn rule_12_a_primary_key_can_change(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let one = session.add(seat("one", 1));
        let two = session.add(seat("two", 2));
        session.commit().await?;
        session[one].code = "first".into();
        let watch = db.watch();
        session.flush().await?;
        assert_eq!(watch.statements(), 1);
        assert_eq!(session.get::<Seat>("first").await?, one);
        assert!(session.find::<Seat>("one").await?.is_none());
        session.rollback().await?;
        assert_eq!(session[one].code, "one");
        assert_eq!(session.get::<Seat>("one").await?, one);
        // Two keys change places.
        session[one].code = "two".into();
        session[two].code = "one".into();
        session.commit().await?;
        let stored = Seat::query().order_by(Seat::number).select(Seat::code).all(db).await?;
        assert_eq!(stored, ["two", "one"]);
        assert_eq!(session.get::<Seat>("two").await?, one);
        assert_eq!(session.get::<Seat>("one").await?, two);
        session[one].guest = Some("Ann".into());
        session.commit().await?;
        assert_eq!(Seat::get("two", db).await?.guest.as_deref(), Some("Ann"));
    }

    async fn rule_13_one_statement_for_each_table_and_set_of_columns(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let watch = db.watch();
        let keys = session.add_all((0..1000).map(|n| author(&format!("a{n}"))));
        session.commit().await?;
        // On SQLite it is a short one, of at most 128 rows; or, where nothing but the key is to be read back, prepared once
        // and run again and again.
        let most = if fixture.backend == Backend::Sqlite { 8 } else { 1 };
        assert_eq!(watch.statements(), most);
        watch.reset();
        let mut other = db.session();
        other.add_all((0..1000).map(|n| NewAuthorWith::score(&format!("b{n}"), 0)));
        other.flush().await?;
        // The question how rows are numbered, INSERTs of 32 rows, and of one.
        let most = if fixture.backend == Backend::Sqlite { 3 } else { 1 };
        assert_eq!(watch.statements(), most, "{:?}", watch.texts());
        drop(other);
        watch.reset();
        for key in &keys {
            session[*key].score += 1;
        }
        session.commit().await?;
        assert_eq!(watch.statements(), 1);
        assert_eq!(Author::filter(Author::score.eq(1)).count(db).await?, 1000);
        // Two sets of columns, two statements.
        watch.reset();
        for (n, key) in keys.iter().enumerate() {
            match n % 2 {
                0 => session[*key].name = Some(format!("N{n}")),
                _ => session[*key].score = 5,
            }
        }
        session.commit().await?;
        assert_eq!(watch.statements(), 2);
        assert_eq!(Author::filter(Author::name.is_not_null()).count(db).await?, 500);
        // Different columns of drafts make no difference.
        watch.reset();
        session.add(NewAuthorWith::score("x", 3));
        session.add(author("y"));
        session.add(NewAuthorWith::score("z", 4));
        session.commit().await?;
        assert_eq!(watch.statements(), 1);
        let scores = Author::filter(Author::email.is_in(["x", "y", "z"])).order_by(Author::email).select(Author::score).all(db).await?;
        assert_eq!(scores, [3, 0, 4]);
        watch.reset();
        for key in keys {
            session.remove(key)?;
        }
        session.commit().await?;
        let deletes = watch.texts().iter().filter(|text| text.starts_with("DELETE")).count();
        assert_eq!(deletes, 1);
        assert_eq!(Author::query().count(db).await?, 3);
    }

    async fn rule_14_a_row_that_another_writer_changed_is_stale(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let keys = session.add_all((1..=5).map(|n| seat(&format!("s{n}"), n)));
        session.commit().await?;
        assert_eq!(session[keys[0]].version, 1);
        // Another writer.
        let other = Seat::get("s2", db).await?;
        let other = other.patch(SeatPatch { guest: Some(Some("Bob".into())), ..Default::default() }, db).await?;
        assert_eq!(other.version, 2, "a patch counts, too");
        Seat::get("s4", db).await?.delete(db).await?;
        for key in &keys {
            session[*key].number += 10;
        }
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData);
        let text = error.to_string();
        assert!(text.contains(r#""s2""#) && text.contains(r#""s4""#), "{text}");
        assert!(!text.contains(r#""s1""#) && !text.contains(r#""s3""#), "{text}");
        // The flush is rolled back as a whole, and every change is still pending.
        assert_eq!(Seat::filter(Seat::number.gt(10)).count(db).await?, 0);
        assert_eq!(session.dirty_keys::<Seat>().len(), 5);
        session.refresh(keys[1]).await?;
        assert_eq!(session[keys[1]].guest.as_deref(), Some("Bob"));
        session.refresh(keys[3]).await.unwrap_err();
        session.commit().await?;
        assert_eq!(Seat::filter(Seat::number.gt(10)).count(db).await?, 3);
        let versions = Seat::query().order_by(Seat::code).select(Seat::version).all(db).await?;
        assert_eq!(versions, [2, 2, 2, 2]);
        assert_eq!(session[keys[0]].version, 2);
        // So are rows to be deleted.
        Seat::filter(Seat::code.eq("s1")).update(Seat::number.set(Seat::number + 0)).execute(db).await?;
        session.remove(keys[0])?;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!(Seat::query().count(db).await?, 4);
        // Without a version, a row that is gone is found, too.
        let [ann, _] = <[Author; 2]>::try_from(Author::insert_many([author("ann"), author("bob")]).all(db).await?).expect("two");
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        let stale = ann.id;
        ann.delete(db).await?;
        session[key].score = 1;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData);
        assert_eq!(error.row(), Some(format!("Author {stale}").as_str()));
        assert_eq!(session.failed::<Author>(), Some(key));
    }

    async fn plain_objects_count_versions_too(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut one = seat("a", 1).insert(db).await?;
        let mut other = one.clone();
        one.number = 2;
        one.save(db).await?;
        assert_eq!(one.version, 2);
        other.number = 3;
        let error = other.save(db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData);
        assert!(error.to_string().contains(r#"Seat "a""#), "{error}");
        assert_eq!(other.version, 1);
        assert_eq!(other.clone().patch(SeatPatch { number: Some(4), ..Default::default() }, db).await.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!(other.delete(db).await.unwrap_err().kind(), ErrorKind::StaleData);
        assert_eq!(Seat::get("a", db).await?.number, 2);
        one.delete(db).await?;
        assert_eq!(Seat::query().count(db).await?, 0);
        let ann = author("ann").insert(db).await?;
        assert_eq!(ann.patch(AuthorPatch { score: Some(3), ..Default::default() }, db).await?.score, 3);
    }

    /// On PostgreSQL a proxy holds the first answer back until all statements have been sent.
    async fn rule_15_statements_that_need_no_answer_from_each_other_are_pipelined(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let proxy = (fixture.backend == Backend::Postgres).then(|| Proxy::before(&fixture.url));
        let through = match &proxy {
            Some(proxy) => Database::connect(&proxy.url).await?,
            None => db.clone(),
        };
        let shut = |together| proxy.iter().for_each(|proxy| proxy.shut_until(together));
        let sent_together = || proxy.as_ref().is_none_or(Proxy::open);
        let watch = through.watch();
        let mut session = through.session();
        let (ann, bob) = (session.get::<Author>(ann.id).await?, session.get::<Author>(bob.id).await?);
        let book = session.one(Book::filter(Book::title.eq("one"))).await?;
        watch.reset();
        // Two inserts, two updates, a delete.
        session.add(NewGenre { code: "a".into(), label: "A".into() });
        session.add(node("root", None));
        session[ann].score = 7;
        session[bob].name = Some("Bob".into());
        session.remove(book)?;
        shut(5);
        session.flush().await?;
        assert!(sent_together(), "an answer was awaited in between");
        assert_eq!(watch.statements(), 5);
        // A child waits for its parent's key, and for nothing else.
        watch.reset();
        let cid = session.add(author("cid"));
        session.add_all([self::book("four", cid), self::book("five", bob)]);
        session.add(NewGenre { code: "b".into(), label: "B".into() });
        session[ann].score = 8;
        shut(2);
        session.flush().await?;
        assert!(sent_together());
        let order = ["UPDATE authors", "INSERT authors", "INSERT books", "INSERT genres"];
        assert_eq!(shapes(&watch.texts()), order);
        // The failure of one is the failure of all, and says whose it is.
        let twice = session.add(author("ann"));
        session[bob].name = None;
        session.add(NewGenre { code: "c".into(), label: "C".into() });
        shut(3);
        let error = session.flush().await.unwrap_err();
        assert!(sent_together() && error.is_unique_violation(), "{error}");
        assert_eq!(error.row(), Some("Author (pending, number 1 of those added)"));
        session.draft_mut(twice)?.email = "dan".into();
        session.commit().await?;
        let emails = Author::query().order_by(Author::id).select(Author::email).all(db).await?;
        assert_eq!(emails, ["ann", "bob", "cid", "dan"]);
        assert_eq!((Book::query().count(db).await?, Genre::query().count(db).await?), (4, 3));
        assert_eq!((session[ann].score, session[bob].name.as_deref()), (8, None));
    }

    /// What costs on a network. On PostgreSQL BEGIN goes with the first statement, and all of a flush that need not wait for
    /// each other go together; a proxy counts how often the client had to wait before it said more.
    async fn rule_15_a_flush_is_one_round_trip_and_its_commit_another(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = &fixture.db;
        library(db).await?;
        let proxy = (fixture.backend == Backend::Postgres).then(|| Proxy::before(&fixture.url));
        let through = match &proxy {
            Some(proxy) => Database::connect(&proxy.url).await?,
            None => db.clone(),
        };
        let forget = || proxy.iter().for_each(|proxy| _ = proxy.round_trips());
        let waited = |times| assert!(proxy.as_ref().is_none_or(|proxy| proxy.round_trips() == times), "not {times}");
        for (round, is_known) in [(0_i64, false), (1_000, true)] {
            let mut session = through.session();
            session.add_all((round..round + 1_000).map(|n| author(&format!("a{n}"))));
            forget();
            session.flush().await?;
            // A text that is new to the connection is made known to the server first.
            match is_known {
                true => waited(1),
                false => forget(),
            }
            session.commit().await?;
            waited(1);
            // A thousand rows changed, each to a value of its own.
            let keys = session.all(Author::filter(Author::email.like("a%"))).await?;
            let watch = through.watch();
            for (n, key) in keys.iter().enumerate() {
                session[*key].score = n as i64 + round + 1;
            }
            forget();
            session.flush().await?;
            assert!(watch.statements() <= 3, "{:?}", watch.texts());
            if is_known {
                waited(1);
            }
            session.commit().await?;
        }
    }
}

struct NewSeatWith;

impl NewSeatWith {
    fn guest(code: &str, number: i64, guest: &str) -> super::models::NewSeat {
        super::models::NewSeat {
            guest: Some(guest.into()),
            ..seat(code, number)
        }
    }
}

struct NewAuthorWith;

impl NewAuthorWith {
    fn score(email: &str, score: i64) -> super::models::NewAuthor {
        super::models::NewAuthor {
            score: Some(score),
            ..author(email)
        }
    }
}
