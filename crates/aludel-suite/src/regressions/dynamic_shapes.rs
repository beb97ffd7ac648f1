//! Keys and references of every shape by names.

use super::dynamic_values::id_of;
use super::writes_ways::{named, text};
use aludel::dynamic::{self, DynInput, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{Error, ErrorKind};

/// Rows whose keys are given or drawn.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_plots")]
pub struct Plot {
    #[field(auto, given)]
    pub id: i64,
    pub name: String,
}

/// A row that refers by two columns, by an alternate key, and to itself.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_rooms")]
pub struct Room {
    #[field(primary_key, max_length = 20)]
    pub house: String,
    #[field(primary_key)]
    pub number: i32,
    pub label: String,
    pub beds: HasMany<Bed>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_makers")]
pub struct Maker {
    pub id: i64,
    #[field(alternate_key, max_length = 20)]
    pub name: String,
    pub beds: HasMany<Bed>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_beds")]
pub struct Bed {
    pub id: i64,
    pub label: String,
    pub room: Option<BelongsTo<Room>>,
    pub maker: Option<BelongsTo<Maker, MakerName>>,
    pub above: Option<BelongsTo<Bed>>,
    #[field(inverse = above)]
    pub below: HasMany<Bed>,
}

on_every_database! {
    /// Relations by composite keys, by alternate keys and to the same model are followed, loaded and set by names.
    async fn relations_of_every_shape_by_names(fixture) {
        let db = &fixture.db;
        let registry = models![Room, Maker, Bed];
        db.create_all(&registry).await?;
        let (room, maker, bed) = (registry.model("Room")?, registry.model("Maker")?, registry.model("Bed")?);
        let house = "it's";
        dynamic::insert(room, named([("house", text(house)), ("number", text("7")), ("label", text("blue"))]), db).await?;
        dynamic::insert(maker, named([("name", text("Kim"))]), db).await?;
        let low = named([("label", text("low")), ("maker", text("Kim")), ("room_house", text(house)), ("room_number", Value::I64(7))]);
        let low = dynamic::insert(bed, low, db).await?;
        let high = dynamic::insert(bed, named([("label", text("high")), ("above", Value::I64(id_of(&low)))]), db).await?;
        let query = || DynQuery::new(bed).order_by("id").expect("an order");
        let ids = async |query: DynQuery| Ok::<_, Error>(query.all(db).await?.iter().map(id_of).collect::<Vec<_>>());
        for (path, value, wanted) in [
            ("room.label", text("blue"), id_of(&low)),
            ("room.number", text("7"), id_of(&low)),
            ("maker", text("Kim"), id_of(&low)),
            ("maker.name", text("Kim"), id_of(&low)),
            ("above.label", text("low"), id_of(&high)),
            ("above.room.label", text("blue"), id_of(&high)),
            ("above", Value::I64(id_of(&low)), id_of(&high)),
            ("below.label", text("high"), id_of(&low)),
            ("above.below.label", text("high"), id_of(&high)),
        ] {
            assert_eq!(ids(query().filter(path, Lookup::Equal, value)?).await?, [wanted], "{path}");
        }
        assert_eq!(ids(query().filter("room", Lookup::IsNull, Value::Bool(true))?).await?, [id_of(&high)]);
        let columns = query().columns(["label", "room.label", "maker.id", "above.label"])?.all(db).await?;
        assert_eq!(columns[1].values()[1..], [Value::Null, Value::Null, text("low")]);
        let loaded = query().with("room.beds")?.with("maker.beds")?.with("above.above")?.with("below")?.all(db).await?;
        let room_of = loaded[0].one("room")?.expect("a room");
        assert_eq!(room_of.many("beds")?.len(), 1);
        assert_eq!(loaded[0].one("maker")?.expect("a maker").many("beds")?.len(), 1);
        assert_eq!(loaded[1].one("above")?.and_then(|bed| bed.get("label")), Some(&text("low")));
        assert_eq!(loaded[0].many("below")?.len(), 1);
        assert!(loaded[1].one("room")?.is_none() && loaded[0].one("above")?.is_none());

        // Keys of two columns, and rows of a session behind each kind of reference.
        let key = || vec![text(house), text("7")];
        assert_eq!(dynamic::update(room, key(), named([("label", text("red"))]), db).await?.get("label"), Some(&text("red")));
        for wrong in [vec![], vec![text(house)], vec![text("7"), text(house)], vec![Value::Null, Value::I32(7)]] {
            let error = dynamic::update(room, wrong, named([("label", text("x"))]), db).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
        }
        let mut session = db.session();
        let mut rows = session.dynamic(&registry);
        let new_room = rows.add("Room", named([("house", text("new")), ("number", Value::I32(1)), ("label", text("green"))]))?;
        let new_maker = rows.add("Maker", named([("name", text("Lou"))]))?;
        let under = rows.add("Bed", named([("label", text("under"))]))?;
        let over: Vec<(String, DynInput)> = vec![("label".into(), text("over").into()), ("room".into(), new_room.into()), ("maker".into(), new_maker.into()), ("above".into(), under.into())];
        rows.add("Bed", over)?;
        let known = rows.get("Bed", vec![Value::I64(id_of(&high))]).await?;
        rows.set(known, "room", new_room)?;
        rows.set(known, "maker", new_maker)?;
        rows.session().commit().await?;
        let found = query().filter("maker", Lookup::Equal, text("Lou"))?.filter("room.house", Lookup::Equal, text("new"))?;
        assert_eq!(found.count(db).await?, 2);
        assert_eq!(query().filter("above.label", Lookup::Equal, text("under"))?.count(db).await?, 1);
        rows.set(known, "maker", Value::Null)?;
        rows.session().commit().await?;
        assert_eq!(found.count(db).await?, 1);
        dynamic::delete(bed, vec![Value::I64(id_of(&high))], db).await?;
        assert_eq!(dynamic::delete(room, vec![text("none"), Value::I32(1)], db).await.unwrap_err().kind(), ErrorKind::NotFound);
    }

    /// The verbs by names take part in the transaction and in the session that they are given.
    async fn names_in_transactions_and_sessions(fixture) {
        let db = &fixture.db;
        let registry = models![Room, Maker, Bed];
        db.create_all(&registry).await?;
        let bed = registry.model("Bed")?;
        let new = |label: &str| named([("label", text(label))]);
        let tx = db.begin().await?;
        let made = dynamic::insert(bed, new("a"), &tx).await?;
        dynamic::insert_many(bed, [new("b"), new("c")], &tx).await?;
        dynamic::update(bed, vec![made.get("id").cloned().unwrap_or_default()], new("x"), &tx).await?;
        assert_eq!(DynQuery::new(bed).count(&tx).await?, 3);
        tx.rollback().await?;
        assert_eq!(DynQuery::new(bed).count(db).await?, 0);
        let mut session = db.session();
        session.dynamic(&registry).add("Bed", new("a"))?;
        session.begin().await?;
        session.flush().await?;
        assert_eq!(DynQuery::new(bed).count(session.executor()).await?, 1);
        session.rollback().await?;
        assert_eq!(DynQuery::new(bed).count(db).await?, 0);
        // None or all, also of rows that break a constraint in the middle.
        let maker = registry.model("Maker")?;
        let names = ["Kim", "Lou", "Kim"].map(|name| named([("name", text(name))]));
        let error = dynamic::insert_many(maker, names, db).await.unwrap_err();
        assert!(error.is_unique_violation() && error.constraint().is_some_and(|constraint| constraint.fields == ["name"]), "{error:?}");
        assert_eq!(DynQuery::new(maker).count(db).await?, 0);
        assert_eq!(dynamic::insert_many(maker, Vec::<Vec<(String, Value)>>::new(), db).await?.len(), 0);
        // Names from outside that nothing has, and the same one twice.
        let watch = db.watch();
        for row in [named([("name", text("x")), ("nobody", text("x"))]), named([("name", text("x")), ("name", text("y"))]), named([("name\"; drop table names_makers", text("x"))]), named([("", text("x"))]), named([("beds", text("x"))])] {
            let error = dynamic::insert(maker, row.clone(), db).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{row:?}: {error}");
            let error = db.session().dynamic(&registry).add("Maker", row).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error}");
        }
        assert_eq!(watch.statements(), 0);
    }

    /// A key that may be given can be given by name, to every verb.
    async fn keys_are_given_by_names(fixture) {
        let db = &fixture.db;
        let registry = models![Plot];
        db.create_all(&registry).await?;
        let plot = |id: i64| named([("id", Value::I64(id)), ("name", text("x"))]);
        let mut typed = db.session();
        typed.add(NewPlot { id: Some(7), name: "x".into() });
        typed.commit().await?;
        assert_eq!(dynamic::insert(Plot::meta(), plot(8), db).await?.get("id"), Some(&Value::I64(8)));
        let rows = dynamic::insert_many(Plot::meta(), [plot(20), named([("name", text("drawn"))]), plot(30)], db).await?;
        assert_eq!((id_of(&rows[0]), id_of(&rows[2])), (20, 30));
        let mut session = db.session();
        let key = session.dynamic(&registry).add("Plot", plot(40))?;
        session.commit().await?;
        assert_eq!(session[key.typed::<Plot>()?].id, 40);
    }
}
