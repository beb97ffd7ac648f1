//! Rule 28: functions, operators and casts have one meaning each.
#![allow(clippy::eq_op)] // A column less itself is a zero that no database knows beforehand.

use super::{Book, books, dec};
use aludel::ErrorKind;
use aludel::expr::functions::{ceil, floor, round, substring};
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;

on_every_database! {
    async fn rule_28_rounding_is_half_away_from_zero_for_every_number(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let one = Book::filter(Book::title.eq("alpha"));
        for (number, rounded, down, up) in [
            (2.5, 3.0, 2.0, 3.0),
            (3.5, 4.0, 3.0, 4.0),
            (-2.5, -3.0, -3.0, -2.0),
            (0.5, 1.0, 0.0, 1.0),
            (0.499_999_999_999_999_94, 0.0, 0.0, 1.0),
            (-0.25, 0.0, -1.0, 0.0),
            (1e300, 1e300, 1e300, 1e300),
            (2_251_799_813_685_249.5, 2_251_799_813_685_250.0, 2_251_799_813_685_249.0, 2_251_799_813_685_250.0),
        ] {
            one.clone().update(Book::rating.set(number)).execute(db).await?;
            let (a, b, c, d): (f64, f64, f64, f64) = one
                .clone()
                .select((round(Book::rating), floor(Book::rating), ceil(Book::rating), Book::rating.abs()))
                .one(db)
                .await?;
            assert_eq!((a, b, c, d), (rounded, down, up, number.abs()), "{number}");
        }
        for (number, rounded, down, up) in [("2.5", "3", "2", "3"), ("-2.5", "-3", "-3", "-2"), ("2.4999999999", "2", "2", "3"), ("7", "7", "7", "7")] {
            one.clone().update(Book::price.set(dec(number))).execute(db).await?;
            let (a, b, c, d): (Decimal, Decimal, Decimal, Decimal) = one
                .clone()
                .select((round(Book::price), floor(Book::price), ceil(Book::price), Book::price.abs()))
                .one(db)
                .await?;
            assert_eq!((a, b, c, d), (dec(rounded), dec(down), dec(up), dec(number).abs()), "{number}");
        }
        let whole: (i64, i64, i64, i64) = one.select((round(Book::id), floor(Book::id), ceil(Book::id), Book::id.abs())).one(db).await?;
        assert_eq!(whole, (1, 1, 1, 1));
    }

    async fn rule_28_divisions(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let one = Book::filter(Book::title.eq("beta"));
        let whole: (i64, i64, i64) = one.clone().select((Book::id / 4, (Book::id - 9) / 2, (Book::id - 9).remainder(4))).one(db).await?;
        assert_eq!(whole, (0, -3, -3));
        let float: (f64, f64) = one.clone().select((Book::rating / 2.0, Book::rating / 4.0)).one(db).await?;
        assert_eq!(float, (-1.25, -0.625));
        // By zero it is NULL, in every kind of statement.
        let zero = |expected: &str| expected.to_owned();
        for (kind, condition) in [
            (zero("integers"), (Book::id / (Book::id - Book::id)).is_null()),
            (zero("remainders"), (Book::id.remainder(Book::id - Book::id)).is_null()),
            (zero("floats"), (Book::rating / (Book::rating - Book::rating)).is_null()),
            (zero("decimals"), (Book::price / (Book::price - Book::price)).is_null()),
            (zero("decimal remainders"), (Book::price.remainder(Book::price - Book::price)).is_null()),
            (zero("constants"), (Book::id / literal(0_i64)).is_null()),
        ] {
            assert_eq!(Book::filter(condition).count(db).await?, 3, "{kind}");
        }
        one.clone().update(Book::pages.set(Book::pages / literal(0_i32))).execute(db).await?;
        assert_eq!(one.clone().one(db).await?.pages, None);
        let rest = one.select(Book::rating.remainder(1.0)).one(db).await;
        match fixture.backend {
            crate::harness::Backend::Postgres => assert_eq!(rest.unwrap_err().kind(), ErrorKind::Unsupported),
            _ => assert_eq!(rest?, -0.5),
        }
    }

    async fn rule_28_text(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let one = Book::filter(Book::title.eq("alpha"));
        for (from, count, expected) in [(1, 2, "al"), (2, 3, "lph"), (0, 2, "a"), (-1, 3, "a"), (-5, 3, ""), (4, 99, "ha"), (9, 1, ""), (1, 0, ""), (1, -1, "")] {
            let text: String = one.clone().select(substring(Book::title, from, count)).one(db).await?;
            assert_eq!(text, expected, "{from} {count}");
        }
        one.clone().update(Book::title.set("x\\")).execute(db).await?;
        for (pattern, found) in [("x\\", 1), ("x\\\\", 1), ("x_", 1), ("%\\", 1), ("x", 0), ("\\", 0)] {
            assert_eq!(Book::filter(Book::title.like(pattern)).count(db).await?, found, "{pattern}");
        }
    }

    async fn rule_28_casts(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let one = Book::filter(Book::title.eq("beta"));
        let numbers: (i64, i64, Decimal, f64) = one
            .clone()
            .select((Book::price.cast::<i64>(), (Book::rating * 3.0).cast::<i64>(), Book::id.cast::<Decimal>(), Book::price.cast::<f64>()))
            .one(db)
            .await?;
        assert_eq!(numbers, (11, -8, dec("2"), 10.5));
        let texts: (String, String) = one.clone().select((Book::id.cast::<String>(), Book::id.gt(1).cast::<String>())).one(db).await?;
        assert_eq!(texts, ("2".into(), "true".into()));
        let times: (Date, DateTime) = one.clone().select((Book::at.cast::<Date>(), Book::published.cast::<DateTime>())).one(db).await?;
        assert_eq!(times, ("2024-02-29".parse().expect("a date"), "2024-02-29T00:00:00".parse().expect("a time")));
        let time: Time = one.select(Book::at.cast::<Time>()).one(db).await?;
        assert_eq!(time, "23:59:59.123456".parse().expect("a time"));
    }

    /// The clock fits the column that it is written to and compared with.
    async fn rule_28_the_clock(fixture) {
        let db = &fixture.db;
        books(db).await?;
        Book::query().unfiltered().update((Book::published.set(now()), Book::at.set(today()))).execute(db).await?;
        let book = Book::filter(Book::title.eq("alpha")).one(db).await?;
        let today = Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        assert!(book.published == today || book.published == today.yesterday().expect("a day"));
        assert_eq!(book.at.to_zoned(jiff::tz::TimeZone::UTC).time(), Time::midnight());
        assert_eq!(Book::filter(Book::published.le(now()) & Book::at.le(now())).count(db).await?, 3);
        assert_eq!(Book::filter(Book::published.lt(now())).count(db).await?, 0);
    }

    /// Equal expressions are one, with values in them, too.
    async fn rule_16_groups_by_expressions_with_values(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let letter = || substring(Book::title, 2, 1);
        let groups: Vec<(String, i64)> = Book::query().group_by(letter()).order_by(letter()).select((letter(), count())).all(db).await?;
        assert_eq!(groups, [("a".into(), 1), ("e".into(), 1), ("l".into(), 1)]);
        let pages = || coalesce(Book::pages, 0);
        let groups: Vec<(i32, i64)> = Book::query().group_by(pages()).having(pages().ge(100)).order_by(pages().desc()).select((pages(), count())).all(db).await?;
        assert_eq!(groups, [(200, 1), (100, 1)]);
        let long = || when(Book::pages.gt(150), "long").otherwise("short");
        let groups: Vec<(String, i64)> = Book::query().group_by(long()).order_by(long()).select((long(), count())).all(db).await?;
        assert_eq!(groups, [("long".into(), 1), ("short".into(), 2)]);
        let distinct: Vec<String> = Book::query().distinct().order_by(long()).select(long()).all(db).await?;
        assert_eq!(distinct, ["long", "short"]);
    }
}
