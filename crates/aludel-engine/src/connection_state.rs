//! A connection that is kept over several statements: by a [`Connection`](crate::Connection) or a transaction.
//!
//! What can happen to it: a handle is dropped (its level is rolled back before the next statement), the owner is
//! dropped (everything is rolled back, now or when the running statement unlocks), a statement's future is dropped
//! half-way (the connection is closed, and its transaction is gone), or the database itself ends the transaction.

use crate::clock;
use crate::database::Database;
use crate::driver::Link;
use crate::error::{Error, ErrorKind, Result};
use crate::pool::Guard;
use crate::statement_text::Text;
use aludel_sql::dialect::{AfterError, Dialect};
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OwnedMutexGuard;

/// A connection and the transactions on it. Statements take turns: each locks the state while it runs.
pub(crate) struct Pinned {
    pub(crate) db: Database,
    /// Identifies this connection's scope.
    pub(crate) id: u64,
    /// Whether it is a [`Connection`](crate::Connection) rather than a transaction.
    pub(crate) is_acquired: bool,
    state: Arc<tokio::sync::Mutex<State>>,
    /// Levels whose handles were dropped: rolled back before the next statement.
    dropped: Mutex<Vec<usize>>,
    /// The owner was dropped while a statement runs: whoever unlocks the state ends the transaction.
    abandoned: AtomicBool,
    /// A stream is being read. Waiting for its end could deadlock.
    streaming: AtomicBool,
}

/// Called after commit.
pub(crate) type Callback = Box<dyn FnOnce() + Send>;

pub(crate) struct State {
    pub(crate) guard: Option<Guard>,
    /// How many transactions are open: the first is BEGIN, the others are savepoints.
    pub(crate) depth: usize,
    /// A number for each open transaction, which no other one on the connection has.
    begun: Vec<u64>,
    /// The error that has aborted the transaction.
    pub(crate) failed: Option<String>,
    /// The failure ended the whole transaction with its savepoints: nothing is left to roll back to.
    pub(crate) gone: bool,
    /// A statement has ended the transaction: whether earlier writes were committed is unknown.
    pub(crate) ended: Option<String>,
    /// Whether a statement of the transaction failed because another transaction was faster.
    pub(crate) has_lost: bool,
    pub(crate) on_commit: Vec<(usize, Callback)>,
    /// SQL that restores the connection's state from before the transaction.
    pub(crate) restore: Option<&'static str>,
}

/// The locked state. A transaction that was abandoned meanwhile ends when it is unlocked.
pub(crate) struct Locked {
    // Fields are dropped in this order.
    state: OwnedMutexGuard<State>,
    _after: AbortIfAbandoned,
}

struct AbortIfAbandoned(Arc<Pinned>);

impl Drop for AbortIfAbandoned {
    fn drop(&mut self) {
        if self.0.is_abandoned() {
            self.0.abandon();
        }
    }
}

impl Deref for Locked {
    type Target = State;
    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Pinned {
    pub(crate) fn new(db: Database, guard: Guard, is_acquired: bool) -> Arc<Pinned> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Arc::new(Pinned {
            db,
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            is_acquired,
            state: Arc::new(tokio::sync::Mutex::new(State {
                guard: Some(guard),
                depth: 0,
                begun: Vec::new(),
                failed: None,
                gone: false,
                ended: None,
                has_lost: false,
                on_commit: Vec::new(),
                restore: None,
            })),
            dropped: Mutex::default(),
            abandoned: AtomicBool::new(false),
            streaming: AtomicBool::new(false),
        })
    }

    /// Waits for the lock on the state; fails while a stream is being read.
    pub(crate) async fn lock(self: &Arc<Self>) -> Result<Locked> {
        self.refuse_beside_a_stream()?;
        Ok(self.lock_beside_a_stream().await)
    }

    /// The same, for the stream itself.
    pub(crate) async fn lock_beside_a_stream(self: &Arc<Self>) -> Locked {
        let state = Arc::clone(&self.state).lock_owned().await;
        self.locked(state)
    }

    /// The number of the open transaction of this level, if there is one and the state is free.
    pub(crate) fn number_now(&self, level: usize) -> Option<u64> {
        self.state.try_lock().ok()?.number(level)
    }

    /// Locks the state, if it is free and nothing is left to roll back.
    pub(crate) fn lock_now(self: &Arc<Self>) -> Option<Locked> {
        if self.streaming.load(Ordering::Acquire) {
            return None;
        }
        let state = Arc::clone(&self.state).try_lock_owned().ok()?;
        let locked = self.locked(state);
        self.dropped().is_empty().then_some(locked)
    }

    fn locked(self: &Arc<Self>, state: OwnedMutexGuard<State>) -> Locked {
        let mut locked = Locked {
            state,
            _after: AbortIfAbandoned(Arc::clone(self)),
        };
        if self.is_abandoned() {
            locked.abort();
        }
        locked.reap();
        locked
    }

    /// Marks a stream as being read; `false` if another one is.
    pub(crate) fn begin_stream(&self) -> bool {
        !self.streaming.swap(true, Ordering::AcqRel)
    }

    pub(crate) fn end_stream(&self) {
        self.streaming.store(false, Ordering::Release);
    }

    fn refuse_beside_a_stream(&self) -> Result<()> {
        if self.streaming.load(Ordering::Acquire) {
            return Err(Error::transaction_state(
                "a stream is being read on this connection; read it to its end or drop it first, or collect its rows",
            ));
        }
        Ok(())
    }

    fn dropped(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn push_dropped(&self, level: usize) {
        self.dropped().push(level);
    }

    /// The outermost level whose handle was dropped.
    pub(crate) fn lowest_dropped(&self) -> Option<usize> {
        self.dropped().iter().min().copied()
    }

    /// Forgets the levels that were rolled back.
    pub(crate) fn forget_dropped(&self, level: usize) {
        self.dropped().retain(|dropped| *dropped < level);
    }

    /// Ends the transaction without waiting: now, or when the running statement unlocks the state.
    pub(crate) fn abandon(&self) {
        // The flag first, so that whoever unlocks later sees it.
        self.abandoned.store(true, Ordering::Release);
        if let Ok(mut state) = self.state.try_lock() {
            state.abort();
        }
    }

    fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }
}

impl State {
    /// The connection, if it may be used.
    #[inline]
    pub(crate) fn usable(&mut self) -> Result<&mut Guard> {
        if self.failed.is_some() {
            return Err(self.unusable());
        }
        self.guard.as_mut().ok_or_else(finished)
    }

    #[cold]
    fn unusable(&self) -> Error {
        if let Some(reason) = &self.ended {
            return Error::new(ErrorKind::TransactionFinished, reason.clone());
        }
        let reason = self.failed.as_deref().unwrap_or_default();
        if self.depth == 0 {
            return Error::new(
                ErrorKind::ConnectionLost,
                format!("{reason}; acquire another connection"),
            );
        }
        let hint = if self.gone {
            "The whole transaction is rolled back; run it again from its beginning"
        } else {
            "Roll it back; to go on after an error, put the statement that may fail into a nested transaction"
        };
        Error::new(ErrorKind::TransactionAborted, format!("{reason}. {hint}"))
    }

    /// Drops a connection whose statement was cancelled half-way: its answer would be taken for the next one's.
    fn reap(&mut self) {
        if self.guard.as_ref().is_some_and(Guard::is_busy) {
            drop(self.guard.take());
            self.restore = None;
            self.fail_whole("a statement on it was cancelled half-way, and the connection closed");
        }
    }

    /// Notes that a transaction of this level begins.
    pub(crate) fn enter(&mut self, level: usize) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        self.depth = level;
        self.begun.truncate(level.saturating_sub(1));
        self.begun.push(NEXT.fetch_add(1, Ordering::Relaxed));
    }

    /// The number of the open transaction of this level, if there is one.
    pub(crate) fn number(&self, level: usize) -> Option<u64> {
        let at = level.checked_sub(1).filter(|_| level <= self.depth)?;
        self.begun.get(at).copied()
    }

    /// Notes that the whole transaction is gone on the database's side.
    pub(crate) fn fail_whole(&mut self, reason: impl Into<String>) {
        self.failed.get_or_insert_with(|| reason.into());
        self.gone = true;
    }

    /// Notes that a statement has ended the transaction, or begun one that is not known here.
    pub(crate) fn end_by_statement(&mut self, is_open: bool, error: &Error) {
        if is_open {
            // Dropping it rolls back and closes it.
            drop(self.guard.take());
            self.failed = Some(reason(error));
        } else {
            self.ended = Some(error.to_string());
            self.fail_whole(reason(error));
        }
    }

    /// Runs BEGIN, SAVEPOINT, COMMIT or ROLLBACK, waiting for another process's lock on an embedded database.
    pub(crate) async fn control(
        &mut self,
        db: &Database,
        text: &str,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let observer = &db.inner.observer;
        let started = observer.is_active().then(Instant::now);
        let result = self.control_unseen(text).await.map_err(|error| match text {
            "COMMIT" => error.of_unknown_outcome(),
            _ => error,
        });
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
                Link::Embedded(embedded) => match embedded.control(text) {
                    Err(error) if error.kind() == ErrorKind::LockTimeout => {
                        waiting.next(embedded.busy_timeout()).ok_or(error)?
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
            clock::sleep(wait).await;
        }
    }

    /// Whether there is a transaction on the connection that could be rolled back.
    pub(crate) fn has_transaction(&mut self) -> bool {
        match self.guard.as_mut().map(Guard::link) {
            Some(Ok(Link::Embedded(embedded))) => embedded.in_transaction(),
            Some(Ok(link)) => !link.is_broken(),
            _ => false,
        }
    }

    /// Whether it is an embedded connection that may write: a read-only transaction on it must forbid that.
    pub(crate) fn writes(&mut self) -> bool {
        match self.guard.as_mut().map(Guard::link) {
            Some(Ok(Link::Embedded(embedded))) => !embedded.is_reader(),
            _ => false,
        }
    }

    /// Notes what an error has done to the transaction.
    pub(crate) fn after_error(&mut self, error: &Error, dialect: &dyn Dialect) {
        if self.depth == 0 {
            return;
        }
        self.has_lost |= error.is_retryable();
        let after = dialect.capabilities().after_error;
        let is_over = match after {
            // A full disk, an interrupted write and the like roll the whole transaction back.
            AfterError::AskConnection => !self.has_transaction(),
            AfterError::Failed => error.is_lost(),
            AfterError::GoesOn => {
                error.is_lost()
                    || matches!(
                        error.kind(),
                        ErrorKind::Deadlock | ErrorKind::SerializationFailure
                    )
            }
        };
        let was_sent = !matches!(
            error.kind(),
            ErrorKind::Decode
                | ErrorKind::InvalidQuery
                | ErrorKind::InvalidModel
                | ErrorKind::InvalidOptions
                | ErrorKind::TransactionState
                | ErrorKind::SessionState
                | ErrorKind::Unsupported
        );
        if is_over {
            self.fail_whole(reason(error));
        } else if after == AfterError::Failed && was_sent {
            self.failed = Some(reason(error));
        }
    }

    /// Rolls back without waiting, and releases the connection.
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

/// Rolls back on a connection that nobody waits for, and returns it to the pool.
fn roll_back(mut guard: Guard, restore: Option<&'static str>) {
    let Ok(link) = guard.link() else { return };
    match link {
        Link::Embedded(embedded) => {
            let rolled_back = !embedded.in_transaction() || embedded.control("ROLLBACK").is_ok();
            let restored = restore.is_none_or(|text| embedded.control(text).is_ok());
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
            // Mark it as busy now: a runtime that shuts down drops the task without polling it.
            guard.set_busy(true);
            runtime.spawn(async move {
                let limit = guard.connect_timeout();
                if let Ok(Link::Server(server)) = guard.link()
                    && let Some(Ok(())) = clock::timeout(limit, server.control("ROLLBACK")).await
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

/// Growing waits, up to a total limit.
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

/// Leaves a level of a transaction that a statement has ended.
pub(crate) fn leave_ended(state: &mut State, level: usize) {
    state.on_commit.retain(|(of, _)| *of < level);
    state.depth = level - 1;
    if level == 1 {
        state.ended = None;
        state.failed = None;
        state.gone = false;
    }
}

/// Commits a level, or releases its savepoint. If that fails, the level is rolled back.
pub(crate) async fn commit_level(
    pinned: &Arc<Pinned>,
    state: &mut Locked,
    level: usize,
    site: &'static Location<'static>,
) -> Result<()> {
    let text = match level {
        1 => "COMMIT".to_string(),
        _ => format!("RELEASE SAVEPOINT aludel_{level}"),
    };
    match state.control(&pinned.db, &text, site).await {
        Ok(()) => {
            state.depth = level - 1;
            for (of, _) in &mut state.on_commit {
                *of = (*of).min(level - 1);
            }
            Ok(())
        }
        Err(error) => {
            state.after_error(&error, pinned.db.dialect());
            // A failed COMMIT leaves SQLite's transaction open. Its own error says more than the rollback's.
            drop(roll_back_level(pinned, state, level, site).await);
            Err(error)
        }
    }
}

/// Rolls a level back, as far as the database has not done so already.
pub(crate) async fn roll_back_level(
    pinned: &Arc<Pinned>,
    state: &mut Locked,
    level: usize,
    site: &'static Location<'static>,
) -> Result<()> {
    let text = if level == 1 {
        "ROLLBACK".to_string()
    } else {
        format!("ROLLBACK TO SAVEPOINT aludel_{level};RELEASE SAVEPOINT aludel_{level}")
    };
    if state.ended.is_some() {
        leave_ended(state, level);
        return Ok(());
    }
    let nothing_left = !state.has_transaction() || (state.gone && level > 1);
    let result = if nothing_left {
        Ok(())
    } else {
        state.control(&pinned.db, &text, site).await
    };
    state.on_commit.retain(|(of, _)| *of < level);
    state.depth = level - 1;
    if level > 1 && !state.has_transaction() {
        state.fail_whole("the database has ended the transaction");
    }
    match &result {
        Err(_) if level > 1 => state.fail_whole("rolling a nested transaction back failed"),
        // Stays failed: the levels around it are gone too.
        _ if level > 1 && state.gone => {}
        _ if state.guard.is_none() => {}
        _ => {
            state.failed = None;
            state.gone = false;
        }
    }
    result
}

/// Restores the connection's state from before the transaction.
pub(crate) async fn restore(
    pinned: &Pinned,
    state: &mut State,
    site: &'static Location<'static>,
) -> Result<()> {
    let Some(text) = state.restore else {
        return Ok(());
    };
    if state.guard.is_some() {
        state.control(&pinned.db, text, site).await?;
    }
    state.restore = None;
    Ok(())
}

/// Rolls back the levels whose handles were dropped.
pub(crate) async fn settle(
    pinned: &Arc<Pinned>,
    state: &mut Locked,
    site: &'static Location<'static>,
) -> Result<()> {
    let Some(level) = pinned.lowest_dropped() else {
        return Ok(());
    };
    let result = if state.depth < level {
        Ok(())
    } else {
        // The level stays in the list until this is done: this future may be dropped as well.
        roll_back_level(pinned, state, level, site).await
    };
    pinned.forget_dropped(level);
    result?;
    if level == 1 {
        restore(pinned, state, site).await?;
    }
    Ok(())
}
