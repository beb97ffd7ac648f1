//! The cells of a MariaDB or MySQL row, read in place.

use super::packet::{Reader, damaged};
use super::statement::{Column, Room};
use aludel_sql::row::{CellResult, Cells};
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::types::{AnyText, SqlType};
use aludel_sql::value::Value;
use mysql_common::constants::ColumnType as Ty;
use std::io;

/// Where a cell's bytes are in its row; `None` for NULL.
#[derive(Clone, Copy)]
pub(super) struct Place(Option<(u32, u32)>);

/// Finds the cells of a row.
#[inline]
pub(super) fn find(row: &[u8], columns: &[Column], places: &mut Vec<Place>) -> io::Result<()> {
    places.clear();
    let mut reader = Reader(row);
    reader.u8()?;
    // Two bits of the first byte are not used.
    let nulls = reader.skip((columns.len() + 2).div_ceil(8))?;
    for (at, column) in columns.iter().enumerate() {
        if nulls[(at + 2) / 8] & 1 << ((at + 2) % 8) != 0 {
            places.push(Place(None));
            continue;
        }
        let cell = match column.room {
            Room::Fixed(length) => reader.skip(length.into())?,
            Room::Short => {
                let length = reader.u8()?;
                reader.skip(length.into())?
            }
            Room::Long => reader.bytes()?,
        };
        let end = u32::try_from(row.len() - reader.0.len()).map_err(|_| damaged())?;
        let length = cell.len() as u32;
        places.push(Place(Some((end - length, length))));
    }
    // A packet that is longer than its columns is not a row of them.
    if reader.0.is_empty() {
        Ok(())
    } else {
        Err(damaged())
    }
}

pub(super) struct MyCells<'a> {
    columns: &'a [Column],
    row: &'a [u8],
    places: &'a [Place],
}

/// A number, or the bytes of something else.
enum Found<'a> {
    Null,
    Int(i64),
    /// One that no `i64` holds.
    Big(u64),
    Float(f32),
    Double(f64),
    Date(&'a [u8]),
    Time(&'a [u8]),
    Bytes(&'a [u8]),
}

impl<'a> MyCells<'a> {
    #[inline]
    pub(super) fn new(columns: &'a [Column], row: &'a [u8], places: &'a [Place]) -> MyCells<'a> {
        MyCells {
            columns,
            row,
            places,
        }
    }

    fn kind(&self, at: usize) -> Option<Ty> {
        self.columns.get(at).map(|column| column.kind)
    }

    #[inline]
    fn get(&self, at: usize) -> Result<Found<'a>, String> {
        let (Some(place), Some(column)) = (self.places.get(at), self.columns.get(at)) else {
            return Err("no such column".into());
        };
        let Some((begin, length)) = place.0 else {
            return Ok(Found::Null);
        };
        let bytes = &self.row[begin as usize..(begin + length) as usize];
        Ok(match (column.kind, bytes) {
            (Ty::MYSQL_TYPE_LONGLONG, bytes) => {
                let n = i64::from_le_bytes(bytes.try_into().unwrap_or_default());
                match n < 0 && column.unsigned {
                    true => Found::Big(n as u64),
                    false => Found::Int(n),
                }
            }
            (Ty::MYSQL_TYPE_LONG | Ty::MYSQL_TYPE_INT24, bytes) => {
                let n = i32::from_le_bytes(bytes.try_into().unwrap_or_default());
                Found::Int(if column.unsigned {
                    (n as u32).into()
                } else {
                    n.into()
                })
            }
            (Ty::MYSQL_TYPE_SHORT | Ty::MYSQL_TYPE_YEAR, bytes) => {
                let n = i16::from_le_bytes(bytes.try_into().unwrap_or_default());
                Found::Int(if column.unsigned {
                    (n as u16).into()
                } else {
                    n.into()
                })
            }
            (Ty::MYSQL_TYPE_TINY, &[n]) if column.unsigned => Found::Int(n.into()),
            (Ty::MYSQL_TYPE_TINY, &[n]) => Found::Int((n as i8).into()),
            (Ty::MYSQL_TYPE_FLOAT, bytes) => {
                Found::Float(f32::from_le_bytes(bytes.try_into().unwrap_or_default()))
            }
            (Ty::MYSQL_TYPE_DOUBLE, bytes) => {
                Found::Double(f64::from_le_bytes(bytes.try_into().unwrap_or_default()))
            }
            (Ty::MYSQL_TYPE_DATE | Ty::MYSQL_TYPE_DATETIME | Ty::MYSQL_TYPE_TIMESTAMP, bytes) => {
                Found::Date(bytes)
            }
            (Ty::MYSQL_TYPE_TIME, bytes) => Found::Time(bytes),
            (_, bytes) => Found::Bytes(bytes),
        })
    }

    #[inline]
    fn str(&self, at: usize) -> CellResult<&'a str> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Bytes(bytes) => std::str::from_utf8(bytes)
                .map(Some)
                .map_err(|_| "text that is not UTF-8 (read it as bytes)".into()),
            other => Err(told(&other)),
        }
    }
}

#[cold]
fn told(found: &Found<'_>) -> String {
    match found {
        Found::Null => "NULL",
        Found::Bytes(_) => "text or bytes",
        Found::Int(_) | Found::Big(_) => "an integer",
        Found::Float(_) | Found::Double(_) => "a float",
        Found::Date(_) => "a date",
        Found::Time(_) => "a time",
    }
    .into()
}

const TOO_BIG: &str = "an integer that does not fit (out of range)";

/// Microseconds of `hour, minute, second[, micros]`; what is not there is zero.
fn clock(bytes: &[u8]) -> i64 {
    let part = |at: usize| i64::from(bytes.get(at).copied().unwrap_or_default());
    let micros = bytes.get(3..7).and_then(|micros| micros.try_into().ok());
    let micros = u32::from_le_bytes(micros.unwrap_or_default());
    ((part(0) * 60 + part(1)) * 60 + part(2)) * 1_000_000 + i64::from(micros)
}

/// A date, and the time of day after it.
fn date(bytes: &[u8]) -> Result<(CivilDate, i64), String> {
    match bytes {
        &[low, high, month, day, ref time @ ..] if month > 0 && day > 0 => {
            let year = u16::from_le_bytes([low, high]);
            let date = CivilDate::from_ymd(year.into(), month.into(), day.into());
            Ok((date, clock(time)))
        }
        _ => Err("a date with a zero in it".into()),
    }
}

/// `2020-01-31 08:00:00.5`, with zeros where there are some.
fn date_text(bytes: &[u8], is_date: bool) -> String {
    let part = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let year = u16::from_le_bytes([part(0), part(1)]);
    let day = format!("{year:04}-{:02}-{:02}", part(2), part(3));
    match is_date {
        true => day,
        false => format!(
            "{day} {}",
            clock_text(clock(bytes.get(4..).unwrap_or_default()))
        ),
    }
}

/// `-838:59:59`: a sign, days, and the time of day.
fn time_text(bytes: &[u8]) -> Result<String, String> {
    let days = bytes.get(1..5).and_then(|days| days.try_into().ok());
    let days = i64::from(u32::from_le_bytes(days.unwrap_or_default()));
    // The server keeps no more than 838 hours.
    if days > 34 {
        return Err("a time of more than 34 days".into());
    }
    let micros = days * 86_400_000_000 + clock(bytes.get(5..).unwrap_or_default());
    let sign = if bytes.first() == Some(&1) { "-" } else { "" };
    Ok(format!("{sign}{}", clock_text(micros)))
}

fn clock_text(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match micros % 1_000_000 {
        0 => format!("{hour:02}:{minute:02}:{second:02}"),
        fraction => format!("{hour:02}:{minute:02}:{second:02}.{fraction:06}"),
    }
}

impl Cells for MyCells<'_> {
    #[inline]
    fn width(&self) -> usize {
        self.columns.len()
    }
    #[inline]
    fn is_null(&mut self, at: usize) -> bool {
        self.places.get(at).is_some_and(|place| place.0.is_none())
    }
    fn bool(&mut self, at: usize) -> CellResult<bool> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Int(0) => Ok(Some(false)),
            Found::Int(1) => Ok(Some(true)),
            Found::Int(_) | Found::Big(_) => Err("an integer that is neither 0 nor 1".into()),
            other => Err(told(&other)),
        }
    }
    #[inline]
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        match self.get(at)? {
            Found::Int(n) => Ok(Some(n)),
            Found::Null => Ok(None),
            Found::Big(_) => Err(TOO_BIG.into()),
            // Sums of integers are DECIMALs here.
            Found::Bytes(bytes)
                if matches!(
                    self.kind(at),
                    Some(Ty::MYSQL_TYPE_NEWDECIMAL | Ty::MYSQL_TYPE_DECIMAL)
                ) =>
            {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                let whole = match text.split_once('.') {
                    Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
                    Some(_) => return Err("a number with a fraction".into()),
                    None => text,
                };
                whole.parse().map(Some).map_err(|_| TOO_BIG.into())
            }
            other => Err(told(&other)),
        }
    }
    fn f64(&mut self, at: usize) -> CellResult<f64> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Double(n) => Ok(Some(n)),
            Found::Float(n) => Ok(Some(n.into())),
            other => Err(told(&other)),
        }
    }
    #[inline]
    fn text(&mut self, at: usize) -> CellResult<&str> {
        self.str(at)
    }
    #[inline]
    fn string(&mut self, at: usize) -> CellResult<String> {
        Ok(self.str(at)?.map(str::to_owned))
    }
    fn any_text(&mut self, at: usize) -> CellResult<AnyText> {
        let text = match self.get(at)? {
            Found::Null => return Ok(None),
            Found::Int(n) => n.to_string(),
            Found::Big(n) => n.to_string(),
            Found::Float(n) => n.to_string(),
            Found::Double(n) => n.to_string(),
            Found::Date(bytes) => date_text(bytes, self.kind(at) == Some(Ty::MYSQL_TYPE_DATE)),
            Found::Time(bytes) => time_text(bytes)?,
            // The server does not tell texts from bytes.
            Found::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => return Ok(Some(AnyText::bytes(bytes))),
            },
        };
        Ok(Some(text.into()))
    }
    fn bytes(&mut self, at: usize) -> CellResult<&[u8]> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Bytes(bytes) => Ok(Some(bytes)),
            other => Err(told(&other)),
        }
    }
    fn uuid(&mut self, at: usize) -> CellResult<[u8; 16]> {
        match self.bytes(at)? {
            None => Ok(None),
            Some(bytes) => match bytes.try_into() {
                Ok(bytes) => Ok(Some(bytes)),
                Err(_) => Err(format!("{} bytes, and a UUID has 16", bytes.len())),
            },
        }
    }
    fn date(&mut self, at: usize) -> CellResult<CivilDate> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Date(bytes) => date(bytes).map(|(date, _)| Some(date)),
            other => Err(told(&other)),
        }
    }
    fn time(&mut self, at: usize) -> CellResult<CivilTime> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Time([]) => Ok(Some(CivilTime(0))),
            // A sign, days, and the time.
            Found::Time([0, 0, 0, 0, 0, time @ ..]) => Ok(Some(CivilTime(clock(time)))),
            Found::Time(_) => Err("a time outside the day".into()),
            other => Err(told(&other)),
        }
    }
    fn datetime(&mut self, at: usize) -> CellResult<CivilDateTime> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Date(bytes) => {
                let (date, time) = date(bytes)?;
                Ok(Some(CivilDateTime::join(date, CivilTime(time))))
            }
            other => Err(told(&other)),
        }
    }
    fn timestamp(&mut self, at: usize) -> CellResult<Instant> {
        Ok(self.datetime(at)?.map(|time| Instant(time.0)))
    }
    #[cfg(feature = "decimal")]
    fn decimal(&mut self, at: usize) -> CellResult<rust_decimal::Decimal> {
        match self.get(at)? {
            Found::Null => Ok(None),
            Found::Int(n) => Ok(Some(n.into())),
            Found::Big(n) => Ok(Some(n.into())),
            Found::Bytes(bytes) => std::str::from_utf8(bytes)
                .ok()
                .and_then(|text| rust_decimal::Decimal::from_str_exact(text).ok())
                .map(Some)
                .ok_or_else(|| "a decimal of more than 28 digits, or text".into()),
            other => Err(told(&other)),
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
            Found::Null => Value::Null,
            Found::Int(n) => Value::I64(n),
            Found::Big(_) => return Err(TOO_BIG.into()),
            Found::Float(n) => Value::F32(n),
            Found::Double(n) => Value::F64(n),
            Found::Date(bytes) if kind == Some(Ty::MYSQL_TYPE_DATE) => Value::Date(date(bytes)?.0),
            Found::Date(_) => self.datetime(at)?.map_or(Value::Null, Value::DateTime),
            Found::Time(_) => self.time(at)?.map_or(Value::Null, Value::Time),
            #[cfg(feature = "decimal")]
            Found::Bytes(_) if kind == Some(Ty::MYSQL_TYPE_NEWDECIMAL) => {
                self.decimal(at)?.map_or(Value::Null, Value::Decimal)
            }
            Found::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Value::Text(text.to_owned()),
                Err(_) => Value::Bytes(bytes.to_vec()),
            },
        })
    }
}

/// Reads bytes as definitions of columns, and as a row of them, in every way.
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
pub(crate) fn read_all(bytes: &[u8]) {
    let Some((&width, mut rest)) = bytes.split_first() else {
        return;
    };
    let mut columns = Vec::new();
    for _ in 0..width % 6 {
        let (definition, behind) = rest.split_at(rest.len().min(32));
        rest = behind;
        columns.extend(Column::read(definition));
        columns.extend(Column::of_kind(
            definition.first().copied().unwrap_or_default(),
        ));
    }
    let mut places = Vec::new();
    if find(rest, &columns, &mut places).is_ok() {
        crate::fuzz::read_cells(
            &mut MyCells::new(&columns, rest, &places),
            columns.len() + 1,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::time_text;

    #[test]
    fn times_are_no_longer_than_the_server_keeps_them() {
        let time = |days: u32| [&[1][..], &days.to_le_bytes(), &[22, 59, 59]].concat();
        assert_eq!(time_text(&time(34)).as_deref(), Ok("-838:59:59"));
        assert!(time_text(&time(u32::MAX)).is_err());
    }
}
