//! Binds: a value is checked, and becomes a placeholder in the text and a value beside it.

use super::Writer;
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::value::Value;

/// Whether a value can be sent as it is.
///
/// # Errors
/// A value that the database would change or refuse.
#[inline]
pub fn check_bind(value: &Value, dialect: &'static dyn Dialect) -> Result<()> {
    match value {
        // Every database accepts them as they are.
        Value::Null | Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) => Ok(()),
        other => check_any(other, dialect),
    }
}

fn check_any(value: &Value, dialect: &'static dyn Dialect) -> Result<()> {
    match value {
        Value::Invalid(reason) => Err(Error::invalid(format!("a value can't be bound: {reason}"))),
        Value::Date(date) if !date.is_storable() => Err(far_year()),
        Value::DateTime(at) if !at.is_storable() => Err(far_year()),
        Value::Timestamp(at) if !at.is_storable() => Err(far_year()),
        Value::Array(array) => {
            dialect.check_value(value)?;
            array
                .items
                .iter()
                .try_for_each(|item| check_bind(item, dialect))
        }
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => dialect.check_value(value),
        Value::Null
        | Value::Bool(_)
        | Value::I16(_)
        | Value::I32(_)
        | Value::I64(_)
        | Value::F32(_)
        | Value::F64(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Uuid(_)
        | Value::Json(_)
        | Value::Enum(..) => dialect.check_value(value),
    }
}

/// One range for every database, so that a value can move from one to the other, and back into the program.
#[cold]
pub(crate) fn far_year() -> Error {
    Error::invalid(
        "a date or time before the year 1 or after the year 9999 can't be stored; give NULL, or the last day of 9999, for what never ends",
    )
}

impl Writer {
    /// A value: a placeholder and a bind, or in DDL a literal.
    ///
    /// # Errors
    /// A value that the database would change or refuse.
    pub fn value(&mut self, value: &Value) -> Result<()> {
        check_bind(value, self.dialect)?;
        if self.inline {
            return self.literal(value);
        }
        match self.dialect.capabilities().value_among_many {
            Some((before, behind)) if self.among_many.is_some() => {
                self.push(before);
                self.bind(value.clone());
                self.push(behind);
            }
            _ => {
                self.bind(value.clone());
            }
        }
        Ok(())
    }

    /// A placeholder for a value that was checked before; returns its number.
    pub fn bind(&mut self, value: Value) -> usize {
        self.binds.push(value);
        let n = self.binds.len();
        self.dialect.placeholder(n, &mut self.text);
        n
    }

    /// Binds of placeholders that the text has already.
    pub(crate) fn add_binds(&mut self, binds: impl IntoIterator<Item = Value>) {
        self.binds.extend(binds);
    }
}
