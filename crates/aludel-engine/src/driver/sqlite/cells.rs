//! The cells of an SQLite row: a statement's current row, or a packed one.

use aludel_sql::row::{CellResult, Cells};
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::types::{AnyText, SqlType};
use aludel_sql::value::Value;
use rusqlite::Row;
use rusqlite::types::ValueRef;

/// Where the values of a row are.
pub(crate) trait Source {
    fn width(&self) -> usize;
    /// # Errors
    /// There is no such column.
    fn get(&self, at: usize) -> Result<ValueRef<'_>, String>;
}

/// A statement's current row.
pub(super) struct Standing<'a> {
    row: &'a Row<'a>,
    width: usize,
}

impl Source for Standing<'_> {
    #[inline]
    fn width(&self) -> usize {
        self.width
    }
    #[inline(always)]
    fn get(&self, at: usize) -> Result<ValueRef<'_>, String> {
        self.row.get_ref(at).map_err(|cause| cause.to_string())
    }
}

/// The cells of a row.
pub(crate) struct SqliteCells<S>(S);

impl<'a> SqliteCells<Standing<'a>> {
    #[inline]
    pub(super) fn of(row: &'a Row<'a>) -> SqliteCells<Standing<'a>> {
        let width = row.as_ref().column_count();
        SqliteCells(Standing { row, width })
    }
}

impl<S: Source> SqliteCells<S> {
    pub(super) fn new(source: S) -> SqliteCells<S> {
        SqliteCells(source)
    }

    pub(super) fn source_mut(&mut self) -> &mut S {
        &mut self.0
    }

    #[inline(always)]
    fn get(&self, at: usize) -> Result<ValueRef<'_>, String> {
        self.0.get(at)
    }

    #[inline(always)]
    fn str(&self, at: usize) -> CellResult<&str> {
        match self.get(at)? {
            ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Some(text)),
                Err(_) => Err("text that is not UTF-8 (read it as bytes)".into()),
            },
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }

    fn parsed<T>(&self, at: usize, what: &str, parse: fn(&str) -> Option<T>) -> CellResult<T> {
        match self.str(at)? {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(format!("text that is not {what}")),
            },
        }
    }
}

#[cold]
fn found(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL",
        ValueRef::Integer(_) => "an integer",
        ValueRef::Real(_) => "a float",
        ValueRef::Text(_) => "text",
        ValueRef::Blob(_) => "bytes",
    }
    .into()
}

impl<S: Source> Cells for SqliteCells<S> {
    #[inline]
    fn width(&self) -> usize {
        self.0.width()
    }
    fn is_null(&mut self, at: usize) -> bool {
        matches!(self.get(at), Ok(ValueRef::Null))
    }
    fn bool(&mut self, at: usize) -> CellResult<bool> {
        match self.get(at)? {
            ValueRef::Integer(0) => Ok(Some(false)),
            ValueRef::Integer(1) => Ok(Some(true)),
            ValueRef::Integer(_) => Err("an integer that is neither 0 nor 1".into()),
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }
    #[inline]
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        match self.get(at)? {
            ValueRef::Integer(n) => Ok(Some(n)),
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }
    fn f64(&mut self, at: usize) -> CellResult<f64> {
        const EXACT: i64 = 1 << 53;
        match self.get(at)? {
            ValueRef::Real(n) => Ok(Some(n)),
            // A REAL column without a fraction may come as an integer from expressions.
            ValueRef::Integer(n) if (-EXACT..=EXACT).contains(&n) => Ok(Some(n as f64)),
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }
    #[inline]
    fn text(&mut self, at: usize) -> CellResult<&str> {
        self.str(at)
    }
    fn string(&mut self, at: usize) -> CellResult<String> {
        Ok(self.str(at)?.map(str::to_owned))
    }
    fn any_text(&mut self, at: usize) -> CellResult<AnyText> {
        Ok(Some(match self.get(at)? {
            ValueRef::Null => return Ok(None),
            ValueRef::Integer(n) => AnyText::integer(n),
            ValueRef::Real(n) => AnyText::float(n),
            ValueRef::Text(bytes) => AnyText::text(bytes),
            ValueRef::Blob(bytes) => AnyText::bytes(bytes),
        }))
    }
    fn bytes(&mut self, at: usize) -> CellResult<&[u8]> {
        match self.get(at)? {
            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(Some(bytes)),
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }
    fn uuid(&mut self, at: usize) -> CellResult<[u8; 16]> {
        match self.get(at)? {
            ValueRef::Blob(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(bytes)),
                Err(_) => Err(format!("{} bytes, and a UUID has 16", bytes.len())),
            },
            ValueRef::Null => Ok(None),
            other => Err(found(other)),
        }
    }
    fn date(&mut self, at: usize) -> CellResult<CivilDate> {
        self.parsed(at, "a date (YYYY-MM-DD)", CivilDate::parse)
    }
    fn time(&mut self, at: usize) -> CellResult<CivilTime> {
        self.parsed(at, "a time (HH:MM:SS)", CivilTime::parse)
    }
    fn datetime(&mut self, at: usize) -> CellResult<CivilDateTime> {
        self.parsed(
            at,
            "a date and time (YYYY-MM-DD HH:MM:SS)",
            CivilDateTime::parse,
        )
    }
    fn timestamp(&mut self, at: usize) -> CellResult<Instant> {
        self.parsed(at, "an instant (YYYY-MM-DD HH:MM:SS)", Instant::parse)
    }
    #[cfg(feature = "decimal")]
    fn decimal(&mut self, at: usize) -> CellResult<rust_decimal::Decimal> {
        match self.get(at)? {
            ValueRef::Integer(n) => Ok(Some(n.into())),
            ValueRef::Real(_) => {
                Err("a float, which is not exact (the column is not a decimal's)".into())
            }
            _ => self.parsed(at, "a decimal of at most 28 digits", |text| {
                let read = |text| rust_decimal::Decimal::from_str_exact(text).ok();
                // A product has the trailing zeros of both factors.
                read(text)
                    .or_else(|| read(text.trim_end_matches('0')).filter(|_| text.contains('.')))
            }),
        }
    }
    fn array(&mut self, _: usize) -> CellResult<Box<dyn Cells + '_>> {
        Err("SQLite, which has no arrays".into())
    }
    fn value(&mut self, at: usize, hint: Option<&SqlType>) -> Result<Value, String> {
        if self.is_null(at) {
            return Ok(Value::Null);
        }
        if let Some(value) = crate::dynamic::hinted(self, at, hint) {
            return value;
        }
        Ok(match self.get(at)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(n) => Value::I64(n),
            ValueRef::Real(n) => Value::F64(n),
            ValueRef::Text(bytes) => Value::Text(
                std::str::from_utf8(bytes)
                    .map_err(|_| "text that is not UTF-8 (read it as bytes)")?
                    .to_owned(),
            ),
            ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        })
    }
}
