//! Every shape of model goes through a session: composite keys, keys that are references, embedded values, join models
//! with columns of their own, parents in another schema, defaults of references.

use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Hall {
    #[field(primary_key, max_length = 10)]
    pub city: String,
    #[field(primary_key)]
    pub number: i32,
    #[field(embedded)]
    pub place: Place,
    #[field(version)]
    pub version: i64,
    pub shows: HasMany<Show>,
    pub sign: HasOne<Sign>,
}

#[derive(Embedded, Debug, Clone, PartialEq)]
pub struct Place {
    pub street: String,
    pub floor: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Show {
    pub id: i64,
    pub title: String,
    #[field(on_delete = cascade)]
    pub hall: BelongsTo<Hall>,
    #[field(through = Role)]
    pub actors: ManyToMany<Actor>,
    #[field(inverse = show)]
    pub roles: HasMany<Role>,
}

/// At most one of a hall, whose key is its own.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sign {
    #[field(primary_key, on_delete = cascade)]
    pub hall: BelongsTo<Hall>,
    pub text: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Actor {
    pub id: i64,
    pub name: String,
    #[field(through = Role)]
    pub shows: ManyToMany<Show>,
}

/// A join model with a column of its own.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Role {
    #[field(primary_key, on_delete = cascade)]
    pub show: BelongsTo<Show>,
    #[field(primary_key, on_delete = cascade)]
    pub actor: BelongsTo<Actor>,
    #[field(default = "extra")]
    pub name: String,
}

fn hall(city: &str, number: i32) -> NewHall {
    NewHall {
        city: city.into(),
        number,
        place: Place {
            street: "Main".into(),
            floor: None,
        },
        version: None,
    }
}

fn show(title: &str, hall: impl Into<Ref<Hall>>) -> NewShow {
    NewShow {
        title: title.into(),
        hall: hall.into(),
    }
}

async fn town(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Hall, Show, Sign, Actor, Role]).await
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shelf {
    pub id: i64,
    pub label: String,
    pub jars: HasMany<Jar>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Jar {
    pub id: i64,
    #[field(on_delete = set_default)]
    pub shelf: Option<BelongsTo<Shelf>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(schema = "archive")]
pub struct Vault {
    pub id: i64,
    pub name: String,
    pub boxes: HasMany<Coffer>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Coffer {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub vault: BelongsTo<Vault>,
}

on_every_database! {
    async fn composite_keys_and_embedded_values(fixture) {
        let db = &fixture.db;
        town(db).await?;
        let mut session = db.session();
        let bonn = session.add(hall("bonn", 1));
        let rome = session.add(hall("rome", 2));
        let one = session.add(show("one", bonn));
        session.add_all([show("two", bonn), show("three", rome)]);
        session.commit().await?;
        assert_eq!(session[one].hall.key(), ("bonn".to_string(), 1));
        session[bonn].place = Place { street: "Side".into(), floor: Some(3) };
        session[rome].place.floor = Some(-1);
        session[one].hall = rome.into();
        let report = session.commit().await?;
        assert_eq!(report.to_string(), "Hall: 2 updated; Show: 1 updated");
        let row = Hall::get(("bonn".to_string(), 1), db).await?;
        assert_eq!((row.place.street.as_str(), row.place.floor, row.version), ("Side", Some(3), 2));
        // A part of a key changes, and what refers to it in the same flush knows.
        let four = session.add(show("four", rome));
        let moved = session.add(hall("oslo", 9));
        session.commit().await?;
        session[moved].number = 10;
        session[four].hall = moved.into();
        session.commit().await?;
        assert_eq!(session[four].hall.key(), ("oslo".to_string(), 10));
        assert_eq!(Show::filter(Show::hall.number.eq(10)).one(db).await?.title, "four");
        // Keys change hands.
        let (a, b) = (session.add(hall("x", 1)), session.add(hall("x", 2)));
        session.commit().await?;
        session[a].number = 2;
        session[b].number = 1;
        session[a].place.street = "was first".into();
        session.commit().await?;
        assert_eq!(Hall::get(("x".to_string(), 2), db).await?.place.street, "was first");
        assert_eq!(session.get::<Hall>(("x".to_string(), 1)).await?, b);
        // The children go along, and the other writer's change is seen.
        let other = Hall::get(("rome".to_string(), 2), db).await?;
        other.patch(HallPatch { place: Some(Place { street: "New".into(), floor: None }), ..Default::default() }, db).await?;
        session[rome].place.street = "Old".into();
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StaleData);
        assert!(error.to_string().contains(r#"Hall ("rome", 2)"#), "{error}");
        session.refresh(rome).await?;
        session.remove(rome)?;
        session.commit().await?;
        let left = Show::query().order_by(Show::title).select(Show::title).all(db).await?;
        assert_eq!(left, ["four", "two"]);
    }

    async fn keys_that_are_references(fixture) {
        let db = &fixture.db;
        town(db).await?;
        let mut session = db.session();
        let bonn = session.add(hall("bonn", 1));
        let sign = session.add(NewSign { hall: bonn.into(), text: "open".into() });
        session.commit().await?;
        assert_eq!(session[sign].hall.key(), ("bonn".to_string(), 1));
        session[sign].text = "closed".into();
        session.commit().await?;
        assert_eq!(Sign::get(("bonn".to_string(), 1), db).await?.text, "closed");
        session.load(bonn, Hall::sign).await?;
        assert_eq!(session.related(bonn, Hall::sign)?, Some(sign));
        // A rolled back and added row, once more.
        let rome = session.add(hall("rome", 1));
        let other = session.add(NewSign { hall: rome.into(), text: "x".into() });
        session.flush().await?;
        session.rollback().await?;
        assert_eq!(Sign::query().count(db).await?, 1);
        session.commit().await?;
        assert_eq!(session[other].hall.key(), ("rome".to_string(), 1));
        // The hall is deleted with its sign, and both are there again after a rollback.
        session.remove(bonn)?;
        let report = session.flush().await?;
        assert_eq!(report.to_string(), "Sign: 1 deleted; Hall: 1 deleted");
        session.rollback().await?;
        assert_eq!((session[sign].text.as_str(), session[bonn].number), ("closed", 1));
        assert_eq!(Sign::query().count(db).await?, 2);
        // Deleted and added under the same key: the row is updated.
        session.remove(sign)?;
        let again = session.add(NewSign { hall: bonn.into(), text: "new".into() });
        session.commit().await?;
        assert_eq!(session[again].text, "new");
        assert_eq!(Sign::get(("bonn".to_string(), 1), db).await?.text, "new");
    }

    async fn join_models_with_columns_of_their_own(fixture) {
        let db = &fixture.db;
        town(db).await?;
        let mut session = db.session();
        let bonn = session.add(hall("bonn", 1));
        let play = session.add(show("play", bonn));
        let (ann, bob) = (session.add(NewActor { name: "Ann".into() }), session.add(NewActor { name: "Bob".into() }));
        let hero = session.add(NewRole { show: play.into(), actor: ann.into(), name: Some("hero".into()) });
        session.commit().await?;
        // By the relation, the other columns get their defaults.
        session[play].actors.add(bob);
        session.commit().await?;
        let roles = Role::query().order_by(Role::actor.id).select(Role::name).all(db).await?;
        assert_eq!(roles, ["hero", "extra"]);
        session.load(play, Show::actors).await?;
        assert_eq!(session.related(play, Show::actors)?, [ann, bob]);
        session[hero].name = "villain".into();
        session[play].actors.remove(bob);
        session.commit().await?;
        assert_eq!(Role::query().select(Role::name).all(db).await?, ["villain"]);
        assert_eq!(session.related(play, Show::actors)?, [ann]);
        assert_eq!(Actor::filter(Actor::shows.any(Show::title.eq("play"))).one(db).await?.name, "Ann");
    }

    async fn a_reference_falls_back_to_its_default(fixture) {
        let db = &fixture.db;
        let created = db.create_all(&models![Shelf, Jar]).await;
        if !db.dialect().capabilities().set_default {
            assert_eq!(created.unwrap_err().kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        let mut session = db.session();
        let shelf = session.add(NewShelf { label: "a".into() });
        let jar = session.add(NewJar { shelf: Some(shelf.into()) });
        session.commit().await?;
        session.remove(shelf)?;
        session.commit().await?;
        // Without a default of its own that is NULL.
        assert!(session[jar].shelf.is_none());
        assert_eq!(Jar::query().one(db).await?.shelf, None);
    }

    async fn a_parent_in_another_schema(fixture) {
        let db = &fixture.db;
        if fixture.backend == Backend::Postgres {
            sql("CREATE SCHEMA archive").execute(db).await?;
        }
        let created = db.create_all(&models![Vault, Coffer]).await;
        if !db.dialect().capabilities().schemas {
            assert_eq!(created.unwrap_err().kind(), ErrorKind::Unsupported);
            return Ok(());
        }
        created?;
        let mut session = db.session();
        let vault = session.add(NewVault { name: "deep".into() });
        session.add_all([NewCoffer { vault: vault.into() }, NewCoffer { vault: vault.into() }]);
        session.commit().await?;
        let watch = db.watch();
        let coffers = Coffer::query().with(Coffer::vault).all(db).await?;
        assert_eq!((coffers[0].vault.row().name.as_str(), watch.statements()), ("deep", 2));
        assert_eq!(Coffer::query().with(Coffer::vault.joined()).all(db).await?[1].vault.row().name, "deep");
        assert_eq!(Coffer::filter(Coffer::vault.name.eq("deep")).count(db).await?, 2);
        assert_eq!(Vault::query().with(Vault::boxes).one(db).await?.boxes.all().len(), 2);
        assert_eq!(Vault::filter(Vault::boxes.exists()).count(db).await?, 1);
        session[vault].name = "deeper".into();
        session.commit().await?;
        session.remove(vault)?;
        session.commit().await?;
        assert_eq!(Coffer::query().count(db).await?, 0);
    }
}
