//! Translates MariaDB's and MySQL's errors: by number; names are taken from the English message.

use super::packet::Reader;
use crate::error::{Constraint, DatabaseMessage, Error, ErrorKind, redact, without_quote};
use aludel_sql::dialect::{ANOTHER_KEY, REFUSED_CAST};
use aludel_sql::types::SqlType;
use std::io;

/// An error of the server's, as it sends it.
pub(super) struct ServerError {
    pub(super) code: u16,
    message: String,
}

impl ServerError {
    /// From an error packet.
    pub(super) fn read(payload: &[u8]) -> io::Result<ServerError> {
        let mut reader = Reader(payload);
        reader.u8()?;
        let code = reader.u16()?;
        // Before it knows the client, a server sends no SQLSTATE.
        if reader.0.first() == Some(&b'#') {
            reader.skip(6)?;
        }
        let message = String::from_utf8_lossy(reader.0).into_owned();
        Ok(ServerError { code, message })
    }

    /// Whether the server closes the connection after it: it shuts down, was told to, or was sent too much.
    pub(super) fn ends_the_connection(&self) -> bool {
        self.message.contains("ot connected to Primary Component")
            || matches!(self.code, 1047 | 1053 | 1153 | 1927 | 4031)
    }
}

/// An error while connecting.
pub(super) fn connect(cause: &io::Error, host: &str, port: u16) -> Error {
    Error::new(
        ErrorKind::ConnectionFailed,
        format!("no MariaDB or MySQL answers at {host}:{port} ({cause})"),
    )
}

/// An error of the connection, or of what comes over it.
pub(super) fn wire(cause: io::Error) -> Error {
    crate::driver::socket::wire(&cause)
}

impl From<ServerError> for Error {
    fn from(server: ServerError) -> Error {
        let kind = classify(server.code, &server.message);
        let refused = server.message.split_once(REFUSED_CAST);
        let message = match server.code {
            1690 if let Some((_, wanted)) = refused => {
                let wanted = wanted.split('\'').next().unwrap_or_default();
                format!("what is cast is no {wanted}")
            }
            1690 if is_of_another_key(&server.message) => {
                "the row is there by another unique key than on_conflict(..) names".to_owned()
            }
            1062 | 1292 | 1366 | 1411 | 1525 | 1586 | 1690 => redact(&server.message, '\''),
            1526 => match server.message.split_once("for value ") {
                Some((before, _)) => format!("{before}for value …"),
                None => server.message.clone(),
            },
            _ => server.message.clone(),
        };
        let constraint = constraint(kind, &server.message);
        let text = match constraint {
            Some(_) => String::new(),
            None if matches!(server.code, 1064 | 1149) => without_quote(&message),
            None => message.clone(),
        };
        let column = match server.code {
            1264 | 1406 => between(&server.message, "for column '", "'"),
            _ => None,
        };
        // For an intermediate result, the server reports only the type.
        let limit = match server.code {
            1690 if server.message.starts_with("BIGINT") => Some(SqlType::BigInt),
            1690 if server.message.starts_with("DOUBLE") => Some(SqlType::Double),
            _ => None,
        };
        let mut error = Error::new(kind, text)
            .with_limit(limit)
            .with_source(DatabaseMessage {
                code: server.code.to_string(),
                message,
            });
        if let Some(column) = column {
            error = error.with_column(column);
        }
        match constraint {
            Some(constraint) => error.with_constraint(constraint),
            None => error,
        }
    }
}

fn classify(code: u16, message: &str) -> ErrorKind {
    match code {
        1062 | 1586 | 1859 => ErrorKind::UniqueViolation,
        1216 | 1217 | 1451 | 1452 | 1557 | 1761 | 1762 => ErrorKind::ForeignKeyViolation,
        1048 | 1364 | 1263 | 1566 => ErrorKind::NotNullViolation,
        3819 | 4025 => ErrorKind::CheckViolation,
        1406 | 1301 | 1153 => ErrorKind::ValueTooLong,
        1690 if message.contains(REFUSED_CAST) => ErrorKind::InvalidValue,
        1690 if is_of_another_key(message) => ErrorKind::UniqueViolation,
        1264 | 1690 | 1916 | 1365 => ErrorKind::OutOfRange,
        1292 | 1366 | 1411 | 1265 | 1525 | 3140 => ErrorKind::InvalidValue,
        1213 => ErrorKind::Deadlock,
        1020 => ErrorKind::SerializationFailure,
        // Prepared statements that a proxy or a reset has dropped, or that other statements outdate again and again.
        1243 | 1615 => ErrorKind::SchemaChanged,
        1205 | 3572 => ErrorKind::LockTimeout,
        1317 | 1969 | 3024 => ErrorKind::Cancelled,
        1792 | 1290 => ErrorKind::ReadOnly,
        1142 | 1143 | 1227 | 1044 => ErrorKind::PermissionDenied,
        1045 | 1698 | 1251 => ErrorKind::AuthenticationFailed,
        1049 | 1040 | 1203 => ErrorKind::ConnectionFailed,
        1053 | 1927 | 2006 | 2013 | 4031 => ErrorKind::ConnectionLost,
        // A node that has left its cluster.
        1047 => ErrorKind::ConnectionLost,
        _ if message.contains("ot connected to Primary Component") => ErrorKind::ConnectionLost,
        1178 | 1235 => ErrorKind::Unsupported,
        1021 | 1114 => ErrorKind::DiskFull,
        // Errors of the operating system, when a file is written.
        3 | 1026 if message.contains("Errcode: 28") || message.contains("errno: 28") => {
            ErrorKind::DiskFull
        }
        1054 | 1064 | 1146 | 1149 | 1305 | 1052 | 1066 | 1582 | 1109 | 1051 | 1050 => {
            ErrorKind::InvalidStatement
        }
        _ if message.contains("gone away") => ErrorKind::ConnectionLost,
        _ => ErrorKind::Database,
    }
}

/// Whether an upsert hit another unique key than its own: it is written so that it then fails with these words. MySQL adds
/// parentheses to an expression.
fn is_of_another_key(message: &str) -> bool {
    let words = message.to_ascii_lowercase().replace("((", "(");
    words.contains(&ANOTHER_KEY.to_ascii_lowercase())
}

/// The text between two others.
fn between(message: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = message.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found.to_string())
}

fn constraint(kind: ErrorKind, message: &str) -> Option<Constraint> {
    let between = |before: &str, after: &str| between(message, before, after);
    match kind {
        ErrorKind::UniqueViolation => {
            // The value before may hold anything; the key's name comes last.
            let key = message
                .rsplit_once("for key '")
                .map(|(_, rest)| rest.trim_end_matches('\''))?;
            // MySQL 8 writes table.key, MariaDB the key alone.
            let (table, name) = match key.split_once('.') {
                Some((table, name)) => (Some(table.to_string()), name),
                None => (None, key),
            };
            Some(Constraint {
                name: Some(name.to_string()),
                table,
                ..Constraint::default()
            })
        }
        ErrorKind::ForeignKeyViolation => {
            let table = between("fails (", ",").map(|full| {
                let last = full.rsplit("`.`").next().unwrap_or_default();
                last.trim_matches('`').to_string()
            });
            let columns = between("FOREIGN KEY (", ")").map(|list| {
                list.split(", ")
                    .map(|column| column.trim_matches('`').to_string())
                    .collect()
            });
            Some(Constraint {
                name: between("CONSTRAINT `", "`"),
                table,
                columns: columns.unwrap_or_default(),
                ..Constraint::default()
            })
        }
        ErrorKind::NotNullViolation => Some(Constraint {
            columns: between("olumn '", "'")
                .or_else(|| between("Field '", "'"))
                .into_iter()
                .collect(),
            ..Constraint::default()
        }),
        ErrorKind::CheckViolation => Some(Constraint {
            name: between("CONSTRAINT `", "`").or_else(|| between("constraint '", "'")),
            table: between("failed for `", "`.`")
                .and_then(|_| message.rsplit("`.`").next())
                .map(|last| last.trim_end_matches('`').to_string()),
            ..Constraint::default()
        }),
        _ => None,
    }
}
