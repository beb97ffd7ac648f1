//! Rule 24 for numbers: a quotient is NULL where the divisor is zero, its type says so, and no NULL gets where none may be.
#![allow(clippy::eq_op)] // A column less itself is a zero that no database knows beforehand.

use aludel::ErrorKind;
use aludel::expr::functions::{floor, null_if, round};
use aludel::prelude::*;
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "divided_parts")]
struct Part {
    #[field(auto, given)]
    id: i64,
    whole: i64,
    zero: i64,
    #[field(default = 1)]
    must: i64,
    #[field(default = 9)]
    byte: u8,
    #[field(default = 2.5)]
    half: f64,
    none: f64,
    price: Decimal,
    nil: Decimal,
    maybe: Option<i64>,
    no_price: Option<Decimal>,
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

async fn parts(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Part]).await?;
    let part = NewPart::new(None, 7, 0, 0.0, dec("10"), dec("0"));
    Part::insert_many([part.clone(), part]).execute(db).await?;
    Ok(())
}

on_every_database! {
    /// By a value of Rust a quotient is what the dividend is, by anything else an `Option` of it, never of an `Option`.
    async fn the_type_of_a_quotient_says_whether_it_may_be_null(fixture) {
        let db = &fixture.db;
        parts(db).await?;
        let one = Part::filter(Part::id.eq(1));
        let by_values = (Part::whole / 2, Part::byte / 2, Part::half / 2.0, Part::price / dec("4"), (Part::whole - 1) / 2, Part::whole.remainder(4), Part::price.remainder(dec("4")), Part::maybe / 2);
        let by_values: (i64, u8, f64, Decimal, i64, i64, Decimal, Option<i64>) = one.clone().select(by_values).one(db).await?;
        assert_eq!(by_values, (3, 4, 1.25, dec("2.5"), 3, 3, dec("2"), None));
        let by_zero = (Part::whole / Part::zero, Part::half / Part::none, Part::price / Part::nil, Part::whole / (Part::whole - Part::whole), Part::whole.remainder(Part::zero), Part::price.remainder(Part::nil), Part::whole / literal(0_i64), Part::byte / (Part::byte - Part::byte));
        let by_zero: (Option<i64>, Option<f64>, Option<Decimal>, Option<i64>, Option<i64>, Option<Decimal>, Option<i64>, Option<u8>) = one.clone().select(by_zero).one(db).await?;
        assert_eq!(by_zero, (None, None, None, None, None, None, None, None));
        let by_options = (Part::whole / Part::maybe, Part::maybe / Part::whole, Part::whole / null_if(Part::zero, 0), Part::whole / None, Part::whole / Some(2), Part::price / Part::no_price, (Part::whole / Part::whole) / Part::maybe);
        let by_options: (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<Decimal>, Option<i64>) = one.clone().select(by_options).one(db).await?;
        assert_eq!(by_options, (None, None, None, None, Some(3), None, None));
        let around = (round(Part::half / Part::none), floor(Part::price / Part::nil), (Part::whole / Part::zero) + 1, -(Part::whole / Part::zero), (Part::whole / Part::zero).abs(), (Part::whole / Part::zero).gt(1), (Part::whole / Part::zero).cast::<f64>(), coalesce(Part::whole / Part::zero, 5));
        let around: (Option<f64>, Option<Decimal>, Option<i64>, Option<i64>, Option<i64>, Option<bool>, Option<f64>, i64) = one.clone().select(around).one(db).await?;
        assert_eq!(around, (None, None, None, None, None, None, None, 5));
        let totals = ((Part::whole / Part::zero).sum(), Part::whole.sum().expr() / count().expr(), Part::id.count().expr() / 2, Part::whole / Part::maybe.max().or_else(1));
        let totals: (Option<i64>, Option<i64>, i64, Option<i64>) = Part::query().group_by(Part::whole).select(totals).one(db).await?;
        assert_eq!(totals, (None, Some(7), 1, Some(7)));
        let unknown = (Part::whole.untyped() / 2).typed::<i64>();
        assert_eq!(one.clone().select(unknown).one(db).await?, 3);
        assert_eq!(one.select((Part::whole.untyped() / Part::zero).typed::<Option<i64>>()).one(db).await?, None);
    }

    /// A value of Rust that is zero is refused before anything is sent, wherever it stands, and also in a query that was
    /// asked before with another value.
    async fn by_a_zero_of_rust_nothing_is_sent(fixture) {
        let db = &fixture.db;
        parts(db).await?;
        let all = Part::query;
        for n in [2_i64, 3, 0, 2, 0] {
            let found = Part::filter((Part::whole / n).gt(1)).all(db).await;
            match n {
                0 => assert_eq!(found.unwrap_err().kind(), ErrorKind::InvalidQuery),
                _ => assert_eq!(found?.len(), 2, "by {n}"),
            }
        }
        let errors = [
            ("whole", "a column", all().select(Part::whole / 0).all(db).await.err()),
            ("whole", "a remainder", all().select(Part::whole.remainder(0)).all(db).await.err()),
            ("half", "a float", all().select(Part::half / 0.0).all(db).await.err()),
            ("half", "the other zero", all().select(Part::half / -0.0).all(db).await.err()),
            ("price", "a decimal", all().select(Part::price / dec("0.00")).all(db).await.err()),
            ("byte", "a byte", all().select(Part::byte / 0).all(db).await.err()),
            ("maybe", "of what may be NULL", all().select(Part::maybe / 0).all(db).await.err()),
            ("whole", "by an Option", all().select(Part::whole / Some(0)).all(db).await.err()),
            ("whole", "untyped", Part::filter((Part::whole.untyped() / 0).gt(1)).all(db).await.err()),
            ("(an expression)", "an expression", all().select((Part::whole + 1) / 0).all(db).await.err()),
            ("whole", "order", all().order_by((Part::whole / 0).asc()).all(db).await.err()),
            ("whole", "counted", Part::filter((Part::whole / 0).gt(1)).count(db).await.err()),
            ("whole", "having", all().group_by(Part::whole).having((Part::whole / 0).gt(1)).select(count()).all(db).await.err()),
            ("whole", "update", all().unfiltered().update(Part::whole.set(Part::whole / 0)).execute(db).await.err()),
            ("whole", "delete", Part::filter((Part::whole / 0).is_null()).delete().execute(db).await.err()),
        ];
        for (what, label, error) in errors {
            let error = error.unwrap_or_else(|| panic!("{label} is no error"));
            let text = error.to_string();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{label}: {text}");
            assert!(text.contains(what) && text.contains("literal"), "{label}: {text}");
        }
        assert_eq!(all().count(db).await?, 2);
    }

    /// The quotient that is NULL is written by no verb to a column that takes none: not as a NULL, and not as a 0.
    async fn no_verb_writes_a_quotient_that_is_null(fixture) {
        let db = &fixture.db;
        parts(db).await?;
        let quotient = || (Part::whole / Part::zero).typed::<i64>();
        let new = || NewPart { id: Some(1), ..NewPart::new(None, 7, 0, 0.0, dec("10"), dec("0")) };
        let one = || Part::filter(Part::id.eq(1));
        let from = || Part::filter(Part::id.eq(1)).select((Part::whole, Part::zero, quotient(), Part::none, Part::price, Part::nil));
        let into = (Part::whole, Part::zero, Part::must, Part::none, Part::price, Part::nil);
        let mut session = db.session();
        let key = session.get::<Part>(1).await?;
        session.set(key, Part::must.set(quotient()))?;
        let mut several = db.session();
        for row in several.all(Part::query()).await? {
            several.set(row, (Part::must.set(quotient()), Part::whole.set(Part::whole + 1)))?;
        }
        let answers = db.dialect().capabilities().update_returning;
        for (label, written) in [
            ("one row", one().update(Part::must.set(quotient())).execute(db).await.map(drop)),
            ("all rows", Part::query().unfiltered().update(Part::must.set(quotient())).execute(db).await.map(drop)),
            ("with another", one().update((Part::whole.set(Part::whole + 1), Part::must.set(quotient()))).execute(db).await.map(drop)),
            ("that answers", one().update(Part::must.set(quotient())).returning(Part::id).all(db).await.map(drop)),
            ("a session", session.commit().await.map(drop)),
            ("a session of several", several.commit().await.map(drop)),
            ("an upsert", Part::insert_many([new()]).on_conflict(Part::id).do_update(Part::must.set(quotient())).execute(db).await.map(drop)),
            ("a query", Part::insert_from(into, from()).execute(db).await.map(drop)),
        ] {
            let error = written.err().unwrap_or_else(|| panic!("{label} writes it"));
            if label == "that answers" && !answers {
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{label}: {error}");
                continue;
            }
            let fields = error.constraint().map(|constraint| constraint.fields.clone()).unwrap_or_default();
            assert_eq!((error.kind(), fields), (ErrorKind::NotNullViolation, vec!["must".to_owned()]), "{label}: {error}");
        }
        let rows = Part::query().all(db).await?;
        assert!(rows.len() == 2 && rows.iter().all(|row| row.must == 1 && row.whole == 7), "{rows:?}");
        one().update((Part::maybe.set(Part::whole / Part::zero), Part::whole.set(Part::whole / 2))).execute(db).await?;
        let row = one().one(db).await?;
        assert_eq!((row.maybe, row.whole), (None, 3));
    }

    /// On SQLite what is no number would be a NULL.
    async fn what_is_no_number_is_no_null(fixture) {
        let db = &fixture.db;
        parts(db).await?;
        if fixture.backend != crate::harness::Backend::Sqlite {
            return Ok(());
        }
        Part::query().unfiltered().update(Part::half.set(f64::INFINITY)).execute(db).await?;
        for (label, found) in [
            ("a difference", Part::query().select(Part::half - Part::half).all(db).await),
            ("a product", Part::query().select(Part::half * Part::none).all(db).await),
            ("a remainder", Part::query().select(Part::half.remainder(2.0)).all(db).await),
        ] {
            assert_eq!(found.map_err(|error| error.kind()), Err(ErrorKind::OutOfRange), "{label}");
        }
    }
}
