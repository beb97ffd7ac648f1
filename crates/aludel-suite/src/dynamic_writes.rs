//! The dynamic layer writes as the typed one does (queries rule 26): hooks, rules, defaults in Rust, versions, moments and
//! deleted rows are decided in one place.

use aludel::dynamic::{self, DynInput, DynKey};
use aludel::hooks::{AfterDelete, AfterInsert, AfterUpdate, Hooks, On};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, Registry};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn code() -> String {
    "fresh".into()
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Desk {
    pub id: i64,
    pub name: String,
    pub tickets: HasMany<Ticket>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(hooks)]
pub struct Ticket {
    pub id: i64,
    #[field(length(min = 2, max = 40))]
    pub title: String,
    pub slug: Option<String>,
    #[field(max_length = 20, default_with = code)]
    pub code: String,
    #[field(min = 0, max = 5, default = 3)]
    pub stars: i32,
    #[field(default = 1)]
    pub seats: Option<i32>,
    pub age: u8,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(updated)]
    pub updated_at: Timestamp,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(version)]
    pub version: i32,
    #[field(on_delete = cascade)]
    pub desk: Option<BelongsTo<Desk>>,
}

impl Hooks for Ticket {
    fn before_insert(new: &mut NewTicket) -> aludel::Result<()> {
        let title = new.title.to_lowercase();
        new.slug.get_or_insert(title);
        Ok(())
    }
    fn before_update(row: &mut Ticket) -> aludel::Result<()> {
        row.slug = Some(row.title.to_lowercase());
        Ok(())
    }
    fn before_delete(row: &Ticket) -> aludel::Result<()> {
        match row.title.as_str() {
            "Kept" => Err(Error::rollback("kept")),
            _ => Ok(()),
        }
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "beasts", discriminator = "kind", common(id: i64, name: String))]
pub enum Beast {
    Dog(Dog),
    Cat(Cat),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Beast)]
pub struct Dog {
    pub id: i64,
    pub name: String,
    #[field(min = 0)]
    pub bones: i32,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Beast)]
pub struct Cat {
    pub id: i64,
    pub name: String,
    pub lives: Option<i32>,
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> [(String, Value); N] {
    fields.map(|(name, value)| (name.to_string(), value))
}

fn ticket(title: &str) -> [(String, Value); 2] {
    fields([("title", text(title)), ("age", text("7"))])
}

fn registry() -> Registry {
    models![Desk, Ticket, Beast, Dog, Cat]
}

fn id(row: &aludel::DynRow) -> i64 {
    row.get("id").and_then(Value::as_i64).expect("an id")
}

/// What is wrong, by field.
fn wrong(error: &Error) -> Vec<&str> {
    let fields = error.fields().iter();
    fields.map(|field| field.field.as_str()).collect()
}

on_every_database! {
    async fn an_insert_runs_hooks_rules_and_defaults(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let meta = registry.model("Ticket")?;
        let calls = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&calls);
        db.on::<AfterInsert<Ticket>>(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let made = dynamic::insert(meta, ticket("First"), db).await?;
        for (field, value) in [("slug", text("first")), ("code", text("fresh")), ("stars", Value::I32(3)), ("version", Value::I32(1)), ("seats", Value::I32(1)), ("deleted_at", Value::Null)] {
            assert_eq!(made.get(field), Some(&value), "{field}");
        }
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        let row = Ticket::get(id(&made), db).await?;
        assert_eq!((row.slug.as_deref(), row.age), (Some("first"), 7));
        // A given key, and NULL where there is a default.
        let given = fields([("id", Value::I64(70)), ("seats", Value::Null), ("title", text("Second")), ("age", Value::I32(1))]);
        let made = dynamic::insert(meta, given, db).await?;
        assert_eq!((id(&made), made.get("seats")), (70, Some(&Value::Null)));
        assert_eq!(Ticket::get(70, db).await?.seats, None);
        // Many: as any bulk statement, without hooks.
        let rows = dynamic::insert_many(meta, ["Third", "Fourth"].map(ticket), db).await?;
        assert_eq!(rows.iter().map(|row| row.get("title").cloned()).collect::<Vec<_>>(), [Some(text("Third")), Some(text("Fourth"))]);
        assert_eq!((rows[0].get("slug"), rows[0].get("code")), (Some(&Value::Null), Some(&text("fresh"))));
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    async fn all_that_is_wrong_is_told_together(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let meta = registry.model("Ticket")?;
        let made = dynamic::insert(meta, ticket("Right"), db).await?;
        let key = || vec![Value::I64(id(&made))];
        let watch = db.watch();
        let bad = || fields([("age", text("300")), ("stars", Value::I32(9)), ("code", text("much longer than the column")), ("title", text("x"))]);
        let error = dynamic::insert(meta, bad(), db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["age", "code", "title", "stars"]));
        let error = dynamic::insert(meta, fields([("stars", text("many"))]), db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["stars", "title", "age"]));
        let error = dynamic::insert_many(meta, [ticket("Right"), ticket("x")], db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["title"]));
        assert!(error.row().is_some_and(|row| row.contains("number 2")), "{error}");
        let error = dynamic::update(meta, key(), bad(), db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["age", "code", "title", "stars"]));
        // What the row keeps by itself.
        let own = fields([("created_at", text("1999-12-31T23:59:59Z")), ("updated_at", text("1999-12-31T23:59:59Z")), ("id", Value::I64(9))]);
        let error = dynamic::update(meta, key(), own, db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["created_at", "updated_at", "id"]));
        // One value alone that its column can't hold is the error that other verbs give.
        let error = dynamic::update(meta, key(), fields([("age", Value::I32(-1))]), db).await.unwrap_err();
        assert_eq!((error.kind(), error.column(), wrong(&error)), (ErrorKind::OutOfRange, Some("age"), vec!["age"]));
        assert_eq!(watch.statements(), 0, "nothing is sent");
        // The rules see the row as it will be.
        let error = dynamic::update(meta, key(), fields([("stars", Value::I32(9))]), db).await.unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["stars"]));
        assert_eq!(Ticket::query().count(db).await?, 1);
    }

    async fn an_update_counts_the_version_and_keeps_the_moment(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let meta = registry.model("Ticket")?;
        let made = dynamic::insert(meta, ticket("Old"), db).await?;
        let key = || vec![Value::I64(id(&made))];
        sql("update tickets set updated_at = ").bind(Timestamp::UNIX_EPOCH).execute(db).await?;
        let mut session = db.session();
        let typed = session.get::<Ticket>(id(&made)).await?;
        let calls = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&calls);
        db.on::<AfterUpdate<Ticket>>(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let updated = dynamic::update(meta, key(), fields([("title", text("New"))]), db).await?;
        assert_eq!((updated.get("version"), updated.get("slug")), (Some(&Value::I32(2)), Some(&text("new"))));
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        let row = Ticket::get(id(&made), db).await?;
        assert!(row.version == 2 && row.updated_at > Timestamp::UNIX_EPOCH, "{row:?}");
        // A typed session that read the row before knows.
        session[typed].title = "Mine".into();
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        // So does a form that shows an old version.
        for (version, right) in [(1, false), (2, true), (2, false)] {
            let changes = fields([("title", text("Formed")), ("version", Value::I32(version))]);
            match dynamic::update(meta, key(), changes, db).await {
                Ok(row) => assert!(right && row.get("version") == Some(&Value::I32(3))),
                Err(error) => assert!(!right && error.kind() == ErrorKind::StaleData, "{error}"),
            }
        }
        let nobody = dynamic::update(meta, vec![Value::I64(999)], fields([("title", text("None"))]), db).await;
        assert_eq!(nobody.unwrap_err().kind(), ErrorKind::NotFound);
    }

    async fn deleted_rows_stay_where_the_model_keeps_them(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let meta = registry.model("Ticket")?;
        let calls = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&calls);
        db.on::<AfterDelete<Ticket>>(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
            Ok(())
        });
        let made = dynamic::insert(meta, ticket("Gone"), db).await?;
        let key = || vec![Value::I64(id(&made))];
        assert_eq!(dynamic::delete(meta, key(), db).await?.get("title"), Some(&text("Gone")));
        assert_eq!((Ticket::query().count(db).await?, Ticket::query().unscoped().count(db).await?), (0, 1));
        let marked = Ticket::query().unscoped().one(db).await?;
        assert!(marked.deleted_at.is_some() && marked.version == 2);
        assert_eq!(dynamic::delete(meta, key(), db).await.unwrap_err().kind(), ErrorKind::NotFound);
        // It may be brought back.
        dynamic::update(meta, key(), fields([("deleted_at", Value::Null)]), db).await?;
        assert_eq!(Ticket::query().count(db).await?, 1);
        dynamic::erase(meta, key(), db).await?;
        assert_eq!(Ticket::query().unscoped().count(db).await?, 0);
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        let kept = dynamic::insert(meta, ticket("Kept"), db).await?;
        let error = dynamic::delete(meta, vec![Value::I64(id(&kept))], db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rollback, "a hook refuses");
        assert_eq!(Ticket::query().count(db).await?, 1);
    }

    async fn rows_of_an_enum_are_written_as_their_variants(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let meta = registry.model("Beast")?;
        let dog = |bones: i32| fields([("kind", text("dog")), ("name", text("Rex")), ("bones", Value::I32(bones))]);
        let rex = dynamic::insert(meta, dog(2), db).await?;
        assert_eq!((rex.get("kind"), rex.get("bones"), rex.get("lives")), (Some(&text("dog")), Some(&Value::I32(2)), Some(&Value::Null)));
        let cat = fields([("kind", text("cat")), ("name", text("Tom"))]);
        let rows = dynamic::insert_many(meta, [cat.to_vec(), dog(1).to_vec(), cat.to_vec()], db).await?;
        assert_eq!(rows.len(), 3);
        for (row, said) in [
            (fields([("kind", text("bird")), ("name", text("x"))]).to_vec(), vec!["kind"]),
            (dog(-1).to_vec(), vec!["bones"]),
            ([cat.to_vec(), fields([("bones", Value::I32(1))]).to_vec()].concat(), vec!["bones"]),
        ] {
            let error = dynamic::insert(meta, row, db).await.unwrap_err();
            assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, said));
        }
        let key = || vec![Value::I64(id(&rex))];
        let updated = dynamic::update(meta, key(), fields([("bones", Value::I32(5))]), db).await?;
        assert_eq!(updated.get("bones"), Some(&Value::I32(5)));
        let error = dynamic::update(meta, key(), fields([("lives", Value::I32(5))]), db).await.unwrap_err();
        assert_eq!(wrong(&error), ["lives"]);
        dynamic::delete(meta, key(), db).await?;
        assert_eq!((Dog::query().count(db).await?, Cat::query().count(db).await?), (1, 2));
    }

    async fn a_session_by_names_is_the_same_unit_of_work(fixture) {
        let db = &fixture.db;
        let registry = registry();
        db.create_all(&registry).await?;
        let mut session = db.session();
        let watch = db.watch();
        let mut rows = session.dynamic(&registry);
        let desk = rows.add("Desk", fields([("name", text("front"))]))?;
        let new = |title: &str| -> Vec<(String, DynInput)> {
            let given = ticket(title).map(|(name, value)| (name, DynInput::from(value)));
            let mut all = given.to_vec();
            all.push(("desk".to_string(), desk.into()));
            all
        };
        let first = rows.add("Ticket", new("First"))?;
        let second = rows.add("Ticket", ticket("Second"))?;
        rows.set(second, "desk", desk)?;
        rows.set(second, "stars", text("5"))?;
        assert_eq!(rows.row(second)?.get("stars"), Some(&Value::I32(5)));
        let error = rows.add("Ticket", fields([("age", text("-1"))])).unwrap_err();
        assert_eq!((error.kind(), wrong(&error)), (ErrorKind::Validation, vec!["age", "title"]));
        for (field, to) in [("desk", DynInput::from(first)), ("title", desk.into()), ("nonsense", text("x").into())] {
            assert_eq!(rows.set(second, field, to).unwrap_err().kind(), ErrorKind::InvalidQuery, "{field}");
        }
        assert_eq!(rows.set(second, "version", Value::I32(7)).unwrap_err().kind(), ErrorKind::Validation);
        assert_eq!(watch.statements(), 0);
        session.commit().await?;
        let typed = first.typed::<Ticket>()?;
        assert_eq!((session[typed].slug.as_deref(), session[typed].code.as_str()), (Some("first"), "fresh"));
        assert!(first.typed::<Desk>().is_err() && DynKey::from(typed) == first);
        assert_eq!(Ticket::filter(Ticket::desk.name.eq("front")).count(db).await?, 2);
        assert_eq!(Ticket::filter(Ticket::stars.eq(5)).count(db).await?, 1);

        // Rows that are there, by name and key; known ones send nothing.
        let id = session[typed].id;
        let mut other = db.session();
        let mut rows = other.dynamic(&registry);
        let key = rows.get("Ticket", vec![text(&id.to_string())]).await?;
        let watch = db.watch();
        assert_eq!(rows.get("Ticket", vec![Value::I64(id)]).await?, key);
        assert_eq!(watch.statements(), 0);
        rows.set(key, "title", text("Changed"))?;
        rows.set(key, "desk", Value::Null)?;
        assert_eq!(rows.set(key, "title", Value::Null).unwrap_err().kind(), ErrorKind::Validation);
        rows.session().commit().await?;
        assert_eq!(rows.row(key)?.get("version"), Some(&Value::I32(2)));
        let row = Ticket::get(id, db).await?;
        assert_eq!((row.title.as_str(), row.slug.as_deref(), row.desk.is_none()), ("Changed", Some("changed"), true));
        let missing = rows.get("Ticket", vec![Value::I64(999)]).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        // The first session learns of it as of any other writer.
        session[typed].title = "Mine".into();
        assert_eq!(session.commit().await.unwrap_err().kind(), ErrorKind::StaleData);
        session.rollback().await?;
        rows.remove(key)?;
        other.commit().await?;
        assert_eq!((Ticket::query().count(db).await?, Ticket::query().unscoped().count(db).await?), (1, 2));
        assert!(other.dynamic(&registry).row(key).is_err());
    }
}

mod elsewhere {
    use aludel::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "window_desks")]
    pub struct Desk {
        pub id: i64,
    }
}

alone! {
    fn two_models_of_one_name_are_refused_with_both() {
        let both = models![Desk, Ticket, elsewhere::Desk];
        for error in [
            both.check().unwrap_err(),
            both.model("Desk").map(|_| ()).unwrap_err(),
        ] {
            let said = error.to_string();
            assert!(
                said.contains("Desk") && said.contains("desks") && said.contains("window_desks"),
                "{said}"
            );
        }
    }
}
