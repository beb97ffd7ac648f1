//! [`Event`]: what hooks learn about a statement.

use crate::error::Error;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

/// A function that is called with each event.
pub(crate) type Hook = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// An event worth reporting.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A statement has ended.
    Statement {
        /// Its text.
        text: &'a str,
        /// How long it took.
        elapsed: Duration,
        /// Where it was called.
        site: &'static Location<'static>,
        /// Its error, if it failed.
        error: Option<&'a Error>,
        /// Whether it is BEGIN, COMMIT, SAVEPOINT or the like.
        control: bool,
    },
    /// A statement took longer than [`Options::slow_statement`](crate::Options::slow_statement).
    Slow {
        /// Its text.
        text: &'a str,
        /// How long it took.
        elapsed: Duration,
        /// Where it was called.
        site: &'static Location<'static>,
    },
    /// One text has run again and again in one scope: see [`Options::repeat_threshold`](crate::Options::repeat_threshold).
    Repeated {
        /// The text.
        text: &'a str,
        /// How often so far.
        times: usize,
        /// Where it was called.
        site: &'static Location<'static>,
    },
}
