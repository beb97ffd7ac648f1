//! The project's own tasks. `cargo xtask test` runs every test on every database; `cargo xtask serve` starts the
//! servers and prints their URLs until it is stopped; `cargo xtask bench` measures.

mod bench;
mod certificates;
mod galera;
mod install;
mod mariadb;
mod pgbouncer;
mod postgres;
mod scratch;
mod server;

use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask test [--only sqlite] [-- ARGUMENTS FOR cargo test]
    Finds or installs PostgreSQL, PgBouncer, MariaDB and Galera, starts throw-away servers on free loopback ports, runs every test
    on every database, those of PostgreSQL also through PgBouncer, and cleans up. With --only sqlite, tests on servers are
    left out.
cargo xtask serve
    Starts the servers and prints their URLs until Ctrl-C.
cargo xtask with COMMAND…
    Starts the servers, runs a command with their URLs in its environment, and cleans up.
cargo xtask bench [--quick] [CASE] [PEER]
    Runs the benchmarks by Aludel and its peers; without CASE and PEER all of them, and writes docs/benchmarks.
";

type Result<T, E = String> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", "--only", "sqlite", rest @ ..] => test_sqlite(rest),
        ["test", rest @ ..] if !rest.starts_with(&["--only"]) => test(rest),
        ["serve"] => serve(),
        ["bench", words @ ..] => bench::bench(words),
        ["with", command @ ..] if !command.is_empty() => with(command),
        _ => Err(HELP.to_string()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

/// The arguments behind `--`.
fn passed_on<'a>(rest: &'a [&'a str]) -> Result<&'a [&'a str]> {
    match rest {
        [] => Ok(&[]),
        ["--", more @ ..] => Ok(more),
        _ => Err(HELP.to_string()),
    }
}

fn cargo_test() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command.args(["test", "--workspace"]);
    command
}

fn test_sqlite(rest: &[&str]) -> Result<bool> {
    let more = passed_on(rest)?;
    let split = more
        .iter()
        .position(|word| *word == "--")
        .unwrap_or(more.len());
    let (before, after) = more.split_at(split);
    let mut command = cargo_test();
    command
        .args(before)
        .arg("--")
        .args(["--skip", "postgres", "--skip", "mariadb"]);
    command.args(after.iter().skip(1));
    run(command)
}

fn test(rest: &[&str]) -> Result<bool> {
    let more = passed_on(rest)?;
    let servers = Servers::start()?;
    let mut command = cargo_test();
    command.args(more);
    servers.announce(&mut command);
    let passed = run(command)?;
    if !passed || !more.is_empty() {
        return Ok(passed);
    }
    println!("once more through PgBouncer, in transaction mode");
    let mut pooled = cargo_test();
    pooled
        .args(["--test", "suite", "--test", "migrations", "--", "postgres"])
        .env("ALUDEL_POOLED", "1");
    servers.announce(&mut pooled);
    run(pooled)
}

fn with(words: &[&str]) -> Result<bool> {
    let servers = Servers::start()?;
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    servers.announce(&mut command);
    run(command)
}

fn serve() -> Result<bool> {
    let servers = Servers::start()?;
    for (name, url) in servers.urls() {
        println!("export {name}='{url}'");
    }
    loop {
        // Ctrl-C ends the process, and what it started, in its own handler.
        std::thread::park();
    }
}

fn run(mut command: Command) -> Result<bool> {
    let status = command
        .status()
        .map_err(|cause| format!("can't run {command:?}: {cause}"))?;
    Ok(status.success())
}

/// PostgreSQL, PgBouncer before it, MariaDB, and three more of it as a cluster, stopped when dropped.
struct Servers {
    galera: galera::Cluster,
    pgbouncer: server::Server,
    postgres: server::Server,
    mariadb: server::Server,
    /// The certificate of the authority that vouches for them.
    authority: String,
    /// Removed when all of them have ended.
    _folder: scratch::Folder,
}

impl Servers {
    fn start() -> Result<Servers> {
        scratch::on_interrupt()?;
        let programs = install::programs()?;
        let folder = scratch::Folder::new()?;
        println!(
            "starting PostgreSQL, PgBouncer, MariaDB and a Galera cluster in {}",
            folder.path().display()
        );
        let authority = certificates::Authority::new(&folder)?;
        let postgres = postgres::start(&programs, &folder, &authority)?;
        Ok(Servers {
            galera: galera::start(&programs, &folder)?,
            pgbouncer: pgbouncer::start(&programs, &folder, &postgres)?,
            postgres,
            mariadb: mariadb::start(&programs, &folder, &authority)?,
            authority: authority.file.display().to_string(),
            _folder: folder,
        })
    }

    /// What the tests find in their environment.
    fn urls(&self) -> [(&'static str, &str); 5] {
        [
            ("ALUDEL_TLS_AUTHORITY", &self.authority),
            ("ALUDEL_POSTGRES_URL", &self.postgres.url),
            ("ALUDEL_PGBOUNCER_URL", &self.pgbouncer.url),
            ("ALUDEL_MARIADB_URL", &self.mariadb.url),
            ("ALUDEL_GALERA_URLS", &self.galera.urls),
        ]
    }

    fn announce(&self, command: &mut Command) {
        for (name, url) in self.urls() {
            command.env(name, url);
        }
    }
}
