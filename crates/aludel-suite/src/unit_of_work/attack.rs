//! Where two rules of the session meet: keys that change along with others beside other changes, statements that change
//! keys, rows by name and by type, rows that are undone and done again.

use super::enum_and_variant::{Asset, Laptop, Loan, NewLaptop};
use super::faults::{NewParcel, Parcel};
use super::given_keys;
use super::models::{Author, Genre, NewGenre, NewNode, Node, Seat, author, create, library, seat};
use super::nested_keys::{Line, NewLine, NewOrder, NewReturn, Order, Return};
use super::renamed::{Currency, NewCurrency, NewPrint, NewSign, Price, Print, Sign};
use crate::cancellation::{polled, settled};
use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;

/// What a new row leaves out.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tray {
    pub id: i64,
    #[field(default = 1)]
    pub seats: Option<i32>,
    pub note: Option<String>,
}

/// Each holder has one open card, of whatever kind.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cards", common(holder: String))]
pub enum Card {
    Gold(Gold),
    Plain(Plain),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Card, index(holder, unique, filter = Gold::closed.is_null(), name = "one_open_card"))]
pub struct Gold {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(max_length = 40)]
    pub holder: String,
    #[field(soft_delete)]
    pub closed: Option<jiff::Timestamp>,
    pub credit: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Card)]
pub struct Plain {
    #[field(primary_key, max_length = 20)]
    pub code: String,
    #[field(max_length = 40)]
    pub holder: String,
    #[field(soft_delete)]
    pub closed: Option<jiff::Timestamp>,
}

fn gold(code: &str) -> NewGold {
    NewGold {
        code: code.into(),
        holder: "ann".into(),
        closed: None,
        credit: 5,
    }
}

/// Saws are kept when they are deleted, nails are not.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "tools", common(name: String))]
pub enum Tool {
    Saw(Saw),
    Nail(Nail),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Tool)]
pub struct Saw {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub worn: Option<jiff::Timestamp>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Tool)]
pub struct Nail {
    pub id: i64,
    pub name: String,
    pub millimetres: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "mailboxes")]
pub struct Mailbox {
    pub id: i64,
    #[field(sql_type = "citext")]
    pub email: String,
    #[field(default = 0)]
    pub seen: i64,
}

on_every_database! {
    async fn rule_29_a_row_whose_key_follows_can_be_written_in_the_same_flush(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Currency, Price, Sign, Print]).await?;
        let mut session = db.session();
        let currency = session.add(NewCurrency { code: "OLD".into(), name: "old".into() });
        let sign = session.add(NewSign { currency: currency.into(), text: "o".into() });
        session.commit().await?;
        session[currency].code = "NEW".into();
        session[sign].text = "n".into();
        // It refers to what follows, by the slot.
        let print = session.add(NewPrint { sign: Some(sign.into()) });
        session.commit().await?;
        assert_eq!(Sign::get("NEW", db).await?, session[sign]);
        assert_eq!((session[sign].text.as_str(), session[sign].currency.key().as_str()), ("n", "NEW"));
        assert_eq!(session[print].sign.as_ref().map(BelongsTo::key).as_deref(), Some("NEW"));
        assert_eq!(session.get::<Sign>("NEW").await?, sign);
        // And can go.
        session[currency].code = "END".into();
        session.remove(print)?;
        session.remove(sign)?;
        session.commit().await?;
        assert_eq!((Sign::query().count(db).await?, Currency::get("END", db).await?.name.as_str()), (0, "old"));
    }

    async fn rule_29_keys_within_keys_follow_beside_other_changes(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Order, Line, Return]).await?;
        let mut session = db.session();
        let order = session.add(NewOrder { shop: 1, number: 7, buyer: "Ann".into() });
        let lines = [1, 2].map(|place| NewLine { order: order.into(), place, item: "old".into() });
        let lines = session.add_all(lines);
        session.commit().await?;
        session[order].number = 8;
        session[lines[0]].item = "new".into();
        session.remove(lines[1])?;
        let back = session.add(NewReturn { why: "late".into(), line: lines[0].into() });
        session.commit().await?;
        assert_eq!((session[lines[0]].key(), session[back].line.key()), (((1, 8), 1), ((1, 8), 1)));
        assert_eq!(Line::query().all(db).await?, [session[lines[0]].clone()]);
        assert_eq!(Line::get(((1, 8), 1), db).await?.item, "new");
    }

    async fn rule_24_a_statement_that_changes_keys_is_followed_or_refused(fixture) {
        let db = &fixture.db;
        create(db).await?;
        Seat::insert_many([seat("A", 1), seat("B", 2)]).execute(db).await?;
        let mut session = db.session();
        let (a, b) = (session.get::<Seat>("A").await?, session.get::<Seat>("B").await?);
        // Its version is counted, too, so that it is read again.
        let renamed = Seat::filter(Seat::code.eq("A")).update(Seat::code.set("C"));
        assert_eq!(session.execute(renamed).await?, 1);
        assert_eq!((session.row(a)?.code.as_str(), session[a].version, session[b].code.as_str()), ("C", 2, "B"));
        assert_eq!(session.get::<Seat>("C").await?, a);
        assert!(session.find::<Seat>("A").await?.is_none());
        session[a].number = 9;
        session.commit().await?;
        assert_eq!(Seat::get("C", db).await?, session[a]);
        // Nobody knows which row is which afterwards.
        let lowered = Seat::filter(Seat::number.gt(0)).update(Seat::code.set(Seat::code.lower()));
        let error = session.execute(lowered).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionState, "{error}");
        session.commit().await?;
        assert_eq!(Seat::query().order_by(Seat::code).select(Seat::code).all(db).await?, ["B", "C"]);
    }

    async fn rule_28_a_row_by_name_is_the_same_row_as_a_variants(fixture) {
        let db = &fixture.db;
        let registry = models![Asset, Loan];
        db.create_all(&registry).await?;
        let new = NewLaptop { code: "a".into(), title: "laptop".into(), serial: None, version: None, inches: 14 };
        new.insert(db).await?;
        let mut session = db.session();
        let (asset, own) = (session.get::<Asset>("a").await?, session.get::<Laptop>("a").await?);
        let key = || vec![Value::Text("a".into())];
        session[own].inches = 15;
        let named = session.dynamic(&registry).get("Asset", key()).await?;
        assert_eq!(named.typed::<Asset>()?, asset);
        assert_eq!(session.dynamic(&registry).row(named)?.get("inches"), Some(&Value::I32(15)));
        session.remove(own)?;
        let gone = session.dynamic(&registry).get("Asset", key()).await.unwrap_err();
        assert_eq!(gone.kind(), ErrorKind::NotFound, "{gone}");
        session.commit().await?;
        assert_eq!(Asset::query().count(db).await?, 0);
    }

    async fn the_last_word_on_a_column_of_a_new_row_counts_by_name_too(fixture) {
        let db = &fixture.db;
        let registry = models![Tray];
        db.create_all(&registry).await?;
        let mut session = db.session();
        let key = session.add(NewTray { seats: None, note: None });
        session.set(key, Tray::note.set(raw_sql::<Tray, Option<String>>("lower('X')")))?;
        let mut rows = session.dynamic(&registry);
        rows.set(key.into(), "note", Value::Text("by name".into()))?;
        // A draft has no word for that, and would take the default.
        let error = rows.set(key.into(), "seats", Value::Null).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SessionState, "{error}");
        session.commit().await?;
        assert_eq!((session[key].note.as_deref(), session[key].seats), (Some("by name"), Some(1)));
        assert_eq!(Tray::get(session[key].id, db).await?, session[key]);
    }

    async fn rule_25_a_marked_row_frees_its_value_for_a_row_of_another_type_of_its_table(fixture) {
        let db = &fixture.db;
        // It has no indexes of some rows.
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        db.create_all(&models![Card]).await?;
        gold("a").insert(db).await?;
        let mut session = db.session();
        let card = session.get::<Card>("a").await?;
        session.remove(card)?;
        let new = session.add(gold("b"));
        session.commit().await?;
        assert_eq!(Gold::query().all(db).await?, [session[new].clone()]);
        assert_eq!(Gold::query().unscoped().count(db).await?, 2);
        // The other way round.
        let card = session.get::<Card>("b").await?;
        session.remove(new)?;
        let plain = session.add(NewPlain { code: "c".into(), holder: "ann".into(), closed: None });
        session.commit().await?;
        assert!(session.row(card).is_err());
        assert_eq!(Plain::query().all(db).await?, [session[plain].clone()]);
    }

    /// Whether a deleted row stays would depend on the key by which it was removed.
    async fn variants_keep_deleted_rows_all_or_none(fixture) {
        let error = fixture.db.create_all(&models![Tool]).await.unwrap_err();
        assert!(error.kind() == ErrorKind::InvalidModel && error.to_string().contains("Nail"), "{error}");
    }

    async fn what_was_added_to_a_row_that_is_a_draft_again_is_not_lost(fixture) {
        let db = fixture.connect(Database::options().max_connections(2)).await;
        let db = &db;
        let [ann, _] = library(db).await?;
        for polls in 1..40 {
            let mut session = db.session();
            let other = session.get::<Author>(ann.id).await?;
            let top = session.add(NewNode { name: "top".into(), parent: None });
            session.flush().await?;
            session[top].children.push(NewNode { name: "leaf".into(), parent: None });
            // Given up half-way, it takes the connection and the transaction along.
            let done = polled(polls, session.refresh(other)).await;
            session.commit().await?;
            let leaf = Node::filter(Node::name.eq("leaf")).one(db).await?;
            assert_eq!(leaf.parent.map(|parent| parent.key()), Some(session[top].id), "after {polls} polls");
            session.remove(top)?;
            session.commit().await?;
            settled(db).await;
            if done.is_some() {
                break;
            }
        }
        assert_eq!(Node::query().count(db).await?, 0);
    }

    async fn what_was_changed_after_a_row_was_replaced_outlives_a_commit_that_fails(fixture) {
        let db = &fixture.db;
        // It has no constraints that wait for the commit.
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        create(db).await?;
        db.create_all(&models![Parcel]).await?;
        NewGenre { code: "a".into(), label: "old".into() }.insert(db).await?;
        let mut session = db.session();
        let old = session.get::<Genre>("a").await?;
        session.remove(old)?;
        session.flush().await?;
        let new = session.add(NewGenre { code: "a".into(), label: "new".into() });
        session.flush().await?;
        session[new].label = "newer".into();
        session.flush().await?;
        let bad = session.add(NewParcel { inside: Some(Ref::key(999)), weight: None });
        let error = session.commit().await.unwrap_err();
        assert!(error.is_foreign_key_violation(), "{error}");
        assert_eq!((session.deleted_keys::<Genre>(), session.new_keys::<Genre>()), (vec![old], vec![new]));
        session.draft_mut(bad)?.inside = None;
        session.commit().await?;
        assert_eq!(session[new].label, "newer");
        assert_eq!(Genre::get("a", db).await?.label, "newer");
    }

    async fn rule_22_a_savepoint_whose_commit_fails_loses_no_change(fixture) {
        let db = &fixture.db;
        let [ann, _] = library(db).await?;
        let mut session = db.session();
        let a = session.get::<Author>(ann.id).await?;
        let mut savepoint = session.savepoint().await?;
        savepoint[a].name = Some("A".into());
        savepoint.flush().await?;
        savepoint[a].score = 5;
        let new = savepoint.add(author("bob"));
        let error = savepoint.commit().await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        assert_eq!((session.dirty_keys::<Author>(), session.new_keys::<Author>()), (vec![a], vec![new]));
        session.draft_mut(new)?.email = "z".into();
        session.commit().await?;
        let row = Author::get(ann.id, db).await?;
        assert_eq!((row.name.as_deref(), row.score), (Some("A"), 5));
        assert_eq!(Author::filter(Author::email.eq("z")).count(db).await?, 1);
    }

    async fn rule_13_a_given_key_is_not_another_one_beside_an_expression(fixture) {
        use given_keys::{NewParcel, Parcel};
        let db = &fixture.db;
        db.create_all(&models![Parcel]).await?;
        let mut session = db.session();
        let key = session.add(NewParcel { id: Some(0), name: "x".into(), wrapped_in: None });
        session.set(key, Parcel::name.set(raw_sql::<Parcel, String>("lower('Y')")))?;
        let done = session.commit().await;
        if fixture.backend == Backend::Mariadb {
            // Zero stands for the next number there.
            assert_eq!(done.unwrap_err().kind(), ErrorKind::InvalidQuery);
            assert_eq!(Parcel::query().count(db).await?, 0);
        } else {
            done?;
            assert_eq!((session[key].id, session[key].name.as_str()), (0, "y"));
        }
    }

    async fn rule_24_a_condition_in_a_databases_own_words_is_left_to_it(fixture) {
        let db = &fixture.db;
        let there = "select count(*) from pg_available_extensions where name = 'citext'";
        if fixture.backend != Backend::Postgres || sql(there).one::<i64>(db).await? == 0 {
            return Ok(());
        }
        sql("create extension citext").execute(db).await?;
        db.create_all(&models![Mailbox]).await?;
        let row = NewMailbox { email: "Ann@Example.com".into(), seen: None }.insert(db).await?;
        let mut session = db.session();
        let key = session.get::<Mailbox>(row.id).await?;
        let seen = Mailbox::filter(Mailbox::email.eq("ann@example.com")).update(Mailbox::seen.set(1));
        assert_eq!(session.execute(seen).await?, 1);
        assert_eq!(session[key].seen, 1);
    }
}
