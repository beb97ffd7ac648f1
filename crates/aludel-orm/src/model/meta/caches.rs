//! Texts of statements that a model has once for each dialect, and what inserts and queries cache of it.

use super::ModelMeta;
use super::per_dialect::PerDialect;
use aludel_sql::dialect::Dialect;
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

impl ModelMeta {
    /// The names of the columns, comma-separated and quoted; written once for each dialect.
    pub(crate) fn select_list(&'static self, dialect: &'static dyn Dialect) -> &'static str {
        self.caches.select_lists.of(dialect).get_or_init(|| {
            let mut w = aludel_sql::render::Writer::new(dialect);
            let columns: Vec<&str> = self
                .fields
                .iter()
                .map(|field| field.column.as_str())
                .collect();
            w.identifiers(&columns);
            w.text
        })
    }

    /// The SELECT by key; written once for each dialect, and cached.
    pub(crate) fn get_text(
        &'static self,
        dialect: &'static dyn Dialect,
        scoped: bool,
        write: impl FnOnce() -> aludel_engine::Result<String>,
    ) -> aludel_engine::Result<aludel_engine::Text> {
        let texts = if scoped && self.scope.is_some() {
            &self.caches.scoped_gets
        } else {
            &self.caches.gets
        };
        let text = texts.of(dialect);
        if let Some(text) = text.get() {
            return Ok(aludel_engine::Text::Static(text));
        }
        let written = write()?;
        Ok(aludel_engine::Text::Static(text.get_or_init(|| written)))
    }

    /// `SELECT columns FROM table`; written once for each dialect.
    pub(crate) fn select_head(
        &'static self,
        dialect: &'static dyn Dialect,
    ) -> aludel_engine::Result<&'static str> {
        let head = self.caches.heads.of(dialect);
        if let Some(head) = head.get() {
            return Ok(head);
        }
        let mut w = aludel_sql::render::Writer::new(dialect);
        w.push("SELECT ");
        w.push(self.select_list(dialect));
        w.push(" FROM ");
        w.table(&self.table)?;
        Ok(head.get_or_init(|| w.text))
    }

    /// What inserts cache.
    pub(crate) fn insert_cache<T: Default + Send + Sync + 'static>(&self) -> &T {
        self.caches.inserts.get()
    }

    /// What queries cache.
    pub(crate) fn query_cache<T: Default + Send + Sync + 'static>(&self) -> &T {
        self.caches.queries.get()
    }

    /// A text that is the same for every call with this key; written once.
    pub(crate) fn cached_text(
        &'static self,
        dialect: &'static dyn Dialect,
        kind: TextKind,
        write: impl FnOnce() -> aludel_engine::Result<String>,
    ) -> aludel_engine::Result<aludel_engine::Text> {
        let key = (dialect.name(), kind);
        let mut texts = self
            .caches
            .texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = texts.get(&key) {
            return Ok(text.clone());
        }
        let text = aludel_engine::Text::Shared(write()?.into());
        texts.insert(key, text.clone());
        Ok(text)
    }
}

/// A cache whose type its owner knows.
#[derive(Default)]
struct CacheSlot(OnceLock<Box<dyn Any + Send + Sync>>);

impl CacheSlot {
    /// The cache, made if it is not there.
    fn get<T: Default + Send + Sync + 'static>(&self) -> &T {
        let known = self.0.get_or_init(|| Box::new(T::default()));
        match known.downcast_ref() {
            Some(known) => known,
            None => unreachable!("a slot has one owner"),
        }
    }
}

/// Cached texts of statements that do not depend on values.
#[derive(Default)]
pub(crate) struct Caches {
    select_lists: PerDialect<String>,
    heads: PerDialect<String>,
    gets: PerDialect<String>,
    scoped_gets: PerDialect<String>,
    inserts: CacheSlot,
    queries: CacheSlot,
    pub(super) bounded: OnceLock<Box<[usize]>>,
    texts: Mutex<HashMap<(&'static str, TextKind), aludel_engine::Text>>,
}

impl std::fmt::Debug for Caches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Caches")
    }
}

/// Which of a model's cached texts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum TextKind {
    /// INSERT of these columns (a bit each) in this many rows; with RETURNING or without.
    Insert {
        columns: Vec<u64>,
        rows: usize,
        returning: bool,
    },
}
