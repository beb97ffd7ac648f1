//! A connection that is kept over several statements: by a [`Connection`] or a transaction.

use crate::database::Database;
use crate::driver::Link;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Behind, Executor, Target};
use crate::pool::Guard;
use crate::text::Text;
use crate::transaction::{Transaction, TransactionOptions};
use std::future::Future;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A connection and the transactions on it. Statements take turns: each locks the state while it runs.
pub(crate) struct Pinned {
    pub(crate) db: Database,
    pub(crate) state: Arc<tokio::sync::Mutex<State>>,
    /// Levels whose handles were dropped: rolled back before the next statement.
    dropped: Mutex<Vec<usize>>,
    /// The owner is gone while a statement runs: whoever unlocks the state ends the transaction.
    abandoned: AtomicBool,
}

/// Called after commit.
pub(crate) type Callback = Box<dyn FnOnce() + Send>;

pub(crate) struct State {
    pub(crate) guard: Option<Guard>,
    /// How many transactions are open: the first is BEGIN, the others are savepoints.
    pub(crate) depth: usize,
    /// The error that has aborted the transaction (PostgreSQL; everywhere after a deadlock).
    pub(crate) failed: Option<String>,
    pub(crate) on_commit: Vec<(usize, Callback)>,
    /// SQL that makes the connection as it was before the transaction.
    pub(crate) restore: Option<&'static str>,
}

impl Pinned {
    pub(crate) fn new(db: Database, guard: Guard) -> Arc<Pinned> {
        Arc::new(Pinned {
            db,
            state: Arc::new(tokio::sync::Mutex::new(State {
                guard: Some(guard),
                depth: 0,
                failed: None,
                on_commit: Vec::new(),
                restore: None,
            })),
            dropped: Mutex::default(),
            abandoned: AtomicBool::new(false),
        })
    }

    pub(crate) fn push_dropped(&self, level: usize) {
        self.dropped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(level);
    }

    pub(crate) fn has_dropped(&self) -> bool {
        !self
            .dropped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    pub(crate) fn take_dropped(&self) -> Option<usize> {
        let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
        let lowest = dropped.iter().min().copied();
        dropped.clear();
        lowest
    }

    /// Ends the transaction without waiting: now, or when the running statement unlocks the state.
    pub(crate) fn abandon(&self) {
        match self.state.try_lock() {
            Ok(mut state) => state.abort(),
            Err(_) => self.abandoned.store(true, Ordering::Release),
        }
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }
}

impl State {
    /// The connection, when it may be used.
    pub(crate) fn usable(&mut self) -> Result<&mut Guard> {
        if let Some(reason) = &self.failed {
            return Err(Error::new(
                ErrorKind::TransactionAborted,
                format!(
                    "{reason}. Roll it back; to go on after an error, put the statement that may fail into a nested transaction"
                ),
            ));
        }
        self.guard.as_mut().ok_or_else(finished)
    }

    /// Runs BEGIN, SAVEPOINT, COMMIT or ROLLBACK, waiting for another process's lock on SQLite.
    pub(crate) async fn control(
        &mut self,
        db: &Database,
        text: &str,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let observer = &db.inner.observer;
        let started = observer.is_active().then(Instant::now);
        let result = self.control_unseen(text).await;
        if let Some(started) = started {
            let shown = Text::from(text.to_string());
            observer.ended(&shown, started.elapsed(), site, result.as_ref().err(), true);
        }
        result
    }

    async fn control_unseen(&mut self, text: &str) -> Result<()> {
        let guard = self.guard.as_mut().ok_or_else(finished)?;
        let mut waiting = Backoff::default();
        loop {
            let wait = match guard.link()? {
                #[cfg(feature = "sqlite")]
                Link::Sqlite(sqlite) => match sqlite.control(text) {
                    Err(error) if error.kind() == ErrorKind::LockTimeout => {
                        waiting.next(sqlite.busy_timeout()).ok_or(error)?
                    }
                    other => return other,
                },
                Link::Server(_) => {
                    guard.set_busy(true);
                    let Link::Server(server) = guard.link()? else {
                        return Ok(());
                    };
                    let result = server.control(text).await;
                    guard.set_busy(false);
                    return result;
                }
            };
            #[allow(unreachable_code)]
            {
                tokio::time::sleep(wait).await;
            }
        }
    }

    /// Whether the connection is gone, and its transaction with it.
    pub(crate) fn is_lost(&mut self) -> bool {
        match self.guard.as_mut().map(Guard::link) {
            #[cfg(feature = "sqlite")]
            Some(Ok(Link::Sqlite(sqlite))) => !sqlite.in_transaction(),
            Some(Ok(link)) => link.is_broken(),
            _ => true,
        }
    }

    /// Notes what an error has done to the transaction.
    pub(crate) fn after_error(&mut self, error: &Error, aborts: bool) {
        if self.depth == 0 {
            return;
        }
        #[cfg(feature = "sqlite")]
        if let Some(guard) = self.guard.as_mut()
            && let Ok(Link::Sqlite(sqlite)) = guard.link()
        {
            // A full disk, an interrupted write and the like roll the whole transaction back.
            if !sqlite.in_transaction() {
                self.failed = Some(reason(error));
            }
            return;
        }
        let sent = !matches!(
            error.kind(),
            ErrorKind::Decode | ErrorKind::InvalidQuery | ErrorKind::Unsupported
        );
        if sent
            && (aborts
                || matches!(
                    error.kind(),
                    ErrorKind::Deadlock | ErrorKind::ConnectionLost
                ))
        {
            self.failed = Some(reason(error));
        }
    }

    /// Rolls back without waiting, and lets the connection go.
    pub(crate) fn abort(&mut self) {
        self.on_commit.clear();
        let Some(guard) = self.guard.take() else {
            return;
        };
        let open = std::mem::take(&mut self.depth) > 0;
        let restore = self.restore.take();
        if open || restore.is_some() {
            roll_back(guard, restore);
        }
    }
}

fn reason(error: &Error) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_string()
}

/// Rolls back on a connection that nobody waits for, and gives it back.
fn roll_back(mut guard: Guard, restore: Option<&'static str>) {
    let Ok(link) = guard.link() else { return };
    match link {
        #[cfg(feature = "sqlite")]
        Link::Sqlite(sqlite) => {
            let rolled_back = !sqlite.in_transaction() || sqlite.control("ROLLBACK").is_ok();
            let restored = restore.is_none_or(|text| sqlite.control(text).is_ok());
            if !rolled_back || !restored {
                guard.discard();
            }
        }
        Link::Server(_) => {
            let _ = restore;
            // In the middle of a statement, dropping the guard closes the connection, which rolls back.
            if guard.is_busy() {
                return;
            }
            let Ok(runtime) = tokio::runtime::Handle::try_current() else {
                guard.discard();
                return;
            };
            runtime.spawn(async move {
                guard.set_busy(true);
                if let Ok(Link::Server(server)) = guard.link()
                    && server.control("ROLLBACK").await.is_ok()
                {
                    guard.set_busy(false);
                }
            });
        }
    }
}

impl Drop for State {
    fn drop(&mut self) {
        self.abort();
    }
}

pub(crate) fn finished() -> Error {
    Error::new(
        ErrorKind::TransactionFinished,
        "it was committed or rolled back; begin another",
    )
}

/// Waits that grow, up to a limit in all.
#[derive(Default)]
pub(crate) struct Backoff {
    waited: Duration,
    step: Duration,
}

impl Backoff {
    /// How long to wait now; `None` when the limit is reached.
    pub(crate) fn next(&mut self, limit: Duration) -> Option<Duration> {
        if self.waited >= limit {
            return None;
        }
        self.step = (self.step * 2)
            .clamp(Duration::from_millis(1), Duration::from_millis(50))
            .min(limit - self.waited);
        self.waited += self.step;
        Some(self.step)
    }
}

/// A connection of one's own, taken out of the pool until it is dropped. It executes by shared reference.
pub struct Connection {
    pub(crate) pinned: Arc<Pinned>,
}

impl Connection {
    pub(crate) fn new(pinned: Arc<Pinned>) -> Connection {
        Connection { pinned }
    }

    /// Changes a setting until the next transaction ends, or the connection goes back.
    pub(crate) async fn set_until_transaction(
        &self,
        set: &str,
        restore: &'static str,
    ) -> Result<()> {
        let mut state = self.pinned.state.lock().await;
        state.restore = Some(restore);
        state
            .control(&self.pinned.db, set, Location::caller())
            .await
    }

    /// Begins a transaction on this connection.
    ///
    /// # Errors
    /// Those of BEGIN; [`ErrorKind::InvalidQuery`] while another is open on it.
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

impl Executor for Connection {
    fn target(&self) -> Target<'_> {
        Target(Behind::Pinned(&self.pinned, 0))
    }
}
