//! Flush, commit, rollback and savepoints.
//!
//! The session has no transaction until something is flushed, so it holds no connection while it only reads. A flush inside an
//! open transaction is a savepoint of its own: it happens as a whole or not at all.

use super::Session;
use super::aftermath::Written;
use super::alone::Alone;
use super::flush::{Done, Flush, is_of_a_row};
use super::flush_plan::{Plan, plan};
use super::report::Flushed;
use super::retrying::may_succeed_again;
use super::unit_of_work::{Work, collect};
use crate::model::row_hooks::{AnySubject, call};
use crate::session::events::{
    AfterRollback, BeforeCommit, BeforeFlush, after_commit, call_all, call_back,
};
use aludel_engine::spi::Target;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::{Error, ErrorKind, Executor, Result, Transaction};
use std::future::poll_fn;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

impl Session {
    /// Writes all pending changes, in a transaction that stays open until [`commit`](Session::commit) or
    /// [`rollback`](Session::rollback). Without changes nothing is sent.
    ///
    /// # Errors
    /// Constraint violations, [`ErrorKind::StaleData`], and any database error. Then the database is as before the flush, every
    /// change is still pending, and the error says which row failed ([`Error::row`](aludel_engine::Error::row),
    /// [`Session::failed`]): fix it and flush again.
    #[track_caller]
    pub fn flush(&mut self) -> impl Future<Output = Result<Flushed>> + Send {
        let site = Location::caller();
        async move {
            self.recover(site).await?;
            self.flush_at(site).await
        }
    }

    /// Flushes and commits; returns what the flush before it wrote. Without changes and without a transaction nothing is sent.
    /// Rows that were read stay readable.
    ///
    /// The COMMIT itself is not cancelled when this future is dropped: the session's next operation waits for its end.
    ///
    /// # Errors
    /// As [`flush`](Session::flush); errors that the database reports at the end (deferred constraints, serialization
    /// failures): then everything is rolled back and pending again.
    #[track_caller]
    pub fn commit(&mut self) -> impl Future<Output = Result<Flushed>> + Send {
        let site = Location::caller();
        async move { self.commit_at(site).await }
    }

    pub(crate) async fn commit_at(&mut self, site: &'static Location<'static>) -> Result<Flushed> {
        self.recover(site).await?;
        let report = self.flush_at(site).await?;
        if self.transactions.len() > 1 {
            return Err(Error::new(
                aludel_engine::ErrorKind::TransactionState,
                "a savepoint is open; commit or roll it back first",
            ));
        }
        if !self.transactions.is_empty() {
            call::<BeforeCommit>(&self.db, AnySubject::Nothing)?;
        }
        match self.transactions.pop() {
            Some(transaction) => {
                let commit: BoxFuture<'static, Result<()>> = Box::pin(transaction.commit_at(site));
                self.committing = Some(Alone::new(commit));
                self.finish_commit().await?;
            }
            // Nothing was written, so the functions that wait for the commit run now.
            None => call_back(self.callbacks.take()),
        }
        Ok(report)
    }

    /// Undoes everything since the last commit, in the database and in memory: rows are as the database has them, inserted rows
    /// are pending again, deleted ones exist again, and changes are forgotten.
    ///
    /// # Errors
    /// A lost connection; the database has rolled back then.
    #[track_caller]
    pub fn rollback(&mut self) -> impl Future<Output = Result<()>> + Send {
        let site = Location::caller();
        async move { self.rollback_at(site).await }
    }

    pub(crate) async fn rollback_at(&mut self, site: &'static Location<'static>) -> Result<()> {
        self.recover(site).await?;
        self.restore_to(0, false)?;
        let outermost = self.transactions.drain(..).next();
        let Some(transaction) = outermost else {
            return Ok(());
        };
        let rolled_back = transaction.rollback_at(site).await;
        call_all::<AfterRollback>(&self.db);
        rolled_back
    }

    /// Begins a transaction, if there is none: later reads run in it.
    ///
    /// # Errors
    /// Those of the database.
    #[track_caller]
    pub fn begin(&mut self) -> impl Future<Output = Result<()>> + Send {
        let site = Location::caller();
        async move {
            self.recover(site).await?;
            self.begin_at(site).await
        }
    }

    pub(crate) async fn begin_at(&mut self, site: &'static Location<'static>) -> Result<()> {
        if self.transactions.is_empty() {
            let begun = self.db.target().begin(site).await;
            if let Err(error) = &begun {
                self.has_lost |= may_succeed_again(error);
            }
            self.open(begun?);
        }
        Ok(())
    }

    /// Flushes, and sets a savepoint: what follows can be undone on its own. The guard acts as the session while it lives; when
    /// dropped, it rolls back to the savepoint.
    ///
    /// # Errors
    /// As [`flush`](Session::flush).
    #[track_caller]
    pub fn savepoint(&mut self) -> impl Future<Output = Result<Savepoint<'_>>> + Send {
        let site = Location::caller();
        async move {
            self.recover(site).await?;
            self.flush_at(site).await?;
            self.begin_at(site).await?;
            let nested = self.executor().target().begin(site).await?;
            self.open(nested);
            let level = self.transactions.len();
            Ok(Savepoint {
                session: self,
                level,
            })
        }
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        !self.transactions.is_empty()
    }

    fn open(&mut self, transaction: Transaction) {
        self.transactions.push(transaction);
        self.joined.push(Vec::new());
        self.kept_effects.push(Vec::new());
        self.arenas.push_frame();
    }

    /// Whether there may be something to flush.
    pub(crate) fn has_changes(&self) -> bool {
        !self.joins.is_empty()
            || !self.changes.is_empty()
            || self.arenas.iter().any(|arena| arena.is_touched())
    }

    pub(crate) async fn flush_at(&mut self, site: &'static Location<'static>) -> Result<Flushed> {
        self.culprit = None;
        if !self.has_changes() {
            return Ok(Flushed::default());
        }
        self.busy = !self.transactions.is_empty();
        let sending = Sending(self);
        let result = sending.0.flush_changes(site).await;
        drop(sending);
        if let Err(error) = &result {
            self.has_lost |= may_succeed_again(error);
            // The outer transaction may be gone, too.
            self.recover(site).await?;
        }
        self.busy = false;
        result
    }

    async fn flush_changes(&mut self, site: &'static Location<'static>) -> Result<Flushed> {
        self.begin_effects();
        self.gather(site).await?;
        self.follow_deletes(site).await?;
        self.before_hooks()?;
        self.note_reached();
        self.forget_dead_joins();
        let drafts = self.arenas.send(Some(self.db.dialect()));
        let mut work = collect(&self.arenas, drafts, &self.joins)?;
        for (at, table) in work.tables.iter_mut().enumerate() {
            for (slot, values) in table.known.drain(..) {
                self.arenas.at_mut(at).resolved(slot, &values)?;
            }
        }
        if work.is_empty() {
            self.pushed.clear();
            self.forget_effects();
            self.settle();
            return Ok(Flushed::default());
        }
        if self.validates
            && let Err((place, error)) = work.validate()
        {
            self.culprit = Some(place);
            return Err(error);
        }
        if let Err((place, error)) = work.fit() {
            self.culprit = Some(place);
            return Err(error);
        }
        let plan = plan(&work)?;
        match self.write(work, &plan, site).await {
            Ok(done) => {
                let erased = done.erased(&self.arenas);
                let written = match erased.is_empty() {
                    true => Written::default(),
                    false => done.written(&self.arenas),
                };
                let mut report = match done.apply(&mut self.arenas) {
                    Ok(report) => report,
                    Err(error) => {
                        // A value was written that can't be read back: rolls everything back.
                        self.keep_effects();
                        self.restore_to(0, true)?;
                        let outermost = self.transactions.drain(..).next();
                        if let Some(transaction) = outermost {
                            drop(transaction.rollback_at(site).await);
                        }
                        return Err(error);
                    }
                };
                report.add(&self.follow_database(&erased, &written)?);
                self.pushed.clear();
                self.keep_effects();
                let joins = std::mem::take(&mut self.joins);
                self.lists.follow(&mut self.arenas, &joins);
                if let Some(frame) = self.joined.last_mut() {
                    frame.extend(joins);
                }
                self.settle();
                // Changes that had to wait until a row existed again.
                if self.arenas.iter().any(|arena| arena.is_touched()) {
                    report.add(&Box::pin(self.flush_changes(site)).await?);
                    return Ok(report);
                }
                Ok(report)
            }
            Err(error) => Err(error),
        }
    }

    /// Calls the hooks that come before a flush: `BeforeFlush`, then those of all rows that it would write.
    fn before_hooks(&mut self) -> Result<()> {
        call::<BeforeFlush>(&self.db, AnySubject::Nothing)?;
        for at in 0..self.arenas.len() {
            if self.arenas.at(at).is_hooked(&self.db)
                && let Err((slot, error)) = self.arenas.at_mut(at).before(&self.db)
            {
                self.culprit = Some((at, slot));
                return Err(error);
            }
        }
        // The hooks may have changed rows of relations, too.
        self.drain_changes()?;
        self.settle_collections()
    }

    fn settle(&mut self) {
        for at in 0..self.arenas.len() {
            self.arenas.at_mut(at).settle();
        }
    }

    /// Runs a plan in a transaction or savepoint of its own.
    async fn write(
        &mut self,
        work: Work,
        plan: &Plan,
        site: &'static Location<'static>,
    ) -> Result<Done> {
        let own = self.executor().target().begin(site).await?;
        let mut flush = Flush::new(&self.arenas, own.target(), work, false, site);
        let result = flush.run(plan).await;
        let (culprit, is_doubtful) = (flush.culprit, flush.is_doubtful);
        drop(flush);
        let result = result.and_then(|done| {
            done.after(&self.arenas, &self.db)?;
            Ok(done)
        });
        match result {
            Ok(done) => {
                if self.transactions.is_empty() {
                    self.open(own);
                } else {
                    own.commit_at(site).await?;
                }
                Ok(done)
            }
            Err(error) => {
                // The caller's error matters more than one of the rollback.
                drop(own.rollback_at(site).await);
                self.culprit = culprit;
                if (culprit.is_none() || is_doubtful) && is_of_a_row(&error) {
                    return Err(self.diagnose(plan, error, site).await);
                }
                Err(error)
            }
        }
    }

    /// Runs a failed plan again, row by row, to find the row that fails; and rolls it back. A row that another writer changed
    /// may turn out to be the cause of another row's failure.
    async fn diagnose(
        &mut self,
        plan: &Plan,
        error: Error,
        site: &'static Location<'static>,
    ) -> Error {
        self.arenas.take_back();
        let drafts = self.arenas.send(None);
        let Ok(work) = collect(&self.arenas, drafts, &self.joins) else {
            return error;
        };
        let Ok(own) = self.executor().target().begin(site).await else {
            return error;
        };
        let mut flush = Flush::new(&self.arenas, own.target(), work, true, site);
        let (again, culprit) = (flush.run(plan).await, flush.culprit);
        drop(flush);
        drop(own.rollback_at(site).await);
        match again {
            Err(told) if told.kind() == error.kind() || told.kind() == ErrorKind::StaleData => {
                self.culprit = culprit;
                told
            }
            _ => error,
        }
    }

    /// Undoes levels of the transaction in memory, innermost first: restores what the database has, or keeps all changes as
    /// pending.
    pub(crate) fn restore_to(&mut self, level: usize, keep: bool) -> Result<()> {
        if !keep {
            self.forget_changes();
            self.joins.clear();
            self.callbacks.forget_above(level);
            self.arenas.each(|arena| arena.discard())?;
        } else {
            // A draft has no place for what was added to its row's relations.
            drop(self.drain_changes());
        }
        self.callbacks.lower_to(level.max(1));
        while self.arenas.frames() > level {
            self.arenas.restore_frame(keep)?;
            match keep {
                true => self.undo_kept_effects(),
                false => drop(self.kept_effects.pop()),
            }
            let joined = self.joined.pop().unwrap_or_default();
            if keep {
                let later = std::mem::replace(&mut self.joins, joined);
                self.note_joins(later);
            }
        }
        self.lists.forget_changed();
        Ok(())
    }

    /// Waits for a commit in progress, and finds out the outcome of a transaction whose operation was dropped.
    pub(crate) async fn recover(&mut self, site: &'static Location<'static>) -> Result<()> {
        if self.committing.is_some() {
            self.finish_commit().await?;
        }
        if std::mem::replace(&mut self.busy, false)
            && let Some(transaction) = self.transactions.last()
            && transaction.is_over().await
        {
            self.has_lost |= transaction.has_lost().await;
            match transaction.was_ended().await {
                true => self.take_for_committed(),
                false => self.restore_to(0, true)?,
            }
            self.transactions.clear();
        }
        let _ = site;
        Ok(())
    }

    /// Treats what was flushed as committed, so that nothing is written twice. That is usually right, too, if a statement has
    /// ended the transaction.
    fn take_for_committed(&mut self) {
        self.arenas.commit();
        self.joined.clear();
        self.kept_effects.clear();
        self.lists.commit();
    }

    async fn finish_commit(&mut self) -> Result<()> {
        let result = poll_fn(|cx| match &mut self.committing {
            Some(commit) => commit.get_mut().as_mut().poll(cx),
            None => std::task::Poll::Ready(Ok(())),
        })
        .await;
        self.committing = None;
        match result {
            Ok(()) => {
                self.take_for_committed();
                after_commit(&self.db, self.callbacks.take());
                Ok(())
            }
            Err(error) if error.kind() == ErrorKind::TransactionFinished => {
                self.take_for_committed();
                Err(error)
            }
            Err(error) => {
                self.has_lost |= may_succeed_again(&error);
                self.restore_to(0, true)?;
                Err(error)
            }
        }
    }
}

/// A session whose flush is in progress. When dropped, turns drafts that were not inserted back into drafts, and undoes what a
/// failed flush did in memory.
struct Sending<'s>(&'s mut Session);

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        self.0.arenas.take_back();
        self.0.undo_effects();
    }
}

/// A savepoint of a session: it acts as the session until it is committed or rolled back. Dropped, it rolls back.
#[must_use = "dropped, it rolls back"]
pub struct Savepoint<'s> {
    session: &'s mut Session,
    level: usize,
}

impl Savepoint<'_> {
    /// Flushes, and keeps what was done since as part of the outer level.
    ///
    /// # Errors
    /// As [`Session::flush`]: then the database is as it was when the savepoint was set, and everything since is pending in the
    /// session.
    #[track_caller]
    pub fn commit(self) -> impl Future<Output = Result<()>> + Send {
        let site = Location::caller();
        async move {
            let mut guard = self;
            guard.session.recover(site).await?;
            if let Err(error) = guard.session.flush_at(site).await {
                guard.give_back(site).await;
                return Err(error);
            }
            if guard.session.transactions.len() != guard.level {
                return Err(Error::new(
                    ErrorKind::TransactionFinished,
                    "the transaction around the savepoint is over",
                ));
            }
            if let Some(nested) = guard.session.transactions.pop() {
                // While it commits, the savepoint is neither open nor part of the outer level: a drop undoes it.
                nested.commit_at(site).await?;
                guard.session.arenas.merge_frame();
                let joined = guard.session.joined.pop().unwrap_or_default();
                if let Some(outer) = guard.session.joined.last_mut() {
                    outer.extend(joined);
                }
                let kept = guard.session.kept_effects.pop().unwrap_or_default();
                if let Some(outer) = guard.session.kept_effects.last_mut() {
                    outer.extend(kept);
                }
                guard.session.callbacks.lower_to(guard.level - 1);
                guard.level = usize::MAX;
            }
            Ok(())
        }
    }

    /// Undoes in the database what was done since, and keeps it as pending.
    async fn give_back(&mut self, site: &'static Location<'static>) {
        let level = std::mem::replace(&mut self.level, usize::MAX);
        // If the outer transaction is gone, it is undone already.
        if self.session.arenas.frames() < level {
            return;
        }
        // It can't fail: the restored values were read before.
        drop(self.session.restore_to(level - 1, true));
        let nested = self.session.transactions.drain(level - 1..).next();
        self.session.busy = !self.session.transactions.is_empty();
        if let Some(nested) = nested {
            // The error of the flush matters more than one of the rollback.
            drop(nested.rollback_at(site).await);
        }
    }

    /// Undoes what was done since, in the database and in memory.
    ///
    /// # Errors
    /// A lost connection.
    #[track_caller]
    pub fn rollback(self) -> impl Future<Output = Result<()>> + Send {
        let site = Location::caller();
        async move {
            let mut guard = self;
            guard.session.recover(site).await?;
            let level = std::mem::replace(&mut guard.level, usize::MAX);
            if guard.session.transactions.len() < level {
                return Ok(());
            }
            guard.session.restore_to(level - 1, false)?;
            let nested = guard.session.transactions.drain(level - 1..).next();
            match nested {
                Some(nested) => nested.rollback_at(site).await,
                None => Ok(()),
            }
        }
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.level == usize::MAX || self.session.arenas.frames() < self.level {
            return;
        }
        drop(self.session.restore_to(self.level - 1, false));
        self.session.transactions.truncate(self.level - 1);
        self.session.busy = !self.session.transactions.is_empty();
    }
}

impl Deref for Savepoint<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.session
    }
}

impl DerefMut for Savepoint<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session
    }
}

impl Session {
    /// The target of the session's next statement.
    pub(crate) fn target(&self) -> Target<'_> {
        self.executor().target()
    }
}
