//! Serde for relation fields: a reference is its key, a list is its rows.

use super::{BelongsTo, HasMany, HasOne, ManyToMany, Ref, StoredKey, To};
use crate::model::Model;
use crate::model::relation::KeyColumns;
use serde::ser::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

fn unflushed<S: Serializer>() -> Result<S::Ok, S::Error> {
    Err(S::Error::custom(
        "a reference to a session's row that is not flushed has no key",
    ))
}

impl<M: Model, C: KeyColumns<M, Key: Serialize>> Serialize for Ref<M, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Some(key) => serializer.serialize_some(&key),
            None if self.target().is_some() => unflushed::<S>(),
            None => serializer.serialize_none(),
        }
    }
}

/// Reads the key. A missing or `null` key is an error if the relation is required; if it is not, the field is an
/// `Option`.
impl<'de, M: Model, C: KeyColumns<M, Key: Deserialize<'de>>> Deserialize<'de> for Ref<M, C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = C::Key::deserialize(deserializer)?;
        Ok(Ref::from_target(Some(To::Key(StoredKey::of(key)))))
    }
}

/// Writes the key.
impl<M: Model, C: KeyColumns<M, Key: Serialize>> Serialize for BelongsTo<M, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.get() {
            Some(key) => key.serialize(serializer),
            None => unflushed::<S>(),
        }
    }
}

/// Writes the row that was loaded, or `null`. Fails if it was not loaded, and says what to add to the query.
impl<M: Model + Serialize> Serialize for HasOne<M> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.loaded()
            .map_err(S::Error::custom)?
            .serialize(serializer)
    }
}

macro_rules! lists {
    ($($name:ident)+) => {$(
        /// Writes the list of the rows that were loaded. Fails if the relation was not loaded, and says what to add to the
        /// query; `#[serde(skip)]` leaves the field out.
        impl<M: Model + Serialize> Serialize for $name<M> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let rows = self.loaded().map_err(S::Error::custom)?;
                serializer.collect_seq(rows.iter())
            }
        }
    )+};
}
lists!(HasMany ManyToMany);
