//! A loop to be profiled: `profile get|one|insert N`.
use aludel::prelude::*;
use aludel_benches::{User, users};
fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let n: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let rt = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    rt.block_on(async {
        let db = Database::options().inline_budget(std::time::Duration::from_millis(std::env::var("BUDGET").ok().and_then(|n| n.parse().ok()).unwrap_or(1))).connect("sqlite::memory:").await.expect("connects");
        sql("create table users (id integer not null primary key, name text not null, hair_color text)").execute(&db).await.expect("a table");
        User::insert_many(users(if what == "all" { 10_000 } else { 1000 })).execute(&db).await.expect("rows");
        let begun = std::time::Instant::now();
        for _ in 0..n {
            match what.as_str() {
                "get" => drop(User::get(500, &db).await.expect("a row")),
                "all" => drop(User::query().all(&db).await.expect("rows")),
                "one" => drop(User::filter(User::id.eq(500)).one(&db).await.expect("a row")),
                _ => drop(User::insert_many(users(100)).execute(&db).await.expect("rows")),
            }
        }
        eprintln!("{:?} each", begun.elapsed() / n as u32);
    });
}
