#![doc = include_str!("../README.md")]

mod answer;
mod blocking;
mod clock;
mod command;
mod connect;
mod connection;
mod connection_state;
mod database;
mod ddl;
mod driver;
mod dynamic;
mod error;
mod event;
mod execute;
mod extensions;
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
#[doc(hidden)]
pub mod fuzz;
mod gather;
mod holder;
mod inspect;
mod lease;
mod new_connection;
mod observer;
mod options;
mod pipeline;
mod pool;
mod row_batch;
mod running;
pub mod spi;
mod sql;
mod statement_text;
mod stream;
mod transaction;
mod url;

pub use aludel_sql;
pub use aludel_sql::dialect::IsolationLevel;
pub use aludel_sql::row::FromRow;
pub use answer::Answer;
pub use connection::Connection;
pub use database::Database;
pub use ddl::Tables;
pub use dynamic::DynRow;
pub use error::{Constraint, DatabaseMessage, Error, ErrorKind, FieldError, Result};
pub use event::Event;
pub use execute::Executor;
pub use holder::Holder;
pub use inspect::inspect;
pub use new_connection::NewConnection;
pub use observer::Watch;
pub use options::Options;
pub use pool::PoolStatus;
pub use sql::{Sql, sql};
pub use statement_text::Text;
pub use stream::RowStream;
pub use transaction::{Transaction, TransactionOptions, TransactionRun};
pub use url::DatabaseUrl;
