//! Statements of a session follow in memory what they do in the database, whichever rows their conditions name.

use crate::harness::Backend;
use aludel::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "boxes")]
pub struct Crate {
    pub id: i64,
    pub weight: i64,
    #[field(inverse = held_in)]
    pub things: HasMany<Thing>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "things")]
pub struct Thing {
    pub id: i64,
    pub name: String,
    #[field(on_delete = database(cascade))]
    pub held_in: BelongsTo<Crate>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "cells")]
pub struct Cell {
    #[field(primary_key, max_length = 10)]
    pub sheet: String,
    #[field(primary_key)]
    pub row: i32,
    pub value: i64,
}

/// Keys whose case does not count, as each database says it.
macro_rules! labels {
    ($($model:ident $new:ident $words:literal $check:ident;)+) => {$(
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(table = "labels")]
        pub struct $model {
            #[field(primary_key, sql_type = $words)]
            pub code: String,
            pub value: i64,
        }

        /// A statement names the row "ABC" as "abc"; memory follows.
        async fn $check(db: &Database) -> aludel::Result<()> {
            db.create_all(&models![$model]).await?;
            for deletes in [false, true] {
                $model::query().unfiltered().delete().execute(db).await?;
                let mut session = db.session();
                let key = session.add($new { code: "ABC".into(), value: 0 });
                session.commit().await?;
                let query = $model::filter($model::code.eq("abc"));
                let affected = if deletes {
                    session.execute(query.delete()).await?
                } else {
                    session.execute(query.update($model::value.set(7))).await?
                };
                session.commit().await?;
                let stored = $model::query().optional(db).await?;
                assert_eq!(affected, 1);
                assert_eq!(session.row(key).ok(), stored.as_ref());
            }
            Ok(())
        }
    )+};
}
labels! {
    SqliteLabel NewSqliteLabel "text collate nocase" sqlite_labels;
    PostgresLabel NewPostgresLabel "text collate any_case" postgres_labels;
    MariadbLabel NewMariadbLabel "varchar(20) collate utf8mb4_general_ci" mariadb_labels;
}

/// What the session knows of rows, and what is there.
async fn weights(
    session: &Session,
    keys: &[Key<Crate>],
    db: &Database,
) -> aludel::Result<(Vec<(i64, i64)>, Vec<(i64, i64)>)> {
    let known = keys.iter().filter_map(|key| session.row(*key).ok());
    let known = known.map(|row| (row.id, row.weight)).collect();
    let found = Crate::query()
        .order_by(Crate::id)
        .select((Crate::id, Crate::weight))
        .all(db)
        .await?;
    Ok((known, found))
}

on_every_database! {
    async fn rule_31_a_condition_on_the_key_means_what_any_condition_means(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Crate, Thing, Cell]).await?;
        let mut wrong = Vec::new();
        for case in 0..12 {
            for deletes in [false, true] {
                Thing::query().unfiltered().delete().execute(db).await?;
                Crate::query().unfiltered().delete().execute(db).await?;
                let rows = (0..6).map(|n| NewCrate { weight: n % 3 });
                Crate::insert_many(rows).execute(db).await?;
                let mut session = db.session();
                let keys = session.all(Crate::query().order_by(Crate::id)).await?;
                let ids: Vec<i64> = keys.iter().map(|key| session[*key].id).collect();
                let (first, last) = (ids[0], ids[5]);
                let condition = match case {
                    0 => Crate::id.eq(first),
                    1 => Crate::id.is_in([first, last, last]),
                    2 => Crate::id.eq(first) & Crate::weight.eq(0),
                    3 => Crate::id.eq(first) & Crate::weight.eq(1),
                    4 => Crate::id.eq(first) | Crate::weight.eq(1),
                    5 => Crate::id.ne(first),
                    6 => Crate::id.not_in([first, last]),
                    7 => !Crate::id.eq(first),
                    8 => Crate::id.eq(first) & Crate::id.eq(last),
                    9 => Crate::id.is_in([first, last]) & Crate::weight.abs().eq(2),
                    10 => Crate::id.is_in([first, -5]),
                    _ => Crate::weight.eq(1) & Crate::id.is_in(Vec::<i64>::new()),
                };
                let query = Crate::filter(condition);
                let affected = if deletes {
                    session.execute(query.delete()).await?
                } else {
                    session.execute(query.update(Crate::weight.set(Crate::weight + 10))).await?
                };
                session.commit().await?;
                let (known, found) = weights(&session, &keys, db).await?;
                let changed = if deletes { 6 - found.len() } else { found.iter().filter(|row| row.1 >= 10).count() };
                if known != found || affected != changed as u64 {
                    wrong.push(format!("case {case}, deletes: {deletes}, {affected} rows: memory {known:?}, database {found:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    async fn rule_31_a_parent_deleted_by_its_key_takes_its_children_along_in_memory(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Crate, Thing, Cell]).await?;
        for known in ["known", "not read", "expired"] {
            let holder = NewCrate { weight: 1 }.insert(db).await?;
            let other = NewCrate { weight: 2 }.insert(db).await?;
            for held_in in [&holder, &other] {
                NewThing { name: known.into(), held_in: held_in.into() }.insert(db).await?;
            }
            let mut session = db.session();
            let things = session.all(Thing::filter(Thing::name.eq(known)).order_by(Thing::id)).await?;
            if known != "not read" {
                let key: Key<Crate> = session.get(holder.id).await?;
                if known == "expired" {
                    session.expire(key)?;
                }
            }
            session.execute(Crate::filter(Crate::id.eq(holder.id)).delete()).await?;
            session.commit().await?;
            let ids = Thing::filter(Thing::name.eq(known)).select(Thing::id).all(db).await?;
            assert_eq!(ids.len(), 1, "{known}");
            for key in things {
                if session.row(key).is_ok_and(|row| ids.contains(&row.id)) {
                    continue;
                }
                // Gone, or read again before it is looked at.
                assert!(session.refresh(key).await.is_err(), "{known}");
            }
        }
    }

    async fn rule_31_a_key_of_several_columns_and_of_text_is_named_by_all_of_them(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Cell]).await?;
        let cells = ["a", "A", "a b"].into_iter().flat_map(|sheet| (0..3).map(move |row| NewCell { sheet: sheet.into(), row, value: 0 }));
        Cell::insert_many(cells).execute(db).await?;
        let mut session = db.session();
        let keys = session.all(Cell::query().order_by((Cell::sheet, Cell::row))).await?;
        session.execute(Cell::filter(Cell::sheet.eq("a") & Cell::row.eq(1)).update(Cell::value.set(1))).await?;
        session.execute(Cell::filter(Cell::row.eq(2) & Cell::sheet.eq("A") & Cell::value.eq(0)).update(Cell::value.set(2))).await?;
        session.execute(Cell::filter(Cell::sheet.eq("a b")).update(Cell::value.set(3))).await?;
        session.execute(Cell::filter(Cell::sheet.eq("a ") & Cell::row.eq(0)).delete()).await?;
        session.commit().await?;
        let known: Vec<Cell> = keys.iter().filter_map(|key| session.row(*key).ok().cloned()).collect();
        let mut found = Cell::query().all(db).await?;
        let sorted = |cells: &mut Vec<Cell>| cells.sort_by(|a, b| (&a.sheet, a.row).cmp(&(&b.sheet, b.row)));
        let mut known = known;
        sorted(&mut known);
        sorted(&mut found);
        assert_eq!(known, found);
    }

    async fn rule_31_a_key_of_a_type_in_the_databases_own_words_is_compared_by_the_database(fixture) {
        let db = &fixture.db;
        match fixture.backend {
            Backend::Sqlite => sqlite_labels(db).await?,
            Backend::Mariadb => mariadb_labels(db).await?,
            Backend::Postgres => {
                sql("create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)").execute(db).await?;
                postgres_labels(db).await?
            }
        }
    }
}
