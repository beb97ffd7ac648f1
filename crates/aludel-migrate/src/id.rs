//! [`MigrationId`]: the name of a migration, with its module.

use std::fmt;

/// Identifies a migration by module and name. `0002_user_email` is one of the same (or the unnamed) module, `auth/0001_initial`
/// one of another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MigrationId {
    /// The module; empty without one.
    pub module: String,
    /// The name.
    pub name: String,
}

impl MigrationId {
    /// A migration of a module.
    pub fn new(module: impl Into<String>, name: impl Into<String>) -> MigrationId {
        MigrationId {
            module: module.into(),
            name: name.into(),
        }
    }

    /// Parses a name as written in a migration of `module`.
    pub fn parse(text: &str, module: &str) -> MigrationId {
        match text.split_once('/') {
            Some((module, name)) => MigrationId::new(module, name),
            None => MigrationId::new(module, text),
        }
    }

    /// The name as written in a migration of `module`.
    pub fn seen_from(&self, module: &str) -> String {
        if self.module == module {
            self.name.clone()
        } else {
            self.to_string()
        }
    }
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.module.is_empty() {
            write!(f, "{}/", self.module)?;
        }
        f.write_str(&self.name)
    }
}
