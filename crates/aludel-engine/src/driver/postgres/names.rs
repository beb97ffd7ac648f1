//! The names of prepared statements on the server.
//!
//! A pooler may share one server connection between many clients: a name must never stand for two statements. Each is made
//! of a digest of the statement's text, the types of its binds and the database, of a number of the connection's own, and of
//! a counter. Behind a pooler that switches server connections with each transaction, statements have no names: what one
//! connection has prepared, the next one does not know.

use postgres_types::Type;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher};

/// Gives names to the statements of one connection.
pub(super) struct Names {
    /// The database's part of the digests.
    database: DefaultHasher,
    /// Identifies this connection.
    connection: u64,
    count: u64,
    is_nameless: bool,
}

impl Names {
    pub(super) fn new(database: &str, is_nameless: bool) -> Names {
        let mut hasher = DefaultHasher::new();
        database.hash(&mut hasher);
        Names {
            database: hasher,
            connection: std::hash::RandomState::new().hash_one(std::process::id()),
            count: 0,
            is_nameless,
        }
    }

    /// A name that no other statement has; empty where statements have no names.
    pub(super) fn next(&mut self, text: &str, types: &[Type]) -> String {
        if self.is_nameless {
            return String::new();
        }
        self.count += 1;
        let mut digest = self.database.clone();
        text.hash(&mut digest);
        for ty in types {
            ty.oid().hash(&mut digest);
        }
        let digest = digest.finish();
        format!("s{digest:016x}_{:016x}_{}", self.connection, self.count)
    }

    /// Whether statements are sent without names.
    pub(super) fn is_nameless(&self) -> bool {
        self.is_nameless
    }

    /// Gives no more names.
    pub(super) fn drop_names(&mut self) {
        self.is_nameless = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use postgres_types::Type;
    use std::collections::HashSet;

    #[test]
    fn a_name_never_stands_for_two_statements() {
        let mut all = HashSet::new();
        for _ in 0..100 {
            let mut names = Names::new("shop", false);
            for _ in 0..10 {
                let name = names.next("SELECT 1", &[]);
                // PostgreSQL cuts longer names.
                assert!(name.len() <= 63);
                assert!(all.insert(name));
            }
        }
    }

    #[test]
    fn names_begin_with_a_digest_of_text_types_and_database() {
        let digest = |database: &str, text: &str, types: &[Type]| {
            let name = Names::new(database, false).next(text, types);
            name.split('_').next().map(str::to_string)
        };
        let one = digest("shop", "SELECT $1", &[Type::INT4]);
        assert_eq!(one, digest("shop", "SELECT $1", &[Type::INT4]));
        assert_ne!(one, digest("shop", "SELECT $1", &[Type::INT8]));
        assert_ne!(one, digest("shop", "SELECT $1 ", &[Type::INT4]));
        assert_ne!(one, digest("other", "SELECT $1", &[Type::INT4]));
    }
}
