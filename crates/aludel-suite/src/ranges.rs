//! An update by an expression writes nothing that can't be read back (rules 17 and 23 of the queries): a number that the
//! column's Rust type does not hold is an error that names the column, on every database and whichever verb sets it.

use aludel::ErrorKind;
use aludel::prelude::*;
use rust_decimal::Decimal;

#[derive(DbNewtype, Debug, Clone, Copy, PartialEq)]
pub struct Percent(u8);

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Gauge {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub name: String,
    pub tiny: i8,
    pub byte: u8,
    pub small: i16,
    pub port: u16,
    pub plain: i32,
    pub count: u32,
    pub big: i64,
    pub single: f32,
    pub maybe: Option<u8>,
    pub share: Percent,
    #[field(decimal(6, 2))]
    pub price: Decimal,
}

fn gauge(name: &str) -> NewGauge {
    NewGauge {
        name: name.into(),
        tiny: 100,
        byte: 5,
        small: 30_000,
        port: 5,
        plain: 2_000_000_000,
        count: 5,
        big: i64::MAX - 5,
        single: 3e38,
        maybe: None,
        share: Percent(5),
        price: Decimal::new(999_000, 2),
    }
}

on_every_database! {
    async fn numbers_out_of_range_are_refused_with_their_column(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gauge]).await?;
        let row = gauge("a").insert(db).await?;
        let this = || Gauge::filter(Gauge::id.eq(row.id));
        for (column, error) in [
            ("tiny", this().update(Gauge::tiny.set(Gauge::tiny + 100_i8)).execute(db).await.err()),
            ("tiny", this().update(Gauge::tiny.set(Gauge::tiny - 127_i8 - 102_i8)).execute(db).await.err()),
            ("byte", this().update(Gauge::byte.set(Gauge::byte - 10_u8)).execute(db).await.err()),
            ("byte", this().update(Gauge::byte.set(Gauge::byte + 251_u8)).execute(db).await.err()),
            ("small", this().update(Gauge::small.set(Gauge::small + 30_000_i16)).execute(db).await.err()),
            ("port", this().update(Gauge::port.set(Gauge::port - 6_u16)).execute(db).await.err()),
            ("plain", this().update(Gauge::plain.set(Gauge::plain + 2_000_000_000_i32)).execute(db).await.err()),
            ("count", this().update(Gauge::count.set(Gauge::count - 6_u32)).execute(db).await.err()),
            ("big", this().update(Gauge::big.set(Gauge::big + 6_i64)).execute(db).await.err()),
            ("single", this().update(Gauge::single.set(Gauge::single * 10.0_f32)).execute(db).await.err()),
            ("price", this().update(Gauge::price.set(Gauge::price + Decimal::TEN)).execute(db).await.err()),
        ] {
            let error = error.unwrap_or_else(|| panic!("{column} is written"));
            assert_eq!((error.kind(), error.column()), (ErrorKind::OutOfRange, Some(column)), "{error}");
        }
        assert_eq!(Gauge::get(row.id, db).await?, row, "and can still be read");
    }

    async fn what_fits_is_written(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gauge]).await?;
        let row = gauge("a").insert(db).await?;
        let this = || Gauge::filter(Gauge::id.eq(row.id));
        this().update((
            Gauge::tiny.set(Gauge::tiny - 127_i8),
            Gauge::byte.set(Gauge::byte + 250_u8),
            Gauge::port.set(Gauge::port - 5_u16),
            Gauge::count.set(Gauge::count + 4_294_967_290_u32),
            Gauge::big.set(Gauge::big + 5_i64),
            Gauge::price.set(Gauge::price * Decimal::new(333, 3)),
            // NULL stays NULL.
            Gauge::maybe.set(Gauge::maybe + 1),
        )).execute(db).await?;
        let now = Gauge::get(row.id, db).await?;
        assert_eq!((now.tiny, now.byte, now.port, now.count, now.big), (-27, 255, 0, u32::MAX, i64::MAX));
        assert_eq!((now.price.to_string().as_str(), now.maybe), ("3326.67", None));
    }

    async fn every_verb_that_sets_expressions_looks(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gauge]).await?;
        let row = gauge("a").insert(db).await?;
        let mut session = db.session();
        let key = session.get::<Gauge>(row.id).await?;
        session.set(key, Gauge::byte.set(Gauge::byte - 10_u8))?;
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::OutOfRange, "a session");
        session.rollback().await?;
        let this = || Gauge::filter(Gauge::id.eq(row.id)).update(Gauge::byte.set(Gauge::byte - 10_u8));
        assert_eq!(session.execute(this()).await.unwrap_err().kind(), ErrorKind::OutOfRange, "in a session");
        session.rollback().await?;
        let upsert = Gauge::insert_many([gauge("a")]).on_conflict(Gauge::name).do_update(Gauge::byte.set(Gauge::byte - 10_u8));
        assert_eq!(upsert.execute(db).await.unwrap_err().kind(), ErrorKind::OutOfRange, "an upsert");
        assert_eq!(Gauge::get(row.id, db).await?, row);
    }
}
