//! [`DatabaseUrl`]: which database, and how to reach it. It never prints its password.

use crate::error::{Error, ErrorKind, Result};
use std::fmt;

/// A database URL, taken apart.
///
/// | URL | database |
/// |---|---|
/// | `sqlite::memory:` | SQLite in memory, gone with the last handle |
/// | `sqlite:path/to/file.db`, `sqlite:///absolute/file.db` | an SQLite file, made if missing (`?mode=rw` refuses, `?mode=ro` reads only) |
/// | `postgres://user:password@host:5432/database` | PostgreSQL; `?sslmode=disable\|prefer\|require` |
/// | `mariadb://…` or `mysql://user:password@host:3306/database` | MariaDB or MySQL; `?ssl=true` |
///
/// With the feature `tls`, `sslmode=require` (`ssl=true`) encrypts and verifies the server, against the roots that
/// browsers trust or the file of certificates given by `sslrootcert=PATH`. `prefer`, PostgreSQL's default, encrypts where
/// the server can and verifies nothing; MariaDB and MySQL are not encrypted unless that is required.
///
/// A password is sent in clear text only to a server that TLS has verified (`require`), and over sockets of the same
/// machine. PostgreSQL's
/// `require_auth=scram-sha-256` (a list of `password`, `md5`, `scram-sha-256` and `none`, or of what is not allowed, each
/// with a `!`, as in libpq) says which authentication is accepted; `require_auth=password` accepts clear text.
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
    /// MariaDB or MySQL; the flag is the URL's scheme, the server's own word decides.
    Mysql(Server),
}

/// How an SQLite file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileMode {
    Create,
    ReadWrite,
    ReadOnly,
}

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
    /// A capability set that the user asks for by name (`?flavor=mysql`).
    pub(crate) flavor: Option<String>,
    /// Which authentication is accepted (`?require_auth=scram-sha-256`).
    pub(crate) require_auth: Option<RequireAuth>,
    /// The public key that encrypts the password on a connection without TLS.
    pub(crate) public_key: PublicKey,
}

/// How PostgreSQL authenticates a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    /// The password, in clear text.
    Password,
    /// The password's MD5 hash.
    Md5,
    /// SCRAM: both sides prove that they know the password.
    Scram,
    /// Not at all (`trust`).
    None,
}

impl AuthMethod {
    /// As `require_auth` names them.
    pub(crate) const ALL: [(&str, AuthMethod); 4] = [
        ("password", AuthMethod::Password),
        ("md5", AuthMethod::Md5),
        ("scram-sha-256", AuthMethod::Scram),
        ("none", AuthMethod::None),
    ];

    #[cfg(feature = "postgres")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            AuthMethod::Password => "password",
            AuthMethod::Md5 => "md5",
            AuthMethod::Scram => "scram-sha-256",
            AuthMethod::None => "none",
        }
    }
}

/// The methods that are accepted, or all but these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequireAuth {
    methods: Vec<AuthMethod>,
    is_negated: bool,
}

impl RequireAuth {
    /// As libpq reads it: `scram-sha-256,md5`, or `!password,!md5`.
    fn parse(text: &str) -> Result<RequireAuth> {
        let words: Vec<&str> = text.split(',').map(str::trim).collect();
        let is_negated = words.iter().all(|word| word.starts_with('!'));
        let method = |word: &&str| {
            let word = if is_negated { &word[1..] } else { word };
            let known = AuthMethod::ALL.into_iter().find(|(name, _)| *name == word);
            known.map(|(_, method)| method).ok_or_else(|| {
                wrong(format!(
                    "require_auth={text:?} is not known; there are password, md5, scram-sha-256 and none, or all of them with a ! before"
                ))
            })
        };
        Ok(RequireAuth {
            methods: words.iter().map(method).collect::<Result<_>>()?,
            is_negated,
        })
    }

    /// Whether it names a method as one that is accepted.
    #[cfg(feature = "postgres")]
    pub(crate) fn names(&self, method: AuthMethod) -> bool {
        !self.is_negated && self.methods.contains(&method)
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn allows(&self, method: AuthMethod) -> bool {
        self.methods.contains(&method) != self.is_negated
    }
}

/// Where a server's public key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PublicKey {
    /// There is none: the password is sent over TLS only.
    None,
    /// Whoever answers may send it (`?allow_public_key_retrieval=true`).
    Retrieved,
    /// A file (PEM, `?server_public_key=PATH`).
    File(String),
}

/// Whether TLS is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TlsMode {
    Disable,
    Prefer,
    Require,
}

impl DatabaseUrl {
    /// Takes a URL apart.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`], which says what is wrong and what a right one looks like.
    pub fn parse(url: &str) -> Result<DatabaseUrl> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(wrong(
                "it has no scheme; a URL begins with sqlite:, postgres:// or mysql:// (mariadb://)",
            ));
        };
        let backend = match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => sqlite(rest)?,
            "postgres" | "postgresql" => Backend::Postgres(server(rest, "postgres", 5432)?),
            "mysql" => Backend::Mysql(server(rest, "mysql", 3306)?),
            "mariadb" => Backend::Mysql(server(rest, "mariadb", 3306)?),
            other => {
                return Err(wrong(format!(
                    "the scheme {other:?} is not known; there are sqlite:, postgres://, mysql:// and mariadb://"
                )));
            }
        };
        Ok(DatabaseUrl { backend })
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidUrl, message)
}

fn sqlite(rest: &str) -> Result<Backend> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut mode = FileMode::Create;
    for (name, value) in parameters(query) {
        match (name, value) {
            ("mode", "rwc") => mode = FileMode::Create,
            ("mode", "rw") => mode = FileMode::ReadWrite,
            ("mode", "ro") => mode = FileMode::ReadOnly,
            ("mode", "memory") => return Ok(Backend::Memory),
            ("mode", other) => {
                return Err(wrong(format!(
                    "mode={other:?} is not known; there are rwc (the default), rw, ro, memory"
                )));
            }
            (other, _) => {
                return Err(wrong(format!(
                    "the parameter {other:?} is not known for SQLite; there is mode"
                )));
            }
        }
    }
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

fn server(rest: &str, scheme: &str, default_port: u16) -> Result<Server> {
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
    // What looks like no parameter may be a password: it is not repeated.
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
            // What is not a number may be a password whose @ is missing: it is not repeated.
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
        user: user.unwrap_or_else(|| scheme.replace("mariadb", "root").replace("mysql", "root")),
        password,
        database,
        tls: TlsMode::Prefer,
        root_cert: None,
        flavor: None,
        require_auth: None,
        public_key: PublicKey::None,
    };
    for (name, value) in parameters(query) {
        match (name, value) {
            ("sslmode" | "ssl-mode", "disable") | ("ssl", "false") => server.tls = TlsMode::Disable,
            ("sslmode" | "ssl-mode", "prefer") => server.tls = TlsMode::Prefer,
            ("sslmode" | "ssl-mode", "require") | ("ssl", "true") => server.tls = TlsMode::Require,
            ("sslrootcert", path) if !path.is_empty() => server.root_cert = Some(decode(path)?),
            ("flavor", "mysql" | "mariadb") if scheme != "postgres" => {
                server.flavor = Some(value.to_string());
            }
            ("require_auth", methods) if scheme == "postgres" => {
                server.require_auth = Some(RequireAuth::parse(&decode(methods)?)?);
            }
            // A key that is given is never replaced by one that somebody sends.
            ("allow_public_key_retrieval", "true" | "false") if scheme != "postgres" => {
                if !matches!(server.public_key, PublicKey::File(_)) {
                    server.public_key = match value {
                        "true" => PublicKey::Retrieved,
                        _ => PublicKey::None,
                    };
                }
            }
            ("server_public_key", path) if scheme != "postgres" && !path.is_empty() => {
                server.public_key = PublicKey::File(decode(path)?);
            }
            (
                "sslmode"
                | "ssl-mode"
                | "ssl"
                | "sslrootcert"
                | "flavor"
                | "require_auth"
                | "allow_public_key_retrieval"
                | "server_public_key",
                other,
            ) => {
                return Err(wrong(format!("{name}={other:?} is not known")));
            }
            (other, _) => {
                return Err(wrong(format!(
                    "the parameter {other:?} is not known; there are sslmode, ssl, sslrootcert, (PostgreSQL) require_auth and (MariaDB/MySQL) flavor, server_public_key and allow_public_key_retrieval"
                )));
            }
        }
    }
    Ok(server)
}

fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split('&')
        .filter(|part| !part.is_empty())
        .map(|part| part.split_once('=').unwrap_or((part, "")))
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
        let mut server = |scheme: &str, server: &Server| {
            let password = if server.password.is_some() {
                ":…"
            } else {
                ""
            };
            write!(
                f,
                "{scheme}://{}{password}@{}:{}/{}",
                server.user, server.host, server.port, server.database
            )
        };
        match &self.backend {
            Backend::Memory => f.write_str("sqlite::memory:"),
            Backend::File { path, .. } => write!(f, "sqlite:{path}"),
            Backend::Postgres(address) => server("postgres", address),
            Backend::Mysql(address) => server("mysql", address),
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
    use super::*;

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
        assert_eq!(server.tls, TlsMode::Require);
        assert_eq!(url.to_string(), "postgres://ann:…@db.example:6543/shop");
        assert!(!format!("{url:?}").contains("s@cr"));
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
