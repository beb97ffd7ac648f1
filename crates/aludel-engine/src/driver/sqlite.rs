//! SQLite, through rusqlite.
//!
//! A statement runs to its end inline, on the task that polls it: no thread, no channel, no borrow across an await.
//! A read that takes more steps than its budget is interrupted by the progress handler and run again, whole, on the
//! blocking pool; its text is remembered, and goes there at once the next time. There its rows are packed, and decoded
//! where they are awaited.

mod casts;
mod cells;
mod clock;
#[cfg(feature = "decimal")]
mod decimals;
mod errors;
mod execute_many;
mod functions;
mod row_batch;
mod slow_texts;
mod step;
#[cfg(feature = "decimal")]
mod wide;

use super::{Canceller, Connector, Connectors, EmbeddedLink, Link, Progress, Ran, Settings};
use crate::command::{BoxFuture, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::row_batch::RowBatch;
use crate::url::{Backend, FileMode};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use execute_many::repeat;
use step::{Failure, ToSink};

use clock::{Clock, READS, STEPS, StatementCanceller, WHICH, thread_time};
use row_batch::Packer;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use slow_texts::SlowTexts;
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc;

/// Where a database is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Memory,
    File { path: String, mode: FileMode },
}

/// What the connections of one database share.
pub(crate) struct Config {
    pub(crate) place: Place,
    pub(crate) busy_timeout: Duration,
    pub(crate) budget: Duration,
    pub(crate) statement_cache: usize,
    pub(crate) statement_timeout: Option<Duration>,
    pub(crate) slow: SlowTexts,
}

/// Makes connections of one role.
pub(crate) struct SqliteConnector {
    pub(crate) config: Arc<Config>,
    pub(crate) reader: bool,
}

impl Connector for SqliteConnector {
    fn address(&self) -> String {
        match &self.config.place {
            Place::Memory => ":memory:".into(),
            Place::File { path, .. } => path.clone(),
        }
    }
    fn dialect(&self) -> &'static dyn Dialect {
        &aludel_sql::dialect::SQLITE
    }
    fn connect_now(&self) -> Option<Result<Link>> {
        Some(SqliteLink::open(&self.config, self.reader).map(|link| Link::Embedded(Box::new(link))))
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        let link = SqliteLink::open(&self.config, self.reader);
        Box::pin(async move { link.map(|link| Link::Embedded(Box::new(link))) })
    }
}

/// Connects to this database.
pub(super) fn connectors<'u>(backend: &Backend, settings: &Settings) -> Connectors<'u> {
    let place = match backend {
        Backend::File { path, mode } => Place::File {
            path: path.clone(),
            mode: *mode,
        },
        _ => Place::Memory,
    };
    let in_memory = matches!(place, Place::Memory);
    let config = Arc::new(Config {
        place,
        busy_timeout: settings.busy_timeout,
        budget: settings.inline_budget,
        statement_cache: settings.statement_cache,
        statement_timeout: settings.statement_timeout,
        slow: Default::default(),
    });
    let connector = |reader| -> Box<dyn Connector> {
        Box::new(SqliteConnector {
            config: Arc::clone(&config),
            reader,
        })
    };
    Connectors::Embedded {
        writer: connector(false),
        reader: (!in_memory).then(|| connector(true)),
    }
}

/// The URI of a file that nobody writes.
fn immutable(path: &str) -> String {
    let mut uri = String::from("file:");
    // Two slashes would begin the name of a host.
    if path.starts_with('/') {
        uri.push_str("//");
    }
    for c in path.chars() {
        match c {
            '%' => uri.push_str("%25"),
            '?' => uri.push_str("%3f"),
            '#' => uri.push_str("%23"),
            c => uri.push(c),
        }
    }
    uri + "?immutable=1"
}

/// Fails if the file has a write-ahead log and its folder can't be written: SQLite can't read it then.
fn readable(connection: &Connection, config: &Config) -> Result<()> {
    let read = connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()));
    let Err(rusqlite::Error::SqliteFailure(cause, _)) = &read else {
        return Ok(());
    };
    let (Place::File { path, .. }, ErrorCode::ReadOnly | ErrorCode::CannotOpen) =
        (&config.place, cause.code)
    else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::ConnectionFailed,
        format!(
            "SQLite can't read {path:?}: it has a write-ahead log, and its folder can't be written; say `?immutable=true` if nobody writes to the file, or read a copy of it"
        ),
    ))
}

/// One connection.
pub(crate) struct SqliteLink {
    connection: Connection,
    config: Arc<Config>,
    clock: Arc<Clock>,
    reader: bool,
    /// Whether our functions are registered: see [`SqliteLink::register_functions`].
    has_functions: Cell<bool>,
}

impl SqliteLink {
    pub(crate) fn open(config: &Arc<Config>, reader: bool) -> Result<SqliteLink> {
        let opened = match &config.place {
            Place::Memory => Connection::open_in_memory(),
            Place::File { path, mode } => {
                let flags = match mode {
                    FileMode::Create => {
                        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
                    }
                    FileMode::ReadWrite => OpenFlags::SQLITE_OPEN_READ_WRITE,
                    FileMode::ReadOnly => OpenFlags::SQLITE_OPEN_READ_ONLY,
                    FileMode::Immutable => {
                        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI
                    }
                };
                let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                match mode {
                    FileMode::Immutable => Connection::open_with_flags(immutable(path), flags),
                    _ => Connection::open_with_flags(path, flags),
                }
            }
        };
        let failed = |cause: rusqlite::Error| {
            let place = match &config.place {
                Place::Memory => "a database in memory".to_string(),
                Place::File { path, .. } => format!("{path:?}"),
            };
            Error::new(
                ErrorKind::ConnectionFailed,
                format!("SQLite can't open {place}: {cause}"),
            )
        };
        let mut connection = opened.map_err(failed)?;
        // If the file is not writable, SQLite opens it read-only, whatever it was asked for.
        let writable = !connection.is_readonly("main").map_err(failed)?;
        // Set before the first use of the file: switching to WAL needs the lock for a moment.
        connection
            .busy_timeout(config.busy_timeout)
            .map_err(failed)?;
        let mut pragmas = String::from("PRAGMA foreign_keys = ON;");
        if matches!(config.place, Place::File { .. }) && writable && !reader {
            pragmas.push_str("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
        }
        if reader {
            pragmas.push_str("PRAGMA query_only = ON;");
        }
        connection.execute_batch(&pragmas).map_err(failed)?;
        if !writable {
            readable(&connection, config)?;
        }
        // From here on, waiting does not block the thread: see `Ran::Busy`.
        connection.busy_timeout(Duration::ZERO).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(config.statement_cache);
        let clock = Arc::new(Clock::new(config.budget, config.statement_timeout));
        let handler = Arc::clone(&clock);
        connection
            .progress_handler(STEPS, Some(move || handler.tick()))
            .map_err(failed)?;
        Ok(SqliteLink {
            connection,
            config: Arc::clone(config),
            clock,
            reader,
            has_functions: Cell::new(false),
        })
    }

    /// Whether the statement should go to the blocking pool without trying it inline.
    #[inline]
    fn is_slow(&self, command: &Command) -> bool {
        command.offload || self.config.slow.has(&command.text)
    }

    /// Turns an interrupt by our own timeout into its error.
    fn timely(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Driver(cause)
                if errors::is_interrupt(&cause)
                    && self.clock.timed_out.swap(false, Ordering::Relaxed) =>
            {
                Failure::Ours(Error::new(
                    ErrorKind::Cancelled,
                    "it took longer than the statement_timeout",
                ))
            }
            failure => failure,
        }
    }

    #[inline(always)]
    fn once(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran, Failure> {
        match command.times {
            None => self.step(command, &mut ToSink(sink), inline),
            Some(times) => self.repeat(command, times, sink, inline, progress),
        }
    }
}

impl EmbeddedLink for SqliteLink {
    fn run_repeating(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Ran> {
        let started = thread_time();
        let ran = self.run(command, sink, false, &mut Progress::default());
        let worked = thread_time().saturating_sub(started);
        if !command.offload && ran.is_ok() && worked < self.clock.budget {
            self.config.slow.remove(&command.text);
        }
        ran
    }

    fn run(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran> {
        if inline {
            // What was to stop the statement before this one, and its time, are not this one's, wherever it runs.
            self.clock.next();
            if self.is_slow(command) {
                return Ok(Ran::Slow);
            }
        }
        let mut ran = self.once(command, sink, inline, progress);
        if self.lacks_functions(&ran) && self.register_functions() {
            ran = self.once(command, sink, inline, progress);
        }
        match ran.map_err(|failure| self.timely(failure)) {
            Ok(ran) => Ok(ran),
            Err(Failure::Driver(cause)) => {
                if inline
                    && self.clock.tripped.load(Ordering::Relaxed)
                    && errors::is_interrupt(&cause)
                    && sink.restart()
                {
                    self.config.slow.insert(&command.text);
                    return Ok(Ran::Slow);
                }
                let busy = errors::is_busy(&cause);
                let error = errors::translate(cause, &command.text);
                if busy && sink.restart() {
                    return Ok(Ran::Busy(error));
                }
                Err(error)
            }
            Err(failure) => Err(failure.translate(command)),
        }
    }

    fn run_sending(
        &mut self,
        command: &Command,
        batches: mpsc::Sender<Box<dyn RowBatch>>,
    ) -> Result<Ran> {
        let mut packer = Packer::new(batches, &self.clock);
        let started = thread_time();
        let mut ran = self.step(command, &mut packer, false);
        if self.lacks_functions(&ran) && self.register_functions() {
            ran = self.step(command, &mut packer, false);
        }
        if ran.is_ok() {
            packer.finish();
        }
        let worked = thread_time().saturating_sub(started);
        if !command.offload && ran.is_ok() && self.clock.is_quick(worked) {
            self.config.slow.remove(&command.text);
        }
        match ran {
            Err(Failure::Driver(cause))
                if errors::is_interrupt(&cause)
                    && self.clock.stop.load(Ordering::Relaxed) & WHICH == READS =>
            {
                Ok(Ran::Done(Outcome::default()))
            }
            Err(Failure::Driver(cause)) if errors::is_busy(&cause) => {
                Ok(Ran::Busy(errors::translate(cause, &command.text)))
            }
            ran => ran.map_err(|failure| self.timely(failure).translate(command)),
        }
    }

    fn busy_timeout(&self) -> Duration {
        self.config.busy_timeout
    }

    fn canceller(&self) -> Box<dyn Canceller> {
        Box::new(StatementCanceller::new(&self.clock))
    }

    fn is_reader(&self) -> bool {
        self.reader
    }

    fn can_be_closed(&self) -> bool {
        !matches!(self.config.place, Place::Memory)
    }

    fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    fn control(&mut self, text: &str) -> Result<()> {
        self.clock.limited.store(false, Ordering::Relaxed);
        self.clock.next();
        self.connection
            .execute_batch(text)
            .map_err(|cause| errors::translate(cause, &text.to_string().into()))
    }
}

/// A value as SQLite takes it.
struct Bind<'a>(&'a Value);

impl ToSql for Bind<'_> {
    #[inline]
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let owned = |text: Option<String>| {
            let text = text.unwrap_or_default();
            Ok(ToSqlOutput::Owned(rusqlite::types::Value::Text(text)))
        };
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null | Value::Array(_) | Value::Invalid(_) => ValueRef::Null,
            Value::Bool(holds) => ValueRef::Integer((*holds).into()),
            Value::I16(n) => ValueRef::Integer((*n).into()),
            Value::I32(n) => ValueRef::Integer((*n).into()),
            Value::I64(n) => ValueRef::Integer(*n),
            Value::F32(n) => ValueRef::Real((*n).into()),
            Value::F64(n) => ValueRef::Real(*n),
            Value::Text(text) | Value::Json(text) => ValueRef::Text(text.as_bytes()),
            Value::Enum(_, label) => ValueRef::Text(label.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Uuid(bytes) => ValueRef::Blob(bytes),
            #[cfg(feature = "decimal")]
            Value::Decimal(n) => return owned(Some(n.to_string())),
            Value::Date(date) => return owned(date.to_text()),
            Value::Time(time) => return owned(Some(time.to_text())),
            Value::DateTime(time) => return owned(time.to_text()),
            Value::Timestamp(time) => return owned(time.to_text()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::clock::{ALL, NONE, READS, WHICH};
    use super::{Config, EmbeddedLink, Place, SqliteLink};
    use crate::command::{Access, Collect, Command};
    use crate::url::FileMode;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    fn config(place: Place, statement_cache: usize) -> Arc<Config> {
        Arc::new(Config {
            place,
            busy_timeout: Duration::ZERO,
            budget: Duration::from_millis(2),
            statement_cache,
            statement_timeout: None,
            slow: Default::default(),
        })
    }

    fn texts(link: &mut SqliteLink, text: &str) -> crate::Result<Vec<String>> {
        let command = Command::with_text(text.to_string().into(), Vec::new(), Access::Write);
        let mut sink = Collect::<String>::all();
        link.run(&command, &mut sink, false, &mut Default::default())?;
        Ok(sink.rows)
    }

    /// A connection gets our functions with the first statement that needs one, also one that was prepared before.
    #[test]
    fn functions_are_there_when_a_statement_needs_them() {
        let folder = std::env::temp_dir().join(format!("aludel-functions-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("makes a folder");
        let place = || Place::File {
            path: folder.join("a.db").display().to_string(),
            mode: FileMode::Create,
        };
        let open = || SqliteLink::open(&config(place(), 8), false).expect("opens");
        let mut one = open();
        let mut other = open();
        texts(&mut one, "CREATE TABLE names (name text)").expect("creates");
        let insert = "INSERT INTO names VALUES ('É') RETURNING name";
        assert_eq!(texts(&mut one, insert).expect("inserts"), ["É"]);
        assert!(!one.has_functions.get());
        // What other connections declare since is needed by statements that are prepared.
        for declared in [
            "CREATE INDEX low ON names (aludel_lower(name))",
            "CREATE TRIGGER t AFTER INSERT ON names BEGIN UPDATE names SET name = aludel_upper(name); END",
            "CREATE VIEW lows AS SELECT aludel_lower(name) AS low FROM names",
        ] {
            texts(&mut other, declared).expect(declared);
        }
        assert_eq!(texts(&mut one, insert).expect("inserts"), ["É"]);
        assert!(one.has_functions.get());
        let mut fresh = open();
        let lows = texts(&mut fresh, "SELECT low FROM lows").expect("selects");
        assert_eq!(lows, ["é", "é"]);
        let mut altering = open();
        texts(&mut altering, "ALTER TABLE names RENAME TO words").expect("renames");
        // Errors are the statement's own.
        let error = texts(&mut open(), "SELECT no_such(1)").expect_err("fails");
        assert!(
            error.to_string().contains("no such function: no_such"),
            "{error}"
        );
        drop(std::fs::remove_dir_all(&folder));
    }

    /// Without a blocking pool a slow statement runs where it is called, and with a time of its own.
    #[test]
    fn a_slow_statement_is_not_stopped_by_what_was_before_it() {
        let mut link = SqliteLink::open(&config(Place::Memory, 1), false).expect("opens");
        let text = "SELECT 1";
        link.config.slow.insert(text);
        drop(link.canceller());
        let command = Command::with_text(text.to_string().into(), Vec::new(), Access::Read);
        let mut sink = Collect::<i64>::all();
        let ran = link.run(&command, &mut sink, true, &mut Default::default());
        assert!(matches!(ran, Ok(crate::driver::Ran::Slow)));
        assert_eq!(link.clock.stop.load(Ordering::Relaxed) & WHICH, NONE);
        link.run(&command, &mut sink, false, &mut Default::default())
            .expect("runs");
        assert_eq!(sink.rows, [1]);
    }

    /// Who gives a statement up too late, when its connection has gone to another, does that one no harm.
    #[test]
    fn a_statement_is_not_stopped_by_who_waited_for_the_one_before() {
        let mut link = SqliteLink::open(&config(Place::Memory, 1), false).expect("opens");
        let clock = Arc::clone(&link.clock);
        let stop = || clock.stop.load(Ordering::Relaxed) & WHICH;
        let late = link.canceller();
        let own = link.canceller();
        late.no_more_rows();
        drop(late);
        assert_eq!(stop(), NONE);
        own.no_more_rows();
        assert_eq!(stop(), READS);
        drop(own);
        assert_eq!(stop(), ALL);
        let late = link.canceller();
        link.control("SELECT 1").expect("runs");
        drop(late);
        assert_eq!(stop(), NONE);
    }
}
