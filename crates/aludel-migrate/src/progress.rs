//! What a run reports while it goes on.

use crate::migration::MigrationId;
use aludel_sql::statement::TableName;
use std::sync::Arc;

/// Something that a run has come to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A migration begins.
    Started {
        /// Which.
        id: &'a MigrationId,
        /// Whether it is undone.
        backwards: bool,
        /// Which one it is of how many.
        place: (usize, usize),
    },
    /// A statement or function is about to run.
    Step {
        /// Which it is of how many.
        place: (usize, usize),
        /// Its text, or the function's name.
        text: &'a str,
    },
    /// A statement or function has run; it may not be recorded yet.
    Done {
        /// Which it is of how many.
        place: (usize, usize),
    },
    /// A lock was not had in time; the statement is tried again.
    Waiting {
        /// How often it was tried.
        tries: usize,
        /// What the database said.
        reason: &'a str,
    },
    /// Rows have been worked through.
    Rows {
        /// Of which table.
        table: &'a TableName,
        /// How many.
        done: u64,
        /// Of how many.
        total: u64,
    },
    /// A migration is done and recorded.
    Finished {
        /// Which.
        id: &'a MigrationId,
    },
    /// Another run has done it in the meantime.
    Skipped {
        /// Which.
        id: &'a MigrationId,
    },
}

/// Who is told.
pub type Report = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// Tells nobody.
pub(crate) fn silent() -> Report {
    Arc::new(|_| {})
}
