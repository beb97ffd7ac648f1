//! Keeps others from implementing traits that may get methods.

/// Implemented here alone. It is public in a private module: it can be a bound, and can't be named outside.
pub trait Sealed {}
