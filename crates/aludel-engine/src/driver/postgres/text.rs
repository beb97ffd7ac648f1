//! The text of a value that came in the binary format, as the server would have written it: for
//! [`AnyText`](aludel_sql::types::AnyText), which reads what no Rust type holds (infinite dates, `NaN` as a number, arrays of
//! several dimensions).

use super::decode::is_text;
use postgres_types::{Kind, Type};
use std::fmt::Write as _;

/// Seconds and days are counted from 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;
const DAY: i64 = 86_400_000_000;

fn fixed<const N: usize>(raw: &[u8]) -> Result<[u8; N], String> {
    raw.try_into()
        .map_err(|_| "a value of another length than its type".into())
}

/// The text of a value.
///
/// # Errors
/// A value that is not of its type.
pub(super) fn text_of(ty: &Type, raw: &[u8]) -> Result<String, String> {
    if let Kind::Domain(inner) = ty.kind() {
        return text_of(inner, raw);
    }
    Ok(match *ty {
        Type::BOOL => (raw.first() != Some(&0)).to_string(),
        Type::INT2 => i16::from_be_bytes(fixed(raw)?).to_string(),
        Type::INT4 => i32::from_be_bytes(fixed(raw)?).to_string(),
        Type::INT8 => i64::from_be_bytes(fixed(raw)?).to_string(),
        Type::OID => u32::from_be_bytes(fixed(raw)?).to_string(),
        Type::FLOAT4 => float(f32::from_be_bytes(fixed(raw)?).into(), |n| {
            (n as f32).to_string()
        }),
        Type::FLOAT8 => float(f64::from_be_bytes(fixed(raw)?), |n| n.to_string()),
        Type::NUMERIC => numeric(raw)?,
        Type::BYTEA => raw.iter().fold(String::from("\\x"), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }),
        Type::UUID => {
            let hex = format!("{:032x}", u128::from_be_bytes(fixed(raw)?));
            let parts = [
                &hex[..8],
                &hex[8..12],
                &hex[12..16],
                &hex[16..20],
                &hex[20..],
            ];
            parts.join("-")
        }
        Type::DATE => match i32::from_be_bytes(fixed(raw)?) {
            i32::MAX => "infinity".into(),
            i32::MIN => "-infinity".into(),
            days => date(i64::from(days), ""),
        },
        Type::TIME => time(i64::from_be_bytes(fixed(raw)?)),
        Type::TIMESTAMP => moment(i64::from_be_bytes(fixed(raw)?), ""),
        Type::TIMESTAMPTZ => moment(i64::from_be_bytes(fixed(raw)?), "+00"),
        Type::JSONB => utf8(raw.get(1..).unwrap_or_default())?,
        _ => match ty.kind() {
            // The server writes these two as words.
            Kind::Array(element) if [Type::INT2_VECTOR, Type::OID_VECTOR].contains(ty) => {
                let all = items(element, raw)?.items.into_iter().flatten();
                all.collect::<Vec<_>>().join(" ")
            }
            Kind::Array(element) if !is_text(ty) => array(element, raw)?,
            _ => utf8(raw)?,
        },
    })
}

fn utf8(raw: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(raw).map_err(|_| "text that is not UTF-8")?;
    Ok(text.to_owned())
}

fn float(n: f64, finite: impl FnOnce(f64) -> String) -> String {
    match n {
        n if n.is_nan() => "NaN".into(),
        f64::INFINITY => "Infinity".into(),
        f64::NEG_INFINITY => "-Infinity".into(),
        n => finite(n),
    }
}

/// The text of a number, sent as groups of four digits, the first of which is at a weight.
fn numeric(raw: &[u8]) -> Result<String, String> {
    let damaged = || String::from("a number that is damaged");
    let word = |at: usize| -> Result<i16, String> {
        let bytes = raw.get(at * 2..at * 2 + 2).ok_or_else(damaged)?;
        Ok(i16::from_be_bytes([bytes[0], bytes[1]]))
    };
    let (count, weight, scale) = (word(0)?, i32::from(word(1)?), word(3)?);
    match word(2)? as u16 {
        0xC000 => return Ok("NaN".into()),
        0xD000 => return Ok("Infinity".into()),
        0xF000 => return Ok("-Infinity".into()),
        _ => {}
    }
    let (count, scale) = (
        usize::try_from(count).map_err(|_| damaged())?,
        usize::try_from(scale).map_err(|_| damaged())?,
    );
    let group = |at: i32| -> Result<i16, String> {
        match usize::try_from(weight - at) {
            Ok(at) if at < count => word(4 + at),
            _ => Ok(0),
        }
    };
    let mut text = String::from(if word(2)? as u16 == 0x4000 { "-" } else { "" });
    let sign = text.len();
    for at in (0..=weight.max(0)).rev() {
        let _ = write!(text, "{:04}", group(at)?);
    }
    let zeros = text[sign..]
        .bytes()
        .take_while(|byte| *byte == b'0')
        .count();
    let whole = text.len() - sign;
    text.replace_range(sign..sign + zeros.min(whole - 1), "");
    if scale > 0 {
        let mut fraction = String::new();
        let mut at = -1;
        while fraction.len() < scale {
            let _ = write!(fraction, "{:04}", group(at)?);
            at -= 1;
        }
        text.push('.');
        text.push_str(&fraction[..scale]);
    }
    Ok(text)
}

/// A day, counted from 2000-01-01, in the calendar that the server reckons by.
fn date(days: i64, rest: &str) -> String {
    // Days since 0000-03-01, in eras of 400 years.
    let days = days + EPOCH_DAYS + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (year, era) = if year > 0 {
        (year, "")
    } else {
        (1 - year, " BC")
    };
    format!("{year:04}-{month:02}-{day:02}{rest}{era}")
}

fn time(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    let fraction = micros % 1_000_000;
    if fraction != 0 {
        let digits = format!(".{fraction:06}");
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

fn moment(micros: i64, zone: &str) -> String {
    match micros {
        i64::MAX => "infinity".into(),
        i64::MIN => "-infinity".into(),
        micros => {
            let rest = format!(" {}{zone}", time(micros.rem_euclid(DAY)));
            date(micros.div_euclid(DAY), &rest)
        }
    }
}

/// What an array is made of.
struct Items {
    /// The length and the lower bound of each dimension.
    sizes: Vec<(i32, i32)>,
    items: Vec<Option<String>>,
}

/// The header of an array, and its elements, flattened.
fn items(element: &Type, raw: &[u8]) -> Result<Items, String> {
    let damaged = || String::from("an array that is damaged");
    let mut rest = raw;
    let word = |rest: &mut &[u8]| -> Result<i32, String> {
        let (first, after) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
        *rest = after;
        Ok(i32::from_be_bytes(*first))
    };
    let dimensions = usize::try_from(word(&mut rest)?).map_err(|_| damaged())?;
    word(&mut rest)?;
    word(&mut rest)?;
    // The server has six at most.
    if dimensions > 6 {
        return Err(damaged());
    }
    let mut sizes: Vec<(i32, i32)> = Vec::new();
    for _ in 0..dimensions {
        sizes.push((word(&mut rest)?, word(&mut rest)?));
    }
    let mut items: Vec<Option<String>> = Vec::new();
    while !rest.is_empty() {
        let length = word(&mut rest)?;
        let Ok(length) = usize::try_from(length) else {
            items.push(None);
            continue;
        };
        let bytes = rest.get(..length).ok_or_else(damaged)?;
        let text = text_of(element, bytes)?;
        // Within arrays, the server writes booleans short.
        items.push(Some(match (element, text.as_str()) {
            (&Type::BOOL, "true") => "t".into(),
            (&Type::BOOL, "false") => "f".into(),
            _ => text,
        }));
        rest = &rest[length..];
    }
    // Each dimension has elements, and all of them together those that came.
    let mut promised = usize::from(!sizes.is_empty());
    for (length, _) in &sizes {
        let length = usize::try_from(*length).unwrap_or_default();
        if length == 0 {
            return Err(damaged());
        }
        promised = promised.saturating_mul(length);
    }
    match promised == items.len() {
        true => Ok(Items { sizes, items }),
        false => Err(damaged()),
    }
}

fn array(element: &Type, raw: &[u8]) -> Result<String, String> {
    let Items { sizes, items } = items(element, raw)?;
    if sizes.is_empty() {
        return Ok("{}".into());
    }
    let mut text = String::new();
    if sizes.iter().any(|(_, first)| *first != 1) {
        for (length, first) in &sizes {
            let _ = write!(
                text,
                "[{first}:{}]",
                i64::from(*first) + i64::from(*length) - 1
            );
        }
        text.push('=');
    }
    nested(&sizes, &mut items.into_iter(), &mut text);
    Ok(text)
}

fn nested(sizes: &[(i32, i32)], items: &mut std::vec::IntoIter<Option<String>>, text: &mut String) {
    let Some(((length, _), inner)) = sizes.split_first() else {
        match items.next().flatten() {
            None => text.push_str("NULL"),
            Some(item) => text.push_str(&quoted(&item)),
        }
        return;
    };
    text.push('{');
    for at in 0..*length {
        text.push_str(if at > 0 { "," } else { "" });
        nested(inner, items, text);
    }
    text.push('}');
}

fn quoted(item: &str) -> String {
    let is_plain = !item.is_empty()
        && !item.eq_ignore_ascii_case("null")
        && !item
            .contains(|c: char| "{},\"\\".contains(c) || c.is_ascii_whitespace() || c == '\x0b');
    match is_plain {
        true => item.to_owned(),
        false => format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::{array, date, moment, numeric, quoted, time};
    use postgres_types::Type;

    fn words(all: &[i16]) -> Vec<u8> {
        all.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn numbers_are_written_as_the_server_writes_them() {
        for (all, text) in [
            (vec![0, 0, 0, 0], "0"),
            (vec![0, 0, 0, 2], "0.00"),
            (vec![2, 0, 0, 3, 12, 3450], "12.345"),
            (vec![1, -1, 0x4000, 4, 5], "-0.0005"),
            (vec![1, -2, 0, 8, 5], "0.00000005"),
            (vec![1, 2, 0, 0, 7], "700000000"),
            (vec![2, 1, 0x4000, 0, 1, 23], "-10023"),
            (vec![0, 0, -0x4000, 0], "NaN"),
        ] {
            assert_eq!(numeric(&words(&all)).as_deref(), Ok(text), "{all:?}");
        }
        assert!(numeric(&words(&[2, 0, 0, 3, 12])).is_err());
    }

    #[test]
    fn dates_and_times_have_no_ends() {
        assert_eq!(date(0, ""), "2000-01-01");
        assert_eq!(date(-730_119, ""), "0001-01-01");
        assert_eq!(date(-730_120, ""), "0001-12-31 BC");
        assert_eq!(date(2_921_940, ""), "10000-01-01");
        assert_eq!(time(86_400_000_000), "24:00:00");
        assert_eq!(moment(-1, "+00"), "1999-12-31 23:59:59.999999+00");
        assert_eq!(moment(i64::MIN, ""), "-infinity");
    }

    #[test]
    fn arrays_of_several_dimensions_are_nested() {
        let mut raw = Vec::new();
        for word in [2_i32, 0, 23, 2, 1, 2, 1] {
            raw.extend(word.to_be_bytes());
        }
        for n in [1_i32, 2, 3] {
            raw.extend(4_i32.to_be_bytes());
            raw.extend(n.to_be_bytes());
        }
        raw.extend((-1_i32).to_be_bytes());
        assert_eq!(array(&Type::INT4, &raw).as_deref(), Ok("{{1,2},{3,NULL}}"));
        assert!(array(&Type::INT4, &raw[..30]).is_err());
        // Sizes that promise more elements than there are, or none.
        for words in [
            &[2_i32, 0, 23, i32::MAX, 1, 0, 1, 4, 7][..],
            &[1, 0, 23, i32::MAX, 1, 4, 7],
            &[1, 0, 23, -1, 1],
            &[2, 0, 23, i32::MAX, 1, 0, 1],
            &[2, 0, 23, i32::MAX, 1, -1, 1],
            &[0, 0, 23, 4, 7],
        ] {
            let raw: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            assert!(array(&Type::INT4, &raw).is_err(), "{words:?}");
        }
    }

    #[test]
    fn elements_are_quoted_where_the_server_quotes_them() {
        for (item, text) in [
            ("plain", "plain"),
            ("", "\"\""),
            ("nUll", "\"nUll\""),
            ("a b", "\"a b\""),
            ("a\u{b}", "\"a\u{b}\""),
            ("a\"\\", "\"a\\\"\\\\\""),
            ("a\u{a0}", "a\u{a0}"),
        ] {
            assert_eq!(quoted(item), text);
        }
    }
}
