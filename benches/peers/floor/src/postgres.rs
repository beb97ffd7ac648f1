//! tokio-postgres, every statement prepared once.

use crate::rows::{ALL, Comment, JOIN, New, Post, User, nest};
use futures_util::{StreamExt, pin_mut};
use measure::{Job, Sampler, What, new_rows, shade};
use std::hint::black_box;
use std::time::Instant;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, Row, Statement};

async fn connect(job: &Job) -> Client {
    let (client, connection) = tokio_postgres::connect(&job.url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    client
}

pub fn setup(job: &Job) {
    measure::one_thread().block_on(async {
        let client = connect(job).await;
        for statement in &job.setup {
            client.batch_execute(statement).await.expect(statement);
        }
    });
}

fn user(row: &Row) -> User {
    User {
        id: row.get(0),
        name: row.get(1),
        hair_color: row.get(2),
        posts: Vec::new(),
    }
}

fn post(row: &Row, at: usize) -> Post {
    Post {
        id: row.get(at),
        user_id: row.get(at + 1),
        title: row.get(at + 2),
        body: row.get(at + 3),
        comments: Vec::new(),
    }
}

async fn prepare(client: &Client, text: &str) -> Statement {
    client.prepare(text).await.expect(text)
}

/// Rows as one array for each column.
async fn insert(client: &Client, unnest: &Statement, rows: Vec<New>) {
    client.batch_execute("begin").await.expect("begins");
    let names: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
    let colors: Vec<Option<&str>> = rows.iter().map(|row| row.1.as_deref()).collect();
    client.execute(unnest, &[&names, &colors]).await.expect("inserts");
    client.batch_execute("commit").await.expect("commits");
}

/// Rows by the binary COPY.
async fn copy(client: &Client, rows: Vec<New>) {
    let sink = client
        .copy_in("copy users (name, hair_color) from stdin binary")
        .await
        .expect("begins");
    let writer = BinaryCopyInWriter::new(sink, &[Type::TEXT, Type::TEXT]);
    pin_mut!(writer);
    for row in &rows {
        writer.as_mut().write(&[&row.0, &row.1]).await.expect("writes");
    }
    writer.finish().await.expect("ends");
}

const GET: &str = "select id, name, hair_color from users where id = $1";

pub fn run(job: &Job, sampler: &mut Sampler) -> bool {
    if job.case.what == What::GetPooled {
        measure::for_tasks(job.store).block_on(pooled(job, sampler));
        return true;
    }
    measure::one_thread().block_on(alone(job, sampler))
}

async fn alone(job: &Job, sampler: &mut Sampler) -> bool {
    let client = connect(job).await;
    let n = job.case.n;
    let all = prepare(&client, ALL).await;
    let join = prepare(&client, JOIN).await;
    let posts_of = prepare(&client, "select id, user_id, title, body from posts where user_id = any($1)").await;
    let comments_of = prepare(&client, "select id, post_id, text from comments where post_id = any($1)").await;
    let unnest = prepare(
        &client,
        "insert into users (name, hair_color) select * from unnest($1::text[], $2::text[])",
    )
    .await;
    let one = prepare(&client, "insert into users (name, hair_color) values ($1, $2)").await;
    let update = prepare(&client, "update users set hair_color = $1 where id = $2").await;
    let get = prepare(&client, GET).await;
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let started = Instant::now();
                for _ in 0..times {
                    let rows = client.query(&all, &[]).await.expect("rows");
                    black_box(rows.iter().map(user).collect::<Vec<_>>());
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let started = Instant::now();
                for _ in 0..times {
                    let rows = client.query(&join, &[]).await.expect("rows");
                    let pair = |row: &Row| (user(row), row.get::<_, Option<i64>>(3).map(|_| post(row, 3)));
                    black_box(rows.iter().map(pair).collect::<Vec<_>>());
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    let rows = client.query(&all, &[]).await.expect("rows");
                    let users: Vec<User> = rows.iter().map(user).collect();
                    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
                    let rows = client.query(&posts_of, &[&keys]).await.expect("rows");
                    let posts: Vec<Post> = rows.iter().map(|row| post(row, 0)).collect();
                    let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
                    let rows = client.query(&comments_of, &[&keys]).await.expect("rows");
                    let comments = rows.iter().map(|row| Comment {
                        id: row.get(0),
                        post_id: row.get(1),
                        text: row.get(2),
                    });
                    black_box(nest(users, posts, comments.collect()));
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load | What::BulkInserts => {
                let inputs: Vec<Vec<New>> = (0..times).map(|_| new_rows(n, |name, color| (name, color))).collect();
                let started = Instant::now();
                for rows in inputs {
                    match job.case.what {
                        What::Insert => insert(&client, &unnest, rows).await,
                        _ => copy(&client, rows).await,
                    }
                }
                sampler.took(started.elapsed());
                client.batch_execute(job.clear()).await.expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    let rows = client.query(&all, &[]).await.expect("rows");
                    let users: Vec<User> = rows.iter().map(user).collect();
                    client.batch_execute("begin").await.expect("begins");
                    for (at, user) in users.iter().enumerate() {
                        client.execute(&update, &[&shade(at, round), &user.id]).await.expect("updates");
                    }
                    client.batch_execute("commit").await.expect("commits");
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(user(&client.query_one(&get, &[&black_box(500_i64)]).await.expect("a row")));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let started = Instant::now();
                for at in 0..n * times as usize {
                    black_box(user(&client.query_one(&get, &[&((at % 1000) as i64 + 1)]).await.expect("a row")));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let inputs: Vec<New> = new_rows(n * times as usize, |name, color| (name, color));
                let started = Instant::now();
                for row in inputs {
                    client.execute(&one, &[&row.0, &row.1]).await.expect("inserts");
                }
                sampler.took(started.elapsed());
                client.batch_execute(job.clear()).await.expect("clears");
            }
            What::Stream => {
                let started = Instant::now();
                for _ in 0..times {
                    let rows = client.query_raw(&all, Vec::<i64>::new()).await.expect("rows");
                    pin_mut!(rows);
                    let mut length = 0;
                    while let Some(row) = rows.next().await {
                        length += user(&row.expect("a row")).name.len();
                    }
                    black_box(length);
                }
                sampler.took(started.elapsed());
            }
            What::GetPooled => return false,
        }
    }
    true
}

/// There is no pool: a connection for each of eight tasks.
async fn pooled(job: &Job, sampler: &mut Sampler) {
    let mut connections = Vec::new();
    for _ in 0..8 {
        let client = connect(job).await;
        let get = prepare(&client, GET).await;
        connections.push(std::sync::Arc::new((client, get)));
    }
    while let Some(times) = sampler.next() {
        let each = job.case.n * times as usize / 8;
        let started = Instant::now();
        let tasks: Vec<_> = connections
            .iter()
            .map(|connection| {
                let connection = connection.clone();
                tokio::spawn(async move {
                    let (client, get) = &*connection;
                    for at in 0..each {
                        black_box(user(&client.query_one(get, &[&((at % 1000) as i64 + 1)]).await.expect("a row")));
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
