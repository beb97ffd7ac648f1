//! Connections, bare and pooled, as quick as their documentation makes them.

use measure::Job;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::str::FromStr;

fn sqlite_options(job: &Job) -> SqliteConnectOptions {
    let options = match job.is_in_memory() {
        true => SqliteConnectOptions::from_str("sqlite::memory:")
            .expect("a URL")
            .shared_cache(false),
        false => SqliteConnectOptions::new()
            .filename(&job.url)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal),
    };
    options.row_buffer_size(1024).disable_statement_logging()
}

fn postgres_options(job: &Job) -> PgConnectOptions {
    PgConnectOptions::from_str(&job.url).expect("a URL").disable_statement_logging()
}

fn mysql_options(job: &Job) -> MySqlConnectOptions {
    MySqlConnectOptions::from_str(&job.url).expect("a URL").disable_statement_logging()
}

pub async fn sqlite(job: &Job) -> SqliteConnection {
    let mut connection = sqlite_options(job).connect().await.expect("connects");
    for statement in job.setup.iter().filter(|_| job.is_in_memory()) {
        sqlx::raw_sql(AssertSqlSafe(statement.clone()))
            .execute(&mut connection)
            .await
            .expect(statement);
    }
    connection
}

pub async fn postgres(job: &Job) -> PgConnection {
    postgres_options(job).connect().await.expect("connects")
}

pub async fn mysql(job: &Job) -> MySqlConnection {
    mysql_options(job).connect().await.expect("connects")
}

macro_rules! pool {
    ($name:ident, $options:ident, $pool:ident, $connect:ident) => {
        pub async fn $name(job: &Job) -> $pool {
            $options::new()
                .max_connections(8)
                .min_connections(8)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
                .connect_with($connect(job))
                .await
                .expect("connects")
        }
    };
}

pool!(sqlite_pool, SqlitePoolOptions, SqlitePool, sqlite_options);
pool!(postgres_pool, PgPoolOptions, PgPool, postgres_options);
pool!(mysql_pool, MySqlPoolOptions, MySqlPool, mysql_options);
