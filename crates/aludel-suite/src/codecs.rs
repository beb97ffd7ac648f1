//! Values made at random come back as they went: alone, in batches, as binds of a condition.

use aludel::Bytes;
use aludel::prelude::*;
use jiff::civil;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(new_derive(PartialEq))]
struct Sample {
    id: i64,
    small: Option<i16>,
    int: i32,
    big: Option<i64>,
    double: Option<f64>,
    float: f32,
    text: Option<String>,
    bytes: Option<Bytes>,
    #[field(decimal(28, 9))]
    price: Option<Decimal>,
    instant: Option<jiff::Timestamp>,
    date: Option<civil::Date>,
    time: Option<civil::Time>,
    uuid: Option<uuid::Uuid>,
    json: Option<serde_json::Value>,
    truth: bool,
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "\\PC{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Into::into),
            prop::collection::btree_map("[a-z ]{0,4}", inner, 0..3)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Numbers that every database has: no NaN, no infinities, and no subnormal ones, which MariaDB rounds.
fn doubles() -> impl Strategy<Value = f64> {
    prop::num::f64::NORMAL | prop::num::f64::ZERO
}

fn samples() -> BoxedStrategy<NewSample> {
    let numbers = (
        any::<Option<i16>>(),
        any::<i32>(),
        any::<Option<i64>>(),
        prop::option::of(doubles()),
        -1e9_f32..1e9,
        any::<bool>(),
    );
    let texts = (
        prop::option::of("[^\0]{0,40}"),
        prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
        prop::option::of(json()),
    );
    // From the year 1000 to the end of 9999, in microseconds.
    let times = prop::option::of(-30_610_224_000_000_000_i64..253_402_207_200_000_000);
    let exact = (
        prop::option::of((-10_i128.pow(27)..10_i128.pow(27), 0_u32..10)),
        prop::option::of(any::<u128>()),
    );
    (numbers, texts, times, exact)
        .prop_map(|(numbers, texts, micros, exact)| {
            let (small, int, big, double, float, truth) = numbers;
            let instant = micros.map(|n| jiff::Timestamp::from_microsecond(n).expect("in range"));
            let civil = instant.map(|instant| jiff::tz::TimeZone::UTC.to_datetime(instant));
            NewSample {
                small,
                int,
                big,
                double,
                float,
                text: texts.0,
                bytes: texts.1.map(Bytes),
                price: exact.0.map(|(n, scale)| {
                    Decimal::from_i128_with_scale(n / 10_i128.pow(9 - scale), scale)
                }),
                instant,
                date: civil.map(|civil| civil.date()),
                time: civil.map(|civil| civil.time()),
                uuid: exact.1.map(uuid::Uuid::from_u128),
                json: texts.2,
                truth,
            }
        })
        .boxed()
}

/// What was sent, as it should come back.
fn expected(new: NewSample, id: i64) -> Sample {
    Sample {
        id,
        small: new.small,
        int: new.int,
        big: new.big,
        double: new.double,
        float: new.float,
        text: new.text,
        bytes: new.bytes,
        price: new.price,
        instant: new.instant,
        date: new.date,
        time: new.time,
        uuid: new.uuid,
        json: new.json,
        truth: new.truth,
    }
}

async fn check(rows: Vec<NewSample>, db: &Database) -> aludel::Result<()> {
    // A session has in memory what the database has, though it may not have read it back.
    let mut session = db.session();
    let keys = session.add_all(rows.clone());
    session.commit().await?;
    for key in keys {
        assert_eq!(Sample::get(session[key].id, db).await?, session[key]);
    }
    let made = Sample::insert_many(rows.clone()).all(db).await?;
    let ids: Vec<i64> = made.iter().map(|row| row.id).collect();
    let sent: Vec<Sample> = rows
        .into_iter()
        .zip(&ids)
        .map(|(new, id)| expected(new, *id))
        .collect();
    assert_eq!(made, sent);
    let these = Sample::filter(Sample::id.is_in(ids)).order_by(Sample::id);
    assert_eq!(these.all(db).await?, sent);
    assert_eq!(these.clone().offload().all(db).await?, sent);
    let mut stream = these.stream(db)?;
    for row in &sent {
        assert_eq!(stream.next().await.expect("a row")?, *row);
    }
    assert!(stream.next().await.is_none());
    for row in sent.iter().take(5) {
        let same = Sample::small.is_not_distinct_from(row.small)
            & Sample::int.eq(row.int)
            & Sample::big.is_not_distinct_from(row.big)
            & Sample::text.is_not_distinct_from(row.text.clone())
            & Sample::bytes.is_not_distinct_from(row.bytes.clone())
            & Sample::price.is_not_distinct_from(row.price)
            & Sample::instant.is_not_distinct_from(row.instant)
            & Sample::date.is_not_distinct_from(row.date)
            & Sample::time.is_not_distinct_from(row.time)
            & Sample::uuid.is_not_distinct_from(row.uuid)
            & Sample::truth.eq(row.truth);
        assert!(
            Sample::filter(same & Sample::id.eq(row.id))
                .exists(db)
                .await?,
            "{row:?}"
        );
        // The row is written as it was read: saving it changes nothing.
        let mut again = row.clone();
        again.save(db).await?;
        assert_eq!(Sample::get(row.id, db).await?, *row);
    }
    Ok(())
}

on_every_database! {
    async fn values_come_back_as_they_went(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Sample]).await?;
        let config = crate::harness::cases(12);
        let outcome = TestRunner::new(config).run(&prop::collection::vec(samples(), 1..40), |rows| {
            tokio::task::block_in_place(|| {
                tokio::runtime::Handle::current().block_on(Box::pin(check(rows, db)))
            })
            .map_err(|error| TestCaseError::fail(error.to_string()))
        });
        if let Err(failure) = outcome {
            panic!("{failure}");
        }
    }
}
