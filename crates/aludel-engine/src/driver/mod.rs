//! Drivers: a folder for each, behind [`EmbeddedLink`] for a database inside the program and [`ServerLink`] for those that talk
//! over a wire. Nothing else in this crate knows which drivers there are.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod cache;
mod embedded;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod socket;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
#[cfg(all(feature = "tls", any(feature = "postgres", feature = "mysql")))]
mod tls;

pub(crate) use embedded::{Canceller, EmbeddedLink, Progress, Ran};

use crate::command::{BoxFuture, Command, Failed, Outcome, Sink};
use crate::error::Result;
use crate::url::{Backend, Server};
use aludel_sql::dialect::Dialect;
use std::time::Duration;

/// One connection.
#[allow(
    dead_code,
    reason = "with only some of the drivers, only some of the kinds are made"
)]
pub(crate) enum Link {
    /// A connection to a database inside the program.
    Embedded(Box<dyn EmbeddedLink>),
    /// A connection to a server.
    Server(Box<dyn ServerLink>),
}

impl Link {
    pub(crate) fn is_broken(&mut self) -> bool {
        match self {
            Link::Embedded(_) => false,
            Link::Server(server) => server.is_broken(),
        }
    }

    /// Whether it ends when it is given back: it is lost, or nobody else may have it.
    pub(crate) fn ends(&mut self) -> bool {
        match self {
            Link::Embedded(_) => false,
            Link::Server(server) => server.is_spent() || server.is_broken(),
        }
    }

    /// Whether a transaction is open; unknown while an answer is unread.
    pub(crate) fn has_transaction(&self) -> Option<bool> {
        match self {
            Link::Embedded(embedded) => Some(embedded.in_transaction()),
            Link::Server(server) => server.has_transaction(),
        }
    }

    pub(crate) fn needs_ping(&self) -> bool {
        matches!(self, Link::Server(_))
    }
}

/// A connection to a server: what a new driver has to do.
pub(crate) trait ServerLink: Send {
    /// Runs one statement to its end, giving each row to the sink.
    fn run<'a>(
        &'a mut self,
        command: &'a Command,
        sink: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>>;
    /// Sends statements without waiting for each other's answers; called only where the dialect
    /// [pipelines](aludel_sql::dialect::Capabilities::pipelines).
    fn run_at_once<'a>(
        &'a mut self,
        commands: &'a [Command],
        sinks: &'a mut [Box<dyn Sink>],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, Failed>> {
        Box::pin(async move {
            let mut outcomes = Vec::with_capacity(commands.len());
            for (at, (command, sink)) in commands.iter().zip(sinks).enumerate() {
                let ran = self.run(command, &mut **sink).await;
                outcomes.push(ran.map_err(|error| (at, error))?);
            }
            Ok(outcomes)
        })
    }
    /// Runs statements without binds or rows (BEGIN, SAVEPOINT, …), split by `;`.
    fn control<'a>(&'a mut self, text: &'a str) -> BoxFuture<'a, Result<()>>;
    /// Whether the server still answers.
    fn ping(&mut self) -> BoxFuture<'_, Result<()>>;
    /// Whether the connection is known to be gone.
    fn is_broken(&mut self) -> bool;
    /// Whether the connection works, and must end when it is given back.
    fn is_spent(&self) -> bool {
        false
    }
    /// Whether rows of a statement that was stopped early are still on their way.
    fn is_midway(&self) -> bool;
    /// Whether a transaction is open, as the server said last; unknown while an answer is unread.
    fn has_transaction(&self) -> Option<bool>;
    /// Whether errors also carry the server's transaction state.
    fn tells_with_errors(&self) -> bool {
        true
    }
    /// Resets the connection to its initial state: its settings, temporary tables, and session locks.
    fn reset(&mut self) -> BoxFuture<'_, Result<()>>;
    /// Ends a connection that was left in the middle of a statement, and tells the server to stop it; done when the server has
    /// ended the connection, or after some seconds.
    fn abandon(self: Box<Self>) -> BoxFuture<'static, ()>;
}

/// How long a server may take to receive a cancellation and stop the statement.
#[cfg(any(feature = "postgres", feature = "mysql"))]
const CANCELLED_WITHIN: Duration = Duration::from_secs(10);

/// Makes connections.
pub(crate) trait Connector: Send + Sync {
    /// A connection at once, where that needs no waiting.
    fn connect_now(&self) -> Option<Result<Link>>;
    /// A connection.
    fn connect(&self) -> BoxFuture<'_, Result<Link>>;
    /// Where it connects to, for errors: `host:port`.
    fn address(&self) -> String;
    /// The dialect of the database, known once there was a connection.
    fn dialect(&self) -> &'static dyn Dialect;
}

/// What the connections of a database are set to.
#[allow(dead_code, reason = "each driver reads its own")]
pub(crate) struct Settings {
    pub(crate) statement_cache: usize,
    pub(crate) statement_timeout: Option<Duration>,
    /// How long to wait for another process's lock.
    pub(crate) busy_timeout: Duration,
    /// How long a statement may run inline.
    pub(crate) inline_budget: Duration,
    /// Whether many rows may be sent as a file.
    pub(crate) local_infile: bool,
}

/// What makes the connections of a database.
#[allow(dead_code, reason = "without drivers, nothing makes one")]
pub(crate) enum Connectors<'u> {
    /// To a database inside the program. One connection writes; it also reads, unless others do.
    Embedded {
        writer: Box<dyn Connector>,
        reader: Option<Box<dyn Connector>>,
    },
    /// To a server.
    Server(Box<dyn Connector>, &'u Server),
}

/// The connectors for a URL; `None` if its driver is not built in.
pub(crate) fn connectors<'u>(backend: &'u Backend, settings: &Settings) -> Option<Connectors<'u>> {
    match backend {
        #[cfg(feature = "sqlite")]
        Backend::Memory | Backend::File { .. } => Some(sqlite::connectors(backend, settings)),
        #[cfg(feature = "postgres")]
        Backend::Postgres(server) => Some(Connectors::Server(
            postgres::connector(server, settings),
            server,
        )),
        #[cfg(feature = "mysql")]
        Backend::Mysql(server) => Some(Connectors::Server(
            mysql::connector(server, settings),
            server,
        )),
        #[allow(unreachable_patterns, reason = "with all drivers, every URL has one")]
        _ => {
            let _ = settings;
            None
        }
    }
}
