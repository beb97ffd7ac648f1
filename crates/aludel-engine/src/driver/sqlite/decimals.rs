//! Exact decimals for SQLite: `decimal_…` and the collation `decimal`, named as in SQLite's own extension of that name.

use super::functions::{PURE, out_of_range};
use super::wide::{Wide, compare};
use aludel_sql::Value;
use aludel_sql::types::{SqlType, check_fit, pad};
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;
use std::fmt;

/// An exact number: a `Decimal` if it has room for all digits.
enum Exact {
    Plain(Decimal),
    Long(Wide),
}

impl Exact {
    fn wide(self) -> Option<Wide> {
        match self {
            Exact::Plain(n) => Wide::parse(&n.to_string()),
            Exact::Long(n) => Some(n),
        }
    }

    /// Rounded to as many digits as a `Decimal` has room for.
    fn plain(self) -> Option<Decimal> {
        match self {
            Exact::Plain(n) => Some(n),
            Exact::Long(n) => (0..=Decimal::MAX_SCALE as usize).rev().find_map(|scale| {
                Decimal::from_str_exact(&n.clone().rounded(scale).to_string()).ok()
            }),
        }
    }
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Exact::Plain(n) => n.fmt(f),
            Exact::Long(n) => n.fmt(f),
        }
    }
}

type Operation = fn(Decimal, Decimal) -> Option<Decimal>;
type Long = fn(Wide, Wide) -> Wide;

/// The result of two numbers: by `Decimal` if that is exact, else with all digits.
fn combined(left: Exact, right: Exact, operation: Operation, long: Long) -> Option<Exact> {
    if let (Exact::Plain(left), Exact::Plain(right)) = (&left, &right)
        && let Some(result) = operation(*left, *right)
    {
        return Some(Exact::Plain(result));
    }
    Some(Exact::Long(long(left.wide()?, right.wide()?)))
}

/// The sum, if a `Decimal` holds all its digits.
fn sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let sum = left.checked_add(right)?;
    (sum.scale() == left.scale().max(right.scale())).then_some(sum)
}

/// The product, if a `Decimal` holds all its digits.
fn product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let digits = left.mantissa().checked_mul(right.mantissa())?;
    Decimal::try_from_i128_with_scale(digits, left.scale() + right.scale()).ok()
}

pub(super) fn register(connection: &Connection) -> Result<()> {
    connection.create_collation("decimal", |left: &str, right: &str| {
        compare(left, right).unwrap_or_else(|| match (is_number(left), is_number(right)) {
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            _ => left.cmp(right),
        })
    })?;
    let exact: [(&str, Operation, Long); 3] = [
        ("decimal_add", sum, Wide::plus),
        (
            "decimal_sub",
            |left, right| sum(left, -right),
            |left, right| left.plus(right.negated()),
        ),
        ("decimal_mul", product, |left, right| left.times(&right)),
    ];
    for (name, operation, long) in exact {
        connection.create_scalar_function(name, 2, PURE, move |context| {
            let (Some(left), Some(right)) = (argument(context, 0)?, argument(context, 1)?) else {
                return Ok(None);
            };
            match combined(left, right, operation, long) {
                Some(result) => Ok(Some(result.to_string())),
                None => Err(overflow()),
            }
        })?;
    }
    let quotients: [(&str, Operation); 2] = [
        ("decimal_div", quotient),
        ("decimal_rem", Decimal::checked_rem),
    ];
    for (name, operation) in quotients {
        connection.create_scalar_function(name, 2, PURE, move |context| {
            let (Some(left), Some(right)) = (plain(context, 0)?, plain(context, 1)?) else {
                return Ok(None);
            };
            if right.is_zero() {
                return Ok(None);
            }
            match operation(left, right) {
                Some(result) => Ok(Some(result.to_string())),
                None => Err(overflow()),
            }
        })?;
    }
    let changes: [(&str, fn(Decimal) -> Decimal, fn(Wide) -> Wide); 6] = [
        // The number as text, whatever it was.
        ("decimal", |n| n, |n| n),
        ("decimal_neg", |n| -n, Wide::negated),
        ("decimal_abs", |n| n.abs(), Wide::absolute),
        ("decimal_floor", |n| n.floor(), Wide::floor),
        ("decimal_ceil", |n| n.ceil(), Wide::ceil),
        (
            "decimal_round",
            |n| n.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero),
            |n| n.rounded(0),
        ),
    ];
    for (name, change, long) in changes {
        connection.create_scalar_function(name, 1, PURE, move |context| {
            let changed = |n| match n {
                Exact::Plain(n) => change(n).to_string(),
                Exact::Long(n) => long(n).to_string(),
            };
            Ok(argument(context, 0)?.map(changed))
        })?;
    }
    connection.create_scalar_function("decimal_round_to", 2, PURE, |context| {
        let (Some(n), digits) = (argument(context, 0)?, context.get::<u32>(1)?) else {
            return Ok(None);
        };
        let away = RoundingStrategy::MidpointAwayFromZero;
        Ok(Some(match n {
            Exact::Plain(n) => n.round_dp_with_strategy(digits, away).to_string(),
            Exact::Long(n) => n.rounded(digits as usize).to_string(),
        }))
    })?;
    connection.create_scalar_function("decimal_fit", 4, PURE, |context| {
        let Some(n) = argument(context, 0)? else {
            return Ok(None);
        };
        let (precision, scale): (u32, u32) = (context.get(1)?, context.get(2)?);
        let n = match n {
            Exact::Plain(n) => Some(n),
            // It has more digits than a `Decimal` has room for, but perhaps only zeros.
            Exact::Long(n) => Decimal::from_str_exact(&n.shortest().to_string()).ok(),
        };
        match n.and_then(|n| fit(n, precision, scale)) {
            Some(n) => Ok(Some(n.to_string())),
            None => Err(out_of_range(context, 3)?),
        }
    })?;
    connection.create_window_function("decimal_sum", 1, PURE, Total { mean: false })?;
    connection.create_window_function("decimal_avg", 1, PURE, Total { mean: true })
}

/// A quotient, with as many digits after the point as a column has by default.
fn quotient(left: Decimal, right: Decimal) -> Option<Decimal> {
    let exact = left.checked_div(right)?;
    Some(exact.round_dp_with_strategy(10, RoundingStrategy::MidpointAwayFromZero))
}

/// The number as a column of this precision and scale stores it, with trailing zeros; `None` if it does not fit.
fn fit(n: Decimal, precision: u32, scale: u32) -> Option<Decimal> {
    let column = SqlType::Decimal(precision, scale);
    let mut value = Value::Decimal(n.normalize());
    check_fit(&value, &column).ok()?;
    pad(&mut value, &column);
    match value {
        Value::Decimal(n) => Some(n),
        _ => None,
    }
}

fn argument(context: &Context<'_>, at: usize) -> Result<Option<Exact>> {
    Ok(Some(match context.get_raw(at) {
        ValueRef::Null => return Ok(None),
        ValueRef::Integer(n) => Exact::Plain(n.into()),
        ValueRef::Real(n) => Exact::Plain(Decimal::try_from(n).map_err(|_| overflow())?),
        value => {
            let text = value.as_str()?;
            match Decimal::from_str_exact(text) {
                Ok(n) => Exact::Plain(n),
                Err(cause) => match Wide::parse(text) {
                    Some(n) => Exact::Long(n),
                    None => return Err(Error::UserFunctionError(cause.into())),
                },
            }
        }
    }))
}

/// An argument with as many digits as a `Decimal` has room for.
fn plain(context: &Context<'_>, at: usize) -> Result<Option<Decimal>> {
    match argument(context, at)? {
        Some(n) => n.plain().map(Some).ok_or_else(overflow),
        None => Ok(None),
    }
}

fn is_number(text: &str) -> bool {
    compare(text, "0").is_some()
}

fn overflow() -> Error {
    Error::UserFunctionError("decimal out of range, or a division by zero".into())
}

struct Total {
    mean: bool,
}

/// A sum so far, and how many numbers are in it.
#[derive(Default)]
struct Sum {
    plain: Decimal,
    /// The part that `plain` had no room for.
    long: Option<Wide>,
    count: u64,
}

impl Sum {
    fn add(&mut self, n: Exact) -> Result<()> {
        if let Exact::Plain(n) = n
            && let Some(more) = sum(self.plain, n)
        {
            self.plain = more;
            return Ok(());
        }
        let n = n.wide().ok_or_else(overflow)?;
        self.long = Some(match self.long.take() {
            Some(before) => before.plus(n),
            None => n,
        });
        Ok(())
    }

    fn total(&self) -> Result<Exact> {
        let plain = Exact::Plain(self.plain);
        Ok(match &self.long {
            None => plain,
            Some(long) => Exact::Long(long.clone().plus(plain.wide().ok_or_else(overflow)?)),
        })
    }
}

impl Aggregate<Sum, Option<String>> for Total {
    fn init(&self, _: &mut Context<'_>) -> Result<Sum> {
        Ok(Sum::default())
    }
    fn step(&self, context: &mut Context<'_>, sum: &mut Sum) -> Result<()> {
        if let Some(n) = argument(context, 0)? {
            sum.add(n)?;
            sum.count += 1;
        }
        Ok(())
    }
    fn finalize(&self, _: &mut Context<'_>, sum: Option<Sum>) -> Result<Option<String>> {
        self.answer(sum.as_ref())
    }
}

impl Total {
    fn answer(&self, sum: Option<&Sum>) -> Result<Option<String>> {
        let Some(sum) = sum.filter(|sum| sum.count > 0) else {
            return Ok(None);
        };
        let total = sum.total()?;
        if !self.mean {
            return Ok(Some(total.to_string()));
        }
        let mean = total
            .plain()
            .and_then(|total| quotient(total, sum.count.into()));
        mean.map(|mean| Some(mean.to_string())).ok_or_else(overflow)
    }
}

impl WindowAggregate<Sum, Option<String>> for Total {
    fn value(&self, sum: Option<&mut Sum>) -> Result<Option<String>> {
        self.answer(sum.as_deref())
    }
    fn inverse(&self, context: &mut Context<'_>, sum: &mut Sum) -> Result<()> {
        if let Some(n) = argument(context, 0)? {
            let gone = match n {
                Exact::Plain(n) => Exact::Plain(-n),
                Exact::Long(n) => Exact::Long(n.negated()),
            };
            sum.add(gone)?;
            sum.count -= 1;
        }
        Ok(())
    }
}
