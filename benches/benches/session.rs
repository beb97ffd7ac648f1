//! Relations and sessions, on SQLite and PostgreSQL, against hand-written code on the raw drivers. The server's URL is in
//! `ALUDEL_POSTGRES_URL`; `cargo xtask with cargo bench --manifest-path benches/Cargo.toml --bench session` starts one.

use aludel::prelude::*;
use aludel_benches::blog::{Author, Comment, PlainAuthor, PlainComment, PlainPost, Post, assemble, create, fill, new_authors};
use criterion::{Criterion, criterion_group, criterion_main};
use rusqlite::Connection;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
}

fn url() -> String {
    std::env::var("ALUDEL_POSTGRES_URL").expect("ALUDEL_POSTGRES_URL: use `cargo xtask with cargo bench …`")
}

/// An SQLite file and a raw connection to it.
fn sqlite(runtime: &Runtime, name: &str) -> (Database, Connection) {
    let path = std::env::temp_dir().join(format!("aludel_bench_{}_{name}.sqlite", std::process::id()));
    drop(std::fs::remove_file(&path));
    let db = runtime.block_on(Database::connect(&format!("sqlite:{}", path.display()))).expect("connects");
    runtime.block_on(async { create(&db).await.expect("tables"); fill(&db).await.expect("rows") });
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on").expect("set");
    raw.set_prepared_statement_cache_capacity(100);
    (db, raw)
}

/// A database of the server's of its own.
async fn postgres(name: &str) -> (Database, Client) {
    let admin = Database::connect(&url()).await.expect("connects");
    let name = format!("aludel_bench_{}_{name}", std::process::id());
    aludel::Sql::trusted(format!("create database {name}")).execute(&admin).await.expect("a database");
    let (base, _) = url().rsplit_once('/').map(|(a, b)| (a.to_string(), b.to_string())).expect("a URL");
    let url = format!("{base}/{name}");
    let db = Database::connect(&url).await.expect("connects");
    create(&db).await.expect("tables");
    fill(&db).await.expect("rows");
    sql("analyze").execute(&db).await.expect("statistics");
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("connects");
    tokio::spawn(connection);
    (db, client)
}

fn raw_sqlite_load(raw: &Connection) -> Vec<PlainAuthor> {
    let list = |ids: &mut dyn Iterator<Item = i64>| {
        let mut text = String::from("[");
        for (n, id) in ids.enumerate() {
            if n > 0 {
                text.push(',');
            }
            text.push_str(&id.to_string());
        }
        text.push(']');
        text
    };
    let mut select = raw.prepare_cached("select id, name, score from authors order by id").expect("prepares");
    let authors: Vec<PlainAuthor> = select
        .query_map([], |row| Ok(PlainAuthor { id: row.get(0)?, name: row.get(1)?, score: row.get(2)?, posts: Vec::new() }))
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    let mut select = raw
        .prepare_cached("select id, title, author_id from posts where author_id in (select value from json_each(?1)) order by id")
        .expect("prepares");
    let posts: Vec<PlainPost> = select
        .query_map([list(&mut authors.iter().map(|author| author.id))], |row| {
            Ok(PlainPost { id: row.get(0)?, title: row.get(1)?, author: row.get(2)?, comments: Vec::new() })
        })
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    let mut select = raw
        .prepare_cached("select id, text, post_id from comments where post_id in (select value from json_each(?1)) order by id")
        .expect("prepares");
    let comments: Vec<PlainComment> = select
        .query_map([list(&mut posts.iter().map(|post| post.id))], |row| {
            Ok(PlainComment { id: row.get(0)?, text: row.get(1)?, post: row.get(2)? })
        })
        .expect("rows")
        .map(|row| row.expect("a row"))
        .collect();
    assemble(authors, posts, comments)
}

async fn aludel_load(db: &Database) -> usize {
    let authors = Author::query().order_by(Author::id).with(Author::posts.then(Post::comments)).all(db).await.expect("rows");
    authors.len()
}

async fn session_load(db: &Database) -> usize {
    let mut session = db.session();
    let query = Author::query().order_by(Author::id).with(Author::posts.then(Post::comments));
    session.all(query).await.expect("rows").len()
}

fn load_sqlite(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/load_100x10x5");
    let runtime = runtime();
    let (db, raw) = sqlite(&runtime, "load");
    group.bench_function("rusqlite", |b| b.iter(|| black_box(raw_sqlite_load(&raw)).len()));
    group.bench_function("aludel", |b| b.to_async(&runtime).iter(|| aludel_load(&db)));
    group.bench_function("aludel_session", |b| b.to_async(&runtime).iter(|| session_load(&db)));
    group.bench_function("rusqlite_again", |b| b.iter(|| black_box(raw_sqlite_load(&raw)).len()));
    group.finish();
}

fn load_postgres(c: &mut Criterion) {
    let mut group = c.benchmark_group("postgres/load_100x10x5");
    let runtime = runtime();
    let (db, raw) = runtime.block_on(postgres("load"));
    let (authors, posts, comments) = runtime.block_on(async {
        (
            raw.prepare("select id, name, score from authors order by id").await.expect("prepares"),
            raw.prepare("select id, title, author_id from posts where author_id = any($1) order by id").await.expect("prepares"),
            raw.prepare("select id, text, post_id from comments where post_id = any($1) order by id").await.expect("prepares"),
        )
    });
    let load = || async {
        let rows = raw.query(&authors, &[]).await.expect("rows");
        let found: Vec<PlainAuthor> =
            rows.iter().map(|row| PlainAuthor { id: row.get(0), name: row.get(1), score: row.get(2), posts: Vec::new() }).collect();
        let keys: Vec<i64> = found.iter().map(|author| author.id).collect();
        let rows = raw.query(&posts, &[&keys]).await.expect("rows");
        let written: Vec<PlainPost> =
            rows.iter().map(|row| PlainPost { id: row.get(0), title: row.get(1), author: row.get(2), comments: Vec::new() }).collect();
        let keys: Vec<i64> = written.iter().map(|post| post.id).collect();
        let rows = raw.query(&comments, &[&keys]).await.expect("rows");
        let said = rows.iter().map(|row| PlainComment { id: row.get(0), text: row.get(1), post: row.get(2) }).collect();
        black_box(assemble(found, written, said)).len()
    };
    group.bench_function("tokio-postgres", |b| b.to_async(&runtime).iter(load));
    group.bench_function("aludel", |b| b.to_async(&runtime).iter(|| aludel_load(&db)));
    group.bench_function("aludel_session", |b| b.to_async(&runtime).iter(|| session_load(&db)));
    group.bench_function("tokio-postgres_again", |b| b.to_async(&runtime).iter(load));
    group.finish();
}

/// 1,000 rows read, one field of each changed, committed.
async fn session_change(db: &Database) {
    let mut session = db.session();
    let keys = session.all(Post::query().order_by(Post::id).limit(1000)).await.expect("rows");
    for key in keys {
        let title = &mut session[key].title;
        let last = title.pop().unwrap_or('0');
        title.push(if last == '0' { '1' } else { '0' });
    }
    session.commit().await.expect("a commit");
}

fn changed(mut title: String) -> String {
    let last = title.pop().unwrap_or('0');
    title.push(if last == '0' { '1' } else { '0' });
    title
}

fn change_sqlite(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/change_1000");
    let runtime = runtime();
    let (db, raw) = sqlite(&runtime, "change");
    let change = || {
        let mut select = raw.prepare_cached("select id, title, author_id from posts order by id limit 1000").expect("prepares");
        let posts: Vec<(i64, String, i64)> = select
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .expect("rows")
            .map(|row| row.expect("a row"))
            .collect();
        raw.execute_batch("begin immediate").expect("begins");
        let mut update = raw.prepare_cached("update posts set title = ?1 where id = ?2").expect("prepares");
        for (id, title, _) in posts {
            update.execute((changed(title), id)).expect("updates");
        }
        raw.execute_batch("commit").expect("commits");
    };
    group.bench_function("rusqlite", |b| b.iter(change));
    group.bench_function("aludel_session", |b| b.to_async(&runtime).iter(|| session_change(&db)));
    group.bench_function("rusqlite_again", |b| b.iter(change));
    group.finish();
}

fn change_postgres(c: &mut Criterion) {
    let mut group = c.benchmark_group("postgres/change_1000");
    group.sample_size(20);
    let runtime = runtime();
    let (db, raw) = runtime.block_on(postgres("change"));
    let (select, update) = runtime.block_on(async {
        (
            raw.prepare("select id, title, author_id from posts order by id limit 1000").await.expect("prepares"),
            raw.prepare("update posts set title = $1 where id = $2").await.expect("prepares"),
        )
    });
    let change = || async {
        let rows = raw.query(&select, &[]).await.expect("rows");
        let posts: Vec<(i64, String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
        raw.batch_execute("begin").await.expect("begins");
        for (id, title, _) in posts {
            raw.execute(&update, &[&changed(title), &id]).await.expect("updates");
        }
        raw.batch_execute("commit").await.expect("commits");
    };
    group.bench_function("tokio-postgres_one_by_one", |b| b.to_async(&runtime).iter(change));
    group.bench_function("aludel_session", |b| b.to_async(&runtime).iter(|| session_change(&db)));
    group.finish();
}

fn add_sqlite(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/add_10000");
    group.sample_size(20);
    let runtime = runtime();
    let (db, raw) = sqlite(&runtime, "add");
    group.bench_function("rusqlite", |b| {
        b.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                let new = new_authors(10_000);
                let started = Instant::now();
                raw.execute_batch("begin immediate").expect("begins");
                let mut rows: Vec<PlainAuthor> = Vec::with_capacity(new.len());
                let mut insert = raw.prepare_cached("insert into authors (name, score) values (?1, ?2)").expect("prepares");
                for author in new {
                    insert.execute((&author.name, author.score)).expect("inserts");
                    rows.push(PlainAuthor { id: raw.last_insert_rowid(), name: author.name, score: author.score.unwrap_or(0), posts: Vec::new() });
                }
                raw.execute_batch("commit").expect("commits");
                black_box(rows);
                spent += started.elapsed();
                raw.execute_batch("delete from authors where id > 100").expect("deletes");
            }
            spent
        });
    });
    group.bench_function("aludel_session", |b| {
        b.iter_custom(|times| runtime.block_on(add(&db, times)));
    });
    group.finish();
}

async fn add(db: &Database, times: u64) -> Duration {
    let mut spent = Duration::ZERO;
    for _ in 0..times {
        let new = new_authors(10_000);
        let started = Instant::now();
        let mut session = db.session();
        let keys = session.add_all(new);
        session.commit().await.expect("a commit");
        assert!(session[keys[9_999]].id > 0);
        black_box(&session);
        spent += started.elapsed();
        drop(session);
        sql("delete from authors where id > 100").execute(db).await.expect("deletes");
    }
    spent
}

fn add_postgres(c: &mut Criterion) {
    let mut group = c.benchmark_group("postgres/add_10000");
    group.sample_size(20);
    let runtime = runtime();
    let (db, raw) = runtime.block_on(postgres("add"));
    let insert = runtime
        .block_on(raw.prepare("insert into authors (name, score) select * from unnest($1::text[], $2::int8[]) returning id"))
        .expect("prepares");
    group.bench_function("tokio-postgres_unnest", |b| {
        b.iter_custom(|times| {
            runtime.block_on(async {
                let mut spent = Duration::ZERO;
                for _ in 0..times {
                    let new = new_authors(10_000);
                    let started = Instant::now();
                    raw.batch_execute("begin").await.expect("begins");
                    let scores: Vec<i64> = new.iter().map(|author| author.score.unwrap_or(0)).collect();
                    let names: Vec<&str> = new.iter().map(|author| author.name.as_str()).collect();
                    let ids = raw.query(&insert, &[&names, &scores]).await.expect("rows");
                    let rows: Vec<PlainAuthor> = new
                        .into_iter()
                        .zip(&ids)
                        .map(|(author, id)| PlainAuthor { id: id.get(0), name: author.name, score: author.score.unwrap_or(0), posts: Vec::new() })
                        .collect();
                    raw.batch_execute("commit").await.expect("commits");
                    black_box(rows);
                    spent += started.elapsed();
                    raw.batch_execute("delete from authors where id > 100").await.expect("deletes");
                }
                spent
            })
        });
    });
    group.bench_function("aludel_session", |b| {
        b.iter_custom(|times| runtime.block_on(add(&db, times)));
    });
    group.finish();
}

/// Keeps the models' other fields in use.
#[allow(dead_code)]
fn used(comment: &Comment) -> (&str, i64) {
    (&comment.text, comment.id)
}

criterion_group!(benches, load_sqlite, load_postgres, change_sqlite, change_postgres, add_sqlite, add_postgres);
criterion_main!(benches);
