//! What operators and functions mean, of values.

use super::tree::{Call, Fold, Match, Math, Step, V};
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;

/// How two values stand in an order.
pub fn compared(left: &V, right: &V, descending: bool, nulls_first: bool) -> Ordering {
    match (left.is_null(), right.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if nulls_first => Ordering::Less,
        (true, false) => Ordering::Greater,
        (false, true) if nulls_first => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let order = left.order(right).unwrap_or(Ordering::Equal);
            if descending { order.reverse() } else { order }
        }
    }
}

pub fn all(of: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = Some(true);
    for holds in of {
        match holds {
            Some(false) => return Some(false),
            None => known = None,
            Some(true) => {}
        }
    }
    known
}

pub fn among(value: &V, values: &[V]) -> Option<bool> {
    // In an empty list nothing is, not even NULL.
    if values.is_empty() {
        return Some(false);
    }
    let mut unknown = false;
    for other in values {
        match value.order(other) {
            Some(Ordering::Equal) => return Some(true),
            None => unknown = true,
            Some(_) => {}
        }
    }
    (!unknown).then_some(false)
}

pub fn calculated(math: Math, left: &V, right: &V) -> V {
    match (left, right) {
        (V::Int(l), V::Int(r)) => match math {
            Math::Add => V::Int(l + r),
            Math::Subtract => V::Int(l - r),
            Math::Multiply => V::Int(l * r),
            Math::Divide => l.checked_div(*r).map_or(V::Null, V::Int),
            Math::Remainder => l.checked_rem(*r).map_or(V::Null, V::Int),
        },
        (V::Float(l), V::Float(r)) => match math {
            Math::Add => V::Float(l + r),
            Math::Subtract => V::Float(l - r),
            Math::Multiply => V::Float(l * r),
            Math::Divide | Math::Remainder if *r == 0.0 => V::Null,
            Math::Divide => V::Float(l / r),
            Math::Remainder => V::Float(l % r),
        },
        (V::Dec(l), V::Dec(r)) => match math {
            Math::Add => V::Dec(l + r),
            Math::Subtract => V::Dec(l - r),
            Math::Multiply => V::Dec(l * r),
            Math::Divide => l.checked_div(*r).map_or(V::Null, |n| V::Dec(tenth(n))),
            Math::Remainder => l.checked_rem(*r).map_or(V::Null, V::Dec),
        },
        _ => V::Null,
    }
}

/// Ten digits after the point, as quotients and means have.
fn tenth(n: Decimal) -> Decimal {
    n.round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero)
}

fn whole(n: Decimal) -> Decimal {
    n.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
}

pub fn called(call: Call, of: V) -> V {
    match (call, of) {
        (_, V::Null) => V::Null,
        (Call::Lower, V::Text(text)) => V::Text(text.to_lowercase()),
        (Call::Upper, V::Text(text)) => V::Text(text.to_uppercase()),
        (Call::Trim, V::Text(text)) => V::Text(text.trim_matches(' ').to_string()),
        (Call::Length, V::Text(text)) => V::Int(text.chars().count() as i64),
        (Call::Abs, V::Int(n)) => V::Int(n.abs()),
        (Call::Abs, V::Float(n)) => V::Float(n.abs()),
        (Call::Abs, V::Dec(n)) => V::Dec(n.abs()),
        (Call::Round | Call::Floor | Call::Ceil, V::Int(n)) => V::Int(n),
        (Call::Round, V::Float(n)) => V::Float(n.round()),
        (Call::Floor, V::Float(n)) => V::Float(n.floor()),
        (Call::Ceil, V::Float(n)) => V::Float(n.ceil()),
        (Call::Round, V::Dec(n)) => V::Dec(whole(n)),
        (Call::Floor, V::Dec(n)) => V::Dec(n.floor()),
        (Call::Ceil, V::Dec(n)) => V::Dec(n.ceil()),
        (Call::Year, V::Date(date)) => V::Int(date.year().into()),
        (Call::Month, V::Date(date)) => V::Int(date.month().into()),
        (Call::Day, V::Date(date)) => V::Int(date.day().into()),
        (call, V::Moment(moment)) => {
            let time = moment.to_zoned(TimeZone::UTC);
            V::Int(match call {
                Call::Year => time.year().into(),
                Call::Month => time.month().into(),
                Call::Day => time.day().into(),
                Call::Hour => time.hour().into(),
                Call::Minute => time.minute().into(),
                _ => time.second().into(),
            })
        }
        (Call::ToInt, V::Dec(n)) => V::Int(whole(n).to_string().parse().expect("a small number")),
        (Call::ToDec, V::Int(n)) => V::Dec(n.into()),
        (Call::ToText, V::Int(n)) => V::Text(n.to_string()),
        (call, other) => panic!("{call:?} of {other:?}"),
    }
}

/// `substring` of the standard: positions before the first character are counted, and empty.
pub fn part(text: &str, from: i32, count: i32) -> String {
    let (from, end) = (i64::from(from), i64::from(from) + i64::from(count.max(0)));
    let inside = |at: &(i64, char)| from <= at.0 && at.0 < end;
    (1..)
        .zip(text.chars())
        .filter(inside)
        .map(|(_, c)| c)
        .collect()
}

pub fn matches(how: Match, text: &str, pattern: &str) -> bool {
    match how {
        Match::Contains => text.contains(pattern),
        Match::StartsWith => text.starts_with(pattern),
        Match::EndsWith => text.ends_with(pattern),
        Match::Like => {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            like(&chars(text), &chars(pattern))
        }
    }
}

fn like(text: &[char], pattern: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['%', rest @ ..] => (0..=text.len()).any(|at| like(&text[at..], rest)),
        ['_', rest @ ..] => !text.is_empty() && like(&text[1..], rest),
        // At the end, a backslash escapes nothing.
        ['\\', c, rest @ ..] | [c, rest @ ..] => text.first() == Some(c) && like(&text[1..], rest),
    }
}

/// The text of the scalar at a path; NULL where there is none.
pub fn scalar(doc: &serde_json::Value, path: &[Step]) -> V {
    let found = path.iter().try_fold(doc, |at, step| match step {
        Step::Key(key) => at.as_object()?.get(*key),
        Step::Index(index) => at.as_array()?.get(*index as usize),
    });
    match found {
        Some(serde_json::Value::String(text)) => V::Text(text.clone()),
        Some(serde_json::Value::Bool(truth)) => V::Text(truth.to_string()),
        Some(serde_json::Value::Number(number)) => V::Text(number.to_string()),
        _ => V::Null,
    }
}

pub fn folded(fold: Fold, mut values: Vec<V>) -> V {
    values.retain(|value| !value.is_null());
    let count = values.len();
    let extreme = |wanted: Ordering| {
        let better = |best: V, value: V| {
            if value.order(&best) == Some(wanted) {
                value
            } else {
                best
            }
        };
        values.iter().cloned().reduce(better).unwrap_or(V::Null)
    };
    let sum = || {
        let added = |sum: V, value: V| calculated(Math::Add, &sum, &value);
        values.iter().cloned().reduce(added).unwrap_or(V::Null)
    };
    match fold {
        Fold::Count => V::Int(count as i64),
        Fold::Min => extreme(Ordering::Less),
        Fold::Max => extreme(Ordering::Greater),
        Fold::Sum => sum(),
        Fold::Average => match sum() {
            V::Int(sum) => V::Float(sum as f64 / count as f64),
            V::Float(sum) => V::Float(sum / count as f64),
            V::Dec(sum) => V::Dec(tenth(sum / Decimal::from(count as u64))),
            _ => V::Null,
        },
    }
}
