//! Hosts of databases, and what runs the body of a case on one: each run has a database of its own, made before and dropped
//! after.

use aludel::{Database, Options, Sql};
use std::cell::RefCell;
use std::future::Future;
use std::io::Write;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// The databases that this project runs every case on. Cases that expect different things of them look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, embedded.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
    /// A MariaDB server.
    Mariadb,
}

impl Backend {
    /// Whether it is SQLite.
    pub fn is_sqlite(self) -> bool {
        self == Backend::Sqlite
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(self) -> bool {
        self == Backend::Postgres
    }

    /// Whether it is MariaDB.
    pub fn is_mariadb(self) -> bool {
        self == Backend::Mariadb
    }

    /// Whether connections lead to another process.
    pub fn is_server(self) -> bool {
        self != Backend::Sqlite
    }
}

/// A future of a host or a case.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The body of a case.
pub type Body = for<'a> fn(&'a Fixture) -> BoxFuture<'a, aludel::Result<()>>;

/// Where databases are made for cases. [`Backend`] is one: SQLite's files among temporary files, and the servers whose URLs are
/// in `ALUDEL_POSTGRES_URL` and `ALUDEL_MARIADB_URL`.
pub trait Host: Send + Sync {
    /// The name by which cases on it are called: `writes::violations_name_fields::postgres`.
    fn name(&self) -> &str;

    /// Which of the databases it behaves like.
    fn backend(&self) -> Backend;

    /// Makes an empty database of this name, and returns its URL.
    fn create<'a>(&'a self, name: &'a str) -> BoxFuture<'a, aludel::Result<String>>;

    /// Drops it. Nothing is connected to it by then but what a case has left behind.
    fn drop<'a>(&'a self, name: &'a str) -> BoxFuture<'a, aludel::Result<()>>;
}

impl Host for Backend {
    fn name(&self) -> &str {
        match self {
            Backend::Sqlite => "sqlite",
            Backend::Postgres => "postgres",
            Backend::Mariadb => "mariadb",
        }
    }

    fn backend(&self) -> Backend {
        *self
    }

    fn create<'a>(&'a self, name: &'a str) -> BoxFuture<'a, aludel::Result<String>> {
        Box::pin(async move {
            if self.is_sqlite() {
                return Ok(format!("sqlite:{}", file(name)));
            }
            let server = server_url(*self);
            let admin = Database::connect(&server).await?;
            Sql::trusted(format!("CREATE DATABASE {name}"))
                .execute(&admin)
                .await?;
            Ok(url_of(&reached(*self, &server), name))
        })
    }

    fn drop<'a>(&'a self, name: &'a str) -> BoxFuture<'a, aludel::Result<()>> {
        Box::pin(async move {
            if self.is_sqlite() {
                for end in ["", "-wal", "-shm"] {
                    drop(std::fs::remove_file(format!("{}{end}", file(name))));
                }
                return Ok(());
            }
            let admin = Database::connect(&server_url(*self)).await?;
            let force = if self.is_postgres() {
                " WITH (FORCE)"
            } else {
                ""
            };
            Sql::trusted(format!("DROP DATABASE {name}{force}"))
                .execute(&admin)
                .await?;
            Ok(())
        })
    }
}

/// SQLite's file of this name.
fn file(name: &str) -> String {
    let file = std::env::temp_dir().join(format!("{name}.sqlite"));
    file.display().to_string()
}

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

/// Runs a body on a fresh database of this project's.
pub fn run(backend: Backend, body: Body) {
    run_on(&backend, body);
}

thread_local! {
    /// The case that this thread runs, if its runner gives threads no names.
    static NAME: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Says which case this thread runs.
pub fn named(name: &str) {
    NAME.set(name.to_string());
}

/// How long a test may run. The longest take two minutes on a machine of two cores.
const LONGEST: Duration = Duration::from_secs(900);

/// Ends the whole run if the test does not end, and says which test it is: a run that hangs would say nothing.
fn ends_in_time() -> mpsc::Sender<()> {
    let (ended, waiting) = mpsc::channel::<()>();
    let name = NAME.with_borrow(String::clone);
    let name = match name.as_str() {
        "" => std::thread::current()
            .name()
            .unwrap_or("a test")
            .to_string(),
        _ => name,
    };
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

/// Runs a body on a fresh database of a host.
///
/// # Panics
/// If the body returns an error, or a database can't be made, reached or dropped.
pub fn run_on(host: &dyn Host, body: Body) {
    let _ended = ends_in_time();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let name = unique_name();
        let url = host.create(&name).await.expect("a database is made");
        let db = Options::default().connect(&url).await.expect("connects");
        let backend = host.backend();
        let fixture = Fixture { db, url, backend };
        let result = body(&fixture).await;
        fixture.db.close();
        drop(fixture);
        let dropped = host.drop(&name).await;
        if let Err(error) = result {
            panic!("{error}\n{error:?}");
        }
        dropped.expect("the database is dropped");
    });
}
