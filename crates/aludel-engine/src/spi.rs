//! What crates that are built on the engine call: commands, sinks, and where they run.
//!
//! **It is not stable**: a release may change it without raising the version that programs see. Programs use
//! [`Executor`](crate::Executor) and what takes one.

pub use crate::answer::Answers;
pub use crate::dynamic::CollectDynamic;
pub use crate::execute::{
    Fetch, FetchOne, FetchRow, FetchRows, OwnedTarget, Sited, Target, Then, UntypedFetch,
};
pub use crate::row_batch::RowBatch;
pub use crate::running::Running;
pub use crate::transaction::back_off;

/// A statement with its binds, and the sinks that receive its rows.
pub mod command {
    pub use crate::command::*;
}

/// Rows on their way into a list.
pub mod gather {
    pub use crate::gather::*;
}
