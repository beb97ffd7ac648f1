//! Prepared statements of a connection.

use super::statement::Statement;
use crate::text::Text;
use postgres_types::Type;
use std::collections::HashMap;
use std::sync::Arc;

/// Prepared statements by text and types of binds, the one unused for longest leaving first.
pub(super) struct StatementCache {
    entries: HashMap<Text, Vec<Entry>>,
    size: usize,
    most: usize,
    clock: u64,
    /// Those that have left, for the server to forget.
    left: Vec<Arc<Statement>>,
}

struct Entry {
    types: Vec<Type>,
    statement: Arc<Statement>,
    used: u64,
}

impl StatementCache {
    pub(super) fn new(most: usize) -> StatementCache {
        StatementCache {
            entries: HashMap::new(),
            size: 0,
            most: most.max(1),
            clock: 0,
            left: Vec::new(),
        }
    }

    pub(super) fn get(
        &mut self,
        text: &Text,
        types: impl Iterator<Item = Type> + Clone,
    ) -> Option<Arc<Statement>> {
        self.clock += 1;
        let entry = self
            .entries
            .get_mut(&**text)?
            .iter_mut()
            .find(|entry| types.clone().eq(entry.types.iter().cloned()))?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.statement))
    }

    pub(super) fn insert(&mut self, text: &Text, types: Vec<Type>, statement: Arc<Statement>) {
        if self.size >= self.most {
            self.evict();
        }
        self.size += 1;
        let used = self.clock;
        self.entries.entry(text.clone()).or_default().push(Entry {
            types,
            statement,
            used,
        });
    }

    pub(super) fn forget(&mut self, text: &Text) {
        if let Some(gone) = self.entries.remove(&**text) {
            self.size -= gone.len();
            self.left
                .extend(gone.into_iter().map(|entry| entry.statement));
        }
    }

    /// The statements that have left and are in nobody's hands.
    pub(super) fn take_left(&mut self) -> impl Iterator<Item = Arc<Statement>> {
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
