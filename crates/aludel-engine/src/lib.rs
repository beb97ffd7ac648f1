#![doc = include_str!("../README.md")]
// Half of the code decides between SQLite and servers; without one of them there is less to decide.
#![cfg_attr(
    not(feature = "sqlite"),
    allow(unused, irrefutable_let_patterns, clippy::never_loop)
)]

mod answer;
mod clock;
pub mod command;
mod connection;
mod database;
mod driver;
mod dynamic;
mod error;
mod execute;
mod extensions;
mod fetch;
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
#[doc(hidden)]
pub mod fuzz;
mod held;
mod inspect;
mod new_connection;
#[cfg(feature = "sqlite")]
mod offload;
mod options;
mod pinned;
mod pipeline;
mod pool;
mod raw;
mod stream;
mod text;
mod transaction;
mod url;
mod watch;

pub use aludel_sql;
pub use aludel_sql::dialect::IsolationLevel;
pub use aludel_sql::row::FromRow;
pub use answer::Answer;
#[doc(hidden)]
pub use answer::Answers;
pub use connection::Connection;
pub use database::{Database, Tables};
pub use dynamic::{CollectDynamic, DynRow};
pub use error::{Constraint, DatabaseMessage, Error, ErrorKind, FieldError, Result};
pub use execute::{Executor, Sited, Target};
pub use fetch::{Fetch, Then};
pub use held::Held;
pub use inspect::inspect;
pub use new_connection::NewConnection;
pub use options::Options;
pub use pool::{Holder, PoolStatus};
pub use raw::{Sql, sql};
pub use stream::RowStream;
pub use text::Text;
pub use transaction::{Transaction, TransactionOptions, TransactionRun, back_off};
pub use url::DatabaseUrl;
pub use watch::{Event, Watch};
