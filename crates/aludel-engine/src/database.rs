//! [`Database`]: the handle to a database and its pool.

use crate::extensions::Extensions;
use crate::observer::{Observer, Watch};
use crate::pool::{Pool, PoolStatus};
use crate::url::DatabaseUrl;
use aludel_sql::dialect::Dialect;
use std::fmt;
use std::sync::Arc;

/// A handle to a database; clones share its pool.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// use aludel_engine::{Database, sql};
///
/// let db = Database::connect("sqlite::memory:").await?;
/// sql("create table notes (id integer primary key, text text not null)").execute(&db).await?;
/// sql("insert into notes (text) values (").bind("buy milk").push(")").execute(&db).await?;
/// let notes: Vec<(i64, String)> = sql("select id, text from notes").all(&db).await?;
/// assert_eq!(notes, [(1, "buy milk".to_string())]);
/// # Ok::<(), aludel_engine::Error>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) url: DatabaseUrl,
    pub(crate) dialect: &'static dyn Dialect,
    /// Where writes go; on servers, everything.
    pub(crate) writer: Pool,
    /// Where reads go on an SQLite file.
    pub(crate) reader: Option<Pool>,
    pub(crate) observer: Observer,
    /// Whether statements run inline (SQLite).
    pub(crate) inline: bool,
    pub(crate) takes_files: bool,
    pub(crate) extensions: Extensions,
}

impl Database {
    /// Whether many rows may be sent as a file: see [`Options::local_infile`](crate::Options::local_infile).
    pub fn takes_files(&self) -> bool {
        self.inner.takes_files
    }

    /// A value that a layer above stores with this database and its clones, made on first use.
    pub fn extension<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.inner.extensions.get_or_default()
    }

    /// A value that a layer above stores with this database, if it has been made.
    pub fn known_extension<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.inner.extensions.get()
    }

    /// The dialect: its name and its capabilities.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect
    }

    /// The URL, which prints without its password.
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    /// Counts and lists the statements that run from now on.
    pub fn watch(&self) -> Watch {
        self.inner.observer.watch()
    }

    /// Whether a pooler may run each transaction on another server connection (`?pooler=transaction`): settings and locks of a
    /// session do not last.
    pub fn is_pooled(&self) -> bool {
        self.inner.url.is_pooled()
    }

    /// How many connections there are, and who holds them. On an SQLite file, readers and the writer together.
    pub fn pool_status(&self) -> PoolStatus {
        let mut status = self.inner.writer.status();
        if let Some(reader) = &self.inner.reader {
            let more = reader.status();
            status.max += more.max;
            status.size += more.size;
            status.idle += more.idle;
            status.waiting += more.waiting;
            status.holders.extend(more.holders);
        }
        status
    }

    /// Closes the pool: idle connections now, the others when they come back. Later calls fail with
    /// [`ErrorKind::Closed`](crate::ErrorKind::Closed).
    pub fn close(&self) {
        self.inner.writer.close();
        if let Some(reader) = &self.inner.reader {
            reader.close();
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("url", &self.inner.url)
            .field("pool", &self.pool_status())
            .finish()
    }
}
