//! Maps by primary keys.

/// A map by primary keys, whose hasher is quick, and seeded so that nobody can foresee where a key comes to.
pub(crate) type KeyMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
