//! PostgreSQL over its own protocol: in the calling task, with nothing between it and the socket.
//!
//! | module | what it does |
//! |---|---|
//! | `frame`, `message` | messages, whole; what they say |
//! | `connect` | the way to a connection: TLS, who we are; stopping what another connection runs |
//! | `statement`, `names`, `types` | statements that are prepared, their names, and types that the database made |
//! | `query` | running them, one or many at once |
//! | `copy` | many rows |
//! | `encode`, `decode`, `text` | values, both ways |
//! | `errors` | what went wrong |
//!
//! Statements are prepared once per connection, with the types of their binds, and kept in a bounded cache. A row's
//! bytes are decoded in place: no type is looked up and no value made on the way into a field. A statement's request is
//! sent in one piece, and whoever waits for the answer reads it. If a future is dropped in between, the answer stays
//! unread, and the connection is discarded.

mod connect;
mod copy;
mod decode;
mod encode;
mod errors;
mod frame;
mod message;
mod names;
mod query;
mod statement;
mod text;
mod types;

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
use crate::command::{BoxFuture, Command, Failed, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::url::Server;
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use connect::{CancelKey, Connected};
use errors::{ServerError, unexpected, wire};
use frame::Message;
use message::Place;
use names::Names;
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend;
use postgres_types::Type;
use statement::Statement;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What the connections of one database share.
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) statement_cache: usize,
    /// How long a statement may take.
    pub(crate) statement_timeout: Option<Duration>,
    /// Whether a statement was gone right after it was prepared: a pooler switches server connections.
    is_pooled: AtomicBool,
    #[cfg(feature = "tls")]
    tls: super::tls::Shared,
}

/// How many statements without names are remembered, with the server's descriptions.
const DESCRIPTIONS: usize = 256;

impl Config {
    pub(crate) fn new(
        server: Server,
        statement_cache: usize,
        statement_timeout: Option<Duration>,
    ) -> Config {
        Config {
            server,
            statement_cache,
            statement_timeout,
            is_pooled: AtomicBool::new(false),
            #[cfg(feature = "tls")]
            tls: Default::default(),
        }
    }

    /// Whether statements are sent without names.
    fn is_nameless(&self) -> bool {
        self.statement_cache == 0
            || !self.server.names_statements()
            || self.is_pooled.load(Ordering::Relaxed)
    }

    fn descriptions(&self) -> usize {
        match self.statement_cache {
            0 => DESCRIPTIONS,
            most => most,
        }
    }
}

struct PostgresConnector {
    config: Arc<Config>,
}

/// Connects to this server.
pub(super) fn connector(server: &Server, settings: &Settings) -> Box<dyn Connector> {
    let config = Arc::new(Config::new(
        server.clone(),
        settings.statement_cache,
        settings.statement_timeout,
    ));
    Box::new(PostgresConnector { config })
}

impl Connector for PostgresConnector {
    fn address(&self) -> String {
        self.config.server.address()
    }
    fn dialect(&self) -> &'static dyn Dialect {
        &aludel_sql::dialect::POSTGRES
    }
    fn connect_now(&self) -> Option<Result<Link>> {
        None
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        Box::pin(async move {
            let link = PostgresLink::open(&self.config).await?;
            Ok(Link::Server(Box::new(link)))
        })
    }
}

pub(crate) struct PostgresLink {
    socket: Socket,
    cancel: CancelKey,
    cache: StatementCache<Vec<Type>, Statement>,
    /// The database's own types, by OID.
    types: HashMap<u32, Type>,
    server: Arc<Config>,
    names: Names,
    /// Requests whose answers have not been read to their ends.
    unread: usize,
    /// BEGINs and SAVEPOINTs that go out with the next request, and where they start in the output.
    begun: usize,
    begun_at: usize,
    /// BEGINs and SAVEPOINTs that were sent, and are answered before anything else.
    begin_answers: usize,
    /// What the server said last of its transaction: `I` none, `T` open, `E` aborted.
    transaction: u8,
    /// Where the cells of a row are; reused for the next one.
    places: Vec<Place>,
    /// The connection is lost.
    lost: bool,
    /// The connection ends when it is given back.
    is_spent: bool,
}

impl PostgresLink {
    async fn open(config: &Arc<Config>) -> Result<PostgresLink> {
        #[cfg(not(feature = "tls"))]
        if config.server.tls.is_verified() {
            return Err(Error::new(
                ErrorKind::ConnectionFailed,
                "the URL requires TLS; enable the feature `tls`",
            ));
        }
        let connected = connect::connect(config).await?;
        Ok(PostgresLink::new(config, connected))
    }

    /// A connection that replays what a server sent.
    #[cfg(all(
        any(test, feature = "fuzzing"),
        feature = "postgres",
        feature = "mysql"
    ))]
    pub(crate) async fn replay(config: &Arc<Config>, said: Vec<u8>) -> Result<PostgresLink> {
        let socket = Socket::new(Stream::Replay(std::io::Cursor::new(said)));
        let connected = connect::greet(config, socket, None).await?;
        Ok(PostgresLink::new(config, connected))
    }

    fn new(config: &Arc<Config>, connected: Connected) -> PostgresLink {
        PostgresLink {
            socket: connected.socket,
            cancel: connected.cancel,
            cache: StatementCache::new(config.descriptions()),
            types: HashMap::new(),
            server: Arc::clone(config),
            names: Names::new(&config.server.database, config.is_nameless()),
            unread: 0,
            begun: 0,
            begun_at: 0,
            begin_answers: 0,
            transaction: b'I',
            places: Vec::new(),
            lost: false,
            is_spent: false,
        }
    }

    /// Sends what was written.
    async fn flush(&mut self) -> Result<()> {
        self.begin_answers += std::mem::take(&mut self.begun);
        let flushed = self.socket.flush().await;
        self.lost |= flushed.is_err();
        flushed.map_err(wire)
    }

    /// Reads more of what the server says.
    async fn fill(&mut self) -> Result<()> {
        let filled = self.socket.fill().await;
        self.lost |= filled.is_err();
        filled.map_err(wire)
    }

    /// The next message that is an answer.
    async fn message(&mut self) -> Result<Message> {
        if self.begin_answers > 0 {
            self.begin_answered().await?;
        }
        self.any_message().await
    }

    /// Reads the answers to BEGINs and SAVEPOINTs. If one fails, the request that was sent with it fails too.
    async fn begin_answered(&mut self) -> Result<()> {
        while self.begin_answers > 0 {
            let message = self.any_message().await?;
            match message.kind {
                // Parsed and bound.
                b'1' | b'2' => {}
                b'C' => self.begin_answers -= 1,
                b'E' => {
                    self.lost = true;
                    self.begin_answers = 0;
                    let error = ServerError::read(self.socket.body(&message)).map_err(wire)?;
                    return Err(error.into());
                }
                other => return Err(unexpected(other)),
            }
        }
        Ok(())
    }

    /// Begins transactions before anything else is sent, if what follows would not be skipped on failure.
    async fn begin_now(&mut self) -> Result<()> {
        if self.begun == 0 {
            return Ok(());
        }
        frontend::sync(&mut self.socket.out);
        self.unread += 1;
        self.flush().await?;
        self.catch_up().await
    }

    async fn any_message(&mut self) -> Result<Message> {
        loop {
            match self.socket.next().map_err(wire)? {
                Some(message) if is_aside(message.kind) => {}
                Some(message) => {
                    if message.kind == b'Z' {
                        self.ready(&message);
                    }
                    return Ok(message);
                }
                None => self.fill().await?,
            }
        }
    }

    /// Notes the end of an answer.
    fn ready(&mut self, message: &Message) {
        self.unread = self.unread.saturating_sub(1);
        if let Some(transaction) = self.socket.body(message).first() {
            self.transaction = *transaction;
        }
    }

    /// Reads the rest of earlier answers, so that the next answer belongs to the next request.
    async fn catch_up(&mut self) -> Result<()> {
        while self.unread > 0 {
            self.message().await?;
        }
        self.close_forgotten()
    }

    /// Has the server forget statements that were forgotten here, with the next request.
    fn close_forgotten(&mut self) -> Result<()> {
        // What is written after a pending BEGIN is taken back with it.
        if self.begun > 0 {
            return Ok(());
        }
        for statement in self.cache.take_left() {
            if statement.name.is_empty() {
                continue;
            }
            frontend::close(b'S', &statement.name, &mut self.socket.out).map_err(wire)?;
        }
        Ok(())
    }

    /// Begins a transaction, or a savepoint, with the next request: that saves a round trip. There is no Sync in between, so
    /// that the server skips the request if this fails.
    async fn begin(&mut self, text: &str) -> Result<()> {
        self.catch_up().await?;
        if self.transaction == b'E' {
            return Err(errors::aborted());
        }
        let out = &mut self.socket.out;
        if self.begun == 0 {
            self.begun_at = out.len();
        }
        frontend::parse("", text, [], out).map_err(wire)?;
        frontend::bind("", "", [], [(); 0], |(), _| Ok(IsNull::Yes), [], out)
            .map_err(|_| unexpected(b'B'))?;
        frontend::execute("", 0, out).map_err(wire)?;
        self.begun += 1;
        Ok(())
    }

    async fn control_transaction(&mut self, text: &str) -> Result<()> {
        match text {
            // COMMIT of an aborted transaction is answered with a rollback, and no error.
            "COMMIT" if self.transaction == b'E' => Err(errors::aborted()),
            // Nothing was sent since it was begun, so the server need not know of it.
            "COMMIT" | "ROLLBACK" if self.begun > 0 && self.transaction == b'I' => {
                self.begun = 0;
                self.socket.out.truncate(self.begun_at);
                Ok(())
            }
            _ if text.starts_with("BEGIN") || text.starts_with("SAVEPOINT") => {
                self.begin(text).await
            }
            _ => self.simple(text).await,
        }
    }

    async fn simple(&mut self, text: &str) -> Result<()> {
        self.catch_up().await?;
        self.begin_now().await?;
        frontend::query(text, &mut self.socket.out).map_err(|cause| {
            Error::invalid_query(format!("the statement can't be sent: {cause}"))
        })?;
        self.unread += 1;
        self.flush().await?;
        let mut failed = None;
        loop {
            let message = match self.message().await {
                Ok(message) => message,
                Err(error) => return Err(failed.unwrap_or(error)),
            };
            match message.kind {
                b'E' => {
                    let body = self.socket.body(&message);
                    let error: Error = ServerError::read(body).map_err(wire)?.into();
                    failed.get_or_insert(error);
                }
                b'Z' => break,
                // Ends of statements, and unwanted rows.
                b'C' | b'I' | b'T' | b'D' => {}
                other => return Err(unexpected(other)),
            }
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Notes a lost connection: the server may announce its end before the socket is closed.
    fn notice(&mut self, error: &Error) {
        self.lost |= error.is_connection_error();
        if error.kind() == ErrorKind::Cancelled && error.is_lost() {
            self.stop();
        }
    }

    /// Tells the server to stop what it runs, over a connection of its own, of the same kind as the first.
    fn stop(&self) {
        let (config, key) = (Arc::clone(&self.server), self.cancel);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(clock::timeout(CANCELLED_WITHIN, async move {
                drop(connect::cancel(&config, key).await);
            }));
        }
    }

    /// Reads unsolicited messages: the server may be ending the connection.
    fn look(&mut self) {
        self.lost |= !self.socket.look();
        while !self.lost {
            match self.socket.next() {
                Ok(Some(message)) => self.lost = !is_aside(message.kind),
                Ok(None) => return,
                Err(_) => self.lost = true,
            }
        }
    }
}

/// Whether a message is not an answer: a notice, a setting that changed, a notification, a statement that was closed.
fn is_aside(kind: u8) -> bool {
    matches!(kind, b'N' | b'S' | b'A' | b'3')
}

impl ServerLink for PostgresLink {
    fn run<'a>(
        &'a mut self,
        command: &'a Command,
        sink: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        self.socket.begin(self.server.statement_timeout);
        Box::pin(async move {
            let result = self.execute(command, sink).await;
            if let Err(error) = &result {
                self.notice(error);
            }
            result
        })
    }

    fn run_at_once<'a>(
        &'a mut self,
        commands: &'a [Command],
        sinks: &'a mut [Box<dyn Sink>],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, Failed>> {
        self.socket.begin(self.server.statement_timeout);
        Box::pin(async move {
            let result = self.execute_at_once(commands, sinks).await;
            if let Err((_, error)) = &result {
                self.notice(error);
            }
            result
        })
    }

    fn control<'a>(&'a mut self, text: &'a str) -> BoxFuture<'a, Result<()>> {
        self.socket.begin(self.server.statement_timeout);
        Box::pin(async move {
            let result = self.control_transaction(text).await;
            let result = result.map_err(|error| error.with_statement(&text.to_string().into()));
            if let Err(error) = &result {
                self.notice(error);
            }
            result
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        self.socket.begin(None);
        Box::pin(self.simple(""))
    }

    fn is_broken(&mut self) -> bool {
        if self.unread == 0 && !self.lost {
            self.look();
        }
        self.lost || self.unread > 0
    }

    fn is_spent(&self) -> bool {
        self.is_spent
    }

    fn is_midway(&self) -> bool {
        self.unread > 0 || self.begun > 0 || self.transaction != b'I'
    }

    fn has_transaction(&self) -> Option<bool> {
        (self.unread == 0 && self.begun == 0).then_some(self.transaction != b'I')
    }

    fn reset(&mut self) -> BoxFuture<'_, Result<()>> {
        self.socket.begin(None);
        Box::pin(async move {
            // A reset makes the server forget its prepared statements.
            self.cache.forget_all();
            self.cache.take_left().for_each(drop);
            self.simple("DISCARD ALL").await
        })
    }

    fn abandon(mut self: Box<Self>) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.lost = true;
            let ended = async {
                let told = connect::cancel(&self.server, self.cancel).await;
                // The rest of a request that was sent in part must not follow now.
                if told.is_err() || !self.socket.out.is_empty() {
                    return;
                }
                frontend::terminate(&mut self.socket.out);
                if self.socket.flush().await.is_ok() {
                    self.socket.drain().await;
                }
            };
            let _ = clock::timeout(CANCELLED_WITHIN, ended).await;
        })
    }
}

impl Drop for PostgresLink {
    fn drop(&mut self) {
        if !self.lost && self.unread == 0 {
            frontend::terminate(&mut self.socket.out);
            self.socket.flush_now();
        }
    }
}

/// Reads bytes as each of the server's messages, and as rows.
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
pub(crate) fn read_all(bytes: &[u8]) {
    message::read_all(bytes);
    decode::read_all(bytes);
}

/// Whether a value is one that the server infers the type of.
pub(crate) fn is_inferred(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Enum(..))
}
