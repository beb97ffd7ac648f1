//! [`Answer`]: what a function returns that is run in a transaction.

use crate::error::{Error, Result};

/// What the function of [`Database::transaction`](crate::Database::transaction) returns: a [`Result`].
///
/// It is a trait, and not the type itself, so that a function with another error is one compile error that names the way
/// out.
#[diagnostic::on_unimplemented(
    message = "a transaction's function has to return `aludel::Result<_>`, and this one returns `{Self}`",
    label = "runs a function that returns `{Self}`",
    note = "`try_transaction` and `try_session_retrying` take an error type of your own that is `From<aludel::Error>`"
)]
pub trait Answer: Sealed + Sized {
    /// The error that it is, if it is one.
    #[doc(hidden)]
    fn error(&self) -> Option<&Error>;

    /// Makes one of what failed in the database.
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

/// Nobody else implements it.
pub trait Sealed {}

impl<T, E> Sealed for std::result::Result<T, E> {}

/// What is known of a function's answers, of whatever type.
#[doc(hidden)]
pub struct Answers<R> {
    /// Makes one of what failed in the database.
    pub failed: fn(Error) -> R,
    /// Whether one is no error.
    pub is_ok: fn(&R) -> bool,
    /// Whether an error says that the function may succeed the next time; what the database said is known besides.
    pub may_succeed: fn(&R) -> bool,
}

impl<R> Clone for Answers<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Answers<R> {}

impl<T, E: From<Error>> Answers<std::result::Result<T, E>> {
    /// Those with an error type of the caller's own, of which nothing is known.
    pub fn of_any() -> Self {
        Answers {
            failed: |error| Err(E::from(error)),
            is_ok: std::result::Result::is_ok,
            may_succeed: |_| false,
        }
    }
}

impl<R: Answer> Answers<R> {
    /// Those with the library's error.
    pub fn of_own(may_succeed: fn(&R) -> bool) -> Self {
        Answers {
            failed: R::failed,
            is_ok: |answer| answer.error().is_none(),
            may_succeed,
        }
    }
}
