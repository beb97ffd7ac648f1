//! [`TransactionRun`]: a function that is run in a transaction, and again after a conflict with another one.

use super::{Transaction, TransactionOptions};
use crate::answer::Answers;
use crate::clock;
use crate::command::BoxFuture;
use crate::database::Database;
use crate::error::ErrorKind;
use aludel_sql::dialect::IsolationLevel;
use std::future::{Future, IntoFuture};
use std::hash::BuildHasher;
use std::panic::Location;
use std::time::Duration;

/// A function to be run in a transaction; awaiting it runs it. Made by [`Database::transaction`] and
/// [`Database::try_transaction`].
#[must_use = "nothing runs until it is awaited"]
pub struct TransactionRun<'a, R, F> {
    db: Database,
    run: F,
    options: TransactionOptions,
    retries: usize,
    /// Clones the function, if it may be run again.
    copy: Option<fn(&F) -> F>,
    answers: Answers<R>,
    site: &'static Location<'static>,
    lifetime: std::marker::PhantomData<fn() -> &'a ()>,
}

impl<R, F> TransactionRun<'_, R, F> {
    pub(crate) fn new(
        db: Database,
        run: F,
        answers: Answers<R>,
        site: &'static Location<'static>,
    ) -> Self {
        TransactionRun {
            db,
            run,
            options: TransactionOptions::default(),
            retries: 0,
            copy: None,
            answers,
            site,
            lifetime: std::marker::PhantomData,
        }
    }

    /// Retries up to this many times after serialization failures and deadlocks, waiting a little longer each time.
    /// Each try runs a clone of the function, with clones of what it captures: changes to them do not outlive the try, and
    /// effects outside the database are repeated.
    pub fn retries(mut self, times: usize) -> Self
    where
        F: Clone,
    {
        self.retries = times;
        self.copy = Some(F::clone);
        self
    }

    /// With an isolation level.
    pub fn isolation(mut self, level: IsolationLevel) -> Self {
        self.options.isolation = Some(level);
        self
    }

    /// Only reads.
    pub fn read_only(mut self) -> Self {
        self.options.read_only = true;
        self
    }
}

impl<'a, R, F, Fut> IntoFuture for TransactionRun<'a, R, F>
where
    F: FnOnce(Transaction) -> Fut + Send + 'a,
    Fut: Future<Output = R> + Send + 'a,
    R: Send + 'a,
{
    type Output = R;
    type IntoFuture = BoxFuture<'a, R>;

    fn into_future(self) -> Self::IntoFuture {
        let TransactionRun {
            db,
            run,
            options,
            retries,
            copy,
            answers,
            site,
            ..
        } = self;
        Box::pin(async move {
            if let Some(copy) = copy {
                for tried in 1..=retries {
                    let (answer, again) = once(&db, options, site, answers, copy(&run)).await;
                    if !again {
                        return answer;
                    }
                    back_off(tried).await;
                }
            }
            once(&db, options, site, answers, run).await.0
        })
    }
}

/// Runs it once; also returns whether it may succeed the next time.
async fn once<R, F, Fut>(
    db: &Database,
    options: TransactionOptions,
    site: &'static Location<'static>,
    answers: Answers<R>,
    run: F,
) -> (R, bool)
where
    F: FnOnce(Transaction) -> Fut,
    Fut: Future<Output = R>,
{
    let tx = match Transaction::start(db.clone(), options, site).await {
        Ok(tx) => tx,
        Err(error) => {
            let again = error.is_retryable();
            return ((answers.failed)(error), again);
        }
    };
    let answer = run(tx.handle()).await;
    let again = tx.has_lost().await;
    if !(answers.is_ok)(&answer) {
        // The caller's error matters more than one of the rollback.
        let ended = tx.finish(false, site).await;
        let is_known = ended
            .err()
            .is_none_or(|error| error.kind() != ErrorKind::TransactionFinished);
        let again = is_known && (again || (answers.may_succeed)(&answer));
        return (answer, again);
    }
    match tx.finish(true, site).await {
        Ok(()) => (answer, false),
        Err(error) => {
            // A transaction that may have been committed is not run again.
            let is_known =
                !error.is_outcome_unknown() && error.kind() != ErrorKind::TransactionFinished;
            let again = is_known && (again || error.is_retryable());
            ((answers.failed)(error), again)
        }
    }
}

/// Waits before another try, as [`TransactionRun::retries`] does: 5 ms before the first, then twice as long each time up to
/// 0.5 s, varied by half so that two losers do not meet again.
pub async fn back_off(tried: usize) {
    clock::sleep(pause(tried)).await;
}

fn pause(tried: usize) -> Duration {
    let base = 5_u64 << tried.min(7);
    let random = std::hash::RandomState::new().hash_one(tried);
    Duration::from_millis((base / 2 + random % base).min(500))
}
