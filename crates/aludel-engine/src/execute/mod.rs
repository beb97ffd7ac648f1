//! Running statements: from an executor to a connection, through the driver, into a sink.

mod fetch;
mod rows;

pub use fetch::{Fetch, Then};
pub use rows::{FetchOne, FetchRow, FetchRows, UntypedFetch};

use crate::blocking::Finished;
use crate::command::{Access, Command, Discard, Outcome, Sink};
use crate::connection_state::{Backoff, Pinned, settle};
use crate::database::Database;
use crate::driver::{Link, Progress, Ran};
use crate::error::{Error, ErrorKind, Result};
use crate::gather::Reading;
use crate::lease::{Lease, Started, left_open};
use crate::observer::Scope;
use aludel_sql::dialect::Dialect;
use aludel_sql::row::FromRow;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

/// What statements run on: `&Database`, `&Transaction` or `&Connection`, all by shared reference.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't run statements",
    label = "not an executor",
    note = "pass `&Database`, `&Transaction` or `&Connection`",
    note = "a session runs queries itself: `session.all(query)`, `session.get::<User>(key)`; `session.executor()` is what it runs on"
)]
pub trait Executor: Sync {
    /// The pool or connection that it runs statements on.
    fn target(&self) -> Target<'_>;

    /// The dialect of the database.
    fn dialect(&self) -> &'static dyn Dialect {
        self.target().database().dialect()
    }
}

#[diagnostic::do_not_recommend]
impl<E: Executor + ?Sized> Executor for &E {
    fn target(&self) -> Target<'_> {
        (**self).target()
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Database {
    fn target(&self) -> Target<'_> {
        Target::new(Behind::Database(self))
    }
}

/// Where an executor runs statements: on the pool, or on a connection that is kept.
#[derive(Clone, Copy)]
pub struct Target<'a>(
    pub(crate) Behind<'a>,
    /// The call site that statements report, wherever in these crates they are sent.
    Option<&'static Location<'static>>,
);

/// An executor whose statements report one call site: that of a verb which sends several of them by other verbs.
/// Events, errors and the repeat guard name it.
pub struct Sited<'a> {
    db: &'a dyn Executor,
    site: &'static Location<'static>,
}

impl<'a> Sited<'a> {
    /// An executor, and its call site.
    pub fn new(db: &'a dyn Executor, site: &'static Location<'static>) -> Sited<'a> {
        Sited { db, site }
    }
}

#[diagnostic::do_not_recommend]
impl Executor for Sited<'_> {
    fn target(&self) -> Target<'_> {
        let Target(behind, outer) = self.db.target();
        // The outermost verb is the one that the program called.
        Target(behind, outer.or(Some(self.site)))
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Behind<'a> {
    /// The pool: each statement takes a connection for itself.
    Database(&'a Database),
    /// A connection that is kept, and the level of transactions on it.
    Pinned(&'a Arc<Pinned>, usize),
}

/// A command, or the reason why there is none.
pub trait IntoCommand {
    /// The command.
    ///
    /// # Errors
    /// Why there is none.
    fn into_command(self) -> Result<Command>;
}

impl IntoCommand for Command {
    fn into_command(self) -> Result<Command> {
        Ok(self)
    }
}

impl IntoCommand for Result<Command> {
    fn into_command(self) -> Result<Command> {
        self
    }
}

impl<'a> Target<'a> {
    pub(crate) fn new(behind: Behind<'a>) -> Target<'a> {
        Target(behind, None)
    }

    /// The command, with the call site that the executor names.
    #[inline]
    pub(crate) fn sited(self, mut command: Command) -> Command {
        if let Some(site) = self.1 {
            command.site = site;
        }
        command
    }

    /// The call site that the executor names, or this one.
    pub(crate) fn site_or(self, site: &'static Location<'static>) -> &'static Location<'static> {
        self.1.unwrap_or(site)
    }

    /// The database.
    pub fn database(self) -> &'a Database {
        match self.0 {
            Behind::Database(db) => db,
            Behind::Pinned(pinned, _) => &pinned.db,
        }
    }

    /// Whether statements run inside a transaction.
    pub fn is_transaction(self) -> bool {
        matches!(self.0, Behind::Pinned(_, level) if level > 0)
    }

    /// Runs a statement, passes its rows to the sink, and returns the sink. If the command could not be made, returns its
    /// error.
    ///
    /// # Errors
    /// Any database error.
    pub fn fetch<S: Sink + 'static>(self, command: impl IntoCommand, sink: S) -> Fetch<'a, S> {
        match command.into_command() {
            Ok(command) => Fetch::new(self, self.sited(command), sink),
            Err(error) => Fetch::known(self, Err(error)),
        }
    }

    /// Runs a statement whose rows are read by [`FetchRows`] or [`FetchRow`].
    pub fn untyped_fetch(self, command: Result<Command>, reading: Reading) -> UntypedFetch<'a> {
        UntypedFetch::new(self, command, reading)
    }

    /// Runs a statement; returns its rows.
    pub fn rows<T: FromRow + Send + 'static>(
        self,
        command: Result<Command>,
        reading: Reading,
    ) -> FetchRows<'a, T> {
        FetchRows::of(self.untyped_fetch(command, reading))
    }

    /// Runs a statement; returns its first row, if there is one.
    pub fn row<T: FromRow + Send + 'static>(
        self,
        command: Result<Command>,
        reading: Reading,
    ) -> FetchRow<'a, T> {
        FetchRow::of(self.untyped_fetch(command, reading))
    }

    /// A result that is known without a query.
    pub fn known<S: Sink + 'static>(self, answer: Result<S>) -> Fetch<'a, S> {
        Fetch::known(self, answer)
    }

    /// Runs a statement if that takes no waiting at all: an embedded database, with a connection at hand, unobserved.
    #[inline]
    pub(crate) fn fetch_now(
        self,
        command: &Command,
        sink: &mut dyn Sink,
    ) -> Option<Result<Outcome>> {
        match self.0 {
            Behind::Database(db) if db.inner.inline && !db.inner.observer.is_watching() => {
                db.fetch_inline(command, sink)
            }
            _ => None,
        }
    }

    pub(crate) async fn fetch_later(
        self,
        command: Command,
        sink: Box<dyn Sink>,
    ) -> Result<(Box<dyn Sink>, Outcome)> {
        let observer = &self.database().inner.observer;
        let seen = observer.started(|| self.scope(), &command);
        let result = self.fetch_unseen(command, sink).await;
        observer.finished(seen, result.as_ref().err());
        result
    }

    /// Runs a statement for its effect; rows are discarded.
    ///
    /// # Errors
    /// Any database error.
    pub fn execute<C: IntoCommand>(
        self,
        command: C,
    ) -> impl Future<Output = Result<Outcome>> + Send + use<'a, C> {
        self.fetch(command, Discard).then(|_, outcome| Ok(outcome))
    }

    async fn fetch_unseen(
        self,
        command: Command,
        sink: Box<dyn Sink>,
    ) -> Result<(Box<dyn Sink>, Outcome)> {
        let lease = match self.lease_now(&command) {
            Some(lease) => lease?,
            None => self.lease(&command).await?,
        };
        let (_, sink, outcome) = self.run(lease, command, sink).await?;
        Ok((sink, outcome))
    }

    /// Runs a statement on a connection, and returns the connection for the next one.
    pub(crate) async fn run(
        self,
        mut lease: Lease,
        mut command: Command,
        mut sink: Box<dyn Sink>,
    ) -> Result<(Lease, Box<dyn Sink>, Outcome)> {
        command.pinned = lease.is_pinned();
        let mut waiting = Backoff::default();
        let mut progress = Progress::default();
        loop {
            match lease.start(&command, &mut *sink, &mut progress)? {
                Started::Paused => tokio::task::yield_now().await,
                Started::Done(outcome) => return Ok((lease, sink, outcome)),
                Started::Server => {
                    let outcome = lease.run_server(&command, &mut *sink).await?;
                    return Ok((lease, sink, outcome));
                }
                Started::Offload => {
                    let ran;
                    if command.times.is_some() {
                        ((lease, command, ran), sink) =
                            lease.offload_repeated(command, sink).await?;
                    } else {
                        (lease, command, ran) = lease.offload(command, &mut *sink).await?;
                    }
                    match ran {
                        Finished::Done(outcome) => {
                            if command.access == Access::Unknown {
                                lease.compare_transaction(&command)?;
                            }
                            return Ok((lease, sink, outcome));
                        }
                        Finished::Failed(error) => return Err(error),
                        Finished::Busy(error) => lease.wait(&mut waiting, error).await?,
                        Finished::Writes => lease = self.to_the_writer(lease, &mut command).await?,
                    }
                }
                Started::Busy(error) => lease.wait(&mut waiting, error).await?,
                Started::Writes => lease = self.to_the_writer(lease, &mut command).await?,
            }
        }
    }

    /// Moves raw SQL that turned out to write from a reader's connection to the writer's.
    async fn to_the_writer(self, lease: Lease, command: &mut Command) -> Result<Lease> {
        if command.pinned {
            let error = Error::new(ErrorKind::ReadOnly, "the transaction was begun read-only");
            return Err(error.with_statement(&command.text));
        }
        let is_dirty = command.may_change_settings();
        command.access = Access::Write;
        drop(lease);
        let mut lease = self.lease(command).await?;
        if is_dirty {
            lease.guard()?.set_dirty(true);
        }
        Ok(lease)
    }

    pub(crate) fn scope(self) -> Scope {
        match self.0 {
            Behind::Database(_) => Scope::Task(tokio::task::try_id()),
            Behind::Pinned(pinned, _) => Scope::Pinned(pinned.id),
        }
    }

    /// A connection, if one is available without waiting.
    #[inline]
    pub(crate) fn lease_now(self, command: &Command) -> Option<Result<Lease>> {
        match self.0 {
            Behind::Database(db) => {
                let guard =
                    pool(db, command.access).acquire_now(command.site, Some(&command.text))?;
                Some(guard.map(Lease::own))
            }
            Behind::Pinned(pinned, level) => Some(Lease::pinned(pinned, pinned.lock_now()?, level)),
        }
    }

    pub(crate) async fn lease(self, command: &Command) -> Result<Lease> {
        match self.0 {
            Behind::Database(db) => {
                let guard = pool(db, command.access)
                    .acquire(command.site, Some(&command.text))
                    .await?;
                Ok(Lease::own(guard))
            }
            Behind::Pinned(pinned, level) => {
                let mut state = if command.streams {
                    pinned.lock_beside_a_stream().await
                } else {
                    pinned.lock().await?
                };
                settle(pinned, &mut state, command.site).await?;
                Lease::pinned(pinned, state, level)
            }
        }
    }

    /// The connection that is kept, if one is.
    pub(crate) fn pinned(self) -> Option<&'a Arc<Pinned>> {
        match self.0 {
            Behind::Database(_) => None,
            Behind::Pinned(pinned, _) => Some(pinned),
        }
    }

    /// The same, owned, for a task of its own.
    pub fn to_owned(self) -> OwnedTarget {
        let behind = match self.0 {
            Behind::Database(db) => OwnedBehind::Database(db.clone()),
            Behind::Pinned(pinned, level) => {
                OwnedBehind::Pinned(Arc::clone(pinned), level, pinned.number_now(level))
            }
        };
        OwnedTarget(behind, self.1)
    }
}

impl Database {
    /// Runs a statement inline from start to end. If that does not work, the slow path runs it from the start.
    fn fetch_inline(&self, command: &Command, sink: &mut dyn Sink) -> Option<Result<Outcome>> {
        let pool = pool(self, command.access);
        // Raw SQL may leave a transaction open, which a guard handles.
        if command.access != Access::Unknown {
            let mut brief = pool.acquire_briefly()?;
            return run_inline(brief.link()?, command, sink);
        }
        match pool.acquire_now(command.site, Some(&command.text))? {
            Ok(mut guard) => {
                guard.set_dirty(command.may_change_settings());
                run_inline(guard.link().ok()?, command, sink)
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[inline]
fn run_inline(link: &mut Link, command: &Command, sink: &mut dyn Sink) -> Option<Result<Outcome>> {
    // A repeated statement could not start again on the slow path if it paused.
    let Link::Embedded(embedded) = link else {
        return None;
    };
    if command.is_repeated() {
        return None;
    }
    match embedded.run(command, sink, true, &mut Progress::default()) {
        Ok(Ran::Done(_)) if command.access == Access::Unknown && embedded.in_transaction() => {
            Some(Err(left_open().with_statement(&command.text)))
        }
        Ok(Ran::Done(outcome)) => Some(Ok(outcome)),
        Ok(Ran::Slow | Ran::Writes | Ran::Paused | Ran::Busy(_)) => None,
        Err(error) => Some(Err(error)),
    }
}

/// A [`Target`] without a lifetime.
pub struct OwnedTarget(OwnedBehind, Option<&'static Location<'static>>);

enum OwnedBehind {
    Database(Database),
    /// A connection, the level of a transaction on it, and the transaction's number.
    Pinned(Arc<Pinned>, usize, Option<u64>),
}

impl OwnedTarget {
    /// The target.
    pub fn borrowed(&self) -> Target<'_> {
        let behind = match &self.0 {
            OwnedBehind::Database(db) => Behind::Database(db),
            OwnedBehind::Pinned(pinned, level, _) => Behind::Pinned(pinned, *level),
        };
        Target(behind, self.1)
    }

    /// Fails if the transaction has ended that this was a target of, even if another one was begun in its place.
    ///
    /// # Errors
    /// [`ErrorKind::TransactionFinished`]; a stream that is being read on the connection.
    pub async fn check(&self) -> Result<()> {
        let OwnedBehind::Pinned(pinned, level, Some(number)) = &self.0 else {
            return Ok(());
        };
        let state = pinned.lock().await?;
        match state.number(*level) == Some(*number) {
            true => Ok(()),
            false => Err(crate::connection_state::finished()),
        }
    }

    /// Whether it is a connection that is kept.
    pub fn is_kept(&self) -> bool {
        matches!(self.0, OwnedBehind::Pinned(..))
    }
}

/// Reads have connections of their own on an SQLite file.
fn pool(db: &Database, access: Access) -> &crate::pool::Pool {
    match &db.inner.reader {
        Some(reader) if access != Access::Write => reader,
        _ => &db.inner.writer,
    }
}
