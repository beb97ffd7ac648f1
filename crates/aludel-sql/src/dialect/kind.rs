//! The built-in databases: [`DialectKind`].

use super::{Dialect, MARIADB, MYSQL, POSTGRES, SQLITE};

/// A built-in database, with its catalog and its migrations.
///
/// [`Capabilities`](super::Capabilities) says what a statement may contain; this is for what exists once for each
/// database: a way to read its catalog, to alter its tables, to lock it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DialectKind {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MariaDB.
    Mariadb,
    /// MySQL.
    Mysql,
}

impl DialectKind {
    /// All of them.
    pub const ALL: [DialectKind; 4] = [
        DialectKind::Sqlite,
        DialectKind::Postgres,
        DialectKind::Mariadb,
        DialectKind::Mysql,
    ];

    /// The kind with that name, as command lines, migrations and URLs write it.
    pub fn from_name(name: &str) -> Option<DialectKind> {
        match name {
            "sqlite" => Some(DialectKind::Sqlite),
            "postgres" | "postgresql" => Some(DialectKind::Postgres),
            "mariadb" => Some(DialectKind::Mariadb),
            "mysql" => Some(DialectKind::Mysql),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            DialectKind::Sqlite => "sqlite",
            DialectKind::Postgres => "postgres",
            DialectKind::Mariadb => "mariadb",
            DialectKind::Mysql => "mysql",
        }
    }

    /// Its dialect.
    pub fn dialect(self) -> &'static dyn Dialect {
        match self {
            DialectKind::Sqlite => &SQLITE,
            DialectKind::Postgres => &POSTGRES,
            DialectKind::Mariadb => &MARIADB,
            DialectKind::Mysql => &MYSQL,
        }
    }

    /// Whether both are the same, or MariaDB and MySQL: SQL for the one is tried on the other.
    pub fn is_akin(self, other: DialectKind) -> bool {
        let family = |kind| match kind {
            DialectKind::Mysql => DialectKind::Mariadb,
            kind => kind,
        };
        family(self) == family(other)
    }
}
