//! [`Session`]: an identity map and a unit of work.
//!
//! ```text
//! let mut session = db.session();
//! let ann = session.one(User::filter(User::email.eq("ann@example.com"))).await?;    // Key<User>, Copy
//! session[ann].name = Some("Ann Lee".into());                                         // remembers what it was
//! let draft = session.add(NewPost { title: "Draft".into(), views: None, author: ann.into() });
//! session.commit().await?;                 // BEGIN; UPDATE users …; INSERT INTO posts …; COMMIT
//! assert_eq!(session[draft].views, 0);     // what the database filled in
//! ```
//!
//! The session is an arena: each row has one slot, however it was reached, and a [`Key`] addresses it. Reading and writing
//! `session[key]` touches memory alone; async methods talk to the database. Changes are found by comparing, and written at
//! [`flush`](Session::flush), which queries do by themselves, and at [`commit`](Session::commit): in the order that foreign
//! keys and unique values need, one statement for each table and set of columns. A flush that fails leaves the database as it
//! was and every change pending.
//!
//! The design is SQLAlchemy's `Session` (identity map, unit of work, autoflush), with keys instead of shared mutable objects;
//! unlike there, a failed flush can be fixed and retried.

mod aftermath;
mod alone;
mod arena;
pub(crate) mod arenas;
mod bulk;
mod by_key;
mod by_value;
mod cascade;
mod checks;
mod collection_changes;
mod dangling;
mod dirty;
mod effects;
mod evaluate;
pub(crate) mod events;
mod flush;
mod flush_plan;
mod in_lists;
mod index;
mod joins;
mod load;
mod loaded_collections;
mod on_commit;
mod owners;
mod pending;
mod pinned;
mod present;
mod query;
mod referrers;
mod related;
mod renamed;
mod report;
mod retrying;
mod stand_in;
mod statements;
mod topological;
mod transaction;
mod twins;
mod unique;
mod unit_of_work;

pub use crate::model::slot::Key;
pub use bulk::{Bulk, BulkChange};
pub use cascade::PlannedDeletion;
pub use dirty::FieldChange;
pub use query::KeyStream;
pub use related::Related;
pub use report::Flushed;
pub use retrying::LentSession;
pub use transaction::Savepoint;

use crate::model::{Model, NewModel};
use alone::Alone;
use aludel_engine::spi::Answers;
use aludel_engine::spi::command::BoxFuture;
use aludel_engine::{Answer, Database, Error, ErrorKind, Executor, Result, Transaction};
use arena::{Arena, State};
use arenas::{Arenas, foreign};
use collection_changes::Collection;
use effects::Effects;
use loaded_collections::LoadedCollections;
use on_commit::Callbacks;
use referrers::Referrers;
use retrying::{may_succeed_again, retrying};
use std::panic::Location;
use unit_of_work::{JoinWork, Place};

/// Opens sessions.
pub trait DatabaseExt: crate::sealed::Sealed {
    /// A session on this database. It holds no connection until something is flushed.
    fn session(&self) -> Session;

    /// Runs a function with a fresh session and commits it. When another writer was faster ([`ErrorKind::StaleData`],
    /// serialization failures, deadlocks), runs it again with a fresh session, at most `retries` times, waiting a little longer
    /// each time.
    ///
    /// ```text
    /// db.session_retrying(3, |mut session| async move {
    ///     let account = session.get::<Account>(id).await?;
    ///     session[account].balance -= amount;
    ///     Ok(())
    /// })
    /// .await?;
    /// ```
    ///
    /// Each try runs a clone of the function, with clones of what it captures. Side effects outside the database happen again;
    /// for what must happen once, see [`Session::on_commit`]. An error rolls back.
    ///
    /// # Errors
    /// Those of the function and of [`commit`](Session::commit).
    #[track_caller]
    fn session_retrying<'a, R, F, Fut>(&self, retries: usize, run: F) -> BoxFuture<'a, R>
    where
        F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
        Fut: Future<Output = R> + Send + 'a,
        R: Answer + Send + 'a;

    /// As [`session_retrying`](DatabaseExt::session_retrying), with an error type of the caller's own. Whether a retry may
    /// succeed is known from what failed in the session, even if the caller replaced its error.
    ///
    /// # Errors
    /// Those of the function and of [`commit`](Session::commit).
    #[track_caller]
    fn try_session_retrying<'a, T, E, F, Fut>(
        &self,
        retries: usize,
        run: F,
    ) -> BoxFuture<'a, Result<T, E>>
    where
        F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
        Fut: Future<Output = Result<T, E>> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a;
}

impl DatabaseExt for Database {
    fn session(&self) -> Session {
        Session::new(self.clone())
    }

    #[track_caller]
    fn session_retrying<'a, R, F, Fut>(&self, retries: usize, run: F) -> BoxFuture<'a, R>
    where
        F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
        Fut: Future<Output = R> + Send + 'a,
        R: Answer + Send + 'a,
    {
        let site = Location::caller();
        let answers = Answers::of_own(|answer: &R| answer.error().is_some_and(may_succeed_again));
        retrying(self.clone(), retries, run, site, answers)
    }

    #[track_caller]
    fn try_session_retrying<'a, T, E, F, Fut>(
        &self,
        retries: usize,
        run: F,
    ) -> BoxFuture<'a, Result<T, E>>
    where
        F: FnOnce(LentSession) -> Fut + Clone + Send + 'a,
        Fut: Future<Output = Result<T, E>> + Send + 'a,
        T: Send + 'a,
        E: From<Error> + Send + 'a,
    {
        let site = Location::caller();
        retrying(self.clone(), retries, run, site, Answers::of_any())
    }
}

/// An identity map and a unit of work over a database: see the [module](self).
///
/// Dropped, it rolls back what was flushed and not committed, and forgets the rest.
pub struct Session {
    db: Database,
    pub(crate) arenas: Arenas,
    /// The transaction, and savepoints in it.
    transactions: Vec<Transaction>,
    /// Rows of join tables that were flushed, by transaction level.
    joined: Vec<Vec<JoinWork>>,
    /// Rows of join tables to be flushed.
    joins: Vec<JoinWork>,
    /// Relation changes to be flushed.
    changes: Vec<Collection>,
    /// Drafts that were pushed to relations and are not flushed.
    pushed: Vec<Place>,
    /// What the current flush did in memory.
    effects: Effects,
    /// What the flushes of each transaction level did in memory.
    kept_effects: Vec<Vec<Effects>>,
    lists: LoadedCollections,
    /// Index of which rows refer to others.
    referrers: Referrers,
    autoflush: bool,
    validates: bool,
    /// A commit in progress: it runs to its end even if nobody waits for it.
    committing: Option<Alone<BoxFuture<'static, Result<()>>>>,
    /// Functions to be called after the commit.
    callbacks: Callbacks,
    /// Whether anything failed in this session because another writer was faster.
    has_lost: bool,
    /// An operation in a transaction is running, or was dropped while running.
    busy: bool,
    culprit: Option<Place>,
}

impl Session {
    fn new(db: Database) -> Session {
        Session {
            db,
            arenas: Arenas::new(),
            transactions: Vec::new(),
            joined: Vec::new(),
            joins: Vec::new(),
            changes: Vec::new(),
            pushed: Vec::new(),
            effects: Effects::default(),
            kept_effects: Vec::new(),
            lists: LoadedCollections::default(),
            referrers: Referrers::default(),
            autoflush: true,
            validates: true,
            committing: None,
            callbacks: Callbacks::default(),
            has_lost: false,
            busy: false,
            culprit: None,
        }
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.db
    }

    /// The executor of the next statement: the session's transaction, or the database if there is none.
    pub fn executor(&self) -> &dyn Executor {
        match self.transactions.last() {
            Some(transaction) => transaction,
            None => &self.db,
        }
    }

    /// Adds a draft: the next flush inserts it, and the key gets a row.
    pub fn add<N: NewModel>(&mut self, new: N) -> Key<N::Model> {
        let arena = self.arenas.of::<N::Model>();
        let slot = arena.add(new);
        arena.key(slot)
    }

    /// Adds several drafts, in this order.
    pub fn add_all<N: NewModel>(&mut self, new: impl IntoIterator<Item = N>) -> Vec<Key<N::Model>> {
        let arena = self.arenas.of::<N::Model>();
        let new = new.into_iter();
        arena.reserve::<N::Model>(new.size_hint().0);
        let slots = arena.add_each(new);
        slots.map(|slot| arena.key(slot)).collect()
    }

    /// Marks a row to be deleted by the next flush; a pending one is forgotten at once.
    ///
    /// Rows that refer to it follow their `on_delete`.
    ///
    /// # Errors
    /// A key of another session.
    pub fn remove<M: Model>(&mut self, key: Key<M>) -> Result<()> {
        self.arenas.check(key.id, M::NAME)?;
        self.arenas.of::<M>().remove(key.id.slot);
        Ok(())
    }

    /// The draft of a pending key.
    ///
    /// # Errors
    /// A key of another session, or of something that is not pending.
    pub fn draft<M: Model>(&self, key: Key<M>) -> Result<&M::New> {
        self.arenas.check(key.id, M::NAME)?;
        let arena = self.arenas.known::<M>();
        let draft = arena.and_then(|arena| arena.draft::<M>(key.id.slot));
        draft.ok_or_else(|| not_pending(M::NAME))
    }

    /// The draft of a pending key, to be changed.
    ///
    /// # Errors
    /// A key of another session, or of something that is not pending.
    pub fn draft_mut<M: Model>(&mut self, key: Key<M>) -> Result<&mut M::New> {
        self.arenas.check(key.id, M::NAME)?;
        let draft = self.arenas.of::<M>().draft_mut::<M>(key.id.slot);
        draft.ok_or_else(|| not_pending(M::NAME))
    }

    /// The row of a key, if it has one.
    ///
    /// # Errors
    /// A key of another session; a pending or deleted one.
    pub fn row<M: Model>(&self, key: Key<M>) -> Result<&M> {
        self.arenas.check(key.id, M::NAME)?;
        let arena = self.arenas.known::<M>();
        let row = arena.and_then(|arena| arena.row(key.id.slot));
        row.ok_or_else(|| self.no_row::<M>(key))
    }

    /// Takes a row out of the session, including its unflushed changes. The session forgets it.
    ///
    /// # Errors
    /// A key of another session; a pending or deleted one.
    pub fn detach<M: Model>(&mut self, key: Key<M>) -> Result<M> {
        self.arenas.check(key.id, M::NAME)?;
        let row = self.arenas.of::<M>().detach(key.id.slot);
        row.ok_or_else(|| self.no_row::<M>(key))
    }

    /// Makes the next [`get`](Session::get) or query read the row again. Until then it stays readable, as it is.
    ///
    /// # Errors
    /// A key of another session.
    pub fn expire<M: Model>(&mut self, key: Key<M>) -> Result<()> {
        self.arenas.check(key.id, M::NAME)?;
        let at = self.arenas.index_of::<M>();
        self.arenas.expire((at, key.id.slot));
        Ok(())
    }

    /// Makes the next queries read all rows again.
    pub fn expire_all(&mut self) {
        for at in 0..self.arenas.len() {
            let arena = self.arenas.at_mut(at);
            (0..arena.len() as u32).for_each(|slot| arena.expire(slot));
        }
    }

    /// The keys of drafts that are not flushed, in the order in which they were added.
    pub fn new_keys<M: Model>(&self) -> Vec<Key<M>> {
        self.keys_of(|arena| arena.pending().to_vec())
    }

    /// The keys of changed rows that are not flushed.
    pub fn dirty_keys<M: Model>(&self) -> Vec<Key<M>> {
        self.keys_of(dirty::dirty)
    }

    /// The keys of removed rows that are not flushed.
    pub fn deleted_keys<M: Model>(&self) -> Vec<Key<M>> {
        self.keys_of(|arena| arena.removed().to_vec())
    }

    fn keys_of<M: Model>(&self, slots: fn(&Arena) -> Vec<u32>) -> Vec<Key<M>> {
        let Some(arena) = self.arenas.known::<M>() else {
            return Vec::new();
        };
        let slots = slots(arena);
        slots.into_iter().map(|slot| arena.key(slot)).collect()
    }

    /// The row of this model that made the last flush fail, if the database said which.
    pub fn failed<M: Model>(&self) -> Option<Key<M>> {
        let (arena, slot) = self.culprit?;
        let known = self.arenas.known::<M>()?;
        let same = self.arenas.by_meta(M::meta()) == Some(arena);
        same.then(|| known.key(slot))
    }

    /// Runs a function with a session that does not flush before queries.
    pub async fn without_autoflush<T>(
        &mut self,
        run: impl AsyncFnOnce(&mut Session) -> Result<T>,
    ) -> Result<T> {
        /// Restores the setting, even if the future is dropped.
        struct Quiet<'s>(&'s mut Session, bool);
        impl Drop for Quiet<'_> {
            fn drop(&mut self) {
                self.0.autoflush = self.1;
            }
        }
        let before = std::mem::replace(&mut self.autoflush, false);
        let quiet = Quiet(self, before);
        run(quiet.0).await
    }

    /// Whether flushes validate rows by their models' rules; the default is yes.
    pub fn set_validation(&mut self, validates: bool) {
        self.validates = validates;
    }

    /// Whether queries flush first.
    pub fn set_autoflush(&mut self, autoflush: bool) {
        self.autoflush = autoflush;
    }

    /// Why a key has no row.
    fn no_row<M: Model>(&self, key: Key<M>) -> Error {
        if key.id.session != self.arenas.session {
            return foreign(M::NAME);
        }
        let arena = self.arenas.known::<M>();
        let state = arena.and_then(|arena| arena.state(key.id.slot));
        let why = match state {
            Some(State::Pending) => {
                "is pending: it has no row before the next flush; `session.draft(key)` is what will be inserted"
            }
            Some(State::Deleted | State::Removed) => "was deleted",
            _ => "was deleted or detached",
        };
        Error::new(ErrorKind::NotFound, format!("this {} {why}", M::NAME))
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("id", &self.arenas.session)
            .field("in_transaction", &!self.transactions.is_empty())
            .finish_non_exhaustive()
    }
}

fn not_pending(model: &str) -> Error {
    Error::session_state(format!(
        "this {model} is not pending: it has a row, `session[key]`, or is gone"
    ))
}
