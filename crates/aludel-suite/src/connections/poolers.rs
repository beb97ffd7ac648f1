//! Through PgBouncer in transaction mode (scale.md, rules 12 and 13; E1).

use crate::harness::{Backend, run};
use aludel::prelude::*;
use aludel::{ErrorKind, Options};

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Happy,
    Sad,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pooled_rows")]
struct Pooled {
    id: i64,
    owner: i64,
    name: Option<String>,
    mood: Mood,
    moods: Vec<i32>,
}

fn pooled(owner: i64, n: i64) -> NewPooled {
    NewPooled {
        owner,
        name: (n % 2 == 0).then(|| format!("row {n} of {owner}")),
        mood: if n % 3 == 0 { Mood::Happy } else { Mood::Sad },
        moods: vec![n as i32],
    }
}

/// The URL of a database of the fixture's, through the pooler, with other parameters.
pub(super) fn through_the_pooler(url: &str, parameters: &str) -> String {
    by("ALUDEL_PGBOUNCER_URL", url, parameters)
}

/// The URL of a database of the fixture's, at the server itself.
pub(super) fn straight(url: &str, parameters: &str) -> String {
    by("ALUDEL_POSTGRES_URL", url, parameters)
}

fn by(variable: &str, url: &str, parameters: &str) -> String {
    let server = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is set"));
    let server = server.split('?').next().unwrap_or_default();
    let (address, _) = server.rsplit_once('/').expect("a database");
    let path = url.split('?').next().unwrap_or_default();
    let (_, database) = path.rsplit_once('/').expect("a database");
    format!("{address}/{database}{parameters}")
}

/// What one client does, over and over: reads, writes and transactions, each with its own rows and texts.
async fn work(db: &Database, owner: i64) -> aludel::Result<()> {
    for n in 0..100 {
        let row = pooled(owner, n).insert(db).await?;
        assert_eq!(row.owner, owner);
        let read = Pooled::get(row.id, db).await?;
        assert_eq!(read, row);
        match n % 5 {
            0 => {
                let changed = Pooled::filter(Pooled::id.eq(row.id))
                    .update(Pooled::name.set("changed"))
                    .execute(db);
                assert_eq!(changed.await?, 1);
            }
            1 => assert_eq!(
                Pooled::filter(Pooled::id.eq(row.id))
                    .delete()
                    .execute(db)
                    .await?,
                1
            ),
            2 => {
                let moods = Pooled::filter(Pooled::owner.eq(owner))
                    .select(Pooled::mood)
                    .all(db)
                    .await?;
                assert!(!moods.is_empty());
                let text: String = sql("select 'owner ' || ")
                    .bind(owner.to_string())
                    .one(db)
                    .await?;
                assert_eq!(text, format!("owner {owner}"));
            }
            3 => {
                let run = db.transaction(|tx| async move {
                    let row = pooled(owner, n).insert(&tx).await?;
                    Pooled::filter(Pooled::id.eq(row.id))
                        .update(Pooled::mood.set(Mood::Sad))
                        .execute(&tx)
                        .await?;
                    let found = Pooled::filter(Pooled::id.eq(row.id) & Pooled::mood.eq(Mood::Sad))
                        .count(&tx)
                        .await?;
                    assert_eq!(found, 1);
                    Pooled::filter(Pooled::id.eq(row.id))
                        .delete()
                        .execute(&tx)
                        .await
                });
                assert_eq!(run.retries(3).await?, 1);
            }
            _ => {
                let mut session = db.session();
                session.add(pooled(owner, n));
                // A connection that has not found out yet fails in a transaction, which can be tried again.
                let mut tries = 0;
                while let Err(error) = session.commit().await {
                    assert!(error.is_retryable() && tries < 3, "{error:?}");
                    tries += 1;
                }
            }
        }
        let others = Pooled::filter(Pooled::owner.ne(owner) & Pooled::id.eq(row.id))
            .count(db)
            .await?;
        assert_eq!(others, 0);
    }
    Ok(())
}

alone! {
    fn scale_12_one_statement_is_never_mistaken_for_another_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                fixture.db.create_all(&models![Pooled]).await?;
                // The last URL says nothing of a pooler: the connection finds out that the server forgets what it prepared.
                for (parameters, cache) in [
                    ("?pooler=transaction", 256),
                    ("?prepare=false", 256),
                    ("", 0),
                    ("", 256),
                ] {
                    let url = through_the_pooler(&fixture.url, parameters);
                    let mut tasks = Vec::new();
                    for owner in 0..8 {
                        let url = url.clone();
                        tasks.push(tokio::spawn(async move {
                            let options = Options::default()
                                .max_connections(2)
                                .statement_cache(cache)
                                .repeat_threshold(None);
                            let db = options.connect(&url).await?;
                            work(&db, owner).await
                        }));
                    }
                    for task in tasks {
                        let done = task.await.expect("it does not panic");
                        done.map_err(|error| panic!("{parameters:?}, {cache}: {error:?}"))
                            .ok();
                    }
                    // 40 of each 100 are inserted and stay; 20 by sessions.
                    let left = Pooled::query().count(&fixture.db).await?;
                    assert_eq!(left, 8 * 100, "{parameters:?}");
                    Pooled::query()
                        .unfiltered()
                        .delete()
                        .execute(&fixture.db)
                        .await?;
                }
                Ok(())
            })
        });
    }

    fn scale_13_nothing_is_kept_in_a_connection_of_the_servers_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                let url = through_the_pooler(&fixture.url, "?pooler=transaction&application_name=shop");
                let db = Database::connect(&url).await?;
                let timezone: String = sql("select current_setting('timezone')").one(&db).await?;
                assert_eq!(timezone, "UTC");
                let name: String = sql("select current_setting('application_name')")
                    .one(&db)
                    .await?;
                assert_eq!(name, "shop");
                let error = db.acquire().await.err().expect("refused");
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                assert!(error.to_string().contains("db.begin()"), "{error}");
                Ok(())
            })
        });
    }

    /// A statement without a name is parsed anew with each run: what changed since is no error, and not read wrongly.
    fn statements_without_names_follow_the_schema_postgres() {
        run(Backend::Postgres, |fixture| {
            Box::pin(async move {
                let db = Options::default()
                    .statement_cache(0)
                    .connect(&fixture.url)
                    .await?;
                sql("create table shifting (a int, b text)")
                    .execute(&db)
                    .await?;
                sql("insert into shifting values (1, 'x')")
                    .execute(&db)
                    .await?;
                let all = sql("select * from shifting");
                let shown = |rows: Vec<aludel::DynRow>| format!("{rows:?}");
                // Raw SQL may write: it is not run a second time by itself, and says that it could not be read.
                let read = async |db: &Database| match all.rows(db).await {
                    Err(error) if error.kind() == ErrorKind::Decode => {
                        assert!(error.to_string().contains("run it again"), "{error}");
                        all.rows(db).await.map(shown)
                    }
                    rows => rows.map(shown),
                };
                for change in [
                    "alter table shifting add c inet default '10.0.0.1'",
                    "alter table shifting alter a type bigint",
                    "alter table shifting drop b",
                    "create type weather as enum ('wet', 'dry')",
                    "alter table shifting add d weather default 'dry'",
                    "alter table shifting add e interval default '1 day'",
                    "alter table shifting drop c",
                ] {
                    let named = all.rows(&fixture.db).await.map(shown)?;
                    assert_eq!(all.rows(&db).await.map(shown)?, named, "before {change}");
                    aludel::Sql::trusted(change).execute(&fixture.db).await?;
                    // Behind a pooler, the statements of the fixture have no names either.
                    assert_eq!(read(&db).await?, read(&fixture.db).await?, "after {change}");
                    // In a transaction, and with what is not a bare read.
                    let tx = db.begin().await?;
                    let updated = sql("update shifting set a = 2 returning a")
                        .rows(&tx)
                        .await?;
                    assert_eq!(updated.len(), 1);
                    tx.rollback().await?;
                }
                Ok(())
            })
        });
    }
}
