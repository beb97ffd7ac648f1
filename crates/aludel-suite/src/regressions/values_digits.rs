//! Rule 23: a number with more digits than its column has is an error, whichever verb or expression writes it; never rounded
//! but where the program says so.

use aludel::dynamic::DynQuery;
use aludel::expr::functions::{floor, round, round_to};
use aludel::prelude::*;
use aludel::{ErrorKind, Value};
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "wares")]
pub struct Ware {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub code: String,
    #[field(decimal(8, 2))]
    pub price: Decimal,
    #[field(decimal(8, 2))]
    pub least: Option<Decimal>,
    #[field(decimal(10, 4))]
    pub rate: Decimal,
    pub count: i32,
}

fn exact(text: &str) -> Decimal {
    text.parse().expect("a number")
}

fn ware(code: &str, price: &str, rate: &str) -> NewWare {
    NewWare {
        code: code.into(),
        price: exact(price),
        least: None,
        rate: exact(rate),
        count: 3,
    }
}

/// What is written, and what it comes to; nothing if it does not fit.
fn cases() -> Vec<(&'static str, Expr<Ware, Decimal>, Option<&'static str>)> {
    let (price, rate) = (Ware::price, Ware::rate);
    vec![
        ("a sum", price + exact("0.25"), Some("10.50")),
        ("a sum of more digits", price + exact("0.255"), None),
        (
            "a sum whose digits are zeros",
            price + exact("0.2500"),
            Some("10.50"),
        ),
        ("a product", price * rate, None),
        ("a product that fits", price * exact("0.8"), Some("8.20")),
        ("a whole product", price * exact("2"), Some("20.50")),
        ("another column", least(rate, rate), None),
        ("another column, rounded", round_to(rate, 2), Some("1.13")),
        (
            "a product, rounded",
            round_to(price * rate, 2),
            Some("11.53"),
        ),
        (
            "… half away from zero",
            round_to(-(price * exact("0.02")), 2),
            Some("-0.21"),
        ),
        ("… to more digits", round_to(price * rate, 3), None),
        ("… to whole numbers", round(price * rate), Some("12.00")),
        ("… down", floor(price * rate), Some("11.00")),
        ("the greater", greatest(price, rate), Some("10.25")),
        ("the lesser", least(price, rate), None),
        (
            "a case",
            when(Ware::count.gt(2), price).otherwise(rate),
            Some("10.25"),
        ),
        (
            "another case",
            when(Ware::count.gt(5), price).otherwise(rate),
            None,
        ),
        ("NULL and more", coalesce(Ware::least, rate), None),
        ("out of range, too", price * exact("100000"), None),
        (
            "long",
            price * rate * rate * rate * rate * rate * rate,
            None,
        ),
        (
            "long, rounded",
            round_to(price * rate * rate * rate * rate * rate * rate, 2),
            Some("20.79"),
        ),
        ("by name", func("abs").arg(rate).returns::<Decimal>(), None),
        ("in words", raw_sql("rate + 0"), None),
    ]
}

/// More digits than a number of Rust has.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "hoards")]
pub struct Hoard {
    pub id: i64,
    #[field(decimal(48, 2))]
    pub total: Decimal,
    #[field(decimal(48, 2))]
    pub part: Decimal,
}

on_every_database! {
    async fn rule_23_an_expression_of_more_digits_than_the_column_is_an_error(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ware]).await?;
        let mut wrong = Vec::new();
        for way in ["update", "session", "upsert", "insert_from", "new row"] {
            for (case, node, expected) in cases() {
                Ware::query().unfiltered().delete().execute(db).await?;
                let row = ware("a", "10.25", "1.1251").insert(db).await?;
                let row = Ware::get(row.id, db).await?;
                let written = match way {
                    "update" => Ware::filter(Ware::code.eq("a")).update(Ware::price.set(node)).execute(db).await.map(|_| ()),
                    "session" => {
                        let mut session = db.session();
                        let key: Key<Ware> = session.get(row.id).await?;
                        session.set(key, Ware::price.set(node))?;
                        session.commit().await.map(|_| ())
                    }
                    // The words would have to say which row they mean.
                    "upsert" if case == "in words" => continue,
                    "upsert" => {
                        let new = Ware::insert_many([ware("a", "1", "1")]).on_conflict(Ware::code);
                        new.do_update(Ware::price.set(node)).execute(db).await.map(|_| ())
                    }
                    "insert_from" => {
                        let found = Ware::query().select((literal("b"), node, Ware::rate, Ware::count));
                        Ware::insert_from((Ware::code, Ware::price, Ware::rate, Ware::count), found).execute(db).await.map(|_| ())
                    }
                    // A new row has no columns to read.
                    _ if case != "by name" => continue,
                    _ => {
                        let mut session = db.session();
                        let new = session.add(ware("b", "1", "1"));
                        session.set(new, Ware::price.set(greatest(literal(exact("1.125")), exact("1"))))?;
                        session.commit().await.map(|_| ())
                    }
                };
                let code = if matches!(way, "insert_from" | "new row") { "b" } else { "a" };
                let price = Ware::filter(Ware::code.eq(code)).select(Ware::price).optional(db).await?;
                match (expected, written) {
                    (Some(expected), Ok(())) if price.map(|price| price.to_string()).as_deref() == Some(expected) => {}
                    (None, Err(error)) if error.kind() == ErrorKind::OutOfRange && error.column() == Some("price") => {
                        let before = (code == "a").then(|| exact("10.25"));
                        if price != before {
                            wrong.push(format!("{way}, {case}: it is written: {price:?}"));
                        }
                    }
                    (_, Ok(())) => wrong.push(format!("{way}, {case}: {price:?}, not {expected:?}")),
                    (_, Err(error)) => wrong.push(format!("{way}, {case}: {error} ({:?})", error.column())),
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    async fn rule_23_a_mean_and_a_quotient_have_their_digits(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ware]).await?;
        for (n, price) in ["1.00", "1.00", "0.05"].into_iter().enumerate() {
            ware(&n.to_string(), price, "1").insert(db).await?;
        }
        let mean = Ware::query().select((literal("mean"), Ware::price.avg(), literal(exact("1")), literal(1)));
        let columns = (Ware::code, Ware::least, Ware::rate, Ware::count);
        let refused = Ware::insert_from(columns, mean).execute(db).await;
        assert!(refused.is_err(), "there is no price, and the mean is 0.68333");
        let third = Ware::filter(Ware::code.eq("0")).update(Ware::least.set(Ware::price / exact("3"))).execute(db).await.unwrap_err();
        assert_eq!((third.kind(), third.column()), (ErrorKind::OutOfRange, Some("least")));
        Ware::filter(Ware::code.eq("0")).update(Ware::least.set(round_to(Ware::price / exact("3"), 2))).execute(db).await?;
        assert_eq!(Ware::filter(Ware::code.eq("0")).one(db).await?.least, Some(exact("0.33")));
        // By names.
        let query = DynQuery::new(Ware::meta());
        let changes = [("price".to_string(), Value::Decimal(exact("1.005")))];
        let error = query.unfiltered().update(changes).map(|_| ()).unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::OutOfRange, Some("price")));
    }

    /// A column may have more digits than a number of Rust: sums and new values of such a size stay exact, and what comes to
    /// more is refused, not rounded.
    async fn rule_23_columns_of_more_digits_than_rust_has_are_exact(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Hoard]).await?;
        let large: Decimal = "12345678901234567890123456.78".parse().expect("a number");
        let small: Decimal = "0.05".parse().expect("a number");
        let hoard = NewHoard { total: large, part: small }.insert(db).await?;
        assert_eq!(hoard.total, large);
        Hoard::query().unfiltered().update(Hoard::total.set(Hoard::total + Hoard::part)).execute(db).await?;
        let stored = Hoard::get(hoard.id, db).await?;
        assert_eq!(stored.total, large + small);
        let mut session = db.session();
        let key = session.get::<Hoard>(hoard.id).await?;
        session.set(key, Hoard::total.set(Hoard::total - Hoard::part))?;
        session.commit().await?;
        assert_eq!(session[key].total, large);
        assert_eq!(Hoard::filter(Hoard::total.eq(large)).count(db).await?, 1);
        // What no number of Rust has is refused, by whatever: it could not be read back.
        let grown = Hoard::query().unfiltered().update(Hoard::total.set(Hoard::total * large));
        match grown.execute(db).await {
            Err(error) => assert_eq!(error.kind(), ErrorKind::OutOfRange, "{error}"),
            Ok(_) => panic!("stored {:?}", Hoard::get(hoard.id, db).await),
        }
        assert_eq!(Hoard::get(hoard.id, db).await?.total, large);
    }
}
