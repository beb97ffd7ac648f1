//! Scopes and loads by names, and what narrows a query there.

use super::dynamic_values::{id_of, list};
use super::writes_ways::{exact, named, text};
use aludel::dynamic::{DynAggregate, DynCondition, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{ErrorKind, Registry};
use jiff::{Timestamp, civil};
use rust_decimal::Decimal;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_owners")]
pub struct Owner {
    pub id: i64,
    pub name: String,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(inverse = owner)]
    pub things: HasMany<Thing>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "names_things", scope = Thing::hidden.eq(false))]
pub struct Thing {
    pub id: i64,
    pub name: String,
    #[field(default = false)]
    pub hidden: bool,
    pub weight: Option<i64>,
    #[field(decimal(8, 2))]
    pub price: Decimal,
    pub code: Option<uuid::Uuid>,
    pub made: Option<civil::Date>,
    pub owner: BelongsTo<Owner>,
    pub second: Option<BelongsTo<Owner>>,
}

/// a of live; b of dead, with a second that is live; c of live, with a second that is dead; d of live is hidden.
pub(super) async fn things(db: &Database) -> aludel::Result<Registry> {
    let registry = models![Owner, Thing];
    db.create_all(&registry).await?;
    let live = NewOwner::new("live").insert(db).await?;
    let dead = NewOwner::new("dead").insert(db).await?;
    let thing = |name: &str, weight: Option<i64>, price: &str, owner: &Owner| NewThing {
        weight,
        code: weight.map(|n| uuid::Uuid::from_u128(n as u128)),
        made: weight.map(|n| civil::date(2020, 1, n as i8)),
        ..NewThing::new(name, exact(price), owner)
    };
    Thing::insert_many([
        thing("a", Some(1), "9.10", &live),
        NewThing {
            second: Some((&live).into()),
            ..thing("b", None, "10.00", &dead)
        },
        NewThing {
            second: Some((&dead).into()),
            ..thing("c", Some(3), "100.05", &live)
        },
        NewThing {
            hidden: Some(true),
            ..thing("d", Some(4), "0.01", &live)
        },
    ])
    .execute(db)
    .await?;
    dead.delete(db).await?;
    Ok(registry)
}

pub(super) fn names(rows: &[aludel::DynRow]) -> String {
    let names = rows
        .iter()
        .map(|row| row.get("name").and_then(Value::as_str));
    names.map(|name| name.expect("a name")).collect()
}

on_every_database! {
    /// Queries rule 25 by names: a row out of scope is missing behind a path, and never takes along the row that refers to it.
    async fn rule_25_scopes_by_names(fixture) {
        let db = &fixture.db;
        let registry = things(db).await?;
        let meta = registry.model("Thing")?;
        let query = || DynQuery::new(meta).order_by("id").expect("an order");
        assert_eq!(names(&query().all(db).await?), "abc");
        assert_eq!(names(&query().unscoped().all(db).await?), "abcd");
        let owners = query().columns(["name", "owner.name", "second.name"])?.all(db).await?;
        let owners: Vec<&[Value]> = owners.iter().map(|row| &row.values()[1..]).collect();
        let (live, none) = (text("live"), Value::Null);
        assert_eq!(owners, [[live.clone(), none.clone()], [none.clone(), live.clone()], [live.clone(), none.clone()]]);
        let unscoped = query().unscoped().columns(["name", "owner.name"])?.all(db).await?;
        assert_eq!(unscoped[1].get("owner.name"), Some(&text("dead")));
        assert_eq!(names(&query().exclude("owner.name", Lookup::Equal, text("live"))?.all(db).await?), "b");
        assert_eq!(names(&query().filter("owner.name", Lookup::IsNull, Value::Bool(true))?.all(db).await?), "b");
        let either = DynCondition::new(meta, "name", Lookup::Equal, text("b"))? | DynCondition::new(meta, "owner.name", Lookup::Equal, text("live"))?;
        assert_eq!(names(&query().matching(either)?.all(db).await?), "abc");
        let owner = registry.model("Owner")?;
        let things = DynCondition::new(meta, "name", Lookup::Equal, text("d"))?;
        assert_eq!(DynQuery::new(owner).matching(DynCondition::some(owner, "things", things)?)?.count(db).await?, 0);
    }

    /// Queries rule 25 by names: a load has three results: a row, no row, and a row out of scope.
    async fn rule_25_loads_by_names_say_what_is_out_of_scope(fixture) {
        let db = &fixture.db;
        let registry = things(db).await?;
        let query = || DynQuery::new(registry.model("Thing").expect("a model")).order_by("id").expect("an order");
        // Three results of a load: a row, no row, a row out of scope.
        let loaded = query().with("owner")?.with("second")?.all(db).await?;
        assert_eq!(loaded.len(), 3);
        assert_eq!(loaded[0].one("owner")?.and_then(|owner| owner.get("name")), Some(&text("live")));
        assert!(loaded[0].one("second")?.is_none());
        for (row, relation) in [(1, "owner"), (2, "second")] {
            let found = loaded[row].one(relation).map(|owner| owner.is_some()).map_err(|error| error.kind());
            assert_eq!(found, Err(ErrorKind::OutOfScope), "{relation} of row {row}");
        }
        let error = loaded[1].one("owner").unwrap_err();
        assert!(error.to_string().contains("Thing::owner"), "{error}");
        // The same of one that stands further on, and of one that is loaded whatever its scope.
        let owners = DynQuery::new(registry.model("Owner")?).with("things.second")?.all(db).await?;
        let things = owners[0].many("things")?;
        assert_eq!(things.iter().map(|thing| thing.one("second").map(|one| one.is_some()).map_err(|error| error.kind())).collect::<Vec<_>>(), [Ok(false), Err(ErrorKind::OutOfScope)]);
        let lifted = query().with_unscoped("owner")?.with("second")?.all(db).await?;
        assert_eq!(lifted[1].one("owner")?.and_then(|owner| owner.get("name")), Some(&text("dead")));
        assert_eq!(lifted[2].one("second").unwrap_err().kind(), ErrorKind::OutOfScope);
        let lifted = query().with("owner")?.with_unscoped("owner.things")?.first(db).await?.expect("a row");
        assert_eq!(lifted.one("owner")?.expect("an owner").many("things")?.len(), 3);
    }

    /// Queries rule 21 by names: whatever narrows a query narrows each of its verbs, as it does in the typed layer.
    async fn rule_21_whatever_narrows_by_names(fixture) {
        let db = &fixture.db;
        let registry = things(db).await?;
        let meta = registry.model("Thing")?;
        let base = || DynQuery::new(meta).order_by("weight").expect("an order").order_by("id").expect("an order");
        let typed = || Thing::query().order_by((Thing::weight.asc(), Thing::id.asc()));
        let rows = typed().all(db).await?;
        let place = typed().cursor(&rows[1])?;
        let mut faults = Vec::new();
        let cases: Vec<(&str, DynQuery, Query<Thing>)> = vec![
            ("all", base(), typed()),
            ("filter", base().filter("weight", Lookup::Greater, Value::I32(1))?, typed().filter(Thing::weight.gt(1))),
            ("exclude", base().exclude("weight", Lookup::Greater, Value::I32(1))?, typed().exclude(Thing::weight.gt(1))),
            ("limit", base().limit(2), typed().limit(2)),
            ("offset", base().offset(1), typed().offset(1)),
            ("both", base().limit(1).offset(1), typed().limit(1).offset(1)),
            ("limit 0", base().limit(0), typed().limit(0)),
            ("after", base().after(place.clone()), typed().after(place.clone())),
            ("before", base().before(place.clone()), typed().before(place.clone())),
            ("after and limit", base().after(place.clone()).limit(1), typed().after(place.clone()).limit(1)),
            ("unscoped", base().unscoped(), typed().unscoped()),
            ("a path", base().filter("owner.name", Lookup::Equal, text("live"))?, typed().filter(Thing::owner.name.eq("live"))),
            ("a path and a limit", base().filter("owner.name", Lookup::Equal, text("live"))?.limit(1), typed().filter(Thing::owner.name.eq("live")).limit(1)),
            ("distinct", base().distinct(), typed().distinct()),
            ("nothing", base().filter("id", Lookup::In, list([]))?, typed().filter(Thing::id.is_in(Vec::<i64>::new()))),
        ];
        for (name, query, same) in cases {
            let ids: Vec<i64> = query.all(db).await?.iter().map(id_of).collect();
            let wanted: Vec<i64> = same.clone().all(db).await?.iter().map(|row| row.id).collect();
            let mut fault = |verb: &str, found: String| faults.push(format!("{name}, {verb}: {found} of {wanted:?}"));
            if ids != wanted {
                fault("all", format!("{ids:?}"));
            }
            let most = wanted.len() as u64;
            for (verb, found) in [("count", query.count(db).await?), ("count_up_to", query.count_up_to(2, db).await?.max(most.min(2))), ("typed count", same.count(db).await?)] {
                if found != if verb == "count_up_to" { most.min(2) } else { most } {
                    fault(verb, found.to_string());
                }
            }
            if query.exists(db).await? == wanted.is_empty() {
                fault("exists", String::new());
            }
            if query.first(db).await?.as_ref().map(id_of) != wanted.first().copied() {
                fault("first", String::new());
            }
            let mut stream = query.stream(db)?;
            let mut streamed = Vec::new();
            while let Some(row) = stream.next().await {
                streamed.push(id_of(&row?));
            }
            if streamed != wanted {
                fault("stream", format!("{streamed:?}"));
            }
            let related = query.clone().with("second")?.all(db).await?.len();
            if related != wanted.len() {
                fault("with", related.to_string());
            }
            for verb in ["update", "delete", "erase"] {
                let tx = db.begin().await?;
                let change = match verb {
                    "update" => query.clone().unfiltered().update(named([("name", text("x"))]))?,
                    "delete" => query.clone().unfiltered().delete(),
                    _ => query.clone().unfiltered().erase(),
                };
                let changed = change.execute(&tx).await.map_err(|error| error.to_string());
                let all = Thing::query().unscoped().order_by((Thing::weight.asc(), Thing::id.asc())).all(&tx).await?;
                let touched: Vec<i64> = match verb {
                    "update" => all.iter().filter(|row| row.name == "x").map(|row| row.id).collect(),
                    _ => [&rows[..], &Thing::query().unscoped().filter(Thing::hidden.eq(true)).all(db).await?].concat().iter().map(|row| row.id).filter(|id| all.iter().all(|row| row.id != *id)).collect(),
                };
                tx.rollback().await?;
                let (mut touched, mut wanted) = (touched, wanted.clone());
                touched.sort_unstable();
                wanted.sort_unstable();
                if changed != Ok(most as u64) || touched != wanted {
                    faults.push(format!("{name}, {verb}: {changed:?}, {touched:?} of {wanted:?}"));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Aggregates by names are those of the typed layer, over decimals, keys, dates, paths and groups.
    async fn aggregates_by_names(fixture) {
        let db = &fixture.db;
        let registry = things(db).await?;
        let query = || DynQuery::new(registry.model("Thing").expect("a model"));
        let all = [
            DynAggregate::sum("price"),
            DynAggregate::avg("price"),
            DynAggregate::min("price"),
            DynAggregate::max("price"),
            DynAggregate::max("code"),
            DynAggregate::min("made"),
            DynAggregate::count("weight"),
            DynAggregate::count("owner.name").distinct().named("owners"),
            DynAggregate::sum("owner.id").named("of owners"),
            DynAggregate::avg("weight"),
        ];
        let row = query().aggregate(all)?.one(db).await?;
        let typed = Thing::query().select((Thing::price.sum(), Thing::price.avg(), Thing::price.min(), Thing::price.max(), Thing::code.max(), Thing::made.min(), Thing::weight.count(), Thing::weight.avg())).one(db).await?;
        let decimal = |name: &str| match row.get(name) {
            Some(Value::Decimal(n)) => Some(*n),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!((decimal("sum(price)"), decimal("avg(price)"), decimal("min(price)"), decimal("max(price)")), (typed.0, typed.1, typed.2, typed.3));
        assert_eq!(row.get("max(code)"), Some(&Value::Uuid(typed.4.expect("a code").into_bytes())));
        assert_eq!(typed.5, Some(civil::date(2020, 1, 1)));
        assert!(matches!(row.get("min(made)"), Some(Value::Date(_))));
        assert_eq!(row.get("count(weight)"), Some(&Value::I64(typed.6)));
        assert_eq!(row.get("owners"), Some(&Value::I64(1)));
        assert!(row.get("of owners").is_some_and(|sum| sum.as_i64().is_some()));
        assert_eq!(row.get("avg(weight)"), typed.7.map(Value::F64).as_ref());

        // Groups: NULL is a group of its own, having compares decimals as numbers, and limits and counts are of groups.
        let groups = query().group_by(["owner.name"])?.aggregate([DynAggregate::sum("price").named("total"), DynAggregate::rows()])?;
        let found = groups.clone().order_by("-total")?.all(db).await?;
        let shown: Vec<(Option<&str>, i64)> = found.iter().map(|row| (row.get("owner.name").and_then(Value::as_str), row.get("count").and_then(Value::as_i64).unwrap_or(0))).collect();
        assert_eq!(shown, [(Some("live"), 2), (None, 1)]);
        assert_eq!(groups.count(db).await?, 2);
        assert_eq!(groups.clone().order_by("-total")?.limit(1).count(db).await?, 1);
        assert_eq!(groups.clone().order_by("-total")?.offset(1).all(db).await?[0].get("owner.name"), Some(&Value::Null));
        for (value, wanted) in [("9.5", 2), ("10", 1), ("109.15", 0)] {
            let large = groups.clone().having(DynAggregate::sum("price"), Lookup::Greater, text(value))?;
            assert_eq!((large.count(db).await?, large.all(db).await?.len(), large.exists(db).await?), (wanted, wanted as usize, wanted > 0), "{value}");
        }
        assert!(groups.clone().unfiltered().delete().execute(db).await.is_err(), "groups are not deleted");
        assert_eq!(query().count(db).await?, 3);
    }
}
