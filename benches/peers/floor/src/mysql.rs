//! mysql_async, every statement prepared once.

use crate::rows::{ALL, Comment, JOIN, New, Post, User, nest};
use futures_util::StreamExt;
use measure::{Job, Sampler, What, new_rows, shade};
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, Row, Statement, Value};
use std::hint::black_box;
use std::time::Instant;

async fn connect(job: &Job) -> Conn {
    // By TCP as all others: it would ask the server for its socket.
    let url = format!("{}?prefer_socket=false", job.url);
    Conn::new(Opts::from_url(&url).expect("a URL")).await.expect("connects")
}

pub fn setup(job: &Job) {
    measure::one_thread().block_on(async {
        let mut conn = connect(job).await;
        for statement in &job.setup {
            conn.query_drop(statement).await.expect(statement);
        }
    });
}

fn user(row: (i64, String, Option<String>)) -> User {
    User {
        id: row.0,
        name: row.1,
        hair_color: row.2,
        posts: Vec::new(),
    }
}

fn post(row: (i64, i64, String, Option<String>)) -> Post {
    Post {
        id: row.0,
        user_id: row.1,
        title: row.2,
        body: row.3,
        comments: Vec::new(),
    }
}

type Pair = (
    i64,
    String,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

fn pair(row: Pair) -> (User, Option<Post>) {
    let (id, name, hair_color, post_id, user_id, title, body) = row;
    let post = post_id
        .zip(user_id)
        .zip(title)
        .map(|((id, user_id), title)| post((id, user_id, title, body)));
    (user((id, name, hair_color)), post)
}

async fn prepare(conn: &mut Conn, text: &str) -> Statement {
    conn.prep(text).await.expect(text)
}

fn binds(rows: Vec<New>) -> Vec<Value> {
    rows.into_iter().flat_map(|(name, color)| [name.into(), color.into()]).collect()
}

/// Rows in statements of a thousand.
async fn insert(conn: &mut Conn, rows: Vec<New>) {
    const MOST: usize = 1000;
    conn.query_drop("begin").await.expect("begins");
    let mut rows = rows.into_iter();
    loop {
        let some: Vec<New> = rows.by_ref().take(MOST).collect();
        if some.is_empty() {
            break;
        }
        let text = format!(
            "insert into users (name, hair_color) values (?, ?){}",
            ", (?, ?)".repeat(some.len() - 1)
        );
        conn.exec_drop(text, binds(some)).await.expect("inserts");
    }
    conn.query_drop("commit").await.expect("commits");
}

fn marks(count: usize) -> String {
    format!("(?{})", ", ?".repeat(count - 1))
}

const GET: &str = "select id, name, hair_color from users where id = ?";

pub fn run(job: &Job, sampler: &mut Sampler) -> bool {
    if job.case.what == What::GetPooled {
        measure::for_tasks(job.store).block_on(pooled(job, sampler));
        return true;
    }
    measure::one_thread().block_on(alone(job, sampler))
}

async fn alone(job: &Job, sampler: &mut Sampler) -> bool {
    let mut conn = connect(job).await;
    let n = job.case.n;
    let all = prepare(&mut conn, ALL).await;
    let join = prepare(&mut conn, JOIN).await;
    let one = prepare(&mut conn, "insert into users (name, hair_color) values (?, ?)").await;
    let update = prepare(&mut conn, "update users set hair_color = ? where id = ?").await;
    let get = prepare(&mut conn, GET).await;
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(conn.exec_map(&all, (), user).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let started = Instant::now();
                for _ in 0..times {
                    black_box(conn.exec_map(&join, (), pair).await.expect("rows"));
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    let users = conn.exec_map(&all, (), user).await.expect("rows");
                    let keys: Vec<Value> = users.iter().map(|user: &User| user.id.into()).collect();
                    let text = format!("select id, user_id, title, body from posts where user_id in {}", marks(keys.len()));
                    let posts = conn.exec_map(text, keys, post).await.expect("rows");
                    let keys: Vec<Value> = posts.iter().map(|post: &Post| post.id.into()).collect();
                    let text = format!("select id, post_id, text from comments where post_id in {}", marks(keys.len()));
                    let comment = |(id, post_id, text)| Comment { id, post_id, text };
                    let comments = conn.exec_map(text, keys, comment).await.expect("rows");
                    black_box(nest(users, posts, comments));
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load | What::BulkInserts => {
                let inputs: Vec<Vec<New>> = (0..times).map(|_| new_rows(n, |name, color| (name, color))).collect();
                let started = Instant::now();
                for rows in inputs {
                    insert(&mut conn, rows).await;
                }
                sampler.took(started.elapsed());
                conn.query_drop(job.clear()).await.expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    let users = conn.exec_map(&all, (), user).await.expect("rows");
                    conn.query_drop("begin").await.expect("begins");
                    for (at, user) in users.iter().enumerate() {
                        conn.exec_drop(&update, (shade(at, round), user.id)).await.expect("updates");
                    }
                    conn.query_drop("commit").await.expect("commits");
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let started = Instant::now();
                for _ in 0..times {
                    let row = conn.exec_first(&get, (black_box(500_i64),)).await.expect("a row");
                    black_box(row.map(user).expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let started = Instant::now();
                for at in 0..n * times as usize {
                    let row = conn.exec_first(&get, ((at % 1000) as i64 + 1,)).await.expect("a row");
                    black_box(row.map(user).expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let inputs: Vec<New> = new_rows(n * times as usize, |name, color| (name, color));
                let started = Instant::now();
                for row in inputs {
                    conn.exec_drop(&one, row).await.expect("inserts");
                }
                sampler.took(started.elapsed());
                conn.query_drop(job.clear()).await.expect("clears");
            }
            What::Stream => {
                let started = Instant::now();
                for _ in 0..times {
                    let mut rows = conn.exec_iter(&all, ()).await.expect("rows");
                    let mut rows = rows.stream::<Row>().await.expect("rows").expect("rows");
                    let mut length = 0;
                    while let Some(row) = rows.next().await {
                        length += user(mysql_async::from_row(row.expect("a row"))).name.len();
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

/// There is a pool, but it resets connections: one for each of eight tasks.
async fn pooled(job: &Job, sampler: &mut Sampler) {
    let mut connections = Vec::new();
    for _ in 0..8 {
        connections.push(connect(job).await);
    }
    while let Some(times) = sampler.next() {
        let each = job.case.n * times as usize / 8;
        let started = Instant::now();
        let tasks: Vec<_> = connections
            .drain(..)
            .map(|mut conn| {
                tokio::spawn(async move {
                    for at in 0..each {
                        let row = conn.exec_first(GET, ((at % 1000) as i64 + 1,)).await.expect("a row");
                        black_box(row.map(user).expect("a row"));
                    }
                    conn
                })
            })
            .collect();
        for task in tasks {
            connections.push(task.await.expect("ends"));
        }
        sampler.took(started.elapsed());
    }
}
