//! What several databases write alike. A dialect takes from here, and never from another dialect.

pub(super) mod casts;
pub(super) mod checks;
pub(super) mod literal;
pub(super) mod numbers;
pub(super) mod reading;
pub(super) mod words;

pub(crate) use words::plain_cast;
