//! Whether a value fits its column: characters of text, digits of exact numbers.
//!
//! Databases silently cut and round some values that do not fit: PostgreSQL and MariaDB round digits after the point and
//! trim spaces at the end, and SQLite stores whatever it is given. So values are checked before they are sent, and mean the
//! same on every database.

use super::SqlType;
use crate::value::Value;

/// Why a column can't hold a value, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// Text of more characters than the column takes.
    TooLong(String),
    /// A number of more digits than the column takes.
    OutOfRange(String),
}

/// Whether columns of this type hold fewer values than the Rust type does.
pub fn is_bounded(sql_type: &SqlType) -> bool {
    match sql_type {
        SqlType::Varchar(_) | SqlType::Decimal(..) => true,
        SqlType::Array(element) => is_bounded(element),
        SqlType::Bool
        | SqlType::SmallInt
        | SqlType::Integer
        | SqlType::BigInt
        | SqlType::Real
        | SqlType::Double
        | SqlType::Text
        | SqlType::Bytes
        | SqlType::Date
        | SqlType::Time
        | SqlType::DateTime
        | SqlType::Timestamp
        | SqlType::Uuid
        | SqlType::Json
        | SqlType::Enum(_)
        | SqlType::Custom(_) => false,
    }
}

/// Whether a column of this type holds the value as it is.
///
/// # Errors
/// Why it does not.
pub fn check_fit(value: &Value, sql_type: &SqlType) -> Result<(), Unfit> {
    if !is_bounded(sql_type) {
        return Ok(());
    }
    match (value, sql_type) {
        (Value::Text(text), SqlType::Varchar(most)) if text.len() > *most as usize => {
            check_length(text, *most)
        }
        #[cfg(feature = "decimal")]
        (Value::Decimal(n), SqlType::Decimal(precision, scale)) => {
            check_digits(n, *precision, *scale)
        }
        (Value::Array(array), SqlType::Array(element)) => array
            .items
            .iter()
            .try_for_each(|item| check_fit(item, element)),
        // NULL, short texts, and values that the column refuses by their type.
        _ => Ok(()),
    }
}

/// Pads the value as the column shows it: exact numbers get as many digits after the point as the column has. The value
/// must [fit](check_fit).
pub fn pad(value: &mut Value, sql_type: &SqlType) {
    match (value, sql_type) {
        #[cfg(feature = "decimal")]
        (Value::Decimal(n), SqlType::Decimal(_, scale)) if n.scale() != *scale => {
            n.rescale(*scale);
        }
        (Value::Array(array), SqlType::Array(element)) if is_bounded(element) => {
            for item in &mut array.items {
                pad(item, element);
            }
        }
        _ => {}
    }
}

fn check_length(text: &str, most: u32) -> Result<(), Unfit> {
    let length = text.chars().count();
    if length <= most as usize {
        return Ok(());
    }
    Err(Unfit::TooLong(format!(
        "text of {length} characters, and the column takes {most} (max_length)"
    )))
}

#[cfg(feature = "decimal")]
fn check_digits(n: &rust_decimal::Decimal, precision: u32, scale: u32) -> Result<(), Unfit> {
    /// No number has more.
    const MOST_DIGITS: u32 = 29;
    // Zeros at the end are not needed.
    let n = if n.scale() > scale { n.normalize() } else { *n };
    if n.scale() > scale {
        return Err(Unfit::OutOfRange(format!(
            "{} digits after the point, and the column takes {scale} (round it, or declare decimal(p, s) with more)",
            n.scale()
        )));
    }
    let whole = precision.saturating_sub(scale);
    let digits = whole + n.scale();
    if digits < MOST_DIGITS && n.mantissa().unsigned_abs() >= 10_u128.pow(digits) {
        return Err(Unfit::OutOfRange(format!(
            "more than {whole} digits before the point, and the column takes no more (declare decimal(p, s) with more)"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_counted_in_characters() {
        let fits = |text: &str| check_fit(&Value::Text(text.into()), &SqlType::Varchar(3)).is_ok();
        assert!(fits("") && fits("abc") && fits("äöü") && fits("ab "));
        assert!(!fits("abcd") && !fits("äöüß") && !fits("abc "));
    }

    #[cfg(feature = "decimal")]
    #[test]
    fn digits_before_and_after_the_point() {
        let of = |text: &str| Value::decimal(text).expect("a number");
        let money = SqlType::Decimal(5, 2);
        for fits in ["0", "999.99", "-999.99", "1.5", "1.500000", "0.01"] {
            let mut value = of(fits);
            assert_eq!(check_fit(&value, &money), Ok(()), "{fits}");
            pad(&mut value, &money);
            assert_eq!(value, of(fits), "the same number");
            assert!(
                matches!(value, Value::Decimal(n) if n.scale() == 2),
                "{fits}"
            );
        }
        for unfit in ["1000", "-1000.00", "0.001", "999.999", "1.505"] {
            let found = check_fit(&of(unfit), &money);
            assert!(matches!(found, Err(Unfit::OutOfRange(_))), "{unfit}");
        }
        let most = Value::Decimal(rust_decimal::Decimal::MAX);
        assert_eq!(check_fit(&most, &SqlType::Decimal(65, 30)), Ok(()));
        assert!(check_fit(&most, &SqlType::Decimal(28, 0)).is_err());
    }
}
