//! Where one rule of the unit of work meets another.

use super::faults::{Parcel, kill_the_others, wake};
use super::models::{Author, Book, Seat, author, book, create, library, seat};
use crate::cancellation::polled;
use crate::harness::{Backend, Fixture};
use aludel::ErrorKind;
use aludel::prelude::*;

/// A commit that the database refuses, or that it can't answer: all is pending again.
pub async fn broken_commit(fixture: &Fixture, session: &mut Session) -> aludel::Result<()> {
    if fixture.backend == Backend::Mariadb {
        session.flush().await?;
        kill_the_others(fixture.backend, &fixture.url);
        session.commit().await.expect_err("a lost connection");
        wake(&fixture.db).await;
        return Ok(());
    }
    let dangling = session.add(super::faults::NewParcel {
        inside: Some(Ref::key(99_999)),
        weight: None,
    });
    session.commit().await.expect_err("a reference to nothing");
    session.remove(dangling)
}

pub async fn parcels(fixture: &Fixture) -> aludel::Result<()> {
    if fixture.backend != Backend::Mariadb {
        fixture.db.create_all(&models![Parcel]).await?;
    }
    Ok(())
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Paper {
    #[field(primary_key)]
    pub code: i64,
    #[field(unique)]
    pub note: Option<i64>,
    #[field(default = 3)]
    pub level: i64,
    #[field(generated = Paper::code * 10)]
    pub tenfold: i64,
}

fn paper(code: i64, note: Option<i64>) -> NewPaper {
    NewPaper {
        code,
        note,
        level: None,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Ticket {
    pub id: i64,
    pub title: String,
    #[field(soft_delete)]
    pub closed: Option<jiff::Timestamp>,
}

/// Two that may refer to each other, and are kept when they are deleted.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Partner {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub email: String,
    pub other: Option<BelongsTo<Partner>>,
    #[field(soft_delete)]
    pub left: Option<jiff::Timestamp>,
}

fn partner(email: &str) -> NewPartner {
    NewPartner {
        email: email.into(),
        other: None,
        left: None,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(unique(parent, name))]
pub struct Folder {
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    pub parent: Option<BelongsTo<Folder>>,
}

fn folder(name: &str, parent: impl Into<Option<Ref<Folder>>>) -> NewFolder {
    NewFolder {
        name: name.into(),
        parent: parent.into(),
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Chair {
    #[field(primary_key)]
    pub number: i64,
    pub color: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Guest {
    pub id: i64,
    pub chair: BelongsTo<Chair>,
}

on_every_database! {
    async fn what_is_put_off_of_a_row_is_waited_for(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Folder, Chair, Guest]).await?;
        let mut session = db.session();
        let root = session.add(folder("root", None));
        let old = session.add(folder("x", Some(root.into())));
        session.commit().await?;
        // The new "x" takes the name of the old one, which moves into a folder within the new one.
        let new = session.add(folder("x", Some(root.into())));
        let within = session.add(folder("within", Some(new.into())));
        session[old].parent = Some(within.into());
        session.commit().await?;
        assert_eq!(Folder::filter(Folder::parent.is(&session[within])).one(db).await?.id, session[old].id);
        // Two keys are swapped, and a new row refers to one of them.
        let chair = |number, color: &str| NewChair { number, color: color.into() };
        let (red, blue) = (session.add(chair(1, "red")), session.add(chair(2, "blue")));
        session.commit().await?;
        session[red].number = 2;
        session[blue].number = 1;
        let (guest, other) = (session.add(NewGuest { chair: red.into() }), session.add(NewGuest { chair: blue.into() }));
        session.commit().await?;
        assert_eq!((session[guest].chair.key(), session[other].chair.key()), (2, 1));
        for (key, color) in [(guest, "red"), (other, "blue")] {
            let found = Guest::filter(Guest::id.eq(session[key].id)).select(Guest::chair.color).one(db).await?;
            assert_eq!(found, color);
        }
    }

    async fn rows_that_are_only_marked_as_deleted_give_nothing_up(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Partner]).await?;
        let mut session = db.session();
        let (a, b) = (session.add(partner("a")), session.add(partner("b")));
        session.commit().await?;
        session[a].other = Some(b.into());
        session[b].other = Some(a.into());
        session.commit().await?;
        session.remove(a)?;
        session.remove(b)?;
        session.commit().await?;
        let kept = Partner::query().unscoped().order_by(Partner::email).all(db).await?;
        assert!(kept.iter().all(|row| row.left.is_some() && row.other.is_some()), "{kept:?}");
        // The value is still taken, and nobody's.
        let new = session.add(partner("a"));
        let error = session.commit().await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        session.draft_mut(new)?.email = "c".into();
        session.commit().await?;
        assert_eq!(Partner::query().unscoped().count(db).await?, 3);
    }

    async fn a_refreshed_row_can_be_changed_again(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let key = session.add(seat("s", 1));
        session.commit().await?;
        for n in 2..5 {
            session[key].number = 100;
            session.without_autoflush(async |session| session.refresh(key).await).await?;
            assert_eq!(session[key].number, n - 1, "the change is forgotten");
            session[key].number = n;
            assert_eq!(session.dirty_keys::<Seat>(), [key]);
            session.commit().await?;
        }
        assert_eq!(Seat::get("s", db).await?.number, 4);
    }

    async fn a_rollback_forgets_what_was_pushed(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        session[key].books.push(book("pushed", Ref::default()));
        session.rollback().await?;
        assert!(session.new_keys::<Book>().is_empty());
        session.commit().await?;
        assert_eq!(Book::query().count(db).await?, 3);
        let mut guard = session.savepoint().await?;
        guard[key].books.push(book("pushed", Ref::default()));
        guard.rollback().await?;
        session.commit().await?;
        assert_eq!(Book::query().count(db).await?, 3);
    }

    async fn a_dry_run_that_is_dropped_marks_nothing(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        for polls in 0..50 {
            let mut session = db.session();
            let key = session.get::<Author>(ann.id).await?;
            let ended = polled(polls, session.deletion(key)).await;
            session.commit().await?;
            assert_eq!(Author::query().count(db).await?, 2, "after {polls} polls");
            if ended.is_some() {
                break;
            }
        }
        let mut session = db.session();
        drop(polled(0, session.without_autoflush(async |session| session.all(Author::query()).await)).await);
        session.add(author("new"));
        assert_eq!(session.all(Author::query()).await?.len(), 3, "queries flush again");
    }

    async fn a_row_with_an_open_reference_takes_values(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let new = session.add(author("new"));
        let old = session.get::<Author>(ann.id).await?;
        let key = session.one(Book::filter(Book::title.eq("three"))).await?;
        session[key].author = new.into();
        session.set(key, Book::title.set("set"))?;
        assert_eq!(session[key].title, "set");
        session.commit().await?;
        assert_eq!(Book::filter(Book::title.eq("set")).one(db).await?.author.key(), session[new].id);
        session[key].author = old.into();
        session.set(key, Book::author.set(Ref::<Author>::key(session[new].id)))?;
        session.commit().await?;
        assert_eq!(Book::filter(Book::title.eq("set")).one(db).await?.author.key(), session[new].id);
    }

    async fn a_failed_commit_leads_references_to_their_slots_again(fixture) {
        let db = &fixture.db;
        parcels(fixture).await?;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.one(Book::filter(Book::title.eq("three"))).await?;
        let ann = session.get::<Author>(ann.id).await?;
        let new = session.add(author("new"));
        session[key].author = new.into();
        let fresh = session.add(book("fresh", ann));
        session.flush().await?;
        // Changed since, in the same transaction: a value, and a reference to a row that is pending.
        let other = session.add(author("other"));
        session[key].pages = 7;
        session[fresh].author = other.into();
        session[fresh].pages = 8;
        broken_commit(fixture, &mut session).await?;
        assert_eq!(Author::query().count(db).await?, 2);
        // Somebody else takes the keys that those rows had.
        Author::insert_many([author("x"), author("y")]).execute(db).await?;
        session.commit().await?;
        let row = Book::filter(Book::title.eq("three")).with(Book::author).one(db).await?;
        assert_eq!((row.author.row().email.as_str(), row.pages), ("new", 7));
        let row = Book::filter(Book::title.eq("fresh")).with(Book::author).one(db).await?;
        assert_eq!((row.author.row().email.as_str(), row.pages), ("other", 8));
        assert_eq!(session[key].author.key(), session[new].id);
    }

    async fn a_failed_commit_keeps_changes_after_a_bulk_statement(fixture) {
        let db = &fixture.db;
        parcels(fixture).await?;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        session.execute(Author::filter(Author::id.eq(ann.id)).update(Author::score.set(50))).await?;
        assert_eq!(session[key].score, 50);
        session[key].name = Some("kept".into());
        broken_commit(fixture, &mut session).await?;
        assert_eq!((session[key].score, session[key].name.as_deref()), (0, Some("kept")));
        session.commit().await?;
        let row = Author::get(ann.id, db).await?;
        assert_eq!((row.score, row.name.as_deref()), (0, Some("kept")));
    }

    async fn a_row_that_a_lost_transaction_did_not_find_is_not_deleted(fixture) {
        let db = &fixture.db;
        parcels(fixture).await?;
        create(db).await?;
        db.create_all(&models![Ticket]).await?;
        let ticket = NewTicket { title: "t".into(), closed: None }.insert(db).await?;
        ticket.clone().delete(db).await?;
        let mut session = db.session();
        let key = session.one(Ticket::query().unscoped()).await?;
        session.begin().await?;
        session.expire(key)?;
        assert!(session.find::<Ticket>(ticket.id).await?.is_none());
        broken_commit(fixture, &mut session).await?;
        session.commit().await?;
        assert_eq!(Ticket::query().unscoped().count(db).await?, 1);
    }

    async fn a_detached_row_stays_out_of_a_rollback(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let key = session.get::<Author>(ann.id).await?;
        session[key].score = 9;
        session.flush().await?;
        session.detach(key)?;
        session.rollback().await?;
        let again = session.get::<Author>(ann.id).await?;
        assert_ne!(again, key);
        session[again].score = 4;
        session.commit().await?;
        assert_eq!(Author::get(ann.id, db).await?.score, 4);
    }

    async fn changes_of_an_expired_row_are_written(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let (ann, bob) = (session.get::<Author>(ann.id).await?, session.get::<Author>(bob.id).await?);
        let key = session.one(Book::filter(Book::title.eq("one"))).await?;
        session[key].editor = Some(bob.into());
        session.commit().await?;
        session.expire_all();
        session[key].title = "kept".into();
        // Its reference is set NULL by the deletion of what it refers to, which reads it again.
        for book in session.without_autoflush(async |session| session.all(Book::filter(Book::title.eq("three"))).await).await? {
            session[book].author = ann.into();
        }
        session.remove(bob)?;
        session.commit().await?;
        let row = Book::filter(Book::title.eq("kept")).one(db).await?;
        assert_eq!(row.editor, None);
    }

    async fn lists_name_a_row_once_and_survive_a_rollback(fixture) {
        let db = &fixture.db;
        let [ann, bob] = library(db).await?;
        let mut session = db.session();
        let (ann, bob) = (session.get::<Author>(ann.id).await?, session.get::<Author>(bob.id).await?);
        session.load(ann, Author::books).await?;
        session.load(bob, Author::books).await?;
        let key = session.related(bob, Author::books)?[0];
        session[key].title = "x".into();
        session.flush().await?;
        session[key].author = ann.into();
        session.flush().await?;
        assert_eq!(session.related(ann, Author::books)?.len(), 3);
        session.commit().await?;
        session.remove(key)?;
        session.flush().await?;
        session.load(ann, Author::books).await?;
        assert_eq!(session.related(ann, Author::books)?.len(), 2);
        session.rollback().await?;
        // What was loaded of a state that is gone is not known.
        assert_eq!(session.related(ann, Author::books).unwrap_err().kind(), ErrorKind::NotLoaded);
        session.load(ann, Author::books).await?;
        assert_eq!(session.related(ann, Author::books)?.len(), 3);
    }

    async fn unique_values_change_hands_beside_expressions(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Paper]).await?;
        let mut session = db.session();
        let (one, two) = (session.add(paper(1, Some(1))), session.add(paper(2, Some(2))));
        session.commit().await?;
        assert_eq!((session[one].level, session[one].tenfold), (3, 10));
        // A row that replaces another, its level left to the database, exchanges a unique value with a third.
        session.remove(one)?;
        let again = session.add(paper(1, Some(2)));
        session[two].note = Some(1);
        session.commit().await?;
        assert_eq!((session[again].note, session[again].level, session[two].note), (Some(2), 3, Some(1)));
        // Swapped, with an expression beside.
        session[again].note = Some(1);
        session[two].note = Some(2);
        session.set(again, Paper::level.set(Paper::level + 1))?;
        session.commit().await?;
        assert_eq!((session[again].note, session[again].level, session[two].note), (Some(1), 4, Some(2)));
        // Keys swapped: each row is read again as its own.
        session[again].code = 2;
        session[two].code = 1;
        session[two].level = 77;
        session.commit().await?;
        assert_eq!((session[again].code, session[again].level, session[again].tenfold), (2, 4, 20));
        assert_eq!((session[two].code, session[two].level, session[two].tenfold), (1, 77, 10));
        let rows = Paper::query().order_by(Paper::code).select((Paper::level, Paper::note)).all(db).await?;
        assert_eq!(rows, [(77, Some(2)), (4, Some(1))]);
        let error = session.set(two, Paper::code.set(Paper::code + 1)).unwrap_err();
        assert!(error.to_string().contains("a primary key of Paper can't be set to an expression"), "{error}");
    }

    async fn bulk_statements_follow_only_what_they_touch(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ticket]).await?;
        let open = NewTicket { title: "open".into(), closed: None }.insert(db).await?;
        let closed = NewTicket { title: "closed".into(), closed: None }.insert(db).await?;
        closed.clone().delete(db).await?;
        let mut session = db.session();
        session.all(Ticket::query().unscoped()).await?;
        let (open, closed) = (session.get::<Ticket>(open.id).await?, session.get::<Ticket>(closed.id).await?);
        session.execute(Ticket::query().unfiltered().update(Ticket::title.set("x"))).await?;
        assert_eq!((session[open].title.as_str(), session[closed].title.as_str()), ("x", "closed"));
        session.commit().await?;
        // A row that is expired is read again, whatever it was.
        Ticket::filter(Ticket::title.eq("x")).update(Ticket::title.set("y")).execute(db).await?;
        session.expire(open)?;
        session.execute(Ticket::filter(Ticket::title.eq("x")).update(Ticket::title.set("z"))).await?;
        let again = session.get::<Ticket>(session[open].id).await?;
        assert_eq!((again, session[open].title.as_str()), (open, "y"));
    }
}
