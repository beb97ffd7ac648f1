//! A connection on loan, and the right to make one: what happens when they are dropped.

use super::{Idle, Lent, Shared};
use crate::clock;
use crate::driver::{Link, ServerLink};
use crate::error::{Error, ErrorKind, Result};
use crate::statement_text::Text;
use std::panic::Location;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The right to make one connection; passed on when dropped unused.
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
    /// Settings may have changed that the next user must not see.
    pub(super) is_dirty: bool,
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
        let usual = !state.closed && state.waiters.is_empty() && !link.ends();
        if usual && self.shared.limits.max_lifetime.is_none() {
            // If nobody asks for its idle time, the clock need not be read.
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

    /// Marks that a statement is under way: if the guard is dropped now, the connection is not passed on.
    pub(crate) fn set_busy(&mut self, busy: bool) {
        self.busy = busy;
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.busy
    }

    /// Notes that settings may have been changed: the connection is reset before someone else gets it.
    pub(crate) fn set_dirty(&mut self, dirty: bool) {
        self.is_dirty = dirty;
    }

    /// How often a statement that is a transaction of its own is tried again.
    pub(crate) fn conflict_retries(&self) -> usize {
        self.shared.limits.conflict_retries
    }

    /// Records the statement, to report who holds the connection.
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
            *held = Lent {
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
        let mut link = self.leave_clean();
        // The usual case in one lock: nobody waits, and the connection is good.
        let mut state = self.shared.lock();
        let held = state.release(self.slot);
        let is_midway = match &link {
            Some(Link::Server(server)) => self.busy || server.is_midway(),
            _ => false,
        };
        let good = !is_midway && link.as_mut().is_some_and(|link| !link.ends());
        if good
            && !self.is_dirty
            && !state.closed
            && state.waiters.is_empty()
            && self.shared.limits.max_lifetime.is_none()
        {
            if let Some(link) = link.take() {
                // If nobody asks for its idle time, the clock need not be read.
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
        match link {
            Some(Link::Server(server)) if is_midway || good && self.is_dirty => {
                self.leave_later(server, is_midway);
            }
            link => self.shared.take_back(link, self.born),
        }
    }
}

impl Guard {
    /// The connection, if someone else may use it: an open transaction of an embedded database is rolled back; its connection with
    /// changed settings, which can't be undone, is closed if that loses nothing.
    fn leave_clean(&mut self) -> Option<Link> {
        if let Some(Link::Embedded(embedded)) = &mut self.link {
            let is_dirty = std::mem::take(&mut self.is_dirty);
            if is_dirty && embedded.can_be_closed() {
                return None;
            }
            if embedded.in_transaction() && embedded.control("ROLLBACK").is_err() {
                return None;
            }
        }
        self.link.take()
    }

    /// Releases a server connection that must not be reused as it is: one in the middle of a statement is ended, and counts
    /// until it has ended; one with changed settings is reset.
    fn leave_later(&self, server: Box<dyn ServerLink>, is_midway: bool) {
        let permit = Permit {
            shared: Arc::clone(&self.shared),
            used: false,
        };
        if !clock::has_runtime() {
            drop((server, permit));
            return;
        }
        let born = self.born;
        tokio::spawn(async move {
            if is_midway {
                server.abandon().await;
                drop(permit);
                return;
            }
            let limit = permit.shared.limits.connect_timeout;
            let link = permit.shared.reset(server);
            let link = clock::timeout(limit, link).await;
            let Some(Ok(link)) = link else {
                return;
            };
            let shared = Arc::clone(&permit.shared);
            permit.spend();
            shared.take_back(Some(link), born);
        });
    }
}

fn lost() -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        "an operation on it was cancelled half-way, or the server closed it",
    )
}
