//! Progress reports of a run.

use crate::id::MigrationId;
use aludel_sql::statement::TableName;
use std::sync::Arc;

/// An event of a run.
#[derive(Debug)]
#[non_exhaustive]
pub enum Progress<'a> {
    /// A migration starts.
    Started {
        /// The migration.
        id: &'a MigrationId,
        /// Whether it is undone.
        backwards: bool,
        /// Its number, and how many there are.
        place: (usize, usize),
    },
    /// A statement or function is about to run.
    Step {
        /// Its number, and how many there are.
        place: (usize, usize),
        /// Its text, or the function's name.
        text: &'a str,
    },
    /// A statement or function has run; it may not be recorded yet.
    Done {
        /// Its number, and how many there are.
        place: (usize, usize),
    },
    /// Timed out waiting for a lock; the statement is tried again.
    Waiting {
        /// How often it was tried.
        tries: usize,
        /// The database's message.
        reason: &'a str,
    },
    /// Rows have been processed.
    Rows {
        /// The table.
        table: &'a TableName,
        /// How many.
        done: u64,
        /// How many there are in all.
        total: u64,
    },
    /// A migration is done and recorded.
    Finished {
        /// The migration.
        id: &'a MigrationId,
    },
    /// Another run has applied or undone it in the meantime.
    Skipped {
        /// The migration.
        id: &'a MigrationId,
    },
}

/// Receives the progress.
pub type Report = Arc<dyn Fn(Progress<'_>) + Send + Sync>;

/// Reports nothing.
pub(crate) fn silent() -> Report {
    Arc::new(|_| {})
}
