//! A value for each dialect, made when it is first needed.

use aludel_sql::dialect::{Dialect, DialectKind};
use std::sync::OnceLock;

/// A value for each dialect: in a slot of its own for those that Aludel knows, in a list for others.
pub(crate) struct PerDialect<T> {
    known: [OnceLock<T>; DialectKind::ALL.len()],
    others: OnceLock<Box<Other<T>>>,
}

struct Other<T> {
    name: &'static str,
    value: OnceLock<T>,
    next: OnceLock<Box<Other<T>>>,
}

impl<T> Default for PerDialect<T> {
    fn default() -> Self {
        PerDialect {
            known: [const { OnceLock::new() }; DialectKind::ALL.len()],
            others: OnceLock::new(),
        }
    }
}

impl<T> PerDialect<T> {
    /// The slot of a dialect's value.
    pub(crate) fn of(&self, dialect: &dyn Dialect) -> &OnceLock<T> {
        match dialect.kind() {
            Some(kind) => &self.known[kind as usize],
            None => self.other(dialect.name()),
        }
    }

    #[cold]
    fn other(&self, name: &'static str) -> &OnceLock<T> {
        let mut place = &self.others;
        loop {
            let other = place.get_or_init(|| {
                Box::new(Other {
                    name,
                    value: OnceLock::new(),
                    next: OnceLock::new(),
                })
            });
            if other.name == name {
                return &other.value;
            }
            place = &other.next;
        }
    }
}
