//! [`Connection`]: one connection of one's own.

use crate::error::Result;
use crate::execute::{Behind, Executor, Target};
use crate::pinned::Pinned;
use crate::transaction::{Transaction, TransactionOptions};
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// A connection of one's own, taken out of the pool until it is dropped. It executes by shared reference.
pub struct Connection {
    pub(crate) pinned: Arc<Pinned>,
}

impl Connection {
    pub(crate) fn new(pinned: Arc<Pinned>) -> Connection {
        Connection { pinned }
    }

    /// Changes a setting until the next transaction ends, or the connection goes back: `PRAGMA foreign_keys = OFF`, which
    /// SQLite takes only outside of transactions.
    ///
    /// # Errors
    /// Whatever can go wrong with a statement.
    pub async fn set_until_transaction(&self, set: &str, restore: &'static str) -> Result<()> {
        let mut state = self.pinned.lock().await?;
        state.usable()?;
        state.restore = Some(restore);
        state
            .control(&self.pinned.db, set, Location::caller())
            .await
    }

    /// Closes the connection instead of giving it back, where something lives in it that nobody else should inherit. A
    /// database in memory is its connection, and stays.
    pub fn close(self) {
        if matches!(self.pinned.db.dialect().name(), "sqlite") {
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
    /// Those of BEGIN; [`InvalidQuery`](crate::ErrorKind::InvalidQuery) while another is open on it.
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
