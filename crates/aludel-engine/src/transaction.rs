//! Transactions: a closure with an owned handle, or `begin` and `commit`; nested ones are savepoints.

mod run;

pub use run::{TransactionRun, back_off};

use crate::answer::{Answer, Answers};
use crate::command::BoxFuture;
use crate::connection_state::{
    Callback, Pinned, commit_level, finished, leave_ended, restore, roll_back_level, settle,
};
use crate::database::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Behind, Executor, Target};
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

impl Database {
    /// Begins a transaction; dropped without commit, it rolls back. On SQLite it is `BEGIN IMMEDIATE`, which waits
    /// for the writer.
    ///
    /// # Errors
    /// [`ErrorKind::PoolTimeout`], [`ErrorKind::ConnectionFailed`], [`ErrorKind::LockTimeout`] (SQLite).
    #[track_caller]
    pub fn begin(&self) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        self.begin_with(TransactionOptions::default())
    }

    /// Begins a transaction with an isolation level, or read-only.
    ///
    /// # Errors
    /// As [`begin`](Database::begin).
    #[track_caller]
    pub fn begin_with(
        &self,
        options: TransactionOptions,
    ) -> impl Future<Output = Result<Transaction>> + Send + use<> {
        let (db, site) = (self.clone(), Location::caller());
        async move { Transaction::start(db, options, site).await }
    }

    /// Runs a function in a transaction: committed when it returns `Ok`, rolled back when it returns `Err` or its
    /// future is dropped. It gets an owned handle, so its future is `Send`. It runs once, and may consume what it captures,
    /// unless [`retries`](TransactionRun::retries) asks for more.
    ///
    /// ```no_run
    /// # async fn example(db: aludel_engine::Database) -> aludel_engine::Result<()> {
    /// use aludel_engine::sql;
    /// db.transaction(|tx| async move {
    ///     sql("update accounts set amount = amount - 1 where id = ").bind(1).execute(&tx).await?;
    ///     sql("update accounts set amount = amount + 1 where id = ").bind(2).execute(&tx).await
    /// })
    /// .retries(3)
    /// .await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// Those of the function, of BEGIN and of COMMIT.
    #[track_caller]
    pub fn transaction<'a, R, F, Fut>(&self, run: F) -> TransactionRun<'a, R, F>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = R> + Send + 'a,
        R: Answer + Send + 'a,
    {
        let may_succeed = |answer: &R| answer.error().is_some_and(Error::is_retryable);
        let answers = Answers::of_own(may_succeed);
        TransactionRun::new(self.clone(), run, answers, Location::caller())
    }

    /// As [`transaction`](Database::transaction), with an error type of the caller's own, into which database errors are
    /// converted. It is a method of its own because of `?`: if both the function and its caller convert errors, the type could
    /// not be inferred.
    ///
    /// ```no_run
    /// use aludel_engine::{Database, Error, sql};
    ///
    /// enum Refused {
    ///     Overdrawn(i64),
    ///     Database(Error),
    /// }
    ///
    /// impl From<Error> for Refused {
    ///     fn from(error: Error) -> Refused {
    ///         Refused::Database(error)
    ///     }
    /// }
    ///
    /// async fn pay(db: &Database) -> Result<(), Refused> {
    ///     db.try_transaction(|tx| async move {
    ///         sql("update accounts set amount = amount - 1 where id = 1").execute(&tx).await?;
    ///         let left: i64 = sql("select amount from accounts where id = 1").one(&tx).await?;
    ///         if left < 0 { Err(Refused::Overdrawn(left)) } else { Ok(()) }
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// With [`retries`](TransactionRun::retries) it is tried again when one of its statements, BEGIN or COMMIT failed with a
    /// serialization failure or a deadlock, whatever the function did with that error.
    ///
    /// # Errors
    /// Those of the function, of BEGIN and of COMMIT.
    #[track_caller]
    pub fn try_transaction<'a, T, E, F, Fut>(&self, run: F) -> TransactionRun<'a, Result<T, E>, F>
    where
        F: FnOnce(Transaction) -> Fut + Send + 'a,
        Fut: Future<Output = Result<T, E>> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
    {
        TransactionRun::new(self.clone(), run, Answers::of_any(), Location::caller())
    }
}

impl Target<'_> {
    /// Begins a transaction on the database, or a nested one in a transaction, so that several statements are atomic.
    ///
    /// # Errors
    /// As [`Database::begin`] and [`Transaction::begin`].
    pub async fn begin(self, site: &'static Location<'static>) -> Result<Transaction> {
        let site = self.site_or(site);
        match self.0 {
            Behind::Database(db) => Transaction::start(db.clone(), Default::default(), site).await,
            Behind::Pinned(pinned, 0) => {
                Transaction::start_on(Arc::clone(pinned), Default::default(), site).await
            }
            Behind::Pinned(pinned, level) => {
                Transaction::nest_on(Arc::clone(pinned), level, site).await
            }
        }
    }
}

/// An open transaction. Statements run on it by shared reference; dropped without [`commit`](Transaction::commit), it rolls
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
            return Err(Error::transaction_state(
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
        state.enter(1);
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
            return Err(Error::transaction_state(
                "another nested transaction is open; end it first",
            ));
        }
        state.enter(level);
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

    /// Runs a function in a nested transaction: kept if it returns `Ok`, otherwise rolled back to where it began.
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
        // A named type: a function that can't be run is then one compile error, not three.
        Box::pin(async move {
            let nested = match Transaction::nest_on(pinned, level, site).await {
                Ok(nested) => nested,
                Err(error) => return (answers.failed)(error),
            };
            let answer = run(nested.handle()).await;
            let is_ok = (answers.is_ok)(&answer);
            match nested.finish(is_ok, site).await {
                Err(error) if is_ok => (answers.failed)(error),
                // The caller's error matters more than one of the rollback, which the outer transaction sees too.
                _ => answer,
            }
        })
    }

    /// Commits the transaction; a nested one becomes part of the outer one.
    ///
    /// # Errors
    /// Errors that the database finds at the end (deferred foreign keys, serialization failures): all is then rolled back.
    #[track_caller]
    pub fn commit(self) -> impl Future<Output = Result<()>> + Send + use<> {
        let site = Location::caller();
        async move { self.finish(true, site).await }
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    /// The connection is lost; the database has then rolled back.
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

    /// Whether a statement has ended it on the server: DDL that commits (MariaDB), or raw SQL that was not recognized.
    pub async fn was_ended(&self) -> bool {
        self.pinned.lock_beside_a_stream().await.ended.is_some()
    }

    /// Whether a statement of it failed because another transaction was faster: a serialization failure, a deadlock, a timeout
    /// waiting for a lock. The transaction may succeed when it is tried again.
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
            return Err(Error::transaction_state(
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

/// Calls the callbacks after the commit, which can't be undone: if one panics, the others are still called, and then the
/// panic resumes.
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
