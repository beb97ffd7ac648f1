#![doc = include_str!("../README.md")]

mod answer;
mod blocking;
mod clock;
pub mod command;
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
pub mod gather;
mod holder;
mod inspect;
mod lease;
mod new_connection;
mod observer;
mod options;
mod pipeline;
mod pool;
mod row_batch;
mod sql;
mod statement_text;
mod stream;
mod transaction;
mod url;

pub use aludel_sql;
pub use aludel_sql::dialect::IsolationLevel;
pub use aludel_sql::row::FromRow;
pub use answer::Answer;
#[doc(hidden)]
pub use answer::Answers;
pub use connection::Connection;
pub use database::Database;
pub use ddl::Tables;
pub use dynamic::{CollectDynamic, DynRow};
pub use error::{Constraint, DatabaseMessage, Error, ErrorKind, FieldError, Result};
pub use event::Event;
pub use execute::{Executor, Fetch, FetchOne, FetchRow, FetchRows, Sited, Target, Then};
pub use holder::Holder;
pub use inspect::inspect;
pub use new_connection::NewConnection;
pub use observer::Watch;
pub use options::Options;
pub use pool::PoolStatus;
pub use row_batch::RowBatch;
pub use sql::{Sql, sql};
pub use statement_text::Text;
pub use stream::RowStream;
pub use transaction::{Transaction, TransactionOptions, TransactionRun, back_off};
pub use url::DatabaseUrl;
