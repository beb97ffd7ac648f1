//! Rules 24, 28 and 31: rows that a statement marks, or that the database deletes by itself, are not found any more; wide
//! and deep cascades take few statements.

use super::models::{NewNode, Node, create};
use super::rules_together::{NewTicket, Ticket};
use aludel::prelude::*;

/// Nothing says here what refers to it: the database follows by itself.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Depot {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Truck {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub depot: BelongsTo<Depot>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Trip {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub truck: BelongsTo<Truck>,
    #[field(on_delete = set_null)]
    pub start: Option<BelongsTo<Depot>>,
}

fn depot(name: &str) -> NewDepot {
    NewDepot { name: name.into() }
}

on_every_database! {
    async fn rows_that_a_statement_marks_as_deleted_are_not_found(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Ticket]).await?;
        let row = NewTicket { title: "a".into(), closed: None }.insert(db).await?;
        // Conditions that memory can answer, and that only the database can.
        for filter in [Ticket::filter(Ticket::title.eq("a")), Ticket::filter(Ticket::title.contains("a"))] {
            let mut session = db.session();
            let key = session.get::<Ticket>(row.id).await?;
            assert_eq!(session.execute(filter.delete()).await?, 1);
            assert!(session.row(key).is_err() && session.find::<Ticket>(row.id).await?.is_none());
            session.rollback().await?;
            assert_eq!(session.get::<Ticket>(row.id).await?, key);
            assert!(session[key].closed.is_none());
        }
    }

    async fn rows_that_the_database_deletes_along_are_not_found(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Depot, Truck, Trip]).await?;
        let mut session = db.session();
        let (north, south) = (session.add(depot("north")), session.add(depot("south")));
        let (mine, other) = (session.add(NewTruck { depot: north.into() }), session.add(NewTruck { depot: south.into() }));
        let gone = session.add(NewTrip { truck: mine.into(), start: None });
        let let_go = session.add(NewTrip { truck: other.into(), start: Some(north.into()) });
        session.commit().await?;
        let ids = (session[north].id, session[mine].id, session[gone].id);
        session.remove(north)?;
        // A row that is inserted before its parent goes, by the parent's key alone.
        let late = session.add(NewTruck { depot: Ref::key(ids.0) });
        let report = session.flush().await?;
        assert_eq!((report.inserted(), report.deleted()), (1, 4));
        assert!(session.row(mine).is_err() && session.row(gone).is_err() && session.row(late).is_err());
        assert!(session.find::<Truck>(ids.1).await?.is_none() && session.find::<Trip>(ids.2).await?.is_none());
        assert!(session[let_go].start.is_none());
        // A rollback brings them back.
        session.rollback().await?;
        assert_eq!((session.get::<Truck>(ids.1).await?, session.get::<Trip>(ids.2).await?), (mine, gone));
        assert_eq!(session[let_go].start.as_ref().map(BelongsTo::key), Some(ids.0));
        assert_eq!(session.new_keys::<Truck>(), [late]);
        session.remove(late)?;
        session.remove(north)?;
        session.commit().await?;
        assert_eq!((Truck::query().count(db).await?, Trip::query().count(db).await?), (1, 1));
        assert!(session[let_go].start.is_none() && session.row(gone).is_err());
    }

    async fn bulk_deletes_take_along_what_the_database_does(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Depot, Truck, Trip]).await?;
        // Whether the session knows the depot, or only what is in it.
        for known in [true, false] {
            let place = depot("north").insert(db).await?;
            let truck = NewTruck { depot: (&place).into() }.insert(db).await?;
            let trip = NewTrip { truck: (&truck).into(), start: None }.insert(db).await?;
            let mut session = db.session();
            session.get::<Truck>(truck.id).await?;
            session.get::<Trip>(trip.id).await?;
            if known {
                session.get::<Depot>(place.id).await?;
            }
            session.execute(Depot::filter(Depot::name.eq("north")).delete()).await?;
            assert!(session.find::<Trip>(trip.id).await?.is_none(), "{known}");
            assert!(session.find::<Truck>(truck.id).await?.is_none(), "{known}");
            session.commit().await?;
        }
    }

    async fn a_wide_cascade_takes_few_statements(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let mut session = db.session();
        let root = session.add(NewNode { name: "root".into(), parent: None });
        let child = |parent: Key<Node>| NewNode { name: "n".into(), parent: Some(parent.into()) };
        let children = session.add_all((0..2_000).map(|_| child(root)));
        session.add_all(children.iter().map(|parent| child(*parent)));
        session.commit().await?;
        let watch = db.watch();
        session.remove(root)?;
        assert_eq!(session.commit().await?.deleted(), 4_001);
        assert!(watch.statements() < 30, "{}", watch.statements());
        assert_eq!(Node::query().count(db).await?, 0);
        assert!(session.row(children[7]).is_err() && session.deleted_keys::<Node>().is_empty());
    }
}
