//! Rule 13: keys that the database numbers may be given for some of the rows of one flush, or of one `insert_many`.

use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Parcel {
    #[field(auto, given)]
    pub id: i64,
    pub name: String,
    #[field(on_delete = cascade)]
    pub wrapped_in: Option<BelongsTo<Parcel>>,
}

fn parcel(id: Option<i64>, name: &str) -> NewParcel {
    NewParcel {
        id,
        name: name.into(),
        wrapped_in: None,
    }
}

/// Keys for every second row, which the database's own numbers do not come to.
fn some(rows: i64) -> Vec<NewParcel> {
    let key = |n: i64| (n % 2 == 1).then_some(100_000 - n);
    (0..rows).map(|n| parcel(key(n), &n.to_string())).collect()
}

/// Every row has its own name, and the key that it was given.
fn check(rows: &[Parcel]) {
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row.name, n.to_string());
        if n % 2 == 1 {
            assert_eq!(row.id, 100_000 - n as i64);
        }
    }
    let mut keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), rows.len());
}

on_every_database! {
    async fn some_rows_bring_their_keys(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Parcel]).await?;
        assert_eq!(parcel(None, "a").insert(db).await?.id, 1);
        assert_eq!(parcel(Some(70), "b").insert(db).await?.id, 70);
        let taken = parcel(Some(70), "c").insert(db).await.unwrap_err();
        assert!(taken.is_unique_violation(), "{taken}");
        for rows in [1, 2, 3, 40, 600] {
            Parcel::query().unfiltered().delete().execute(db).await?;
            check(&Parcel::insert_many(some(rows)).all(db).await?);
            Parcel::query().unfiltered().delete().execute(db).await?;
            Parcel::insert_many(some(rows)).execute(db).await?;
            let mut all = Parcel::query().all(db).await?;
            all.sort_by_key(|row| row.name.parse::<i64>().unwrap_or(-1));
            check(&all);
            Parcel::query().unfiltered().delete().execute(db).await?;
            let mut session = db.session();
            let keys = session.add_all(some(rows));
            session.commit().await?;
            let all: Vec<Parcel> = keys.iter().map(|key| session[*key].clone()).collect();
            check(&all);
        }
    }

    async fn all_rows_bring_their_keys(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Parcel]).await?;
        let all = |from: i64| (from..from + 600).map(|n| parcel(Some(n), "x"));
        let found = Parcel::insert_many(all(1_000)).all(db).await?;
        assert!(found.iter().zip(1_000..).all(|(row, id)| row.id == id));
        assert_eq!(Parcel::insert_many(all(5_000)).execute(db).await?, 600);
        let mut session = db.session();
        let keys = session.add_all(all(9_000));
        session.commit().await?;
        assert_eq!((session[keys[0]].id, session[keys[599]].id), (9_000, 9_599));
        assert_eq!(Parcel::query().count(db).await?, 1_800);
        // An upsert by the key.
        let upsert = Parcel::insert_many([parcel(Some(1_000), "y"), parcel(Some(7), "z")]);
        upsert.on_conflict(Parcel::id).do_update(Parcel::name.set(excluded(Parcel::name))).execute(db).await?;
        assert_eq!(Parcel::get(1_000, db).await?.name, "y");
        assert_eq!(Parcel::get(7, db).await?.name, "z");
    }

    async fn rows_refer_to_rows_whose_keys_were_given(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Parcel]).await?;
        let mut session = db.session();
        let outer = session.add(parcel(Some(500), "outer"));
        let inner = session.add(NewParcel { wrapped_in: Some(outer.into()), ..parcel(None, "inner") });
        let last = session.add(NewParcel { wrapped_in: Some(inner.into()), ..parcel(Some(300), "last") });
        session.flush().await?;
        assert_eq!(session[inner].wrapped_in.as_ref().map(BelongsTo::key), Some(500));
        assert_eq!(session[last].wrapped_in.as_ref().map(BelongsTo::key), Some(session[inner].id));
        // Rolled back, they are drafts with their keys.
        session.rollback().await?;
        assert_eq!(session.draft(outer)?.id, Some(500));
        assert_eq!(session.draft(inner)?.id, None);
        session.commit().await?;
        // Rule 11: removed and added again under its key, the row is updated, and what refers to it stays.
        session.remove(last)?;
        let again = session.add(parcel(Some(300), "again"));
        let report = session.commit().await?;
        assert_eq!((report.updated(), report.inserted(), report.deleted()), (1, 0, 0));
        assert_eq!((session[again].id, session[again].name.as_str()), (300, "again"));
    }

    async fn zero_is_a_key_or_refused(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Parcel]).await?;
        let zero = parcel(Some(0), "zero").insert(db).await;
        if fixture.backend == Backend::Mariadb {
            let error = zero.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery);
            assert!(error.to_string().contains("Parcel::id of a new row is 0"), "{error}");
            return Ok(());
        }
        assert_eq!(zero?.id, 0);
        assert_eq!(Parcel::get(0, db).await?.name, "zero");
    }
}
