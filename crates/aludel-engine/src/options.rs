//! [`Options`]: how a database is connected to and watched.

use crate::error::Result;
use crate::event::{Event, Hook};
use crate::new_connection::{AfterConnect, NewConnection};
use std::sync::Arc;
use std::time::Duration;

/// Settings of a [`Database`](crate::Database); each has a sensible value without being set.
#[derive(Clone)]
pub struct Options {
    pub(crate) max_connections: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) ping_after: Duration,
    pub(crate) busy_timeout: Duration,
    pub(crate) inline_budget: Duration,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) conflict_retries: usize,
    pub(crate) after_connect: Option<AfterConnect>,
    pub(crate) statement_cache: usize,
    pub(crate) local_infile: bool,
    pub(crate) echo: bool,
    pub(crate) slow_statement: Option<Duration>,
    pub(crate) repeat_threshold: Option<usize>,
    pub(crate) hooks: Vec<Hook>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            max_connections: 10,
            acquire_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            max_lifetime: None,
            idle_timeout: Some(Duration::from_secs(600)),
            ping_after: Duration::from_secs(60),
            busy_timeout: Duration::from_secs(5),
            inline_budget: Duration::from_millis(2),
            statement_timeout: None,
            conflict_retries: 20,
            after_connect: None,
            statement_cache: 256,
            local_infile: false,
            echo: false,
            slow_statement: None,
            repeat_threshold: cfg!(debug_assertions).then_some(20),
            hooks: Vec::new(),
        }
    }
}

impl Options {
    /// The most connections at once (10). An SQLite file has one writer besides as many readers; a database in
    /// memory is one connection.
    #[doc(alias = "pool_size")]
    #[must_use]
    pub fn max_connections(mut self, most: usize) -> Options {
        self.max_connections = most;
        self
    }

    /// How long a server may take to accept a new connection (10 s).
    #[must_use]
    pub fn connect_timeout(mut self, wait: Duration) -> Options {
        self.connect_timeout = wait;
        self
    }

    /// How long to wait for a connection from the pool (30 s), in total: for one to become free, to respond after it was idle,
    /// and to be made.
    #[must_use]
    pub fn acquire_timeout(mut self, wait: Duration) -> Options {
        self.acquire_timeout = wait;
        self
    }

    /// How old a connection may get (no limit).
    #[must_use]
    pub fn max_lifetime(mut self, most: impl Into<Option<Duration>>) -> Options {
        self.max_lifetime = most.into();
        self
    }

    /// How long a connection may be idle before it is closed instead of used (10 minutes).
    #[must_use]
    pub fn idle_timeout(mut self, most: impl Into<Option<Duration>>) -> Options {
        self.idle_timeout = most.into();
        self
    }

    /// How long a connection may be idle before it is pinged on its next use (1 minute).
    #[must_use]
    pub fn ping_after(mut self, idle: Duration) -> Options {
        self.ping_after = idle;
        self
    }

    /// How long to wait for another process's lock on an SQLite file (5 s); no thread is blocked meanwhile.
    #[must_use]
    pub fn busy_timeout(mut self, wait: Duration) -> Options {
        self.busy_timeout = wait;
        self
    }

    /// How long a read may run inline on SQLite before it is moved to the blocking pool (2 ms:
    /// ten thousand small rows cost less inline than a round trip to another thread).
    ///
    /// It is measured by the steps of SQLite's virtual machine, 100 for a microsecond, so that other programs on the machine
    /// don't make a read slow. If its steps take longer, it is moved after four to six times the budget.
    #[must_use]
    pub fn inline_budget(mut self, budget: Duration) -> Options {
        self.inline_budget = budget;
        self
    }

    /// How long a statement may take (no limit). Servers end it then ([`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled)); one
    /// that has not answered a second later loses the connection, so that a hanging server blocks nobody. On this side, time in
    /// which the reader of a stream is busy does not count. MySQL ends only reads. Behind a pooler, only this side enforces the
    /// limit.
    #[must_use]
    pub fn statement_timeout(mut self, most: impl Into<Option<Duration>>) -> Options {
        self.statement_timeout = most.into();
        self
    }

    /// How often a statement outside of transactions is retried after a conflict with another one (20, within a second or so):
    /// a deadlock, or on a Galera cluster a row that another node changed at the same time. Such a statement is a whole
    /// transaction, of which nothing is left then. Raw SQL is retried if it is a SELECT, INSERT, UPDATE or DELETE.
    #[must_use]
    pub fn conflict_retries(mut self, times: usize) -> Options {
        self.conflict_retries = times;
        self
    }

    /// Runs a function on each new connection before its first use, and again after each reset: for session settings. If it
    /// fails, the connection is closed, and the caller gets the error.
    ///
    /// ```no_run
    /// # async fn example() -> aludel_engine::Result<()> {
    /// let db = aludel_engine::Database::options()
    ///     .after_connect(|connection| async move {
    ///         connection.execute("SET search_path = shop, public").await?;
    ///         Ok(())
    ///     })
    ///     .connect("postgres://…/shop")
    ///     .await?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn after_connect<F, Fut>(mut self, hook: F) -> Options
    where
        F: Fn(NewConnection) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<()>> + Send + 'static,
    {
        self.after_connect = Some(AfterConnect::new(hook));
        self
    }

    /// How many prepared statements each connection keeps (256). With 0 it keeps none: on PostgreSQL, statements then have no
    /// names on the server, as required by poolers that do not support them.
    #[must_use]
    pub fn statement_cache(mut self, most: usize) -> Options {
        self.statement_cache = most;
        self
    }

    /// Whether `insert_many(..).execute(..)` may send many rows as a file on MariaDB and MySQL
    /// (`LOAD DATA LOCAL INFILE`, from 5,000 rows on; off). No file is read: the rows are sent in its place. Rows that the server
    /// does not load cleanly are undone and inserted by INSERTs, as are all rows if the server accepts no files.
    #[must_use]
    pub fn local_infile(mut self, allowed: bool) -> Options {
        self.local_infile = allowed;
        self
    }

    /// Prints each statement and how long it took to standard error.
    #[must_use]
    pub fn echo(mut self, echo: bool) -> Options {
        self.echo = echo;
        self
    }

    /// Warns of statements that take longer than this.
    #[must_use]
    pub fn slow_statement(mut self, limit: impl Into<Option<Duration>>) -> Options {
        self.slow_statement = limit.into();
        self
    }

    /// Warns, with the call site, when one statement text runs this many times in one scope: a transaction, a
    /// connection, or a task's calls on the database in quick succession. That is the N+1 pattern. On in
    /// debug builds (20), off in release builds.
    #[must_use]
    pub fn repeat_threshold(mut self, times: impl Into<Option<usize>>) -> Options {
        self.repeat_threshold = times.into();
        self
    }

    /// Calls a function with every statement and every warning.
    #[must_use]
    pub fn on_event(mut self, hook: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Options {
        self.hooks.push(Arc::new(hook));
        self
    }
}
