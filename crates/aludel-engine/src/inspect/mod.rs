//! Reflection: the schema of a live database, as the metadata that models and migrations use.
//!
//! | | statements | read from |
//! |---|---|---|
//! | SQLite | 2 | the texts in `sqlite_master` |
//! | PostgreSQL | 10 | `pg_catalog`, all schemas but the system's |
//! | MariaDB, MySQL | 9 | `information_schema`, the current database |
//!
//! The number of statements does not depend on the number of tables (but for MariaDB's partitioned and versioned ones, whose
//! definitions are read one by one). Expressions are kept as the database prints them;
//! [`differences`](aludel_sql::schema::differences) recognizes equivalent ones.

mod expression;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use crate::database::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Executor, Sited};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use aludel_sql::dialect::DialectKind;
use aludel_sql::schema::Schema;
use std::future::Future;
use std::panic::Location;

/// Reads the schema that an executor sees: a transaction sees its own changes.
///
/// # Errors
/// Any database error.
#[track_caller]
pub fn inspect(db: &dyn Executor) -> impl Future<Output = Result<Schema>> + Send {
    let db = Sited::new(db, Location::caller());
    async move { inspect_on(&db).await }
}

async fn inspect_on(db: &dyn Executor) -> Result<Schema> {
    match db.dialect().kind() {
        #[cfg(feature = "sqlite")]
        Some(DialectKind::Sqlite) => sqlite::inspect(db).await,
        #[cfg(feature = "postgres")]
        Some(DialectKind::Postgres) => postgres::inspect(db).await,
        #[cfg(feature = "mysql")]
        Some(DialectKind::Mariadb | DialectKind::Mysql) => mysql::inspect(db).await,
        // A dialect from elsewhere, or one whose feature is off.
        _ => Err(Error::new(
            ErrorKind::Unsupported,
            format!("no reflection for {}", db.dialect().name()),
        )),
    }
}

impl Database {
    /// Reads the schema of the database: tables with all that belongs to them, enum types, views, extensions, triggers.
    ///
    /// # Errors
    /// Any database error.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use aludel_engine::{Database, sql};
    ///
    /// let db = Database::connect("sqlite::memory:").await?;
    /// sql("create table notes (id integer primary key, text text not null)").execute(&db).await?;
    /// let schema = db.inspect().await?;
    /// assert_eq!(schema.tables[0].columns[1].name, "text");
    /// # Ok::<(), aludel_engine::Error>(()) }).unwrap();
    /// ```
    #[track_caller]
    pub fn inspect(&self) -> impl Future<Output = Result<Schema>> + Send {
        inspect(self)
    }
}
