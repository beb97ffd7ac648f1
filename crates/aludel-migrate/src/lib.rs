#![doc = include_str!("../README.md")]

mod app;
pub mod autodetector;
pub mod autogenerate;
mod backfill;
mod compare;
pub mod dsl;
mod exclude;
mod executor;
mod files;
mod graph;
mod historical;
mod id;
pub mod lint;
mod literals;
mod merge;
mod migration;
mod operation;
mod plan;
pub mod prelude;
mod progress;
mod recorder;
mod source;
pub mod spi;
pub mod sql;
pub mod squash;
mod state;

/// Generates Rust from operations and schemas, as if written by hand.
pub mod codegen {
    pub use crate::files::{
        MigrationFile, file_name, list_of, name_of, names_in, next_number, path_of,
    };
    pub use crate::source::{Survey, format, models, models_read, operation, survey, survey_types};
}

pub use app::{App, Module, Renames};
pub use exclude::{Kind, Pattern};
pub use executor::{Migrator, Patience, Status};
pub use graph::{Conflict, Graph, Seen};
pub use historical::{Historical, HistoricalTable};
pub use id::MigrationId;
pub use merge::{Moved, merge, rebase, write_moved};
pub use migration::{
    ColumnExt, IntoTable, Migration, NewColumn, NewTable, RunFunction, SqlTexts, new_table, nothing,
};
pub use operation::{Code, Mark, Operation, RunCode, RunSql};
pub use plan::{Direction, Plan, Target};
pub use progress::{Progress, Report};
pub use recorder::{Applied, Unfinished, without_records};
pub use state::State;
