//! Aludel, as its guide writes it: one program for the three databases.

use aludel::prelude::*;
use measure::{Job, Sampler, What, new_rows, shade};
use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

#[derive(Model, Debug, Clone)]
#[model(table = "users")]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
    pub posts: HasMany<Post>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "posts")]
pub struct Post {
    pub id: i64,
    pub user: BelongsTo<User>,
    pub title: String,
    pub body: Option<String>,
    pub comments: HasMany<Comment>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "comments")]
pub struct Comment {
    pub id: i64,
    pub post: BelongsTo<Post>,
    pub text: String,
}

const JOIN: &str = "select users.id, users.name, users.hair_color, posts.id, posts.user_id, posts.title, posts.body \
     from users left join posts on posts.user_id = users.id where users.hair_color = ";

fn main() -> ExitCode {
    measure::main(&[("aludel", run)])
}

fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.case.what {
        What::GetPooled => measure::for_tasks(job.store).block_on(pooled(job, sampler)),
        _ => measure::one_thread().block_on(alone(job, sampler)),
    }
    true
}

async fn connect(job: &Job, connections: usize) -> Database {
    let url = match job.url.as_str() {
        ":memory:" => "sqlite::memory:".to_string(),
        path if path.starts_with('/') => format!("sqlite:{path}"),
        url => url.to_string(),
    };
    let db = Database::options()
        .max_connections(connections)
        .local_infile(true)
        .connect(&url)
        .await
        .expect("connects");
    for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
        aludel::Sql::trusted(statement.clone()).execute(&db).await.expect(statement);
    }
    db
}

async fn alone(job: &Job, sampler: &mut Sampler) {
    let db = connect(job, 1).await;
    let n = job.case.n;
    let new = |count| new_rows(count, |name, hair_color| NewUser { name, hair_color });
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(User::query().all(&db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let join = sql(JOIN).bind("black").push(" order by users.id");
                let started = Instant::now();
                for _ in 0..times {
                    black_box(join.all::<(User, Option<Post>)>(&db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    let users = User::query().with(User::posts.then(Post::comments));
                    black_box(users.all(&db).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load => {
                let inputs: Vec<Vec<NewUser>> = (0..times).map(|_| new(n)).collect();
                let started = Instant::now();
                for rows in inputs {
                    User::insert_many(rows).execute(&db).await.expect("inserts");
                }
                sampler.took(started.elapsed());
                sql(job.clear()).execute(&db).await.expect("clears");
            }
            What::BulkInserts => {
                let inputs: Vec<Vec<NewUser>> = (0..times).map(|_| new(n)).collect();
                let started = Instant::now();
                for rows in inputs {
                    let mut session = db.session();
                    session.add_all(rows);
                    session.commit().await.expect("commits");
                }
                sampler.took(started.elapsed());
                sql(job.clear()).execute(&db).await.expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    let mut session = db.session();
                    let keys = session.all(User::query()).await.expect("rows");
                    for (at, key) in keys.into_iter().enumerate() {
                        session[key].hair_color = Some(shade(at, round));
                    }
                    session.commit().await.expect("commits");
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(User::get(black_box(500), &db).await.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let started = Instant::now();
                for at in 0..n * times as usize {
                    black_box(User::get((at % 1000) as i64 + 1, &db).await.expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let inputs = new(n * times as usize);
                let started = Instant::now();
                for row in inputs {
                    black_box(row.insert(&db).await.expect("inserts"));
                }
                sampler.took(started.elapsed());
                sql(job.clear()).execute(&db).await.expect("clears");
            }
            What::Stream => {
                let started = Instant::now();
                for _ in 0..times {
                    let mut rows = User::query().stream(&db).expect("rows");
                    let mut length = 0;
                    while let Some(user) = rows.next().await {
                        length += user.expect("a row").name.len();
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
                        black_box(User::get((at % 1000) as i64 + 1, &db).await.expect("a row"));
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
