//! What PostgreSQL's errors say: by SQLSTATE, with the constraint by name, table and columns.

use super::message::Reader;
use crate::error::{Constraint, DatabaseMessage, Error, ErrorKind, redact, without_quote};
use aludel_sql::types::SqlType;
use std::io;

/// An error of the server's, as it sends it.
#[derive(Default)]
pub(super) struct ServerError {
    pub(super) code: String,
    message: String,
    /// Whether the server says that the connection survives.
    survived: bool,
    detail: Option<String>,
    table: Option<String>,
    column: Option<String>,
    constraint: Option<String>,
}

impl ServerError {
    /// From the fields of an `ErrorResponse`.
    pub(super) fn read(body: &[u8]) -> io::Result<ServerError> {
        let mut reader = Reader(body);
        let mut error = ServerError::default();
        loop {
            let field = reader.u8()?;
            if field == 0 {
                return Ok(error);
            }
            // Before a connection has a character set, a server speaks its own.
            let text = String::from_utf8_lossy(reader.bytes()?).into_owned();
            match field {
                // The severity: in the server's language, and (after it) in English; a pooler sends the first alone.
                b'S' | b'V' => error.survived = !matches!(text.as_str(), "FATAL" | "PANIC"),
                b'C' => error.code = text,
                b'M' => error.message = text,
                b'D' => error.detail = Some(text),
                b't' => error.table = Some(text),
                b'c' => error.column = Some(text),
                b'n' => error.constraint = Some(text),
                _ => {}
            }
        }
    }

    /// Whether the prepared statement may be outdated.
    pub(super) fn is_of_the_statement(&self) -> bool {
        !matches!(
            self.code.get(..2),
            Some("22" | "23" | "25" | "40" | "55" | "57")
        )
    }

    /// Whether the server says, at Bind, that it no longer knows the statement, or that its meaning has changed since it was
    /// prepared: a result or parameters of other types, an operator or a type that is gone. Prepared again, it may run.
    pub(super) fn is_outgrown(&self) -> bool {
        match self.code.as_str() {
            "0A000" | "26000" | "42704" | "42725" | "42804" | "42846" | "42883" | "XX000" => true,
            // An unnamed statement was asked for the columns that it had: `bind message has 3 result formats but query
            // has 2 columns`.
            "08P01" => self.message.contains("result formats"),
            _ => false,
        }
    }

    /// Whether the server knows no statement of that name, or another one.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self.code.as_str(), "26000" | "42P05")
    }

    /// Whether a value has no binary form: its type must be requested as text.
    pub(super) fn has_no_binary(&self) -> bool {
        self.code == "42883" && self.message.contains("binary output")
    }

    /// The error of a statement that [was outgrown](ServerError::is_outgrown), before any of it was run.
    pub(super) fn outgrown(self) -> Error {
        Error::new(ErrorKind::SchemaChanged, self.message.clone()).with_source(DatabaseMessage {
            code: self.code,
            message: self.message,
        })
    }

    /// `Key (a, b)=(…) already exists.` names the columns in the server's English; NOT NULL has a field of its own.
    fn columns(&self) -> Vec<String> {
        if let Some(column) = &self.column {
            return vec![column.clone()];
        }
        // `Key (id)=(1) is still referenced from table "posts".` The table and the constraint are those of the row that
        // refers to it, and the columns of neither.
        if self.is_still_referred_to() {
            return Vec::new();
        }
        let Some(list) = self
            .detail
            .as_deref()
            .and_then(|detail| detail.split_once("Key ("))
            .and_then(|(_, rest)| rest.split_once(")=("))
            .map(|(list, _)| list)
        else {
            return Vec::new();
        };
        list.split(", ")
            .map(|column| column.trim_matches('"').replace("\"\"", "\""))
            .collect()
    }

    /// The type that is too small, in the server's English: it does not say which column has it.
    fn limit(&self) -> Option<SqlType> {
        let number = |text: &str, before: &str, after: char| {
            let (_, rest) = text.split_once(before)?;
            rest.split_once(after)?.0.trim().parse().ok()
        };
        match (self.code.as_str(), self.message.as_str()) {
            ("22003", "smallint out of range") => Some(SqlType::SmallInt),
            ("22003", "integer out of range") => Some(SqlType::Integer),
            ("22003", "bigint out of range") => Some(SqlType::BigInt),
            ("22003", "numeric field overflow") => {
                let detail = self.detail.as_deref()?;
                let digits = number(detail, "precision ", ',')?;
                Some(SqlType::Decimal(digits, number(detail, "scale ", ' ')?))
            }
            ("22003", message) if message.starts_with("value out of range") => {
                Some(SqlType::Double)
            }
            ("22001", message) => Some(SqlType::Varchar(number(message, "varying(", ')')?)),
            _ => None,
        }
    }

    fn is_still_referred_to(&self) -> bool {
        let detail = self.detail.as_deref().unwrap_or_default();
        matches!(self.code.as_str(), "23503" | "23001") && detail.contains("still referenced")
    }

    fn kind(&self) -> ErrorKind {
        if !self.survived {
            return self.kind_of_the_end();
        }
        match self.code.as_str() {
            "23505" | "23P01" => ErrorKind::UniqueViolation,
            "23503" | "23001" => ErrorKind::ForeignKeyViolation,
            "23502" => ErrorKind::NotNullViolation,
            "23514" => ErrorKind::CheckViolation,
            "22001" => ErrorKind::ValueTooLong,
            "22003" | "22008" => ErrorKind::OutOfRange,
            "40001" => ErrorKind::SerializationFailure,
            "40P01" => ErrorKind::Deadlock,
            "55P03" => ErrorKind::LockTimeout,
            "57014" => ErrorKind::Cancelled,
            "25006" => ErrorKind::ReadOnly,
            "42501" => ErrorKind::PermissionDenied,
            "28P01" | "28000" => ErrorKind::AuthenticationFailed,
            "25P02" => ErrorKind::TransactionAborted,
            "0A000" => ErrorKind::Unsupported,
            // `DROP DATABASE` of a missing one: not this connection.
            "3D000" => ErrorKind::InvalidStatement,
            "53100" => ErrorKind::DiskFull,
            code => match code.get(..2) {
                Some("22") => ErrorKind::InvalidValue,
                Some("42") => ErrorKind::InvalidStatement,
                // Includes errors of the server's own connections to other servers.
                _ => ErrorKind::Database,
            },
        }
    }

    /// The kind of an error with which the server ends the connection.
    fn kind_of_the_end(&self) -> ErrorKind {
        match self.code.as_str() {
            "28P01" | "28000" => ErrorKind::AuthenticationFailed,
            // A missing or forbidden database, too many connections, a server that starts or stops.
            "3D000" | "53300" | "57P03" | "42501" => ErrorKind::ConnectionFailed,
            _ => ErrorKind::ConnectionLost,
        }
    }
}

impl From<ServerError> for Error {
    fn from(server: ServerError) -> Error {
        let kind = server.kind();
        let message = if server.code.starts_with("22") {
            redact(&server.message, '"')
        } else {
            server.message.clone()
        };
        let constraint = matches!(
            kind,
            ErrorKind::UniqueViolation
                | ErrorKind::ForeignKeyViolation
                | ErrorKind::NotNullViolation
                | ErrorKind::CheckViolation
        )
        .then(|| Constraint {
            columns: server.columns(),
            name: server.constraint.clone(),
            table: server.table.clone(),
            ..Constraint::default()
        });
        let text = match constraint {
            Some(_) => String::new(),
            None if kind == ErrorKind::InvalidStatement => without_quote(&message),
            None => message.clone(),
        };
        let limit = server.limit();
        let mut error = Error::new(kind, text)
            .with_limit(limit)
            .with_source(DatabaseMessage {
                code: server.code,
                message,
            });
        if let Some(constraint) = constraint {
            error = error.with_constraint(constraint);
        }
        error
    }
}

/// The server's error for a statement in a transaction that an error has aborted.
pub(super) fn aborted() -> Error {
    let message = "current transaction is aborted, commands ignored until end of transaction block";
    ServerError {
        code: "25P02".into(),
        message: message.into(),
        survived: true,
        ..ServerError::default()
    }
    .into()
}

/// What went wrong on the wire.
pub(super) fn wire(cause: io::Error) -> Error {
    crate::driver::socket::wire(&cause)
}

/// What went wrong on the wire before there was a connection.
pub(super) fn connect(cause: &dyn std::error::Error, host: &str, port: u16) -> Error {
    Error::new(
        ErrorKind::ConnectionFailed,
        format!("no PostgreSQL answers at {host}:{port} ({cause})"),
    )
}

/// The error for a message that is not expected where it came.
pub(super) fn unexpected(kind: u8) -> Error {
    let kind = char::from(kind);
    Error::new(
        ErrorKind::ConnectionLost,
        format!("the server sent a message {kind:?} that has no place here"),
    )
}
