//! Rule 23: what an expression comes to and its column can't hold is an error with that column's name, also where several columns
//! are set to expressions. Where the database says neither the column nor a type that one alone has, all that it may be are named.

use aludel::ErrorKind;
use aludel::prelude::*;
use aludel::query::Assignment;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "computed_meters")]
struct Meter {
    id: i64,
    #[field(unique, max_length = 8)]
    code: String,
    byte: u8,
    small: i16,
    plain: i32,
    other: i32,
    big: i64,
    single: f32,
    #[field(decimal(6, 2))]
    price: Decimal,
    #[field(decimal(8, 3))]
    fine: Decimal,
    #[field(max_length = 5)]
    name: String,
}

/// What rows of meters are copied to.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "computed_copies")]
struct Copied {
    id: i64,
    byte: u8,
    small: i16,
    plain: i32,
}

fn meter(code: &str) -> NewMeter {
    NewMeter {
        code: code.into(),
        byte: 5,
        small: 30_000,
        plain: 2_000_000_000,
        other: 7,
        big: i64::MAX - 5,
        single: 3e38,
        price: Decimal::new(999_000, 2),
        fine: Decimal::ONE,
        name: "names".into(),
    }
}

/// Assignments that do not fit, by their column.
fn fault(column: &str) -> Assignment<Meter> {
    match column {
        "byte" => Meter::byte.set(Meter::byte - 10_u8),
        "small" => Meter::small.set(Meter::small + 30_000_i16),
        "plain" => Meter::plain.set(Meter::plain + 2_000_000_000_i32),
        "big" => Meter::big.set(Meter::big + 6_i64),
        "single" => Meter::single.set(Meter::single * 10.0_f32),
        "price" => Meter::price.set(Meter::price + Decimal::TEN),
        "name" => Meter::name.set(Meter::name.concat("!")),
        other => panic!("no fault of {other}"),
    }
}

/// Assignments that fit, beside it.
fn right(column: &str) -> Assignment<Meter> {
    match column {
        "byte" => Meter::byte.set(Meter::byte + 1_u8),
        "small" => Meter::small.set(Meter::small - 1_i16),
        "plain" => Meter::plain.set(Meter::plain - 1),
        "other" => Meter::other.set(Meter::other + 1),
        "single" => Meter::single.set(Meter::single / 2.0_f32),
        "price" => Meter::price.set(Meter::price - Decimal::ONE),
        "fine" => Meter::fine.set(Meter::fine + Decimal::ONE),
        "name" => Meter::name.set(Meter::name.lower()),
        other => panic!("nothing right of {other}"),
    }
}

/// The column that does not fit, those that do, and whether every database tells it.
const COLUMNS: [(&str, &[&str], bool); 18] = [
    ("byte", &[], true),
    ("byte", &["plain"], true),
    ("byte", &["plain", "price"], true),
    ("byte", &["small"], false),
    ("small", &["plain"], true),
    ("small", &["name", "price"], true),
    ("plain", &["small"], true),
    ("plain", &["other"], false),
    ("plain", &["fine", "name"], true),
    ("big", &[], true),
    ("big", &["fine"], true),
    ("big", &["plain"], false),
    ("single", &["plain"], true),
    ("single", &["price", "name"], true),
    ("price", &["fine"], true),
    ("price", &["plain", "name"], true),
    ("name", &["plain"], true),
    ("name", &["price", "fine"], true),
];

on_every_database! {
    async fn the_column_that_does_not_fit_is_named_among_several(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Meter, Copied]).await?;
        let row = meter("a").insert(db).await?;
        let mut faults = Vec::new();
        for (column, others, told) in COLUMNS {
            // The one that does not fit comes first, and last.
            for last in [false, true] {
                let set = || {
                    let mut set: Vec<Assignment<Meter>> = others.iter().map(|other| right(other)).collect();
                    set.insert(if last { others.len() } else { 0 }, fault(column));
                    set
                };
                let mut session = db.session();
                let key = session.get::<Meter>(row.id).await?;
                session.set(key, set())?;
                let flushed = session.commit().await.map(drop);
                let updated = Meter::filter(Meter::id.eq(row.id)).update(set()).execute(db).await.map(drop);
                let upserted = Meter::insert_many([meter("a")]).on_conflict(Meter::code).do_update(set()).execute(db).await.map(drop);
                for (way, done) in [("update", updated), ("session", flushed), ("upsert", upserted)] {
                    let case = format!("{way} of {column} beside {others:?}");
                    let kind = if column == "name" { ErrorKind::ValueTooLong } else { ErrorKind::OutOfRange };
                    match done {
                        Ok(()) => faults.push(format!("{case} is written")),
                        // A CHECK of the table.
                        Err(error) if column == "name" && error.is_check_violation() => {}
                        Err(error) if error.kind() != kind => faults.push(format!("{case}: {error}")),
                        Err(error) if error.column() == Some(column) => {}
                        Err(error) => {
                            let text = error.to_string();
                            let listed = [column].iter().chain(others).filter(|name| text.contains(**name)).count() >= 2;
                            if told || error.column().is_some() || !listed || !text.contains("computed_meters") {
                                faults.push(format!("{case}: {:?} {text}", error.column()));
                            }
                        }
                    }
                }
            }
        }
        let copied = || (Copied::byte, Copied::small, Copied::plain);
        for (column, from) in [
            ("byte", Meter::query().select((Meter::byte - 10_u8, Meter::small, Meter::plain - 1))),
            ("small", Meter::query().select((Meter::byte, Meter::small + 30_000_i16, Meter::plain - 1))),
            ("plain", Meter::query().select((Meter::byte + 1_u8, Meter::small, Meter::plain + 2_000_000_000))),
        ] {
            match Copied::insert_from(copied(), from).execute(db).await {
                Err(error) if error.column() == Some(column) => {}
                other => faults.push(format!("insert_from, {column}: {other:?}")),
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(Meter::query().all(db).await?, [row]);
    }
}
