//! One test body, three databases. Each run has a database of its own, made before and dropped after.

use aludel::{Database, Options, Sql};
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// The databases that every test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
    Mariadb,
}

/// A test's body.
pub type Body = for<'a> fn(&'a Fixture) -> Pin<Box<dyn Future<Output = aludel::Result<()>> + 'a>>;

/// A database of a test's own.
pub struct Fixture {
    pub db: Database,
    pub url: String,
    pub backend: Backend,
}

impl Fixture {
    /// Whether it is reached through PgBouncer, which gives each transaction another connection of the server's. Tests of
    /// what lives in a connection of the server's own have nothing to see there.
    pub fn is_pooled(&self) -> bool {
        self.db.is_pooled()
    }

    /// Another handle to the same database, with other options.
    pub async fn connect(&self, options: Options) -> Database {
        options.connect(&self.url).await.expect("connects again")
    }
}

fn server_url(backend: Backend) -> String {
    let name = match backend {
        Backend::Sqlite => return String::new(),
        Backend::Postgres => "ALUDEL_POSTGRES_URL",
        Backend::Mariadb => "ALUDEL_MARIADB_URL",
    };
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run the tests with `cargo xtask test` (or `cargo xtask test --only sqlite`)")
    })
}

/// The URL of a database on a server, in the place of the one that the server's URL names.
pub fn url_of(server: &str, name: &str) -> String {
    let (address, query) = server.split_once('?').unwrap_or((server, ""));
    let (base, _) = address.rsplit_once('/').expect("a URL with a database");
    match query {
        "" => format!("{base}/{name}"),
        query => format!("{base}/{name}?{query}"),
    }
}

/// The way to PostgreSQL: with `ALUDEL_POOLED`, it leads through PgBouncer.
fn reached(backend: Backend, server: &str) -> String {
    let is_pooled = backend == Backend::Postgres && std::env::var_os("ALUDEL_POOLED").is_some();
    let pooled = || std::env::var("ALUDEL_PGBOUNCER_URL").expect("PgBouncer's URL");
    if is_pooled {
        pooled()
    } else {
        server.to_string()
    }
}

pub fn unique_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("aludel_test_{}_{count}", std::process::id())
}

/// How many cases a property is tried with: the same ones each time. `PROPTEST_CASES` and `PROPTEST_RNG_SEED` try
/// more and others.
pub fn cases(default: u32) -> proptest::test_runner::Config {
    fn given<T: std::str::FromStr>(name: &str) -> Option<T> {
        std::env::var(name).ok()?.parse().ok()
    }
    proptest::test_runner::Config {
        cases: given("PROPTEST_CASES").unwrap_or(default),
        rng_seed: proptest::test_runner::RngSeed::Fixed(given("PROPTEST_RNG_SEED").unwrap_or(7)),
        failure_persistence: None,
        ..Default::default()
    }
}

/// Runs a test's body on a fresh database.
pub fn run(backend: Backend, body: Body) {
    run_with(backend, Options::default(), body);
}

/// How long a test may run. The longest take two minutes on a machine of two cores.
const LONGEST: Duration = Duration::from_secs(900);

/// Ends the whole run if the test does not end, and says which test it is: a run that hangs would say nothing.
fn ends_in_time() -> mpsc::Sender<()> {
    let (ended, waiting) = mpsc::channel::<()>();
    let name = std::thread::current()
        .name()
        .unwrap_or("a test")
        .to_string();
    std::thread::spawn(move || {
        if waiting.recv_timeout(LONGEST) == Err(mpsc::RecvTimeoutError::Timeout) {
            // Past the capture of what tests print.
            let text = format!("{name} has not ended within {} s\n", LONGEST.as_secs());
            drop(std::io::stderr().write_all(text.as_bytes()));
            std::process::exit(101);
        }
    });
    ended
}

/// Runs a test's body on a fresh database, connected with these options.
pub fn run_with(backend: Backend, options: Options, body: Body) {
    let _ended = ends_in_time();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let name = unique_name();
        let server = server_url(backend);
        let folder = std::env::temp_dir();
        let url = match backend {
            Backend::Sqlite => {
                format!("sqlite:{}", folder.join(format!("{name}.sqlite")).display())
            }
            _ => {
                let admin = Database::connect(&server)
                    .await
                    .expect("the server answers");
                Sql::trusted(format!("CREATE DATABASE {name}"))
                    .execute(&admin)
                    .await
                    .expect("a database");
                url_of(&reached(backend, &server), &name)
            }
        };
        let db = options.connect(&url).await.expect("connects");
        let fixture = Fixture { db, url, backend };
        let result = body(&fixture).await;
        fixture.db.close();
        drop(fixture);
        match backend {
            Backend::Sqlite => {
                for end in ["", "-wal", "-shm"] {
                    drop(std::fs::remove_file(
                        folder.join(format!("{name}.sqlite{end}")),
                    ));
                }
            }
            _ => {
                let admin = Database::connect(&server)
                    .await
                    .expect("the server answers");
                let force = if backend == Backend::Postgres {
                    " WITH (FORCE)"
                } else {
                    ""
                };
                let dropped = Sql::trusted(format!("DROP DATABASE {name}{force}"))
                    .execute(&admin)
                    .await;
                assert!(dropped.is_ok(), "{dropped:?}");
            }
        }
        if let Err(error) = result {
            panic!("{error}\n{error:?}");
        }
    });
}

/// Declares a test that runs on every database: `on_every_database! { async fn name(fixture) { … } }`.
#[macro_export]
macro_rules! on_every_database {
    ($($(#[doc = $doc:literal])* async fn $name:ident($fixture:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[doc = $doc])*
            #[allow(clippy::large_futures)]
            async fn body($fixture: &$crate::harness::Fixture) -> aludel::Result<()> {
                $body
                Ok(())
            }

            #[test]
            fn sqlite() {
                $crate::harness::run($crate::harness::Backend::Sqlite, |fixture| Box::pin(body(fixture)));
            }

            #[test]
            fn postgres() {
                $crate::harness::run($crate::harness::Backend::Postgres, |fixture| Box::pin(body(fixture)));
            }

            #[test]
            fn mariadb() {
                $crate::harness::run($crate::harness::Backend::Mariadb, |fixture| Box::pin(body(fixture)));
            }
        }
    )+};
}
