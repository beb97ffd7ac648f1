//! [`Holder`]: who holds a connection.

use crate::statement_text::Text;
use std::fmt;
use std::panic::Location;
use std::time::Duration;

/// Who holds a connection.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Holder {
    /// Where it was acquired.
    pub site: &'static Location<'static>,
    /// How long ago.
    pub age: Duration,
    /// The last statement that it ran, if it ran one.
    pub statement: Option<Text>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {:.1?}", self.site, self.age)?;
        match &self.statement {
            Some(text) => write!(f, ", last statement: {}", &**text),
            None => f.write_str(", no statement yet"),
        }
    }
}
