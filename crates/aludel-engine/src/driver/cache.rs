//! Prepared statements of a connection.

use crate::statement_text::Text;
use std::collections::HashMap;
use std::sync::Arc;

/// An LRU cache of prepared statements, by text and by what else they were prepared for (the types of their binds).
/// A cache of size 0 keeps nothing.
pub(super) struct StatementCache<K, S> {
    entries: HashMap<Text, Vec<Entry<K, S>>>,
    size: usize,
    most: usize,
    clock: u64,
    /// Removed statements, for the server to forget.
    left: Vec<Arc<S>>,
}

struct Entry<K, S> {
    key: K,
    statement: Arc<S>,
    used: u64,
}

impl<K, S> StatementCache<K, S> {
    pub(super) fn new(most: usize) -> StatementCache<K, S> {
        StatementCache {
            entries: HashMap::new(),
            size: 0,
            most,
            clock: 0,
            left: Vec::new(),
        }
    }

    pub(super) fn get(&mut self, text: &Text, is: impl Fn(&K) -> bool) -> Option<Arc<S>> {
        self.clock += 1;
        let entry = self
            .entries
            .get_mut(&**text)?
            .iter_mut()
            .find(|entry| is(&entry.key))?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.statement))
    }

    pub(super) fn insert(&mut self, text: &Text, key: K, statement: Arc<S>) {
        if self.most == 0 {
            self.left.push(statement);
            return;
        }
        if self.size >= self.most {
            self.evict();
        }
        self.size += 1;
        let used = self.clock;
        self.entries.entry(text.clone()).or_default().push(Entry {
            key,
            statement,
            used,
        });
    }

    /// Replaces a cached statement by one that knows more.
    #[cfg(feature = "mysql")]
    pub(super) fn replace(&mut self, text: &Text, statement: Arc<S>) {
        for entry in self.entries.get_mut(&**text).into_iter().flatten() {
            entry.statement = Arc::clone(&statement);
        }
    }

    pub(super) fn forget(&mut self, text: &Text) {
        if let Some(gone) = self.entries.remove(&**text) {
            self.size -= gone.len();
            self.left
                .extend(gone.into_iter().map(|entry| entry.statement));
        }
    }

    /// Forgets all of them: what made one useless has most likely done so to others.
    pub(super) fn forget_all(&mut self) {
        self.size = 0;
        let gone = self.entries.drain().flat_map(|(_, entries)| entries);
        self.left.extend(gone.map(|entry| entry.statement));
    }

    /// Takes the removed statements that nobody uses any more.
    pub(super) fn take_left(&mut self) -> impl Iterator<Item = Arc<S>> {
        self.left
            .extract_if(.., |statement| Arc::strong_count(statement) == 1)
    }

    fn evict(&mut self) {
        let oldest = self
            .entries
            .iter()
            .min_by_key(|(_, entries)| entries.iter().map(|entry| entry.used).max())
            .map(|(text, _)| text.clone());
        if let Some(text) = oldest {
            self.forget(&text);
        }
    }
}
