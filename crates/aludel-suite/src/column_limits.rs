//! What a column holds: the same on every database, and all else is an error before it is sent (rules 17, 23 and 28 of the
//! queries).

use crate::harness::Backend;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{Error, ErrorKind};
use jiff::Timestamp;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Limit {
    pub id: i64,
    #[field(decimal(8, 3))]
    pub price: Option<Decimal>,
    #[field(unique, max_length = 5)]
    pub code: Option<String>,
    pub until: Option<Timestamp>,
    pub day: Option<jiff::civil::Date>,
    pub moment: Option<jiff::civil::DateTime>,
    pub chrono_until: Option<chrono::DateTime<chrono::Utc>>,
    pub chrono_day: Option<chrono::NaiveDate>,
    pub chrono_moment: Option<chrono::NaiveDateTime>,
    pub time_until: Option<time::OffsetDateTime>,
    pub time_day: Option<time::Date>,
    pub time_moment: Option<time::PrimitiveDateTime>,
    pub single: Option<f32>,
    pub double: Option<f64>,
    pub doc: Option<serde_json::Value>,
}

fn nothing() -> NewLimit {
    NewLimit::default()
}

fn exact(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a decimal"))
}

fn priced(text: &str) -> NewLimit {
    NewLimit {
        price: exact(text),
        ..nothing()
    }
}

fn coded(text: &str) -> NewLimit {
    NewLimit {
        code: Some(text.into()),
        ..nothing()
    }
}

/// Each verb that writes, with a value that the column can't hold.
async fn refused_by_every_verb(
    db: &Database,
    bad: impl Fn() -> NewLimit + Sync,
    patch: impl Fn() -> LimitPatch,
    column: (&str, Value),
) -> aludel::Result<Vec<Error>> {
    let field = || column.0.to_string();
    let meta = models![Limit].model("Limit")?;
    let row = nothing().insert(db).await?;
    let before = Limit::query().count(db).await?;
    let mut errors = Vec::new();
    let watch = db.watch();
    errors.push(bad().insert(db).await.expect_err("insert"));
    errors.push(
        Limit::insert_many([nothing(), bad()])
            .execute(db)
            .await
            .expect_err("insert_many"),
    );
    let returning = Limit::insert_many((0..40).map(|_| bad())).all(db).await;
    errors.push(returning.expect_err("insert_many, all"));
    errors.push(row.clone().patch(patch(), db).await.expect_err("patch"));
    let given = [(field(), column.1.clone())];
    errors.push(
        dynamic::insert(meta, given.clone(), db)
            .await
            .expect_err("dynamic insert"),
    );
    let key = vec![Value::I64(row.id)];
    errors.push(
        dynamic::update(meta, key, given, db)
            .await
            .expect_err("dynamic update"),
    );
    assert_eq!(watch.statements(), 0, "nothing is sent");
    // Many rows go in by other ways, perhaps in a transaction that has begun.
    for many in [600, 5_001] {
        let rows = (0..many).map(|n| if n == many - 1 { bad() } else { nothing() });
        errors.push(
            Limit::insert_many(rows)
                .execute(db)
                .await
                .expect_err("many"),
        );
    }
    let mut session = db.session();
    let draft = session.add(bad());
    errors.push(session.commit().await.expect_err("a new row of a session"));
    *session.draft_mut(draft)? = nothing();
    session.commit().await?;
    assert_eq!(
        Limit::query().count(db).await?,
        before + 1,
        "the corrected draft alone"
    );
    Ok(errors)
}

/// Arrays are PostgreSQL's; their elements have the limits that values alone have.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Several {
    pub id: i64,
    pub numbers: Vec<i64>,
    pub prices: Vec<Decimal>,
    pub moments: Vec<Timestamp>,
}

on_every_database! {
    async fn exact_numbers_fit_their_column_whichever_verb_writes_them(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        for bad in ["0.123456789012", "0.0005", "100000", "-99999.9999"] {
            let column = ("price", Value::Text(bad.into()));
            let patch = || LimitPatch { price: Some(exact(bad)), ..Default::default() };
            let mut errors = refused_by_every_verb(db, || priced(bad), patch, column).await?;

            let mut row = priced("1").insert(db).await?;
            row.price = exact(bad);
            errors.push(row.save(db).await.expect_err("save"));
            let this = || Limit::filter(Limit::id.eq(row.id));
            errors.push(this().update(Limit::price.set(exact(bad))).execute(db).await.expect_err("update"));
            let taken = coded(bad.get(..5).unwrap_or(bad));
            let upsert = Limit::insert_many([taken]).on_conflict(Limit::code).do_update(Limit::price.set(exact(bad)));
            errors.push(upsert.execute(db).await.expect_err("upsert"));
            let mut session = db.session();
            let key = session.one(this()).await?;
            session[key].price = exact(bad);
            errors.push(session.commit().await.expect_err("a changed row of a session"));
            session[key].price = exact("2.5");
            session.commit().await?;
            assert_eq!(Limit::get(row.id, db).await?.price, exact("2.5"));
            for error in errors {
                assert_eq!((error.kind(), error.column()), (ErrorKind::OutOfRange, Some("price")), "{error}");
                assert!(error.to_string().contains("Limit.price"), "{error}");
            }
        }
    }

    /// Digits after the point are those of the column, as they are read.
    async fn exact_numbers_are_read_with_the_digits_of_their_column(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let shown = |row: &Limit| row.price.map(|price| price.to_string());
        let id = |row: &Limit| Limit::filter(Limit::id.eq(row.id));
        for (given, kept) in [("1.5", "1.500"), ("-99999.999", "-99999.999"), ("0", "0.000"), ("1.50000000", "1.500"), ("7", "7.000")] {
            let kept = Some(kept.to_string());
            let row = priced(given).insert(db).await?;
            assert_eq!(shown(&Limit::get(row.id, db).await?), kept, "insert {given}");
            let other = nothing().insert(db).await?;
            id(&other).update(Limit::price.set(exact(given))).execute(db).await?;
            assert_eq!(shown(&Limit::get(other.id, db).await?), kept, "update {given}");
            let patched = nothing().insert(db).await?.patch(LimitPatch { price: Some(exact(given)), ..Default::default() }, db).await?;
            assert_eq!(shown(&patched), kept, "patch {given}");
            let mut session = db.session();
            let key = session.add(priced(given));
            session.commit().await?;
            assert_eq!(shown(&Limit::get(session[key].id, db).await?), kept, "session {given}");
            let rows = Limit::insert_many((0..20).map(|_| priced(given))).all(db).await?;
            assert!(rows.iter().all(|row| shown(row) == kept), "insert_many {given}");
        }
    }

    /// Spaces at the end count: PostgreSQL and MariaDB would cut them off.
    async fn text_fits_its_column_whichever_verb_writes_it(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        for bad in ["abcdef", "abcd  ", "äöüßäö", "      "] {
            let column = ("code", Value::Text(bad.into()));
            let patch = || LimitPatch { code: Some(Some(bad.into())), ..Default::default() };
            let errors = refused_by_every_verb(db, || coded(bad), patch, column).await?;
            for error in errors {
                assert_eq!((error.kind(), error.column()), (ErrorKind::ValueTooLong, Some("code")), "{bad:?}: {error}");
            }
        }
        let row = coded("äö   ").insert(db).await?;
        assert_eq!(Limit::get(row.id, db).await?.code.as_deref(), Some("äö   "));
        let error = Limit::filter(Limit::id.eq(row.id)).update(Limit::code.set(Some("abcde ".to_string()))).execute(db).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::ValueTooLong, Some("code")));
    }

    async fn the_last_moment_of_each_crate_is_stored_and_read(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let micros = |nanos: i32| nanos / 1000 * 1000;
        let last = Timestamp::new(Timestamp::MAX.as_second(), micros(Timestamp::MAX.subsec_nanosecond())).expect("in range");
        let end = chrono::NaiveDate::from_ymd_opt(9999, 12, 31).and_then(|day| day.and_hms_micro_opt(23, 59, 59, 999_999)).expect("a moment");
        let day = time::Date::from_calendar_date(9999, time::Month::December, 31).expect("a day");
        let clock = time::Time::from_hms_micro(23, 59, 59, 999_999).expect("a time");
        let new = || NewLimit {
            until: Some(Timestamp::MAX),
            day: Some(jiff::civil::Date::MAX),
            chrono_until: Some(end.and_utc()),
            chrono_day: Some(end.date()),
            chrono_moment: Some(end),
            time_until: Some(time::PrimitiveDateTime::new(day, clock).assume_utc()),
            time_day: Some(day),
            time_moment: Some(time::PrimitiveDateTime::new(day, clock)),
            ..nothing()
        };
        let mut session = db.session();
        let added = session.add(new());
        session.commit().await?;
        let mut made = vec![new().insert(db).await?, session[added].clone()];
        made.extend(Limit::insert_many((0..20).map(|_| new())).all(db).await?);
        for made in made {
            let row = Limit::get(made.id, db).await?;
            assert_eq!((row.until, row.day), (Some(last), Some(jiff::civil::Date::MAX)));
            assert_eq!((row.chrono_until, row.chrono_day, row.chrono_moment), (Some(end.and_utc()), Some(end.date()), Some(end)));
            assert_eq!((row.time_day, row.time_moment), (Some(day), Some(time::PrimitiveDateTime::new(day, clock))));
        }
        assert_eq!(Limit::filter(Limit::until.eq(last) & Limit::until.is_in([last])).count(db).await?, 22);
        // And the first.
        let first = jiff::civil::date(1, 1, 1);
        let row = NewLimit { day: Some(first), moment: Some(first.at(0, 0, 0, 0)), ..nothing() }.insert(db).await?;
        let row = Limit::get(row.id, db).await?;
        assert_eq!((row.day, row.moment), (Some(first), Some(first.at(0, 0, 0, 0))));
    }

    async fn years_before_1_and_after_9999_are_refused_in_every_position(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let row = nothing().insert(db).await?;
        let ides = jiff::civil::date(-43, 3, 15);
        let ancient: Timestamp = "-000043-03-15T12:00:00Z".parse().expect("an instant");
        let later = chrono::NaiveDate::from_ymd_opt(10_000, 1, 1).expect("a day");
        let later_on = later.and_hms_opt(0, 0, 0).expect("a moment");
        let before = time::Date::from_calendar_date(-1, time::Month::January, 1).expect("a day");
        let news = [
            NewLimit { until: Some(ancient), ..nothing() },
            NewLimit { until: Some(Timestamp::MIN), ..nothing() },
            NewLimit { day: Some(ides), ..nothing() },
            NewLimit { day: Some(jiff::civil::date(0, 12, 31)), ..nothing() },
            NewLimit { moment: Some(ides.at(1, 2, 3, 0)), ..nothing() },
            NewLimit { chrono_day: Some(later), ..nothing() },
            NewLimit { chrono_day: Some(chrono::NaiveDate::MAX), ..nothing() },
            NewLimit { chrono_moment: Some(later_on), ..nothing() },
            NewLimit { chrono_moment: Some(chrono::NaiveDateTime::MIN), ..nothing() },
            NewLimit { chrono_until: Some(later_on.and_utc()), ..nothing() },
            NewLimit { chrono_until: Some(chrono::DateTime::<chrono::Utc>::MAX_UTC), ..nothing() },
            NewLimit { time_day: Some(before), ..nothing() },
            NewLimit { time_moment: Some(before.midnight()), ..nothing() },
            NewLimit { time_until: Some(before.midnight().assume_utc()), ..nothing() },
        ];
        let meta = models![Limit].model("Limit")?;
        let text = |text: &str| Value::Text(text.into());
        let watch = db.watch();
        let mut errors = Vec::new();
        for new in &news {
            errors.push(new.clone().insert(db).await.expect_err("insert"));
            let many = Limit::insert_many((0..20).map(|_| new.clone()));
            errors.push(many.execute(db).await.expect_err("insert_many"));
        }
        errors.push(row.clone().patch(LimitPatch { day: Some(Some(ides)), ..Default::default() }, db).await.expect_err("patch"));
        let this = || Limit::filter(Limit::id.eq(row.id));
        errors.push(this().update(Limit::until.set(Some(ancient))).execute(db).await.expect_err("update"));
        errors.push(Limit::filter(Limit::until.gt(ancient)).count(db).await.expect_err("a filter"));
        errors.push(Limit::filter(Limit::day.is_in([ides])).count(db).await.expect_err("a list"));
        errors.push(Limit::filter(Limit::day.eq(ides)).all(db).await.expect_err("a filter once more"));
        errors.push(dynamic::insert(meta, [("day".to_string(), text("0000-05-05"))], db).await.expect_err("dynamic"));
        let asked = DynQuery::new(meta).filter("until", Lookup::Less, text("0000-05-05T00:00:00Z"))?;
        errors.push(asked.all(db).await.expect_err("a dynamic filter"));
        errors.push(sql("select ").bind(ancient).one::<Option<String>>(db).await.expect_err("raw SQL"));
        assert_eq!(watch.statements(), 0);
        let mut session = db.session();
        session.add(NewLimit { day: Some(ides), ..nothing() });
        errors.push(session.commit().await.expect_err("a new row of a session"));
        let mut session = db.session();
        let key = session.one(this()).await?;
        session[key].until = Some(ancient);
        errors.push(session.commit().await.expect_err("a changed row of a session"));
        for error in errors {
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
            assert!(error.to_string().contains("year"), "{error}");
        }
        assert_eq!(Limit::query().count(db).await?, 1);
    }

    async fn infinities_in_lists_are_as_those_in_comparisons(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let listed = || Limit::filter(Limit::double.is_in([1.0, f64::INFINITY, f64::NEG_INFINITY]));
        NewLimit { double: Some(1.0), ..nothing() }.insert(db).await?;
        if !db.dialect().capabilities().float_infinity {
            assert_eq!(listed().count(db).await.unwrap_err().kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        for double in [f64::INFINITY, f64::NEG_INFINITY, 2.0] {
            NewLimit { double: Some(double), ..nothing() }.insert(db).await?;
        }
        assert_eq!(listed().count(db).await?, 3);
        assert_eq!(Limit::filter(Limit::double.not_in([f64::INFINITY])).count(db).await?, 3);
    }

    /// A float of 32 bits is the same number in the dynamic layer and in the typed one.
    async fn narrow_floats_stay_themselves(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let meta = models![Limit].model("Limit")?;
        for given in [Value::F32(0.1), Value::F64(0.1), Value::Text("0.1".into())] {
            let made = dynamic::insert(meta, [("single".to_string(), given)], db).await?;
            assert_eq!(made.get("single"), Some(&Value::F32(0.1)));
        }
        let rows = Limit::query().all(db).await?;
        assert!(rows.iter().all(|row| row.single == Some(0.1)), "{rows:?}");
        assert_eq!(DynQuery::new(meta).filter("single", Lookup::Equal, Value::F32(0.1))?.count(db).await?, 3);
    }

    async fn empty_text_in_a_condition_means_null_where_there_is_no_text(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let meta = models![Limit].model("Limit")?;
        NewLimit { double: Some(1.0), ..nothing() }.insert(db).await?;
        dynamic::insert(meta, [("double".to_string(), Value::Text(String::new()))], db).await?;
        for (lookup, rows) in [(Lookup::Equal, 1), (Lookup::NotEqual, 1), (Lookup::Less, 0)] {
            let found = DynQuery::new(meta).filter("double", lookup, Value::Text(" ".into()))?;
            assert_eq!(found.count(db).await?, rows, "{lookup:?}");
        }
    }

    /// A truth value is its word; a key is none of an array, a position none of an object, and only a scalar has a text.
    async fn what_is_in_a_document_is_the_same_everywhere(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let doc = serde_json::json!({
            "yes": true, "no": false, "n": 1.5, "big": 9_007_199_254_740_993_i64, "nothing": null, "text": "true",
            "list": ["a", [true], { "k": 1 }], "deep": { "0": "zero" }, "0": "key", "it's": { "a b": 7 },
        });
        NewLimit { doc: Some(doc), ..nothing() }.insert(db).await?;
        let at = |key: &str| Limit::doc.json_key(key);
        let cases: Vec<(Expr<Limit, Option<String>>, Option<&str>)> = vec![
            (at("yes"), Some("true")),
            (at("no"), Some("false")),
            (at("text"), Some("true")),
            (at("n"), Some("1.5")),
            (at("big"), Some("9007199254740993")),
            (at("nothing"), None),
            (at("missing"), None),
            (at("list"), None),
            (at("deep"), None),
            (at("list").json_index(0), Some("a")),
            (at("list").json_key("0"), None),
            (at("list").json_index(1).json_index(0), Some("true")),
            (at("list").json_index(1), None),
            (at("list").json_index(2).json_key("k"), Some("1")),
            (at("list").json_index(2).json_index(0), None),
            (at("list").json_index(9), None),
            (at("deep").json_key("0"), Some("zero")),
            (at("deep").json_index(0), None),
            (Limit::doc.json_index(0), None),
            (at("0"), Some("key")),
            (at("n").json_index(0), None),
            (at("n").json_key("0"), None),
            (at("it's").json_key("a b"), Some("7")),
        ];
        for (n, (expression, wanted)) in cases.into_iter().enumerate() {
            let found: Option<String> = Limit::query().select(expression).one(db).await?;
            assert_eq!(found.as_deref(), wanted, "case {n}");
        }
        assert_eq!(Limit::filter(at("yes").eq("true")).count(db).await?, 1);
        assert_eq!(Limit::filter(at("no").ne("false")).count(db).await?, 0);
    }

    async fn documents_that_a_database_does_not_take_are_refused_before(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Limit]).await?;
        let nested = |depth: usize| (0..depth).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
        let new = |doc: serde_json::Value| NewLimit { doc: Some(doc), ..nothing() };
        let nul = serde_json::json!({ "a": "b\0c" });
        let letters = serde_json::json!({ "a": "\\u0000" });
        let takes_nul = db.dialect().capabilities().nul_in_text;
        let takes_depth = fixture.backend != Backend::Mariadb;
        for (doc, taken) in [(nested(25), true), (nested(60), takes_depth), (nul, takes_nul), (letters, true)] {
            let watch = db.watch();
            match new(doc.clone()).insert(db).await {
                Ok(row) => {
                    assert!(taken, "{doc} was taken");
                    assert_eq!(Limit::get(row.id, db).await?.doc, Some(doc));
                }
                Err(error) => {
                    assert!(!taken, "{doc}: {error}");
                    assert_eq!((error.kind(), watch.statements()), (ErrorKind::Unsupported, 0), "{error}");
                }
            }
        }
    }

    async fn arrays_in_lists_and_their_elements(fixture) {
        let db = &fixture.db;
        if !db.dialect().capabilities().arrays {
            return Ok(());
        }
        db.create_all(&models![Several]).await?;
        let new = |numbers: &[i64]| NewSeveral { numbers: numbers.to_vec(), prices: vec![Decimal::ONE], moments: vec![Timestamp::MAX] };
        let rows = Several::insert_many([new(&[1, 2]), new(&[3]), new(&[])]).all(db).await?;
        assert_eq!(rows[0].moments[0].as_second(), Timestamp::MAX.as_second());
        for (lists, count) in [(vec![vec![1_i64, 2], vec![]], 2), (vec![vec![1]], 0)] {
            assert_eq!(Several::filter(Several::numbers.is_in(lists)).count(db).await?, count);
        }
        assert_eq!(Several::filter(Several::numbers.not_in([vec![3_i64]])).count(db).await?, 2);
        let price = NewSeveral { prices: vec![Decimal::ONE, Decimal::new(1, 12)], ..new(&[1]) };
        let error = price.insert(db).await.unwrap_err();
        assert_eq!((error.kind(), error.column()), (ErrorKind::OutOfRange, Some("prices")), "{error}");
        let moment = NewSeveral { moments: vec![Timestamp::MIN], ..new(&[1]) };
        assert_eq!(moment.insert(db).await.unwrap_err().kind(), ErrorKind::InvalidQuery);
    }
}
