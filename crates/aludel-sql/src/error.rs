//! [`Error`]: why a statement could not be rendered. Nothing was sent to the database.

use std::fmt;

/// Why a statement could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The database does not support it; `way_out` says what to do instead.
    Unsupported {
        /// The missing feature.
        feature: String,
        /// The dialect that lacks it.
        dialect: &'static str,
        /// What to do instead; may be empty.
        way_out: &'static str,
    },
    /// The statement, or one of its names or values, is invalid.
    Invalid(String),
    /// A column can't take its value.
    Column {
        /// The column.
        column: String,
        /// Why it can't.
        cause: Box<Error>,
    },
}

impl Error {
    /// An [`Error::Unsupported`].
    pub fn unsupported(
        feature: impl Into<String>,
        dialect: &'static str,
        way_out: &'static str,
    ) -> Error {
        Error::Unsupported {
            feature: feature.into(),
            dialect,
            way_out,
        }
    }

    /// An [`Error::Invalid`].
    pub fn invalid(message: impl Into<String>) -> Error {
        Error::Invalid(message.into())
    }

    /// Adds the column that the refused value is for.
    #[must_use]
    pub fn of_column(self, column: impl Into<String>) -> Error {
        Error::Column {
            column: column.into(),
            cause: Box::new(self),
        }
    }

    /// The column that can't take its value.
    pub fn column(&self) -> Option<&str> {
        match self {
            Error::Column { column, .. } => Some(column),
            _ => None,
        }
    }

    /// The error without its column.
    pub fn cause(&self) -> &Error {
        match self {
            Error::Column { cause, .. } => cause.cause(),
            other => other,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Unsupported {
                feature,
                dialect,
                way_out,
            } => {
                write!(f, "{dialect} has no {feature}")?;
                if !way_out.is_empty() {
                    write!(f, "; {way_out}")?;
                }
                Ok(())
            }
            Error::Invalid(message) => f.write_str(message),
            Error::Column { column, cause } => write!(f, "column {column:?}: {cause}"),
        }
    }
}

impl std::error::Error for Error {}

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
