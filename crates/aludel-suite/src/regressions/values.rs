//! What columns hold, they hold whichever verb writes it: text of an expression, references, types in the database's own
//! words.

use crate::harness::Backend;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::expr::functions::{null_if, replace};
use aludel::prelude::*;
use rust_decimal::Decimal;
use std::fmt::Debug;

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

/// What came of a verb, to be compared: the value, or the kind of the error.
pub(super) fn outcome<T: Debug>(result: aludel::Result<T>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("{:?}", error.kind()),
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_hosts")]
struct Host {
    #[field(primary_key, sql_type = "inet")]
    ip: String,
    #[field(sql_type = "interval", default = "1 day")]
    lease: String,
    #[field(sql_type = "int4range")]
    ports: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_visits")]
struct Visit {
    id: i64,
    host: BelongsTo<Host>,
}

fn host(n: usize) -> NewHost {
    NewHost {
        ip: format!("10.0.{}.{}", n / 250, n % 250),
        lease: None,
        ports: None,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_codes")]
struct Code {
    #[field(primary_key, max_length = 5)]
    code: String,
    #[field(alternate_key, decimal(8, 3))]
    price: Decimal,
    #[field(unique, max_length = 5)]
    word: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_uses")]
struct Use {
    id: i64,
    code: BelongsTo<Code>,
    price: Option<BelongsTo<Code, CodePrice>>,
}

/// A key that is a reference itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_notes")]
struct CodeNote {
    #[field(primary_key)]
    code: BelongsTo<Code>,
    note: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "held_marks")]
struct Mark {
    id: i64,
    of: BelongsTo<CodeNote>,
}

on_every_database! {
    /// Types in the database's own words stand in upserts, sets, pages, groups, many rows, and by their names.
    requires(Backend::is_postgres) async fn own_types_stand_in_every_statement(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Host]).await?;
        let first = host(2).insert(db).await?;
        Host::insert_many((500..6_000).map(host)).execute(db).await?;
        let upsert = || Host::insert_many((0..3).map(host)).on_conflict(Host::ip);
        upsert().do_update(Host::lease.set("3 days")).execute(db).await?;
        assert_eq!(Host::get("10.0.0.2".to_string(), db).await?.lease, "3 days");
        upsert().do_update(Host::lease.set(excluded(Host::lease))).execute(db).await?;
        assert_eq!(Host::filter(Host::lease.eq("24 hours")).count(db).await?, 5_503);
        let one = || Host::filter(Host::ip.eq("10.0.0.1"));
        one().update(Host::lease.set(when(Host::ip.gt("10.0.0.0"), "5 days").otherwise("6 days"))).execute(db).await?;
        assert_eq!(one().select(Host::lease).one(db).await?, "5 days");
        let groups: Vec<(String, i64)> = Host::query().group_by(Host::lease).order_by(Host::lease).select((Host::lease, count())).all(db).await?;
        assert_eq!(groups, [("1 day".to_string(), 5_502), ("5 days".to_string(), 1)]);
        let by_lease = Host::query().order_by(Host::lease);
        let page = by_lease.keyset(None, 2, db).await?;
        let next = by_lease.keyset(page.next, 1, db).await?;
        assert_eq!(next.items[0].ip, "10.0.2.0");
        assert_eq!(one().select(greatest(Host::ip, "10.0.0.10")).one(db).await?, "10.0.0.10");
        assert_eq!(one().select(null_if(Host::ip, "10.0.0.1")).one(db).await?, None);
        one().update(Host::ports.set(Some("[1,5)".to_string()))).execute(db).await?;
        let ports: Vec<String> = Host::filter(Host::ip.le("10.0.0.2")).order_by(Host::ip).select(coalesce(Host::ports, "[7,8)")).all(db).await?;
        assert_eq!(ports, ["[7,8)", "[1,5)", "[7,8)"]);
        assert_eq!(Host::filter(Host::ip.is_in((0..3_000).map(|n| host(n).ip))).count(db).await?, 2_503);
        let by_name = |lookup, text: &str| DynQuery::new(Host::meta()).filter("ip", lookup, Value::Text(text.into()));
        for (lookup, text, rows) in [(Lookup::Equal, "10.0.0.2", 1), (Lookup::Less, "10.0.0.10", 3), (Lookup::Contains, "10.0.0", 3)] {
            assert_eq!(by_name(lookup, text)?.count(db).await?, rows, "{lookup:?}");
        }
        let key = || vec![Value::Text("10.9.9.9".into())];
        dynamic::insert(Host::meta(), [("ip".to_string(), key().remove(0))], db).await?;
        dynamic::update(Host::meta(), key(), [("lease".to_string(), Value::Text("9 days".into()))], db).await?;
        assert_eq!(Host::filter(Host::lease.eq("9 days")).count(db).await?, 1);
        dynamic::delete(Host::meta(), key(), db).await?;
        let patched = first.patch(HostPatch { lease: Some("4 days".into()), ..Default::default() }, db).await?;
        assert_eq!(patched.reload(db).await?.lease, "4 days");
    }

    /// They are keys, too: what refers to them, lists of them by their names, and what a session removes.
    requires(Backend::is_postgres) async fn own_types_are_keys_that_others_refer_to(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Host, Visit]).await?;
        let first = host(2).insert(db).await?;
        let list = aludel::value::Array { element: aludel::SqlType::Text, items: vec![Value::Text("10.0.0.2".into())] };
        let listed = DynQuery::new(Host::meta()).filter("ip", Lookup::In, Value::Array(Box::new(list)))?;
        let literal = Host::query().limit(1).select((literal::<Host, String>("1.1.1.1".into()), Host::lease));
        let mut session = db.session();
        let other = session.add(host(3));
        session.commit().await?;
        session.remove(other)?;
        let found = [
            ("a list by names", outcome(listed.count(db).await), "1"),
            ("a session removes", outcome(session.commit().await.map(drop)), "()"),
            ("rows of a query", outcome(Host::insert_from((Host::ip, Host::lease), literal).execute(db).await), "1"),
            ("a reference", outcome(NewVisit { host: (&first).into() }.insert(db).await.map(drop)), "()"),
            ("a reference is compared", outcome(Visit::filter(Visit::host.eq("10.0.0.2".to_string())).count(db).await), "1"),
            ("references are loaded", outcome(Visit::query().with(Visit::host).all(db).await.map(|rows| rows.len())), "1"),
        ];
        let wrong: Vec<_> = found.iter().filter(|(_, found, wanted)| found != wanted).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// What an expression comes to is too long, or is kept, whichever verb writes it: spaces at the end count.
    async fn text_of_an_expression_is_not_cut(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Code]).await?;
        let new = |code: &str| NewCode::new(code, dec("1"), "ab");
        new("a").insert(db).await?;
        let long = || Code::word.concat("      ");
        let all = || Code::query().unfiltered();
        let columns = (Code::code, Code::price, Code::word);
        let mut session = db.session();
        let key = session.one(Code::query()).await?;
        session.set(key, Code::word.set(long()))?;
        let found = [
            ("update", outcome(all().update(Code::word.set(long())).execute(db).await)),
            ("a case", outcome(all().update(Code::word.set(when(Code::word.ne(""), "ab         ").otherwise("c"))).execute(db).await)),
            ("replaced", outcome(all().update(Code::word.set(replace(Code::word, "b", "       "))).execute(db).await)),
            ("upsert", outcome(Code::insert_many([new("a")]).on_conflict(Code::code).do_update(Code::word.set(long())).execute(db).await)),
            ("rows of a query", outcome(Code::insert_from(columns, Code::query().select((Code::code.concat("x"), Code::price + dec("1"), long()))).execute(db).await)),
            ("session", outcome(session.commit().await.map(drop))),
        ];
        let wrong: Vec<_> = found.iter().filter(|(_, found)| found != "ValueTooLong").collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// A reference holds what the key that it refers to holds.
    async fn references_hold_what_their_keys_hold(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Code, Use]).await?;
        NewCode::new("abcde", dec("1.5"), "x").insert(db).await?;
        let long = || Ref::key("abcde     ".to_string());
        let mut session = db.session();
        session.add(NewUse { code: long(), price: None });
        let right = NewUse { code: Ref::key("abcde".to_string()), price: Some(Ref::key(dec("1.5"))) }.insert(db).await?;
        let digits = NewUse { code: Ref::key("abcde".to_string()), price: Some(Ref::key(dec("1.50004"))) };
        let found = [
            ("insert", outcome(NewUse { code: long(), price: None }.insert(db).await.map(drop)), "ValueTooLong"),
            ("insert_many", outcome(Use::insert_many([NewUse { code: long(), price: None }]).execute(db).await), "ValueTooLong"),
            ("update", outcome(Use::query().unfiltered().update(Use::code.set(long())).execute(db).await), "ValueTooLong"),
            ("by names", outcome(dynamic::insert(Use::meta(), [("code".to_string(), Value::Text("abcde     ".into()))], db).await.map(drop)), "ValueTooLong"),
            ("session", outcome(session.commit().await.map(drop)), "ValueTooLong"),
            ("digits", outcome(digits.insert(db).await.map(drop)), "OutOfRange"),
            ("digits that are read", outcome(right.reload(db).await.map(|row| row.price.map(|price| price.key().to_string()))), "Some(\"1.500\")"),
        ];
        let wrong: Vec<_> = found.iter().filter(|(_, found, wanted)| found != wanted).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// … however long the way to that key is.
    async fn references_to_references_hold_what_the_key_holds(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Code, CodeNote, Mark]).await?;
        NewCode::new("abcde", dec("1.5"), "x").insert(db).await?;
        NewCodeNote { code: Ref::key("abcde".to_string()), note: String::new() }.insert(db).await?;
        let mark = |key: &str| NewMark { of: Ref::key(key.to_string()) };
        assert_eq!(outcome(mark("abcde     ").insert(db).await), "ValueTooLong");
        assert_eq!(outcome(mark("abcde").insert(db).await.map(|mark| mark.of.key())), "\"abcde\"");
    }
}
