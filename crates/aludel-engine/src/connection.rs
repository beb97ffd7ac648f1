//! [`Connection`]: a dedicated connection.

use crate::connection_state::Pinned;
use crate::database::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Behind, Executor, Target};
use crate::transaction::{Transaction, TransactionOptions};
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

impl Database {
    /// Acquires a dedicated connection, for settings that live in it. When it is dropped it is reset, unless
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
}

/// A dedicated connection, taken out of the pool until it is dropped. Statements run on it by shared reference.
pub struct Connection {
    pub(crate) pinned: Arc<Pinned>,
}

impl Connection {
    pub(crate) fn new(pinned: Arc<Pinned>) -> Connection {
        Connection { pinned }
    }

    /// Changes a setting until the next transaction ends or the connection is returned: `PRAGMA foreign_keys = OFF`, which
    /// SQLite accepts only outside of transactions.
    ///
    /// # Errors
    /// Any database error.
    pub async fn set_until_transaction(&self, set: &str, restore: &'static str) -> Result<()> {
        let mut state = self.pinned.lock().await?;
        state.usable()?;
        state.restore = Some(restore);
        state
            .control(&self.pinned.db, set, Location::caller())
            .await
    }

    /// Keeps the session's settings, temporary tables and locks that raw SQL has left so far when the connection is returned.
    /// Otherwise it is reset: `DISCARD ALL` (PostgreSQL), `COM_RESET_CONNECTION` (MariaDB and MySQL); an SQLite file is
    /// reopened, and a database in memory keeps what was set.
    ///
    /// # Errors
    /// The connection is lost, as for a statement.
    pub async fn keep_settings(&self) -> Result<()> {
        self.pinned.lock().await?.usable()?.set_dirty(false);
        Ok(())
    }

    /// Closes the connection instead of returning it. A database in memory is its connection, and stays open.
    pub fn close(self) {
        if self.pinned.db.inner.url.is_in_memory() {
            return;
        }
        if let Some(mut state) = self.pinned.lock_now()
            && let Some(guard) = state.guard.take()
        {
            guard.discard();
        }
    }

    /// Begins a transaction on this connection.
    ///
    /// # Errors
    /// Those of BEGIN; [`TransactionState`](crate::ErrorKind::TransactionState) while another is open on it.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        self.begin_with(TransactionOptions::default())
    }

    /// Begins a transaction with an isolation level, or read-only.
    ///
    /// # Errors
    /// As [`begin`](Connection::begin).
    #[track_caller]
    pub fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        let (pinned, site) = (Arc::clone(&self.pinned), Location::caller());
        async move { Transaction::start_on(pinned, options, site).await }
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Connection {
    fn target(&self) -> Target<'_> {
        Target::new(Behind::Pinned(&self.pinned, 0))
    }
}
