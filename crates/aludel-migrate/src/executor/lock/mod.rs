//! One run at a time.
//!
//! | where | the lock |
//! |---|---|
//! | SQLite | the writer's, which each transaction takes for itself |
//! | PostgreSQL | an advisory lock of the session; behind a pooler, of a transaction beside those that do the work |
//! | MariaDB, MySQL | `GET_LOCK` of the session |
//! | a Galera cluster | a [row](cluster) |

mod cluster;

use super::Patience;
use aludel_engine::{
    Connection, Database, Error, ErrorKind, Executor, IsolationLevel, Result, Sql, Transaction,
    TransactionOptions, sql,
};
use aludel_sql::dialect::DialectKind;
use std::time::{Duration, Instant};

/// Any number will do, as long as all programs use the same.
const KEY: i64 = 0x616c_7564_656c;

/// The lock, and where statements run. A run that is dropped half-way, or panics, ends both, and so releases the lock.
pub(super) struct Held(Option<Place>);

enum Place {
    /// A connection that has the lock, or works for a row that is the lock.
    Own(Connection, Option<cluster::Row>),
    /// A transaction for each piece of work, and one that has the lock: behind a pooler no connection lasts longer.
    Pooled(Database, Transaction),
}

impl Held {
    /// Waits for other runs on this database, and sets how long statements wait for locks.
    pub(super) async fn take(db: &Database, patience: &Patience) -> Result<Held> {
        if db.is_pooled() {
            if db.pool_status().max < 2 {
                return Err(Error::migration(
                    "behind a pooler, migrations need two connections: one has the lock, the other does the work; set \
                     max_connections(2)",
                ));
            }
            let tx = lock_by_transaction(db, patience).await?;
            return Ok(Held(Some(Place::Pooled(db.clone(), tx))));
        }
        let mut held = Held(Some(Place::Own(db.acquire().await?, None)));
        let connection = held.connection()?;
        if connection.dialect().capabilities().clusters && cluster::is_node(connection).await? {
            let row = cluster::take(db, connection, patience).await?;
            wait_no_longer(connection, patience).await?;
            if let Some(Place::Own(_, lock)) = &mut held.0 {
                *lock = Some(row);
            }
            return Ok(held);
        }
        lock_session(connection, patience).await?;
        Ok(held)
    }

    fn place(&self) -> &Place {
        match &self.0 {
            Some(place) => place,
            // It is taken only at its end.
            None => unreachable!("a run without its connection"),
        }
    }

    /// Where statements run.
    pub(super) fn executor(&self) -> &dyn Executor {
        match self.place() {
            Place::Own(connection, _) => connection,
            Place::Pooled(db, _) => db,
        }
    }

    /// The connection, where there is one.
    pub(super) fn connection(&self) -> Result<&Connection> {
        match self.place() {
            Place::Own(connection, _) => Ok(connection),
            Place::Pooled(..) => Err(Error::new(
                ErrorKind::Internal,
                "there is no connection of one's own behind a pooler",
            )),
        }
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self, patience: &Patience) -> Result<Transaction> {
        let (db, lock) = match self.place() {
            // The lock row changes meanwhile: a snapshot would be older than it.
            Place::Own(connection, Some(_)) => return connection.begin_with(committed()).await,
            Place::Own(connection, None) => return connection.begin().await,
            Place::Pooled(db, lock) => (db, lock),
        };
        // If its connection was lost, another run may have started.
        be_in_nobodys_way(lock).await?;
        let tx = db.begin().await?;
        let millis = patience.lock_timeout.as_millis().max(1);
        Sql::trusted(format!("SET LOCAL lock_timeout = '{millis}ms'"))
            .execute(&tx)
            .await?;
        Ok(tx)
    }

    /// Whether another run may take over the lock, so that each step has to be claimed.
    pub(super) fn is_claimed(&self) -> bool {
        matches!(self.place(), Place::Own(_, Some(_)))
    }

    /// Makes sure that the lock is still this run's before its work commits: on a cluster another run may have considered it
    /// dead.
    pub(super) async fn claim(&self, db: &dyn Executor) -> Result<()> {
        match self.place() {
            Place::Own(_, Some(row)) => row.claim(db).await,
            _ => Ok(()),
        }
    }

    /// Releases the lock. A lost connection has released it already.
    pub(super) async fn release(mut self) {
        match self.0.take() {
            Some(Place::Own(connection, row)) => {
                if let Some(row) = row {
                    row.release(&connection).await;
                }
                unlock_session(&connection).await;
            }
            Some(Place::Pooled(_, tx)) => drop(tx.rollback().await),
            None => {}
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(Place::Own(connection, _)) = self.0.take() {
            connection.close();
        }
    }
}

/// READ COMMITTED: each statement sees what was committed before it.
fn committed() -> TransactionOptions {
    TransactionOptions::default().isolation(IsolationLevel::ReadCommitted)
}

/// Lets the transaction idle without a timeout. The server keeps the snapshot of a SELECT until the next statement, and `CREATE
/// INDEX CONCURRENTLY` waits for all snapshots: this statement has none.
async fn be_in_nobodys_way(tx: &Transaction) -> Result<()> {
    sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        .execute(tx)
        .await
        .map(drop)
}

/// A transaction that has the lock until it ends.
async fn lock_by_transaction(db: &Database, patience: &Patience) -> Result<Transaction> {
    let begun = Instant::now();
    loop {
        let tx = db.begin_with(committed()).await?;
        let question = sql("SELECT pg_try_advisory_xact_lock(").bind(KEY).push(")");
        if question.one::<bool>(&tx).await? {
            be_in_nobodys_way(&tx).await?;
            return Ok(tx);
        }
        tx.rollback().await?;
        wait(begun, patience).await?;
    }
}

async fn lock_session(connection: &Connection, patience: &Patience) -> Result<()> {
    let begun = Instant::now();
    let millis = patience.lock_timeout.as_millis().max(1);
    match connection.dialect().kind() {
        // The transaction of each migration locks the whole file.
        Some(DialectKind::Sqlite) | None => Ok(()),
        Some(DialectKind::Postgres) => {
            // Polls, so that the wait has an end and no sleeping transaction holds up another.
            while !sql("SELECT pg_try_advisory_lock(")
                .bind(KEY)
                .push(")")
                .one::<bool>(connection)
                .await?
            {
                wait(begun, patience).await?;
            }
            Sql::trusted(format!("SET lock_timeout = '{millis}ms'"))
                .execute(connection)
                .await?;
            Ok(())
        }
        Some(DialectKind::Mariadb | DialectKind::Mysql) => {
            while sql("SELECT GET_LOCK(CONCAT('aludel ', MD5(database())), 0)")
                .one::<Option<i64>>(connection)
                .await?
                != Some(1)
            {
                wait(begun, patience).await?;
            }
            wait_no_longer(connection, patience).await
        }
    }
}

/// Limits how long statements wait for locks (MariaDB and MySQL).
async fn wait_no_longer(connection: &Connection, patience: &Patience) -> Result<()> {
    let seconds = patience.lock_timeout.as_secs().max(1);
    for name in ["lock_wait_timeout", "innodb_lock_wait_timeout"] {
        Sql::trusted(format!("SET SESSION {name} = {seconds}"))
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn wait(begun: Instant, patience: &Patience) -> Result<()> {
    if begun.elapsed() > patience.other_run {
        return Err(Error::new(
            ErrorKind::LockTimeout,
            format!(
                "another run of `migrate` has not ended within {} s",
                patience.other_run.as_secs()
            ),
        ));
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

async fn unlock_session(connection: &Connection) {
    let texts: &[&'static str] = match connection.dialect().kind() {
        None => &[],
        Some(DialectKind::Sqlite) => &["PRAGMA legacy_alter_table = OFF"],
        Some(DialectKind::Postgres) => &[
            "SET lock_timeout = DEFAULT",
            "SELECT pg_advisory_unlock_all()",
        ],
        Some(DialectKind::Mariadb | DialectKind::Mysql) => &[
            "SET SESSION lock_wait_timeout = DEFAULT",
            "SET SESSION innodb_lock_wait_timeout = DEFAULT",
            "DO RELEASE_ALL_LOCKS()",
        ],
    };
    for text in texts {
        drop(sql(text).rows(connection).await);
    }
}
