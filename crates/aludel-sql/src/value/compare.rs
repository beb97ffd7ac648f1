//! The order of values.

use super::Value;
use std::cmp::Ordering;

impl Value {
    /// Compares two values of one kind: numbers by size, whatever their types; texts by code points; labels in the order of their
    /// declaration; `false` before `true`.
    ///
    /// Returns `None` for values of different kinds, and for those that have no order: NULL, NaN, documents, arrays.
    pub fn compare(&self, other: &Value) -> Option<Ordering> {
        match self {
            Value::Bool(a) => match other {
                Value::Bool(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::I16(_) | Value::I32(_) | Value::I64(_) => {
                match (self.as_i64(), other.as_i64()) {
                    (Some(a), Some(b)) => Some(a.cmp(&b)),
                    _ => numbers(self, other),
                }
            }
            Value::F32(_) | Value::F64(_) => numbers(self, other),
            #[cfg(feature = "decimal")]
            Value::Decimal(a) => match (other, other.as_i64()) {
                (Value::Decimal(b), _) => Some(a.cmp(b)),
                (_, Some(b)) => Some(a.cmp(&b.into())),
                _ => numbers(self, other),
            },
            Value::Text(a) => match other {
                Value::Text(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Bytes(a) => match other {
                Value::Bytes(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Date(a) => match other {
                Value::Date(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Time(a) => match other {
                Value::Time(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::DateTime(a) => match other {
                Value::DateTime(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Timestamp(a) => match other {
                Value::Timestamp(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Uuid(a) => match other {
                Value::Uuid(b) => Some(a.cmp(b)),
                _ => None,
            },
            Value::Enum(kind, a) => match other {
                Value::Enum(same, b) if kind.labels == same.labels => {
                    let place = |label| kind.labels.iter().position(|known| *known == label);
                    Some(place(*a).cmp(&place(*b)))
                }
                _ => None,
            },
            Value::Null | Value::Json(_) | Value::Array(_) | Value::Invalid(_) => None,
        }
    }
}

/// Numbers of different types.
fn numbers(a: &Value, b: &Value) -> Option<Ordering> {
    #[cfg(feature = "decimal")]
    if let (Some(a), Value::Decimal(b)) = (a.as_i64(), b) {
        return Some(rust_decimal::Decimal::from(a).cmp(b));
    }
    float(a)?.partial_cmp(&float(b)?)
}

/// A number as a float, which may be a little more or less.
fn float(value: &Value) -> Option<f64> {
    match value {
        Value::F32(number) => Some((*number).into()),
        Value::F64(number) => Some(*number),
        #[cfg(feature = "decimal")]
        Value::Decimal(number) => f64::try_from(*number).ok(),
        Value::I16(_) | Value::I32(_) | Value::I64(_) => Some(value.as_i64()? as f64),
        Value::Null
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Bytes(_)
        | Value::Date(_)
        | Value::Time(_)
        | Value::DateTime(_)
        | Value::Timestamp(_)
        | Value::Uuid(_)
        | Value::Json(_)
        | Value::Enum(..)
        | Value::Array(_)
        | Value::Invalid(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Value;
    use std::cmp::Ordering::{self, Equal, Greater, Less};

    #[test]
    fn values_of_one_kind_have_an_order() {
        let text = |text: &str| Value::Text(text.into());
        let cases: [(Value, Value, Option<Ordering>); 14] = [
            (Value::Bool(false), Value::Bool(true), Some(Less)),
            (Value::I16(3), Value::I64(3), Some(Equal)),
            (
                Value::I64(i64::MAX),
                Value::I64(i64::MAX - 1),
                Some(Greater),
            ),
            (Value::I32(2), Value::F64(2.5), Some(Less)),
            (Value::F32(2.5), Value::I16(2), Some(Greater)),
            (Value::F64(f64::NAN), Value::F64(1.0), None),
            (text("a"), text("b"), Some(Less)),
            (
                Value::Bytes(vec![2]),
                Value::Bytes(vec![1, 9]),
                Some(Greater),
            ),
            (Value::Uuid([1; 16]), Value::Uuid([2; 16]), Some(Less)),
            (Value::Null, Value::Null, None),
            (text("1"), Value::I64(1), None),
            (Value::Bool(true), Value::I64(1), None),
            (Value::Json("1".into()), Value::Json("2".into()), None),
            (text("a"), Value::Json("a".into()), None),
        ];
        for (a, b, order) in cases {
            assert_eq!(a.compare(&b), order, "{a:?} and {b:?}");
            assert_eq!(
                b.compare(&a),
                order.map(Ordering::reverse),
                "{b:?} and {a:?}"
            );
        }
    }

    #[cfg(feature = "decimal")]
    #[test]
    fn decimals_are_compared_exactly_with_whole_numbers() {
        let decimal =
            |digits: i64, scale| Value::Decimal(rust_decimal::Decimal::new(digits, scale));
        let most = Value::I64(i64::MAX);
        assert_eq!(decimal(i64::MAX - 1, 0).compare(&most), Some(Less));
        assert_eq!(most.compare(&decimal(i64::MAX - 1, 0)), Some(Greater));
        assert_eq!(decimal(150, 2).compare(&decimal(15, 1)), Some(Equal));
        assert_eq!(decimal(15, 1).compare(&Value::F64(1.25)), Some(Greater));
    }
}
