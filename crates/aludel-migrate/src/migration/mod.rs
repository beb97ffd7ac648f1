//! [`Migration`]: a named list of operations.

mod build;
mod run;
mod table;

pub use run::{RunFunction, SqlTexts, nothing};
pub use table::{ColumnExt, IntoTable, NewColumn, NewTable, new_table};

use crate::id::MigrationId;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::Result;

/// A named list of operations, and the migrations that it depends on.
///
/// ```
/// use aludel_migrate::prelude::*;
///
/// pub fn migration() -> Migration {
///     Migration::new("0002_user_email")
///         .depends_on("0001_initial")
///         .add_column("users", column("email", varchar(254)))
///         .add_unique("users", unique("uq_users_email", ["email"]))
/// }
/// # assert_eq!(migration().operations().len(), 2);
/// ```
#[derive(Debug, Clone)]
pub struct Migration {
    pub(crate) name: String,
    pub(crate) depends_on: Vec<String>,
    pub(crate) replaces: Vec<String>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) atomic: bool,
}

impl Migration {
    /// A migration with that name, without operations.
    pub fn new(name: impl Into<String>) -> Migration {
        Migration {
            name: name.into(),
            depends_on: Vec::new(),
            replaces: Vec::new(),
            operations: Vec::new(),
            atomic: true,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same migration under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Migration {
        self.name = name.into();
        self
    }

    /// Its operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The migrations that it depends on, as written.
    pub fn parents(&self) -> &[String] {
        &self.depends_on
    }

    /// The migrations that it replaces, as written.
    pub fn replaced(&self) -> &[String] {
        &self.replaces
    }

    /// Whether it is one transaction, where DDL is transactional.
    pub fn is_atomic(&self) -> bool {
        self.atomic && !self.operations.iter().any(Operation::is_concurrent)
    }

    /// A hash of its operations; comments, line ends and code style do not count.
    pub fn hash(&self) -> String {
        let text: Vec<String> = { self.operations.iter() }
            .map(crate::source::operation)
            .collect();
        format!("1:{}", hash_of(&text.join("\n")))
    }

    /// Folds all of its operations into a state.
    ///
    /// # Errors
    /// The first operation that is invalid in its state; the error names the migration.
    pub fn apply(&self, state: &mut State, module: &str) -> Result<()> {
        for operation in &self.operations {
            operation.apply(state, module).map_err(|error| {
                let id = MigrationId::new(module, &self.name);
                aludel_engine::Error::migration(format!("{id}, {operation}: {error}"))
            })?;
        }
        Ok(())
    }
}

/// A hash of a text (FNV-1a), in sixteen digits.
pub(crate) fn hash_of(text: &str) -> String {
    let hash = { text.bytes() }.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
