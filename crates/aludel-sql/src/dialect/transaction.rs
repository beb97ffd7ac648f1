//! How a transaction begins, and its state after an error.

/// How far a transaction is isolated from others. SQLite is always serializable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsolationLevel {
    /// Reads what others have not committed (PostgreSQL: like `ReadCommitted`).
    ReadUncommitted,
    /// Each statement reads what was committed before it.
    ReadCommitted,
    /// All statements read the same state.
    RepeatableRead,
    /// As if one transaction ran after the other.
    Serializable,
}

impl IsolationLevel {
    /// Its name in SQL.
    pub fn words(self) -> &'static str {
        match self {
            IsolationLevel::ReadUncommitted => "READ UNCOMMITTED",
            IsolationLevel::ReadCommitted => "READ COMMITTED",
            IsolationLevel::RepeatableRead => "REPEATABLE READ",
            IsolationLevel::Serializable => "SERIALIZABLE",
        }
    }
}

/// How a transaction is begun.
#[derive(Debug, Clone, Copy, Default)]
pub struct Begin {
    /// Its isolation; without one, the database's default.
    pub isolation: Option<IsolationLevel>,
    /// Whether it may only read.
    pub read_only: bool,
    /// Whether its connection could write, and has to be made read-only.
    pub on_writer: bool,
}

/// The state of a transaction after an error of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterError {
    /// It continues or is rolled back: the connection knows.
    AskConnection,
    /// It can only be rolled back, whole or to a savepoint.
    Failed,
    /// It continues, unless it was chosen as the victim of a deadlock: then it was rolled back whole.
    GoesOn,
}
