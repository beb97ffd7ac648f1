//! MariaDB and MySQL, through mysql_async. The server's own version says which dialect is spoken.

mod cells;
mod errors;
mod load;

use super::{Link, ServerLink};
use crate::command::{BoxFuture, Command, Outcome, Sink};
use crate::error::{Error, ErrorKind, Result};
use crate::pool::Connector;
use crate::url::{Server, TlsMode};
use aludel_sql::Value;
use cells::MyCells;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder, Params};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the connections of one database share.
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) statement_cache: usize,
    /// Whether the server is MariaDB; known after the first connection.
    pub(crate) is_mariadb: AtomicBool,
    /// Whether many rows may go in as a file.
    pub(crate) local_infile: bool,
}

pub(crate) struct MysqlConnector {
    pub(crate) config: Arc<Config>,
}

impl Connector for MysqlConnector {
    fn connect_now(&self) -> Option<Result<Link>> {
        None
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        Box::pin(async move {
            let link = MysqlLink::open(&self.config).await?;
            Ok(Link::Server(Box::new(link)))
        })
    }
}

pub(crate) struct MysqlLink {
    connection: Conn,
    broken: bool,
    /// Rows of a statement that was stopped early are still on their way.
    midway: bool,
    /// Whether rows may be sent as a file, as far as is known.
    takes_files: bool,
}

impl MysqlLink {
    async fn open(config: &Arc<Config>) -> Result<MysqlLink> {
        let server = &config.server;
        let mut options = OptsBuilder::default()
            .ip_or_hostname(&server.host)
            .tcp_port(server.port)
            .user(Some(&server.user))
            .pass(server.password.as_deref())
            .db_name(Some(&server.database))
            .prefer_socket(false)
            .stmt_cache_size(config.statement_cache);
        if server.tls == TlsMode::Require {
            if !cfg!(feature = "tls") {
                return Err(Error::new(
                    ErrorKind::ConnectionFailed,
                    "the URL requires TLS; enable the feature `tls`",
                ));
            }
            let mut tls = mysql_async::SslOpts::default();
            if let Some(path) = &server.root_cert {
                let path = std::path::PathBuf::from(path);
                tls = tls
                    .with_disable_built_in_roots(true)
                    .with_root_certs(vec![path.into()]);
            }
            options = options.ssl_opts(tls);
        }
        let mut connection = Conn::new(Opts::from(options))
            .await
            .map_err(|cause| errors::connect(cause, &server.host, server.port))?;
        let setup = "SET SESSION time_zone = '+00:00', \
             sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";
        connection
            .query_drop(setup)
            .await
            .map_err(errors::translate)?;
        let version: Option<String> = connection
            .query_first("SELECT VERSION()")
            .await
            .map_err(errors::translate)?;
        let is_mariadb = version.is_some_and(|version| version.contains("MariaDB"));
        config.is_mariadb.store(is_mariadb, Ordering::Relaxed);
        let (collation, mode) = if is_mariadb {
            ("utf8mb4_nopad_bin", ",SIMULTANEOUS_ASSIGNMENT")
        } else {
            ("utf8mb4_0900_bin", "")
        };
        connection
            .query_drop(format!("SET NAMES utf8mb4 COLLATE {collation}"))
            .await
            .map_err(errors::translate)?;
        if !mode.is_empty() {
            connection
                .query_drop(format!(
                    "SET SESSION sql_mode = CONCAT(@@sql_mode, '{mode}')"
                ))
                .await
                .map_err(errors::translate)?;
        }
        Ok(MysqlLink {
            connection,
            broken: false,
            midway: false,
            takes_files: config.local_infile,
        })
    }

    async fn execute(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Outcome> {
        if let Some(copy) = &command.copy {
            return self.load(command, copy).await;
        }
        let statement = match self.connection.prep(&*command.text).await {
            Ok(statement) => statement,
            Err(cause) => return Err(self.failed(cause, command).await),
        };
        let expected = usize::from(statement.num_params());
        if expected != command.binds.len() {
            return Err(Error::invalid_query(format!(
                "the statement has {expected} placeholders and {} binds",
                command.binds.len()
            ))
            .with_statement(&command.text));
        }
        let binds = if command.binds.is_empty() {
            Params::Empty
        } else {
            Params::Positional(command.binds.iter().map(bind).collect())
        };
        let mut result = match self.connection.exec_iter(&statement, binds).await {
            Ok(result) => result,
            Err(cause) => return Err(self.failed(cause, command).await),
        };
        if sink.wants_columns() {
            let names = result
                .columns_ref()
                .iter()
                .map(|column| column.name_str().into_owned())
                .collect();
            if let Err(error) = sink.columns(names) {
                drop(result.drop_result().await);
                return Err(Error::decode(&error, None).with_statement(&command.text));
            }
        }
        let mut stopped = None;
        loop {
            let next = match result.next().await {
                Ok(next) => next,
                Err(cause) => return Err(self.failed(cause, command).await),
            };
            let Some(row) = next else { break };
            let mut cells = MyCells::new(row);
            match sink.row(&mut cells) {
                Ok(true) => {}
                Ok(false) => {
                    stopped = Some(Ok(()));
                    break;
                }
                Err(error) => {
                    let name = cells.name(error.position);
                    stopped = Some(Err(Error::decode(&error, name.as_deref())));
                    break;
                }
            }
            if sink.is_full() && !sink.hand_over().await {
                stopped = Some(Ok(()));
                break;
            }
        }
        let ended = match &stopped {
            Some(_) if !command.pinned => ends_soon(&mut result).await,
            _ => Ok(true),
        };
        let ended = match ended {
            Ok(ended) => ended,
            Err(cause) => return Err(self.failed(cause, command).await),
        };
        if !ended {
            drop(result);
            self.midway = true;
            return match stopped {
                Some(Err(error)) => Err(error.with_statement(&command.text)),
                _ => Ok(Outcome::default()),
            };
        }
        let affected = result.affected_rows();
        let info = result.info().into_owned();
        let last_id = result.last_insert_id();
        // What is left of the rows is read and forgotten, so that the next answer is the next statement's.
        if let Err(cause) = result.drop_result().await {
            return Err(self.failed(cause, command).await);
        }
        if let Some(Err(error)) = stopped {
            return Err(error.with_statement(&command.text));
        }
        Ok(Outcome {
            affected: matched(&info).unwrap_or(affected),
            last_id: last_id.and_then(|id| i64::try_from(id).ok()),
        })
    }

    /// Translates an error; a duplicate key's columns are asked for, since the message has only its name.
    async fn failed(&mut self, cause: mysql_async::Error, command: &Command) -> Error {
        if cause.is_fatal() {
            self.broken = true;
        }
        let mut error = errors::translate(cause).with_statement(&command.text);
        if error.is_unique_violation()
            && let Some(constraint) = error.constraint_mut()
            && constraint.columns.is_empty()
            && let Some(name) = constraint.name.clone()
        {
            let found: Vec<(String, String)> = self
                .connection
                .exec(
                    "SELECT table_name, column_name FROM information_schema.statistics \
                     WHERE table_schema = DATABASE() AND index_name = ? ORDER BY table_name, seq_in_index",
                    (name,),
                )
                .await
                .unwrap_or_default();
            // Names of keys are unique only within a table: the one that the statement speaks of.
            let table = constraint.table.clone().or_else(|| {
                found
                    .iter()
                    .map(|(table, _)| table)
                    .find(|table| {
                        command
                            .text
                            .contains(&format!("`{}`", table.replace('`', "``")))
                    })
                    .or(found.first().map(|(table, _)| table))
                    .cloned()
            });
            constraint.columns = found
                .into_iter()
                .filter(|(of, _)| Some(of) == table.as_ref())
                .map(|(_, column)| column)
                .collect();
            constraint.table = table;
        }
        error
    }
}

/// Reads a few more rows: a result that ends with them leaves the connection fit for the next statement.
async fn ends_soon(
    result: &mut mysql_async::QueryResult<'_, 'static, mysql_async::BinaryProtocol>,
) -> Result<bool, mysql_async::Error> {
    const FEW: usize = 1000;
    for _ in 0..FEW {
        if result.next().await?.is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `Rows matched: 3  Changed: 1  Warnings: 0`: an UPDATE counts rows it found, as on the other databases.
fn matched(info: &str) -> Option<u64> {
    let rest = info.strip_prefix("Rows matched: ")?;
    rest.split(' ').next()?.parse().ok()
}

/// A value as the server takes it.
fn bind(value: &Value) -> mysql_async::Value {
    use mysql_async::Value as My;
    match value {
        Value::Null | Value::Array(_) | Value::Invalid(_) => My::NULL,
        Value::Bool(holds) => My::Int((*holds).into()),
        Value::I16(n) => My::Int((*n).into()),
        Value::I32(n) => My::Int((*n).into()),
        Value::I64(n) => My::Int(*n),
        Value::F32(n) => My::Float(*n),
        Value::F64(n) => My::Double(*n),
        Value::Text(text) | Value::Json(text) => My::Bytes(text.clone().into_bytes()),
        Value::Enum(_, label) => My::Bytes(label.as_bytes().to_vec()),
        Value::Bytes(bytes) => My::Bytes(bytes.clone()),
        Value::Uuid(bytes) => My::Bytes(bytes.to_vec()),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => My::Bytes(n.to_string().into_bytes()),
        Value::Date(date) => cells::date_value(*date, None),
        Value::Time(time) => {
            let seconds = time.0 / 1_000_000;
            My::Time(
                false,
                0,
                (seconds / 3600) as u8,
                (seconds / 60 % 60) as u8,
                (seconds % 60) as u8,
                (time.0 % 1_000_000) as u32,
            )
        }
        Value::DateTime(time) => {
            let (date, time) = time.split();
            cells::date_value(date, Some(time))
        }
        Value::Timestamp(time) => {
            let (date, time) = aludel_sql::types::temporal::CivilDateTime(time.0).split();
            cells::date_value(date, Some(time))
        }
    }
}

impl ServerLink for MysqlLink {
    fn run<'a>(
        &'a mut self,
        command: &'a Command,
        sink: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(self.execute(command, sink))
    }

    fn control<'a>(&'a mut self, text: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            for part in text.split(';').filter(|part| !part.trim().is_empty()) {
                if let Err(cause) = self.connection.query_drop(part).await {
                    self.broken |= cause.is_fatal();
                    return Err(errors::translate(cause).with_statement(&part.to_string().into()));
                }
            }
            Ok(())
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.connection.ping().await.map_err(errors::translate) })
    }

    fn is_broken(&mut self) -> bool {
        self.broken || self.midway
    }

    fn is_midway(&self) -> bool {
        self.midway
    }

    fn abandon(self: Box<Self>) {
        let id = self.connection.id();
        let options = self.connection.opts().clone();
        drop(self);
        // The statement may still run, with its locks; a second connection ends it.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Ok(mut connection) = Conn::new(options).await {
                    drop(connection.query_drop(format!("KILL {id}")).await);
                    drop(connection.disconnect().await);
                }
            });
        }
    }
}
