//! All ways to write a row, and what each of them does besides: the tests of the one write path go through them.

use aludel::Registry;
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::hooks::{
    AfterDelete, AfterInsert, AfterUpdate, BeforeDelete, BeforeInsert, BeforeUpdate, On,
};
use aludel::prelude::*;
use jiff::Timestamp;
use rust_decimal::Decimal;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.into())
}

pub(super) fn named<const N: usize>(fields: [(&str, Value); N]) -> Vec<(String, Value)> {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect()
}

pub(super) fn exact(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

pub(super) fn token() -> String {
    "made".into()
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_shelves")]
pub struct Shelf {
    pub id: i64,
    pub name: String,
    pub items: HasMany<Item>,
}

/// A model that keeps all that a model can keep.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_items", scope = Item::hidden.eq(false))]
pub struct Item {
    pub id: i64,
    #[field(unique, max_length = 40)]
    pub code: String,
    #[field(length(min = 2, max = 20))]
    pub name: String,
    #[field(decimal(5, 2))]
    pub price: Decimal,
    #[field(default = false)]
    pub hidden: bool,
    #[field(max_length = 10, default_with = token)]
    pub token: String,
    #[field(created)]
    pub created_at: Timestamp,
    #[field(updated)]
    pub updated_at: Timestamp,
    #[field(soft_delete)]
    pub deleted_at: Option<Timestamp>,
    #[field(version)]
    pub version: i32,
    pub shelf: Option<BelongsTo<Shelf>>,
}

/// Where `insert_from` takes items from.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "path_drafts")]
pub struct Sketch {
    pub id: i64,
    pub code: String,
    pub name: String,
    pub price: Decimal,
}

pub(super) fn item(code: &str, name: &str, price: &str) -> NewItem {
    NewItem::new(code, name, exact(price))
}

pub(super) fn values(code: &str, name: &str, price: &str) -> Vec<(String, Value)> {
    named([
        ("code", text(code)),
        ("name", text(name)),
        ("price", text(price)),
    ])
}

pub(super) fn registry() -> Registry {
    models![Shelf, Item, Sketch]
}

pub(super) async fn create(db: &Database) -> aludel::Result<()> {
    db.create_all(&registry()).await
}

/// Counts the hooks that are called.
pub(super) fn count_hooks(db: &Database) -> Arc<AtomicUsize> {
    let calls = Arc::new(AtomicUsize::new(0));
    let add = || {
        let calls = Arc::clone(&calls);
        move || {
            calls.fetch_add(1, Ordering::Relaxed);
        }
    };
    let (a, b, c, d, e, f) = (add(), add(), add(), add(), add(), add());
    db.on::<BeforeInsert<Item>>(move |_| {
        a();
        Ok(())
    });
    db.on::<AfterInsert<Item>>(move |_| {
        b();
        Ok(())
    });
    db.on::<BeforeUpdate<Item>>(move |_| {
        c();
        Ok(())
    });
    db.on::<AfterUpdate<Item>>(move |_| {
        d();
        Ok(())
    });
    db.on::<BeforeDelete<Item>>(move |_| {
        e();
        Ok(())
    });
    db.on::<AfterDelete<Item>>(move |_| {
        f();
        Ok(())
    });
    calls
}

/// The row of a code, whatever hides it.
pub(super) async fn stored(code: &str, db: &Database) -> aludel::Result<Option<Item>> {
    let query = Item::filter(Item::code.eq(code)).unscoped();
    query.optional(db).await
}

/// What a way of inserting does besides: whether it calls hooks, and looks at rules.
pub(super) const INSERTS: [(&str, bool, bool); 12] = [
    ("insert", true, true),
    ("insert_many", false, true),
    ("insert_many that answers", false, true),
    ("insert_from", false, false),
    ("an upsert", false, true),
    ("an upsert that does nothing", false, true),
    ("get_or_create", true, true),
    ("update_or_create", true, true),
    ("a session", true, true),
    ("dynamic insert", true, true),
    ("dynamic insert_many", false, true),
    ("a dynamic session", true, true),
];

pub(super) async fn insert(
    way: &str,
    code: &str,
    name: &str,
    price: &str,
    db: &Database,
) -> aludel::Result<()> {
    let new = || item(code, name, price);
    let of = || Item::code.eq(code);
    match way {
        "insert" => drop(new().insert(db).await?),
        "insert_many" => drop(Item::insert_many([new()]).execute(db).await?),
        "insert_many that answers" => drop(Item::insert_many([new()]).all(db).await?),
        "insert_from" => {
            NewSketch::new(code, name, exact(price)).insert(db).await?;
            // A default that is made in Rust is no query's.
            let found = (
                Sketch::code,
                Sketch::name,
                Sketch::price,
                literal("made".to_string()),
            );
            let found = Sketch::filter(Sketch::code.eq(code)).select(found);
            Item::insert_from((Item::code, Item::name, Item::price, Item::token), found)
                .execute(db)
                .await?;
        }
        "an upsert" => {
            let upsert = Item::insert_many([new()]).on_conflict(Item::code);
            upsert
                .do_update(Item::name.set(excluded(Item::name)))
                .execute(db)
                .await?;
        }
        "an upsert that does nothing" => {
            let upsert = Item::insert_many([new()]).on_conflict(Item::code);
            upsert.do_nothing().execute(db).await?;
        }
        "get_or_create" => assert!(Item::get_or_create(of(), new, db).await?.1),
        "update_or_create" => {
            let patch = ItemPatch::default();
            assert!(Item::update_or_create(of(), patch, new, db).await?.1);
        }
        "a session" => {
            let mut session = db.session();
            session.add(new());
            session.commit().await?;
        }
        "dynamic insert" => {
            drop(dynamic::insert(Item::meta(), values(code, name, price), db).await?)
        }
        "dynamic insert_many" => {
            drop(dynamic::insert_many(Item::meta(), [values(code, name, price)], db).await?)
        }
        "a dynamic session" => {
            let (registry, mut session) = (registry(), db.session());
            session
                .dynamic(&registry)
                .add("Item", values(code, name, price))?;
            session.commit().await?;
        }
        _ => unreachable!("{way}"),
    }
    Ok(())
}

/// What a way of changing a row does besides: whether it calls hooks, looks at rules, compares the version of the row at
/// hand, and leaves rows out of scope alone.
pub(super) const CHANGES: [(&str, bool, bool, bool, bool); 13] = [
    ("save", true, true, true, false),
    ("save_changed", true, true, true, false),
    ("patch", true, true, true, false),
    ("update", false, false, false, true),
    ("an upsert", false, true, false, false),
    ("update_or_create", true, true, false, true),
    ("a session", true, true, true, false),
    ("merge", true, true, true, true),
    ("a session's expression", true, true, true, false),
    ("a session's update", false, false, false, true),
    ("dynamic update", true, true, false, false),
    ("dynamic update by query", false, true, false, true),
    ("a dynamic session", true, true, true, false),
];

/// The row in a session, as it was when it was read: one that others have changed since is stale there.
pub(super) async fn at_hand(session: &mut Session, row: Item) -> aludel::Result<Key<Item>> {
    let query = Item::filter(Item::id.eq(row.id)).unscoped();
    if query.one(session.executor()).await?.version == row.version {
        return session.one(query).await;
    }
    session.merge(row).await
}

/// Changes name and price of a row that was read before.
pub(super) async fn change(
    way: &str,
    mut row: Item,
    name: &str,
    price: &str,
    db: &Database,
) -> aludel::Result<()> {
    let before = row.clone();
    let (name, price) = (name.to_string(), exact(price));
    let patch = || ItemPatch {
        name: Some(name.clone()),
        price: Some(price),
        ..Default::default()
    };
    let set = || (Item::name.set(name.clone()), Item::price.set(price));
    let changes = || named([("name", text(&name)), ("price", Value::Decimal(price))]);
    let code = row.code.clone();
    let of = || Item::code.eq(code.as_str());
    match way {
        "save" => {
            (row.name, row.price) = (name, price);
            row.save(db).await
        }
        "save_changed" => {
            (row.name, row.price) = (name, price);
            row.save_changed(&before, db).await
        }
        "patch" => row.patch(patch(), db).await.map(drop),
        "update" => Item::filter(of()).update(set()).execute(db).await.map(drop),
        "an upsert" => {
            let upsert = Item::insert_many([NewItem::new(code.as_str(), name.as_str(), price)])
                .on_conflict(Item::code);
            let upsert = upsert.do_update((
                Item::name.set(excluded(Item::name)),
                Item::price.set(excluded(Item::price)),
            ));
            upsert.execute(db).await.map(drop)
        }
        "update_or_create" => {
            let new = || NewItem::new(code.as_str(), name.as_str(), price);
            Item::update_or_create(of(), patch(), new, db)
                .await
                .map(drop)
        }
        "merge" => {
            (row.name, row.price) = (name, price);
            let mut session = db.session();
            session.merge(row).await?;
            session.commit().await.map(drop)
        }
        "a session's update" => {
            let mut session = db.session();
            session.execute(Item::filter(of()).update(set())).await?;
            session.commit().await.map(drop)
        }
        "a session" | "a session's expression" => {
            let mut session = db.session();
            let key = at_hand(&mut session, before).await?;
            match way {
                "a session" => (session[key].name, session[key].price) = (name, price),
                _ => {
                    session[key].name = name;
                    session.set(
                        key,
                        Item::price.set(literal(price) + Item::price - Item::price),
                    )?;
                }
            }
            session.commit().await.map(drop)
        }
        "dynamic update" => dynamic::update(Item::meta(), vec![Value::I64(row.id)], changes(), db)
            .await
            .map(drop),
        "dynamic update by query" => {
            let query = DynQuery::new(Item::meta()).filter("code", Lookup::Equal, text(&code))?;
            query.update(changes())?.execute(db).await.map(drop)
        }
        "a dynamic session" => {
            let (registry, mut session) = (registry(), db.session());
            let key = at_hand(&mut session, before).await?;
            let mut rows = session.dynamic(&registry);
            rows.set(key.into(), "name", text(&name))?;
            rows.set(key.into(), "price", Value::Decimal(price))?;
            session.commit().await.map(drop)
        }
        _ => unreachable!("{way}"),
    }
}

/// What a way of deleting does besides: whether it calls hooks, compares the version of the row at hand, leaves rows out of
/// scope alone, and takes rows away for good.
pub(super) const DELETES: [(&str, bool, bool, bool, bool); 11] = [
    ("delete", true, true, false, false),
    ("delete by query", false, false, true, false),
    ("a session", true, true, false, false),
    ("a session's delete", false, false, true, false),
    ("dynamic delete", true, false, false, false),
    ("dynamic delete by query", false, false, true, false),
    ("a dynamic session", true, true, false, false),
    ("erase", true, true, false, true),
    ("erase by query", false, false, true, true),
    ("dynamic erase", true, false, false, true),
    ("dynamic erase by query", false, false, true, true),
];

pub(super) async fn delete(way: &str, row: Item, db: &Database) -> aludel::Result<()> {
    let (meta, key) = (Item::meta(), vec![Value::I64(row.id)]);
    let code = row.code.clone();
    let of = || Item::filter(Item::code.eq(code.as_str()));
    let by_name = || DynQuery::new(meta).filter("code", Lookup::Equal, text(&code));
    match way {
        "delete" => row.delete(db).await,
        "erase" => row.erase(db).await,
        "delete by query" => of().delete().execute(db).await.map(drop),
        "erase by query" => of().erase().execute(db).await.map(drop),
        "a session's delete" => {
            let mut session = db.session();
            session.execute(of().delete()).await?;
            session.commit().await.map(drop)
        }
        "a session" | "a dynamic session" => {
            let (registry, mut session) = (registry(), db.session());
            let key = at_hand(&mut session, row).await?;
            match way {
                "a session" => session.remove(key)?,
                _ => session.dynamic(&registry).remove(key.into())?,
            }
            session.commit().await.map(drop)
        }
        "dynamic delete" => dynamic::delete(meta, key, db).await.map(drop),
        "dynamic erase" => dynamic::erase(meta, key, db).await.map(drop),
        "dynamic delete by query" => by_name()?.delete().execute(db).await.map(drop),
        "dynamic erase by query" => by_name()?.erase().execute(db).await.map(drop),
        _ => unreachable!("{way}"),
    }
}

/// Sets the moments of all rows back, so that a write is seen.
pub(super) async fn set_back(db: &Database) -> aludel::Result<Timestamp> {
    let long_ago = Timestamp::UNIX_EPOCH;
    sql("update path_items set updated_at = ")
        .bind(long_ago)
        .push(", created_at = ")
        .bind(long_ago)
        .execute(db)
        .await?;
    Ok(long_ago)
}
