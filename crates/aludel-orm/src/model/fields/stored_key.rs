//! [`StoredKey`]: the key that a reference holds, without its type.
//!
//! So `BelongsTo<M>` has one layout for every `M`: the compiler lays a row out without the keys of other models, and a
//! field that refers to a type that is not a model is one error, not one for each use of the row.

use crate::read::read_values;
use aludel_sql::Value;
use aludel_sql::types::PrimaryKey;
use aludel_sql::value::Binds;
use std::any::{Any, TypeId};
use std::fmt;

/// The values of a key's columns. The usual keys need no allocation beyond their text.
#[derive(Clone, PartialEq)]
pub(crate) enum StoredKey {
    I32(i32),
    I64(i64),
    Uuid([u8; 16]),
    Text(String),
    Values(Box<[Value]>),
}

impl StoredKey {
    #[inline]
    pub(crate) fn of<K: PrimaryKey>(key: K) -> StoredKey {
        let mut key = Some(key);
        if let Some(number) = taken::<K, i64>(&mut key) {
            return StoredKey::I64(number);
        }
        if let Some(number) = taken::<K, i32>(&mut key) {
            return StoredKey::I32(number);
        }
        match key {
            Some(key) => StoredKey::of_any(key),
            None => StoredKey::Values(Box::default()),
        }
    }

    fn of_any<K: PrimaryKey>(key: K) -> StoredKey {
        match key.into_binds() {
            Binds::One([Value::I64(number)]) => StoredKey::I64(number),
            Binds::One([Value::I32(number)]) => StoredKey::I32(number),
            Binds::One([Value::Uuid(bytes)]) => StoredKey::Uuid(bytes),
            Binds::One([Value::Text(text)]) => StoredKey::Text(text),
            values => StoredKey::Values(values.into_vec().into_boxed_slice()),
        }
    }

    /// The key; `None` for a value that its type writes but can't read, which no statement could bind either.
    #[inline(always)]
    pub(crate) fn get<K: PrimaryKey>(&self) -> Option<K> {
        // The usual key: a comparison and a copy.
        if let StoredKey::I64(number) = self
            && let Some(key) = as_it_is(|| *number)
        {
            return Some(key);
        }
        self.read()
    }

    /// The key, of any type.
    fn read<K: PrimaryKey>(&self) -> Option<K> {
        let as_it_is = match self {
            StoredKey::I32(number) => as_it_is(|| *number),
            StoredKey::Text(text) => as_it_is(|| text.clone()),
            _ => None,
        };
        as_it_is.or_else(|| match self {
            StoredKey::Values(values) => read_values(values).ok(),
            other => read_values(&[other.clone().into_value()]).ok(),
        })
    }

    fn into_value(self) -> Value {
        match self {
            StoredKey::I32(number) => Value::I32(number),
            StoredKey::I64(number) => Value::I64(number),
            StoredKey::Uuid(bytes) => Value::Uuid(bytes),
            StoredKey::Text(text) => Value::Text(text),
            StoredKey::Values(values) => values.into_iter().next().unwrap_or_default(),
        }
    }

    /// The values of its columns.
    pub(crate) fn into_values(self) -> Vec<Value> {
        match self {
            StoredKey::Values(values) => values.into_vec(),
            other => vec![other.into_value()],
        }
    }

    /// Passes on the values of its columns one by one.
    #[inline]
    pub(crate) fn each(self, take: impl FnMut(Value)) {
        match self {
            StoredKey::Values(values) => values.into_iter().for_each(take),
            other => std::iter::once(other.into_value()).for_each(take),
        }
    }
}

/// The key, if it has this type: decided at compile time.
#[inline]
fn taken<K: 'static, T: 'static>(key: &mut Option<K>) -> Option<T> {
    if TypeId::of::<T>() != TypeId::of::<K>() {
        return None;
    }
    let key: &mut dyn Any = key;
    key.downcast_mut::<Option<T>>().and_then(Option::take)
}

/// The value, if it has the wanted type: decided at compile time.
#[inline]
fn as_it_is<T: 'static, K: 'static>(value: impl FnOnce() -> T) -> Option<K> {
    if TypeId::of::<T>() != TypeId::of::<K>() {
        return None;
    }
    let mut value = Some(value());
    let value: &mut dyn Any = &mut value;
    value.downcast_mut::<Option<K>>().and_then(Option::take)
}

/// Prints the usual keys as their own types do.
impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoredKey::I32(number) => number.fmt(f),
            StoredKey::I64(number) => number.fmt(f),
            StoredKey::Text(text) => text.fmt(f),
            StoredKey::Uuid(bytes) => {
                for (at, byte) in bytes.iter().enumerate() {
                    if matches!(at, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
            StoredKey::Values(values) => {
                let mut tuple = f.debug_tuple("");
                for value in values {
                    tuple.field(value);
                }
                tuple.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StoredKey;
    use crate::model::fields::BelongsTo;

    #[test]
    fn keys_come_back_as_they_went_in() {
        assert_eq!(StoredKey::of(7_i64).get(), Some(7_i64));
        assert_eq!(StoredKey::of(-7_i32).get(), Some(-7_i32));
        assert_eq!(StoredKey::of(7_i16).get(), Some(7_i16));
        assert_eq!(StoredKey::of(7_u8).get(), Some(7_u8));
        assert_eq!(StoredKey::of("é".to_string()).get(), Some("é".to_string()));
        let pair = (1_i64, "de".to_string());
        assert_eq!(StoredKey::of(pair.clone()).get(), Some(pair));
        let nested = ((1_i32, true), "x".to_string());
        assert_eq!(StoredKey::of(nested.clone()).get(), Some(nested));
    }

    #[test]
    fn a_reference_is_small_and_takes_any_type() {
        struct NoModel;
        assert_eq!(size_of::<StoredKey>(), 24);
        assert_eq!(size_of::<BelongsTo<NoModel>>(), 40);
        assert_eq!(size_of::<Option<BelongsTo<NoModel>>>(), 40);
    }
}
