//! What a peer is asked to do.

use std::fmt;
use std::str::FromStr;

/// The database at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Store {
    /// SQLite, in memory or a file.
    Sqlite,
    /// PostgreSQL over loopback.
    Postgres,
    /// MariaDB over loopback.
    Mariadb,
}

impl Store {
    /// All of them.
    pub const ALL: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::Mariadb];
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Store::Sqlite => "sqlite",
            Store::Postgres => "postgres",
            Store::Mariadb => "mariadb",
        })
    }
}

impl FromStr for Store {
    type Err = String;
    fn from_str(text: &str) -> Result<Store, String> {
        Store::ALL
            .into_iter()
            .find(|store| store.to_string() == text)
            .ok_or_else(|| format!("no store is called {text:?}"))
    }
}

/// The kinds of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Every user into a list of structs.
    All,
    /// Users with black hair, left joined with their posts, ordered by the user's key: a list of pairs.
    Join,
    /// Users with their posts with their comments, as nested structs.
    Nested,
    /// So many new users, in one transaction.
    Insert,
    /// So many users read by one query, another hair colour for each, saved in one transaction.
    Change,
    /// One user by key.
    Get,
    /// One user by key: eight tasks on a pool of eight connections. Per query.
    GetPooled,
    /// One new user and a commit.
    InsertOne,
    /// Every user, one by one, without holding them.
    Stream,
    /// So many new users, as fast as there is a way.
    Load,
    /// SQLAlchemy's suite: new objects through the unit of work where there is one.
    BulkInserts,
    /// SQLAlchemy's suite: all rows as objects.
    LargeResultsets,
    /// SQLAlchemy's suite: one row after the other by key.
    ShortSelects,
    /// SQLAlchemy's suite: one row after the other, a transaction each.
    SingleInserts,
}

impl What {
    /// All of them, in the page's order.
    pub const ALL: [What; 14] = [
        What::All,
        What::Join,
        What::Nested,
        What::Insert,
        What::Change,
        What::Get,
        What::GetPooled,
        What::InsertOne,
        What::Stream,
        What::Load,
        What::BulkInserts,
        What::LargeResultsets,
        What::ShortSelects,
        What::SingleInserts,
    ];

    /// The word for it, on command lines and in tables.
    pub fn word(self) -> &'static str {
        match self {
            What::All => "all",
            What::Join => "join",
            What::Nested => "nested",
            What::Insert => "insert",
            What::Change => "change",
            What::Get => "get",
            What::GetPooled => "get_pooled",
            What::InsertOne => "insert_one",
            What::Stream => "stream",
            What::Load => "load",
            What::BulkInserts => "bulk_inserts",
            What::LargeResultsets => "large_resultsets",
            What::ShortSelects => "short_selects",
            What::SingleInserts => "single_inserts",
        }
    }

    /// Whether it leaves the tables as they were.
    pub fn only_reads(self) -> bool {
        !matches!(
            self,
            What::Insert | What::Change | What::InsertOne | What::Load | What::BulkInserts | What::SingleInserts
        )
    }
}

/// A kind of work and its size: `all/100`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    /// The kind.
    pub what: What,
    /// How many rows (or, in the suites of single statements, how many statements).
    pub n: usize,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.what.word(), self.n)
    }
}

impl FromStr for Case {
    type Err = String;
    fn from_str(text: &str) -> Result<Case, String> {
        let (word, n) = text.split_once('/').unwrap_or((text, "1"));
        let what = What::ALL.into_iter().find(|what| what.word() == word);
        Ok(Case {
            what: what.ok_or_else(|| format!("no case is called {word:?}"))?,
            n: n.parse().map_err(|_| format!("{n:?} is no number"))?,
        })
    }
}

/// One job for one peer.
#[derive(Debug, Clone)]
pub struct Job {
    /// Which of the program's peers.
    pub peer: String,
    /// The database.
    pub store: Store,
    /// `:memory:` or a file; or the server's URL.
    pub url: String,
    /// The work.
    pub case: Case,
    /// Statements that make and fill the tables: for whoever opens a database in memory. Others find them done.
    pub setup: Vec<String>,
    /// The time to measure in.
    pub seconds: f64,
    /// Instead of measuring: do it so often, and once before. For counting instructions.
    pub count: Option<u64>,
}

impl Job {
    /// Reads the arguments.
    pub fn from_arguments(arguments: &[String]) -> Result<Job, String> {
        let given = |name: &str| {
            let at = arguments.iter().position(|word| word == name)?;
            arguments.get(at + 1).cloned()
        };
        let needed = |name: &str| given(name).ok_or_else(|| format!("{name} is missing"));
        let setup = match given("--setup") {
            None => String::new(),
            Some(file) => std::fs::read_to_string(&file).map_err(|cause| format!("{file}: {cause}"))?,
        };
        let number = |name: &str| -> Result<Option<f64>, String> {
            let read = |text: String| text.parse().map_err(|_| format!("{name} {text}"));
            given(name).map(read).transpose()
        };
        Ok(Job {
            peer: needed("--peer")?,
            store: needed("--store")?.parse()?,
            url: needed("--url")?,
            case: needed("--case")?.parse()?,
            setup: setup
                .split(";\n")
                .map(str::trim)
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
                .collect(),
            seconds: number("--seconds")?.unwrap_or(1.0),
            count: number("--count")?.map(|count| count as u64),
        })
    }

    /// Whether the tables are this process's own to make.
    pub fn is_in_memory(&self) -> bool {
        self.url == ":memory:"
    }

    /// What empties the table of users between two measurements.
    pub fn clear(&self) -> &'static str {
        match self.store {
            Store::Sqlite => "delete from users",
            Store::Postgres | Store::Mariadb => "truncate table users",
        }
    }
}
