//! Connecting: from a URL and options to a [`Database`] with its pools.

use crate::database::{Database, Inner};
use crate::driver::{self, Connectors, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::extensions::Extensions;
use crate::observer::Observer;
use crate::options::Options;
use crate::pool::{Limits, Pool};
use crate::url::{Backend, DatabaseUrl};
use aludel_sql::dialect::Dialect;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

impl Options {
    /// Connects, and opens one connection, so that a wrong address or password fails at once.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`], [`ErrorKind::InvalidOptions`], [`ErrorKind::ConnectionFailed`],
    /// [`ErrorKind::AuthenticationFailed`].
    pub async fn connect(self, url: &str) -> Result<Database> {
        if self.max_connections == 0 {
            return Err(Error::new(
                ErrorKind::InvalidOptions,
                "max_connections(0) leaves nobody to talk to the database; give it one at least",
            ));
        }
        Database::open(DatabaseUrl::parse(url)?, self).await
    }
}

impl Database {
    /// Connects with the default [`Options`]. The URLs are listed at [`DatabaseUrl`].
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`], [`ErrorKind::ConnectionFailed`], [`ErrorKind::AuthenticationFailed`].
    pub async fn connect(url: &str) -> Result<Database> {
        Options::default().connect(url).await
    }

    /// The default options, to be changed before connecting.
    pub fn options() -> Options {
        Options::default()
    }

    #[track_caller]
    pub(crate) fn open(
        url: DatabaseUrl,
        options: Options,
    ) -> impl Future<Output = Result<Database>> + Send {
        let site = Location::caller();
        async move {
            let (writer, reader, dialect) = pools(&url, &options, site).await?;
            Ok(Database {
                inner: Arc::new(Inner {
                    observer: Observer::new(&options, dialect.name()),
                    inline: dialect.capabilities().embedded,
                    takes_files: options.local_infile && dialect.capabilities().load_data,
                    extensions: Extensions::default(),
                    url,
                    dialect,
                    writer,
                    reader,
                }),
            })
        }
    }
}

/// The pools of a database, each with its first connection open.
async fn pools(
    url: &DatabaseUrl,
    options: &Options,
    site: &'static Location<'static>,
) -> Result<(Pool, Option<Pool>, &'static dyn Dialect)> {
    let limits = Limits {
        max: options.max_connections,
        acquire_timeout: options.acquire_timeout,
        connect_timeout: options.connect_timeout,
        max_lifetime: options.max_lifetime,
        idle_timeout: options.idle_timeout,
        ping_after: options.ping_after,
        conflict_retries: options.conflict_retries,
        after_connect: options.after_connect.clone(),
    };
    let server = !matches!(url.backend, Backend::Memory | Backend::File { .. });
    if server && tokio::runtime::Handle::try_current().is_err() {
        return Err(Error::new(
            ErrorKind::ConnectionFailed,
            "a server is talked to from within a Tokio runtime; only SQLite needs none",
        ));
    }
    let settings = Settings {
        statement_cache: options.statement_cache,
        statement_timeout: options.statement_timeout,
        busy_timeout: options.busy_timeout,
        inline_budget: options.inline_budget,
        local_infile: options.local_infile,
    };
    match driver::connectors(&url.backend, &settings) {
        Some(Connectors::Embedded { writer, reader }) => {
            // A connection costs next to nothing to keep; in memory, it is the database, and is never closed.
            let limits = Limits {
                max_lifetime: None,
                idle_timeout: None,
                ..limits
            };
            let one = Limits {
                max: 1,
                ..limits.clone()
            };
            let writer = Pool::new(one, writer);
            writer.first(site).await?;
            let dialect = writer.dialect();
            let reader = reader.map(|reader| Pool::new(limits, reader));
            Ok((writer, reader, dialect))
        }
        Some(Connectors::Server(connector, server)) => {
            let pool = Pool::new(limits.of(server), connector);
            pool.first(site).await?;
            let dialect = pool.dialect();
            Ok((pool, None, dialect))
        }
        None => Err(Error::new(
            ErrorKind::InvalidUrl,
            format!(
                "{url} needs the feature `{0}` of aludel, which is not enabled: `cargo add aludel --features {0}`",
                url.feature()
            ),
        )),
    }
}
