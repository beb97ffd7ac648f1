//! [`Alone`]: a value that only its owner reaches.

use std::sync::{Mutex, PoisonError};

/// A value that is reached only through `&mut`. It makes its owner `Sync` even if the value is not; the lock is never taken.
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
