//! Values that stand in a unique column for a while: such as no row has.

use crate::meta::FieldMeta;
use crate::session::unique::is_own_text;
use aludel_sql::Value;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};

/// Midnight of the first of January of the year 1000, in microseconds since 1970: all databases know it, and few rows do.
const LONG_AGO: i64 = -30_610_224_000 * SECOND;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// The value for a slot, another one for each; `None` of a type that has none. A column that others are computed from keeps
/// away from the limits which those might come to.
pub(super) fn stand_in(field: &FieldMeta, slot: u32, is_computed_from: bool) -> Option<Value> {
    let n = i64::from(slot);
    let spare = if is_computed_from { 2 } else { 0 };
    Some(match &field.sql_type {
        SqlType::SmallInt => {
            Value::I16((i16::MIN >> spare).saturating_add(n.try_into().unwrap_or(0)))
        }
        SqlType::Integer => {
            Value::I32((i32::MIN >> spare).saturating_add(n.try_into().unwrap_or(0)))
        }
        // Far from all numbers, and from the limit that a generated column might come to.
        SqlType::BigInt => Value::I64((i64::MIN >> 10) + n),
        // Whole numbers that a float can tell from each other.
        SqlType::Real => Value::F32(n as f32 - 16_777_216.0),
        SqlType::Double => Value::F64(n as f64 - 9_007_199_254_740_992.0),
        #[cfg(feature = "decimal")]
        SqlType::Decimal(all, after) => {
            let most = 10_i64.checked_pow(all.saturating_sub(*after).min(17))?;
            Value::Decimal((1 - most + n % most).into())
        }
        SqlType::Text => Value::Text(text(None, slot, is_computed_from)),
        SqlType::Varchar(most) => Value::Text(text(Some(*most as usize), slot, is_computed_from)),
        SqlType::Date => Value::Date(CivilDate(i32::try_from(LONG_AGO / DAY + n).ok()?)),
        SqlType::Time => Value::Time(CivilTime(DAY - 1 - n)),
        SqlType::DateTime => Value::DateTime(CivilDateTime(LONG_AGO + n * SECOND)),
        SqlType::Timestamp => Value::Timestamp(Instant(LONG_AGO + n * SECOND)),
        SqlType::Uuid => {
            let mut bytes = [0xff; 16];
            bytes[12..].copy_from_slice(&slot.to_be_bytes());
            Value::Uuid(bytes)
        }
        // It is not known how many signs it takes.
        _ if is_own_text(field) => Value::Text(text(Some(4), slot, false)),
        _ => return None,
    })
}

/// A text such as no row has, not longer than the column takes it. What is computed from it may be its length: then that
/// is another for each slot, too.
fn text(most: Option<usize>, slot: u32, is_computed_from: bool) -> String {
    let plain = format!("~{slot:x}~");
    let most = most.unwrap_or(255);
    let mut text = if plain.len() <= most {
        plain
    } else {
        // Signs that are nobody's: 6,400 of them.
        let mut rest = slot;
        let mut text = String::new();
        loop {
            text.extend(char::from_u32(0xe000 + rest % 6_400));
            rest /= 6_400;
            if rest == 0 {
                break text;
            }
        }
    };
    if is_computed_from {
        let length = most - slot as usize % (most / 2).max(1);
        while text.chars().count() < length {
            text.push('~');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;
    use std::collections::HashSet;

    #[test]
    fn texts_differ_and_fit() {
        for most in [1, 2, 3, 20] {
            let texts: HashSet<String> = (0..6_000).map(|n| text(Some(most), n, false)).collect();
            assert_eq!(texts.len(), 6_000, "{most}");
            assert!(
                texts.iter().all(|text| text.chars().count() <= most),
                "{most}"
            );
        }
        let lengths: HashSet<usize> = (0..10).map(|n| text(Some(20), n, true).len()).collect();
        assert_eq!(lengths.len(), 10);
    }
}
