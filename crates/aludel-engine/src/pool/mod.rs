//! The pool: connections lent out in the order they were asked for.
//!
//! A returned connection goes straight to whoever has waited longest. A future dropped while it waits, or at the
//! very moment it is served, passes the connection on. Nothing is pinged on acquire: a driver knows whether
//! its connection is broken, and only one that was idle for long is pinged.

mod guard;
#[cfg(test)]
mod tests;

pub(crate) use guard::{Brief, Guard};

use crate::clock;

use crate::driver::{Connector, Link, ServerLink};
use crate::error::{Error, ErrorKind, Result};
use crate::holder::Holder;
use crate::new_connection::AfterConnect;
use crate::statement_text::Text;
use aludel_sql::dialect::Dialect;
use guard::{EMPTY, Permit};
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// The limits of a pool: how many connections, and how long.
#[derive(Clone)]
pub(crate) struct Limits {
    pub(crate) max: usize,
    pub(crate) acquire_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) ping_after: Duration,
    pub(crate) conflict_retries: usize,
    pub(crate) after_connect: Option<AfterConnect>,
}

impl Limits {
    /// The limits with the settings of the server's URL.
    pub(crate) fn of(self, server: &crate::url::Server) -> Limits {
        Limits {
            connect_timeout: server.connect_timeout.unwrap_or(self.connect_timeout),
            ..self
        }
    }
}

/// The state of a pool.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PoolStatus {
    /// The most connections it makes.
    pub max: usize,
    /// Connections that exist.
    pub size: usize,
    /// Connections that wait for work.
    pub idle: usize,
    /// Tasks that wait for a connection.
    pub waiting: usize,
    /// Who holds the others.
    pub holders: Vec<Holder>,
}

pub(crate) struct Pool {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    limits: Limits,
    connector: Box<dyn Connector>,
}

#[derive(Default)]
struct State {
    idle: Vec<Idle>,
    size: usize,
    /// Waiters by number, in the order in which they came. Those that gave up are removed.
    waiters: BTreeMap<u64, oneshot::Sender<Handed>>,
    next_waiter: u64,
    holders: Vec<Option<Lent>>,
    free: Vec<usize>,
    closed: bool,
}

struct Idle {
    link: Link,
    born: Instant,
    since: Instant,
}

struct Lent {
    site: &'static Location<'static>,
    since: Instant,
    statement: Option<Text>,
}

/// What a waiter is handed.
enum Handed {
    Connection(Guard),
    Permit(Permit),
}

/// A place in the queue; dropping it leaves the queue.
struct Waiting<'p> {
    shared: &'p Shared,
    number: u64,
    handed: oneshot::Receiver<Handed>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let left = self.shared.lock().waiters.remove(&self.number);
        drop(left);
    }
}

impl Pool {
    pub(crate) fn new(limits: Limits, connector: Box<dyn Connector>) -> Pool {
        Pool {
            shared: Arc::new(Shared {
                state: Mutex::default(),
                limits,
                connector,
            }),
        }
    }

    /// The dialect of its database, once it has had a connection.
    pub(crate) fn dialect(&self) -> &'static dyn Dialect {
        self.shared.connector.dialect()
    }

    /// Lends an idle connection for a moment: its holder is not recorded, and no clock is read. Only for pools whose
    /// connections do not age (SQLite's), and for callers that await nothing meanwhile.
    #[inline]
    pub(crate) fn acquire_briefly(&self) -> Option<Brief<'_>> {
        let mut state = self.shared.lock();
        if state.closed || !state.waiters.is_empty() {
            return None;
        }
        let idle = state.idle.pop()?;
        drop(state);
        Some(Brief {
            link: Some(idle.link),
            born: idle.born,
            shared: &self.shared,
        })
    }

    /// A connection, if one is available without waiting.
    #[inline]
    pub(crate) fn acquire_now(
        &self,
        site: &'static Location<'static>,
        statement: Option<&Text>,
    ) -> Option<Result<Guard>> {
        let shared = &self.shared;
        let mut expired = Vec::new();
        let found = {
            let mut state = shared.lock();
            if state.closed {
                return Some(Err(closed()));
            }
            let now = Instant::now();
            let found = if state.waiters.is_empty() {
                shared.take_idle(&mut state, now, &mut expired)
            } else {
                None
            };
            match found {
                Some(idle)
                    if now - idle.since > shared.limits.ping_after && idle.link.needs_ping() =>
                {
                    // Left for the slow path, which can ping it.
                    state.idle.push(idle);
                    None
                }
                Some(idle) => {
                    let slot = state.hold(site, now, statement.cloned());
                    Some(Ok(shared.guard(idle.link, idle.born, slot)))
                }
                None if state.waiters.is_empty()
                    && state.size < shared.limits.max
                    && shared.limits.after_connect.is_none() =>
                {
                    let link = shared.connector.connect_now()?;
                    Some(link.map(|link| {
                        state.size += 1;
                        let slot = state.hold(site, now, statement.cloned());
                        shared.guard(link, now, slot)
                    }))
                }
                None => None,
            }
        };
        drop(expired);
        found
    }

    /// Makes the first connection. Nobody has one yet, so there is nothing to wait for but the server.
    pub(crate) async fn first(&self, site: &'static Location<'static>) -> Result<()> {
        if let Some(found) = self.acquire_now(site, None) {
            return found.map(drop);
        }
        self.shared.lock().size += 1;
        let made = self.shared.make(self.shared.permit(), site, None).await;
        made.map(drop)
    }

    /// A connection, waiting for one if need be.
    pub(crate) async fn acquire(
        &self,
        site: &'static Location<'static>,
        statement: Option<&Text>,
    ) -> Result<Guard> {
        if let Some(found) = self.acquire_now(site, statement) {
            return found;
        }
        let shared = &self.shared;
        // One limit for all of it: waiting, pinging idle connections, and making one.
        let deadline = Instant::now().checked_add(shared.limits.acquire_timeout);
        let permit = loop {
            let (waiter, expired) = {
                let mut state = shared.lock();
                if state.closed {
                    return Err(closed());
                }
                let now = Instant::now();
                let mut expired = Vec::new();
                let idle = if state.waiters.is_empty() {
                    shared.take_idle(&mut state, now, &mut expired)
                } else {
                    None
                };
                let waiter = match idle {
                    Some(idle) => {
                        let slot = state.hold(site, now, statement.cloned());
                        let ask = now - idle.since > shared.limits.ping_after;
                        Err((Ok(shared.guard(idle.link, idle.born, slot)), ask))
                    }
                    None if state.waiters.is_empty() && state.size < shared.limits.max => {
                        state.size += 1;
                        Err((Err(shared.permit()), false))
                    }
                    None => {
                        let (sender, handed) = oneshot::channel();
                        let number = state.next_waiter;
                        state.next_waiter += 1;
                        state.waiters.insert(number, sender);
                        Ok(Waiting {
                            shared,
                            number,
                            handed,
                        })
                    }
                };
                (waiter, expired)
            };
            drop(expired);
            match waiter {
                Err((Ok(mut guard), ask)) => {
                    let limit = shared.limits.connect_timeout.min(left(deadline));
                    if ask && !guard.answers(limit).await {
                        guard.discard();
                        if left(deadline).is_zero() {
                            return Err(self.timed_out());
                        }
                        continue;
                    }
                    return Ok(guard);
                }
                Err((Err(permit), _)) => break permit,
                Ok(mut waiting) => {
                    match clock::timeout(left(deadline), &mut waiting.handed).await {
                        Some(Ok(Handed::Connection(mut guard))) => {
                            guard.moved_to(site, statement.cloned());
                            return Ok(guard);
                        }
                        Some(Ok(Handed::Permit(permit))) => break permit,
                        Some(Err(_)) => return Err(closed()),
                        None => return Err(self.timed_out()),
                    }
                }
            }
        };
        let making = shared.make(permit, site, statement.cloned());
        if !clock::has_runtime() {
            return making.await;
        }
        // In a task of its own: whoever gives up waiting leaves the connection to the next.
        let (sender, made) = oneshot::channel();
        tokio::spawn(async move { drop(sender.send(making.await)) });
        match clock::timeout(left(deadline), made).await {
            Some(Ok(made)) => made,
            // The runtime is shutting down.
            Some(Err(_)) => Err(closed()),
            None => Err(self.timed_out()),
        }
    }

    fn timed_out(&self) -> Error {
        let status = self.status();
        Error::new(
            ErrorKind::PoolTimeout,
            format!(
                "waited {:?}; {} of {} connections are in use and {} tasks wait",
                self.shared.limits.acquire_timeout,
                status.size - status.idle,
                status.max,
                status.waiting
            ),
        )
        .with_holders(status.holders)
    }

    pub(crate) fn status(&self) -> PoolStatus {
        let state = self.shared.lock();
        let now = Instant::now();
        PoolStatus {
            max: self.shared.limits.max,
            size: state.size,
            idle: state.idle.len(),
            waiting: state.waiters.len(),
            holders: state
                .holders
                .iter()
                .flatten()
                .map(|held| Holder {
                    site: held.site,
                    age: now - held.since,
                    statement: held.statement.clone(),
                })
                .collect(),
        }
    }

    /// Closes idle connections now and the others when they come back.
    pub(crate) fn close(&self) {
        let (idle, waiters) = {
            let mut state = self.shared.lock();
            state.closed = true;
            state.size -= state.idle.len();
            (
                std::mem::take(&mut state.idle),
                std::mem::take(&mut state.waiters),
            )
        };
        drop((idle, waiters));
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn guard(self: &Arc<Self>, link: Link, born: Instant, slot: usize) -> Guard {
        Guard {
            link: Some(link),
            born,
            slot,
            busy: false,
            is_dirty: false,
            shared: Arc::clone(self),
        }
    }

    /// Makes a connection and lends it out.
    fn make(
        self: &Arc<Self>,
        permit: Permit,
        site: &'static Location<'static>,
        statement: Option<Text>,
    ) -> impl Future<Output = Result<Guard>> + Send + use<> {
        let shared = Arc::clone(self);
        async move {
            let most = shared.limits.connect_timeout;
            let connected = async { shared.set_up(shared.connector.connect().await?).await };
            let link = match clock::timeout(most, connected).await {
                Some(link) => link?,
                None => {
                    return Err(Error::new(
                        ErrorKind::ConnectionFailed,
                        format!(
                            "the server at {} did not answer within {most:?}",
                            shared.connector.address()
                        ),
                    ));
                }
            };
            permit.spend();
            let now = Instant::now();
            let slot = shared.lock().hold(site, now, statement);
            Ok(shared.guard(link, now, slot))
        }
    }

    /// Runs the program's setup on a new connection.
    async fn set_up(&self, link: Link) -> Result<Link> {
        match &self.limits.after_connect {
            Some(hook) => hook.run(link).await,
            None => Ok(link),
        }
    }

    /// Resets a connection to its initial state.
    async fn reset(&self, mut server: Box<dyn ServerLink>) -> Result<Link> {
        server.reset().await?;
        self.set_up(Link::Server(server)).await
    }

    fn permit(self: &Arc<Self>) -> Permit {
        Permit {
            shared: Arc::clone(self),
            used: false,
        }
    }

    /// The most recently used connection that is still good; the others go into `expired`.
    fn take_idle(&self, state: &mut State, now: Instant, expired: &mut Vec<Idle>) -> Option<Idle> {
        while let Some(mut idle) = state.idle.pop() {
            let old = self
                .limits
                .max_lifetime
                .is_some_and(|most| now - idle.born > most);
            let stale = self
                .limits
                .idle_timeout
                .is_some_and(|most| now - idle.since > most);
            if old || stale || idle.link.ends() {
                state.size -= 1;
                expired.push(idle);
                continue;
            }
            return Some(idle);
        }
        None
    }

    /// Takes a connection back: passes it to the next waiter, keeps it idle, or closes it.
    fn take_back(self: &Arc<Self>, mut link: Option<Link>, born: Instant) {
        loop {
            let now = Instant::now();
            let dead = link.as_mut().is_none_or(Link::ends)
                || self
                    .limits
                    .max_lifetime
                    .is_some_and(|most| now - born > most);
            let mut state = self.lock();
            if dead || state.closed {
                let gone = link.take();
                let waiter = state.next_waiter();
                if waiter.is_none() {
                    state.size -= 1;
                }
                drop(state);
                drop(gone);
                let Some(waiter) = waiter else { return };
                // The place is kept: the waiter makes a connection of its own.
                let Err(Handed::Permit(mut permit)) = waiter.send(Handed::Permit(self.permit()))
                else {
                    return;
                };
                permit.used = true;
                continue;
            }
            let Some(waiter) = state.next_waiter() else {
                if let Some(link) = link.take() {
                    state.idle.push(Idle {
                        link,
                        born,
                        since: now,
                    });
                }
                return;
            };
            let Some(given) = link.take() else { return };
            let slot = state.hold(Location::caller(), now, None);
            drop(state);
            let guard = self.guard(given, born, slot);
            let Err(Handed::Connection(mut guard)) = waiter.send(Handed::Connection(guard)) else {
                return;
            };
            link = guard.link.take();
            self.lock().release(guard.slot);
            guard.slot = EMPTY;
        }
    }
}

impl State {
    fn hold(
        &mut self,
        site: &'static Location<'static>,
        since: Instant,
        statement: Option<Text>,
    ) -> usize {
        let held = Some(Lent {
            site,
            since,
            statement,
        });
        match self.free.pop() {
            Some(slot) => {
                self.holders[slot] = held;
                slot
            }
            None => {
                self.holders.push(held);
                self.holders.len() - 1
            }
        }
    }

    fn release(&mut self, slot: usize) -> Option<Lent> {
        self.free.push(slot);
        self.holders[slot].take()
    }

    fn next_waiter(&mut self) -> Option<oneshot::Sender<Handed>> {
        while let Some((_, waiter)) = self.waiters.pop_first() {
            if !waiter.is_closed() {
                return Some(waiter);
            }
        }
        None
    }
}

/// The time left until the deadline; without one, there is no limit.
fn left(deadline: Option<Instant>) -> Duration {
    let left = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
    deadline.map_or(Duration::MAX, left)
}

fn closed() -> Error {
    Error::new(ErrorKind::Closed, "it was closed with close()")
}
