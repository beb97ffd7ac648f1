//! Whether anything takes time by the square: each case at 1,000 items and at 8,000, and how much longer an item takes
//! among the many. It prints a table and judges nothing: a ratio above 2 has a mark, and the exit code is 0.
//!
//! `cargo xtask with cargo bench -p aludel --bench linear --all-features` measures the three databases; a server whose
//! URL is not set is left out. Words behind `--` choose the cases that have all of them in their names or in that of the
//! database: `… --bench linear -- session sqlite`.
#![allow(missing_docs, unreachable_pub, dead_code)]

mod cases;
mod models;

use aludel::Sql;
use aludel::prelude::*;
use cases::{CASES, Case};
use std::time::{Duration, Instant};

const FEW: usize = 1_000;
const MANY: usize = 8_000;
/// The best of so many runs counts, of few and many items in turn: what disturbs them makes times longer, and it comes and
/// goes. Short ones are repeated …
const RUNS: usize = 12;
/// … until they took so long together.
const LONG: Duration = Duration::from_secs(2);
/// What a database takes at most, but for the case that it is in.
const ENOUGH: Duration = Duration::from_secs(100);
/// What an item may take more among many than among a few.
const LINEAR: f64 = 2.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --all-targets` runs benchmarks, too, and without this word.
    if !words.iter().any(|word| word == "--bench") {
        println!("nothing is measured by a test: `cargo bench -p aludel --bench linear`");
        return;
    }
    let words = words.iter().filter(|word| !word.starts_with("--"));
    let words: Vec<String> = words.map(|word| word.to_lowercase()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(run(&words)),
        Err(cause) => println!("there is no runtime: {cause}"),
    }
}

async fn run(words: &[String]) {
    println!(
        "| case | database | µs per item of {FEW} | µs per item of {MANY} | ratio |\n|---|---|---:|---:|---:|"
    );
    let file = on_file(words).await;
    failed("SQLite", file);
    for (database, variable) in [
        ("PostgreSQL", "ALUDEL_POSTGRES_URL"),
        ("MariaDB", "ALUDEL_MARIADB_URL"),
    ] {
        if let Ok(server) = std::env::var(variable) {
            let done = on_server(database, &server, words).await;
            failed(database, done);
        }
    }
}

/// A row that says why a database was left, if it was.
fn failed(database: &str, done: aludel::Result<()>) {
    if let Err(error) = done {
        println!("| | {database} | | | {} |", one_line(&error));
    }
}

fn one_line(error: &aludel::Error) -> String {
    let text = error.to_string().replace(['\n', '|'], " ");
    text.chars().take(200).collect()
}

/// In a file in a folder of its own, which is removed at the end, also after an error.
async fn on_file(words: &[String]) -> aludel::Result<()> {
    let folder = std::env::temp_dir().join(own_name());
    if let Err(cause) = std::fs::create_dir_all(&folder) {
        println!("| | SQLite | | | no folder {}: {cause} |", folder.display());
        return Ok(());
    }
    let url = format!("sqlite:{}", folder.join("linear.sqlite").display());
    let done = on("SQLite", &url, words).await;
    drop(std::fs::remove_dir_all(&folder));
    done
}

/// In a database of its own, which is dropped at the end, also after an error.
async fn on_server(database: &str, server: &str, words: &[String]) -> aludel::Result<()> {
    let (admin, own) = (Database::connect(server).await?, own_name());
    Sql::trusted(format!("CREATE DATABASE {own}"))
        .execute(&admin)
        .await?;
    let base = server.rsplit_once('/').map_or(server, |(base, _)| base);
    let done = on(database, &format!("{base}/{own}"), words).await;
    let force = match database {
        "PostgreSQL" => " WITH (FORCE)",
        _ => "",
    };
    Sql::trusted(format!("DROP DATABASE {own}{force}"))
        .execute(&admin)
        .await?;
    done
}

fn own_name() -> String {
    format!("aludel_linear_{}", std::process::id())
}

async fn on(database: &str, url: &str, words: &[String]) -> aludel::Result<()> {
    let db = Database::connect(url).await?;
    let begin = Instant::now();
    for case in CASES {
        let name = format!("{} {database}", case.name).to_lowercase();
        if !words.iter().all(|word| name.contains(word.as_str())) {
            continue;
        }
        let shown = if begin.elapsed() > ENOUGH {
            format!("| | not run: {} s are over", ENOUGH.as_secs())
        } else {
            match measure(case, &db).await {
                Ok((few, many)) => {
                    let mark = if many / few > LINEAR { " ⚠" } else { "" };
                    format!("{few:.2} | {many:.2} | {:.2}{mark}", many / few)
                }
                Err(error) => format!("| | {}", one_line(&error)),
            }
        };
        println!("| {} | {database} | {shown} |", case.name);
    }
    db.close();
    Ok(())
}

/// The µs that an item takes among few and among many in the best of some runs, each on empty tables.
async fn measure(case: &Case, db: &Database) -> aludel::Result<(f64, f64)> {
    let (mut few, mut many) = (f64::INFINITY, f64::INFINITY);
    let begin = Instant::now();
    for _ in 0..RUNS {
        models::renew(db).await?;
        few = few.min((case.run)(db, FEW).await?);
        models::renew(db).await?;
        many = many.min((case.run)(db, MANY).await?);
        if begin.elapsed() > LONG {
            break;
        }
    }
    Ok((few, many))
}
