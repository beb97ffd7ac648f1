//! SQLite, through rusqlite.
//!
//! A statement runs to its end inline, on the task that polls it: no thread, no channel, no borrow across an await.
//! A read that takes longer than the budget is interrupted by the progress handler and run again, whole, on the
//! blocking pool; its text is remembered, and goes there at once the next time.

mod cells;
mod errors;
mod functions;
mod repeat;

use super::Link;
use crate::command::{Access, BoxFuture, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::pool::Connector;
use crate::url::FileMode;
use aludel_sql::Value;
use cells::SqliteCells;
use repeat::repeat;

pub(crate) use repeat::Progress;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

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
    pub(crate) slow: SlowTexts,
}

/// Texts of statements that were too slow to run inline, by hash. One that has become fast again is forgotten.
#[derive(Default)]
pub(crate) struct SlowTexts {
    /// A bit for each length (modulo 64) that some slow text has: most texts need no closer look.
    lengths: AtomicU64,
    hashes: Mutex<HashSet<u64>>,
}

impl SlowTexts {
    #[inline]
    fn has(&self, text: &str) -> bool {
        self.lengths.load(Ordering::Relaxed) & length_bit(text) != 0
            && self.lock().contains(&hash(text))
    }

    fn insert(&self, text: &str) {
        const MOST: usize = 10_000;
        let mut hashes = self.lock();
        if hashes.len() >= MOST {
            hashes.clear();
            self.lengths.store(0, Ordering::Relaxed);
        }
        hashes.insert(hash(text));
        self.lengths.fetch_or(length_bit(text), Ordering::Relaxed);
    }

    fn remove(&self, text: &str) {
        let mut hashes = self.lock();
        hashes.remove(&hash(text));
        if hashes.is_empty() {
            self.lengths.store(0, Ordering::Relaxed);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn length_bit(text: &str) -> u64 {
    1 << (text.len() % 64)
}

/// A quick hash, eight bytes at a time. Two texts that share one share a place to run, and nothing else.
fn hash(text: &str) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut words = text.as_bytes().chunks_exact(8);
    let mut hash = words.by_ref().fold(text.len() as u64, |hash, word| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(word);
        mix(hash, u64::from_le_bytes(bytes))
    });
    for byte in words.remainder() {
        hash = mix(hash, u64::from(*byte));
    }
    hash
}

/// Makes connections of one role.
pub(crate) struct SqliteConnector {
    pub(crate) config: Arc<Config>,
    pub(crate) reader: bool,
}

impl Connector for SqliteConnector {
    fn connect_now(&self) -> Option<Result<Link>> {
        Some(SqliteLink::open(&self.config, self.reader).map(|link| Link::Sqlite(Box::new(link))))
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        let link = SqliteLink::open(&self.config, self.reader);
        Box::pin(async move { link.map(|link| Link::Sqlite(Box::new(link))) })
    }
}

/// How a statement ended.
pub(crate) enum Ran {
    /// It is done.
    Done(Outcome),
    /// It is too slow to run here; the sink was restarted.
    Slow,
    /// A repeated statement has run for long enough; it is to go on from where it stands.
    Paused,
    /// It writes, and this connection may only read.
    Writes,
    /// Another process has the lock; try again.
    Busy(Error),
}

/// The clock of the statement that is running, shared with the progress handler.
struct Clock {
    base: Instant,
    /// Nanoseconds since `base` at the first call of the handler in this statement; 0 before.
    started: AtomicU64,
    limited: AtomicBool,
    tripped: AtomicBool,
    cancelled: AtomicBool,
    budget: u64,
}

impl Clock {
    /// Whether the statement is to be interrupted.
    fn tick(&self) -> bool {
        if self.cancelled.load(Ordering::Relaxed) {
            return true;
        }
        if !self.limited.load(Ordering::Relaxed) {
            return false;
        }
        let now = self.base.elapsed().as_nanos() as u64;
        match self.started.load(Ordering::Relaxed) {
            0 => {
                self.started.store(now.max(1), Ordering::Relaxed);
                false
            }
            started => {
                let over = now - started > self.budget;
                if over {
                    self.tripped.store(true, Ordering::Relaxed);
                }
                over
            }
        }
    }
}

/// Stops the statement that runs on the blocking pool when the future that waits for it is dropped.
pub(crate) struct Canceller {
    clock: Arc<Clock>,
    armed: bool,
}

impl Canceller {
    /// The statement has ended; nothing is to be cancelled.
    pub(crate) fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for Canceller {
    fn drop(&mut self) {
        if self.armed {
            self.clock.cancelled.store(true, Ordering::Relaxed);
        }
    }
}

/// One connection.
pub(crate) struct SqliteLink {
    connection: Connection,
    config: Arc<Config>,
    clock: Arc<Clock>,
    reader: bool,
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
                };
                Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
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
        let writable = !matches!(
            config.place,
            Place::File {
                mode: FileMode::ReadOnly,
                ..
            }
        );
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
        // From here on waiting is done without blocking the thread: see `Ran::Busy`.
        connection.busy_timeout(Duration::ZERO).map_err(failed)?;
        connection.set_prepared_statement_cache_capacity(config.statement_cache);
        functions::register(&connection).map_err(failed)?;
        let clock = Arc::new(Clock {
            base: Instant::now(),
            started: AtomicU64::new(0),
            limited: AtomicBool::new(false),
            tripped: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            budget: config.budget.as_nanos() as u64,
        });
        let handler = Arc::clone(&clock);
        connection
            .progress_handler(1000, Some(move || handler.tick()))
            .map_err(failed)?;
        Ok(SqliteLink {
            connection,
            config: Arc::clone(config),
            clock,
            reader,
        })
    }

    pub(crate) fn busy_timeout(&self) -> Duration {
        self.config.busy_timeout
    }

    /// Something that cancels what this connection runs next, not inline, when it is dropped.
    pub(crate) fn canceller(&self) -> Canceller {
        self.clock.cancelled.store(false, Ordering::Relaxed);
        Canceller {
            clock: Arc::clone(&self.clock),
            armed: true,
        }
    }

    /// Whether it may only read.
    pub(crate) fn is_reader(&self) -> bool {
        self.reader
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }

    /// Whether the statement should go to the blocking pool without a try here.
    #[inline]
    pub(crate) fn is_slow(&self, command: &Command) -> bool {
        command.offload || self.config.slow.has(&command.text)
    }

    /// Runs statements without binds or rows.
    pub(crate) fn control(&mut self, text: &str) -> Result<()> {
        self.clock.limited.store(false, Ordering::Relaxed);
        self.clock.cancelled.store(false, Ordering::Relaxed);
        self.connection
            .execute_batch(text)
            .map_err(|cause| errors::translate(cause, &text.to_string().into()))
    }

    /// Runs one statement on the blocking pool.
    pub(crate) fn run_offloaded(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Ran> {
        let started = Instant::now();
        let ran = self.run(command, sink, false, &mut Progress::default());
        if !command.offload && ran.is_ok() && started.elapsed() < self.config.budget {
            self.config.slow.remove(&command.text);
        }
        ran
    }

    /// Runs one statement. `inline` limits a read to the budget.
    pub(crate) fn run(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran> {
        if inline {
            self.clock.cancelled.store(false, Ordering::Relaxed);
        }
        let ran = self.step(command, sink, inline, progress);
        match ran {
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
            Err(Failure::Ours(error)) => Err(error.with_statement(&command.text)),
        }
    }

    fn step(
        &mut self,
        command: &Command,
        sink: &mut dyn Sink,
        inline: bool,
        progress: &mut Progress,
    ) -> Result<Ran, Failure> {
        // The handler is asked while a statement is prepared, too.
        self.clock.limited.store(false, Ordering::Relaxed);
        self.clock.tripped.store(false, Ordering::Relaxed);
        let mut statement = match self.connection.prepare_cached(&command.text) {
            Ok(statement) => statement,
            // A reader may know the schema as it was before an ALTER TABLE; the writer has the last word.
            Err(_) if self.reader && command.access == Access::Unknown && !command.pinned => {
                return Ok(Ran::Writes);
            }
            Err(cause) => return Err(cause.into()),
        };
        let reads = command.access == Access::Read || statement.readonly();
        if self.reader && !reads {
            return Ok(Ran::Writes);
        }
        let expected = statement.parameter_count();
        if let Some(times) = command.times {
            let limit = inline.then_some(self.config.budget / 2);
            let all = &self.connection;
            let done = repeat(all, &mut statement, command, times, sink, progress, limit)?;
            return Ok(match done {
                true => Ran::Done(Outcome {
                    affected: progress.affected,
                    last_id: None,
                }),
                false => Ran::Paused,
            });
        }
        if expected != command.binds.len() {
            return Err(Failure::Ours(Error::invalid_query(format!(
                "the statement has {expected} placeholders and {} binds",
                command.binds.len()
            ))));
        }
        for (n, value) in command.binds.iter().enumerate() {
            statement.raw_bind_parameter(n + 1, Bind(value))?;
        }
        if inline && reads {
            self.clock.started.store(0, Ordering::Relaxed);
            self.clock.limited.store(true, Ordering::Relaxed);
        }
        let started = (!reads && inline).then(Instant::now);
        let before = if reads {
            0
        } else {
            self.connection.total_changes()
        };
        let mut wants_columns = sink.wants_columns();
        let mut rows = statement.raw_query();
        loop {
            let Some(row) = rows.next()? else { break };
            if wants_columns {
                // Only now: the first step prepares a statement anew that the schema has outgrown.
                columns(row.as_ref(), sink)?;
                wants_columns = false;
            }
            match sink.row(&mut SqliteCells::new(row)) {
                Ok(true) => {}
                Ok(false) => {
                    // A write is done when its last row was asked for.
                    while !reads && rows.next()?.is_some() {}
                    break;
                }
                Err(error) => {
                    let name = row
                        .as_ref()
                        .column_name(error.position)
                        .ok()
                        .map(str::to_owned);
                    return Err(Failure::Ours(Error::decode(&error, name.as_deref())));
                }
            }
            if sink.is_full() && !sink.hand_over_blocking() {
                break;
            }
        }
        drop(rows);
        if wants_columns {
            columns(&statement, sink)?;
        }
        drop(statement);
        if let Some(started) = started
            && started.elapsed() > self.config.budget
        {
            self.config.slow.insert(&command.text);
        }
        // What `changes` says is of the last INSERT, UPDATE or DELETE: not of this statement, if it is none.
        let affected = if reads || self.connection.total_changes() == before {
            0
        } else {
            self.connection.changes()
        };
        Ok(Ran::Done(Outcome {
            affected,
            last_id: None,
        }))
    }
}

fn columns(statement: &rusqlite::Statement<'_>, sink: &mut dyn Sink) -> Result<(), Failure> {
    let names = statement.column_names().map(str::to_owned).collect();
    sink.columns(names)
        .map_err(|error| Failure::Ours(Error::decode(&error, None)))
}

enum Failure {
    Driver(rusqlite::Error),
    Ours(Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(cause: rusqlite::Error) -> Self {
        Failure::Driver(cause)
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
