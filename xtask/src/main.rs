//! The project's own tasks. `cargo xtask test` runs every test on every database; `cargo xtask serve` starts the
//! servers and prints their URLs until it is stopped; `cargo xtask bench` measures.

mod api;
mod bench;
mod certificates;
mod checks;
mod functions;
mod galera;
mod install;
mod mariadb;
mod modules;
mod pgbouncer;
mod postgres;
mod scratch;
mod server;
mod tools;

use std::process::{Command, ExitCode};

const HELP: &str = "\
cargo xtask test [--only sqlite|postgres|mariadb] [-- ARGUMENTS FOR cargo test]
    Builds the tests, finds or installs PostgreSQL, PgBouncer, MariaDB and Galera, starts throw-away servers on free loopback
    ports, runs every test on every database, those of PostgreSQL also through PgBouncer, and cleans up. With --only, the
    servers of the other databases are not started, and tests on them are left out.
cargo xtask serve
    Starts the servers and prints their URLs until Ctrl-C.
cargo xtask with COMMAND…
    Starts the servers, runs a command with their URLs in its environment, and cleans up.
cargo xtask modules
    Fails if modules of a crate import each other in a circle that is not listed with its reason.
cargo xtask functions
    Fails if a program gets too many functions for each of its models: they are what it costs to build.
cargo xtask package
    Packages every crate, and builds it from its package.
cargo xtask deny
    Checks the licences, duplicates, sources and known faults of dependencies.
cargo xtask hack
    Builds the crates with every pair of their features; a warning is an error.
cargo xtask api [--bless]
    Compares the public API with `docs/api`, or writes these files.
cargo xtask semver [REVISION]
    Compares the public API with the last release, or a revision.
cargo xtask fmt, docs, ci
    Formats the code; builds the documentation; runs all that a pull request has to pass.
cargo xtask bench [--quick] [CASE] [PEER]
    Runs the benchmarks by Aludel and its peers; without CASE and PEER all of them, and writes docs/benchmarks.
";

type Result<T, E = String> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = scratch::on_interrupt().and_then(|()| match words.as_slice() {
        ["test", "--only", name, rest @ ..] => Only::parse(name).and_then(|only| test(only, rest)),
        ["test", rest @ ..] => test(Only::All, rest),
        ["serve"] => serve(),
        ["modules"] => modules::check(),
        ["functions"] => functions::check(),
        ["package"] => checks::package(),
        ["deny"] => checks::deny(),
        ["hack"] => checks::hack(),
        ["api"] => api::check(false),
        ["api", "--bless"] => api::check(true),
        ["semver"] => checks::semver(),
        ["semver", revision] => checks::semver_since(revision),
        ["fmt"] => checks::format(),
        ["docs"] => checks::docs(),
        ["ci"] => run(Command::new(tools::root().join(".ci/run"))),
        ["bench", words @ ..] => bench::bench(words),
        ["with", command @ ..] if !command.is_empty() => with(command),
        _ => Err(HELP.to_string()),
    });
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

/// The databases that are tested.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    All,
    Sqlite,
    Postgres,
    Mariadb,
}

impl Only {
    fn parse(name: &str) -> Result<Only> {
        match name {
            "sqlite" => Ok(Only::Sqlite),
            "postgres" => Ok(Only::Postgres),
            "mariadb" => Ok(Only::Mariadb),
            _ => Err(HELP.to_string()),
        }
    }

    fn has_postgres(self) -> bool {
        matches!(self, Only::All | Only::Postgres)
    }

    fn has_mariadb(self) -> bool {
        matches!(self, Only::All | Only::Mariadb)
    }

    /// The words in the names of tests that are left out.
    fn left_out(self) -> &'static [&'static str] {
        match self {
            Only::All => &[],
            Only::Sqlite => &["postgres", "mariadb"],
            Only::Postgres => &["sqlite", "mariadb"],
            Only::Mariadb => &["sqlite", "postgres"],
        }
    }
}

fn cargo_test() -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    // What cargo says of this program is not for the build scripts of others, which would run again for it.
    for (name, _) in std::env::vars_os() {
        let own = name.to_string_lossy();
        if own.starts_with("CARGO_PKG_") || own.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.args(["test", "--workspace", "--no-fail-fast"]);
    command
}

fn test(only: Only, rest: &[&str]) -> Result<bool> {
    let more = passed_on(rest)?;
    let split = { more.iter() }
        .position(|word| *word == "--")
        .unwrap_or(more.len());
    let (before, after) = more.split_at(split);
    // Before the servers, which need memory that the compiler wants, too.
    let programs = match before.contains(&"--doc") {
        true => Vec::new(),
        false => match build(before)? {
            Some(programs) => programs,
            None => return Ok(false),
        },
    };
    let servers = Servers::start(only, scratch::Folder::in_memory()?)?;
    let mut command = cargo_test();
    command.args(before).arg("--");
    for word in only.left_out() {
        command.args(["--skip", word]);
    }
    command.args(after.iter().skip(1));
    servers.announce(&mut command);
    let passed = run(command)?;
    if !passed || !more.is_empty() || !only.has_postgres() {
        return Ok(passed);
    }
    println!("once more through PgBouncer, in transaction mode");
    // The programs themselves: cargo might build them again, as tests that run cargo have had it build with another environment.
    for (name, package) in [("migrations", "aludel-migrate"), ("suite", "aludel-suite")] {
        let known = { programs.iter() }.find(|(known, _)| known == name);
        let (_, program) = known.ok_or_else(|| format!("cargo has built no test {name:?}"))?;
        let mut pooled = Command::new(program);
        // As cargo runs them: in the folder of their crate.
        pooled
            .current_dir(tools::root().join("crates").join(package))
            .arg("postgres")
            .args(only.left_out().iter().flat_map(|word| ["--skip", word]))
            .env("ALUDEL_POOLED", "1");
        servers.announce(&mut pooled);
        if !run(pooled)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Builds the tests; returns the programs of integration tests by name, or nothing if they do not compile.
fn build(arguments: &[&str]) -> Result<Option<Vec<(String, String)>>> {
    let output = cargo_test()
        .args(arguments)
        .args(["--no-run", "--message-format=json-render-diagnostics"])
        .stderr(std::process::Stdio::inherit())
        .output()
        .map_err(|cause| format!("can't run cargo: {cause}"))?;
    if !output.status.success() {
        return Ok(None);
    }
    Ok(Some(programs_in(&String::from_utf8_lossy(&output.stdout))))
}

/// The names and programs of integration tests, from the messages that cargo writes as JSON.
fn programs_in(text: &str) -> Vec<(String, String)> {
    let word = |line: &str, key: &str| -> Option<String> {
        Some(line.split_once(key)?.1.split_once('"')?.0.to_string())
    };
    let program = |line: &str| -> Option<(String, String)> {
        let target = line.split_once("\"target\":")?.1;
        Some((
            word(target, "\"name\":\"")?,
            word(line, "\"executable\":\"")?,
        ))
    };
    let tests = { text.lines() }.filter(|line| line.contains("\"kind\":[\"test\"]"));
    tests.filter_map(program).collect()
}

fn with(words: &[&str]) -> Result<bool> {
    let servers = Servers::start(Only::All, scratch::Folder::in_memory()?)?;
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    servers.announce(&mut command);
    run(command)
}

fn serve() -> Result<bool> {
    let servers = Servers::start(Only::All, scratch::Folder::in_memory()?)?;
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
    galera: Option<galera::Cluster>,
    pgbouncer: Option<server::Server>,
    postgres: Option<server::Server>,
    mariadb: Option<server::Server>,
    /// The certificate of the authority that vouches for them.
    authority: String,
    /// Removed when all of them have ended.
    folder: scratch::Folder,
}

impl Servers {
    /// Those of these databases, with their files in this folder.
    fn start(only: Only, folder: scratch::Folder) -> Result<Servers> {
        let mut servers = Servers {
            galera: None,
            pgbouncer: None,
            postgres: None,
            mariadb: None,
            authority: String::new(),
            folder,
        };
        if only == Only::Sqlite {
            return Ok(servers);
        }
        let programs = install::programs()?;
        let folder = &servers.folder;
        eprintln!("starting servers in {}", folder.path().display());
        let authority = certificates::Authority::new(folder)?;
        servers.authority = authority.file.display().to_string();
        if only.has_postgres() {
            let postgres = postgres::start(&programs, folder, &authority)?;
            servers.pgbouncer = Some(pgbouncer::start(&programs, folder, &postgres)?);
            servers.postgres = Some(postgres);
        }
        if only.has_mariadb() {
            servers.galera = Some(galera::start(&programs, folder)?);
            servers.mariadb = Some(mariadb::start(&programs, folder, &authority)?);
        }
        Ok(servers)
    }

    /// What the tests find in their environment.
    fn urls(&self) -> Vec<(&'static str, &str)> {
        fn url(server: &Option<server::Server>) -> Option<&str> {
            server.as_ref().map(|server| server.url.as_str())
        }
        let cluster = self.galera.as_ref().map(|cluster| cluster.urls.as_str());
        let authority = Some(self.authority.as_str()).filter(|file| !file.is_empty());
        [
            ("ALUDEL_TLS_AUTHORITY", authority),
            ("ALUDEL_POSTGRES_URL", url(&self.postgres)),
            ("ALUDEL_PGBOUNCER_URL", url(&self.pgbouncer)),
            ("ALUDEL_MARIADB_URL", url(&self.mariadb)),
            ("ALUDEL_GALERA_URLS", cluster),
        ]
        .into_iter()
        .filter_map(|(name, url)| Some((name, url?)))
        .collect()
    }

    fn announce(&self, command: &mut Command) {
        command.envs(self.urls());
        // Databases in files are where the servers' are, and go with them.
        command.env("TMPDIR", self.folder.path());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programs_of_tests_are_found_in_what_cargo_says() {
        let line = |kind: &str, name: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"path+file:///x/crates/aludel#0.1.0","manifest_path":"/x/crates/aludel/Cargo.toml","target":{{"kind":["{kind}"],"crate_types":["bin"],"name":"{name}","src_path":"/x/{name}/main.rs","edition":"2024","test":true}},"profile":{{"opt_level":"0","test":true}},"features":["manage"],"filenames":["/x/deps/{name}-1"],"executable":"/x/deps/{name}-1","fresh":false}}"#
            )
        };
        let said = [
            line("lib", "aludel"),
            line("test", "migrations"),
            line("test", "suite"),
        ];
        let found = programs_in(&said.join("\n"));
        let pair = |name: &str| (name.to_string(), format!("/x/deps/{name}-1"));
        assert_eq!(found, [pair("migrations"), pair("suite")]);
    }
}
