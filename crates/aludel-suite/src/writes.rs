//! What writes refuse, keep apart and let others do: keys and columns given twice, callers at once, documents.

use crate::harness::Backend;
use aludel::prelude::*;
use aludel::{Error, ErrorKind};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    new_derive(serde::Deserialize),
    patch_derive(serde::Deserialize),
    new_attr(serde(deny_unknown_fields)),
    patch_attr(serde(deny_unknown_fields))
)]
pub struct Shelf {
    pub id: i64,
    #[field(unique, max_length = 50)]
    pub name: String,
    pub room: Option<String>,
    #[field(
        default = 0,
        new_attr(serde(skip)),
        patch_attr(serde(rename = "places"))
    )]
    pub slots: i64,
    pub keeper: BelongsTo<Keeper>,
    pub deputy: Option<BelongsTo<Keeper>>,
    #[field(version)]
    pub version: i64,
    #[field(created)]
    pub made: Timestamp,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(patch_derive(serde::Deserialize, serde::Serialize))]
pub struct Keeper {
    pub id: i64,
    pub name: String,
    pub note: Option<String>,
}

fn new_keeper(name: &str) -> NewKeeper {
    NewKeeper {
        name: name.into(),
        note: None,
    }
}

async fn keeper(db: &Database) -> aludel::Result<Keeper> {
    db.create_all(&models![Keeper, Shelf]).await?;
    new_keeper("Kim").insert(db).await
}

fn shelf(name: &str, keeper: &Keeper) -> NewShelf {
    NewShelf {
        name: name.into(),
        room: None,
        slots: None,
        keeper: keeper.into(),
        deputy: None,
        version: None,
        made: None,
    }
}

fn patch(json: &str) -> Result<ShelfPatch, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

on_every_database! {
    /// Callers at once with keys of their own don't stand in each other's way, and those with one key make one row.
    async fn update_or_create_of_different_keys_at_once(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let mut tasks = Vec::new();
        for task in 0..2 {
            let (db, kim) = (db.clone(), kim.clone());
            tasks.push(tokio::spawn(async move {
                for n in 0..20 {
                    for name in [format!("own {} of {task}", n * 2 + task), format!("of both {n}")] {
                        let patch = ShelfPatch { slots: Some(7), ..Default::default() };
                        Shelf::update_or_create(Shelf::name.eq(name.as_str()), patch, || shelf(&name, &kim), &db).await?;
                    }
                }
                Ok::<(), Error>(())
            }));
        }
        for task in tasks {
            task.await.expect("no panic")?;
        }
        assert_eq!(Shelf::query().count(db).await?, 60);
        // Those that one made and the other found.
        assert_eq!(Shelf::filter(Shelf::slots.eq(7)).count(db).await?, 20);
        // In a transaction of the caller's, too.
        let tx = db.begin().await?;
        for (wanted, name) in [(true, "new"), (false, "new"), (false, "of both 3")] {
            let patch = ShelfPatch { slots: Some(9), ..Default::default() };
            let (row, made) = Shelf::update_or_create(Shelf::name.eq(name), patch, || shelf(name, &kim), &tx).await?;
            assert_eq!((made, row.slots), (wanted, if wanted { 0 } else { 9 }), "{name}");
        }
        tx.commit().await?;
    }

    /// Queries rule 27: a key once in an upsert, or the last row of it.
    async fn a_key_twice_in_an_upsert_is_refused(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let rows = || ["a", "b", "a", "c", "b"].map(|name| shelf(name, &kim));
        let numbered = || rows().into_iter().enumerate().map(|(n, row)| NewShelf { slots: Some(n as i64), ..row });
        let upsert = || Shelf::insert_many(numbered()).on_conflict(Shelf::name).do_update(Shelf::slots.set(excluded(Shelf::slots)));
        for _ in 0..2 {
            let error = upsert().execute(db).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery);
            assert!(error.to_string().contains("(name): rows 1 and 3, 2 and 5"), "{error}");
        }
        assert_eq!(Shelf::query().count(db).await?, 0);
        for _ in 0..2 {
            upsert().last_wins().execute(db).await?;
            let found: Vec<(String, i64)> = Shelf::query().order_by(Shelf::name.asc()).select((Shelf::name, Shelf::slots)).all(db).await?;
            assert_eq!(found, [("a".to_string(), 2), ("b".to_string(), 4), ("c".to_string(), 3)]);
        }
        // What is left as it is may come again.
        let left = Shelf::insert_many(["c", "d", "d"].map(|name| shelf(name, &kim))).on_conflict(Shelf::name).do_nothing();
        assert_eq!(left.execute(db).await?, 1);
    }

    /// Queries rule 27: a column has one value in a statement.
    async fn a_column_set_twice_is_refused(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let row = shelf("a", &kim).insert(db).await?;
        let twice = || (Shelf::slots.set(1), Shelf::room.set("x"), Shelf::slots.set(2));
        let mut session = db.session();
        let key = session.one(Shelf::filter(Shelf::id.eq(row.id))).await?;
        let named = |value| ("slots".to_string(), Value::I64(value));
        let meta = Shelf::meta();
        let refused = [
            ("update", Shelf::filter(Shelf::id.eq(row.id)).update(twice()).execute(db).await.err()),
            ("upsert", Shelf::insert_many([shelf("a", &kim)]).on_conflict(Shelf::name).do_update(twice()).execute(db).await.err()),
            ("session", session.set(key, twice()).err()),
            ("dynamic", aludel::dynamic::update(meta, vec![Value::I64(row.id)], [named(1), named(2)], db).await.err()),
        ];
        for (way, error) in refused {
            let error = error.unwrap_or_else(|| panic!("{way} lets it pass"));
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{way}: {error}");
            assert!(error.to_string().contains("\"slots\" is set twice"), "{way}: {error}");
        }
        assert_eq!(row.reload(db).await?.slots, 0);
    }

    /// A page far behind the last one is empty, and numbers beyond what databases count with are as good as none.
    async fn pages_and_limits_of_any_number(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        Shelf::insert_many(["a", "b", "c"].map(|name| shelf(name, &kim))).execute(db).await?;
        let all = Shelf::query();
        for (number, size, found) in [(u64::MAX, u64::MAX, 0), (u64::MAX, 1, 0), (2, u64::MAX, 0), (1, u64::MAX, 3), (2, 2, 1), (3, 2, 0)] {
            for query in [all.clone(), all.clone().offset(0), all.clone().limit(u64::MAX)] {
                let page = query.page(number, size, db).await?;
                assert_eq!((page.items.len(), page.total), (found, 3), "page {number} of {size}");
            }
        }
        assert_eq!(all.clone().limit(u64::MAX).all(db).await?.len(), 3);
        assert_eq!(all.clone().limit(2).offset(u64::MAX).all(db).await?.len(), 0);
        assert_eq!(all.offset(u64::MAX).page(1, 2, db).await?.items.len(), 0);
    }

    /// A hook that panics keeps none of the others from being called: the commit has happened.
    async fn hooks_after_a_commit_are_all_called(fixture) {
        let db = fixture.db.clone();
        keeper(&db).await?;
        let called = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&called);
        let task = tokio::spawn(async move {
            let tx = db.begin().await?;
            new_keeper("Lou").insert(&tx).await?;
            for n in 0..4 {
                let counted = Arc::clone(&counted);
                tx.on_commit(move || {
                    assert!(n != 1, "on purpose");
                    counted.fetch_add(1, Ordering::Relaxed);
                })
                .await?;
            }
            tx.commit().await
        });
        assert!(task.await.is_err_and(|error| error.is_panic()));
        assert_eq!(called.load(Ordering::Relaxed), 3);
        assert_eq!(Keeper::query().count(&fixture.db).await?, 2);
    }

    /// Raw SQL: a value that can't be read is an error of its own, not of its row; a function that answers nothing gives
    /// NULL.
    requires(Backend::is_postgres) async fn raw_rows_keep_what_can_be_read(fixture) {
        let db = &fixture.db;
        let rows = sql("select 1 as a, date 'infinity' as b, pg_sleep(0) as c, '' as d").rows(db).await?;
        let [row] = rows.as_slice() else { panic!("one row") };
        assert_eq!((row.read("a")?, row.read("c")?, row.read("d")?), (&Value::I32(1), &Value::Null, &Value::Text(String::new())));
        for (name, said) in [("b", "infinite"), ("e", "no such column")] {
            let error = row.read(name).unwrap_err();
            assert_eq!((error.kind(), error.column()), (ErrorKind::Decode, Some(name)));
            assert!(error.to_string().contains(said), "{error}");
        }
        assert_eq!(sql("select pg_sleep(0)").one::<Option<String>>(db).await?, None);
    }

    /// Unit of work rule 26, queries rule 26: a patch that carries a version is for that version.
    async fn a_version_in_a_patch_is_a_condition(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let row = shelf("a", &kim).insert(db).await?;
        let first = row.version;
        let row = row.patch(ShelfPatch { slots: Some(1), version: Some(first), ..Default::default() }, db).await?;
        assert_eq!((row.slots, row.version), (1, first + 1));
        for patch in [
            ShelfPatch { slots: Some(2), version: Some(first), ..Default::default() },
            ShelfPatch { version: Some(first), ..Default::default() },
        ] {
            assert!(row.clone().patch(patch, db).await.unwrap_err().is_stale());
        }
        assert_eq!(row.reload(db).await?, row);
        // The patch knows better than a copy that is older.
        let old = Shelf { version: first, ..row.clone() };
        let newer = old.patch(ShelfPatch { slots: Some(3), version: Some(first + 1), ..Default::default() }, db).await?;
        assert_eq!((newer.slots, newer.version), (3, first + 2));
        let same = newer.clone().patch(ShelfPatch { version: Some(first + 2), ..Default::default() }, db).await?;
        assert_eq!(same, newer);
    }

    /// Violations name the field beside the column, on every way of writing.
    async fn violations_name_fields(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let row = shelf("a", &kim).insert(db).await?;
        let nobody = || NewShelf { keeper: Ref::key(12345), ..shelf("b", &kim) };
        let moved = ShelfPatch { keeper: Some(Ref::key(12345)), ..Default::default() };
        let mut session = db.session();
        session.add(nobody());
        for error in [
            nobody().insert(db).await.err(),
            Shelf::insert_many([nobody()]).execute(db).await.err(),
            row.patch(moved, db).await.err(),
            session.commit().await.err(),
        ] {
            let error = error.expect("nobody is there");
            assert!(error.is_foreign_key_violation(), "{error}");
            if fixture.backend != Backend::Sqlite {
                let constraint = error.constraint().expect("a constraint");
                assert_eq!((constraint.columns.join(","), constraint.fields.join(",")), ("keeper_id".into(), "keeper".into()));
                assert!(error.to_string().contains("fields keeper"), "{error}");
            }
        }
        let unset = NewShelf { keeper: Ref::default(), ..shelf("c", &kim) }.insert(db).await.unwrap_err();
        assert_eq!((unset.kind(), unset.fields()[0].field.as_str()), (ErrorKind::Validation, "keeper"));
    }

    /// In a document of a patch, what is absent stays, and what is null becomes NULL.
    async fn null_in_a_patch_is_a_value(fixture) {
        let db = &fixture.db;
        let kim = keeper(db).await?;
        let new = NewShelf { room: Some("12".into()), deputy: Some((&kim).into()), ..shelf("a", &kim) };
        let row = new.insert(db).await?;
        for (json, room, deputy) in [
            ("{}", Some("12"), Some(kim.id)),
            (r#"{"room": "13"}"#, Some("13"), Some(kim.id)),
            (r#"{"room": null}"#, None, Some(kim.id)),
            (r#"{"deputy": null, "places": 4}"#, None, None),
        ] {
            let patched = row.reload(db).await?.patch(patch(json).expect(json), db).await?;
            let found = (patched.room.as_deref(), patched.deputy.as_ref().map(BelongsTo::key));
            assert_eq!(found, (room, deputy), "{json}");
        }
        assert_eq!(row.reload(db).await?.slots, 4);
    }
}

alone! {
    /// What documents may say, and what they may not.
    fn documents_of_drafts_and_patches() {
        let new =
            |json: &str| serde_json::from_str::<NewShelf>(json).map_err(|error| error.to_string());
        let draft = new(r#"{"name": "a", "keeper": 1}"#).expect("a draft");
        assert!(draft.room.is_none() && draft.deputy.is_none() && draft.version.is_none());
        for (json, said) in [
            (r#"{"name": "a"}"#, "keeper"),
            (r#"{"name": "a", "keeper": null}"#, "null"),
            (
                r#"{"name": "a", "keeper": 1, "made": "2020-01-01T00:00:00Z"}"#,
                "made",
            ),
            (r#"{"name": "a", "keeper": 1, "version": 7}"#, "version"),
            (r#"{"name": "a", "keeper": 1, "slots": 7}"#, "slots"),
            (r#"{"name": "a", "keeper": 1, "colour": 7}"#, "colour"),
        ] {
            let error = new(json).expect_err(json);
            assert!(error.contains(said), "{json}: {error}");
        }
        for (json, said) in [
            (r#"{"name": null}"#, "null"),
            (r#"{"keeper": null}"#, "null"),
            (r#"{"made": "2020-01-01T00:00:00Z"}"#, "made"),
            (r#"{"slots": 7}"#, "slots"),
        ] {
            let error = patch(json).expect_err(json);
            assert!(error.contains(said), "{json}: {error}");
        }
        // As it was read, so it is written.
        for json in ["{}", r#"{"note":null}"#, r#"{"name":"x","note":"y"}"#] {
            let read: KeeperPatch = serde_json::from_str(json).expect(json);
            assert_eq!(serde_json::to_string(&read).expect("JSON"), json);
        }
    }
}
