//! [`ByKey`]: the slots of rows by their primary keys.

use crate::key_map::KeyMap;
use aludel_sql::types::PrimaryKey;
use std::sync::OnceLock;

/// Slots by primary keys. Rows that were inserted come in when somebody looks for one: most are never looked for.
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

    pub(super) fn insert(&mut self, key: K, slot: u32) {
        self.settle();
        self.map.insert(key, slot);
    }

    pub(super) fn remove(&mut self, key: &K) {
        self.settle();
        self.map.remove(key);
    }

    /// Room for so many rows that come in later.
    pub(super) fn reserve(&mut self, rows: usize) {
        self.late.reserve(rows);
    }

    /// A row that was inserted.
    pub(super) fn insert_late(&mut self, key: K, slot: u32) {
        // Somebody looks for rows between the inserts: each row goes into a map for that once, not again each time.
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
