//! [`ByValue`]: values of columns as keys of maps.

use aludel_sql::Value;
use std::hash::{Hash, Hasher};

/// Values of some columns as a key of a map: equal if the values are equal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ByValue(pub(crate) Vec<Value>);

/// No key contains NaN.
impl Eq for ByValue {}

impl Hash for ByValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for value in &self.0 {
            match value {
                Value::Bool(value) => value.hash(state),
                Value::I16(n) => n.hash(state),
                Value::I32(n) => n.hash(state),
                Value::I64(n) => n.hash(state),
                Value::Text(text) | Value::Json(text) => text.hash(state),
                Value::Bytes(bytes) => bytes.hash(state),
                Value::Date(date) => date.hash(state),
                Value::Time(time) => time.hash(state),
                Value::DateTime(time) => time.hash(state),
                Value::Timestamp(time) => time.hash(state),
                Value::Uuid(bytes) => bytes.hash(state),
                Value::Enum(_, label) => label.hash(state),
                // 1.0 and 1.00 are equal.
                #[cfg(feature = "decimal")]
                Value::Decimal(n) => n.hash(state),
                // -0.0 and 0.0 are equal.
                Value::F64(n) => (n + 0.0).to_bits().hash(state),
                Value::F32(n) => (n + 0.0).to_bits().hash(state),
                Value::Array(array) => array.items.len().hash(state),
                Value::Null | Value::Invalid(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ByValue;
    use aludel_sql::Value;
    use std::collections::HashMap;

    #[test]
    fn equal_values_are_the_same_key() {
        let key = |n: i64, text: &str| ByValue(vec![Value::I64(n), Value::Text(text.into())]);
        let mut map = HashMap::from([(key(1, "a"), 1), (key(1, "b"), 2)]);
        map.insert(key(1, "a"), 3);
        assert_eq!(
            (map.get(&key(1, "a")), map.get(&key(1, "b"))),
            (Some(&3), Some(&2))
        );
        assert_eq!(map.get(&key(2, "a")), None);
    }
}
