//! [`Database`]: the handle to a database and its pool.

use crate::answer::{Answer, Answers};
use crate::connection::Connection;
use crate::driver;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Behind, Executor, Sited, Target};
use crate::extensions::Extensions;
use crate::options::Options;
use crate::pinned::Pinned;
use crate::pool::{Limits, Pool, PoolStatus};
use crate::transaction::{Transaction, TransactionOptions, TransactionRun};
use crate::url::{Backend, DatabaseUrl};
use crate::watch::{Observer, Watch};
use aludel_sql::dialect::Dialect;
use aludel_sql::schema::Table;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// A handle to a database; clones share its pool.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use aludel_engine::{Database, sql};
///
/// let db = Database::connect("sqlite::memory:").await?;
/// sql("create table notes (id integer primary key, text text not null)").execute(&db).await?;
/// sql("insert into notes (text) values (").bind("buy milk").push(")").execute(&db).await?;
/// let notes: Vec<(i64, String)> = sql("select id, text from notes").all(&db).await?;
/// assert_eq!(notes, [(1, "buy milk".to_string())]);
/// # Ok::<(), aludel_engine::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) url: DatabaseUrl,
    pub(crate) dialect: &'static dyn Dialect,
    /// Where writes go; on servers, everything.
    pub(crate) writer: Pool,
    /// Where reads go on an SQLite file.
    pub(crate) reader: Option<Pool>,
    pub(crate) observer: Observer,
    /// Whether statements run inline (SQLite).
    pub(crate) inline: bool,
    pub(crate) takes_files: bool,
    pub(crate) extensions: Extensions,
}

impl Database {
    /// Whether many rows may be sent as a file: see [`Options::local_infile`].
    pub fn takes_files(&self) -> bool {
        self.inner.takes_files
    }

    /// Connects with the default [`Options`]. The URLs are listed at [`DatabaseUrl`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`], [`ErrorKind::ConnectionFailed`], [`ErrorKind::AuthenticationFailed`].
    pub async fn connect(url: &str) -> Result<Database> {
        Options::default().connect(url).await
    }

    /// The default options, to be changed before connecting.
    pub fn options() -> Options {
        Options::default()
    }

    #[track_caller]
    pub(crate) fn open(
        url: DatabaseUrl,
        options: Options,
    ) -> impl Future<Output = Result<Database>> + Send {
        let site = Location::caller();
        async move {
            let (writer, reader, dialect) = pools(&url, &options, site).await?;
            Ok(Database {
                inner: Arc::new(Inner {
                    observer: Observer::new(&options, dialect.name()),
                    inline: dialect.capabilities().embedded,
                    takes_files: options.local_infile && dialect.capabilities().load_data,
                    extensions: Extensions::default(),
                    url,
                    dialect,
                    writer,
                    reader,
                }),
            })
        }
    }

    /// What a layer above keeps with this database and its clones, made when it is first asked for.
    pub fn extension<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.inner.extensions.get_or_default()
    }

    /// What a layer above keeps with this database, if it was ever asked for.
    pub fn known_extension<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.inner.extensions.get()
    }

    /// The dialect: its name and its capabilities.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect
    }

    /// The URL, which prints without its password.
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// Counts and lists the statements that run from now on.
    pub fn watch(&self) -> Watch {
        self.inner.observer.watch()
    }

    /// Whether a pooler gives each transaction another connection of the server's (`?pooler=transaction`): settings and locks
    /// of a session do not last.
    pub fn is_pooled(&self) -> bool {
        self.inner.url.is_pooled()
    }

    /// How many connections there are, and who holds them. On an SQLite file, readers and the writer together.
    pub fn pool_status(&self) -> PoolStatus {
        let mut status = self.inner.writer.status();
        if let Some(reader) = &self.inner.reader {
            let more = reader.status();
            status.max += more.max;
            status.size += more.size;
            status.idle += more.idle;
            status.waiting += more.waiting;
            status.holders.extend(more.holders);
        }
        status
    }

    /// Closes the pool: idle connections now, the others when they come back. Later calls fail with
    /// [`ErrorKind::Closed`].
    pub fn close(&self) {
        self.inner.writer.close();
        if let Some(reader) = &self.inner.reader {
            reader.close();
        }
    }

    /// A connection of one's own, for settings that live in it. When it is dropped it is reset, unless
    /// [`keep_settings`](Connection::keep_settings) says otherwise.
    ///
    /// # Errors
    /// [`ErrorKind::PoolTimeout`], [`ErrorKind::ConnectionFailed`], [`ErrorKind::Closed`]; [`ErrorKind::Unsupported`] behind
    /// a pooler (`?pooler=transaction`), where only a transaction has a connection of its own.
    #[track_caller]
    pub fn acquire(&self) -> impl Future<Output = Result<Connection>> + Send {
        let (db, site) = (self.clone(), Location::caller());
        async move {
            if db.is_pooled() {
                return Err(Error::new(
                    ErrorKind::Unsupported,
                    "behind a pooler (?pooler=transaction) only a transaction has a connection of its own; use db.begin(), or a \
                     URL that leads to the server itself",
                ));
            }
            let guard = db.inner.writer.acquire(site, None).await?;
            Ok(Connection::new(Pinned::new(db, guard, true)))
        }
    }

    /// Begins a transaction; dropped without commit, it rolls back. On SQLite it is `BEGIN IMMEDIATE`, which waits
    /// for the writer.
    ///
    /// # Errors
    /// [`ErrorKind::PoolTimeout`], [`ErrorKind::ConnectionFailed`], [`ErrorKind::LockTimeout`] (SQLite).
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        self.begin_with(TransactionOptions::default())
    }

    /// Begins a transaction with an isolation level, or read-only.
    ///
    /// # Errors
    /// As [`begin`](Database::begin).
    #[track_caller]
    pub fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        let (db, site) = (self.clone(), Location::caller());
        async move { Transaction::start(db, options, site).await }
    }

    /// Runs a function in a transaction: committed when it returns `Ok`, rolled back when it returns `Err` or its
    /// future is dropped. It gets an owned handle, so its future is `Send`. It runs once, and may use up what it captures,
    /// unless [`retries`](TransactionRun::retries) asks for more.
    ///
    /// ```no_run
    /// # async fn example(db: aludel_engine::Database) -> aludel_engine::Result<()> {
    /// use aludel_engine::sql;
    /// db.transaction(|tx| async move {
    ///     sql("update accounts set amount = amount - 1 where id = ").bind(1).execute(&tx).await?;
    ///     sql("update accounts set amount = amount + 1 where id = ").bind(2).execute(&tx).await
    /// })
    /// .retries(3)
    /// .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the function, of BEGIN and of COMMIT.
    #[track_caller]
    pub fn transaction<'a, R, F, Fut>(&self, run: F) -> TransactionRun<'a, R, F>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = R> + Send + 'a,
        R: Answer + Send + 'a,
    {
        let may_succeed = |answer: &R| answer.error().is_some_and(Error::is_retryable);
        let answers = Answers::of_own(may_succeed);
        TransactionRun::new(self.clone(), run, answers, Location::caller())
    }

    /// As [`transaction`](Database::transaction), with an error type of the caller's own, which what fails in the database
    /// is converted into. It has a name of its own because of `?`: where both the function and its caller convert errors,
    /// nothing else would say into which type.
    ///
    /// ```no_run
    /// use aludel_engine::{Database, Error, sql};
    ///
    /// enum Refused {
    ///     Overdrawn(i64),
    ///     Database(Error),
    /// }
    ///
    /// impl From<Error> for Refused {
    ///     fn from(error: Error) -> Refused {
    ///         Refused::Database(error)
    ///     }
    /// }
    ///
    /// async fn pay(db: &Database) -> Result<(), Refused> {
    ///     db.try_transaction(|tx| async move {
    ///         sql("update accounts set amount = amount - 1 where id = 1").execute(&tx).await?;
    ///         let left: i64 = sql("select amount from accounts where id = 1").one(&tx).await?;
    ///         if left < 0 { Err(Refused::Overdrawn(left)) } else { Ok(()) }
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// With [`retries`](TransactionRun::retries) it is tried again when a statement of it, BEGIN or COMMIT failed with a
    /// serialization failure or a deadlock, whatever became of that error.
    ///
    /// # Errors
    /// Those of the function, of BEGIN and of COMMIT.
    #[track_caller]
    pub fn try_transaction<'a, T, E, F, Fut>(&self, run: F) -> TransactionRun<'a, Result<T, E>, F>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = Result<T, E>> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
    {
        TransactionRun::new(self.clone(), run, Answers::of_any(), Location::caller())
    }

    /// Creates the tables, with types, indexes and comments, in an order that works; circular foreign keys last.
    ///
    /// # Errors
    /// What the database cannot do (nothing is created then), and tables that are there already. Where DDL is
    /// transactional (SQLite, PostgreSQL) an error leaves nothing behind.
    #[track_caller]
    pub fn create_all<T: Tables>(
        &self,
        tables: &T,
    ) -> impl Future<Output = Result<()>> + Send + use<'_, T> {
        let (tables, site) = (tables.tables(), Location::caller());
        async move {
            let ddl = aludel_sql::schema::create_all(&tables?, self.dialect());
            self.run_ddl(ddl, site).await
        }
    }

    /// Drops the tables and their types; tables that are not there are passed over.
    ///
    /// # Errors
    /// Tables that others still refer to.
    #[track_caller]
    pub fn drop_all<T: Tables>(
        &self,
        tables: &T,
    ) -> impl Future<Output = Result<()>> + Send + use<'_, T> {
        let (tables, site) = (tables.tables(), Location::caller());
        async move {
            let ddl = aludel_sql::schema::drop_all(&tables?, self.dialect());
            match self.dialect().capabilities().alter_foreign_keys {
                true => self.run_ddl(ddl, site).await,
                false => self.drop_unchecked(ddl, site).await,
            }
        }
    }

    /// SQLite can't drop foreign keys first: it looks away, and is asked before the end what is left dangling.
    async fn drop_unchecked(
        &self,
        ddl: Vec<aludel_sql::statement::Ddl>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let connection = self.acquire().await?;
        connection
            .set_until_transaction("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
            .await?;
        let tx = connection.target().begin(site).await?;
        let sited = Sited::new(&tx, site);
        for text in render_ddl(ddl, self.dialect())? {
            crate::raw::Sql::trusted(text).execute(&sited).await?;
        }
        let dangling = crate::raw::sql("PRAGMA foreign_key_check")
            .rows(&sited)
            .await?;
        if let Some(table) = dangling.first().and_then(|row| row.get("table")?.as_str()) {
            return Err(Error::new(
                ErrorKind::ForeignKeyViolation,
                format!("rows of {table:?} still refer to the tables; drop it with them"),
            ));
        }
        tx.commit_at(site).await
    }

    async fn run_ddl(
        &self,
        ddl: Vec<aludel_sql::statement::Ddl>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let dialect = self.dialect();
        let texts = render_ddl(ddl, dialect)?;
        if !dialect.capabilities().transactional_ddl {
            let sited = Sited::new(self, site);
            for text in texts {
                crate::raw::Sql::trusted(text).execute(&sited).await?;
            }
            return Ok(());
        }
        let tx = self.target().begin(site).await?;
        let sited = Sited::new(&tx, site);
        for text in texts {
            crate::raw::Sql::trusted(text).execute(&sited).await?;
        }
        tx.commit_at(site).await
    }
}

/// All of the texts before any of them is sent.
fn render_ddl(
    ddl: Vec<aludel_sql::statement::Ddl>,
    dialect: &'static dyn Dialect,
) -> Result<Vec<String>> {
    ddl.into_iter()
        .map(|ddl| {
            let statement = aludel_sql::statement::Statement::Ddl(ddl);
            Ok(aludel_sql::render::render(&statement, dialect)?.text)
        })
        .collect()
}

/// A set of tables, as [`Database::create_all`] takes it: a slice of tables, or a set of models.
pub trait Tables {
    /// The tables.
    ///
    /// # Errors
    /// A set that does not fit together.
    fn tables(&self) -> Result<Vec<Table>>;
}

impl Tables for [Table] {
    fn tables(&self) -> Result<Vec<Table>> {
        Ok(self.to_vec())
    }
}

impl Tables for Vec<Table> {
    fn tables(&self) -> Result<Vec<Table>> {
        Ok(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Database {
    fn target(&self) -> Target<'_> {
        Target::new(Behind::Database(self))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.inner.url)
            .field("pool", &self.pool_status())
            .finish()
    }
}

/// The pools of a database, each with a first connection made.
async fn pools(
    url: &DatabaseUrl,
    options: &Options,
    site: &'static Location<'static>,
) -> Result<(Pool, Option<Pool>, &'static dyn Dialect)> {
    let limits = Limits {
        max: options.max_connections,
        acquire_timeout: options.acquire_timeout,
        connect_timeout: options.connect_timeout,
        max_lifetime: options.max_lifetime,
        idle_timeout: options.idle_timeout,
        ping_after: options.ping_after,
        conflict_retries: options.conflict_retries,
        after_connect: options.after_connect.clone(),
    };
    let server = !matches!(url.backend, Backend::Memory | Backend::File { .. });
    if server && tokio::runtime::Handle::try_current().is_err() {
        return Err(Error::new(
            ErrorKind::ConnectionFailed,
            "a server is talked to from within a Tokio runtime; only SQLite needs none",
        ));
    }
    match &url.backend {
        #[cfg(feature = "sqlite")]
        Backend::Memory | Backend::File { .. } => {
            use driver::sqlite::{Config, Place, SqliteConnector};
            let place = match &url.backend {
                Backend::File { path, mode } => Place::File {
                    path: path.clone(),
                    mode: *mode,
                },
                _ => Place::Memory,
            };
            let in_memory = matches!(place, Place::Memory);
            let config = Arc::new(Config {
                place,
                busy_timeout: options.busy_timeout,
                budget: options.inline_budget,
                statement_cache: options.statement_cache,
                statement_timeout: options.statement_timeout,
                slow: Default::default(),
            });
            let connector = |reader| {
                Box::new(SqliteConnector {
                    config: Arc::clone(&config),
                    reader,
                })
            };
            // A connection costs next to nothing to keep; in memory, it is the database, and never let go.
            let limits = Limits {
                max_lifetime: None,
                idle_timeout: None,
                ..limits
            };
            let one = Limits {
                max: 1,
                ..limits.clone()
            };
            let writer = Pool::new(one, connector(false));
            writer.first(site).await?;
            let reader = (!in_memory).then(|| Pool::new(limits, connector(true)));
            Ok((writer, reader, &aludel_sql::dialect::SQLITE))
        }
        #[cfg(feature = "postgres")]
        Backend::Postgres(server) => {
            let limits = limits.of(server);
            let config = Arc::new(driver::postgres::Config::new(
                server.clone(),
                options.statement_cache,
                options.statement_timeout,
            ));
            let pool = Pool::new(
                limits,
                Box::new(driver::postgres::PostgresConnector { config }),
            );
            pool.first(site).await?;
            Ok((pool, None, &aludel_sql::dialect::POSTGRES))
        }
        #[cfg(feature = "mysql")]
        Backend::Mysql(server) => {
            let limits = limits.of(server);
            let config = Arc::new(driver::mysql::Config::new(
                server.clone(),
                options.statement_cache,
                options.local_infile,
                options.statement_timeout,
            ));
            let pool = Pool::new(
                limits,
                Box::new(driver::mysql::MysqlConnector {
                    config: Arc::clone(&config),
                }),
            );
            pool.first(site).await?;
            let kind = match server.flavor {
                Some(kind) => kind,
                None if config.is_mariadb.load(std::sync::atomic::Ordering::Relaxed) => {
                    aludel_sql::dialect::DialectKind::Mariadb
                }
                None => aludel_sql::dialect::DialectKind::Mysql,
            };
            Ok((pool, None, kind.dialect()))
        }
        #[allow(unreachable_patterns)]
        _ => {
            let _ = (limits, site);
            Err(Error::new(
                ErrorKind::InvalidUrl,
                format!(
                    "{url} needs the feature `{0}` of aludel, which is not enabled: `cargo add aludel --features {0}`",
                    url.feature()
                ),
            ))
        }
    }
}
