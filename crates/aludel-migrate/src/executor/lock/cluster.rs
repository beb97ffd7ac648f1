//! The lock of a Galera cluster: a row, since session locks are local to their node.
//!
//! A run takes it by an INSERT that commits: certification lets only one of several nodes win. Its heart beats every second; a
//! run that has missed three beats is considered dead, and another one may take over the row. So that a run that was only
//! asleep does nothing more, each step is claimed by a write to the row.

use super::{Patience, wait};
use aludel_engine::{Connection, Database, Error, ErrorKind, Executor, Result, sql};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a heart beats, and how long it may be silent.
const BEAT: Duration = Duration::from_secs(1);
const SILENCE: Duration = Duration::from_secs(3);

/// The lock row, while this run has it.
pub(super) struct Row {
    owner: String,
    heart: tokio::task::JoinHandle<()>,
    is_lost: Arc<AtomicBool>,
}

impl Drop for Row {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

/// Whether the server is a node of a cluster.
pub(super) async fn is_node(connection: &Connection) -> Result<bool> {
    let found = sql("SHOW VARIABLES LIKE 'wsrep_on'")
        .rows(connection)
        .await?;
    let is_on = |value: &aludel_sql::Value| value.as_str() == Some("ON");
    Ok(found
        .first()
        .and_then(|row| row.get("Value"))
        .is_some_and(is_on))
}

/// Waits for other runs on the cluster. `connection` does the work, and from now on reads what all nodes have written.
pub(super) async fn take(
    db: &Database,
    connection: &Connection,
    patience: &Patience,
) -> Result<Row> {
    if db.pool_status().max < 2 {
        return Err(Error::migration(
            "on a Galera cluster, migrations need two connections: one does the work, the other shows that the run lives; set \
             max_connections(2)",
        ));
    }
    sql("CREATE TABLE IF NOT EXISTS aludel_migration_lock \
         (id int PRIMARY KEY, owner varchar(80) NOT NULL, node varchar(200) NOT NULL, beat bigint NOT NULL)")
    .execute(connection)
    .await?;
    let owner: String = sql("SELECT CONCAT(UUID(), ' ', CONNECTION_ID())")
        .one(connection)
        .await?;
    sql("SET SESSION wsrep_sync_wait = 15")
        .execute(connection)
        .await?;
    let begun = Instant::now();
    let mut last: Option<(String, i64, Instant)> = None;
    loop {
        let inserted = sql("INSERT INTO aludel_migration_lock (id, owner, node, beat) VALUES (1, ")
            .bind(owner.clone())
            .push(", @@wsrep_node_name, 0)")
            .execute(connection)
            .await;
        match inserted {
            Ok(_) => break,
            Err(error) if error.is_unique_violation() || error.is_retryable() => {}
            Err(error) => return Err(error),
        }
        let found = sql("SELECT owner, beat FROM aludel_migration_lock WHERE id = 1")
            .optional::<(String, i64)>(connection)
            .await;
        // DDL on another node blocks all of them, and reads that wait for it give up after a while.
        let found = match found {
            Err(error) if error.is_retryable() => {
                last = None;
                wait(begun, patience).await?;
                continue;
            }
            found => found?,
        };
        let now = Instant::now();
        match (found, &last) {
            (None, _) => continue,
            (Some((other, beat)), Some((known, then, since)))
                if (&other, beat) == (known, *then) =>
            {
                if now - *since > SILENCE && take_over(connection, &other, beat, &owner).await? {
                    break;
                }
            }
            (Some((other, beat)), _) => last = Some((other, beat, now)),
        }
        wait(begun, patience).await?;
    }
    let is_lost = Arc::new(AtomicBool::new(false));
    let heart = beat(db.clone(), owner.clone(), Arc::clone(&is_lost));
    Ok(Row {
        owner,
        heart: tokio::spawn(heart),
        is_lost,
    })
}

async fn take_over(connection: &Connection, other: &str, beat: i64, owner: &str) -> Result<bool> {
    let taken =
        sql("UPDATE aludel_migration_lock SET node = @@wsrep_node_name, beat = beat + 1, owner = ")
            .bind(owner.to_string())
            .push(" WHERE id = 1 AND owner = ")
            .bind(other.to_string())
            .push(" AND beat = ")
            .bind(beat)
            .execute(connection)
            .await;
    match taken {
        Ok(rows) => Ok(rows == 1),
        Err(error) if error.is_retryable() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Shows that the run is alive, until another run has the row.
async fn beat(db: Database, owner: String, is_lost: Arc<AtomicBool>) {
    loop {
        tokio::time::sleep(BEAT).await;
        if let Ok(0) = write_beat(&db, &owner).await {
            is_lost.store(true, Ordering::Relaxed);
            return;
        }
    }
}

async fn write_beat(db: &dyn Executor, owner: &str) -> Result<u64> {
    sql("UPDATE aludel_migration_lock SET beat = beat + 1 WHERE id = 1 AND owner = ")
        .bind(owner.to_string())
        .execute(db)
        .await
}

impl Row {
    /// Makes sure that the row is still this run's: in a transaction, just before it commits.
    pub(super) async fn claim(&self, db: &dyn Executor) -> Result<()> {
        let is_ours = !self.is_lost.load(Ordering::Relaxed);
        if is_ours && write_beat(db, &self.owner).await? == 1 {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::LockTimeout,
            "another run has taken this one for dead, and goes on with the migrations; this one stops",
        ))
    }

    /// Releases the row.
    pub(super) async fn release(self, connection: &Connection) {
        self.heart.abort();
        let gone = sql("DELETE FROM aludel_migration_lock WHERE id = 1 AND owner = ")
            .bind(self.owner.clone())
            .execute(connection)
            .await;
        drop(gone);
    }
}
