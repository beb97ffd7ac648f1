//! `jiff`: `Timestamp`, `civil::{Date, Time, DateTime}`.

use super::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

fn out_of_range<E>(_: E) -> String {
    "a time outside jiff's range".into()
}

fn date_in(date: Date) -> CivilDate {
    CivilDate::from_ymd(date.year().into(), date.month() as u32, date.day() as u32)
}

fn date_out(date: CivilDate) -> Result<Date, String> {
    let (year, month, day) = date.ymd();
    Date::new(
        year.try_into().map_err(out_of_range)?,
        month as i8,
        day as i8,
    )
    .map_err(out_of_range)
}

fn time_in(time: Time) -> CivilTime {
    let seconds =
        (i64::from(time.hour()) * 60 + i64::from(time.minute())) * 60 + i64::from(time.second());
    CivilTime(seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1000)
}

fn time_out(time: CivilTime) -> Result<Time, String> {
    let seconds = time.0 / 1_000_000;
    Time::new(
        (seconds / 3600) as i8,
        (seconds / 60 % 60) as i8,
        (seconds % 60) as i8,
        (time.0 % 1_000_000 * 1000) as i32,
    )
    .map_err(out_of_range)
}

impl Scalar for Timestamp {
    fn sql_type() -> SqlType {
        SqlType::Timestamp
    }
    fn encode(self) -> Value {
        Value::Timestamp(Instant::from_nanoseconds(self.as_nanosecond()))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        // `Timestamp::from_microsecond` ends before the last second does, and so before `Timestamp::MAX`.
        let read = |at: Instant| {
            let (seconds, micros) = (at.0.div_euclid(1_000_000), at.0.rem_euclid(1_000_000));
            Timestamp::new(seconds, micros as i32 * 1000).map_err(out_of_range)
        };
        cells.timestamp(at)?.map(read).transpose()
    }
}

impl Scalar for Date {
    fn sql_type() -> SqlType {
        SqlType::Date
    }
    fn encode(self) -> Value {
        Value::Date(date_in(self))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.date(at)?.map(date_out).transpose()
    }
}

impl Scalar for Time {
    fn sql_type() -> SqlType {
        SqlType::Time
    }
    fn encode(self) -> Value {
        Value::Time(time_in(self))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells.time(at)?.map(time_out).transpose()
    }
}

impl Scalar for DateTime {
    fn sql_type() -> SqlType {
        SqlType::DateTime
    }
    fn encode(self) -> Value {
        Value::DateTime(CivilDateTime::join(
            date_in(self.date()),
            time_in(self.time()),
        ))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        let Some(civil) = cells.datetime(at)? else {
            return Ok(None);
        };
        let (date, time) = civil.split();
        Ok(Some(DateTime::from_parts(date_out(date)?, time_out(time)?)))
    }
}
