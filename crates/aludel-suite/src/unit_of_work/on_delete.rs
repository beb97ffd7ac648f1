//! Rule 18, further: protect, set default, the database's own way; and the dry run.

use aludel::ErrorKind;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Owner {
    pub id: i64,
    pub name: String,
    pub guards: HasMany<Guard>,
    pub leases: HasMany<Lease>,
    pub logs: HasMany<LogLine>,
    pub houses: HasMany<House>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Guard {
    pub id: i64,
    #[field(on_delete = protect)]
    pub owner: BelongsTo<Owner>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Lease {
    pub id: i64,
    #[field(on_delete = set_null)]
    pub owner: Option<BelongsTo<Owner>>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct LogLine {
    pub id: i64,
    #[field(on_delete = database(cascade))]
    pub owner: BelongsTo<Owner>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct House {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub owner: BelongsTo<Owner>,
    pub rooms: HasMany<Room>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Room {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub house: BelongsTo<House>,
}

on_every_database! {
    async fn rule_18_protect_database_and_the_dry_run(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Owner, Guard, Lease, LogLine, House, Room]).await?;
        let mut session = db.session();
        let ann = session.add(NewOwner { name: "ann".into() });
        let guard = session.add(NewGuard { owner: ann.into() });
        let lease = session.add(NewLease { owner: Some(ann.into()) });
        let log = session.add(NewLogLine { owner: ann.into() });
        let house = session.add(NewHouse { owner: ann.into() });
        session.add_all([NewRoom { house: house.into() }, NewRoom { house: house.into() }]);
        session.commit().await?;
        // Protected, whatever else goes in the same flush.
        session.remove(ann)?;
        let error = session.commit().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
        assert!(error.to_string().contains("Guard::owner, which is `on_delete = protect`"), "{error}");
        assert_eq!(session.deletion(house).await.unwrap_err().kind(), ErrorKind::ForeignKeyViolation, "it is still marked");
        session.rollback().await?;
        session.remove(guard)?;
        session.commit().await?;
        // The dry run lists what would go, and deletes nothing.
        let watch = db.watch();
        let doomed: Vec<String> = session.deletion(ann).await?.iter().map(ToString::to_string).collect();
        assert_eq!(doomed, ["Owner 1 is deleted", "Lease 1 is let go", "House 1 is deleted", "Room 1 is deleted", "Room 2 is deleted"]);
        assert!(watch.texts().iter().all(|text| text.starts_with("SELECT")), "{:?}", watch.texts());
        assert!(session.deleted_keys::<House>().is_empty() && session.dirty_keys::<Lease>().is_empty());
        session.commit().await?;
        assert_eq!(Room::query().count(db).await?, 2);
        // And so it goes; what the database follows by itself is not read.
        watch.reset();
        session.remove(ann)?;
        let report = session.commit().await?;
        assert_eq!((report.deleted(), report.updated()), (5, 1), "with the line of the log that the session knows");
        assert!(watch.texts().iter().all(|text| !text.contains("log_lines")), "{:?}", watch.texts());
        assert_eq!((LogLine::query().count(db).await?, Room::query().count(db).await?), (0, 0));
        assert_eq!(Lease::query().one(db).await?.owner, None);
        assert_eq!(session[lease].owner, None);
        session.refresh(log).await.unwrap_err();
    }
}
