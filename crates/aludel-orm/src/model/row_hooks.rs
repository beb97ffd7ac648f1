//! Hooks of rows: the model's own (`impl Hooks`) and a database's (`db.on::<AfterInsert<Post>>(…)`).

use crate::model::Model;
use crate::sealed::Sealed;
use aludel_engine::{Database, Result};
use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::marker::PhantomData;
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
pub trait Event: Sealed + Send + Sync + 'static {
    /// What a hook gets.
    type Subject<'a>;
    /// What it returns.
    type Answer: Answer;
    /// The subject of a hook, if it is of this event.
    #[doc(hidden)]
    fn subject<'a>(subject: AnySubject<'a>) -> Option<Self::Subject<'a>>;
}

/// What a hook gets, for code that does not know its type.
#[doc(hidden)]
pub enum AnySubject<'a> {
    Nothing,
    Shared(&'a dyn Any),
    Mutable(&'a mut dyn Any),
}

impl<'a> AnySubject<'a> {
    pub(crate) fn nothing(self) -> Option<()> {
        matches!(self, AnySubject::Nothing).then_some(())
    }
    pub(crate) fn shared<T: 'static>(self) -> Option<&'a T> {
        match self {
            AnySubject::Shared(subject) => subject.downcast_ref(),
            AnySubject::Nothing | AnySubject::Mutable(_) => None,
        }
    }
    fn mutable<T: 'static>(self) -> Option<&'a mut T> {
        match self {
            AnySubject::Mutable(subject) => subject.downcast_mut(),
            AnySubject::Nothing | AnySubject::Shared(_) => None,
        }
    }
    fn again(&mut self) -> AnySubject<'_> {
        match self {
            AnySubject::Nothing => AnySubject::Nothing,
            AnySubject::Shared(subject) => AnySubject::Shared(*subject),
            AnySubject::Mutable(subject) => AnySubject::Mutable(&mut **subject),
        }
    }
}

/// The return type of a hook: a result, or nothing where nothing can be undone any more.
pub trait Answer: Sealed {
    /// Converts it to a result.
    ///
    /// # Errors
    /// The hook's own.
    fn into_result(self) -> Result<()>;
}

impl Sealed for Result<()> {}
impl Sealed for () {}
impl Sealed for Database {}

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
    ($($(#[$doc:meta])* $name:ident<M>($subject:ty, $from:ident) -> $answer:ty;)+) => {$(
        $(#[$doc])*
        pub struct $name<M>(PhantomData<fn() -> M>);
        impl<M> Sealed for $name<M> {}
        impl<M: Model> Event for $name<M> {
            type Subject<'a> = $subject;
            type Answer = $answer;
            fn subject<'a>(subject: AnySubject<'a>) -> Option<$subject> {
                subject.$from()
            }
        }
    )+};
}

events! {
    /// Before a row is inserted.
    BeforeInsert<M>(&'a mut M::New, mutable) -> Result<()>;
    /// After a row was inserted.
    AfterInsert<M>(&'a M, shared) -> Result<()>;
    /// Before a row is updated.
    BeforeUpdate<M>(&'a mut M, mutable) -> Result<()>;
    /// After a row was updated.
    AfterUpdate<M>(&'a M, shared) -> Result<()>;
    /// Before a row is deleted.
    BeforeDelete<M>(&'a M, shared) -> Result<()>;
    /// After a row was deleted.
    AfterDelete<M>(&'a M, shared) -> Result<()>;
}

/// A hook of a database.
type Handler = dyn Fn(AnySubject<'_>) -> Result<()> + Send + Sync;

/// The hooks of a database.
#[derive(Default)]
pub(crate) struct Registry {
    handlers: RwLock<HashMap<TypeId, Vec<Arc<Handler>>>>,
}

impl Registry {
    pub(crate) fn of(&self, event: TypeId) -> Vec<Arc<Handler>> {
        let handlers = self.handlers.read().unwrap_or_else(PoisonError::into_inner);
        handlers.get(&event).cloned().unwrap_or_default()
    }
}

/// Adds hooks to a database.
pub trait On: Sealed {
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
        let handler: Arc<Handler> = Arc::new(move |subject: AnySubject<'_>| {
            E::subject(subject).map_or(Ok(()), |subject| hook(subject).into_result())
        });
        let mut handlers = registry
            .handlers
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        handlers.entry(TypeId::of::<E>()).or_default().push(handler);
    }
}

/// Calls the database's hooks of an event.
pub(crate) fn call<E: Event>(db: &Database, subject: AnySubject<'_>) -> Result<()> {
    call_event(db, const { TypeId::of::<E>() }, subject)
}

fn call_event(db: &Database, event: TypeId, mut subject: AnySubject<'_>) -> Result<()> {
    let Some(registry) = db.known_extension::<Registry>() else {
        return Ok(());
    };
    for handler in registry.of(event) {
        handler(subject.again())?;
    }
    Ok(())
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

/// When the hooks of a row are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    BeforeInsert,
    AfterInsert,
    BeforeUpdate,
    AfterUpdate,
    BeforeDelete,
    AfterDelete,
}

/// The hooks of a model's rows, for code that does not know its type.
pub(crate) struct RowHooks {
    /// The model's own.
    own: Option<fn(When, AnySubject<'_>) -> Result<()>>,
    /// The events of a database, in the order of [`When`].
    events: [TypeId; 6],
}

impl RowHooks {
    /// Those of a model: a constant, so that a model without hooks has no function for them.
    pub(crate) const fn of<M: Model>() -> RowHooks {
        RowHooks {
            own: match M::HOOKED {
                true => Some(own::<M>),
                false => None,
            },
            events: [
                TypeId::of::<BeforeInsert<M>>(),
                TypeId::of::<AfterInsert<M>>(),
                TypeId::of::<BeforeUpdate<M>>(),
                TypeId::of::<AfterUpdate<M>>(),
                TypeId::of::<BeforeDelete<M>>(),
                TypeId::of::<AfterDelete<M>>(),
            ],
        }
    }

    /// Whether any hooks are called when rows of the model are written.
    pub(crate) fn are_called(&self, db: &Database) -> bool {
        self.own.is_some() || has_hooks(db)
    }

    /// Calls all hooks of a moment: the model's, then the database's.
    pub(crate) fn run(&self, db: &Database, when: When, mut subject: AnySubject<'_>) -> Result<()> {
        if let Some(own) = self.own {
            own(when, subject.again())?;
        }
        call_event(db, self.events[when as usize], subject)
    }
}

/// Calls a model's own hooks.
fn own<M: Model>(when: When, subject: AnySubject<'_>) -> Result<()> {
    let moment = match when {
        When::BeforeInsert => subject.mutable().map(Moment::BeforeInsert),
        When::AfterInsert => subject.shared().map(Moment::AfterInsert),
        When::BeforeUpdate => subject.mutable().map(Moment::BeforeUpdate),
        When::AfterUpdate => subject.shared().map(Moment::AfterUpdate),
        When::BeforeDelete => subject.shared().map(Moment::BeforeDelete),
        When::AfterDelete => subject.shared().map(Moment::AfterDelete),
    };
    moment.map_or(Ok(()), M::on)
}
