//! [`Wide`]: exact numbers of any length, for intermediate results of decimals. A product has the digits of both factors, and
//! a condition compares it as it is; only what is read, or written into a column, has 28 digits at most.

use std::cmp::Ordering;
use std::fmt;

/// An exact number of any length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wide {
    negative: bool,
    /// The most significant first; `scale` of them are after the point.
    digits: Vec<u8>,
    scale: usize,
}

impl Wide {
    /// Reads `-12.50`.
    pub(super) fn parse(text: &str) -> Option<Wide> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
        let written = whole.bytes().chain(fraction.bytes());
        let digits: Option<Vec<u8>> = written
            .map(|byte| byte.is_ascii_digit().then(|| byte - b'0'))
            .collect();
        let digits = digits.filter(|digits| !digits.is_empty())?;
        Some(Wide {
            negative,
            digits,
            scale: fraction.len(),
        })
    }

    /// The number with its sign changed.
    pub(super) fn negated(mut self) -> Wide {
        self.negative = !self.negative;
        self
    }

    /// The number without its sign.
    pub(super) fn absolute(mut self) -> Wide {
        self.negative = false;
        self
    }

    /// The sum.
    pub(super) fn plus(mut self, mut other: Wide) -> Wide {
        let scale = self.scale.max(other.scale);
        self.stretch(scale);
        other.stretch(scale);
        let width = self.digits.len().max(other.digits.len());
        self.widen(width);
        other.widen(width);
        if self.negative == other.negative {
            add(&mut self.digits, &other.digits);
            return self;
        }
        let (mut greater, less) = match self.digits < other.digits {
            true => (other, self),
            false => (self, other),
        };
        subtract(&mut greater.digits, &less.digits);
        greater
    }

    /// The product.
    pub(super) fn times(&self, other: &Wide) -> Wide {
        let mut digits = vec![0_u8; self.digits.len() + other.digits.len()];
        for (n, left) in self.digits.iter().enumerate().rev() {
            let mut carry = 0;
            for (m, right) in other.digits.iter().enumerate().rev() {
                let sum = digits[n + m + 1] + left * right + carry;
                digits[n + m + 1] = sum % 10;
                carry = sum / 10;
            }
            digits[n] += carry;
        }
        Wide {
            negative: self.negative != other.negative,
            digits,
            scale: self.scale + other.scale,
        }
    }

    /// Rounded to at most this many digits after the point, half away from zero.
    pub(super) fn rounded(self, scale: usize) -> Wide {
        self.cut(scale, |_, first| first >= 5)
    }

    /// Without zeros at the end of its fraction.
    pub(super) fn shortest(mut self) -> Wide {
        while self.scale > 0 && self.digits.last() == Some(&0) {
            self.digits.pop();
            self.scale -= 1;
        }
        self
    }

    /// Rounded down to a whole number.
    pub(super) fn floor(self) -> Wide {
        let away = self.negative && self.has_fraction();
        self.cut(0, |_, _| away)
    }

    /// Rounded up to a whole number.
    pub(super) fn ceil(self) -> Wide {
        let away = !self.negative && self.has_fraction();
        self.cut(0, |_, _| away)
    }

    fn has_fraction(&self) -> bool {
        let whole = self.digits.len().saturating_sub(self.scale);
        self.digits[whole..].iter().any(|digit| *digit != 0)
    }

    /// Drops the digits after `scale`; `away` decides by the first of them whether to round away from zero.
    fn cut(mut self, scale: usize, away: impl Fn(&Wide, u8) -> bool) -> Wide {
        if self.scale <= scale {
            return self;
        }
        let gone = self.scale - scale;
        self.widen(gone + 1);
        let end = self.digits.len() - gone;
        let grows = away(&self, self.digits[end]);
        self.digits.truncate(end);
        self.scale = scale;
        if grows {
            add(&mut self.digits, &[1]);
        }
        self
    }

    fn stretch(&mut self, scale: usize) {
        let more = scale - self.scale;
        self.digits.extend(std::iter::repeat_n(0, more));
        self.scale = scale;
    }

    fn widen(&mut self, width: usize) {
        let more = width.saturating_sub(self.digits.len());
        self.digits.splice(..0, std::iter::repeat_n(0, more));
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_zero = self.digits.iter().all(|digit| *digit == 0);
        f.write_str(if self.negative && !is_zero { "-" } else { "" })?;
        let whole = self.digits.len().saturating_sub(self.scale);
        let first = self.digits[..whole].iter().position(|digit| *digit != 0);
        match first {
            Some(first) => digits(&self.digits[first..whole], f)?,
            None => f.write_str("0")?,
        }
        if self.scale > 0 {
            f.write_str(".")?;
            for _ in self.digits.len()..self.scale {
                f.write_str("0")?;
            }
            digits(&self.digits[whole..], f)?;
        }
        Ok(())
    }
}

fn digits(digits: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    { digits.iter() }.try_for_each(|digit| write!(f, "{digit}"))
}

/// Adds digits, aligned at the last one; the sum may have one more.
fn add(to: &mut Vec<u8>, other: &[u8]) {
    let mut carry = 0;
    let mut more = other.iter().rev();
    for digit in to.iter_mut().rev() {
        let sum = *digit + more.next().unwrap_or(&0) + carry;
        *digit = sum % 10;
        carry = sum / 10;
    }
    if carry > 0 {
        to.insert(0, carry);
    }
}

/// Subtracts digits from as many that are not less.
fn subtract(from: &mut [u8], other: &[u8]) {
    let mut borrowed = 0;
    for (digit, less) in from.iter_mut().zip(other).rev() {
        let less = less + borrowed;
        borrowed = u8::from(*digit < less);
        *digit = *digit + 10 * borrowed - less;
    }
}

/// Compares two numbers as they are written; `None` if one of them is not a number.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (Written::of(left)?, Written::of(right)?);
    Some(match (left.negative, right.negative) {
        (false, false) => left.size(&right),
        (true, true) => right.size(&left),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

/// A number as it is written, without insignificant zeros.
struct Written<'t> {
    negative: bool,
    whole: &'t [u8],
    fraction: &'t [u8],
}

impl Written<'_> {
    fn of(text: &str) -> Option<Written<'_>> {
        let (negative, rest) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let point = rest.iter().position(|byte| *byte == b'.');
        let (mut whole, mut fraction) = match point {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, &rest[..0]),
        };
        let mut digits = whole.iter().chain(fraction);
        if whole.is_empty() || !digits.all(u8::is_ascii_digit) {
            return None;
        }
        while let [b'0', rest @ ..] = whole {
            whole = rest;
        }
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        let is_zero = whole.is_empty() && fraction.is_empty();
        Some(Written {
            negative: negative && !is_zero,
            whole,
            fraction,
        })
    }

    /// Compares them without their signs.
    fn size(&self, other: &Written<'_>) -> Ordering {
        let length = self.whole.len().cmp(&other.whole.len());
        length
            .then_with(|| self.whole.cmp(other.whole))
            .then_with(|| self.fraction.cmp(other.fraction))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Wide {
        Wide::parse(text).expect("a number")
    }

    #[test]
    fn numbers_are_added_and_multiplied_as_on_paper() {
        for (left, right, sum, product) in [
            ("1", "2", "3", "2"),
            ("-1.5", "0.25", "-1.25", "-0.375"),
            ("9.99", "0.01", "10.00", "0.0999"),
            ("-5", "5", "0", "-25"),
            ("0.001", "-1", "-0.999", "-0.001"),
            (
                "99999999999999999999999999999",
                "99999999999999999999999999999",
                "199999999999999999999999999998",
                "9999999999999999999999999999800000000000000000000000000001",
            ),
        ] {
            assert_eq!(wide(left).plus(wide(right)).to_string(), sum);
            assert_eq!(wide(left).times(&wide(right)).to_string(), product);
        }
    }

    #[test]
    fn numbers_are_rounded_half_away_from_zero() {
        for (text, rounded, floor, ceil) in [
            ("2.5", "3", "2", "3"),
            ("-2.5", "-3", "-3", "-2"),
            ("99.5", "100", "99", "100"),
            ("0.4999", "0", "0", "1"),
            ("7", "7", "7", "7"),
        ] {
            assert_eq!(wide(text).rounded(0).to_string(), rounded, "{text}");
            assert_eq!(wide(text).floor().to_string(), floor, "{text}");
            assert_eq!(wide(text).ceil().to_string(), ceil, "{text}");
        }
        assert_eq!(wide("0.005").rounded(2).to_string(), "0.01");
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let ascending = [
            "-10.5", "-9", "-0.1", "0", "0.09", "0.1", "9", "10", "10.01",
        ];
        for (n, left) in ascending.iter().enumerate() {
            for (m, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), Some(n.cmp(&m)), "{left} and {right}");
            }
        }
        for (left, right) in [("-0", "0.00"), ("1.50", "1.5"), ("007", "7")] {
            assert_eq!(compare(left, right), Some(Ordering::Equal));
        }
        assert_eq!(compare("one", "1"), None);
    }
}
