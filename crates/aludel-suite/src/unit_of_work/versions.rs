//! Rules 14, 26 and 28: every writer counts the version, every session compares it, and nobody writes what is counted or
//! computed.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Rack {
    pub id: i64,
    pub name: String,
    pub cartons: HasMany<Carton>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Carton {
    pub id: i64,
    #[field(unique, max_length = 20)]
    pub label: String,
    #[field(default = 0)]
    pub weight: i64,
    #[field(generated = Carton::weight * 2)]
    pub twice: i64,
    #[field(updated)]
    pub touched: Timestamp,
    #[field(version)]
    pub version: i32,
    pub rack: Option<BelongsTo<Rack>>,
}

fn carton(label: &str, weight: i64) -> NewCarton {
    NewCarton {
        label: label.into(),
        weight: Some(weight),
        touched: None,
        version: None,
        rack: None,
    }
}

fn weight(weight: i64) -> CartonPatch {
    CartonPatch {
        weight: Some(weight),
        ..Default::default()
    }
}

const WRITERS: [&str; 8] = [
    "an upsert",
    "an upsert that answers",
    "add",
    "remove",
    "set",
    "clear",
    "update_or_create",
    "an update",
];

on_every_database! {
    async fn every_writer_counts_the_version_and_keeps_the_moment(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Rack, Carton]).await?;
        let rack = NewRack { name: "r".into() }.insert(db).await?;
        let row = carton("a", 1).insert(db).await?;
        let (long_ago, of) = (Timestamp::UNIX_EPOCH, Rack::cartons.of(&rack));
        for writer in WRITERS {
            sql("update cartons set touched = ").bind(long_ago).execute(db).await?;
            let before = Carton::get(row.id, db).await?;
            assert_eq!(before.touched, long_ago);
            let mut session = db.session();
            let key = session.get::<Carton>(row.id).await?;
            let upsert = || Carton::insert_many([carton("a", 7)]).on_conflict(Carton::label).do_update(Carton::weight.set(excluded(Carton::weight)));
            match writer {
                "an upsert" => {
                    upsert().execute(db).await?;
                }
                "an upsert that answers" => {
                    let rows = upsert().all(db).await?;
                    assert_eq!((rows[0].version, rows[0].weight), (before.version + 1, 7));
                }
                "add" => of.add([&row], db).await?,
                "remove" => of.remove([&row], db).await?,
                "set" => of.set([&row], db).await?,
                "clear" => of.clear(db).await?,
                "update_or_create" => {
                    Carton::update_or_create(Carton::label.eq("a"), weight(5), || carton("a", 5), db).await?;
                }
                _ => {
                    Carton::filter(Carton::label.eq("a")).update(Carton::weight.set(6)).execute(db).await?;
                }
            }
            let after = Carton::get(row.id, db).await?;
            assert_eq!(after.version, before.version + 1, "{writer}");
            assert!(after.touched > long_ago, "{writer}");
            // So that a session which read the row before knows.
            session[key].weight = 99;
            assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData, "{writer}");
        }
        // A row that the upsert inserts begins as any other.
        Carton::insert_many([carton("new", 1)]).on_conflict(Carton::label).do_update(Carton::weight.set(0)).execute(db).await?;
        assert_eq!(Carton::filter(Carton::label.eq("new")).one(db).await?.version, 1);
    }

    async fn merge_compares_the_version_that_the_row_carries(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Rack, Carton]).await?;
        let old = carton("a", 0).insert(db).await?;
        let new = old.clone().patch(weight(1), db).await?;
        // An old row, whether the session knows the row or not.
        for known in [false, true] {
            let mut session = db.session();
            if known {
                session.get::<Carton>(old.id).await?;
            }
            let error = session.merge(Carton { weight: 9, ..old.clone() }).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::StaleData);
            assert!(error.to_string().contains(&format!("Carton {}", old.id)), "{error}");
            session.commit().await?;
            assert_eq!(Carton::get(old.id, db).await?, new);
        }
        // One that is newer than the session's: the session reads the row again. What is computed stays as it is.
        let mut session = db.session();
        let key = session.get::<Carton>(old.id).await?;
        let newer = new.patch(weight(2), db).await?;
        let merged = Carton { weight: 7, twice: 1, touched: Timestamp::UNIX_EPOCH, ..newer.clone() };
        assert_eq!(session.merge(merged).await?, key);
        session.commit().await?;
        let stored = Carton::get(old.id, db).await?;
        assert_eq!((stored.weight, stored.twice, stored.version), (7, 14, newer.version + 1));
        assert!(stored.touched >= newer.touched);
        assert_eq!(session[key], stored);
        // Unless the session has changed it.
        let newest = stored.patch(weight(3), db).await?;
        session[key].weight = 50;
        assert_eq!(session.merge(newest.clone()).await.unwrap_err().kind(), ErrorKind::StaleData);
        session.rollback().await?;
        assert_eq!(Carton::get(old.id, db).await?, newest);
    }

    async fn what_is_counted_or_computed_is_not_written(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Rack, Carton]).await?;
        let row = carton("a", 1).insert(db).await?;
        let writes: [(&str, fn(&mut Carton)); 3] = [
            ("version", |row| row.version = 9),
            ("twice", |row| row.twice = 9),
            ("touched", |row| row.touched = Timestamp::UNIX_EPOCH),
        ];
        let mut session = db.session();
        let key = session.get::<Carton>(row.id).await?;
        for (field, write) in writes {
            session[key].weight += 1;
            write(&mut session[key]);
            let watch = db.watch();
            let error = session.commit().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::SessionState);
            assert!(error.to_string().contains(&format!("Carton::{field} of Carton {}", row.id)), "{error}");
            assert_eq!(watch.statements(), 0);
            session.refresh(key).await?;
            session.commit().await?;
        }
        session.set(key, Carton::version.set(Carton::version + 1))?;
        let error = session.commit().await.unwrap_err();
        assert!(error.to_string().contains("Carton::version"), "{error}");
        session.rollback().await?;
        assert_eq!(Carton::get(row.id, db).await?, row);
    }

    async fn bulk_statements_do_not_set_it_either(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Rack, Carton]).await?;
        let row = carton("a", 1).insert(db).await?;
        let moment = Timestamp::UNIX_EPOCH;
        let this = || Carton::filter(Carton::id.eq(row.id));
        let upsert = || Carton::insert_many([carton("a", 2)]).on_conflict(Carton::label);
        let weight = || Carton::weight.set(9);
        let watch = db.watch();
        let mut session = db.session();
        for (field, error) in [
            ("version", this().update((weight(), Carton::version.set(9))).execute(db).await.err()),
            ("version", this().update(Carton::version.set(Carton::version + 1)).execute(db).await.err()),
            ("twice", this().update((weight(), Carton::twice.set(9))).execute(db).await.err()),
            ("touched", this().update((weight(), Carton::touched.set(moment))).execute(db).await.err()),
            ("touched", upsert().do_update((weight(), Carton::touched.set(moment))).execute(db).await.err()),
            ("version", upsert().do_update(Carton::version.set(9)).execute(db).await.err()),
            ("version", session.execute(this().update(Carton::version.set(9))).await.err()),
        ] {
            let error = error.unwrap_or_else(|| panic!("{field} is set"));
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
            assert!(error.to_string().contains(&format!("Carton::{field} can't be set")), "{error}");
        }
        assert!(!watch.texts().iter().any(|text| text.contains("UPDATE")), "nothing of it is sent");
        assert_eq!(Carton::get(row.id, db).await?, row);
    }
}
