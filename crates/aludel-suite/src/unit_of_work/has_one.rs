//! Relations to one row, from the side that has no column for it.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Desk {
    pub id: i64,
    pub room: String,
    #[field(orphans = delete)]
    pub lamp: HasOne<Lamp>,
    pub plant: HasOne<Plant>,
    pub badge: HasOne<Badge>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Lamp {
    pub id: i64,
    pub watts: i32,
    #[field(unique)]
    pub desk: BelongsTo<Desk>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Plant {
    pub id: i64,
    pub name: String,
    #[field(unique)]
    pub desk: Option<BelongsTo<Desk>>,
}

/// Neither goes with a desk nor can be without one.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Badge {
    pub id: i64,
    #[field(unique)]
    pub desk: BelongsTo<Desk>,
}

async fn desks(db: &Database) -> aludel::Result<(Session, [Key<Desk>; 2])> {
    db.create_all(&models![Desk, Lamp, Plant, Badge]).await?;
    let mut session = db.session();
    let keys = ["A", "B"].map(|room| session.add(NewDesk { room: room.into() }));
    session.commit().await?;
    Ok((session, keys))
}

/// The watts of the lamps, by the rooms of their desks.
async fn lamps(db: &Database) -> aludel::Result<Vec<(String, i32)>> {
    let lamps = Lamp::query().order_by(Lamp::desk.room);
    lamps.select((Lamp::desk.room, Lamp::watts)).all(db).await
}

async fn plants(db: &Database) -> aludel::Result<Vec<(String, Option<String>)>> {
    let plants = Plant::query().order_by(Plant::name);
    plants.select((Plant::name, Plant::desk.room)).all(db).await
}

fn lamp(watts: i32) -> NewLamp {
    NewLamp {
        watts,
        desk: Ref::default(),
    }
}

on_every_database! {
    async fn a_new_row_takes_the_place_of_the_one_before(fixture) {
        let db = &fixture.db;
        let (mut session, [a, b]) = desks(db).await?;
        session[a].lamp.push(lamp(40));
        session[b].lamp.push(lamp(60));
        session.commit().await?;
        assert_eq!(lamps(db).await?, [("A".into(), 40), ("B".into(), 60)]);
        session[a].lamp.push(lamp(15));
        // The last word counts.
        session[b].lamp.push(lamp(1));
        session[b].lamp.push(lamp(75));
        session.commit().await?;
        assert_eq!(lamps(db).await?, [("A".into(), 15), ("B".into(), 75)]);
        // In a session that has not read the one before.
        let mut other = db.session();
        let a = other.one(Desk::filter(Desk::room.eq("A"))).await?;
        other[a].lamp.clear();
        other.commit().await?;
        assert_eq!(lamps(db).await?, [("B".into(), 75)]);
    }

    async fn rows_that_are_there_change_their_places(fixture) {
        let db = &fixture.db;
        let (mut session, [a, b]) = desks(db).await?;
        let [fern, ivy, palm] = ["fern", "ivy", "palm"].map(|name| session.add(NewPlant { name: name.into(), desk: None }));
        session[a].plant.set(fern);
        session[b].plant.set(ivy);
        session.commit().await?;
        assert_eq!(plants(db).await?, [("fern".into(), Some("A".into())), ("ivy".into(), Some("B".into())), ("palm".into(), None)]);
        // Exchanged in one flush.
        session[a].plant.set(ivy);
        session[b].plant.set(fern);
        session.commit().await?;
        assert_eq!(plants(db).await?, [("fern".into(), Some("B".into())), ("ivy".into(), Some("A".into())), ("palm".into(), None)]);
        // What has it already keeps it, and nothing is written.
        let watch = db.watch();
        session[a].plant.set(ivy);
        session.commit().await?;
        assert!(watch.texts().iter().all(|text| text.starts_with("SELECT")), "{:?}", watch.texts());
        // By a key that the session has not met, from one that was moved and not flushed.
        session[palm].desk = Some(a.into());
        session[ivy].desk = None;
        let row = Plant::filter(Plant::name.eq("fern")).one(db).await?;
        session[a].plant.set(&row);
        session[b].plant.clear();
        session.commit().await?;
        assert_eq!(plants(db).await?, [("fern".into(), Some("A".into())), ("ivy".into(), None), ("palm".into(), None)]);
        assert_eq!((session[fern].desk.as_ref().map(BelongsTo::key), session[palm].desk.is_none()), (Some(session[a].id), true));
    }

    async fn one_that_must_belong_to_a_row_is_not_left_without(fixture) {
        let db = &fixture.db;
        let (mut session, [a, b]) = desks(db).await?;
        session[a].badge.push(NewBadge { desk: Ref::default() });
        session.commit().await?;
        session[a].badge.push(NewBadge { desk: Ref::default() });
        let error = session.flush().await.expect_err("a badge without a desk");
        assert_eq!(error.kind(), ErrorKind::SessionState);
        assert!(error.to_string().contains("removed from Desk::badge of Desk "), "{error}");
        session.rollback().await?;
        // Moved to another it is not without one.
        let badge = session.one(Badge::query()).await?;
        session[a].badge.clear();
        session[b].badge.set(badge);
        session.commit().await?;
        assert_eq!(Badge::query().select(Badge::desk.room).all(db).await?, ["B"]);
    }
}
