//! The address of a server, and the connection settings in its URL.

use super::security::{PublicKey, RequireAuth, TlsMode};
use super::{decode, wrong};
use crate::error::Result;
use aludel_sql::dialect::DialectKind;
use std::time::Duration;

/// A server's address and credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) database: String,
    pub(crate) tls: TlsMode,
    /// A file of certificates (PEM) that vouch for the server.
    pub(crate) root_cert: Option<String>,
    /// The dialect that the URL asks for (`?flavor=mysql`).
    pub(crate) flavor: Option<DialectKind>,
    /// Which authentication is accepted (`?require_auth=scram-sha-256`).
    pub(crate) require_auth: Option<RequireAuth>,
    /// The public key that encrypts the password on a connection without TLS.
    pub(crate) public_key: PublicKey,
    /// What the server calls the program (`?application_name=…`).
    pub(crate) application_name: Option<String>,
    /// Settings for the server's side of a connection (PostgreSQL's `?options=-c …`).
    pub(crate) options: Option<String>,
    /// How long the server may take to accept a connection, if the URL says so.
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) keep_alive: KeepAlive,
    /// How long sent data may stay unacknowledged (`?tcp_user_timeout=…`).
    pub(crate) tcp_user_timeout: Option<Duration>,
    /// Whether statements have names on the server (`?prepare=false`).
    pub(crate) prepares: bool,
    /// What the URL says of a pooler (`?pooler=…`).
    pub(crate) pooler: Pooler,
}

/// What a URL says of a pooler between the program and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooler {
    /// Nothing.
    Unknown,
    /// There is none, or each connection keeps its server connection.
    None,
    /// Each transaction may run on another server connection.
    Transaction,
}

impl Server {
    /// `host:port`, for errors.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

/// Whether and when a silent peer is asked if it is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeepAlive {
    pub(crate) is_on: bool,
    /// How long it may be silent before it is asked.
    pub(crate) idle: Duration,
    /// How long until it is asked again.
    pub(crate) interval: Duration,
    /// How often it is asked.
    pub(crate) count: u32,
}

impl Default for KeepAlive {
    /// A peer that has vanished is given up after two minutes.
    fn default() -> KeepAlive {
        KeepAlive {
            is_on: true,
            idle: Duration::from_secs(60),
            interval: Duration::from_secs(10),
            count: 6,
        }
    }
}

/// Parses the part of a URL after its scheme.
pub(super) fn server(rest: &str, kind: DialectKind) -> Result<Server> {
    let scheme = kind.name();
    let (default_port, default_user, default_tls) = match kind {
        DialectKind::Postgres => (5432, "postgres", TlsMode::Prefer),
        DialectKind::Mariadb | DialectKind::Mysql => (3306, "root", TlsMode::Disable),
        DialectKind::Sqlite => return Err(wrong("an SQLite database has no server")),
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(wrong(format!(
            "after {scheme}: two slashes are missing; write {scheme}://user:password@host:{default_port}/database"
        )));
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let odd = |name: &str| {
        !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    // Text that is not a parameter may be a password: the error does not repeat it.
    if query.contains('@') || parameters(query).any(|(name, _)| odd(name)) {
        return Err(wrong(
            "there is a ? before the host's name; in a user's name or password write it as %3F",
        ));
    }
    // The password may have an @ in it, the host may not.
    let (credentials, address) = match rest.rsplit_once('@') {
        Some((credentials, address)) => (Some(credentials), address),
        None => (None, rest),
    };
    let (address, database) = address.split_once('/').unwrap_or((address, ""));
    let (user, password) = match credentials.map(|both| both.split_once(':')) {
        None => (None, None),
        Some(Some((user, password))) => (Some(decode(user)?), Some(decode(password)?)),
        Some(None) => (credentials.map(decode).transpose()?, None),
    };
    let (host, port) = match address
        .rfind(':')
        .filter(|at| !address[*at..].contains(']'))
    {
        Some(at) => {
            let port = &address[at + 1..];
            // Text that is not a number may be a password whose @ is missing: the error does not repeat it.
            if !port.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(wrong(format!(
                    "the port is not a number; write {scheme}://user:password@host:{default_port}/database"
                )));
            }
            let port = port
                .parse()
                .map_err(|_| wrong(format!("the port {port:?} is not a number up to 65535")))?;
            (&address[..at], port)
        }
        None => (address, default_port),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let database = decode(database)?;
    if database.is_empty() {
        return Err(wrong(format!(
            "it names no database; write {scheme}://user:password@host:{default_port}/database"
        )));
    }
    let mut server = Server {
        host: if host.is_empty() {
            "localhost".into()
        } else {
            decode(host)?
        },
        port,
        user: user.unwrap_or_else(|| default_user.into()),
        password,
        database,
        tls: default_tls,
        root_cert: None,
        flavor: None,
        require_auth: None,
        public_key: PublicKey::None,
        application_name: None,
        options: None,
        connect_timeout: None,
        keep_alive: KeepAlive::default(),
        tcp_user_timeout: None,
        prepares: true,
        pooler: Pooler::Unknown,
    };
    for (name, value) in parameters(query) {
        server.set(name, &decode(value)?, kind == DialectKind::Postgres)?;
    }
    server.check()?;
    Ok(server)
}

const POSTGRES: &[&str] = &["require_auth", "options", "prepare", "pooler"];
const MYSQL: &[&str] = &["flavor", "server_public_key", "allow_public_key_retrieval"];
const BOTH: &[&str] = &[
    "sslmode",
    "ssl-mode",
    "ssl",
    "sslrootcert",
    "application_name",
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
];

impl Server {
    fn set(&mut self, name: &str, value: &str, is_postgres: bool) -> Result<()> {
        let unknown = || wrong(format!("{name}={value:?} is not known"));
        let own = if is_postgres { POSTGRES } else { MYSQL };
        if !BOTH.contains(&name) && !own.contains(&name) {
            let there = || {
                BOTH.iter()
                    .chain(own)
                    .copied()
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let other = [POSTGRES, MYSQL].concat();
            return Err(wrong(match other.contains(&name) {
                true => format!(
                    "the parameter {name:?} is one of another database; there are {}",
                    there()
                ),
                false => format!("the parameter {name:?} is not known; there are {}", there()),
            }));
        }
        if value.is_empty() {
            return Err(wrong(format!("{name}= has no value")));
        }
        match name {
            "ssl" => {
                self.tls = match value {
                    "true" => TlsMode::VerifyFull,
                    "false" => TlsMode::Disable,
                    _ => return Err(unknown()),
                };
            }
            "sslmode" | "ssl-mode" => {
                let mode =
                    TlsMode::parse(value).filter(|mode| is_postgres || *mode != TlsMode::Allow);
                self.tls = mode.ok_or_else(unknown)?;
            }
            "sslrootcert" => self.root_cert = Some(value.to_string()),
            "application_name" => self.application_name = Some(plain(name, value)?),
            "options" => self.options = Some(plain(name, value)?),
            "connect_timeout" => self.connect_timeout = duration(name, value, Duration::from_secs)?,
            "keepalives" => self.keep_alive.is_on = flag(name, value)?,
            "keepalives_idle" => set(
                &mut self.keep_alive.idle,
                duration(name, value, Duration::from_secs)?,
            ),
            "keepalives_interval" => {
                set(
                    &mut self.keep_alive.interval,
                    duration(name, value, Duration::from_secs)?,
                );
            }
            "keepalives_count" => {
                let count = number(name, value)?;
                self.keep_alive.count = u32::try_from(count).map_err(|_| unknown())?;
            }
            "tcp_user_timeout" => {
                self.tcp_user_timeout = duration(name, value, Duration::from_millis)?;
            }
            "require_auth" => self.require_auth = Some(RequireAuth::parse(value)?),
            "prepare" => self.prepares = flag(name, value)?,
            "pooler" => {
                self.pooler = match value {
                    "transaction" => Pooler::Transaction,
                    "session" | "none" => Pooler::None,
                    _ => return Err(unknown()),
                };
            }
            "flavor" => {
                let kind = DialectKind::from_name(value);
                let akin = kind.filter(|kind| kind.is_akin(DialectKind::Mysql));
                self.flavor = Some(akin.ok_or_else(unknown)?);
            }
            // A key given in the URL is never replaced by one that a server sends.
            "allow_public_key_retrieval" => {
                let retrieved = match flag(name, value)? {
                    true => PublicKey::Retrieved,
                    false => PublicKey::None,
                };
                if !matches!(self.public_key, PublicKey::File(_)) {
                    self.public_key = retrieved;
                }
            }
            "server_public_key" => self.public_key = PublicKey::File(value.to_string()),
            _ => return Err(unknown()),
        }
        Ok(())
    }

    /// Refuses parameters that would have no effect, because they were meant to have one.
    fn check(&self) -> Result<()> {
        if self.root_cert.is_some() && !self.tls.is_verified() {
            return Err(wrong(
                "sslrootcert has no effect, because the server's certificate is not verified; add sslmode=verify-full \
                 (or remove sslrootcert)",
            ));
        }
        if self.is_pooled() && self.options.is_some() {
            return Err(wrong(
                "poolers refuse options; set them for the role (ALTER ROLE … SET …), or remove options",
            ));
        }
        Ok(())
    }

    /// Whether a pooler may run each transaction on another server connection.
    pub(crate) fn is_pooled(&self) -> bool {
        self.pooler == Pooler::Transaction
    }

    /// Whether statements have names on the server.
    #[cfg(any(test, feature = "postgres"))]
    pub(crate) fn names_statements(&self) -> bool {
        self.prepares && !self.is_pooled()
    }
}

fn set(to: &mut Duration, value: Option<Duration>) {
    if let Some(value) = value {
        *to = value;
    }
}

fn flag(name: &str, value: &str) -> Result<bool> {
    match value {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err(wrong(format!("{name}={value:?} is neither true nor false"))),
    }
}

fn number(name: &str, value: &str) -> Result<u64> {
    let refused = |_| wrong(format!("{name}={value:?} is no whole number"));
    value.parse().map_err(refused)
}

/// Zero is no limit, as in PostgreSQL's own client.
fn duration(name: &str, value: &str, unit: fn(u64) -> Duration) -> Result<Option<Duration>> {
    let number = number(name, value)?;
    if number > i32::MAX as u64 {
        return Err(wrong(format!("{name}={value:?} is too long a time")));
    }
    Ok((number > 0).then(|| unit(number)))
}

/// A value that is sent as it is, and may not contain a NUL.
fn plain(name: &str, value: &str) -> Result<String> {
    match value.contains('\0') {
        true => Err(wrong(format!("{name} has a NUL in it"))),
        false => Ok(value.to_string()),
    }
}

/// The parameters after the question mark.
pub(super) fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
}
