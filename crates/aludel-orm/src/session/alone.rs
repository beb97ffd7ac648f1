//! [`Alone`]: what only its owner looks at.

use std::sync::{Mutex, PoisonError};

/// Something that is reached only through `&mut`. So whoever holds it can be shared between tasks, though it can't; the lock
/// is never taken.
#[derive(Default)]
pub(crate) struct Alone<T>(Mutex<T>);

impl<T> Alone<T> {
    pub(crate) fn new(value: T) -> Alone<T> {
        Alone(Mutex::new(value))
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}
