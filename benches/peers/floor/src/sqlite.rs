//! rusqlite, every statement prepared once.

use crate::rows::{ALL, Comment, JOIN, New, Post, User, nest};
use measure::{Job, Sampler, What, new_rows, shade};
use rusqlite::{Connection, Row, Statement, params_from_iter};
use std::hint::black_box;
use std::time::Instant;

/// A connection set up as all peers set up theirs; `setup` makes the tables, as does a database in memory.
pub fn open(job: &Job, setup: bool) -> Connection {
    let db = Connection::open(&job.url).expect("opens");
    db.execute_batch("pragma journal_mode = wal; pragma synchronous = normal")
        .expect("set");
    if setup || job.is_in_memory() {
        for statement in &job.setup {
            db.execute_batch(statement).expect(statement);
        }
    }
    db
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        name: row.get(1)?,
        hair_color: row.get(2)?,
        posts: Vec::new(),
    })
}

fn post(row: &Row<'_>, at: usize) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(at)?,
        user_id: row.get(at + 1)?,
        title: row.get(at + 2)?,
        body: row.get(at + 3)?,
        comments: Vec::new(),
    })
}

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: row.get(0)?,
        post_id: row.get(1)?,
        text: row.get(2)?,
    })
}

fn list<T>(select: &mut Statement<'_>, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    select.query_map([], read).expect("rows").collect::<Result<_, _>>().expect("rows")
}

fn listed<T>(db: &Connection, text: &str, keys: &[i64], read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let text = format!("{text} in (?{})", ", ?".repeat(keys.len() - 1));
    let mut select = db.prepare_cached(&text).expect("prepares");
    select
        .query_map(params_from_iter(keys), read)
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("rows")
}

fn insert(db: &Connection, rows: Vec<New>) {
    db.execute_batch("begin immediate").expect("begins");
    // One statement of a hundred rows is the quickest; what is left goes one by one.
    let mut chunks = rows.chunks_exact(100);
    if rows.len() >= 100 {
        let text = format!("insert into users (name, hair_color) values (?, ?){}", ", (?, ?)".repeat(99));
        let mut many = db.prepare_cached(&text).expect("prepares");
        for chunk in chunks.by_ref() {
            let binds = chunk.iter().flat_map(|(name, color)| [Some(name), color.as_ref()]);
            many.execute(params_from_iter(binds)).expect("inserts");
        }
    }
    let mut one = db
        .prepare_cached("insert into users (name, hair_color) values (?1, ?2)")
        .expect("prepares");
    for row in chunks.remainder() {
        one.execute((&row.0, &row.1)).expect("inserts");
    }
    db.execute_batch("commit").expect("commits");
}

pub fn run(job: &Job, sampler: &mut Sampler) -> bool {
    let n = job.case.n;
    if job.case.what == What::GetPooled {
        pooled(job, sampler);
        return true;
    }
    let db = open(job, false);
    db.set_prepared_statement_cache_capacity(100);
    let mut round = 0;
    while let Some(times) = sampler.next() {
        match job.case.what {
            What::All | What::LargeResultsets => {
                let mut select = db.prepare(ALL).expect("prepares");
                let started = Instant::now();
                for _ in 0..times {
                    black_box(list(&mut select, user));
                }
                sampler.took(started.elapsed());
            }
            What::Join => {
                let mut select = db.prepare(JOIN).expect("prepares");
                let started = Instant::now();
                for _ in 0..times {
                    let pair = |row: &Row<'_>| {
                        let post = match row.get::<_, Option<i64>>(3)? {
                            Some(_) => Some(post(row, 3)?),
                            None => None,
                        };
                        Ok((user(row)?, post))
                    };
                    black_box(list(&mut select, pair));
                }
                sampler.took(started.elapsed());
            }
            What::Nested => {
                let started = Instant::now();
                for _ in 0..times {
                    let users = list(&mut db.prepare_cached(ALL).expect("prepares"), user);
                    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
                    let posts = listed(&db, "select id, user_id, title, body from posts where user_id", &keys, |row| {
                        post(row, 0)
                    });
                    let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
                    let comments = listed(&db, "select id, post_id, text from comments where post_id", &keys, comment);
                    black_box(nest(users, posts, comments));
                }
                sampler.took(started.elapsed());
            }
            What::Insert | What::Load | What::BulkInserts => {
                let inputs: Vec<Vec<New>> = (0..times).map(|_| new_rows(n, |name, color| (name, color))).collect();
                let started = Instant::now();
                for rows in inputs {
                    insert(&db, rows);
                }
                sampler.took(started.elapsed());
                db.execute_batch(job.clear()).expect("clears");
            }
            What::Change => {
                let started = Instant::now();
                for _ in 0..times {
                    round += 1;
                    let users = list(&mut db.prepare_cached(ALL).expect("prepares"), user);
                    db.execute_batch("begin immediate").expect("begins");
                    let mut update = db
                        .prepare_cached("update users set hair_color = ?1 where id = ?2")
                        .expect("prepares");
                    for (at, user) in users.iter().enumerate() {
                        update.execute((shade(at, round), user.id)).expect("updates");
                    }
                    db.execute_batch("commit").expect("commits");
                }
                sampler.took(started.elapsed());
            }
            What::Get => {
                let mut select = db
                    .prepare("select id, name, hair_color from users where id = ?1")
                    .expect("prepares");
                let started = Instant::now();
                for _ in 0..times {
                    black_box(select.query_row([black_box(500_i64)], user).expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::ShortSelects => {
                let mut select = db
                    .prepare("select id, name, hair_color from users where id = ?1")
                    .expect("prepares");
                let started = Instant::now();
                for at in 0..n * times as usize {
                    black_box(select.query_row([(at % 1000) as i64 + 1], user).expect("a row"));
                }
                sampler.took(started.elapsed());
            }
            What::InsertOne | What::SingleInserts => {
                let count = n * times as usize;
                let inputs: Vec<New> = new_rows(count, |name, color| (name, color));
                let mut insert = db
                    .prepare("insert into users (name, hair_color) values (?1, ?2)")
                    .expect("prepares");
                let started = Instant::now();
                for row in inputs {
                    insert.execute((row.0, row.1)).expect("inserts");
                }
                sampler.took(started.elapsed());
                db.execute_batch(job.clear()).expect("clears");
            }
            What::Stream => {
                let mut select = db.prepare(ALL).expect("prepares");
                let started = Instant::now();
                for _ in 0..times {
                    let rows = select.query_map([], user).expect("rows");
                    black_box(rows.map(|row| row.expect("a row").name.len()).sum::<usize>());
                }
                sampler.took(started.elapsed());
            }
            What::GetPooled => return false,
        }
    }
    true
}

/// There is no pool: a connection for each of eight threads.
fn pooled(job: &Job, sampler: &mut Sampler) {
    let connections: Vec<Connection> = (0..8).map(|_| open(job, false)).collect();
    let mut connections = connections;
    while let Some(times) = sampler.next() {
        let each = job.case.n * times as usize / 8;
        let started = Instant::now();
        std::thread::scope(|scope| {
            for db in &mut connections {
                scope.spawn(move || {
                    for at in 0..each {
                        let mut select = db
                            .prepare_cached("select id, name, hair_color from users where id = ?1")
                            .expect("prepares");
                        black_box(select.query_row([(at % 1000) as i64 + 1], user).expect("a row"));
                    }
                });
            }
        });
        sampler.took(started.elapsed());
    }
}
