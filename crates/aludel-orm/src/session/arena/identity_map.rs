//! [`ByKey`]: the slots of rows by their primary keys.

use crate::key_map::KeyMap;
use crate::model::read_values;
use aludel_sql::Value;
use aludel_sql::types::PrimaryKey;
use std::sync::OnceLock;

/// Slots by primary key. Inserted rows are added at the first lookup: most are never looked up.
pub(super) struct ByKey<K> {
    map: KeyMap<K, u32>,
    late: Vec<(K, u32)>,
    late_map: OnceLock<KeyMap<K, u32>>,
}

impl<K: PrimaryKey> ByKey<K> {
    pub(super) fn new() -> ByKey<K> {
        ByKey {
            map: KeyMap::default(),
            late: Vec::new(),
            late_map: OnceLock::new(),
        }
    }

    pub(super) fn get(&self, key: &K) -> Option<u32> {
        let late = || self.late.iter().cloned().collect();
        let late = (!self.late.is_empty()).then(|| self.late_map.get_or_init(late));
        let found = late.and_then(|late| late.get(key));
        found.or_else(|| self.map.get(key)).copied()
    }

    /// The slot of a key with these values.
    pub(super) fn find(&self, key: &[Value]) -> Option<u32> {
        self.get(&read_values(key).ok()?)
    }

    /// Adds a key with these values.
    pub(super) fn add(&mut self, key: &[Value], slot: u32) {
        if let Ok(key) = read_values(key) {
            self.insert(key, slot);
        }
    }

    /// Removes a key with these values, if it leads to this slot.
    pub(super) fn take_out(&mut self, key: &[Value], slot: u32) {
        if let Ok(key) = read_values(key)
            && self.get(&key) == Some(slot)
        {
            self.remove(&key);
        }
    }

    pub(super) fn insert(&mut self, key: K, slot: u32) {
        self.settle();
        self.map.insert(key, slot);
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.settle();
        self.map.remove(key);
    }

    /// Reserves space for rows that are inserted.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.late.reserve(rows);
    }

    /// Adds an inserted row.
    pub(super) fn insert_late(&mut self, key: K, slot: u32) {
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
