//! Translates SQLite's errors: its messages name columns and CHECKs in words, and foreign keys not at all.

use super::casts::NOT_CASTABLE;
use super::functions::{FLOAT_OUT_OF_RANGE, OUT_OF_RANGE, WHOLE_OUT_OF_RANGE};
use crate::error::{Constraint, DatabaseMessage, Error, ErrorKind, without_quote};
use crate::statement_text::Text;
use aludel_sql::types::SqlType;
use rusqlite::ffi;

pub(super) fn is_interrupt(cause: &rusqlite::Error) -> bool {
    cause.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted)
}

pub(super) fn is_busy(cause: &rusqlite::Error) -> bool {
    // A snapshot that is too old cannot be waited out.
    matches!(
        cause.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    ) && cause.sqlite_error().map(|error| error.extended_code) != Some(ffi::SQLITE_BUSY_SNAPSHOT)
}

/// Whether a function or a collation is unknown, or a schema that uses one can't be read because of that.
pub(super) fn is_unknown_name(cause: &rusqlite::Error) -> bool {
    // An error of a trigger or a CHECK has another code: then a part of the statement has run.
    let message = match cause {
        rusqlite::Error::SqliteFailure(error, Some(message))
            if matches!(
                error.extended_code & 0xff,
                ffi::SQLITE_ERROR | ffi::SQLITE_CORRUPT
            ) =>
        {
            message
        }
        rusqlite::Error::SqlInputError { msg, .. } => msg,
        _ => return false,
    };
    let unknown = ["no such function", "unknown function", "no such collation"];
    unknown.iter().any(|words| message.contains(words))
}

/// Translates an error of rusqlite's.
pub(super) fn translate(cause: rusqlite::Error, statement: &Text) -> Error {
    let (code, message) = match &cause {
        rusqlite::Error::SqliteFailure(error, message) => (
            error.extended_code,
            message.clone().unwrap_or_else(|| error.to_string()),
        ),
        rusqlite::Error::SqlInputError { error, msg, .. } => (error.extended_code, msg.clone()),
        rusqlite::Error::MultipleStatement => {
            return Error::new(
                ErrorKind::InvalidStatement,
                "one text holds several statements; run them one by one",
            )
            .with_statement(statement);
        }
        other => (ffi::SQLITE_ERROR, other.to_string()),
    };
    let (kind, constraint) = classify(code, &message);
    let column = message.strip_prefix(OUT_OF_RANGE).map(str::to_owned);
    let text = match kind {
        ErrorKind::UniqueViolation | ErrorKind::NotNullViolation | ErrorKind::CheckViolation => {
            String::new()
        }
        ErrorKind::InvalidStatement => without_quote(&message),
        _ => message.clone(),
    };
    let limit = match message.as_str() {
        WHOLE_OUT_OF_RANGE | "integer overflow" => Some(SqlType::BigInt),
        FLOAT_OUT_OF_RANGE => Some(SqlType::Double),
        _ => None,
    };
    let mut error = Error::new(kind, text)
        .with_statement(statement)
        .with_limit(limit)
        .with_source(DatabaseMessage {
            code: code.to_string(),
            message,
        });
    if let Some(constraint) = constraint {
        error = error.with_constraint(constraint);
    }
    match column {
        Some(column) => error.with_column(column),
        None => error,
    }
}

fn classify(code: i32, message: &str) -> (ErrorKind, Option<Constraint>) {
    let after = |prefix: &str| message.split_once(prefix).map(|(_, rest)| rest.trim());
    match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => {
            let found = after("constraint failed: ")
                .map(columns)
                .unwrap_or_default();
            (ErrorKind::UniqueViolation, Some(found))
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            let found = after("constraint failed: ")
                .map(columns)
                .unwrap_or_default();
            (ErrorKind::NotNullViolation, Some(found))
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            let name = after("constraint failed: ").unwrap_or_default();
            // Lengths are CHECKs here; elsewhere the type enforces them.
            let kind = if name.starts_with("ck_") && name.ends_with("_max_length") {
                ErrorKind::ValueTooLong
            } else {
                ErrorKind::CheckViolation
            };
            let constraint = Constraint {
                name: Some(name.to_string()),
                ..Constraint::default()
            };
            (kind, Some(constraint))
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY | ffi::SQLITE_CONSTRAINT_TRIGGER => {
            (ErrorKind::ForeignKeyViolation, Some(Constraint::default()))
        }
        ffi::SQLITE_FULL => (ErrorKind::DiskFull, None),
        ffi::SQLITE_BUSY_SNAPSHOT => (ErrorKind::SerializationFailure, None),
        ffi::SQLITE_CANTOPEN => (ErrorKind::ConnectionFailed, None),
        _ => (primary(code & 0xff, message), None),
    }
}

fn primary(code: i32, message: &str) -> ErrorKind {
    match code {
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => ErrorKind::LockTimeout,
        ffi::SQLITE_READONLY => ErrorKind::ReadOnly,
        ffi::SQLITE_INTERRUPT => ErrorKind::Cancelled,
        ffi::SQLITE_PERM | ffi::SQLITE_AUTH => ErrorKind::PermissionDenied,
        ffi::SQLITE_TOOBIG => ErrorKind::ValueTooLong,
        ffi::SQLITE_MISMATCH => ErrorKind::InvalidValue,
        ffi::SQLITE_ERROR if message.starts_with(NOT_CASTABLE) => ErrorKind::InvalidValue,
        ffi::SQLITE_ERROR if message.contains("overflow") || message.contains("out of range") => {
            ErrorKind::OutOfRange
        }
        ffi::SQLITE_ERROR
            if message.contains("syntax error")
                || message.contains("no such")
                || message.contains("incomplete input")
                || message.contains("unrecognized token")
                || message.contains("ambiguous")
                || message.contains("wrong number of arguments") =>
        {
            ErrorKind::InvalidStatement
        }
        _ => ErrorKind::Database,
    }
}

/// `users.email, users.name`, or `index 'name'` for an index on expressions.
fn columns(list: &str) -> Constraint {
    if let Some(name) = list.strip_prefix("index '") {
        return Constraint {
            name: Some(name.trim_end_matches('\'').to_string()),
            ..Constraint::default()
        };
    }
    let mut constraint = Constraint::default();
    for part in list.split(", ") {
        if let Some((table, column)) = part.rsplit_once('.') {
            constraint.table.get_or_insert_with(|| table.to_string());
            constraint.columns.push(column.to_string());
        }
    }
    constraint
}
