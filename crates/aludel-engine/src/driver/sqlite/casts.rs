//! Checked casts: SQLite would cast any value; these functions refuse one that does not fit.

use super::functions::PURE;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

/// The beginning of the error for a value that can't be cast.
pub(super) const NOT_CASTABLE: &str = "what is cast is no ";

type Reading = fn(&str) -> Option<String>;

/// Registers all of them on a connection.
pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_scalar_function("aludel_as_whole", 3, PURE, |context| {
        let (least, most): (i64, i64) = (context.get(1)?, context.get(2)?);
        let number = match context.get_raw(0) {
            ValueRef::Null => return Ok(None),
            ValueRef::Integer(n) => Some(n),
            ValueRef::Real(n) => super::functions::whole(n),
            text => {
                let text = text.as_str()?.trim();
                let digits = text.trim_start_matches(['+', '-']);
                if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
                    return Err(refused("whole number"));
                }
                text.parse().ok()
            }
        };
        match number {
            Some(n) if (least..=most).contains(&n) => Ok(Some(n)),
            _ => Err(out_of_range()),
        }
    })?;
    for (name, single) in [("aludel_as_float", false), ("aludel_as_single", true)] {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            let number = match context.get_raw(0) {
                ValueRef::Null => return Ok(None),
                ValueRef::Integer(n) => n as f64,
                ValueRef::Real(n) => n,
                text => read_float(text.as_str()?)?,
            };
            let kept = match single {
                true => f64::from(number as f32),
                false => number,
            };
            match kept.is_infinite() && number.is_finite() {
                true => Err(out_of_range()),
                false => Ok(Some(kept)),
            }
        })?;
    }
    for (name, single) in [("aludel_float_text", false), ("aludel_single_text", true)] {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Real(n) if single => {
                    let shown = (n as f32).to_string();
                    Some(float_text(shown.parse().unwrap_or(n)))
                }
                ValueRef::Real(n) => Some(float_text(n)),
                ValueRef::Integer(n) => Some(float_text(n as f64)),
                _ => None,
            })
        })?;
    }
    let readings: [(&str, &str, Reading); 4] = [
        ("aludel_as_date", "date (YYYY-MM-DD)", |text| {
            CivilDate::parse(text)
                .filter(|date| date.is_storable())?
                .to_text()
        }),
        ("aludel_as_time", "time (HH:MM:SS)", |text| {
            CivilTime::parse(text).map(|time| time.to_text())
        }),
        (
            "aludel_as_datetime",
            "date-time (YYYY-MM-DD HH:MM:SS)",
            |text| {
                CivilDateTime::parse(text)
                    .filter(|time| time.is_storable())?
                    .to_text()
            },
        ),
        (
            "aludel_as_timestamp",
            "instant (YYYY-MM-DD HH:MM:SSZ)",
            |text| {
                Instant::parse(text)
                    .filter(|time| time.is_storable())?
                    .to_text()
            },
        ),
    ];
    for (name, wanted, read) in readings {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            text_as(context, wanted, |text| {
                read(text).filter(|_| !is_finer_than_micros(text))
            })
        })?;
    }
    connection.create_scalar_function("aludel_as_uuid", 1, PURE, |context| {
        text_as(context, "UUID", uuid_bytes)
    })?;
    connection.create_scalar_function("aludel_uuid_text", 1, PURE, |context| {
        match context.get_raw(0) {
            ValueRef::Null => Ok(None),
            value => uuid_text(value.as_blob()?)
                .map(Some)
                .ok_or_else(|| refused("UUID")),
        }
    })?;
    connection.create_scalar_function("aludel_refuse", 2, PURE, |context| {
        match context.get_raw(0) {
            ValueRef::Null => Ok(Value::Null),
            _ => Err(refused(context.get_raw(1).as_str()?)),
        }
    })?;
    #[cfg(feature = "decimal")]
    connection.create_scalar_function("aludel_as_decimal", 1, PURE, |context| {
        match context.get_raw(0) {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(n) => Ok(Some(n.to_string())),
            ValueRef::Real(n) => decimal_of_float(n).map(Some).ok_or_else(out_of_range),
            text => decimal_of_text(text.as_str()?.trim())
                .map(Some)
                .ok_or_else(|| refused("exact number of 28 digits")),
        }
    })?;
    Ok(())
}

fn refused(wanted: &str) -> Error {
    Error::UserFunctionError(format!("{NOT_CASTABLE}{wanted}").into())
}

fn out_of_range() -> Error {
    Error::UserFunctionError("out of range for what it is cast to".into())
}

fn text_as<T>(
    context: &Context<'_>,
    wanted: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>> {
    match context.get_raw(0) {
        ValueRef::Null => Ok(None),
        text => match read(text.as_str()?.trim()) {
            Some(value) => Ok(Some(value)),
            None => Err(refused(wanted)),
        },
    }
}

/// Whether a second has more than six digits after the point: databases round them, or cut them off.
fn is_finer_than_micros(text: &str) -> bool {
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.bytes().take_while(u8::is_ascii_digit).count() > 6
}

/// Reads a float. NaN is refused, because SQLite does not store it.
fn read_float(text: &str) -> Result<f64> {
    let text = text.trim();
    let number: f64 = text.parse().map_err(|_| refused("number"))?;
    let is_written_so = || text.trim_start_matches(['+', '-']).starts_with(['i', 'I']);
    match number {
        n if n.is_nan() => Err(refused("number")),
        n if n.is_infinite() && !is_written_so() => Err(out_of_range()),
        n => Ok(n),
    }
}

/// A float as PostgreSQL writes it: with an exponent below 0.0001 and from 1e15 on.
fn float_text(n: f64) -> String {
    if n.is_infinite() {
        return match n > 0.0 {
            true => "Infinity".into(),
            false => "-Infinity".into(),
        };
    }
    let text = format!("{n:e}");
    let exponent = text.split_once('e').and_then(|(digits, exponent)| {
        let exponent: i32 = exponent.parse().ok()?;
        Some((digits, exponent))
    });
    match exponent {
        Some((digits, exponent)) if !(-4..15).contains(&exponent) => {
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{digits}e{sign}{:02}", exponent.abs())
        }
        _ => n.to_string(),
    }
}

/// `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, with or without the hyphens.
fn uuid_bytes(text: &str) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(32);
    for (n, part) in text.split('-').enumerate() {
        let fits = match text.len() {
            32 => n == 0,
            _ => [8, 4, 4, 4, 12].get(n) == Some(&part.len()),
        };
        if !fits {
            return None;
        }
        for digit in part.chars() {
            digits.push(digit.to_digit(16)? as u8);
        }
    }
    (digits.len() == 32).then(|| {
        digits
            .chunks(2)
            .map(|pair| (pair[0] << 4) | pair[1])
            .collect()
    })
}

fn uuid_text(bytes: &[u8]) -> Option<String> {
    use std::fmt::Write;
    if bytes.len() != 16 {
        return None;
    }
    let mut text = String::with_capacity(36);
    for (n, byte) in bytes.iter().enumerate() {
        if matches!(n, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        write!(text, "{byte:02x}").ok()?;
    }
    Some(text)
}

/// The exact number that a float is written as, with ten digits after the point.
#[cfg(feature = "decimal")]
fn decimal_of_float(n: f64) -> Option<String> {
    use rust_decimal::{Decimal, RoundingStrategy};
    // With more digits before the point, 28 do not leave ten after it.
    if n.abs() >= 1e18 {
        return None;
    }
    let exact: Decimal = n.to_string().parse().ok()?;
    let rounded = exact.round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero);
    Some(rounded.to_string())
}

#[cfg(feature = "decimal")]
fn decimal_of_text(text: &str) -> Option<String> {
    use rust_decimal::Decimal;
    if text.contains('_') {
        return None;
    }
    let exact = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text));
    exact.ok().map(|n| n.to_string())
}

#[cfg(test)]
mod tests {
    use super::{float_text, uuid_bytes, uuid_text};

    #[test]
    fn floats_are_written_as_postgresql_does() {
        for (n, text) in [
            (7.0, "7"),
            (1.0 / 3.0, "0.3333333333333333"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e-7, "1.5e-07"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (-1.25e300, "-1.25e+300"),
            (f64::NEG_INFINITY, "-Infinity"),
        ] {
            assert_eq!(float_text(n), text);
        }
    }

    #[test]
    fn uuids_are_read_as_they_are_written() {
        let text = "00000000-0000-0000-0000-00000000010f";
        let bytes = uuid_bytes(text).expect("a UUID");
        assert_eq!(uuid_text(&bytes).as_deref(), Some(text));
        assert_eq!(uuid_bytes(&text.replace('-', "")), Some(bytes));
        for wrong in [
            "",
            "1",
            "0000000-00000-0000-0000-00000000010f",
            "g0000000-0000-0000-0000-00000000010f",
        ] {
            assert_eq!(uuid_bytes(wrong), None, "{wrong}");
        }
    }
}
