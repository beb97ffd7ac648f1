//! Keys: which one an upsert is about, what violates them, how long lists of them are, and what refers to them.

use super::values::outcome;
use crate::harness::Backend;
use aludel::ErrorKind;
use aludel::dynamic;
use aludel::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_items", unique(kind, price))]
struct Item {
    id: i64,
    #[field(max_length = 20, unique)]
    name: Option<String>,
    #[field(max_length = 20)]
    kind: Option<String>,
    price: Decimal,
    amount: i64,
    uuid: Uuid,
    up: Option<BelongsTo<Item>>,
    #[field(inverse = up)]
    down: HasMany<Item>,
}

fn item(n: i64) -> NewItem {
    NewItem {
        name: Some(format!("n{n}")),
        kind: Some("k".into()),
        price: Decimal::from(n),
        amount: n,
        uuid: Uuid::from_u128(n as u128),
        up: None,
    }
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_shelves")]
struct Shelf {
    id: i64,
    label: String,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_jars", index(size, weight, id), index(size, -weight, id))]
struct Jar {
    id: i64,
    size: i64,
    weight: i64,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "kept_lids")]
struct Lid {
    id: i64,
    #[field(on_delete = set_default, default = 1)]
    shelf: BelongsTo<Shelf>,
    #[field(on_delete = database(set_default), default = 1)]
    other: Option<BelongsTo<Shelf>>,
}

on_every_database! {
    /// Keys are compared as the database compares them, however far apart the rows are.
    async fn keys_of_an_upsert_are_compared_as_values(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        let new = |kind: Option<&str>, price: &str, n: i64| NewItem { kind: kind.map(Into::into), price: dec(price), ..item(n) };
        let upsert = |rows: Vec<NewItem>| Item::insert_many(rows).on_conflict((Item::kind, Item::price)).do_update(Item::amount.set(excluded(Item::amount)));
        let cases = [
            ("digits", vec![new(Some("a"), "1.0", 1), new(Some("a"), "1.00", 2)], false),
            ("NULL is like no other", vec![new(None, "1", 3), new(None, "1", 4)], true),
            ("case", vec![new(Some("b"), "1", 5), new(Some("B"), "1", 6)], true),
            ("spaces at the end", vec![new(Some("c"), "1", 7), new(Some("c "), "1", 8)], true),
            ("far apart", (0..6_000).map(|n| new(Some("d"), &format!("{}", n % 5_999), 100 + n)).collect(), false),
        ];
        for (name, rows, taken) in cases {
            let found = upsert(rows).execute(db).await.map_err(|error| error.kind());
            assert_eq!(found.is_ok(), taken, "{name}: {found:?}");
            assert!(taken || found == Err(ErrorKind::InvalidQuery), "{name}: {found:?}");
        }
        for wins in [12, 22] {
            let rows = vec![new(Some("e"), "1.0", wins - 1), new(Some("f"), "1", 500), new(Some("e"), "1.00", wins)];
            upsert(rows).last_wins().execute(db).await?;
            let found: Vec<i64> = Item::filter(Item::kind.eq("e")).select(Item::amount).all(db).await?;
            assert_eq!(found, [wins], "the last row of each key");
        }
        let twice = Item::insert_from((Item::name, Item::name), Item::query().select((Item::name, Item::name))).execute(db).await;
        assert_eq!(outcome(twice), "InvalidQuery");
    }

    /// An upsert is about its own key: a row that has another row's other key is a violation, and changes nothing.
    async fn an_upsert_does_not_change_a_row_of_another_key(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        item(1).insert(db).await?;
        let stranger = NewItem { name: Some("n1".into()), amount: 77, ..item(2) };
        let upsert = || Item::insert_many([stranger.clone()]).on_conflict((Item::kind, Item::price));
        let found = upsert().do_update(Item::amount.set(excluded(Item::amount))).execute(db).await;
        let amounts = Item::query().select(Item::amount).all(db).await?;
        assert_eq!((outcome(found), amounts), ("UniqueViolation".into(), vec![1]));
        assert_eq!(outcome(upsert().do_nothing().execute(db).await), "UniqueViolation");
    }

    /// … also where it says that a column gets its default, and where the key was not given.
    async fn an_upsert_is_about_its_own_key_whatever_it_sets(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        item(1).insert(db).await?;
        let same = NewItem { amount: 5, ..item(1) };
        let by_name = Item::insert_many([NewItem { price: dec("7"), ..same.clone() }]).on_conflict(Item::name);
        by_name.do_update((Item::price.set(excluded(Item::price)), Item::amount.set(Item::amount + 1))).execute(db).await?;
        let row = Item::query().one(db).await?;
        assert_eq!((row.price, row.amount, row.name.as_deref()), (dec("7"), 2, Some("n1")));
        let nameless = NewItem { name: None, price: dec("7"), ..same };
        let found = Item::insert_many([nameless]).on_conflict(Item::name).do_update(Item::amount.set(0)).execute(db).await;
        assert_eq!(outcome(found), "UniqueViolation");
        assert_eq!(Item::query().select(Item::amount).all(db).await?, [2]);
    }

    /// A row that others refer to stays, and the error names the reference: its table and its column.
    async fn a_violated_reference_is_named_from_both_ends(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        let parent = item(1).insert(db).await?;
        NewItem { up: Some((&parent).into()), ..item(2) }.insert(db).await?;
        let this = || Item::filter(Item::id.eq(parent.id));
        let mut session = db.session();
        let key = session.get::<Item>(parent.id).await?;
        session.remove(key)?;
        for (way, error) in [
            ("delete", parent.clone().delete(db).await.err()),
            ("by query", this().delete().execute(db).await.err()),
            ("by names", dynamic::delete(Item::meta(), vec![Value::I64(parent.id)], db).await.err()),
            ("the reference", Item::filter(Item::up.is_not_null()).update(Item::up.set(Ref::key(99))).execute(db).await.err()),
            ("session", session.commit().await.err()),
        ] {
            let error = error.unwrap_or_else(|| panic!("{way} lets it pass"));
            assert!(error.is_foreign_key_violation(), "{way}: {error}");
            if fixture.backend != Backend::Sqlite {
                let constraint = error.constraint().expect("a constraint");
                assert_eq!((constraint.table.as_deref(), constraint.columns.join(",")), (Some("kept_items"), "up_id".into()), "{way}: {error}");
                assert_eq!(constraint.fields, ["up"], "{way}");
            }
        }
        // Of a statement in SQL no model is known.
        let error = sql("update kept_items set id = id + 100 where up_id is null").execute(db).await.unwrap_err();
        assert!(error.is_foreign_key_violation(), "{error}");
        let told = error.constraint().expect("a constraint");
        assert!(told.columns.is_empty() || told.columns == ["up_id"], "{told:?}");
    }

    /// A list is looked through once, however long it is and of whatever type, in every kind of condition.
    requires(Backend::is_mariadb) async fn long_lists_are_not_gone_through_for_each_row(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Item]).await?;
        Item::insert_many((0..2_000).map(item)).execute(db).await?;
        sql("ANALYZE TABLE kept_items").rows(db).await?;
        let names = || (0..1_500).map(|n| format!("n{n}"));
        let uuids = || (0..1_500).map(Uuid::from_u128);
        let mut wrong = Vec::new();
        for (name, query) in [
            ("numbers, not", Item::filter(Item::amount.not_in(0..1_500))),
            ("texts", Item::filter(Item::name.is_in(names()))),
            ("texts, not", Item::filter(Item::name.not_in(names()))),
            ("texts, excluded", Item::exclude(Item::name.is_in(names()))),
            ("texts, or", Item::filter(Item::name.is_in(names()) | Item::amount.eq(7))),
            ("uuids", Item::filter(Item::uuid.is_in(uuids()))),
            ("uuids, not", Item::filter(Item::uuid.not_in(uuids()))),
            ("uuids, or", Item::filter(Item::uuid.is_in(uuids()) | Item::amount.eq(7))),
        ] {
            let plan = query.explain(db).await?;
            if plan.contains("DEPENDENT SUBQUERY") {
                wrong.push(format!("{name}:\n{plan}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// A reference has a default of its own: of new rows that name no other row, and of those whose row is deleted.
    async fn a_reference_has_a_default(fixture) {
        let db = &fixture.db;
        let created = db.create_all(&models![Shelf, Lid]).await;
        if !db.dialect().capabilities().set_default {
            assert_eq!(outcome(created), "Unsupported");
            return Ok(());
        }
        let shelves = Shelf::insert_many(["a", "b", "c"].map(|label| NewShelf { label: label.into() })).all(db).await?;
        let lid = NewLid { shelf: None, other: None }.insert(db).await?;
        assert_eq!((lid.shelf.key(), lid.other.map(|other| other.key())), (1, Some(1)));
        let lid = NewLid { shelf: Some((&shelves[1]).into()), other: Some((&shelves[2]).into()) }.insert(db).await?;
        let mut session = db.session();
        let key = session.get::<Shelf>(shelves[1].id).await?;
        session.remove(key)?;
        session.commit().await?;
        shelves[2].clone().delete(db).await?;
        let lid = lid.reload(db).await?;
        assert_eq!((lid.shelf.key(), lid.other.map(|other| other.key())), (1, Some(1)));
    }

    /// Indexes of the same columns in other directions have names of their own.
    async fn indexes_in_other_directions_have_other_names(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Jar]).await?;
        let table = Jar::meta().table();
        let names: Vec<&str> = table.indexes.iter().map(|index| index.name.as_str()).collect();
        assert_eq!(names, ["ix_kept_jars_size_weight_id", "ix_kept_jars_size_weight_desc_id"]);
    }
}
