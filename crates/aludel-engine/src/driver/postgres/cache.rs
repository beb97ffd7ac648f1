//! Prepared statements of a connection.

use crate::text::Text;
use std::collections::HashMap;
use tokio_postgres::Statement;
use tokio_postgres::types::Type;

/// Prepared statements by text and types of binds, the one unused for longest leaving first.
pub(super) struct StatementCache {
    entries: HashMap<Text, Vec<Entry>>,
    size: usize,
    most: usize,
    clock: u64,
}

struct Entry {
    types: Vec<Type>,
    statement: Statement,
    used: u64,
}

impl StatementCache {
    pub(super) fn new(most: usize) -> StatementCache {
        StatementCache {
            entries: HashMap::new(),
            size: 0,
            most: most.max(1),
            clock: 0,
        }
    }

    pub(super) fn get(&mut self, text: &Text, types: &[Type]) -> Option<Statement> {
        self.clock += 1;
        let entry = self
            .entries
            .get_mut(&**text)?
            .iter_mut()
            .find(|entry| entry.types == types)?;
        entry.used = self.clock;
        Some(entry.statement.clone())
    }

    pub(super) fn insert(&mut self, text: &Text, types: Vec<Type>, statement: Statement) {
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
        }
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
