//! [`Answer`]: the return type of a function that runs in a transaction.

use crate::error::{Error, Result};

/// The return type of the function given to [`Database::transaction`](crate::Database::transaction): a [`Result`].
///
/// It is a trait rather than the type itself, so that a function with another error type gets a single compile error that
/// names the fix.
#[diagnostic::on_unimplemented(
    message = "a transaction's function has to return `aludel::Result<_>`, and this one returns `{Self}`",
    label = "runs a function that returns `{Self}`",
    note = "`try_transaction` and `try_session_retrying` take an error type of your own that is `From<aludel::Error>`"
)]
pub trait Answer: Sealed + Sized {
    /// The error, if it is one.
    #[doc(hidden)]
    fn error(&self) -> Option<&Error>;

    /// Makes one from a database error.
    #[doc(hidden)]
    fn failed(error: Error) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T> Answer for Result<T> {
    fn error(&self) -> Option<&Error> {
        self.as_ref().err()
    }

    fn failed(error: Error) -> Self {
        Err(error)
    }
}

/// Prevents implementations outside this crate.
pub trait Sealed {}

impl<T, E> Sealed for std::result::Result<T, E> {}

/// How to make and inspect the return values of a transaction's function.
#[doc(hidden)]
pub struct Answers<R> {
    /// Makes one from a database error.
    pub failed: fn(Error) -> R,
    /// Whether one is `Ok`.
    pub is_ok: fn(&R) -> bool,
    /// Whether its error says that the function may succeed the next time. What the database reported is known separately.
    pub may_succeed: fn(&R) -> bool,
}

impl<R> Clone for Answers<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Answers<R> {}

impl<T, E: From<Error>> Answers<std::result::Result<T, E>> {
    /// For an error type of the caller's own, of which nothing is known.
    pub fn of_any() -> Self {
        Answers {
            failed: |error| Err(E::from(error)),
            is_ok: std::result::Result::is_ok,
            may_succeed: |_| false,
        }
    }
}

impl<R: Answer> Answers<R> {
    /// For the library's error.
    pub fn of_own(may_succeed: fn(&R) -> bool) -> Self {
        Answers {
            failed: R::failed,
            is_ok: |answer| answer.error().is_none(),
            may_succeed,
        }
    }
}
