//! Rows of enums: their kind stays, and a reference to a variant takes along no row of another kind.

use super::writes_ways::{named, text};
use aludel::ErrorKind;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_beasts", discriminator = "kind", common(id: i64, name: String))]
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
    pub lives: u8,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kinds_staff", common(id: i64, name: String))]
pub enum Staff {
    Boss(Boss),
    Clerk(Clerk),
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Staff)]
pub struct Boss {
    pub id: i64,
    pub name: String,
    pub budget: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(variant_of = Staff)]
pub struct Clerk {
    pub id: i64,
    pub name: String,
    pub desk: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kinds_letters")]
pub struct Letter {
    pub id: i64,
    pub n: i64,
    pub signed: BelongsTo<Boss>,
}

on_every_database! {
    /// What kind of row it is stays as it was inserted, by whichever verb somebody tries to change it.
    async fn the_kind_of_a_row_is_not_changed_by_names(fixture) {
        let db = &fixture.db;
        let registry = models![Beast, Dog, Cat];
        db.create_all(&registry).await?;
        let rex = NewDog::new("Rex", 1).insert(db).await?;
        let mut faults = Vec::new();
        for model in ["Beast", "Dog"] {
            let meta = registry.model(model)?;
            for kind in ["cat", "bird", "dog"] {
                let change = || named([("kind", text(kind))]);
                let by_query = DynQuery::new(meta).filter("name", Lookup::Equal, text("Rex"))?.update(change());
                let by_query = match by_query {
                    Ok(update) => update.execute(db).await.map(drop),
                    Err(error) => Err(error),
                };
                let by_key = dynamic::update(meta, vec![Value::I64(rex.id)], change(), db).await.map(drop);
                for (way, done) in [("by query", by_query), ("by key", by_key)] {
                    if done.is_ok() {
                        faults.push(format!("{model} {way}: kind = {kind} is written"));
                    }
                }
                if let Err(error) = Beast::query().all(db).await {
                    faults.push(format!("{model}: after kind = {kind} nobody can read the table: {error}"));
                }
                sql("update names_beasts set kind = 'dog'").execute(db).await?;
            }
        }
        // Rules and ranges of a variant are those of its rows in the enum.
        NewCat::new("Tom", 9).insert(db).await?;
        let whole = registry.model("Beast")?;
        for (field, value) in [("bones", Value::I32(-1)), ("lives", Value::I32(300)), ("lives", Value::I32(-1))] {
            let change = DynQuery::new(whole).unfiltered().update(named([(field, value.clone())]));
            let done = match change {
                Ok(update) => update.execute(db).await.map(drop),
                Err(error) => Err(error),
            };
            if done.is_ok() {
                faults.push(format!("{field} = {value:?} is written over the enum; then: {:?}", Beast::query().all(db).await.map(|rows| rows.len()).map_err(|error| error.to_string())));
            }
            sql("update names_beasts set bones = 1, lives = 9").execute(db).await?;
        }
        // A column of one kind is no column of rows of another; what all have is written.
        let refused = DynQuery::new(whole).unfiltered().update(named([("lives", Value::I32(3))])).map(drop).unwrap_err();
        assert!(refused.fields().iter().any(|wrong| wrong.field == "lives"), "{refused}");
        let cats = DynQuery::new(registry.model("Cat")?).unfiltered().update(named([("lives", Value::I32(3))]))?;
        assert_eq!(cats.execute(db).await?, 1);
        let all = DynQuery::new(whole).unfiltered().update(named([("name", text("same"))]))?;
        assert_eq!(all.execute(db).await?, 2);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// A reference to a variant leads to a row of the table; if that is of another kind, it takes the root along nowhere.
    async fn rule_25_a_row_of_another_kind_never_narrows_the_root(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Staff, Letter]).await?;
        let boss = NewBoss::new("Ann", 5).insert(db).await?;
        let clerk = NewClerk::new("Bob", 3).insert(db).await?;
        NewLetter::new(1, &boss).insert(db).await?;
        NewLetter::new(2, Ref::<Boss>::key(clerk.id)).insert(db).await?;
        let numbers = async |query: Query<Letter>| query.order_by(Letter::n).select(Letter::n).all(db).await;
        assert_eq!(numbers(Letter::query().order_by(Letter::signed.name)).await?.len(), 2);
        assert_eq!(numbers(Letter::filter(Letter::n.eq(2) | Letter::signed.name.eq("x"))).await?, [2]);
        assert_eq!(numbers(Letter::exclude(Letter::signed.name.eq("Ann"))).await?, [2]);
        assert_eq!(numbers(Letter::filter(Letter::signed.name.is_null())).await?, [2]);
        let names = Letter::query().order_by(Letter::n).select(Letter::signed.name).all(db).await?;
        assert_eq!(names, [Some("Ann".to_string()), None]);
        for query in [Letter::query().with(Letter::signed.joined()), Letter::query().with(Letter::signed)] {
            let rows = query.order_by(Letter::n).all(db).await?;
            let seen: Vec<_> = rows.iter().map(|row| row.signed.loaded().map(|boss| boss.name.clone()).map_err(|error| error.kind())).collect();
            assert_eq!(seen, [Ok("Ann".to_string()), Err(ErrorKind::OutOfScope)]);
        }
        let by_name = DynQuery::new(Letter::meta()).exclude("signed.name", Lookup::Equal, text("Ann"))?;
        assert_eq!(by_name.count(db).await?, 1);
        let changed = Letter::exclude(Letter::signed.name.eq("Ann")).update(Letter::n.set(7));
        assert_eq!(changed.execute(db).await?, 1);
    }
}
