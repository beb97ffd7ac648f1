//! Rule 25: a scope or soft delete of a related model narrows that model alone.

use aludel::ErrorKind;
use aludel::prelude::*;
use jiff::Timestamp;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "scoped_owners")]
pub struct Owner {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(inverse = owner)]
    pub things: HasMany<Thing>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "scoped_things")]
pub struct Thing {
    pub id: i64,
    pub s: String,
    pub owner: BelongsTo<Owner>,
    pub second: Option<BelongsTo<Owner>>,
    pub parts: HasMany<Part>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "scoped_parts")]
pub struct Part {
    pub id: i64,
    pub thing: BelongsTo<Thing>,
}

/// a/live, b/dead, c/live with a second that is dead
async fn things(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Owner, Thing, Part]).await?;
    let live = NewOwner {
        name: "live".into(),
        deleted_at: None,
    }
    .insert(db)
    .await?;
    let dead = NewOwner {
        name: "dead".into(),
        deleted_at: None,
    }
    .insert(db)
    .await?;
    let thing = |s: &str, owner: &Owner, second: Option<&Owner>| NewThing {
        s: s.into(),
        owner: owner.into(),
        second: second.map(Into::into),
    };
    let all = Thing::insert_many([
        thing("a", &live, None),
        thing("b", &dead, Some(&live)),
        thing("c", &live, Some(&dead)),
    ])
    .all(db)
    .await?;
    Part::insert_many(all.iter().map(|thing| NewPart {
        thing: thing.into(),
    }))
    .execute(db)
    .await?;
    dead.delete(db).await
}

async fn names(query: aludel::Query<Thing>, db: &dyn Executor) -> aludel::Result<String> {
    Ok(query
        .order_by(Thing::id)
        .select(Thing::s)
        .all(db)
        .await?
        .concat())
}

on_every_database! {
    async fn rule_25_a_scope_of_a_joined_model_never_narrows_the_root(fixture) {
        let db = &fixture.db;
        things(db).await?;
        let cases = [
            ("filter", Thing::filter(Thing::owner.name.eq("live")), "ac"),
            ("or", Thing::filter(Thing::s.eq("b") | Thing::owner.name.eq("none")), "b"),
            ("exclude", Thing::exclude(Thing::owner.name.eq("live")), "b"),
            ("null", Thing::filter(Thing::owner.name.is_null()), "b"),
            ("order", Thing::query().order_by(Thing::owner.name.asc().nulls_last()), "acb"),
            ("optional", Thing::filter(Thing::second.name.is_not_null()), "b"),
            ("without scope", Thing::filter(Thing::owner.unscoped().name.eq("dead")), "b"),
            ("without scope, optional", Thing::filter(Thing::second.unscoped().name.is_not_null()), "bc"),
            ("both", Thing::filter(Thing::owner.name.is_null() & Thing::owner.unscoped().name.eq("dead")), "b"),
            ("query without scopes", Thing::filter(Thing::owner.name.eq("dead")).unscoped(), "b"),
        ];
        for (name, query, expected) in cases {
            let found = match name {
                "order" => query.select(Thing::s).all(db).await?.concat(),
                _ => names(query, db).await?,
            };
            assert_eq!(found, expected, "{name}");
        }
        let seen: Vec<(String, Option<String>, String)> = Thing::query().order_by(Thing::id).select((Thing::s, Thing::owner.name, Thing::owner.unscoped().name)).all(db).await?;
        assert_eq!(seen[1], ("b".into(), None, "dead".into()));
        // Relations of a row out of scope are seen from it only without its scope.
        assert_eq!(Part::filter(Part::thing.owner.name.is_null()).count(db).await?, 1);
        assert_eq!(Owner::query().select(Owner::things.count()).all(db).await?, [2]);
        assert_eq!(Part::filter(Part::thing.owner.things.exists()).count(db).await?, 2);
    }

    async fn rule_25_loads_say_what_is_out_of_scope(fixture) {
        let db = &fixture.db;
        things(db).await?;
        let loads: Vec<(&str, Vec<Thing>)> = vec![
            ("select-in", Thing::query().order_by(Thing::id).with(Thing::owner).with(Thing::second).all(db).await?),
            ("joined", Thing::query().order_by(Thing::id).with(Thing::owner.joined()).with(Thing::second.joined()).all(db).await?),
        ];
        for (name, rows) in loads {
            assert_eq!(rows.len(), 3, "{name}");
            assert_eq!(rows[0].owner.loaded()?.name, "live", "{name}");
            assert!(rows[0].second.is_none(), "{name}");
            let error = rows[1].owner.loaded().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::OutOfScope, "{name}");
            assert!(error.to_string().contains("Thing::owner.unscoped()"), "{error}");
            let second = rows[2].second.as_ref().expect("a reference");
            assert_eq!(second.loaded().unwrap_err().kind(), ErrorKind::OutOfScope, "{name}");
        }
        for rows in [
            Thing::query().order_by(Thing::id).with(Thing::owner.unscoped()).all(db).await?,
            Thing::query().order_by(Thing::id).with(Thing::owner.unscoped().joined()).all(db).await?,
        ] {
            assert_eq!(rows[1].owner.loaded()?.name, "dead");
        }
        let not = Thing::query().first(db).await?.expect("a row");
        assert_eq!(not.owner.loaded().unwrap_err().kind(), ErrorKind::NotLoaded);
    }

    async fn rule_25_changes_see_what_queries_see(fixture) {
        let db = &fixture.db;
        things(db).await?;
        let named = |query: aludel::Query<Thing>| query.update(Thing::s.set(Thing::s.concat("!")));
        assert_eq!(named(Thing::filter(Thing::owner.name.is_null())).execute(db).await?, 1);
        assert_eq!(named(Thing::filter(Thing::owner.unscoped().name.eq("dead"))).execute(db).await?, 1);
        assert_eq!(named(Thing::exclude(Thing::owner.name.eq("live"))).execute(db).await?, 1);
        assert_eq!(names(Thing::query(), db).await?, "ab!!!c");
        let seen = Thing::query().unfiltered().update(Thing::s.set(coalesce(Thing::owner.name, "-")));
        assert_eq!(seen.execute(db).await?, 3);
        assert_eq!(names(Thing::query(), db).await?, "live-live");
    }
}
