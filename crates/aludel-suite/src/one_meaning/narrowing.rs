//! Rule 21: whatever narrows a query narrows every verb.

use super::{Book, books, dec, titles};
use aludel::ErrorKind;
use aludel::prelude::*;

on_every_database! {
    async fn rule_21_a_place_in_the_order_narrows_every_verb(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let by_price = Book::query().order_by(Book::price).order_by(Book::id);
        let alpha = Book::filter(Book::title.eq("alpha")).one(db).await?;
        let cursor = by_price.cursor(&alpha)?;
        let after = by_price.clone().after(cursor.clone());
        assert_eq!(titles(after.clone().unordered(), db).await.unwrap_err().kind(), ErrorKind::InvalidQuery);
        assert_eq!(after.all(db).await?.len(), 2);
        assert_eq!(after.count(db).await?, 2);
        assert!(after.exists(db).await?);
        assert_eq!(after.first(db).await?.map(|book| book.title).as_deref(), Some("beta"));
        assert_eq!(after.page(1, 1, db).await?.total, 2);
        assert_eq!(after.keyset(None, 1, db).await?.items[0].title, "beta");
        assert_eq!(after.clone().select(Book::price.sum()).one(db).await.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let mut rows = after.stream(db)?;
        let mut streamed = 0;
        while let Some(row) = rows.next().await {
            row?;
            streamed += 1;
        }
        drop(rows);
        assert_eq!(streamed, 2);
        let among = Book::id.is_in_query(after.clone().select(Book::id));
        assert_eq!(titles(Book::filter(among), db).await?, "bg");
        assert_eq!(after.clone().update(Book::rating.set(9.0)).execute(db).await?, 2);
        assert_eq!(Book::filter(Book::rating.eq(9.0)).count(db).await?, 2);
        let before = by_price.clone().before(by_price.cursor(&Book::filter(Book::title.eq("gamma")).one(db).await?)?);
        assert_eq!(before.count(db).await?, 2);
        assert_eq!(before.clone().after(cursor.clone()).count(db).await?, 1);
        assert_eq!(after.clone().limit(1).delete().execute(db).await?, 1);
        assert_eq!(titles(Book::query(), db).await?, "ag");
        assert_eq!(after.delete().execute(db).await?, 1);
        assert_eq!(titles(Book::query(), db).await?, "a");
    }

    async fn rule_21_limits_and_offsets_narrow_changes_and_lists(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let cheapest = Book::query().order_by(Book::price).limit(2);
        assert_eq!(titles(Book::filter(Book::id.is_in_query(cheapest.clone().select(Book::id))), db).await?, "ab");
        assert_eq!(titles(Book::filter(Book::id.not_in_query(cheapest.clone().select(Book::id))), db).await?, "g");
        assert_eq!(titles(Book::filter(Book::price.is_in_query(cheapest.clone().select(Book::price))), db).await?, "ab");
        assert_eq!(cheapest.clone().offset(1).count(db).await?, 2);
        let rest = Book::query().order_by(Book::price).offset(1).unfiltered();
        assert_eq!(rest.clone().update(Book::rating.set(0.0)).execute(db).await?, 2);
        assert_eq!(titles(Book::filter(Book::rating.eq(0.0)), db).await?, "bg");
        let dear = Book::query().order_by(Book::price.desc()).limit(1).offset(1).unfiltered();
        assert_eq!(dear.delete().execute(db).await?, 1);
        assert_eq!(titles(Book::query(), db).await?, "ag");
        // Without a filter, and nothing said of it.
        assert_eq!(Book::query().limit(1).delete().execute(db).await.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let grouped = Book::query().unfiltered().group_by(Book::title).delete().execute(db).await;
        assert_eq!(grouped.unwrap_err().kind(), ErrorKind::InvalidQuery);
        let had = Book::query().unfiltered().having(Book::price.sum().gt(dec("1"))).update(Book::rating.set(1.0)).execute(db).await;
        assert_eq!(had.unwrap_err().kind(), ErrorKind::InvalidQuery);
    }

    /// NULLs stand where the database puts them, in a subquery as well.
    async fn rule_22_a_place_in_a_subquery_knows_where_nulls_are(fixture) {
        let db = &fixture.db;
        books(db).await?;
        for order in [Book::pages.asc(), Book::pages.desc(), Book::pages.asc().nulls_last(), Book::pages.desc().nulls_first()] {
            let query = Book::query().order_by(order).order_by(Book::id);
            let rows = query.all(db).await?;
            for (n, row) in rows.iter().enumerate() {
                let after = query.clone().after(query.cursor(row)?);
                let listed = Book::filter(Book::id.is_in_query(after.clone().select(Book::id))).count(db).await?;
                assert_eq!((listed, after.count(db).await?), (2 - n as u64, 2 - n as u64));
            }
        }
    }
}
