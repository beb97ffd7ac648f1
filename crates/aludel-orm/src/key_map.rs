//! Maps by primary keys.

/// A map by primary keys, with a fast hasher that is seeded so that nobody can predict the place of a key.
pub(crate) type KeyMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
