//! Drivers: one module for each, behind [`ServerLink`] for those that talk over a wire.
//!
//! SQLite is a library, not a server: its statements run inline, on the task that polls them, and need no future.

#[cfg(any(feature = "postgres", feature = "mysql"))]
mod cache;
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

use crate::command::{BoxFuture, Command, Failed, Outcome, Sink};
use crate::error::Result;

/// One connection.
#[cfg_attr(not(any(feature = "postgres", feature = "mysql")), allow(dead_code))]
pub(crate) enum Link {
    /// An SQLite connection.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<sqlite::SqliteLink>),
    /// A connection to a server.
    Server(Box<dyn ServerLink>),
}

impl Link {
    pub(crate) fn is_broken(&mut self) -> bool {
        match self {
            #[cfg(feature = "sqlite")]
            Link::Sqlite(_) => false,
            Link::Server(server) => server.is_broken(),
        }
    }

    /// Whether a transaction is open; unknown while an answer is unread.
    pub(crate) fn has_transaction(&self) -> Option<bool> {
        match self {
            #[cfg(feature = "sqlite")]
            Link::Sqlite(sqlite) => Some(sqlite.in_transaction()),
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
const CANCELLED_WITHIN: std::time::Duration = std::time::Duration::from_secs(10);

/// Makes connections.
pub(crate) trait Connector: Send + Sync {
    /// A connection at once, where that needs no waiting (SQLite).
    fn connect_now(&self) -> Option<Result<Link>>;
    /// A connection.
    fn connect(&self) -> BoxFuture<'_, Result<Link>>;
    /// Where it connects to, for errors: `host:port`.
    fn address(&self) -> String;
}
