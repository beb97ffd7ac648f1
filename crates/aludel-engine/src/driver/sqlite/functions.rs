//! Functions that SQLite lacks: case beyond ASCII, case-sensitive LIKE, arithmetic that reports overflow.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, Error, Result};

pub(super) const PURE: FunctionFlags =
    FunctionFlags::SQLITE_UTF8.union(FunctionFlags::SQLITE_DETERMINISTIC);

/// What an error says before the name of a column.
pub(super) const OUT_OF_RANGE: &str = "a number is out of range for the column ";
/// The error for a whole number of more than 64 bits.
pub(super) const WHOLE_OUT_OF_RANGE: &str = "a whole number is out of range";
/// The error for a float that is beyond all floats, or NaN.
pub(super) const FLOAT_OUT_OF_RANGE: &str = "a float is out of range";

/// Registers all of them on a connection.
pub(super) fn register(connection: &Connection) -> Result<()> {
    for (name, change) in [
        ("aludel_lower", lower as fn(&str) -> String),
        ("aludel_upper", upper),
    ] {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Null => None,
                value => Some(change(value.as_str()?)),
            })
        })?;
    }
    // SQLite has these only when it is built with them.
    for (name, round) in [
        ("aludel_floor", f64::floor as fn(f64) -> f64),
        ("aludel_ceil", f64::ceil),
        ("aludel_round", f64::round),
    ] {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            Ok(match context.get_raw(0) {
                ValueRef::Real(n) => Value::Real(round(n)),
                other => other.try_into()?,
            })
        })?;
    }
    // SQLite's own % converts its operands to whole numbers.
    connection.create_scalar_function("aludel_rem", 2, PURE, |context| {
        let number = |at| match context.get_raw(at) {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(n) => Ok(Some(n as f64)),
            value => value.as_f64().map(Some),
        };
        let (left, right) = (number(0)?, number(1)?);
        match (left, right) {
            (Some(left), Some(right)) if right != 0.0 => match left % right {
                rest if rest.is_nan() => Err(Error::UserFunctionError(FLOAT_OUT_OF_RANGE.into())),
                rest => Ok(Some(rest)),
            },
            _ => Ok(None),
        }
    })?;
    // SQLite's own operators make floats of whole numbers beyond 64 bits, and infinities of floats that overflow.
    let operations: [(&str, Whole, Float); 4] = [
        ("aludel_add", i64::checked_add, |left, right| left + right),
        ("aludel_sub", i64::checked_sub, |left, right| left - right),
        ("aludel_mul", i64::checked_mul, |left, right| left * right),
        ("aludel_div", i64::checked_div, |left, right| left / right),
    ];
    for (name, whole, float) in operations {
        let divides = name == "aludel_div";
        connection.create_scalar_function(name, 2, PURE, move |context| {
            let (Some(left), Some(right)) = (number(context, 0)?, number(context, 1)?) else {
                return Ok(Value::Null);
            };
            let (result, over) = match (left, right) {
                (_, Number::Whole(0)) if divides => return Ok(Value::Null),
                (Number::Whole(left), Number::Whole(right)) => {
                    let result = whole(left, right).map(Value::Integer);
                    (result, WHOLE_OUT_OF_RANGE)
                }
                (left, right) => {
                    let (left, right) = (left.float(), right.float());
                    if divides && right == 0.0 {
                        return Ok(Value::Null);
                    }
                    let result = float(left, right);
                    let over = result.is_infinite() && left.is_finite() && right.is_finite();
                    // SQLite would make NULL of NaN.
                    let result = (!over && !result.is_nan()).then_some(Value::Real(result));
                    (result, FLOAT_OUT_OF_RANGE)
                }
            };
            result.ok_or_else(|| Error::UserFunctionError(over.into()))
        })?;
    }
    for (name, fold) in [("aludel_like", false), ("aludel_ilike", true)] {
        connection.create_scalar_function(name, 2, PURE, move |context| {
            let (text, pattern) = (context.get_raw(0), context.get_raw(1));
            if matches!(text, ValueRef::Null) || matches!(pattern, ValueRef::Null) {
                return Ok(None);
            }
            let (text, pattern) = (text.as_str()?, pattern.as_str()?);
            Ok(Some(if fold {
                like(&lower(text), &lower(pattern))
            } else {
                like(text, pattern)
            }))
        })?;
    }
    // SQLite stores any number in any column; the result of an expression must be one that can be read.
    connection.create_scalar_function("aludel_whole", 4, PURE, |context| {
        let (least, most): (i64, i64) = (context.get(1)?, context.get(2)?);
        let number = match context.get_raw(0) {
            ValueRef::Integer(n) => Some(n),
            // Beyond 64 bits SQLite computes with floats.
            ValueRef::Real(n) => whole(n),
            ValueRef::Null => return Ok(None),
            other => other.as_str()?.trim().parse().ok(),
        };
        match number {
            Some(n) if (least..=most).contains(&n) => Ok(Some(n)),
            _ => Err(out_of_range(context, 3)?),
        }
    })?;
    connection.create_scalar_function("aludel_single", 2, PURE, |context| {
        let is_too_great = |n: f64| n.is_finite() && (n as f32).is_infinite();
        Ok(match context.get_raw(0) {
            ValueRef::Real(n) if is_too_great(n) => return Err(out_of_range(context, 1)?),
            other => Value::try_from(other)?,
        })
    })?;
    #[cfg(feature = "decimal")]
    super::decimals::register(connection)?;
    super::casts::register(connection)
}

/// In lower case, letter by letter as servers do it: a letter that would become several stays.
fn lower(text: &str) -> String {
    let letter = |c: char| match c {
        // The one letter whose lower case in one letter is not part of its lower case in full.
        'İ' => 'i',
        c => only(c.to_lowercase(), c),
    };
    text.chars().map(letter).collect()
}

/// In upper case, letter by letter.
fn upper(text: &str) -> String {
    let letter = |c: char| match c {
        // Greek letters with an iota below have one with an iota beside, though in full it is a letter of its own.
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(c as u32 + 8).unwrap_or(c)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(c as u32 + 9).unwrap_or(c),
        c => only(c.to_uppercase(), c),
    };
    text.chars().map(letter).collect()
}

/// What a letter becomes if that is one letter, else the letter itself.
fn only(mut mapped: impl ExactSizeIterator<Item = char>, letter: char) -> char {
    match mapped.len() {
        1 => mapped.next().unwrap_or(letter),
        _ => letter,
    }
}

type Whole = fn(i64, i64) -> Option<i64>;
type Float = fn(f64, f64) -> f64;

#[derive(Clone, Copy)]
enum Number {
    Whole(i64),
    Float(f64),
}

impl Number {
    fn float(self) -> f64 {
        match self {
            Number::Whole(n) => n as f64,
            Number::Float(n) => n,
        }
    }
}

/// An argument as a number, as SQLite takes it for one.
fn number(context: &Context<'_>, at: usize) -> Result<Option<Number>> {
    Ok(Some(match context.get_raw(at) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(n) => Number::Whole(n),
        ValueRef::Real(n) => Number::Float(n),
        other => {
            let text = other.as_str()?.trim();
            let float = || Number::Float(text.parse().unwrap_or_default());
            text.parse().map_or_else(|_| float(), Number::Whole)
        }
    }))
}

/// The float as a whole number, rounded as an integer column does it elsewhere.
pub(super) fn whole(n: f64) -> Option<i64> {
    const END: f64 = 9_223_372_036_854_775_808.0;
    let n = n.round();
    (-END..END).contains(&n).then_some(n as i64)
}

/// The error for a number that is out of a column's range: the column's name is an argument.
pub(super) fn out_of_range(context: &Context<'_>, column: usize) -> Result<Error> {
    let column: String = context.get(column)?;
    Ok(Error::UserFunctionError(
        format!("{OUT_OF_RANGE}{column}").into(),
    ))
}

/// LIKE: `%` is any text, `_` any character, `\` makes the next one literal.
fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '%' => Token::Any,
            '_' => Token::One,
            '\\' => Token::Char(chars.next().unwrap_or('\\')),
            c => Token::Char(c),
        });
    }
    let (mut at, mut token) = (0, 0);
    // Where to go on if the text after the last % does not fit: one character further.
    let mut retry: Option<(usize, usize)> = None;
    while at < text.len() {
        match tokens.get(token) {
            Some(Token::Any) => {
                retry = Some((at, token + 1));
                token += 1;
            }
            Some(Token::One) => {
                at += 1;
                token += 1;
            }
            Some(Token::Char(c)) if *c == text[at] => {
                at += 1;
                token += 1;
            }
            _ => match &mut retry {
                Some((start, after)) => {
                    *start += 1;
                    at = *start;
                    token = *after;
                }
                None => return false,
            },
        }
    }
    tokens[token..]
        .iter()
        .all(|rest| matches!(rest, Token::Any))
}

enum Token {
    Any,
    One,
    Char(char),
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn like_knows_wildcards_and_escapes() {
        for (text, pattern, fits) in [
            ("rust", "r%t", true),
            ("rust", "r_st", true),
            ("rust", "R%", false),
            ("100%", "100\\%", true),
            ("1000", "100\\%", false),
            ("", "%", true),
            ("", "_", false),
            ("aXbXc", "a%b%c", true),
            ("aab", "%ab", true),
            ("grüße", "gr__e", true),
        ] {
            assert_eq!(like(text, pattern), fits, "{text} LIKE {pattern}");
        }
    }
}
