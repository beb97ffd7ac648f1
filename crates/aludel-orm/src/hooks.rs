//! Hooks: functions that run when rows are written, of a model (`#[model(hooks)]` and `impl Hooks`) or of a database
//! (`db.on::<AfterInsert<Post>>(|post| …)`).
//!
//! | when | gets | an error |
//! |---|---|---|
//! | [`BeforeFlush`] | – | nothing is sent |
//! | [`BeforeInsert`], [`BeforeUpdate`], [`BeforeDelete`] | the draft or row; the first two may change it | nothing is sent |
//! | [`AfterInsert`], [`AfterUpdate`], [`AfterDelete`] | the row as it was written | rolls the flush back |
//! | [`AfterFlush`] | what was written | rolls the flush back |
//! | [`BeforeCommit`] | – | the transaction stays open |
//! | [`AfterCommit`], [`AfterRollback`] | – | there is none |
//!
//! They run in this order: a model's own first, then the database's in the order in which they were added. `insert`, `save`,
//! `patch` and `delete` of plain objects run those of their row, and so do those of the dynamic layer; bulk statements
//! (`insert_many`, updates and deletes by query, and [`Session::execute`](crate::Session::execute)) run none, as in Django.
//! A hook is a plain function: it can't wait for the database. If a flush fails, a retry runs its `before` hooks again.

use crate::model::Model;
use crate::session::Flushed;
use aludel_engine::{Database, Result};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, PoisonError, RwLock};

/// The hooks of a model: implement those you need, and add `#[model(hooks)]`.
pub trait Hooks: Model {
    /// Before a row is inserted; may change it.
    ///
    /// # Errors
    /// The hook's own: then nothing is sent.
    fn before_insert(new: &mut Self::New) -> Result<()> {
        let _ = new;
        Ok(())
    }
    /// After a row was inserted.
    ///
    /// # Errors
    /// The hook's own: then it is rolled back.
    fn after_insert(row: &Self) -> Result<()> {
        let _ = row;
        Ok(())
    }
    /// Before a row is updated; may change it.
    ///
    /// # Errors
    /// The hook's own: then nothing is sent.
    fn before_update(row: &mut Self) -> Result<()> {
        let _ = row;
        Ok(())
    }
    /// After a row was updated.
    ///
    /// # Errors
    /// The hook's own: then it is rolled back.
    fn after_update(row: &Self) -> Result<()> {
        let _ = row;
        Ok(())
    }
    /// Before a row is deleted.
    ///
    /// # Errors
    /// The hook's own: then nothing is sent.
    fn before_delete(row: &Self) -> Result<()> {
        let _ = row;
        Ok(())
    }
    /// After a row was deleted.
    ///
    /// # Errors
    /// The hook's own: then it is rolled back.
    fn after_delete(row: &Self) -> Result<()> {
        let _ = row;
        Ok(())
    }
}

/// An event at which hooks are called.
pub trait Event: Send + Sync + 'static {
    /// What a hook gets.
    type Subject<'a>;
    /// What it returns.
    type Answer: Answer;
}

/// The return type of a hook: a result, or nothing where nothing can be undone any more.
pub trait Answer {
    /// Converts it to a result.
    ///
    /// # Errors
    /// The hook's own.
    fn into_result(self) -> Result<()>;
}

impl Answer for Result<()> {
    fn into_result(self) -> Result<()> {
        self
    }
}

impl Answer for () {
    fn into_result(self) -> Result<()> {
        Ok(())
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident<M>($subject:ty) -> $answer:ty;)+) => {$(
        $(#[$doc])*
        pub struct $name<M>(PhantomData<fn() -> M>);
        impl<M: Model> Event for $name<M> {
            type Subject<'a> = $subject;
            type Answer = $answer;
        }
    )+};
    ($($(#[$doc:meta])* $name:ident($subject:ty) -> $answer:ty;)+) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Event for $name {
            type Subject<'a> = $subject;
            type Answer = $answer;
        }
    )+};
}

events! {
    /// Before a row is inserted.
    BeforeInsert<M>(&'a mut M::New) -> Result<()>;
    /// After a row was inserted.
    AfterInsert<M>(&'a M) -> Result<()>;
    /// Before a row is updated.
    BeforeUpdate<M>(&'a mut M) -> Result<()>;
    /// After a row was updated.
    AfterUpdate<M>(&'a M) -> Result<()>;
    /// Before a row is deleted.
    BeforeDelete<M>(&'a M) -> Result<()>;
    /// After a row was deleted.
    AfterDelete<M>(&'a M) -> Result<()>;
}

events! {
    /// Before a session's flush.
    BeforeFlush(()) -> Result<()>;
    /// After a session's flush, while it can be rolled back.
    AfterFlush(&'a Flushed) -> Result<()>;
    /// Before a session's commit.
    BeforeCommit(()) -> Result<()>;
    /// After a session's commit.
    AfterCommit(()) -> ();
    /// After a session's rollback.
    AfterRollback(()) -> ();
}

/// A hook of a database.
type Handler<E> = dyn for<'a> Fn(<E as Event>::Subject<'a>) -> <E as Event>::Answer + Send + Sync;

/// The hooks of a database.
#[derive(Default)]
pub(crate) struct Registry {
    handlers: RwLock<HashMap<TypeId, Vec<Arc<dyn Any + Send + Sync>>>>,
}

impl Registry {
    fn of<E: Event>(&self) -> Vec<Arc<dyn Any + Send + Sync>> {
        let handlers = self.handlers.read().unwrap_or_else(PoisonError::into_inner);
        handlers
            .get(&TypeId::of::<E>())
            .cloned()
            .unwrap_or_default()
    }
}

/// Adds hooks to a database.
pub trait On {
    /// Calls a function at every event of a kind, on this database and its clones:
    /// `db.on::<AfterInsert<Post>>(|post| { …; Ok(()) })`.
    fn on<E: Event>(
        &self,
        hook: impl for<'a> Fn(E::Subject<'a>) -> E::Answer + Send + Sync + 'static,
    );
}

impl On for Database {
    fn on<E: Event>(
        &self,
        hook: impl for<'a> Fn(E::Subject<'a>) -> E::Answer + Send + Sync + 'static,
    ) {
        let registry = self.extension::<Registry>();
        let handler: Box<Handler<E>> = Box::new(hook);
        let mut handlers = registry
            .handlers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        handlers
            .entry(TypeId::of::<E>())
            .or_default()
            .push(Arc::new(handler));
    }
}

/// Calls the database's hooks of an event.
pub(crate) fn call<E: Event>(
    db: &Database,
    mut subject: impl FnMut(&Handler<E>) -> E::Answer,
) -> Result<()> {
    let Some(registry) = db.known_extension::<Registry>() else {
        return Ok(());
    };
    for handler in registry.of::<E>() {
        if let Some(handler) = handler.downcast_ref::<Box<Handler<E>>>() {
            subject(&**handler).into_result()?;
        }
    }
    Ok(())
}

/// Calls the database's hooks of an event that can't be undone: if one panics, the others are still called, and then the
/// panic continues.
pub(crate) fn call_all<E: Event<Answer = ()>>(db: &Database, mut subject: impl FnMut(&Handler<E>)) {
    let Some(registry) = db.known_extension::<Registry>() else {
        return;
    };
    let mut panicked = None;
    for handler in registry.of::<E>() {
        if let Some(handler) = handler.downcast_ref::<Box<Handler<E>>>()
            && let Err(payload) = catch_unwind(AssertUnwindSafe(|| subject(&**handler)))
        {
            panicked = panicked.or(Some(payload));
        }
    }
    if let Some(payload) = panicked {
        resume_unwind(payload);
    }
}

/// A function that is called after a commit.
pub(crate) type Callback = Box<dyn FnOnce() + Send>;

/// Calls functions that can't be undone: if one panics, the others are still called, and then the panic continues.
pub(crate) fn call_back(callbacks: Vec<Callback>) {
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

/// Runs what follows a commit: the database's hooks, then these functions, even if one of the hooks panics.
pub(crate) fn after_commit(db: &Database, callbacks: Vec<Callback>) {
    let hooks = || call_all::<AfterCommit>(db, |hook| hook(()));
    let hooked = catch_unwind(AssertUnwindSafe(hooks));
    call_back(callbacks);
    if let Err(payload) = hooked {
        resume_unwind(payload);
    }
}

/// Whether any hooks are called when rows of this model are written.
pub(crate) fn is_hooked<M: Model>(db: &Database) -> bool {
    M::HOOKED || has_hooks(db)
}

/// Whether hooks of any model are registered with the database.
pub(crate) fn has_hooks(db: &Database) -> bool {
    db.known_extension::<Registry>().is_some()
}

/// A moment of a row's life at which hooks are called.
#[doc(hidden)]
pub enum Moment<'a, M: Model> {
    BeforeInsert(&'a mut M::New),
    AfterInsert(&'a M),
    BeforeUpdate(&'a mut M),
    AfterUpdate(&'a M),
    BeforeDelete(&'a M),
    AfterDelete(&'a M),
}

/// Calls a model's own hooks.
#[doc(hidden)]
pub fn dispatch<M: Hooks>(moment: Moment<'_, M>) -> Result<()> {
    match moment {
        Moment::BeforeInsert(new) => M::before_insert(new),
        Moment::AfterInsert(row) => M::after_insert(row),
        Moment::BeforeUpdate(row) => M::before_update(row),
        Moment::AfterUpdate(row) => M::after_update(row),
        Moment::BeforeDelete(row) => M::before_delete(row),
        Moment::AfterDelete(row) => M::after_delete(row),
    }
}

/// Calls all hooks of a moment: the model's, then the database's.
pub(crate) fn run<M: Model>(db: &Database, moment: Moment<'_, M>) -> Result<()> {
    match moment {
        Moment::BeforeInsert(new) => {
            M::on(Moment::BeforeInsert(new))?;
            call::<BeforeInsert<M>>(db, |hook| hook(new))
        }
        Moment::AfterInsert(row) => {
            M::on(Moment::AfterInsert(row))?;
            call::<AfterInsert<M>>(db, |hook| hook(row))
        }
        Moment::BeforeUpdate(row) => {
            M::on(Moment::BeforeUpdate(row))?;
            call::<BeforeUpdate<M>>(db, |hook| hook(row))
        }
        Moment::AfterUpdate(row) => {
            M::on(Moment::AfterUpdate(row))?;
            call::<AfterUpdate<M>>(db, |hook| hook(row))
        }
        Moment::BeforeDelete(row) => {
            M::on(Moment::BeforeDelete(row))?;
            call::<BeforeDelete<M>>(db, |hook| hook(row))
        }
        Moment::AfterDelete(row) => {
            M::on(Moment::AfterDelete(row))?;
            call::<AfterDelete<M>>(db, |hook| hook(row))
        }
    }
}
