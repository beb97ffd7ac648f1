//! Rows that a query finds and an insert takes, and errors at expressions.

use super::writes_ways::*;
use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "from_beasts", discriminator = "kind", common(id: i64, name: String))]
pub enum Beast {
    Dog(Dog),
    Cat(Cat),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Beast)]
pub struct Dog {
    pub id: i64,
    pub name: String,
    pub bones: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Beast)]
pub struct Cat {
    pub id: i64,
    pub name: String,
    pub lives: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "from_counts")]
pub struct Counted {
    pub id: i64,
    pub n: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "from_gauges")]
pub struct Gauge {
    pub id: i64,
    #[field(unique, max_length = 5)]
    pub name: String,
    pub byte: u8,
    pub plain: i32,
}

on_every_database! {
    /// Queries rule 26: rows that a query finds begin as any others, or the statement is refused before it is sent.
    async fn rule_26_rows_of_a_query_have_what_the_model_fills_in(fixture) {
        let db = &fixture.db;
        create(db).await?;
        db.create_all(&models![Beast, Dog, Cat]).await?;
        Sketch::insert_many(["a", "b"].map(|code| NewSketch::new(code, "sketch", exact("1.5")))).execute(db).await?;
        let sketches = || Sketch::filter(Sketch::code.eq("a"));
        // `token` has a default that is made in Rust.
        let found = sketches().select((Sketch::code, Sketch::name, Sketch::price));
        let watch = db.watch();
        let refused = Item::insert_from((Item::code, Item::name, Item::price), found).execute(db).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidQuery, "{refused}");
        assert!(refused.to_string().contains("Item::token"), "{refused}");
        assert_eq!(watch.statements(), 0);
        // A variant's rows say which kind they are, in a plain query, a distinct one and one of aggregates.
        let dogs = [
            Dog::insert_from((Dog::name, Dog::bones), sketches().select((Sketch::name, literal(3)))).execute(db).await?,
            Dog::insert_from((Dog::name, Dog::bones), Sketch::query().distinct().select((Sketch::name, literal(4)))).execute(db).await?,
            Dog::insert_from((Dog::name, Dog::bones), Sketch::query().group_by(Sketch::name).select((Sketch::name, count()))).execute(db).await?,
        ];
        assert_eq!(dogs, [1, 1, 1]);
        assert_eq!(Dog::query().order_by(Dog::id).select(Dog::bones).all(db).await?, [3, 4, 2]);
        assert_eq!((Beast::query().count(db).await?, Cat::query().count(db).await?), (3, 0));
    }

    /// Aggregates of nothing are a row, which an insert takes, too, also where it is known beforehand that there is nothing.
    async fn rule_07_aggregates_of_nothing_are_a_row_to_insert(fixture) {
        let db = &fixture.db;
        create(db).await?;
        db.create_all(&models![Counted]).await?;
        let none = || Sketch::filter(Sketch::id.is_in(Vec::<i64>::new()));
        assert_eq!(Counted::insert_from((Counted::n,), none().select((count(),))).execute(db).await?, 1);
        assert_eq!(Counted::query().select(Counted::n).all(db).await?, [0]);
        let groups = none().group_by(Sketch::name).select((count(),));
        assert_eq!(Counted::insert_from((Counted::n,), groups).execute(db).await?, 0);
        // A limit is of the rows that are counted.
        assert_eq!(Counted::insert_from((Counted::n,), none().limit(0).select((count(),))).execute(db).await?, 1);
        assert_eq!(Counted::insert_from((Counted::n,), none().select((Sketch::id,))).execute(db).await?, 0);
        assert_eq!(Counted::query().count(db).await?, 2);
    }

    /// What an expression comes to and its column does not hold is an error with that column, whichever statement writes it,
    /// where only one can be meant.
    async fn the_column_of_an_expression_is_named(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gauge]).await?;
        let new = |name: &str| NewGauge::new(name, 5, i32::MAX);
        let row = new("a").insert(db).await?;
        let this = || Gauge::filter(Gauge::id.eq(row.id));
        let on_conflict = || Gauge::insert_many([new("a")]).on_conflict(Gauge::name);
        let copied = || Gauge::query().select((literal("b".to_string()), Gauge::byte - 10_u8, literal(1)));
        let long = || Gauge::query().select((Gauge::name.concat("123456"), literal(1_u8), Gauge::plain));
        let (range, length) = (ErrorKind::OutOfRange, ErrorKind::ValueTooLong);
        let cases = vec![
            ("update", this().update(Gauge::byte.set(Gauge::byte - 10_u8)).execute(db).await, range, "byte"),
            ("update beside a value", this().update((Gauge::byte.set(Gauge::byte - 10_u8), Gauge::plain.set(1))).execute(db).await, range, "byte"),
            ("upsert", on_conflict().do_update(Gauge::byte.set(excluded(Gauge::byte) - Gauge::byte - 1_u8)).execute(db).await, range, "byte"),
            ("upsert beside the same", on_conflict().do_update((Gauge::byte.set(excluded(Gauge::byte) - Gauge::byte - 1_u8), Gauge::plain.set(excluded(Gauge::plain)))).execute(db).await, range, "byte"),
            ("insert from", Gauge::insert_from((Gauge::name, Gauge::byte, Gauge::plain), copied()).execute(db).await, range, "byte"),
            ("text", this().update(Gauge::name.set(Gauge::name.concat("123456"))).execute(db).await, length, "name"),
            ("text beside a number", this().update((Gauge::name.set(Gauge::name.concat("123456")), Gauge::plain.set(Gauge::plain - 1))).execute(db).await, length, "name"),
            ("text, upsert", on_conflict().do_update(Gauge::name.set(excluded(Gauge::name).concat("123456"))).execute(db).await, length, "name"),
            ("text, insert from", Gauge::insert_from((Gauge::name, Gauge::byte, Gauge::plain), long()).execute(db).await, length, "name"),
        ];
        let mut faults = Vec::new();
        for (way, done, kind, column) in cases {
            match done {
                Err(error) if error.kind() == kind && error.column() == Some(column) => {}
                other => faults.push(format!("{way}: {other:?}")),
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(Gauge::query().all(db).await?, [row]);
    }
}
