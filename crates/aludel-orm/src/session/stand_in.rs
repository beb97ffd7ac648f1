//! Placeholder values for a unique column: values that no row has.

use super::checks::Checks;
use super::unique::{is_free_as_null, is_own_text, refers, unique_sets};
use crate::model::meta::{FieldMeta, ModelMeta, RelationKind, RelationMeta};
use aludel_sql::Value;
use aludel_sql::schema::Deferrability;
use aludel_sql::types::SqlType;
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use std::collections::BTreeSet;

/// Midnight of January 1 of the year 1000, in microseconds since 1970: all databases support it, and few rows have it.
const LONG_AGO: i64 = -30_610_224_000 * SECOND;
/// The same for the year 9000.
const FAR_OFF: i64 = 221_845_392_000 * SECOND;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// How many values of a limited column are tried from each end.
const MOST_TRIED: usize = 256;

/// A value that probably no row has, if the column has no limits.
pub(crate) fn anything(meta: &ModelMeta, at: usize, slot: u32) -> Option<Value> {
    let field = &meta.fields[at];
    // A reference can be NULL, or must lead to a row.
    if field.nullable && refers(meta, &field.column) || is_free_as_null(meta, at) {
        return Some(Value::Null);
    }
    let far = far(field, slot, is_computed_from(meta, at));
    far.into_iter().next()
}

/// The relation whose only column this is, if it must lead to a row at every moment.
pub(crate) fn must_lead(meta: &ModelMeta, at: usize) -> Option<&RelationMeta> {
    let field = &meta.fields[at];
    let mut relations = meta.relations.iter();
    let found = relations.find(|relation| {
        let is_late = relation.deferrable == Deferrability::Deferred;
        relation.kind == RelationKind::BelongsTo && !is_late && relation.columns == [&*field.column]
    });
    found.filter(|_| !field.nullable)
}

/// Whether only some values fit into a column of a row, so that the database must be asked which of them are free.
pub(crate) fn is_scarce<'v>(
    meta: &ModelMeta,
    at: usize,
    slot: u32,
    row: &impl Fn(usize) -> Option<&'v Value>,
) -> bool {
    let checks = Checks::of(meta, at);
    match anything(meta, at, slot) {
        Some(_) if must_lead(meta, at).is_some() => true,
        Some(value) if value.is_null() || checks.is_empty() => false,
        _ => {
            let far = far(&meta.fields[at], slot, is_computed_from(meta, at));
            let mut far = far.iter();
            !far.any(|value| checks.allow(value, &|at| row(at)) == Some(true))
        }
    }
}

/// About how many values fit into scarce columns of a row; large numbers are capped.
pub(crate) fn count<'v>(
    meta: &'static ModelMeta,
    columns: &[usize],
    slot: u32,
    row: &impl Fn(usize) -> Option<&'v Value>,
) -> u8 {
    let each = columns.iter().map(|at| {
        if must_lead(meta, *at).is_some() {
            return MOST_TRIED;
        }
        let checks = Checks::of(meta, *at);
        let own: Vec<Value> = row(*at).cloned().into_iter().collect();
        near(&meta.fields[*at], slot, &checks, row, &own).len()
    });
    let all = each.fold(1_usize, |all, values| all.saturating_mul(values.max(1)));
    u8::try_from(all).unwrap_or(u8::MAX)
}

/// Whether some of these columns are restricted to certain values.
pub(crate) fn is_limited(meta: &ModelMeta, columns: &[usize]) -> bool {
    columns.iter().any(|at| {
        let any = anything(meta, *at, 0);
        any.is_none() || must_lead(meta, *at).is_some() || !Checks::of(meta, *at).is_empty()
    })
}

/// Whether a unique value is computed from a column.
pub(crate) fn is_computed_from(meta: &ModelMeta, at: usize) -> bool {
    let sets = unique_sets(meta);
    sets.iter().any(|set| set.is_computed_from(at))
}

/// Values for a slot that probably no row has, different for each slot: one from the lower end of the type, one from the upper
/// end. None for a type that has few values. A column that others are computed from keeps away from the limits, which those
/// might exceed; one that the database numbers gets no large values, which its counter would follow.
pub(crate) fn far(field: &FieldMeta, slot: u32, is_computed_from: bool) -> Vec<Value> {
    let n = i64::from(slot);
    let spare = if is_computed_from { 2 } else { 0 };
    let ends: Option<(i64, i64)> = match &field.sql_type {
        // Larger slots would reach numbers that rows have; then the database is asked.
        SqlType::SmallInt if n >= 4_000 => None,
        SqlType::SmallInt => Some((
            (i64::from(i16::MIN) >> spare) + n,
            (i64::from(i16::MAX) >> spare) - 100 - n,
        )),
        // The largest number itself may have a meaning.
        SqlType::Integer => Some((
            (i64::from(i32::MIN) >> spare) + n,
            (i64::from(i32::MAX) >> spare) - 1_000_003 - n,
        )),
        // Far from all used numbers, and from the limit that a generated column might exceed.
        SqlType::BigInt => Some(((i64::MIN >> 10) + n, (i64::MAX >> 10) - n)),
        // Whole numbers that a float can represent exactly.
        SqlType::Real => {
            let low = n as f32 - 16_777_216.0;
            return vec![Value::F32(low), Value::F32(-low)];
        }
        SqlType::Double => {
            let low = n as f64 - 9_007_199_254_740_992.0;
            return vec![Value::F64(low), Value::F64(-low)];
        }
        #[cfg(feature = "decimal")]
        SqlType::Decimal(all, after) => {
            // As many digits as fit.
            let whole = all.saturating_sub(*after);
            let most = 10_i64.pow(whole.min(17_u32.saturating_sub(*after)));
            let unit = 10_i64.checked_pow(*after);
            let ends = unit.and_then(|unit| {
                let low = (1 - most + n % most).checked_mul(unit)?;
                Some((low, -low))
            });
            ends.filter(|_| most > 1)
        }
        SqlType::Date => Some((LONG_AGO / DAY + n, FAR_OFF / DAY + n)),
        SqlType::Time => Some((DAY - 1 - n, n)),
        SqlType::DateTime | SqlType::Timestamp => {
            Some((LONG_AGO + n * SECOND, FAR_OFF + n * SECOND))
        }
        _ => None,
    };
    if let Some((low, high)) = ends {
        let high = Some(high).filter(|_| field.identity.is_none());
        let ends = std::iter::once(low).chain(high);
        return ends.filter_map(|units| of_units(field, units)).collect();
    }
    match &field.sql_type {
        SqlType::Text => vec![Value::Text(text(None, slot, is_computed_from))],
        SqlType::Varchar(most) => {
            let most = Some(*most as usize);
            vec![Value::Text(text(most, slot, is_computed_from))]
        }
        SqlType::Uuid => {
            let mut bytes = [0xff; 16];
            bytes[12..].copy_from_slice(&slot.to_be_bytes());
            vec![Value::Uuid(bytes)]
        }
        // Its maximum length is unknown.
        _ if is_own_text(field) => vec![Value::Text(text(Some(4), slot, false))],
        _ => Vec::new(),
    }
}

/// Steps per unit in which floats are tried.
const SINGLE: i64 = 16;
const DOUBLE: i64 = 4096;

/// A value of an ordered type as a whole number of its smallest steps (or of larger ones, for floats).
fn units(field: &FieldMeta, value: &Value) -> Option<i64> {
    let float = |value: f64, unit: i64| Some((value * unit as f64).floor() as i64);
    let number = match value {
        Value::Date(CivilDate(days)) => return Some((*days).into()),
        Value::Time(CivilTime(micros))
        | Value::DateTime(CivilDateTime(micros))
        | Value::Timestamp(Instant(micros)) => return Some(*micros),
        Value::F32(value) => f64::from(*value),
        Value::F64(value) => *value,
        #[cfg(feature = "decimal")]
        Value::Decimal(value) => f64::try_from(*value).ok()?,
        _ => value.as_i64()? as f64,
    };
    match &field.sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
            value.as_i64().or_else(|| float(number, 1))
        }
        SqlType::Real => float(number, SINGLE),
        SqlType::Double => float(number, DOUBLE),
        #[cfg(feature = "decimal")]
        SqlType::Decimal(_, after) => float(number, 10_i64.checked_pow(*after)?),
        _ => None,
    }
}

/// The value of this number of steps, if the type has it.
fn of_units(field: &FieldMeta, units: i64) -> Option<Value> {
    let is_moment = || Instant(units).is_storable();
    Some(match &field.sql_type {
        SqlType::SmallInt => Value::I16(units.try_into().ok()?),
        SqlType::Integer => Value::I32(units.try_into().ok()?),
        SqlType::BigInt => Value::I64(units),
        SqlType::Real => Value::F32(units as f32 / SINGLE as f32),
        SqlType::Double => Value::F64(units as f64 / DOUBLE as f64),
        #[cfg(feature = "decimal")]
        SqlType::Decimal(all, after) => {
            let limit = 10_i64.checked_pow(*all).unwrap_or(i64::MAX);
            let fits = units.checked_abs().is_some_and(|units| units < limit);
            let mut value = Value::Decimal(fits.then_some(units)?.into());
            if let Value::Decimal(number) = &mut value {
                number.set_scale(*after).ok()?;
            }
            value
        }
        SqlType::Date => Value::Date(CivilDate(units.try_into().ok()?)),
        SqlType::Time => Value::Time((0..DAY).contains(&units).then_some(CivilTime(units))?),
        SqlType::DateTime => Value::DateTime(is_moment().then_some(CivilDateTime(units))?),
        SqlType::Timestamp => Value::Timestamp(is_moment().then_some(Instant(units))?),
        #[cfg(not(feature = "decimal"))]
        SqlType::Decimal(..) => return None,
        SqlType::Bool
        | SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bytes
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => return None,
    })
}

/// Values that fit into a column of a row that has few values or limits, the best ones first; only the database knows whether
/// they are free. `own` are values that the row has there before and after.
pub(crate) fn near<'v>(
    field: &'static FieldMeta,
    slot: u32,
    checks: &Checks<'_>,
    row: &impl Fn(usize) -> Option<&'v Value>,
    own: &[Value],
) -> Vec<Value> {
    let all = match &field.sql_type {
        SqlType::Bool => vec![Value::Bool(false), Value::Bool(true)],
        SqlType::Enum(known) => {
            let labels = known.labels.iter();
            labels.map(|label| Value::Enum(known, label)).collect()
        }
        SqlType::Text => texts(255, slot, checks.named(row), own),
        SqlType::Varchar(most) => texts(*most as usize, slot, checks.named(row), own),
        _ => return numbers(field, slot, checks, row, own),
    };
    let (mut sure, mut open) = (Vec::new(), Vec::new());
    for value in all {
        match checks.allow(&value, &|at| row(at)) {
            Some(true) => sure.push(value),
            Some(false) => {}
            None => open.push(value),
        }
    }
    sure.append(&mut open);
    sure
}

/// Numbers and date-time values between the limits, from both ends.
fn numbers<'v>(
    field: &FieldMeta,
    slot: u32,
    checks: &Checks<'_>,
    row: &impl Fn(usize) -> Option<&'v Value>,
    own: &[Value],
) -> Vec<Value> {
    let may_be = |units: i64| {
        let value = of_units(field, units)?;
        let may_be = checks.allow(&value, &|at| row(at));
        may_be.unwrap_or(true).then_some(value)
    };
    let named = checks.named(row);
    let named = named
        .iter()
        .chain(own)
        .filter_map(|value| units(field, value));
    let ends = far(field, slot, false).into_iter();
    let ends = ends.filter_map(|value| units(field, &value));
    let probes = named.chain(ends).chain([0]);
    let probes = probes.flat_map(|n| [n.saturating_sub(1), n, n.saturating_add(1)]);
    let probes: BTreeSet<i64> = probes.filter(|n| may_be(*n).is_some()).collect();
    let (Some(low), Some(high)) = (probes.first(), probes.last()) else {
        return Vec::new();
    };
    let up = (*low..=*high).take(MOST_TRIED);
    let down = (*low..=*high).rev().take(MOST_TRIED);
    // A condition may exclude numbers between the limits: tries those near the row's own.
    let own = own.iter().filter_map(|value| units(field, value));
    let own = own.flat_map(|n| n.saturating_sub(64)..n.saturating_add(64));
    let order: Vec<i64> = match field.identity {
        Some(_) => up.chain(own).collect(),
        None => down.chain(up).chain(own).collect(),
    };
    let mut seen = BTreeSet::new();
    let order = order.into_iter().filter(|n| seen.insert(*n));
    order.filter_map(may_be).collect()
}

/// Texts that CHECKs name, texts of lengths that they name, and texts that resemble the row's own.
fn texts(most: usize, slot: u32, named: Vec<Value>, own: &[Value]) -> Vec<Value> {
    let mut texts = Vec::new();
    let lengths = named.iter().filter_map(|value| {
        let length = usize::try_from(value.as_i64()?).ok()?;
        (length <= most).then_some(length)
    });
    for length in lengths.flat_map(|n| [n, n.saturating_sub(1), n + 1]) {
        let mut sign = text(Some(length.min(most)), slot, false);
        while sign.chars().count() < length.min(most) {
            sign.push('~');
        }
        texts.push(sign);
    }
    texts.extend(
        named
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned)),
    );
    texts.push(text(Some(most), slot, false));
    let fitting = own.iter().filter_map(Value::as_str);
    for own in fitting.filter(|own| own.chars().count() <= most) {
        for (at, sign) in own.char_indices().rev() {
            // Enough are tried.
            if texts.len() > 4 * MOST_TRIED {
                break;
            }
            let like = match sign {
                '0'..='9' => '0'..='9',
                'a'..='z' => 'a'..='z',
                'A'..='Z' => 'A'..='Z',
                _ => continue,
            };
            let (before, after) = (&own[..at], &own[at + sign.len_utf8()..]);
            texts.extend(like.map(|sign| format!("{before}{sign}{after}")));
        }
    }
    let mut seen = BTreeSet::new();
    texts.retain(|text| text.chars().count() <= most && seen.insert(text.clone()));
    texts.truncate(2 * MOST_TRIED);
    texts.into_iter().map(Value::Text).collect()
}

/// A text that no row has, no longer than the column allows. A value computed from it may be its length: then the length is
/// different for each slot, too.
fn text(most: Option<usize>, slot: u32, is_computed_from: bool) -> String {
    let plain = format!("~{slot:x}~");
    let most = most.unwrap_or(255);
    let mut text = if plain.len() <= most {
        plain
    } else {
        // Private-use characters: there are 6,400 of them.
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
