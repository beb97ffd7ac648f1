//! What was wrong once, a rule each.

mod sessions_failed;
mod sessions_gone;
mod sessions_unique;
