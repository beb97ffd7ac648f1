//! `chrono`: `DateTime<Utc>`, `NaiveDate`, `NaiveTime`, `NaiveDateTime`.

use super::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};

const RANGE: &str = "a time outside chrono's range";

fn date_in(date: NaiveDate) -> CivilDate {
    CivilDate::from_ymd(date.year().into(), date.month(), date.day())
}

fn date_out(date: CivilDate) -> Result<NaiveDate, String> {
    let (year, month, day) = date.ymd();
    i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
        .ok_or_else(|| RANGE.into())
}

fn time_in(time: NaiveTime) -> CivilTime {
    // A leap second counts on from :59, and is stored as the last microsecond of the minute.
    let nanos = time.nanosecond().min(999_999_999);
    CivilTime(i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(nanos) / 1000)
}

fn time_out(time: CivilTime) -> Result<NaiveTime, String> {
    NaiveTime::from_num_seconds_from_midnight_opt(
        (time.0 / 1_000_000) as u32,
        (time.0 % 1_000_000 * 1000) as u32,
    )
    .ok_or_else(|| RANGE.into())
}

impl Scalar for DateTime<Utc> {
    fn sql_type() -> SqlType {
        SqlType::Timestamp
    }
    fn encode(self) -> Value {
        Value::Timestamp(Instant(self.timestamp_micros()))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells
            .timestamp(at)?
            .map(|at| DateTime::from_timestamp_micros(at.0).ok_or_else(|| RANGE.into()))
            .transpose()
    }
}

impl Scalar for NaiveDate {
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

impl Scalar for NaiveTime {
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

impl Scalar for NaiveDateTime {
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
        Ok(Some(date_out(date)?.and_time(time_out(time)?)))
    }
}
