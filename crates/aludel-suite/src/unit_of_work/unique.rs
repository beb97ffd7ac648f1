//! Rules 11, 25 and 26: unique values that change hands in one flush, whatever frees them, and whoever else writes.

use super::models::{
    Author, Book, Cart, City, Country, Genre, Item, Node, Note, Seat, SeatPatch, author, create,
    seat,
};
use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Setting {
    #[field(primary_key)]
    pub owner: i64,
    #[field(primary_key, max_length = 20)]
    pub name: String,
    pub note: Option<String>,
    pub value: String,
}

fn setting(name: &str, note: Option<String>, value: &str) -> NewSetting {
    NewSetting {
        owner: 1,
        name: name.into(),
        note,
        value: value.into(),
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Badge {
    #[field(primary_key)]
    pub number: i64,
    pub note: Option<String>,
    pub holder: Option<BelongsTo<Author>>,
}

fn badge(number: i64, note: Option<&str>, holder: Option<Ref<Author>>) -> NewBadge {
    NewBadge {
        number,
        note: note.map(str::to_string),
        holder,
    }
}

/// Addresses are unique among those who are still there; said by a column that every database can generate.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Member {
    pub id: i64,
    #[field(max_length = 40)]
    pub email: String,
    #[field(soft_delete)]
    pub closed: Option<jiff::Timestamp>,
    #[field(unique, max_length = 40, generated = raw_sql::<Member, Option<String>>("CASE WHEN closed IS NULL THEN email END"))]
    pub taken: Option<String>,
}

fn member(email: &str) -> NewMember {
    NewMember {
        email: email.into(),
        closed: None,
    }
}

/// The same by an index of some rows.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(email, unique, filter = Account::closed.is_null(), name = "one_open_account"))]
pub struct Account {
    pub id: i64,
    #[field(max_length = 40)]
    pub email: String,
    #[field(soft_delete)]
    pub closed: Option<jiff::Timestamp>,
}

fn account(email: &str) -> NewAccount {
    NewAccount {
        email: email.into(),
        closed: None,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(slug, unique, filter = Edition::live.eq(true), name = "one_live_edition"))]
pub struct Edition {
    pub id: i64,
    #[field(max_length = 40)]
    pub slug: String,
    pub live: bool,
}

fn edition(live: bool) -> NewEdition {
    NewEdition {
        slug: "home".into(),
        live,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(index(on = Handle::name.lower(), unique, name = "one_handle"))]
pub struct Handle {
    pub id: i64,
    #[field(max_length = 40)]
    pub name: String,
}

fn handle(name: &str) -> NewHandle {
    NewHandle { name: name.into() }
}

/// A line, along which each has one neighbour on either side.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Station {
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    #[field(unique)]
    pub next: Option<BelongsTo<Station>>,
    #[field(unique)]
    pub before: Option<BelongsTo<Station>>,
}

fn station(name: &str, before: Option<Key<Station>>, next: Option<Key<Station>>) -> NewStation {
    NewStation {
        name: name.into(),
        next: next.map(Ref::from),
        before: before.map(Ref::from),
    }
}

/// Each with its neighbours: `a b c`.
async fn line(db: &Database) -> aludel::Result<Vec<String>> {
    let stations = Station::query().order_by(Station::name);
    let columns = (Station::before.name, Station::name, Station::next.name);
    let rows: Vec<(Option<String>, String, Option<String>)> =
        stations.select(columns).all(db).await?;
    let shown = |end: Option<String>| end.unwrap_or_else(|| "-".into());
    let rows = rows.into_iter();
    Ok(rows
        .map(|(before, name, next)| format!("{} {name} {}", shown(before), shown(next)))
        .collect())
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shelf {
    pub id: i64,
    pub room: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Cup {
    pub id: i64,
    pub color: String,
    #[field(version)]
    pub version: i64,
    pub shelf: BelongsTo<Shelf>,
}

/// A row that is marked as deleted, and others that take its address.
macro_rules! address_changes_hands {
    ($db:expr, $model:ident, $new:ident) => {{
        $db.create_all(&models![$model]).await?;
        let mut session = $db.session();
        let old = session.add($new("ann"));
        let bob = session.add($new("bob"));
        session.commit().await?;
        session.remove(old)?;
        let new = session.add($new("ann"));
        session.commit().await?;
        assert_eq!(session[new].email, "ann");
        session.remove(new)?;
        session[bob].email = "ann".into();
        session.commit().await?;
        let there = $model::query().select($model::email).all($db).await?;
        assert_eq!(there, ["ann"]);
        assert_eq!($model::query().unscoped().count($db).await?, 3);
        // Who is still there keeps it.
        session.add($new("ann"));
        let error = session.commit().await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
    }};
}

on_every_database! {
    async fn rule_25_a_row_is_replaced_beside_any_other_new_rows(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Setting]).await?;
        // Which of the new rows have a note: the one that replaces another, one before it, and one after it.
        for noted in 0..8_u32 {
            let mut session = db.session();
            let old = session.add(setting("theme", Some("old".into()), "dark"));
            session.commit().await?;
            session.remove(old)?;
            let rows = [("lang", 1, "en"), ("theme", 2, "light"), ("zone", 4, "UTC")];
            let note = |bit: u32| (noted & bit != 0).then(|| format!("by hand {bit}"));
            let keys = rows.map(|(name, bit, value)| session.add(setting(name, note(bit), value)));
            session.commit().await?;
            for ((name, bit, value), key) in rows.into_iter().zip(keys) {
                let stored = Setting::filter(Setting::name.eq(name)).one(db).await?;
                assert_eq!((stored.note.clone(), stored.value.as_str()), (note(bit), value), "{noted}: {name}");
                assert_eq!(session[key], stored, "{noted}: {name}");
            }
            Setting::query().unfiltered().delete().execute(db).await?;
        }
    }

    async fn rule_25_replaced_rows_and_others_keep_their_references(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Author, Book, Genre, Node, Country, City, Seat, Cart, Item, Note, Badge]).await?;
        let mut session = db.session();
        let old = session.add_all([badge(1, None, None), badge(2, Some("old"), None)]);
        session.commit().await?;
        for key in old {
            session.remove(key)?;
        }
        let [ann, bob, cid] = ["ann", "bob", "cid"].map(|name| session.add(author(name)));
        session.add_all([
            badge(3, None, Some(cid.into())),
            badge(2, None, Some(bob.into())),
            badge(4, Some("new"), None),
            badge(1, Some("again"), Some(ann.into())),
            badge(5, None, Some(ann.into())),
        ]);
        session.commit().await?;
        let rows = Badge::query().order_by(Badge::number).select((Badge::number, Badge::note, Badge::holder.email)).all(db).await?;
        let row = |number: i64, note: Option<&str>, holder: Option<&str>| (number, note.map(str::to_string), holder.map(str::to_string));
        assert_eq!(rows, [
            row(1, Some("again"), Some("ann")),
            row(2, None, Some("bob")),
            row(3, None, Some("cid")),
            row(4, Some("new"), None),
            row(5, None, Some("ann")),
        ]);
    }

    async fn rule_25_a_row_that_is_marked_as_deleted_frees_its_value(fixture) {
        let db = &fixture.db;
        address_changes_hands!(db, Member, member);
        // MariaDB has no indexes of some rows.
        if fixture.backend != Backend::Mariadb {
            address_changes_hands!(db, Account, account);
        }
    }

    async fn rule_25_a_row_that_leaves_an_index_frees_its_value(fixture) {
        let db = &fixture.db;
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        db.create_all(&models![Edition]).await?;
        let mut session = db.session();
        let keys = session.add_all([edition(false), edition(true), edition(false)]);
        session.commit().await?;
        for live in [0, 2, 1] {
            for (n, key) in keys.iter().enumerate() {
                session[*key].live = n == live;
            }
            session.commit().await?;
            assert_eq!(Edition::filter(Edition::live.eq(true)).one(db).await?.id, session[keys[live]].id);
        }
        session[keys[1]].live = false;
        let new = session.add(edition(true));
        session.commit().await?;
        session.remove(new)?;
        session[keys[0]].live = true;
        session.commit().await?;
        assert_eq!(Edition::filter(Edition::live.eq(true)).one(db).await?.id, session[keys[0]].id);
    }

    async fn rule_25_values_of_an_expression_change_hands(fixture) {
        let db = &fixture.db;
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        db.create_all(&models![Handle]).await?;
        let mut session = db.session();
        let (ann, bob) = (session.add(handle("Ann")), session.add(handle("Bob")));
        session.commit().await?;
        // Deleted, and added in other letters.
        session.remove(ann)?;
        let ann = session.add(handle("ANN"));
        session.commit().await?;
        // Exchanged.
        session[ann].name = "bob".into();
        session[bob].name = "ann".into();
        session.commit().await?;
        let names = Handle::query().order_by(Handle::name).select(Handle::name).all(db).await?;
        assert_eq!(names, ["ann", "bob"]);
        // Passed on to a new row.
        session[bob].name = "cid".into();
        let dan = session.add(handle("Ann"));
        session.commit().await?;
        assert_eq!((session[dan].name.as_str(), session[bob].name.as_str()), ("Ann", "cid"));
    }

    async fn rule_25_a_reference_that_stands_in_the_way_is_null_for_a_while(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Station]).await?;
        let mut session = db.session();
        let (a, c) = (session.add(station("a", None, None)), session.add(station("c", None, None)));
        session.commit().await?;
        session[a].next = Some(c.into());
        session[c].before = Some(a.into());
        session.commit().await?;
        assert_eq!(line(db).await?, ["- a c", "a c -"]);
        // One in between.
        let b = session.add(station("b", Some(a), Some(c)));
        session[a].next = Some(b.into());
        session[c].before = Some(b.into());
        session.commit().await?;
        assert_eq!(line(db).await?, ["- a b", "a b c", "b c -"]);
        assert_eq!(session[a].next.as_ref().map(BelongsTo::key), Some(session[b].id));
        // One out of it.
        session.remove(b)?;
        session[a].next = Some(c.into());
        session[c].before = Some(a.into());
        session.commit().await?;
        assert_eq!(line(db).await?, ["- a c", "a c -"]);
        // One in another's place.
        session.remove(c)?;
        let d = session.add(station("d", Some(a), None));
        session[a].next = Some(d.into());
        session.commit().await?;
        assert_eq!(line(db).await?, ["- a d", "a d -"]);
    }

    async fn rule_26_a_stale_row_is_told_before_another_that_takes_its_value(fixture) {
        let db = &fixture.db;
        create(db).await?;
        for case in ["insert after update", "insert after delete", "update after update", "update after delete", "exchange"] {
            let mut session = db.session();
            let (one, two) = (session.add(seat("s1", 1)), session.add(seat("s2", 2)));
            session.commit().await?;
            // Another writer.
            let other = Seat::get("s1", db).await?;
            other.patch(SeatPatch { guest: Some(Some("Bob".into())), ..Default::default() }, db).await?;
            match case {
                "insert after update" | "update after update" => session[one].number = 9,
                "exchange" => session[one].number = 2,
                _ => session.remove(one)?,
            }
            match case {
                "insert after update" | "insert after delete" => _ = session.add(seat("s3", 1)),
                _ => session[two].number = 1,
            }
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StaleData, "{case}: {error}");
            assert_eq!(error.row(), Some(r#"Seat "s1""#), "{case}");
            assert_eq!(session.failed::<Seat>(), Some(one), "{case}");
            Seat::query().unfiltered().delete().execute(db).await?;
        }
    }

    async fn rule_26_a_stale_row_is_told_before_a_row_that_it_was_to_let_go(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Shelf, Cup]).await?;
        let mut session = db.session();
        let [here, there] = ["here", "there"].map(|room| session.add(NewShelf { room: room.into() }));
        let cup = session.add(NewCup { color: "red".into(), version: None, shelf: here.into() });
        session.commit().await?;
        // Another writer.
        let other = Cup::get(session[cup].id, db).await?;
        other.patch(CupPatch { color: Some("blue".into()), ..Default::default() }, db).await?;
        session[cup].shelf = there.into();
        session.remove(here)?;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData, "{error}");
        assert_eq!(session.failed::<Cup>(), Some(cup));
        assert_eq!(Shelf::query().count(db).await?, 2);
    }
}
