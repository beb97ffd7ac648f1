//! SQL that several databases share. A dialect takes it from here, never from another dialect.

pub(super) mod bulk;
pub(super) mod casts;
pub(super) mod checks;
pub(super) mod literal;
pub(super) mod numbers;
pub(super) mod reading;
pub(super) mod words;

pub(crate) use words::plain_cast;
