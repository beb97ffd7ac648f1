//! [`Error`]: why a statement could not be written. Nothing has been sent when one is met.

use std::fmt;

/// Why a statement could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot do it; `way_out` says what can be done instead.
    Unsupported {
        /// What was asked for.
        feature: String,
        /// The dialect that cannot.
        dialect: &'static str,
        /// What to do instead; may be empty.
        way_out: &'static str,
    },
    /// The statement or one of its names or values makes no sense.
    Invalid(String),
    /// A column can't be given a value.
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

    /// The error of a value, with the column that is given it.
    #[must_use]
    pub fn of_column(self, column: impl Into<String>) -> Error {
        Error::Column {
            column: column.into(),
            cause: Box::new(self),
        }
    }

    /// The column that can't be given a value.
    pub fn column(&self) -> Option<&str> {
        match self {
            Error::Column { column, .. } => Some(column),
            _ => None,
        }
    }

    /// What is wrong, whichever column it is about.
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
