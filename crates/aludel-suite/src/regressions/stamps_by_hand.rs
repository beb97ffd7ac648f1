//! Rule 26: whoever sets a moment by hand that every write sets by itself has in memory, after the write, what the database has.

use aludel::ErrorKind;
use aludel::dynamic::{self, DynQuery};
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stamped_pages")]
struct Page {
    id: i64,
    #[field(unique, max_length = 20)]
    code: String,
    title: String,
    #[field(created)]
    made: Timestamp,
    #[field(updated)]
    seen: Timestamp,
}

/// Without anything that a write changes by itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stamped_leaves")]
struct Leaf {
    id: i64,
    title: String,
    #[field(created)]
    made: Timestamp,
}

fn long_ago() -> Timestamp {
    "2001-02-03T04:05:06Z".parse().expect("a moment")
}

on_every_database! {
    async fn memory_has_what_the_database_has_of_moments_set_by_hand(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Page, Leaf]).await?;
        let mut pairs: Vec<(&str, Page, Page)> = Vec::new();
        let page = |code: &str| NewPage::new(code, "first");
        let stored = async |id: i64| Page::get(id, db).await;
        let by_hand = async |code: &str| -> aludel::Result<Page> {
            let mut row = page(code).insert(db).await?;
            (row.made, row.seen, row.title) = (long_ago(), long_ago(), "second".into());
            Ok(row)
        };
        let new = page("insert").insert(db).await?;
        pairs.push(("insert", stored(new.id).await?, new));
        let new = Page::insert_many([page("many")]).all(db).await?.swap_remove(0);
        pairs.push(("insert_many", stored(new.id).await?, new));

        let mut row = by_hand("save").await?;
        row.save(db).await?;
        pairs.push(("save", stored(row.id).await?, row));
        let mut row = by_hand("save twice").await?;
        row.save(db).await?;
        row.made = long_ago();
        row.save(db).await?;
        pairs.push(("save twice", stored(row.id).await?, row));
        let before = page("save_changed").insert(db).await?;
        let mut row = Page { made: long_ago(), seen: long_ago(), title: "second".into(), ..before.clone() };
        row.save_changed(&before, db).await?;
        pairs.push(("save_changed", stored(row.id).await?, row));
        let before = page("save_changed nothing").insert(db).await?;
        let mut row = Page { made: long_ago(), seen: long_ago(), ..before.clone() };
        row.save_changed(&before, db).await?;
        pairs.push(("save_changed, nothing else", stored(row.id).await?, row));
        let row = by_hand("patch").await?;
        let row = row.patch(PagePatch { title: Some("third".into()), ..Default::default() }, db).await?;
        pairs.push(("patch", stored(row.id).await?, row));

        // A session says that it is no change, and goes on when it is taken back.
        let mut session = db.session();
        let before = page("session").insert(db).await?;
        let key = session.get::<Page>(before.id).await?;
        (session[key].made, session[key].title) = (long_ago(), "second".into());
        assert_eq!(session.flush().await.unwrap_err().kind(), ErrorKind::SessionState);
        session[key].made = before.made;
        let fresh = session.add(page("session, new"));
        session.flush().await?;
        session.commit().await?;
        for (label, key) in [("a session", key), ("a session's new row", fresh)] {
            let row = session[key].clone();
            pairs.push((label, stored(row.id).await?, row));
        }

        let row = by_hand("upsert").await?;
        let again = Page::insert_many([NewPage::new(row.code.as_str(), "again")]).on_conflict(Page::code).do_update(Page::title.set("again")).all(db).await?.swap_remove(0);
        pairs.push(("upsert", stored(row.id).await?, again));
        let (row, _) = Page::update_or_create(Page::code.eq("upsert"), PagePatch { title: Some("more".into()), ..Default::default() }, || page("upsert"), db).await?;
        pairs.push(("update_or_create", stored(row.id).await?, row));

        let faults: Vec<String> = pairs.iter().filter(|(_, stored, memory)| stored != memory).map(|(label, stored, memory)| format!("{label}: the database has {stored:?}, memory {memory:?}")).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        // Nothing of it is written.
        for row in Page::query().all(db).await? {
            assert!(row.made > long_ago() && row.seen >= row.made, "{row:?}");
        }
        let mut leaf = NewLeaf::new("first").insert(db).await?;
        (leaf.made, leaf.title) = (long_ago(), "second".into());
        leaf.save(db).await?;
        assert_eq!(leaf, Leaf::get(leaf.id, db).await?, "without a moment of the last change");
        // A new row is given its moments, which are kept without parts finer than the column's.
        let given: Timestamp = "2001-02-03T04:05:06.123456789Z".parse().expect("a moment");
        let new = |code: &str| NewPage { made: Some(given), seen: Some(given), ..page(code) };
        new("given, upsert").insert(db).await?;
        let mut session = db.session();
        let key = session.add(new("given, session"));
        session.commit().await?;
        for row in [
            new("given, insert").insert(db).await?,
            Page::insert_many([new("given, many")]).all(db).await?.swap_remove(0),
            Page::insert_many([new("given, upsert")]).on_conflict(Page::code).do_update(Page::title.set("again")).all(db).await?.swap_remove(0),
            session[key].clone(),
        ] {
            assert_eq!(row, stored(row.id).await?, "{}", row.code);
        }
        // By names, a moment can't be set at all, and a session by names says what it has written.
        let given = || vec![("title".to_owned(), Value::Text("x".into())), ("made".to_owned(), Value::Null)];
        assert!(dynamic::insert(Leaf::meta(), given(), db).await.is_err());
        assert!(dynamic::update(Leaf::meta(), vec![Value::I64(leaf.id)], given(), db).await.is_err());
        assert!(DynQuery::new(Leaf::meta()).unfiltered().update(given()).is_err());
    }
}
