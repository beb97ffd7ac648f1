//! What a row keeps by itself (version, moments) is not set by hand (queries rule 26).

use super::writes_ways::*;
use aludel::ErrorKind;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::hooks::{BeforeUpdate, On};
use aludel::prelude::*;
use jiff::Timestamp;

on_every_database! {
    /// Queries rule 26: version and moments are not set by hand; what tries is refused or put right.
    async fn rule_26_what_a_row_keeps_is_not_set_by_hand(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let long_ago = Timestamp::UNIX_EPOCH;
        let mut faults = Vec::new();
        let ways = ["save", "save_changed", "patch", "session", "merge", "upsert", "update", "dynamic", "dynamic by query", "dynamic session"];
        for (n, way) in ways.into_iter().enumerate() {
            for field in ["created_at", "updated_at", "version"] {
                let row = item(&format!("{field} {n}"), "right", "1.5").insert(db).await?;
                let mut changed = row.clone();
                changed.name = "changed".into();
                match field {
                    "created_at" => changed.created_at = long_ago,
                    "updated_at" => changed.updated_at = long_ago,
                    // The version at hand is compared; that is another test.
                    _ if ["save", "save_changed", "patch", "merge", "dynamic"].contains(&way) => continue,
                    _ => changed.version = 70,
                }
                let by_hand = match field {
                    "version" => Value::I32(70),
                    _ => text("1970-01-01T00:00:00Z"),
                };
                let this = || Item::filter(Item::id.eq(row.id));
                let patch = || ItemPatch {
                    created_at: (field == "created_at").then_some(long_ago),
                    updated_at: (field == "updated_at").then_some(long_ago),
                    name: Some("changed".into()),
                    ..Default::default()
                };
                let done = match way {
                    "save" => changed.save(db).await,
                    "save_changed" => changed.save_changed(&row, db).await,
                    "patch" => row.clone().patch(patch(), db).await.map(drop),
                    "merge" => {
                        let mut session = db.session();
                        match session.merge(changed).await {
                            Ok(_) => session.commit().await.map(drop),
                            Err(error) => Err(error),
                        }
                    }
                    "session" => {
                        let mut session = db.session();
                        let key = session.one(this()).await?;
                        session[key] = changed;
                        session.commit().await.map(drop)
                    }
                    "upsert" => {
                        let upsert = Item::insert_many([item(&row.code, "changed", "1")]).on_conflict(Item::code);
                        let upsert = match field {
                            "created_at" => upsert.do_update(Item::created_at.set(long_ago)),
                            "updated_at" => upsert.do_update(Item::updated_at.set(long_ago)),
                            _ => upsert.do_update(Item::version.set(70)),
                        };
                        upsert.execute(db).await.map(drop)
                    }
                    "update" => match field {
                        "created_at" => this().update(Item::created_at.set(long_ago)).execute(db).await.map(drop),
                        "updated_at" => this().update(Item::updated_at.set(long_ago)).execute(db).await.map(drop),
                        _ => this().update(Item::version.set(70)).execute(db).await.map(drop),
                    },
                    "dynamic" => dynamic::update(Item::meta(), vec![Value::I64(row.id)], named([(field, by_hand)]), db).await.map(drop),
                    "dynamic by query" => {
                        let query = DynQuery::new(Item::meta()).filter("id", Lookup::Equal, Value::I64(row.id))?;
                        match query.update(named([(field, by_hand)])) {
                            Ok(update) => update.execute(db).await.map(drop),
                            Err(error) => Err(error),
                        }
                    }
                    _ => {
                        let (registry, mut session) = (registry(), db.session());
                        let mut rows = session.dynamic(&registry);
                        let key = rows.get("Item", vec![Value::I64(row.id)]).await?;
                        match rows.set(key, field, by_hand) {
                            Ok(()) => session.commit().await.map(drop),
                            Err(error) => Err(error),
                        }
                    }
                };
                let now = Item::get(row.id, db).await?;
                let is_kept = now.created_at == row.created_at && now.updated_at >= row.updated_at && now.version < 70;
                if !is_kept {
                    faults.push(format!("{way} writes {field}: {:?}", done.map_err(|error| error.to_string())));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// What a new row is given for what the model keeps means the same, whoever inserts it.
    async fn rule_26_what_a_new_row_is_given_means_the_same(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let long_ago = Timestamp::UNIX_EPOCH;
        let given = |code: &str| NewItem { version: Some(7), created_at: Some(long_ago), updated_at: Some(long_ago), deleted_at: Some(long_ago), token: Some("given".into()), ..item(code, "right", "1") };
        let by_name = |code: &str| {
            let moment = || text("1970-01-01T00:00:00Z");
            [values(code, "right", "1"), named([("version", Value::I32(7)), ("created_at", moment()), ("updated_at", moment()), ("deleted_at", moment()), ("token", text("given"))])].concat()
        };
        let (registry, mut session) = (registry(), db.session());
        session.add(given("session"));
        let by_session = session.dynamic(&registry).add("Item", by_name("dynamic session")).map(drop);
        let done = [
            ("insert", given("insert").insert(db).await.map(drop)),
            ("many", Item::insert_many([given("many")]).execute(db).await.map(drop)),
            ("many that answer", Item::insert_many([given("many that answer")]).all(db).await.map(drop)),
            ("upsert", Item::insert_many([given("upsert")]).on_conflict(Item::code).do_nothing().execute(db).await.map(drop)),
            ("dynamic", dynamic::insert(Item::meta(), by_name("dynamic"), db).await.map(drop)),
            ("dynamic many", dynamic::insert_many(Item::meta(), [by_name("dynamic many")], db).await.map(drop)),
            ("dynamic session", by_session),
            ("session", session.commit().await.map(drop)),
        ];
        let mut told = Vec::new();
        for (code, done) in done {
            let row = stored(code, db).await?;
            let row = row.map(|row| (row.version, row.created_at, row.updated_at, row.deleted_at, row.token));
            told.push((code, row, done.err().map(|error| error.to_string())));
        }
        let first = told[0].1.clone();
        assert!(told.iter().all(|(_, row, _)| *row == first), "{told:#?}");
        assert_eq!(first, Some((7, long_ago, long_ago, Some(long_ago), "given".into())));
    }

    /// Where it is refused, the error names the field; where it is put right, the row in memory has what the database has.
    async fn what_a_row_keeps_is_refused_or_put_right(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let long_ago = Timestamp::UNIX_EPOCH;
        let row = item("a", "right", "1").insert(db).await?;
        let code = || Item::code.eq("a");
        for patch in [
            ItemPatch { created_at: Some(long_ago), ..Default::default() },
            ItemPatch { updated_at: Some(long_ago), ..Default::default() },
        ] {
            let field = if patch.created_at.is_some() { "created_at" } else { "updated_at" };
            let watch = db.watch();
            let patched = row.clone().patch(patch.clone(), db).await.unwrap_err();
            assert_eq!(patched.kind(), ErrorKind::InvalidQuery, "{patched}");
            assert!(patched.to_string().contains(field), "{patched}");
            assert_eq!(watch.statements(), 0);
            let updated = Item::update_or_create(code(), patch, || item("a", "right", "1"), db).await.unwrap_err();
            assert!(updated.kind() == ErrorKind::InvalidQuery && updated.to_string().contains(field), "{updated}");
        }
        // A clone of the row tells what it was.
        let mut changed = row.clone();
        (changed.created_at, changed.updated_at) = (long_ago, long_ago);
        let watch = db.watch();
        changed.save_changed(&row, db).await?;
        assert_eq!((watch.statements(), &changed), (0, &row));
        (changed.created_at, changed.name) = (long_ago, "other".into());
        changed.save_changed(&row, db).await?;
        assert_eq!(changed, Item::get(row.id, db).await?);
        // What a hook sets is no change either.
        db.on::<BeforeUpdate<Item>>(move |row| {
            (row.created_at, row.updated_at) = (long_ago, long_ago);
            Ok(())
        });
        let patched = changed.patch(ItemPatch { name: Some("third".into()), ..Default::default() }, db).await?;
        assert_eq!(patched.created_at, row.created_at);
        assert!(patched.updated_at >= row.updated_at);
        assert_eq!(patched, Item::get(row.id, db).await?);
    }
}
