#![doc = include_str!("../README.md")]

mod app;
#[cfg(feature = "cli")]
pub mod cli;
pub mod detect;
mod exclude;
mod execute;
mod fill;
mod graph;
pub mod lint;
pub mod make;
mod merge;
mod migration;
mod operation;
mod past;
mod plan;
pub mod prelude;
mod progress;
mod record;
pub mod source;
pub mod sql;
pub mod squash;
mod state;
pub mod words;

pub use app::{App, Module, Renames};
pub use exclude::{Kind, Pattern};
pub use execute::{Migrator, Patience, Status};
pub use graph::{Conflict, Graph, Seen};
pub use merge::{Moved, merge, rebase, write_moved};
pub use migration::{
    ColumnExt, IntoTable, Migration, MigrationId, NewColumn, NewTable, RunFunction, SqlTexts,
    new_table, nothing,
};
pub use operation::{Code, Mark, Operation, RunCode, RunSql};
pub use past::{Past, PastTable};
pub use plan::{Direction, Plan, Target};
pub use progress::{Progress, Report};
pub use record::{Applied, Unfinished, without_records};
pub use state::State;
