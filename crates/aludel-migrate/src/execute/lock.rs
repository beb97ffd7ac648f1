//! One run at a time.

use super::Patience;
use aludel_engine::{Connection, Error, ErrorKind, Executor, Result, Sql, sql};
use std::time::{Duration, Instant};

/// Any number will do, as long as all programs take the same.
const KEY: i64 = 0x616c_7564_656c;

/// Waits for other runs on this database, and for statements no longer than the patience says. SQLite has the writer's lock,
/// which each transaction takes for itself.
pub(super) async fn take(connection: &Connection, patience: &Patience) -> Result<()> {
    let begun = Instant::now();
    let millis = patience.lock_timeout.as_millis().max(1);
    match connection.dialect().name() {
        "sqlite" => Ok(()),
        "postgres" => {
            // Asked again and again, so that the wait has an end and no transaction is held up by one that sleeps.
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
        _ => {
            while sql("SELECT GET_LOCK(CONCAT('aludel ', MD5(database())), 0)")
                .one::<Option<i64>>(connection)
                .await?
                != Some(1)
            {
                wait(begun, patience).await?;
            }
            let seconds = patience.lock_timeout.as_secs().max(1);
            for name in ["lock_wait_timeout", "innodb_lock_wait_timeout"] {
                Sql::trusted(format!("SET SESSION {name} = {seconds}"))
                    .execute(connection)
                    .await?;
            }
            Ok(())
        }
    }
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

/// Lets other runs go on. A connection that is lost has let them already.
pub(super) async fn release(connection: &Connection) {
    let texts: &[&'static str] = match connection.dialect().name() {
        "sqlite" => &["PRAGMA legacy_alter_table = OFF"],
        "postgres" => &[
            "SET lock_timeout = DEFAULT",
            "SELECT pg_advisory_unlock_all()",
        ],
        _ => &[
            "SET SESSION lock_wait_timeout = DEFAULT",
            "SET SESSION innodb_lock_wait_timeout = DEFAULT",
            "DO RELEASE_ALL_LOCKS()",
        ],
    };
    for text in texts {
        drop(sql(text).rows(connection).await);
    }
}
