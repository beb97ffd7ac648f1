//! PostgreSQL, through tokio-postgres.
//!
//! Statements are prepared once per connection, with the types of their binds, and kept in a bounded cache. A row's
//! bytes are decoded in place: no type is looked up and no value made on the way into a field.

mod binary;
mod cache;
mod copy;
mod errors;

use super::{Link, ServerLink};
use crate::command::{BoxFuture, Command, Failed, Outcome, Sink};
#[cfg(not(feature = "tls"))]
use crate::error::ErrorKind;
use crate::error::{Error, Result};
use crate::pool::Connector;
use crate::text::Text;
use crate::url::{Server, TlsMode};
use aludel_sql::Value;
use binary::{Bind, PgCells, bind_type};
use cache::StatementCache;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio_postgres::types::Type;
use tokio_postgres::{CancelToken, Client, NoTls, Statement};

/// What the connections of one database share.
pub(crate) struct Config {
    pub(crate) server: Server,
    pub(crate) statement_cache: usize,
    /// Made for the first connection, and the same for all.
    #[cfg(feature = "tls")]
    tls: std::sync::OnceLock<tokio_postgres_rustls::MakeRustlsConnect>,
}

impl Config {
    pub(crate) fn new(server: Server, statement_cache: usize) -> Config {
        Config {
            server,
            statement_cache,
            #[cfg(feature = "tls")]
            tls: std::sync::OnceLock::new(),
        }
    }

    #[cfg(feature = "tls")]
    fn tls(&self) -> Result<tokio_postgres_rustls::MakeRustlsConnect> {
        if let Some(tls) = self.tls.get() {
            return Ok(tls.clone());
        }
        let tls = super::tls::connector(&self.server)?;
        Ok(self.tls.get_or_init(|| tls).clone())
    }
}

pub(crate) struct PostgresConnector {
    pub(crate) config: Arc<Config>,
}

impl Connector for PostgresConnector {
    fn connect_now(&self) -> Option<Result<Link>> {
        None
    }
    fn connect(&self) -> BoxFuture<'_, Result<Link>> {
        Box::pin(async move {
            let link = PostgresLink::open(&self.config).await?;
            Ok(Link::Server(Box::new(link)))
        })
    }
}

pub(crate) struct PostgresLink {
    client: Client,
    cancel: CancelToken,
    cache: StatementCache,
    server: Arc<Config>,
    /// The connection is lost.
    lost: bool,
    /// Rows of a statement that was stopped early are still on their way.
    midway: bool,
}

impl PostgresLink {
    async fn open(config: &Arc<Config>) -> Result<PostgresLink> {
        let server = &config.server;
        let mut options = tokio_postgres::Config::new();
        options
            .host(&server.host)
            .port(server.port)
            .user(&server.user)
            .dbname(&server.database)
            .application_name("aludel")
            // Instants are UTC on every database.
            .options("-c TimeZone=UTC -c DateStyle=ISO");
        if let Some(password) = &server.password {
            options.password(password);
        }
        let failed = |cause| errors::connect(cause, &server.host, server.port);
        let client = match server.tls {
            TlsMode::Disable => connect(&options, NoTls).await.map_err(failed)?,
            #[cfg(feature = "tls")]
            mode => {
                options.ssl_mode(match mode {
                    TlsMode::Require => tokio_postgres::config::SslMode::Require,
                    _ => tokio_postgres::config::SslMode::Prefer,
                });
                connect(&options, config.tls()?).await.map_err(failed)?
            }
            #[cfg(not(feature = "tls"))]
            TlsMode::Require => {
                return Err(Error::new(
                    ErrorKind::ConnectionFailed,
                    "the URL requires TLS; enable the feature `tls`",
                ));
            }
            #[cfg(not(feature = "tls"))]
            TlsMode::Prefer => connect(&options, NoTls).await.map_err(failed)?,
        };
        Ok(PostgresLink {
            cancel: client.cancel_token(),
            client,
            cache: StatementCache::new(config.statement_cache),
            server: Arc::clone(config),
            lost: false,
            midway: false,
        })
    }

    /// The server may say that it ends a connection before the connection is seen to be closed.
    fn notice<T>(&mut self, result: &Result<T>) {
        if let Err(error) = result {
            self.lost |= error.is_connection_error();
        }
    }

    async fn prepared(&mut self, command: &Command) -> Result<Statement, tokio_postgres::Error> {
        let types: Vec<Type> = command.binds.iter().map(bind_type).collect();
        if let Some(statement) = self.cache.get(&command.text, &types) {
            return Ok(statement);
        }
        let statement = self.client.prepare_typed(&command.text, &types).await?;
        self.cache.insert(&command.text, types, statement.clone());
        Ok(statement)
    }

    async fn execute(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Outcome> {
        if let Some(copy) = &command.copy {
            return match self.copy(command, copy).await? {
                Some(outcome) => Ok(outcome),
                None => self.ask(&copy::as_arrays(command, copy), sink).await,
            };
        }
        self.ask(command, sink).await
    }

    async fn ask(&mut self, command: &Command, sink: &mut dyn Sink) -> Result<Outcome> {
        let statement = self
            .prepared(command)
            .await
            .map_err(|cause| errors::translate(cause).with_statement(&command.text))?;
        let mut left = Left::default();
        let result = ask(&self.client, &statement, command, sink, &mut left).await;
        self.leave(command, left);
        result
    }

    /// Prepares what is not known yet, all at once, and then sends all before it reads the first answer.
    async fn execute_at_once(
        &mut self,
        commands: &[Command],
        sinks: &mut [Box<dyn Sink>],
    ) -> Result<Vec<Outcome>, Failed> {
        let statements = self.prepared_at_once(commands).await?;
        let client = &self.client;
        let mut lefts: Vec<Left> = commands.iter().map(|_| Left::default()).collect();
        let asked = commands.iter().zip(&statements).zip(sinks).zip(&mut lefts);
        let asked = asked.map(|(((command, statement), sink), left)| {
            ask(client, statement, command, &mut **sink, left)
        });
        let answers = all(asked).await;
        for (command, left) in commands.iter().zip(lefts) {
            self.leave(command, left);
        }
        let answers = answers.into_iter().enumerate();
        answers
            .map(|(at, answer)| answer.map_err(|error| (at, error)))
            .collect()
    }

    async fn prepared_at_once(&mut self, commands: &[Command]) -> Result<Vec<Statement>, Failed> {
        let mut new: Vec<(usize, &Text, Vec<Type>)> = Vec::new();
        for (at, command) in commands.iter().enumerate() {
            let types: Vec<Type> = command.binds.iter().map(bind_type).collect();
            let is_same = |(_, text, known): &(usize, &Text, Vec<Type>)| {
                **text == command.text && *known == types
            };
            if self.cache.get(&command.text, &types).is_none() && !new.iter().any(is_same) {
                new.push((at, &command.text, types));
            }
        }
        let client = &self.client;
        let asked = new
            .iter()
            .map(|(_, text, types)| client.prepare_typed(text, types));
        let answers = all(asked).await.into_iter().zip(&new);
        let failed = |cause, text: &Text| errors::translate(cause).with_statement(text);
        let made =
            answers.map(|(made, (at, text, _))| made.map_err(|cause| (*at, failed(cause, text))));
        let made: Vec<Statement> = made.collect::<Result<_, Failed>>()?;
        for ((_, text, types), statement) in new.into_iter().zip(made) {
            self.cache.insert(text, types, statement);
        }
        let mut statements = Vec::with_capacity(commands.len());
        for (at, command) in commands.iter().enumerate() {
            // Known by now, unless there is more than the cache holds.
            let statement = self.prepared(command).await;
            statements.push(statement.map_err(|cause| (at, failed(cause, &command.text)))?);
        }
        Ok(statements)
    }

    fn leave(&mut self, command: &Command, left: Left) {
        self.midway |= left.midway;
        if left.outgrown {
            // A statement that the schema has outgrown is prepared anew the next time.
            self.cache.forget(&command.text);
        }
    }
}

/// What a statement leaves behind, besides its answer.
#[derive(Default)]
struct Left {
    midway: bool,
    outgrown: bool,
}

/// Sends a statement, at the first poll, and gives its rows to the sink.
async fn ask(
    client: &Client,
    statement: &Statement,
    command: &Command,
    sink: &mut dyn Sink,
    left: &mut Left,
) -> Result<Outcome> {
    let failed = |cause| errors::translate(cause).with_statement(&command.text);
    let expected = statement.params().len();
    if expected != command.binds.len() {
        return Err(Error::invalid_query(format!(
            "the statement has {expected} placeholders and {} binds",
            command.binds.len()
        ))
        .with_statement(&command.text));
    }
    if sink.wants_columns() {
        let names = statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect();
        sink.columns(names)
            .map_err(|error| Error::decode(&error, None).with_statement(&command.text))?;
    }
    let binds = command.binds.iter().map(Bind);
    let rows = match client.query_raw(statement, binds).await {
        Ok(rows) => rows,
        Err(cause) => {
            left.outgrown = true;
            return Err(failed(cause));
        }
    };
    let mut rows = pin!(rows);
    loop {
        let next = poll_fn(|cx| futures_core::Stream::poll_next(rows.as_mut(), cx)).await;
        let row = match next {
            None => break,
            Some(Ok(row)) => row,
            Some(Err(cause)) => {
                left.outgrown = true;
                return Err(failed(cause));
            }
        };
        let stopped = match sink.row(&mut PgCells::new(&row)) {
            Ok(true) if sink.is_full() => (!sink.hand_over().await).then_some(Ok(())),
            Ok(true) => None,
            Ok(false) => Some(Ok(())),
            Err(error) => {
                let column = row
                    .columns()
                    .get(error.position)
                    .map(|column| column.name());
                Some(Err(Error::decode(&error, column)))
            }
        };
        if let Some(stopped) = stopped {
            // An error may still come: of a statement that writes, or one that aborts the transaction.
            left.midway = !ends(rows.as_mut(), command.pinned).await.map_err(failed)?;
            stopped.map_err(|error| error.with_statement(&command.text))?;
            break;
        }
    }
    Ok(Outcome {
        affected: rows.rows_affected().unwrap_or(0),
        last_id: None,
    })
}

/// Runs futures side by side. All are polled once in this order, which sends; then each is awaited in turn, as their
/// answers come in that order.
async fn all<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut futures: Vec<Pin<Box<F>>> = futures.map(Box::pin).collect();
    let begin = |cx: &mut Context<'_>| {
        let polled = futures.iter_mut().map(|future| future.as_mut().poll(cx));
        Poll::Ready(polled.collect::<Vec<_>>())
    };
    let polled = poll_fn(begin).await;
    let mut outputs = Vec::with_capacity(polled.len());
    for (future, polled) in futures.into_iter().zip(polled) {
        outputs.push(match polled {
            Poll::Ready(output) => output,
            Poll::Pending => future.await,
        });
    }
    outputs
}

/// Reads what is left of a result, or a little of it: a result that ends leaves the connection fit for the next
/// statement.
async fn ends(
    mut rows: Pin<&mut tokio_postgres::RowStream>,
    all: bool,
) -> Result<bool, tokio_postgres::Error> {
    const FEW: usize = 1000;
    let mut read = 0;
    while all || read < FEW {
        match poll_fn(|cx| futures_core::Stream::poll_next(rows.as_mut(), cx)).await {
            None => return Ok(true),
            Some(row) => drop(row?),
        }
        read += 1;
    }
    Ok(false)
}

async fn connect<T>(
    options: &tokio_postgres::Config,
    tls: T,
) -> Result<Client, tokio_postgres::Error>
where
    T: tokio_postgres::tls::MakeTlsConnect<tokio_postgres::Socket>,
    T::TlsConnect: Send,
    T::Stream: Send + 'static,
    <T::TlsConnect as tokio_postgres::tls::TlsConnect<tokio_postgres::Socket>>::Future: Send,
{
    let (client, connection) = options.connect(tls).await?;
    // Ends by itself when the client is dropped; what went wrong, the client's calls report.
    tokio::spawn(async move { drop(connection.await) });
    Ok(client)
}

impl ServerLink for PostgresLink {
    fn run<'a>(
        &'a mut self,
        command: &'a Command,
        sink: &'a mut dyn Sink,
    ) -> BoxFuture<'a, Result<Outcome>> {
        Box::pin(async move {
            let result = self.execute(command, sink).await;
            self.notice(&result);
            result
        })
    }

    fn run_at_once<'a>(
        &'a mut self,
        commands: &'a [Command],
        sinks: &'a mut [Box<dyn Sink>],
    ) -> BoxFuture<'a, Result<Vec<Outcome>, Failed>> {
        Box::pin(async move {
            let result = self.execute_at_once(commands, sinks).await;
            if let Err((_, error)) = &result {
                self.lost |= error.is_connection_error();
            }
            result
        })
    }

    fn control<'a>(&'a mut self, text: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            // COMMIT of an aborted transaction is answered with a rollback, and no error: ask for one.
            let sent = match text {
                "COMMIT" => "SELECT 1;COMMIT",
                other => other,
            };
            let result =
                self.client.batch_execute(sent).await.map_err(|cause| {
                    errors::translate(cause).with_statement(&text.to_string().into())
                });
            self.notice(&result);
            result
        })
    }

    fn ping(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.client
                .batch_execute("")
                .await
                .map_err(errors::translate)
        })
    }

    fn is_broken(&self) -> bool {
        self.lost || self.midway || self.client.is_closed()
    }

    fn is_midway(&self) -> bool {
        self.midway
    }

    fn abandon(self: Box<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let PostgresLink {
            client,
            cancel,
            server,
            ..
        } = *self;
        runtime.spawn(async move {
            // The request goes over a connection of its own, of the same kind as the first.
            #[cfg(feature = "tls")]
            if server.server.tls != TlsMode::Disable
                && let Ok(tls) = server.tls()
            {
                drop(cancel.cancel_query(tls).await);
                drop(client);
                return;
            }
            let _ = &server;
            drop(cancel.cancel_query(NoTls).await);
            drop(client);
        });
    }
}

/// Whether a value is one that the server infers the type of.
pub(crate) fn is_inferred(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Enum(..))
}
