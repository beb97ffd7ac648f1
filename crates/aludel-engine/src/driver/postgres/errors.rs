//! What PostgreSQL's errors say: by SQLSTATE, with the constraint by name, table and columns.

use crate::error::{Constraint, DatabaseMessage, Error, ErrorKind, redact};
use tokio_postgres::error::{DbError, SqlState};

/// An error while connecting.
pub(super) fn connect(cause: tokio_postgres::Error, host: &str, port: u16) -> Error {
    if cause.as_db_error().is_some() {
        return translate(cause);
    }
    let text = format!("no PostgreSQL answers at {host}:{port} ({})", root(&cause));
    let kind = if cause.to_string().contains("password") {
        ErrorKind::AuthenticationFailed
    } else {
        ErrorKind::ConnectionFailed
    };
    Error::new(kind, text)
}

fn root(cause: &dyn std::error::Error) -> String {
    let mut cause = cause;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Translates an error of tokio-postgres's.
pub(super) fn translate(cause: tokio_postgres::Error) -> Error {
    let Some(db) = cause.as_db_error() else {
        // Binds are the one thing that can be wrong on this side; everything else is the wire.
        let kind = if cause.to_string().starts_with("error serializing parameter") {
            ErrorKind::InvalidValue
        } else {
            ErrorKind::ConnectionLost
        };
        return Error::new(kind, root(&cause));
    };
    let kind = classify(db);
    let message = if db.code().code().starts_with("22") {
        redact(db.message(), '"')
    } else {
        db.message().to_string()
    };
    let constraint = matches!(
        kind,
        ErrorKind::UniqueViolation
            | ErrorKind::ForeignKeyViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::CheckViolation
    )
    .then(|| Constraint {
        name: db.constraint().map(str::to_owned),
        table: db.table().map(str::to_owned),
        columns: columns(db),
    });
    let text = match constraint {
        Some(_) => String::new(),
        None => message.clone(),
    };
    let mut error = Error::new(kind, text).with_source(DatabaseMessage {
        code: db.code().code().to_string(),
        message,
    });
    if let Some(constraint) = constraint {
        error = error.with_constraint(constraint);
    }
    error
}

/// `Key (a, b)=(…) already exists.` names the columns in the server's English; NOT NULL has a field of its own.
fn columns(db: &DbError) -> Vec<String> {
    if let Some(column) = db.column() {
        return vec![column.to_string()];
    }
    let Some(list) = db
        .detail()
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

fn classify(db: &DbError) -> ErrorKind {
    match *db.code() {
        SqlState::UNIQUE_VIOLATION | SqlState::EXCLUSION_VIOLATION => ErrorKind::UniqueViolation,
        SqlState::FOREIGN_KEY_VIOLATION | SqlState::RESTRICT_VIOLATION => {
            ErrorKind::ForeignKeyViolation
        }
        SqlState::NOT_NULL_VIOLATION => ErrorKind::NotNullViolation,
        SqlState::CHECK_VIOLATION => ErrorKind::CheckViolation,
        SqlState::STRING_DATA_RIGHT_TRUNCATION => ErrorKind::ValueTooLong,
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE | SqlState::DATETIME_FIELD_OVERFLOW => {
            ErrorKind::OutOfRange
        }
        SqlState::T_R_SERIALIZATION_FAILURE => ErrorKind::SerializationFailure,
        SqlState::T_R_DEADLOCK_DETECTED => ErrorKind::Deadlock,
        SqlState::LOCK_NOT_AVAILABLE => ErrorKind::LockTimeout,
        SqlState::QUERY_CANCELED => ErrorKind::Cancelled,
        SqlState::READ_ONLY_SQL_TRANSACTION => ErrorKind::ReadOnly,
        SqlState::INSUFFICIENT_PRIVILEGE => ErrorKind::PermissionDenied,
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            ErrorKind::AuthenticationFailed
        }
        SqlState::IN_FAILED_SQL_TRANSACTION => ErrorKind::TransactionAborted,
        SqlState::INVALID_CATALOG_NAME
        | SqlState::TOO_MANY_CONNECTIONS
        | SqlState::CANNOT_CONNECT_NOW => ErrorKind::ConnectionFailed,
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN => ErrorKind::ConnectionLost,
        _ => match &db.code().code()[..2] {
            "08" => ErrorKind::ConnectionLost,
            "22" => ErrorKind::InvalidValue,
            "42" => ErrorKind::InvalidStatement,
            _ => ErrorKind::Database,
        },
    }
}
