//! SeaORM. It has no connection of its own, only a pool, whose connections are pinged when they are given back.

mod entities;

use entities::{comments, posts, users};
use futures_util::TryStreamExt;
use measure::{Job, Sampler, Store, What, new_rows, shade};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, EntityTrait, IntoActiveModel,
    LoaderTrait, QueryFilter, QueryOrder, Set, TransactionTrait,
};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    measure::main(&[("sea-orm", run)])
}

fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.case.what {
        What::GetPooled => measure::for_tasks(job.store).block_on(pooled(job, sampler)),
        _ => measure::one_thread().block_on(alone(job, sampler)),
    }
    true
}

async fn connect(job: &Job, connections: u32) -> DatabaseConnection {
    let url = match job.store {
        Store::Sqlite if job.is_in_memory() => "sqlite::memory:".to_string(),
        Store::Sqlite => format!("sqlite://{}?mode=rwc", job.url),
        _ => job.url.clone(),
    };
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false);
    if job.store == Store::Sqlite {
        let memory = job.is_in_memory();
        options.map_sqlx_sqlite_opts(move |options| {
            let options = options.row_buffer_size(1024);
            match memory {
                true => options.shared_cache(false),
                false => options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal),
            }
        });
    }
    let db = Database::connect(options).await.expect("connects");
    for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
        db.execute_unprepared(statement).await.expect(statement);
    }
    db
}

type New = (String, Option<String>);

fn active((name, color): New) -> users::ActiveModel {
    users::ActiveModel {
        name: Set(name),
        hair_color: Set(color),
        ..Default::default()
    }
}

/// Statements of a thousand rows: one text, and its binds fit everywhere.
async fn insert(db: &DatabaseConnection, rows: Vec<New>) {
    const MOST: usize = 1000;
    let tx = db.begin().await.expect("begins");
    let mut rows = rows.into_iter().map(active).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<users::ActiveModel> = rows.by_ref().take(MOST).collect();
        users::Entity::insert_many(chunk)
            .exec_without_returning(&tx)
            .await
            .expect("inserts");
    }
    tx.commit().await.expect("commits");
}

async fn change(db: &DatabaseConnection, round: u64) {
    let tx = db.begin().await.expect("begins");
    let users = users::Entity::find().all(&tx).await.expect("rows");
    for (at, user) in users.into_iter().enumerate() {
        let mut user = user.into_active_model();
        user.hair_color = Set(Some(shade(at, round)));
        user.update_without_returning(&tx).await.expect("updates");
    }
    tx.commit().await.expect("commits");
}

type Tree = Vec<(users::Model, Vec<(posts::Model, Vec<comments::Model>)>)>;

/// By the data loader, which is quicker than the entity loader.
async fn nested(db: &DatabaseConnection) -> Tree {
    let users = users::Entity::find().all(db).await.expect("rows");
    let posts = users.load_many(posts::Entity, db).await.expect("rows");
    let counts: Vec<usize> = posts.iter().map(Vec::len).collect();
    let flat: Vec<posts::Model> = posts.into_iter().flatten().collect();
    let comments = flat.load_many(comments::Entity, db).await.expect("rows");
    let mut pairs = flat.into_iter().zip(comments);
    users
        .into_iter()
        .zip(counts)
        .map(|(user, n)| (user, pairs.by_ref().take(n).collect()))
        .collect()
}

async fn alone(job: &Job, sampler: &mut Sampler) {
    let db = connect(job, 1).await;
    let n = job.case.n;
    let new = |count| new_rows(count, |name, color| (name, color));
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(users::Entity::find().all(&db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let started = Instant::now();
                for _ in 0..times {
                    let pairs = users::Entity::find()
                        .find_also_related(posts::Entity)
                        .filter(users::Column::HairColor.eq("black"))
                        .order_by_asc(users::Column::Id);
                    black_box(pairs.all(&db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(nested(&db).await);
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load | What::BulkInserts => {
                let inputs: Vec<Vec<New>> = (0..times).map(|_| new(n)).collect();
                let started = Instant::now();
                for rows in inputs {
                    insert(&db, rows).await;
                }
                sampler.took(started.elapsed());
                db.execute_unprepared(job.clear()).await.expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    change(&db, round).await;
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let started = Instant::now();
                for _ in 0..times {
                    let user = users::Entity::find_by_id(black_box(500)).one(&db).await.expect("a row");
                    black_box(user.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let started = Instant::now();
                for at in 0..n * times as usize {
                    let user = users::Entity::find_by_id((at % 1000) as i64 + 1).one(&db).await.expect("a row");
                    black_box(user.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let inputs: Vec<New> = new(n * times as usize);
                let started = Instant::now();
                for row in inputs {
                    black_box(users::Entity::insert(active(row)).exec(&db).await.expect("inserts").last_insert_id);
                }
                sampler.took(started.elapsed());
                db.execute_unprepared(job.clear()).await.expect("clears");
            }
            What::Stream => {
                let started = Instant::now();
                for _ in 0..times {
                    let mut rows = users::Entity::find().stream(&db).await.expect("rows");
                    let mut length = 0;
                    while let Some(user) = rows.try_next().await.expect("a row") {
                        length += user.name.len();
                    }
                    black_box(length);
                }
                sampler.took(started.elapsed());
            }
            What::GetPooled => {}
        }
    }
}

async fn pooled(job: &Job, sampler: &mut Sampler) {
    let db = connect(job, 8).await;
    while let Some(times) = sampler.next() {
        let each = job.case.n * times as usize / 8;
        let started = Instant::now();
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move {
                    for at in 0..each {
                        let user = users::Entity::find_by_id((at % 1000) as i64 + 1).one(&db).await.expect("a row");
                        black_box(user.expect("a row"));
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("ends");
        }
        sampler.took(started.elapsed());
    }
}
