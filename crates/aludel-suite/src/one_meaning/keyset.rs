//! Rule 22: keyset pages, in every order, both ways, over paths and NULLs.

use super::{Author, Book, NewBook, books, dec};
use crate::harness::Backend;
use aludel::prelude::*;
use aludel::query::{Cursor, KeysetPage};
use aludel::{ErrorKind, Query};

/// All pages, one after the other, and back again.
async fn walked(
    query: &Query<Book>,
    size: u64,
    db: &Database,
) -> aludel::Result<(Vec<i64>, Vec<i64>)> {
    let ids = |page: &KeysetPage<Book>| page.items.iter().map(|book| book.id).collect::<Vec<_>>();
    // A cursor goes out as text and comes back.
    let sent = |cursor: Option<Cursor>| {
        cursor.map(|cursor| cursor.to_string().parse().expect("its own text"))
    };
    let mut page = query.keyset(None, size, db).await?;
    assert_eq!(page.previous, None);
    let mut forth = ids(&page);
    let mut pages = vec![ids(&page)];
    while let Some(next) = sent(page.next.clone()) {
        page = query.keyset(Some(next), size, db).await?;
        assert!(!page.items.is_empty());
        forth.extend(ids(&page));
        pages.push(ids(&page));
    }
    let mut back = pages.pop().unwrap_or_default();
    while let Some(previous) = sent(page.previous.clone()) {
        page = query.keyset(Some(previous), size, db).await?;
        assert_eq!(Some(ids(&page)), pages.pop());
        back = ids(&page).into_iter().chain(back).collect();
    }
    assert!(pages.is_empty());
    Ok((forth, back))
}

on_every_database! {
    async fn rule_22_pages_go_both_ways_in_every_order(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let some = Book::query().order_by(Book::id).all(db).await?;
        // Ties and NULLs.
        for n in 0..20 {
            let book = &some[n % 3];
            NewBook {
                title: format!("t{}", n % 4),
                price: book.price,
                discount: book.discount,
                pages: (n % 3 > 0).then_some(n as i32 % 2),
                rating: book.rating,
                level: book.level,
                published: book.published,
                at: book.at,
                author: (&book.author).into(),
            }
            .insert(db)
            .await?;
        }
        let orders: Vec<(&str, Query<Book>)> = vec![
            ("none", Book::query()),
            ("key", Book::query().order_by(Book::id.desc())),
            ("ties", Book::query().order_by(Book::title)),
            ("ties down", Book::query().order_by(Book::title.desc())),
            ("nulls", Book::query().order_by(Book::pages)),
            ("nulls down", Book::query().order_by(Book::pages.desc())),
            ("nulls first", Book::query().order_by(Book::pages.asc().nulls_first())),
            ("nulls last", Book::query().order_by(Book::pages.desc().nulls_last())),
            ("several", Book::query().order_by((Book::level.desc(), Book::discount, Book::rating.desc()))),
            ("path", Book::query().order_by(Book::author.name.desc())),
            ("nullable path", Book::query().order_by(Book::author.city).order_by(Book::price.desc())),
            ("filtered", Book::filter(Book::title.ne("t1")).order_by(Book::title.desc())),
        ];
        for (name, query) in orders {
            let whole: Vec<i64> = {
                let first = query.keyset(None, 100, db).await?;
                assert_eq!((first.next, first.previous), (None, None), "{name}");
                first.items.iter().map(|book| book.id).collect()
            };
            assert_eq!(whole.len() as u64, query.count(db).await?, "{name}");
            for size in [1, 7, 23] {
                let (forth, back) = walked(&query, size, db).await?;
                assert_eq!((&forth, &back), (&whole, &whole), "{name} by {size}");
            }
        }
    }

    async fn rule_22_a_page_of_columns_and_of_rows_that_are_gone(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let query = Book::query().order_by(Book::price.desc());
        let titles = query.clone().select((Book::title, Book::author.name)).keyset(None, 2, db).await?;
        assert_eq!(titles.items, [("gamma".into(), "Bob".to_owned()), ("beta".into(), "Ann".into())]);
        let page = query.keyset(titles.next.clone(), 2, db).await?;
        assert_eq!(page.items[0].title, "alpha");
        // The row of the last page goes; the way back leads to those that stay.
        Book::filter(Book::title.eq("alpha")).delete().execute(db).await?;
        let gone = query.keyset(titles.next, 2, db).await?;
        assert!(gone.items.is_empty() && gone.next.is_none());
        let back = query.keyset(gone.previous, 2, db).await?;
        assert_eq!(back.items.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(), ["gamma", "beta"]);
    }

    async fn rule_22_what_makes_no_page_is_refused(fixture) {
        let db = &fixture.db;
        books(db).await?;
        let query = Book::query().order_by(Book::price);
        let cursor = query.keyset(None, 1, db).await?.next.expect("a page more");
        let watch = db.watch();
        let refused: Vec<(&str, aludel::Result<KeysetPage<Book>>)> = vec![
            ("no rows", query.keyset(None, 0, db).await),
            ("another order", Book::query().order_by(Book::title).keyset(Some(cursor.clone()), 1, db).await),
            ("the other direction", Book::query().order_by(Book::price.desc()).keyset(Some(cursor.clone()), 1, db).await),
            ("more terms", query.clone().order_by(Book::title).keyset(Some(cursor.clone()), 1, db).await),
            ("an expression", Book::query().order_by(Book::price + dec("1")).keyset(None, 1, db).await),
            ("a limit", query.clone().limit(1).keyset(None, 1, db).await),
            ("an offset", query.clone().offset(1).keyset(None, 1, db).await),
            ("distinct", query.clone().distinct().keyset(None, 1, db).await),
            ("other values", query.keyset(Some(Cursor::new(vec![Value::Text("x".into()), Value::I64(1)])), 1, db).await),
        ];
        for (name, result) in refused {
            assert_eq!(result.map(|page| page.items.len()).map_err(|error| error.kind()), Err(ErrorKind::InvalidQuery), "{name}");
        }
        let authors = Author::query().order_by(Author::name);
        assert_eq!(authors.keyset(Some(cursor.clone()), 1, db).await.unwrap_err().kind(), ErrorKind::InvalidQuery);
        // A row has no place in an order with ties.
        let row = query.first(db).await?.expect("a row");
        assert_eq!(watch.statements(), 1);
        assert_eq!(query.cursor(&row).unwrap_err().kind(), ErrorKind::InvalidQuery);
        assert!(query.order_by(Book::id).cursor(&row).is_ok());
    }

    /// A page in the middle reads its own rows only, by the index.
    async fn rule_22_a_page_is_read_by_its_index(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Entry]).await?;
        Entry::insert_many((0..20_000).map(|n| NewEntry { a: n / 10 })).execute(db).await?;
        match fixture.backend {
            Backend::Mariadb => sql("ANALYZE TABLE keyset_entries").rows(db).await.map(drop)?,
            _ => sql("ANALYZE").execute(db).await.map(drop)?,
        }
        for query in [Entry::query().order_by(Entry::a.desc()), Entry::query().order_by(Entry::a)] {
            let middle = query.clone().order_by(Entry::id.desc());
            let middle = if query.to_sql(db.dialect())?.text.contains("DESC") { middle } else { query.clone().order_by(Entry::id) };
            let row = Entry::filter(Entry::id.eq(10_000)).one(db).await?;
            let page = middle.clone().after(middle.cursor(&row)?).limit(10);
            assert_eq!(page.all(db).await?.len(), 10);
            let plan = page.explain(db).await?;
            let (index, scan) = match fixture.backend {
                Backend::Sqlite => ("SEARCH keyset_entries USING COVERING INDEX", "SCAN"),
                Backend::Postgres => ("Index Cond: (ROW(a, id) ", "Seq Scan"),
                Backend::Mariadb => ("range", "ALL"),
            };
            assert!(plan.contains(index) && !plan.contains(scan), "{plan}");
        }
    }

    /// Also where very many rows have the same first term: the index is entered at the place, by all terms. SQLite compares
    /// rows by their first term alone where another one is its row id, and goes through the rows that have it.
    async fn rule_22_a_page_among_ties_is_read_by_its_index(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Entry]).await?;
        Entry::insert_many((0..20_000).map(|_| NewEntry { a: 7 })).execute(db).await?;
        match fixture.backend {
            Backend::Mariadb => sql("ANALYZE TABLE keyset_entries").rows(db).await.map(drop)?,
            _ => sql("ANALYZE").execute(db).await.map(drop)?,
        }
        let row = Entry::filter(Entry::id.eq(10_000)).one(db).await?;
        let up = Entry::query().order_by((Entry::a, Entry::id));
        let down = Entry::query().order_by((Entry::a.desc(), Entry::id.desc()));
        for (query, first) in [(up, 10_001), (down, 9_999)] {
            let page = query.clone().after(query.cursor(&row)?).limit(10);
            assert_eq!(page.all(db).await?[0].id, first);
            let plan = page.explain(db).await?;
            let index = match fixture.backend {
                Backend::Sqlite => "(a",
                Backend::Postgres => "Index Cond: (ROW(a, id) ",
                Backend::Mariadb => "range",
            };
            assert!(plan.contains(index), "{plan}");
        }
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "keyset_entries", index(a, id))]
struct Entry {
    id: i64,
    a: i64,
}
