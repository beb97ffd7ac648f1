//! SQLite in memory: rusqlite with prepared statements as the floor.

use aludel::prelude::*;
use aludel_benches::{Plain, User, users};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rusqlite::{Connection, params_from_iter};
use std::hint::black_box;
use tokio::runtime::Runtime;

const TABLE: &str = "create table users (id integer not null primary key, name text not null, hair_color text)";

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

async fn aludel(rows: usize) -> Database {
    let db = Database::connect("sqlite::memory:").await.expect("connects");
    sql(TABLE).execute(&db).await.expect("a table");
    User::insert_many(users(rows)).execute(&db).await.expect("rows");
    db
}

fn raw(rows: usize) -> Connection {
    let connection = Connection::open_in_memory().expect("opens");
    connection.execute(TABLE, []).expect("a table");
    let mut insert = connection.prepare("insert into users (name, hair_color) values (?1, ?2)").expect("prepares");
    for user in users(rows) {
        insert.execute((user.name, user.hair_color)).expect("inserts");
    }
    drop(insert);
    connection
}

fn plain(row: &rusqlite::Row<'_>) -> rusqlite::Result<Plain> {
    Ok(Plain { id: row.get(0)?, name: row.get(1)?, hair_color: row.get(2)? })
}

fn select_by_key(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/select_by_key");
    let connection = raw(1000);
    let mut select = connection.prepare("select id, name, hair_color from users where id = ?1").expect("prepares");
    group.bench_function("rusqlite", |b| b.iter(|| select.query_row([black_box(500_i64)], plain).expect("a row")));
    let runtime = runtime();
    let db = runtime.block_on(aludel(1000));
    group.bench_function("aludel_get", |b| {
        b.to_async(&runtime).iter(|| async { User::get(black_box(500), &db).await.expect("a row") });
    });
    group.bench_function("aludel_filter_one", |b| {
        b.to_async(&runtime).iter(|| async { User::filter(User::id.eq(black_box(500))).one(&db).await.expect("a row") });
    });
    group.bench_function("rusqlite_again", |b| b.iter(|| select.query_row([black_box(500_i64)], plain).expect("a row")));
    group.finish();
}

fn all_rows(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/10000_rows");
    let connection = raw(10_000);
    let mut select = connection.prepare("select id, name, hair_color from users").expect("prepares");
    group.bench_function("rusqlite", |b| {
        b.iter(|| select.query_map([], plain).expect("rows").collect::<Result<Vec<_>, _>>().expect("rows"));
    });
    let runtime = runtime();
    let db = runtime.block_on(aludel(10_000));
    group.bench_function("aludel", |b| {
        b.to_async(&runtime).iter(|| async { User::query().all(&db).await.expect("rows") });
    });
    group.finish();
}

fn insert_100(c: &mut Criterion) {
    let mut group = c.benchmark_group("sqlite/insert_100");
    let values = vec!["(?, ?)"; 100].join(", ");
    let text = format!("insert into users (name, hair_color) values {values}");
    group.bench_function("rusqlite", |b| {
        let connection = raw(0);
        let mut insert = connection.prepare(&text).expect("prepares");
        b.iter_batched(
            || users(100),
            |users| {
                let binds = users.iter().flat_map(|user| [Some(user.name.as_str()), user.hair_color.as_deref()]);
                insert.execute(params_from_iter(binds)).expect("inserts")
            },
            BatchSize::SmallInput,
        );
    });
    let runtime = runtime();
    group.bench_function("aludel", |b| {
        let db = runtime.block_on(aludel(0));
        b.to_async(&runtime).iter_batched(
            || users(100),
            |users| async { User::insert_many(users).execute(&db).await.expect("inserts") },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, select_by_key, all_rows, insert_100);
criterion_main!(benches);
