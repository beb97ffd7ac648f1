//! Transactions: a closure with an owned handle, or `begin` and `commit`; nested ones are savepoints.

mod run;

pub use run::{TransactionRun, back_off};

use crate::answer::{Answer, Answers};
use crate::command::BoxFuture;
use crate::database::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Behind, Executor, Target};
use crate::pinned::{Callback, Locked, Pinned, State, finished};
use aludel_sql::dialect::{Begin, IsolationLevel};
use std::future::Future;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::Arc;

/// How a transaction is begun.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// Its isolation; without one, the database's default.
    pub isolation: Option<IsolationLevel>,
    /// Whether it may only read.
    pub read_only: bool,
}

impl TransactionOptions {
    /// With an isolation level.
    #[must_use]
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.isolation = Some(level);
        self
    }

    /// Only reads.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

/// An open transaction. It executes by shared reference; dropped without [`commit`](Transaction::commit), it rolls
/// back.
pub struct Transaction {
    pinned: Arc<Pinned>,
    level: usize,
    /// Whether dropping this handle rolls back: the closure's own handle does not, its runner's does.
    owner: bool,
    /// Whether the pinned connection goes back to the pool at the end.
    releases: bool,
}

impl Transaction {
    pub(crate) async fn start(
        db: Database,
        options: TransactionOptions,
        site: &'static Location<'static>,
    ) -> Result<Transaction> {
        let pool = match (&db.inner.reader, options.read_only) {
            (Some(reader), true) => reader,
            _ => &db.inner.writer,
        };
        let guard = match pool.acquire_now(site, None) {
            Some(guard) => guard?,
            None => pool.acquire(site, None).await?,
        };
        let mut tx = Transaction::start_on(Pinned::new(db, guard, false), options, site).await?;
        tx.releases = true;
        Ok(tx)
    }

    pub(crate) async fn start_on(
        pinned: Arc<Pinned>,
        options: TransactionOptions,
        site: &'static Location<'static>,
    ) -> Result<Transaction> {
        let mut state = pinned.lock().await?;
        settle(&pinned, &mut state, site).await?;
        state.usable()?;
        if state.depth > 0 {
            return Err(Error::invalid_query(
                "a transaction is open on this connection; begin a nested one on the transaction itself",
            ));
        }
        let query_only = options.read_only && state.writes();
        let dialect = pinned.db.dialect();
        let text = dialect.begin(Begin {
            isolation: options.isolation,
            read_only: options.read_only,
            on_writer: query_only,
        });
        if query_only {
            state.restore = Some(dialect.end_read_only());
        }
        // Counted before it is sent: a future dropped in between must roll back.
        state.depth = 1;
        state.has_lost = false;
        let mut tx = Transaction {
            pinned: Arc::clone(&pinned),
            level: 1,
            owner: true,
            releases: false,
        };
        if let Err(error) = state.control(&pinned.db, &text, site).await {
            tx.owner = false;
            state.depth = 0;
            restore(&pinned, &mut state, site).await?;
            return Err(error);
        }
        drop(state);
        Ok(tx)
    }

    /// Begins a nested transaction: a savepoint.
    ///
    /// # Errors
    /// [`ErrorKind::TransactionAborted`], [`ErrorKind::TransactionFinished`], and those of the database.
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        let (pinned, level, site) = (Arc::clone(&self.pinned), self.level, Location::caller());
        async move { Transaction::nest_on(pinned, level, site).await }
    }

    pub(crate) async fn nest_on(
        pinned: Arc<Pinned>,
        outer: usize,
        site: &'static Location<'static>,
    ) -> Result<Transaction> {
        let level = outer + 1;
        let mut state = pinned.lock().await?;
        settle(&pinned, &mut state, site).await?;
        state.usable()?;
        if state.depth < outer {
            return Err(finished());
        }
        if state.depth > outer {
            return Err(Error::invalid_query(
                "another nested transaction is open; end it first",
            ));
        }
        state.depth = level;
        let mut nested = Transaction {
            pinned: Arc::clone(&pinned),
            level,
            owner: true,
            releases: false,
        };
        let text = format!("SAVEPOINT aludel_{level}");
        if let Err(error) = state.control(&pinned.db, &text, site).await {
            nested.owner = false;
            state.depth = outer;
            state.after_error(&error, pinned.db.dialect());
            return Err(error);
        }
        drop(state);
        Ok(nested)
    }

    /// Runs a function in a nested transaction: kept when it answers `Ok`, rolled back to where it began when not.
    ///
    /// # Errors
    /// Those of the function and of the savepoint.
    #[track_caller]
    pub fn transaction<'a, R, F, Fut>(&'a self, run: F) -> BoxFuture<'a, R>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = R> + Send,
        R: Answer + Send + 'a,
    {
        self.run(run, Answers::of_own(|_| false), Location::caller())
    }

    /// As [`transaction`](Transaction::transaction), with an error type of the caller's own.
    ///
    /// # Errors
    /// Those of the function and of the savepoint.
    #[track_caller]
    pub fn try_transaction<'a, T, E, F, Fut>(&'a self, run: F) -> BoxFuture<'a, Result<T, E>>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
    {
        self.run(run, Answers::of_any(), Location::caller())
    }

    fn run<'a, R, F, Fut>(
        &'a self,
        run: F,
        answers: Answers<R>,
        site: &'static Location<'static>,
    ) -> BoxFuture<'a, R>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = R> + Send,
        R: Send + 'a,
    {
        let pinned = Arc::clone(&self.pinned);
        let level = self.level;
        // A type with a name: it is one error, not three, if the function is not one to run.
        Box::pin(async move {
            let nested = match Transaction::nest_on(pinned, level, site).await {
                Ok(nested) => nested,
                Err(error) => return (answers.failed)(error),
            };
            let answer = run(nested.handle()).await;
            let is_ok = (answers.is_ok)(&answer);
            match nested.finish(is_ok, site).await {
                Err(error) if is_ok => (answers.failed)(error),
                // The caller's error matters more than one of the rollback, which the outer one sees too.
                _ => answer,
            }
        })
    }

    /// Makes everything final.
    ///
    /// # Errors
    /// What the database finds at the end (deferred foreign keys, serialization failures): then all is rolled back.
    #[track_caller]
    pub fn commit(self) -> impl Future<Output = Result<()>> + Send + use<> {
        let site = Location::caller();
        async move { self.finish(true, site).await }
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// A connection that is lost; the database has rolled back then.
    #[track_caller]
    pub fn rollback(self) -> impl Future<Output = Result<()>> + Send + use<> {
        let site = Location::caller();
        async move { self.finish(false, site).await }
    }

    /// Commits, for a layer above that knows the call site.
    ///
    /// # Errors
    /// As [`commit`](Transaction::commit).
    pub async fn commit_at(self, site: &'static Location<'static>) -> Result<()> {
        self.finish(true, site).await
    }

    /// Rolls back, for a layer above that knows the call site.
    ///
    /// # Errors
    /// As [`rollback`](Transaction::rollback).
    pub async fn rollback_at(self, site: &'static Location<'static>) -> Result<()> {
        self.finish(false, site).await
    }

    /// Whether nothing of it is left on the database: it was ended by an error, or with its connection.
    pub async fn is_over(&self) -> bool {
        let mut state = self.pinned.lock_beside_a_stream().await;
        state.gone || state.depth < self.level || !state.has_transaction()
    }

    /// Whether a statement has ended it, on the server: DDL that commits (MariaDB), or raw SQL that nobody saw through.
    pub async fn was_ended(&self) -> bool {
        self.pinned.lock_beside_a_stream().await.ended.is_some()
    }

    /// Whether a statement of it failed because another transaction was faster: a serialization failure, a deadlock, a lock
    /// that was not had in time. The whole may succeed when it is tried again.
    pub async fn has_lost(&self) -> bool {
        let state = self.pinned.lock().await;
        state.is_ok_and(|state| state.has_lost)
    }

    /// Calls a function after the outermost commit. It is forgotten when this transaction is rolled back.
    ///
    /// # Errors
    /// [`ErrorKind::TransactionFinished`].
    pub async fn on_commit(&self, callback: impl FnOnce() + Send + 'static) -> Result<()> {
        let mut state = self.pinned.lock_beside_a_stream().await;
        if state.depth < self.level {
            return Err(finished());
        }
        state.on_commit.push((self.level, Box::new(callback)));
        Ok(())
    }

    /// Another handle to the same transaction, which does not end it.
    #[must_use]
    pub fn handle(&self) -> Transaction {
        Transaction {
            pinned: Arc::clone(&self.pinned),
            level: self.level,
            owner: false,
            releases: false,
        }
    }

    async fn finish(mut self, commit: bool, site: &'static Location<'static>) -> Result<()> {
        let pinned = Arc::clone(&self.pinned);
        let (level, releases) = (self.level, self.releases);
        let mut state = pinned.lock().await?;
        settle(&pinned, &mut state, site).await?;
        if state.depth < level {
            self.owner = false;
            return Err(finished());
        }
        if state.depth > level {
            return Err(Error::invalid_query(
                "a nested transaction is open; end it first",
            ));
        }
        let failed = state.failed.clone();
        let result = if let Some(reason) = state.ended.clone() {
            // There is nothing to commit, and nothing that could be undone.
            leave_ended(&mut state, level);
            Err(Error::new(ErrorKind::TransactionFinished, reason))
        } else if commit && failed.is_none() {
            commit_level(&pinned, &mut state, level, site).await
        } else {
            roll_back_level(&pinned, &mut state, level, site).await
        };
        self.owner = false;
        let mut callbacks = Vec::new();
        if level == 1 {
            callbacks = std::mem::take(&mut state.on_commit);
            restore(&pinned, &mut state, site).await?;
            if releases {
                drop(state.guard.take());
            }
        }
        drop(state);
        result?;
        match failed {
            Some(reason) if commit => Err(Error::new(
                ErrorKind::TransactionAborted,
                format!("{reason}. It was rolled back instead of committed"),
            )),
            _ => {
                call(callbacks.into_iter().map(|(_, callback)| callback));
                Ok(())
            }
        }
    }
}

/// Calls what waited for the commit. Nothing can undo that: one that panics keeps none of the others from being called, and
/// then goes on panicking.
fn call(callbacks: impl Iterator<Item = Callback>) {
    let mut panicked = None;
    for callback in callbacks {
        if let Err(payload) = catch_unwind(AssertUnwindSafe(callback)) {
            panicked = panicked.or(Some(payload));
        }
    }
    if let Some(payload) = panicked {
        resume_unwind(payload);
    }
}

/// Leaves a level of a transaction that a statement has ended.
fn leave_ended(state: &mut State, level: usize) {
    state.on_commit.retain(|(of, _)| *of < level);
    state.depth = level - 1;
    if level == 1 {
        state.ended = None;
        state.failed = None;
        state.gone = false;
    }
}

/// Makes a level part of the one around it, or final. What cannot be committed is rolled back.
async fn commit_level(
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
            // A COMMIT that fails leaves SQLite's transaction open. Its own error says more than this one's.
            drop(roll_back_level(pinned, state, level, site).await);
            Err(error)
        }
    }
}

/// Undoes a level, as far as the database has not done it already.
async fn roll_back_level(
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
        // The levels around it learn that they are gone too.
        _ if level > 1 && state.gone => {}
        _ if state.guard.is_none() => {}
        _ => {
            state.failed = None;
            state.gone = false;
        }
    }
    result
}

/// Makes the connection as it was before the transaction.
async fn restore(
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

/// Rolls back what handles dropped since have left open.
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
        // Until it is done the level stays among the dropped: this future may be dropped as well.
        roll_back_level(pinned, state, level, site).await
    };
    pinned.forget_dropped(level);
    result?;
    if level == 1 {
        restore(pinned, state, site).await?;
    }
    Ok(())
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.owner {
            return;
        }
        if self.level == 1 && self.releases {
            self.pinned.abandon();
        } else {
            self.pinned.push_dropped(self.level);
        }
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Transaction {
    fn target(&self) -> Target<'_> {
        Target::new(Behind::Pinned(&self.pinned, self.level))
    }
}
