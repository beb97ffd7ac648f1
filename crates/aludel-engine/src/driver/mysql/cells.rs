//! A row of MariaDB's or MySQL's, as cells.

use aludel_sql::row::{CellResult, Cells};
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::value::Value;
use mysql_async::consts::ColumnType;
use mysql_async::{Row, Value as My};

pub(super) struct MyCells {
    row: Row,
}

impl MyCells {
    pub(super) fn new(row: Row) -> MyCells {
        MyCells { row }
    }

    pub(super) fn name(&self, at: usize) -> Option<String> {
        self.row
            .columns_ref()
            .get(at)
            .map(|column| column.name_str().into_owned())
    }

    fn get(&self, at: usize) -> Result<&My, String> {
        self.row
            .as_ref(at)
            .ok_or_else(|| "a cell that was read before".into())
    }

    fn kind(&self, at: usize) -> Option<ColumnType> {
        self.row
            .columns_ref()
            .get(at)
            .map(|column| column.column_type())
    }

    fn str(&self, at: usize) -> CellResult<&str> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Bytes(bytes) => std::str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| "text that is not UTF-8 (read it as bytes)".into()),
            other => Err(found(other)),
        }
    }
}

#[cold]
fn found(value: &My) -> String {
    match value {
        My::NULL => "NULL",
        My::Bytes(_) => "text or bytes",
        My::Int(_) | My::UInt(_) => "an integer",
        My::Float(_) | My::Double(_) => "a float",
        My::Date(..) => "a date",
        My::Time(..) => "a time",
    }
    .into()
}

/// A date, with a time of day, as the server takes it.
pub(super) fn date_value(date: CivilDate, time: Option<CivilTime>) -> My {
    let (year, month, day) = date.ymd();
    let micros = time.map_or(0, |time| time.0);
    let seconds = micros / 1_000_000;
    My::Date(
        year as u16,
        month as u8,
        day as u8,
        (seconds / 3600) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
        (micros % 1_000_000) as u32,
    )
}

impl Cells for MyCells {
    fn width(&self) -> usize {
        self.row.len()
    }
    fn is_null(&mut self, at: usize) -> bool {
        matches!(self.get(at), Ok(My::NULL))
    }
    fn bool(&mut self, at: usize) -> CellResult<bool> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Int(0) | My::UInt(0) => Ok(Some(false)),
            My::Int(1) | My::UInt(1) => Ok(Some(true)),
            My::Int(_) | My::UInt(_) => Err("an integer that is neither 0 nor 1".into()),
            other => Err(found(other)),
        }
    }
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Int(n) => Ok(Some(*n)),
            My::UInt(n) => i64::try_from(*n)
                .map(Some)
                .map_err(|_| "an integer that does not fit (out of range)".into()),
            // Sums of integers are DECIMALs here.
            My::Bytes(bytes)
                if matches!(
                    self.kind(at),
                    Some(ColumnType::MYSQL_TYPE_NEWDECIMAL | ColumnType::MYSQL_TYPE_DECIMAL)
                ) =>
            {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                let whole = match text.split_once('.') {
                    Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
                    Some(_) => return Err("a number with a fraction".into()),
                    None => text,
                };
                whole
                    .parse()
                    .map(Some)
                    .map_err(|_| "an integer that does not fit (out of range)".into())
            }
            other => Err(found(other)),
        }
    }
    fn f64(&mut self, at: usize) -> CellResult<f64> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Double(n) => Ok(Some(*n)),
            My::Float(n) => Ok(Some((*n).into())),
            other => Err(found(other)),
        }
    }
    fn text(&mut self, at: usize) -> CellResult<&str> {
        self.str(at)
    }
    fn string(&mut self, at: usize) -> CellResult<String> {
        match self.get(at)? {
            My::NULL => return Ok(None),
            My::Bytes(_) => {}
            other => return Err(found(other)),
        }
        match self.row.take::<My, _>(at) {
            Some(My::Bytes(bytes)) => String::from_utf8(bytes)
                .map(Some)
                .map_err(|_| "text that is not UTF-8 (read it as bytes)".into()),
            _ => Err("a cell that was read before".into()),
        }
    }
    fn bytes(&mut self, at: usize) -> CellResult<&[u8]> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Bytes(bytes) => Ok(Some(bytes)),
            other => Err(found(other)),
        }
    }
    fn uuid(&mut self, at: usize) -> CellResult<[u8; 16]> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Bytes(bytes) => match bytes.as_slice().try_into() {
                Ok(bytes) => Ok(Some(bytes)),
                Err(_) => Err(format!("{} bytes, and a UUID has 16", bytes.len())),
            },
            other => Err(found(other)),
        }
    }
    fn date(&mut self, at: usize) -> CellResult<CivilDate> {
        match *self.get(at)? {
            My::NULL => Ok(None),
            My::Date(_, 0, ..) | My::Date(_, _, 0, ..) => Err("a date with a zero in it".into()),
            My::Date(year, month, day, ..) => Ok(Some(CivilDate::from_ymd(
                year.into(),
                month.into(),
                day.into(),
            ))),
            ref other => Err(found(other)),
        }
    }
    fn time(&mut self, at: usize) -> CellResult<CivilTime> {
        match *self.get(at)? {
            My::NULL => Ok(None),
            My::Time(false, 0, hour, minute, second, micros) => Ok(Some(CivilTime(
                ((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)) * 1_000_000
                    + i64::from(micros),
            ))),
            My::Time(..) => Err("a time outside the day".into()),
            ref other => Err(found(other)),
        }
    }
    fn datetime(&mut self, at: usize) -> CellResult<CivilDateTime> {
        let Some(date) = self.date(at)? else {
            return Ok(None);
        };
        let My::Date(_, _, _, hour, minute, second, micros) = *self.get(at)? else {
            return Ok(None);
        };
        let time = ((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second))
            * 1_000_000
            + i64::from(micros);
        Ok(Some(CivilDateTime::join(date, CivilTime(time))))
    }
    fn timestamp(&mut self, at: usize) -> CellResult<Instant> {
        Ok(self.datetime(at)?.map(|time| Instant(time.0)))
    }
    #[cfg(feature = "decimal")]
    fn decimal(&mut self, at: usize) -> CellResult<rust_decimal::Decimal> {
        match self.get(at)? {
            My::NULL => Ok(None),
            My::Int(n) => Ok(Some((*n).into())),
            My::UInt(n) => Ok(Some((*n).into())),
            My::Bytes(bytes) => std::str::from_utf8(bytes)
                .ok()
                .and_then(|text| rust_decimal::Decimal::from_str_exact(text).ok())
                .map(Some)
                .ok_or_else(|| "a decimal of more than 28 digits, or text".into()),
            other => Err(found(other)),
        }
    }
    fn array(&mut self, _: usize) -> CellResult<Box<dyn Cells + '_>> {
        Err("MariaDB or MySQL, which have no arrays".into())
    }
    fn value(&mut self, at: usize, hint: Option<&SqlType>) -> Result<Value, String> {
        if self.is_null(at) {
            return Ok(Value::Null);
        }
        if let Some(value) = crate::dynamic::hinted(self, at, hint) {
            return value;
        }
        let kind = self.kind(at);
        Ok(match self.get(at)? {
            My::NULL => Value::Null,
            My::Int(n) => Value::I64(*n),
            My::UInt(n) => Value::I64(
                i64::try_from(*n).map_err(|_| "an integer that does not fit (out of range)")?,
            ),
            My::Float(n) => Value::F32(*n),
            My::Double(n) => Value::F64(*n),
            My::Date(..) if kind == Some(ColumnType::MYSQL_TYPE_DATE) => {
                self.date(at)?.map_or(Value::Null, Value::Date)
            }
            My::Date(..) => self.datetime(at)?.map_or(Value::Null, Value::DateTime),
            My::Time(..) => self.time(at)?.map_or(Value::Null, Value::Time),
            #[cfg(feature = "decimal")]
            My::Bytes(_) if kind == Some(ColumnType::MYSQL_TYPE_NEWDECIMAL) => {
                self.decimal(at)?.map_or(Value::Null, Value::Decimal)
            }
            My::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => Value::Bytes(bytes.clone()),
            },
        })
    }
}
