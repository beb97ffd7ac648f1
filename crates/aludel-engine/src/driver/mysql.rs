//! MariaDB and MySQL over their own protocol: in the calling task, with nothing between it and the socket. The server's own
//! version decides the dialect.
//!
//! | module | what it does |
//! |---|---|
//! | `packet` | packets, whole, and what they are made of |
//! | `connect` | the way to a connection: TLS, who we are |
//! | `statement` | statements that are prepared, and the columns of their results |
//! | `query` | running them |
//! | `load` | many rows as a file |
//! | `bind`, `cells` | values, both ways |
//! | `errors` | what went wrong |
//!
//! Statements are prepared once per connection and kept in a bounded cache. A row's bytes are decoded in place. If a future
//! is dropped before its answer was read to the end, the connection is discarded.

mod bind;
mod cells;
mod connect;
mod errors;
mod load;
mod packet;
mod public_key;
mod query;
mod statement;

use super::cache::StatementCache;
use super::socket::Socket;
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
use super::socket::Stream;
use super::{CANCELLED_WITHIN, Link, ServerLink};
use super::{Connector, Settings};
use crate::clock;
use crate::command::{Access, BoxFuture, Collect, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Server;
use aludel_sql::dialect::{Dialect, DialectKind};
use bytes::BufMut;
use cells::Place;
use connect::Connected;
use errors::wire;
use packet::{END, ERROR, FILE, OK, Packet, Reader, ask, write};
use statement::Statement;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// What the connections of one database share.
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) statement_cache: usize,
    /// How long a statement may take.
    pub(crate) statement_timeout: Option<Duration>,
    /// Whether the server has `innodb_snapshot_isolation`; known after the first connection.
    has_snapshot_isolation: OnceLock<bool>,
    /// Whether the server is MariaDB; known after the first connection.
    pub(crate) is_mariadb: AtomicBool,
    /// Whether many rows may be sent as a file.
    pub(crate) local_infile: bool,
    #[cfg(feature = "tls")]
    tls: super::tls::Shared,
}

impl Config {
    pub(crate) fn new(
        server: Server,
        statement_cache: usize,
        local_infile: bool,
        statement_timeout: Option<Duration>,
    ) -> Config {
        Config {
            server,
            statement_cache,
            statement_timeout,
            has_snapshot_isolation: OnceLock::new(),
            is_mariadb: AtomicBool::new(false),
            local_infile,
            #[cfg(feature = "tls")]
            tls: Default::default(),
        }
    }
}

struct MysqlConnector {
    config: Arc<Config>,
}

/// Connects to this server.
pub(super) fn connector(server: &Server, settings: &Settings) -> Box<dyn Connector> {
    let config = Arc::new(Config::new(
        server.clone(),
        settings.statement_cache,
        settings.local_infile,
        settings.statement_timeout,
    ));
    Box::new(MysqlConnector { config })
}

impl Connector for MysqlConnector {
    fn address(&self) -> String {
        self.config.server.address()
    }
    /// The URL's, or that of the server that was found.
    fn dialect(&self) -> &'static dyn Dialect {
        let found = self.config.is_mariadb.load(Ordering::Relaxed);
        let found = match found {
            true => DialectKind::Mariadb,
            false => DialectKind::Mysql,
        };
        self.config.server.flavor.unwrap_or(found).dialect()
    }
    fn connect_now(&self) -> Option<Result<Link>> {
        None
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        Box::pin(async move {
            let link = MysqlLink::open(&self.config).await?;
            Ok(Link::Server(Box::new(link)))
        })
    }
}

pub(crate) struct MysqlLink {
    socket: Socket,
    config: Arc<Config>,
    /// Its id on the server.
    id: u32,
    cache: StatementCache<(), Statement>,
    /// Answers that have not been read to their ends.
    awaited: usize,
    /// Where the cells of a row are; reused for the next one.
    places: Vec<Place>,
    /// The largest packet that the server accepts.
    largest: usize,
    /// Whether rows may be sent as a file, as far as is known.
    takes_files: bool,
    /// Whether rows are ended by OK packets.
    ends_by_ok: bool,
    /// Whether the server sends a prepared statement's columns only when they have changed.
    keeps_columns: bool,
    /// Whether a transaction was open when the server answered last.
    is_open: bool,
    /// The connection is lost.
    lost: bool,
}

impl MysqlLink {
    async fn open(config: &Arc<Config>) -> Result<MysqlLink> {
        MysqlLink::over(config, connect::connect(config).await?).await
    }

    /// A connection that replays what a server sent.
    #[cfg(all(
        any(test, feature = "fuzzing"),
        feature = "postgres",
        feature = "mysql"
    ))]
    pub(crate) async fn replay(config: &Arc<Config>, said: Vec<u8>) -> Result<MysqlLink> {
        let socket = Socket::new(Stream::Replay(std::io::Cursor::new(said)));
        MysqlLink::over(config, connect::shake(config, socket).await?).await
    }

    async fn over(config: &Arc<Config>, connected: Connected) -> Result<MysqlLink> {
        let mut link = MysqlLink {
            socket: connected.socket,
            config: Arc::clone(config),
            id: connected.id,
            cache: StatementCache::new(config.statement_cache),
            awaited: 0,
            places: Vec::new(),
            largest: usize::MAX,
            takes_files: config.local_infile,
            ends_by_ok: connected.ends_by_ok,
            keeps_columns: connected.keeps_columns,
            is_open: false,
            lost: false,
        };
        link.set_up().await?;
        link.socket.trust();
        Ok(link)
    }

    async fn set_up(&mut self) -> Result<()> {
        let said = self.texts("SELECT VERSION(), @@max_allowed_packet").await?;
        let cell = |at: usize| said.first().and_then(|row| row.get(at)?.as_deref());
        let is_mariadb = cell(0).is_some_and(|version| version.contains("MariaDB"));
        if let Some(largest) = cell(1).and_then(|text| text.parse().ok()) {
            self.largest = largest;
        }
        self.config.is_mariadb.store(is_mariadb, Ordering::Relaxed);
        self.set_session().await
    }

    /// Sets the session settings that everything here relies on.
    async fn set_session(&mut self) -> Result<()> {
        let is_mariadb = self.config.is_mariadb.load(Ordering::Relaxed);
        let (collation, mode) = match is_mariadb {
            true => ("utf8mb4_nopad_bin", ",SIMULTANEOUS_ASSIGNMENT"),
            false => ("utf8mb4_0900_bin", ""),
        };
        self.simple(&format!("SET NAMES utf8mb4 COLLATE {collation}"))
            .await?;
        // Without autocommit a server begins transactions by itself: what nobody commits would be lost.
        let mut settings = format!(
            "SET SESSION autocommit = 1, time_zone = '+00:00', \
             sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION{mode}'"
        );
        // Without it, a transaction would overwrite changes that another one has made since its snapshot.
        if self.has_snapshot_isolation(is_mariadb).await? {
            settings.push_str(", innodb_snapshot_isolation = ON");
        }
        if let Some(most) = self.config.statement_timeout {
            settings.push_str(&match is_mariadb {
                true => format!(", max_statement_time = {:.6}", most.as_secs_f64()),
                false => format!(", max_execution_time = {}", most.as_millis()),
            });
        }
        self.simple(&settings).await?;
        Ok(())
    }

    /// Whether the server has the setting: MariaDB, some newer releases of each series.
    async fn has_snapshot_isolation(&mut self, is_mariadb: bool) -> Result<bool> {
        if let Some(has) = self.config.has_snapshot_isolation.get() {
            return Ok(*has);
        }
        let has = is_mariadb
            && !self
                .texts("SHOW VARIABLES LIKE 'innodb\\_snapshot\\_isolation'")
                .await?
                .is_empty();
        Ok(*self.config.has_snapshot_isolation.get_or_init(|| has))
    }

    /// Asks the server to stop a statement that timed out, because it may still run.
    fn notice(&mut self, error: &Error) {
        if error.kind() == ErrorKind::Cancelled && error.is_lost() {
            self.stop();
        }
    }

    /// Has the server end the connection, over a second one.
    fn stop(&self) {
        let (config, id) = (Arc::clone(&self.config), self.id);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(clock::timeout(CANCELLED_WITHIN, async move {
                let mut link = MysqlLink::open(&config).await?;
                link.simple(&format!("KILL {id}")).await.map(drop)
            }));
        }
    }

    /// Writes a text request, for the next flush.
    fn ask(&mut self, what: u8, text: &str) -> Result<()> {
        self.is_free()?;
        if text.len() + 1 >= self.largest {
            return Err(Error::invalid_query(format!(
                "the statement has {} bytes, and the server takes {} at a time (max_allowed_packet)",
                text.len(),
                self.largest
            )));
        }
        self.close_forgotten();
        write(&mut self.socket.out, 0, |out| {
            out.put_u8(what);
            out.put_slice(text.as_bytes());
        });
        self.awaited = 1;
        Ok(())
    }

    /// Fails while an answer is unread: the next request would take it for its own.
    fn is_free(&mut self) -> Result<()> {
        self.lost |= self.awaited > 0;
        match self.lost {
            true => Err(wire(std::io::Error::other(
                "an earlier answer was not read to its end",
            ))),
            false => Ok(()),
        }
    }

    /// Sends what was written.
    async fn flush(&mut self) -> Result<()> {
        let Err(cause) = self.socket.flush().await else {
            return Ok(());
        };
        self.lost = true;
        // The server's reason for ending the connection says more than that it did.
        if let Some(packet) = self.socket.next_packet()
            && self.socket.payload(&packet).first() == Some(&ERROR)
        {
            return Err(self.refused(&packet)?.into());
        }
        Err(wire(cause))
    }

    /// Reads more of what the server says.
    async fn fill(&mut self) -> Result<()> {
        let filled = self.socket.fill().await;
        self.lost |= filled.is_err();
        filled.map_err(wire)
    }

    /// The next packet.
    async fn packet(&mut self) -> Result<Packet> {
        loop {
            if let Some(packet) = self.socket.next_packet() {
                return Ok(packet);
            }
            self.fill().await?;
        }
    }

    /// Runs a text without binds; rows are discarded. Returns the number of warnings.
    async fn simple(&mut self, text: &str) -> Result<u16> {
        self.ask(ask::QUERY, text)?;
        self.flush().await?;
        let mut refused = false;
        loop {
            let packet = self.packet().await?;
            let ended = match self.socket.payload(&packet).first() {
                Some(&OK) => self.ended(&packet)?,
                Some(&FILE) => {
                    self.send_no_file(&packet).await?;
                    refused = true;
                    continue;
                }
                Some(&ERROR) => return Err(self.refused(&packet)?.into()),
                _ => self.pass_over(&packet).await?,
            };
            if !ended.more {
                self.awaited = 0;
                return match refused {
                    true => Err(Error::invalid_query(query::NO_FILE)),
                    false => Ok(ended.warnings),
                };
            }
        }
    }

    /// Runs a text and returns its rows as texts: for questions about the server itself.
    async fn texts(&mut self, text: &str) -> Result<Vec<Vec<Option<String>>>> {
        self.ask(ask::QUERY, text)?;
        self.flush().await?;
        let packet = self.packet().await?;
        if self.socket.payload(&packet).first() == Some(&ERROR) {
            return Err(self.refused(&packet)?.into());
        }
        let width = self
            .told_columns(&packet)
            .await?
            .map_or(0, |columns| columns.len());
        let mut rows = Vec::new();
        loop {
            let packet = self.packet().await?;
            let payload = self.socket.payload(&packet);
            match payload.first() {
                Some(&ERROR) => return Err(self.refused(&packet)?.into()),
                Some(&END) => break,
                _ => {}
            }
            if rows.len() >= MOST_ROWS {
                self.lost = true;
                return Err(wire(packet::damaged()));
            }
            let mut reader = Reader(payload);
            let mut row = Vec::with_capacity(width);
            for _ in 0..width {
                // The first byte of NULL is not a length.
                if reader.0.first() == Some(&0xfb) {
                    reader.u8().map_err(wire)?;
                    row.push(None);
                } else {
                    let bytes = reader.bytes().map_err(wire)?;
                    row.push(Some(String::from_utf8_lossy(bytes).into_owned()));
                }
            }
            rows.push(row);
        }
        self.awaited = 0;
        Ok(rows)
    }

    /// Looks up the columns of a duplicate key, since the server's message has only its name.
    async fn explained(&mut self, mut error: Error, command: &Command) -> Error {
        if error.is_unique_violation()
            && let Some(constraint) = error.constraint_mut()
            && constraint.columns.is_empty()
            && let Some(name) = constraint.name.clone()
        {
            let mut ask = Command::with_text(
                "SELECT table_name, column_name FROM information_schema.statistics \
                 WHERE table_schema = DATABASE() AND index_name = ? ORDER BY table_name, seq_in_index"
                    .into(),
                aludel_sql::Value::Text(name),
                Access::Read,
            );
            ask.pinned = true;
            // An expression has no column name.
            let mut found: Collect<(String, Option<String>)> = Collect::all();
            if self.run_prepared(&ask, &mut found).await.is_err() {
                found.rows.clear();
            }
            let found = found.rows;
            // Key names are unique only within a table: take the table that the statement names.
            let table = constraint.table.clone().or_else(|| {
                found
                    .iter()
                    .map(|(table, _)| table)
                    .find(|table| {
                        command
                            .text
                            .contains(&format!("`{}`", table.replace('`', "``")))
                    })
                    .or(found.first().map(|(table, _)| table))
                    .cloned()
            });
            constraint.columns = found
                .into_iter()
                .filter(|(of, _)| Some(of) == table.as_ref())
                .filter_map(|(_, column)| column)
                .collect();
            constraint.table = table;
        }
        error
    }

    /// Sends a request that is answered by an OK packet.
    async fn ask_now(&mut self, what: u8, text: &str) -> Result<()> {
        self.ask(what, text)?;
        self.flush().await?;
        let packet = self.packet().await?;
        match self.socket.payload(&packet).first() {
            Some(&ERROR) => Err(self.refused(&packet)?.into()),
            Some(&OK) => {
                self.ended(&packet)?;
                self.awaited = 0;
                Ok(())
            }
            _ => Err(wire(packet::damaged())),
        }
    }
}

/// Reads bytes as each of the server's packets, and as rows.
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
pub(crate) fn read_all(bytes: &[u8]) {
    drop((packet::Ended::read(bytes), packet::Ended::read_old(bytes)));
    drop(errors::ServerError::read(bytes).map(Error::from));
    cells::read_all(bytes);
}

/// The most rows of an answer about the server itself.
const MOST_ROWS: usize = 1_000;

impl ServerLink for MysqlLink {
    fn run<'a>(
        &'a mut self,
        command: &'a Command,
        sink: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        self.socket.begin(self.config.statement_timeout);
        Box::pin(async move {
            let result = self.execute(command, sink).await;
            if let Err(error) = &result {
                self.notice(error);
            }
            result
        })
    }

    fn control<'a>(&'a mut self, text: &'a str) -> BoxFuture<'a, Result<()>> {
        self.socket.begin(self.config.statement_timeout);
        Box::pin(async move {
            for part in text.split(';').filter(|part| !part.trim().is_empty()) {
                let said = self.simple(part).await;
                said.map_err(|error| {
                    self.notice(&error);
                    error.with_statement(&part.to_string().into())
                })?;
            }
            Ok(())
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        self.socket.begin(None);
        Box::pin(self.ask_now(ask::PING, ""))
    }

    fn is_broken(&mut self) -> bool {
        if self.awaited == 0 && !self.lost {
            // An unsolicited packet means that the server ends the connection.
            self.lost = !self.socket.look() || !self.socket.is_quiet();
        }
        self.lost || self.awaited > 0
    }

    fn is_midway(&self) -> bool {
        !self.lost && (self.awaited > 0 || self.is_open)
    }

    fn has_transaction(&self) -> Option<bool> {
        (self.awaited == 0).then_some(self.is_open)
    }

    fn tells_with_errors(&self) -> bool {
        false
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        self.socket.begin(None);
        Box::pin(async move {
            // A reset makes the server forget its prepared statements.
            self.cache.forget_all();
            self.cache.take_left().for_each(drop);
            self.ask_now(ask::RESET, "").await?;
            self.is_open = false;
            // A reset does not change back to the first database.
            let database = self.config.server.database.clone();
            self.ask_now(ask::DATABASE, &database).await?;
            self.set_session().await
        })
    }

    fn abandon(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            // The id of a connection that has ended may belong to another one.
            if self.lost {
                return;
            }
            self.lost = true;
            let ended = async {
                // The statement may still run, with its locks; a second connection ends it.
                let killed = MysqlLink::open(&self.config).await;
                let Ok(mut second) = killed else { return };
                if second.simple(&format!("KILL {}", self.id)).await.is_ok() {
                    self.socket.drain().await;
                }
            };
            let _ = clock::timeout(CANCELLED_WITHIN, ended).await;
        })
    }
}

impl Drop for MysqlLink {
    fn drop(&mut self) {
        if !self.lost && self.awaited == 0 {
            write(&mut self.socket.out, 0, |out| out.put_u8(ask::QUIT));
            self.socket.flush_now();
        }
    }
}
