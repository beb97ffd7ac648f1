//! Toasty. It has no join into pairs (its way is an include, which is measured) and no stream (its way is pages by
//! key). Keys are `u64`, as in its guide.

use measure::{Job, Sampler, Store, What, new_rows, shade};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;
use toasty::{Db, Deferred};

#[derive(Debug, Clone, toasty::Model)]
#[table = "users"]
pub struct User {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub hair_color: Option<String>,
    #[has_many]
    pub posts: Deferred<Vec<Post>>,
}

#[derive(Debug, Clone, toasty::Model)]
#[table = "posts"]
pub struct Post {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub user_id: u64,
    pub title: String,
    pub body: Option<String>,
    #[belongs_to(key = user_id, references = id)]
    pub user: Deferred<User>,
    #[has_many]
    pub comments: Deferred<Vec<Comment>>,
}

#[derive(Debug, Clone, toasty::Model)]
#[table = "comments"]
pub struct Comment {
    #[key]
    #[auto]
    pub id: u64,
    #[index]
    pub post_id: u64,
    pub text: String,
    #[belongs_to(key = post_id, references = id)]
    pub post: Deferred<Post>,
}

fn main() -> ExitCode {
    measure::main(&[("toasty", run)])
}

fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.case.what {
        What::GetPooled => measure::for_tasks(job.store).block_on(pooled(job, sampler)),
        _ => measure::one_thread().block_on(alone(job, sampler)),
    }
    true
}

async fn connect(job: &Job, connections: usize) -> Db {
    let url = match job.store {
        Store::Sqlite if job.is_in_memory() => "sqlite::memory:".to_string(),
        Store::Sqlite => format!("sqlite:{}", job.url),
        Store::Postgres => format!("{}?sslmode=disable", job.url.replace("postgres:", "postgresql:")),
        Store::Mariadb => format!("{}?ssl-mode=disabled", job.url.replace("mysql:", "mariadb:")),
    };
    let mut builder = Db::builder();
    builder
        .models(toasty::models!(User, Post, Comment))
        .max_pool_size(connections)
        .pool_health_check_interval(None)
        .slow_statement_threshold(None);
    let mut db = builder.connect(&url).await.expect("connects");
    let mut held = Vec::new();
    for _ in 0..connections {
        let mut connection = db.connection().await.expect("connects");
        if job.store == Store::Sqlite {
            for pragma in ["pragma journal_mode = wal", "pragma synchronous = normal"] {
                toasty::sql::query(pragma).exec(&mut connection).await.expect("set");
            }
        }
        held.push(connection);
    }
    drop(held);
    for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
        toasty::sql::statement(statement.as_str()).exec(&mut db).await.expect(statement);
    }
    db
}

type New = (String, Option<String>);

/// Statements of ten thousand rows, whose binds every database takes.
async fn insert(db: &mut Db, rows: Vec<New>) {
    const MOST: usize = 10_000;
    let mut tx = db.transaction().await.expect("begins");
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut many = User::create_many();
        for (name, color) in rows.by_ref().take(MOST) {
            many = many.item(User::create().name(name).hair_color(color));
        }
        black_box(many.exec(&mut tx).await.expect("inserts"));
    }
    tx.commit().await.expect("commits");
}

async fn change(db: &mut Db, round: u64) {
    let mut tx = db.transaction().await.expect("begins");
    let mut users: Vec<User> = User::all().exec(&mut tx).await.expect("rows");
    for (at, user) in users.iter_mut().enumerate() {
        user.update().hair_color(shade(at, round)).exec(&mut tx).await.expect("updates");
    }
    tx.commit().await.expect("commits");
}

async fn join(db: &mut Db) -> Vec<(User, Option<Post>)> {
    let users: Vec<User> = User::filter(User::fields().hair_color().eq("black"))
        .order_by(User::fields().id().asc())
        .include(User::fields().posts())
        .exec(db)
        .await
        .expect("rows");
    let mut pairs = Vec::new();
    for mut user in users {
        let mut posts = std::mem::take(&mut user.posts).into_inner();
        let last = posts.pop();
        pairs.extend(posts.into_iter().map(|post| (user.clone(), Some(post))));
        pairs.push((user, last));
    }
    pairs
}

async fn stream(db: &mut Db) -> usize {
    const PAGE: usize = 10_000;
    let (mut last, mut length) = (0_u64, 0);
    loop {
        let page = User::filter(User::fields().id().gt(last))
            .order_by(User::fields().id().asc())
            .limit(PAGE);
        let users: Vec<User> = page.exec(db).await.expect("rows");
        length += users.iter().map(|user| user.name.len()).sum::<usize>();
        match users.last() {
            Some(user) if users.len() == PAGE => last = user.id,
            _ => return length,
        }
    }
}

async fn alone(job: &Job, sampler: &mut Sampler) {
    let mut db = connect(job, 1).await;
    let n = job.case.n;
    let new = |count| new_rows(count, |name, color| (name, color));
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(User::all().exec(&mut db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(join(&mut db).await);
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    let users = User::all().include(User::fields().posts().comments());
                    black_box(users.exec(&mut db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load | What::BulkInserts => {
                let inputs: Vec<Vec<New>> = (0..times).map(|_| new(n)).collect();
                let started = Instant::now();
                for rows in inputs {
                    insert(&mut db, rows).await;
                }
                sampler.took(started.elapsed());
                toasty::sql::statement(job.clear()).exec(&mut db).await.expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    change(&mut db, round).await;
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let mut connection = db.connection().await.expect("connects");
                let started = Instant::now();
                for _ in 0..times {
                    black_box(User::get_by_id(&mut connection, black_box(500)).await.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let mut connection = db.connection().await.expect("connects");
                let started = Instant::now();
                for at in 0..n * times as usize {
                    black_box(User::get_by_id(&mut connection, (at % 1000) as u64 + 1).await.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let inputs: Vec<New> = new(n * times as usize);
                {
                    let mut connection = db.connection().await.expect("connects");
                    let started = Instant::now();
                    for (name, color) in inputs {
                        black_box(
                            User::create()
                                .name(name)
                                .hair_color(color)
                                .exec(&mut connection)
                                .await
                                .expect("inserts"),
                        );
                    }
                    sampler.took(started.elapsed());
                }
                toasty::sql::statement(job.clear()).exec(&mut db).await.expect("clears");
            }
            What::Stream => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(stream(&mut db).await);
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
                let mut db = db.clone();
                tokio::spawn(async move {
                    for at in 0..each {
                        black_box(User::get_by_id(&mut db, (at % 1000) as u64 + 1).await.expect("a row"));
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
