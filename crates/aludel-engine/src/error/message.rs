//! What a database says of an error, without the values that it quotes.

use std::error::Error as StdError;
use std::fmt;

/// A database's message without the values in it: the source of the errors that it reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseMessage {
    /// Its code: an SQLSTATE, SQLite's extended result code, MariaDB/MySQL's error number.
    pub code: String,
    /// Its text, with `…` in place of values.
    pub message: String,
}

impl fmt::Display for DatabaseMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (code {})", self.message, self.code)
    }
}

impl StdError for DatabaseMessage {}

/// Replaces the text between two `quote`s by `…`. The closing one is the last before a known tail, or the last of all:
/// values may contain quotes.
#[cfg(any(feature = "postgres", feature = "mysql"))]
pub(crate) fn redact(message: &str, quote: char) -> String {
    const TAILS: [&str; 4] = [
        "' for key '",
        "' for column '",
        "' for column `",
        "' for function ",
    ];
    let Some((before, inside)) = message.split_once(quote) else {
        return message.to_string();
    };
    let close = TAILS
        .iter()
        .find_map(|tail| inside.rfind(tail))
        .or_else(|| inside.rfind(quote));
    let after = close.map_or("", |at| &inside[at..]);
    format!("{before}{quote}…{after}")
}

/// Removes what a syntax error quotes of the statement, because that may contain values.
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
pub(crate) fn without_quote(message: &str) -> String {
    for (before, quote) in [("near '", '\''), ("near \"", '"'), ("token: \"", '"')] {
        if let Some(at) = message.find(before) {
            let begin = at + before.len();
            let end = message[begin..].rfind(quote).map(|end| begin + end + 1);
            let after = end.map_or("", |end| &message[end..]);
            return format!("{}…{after}", &message[..begin - 1]);
        }
    }
    message.to_owned()
}
