//! Every type of the table, there and back, extremes included; and rule 17: numbers never lose value.

use crate::harness::Backend;
use aludel::prelude::*;
use aludel::{Bytes, ErrorKind};
use rust_decimal::Decimal;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "mood")]
pub enum Mood {
    Happy,
    VeryHappy,
    #[db_enum(label = "it's \"so\"-so")]
    SoSo,
}

#[derive(DbNewtype, Debug, Clone, PartialEq, Eq)]
pub struct Slug(String);

/// A type of the user's own: degrees, kept as thousandths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degrees(f64);

impl aludel::Scalar for Degrees {
    fn sql_type() -> aludel::SqlType {
        aludel::SqlType::Integer
    }
    fn encode(self) -> Value {
        Value::I32((self.0 * 1000.0).round() as i32)
    }
    fn decode(cells: &mut dyn aludel::row::Cells, at: usize) -> aludel::row::CellResult<Self> {
        let Some(thousandths) = cells.i64(at)? else {
            return Ok(None);
        };
        if thousandths.abs() > 360_000 {
            return Err("more than a full circle".into());
        }
        Ok(Some(Degrees(thousandths as f64 / 1000.0)))
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Bearing {
    pub id: i64,
    pub angle: Degrees,
    pub drift: Option<Degrees>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Everything {
    pub id: i64,
    pub truth: Option<bool>,
    pub tiny: Option<i8>,
    pub small: Option<i16>,
    pub int: Option<i32>,
    pub big: Option<i64>,
    pub byte: Option<u8>,
    pub word: Option<u16>,
    pub dword: Option<u32>,
    pub float: Option<f32>,
    pub double: Option<f64>,
    pub text: Option<String>,
    #[field(max_length = 5)]
    pub short: Option<String>,
    pub bytes: Option<Bytes>,
    #[field(decimal(20, 6))]
    pub price: Option<Decimal>,
    pub instant: Option<jiff::Timestamp>,
    pub date: Option<jiff::civil::Date>,
    pub time: Option<jiff::civil::Time>,
    pub moment: Option<jiff::civil::DateTime>,
    pub chrono_instant: Option<chrono::DateTime<chrono::Utc>>,
    pub chrono_date: Option<chrono::NaiveDate>,
    pub chrono_time: Option<chrono::NaiveTime>,
    pub chrono_moment: Option<chrono::NaiveDateTime>,
    pub time_instant: Option<time::OffsetDateTime>,
    pub time_date: Option<time::Date>,
    pub time_time: Option<time::Time>,
    pub time_moment: Option<time::PrimitiveDateTime>,
    pub uuid: Option<uuid::Uuid>,
    pub json: Option<serde_json::Value>,
    pub typed_json: Option<Json<Vec<u32>>>,
    pub mood: Option<Mood>,
    pub slug: Option<Slug>,
}

fn nothing() -> NewEverything {
    NewEverything::default()
}

async fn back(db: &Database, new: NewEverything) -> aludel::Result<Everything> {
    let made = new.insert(db).await?;
    assert_eq!(Everything::get(made.id, db).await?, made);
    Ok(made)
}

/// Arrays are PostgreSQL's; elsewhere they are refused before anything is sent.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Listed {
    pub id: i64,
    pub numbers: Vec<i64>,
    pub texts: Option<Vec<String>>,
    pub holes: Vec<Option<i32>>,
}

#[derive(Model, Debug, PartialEq)]
struct Tome {
    id: i64,
    text: String,
    bytes: Bytes,
}

on_every_database! {
    async fn a_type_of_the_users_own_is_a_column(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Bearing]).await?;
        let made = NewBearing { angle: Degrees(12.345), drift: None }.insert(db).await?;
        assert_eq!(made.angle, Degrees(12.345));
        NewBearing { angle: Degrees(-90.0), drift: Some(Degrees(0.001)) }.insert(db).await?;
        assert_eq!(Bearing::filter(Bearing::angle.lt(Degrees(0.0)) & Bearing::drift.eq(Degrees(0.001))).count(db).await?, 1);
        assert_eq!(Bearing::query().select(Bearing::angle.max()).one(db).await?, Some(Degrees(12.345)));
        sql("update bearings set angle = 400000 where drift is null").execute(db).await?;
        let wrong = Bearing::get(made.id, db).await.unwrap_err();
        assert!(wrong.kind() == ErrorKind::Decode && wrong.to_string().contains("more than a full circle"), "{wrong}");
    }

    async fn every_type_comes_back_with_its_extremes(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let empty = back(db, nothing()).await?;
        assert!(empty.truth.is_none() && empty.text.is_none() && empty.mood.is_none());

        let nul = if db.dialect().capabilities().nul_in_text { "a\0b" } else { "ab" };
        let texts = ["", "plain", "it's \"quoted\" \\ back", "zwölf Boxkämpfer 🥊 漢字", nul, &"ö🥊".repeat(175_000)];
        for text in texts {
            let row = back(db, NewEverything { text: Some(text.into()), bytes: Some(Bytes(text.as_bytes().to_vec())), ..nothing() }).await?;
            assert_eq!(row.text.as_deref(), Some(text));
            assert_eq!(row.bytes.as_deref(), Some(text.as_bytes()));
        }
        let all_bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(back(db, NewEverything { bytes: Some(Bytes(all_bytes.clone())), ..nothing() }).await?.bytes.as_deref(), Some(&*all_bytes));

        let (low, high) = (
            NewEverything { truth: Some(false), tiny: Some(i8::MIN), small: Some(i16::MIN), int: Some(i32::MIN), big: Some(i64::MIN), byte: Some(0), word: Some(0), dword: Some(0), float: Some(f32::MIN), double: Some(f64::MIN), ..nothing() },
            NewEverything { truth: Some(true), tiny: Some(i8::MAX), small: Some(i16::MAX), int: Some(i32::MAX), big: Some(i64::MAX), byte: Some(u8::MAX), word: Some(u16::MAX), dword: Some(u32::MAX), float: Some(f32::MAX), double: Some(f64::MAX), ..nothing() },
        );
        let low = back(db, low).await?;
        assert_eq!((low.truth, low.tiny, low.small, low.int, low.big), (Some(false), Some(i8::MIN), Some(i16::MIN), Some(i32::MIN), Some(i64::MIN)));
        let high = back(db, high).await?;
        assert_eq!((high.byte, high.word, high.dword, high.big), (Some(u8::MAX), Some(u16::MAX), Some(u32::MAX), Some(i64::MAX)));
        assert_eq!((high.double, low.double), (Some(f64::MAX), Some(f64::MIN)));
        for double in [0.1, -0.0, f64::MIN_POSITIVE, 1e300, 123_456_789.123_456_79] {
            assert_eq!(back(db, NewEverything { double: Some(double), ..nothing() }).await?.double, Some(double));
        }
        for float in [0.1_f32, 16_777_217.0, f32::MIN_POSITIVE] {
            assert_eq!(back(db, NewEverything { float: Some(float), ..nothing() }).await?.float, Some(float));
        }

        for price in ["0", "0.000001", "-12345678901234.567891", "99999999999999.999999"] {
            let price: Decimal = price.parse().expect("a decimal");
            assert_eq!(back(db, NewEverything { price: Some(price), ..nothing() }).await?.price, Some(price));
        }

        for text in ["1969-12-31T23:59:59.999999Z", "1000-01-01T00:00:00Z", "2026-02-28T12:34:56.123456Z", "9999-12-30T00:00:00Z"] {
            let instant: jiff::Timestamp = text.parse().expect("an instant");
            let civil = jiff::tz::TimeZone::UTC.to_datetime(instant);
            let chrono_instant: chrono::DateTime<chrono::Utc> = chrono::DateTime::from_timestamp_micros(instant.as_microsecond()).expect("in range");
            let time_instant = time::OffsetDateTime::from_unix_timestamp_nanos(instant.as_nanosecond()).expect("in range");
            let new = NewEverything {
                instant: Some(instant),
                date: Some(civil.date()),
                time: Some(civil.time()),
                moment: Some(civil),
                chrono_instant: Some(chrono_instant),
                chrono_date: Some(chrono_instant.date_naive()),
                chrono_time: Some(chrono_instant.time()),
                chrono_moment: Some(chrono_instant.naive_utc()),
                time_instant: Some(time_instant),
                time_date: Some(time_instant.date()),
                time_time: Some(time_instant.time()),
                time_moment: Some(time::PrimitiveDateTime::new(time_instant.date(), time_instant.time())),
                ..nothing()
            };
            let row = back(db, new).await?;
            assert_eq!((row.instant, row.moment, row.date, row.time), (Some(instant), Some(civil), Some(civil.date()), Some(civil.time())));
            assert_eq!((row.chrono_instant, row.time_instant), (Some(chrono_instant), Some(time_instant)));
            assert_eq!(row.chrono_moment, Some(chrono_instant.naive_utc()));
            assert_eq!(Everything::filter(Everything::instant.eq(instant) & Everything::date.eq(civil.date()) & Everything::time.eq(civil.time())).count(db).await?, 1);
        }

        let uuid = uuid::Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff);
        let json = serde_json::json!({ "a": [1, null, "ü\"'\\"], "b": { "c": 1.5 } });
        let row = back(db, NewEverything {
            uuid: Some(uuid),
            json: Some(json.clone()),
            typed_json: Some(Json(vec![1, 2, u32::MAX])),
            mood: Some(Mood::SoSo),
            slug: Some(Slug("a-b".into())),
            short: Some("äöüß🥊".into()),
            ..nothing()
        })
        .await?;
        assert_eq!((row.uuid, row.json, row.mood), (Some(uuid), Some(json), Some(Mood::SoSo)));
        assert_eq!((row.typed_json, row.slug), (Some(Json(vec![1, 2, u32::MAX])), Some(Slug("a-b".into()))));
        assert_eq!(Everything::filter(Everything::uuid.is_in([uuid])).count(db).await?, 1);
        assert_eq!(Everything::filter(Everything::mood.eq(Mood::SoSo)).count(db).await?, 1);
        assert_eq!(Everything::filter(Everything::mood.is_in([Mood::Happy, Mood::SoSo])).count(db).await?, 1);
        assert_eq!(Everything::filter(Everything::slug.eq(Slug("a-b".into()))).count(db).await?, 1);
    }

    /// Many rows at once take other ways into the database than one does.
    async fn every_type_comes_back_from_an_insert_of_many(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let instant: jiff::Timestamp = "1969-07-20T20:17:40.000001Z".parse().expect("an instant");
        let row = |n: i64| NewEverything {
            truth: Some(n % 2 == 0),
            small: Some(-1),
            int: Some(n as i32),
            big: Some(n),
            float: Some(0.25),
            double: Some(0.1),
            text: Some(format!("{n}")),
            short: Some("ä".into()),
            bytes: Some(Bytes(vec![0, 255])),
            price: Some(Decimal::new(n, 3)),
            instant: Some(instant),
            date: Some(jiff::civil::date(1969, 7, 20)),
            time: Some(jiff::civil::time(20, 17, 40, 1000)),
            moment: Some(jiff::civil::date(1969, 7, 20).at(1, 2, 3, 0)),
            uuid: Some(uuid::Uuid::from_u128(n as u128)),
            json: Some(serde_json::json!({ "n": n })),
            mood: Some(Mood::VeryHappy),
            slug: Some(Slug("x".into())),
            ..nothing()
        };
        let rows = Everything::insert_many((0..40).map(row)).all(db).await?;
        assert_eq!(rows, Everything::query().order_by(Everything::id).all(db).await?);
        let seventh = &rows[7];
        assert_eq!((seventh.big, seventh.price, seventh.instant, seventh.mood), (Some(7), Some(Decimal::new(7, 3)), Some(instant), Some(Mood::VeryHappy)));
        assert_eq!((seventh.json.clone(), seventh.float, seventh.truth), (Some(serde_json::json!({ "n": 7 })), Some(0.25), Some(false)));
        let long = Everything::insert_many((0..40).map(|n| NewEverything { short: Some(if n == 39 { "toolong" } else { "ok" }.into()), ..row(n) }));
        assert_eq!(long.execute(db).await.unwrap_err().kind(), ErrorKind::ValueTooLong);
        assert_eq!(Everything::query().count(db).await?, 40);
    }

    /// NaN and infinities are kept, or refused before anything is sent.
    async fn nan_and_infinities(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let caps = db.dialect().capabilities();
        for (double, kept) in [(f64::NAN, caps.float_nan), (f64::INFINITY, caps.float_infinity), (f64::NEG_INFINITY, caps.float_infinity)] {
            let watch = db.watch();
            match (NewEverything { double: Some(double), ..nothing() }).insert(db).await {
                Ok(row) => {
                    assert!(kept);
                    let found = row.double.expect("a float");
                    assert!(found == double || found.is_nan() && double.is_nan());
                }
                Err(error) => {
                    assert!(!kept, "{error}");
                    assert_eq!((error.kind(), watch.statements()), (ErrorKind::Unsupported, 0));
                }
            }
        }
    }

    /// Sums and comparisons of exact numbers are exact.
    async fn rule_17_decimals_are_exact(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let price = |text: &str| Some(text.parse::<Decimal>().expect("a decimal"));
        for text in ["0.1", "0.2", "10", "9", "-1.5"] {
            NewEverything { price: price(text), ..nothing() }.insert(db).await?;
        }
        let (sum, least, most): (Option<Decimal>, Option<Decimal>, Option<Decimal>) = Everything::query()
            .select((Everything::price.sum(), Everything::price.min(), Everything::price.max()))
            .one(db)
            .await?;
        assert_eq!((sum, least, most), (price("17.8"), price("-1.5"), price("10")));
        let mean: Option<Decimal> = Everything::query().select(Everything::price.avg()).one(db).await?;
        assert_eq!(mean, price("3.56"));
        let sorted: Vec<Option<Decimal>> = Everything::query().order_by(Everything::price).select(Everything::price).all(db).await?;
        assert_eq!(sorted, [price("-1.5"), price("0.1"), price("0.2"), price("9"), price("10")]);
        assert_eq!(Everything::filter(Everything::price.gt(Decimal::from(9))).count(db).await?, 1);
        assert_eq!(Everything::filter(Everything::price.is_in([Decimal::new(1, 1), Decimal::from(10)])).count(db).await?, 2);
        let more = Everything::filter(Everything::price.eq(Decimal::new(2, 1))).update(Everything::price.set(Everything::price + Decimal::new(1, 1)));
        assert_eq!(more.execute(db).await?, 1);
        assert_eq!(Everything::filter(Everything::price.eq(Decimal::new(3, 1))).count(db).await?, 1);
    }

    /// What does not fit is an error with the column's name, not something else.
    async fn rule_17_out_of_range_is_an_error(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let row = NewEverything { big: Some(70_000), int: Some(i32::MAX), double: Some(1e300), ..nothing() }.insert(db).await?;
        // Read as something narrower.
        let narrow = sql("select big from everythings").one::<i16>(db).await.unwrap_err();
        assert_eq!(narrow.kind(), ErrorKind::OutOfRange);
        assert!(narrow.to_string().contains("\"big\"") && narrow.to_string().contains("out of range"), "{narrow}");
        let wide = Everything::query().select(Everything::double.untyped().typed::<Option<f32>>()).one(db).await.unwrap_err();
        assert_eq!((wide.kind(), wide.column()), (ErrorKind::OutOfRange, Some("double")));
        // Computed beyond its type.
        let sum = Everything::filter(Everything::id.eq(row.id)).select(Everything::big + i64::MAX).one(db).await;
        assert!(sum.is_err(), "{sum:?}");
        NewEverything { big: Some(i64::MAX), ..nothing() }.insert(db).await?;
        let sum = Everything::query().select(Everything::big.sum()).one(db).await;
        assert!(sum.is_err(), "{sum:?}");
        // NULL into a plain type.
        let null = sql("select tiny from everythings").first::<i8>(db).await.unwrap_err();
        assert!(null.kind() == ErrorKind::Decode && null.to_string().contains("NULL"), "{null}");
        assert_eq!(null.column(), Some("tiny"));
        // Too long.
        let long = NewEverything { short: Some("sechs!".into()), ..nothing() }.insert(db).await.unwrap_err();
        assert_eq!(long.kind(), ErrorKind::ValueTooLong);
        // Text is no number.
        let text = sql("select slug from everythings where id = ").bind(row.id).one::<Option<i64>>(db).await?;
        assert_eq!(text, None);
        Everything::filter(Everything::id.eq(row.id)).update(Everything::slug.set(Some(Slug("x".into())))).execute(db).await?;
        assert_eq!(sql("select slug from everythings where id = ").bind(row.id).one::<i64>(db).await.unwrap_err().kind(), ErrorKind::Decode);
    }

    /// Functions and operators of the portable set mean the same everywhere.
    async fn functions_mean_the_same_everywhere(fixture) {
        use aludel::expr::functions as f;
        let db = &fixture.db;
        db.create_all(&models![Everything]).await?;
        let instant: jiff::Timestamp = "2001-11-23T04:05:06.5Z".parse().expect("an instant");
        NewEverything { text: Some("  Größe ".into()), int: Some(-7), double: Some(-2.5), instant: Some(instant), json: Some(serde_json::json!({ "a\"b": [10, { "$": "x" }], "n": null })), ..nothing() }.insert(db).await?;
        let all = Everything::query();
        let (trimmed, upper, length, part): (Option<String>, Option<String>, Option<i64>, Option<String>) = all.clone()
            .select((Everything::text.trim(), Everything::text.upper(), f::length(Everything::text), f::substring(Everything::text, 3, 2)))
            .one(db)
            .await?;
        assert_eq!((trimmed.as_deref(), length, part.as_deref()), (Some("Größe"), Some(8), Some("Gr")));
        assert!(upper.is_some_and(|text| text.starts_with("  GRÖ")));
        let numbers: (Option<i32>, Option<i32>, Option<i32>, Option<i32>, Option<f64>) = all.clone()
            .select((Everything::int / 2, Everything::int.remainder(4), Everything::int.abs(), Everything::int * 3 - 1, f::floor(Everything::double)))
            .one(db)
            .await?;
        assert_eq!(numbers, (Some(-3), Some(-3), Some(7), Some(-22), Some(-3.0)));
        let parts: (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>) = all.clone()
            .select((f::year(Everything::instant), f::month(Everything::instant), f::day(Everything::instant), f::hour(Everything::instant), f::minute(Everything::instant), f::second(Everything::instant)))
            .one(db)
            .await?;
        assert_eq!(parts, (Some(2001), Some(11), Some(23), Some(4), Some(5), Some(6)));
        let chosen: (i64, String, Option<i32>, Option<i32>) = all.clone()
            .select((
                aludel::expr::when(Everything::int.lt(0), 1_i64).otherwise(2_i64),
                f::literal("x".to_string()),
                f::greatest(Everything::int, 3),
                f::least(Everything::small.cast::<Option<i32>>(), 3),
            ))
            .one(db)
            .await?;
        assert_eq!((chosen.0, chosen.2, chosen.3), (1, Some(3), None));
        let json: (Option<String>, Option<String>, Option<String>, Option<String>) = all.clone()
            .select((
                Everything::json.json_key("a\"b").json_index(0),
                Everything::json.json_key("a\"b").json_index(1).json_key("$"),
                Everything::json.json_key("n"),
                Everything::json.json_key("missing"),
            ))
            .one(db)
            .await?;
        assert_eq!(json, (Some("10".into()), Some("x".into()), None, None));
        assert_eq!(all.clone().filter(Everything::instant.between(instant, instant) & Everything::int.between(-8, -6)).count(db).await?, 1);
        assert_eq!(all.clone().filter(Everything::instant.gt(f::now())).count(db).await?, 0);
        assert_eq!(all.filter(Everything::int.ne(5) & !(Everything::int.gt(0) | Everything::int.lt(-100))).count(db).await?, 1);
    }

    async fn arrays(fixture) {
        let db = &fixture.db;
        let created = db.create_all(&models![Listed]).await;
        if !db.dialect().capabilities().arrays {
            assert_eq!(created.unwrap_err().kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        let row = NewListed { numbers: vec![i64::MIN, 0, i64::MAX], texts: Some(vec!["a,\"b\"".into(), String::new()]), holes: vec![None, Some(1)] }.insert(db).await?;
        assert_eq!(Listed::get(row.id, db).await?, row);
        let empty = NewListed { numbers: vec![], texts: None, holes: vec![] }.insert(db).await?;
        assert_eq!((empty.numbers.len(), empty.texts), (0, None));
        assert_eq!(row.numbers, [i64::MIN, 0, i64::MAX]);
    }

    /// Text that is no UTF-8 (SQLite takes any bytes for text) is an error, not a wrong character.
    async fn text_that_is_not_utf_8(fixture) {
        let db = &fixture.db;
        let query = match fixture.backend {
            Backend::Sqlite => "select cast(x'ff' as text)",
            Backend::Postgres => "select convert_from('\\xff'::bytea, 'UTF8')",
            Backend::Mariadb => "select x'ff'",
        };
        let error = sql(query).one::<String>(db).await.unwrap_err();
        // What PostgreSQL says of it names the encoding, which is not told to everybody.
        assert!(error.detailed().contains("UTF"), "{error}");
    }

    /// Longer than one packet of MariaDB's, both ways.
    async fn values_of_many_megabytes_go_and_come(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Tome]).await?;
        for length in [0xff_ffff - 60, 0xff_ffff + 1, 20_000_000] {
            let text: String = (0..length).map(|n| char::from(b'a' + (n % 23) as u8)).collect();
            let bytes = Bytes((0..5).map(|n| n * 50).collect());
            let tome = NewTome { text: text.clone(), bytes: bytes.clone() }.insert(db).await?;
            assert!(tome.text == text && tome.bytes == bytes);
            let tome = Tome::get(tome.id, db).await?;
            assert!(tome.text == text && tome.bytes == bytes);
        }
    }
}
