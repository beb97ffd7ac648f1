#![doc = include_str!("../README.md")]

mod app;
pub mod autodetector;
pub mod autogenerate;
mod backfill;
pub mod codegen;
pub mod dsl;
mod exclude;
mod executor;
mod graph;
mod historical;
pub mod lint;
mod merge;
mod migration;
mod operation;
mod plan;
pub mod prelude;
mod progress;
mod recorder;
pub mod spi;
pub mod sql;
pub mod squash;
mod state;

pub use app::{App, Module, Renames};
pub use exclude::{Kind, Pattern};
pub use executor::{Migrator, Patience, Status};
pub use graph::{Conflict, Graph, Seen};
pub use historical::{Past, PastTable};
pub use merge::{Moved, merge, rebase, write_moved};
pub use migration::{
    ColumnExt, IntoTable, Migration, MigrationId, NewColumn, NewTable, RunFunction, SqlTexts,
    new_table, nothing,
};
pub use operation::{Code, Mark, Operation, RunCode, RunSql};
pub use plan::{Direction, Plan, Target};
pub use progress::{Progress, Report};
pub use recorder::{Applied, Unfinished, without_records};
pub use state::State;
