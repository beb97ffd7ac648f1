//! What was wrong once, a rule each.

mod meanings;
mod meanings_casts;
mod meanings_types;
