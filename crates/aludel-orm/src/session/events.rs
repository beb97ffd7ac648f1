//! The events of a session, and the calls of its hooks.

use super::Flushed;
use crate::model::row_hooks::{AnySubject, Event, Registry};
use crate::sealed::Sealed;
use aludel_engine::{Database, Result};
use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident($subject:ty, $from:ident) -> $answer:ty;)+) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Sealed for $name {}
        impl Event for $name {
            type Subject<'a> = $subject;
            type Answer = $answer;
            fn subject<'a>(subject: AnySubject<'a>) -> Option<$subject> {
                subject.$from()
            }
        }
    )+};
}

events! {
    /// Before a session's flush.
    BeforeFlush((), nothing) -> Result<()>;
    /// After a session's flush, while it can be rolled back.
    AfterFlush(&'a Flushed, shared) -> Result<()>;
    /// Before a session's commit.
    BeforeCommit((), nothing) -> Result<()>;
    /// After a session's commit.
    AfterCommit((), nothing) -> ();
    /// After a session's rollback.
    AfterRollback((), nothing) -> ();
}

/// Calls the database's hooks of an event that can't be undone: if one panics, the others are still called, and then the
/// panic continues.
pub(crate) fn call_all<E: Event<Answer = ()>>(db: &Database) {
    let Some(registry) = db.known_extension::<Registry>() else {
        return;
    };
    let mut panicked = None;
    for handler in registry.of(TypeId::of::<E>()) {
        let called = catch_unwind(AssertUnwindSafe(|| handler(AnySubject::Nothing)));
        if let Err(payload) = called {
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
    let hooks = || call_all::<AfterCommit>(db);
    let hooked = catch_unwind(AssertUnwindSafe(hooks));
    call_back(callbacks);
    if let Err(payload) = hooked {
        resume_unwind(payload);
    }
}
