//! [`IdentityMap`]: the slots of a session's rows by their primary keys.

use crate::key_map::KeyMap;
use crate::read::read_values;
use aludel_sql::Value;
use aludel_sql::types::PrimaryKey;
use std::any::Any;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;

/// An identity map, for code that does not know the key's type: keys are their values.
pub(crate) trait AnyIdentityMap: Any + Send + Sync {
    /// The slot of a key.
    fn find(&self, key: &[Value]) -> Option<u32>;
    /// Adds a key; `false` if its type does not read these values.
    fn add(&mut self, key: &[Value], slot: u32) -> bool;
    /// Adds the key of an inserted row, likewise.
    fn add_late(&mut self, key: &[Value], slot: u32) -> bool;
    /// Removes a key, if it leads to this slot.
    fn take_out(&mut self, key: &[Value], slot: u32);
    /// A key's values as its type represents them.
    fn normalized(&self, key: &[Value]) -> Option<Vec<Value>>;
}

/// An empty identity map.
pub(crate) fn identity_map_of<K: PrimaryKey>() -> Box<dyn AnyIdentityMap> {
    Box::new(IdentityMap::<K>::new())
}

impl<K: PrimaryKey> AnyIdentityMap for IdentityMap<K> {
    fn find(&self, key: &[Value]) -> Option<u32> {
        self.get(&read_values(key).ok()?)
    }
    fn add(&mut self, key: &[Value], slot: u32) -> bool {
        read_values(key).map(|key| self.insert(key, slot)).is_ok()
    }
    fn add_late(&mut self, key: &[Value], slot: u32) -> bool {
        let key = read_values(key);
        key.map(|key| self.insert_late(key, slot)).is_ok()
    }
    fn take_out(&mut self, key: &[Value], slot: u32) {
        if let Ok(key) = read_values(key)
            && self.get(&key) == Some(slot)
        {
            self.remove(&key);
        }
    }
    fn normalized(&self, key: &[Value]) -> Option<Vec<Value>> {
        Some(read_values::<K>(key).ok()?.into_values())
    }
}

/// Slots by primary key. Inserted rows are added at the first lookup: most are never looked up.
pub(crate) struct IdentityMap<K> {
    map: KeyMap<K, u32>,
    late: Vec<(K, u32)>,
    late_map: OnceLock<KeyMap<K, u32>>,
}

impl<K: PrimaryKey> IdentityMap<K> {
    pub(crate) fn new() -> IdentityMap<K> {
        IdentityMap {
            map: KeyMap::default(),
            late: Vec::new(),
            late_map: OnceLock::new(),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<u32> {
        let late = || self.late.iter().cloned().collect();
        let late = (!self.late.is_empty()).then(|| self.late_map.get_or_init(late));
        let found = late.and_then(|late| late.get(key));
        found.or_else(|| self.map.get(key)).copied()
    }

    /// The slot of a key. One that is not there gets this slot, and `None` is returned.
    pub(crate) fn get_or_insert(&mut self, key: K, slot: u32) -> Option<u32> {
        self.settle();
        match self.map.entry(key) {
            Entry::Occupied(known) => Some(*known.get()),
            Entry::Vacant(place) => {
                place.insert(slot);
                None
            }
        }
    }

    pub(crate) fn insert(&mut self, key: K, slot: u32) {
        self.settle();
        self.map.insert(key, slot);
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.settle();
        self.map.remove(key);
    }

    /// Reserves space for rows that are inserted.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.late.reserve(rows);
    }

    /// Adds an inserted row.
    pub(crate) fn insert_late(&mut self, key: K, slot: u32) {
        // After a lookup between inserts: rows go into the map once, not again at each lookup.
        if self.late_map.get().is_some() {
            self.settle();
        }
        self.late.push((key, slot));
    }

    fn settle(&mut self) {
        if !self.late.is_empty() {
            self.late_map.take();
            self.map.extend(self.late.drain(..));
        }
    }
}
