//! `time`: `OffsetDateTime`, `Date`, `Time`, `PrimitiveDateTime`.

use super::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

fn out_of_range<E>(_: E) -> String {
    "a time outside the range of the crate time".into()
}

fn date_in(date: Date) -> CivilDate {
    let (year, month, day) = date.to_calendar_date();
    CivilDate::from_ymd(year.into(), u8::from(month).into(), day.into())
}

fn date_out(date: CivilDate) -> Result<Date, String> {
    let (year, month, day) = date.ymd();
    Date::from_calendar_date(
        year.try_into().map_err(out_of_range)?,
        Month::try_from(month as u8).map_err(out_of_range)?,
        day as u8,
    )
    .map_err(out_of_range)
}

fn time_in(time: Time) -> CivilTime {
    let (hour, minute, second, micro) = time.as_hms_micro();
    let seconds = (i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second);
    CivilTime(seconds * 1_000_000 + i64::from(micro))
}

fn time_out(time: CivilTime) -> Result<Time, String> {
    let seconds = time.0 / 1_000_000;
    Time::from_hms_micro(
        (seconds / 3600) as u8,
        (seconds / 60 % 60) as u8,
        (seconds % 60) as u8,
        (time.0 % 1_000_000) as u32,
    )
    .map_err(out_of_range)
}

impl Scalar for OffsetDateTime {
    fn sql_type() -> SqlType {
        SqlType::Timestamp
    }
    fn encode(self) -> Value {
        Value::Timestamp(Instant::from_nanoseconds(self.unix_timestamp_nanos()))
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        cells
            .timestamp(at)?
            .map(|at| {
                OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000)
                    .map_err(out_of_range)
            })
            .transpose()
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

impl Scalar for PrimitiveDateTime {
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
        Ok(Some(PrimitiveDateTime::new(
            date_out(date)?,
            time_out(time)?,
        )))
    }
}
