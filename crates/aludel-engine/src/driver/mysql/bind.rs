//! Binds, as the server takes them.

use super::packet::put_length;
use aludel_sql::Value;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime};
use bytes::{BufMut, BytesMut};
use mysql_common::constants::ColumnType;

/// The bytes of a value that is sent as bytes.
pub(super) fn bytes(value: &Value) -> Option<&[u8]> {
    match value {
        Value::Text(text) | Value::Json(text) => Some(text.as_bytes()),
        Value::Enum(_, label) => Some(label.as_bytes()),
        Value::Bytes(bytes) => Some(bytes),
        Value::Uuid(bytes) => Some(bytes),
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => None,
        Value::Null
        | Value::Bool(_)
        | Value::I16(_)
        | Value::I32(_)
        | Value::I64(_)
        | Value::F32(_)
        | Value::F64(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Array(_)
        | Value::Invalid(_) => None,
    }
}

/// The kind of NULL.
pub(super) const NULL: u8 = ColumnType::MYSQL_TYPE_NULL as u8;

/// The type that a value is sent as.
pub(super) fn kind(value: &Value) -> u8 {
    let kind = match value {
        Value::Null | Value::Array(_) | Value::Invalid(_) => ColumnType::MYSQL_TYPE_NULL,
        Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) => {
            ColumnType::MYSQL_TYPE_LONGLONG
        }
        Value::F32(_) => ColumnType::MYSQL_TYPE_FLOAT,
        Value::F64(_) => ColumnType::MYSQL_TYPE_DOUBLE,
        Value::Date(_) | Value::DateTime(_) | Value::Timestamp(_) => {
            ColumnType::MYSQL_TYPE_DATETIME
        }
        Value::Time(_) => ColumnType::MYSQL_TYPE_TIME,
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => ColumnType::MYSQL_TYPE_NEWDECIMAL,
        Value::Text(_) | Value::Json(_) | Value::Enum(..) | Value::Bytes(_) | Value::Uuid(_) => {
            ColumnType::MYSQL_TYPE_VAR_STRING
        }
    };
    kind as u8
}

/// Writes a value; NULL is nothing.
pub(super) fn write(value: &Value, out: &mut BytesMut) {
    if let Some(bytes) = bytes(value) {
        return put_bytes(bytes, out);
    }
    match value {
        Value::Bool(holds) => out.put_i64_le((*holds).into()),
        Value::I16(n) => out.put_i64_le((*n).into()),
        Value::I32(n) => out.put_i64_le((*n).into()),
        Value::I64(n) => out.put_i64_le(*n),
        // A negative zero, which GROUP BY would separate from other zeros, becomes zero.
        Value::F32(n) => out.put_f32_le(*n + 0.0),
        Value::F64(n) => out.put_f64_le(*n + 0.0),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => put_bytes(n.to_string().as_bytes(), out),
        Value::Date(date) => put_date(*date, CivilTime(0), out),
        Value::DateTime(time) => {
            let (date, time) = time.split();
            put_date(date, time, out);
        }
        Value::Timestamp(time) => {
            let (date, time) = CivilDateTime(time.0).split();
            put_date(date, time, out);
        }
        Value::Time(time) => {
            out.put_slice(&[12, 0, 0, 0, 0, 0]);
            put_clock(*time, out);
        }
        // The bytes above; and NULL, which is no bytes.
        Value::Null
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Uuid(_)
        | Value::Json(_)
        | Value::Enum(..)
        | Value::Array(_)
        | Value::Invalid(_) => {}
    }
}

fn put_bytes(bytes: &[u8], out: &mut BytesMut) {
    put_length(out, bytes.len());
    out.put_slice(bytes);
}

fn put_date(date: CivilDate, time: CivilTime, out: &mut BytesMut) {
    let (year, month, day) = date.ymd();
    out.put_u8(if time.0 == 0 { 4 } else { 11 });
    out.put_u16_le(year as u16);
    out.put_slice(&[month as u8, day as u8]);
    if time.0 != 0 {
        put_clock(time, out);
    }
}

fn put_clock(time: CivilTime, out: &mut BytesMut) {
    let (seconds, micros) = (time.0 / 1_000_000, time.0 % 1_000_000);
    let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60];
    out.put_slice(&clock.map(|part| part as u8));
    out.put_u32_le(micros as u32);
}
