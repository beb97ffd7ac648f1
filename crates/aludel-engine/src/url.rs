//! [`DatabaseUrl`]: which database, and how to reach it. It never prints its password.

mod security;
mod server;

#[cfg(feature = "mysql")]
pub(crate) use security::PublicKey;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use security::TlsMode;
#[cfg(feature = "postgres")]
pub(crate) use security::{AuthMethod, RequireAuth};
#[cfg(feature = "postgres")]
pub(crate) use server::Pooler;
pub(crate) use server::Server;

use crate::error::{Error, ErrorKind, Result};
use aludel_sql::dialect::DialectKind;
use server::{parameters, server};
use std::fmt;

/// A parsed database URL.
///
/// | URL | database |
/// |---|---|
/// | `sqlite::memory:` | SQLite in memory, gone with the last handle |
/// | `sqlite:path/to/file.db`, `sqlite:///absolute/file.db` | an SQLite file, made if missing (`?mode=rw` refuses, `?mode=ro` reads only, `?immutable=true` reads a file that nobody writes, without any file beside it) |
/// | `postgres://user:password@host:5432/database` | PostgreSQL |
/// | `mariadb://…` or `mysql://user:password@host:3306/database` | MariaDB or MySQL |
///
/// Parameters follow after a question mark, separated by `&`, with the names that PostgreSQL's own client uses:
///
/// | parameter | what it says |
/// |---|---|
/// | `sslmode` (also `ssl-mode`) | whether TLS is used (feature `tls`): `disable`, `allow` (PostgreSQL: where the server wants it), `prefer` (where it can; nothing is verified), `verify-ca` (its certificate is vouched for), `verify-full` or `require` (and has the host's name); PostgreSQL: `prefer`, MariaDB and MySQL: `disable` |
/// | `ssl` | `true` is `sslmode=verify-full` |
/// | `sslrootcert` | a file of certificates (PEM) that vouch for servers, instead of the roots that browsers trust |
/// | `application_name` | what the server calls the program (`aludel`) |
/// | `connect_timeout` | seconds that the server may take to accept a connection |
/// | `keepalives` (`1`), `keepalives_idle` (60 s), `keepalives_interval` (10 s), `keepalives_count` (6) | whether and when a silent server is asked if it is still there |
/// | `tcp_user_timeout` | milliseconds that what was sent may stay unacknowledged (Linux) |
/// | `require_auth` | PostgreSQL: the authentication that is accepted |
/// | `options` | PostgreSQL: settings of the session, `-c%20search_path=shop` |
/// | `prepare` | PostgreSQL: `false` sends statements without names at the server, for poolers that do not know them |
/// | `pooler` | PostgreSQL: `transaction` behind a pooler that gives each transaction another connection of the server's (PgBouncer's `pool_mode = transaction`): statements have no names, and what needs a connection of its own is `Unsupported`. `session` or `none`: each connection has one of the server's |
/// | `server_public_key`, `allow_public_key_retrieval` | MySQL: the key that encrypts passwords where TLS does not |
/// | `flavor` | `mariadb` or `mysql`, where the server's version does not say |
///
/// A password is sent in clear text only to a server that TLS has verified, and over sockets of the same machine.
/// PostgreSQL's `require_auth=scram-sha-256` says which authentication is accepted: a list of `password`, `md5`,
/// `scram-sha-256` and `none`, or of what is not allowed, each with a `!`, as in libpq; `require_auth=password` accepts clear
/// text.
/// MySQL's `caching_sha2_password` needs TLS or a public key: `server_public_key=PATH`, or
/// `allow_public_key_retrieval=true` for one that the server sends, which another machine could send as well.
///
/// User, password, database and path are percent-decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    pub(crate) backend: Backend,
}

/// A database and its address.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Backend {
    /// SQLite in memory.
    Memory,
    /// An SQLite file.
    File { path: String, mode: FileMode },
    /// PostgreSQL.
    Postgres(Server),
    /// MariaDB or MySQL; the server's own version decides which.
    Mysql(Server),
}

/// How an SQLite file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileMode {
    Create,
    ReadWrite,
    ReadOnly,
    /// Read-only, of a file that nobody writes: SQLite neither locks it nor looks for a log beside it.
    Immutable,
}

impl DatabaseUrl {
    /// Parses a URL.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`], which says what is wrong and what a valid one looks like.
    pub fn parse(url: &str) -> Result<DatabaseUrl> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(wrong(
                "it has no scheme; a URL begins with sqlite:, postgres:// or mysql:// (mariadb://)",
            ));
        };
        let scheme = scheme.to_ascii_lowercase();
        let backend = match DialectKind::from_name(&scheme) {
            Some(DialectKind::Sqlite) => sqlite(rest)?,
            Some(DialectKind::Postgres) => Backend::Postgres(server(rest, DialectKind::Postgres)?),
            Some(kind @ (DialectKind::Mariadb | DialectKind::Mysql)) => {
                Backend::Mysql(server(rest, kind)?)
            }
            None => {
                return Err(wrong(format!(
                    "the scheme {scheme:?} is not known; there are sqlite:, postgres://, mysql:// and mariadb://"
                )));
            }
        };
        Ok(DatabaseUrl { backend })
    }
}

impl DatabaseUrl {
    pub(crate) fn is_in_memory(&self) -> bool {
        matches!(self.backend, Backend::Memory)
    }

    /// The feature of the crate that connects to it.
    pub(crate) fn feature(&self) -> &'static str {
        match self.backend {
            Backend::Memory | Backend::File { .. } => "sqlite",
            Backend::Postgres(_) => "postgres",
            Backend::Mysql(_) => "mysql",
        }
    }

    pub(crate) fn is_pooled(&self) -> bool {
        matches!(&self.backend, Backend::Postgres(server) if server.is_pooled())
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidUrl, message)
}

fn sqlite(rest: &str) -> Result<Backend> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (mut mode, mut immutable) = (None, false);
    for (name, value) in parameters(query) {
        match (name, value) {
            ("mode", "rwc") => mode = Some(FileMode::Create),
            ("mode", "rw") => mode = Some(FileMode::ReadWrite),
            ("mode", "ro") => mode = Some(FileMode::ReadOnly),
            ("immutable", "true" | "1") => immutable = true,
            ("mode", "memory") => return Ok(Backend::Memory),
            ("mode", other) => {
                return Err(wrong(format!(
                    "mode={other:?} is not known; there are rwc (the default), rw, ro, memory"
                )));
            }
            (other, _) => {
                return Err(wrong(format!(
                    "the parameter {other:?} is not known for SQLite; there are mode and immutable=true"
                )));
            }
        }
    }
    let mode = match (mode, immutable) {
        (None | Some(FileMode::ReadOnly), true) => FileMode::Immutable,
        (Some(_), true) => {
            return Err(wrong(
                "immutable=true is for files that nobody writes, and mode asks to write it; leave one of them out",
            ));
        }
        (mode, false) => mode.unwrap_or(FileMode::Create),
    };
    let path = match path.strip_prefix("//") {
        Some(rest) => rest,
        None => path,
    };
    if path == ":memory:" {
        return Ok(Backend::Memory);
    }
    if path.is_empty() {
        return Err(wrong(
            "it has no path; write sqlite:file.db, sqlite:///absolute/file.db or sqlite::memory:",
        ));
    }
    Ok(Backend::File {
        path: decode(path)?,
        mode,
    })
}

fn decode(text: &str) -> Result<String> {
    if !text.contains('%') {
        return Ok(text.to_string());
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            let byte = text
                .get(at + 1..at + 3)
                .and_then(|hex| u8::from_str_radix(hex, 16).ok())
                .ok_or_else(|| {
                    wrong("after a % two hexadecimal digits are missing; a % itself is %25")
                })?;
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).map_err(|_| wrong("its percent-encoded bytes are not UTF-8"))
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut server = |kind: DialectKind, server: &Server| {
            let password = if server.password.is_some() {
                ":…"
            } else {
                ""
            };
            write!(
                f,
                "{}://{}{password}@{}:{}/{}",
                kind.name(),
                server.user,
                server.host,
                server.port,
                server.database
            )
        };
        match &self.backend {
            Backend::Memory => f.write_str("sqlite::memory:"),
            Backend::File { path, .. } => write!(f, "sqlite:{path}"),
            Backend::Postgres(address) => server(DialectKind::Postgres, address),
            Backend::Mysql(address) => server(DialectKind::Mysql, address),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::security::TlsMode;
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_url_is_taken_apart_and_never_shows_its_password() {
        let url =
            DatabaseUrl::parse("postgres://ann:s%40cr@et@db.example:6543/shop?sslmode=require")
                .unwrap();
        let Backend::Postgres(server) = &url.backend else {
            panic!("not PostgreSQL")
        };
        assert_eq!(
            (server.user.as_str(), server.password.as_deref()),
            ("ann", Some("s@cr@et"))
        );
        assert_eq!((server.host.as_str(), server.port), ("db.example", 6543));
        assert_eq!(server.tls, TlsMode::VerifyFull);
        assert_eq!(url.to_string(), "postgres://ann:…@db.example:6543/shop");
        assert!(!format!("{url:?}").contains("s@cr"));
    }

    #[test]
    fn parameters_have_the_names_that_libpq_gives_them() {
        let server = |url: &str| match DatabaseUrl::parse(url).unwrap().backend {
            Backend::Postgres(server) | Backend::Mysql(server) => server,
            _ => panic!("no server"),
        };
        let asked = server(
            "postgres://h/db?application_name=my%20shop&options=-c%20search_path%3Dshop&connect_timeout=7\
             &keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=9000&sslmode=verify-ca&prepare=false",
        );
        assert_eq!(asked.application_name.as_deref(), Some("my shop"));
        assert_eq!(asked.options.as_deref(), Some("-c search_path=shop"));
        assert_eq!(asked.connect_timeout, Some(Duration::from_secs(7)));
        assert_eq!(asked.keep_alive.idle, Duration::from_secs(5));
        assert_eq!(asked.keep_alive.interval, Duration::from_secs(2));
        assert_eq!(asked.keep_alive.count, 3);
        assert_eq!(asked.tcp_user_timeout, Some(Duration::from_secs(9)));
        assert_eq!(asked.tls, TlsMode::VerifyCa);
        assert!(!asked.names_statements());
        let usual = server("postgres://h/db?connect_timeout=0&keepalives=0");
        assert_eq!(
            (usual.connect_timeout, usual.keep_alive.is_on),
            (None, false)
        );
        assert_eq!(usual.tls, TlsMode::Prefer);
        assert!(usual.names_statements());
        assert!(!server("postgres://h/db?pooler=transaction").names_statements());
        assert_eq!(server("mysql://h/db").tls, TlsMode::Disable);
        for (mode, tls) in [
            ("require", TlsMode::VerifyFull),
            ("verify-full", TlsMode::VerifyFull),
            ("VERIFY_IDENTITY", TlsMode::VerifyFull),
            ("verify_ca", TlsMode::VerifyCa),
            ("preferred", TlsMode::Prefer),
            ("disabled", TlsMode::Disable),
        ] {
            assert_eq!(
                server(&format!("mysql://h/db?ssl-mode={mode}")).tls,
                tls,
                "{mode}"
            );
        }
    }

    #[test]
    fn a_wrong_url_says_what_is_wrong() {
        let said = |url: &str| DatabaseUrl::parse(url).unwrap_err().to_string();
        assert!(said("blog.db").contains("no scheme"));
        assert!(said("oracle://x").contains("\"oracle\" is not known"));
        assert!(said("postgres:db").contains("two slashes are missing"));
        assert!(said("postgres://host").contains("names no database"));
        assert!(said("mysql://host:99999/db").contains("port \"99999\""));
        assert!(said("postgres://u:p%zz@h/db").contains("hexadecimal"));
        assert!(said("postgres://h/db?ssl_mode=1").contains("\"ssl_mode\" is not known"));
        assert!(said("postgres://h/db?flavor=mysql").contains("of another database"));
        assert!(said("mysql://h/db?sslmode=allow").contains("is not known"));
        assert!(said("mysql://h/db?sslrootcert=x.pem").contains("has no effect"));
        assert!(said("postgres://h/db?sslrootcert=x.pem&sslmode=prefer").contains("has no effect"));
        assert!(said("postgres://h/db?connect_timeout=soon").contains("no whole number"));
        assert!(said("postgres://h/db?connect_timeout=").contains("has no value"));
        assert!(said("postgres://h/db?prepare=maybe").contains("neither true nor false"));
        assert!(said("postgres://h/db?pooler=statement").contains("is not known"));
        assert!(
            said("postgres://h/db?pooler=transaction&options=-cx=y").contains("refuse options")
        );
        assert!(said("sqlite:").contains("no path"));
        assert!(said("sqlite:x?mode=fast").contains("\"fast\" is not known"));
        for url in [
            "postgres://u:hunter2@h",
            "mysql://u:hunter2@h:x/db",
            "postgres://u:hunter2/db",
            "postgres://u:a?hunter2@h/db",
            "mysql://u:a?b=hunter2@h/db",
        ] {
            assert!(!said(url).contains("hunter2"));
        }
    }
}
