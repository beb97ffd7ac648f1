//! [`Error`]: one pointer wide, with a stable [`kind`](Error::kind) and public predicates.
//!
//! An error carries the statement's text but never its values: values that a database quotes in its own message are cut out
//! before it becomes part of the source chain. Passwords never get here. What `Display` says may be shown to a service's
//! clients: the statement is not in it, but in [`Error::statement`], [`Error::detailed`] and `Debug`.

mod kind;
mod message;

pub use kind::ErrorKind;

use crate::holder::Holder;
use crate::statement_text::Text;
use aludel_sql::row::DecodeError;
use aludel_sql::types::SqlType;
pub use message::DatabaseMessage;
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) use message::redact;
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) use message::without_quote;
use std::error::Error as StdError;
use std::fmt;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The constraint that a statement violated, as far as the database names it.
///
/// SQLite does not name the foreign key of a violation: then everything is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Constraint {
    /// Its name; SQLite names columns instead of unique and NOT NULL constraints.
    pub name: Option<String>,
    /// Its table.
    pub table: Option<String>,
    /// Its columns. No database reports them for a CHECK.
    pub columns: Vec<String>,
    /// The model's fields that these columns belong to (`author` for `author_id`), if a model was written.
    pub fields: Vec<String>,
}

/// What is wrong with a field of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field (`name`, `address.city`).
    pub field: String,
    /// What is wrong: "must be at least 0". Never the value.
    pub message: String,
}

/// Any error of Aludel.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    statement: Option<Text>,
    constraint: Option<Constraint>,
    column: Option<String>,
    limit: Option<SqlType>,
    row: Option<String>,
    written: bool,
    lost: bool,
    outcome_unknown: bool,
    fields: Vec<FieldError>,
    holders: Vec<Holder>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error of this kind; the message says more than the kind does.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            statement: None,
            constraint: None,
            column: None,
            limit: None,
            row: None,
            written: false,
            lost: kind == ErrorKind::ConnectionLost,
            outcome_unknown: false,
            fields: Vec::new(),
            holders: Vec::new(),
            source: None,
        }))
    }

    /// The caller's own reason to roll a transaction back.
    pub fn rollback(reason: impl Into<String>) -> Error {
        Error::new(ErrorKind::Rollback, reason)
    }

    /// An invalid query, for layers above.
    pub fn invalid_query(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidQuery, message)
    }

    /// Models that contradict each other, for layers above.
    pub fn invalid_model(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::InvalidModel, message)
    }

    /// A connection or transaction in another state than the call needs.
    pub(crate) fn transaction_state(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::TransactionState, message)
    }

    /// A session that can't do that now, for layers above.
    pub fn session_state(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::SessionState, message)
    }

    /// Inconsistent migrations.
    pub fn migration(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Migration, message)
    }

    /// A relation that was not loaded.
    pub fn not_loaded(message: impl Into<String>) -> Error {
        Error::new(ErrorKind::NotLoaded, message)
    }

    /// A row of this model that is not valid.
    pub fn validation(model: &str, fields: Vec<FieldError>) -> Error {
        let mut error = Error::new(ErrorKind::Validation, model);
        error.0.fields = fields;
        error
    }

    /// The error with the fields that it is about.
    #[must_use]
    pub fn with_field_errors(mut self, fields: Vec<FieldError>) -> Error {
        self.0.fields = fields;
        self
    }

    /// The error with its cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.0.source = Some(source.into());
        self
    }

    /// The error with the row that it is about, in words.
    #[must_use]
    pub fn with_row(mut self, row: impl Into<String>) -> Error {
        self.0.row = Some(row.into());
        self
    }

    /// The error with the columns of the violated foreign key, if the database does not report them, for a layer above.
    #[must_use]
    pub fn with_columns_of_key(mut self, columns: &[String]) -> Error {
        if let Some(constraint) = &mut self.0.constraint
            && constraint.columns.is_empty()
        {
            constraint.columns = columns.to_vec();
        }
        self
    }

    /// The error with the model's fields that a violated constraint's columns belong to, for a layer above.
    #[must_use]
    pub fn with_fields_of<'f>(
        mut self,
        table: &str,
        field: impl Fn(&str) -> Option<&'f str>,
    ) -> Error {
        let Some(constraint) = &mut self.0.constraint else {
            return self;
        };
        // A violation may be another table's: a trigger wrote it, or its rows refer to this one.
        let is_own = constraint.table.as_deref().is_none_or(|own| own == table);
        if is_own && constraint.fields.is_empty() {
            for name in constraint.columns.iter().filter_map(|column| field(column)) {
                if !constraint.fields.iter().any(|known| known == name) {
                    constraint.fields.push(name.to_owned());
                }
            }
        }
        self
    }

    pub(crate) fn with_statement(mut self, text: &Text) -> Error {
        self.0.statement.get_or_insert_with(|| text.clone());
        self
    }

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn with_constraint(mut self, constraint: Constraint) -> Error {
        self.0.constraint = Some(constraint);
        self
    }

    /// The error with the column that can't be read or written.
    #[must_use]
    pub fn with_column(mut self, column: impl Into<String>) -> Error {
        self.0.column = Some(column.into());
        self
    }

    /// The error with the columns that it may be about, if the database does not say which, for a layer above.
    #[must_use]
    pub fn with_candidates(mut self, table: &str, columns: &[&str]) -> Error {
        let columns = columns.join(", ");
        let before = if self.0.message.is_empty() { "" } else { "; " };
        let more = format!("{before}it is one of the columns {columns} of {table}");
        self.0.message.push_str(&more);
        self
    }

    /// The error with the type that is too small, if the database reports that and no column.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(crate) fn with_limit(mut self, limit: Option<SqlType>) -> Error {
        self.0.limit = limit;
        self
    }

    /// The type that is too small for a number or a text, if the database reports that and no column, for a layer above.
    #[doc(hidden)]
    pub fn limit(&self) -> Option<&SqlType> {
        self.0.limit.as_ref()
    }

    /// Marks an error in reading a statement's result: the statement has done its work.
    #[must_use]
    pub fn and_written(mut self) -> Error {
        self.0.written = true;
        self
    }

    /// Marks the outcome of a write as unknown, if the connection was lost before the server reported it.
    pub(crate) fn of_unknown_outcome(mut self) -> Error {
        self.0.outcome_unknown = self.0.lost;
        self
    }

    /// Marks the connection as closed, by an error that is not the server's.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn and_lost(mut self) -> Error {
        self.0.lost = true;
        self
    }

    /// The error, as one of another kind.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Error {
        self.0.kind = kind;
        self
    }

    /// Whether the connection is gone.
    pub(crate) fn is_lost(&self) -> bool {
        self.0.lost
    }

    /// The error, after what it [wrote](Error::is_written) was undone.
    #[must_use]
    pub fn undone(mut self) -> Error {
        self.0.written = false;
        self
    }

    pub(crate) fn with_holders(mut self, holders: Vec<Holder>) -> Error {
        self.0.holders = holders;
        self
    }

    #[cfg(feature = "mysql")]
    pub(crate) fn constraint_mut(&mut self) -> Option<&mut Constraint> {
        self.0.constraint.as_mut()
    }

    pub(crate) fn decode(error: &DecodeError, column: Option<&str>) -> Error {
        if error.position == usize::MAX {
            return Error::new(ErrorKind::Internal, error.found.clone());
        }
        let place = match column {
            Some(name) => format!("column {name:?} (position {})", error.position + 1),
            None => format!("column {}", error.position + 1),
        };
        let kind = match error.is_out_of_range() {
            true => ErrorKind::OutOfRange,
            false => ErrorKind::Decode,
        };
        let made = Error::new(
            kind,
            format!("{place}: wanted {}, found {}", error.wanted, error.found),
        );
        match column {
            Some(name) => made.with_column(name),
            None => made,
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The constraint that was violated, for the four kinds of violations.
    pub fn constraint(&self) -> Option<&Constraint> {
        self.0.constraint.as_ref()
    }

    /// The column that could not be read or written, where it is known.
    pub fn column(&self) -> Option<&str> {
        self.0.column.as_deref()
    }

    /// The row at which a flush failed, where it is known: `User 7`, `Post (pending, number 3 of those added)`.
    pub fn row(&self) -> Option<&str> {
        self.0.row.as_deref()
    }

    /// Whether the row was written, and only its result can't be read. Writing it again would write it twice. If the transaction
    /// is rolled back, the row is undone with all else.
    pub fn is_written(&self) -> bool {
        self.0.written
    }

    /// Whether the outcome is unknown: the connection was lost between a COMMIT, or a statement that may write and is a
    /// transaction of its own, and the server's answer. It may have been carried out; check before you try again. This also
    /// applies to raw SQL that is only a SELECT: it may call a function that writes.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// What is wrong with a row, by field: all of it, if the model's rules or the dynamic layer reject the row.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The statement that failed, with placeholders for its binds.
    pub fn statement(&self) -> Option<&str> {
        self.0.statement.as_deref()
    }

    /// Everything that is known, for logs and terminals: what `Display` says, and the SQL that it leaves out.
    pub fn detailed(&self) -> String {
        let mut text = self.to_string();
        for holder in &self.0.holders {
            if let Some(statement) = &holder.statement {
                text += &format!(
                    "\n  last statement of {}: {}",
                    holder.site,
                    shortened(statement)
                );
            }
        }
        if let Some(statement) = &self.0.statement {
            text += &format!("\n  statement: {}", shortened(statement));
        }
        text
    }

    /// Who held the pool's connections when it timed out: call site, age, last statement.
    pub fn holders(&self) -> &[Holder] {
        &self.0.holders
    }

    /// A row with the same key already exists.
    pub fn is_unique_violation(&self) -> bool {
        self.kind() == ErrorKind::UniqueViolation
    }

    /// A row refers to one that does not exist, or other rows refer to it.
    pub fn is_foreign_key_violation(&self) -> bool {
        self.kind() == ErrorKind::ForeignKeyViolation
    }

    /// NULL in a NOT NULL column.
    pub fn is_not_null_violation(&self) -> bool {
        self.kind() == ErrorKind::NotNullViolation
    }

    /// A CHECK constraint failed.
    pub fn is_check_violation(&self) -> bool {
        self.kind() == ErrorKind::CheckViolation
    }

    /// The row was not found.
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Another writer has changed or removed a row since it was read: read it again, and try again.
    pub fn is_stale(&self) -> bool {
        self.kind() == ErrorKind::StaleData
    }

    /// The database does not support it; nothing was sent.
    pub fn is_unsupported(&self) -> bool {
        self.kind() == ErrorKind::Unsupported
    }

    /// The same transaction may succeed when it is tried again: serialization failures, deadlocks, a schema that has
    /// changed since a statement was prepared, and on SQLite a timeout waiting for a lock.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::SerializationFailure
                | ErrorKind::Deadlock
                | ErrorKind::LockTimeout
                | ErrorKind::SchemaChanged
        )
    }

    /// The database's own code for it, where it sent one.
    #[cfg(feature = "postgres")]
    pub(crate) fn database_code(&self) -> Option<&str> {
        let source = self.0.source.as_ref()?.downcast_ref::<DatabaseMessage>()?;
        Some(&source.code)
    }

    /// It lost against another transaction, and nothing of it is left.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::SerializationFailure | ErrorKind::Deadlock
        )
    }

    /// The connection is gone or could not be made.
    pub fn is_connection_error(&self) -> bool {
        matches!(
            self.kind(),
            ErrorKind::ConnectionFailed | ErrorKind::ConnectionLost
        )
    }
}

/// A statement as messages show it: only both ends of one with thousands of placeholders.
fn shortened(statement: &str) -> std::borrow::Cow<'_, str> {
    const ENDS: usize = 700;
    if statement.len() <= 2 * ENDS + 100 {
        return statement.into();
    }
    let head = statement.char_indices().nth(ENDS).map_or(0, |(at, _)| at);
    let tail = statement.char_indices().rev().nth(ENDS);
    let tail = tail.map_or(head, |(at, _)| at.max(head));
    format!(
        "{} … {} bytes … {}",
        &statement[..head],
        tail - head,
        &statement[tail..]
    )
    .into()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.words())?;
        if let Some(constraint) = &self.0.constraint {
            if let Some(name) = &constraint.name {
                write!(f, ", constraint {name:?}")?;
            }
            if let Some(table) = &constraint.table {
                write!(f, ", table {table:?}")?;
            }
            if !constraint.columns.is_empty() {
                write!(f, ", columns {}", constraint.columns.join(", "))?;
            }
            if !constraint.fields.is_empty() && constraint.fields != constraint.columns {
                write!(f, ", fields {}", constraint.fields.join(", "))?;
            }
        }
        if !self.0.message.is_empty() {
            let colon = if self.0.kind == ErrorKind::Migration {
                ""
            } else {
                ": "
            };
            write!(f, "{colon}{}", self.0.message)?;
        }
        // For other errors, the message says it.
        if self.0.kind == ErrorKind::Validation {
            for field in &self.0.fields {
                write!(f, "\n  {} {}", field.field, field.message)?;
            }
        }
        if let Some(row) = &self.0.row {
            write!(f, "\n  row: {row}")?;
        }
        if self.0.written {
            f.write_str(
                "\n  the row is written; only what came back of it can't be read: change the field's type, or the value in the database",
            )?;
        }
        if self.0.outcome_unknown {
            f.write_str(
                "\n  the server did not say what became of it: it may have been carried out; look before you try again",
            )?;
        }
        for holder in &self.0.holders {
            write!(f, "\n  held by {} for {:.1?}", holder.site, holder.age)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.0.kind);
        out.field("message", &self.0.message);
        if let Some(constraint) = &self.0.constraint {
            out.field("constraint", constraint);
        }
        if !self.0.holders.is_empty() {
            out.field("holders", &self.0.holders);
        }
        if let Some(statement) = &self.0.statement {
            out.field("statement", &&**statement);
        }
        if let Some(source) = &self.0.source {
            out.field("source", source);
        }
        out.finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl From<aludel_sql::Error> for Error {
    fn from(error: aludel_sql::Error) -> Self {
        let kind = match error.cause() {
            aludel_sql::Error::Unsupported { .. } => ErrorKind::Unsupported,
            _ => ErrorKind::InvalidQuery,
        };
        let made = Error::new(kind, error.to_string());
        match error.column() {
            Some(column) => made.with_column(column),
            None => made,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syntax_errors_quote_no_statement() {
        for (said, shown) in [
            (
                "right syntax to use near 'selekt 's3cret'' at line 1",
                "right syntax to use near … at line 1",
            ),
            ("near \"'s3cret'\": syntax error", "near …: syntax error"),
            ("unrecognized token: \"'s3c\"ret\"", "unrecognized token: …"),
            (
                "syntax error at or near \"selekt\"",
                "syntax error at or near …",
            ),
            ("near 'what has no end", "near …"),
            ("no such table: near", "no such table: near"),
        ] {
            assert_eq!(without_quote(said), shown);
        }
    }

    #[test]
    fn an_error_is_one_pointer_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn a_row_that_is_written_is_told() {
        let error = Error::new(ErrorKind::Decode, "no number").and_written();
        assert!(error.is_written() && error.to_string().contains("the row is written"));
        let error = error.undone();
        assert!(!error.is_written() && !error.to_string().contains("written"));
    }

    #[test]
    fn the_column_of_a_value_is_known() {
        let error: Error = aludel_sql::Error::unsupported("arrays", "sqlite", "")
            .of_column("tags")
            .into();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert_eq!(error.column(), Some("tags"));
    }

    #[test]
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    fn quoted_values_are_cut_out() {
        assert_eq!(
            redact("Duplicate entry 'it's ann' for key 'uq_users_email'", '\''),
            "Duplicate entry '…' for key 'uq_users_email'"
        );
        assert_eq!(
            redact("invalid input syntax for type integer: \"a\"b\"c\"", '"'),
            "invalid input syntax for type integer: \"…\""
        );
        assert_eq!(
            redact(
                "Incorrect datetime value: 'it's' for column `d`.`t`.`c` at row 1",
                '\''
            ),
            "Incorrect datetime value: '…' for column `d`.`t`.`c` at row 1"
        );
    }
}
