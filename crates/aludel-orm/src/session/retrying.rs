//! Sessions that are run again when another writer was faster: [`OpenSession::session_retrying`](super::OpenSession).

use super::Session;
use aludel_engine::command::BoxFuture;
use aludel_engine::{Database, Error, Result, back_off};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

/// A session that is lent to a function; whoever lent it commits it when the function is done.
///
/// It is the [`Session`] in all else: `session[key]`, `&mut session` where a function wants a `&mut Session`.
pub struct LentSession {
    /// There until this is dropped.
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

/// Whether the same work may succeed with rows that are read again.
pub(crate) fn may_succeed_again(error: &Error) -> bool {
    error.is_stale() || error.is_retryable()
}

/// What failed, and whether it may succeed the next time.
struct Failure<E> {
    error: E,
    again: bool,
}

/// Runs a function with a fresh session and commits that, up to so many times more.
pub(crate) fn retrying<'a, T, E, F, Fut>(
    db: Database,
    retries: usize,
    run: F,
    site: &'static Location<'static>,
    may_succeed: fn(&E) -> bool,
) -> BoxFuture<'a, Result<T, E>>
where
    F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
    Fut: Future<Output = Result<T, E>> + Send + 'a,
    T: Send + 'a,
    E: From<Error> + Send + 'a,
{
    Box::pin(async move {
        for tried in 1..=retries {
            let now = run.clone();
            match once(db.clone(), now, site).await {
                Err(failure) if failure.again || may_succeed(&failure.error) => {}
                Err(failure) => return Err(failure.error),
                Ok(value) => return Ok(value),
            }
            back_off(tried).await;
        }
        let last = once(db, run, site).await;
        last.map_err(|failure| failure.error)
    })
}

async fn once<T, E, F, Fut>(
    db: Database,
    run: F,
    site: &'static Location<'static>,
) -> Result<T, Failure<E>>
where
    F: FnOnce(LentSession) -> Fut,
    Fut: Future<Output = Result<T, E>>,
    E: From<Error>,
{
    let home = Arc::new(Mutex::new(None));
    let lent = LentSession {
        session: Some(Session::new(db)),
        home: Arc::clone(&home),
    };
    let result = run(lent).await;
    let back = home.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut session) = back else {
        let error = match result {
            Err(error) => error,
            Ok(_) => E::from(Error::invalid_query(
                "the session was kept beyond the function that it was lent to, so nobody can commit it; drop it there",
            )),
        };
        return Err(Failure {
            error,
            again: false,
        });
    };
    match result {
        Ok(value) => {
            let committed = session.commit_at(site).await;
            let Err(error) = committed else {
                return Ok(value);
            };
            let again = may_succeed_again(&error) || session.has_lost().await;
            Err(Failure {
                error: E::from(error),
                again,
            })
        }
        Err(error) => {
            let again = session.has_lost().await;
            // The caller's error matters more than one of the rollback.
            drop(session.rollback_at(site).await);
            Err(Failure { error, again })
        }
    }
}

impl Session {
    /// Whether something in it failed because another writer was faster.
    async fn has_lost(&self) -> bool {
        match self.transactions.last() {
            Some(transaction) => self.has_lost || transaction.has_lost().await,
            None => self.has_lost,
        }
    }
}
