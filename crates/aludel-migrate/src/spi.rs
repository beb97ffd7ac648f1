//! What the command line calls.
//!
//! **It is not stable**: a release may change it without raising the version that programs see.

pub use crate::operation::type_of;

/// The SQL that records migrations, for scripts that somebody else runs.
pub mod recorder {
    pub use crate::recorder::{add_text, prepare_texts, remove_text};
}
