//! Rule 23: decimals are exact in every position, and compare and sort as numbers.

use super::{Author, Book, books, dec, titles};
use aludel::expr::Order;
use aludel::expr::functions::{ceil, floor, null_if, round};
use aludel::prelude::*;
use rust_decimal::Decimal;

on_every_database! {
    async fn rule_23_decimals_compare_as_numbers_in_every_position(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let zero = || dec("0");
        let cases = [
            ("column", Book::price.gt(dec("10")), "bg"),
            ("value on the left", literal(dec("10")).lt(Book::price), "bg"),
            ("value and value", literal(dec("9")).lt(dec("10")), "abg"),
            ("coalesce", coalesce(Book::discount, zero()).gt(dec("10")), "g"),
            ("or_else", Book::discount.or_else(zero()).gt(dec("10")), "g"),
            ("case", when(Book::pages.is_null(), literal(dec("9"))).otherwise(Book::price).gt(dec("10")), "b"),
            ("case of values", when(Book::pages.is_null(), literal(dec("9"))).otherwise(literal(dec("100"))).gt(dec("10")), "ab"),
            ("greatest", greatest(Book::price, dec("11")).gt(dec("11")), "g"),
            ("least", least(Book::price, dec("9.5")).lt(dec("9.5")), "a"),
            ("null_if", null_if(Book::price, dec("9.00")).is_null(), "a"),
            ("abs", (-Book::price).abs().gt(dec("10")), "bg"),
            ("sum", (Book::price + Book::price).gt(dec("20")), "bg"),
            ("product", (Book::price * dec("10")).gt(dec("100")), "bg"),
            ("quotient", (Book::price / dec("2")).lt(dec("5")), "a"),
            ("round", round(Book::price).gt(dec("10")), "bg"),
            ("floor", floor(Book::price).eq(dec("10")), "b"),
            ("ceil", ceil(Book::price).eq(dec("11")), "b"),
            ("between", (Book::price + zero()).between(dec("9"), dec("11")), "ab"),
            ("list", (Book::price + zero()).is_in([dec("9.00"), dec("100")]), "ag"),
            ("same", Book::discount.is_not_distinct_from(dec("2.00")), "b"),
            ("subquery", Book::price.is_in_query(Book::query().select(Book::price + dec("0.00"))), "abg"),
            ("path", Book::author.books.max(Book::price).gt(dec("50")).is_true(), "g"),
            ("sum of related", Book::author.books.sum(Book::price).gt(dec("20")).is_true(), "g"),
            ("sum of related, more", Book::author.books.sum(Book::price).gt(dec("19.4")).is_true(), "abg"),
            ("cast", Book::pages.cast::<Decimal>().gt(dec("150")).is_true(), "b"),
        ];
        for (name, condition, expected) in cases {
            assert_eq!(titles(Book::filter(condition), db).await?, expected, "{name}");
        }
        let rich = Author::filter(Author::books.sum(Book::price).gt(dec("20"))).select(Author::name).all(db).await?;
        assert_eq!(rich, ["Bob"]);
    }

    async fn rule_23_decimals_sort_group_and_aggregate_as_numbers(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let sorted = async |order: Order<Book>| -> aludel::Result<String> {
            let titles = Book::query().order_by(order).select(Book::title).all(db).await?;
            Ok(titles.iter().map(|title| &title[..1]).collect())
        };
        assert_eq!(sorted(Book::price.desc()).await?, "gba");
        assert_eq!(sorted(coalesce(Book::discount, dec("10")).asc()).await?, "bag");
        assert_eq!(sorted((-(Book::price + dec("0"))).asc()).await?, "gba");
        let grouped: Vec<(String, Option<Decimal>)> = Book::query()
            .group_by(Book::author.name)
            .having(Book::price.sum().gt(dec("20")))
            .select((Book::author.name, Book::price.sum()))
            .all(db)
            .await?;
        assert_eq!(grouped, [("Bob".into(), Some(dec("100")))]);
        let all: (Option<Decimal>, Option<Decimal>, Option<Decimal>, Option<Decimal>) = Book::query()
            .select((Book::price.sum(), Book::price.avg(), Book::price.min(), coalesce(Book::discount, dec("0")).max()))
            .one(db)
            .await?;
        assert_eq!(all, (Some(dec("119.5")), Some(dec("39.8333333333")), Some(dec("9")), Some(dec("11"))));
        let distinct: i64 = Book::query().select((Book::price * dec("0")).count().distinct()).one(db).await?;
        assert_eq!(distinct, 1);
        let zeros: Vec<Decimal> = Book::query().distinct().select(Book::price * dec("0.0")).all(db).await?;
        assert_eq!(zeros, [dec("0")]);
    }

    async fn rule_23_decimals_are_selected_and_written_exactly(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let alpha = || Book::filter(Book::title.eq("alpha"));
        for (price, more, sum) in [
            ("1234567890.1234", "0.0001", "1234567890.1235"),
            ("90071992547409930.01", "0.01", "90071992547409930.02"),
            ("0.1", "0.2", "0.3"),
        ] {
            alpha().update(Book::price.set(dec(price))).execute(db).await?;
            alpha().update(Book::price.set(Book::price + dec(more))).execute(db).await?;
            assert_eq!(alpha().one(db).await?.price, dec(sum));
            let shown: (Decimal, Decimal, Decimal) = alpha()
                .select((Book::price - dec(more), (-Book::price).abs(), greatest(Book::price, dec("0"))))
                .one(db)
                .await?;
            assert_eq!(shown, (dec(price), dec(sum), dec(sum)));
        }
        alpha().update(Book::price.set(dec("10"))).execute(db).await?;
        let quotients: (Decimal, Decimal, Decimal, Decimal) = alpha()
            .select((Book::price / dec("3"), Book::price / dec("-6"), Book::price.remainder(dec("4")), round(Book::price / dec("4"))))
            .one(db)
            .await?;
        assert_eq!(quotients, (dec("3.3333333333"), dec("-1.6666666667"), dec("2"), dec("3")));
    }
}
