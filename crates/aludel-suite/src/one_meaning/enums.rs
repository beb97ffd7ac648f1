//! Rule 24: enums compare and sort by declaration order; booleans are conditions.

use super::{Book, Level, books, titles};
use aludel::expr::functions::null_if;
use aludel::prelude::*;

on_every_database! {
    async fn rule_24_enums_compare_in_the_order_of_their_declaration(fixture) {
        let db = &fixture.db;
        books(db).await?;
        // alpha is Medium, beta Low, gamma High.
        let cases = [
            ("at least", Book::level.ge(Level::Medium), "ag"),
            ("greater", Book::level.gt(Level::Medium), "g"),
            ("less", Book::level.lt(Level::Medium), "b"),
            ("at most", Book::level.le(Level::Medium), "ab"),
            ("less than the least", Book::level.lt(Level::Low), ""),
            ("not less than the least", !Book::level.lt(Level::Low), "abg"),
            ("greater than the greatest", Book::level.gt(Level::High), ""),
            ("value on the left", literal(Level::Medium).le(Book::level), "ag"),
            ("columns", Book::level.le(Book::level), "abg"),
            ("between", Book::level.between(Level::Low, Level::Medium), "ab"),
            ("case", when(Book::pages.is_null(), literal(Level::Low)).otherwise(Book::level).ge(Level::Medium), "a"),
            ("greatest", greatest(Book::level, Level::Medium).eq(Level::Medium), "ab"),
            ("least", least(Book::level, Level::Medium).lt(Level::Medium), "b"),
            ("coalesce", coalesce(null_if(Book::level, Level::High), Level::Low).gt(Level::Low), "a"),
            ("list", Book::level.is_in([Level::Low, Level::High]), "bg"),
            ("greatest of related", Book::author.books.max(Book::level).gt(Level::Medium).is_true(), "g"),
        ];
        for (name, condition, expected) in cases {
            assert_eq!(titles(Book::filter(condition), db).await?, expected, "{name}");
        }
    }

    async fn rule_24_enums_sort_and_aggregate_in_the_order_of_their_declaration(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let levels = Book::query().order_by(Book::level).select(Book::level).all(db).await?;
        assert_eq!(levels, [Level::Low, Level::Medium, Level::High]);
        let levels = Book::query().order_by(Book::level.desc()).select(Book::level).all(db).await?;
        assert_eq!(levels, [Level::High, Level::Medium, Level::Low]);
        let ends: (Option<Level>, Option<Level>) = Book::query().select((Book::level.min(), Book::level.max())).one(db).await?;
        assert_eq!(ends, (Some(Level::Low), Some(Level::High)));
        let (grouped,): (Option<Level>,) = Book::query()
            .group_by(Book::author.name)
            .having(Book::level.max().lt(Level::High))
            .select((Book::level.max(),))
            .one(db)
            .await?;
        assert_eq!(grouped, Some(Level::Medium));
        // Pages go by it, too.
        let query = Book::query().order_by(Book::level);
        let first = query.keyset(None, 2, db).await?;
        let second = query.keyset(first.next, 2, db).await?;
        assert_eq!(second.items.iter().map(|book| book.level).collect::<Vec<_>>(), [Level::High]);
    }
}
