//! Many rows through PgBouncer. A server that refuses a row of a COPY is ready at once, while the rest is still on its way: in
//! transaction mode PgBouncer then gives the server connection to somebody else, and what follows goes there.

use super::poolers::{straight, through_the_pooler};
use crate::harness::{Backend, run};
use aludel::prelude::*;
use aludel::{ErrorKind, Options};
use std::time::Duration;

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "parcels")]
struct Parcel {
    id: i64,
    label: String,
    number: i32,
    note: Option<String>,
}

/// Enough for a COPY.
const MANY: usize = 6_000;

fn parcels(of: &str, refused: Option<usize>) -> Vec<NewParcel> {
    let parcel = |n| NewParcel {
        label: match Some(n) == refused {
            true => "taken".into(),
            false => format!("{of} {n}"),
        },
        number: n as i32,
        // What would be taken for messages.
        note: (n % 2 == 0).then(|| "Q\0\0\0\u{5}".replace('\0', "x").repeat(40)),
    };
    (0..MANY).map(parcel).collect()
}

async fn table(db: &Database) -> aludel::Result<()> {
    sql("create table parcels (id bigint generated always as identity primary key, label text not null unique, \
         number integer not null, note text)")
    .execute(db)
    .await?;
    sql("create table said (word text not null)")
        .execute(db)
        .await?;
    sql(
        "create function says() returns trigger language plpgsql as \
         $$ begin insert into said values (left(current_query(), 4)); return null; end $$",
    )
    .execute(db)
    .await?;
    sql("create trigger says after insert on parcels execute function says()")
        .execute(db)
        .await?;
    Ok(())
}

/// What the server was told, first to last.
async fn told(db: &Database) -> aludel::Result<Vec<String>> {
    sql("delete from said returning word").all(db).await
}

alone! {
    /// Rule: rows are copied only to the server process that greeted the connection, unless the URL says that each connection
    /// keeps its server connection.
    fn rows_are_copied_only_where_no_pooler_can_mix_them_up_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                table(&fixture.db).await?;
                for (is_straight, parameters, word) in [
                    (true, "", "COPY"),
                    (true, "?prepare=false", "COPY"),
                    (true, "?pooler=session", "COPY"),
                    (true, "?pooler=none", "COPY"),
                    (true, "?pooler=transaction", "INSE"),
                    (false, "", "INSE"),
                    (false, "?prepare=false", "INSE"),
                    (false, "?pooler=transaction", "INSE"),
                    (false, "?pooler=session", "COPY"),
                ] {
                    let url = match is_straight {
                        true => straight(&fixture.url, parameters),
                        false => through_the_pooler(&fixture.url, parameters),
                    };
                    let options = Options::default().statement_cache(match is_straight {
                        true => 256,
                        // It may not know the names of statements.
                        false => 0,
                    });
                    let db = options.connect(&url).await?;
                    let how = format!("{parameters:?}, straight: {is_straight}");
                    Parcel::insert_many(parcels("many", None)).execute(&db).await?;
                    assert_eq!(told(&db).await?, [word], "{how}");
                    // With keys that are drawn first.
                    let mut session = db.session();
                    let keys = session.add_all(parcels("of a session", None));
                    session.commit().await?;
                    assert_eq!(told(&db).await?, [word], "{how}");
                    let rows = Parcel::filter(Parcel::label.starts_with("of a session"))
                        .order_by(Parcel::id)
                        .all(&db)
                        .await?;
                    assert_eq!(rows.len(), MANY, "{how}");
                    for (key, row) in keys.into_iter().zip(&rows) {
                        assert_eq!(&session[key], row, "{how}");
                    }
                    Parcel::query().unfiltered().delete().execute(&db).await?;
                }
                Ok(())
            })
        });
    }

    /// Rule: rows that a server refuses are refused as ever behind a pooler, and nobody else's statement is hurt by them.
    fn refused_rows_behind_a_pooler_hurt_nobody_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                table(&fixture.db).await?;
                parcels("first", Some(0)).remove(0).insert(&fixture.db).await?;
                for parameters in ["?pooler=transaction", ""] {
                    let url = through_the_pooler(&fixture.url, parameters);
                    let options = Options::default().statement_cache(0);
                    let db = options.connect(&url).await?;
                    let mut tasks = Vec::new();
                    for task in 0..4 {
                        let db = db.clone();
                        tasks.push(tokio::spawn(async move {
                            for round in 0..6 {
                                let refused = (round * 1_037 + task * 400) % MANY;
                                let rows = parcels(&format!("{task} {round}"), Some(refused));
                                let error = Parcel::insert_many(rows).execute(&db).await;
                                let error = error.expect_err("one is there");
                                assert_eq!(error.kind(), ErrorKind::UniqueViolation, "{error:?}");
                                assert_eq!(Parcel::query().count(&db).await?, 1);
                            }
                            aludel::Result::<()>::Ok(())
                        }));
                    }
                    for task in tasks {
                        task.await.expect("it does not panic")?;
                    }
                }
                Ok(())
            })
        });
    }

    /// Rule: after a COPY that was refused, transactions of the same connection end as they are told to.
    fn transactions_after_a_refused_copy_end_as_they_are_told_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                let db = Database::connect(&straight(&fixture.url, "")).await?;
                table(&db).await?;
                let copy = sql("copy parcels (label, number) from stdin");
                let parcel = |label: &str| NewParcel {
                    label: label.into(),
                    number: 1,
                    note: None,
                };
                let connection = db.acquire().await?;
                copy.execute(&connection).await.expect_err("refused");
                let tx = connection.begin().await?;
                parcel("rolled back").insert(&tx).await?;
                tx.rollback().await?;
                let tx = connection.begin().await?;
                parcel("kept").insert(&tx).await?;
                let savepoint = tx.begin().await?;
                copy.execute(&savepoint).await.expect_err("refused");
                savepoint.rollback().await?;
                tx.commit().await?;
                drop(connection);
                let labels = Parcel::query().select(Parcel::label).all(&db).await?;
                assert_eq!(labels, ["kept"]);
                Ok(())
            })
        });
    }

    /// Rule: a COPY that a program sends as a statement is refused, and leaves no server connection behind that a pooler never
    /// takes back.
    fn a_refused_copy_leaves_no_connection_behind_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                table(&fixture.db).await?;
                let url = through_the_pooler(&fixture.url, "?pooler=transaction");
                let db = Options::default().max_connections(20).connect(&url).await?;
                // As many as PgBouncer has server connections for a database here.
                let mut open = Vec::new();
                for _ in 0..20 {
                    let tx = db.begin().await?;
                    let error = sql("copy parcels (label, number) from stdin").execute(&tx).await;
                    let error = error.expect_err("it goes another way");
                    assert_eq!(error.kind(), ErrorKind::InvalidQuery, "{error:?}");
                    open.push(tx);
                }
                for tx in open {
                    tx.rollback().await?;
                }
                let other = Database::connect(&url).await?;
                let counted = tokio::time::timeout(Duration::from_secs(20), Parcel::query().count(&other));
                assert_eq!(counted.await.expect("a server connection is free")?, 0);
                Ok(())
            })
        });
    }
}
