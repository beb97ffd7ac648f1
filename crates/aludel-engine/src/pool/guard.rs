//! A connection on loan, and the right to make one: what happens when they are dropped.

use super::{Held, Idle, Shared};
use crate::clock;
use crate::driver::Link;
use crate::error::{Error, ErrorKind, Result};
use crate::text::Text;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The right to make one connection; given on when dropped unused.
pub(super) struct Permit {
    pub(super) shared: Arc<Shared>,
    pub(super) used: bool,
}

/// A connection on loan; it goes back when dropped.
pub(crate) struct Guard {
    pub(super) link: Option<Link>,
    pub(super) born: Instant,
    pub(super) slot: usize,
    pub(super) busy: bool,
    pub(super) shared: Arc<Shared>,
}

/// The slot of a guard whose connection was taken out of it.
pub(super) const EMPTY: usize = usize::MAX;

/// A connection on loan for a moment, in which nothing is awaited; registered nowhere. It goes back when dropped.
pub(crate) struct Brief<'a> {
    pub(super) link: Option<Link>,
    pub(super) born: Instant,
    pub(super) shared: &'a Arc<Shared>,
}

impl Brief<'_> {
    /// The connection.
    #[inline]
    pub(crate) fn link(&mut self) -> Option<&mut Link> {
        self.link.as_mut()
    }
}

impl Drop for Brief<'_> {
    fn drop(&mut self) {
        let Some(mut link) = self.link.take() else {
            return;
        };
        let mut state = self.shared.lock();
        let usual = !state.closed && state.waiters.is_empty() && !link.is_broken();
        if usual && self.shared.limits.max_lifetime.is_none() {
            // Where nobody asks how long it lay idle, the clock need not be read.
            let since = self.born;
            let born = self.born;
            state.idle.push(Idle { link, born, since });
            return;
        }
        drop(state);
        self.shared.take_back(Some(link), self.born);
    }
}

impl Permit {
    pub(super) fn spend(mut self) {
        self.used = true;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.used {
            self.shared.take_back(None, Instant::now());
        }
    }
}

impl Guard {
    /// The connection.
    #[inline]
    pub(crate) fn link(&mut self) -> Result<&mut Link> {
        self.link.as_mut().ok_or_else(lost)
    }

    /// Marks that a statement is under way: if the guard is dropped now, the connection is not given on.
    pub(crate) fn set_busy(&mut self, busy: bool) {
        self.busy = busy;
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Remembers the statement, for whoever asks who holds the connection.
    pub(crate) fn note(&self, statement: &Text) {
        if let Some(Some(held)) = self.shared.lock().holders.get_mut(self.slot) {
            held.statement = Some(statement.clone());
        }
    }

    /// How long a server may take to answer.
    pub(crate) fn connect_timeout(&self) -> Duration {
        self.shared.limits.connect_timeout
    }

    /// Closes the connection instead of giving it back.
    pub(crate) fn discard(mut self) {
        drop(self.link.take());
    }

    /// Whether the server answers within this time.
    pub(super) async fn answers(&mut self, limit: Duration) -> bool {
        self.busy = true;
        let answered = match self.link.as_mut() {
            Some(Link::Server(server)) => {
                matches!(clock::timeout(limit, server.ping()).await, Some(Ok(())))
            }
            _ => true,
        };
        self.busy = false;
        answered
    }

    pub(super) fn moved_to(&mut self, site: &'static Location<'static>, statement: Option<Text>) {
        if let Some(Some(held)) = self.shared.lock().holders.get_mut(self.slot) {
            *held = Held {
                site,
                since: Instant::now(),
                statement,
            };
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.slot == EMPTY {
            return;
        }
        let mut link = leave_clean(self.link.take(), self.busy);
        // The usual case in one lock: nobody waits, and the connection is good.
        let mut state = self.shared.lock();
        let held = state.release(self.slot);
        let good = link.as_mut().is_some_and(|link| !link.is_broken());
        if good
            && !state.closed
            && state.waiters.is_empty()
            && self.shared.limits.max_lifetime.is_none()
        {
            if let Some(link) = link.take() {
                // Where nobody asks how long it lay idle, the clock need not be read.
                let since = match held {
                    Some(held) if self.shared.limits.idle_timeout.is_none() => held.since,
                    _ => Instant::now(),
                };
                state.idle.push(Idle {
                    link,
                    born: self.born,
                    since,
                });
            }
            return;
        }
        drop(state);
        self.shared.take_back(link, self.born);
    }
}

/// What of a connection can be used by someone else: nothing of one in the middle of a statement, and no transaction
/// that was left open.
fn leave_clean(mut link: Option<Link>, busy: bool) -> Option<Link> {
    if let Some(Link::Server(server)) =
        link.take_if(|link| matches!(link, Link::Server(server) if busy || server.is_midway()))
    {
        server.abandon();
    }
    #[cfg(feature = "sqlite")]
    if let Some(Link::Sqlite(sqlite)) = &mut link
        && sqlite.in_transaction()
        && sqlite.control("ROLLBACK").is_err()
    {
        return None;
    }
    link
}

fn lost() -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        "an operation on it was cancelled half-way, or the server closed it",
    )
}
