//! Sessions that are retried when another writer was faster: [`DatabaseExt::session_retrying`](super::DatabaseExt).

use super::Session;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::spi::{Answers, back_off};
use aludel_engine::{Database, Error, ErrorKind};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

/// A session that is lent to a function; the lender commits it when the function is done.
///
/// It works like a [`Session`]: `session[key]`, `&mut session` where a function wants a `&mut Session`.
pub struct LentSession {
    /// `Some` until this is dropped.
    session: Option<Session>,
    home: Arc<Mutex<Option<Session>>>,
}

impl Deref for LentSession {
    type Target = Session;
    fn deref(&self) -> &Session {
        match &self.session {
            Some(session) => session,
            None => unreachable!("a session is given back when its loan ends"),
        }
    }
}

impl DerefMut for LentSession {
    fn deref_mut(&mut self) -> &mut Session {
        match &mut self.session {
            Some(session) => session,
            None => unreachable!("a session is given back when its loan ends"),
        }
    }
}

impl Drop for LentSession {
    fn drop(&mut self) {
        let mut home = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        *home = self.session.take();
    }
}

impl fmt::Debug for LentSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Whether the same work may succeed after the rows are read again.
pub(crate) fn may_succeed_again(error: &Error) -> bool {
    error.is_stale() || error.is_retryable()
}

/// Runs a function with a fresh session and commits it; retries at most `retries` times.
pub(crate) fn retrying<'a, R, F, Fut>(
    db: Database,
    retries: usize,
    run: F,
    site: &'static Location<'static>,
    answers: Answers<R>,
) -> BoxFuture<'a, R>
where
    F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
    Fut: Future<Output = R> + Send + 'a,
    R: Send + 'a,
{
    Box::pin(async move {
        for tried in 1..=retries {
            let (answer, again) = once(db.clone(), run.clone(), site, answers).await;
            if !again {
                return answer;
            }
            back_off(tried).await;
        }
        once(db, run, site, answers).await.0
    })
}

/// Runs it once; also returns whether a retry may succeed.
async fn once<R, F, Fut>(
    db: Database,
    run: F,
    site: &'static Location<'static>,
    answers: Answers<R>,
) -> (R, bool)
where
    F: FnOnce(LentSession) -> Fut,
    Fut: Future<Output = R>,
{
    let home = Arc::new(Mutex::new(None));
    let lent = LentSession {
        session: Some(Session::new(db)),
        home: Arc::clone(&home),
    };
    let answer = run(lent).await;
    let is_ok = (answers.is_ok)(&answer);
    let back = home.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut session) = back else {
        if !is_ok {
            let again = (answers.may_succeed)(&answer);
            return (answer, again);
        }
        let error = Error::session_state(
            "the session was kept beyond the function that it was lent to, so nobody can commit it; drop it there",
        );
        return ((answers.failed)(error), false);
    };
    if !is_ok {
        let again = session.has_lost().await || (answers.may_succeed)(&answer);
        // The caller's error matters more than one of the rollback.
        drop(session.rollback_at(site).await);
        return (answer, again);
    }
    match session.commit_at(site).await {
        Ok(_) => (answer, false),
        Err(error) => {
            let is_known =
                !error.is_outcome_unknown() && error.kind() != ErrorKind::TransactionFinished;
            let again = is_known && (may_succeed_again(&error) || session.has_lost().await);
            ((answers.failed)(error), again)
        }
    }
}

impl Session {
    /// Whether something failed in it because another writer was faster.
    async fn has_lost(&self) -> bool {
        match self.transactions.last() {
            Some(transaction) => self.has_lost || transaction.has_lost().await,
            None => self.has_lost,
        }
    }
}
