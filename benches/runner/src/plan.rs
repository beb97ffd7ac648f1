//! Who does what where.

use measure::{Case, Store, What};

/// A database, and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub store: Store,
    /// A round trip takes a millisecond more.
    pub far: bool,
}

impl Place {
    pub fn name(self) -> String {
        match self.far {
            true => format!("{}+1ms", self.store),
            false => self.store.to_string(),
        }
    }

    pub fn title(self) -> &'static str {
        match (self.store, self.far) {
            (Store::Sqlite, _) => "SQLite",
            (Store::Postgres, false) => "PostgreSQL, over loopback",
            (Store::Mariadb, false) => "MariaDB, over loopback",
            (Store::Postgres, true) => "PostgreSQL, a millisecond away",
            (Store::Mariadb, true) => "MariaDB, a millisecond away",
        }
    }

    /// What its floor is made of.
    pub fn driver(self) -> &'static str {
        match self.store {
            Store::Sqlite => "rusqlite",
            Store::Postgres => "tokio-postgres",
            Store::Mariadb => "mysql_async",
        }
    }
}

/// Every place, in the page's order.
pub const PLACES: [Place; 5] = [
    Place {
        store: Store::Sqlite,
        far: false,
    },
    Place {
        store: Store::Postgres,
        far: false,
    },
    Place {
        store: Store::Mariadb,
        far: false,
    },
    Place {
        store: Store::Postgres,
        far: true,
    },
    Place {
        store: Store::Mariadb,
        far: true,
    },
];

/// A library, and the program that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    pub name: &'static str,
    /// A folder of `peers`.
    pub folder: &'static str,
    pub python: bool,
    stores: &'static [Store],
}

use Store::{Mariadb, Postgres, Sqlite};

const fn rust(name: &'static str, folder: &'static str) -> Peer {
    Peer {
        name,
        folder,
        python: false,
        stores: &Store::ALL,
    }
}

const fn python(name: &'static str, stores: &'static [Store]) -> Peer {
    Peer {
        name,
        folder: "python",
        python: true,
        stores,
    }
}

/// Everyone; the first is the floor.
pub const PEERS: [Peer; 15] = [
    rust("raw", "floor"),
    rust("aludel", "aludel"),
    rust("diesel", "diesel"),
    rust("diesel-async", "diesel"),
    rust("sqlx", "sqlx"),
    rust("sea-orm", "sea-orm"),
    rust("toasty", "toasty"),
    python("sqlite3", &[Sqlite]),
    python("asyncpg", &[Postgres]),
    python("psycopg", &[Postgres]),
    python("sqlalchemy-core", &[Sqlite, Postgres]),
    python("sqlalchemy-orm", &[Sqlite, Postgres]),
    python("django", &[Sqlite, Postgres]),
    python("peewee", &[Sqlite, Postgres]),
    python("tortoise", &[Sqlite, Postgres]),
];

const fn wire(name: &'static str) -> Peer {
    Peer {
        name,
        folder: "wire",
        python: false,
        stores: &[Postgres],
    }
}

/// A query to PostgreSQL, taken apart; the first is what the others are compared to.
pub const WIRE: [Peer; 8] = [
    wire("tokio-postgres"),
    wire("tokio-postgres, rows passed over"),
    wire("tokio-postgres, two threads"),
    wire("in the task"),
    wire("in the task, rows passed over"),
    wire("in the task, two threads"),
    wire("blocking"),
    wire("blocking, rows passed over"),
];

/// What of it is measured.
pub const WIRE_CASES: [Case; 3] = [
    Case { what: What::Get, n: 1 },
    Case { what: What::All, n: 1 },
    Case {
        what: What::All,
        n: 10_000,
    },
];

impl Peer {
    pub fn serves(&self, place: Place) -> bool {
        self.stores.contains(&place.store) && !(self.python && place.store == Mariadb)
    }
}

/// A case with its size; in a quick run big sizes are a tenth.
fn case(what: What, n: usize, quick: bool) -> Case {
    let n = if quick && n >= 100_000 { n / 10 } else { n };
    Case { what, n }
}

/// What is measured at a place.
pub fn cases(place: Place, quick: bool) -> Vec<Case> {
    if place.far {
        let far = [
            (What::Get, 1),
            (What::Nested, 100),
            (What::Insert, 100),
            (What::Insert, 1000),
            (What::Change, 1000),
            (What::InsertOne, 1),
        ];
        return far.map(|(what, n)| case(what, n, quick)).into();
    }
    [
        (What::All, 1),
        (What::All, 100),
        (What::All, 10_000),
        (What::Join, 10_000),
        (What::Nested, 100),
        (What::Insert, 1),
        (What::Insert, 100),
        (What::Insert, 1000),
        (What::Insert, 10_000),
        (What::Change, 1000),
        (What::Get, 1),
        (What::GetPooled, 8000),
        (What::InsertOne, 1),
        (What::Stream, 1_000_000),
        (What::Load, 1_000_000),
        (What::BulkInserts, 100_000),
        (What::LargeResultsets, 500_000),
        (What::ShortSelects, 10_000),
        (What::SingleInserts, 10_000),
    ]
    .map(|(what, n)| case(what, n, quick))
    .into()
}

/// Whether a case takes seconds: then it is done once a round, and few rounds do.
pub fn is_long(case: Case) -> bool {
    matches!(
        case.what,
        What::Stream | What::Load | What::BulkInserts | What::LargeResultsets | What::ShortSelects | What::SingleInserts
    )
}

/// Whether SQLite's database is a file in that case.
pub fn is_on_disk(case: Case) -> bool {
    is_long(case) || case.what == What::GetPooled
}

/// What a table says of a case.
pub fn describe(case: Case) -> String {
    let n = thousands(case.n);
    match case.what {
        What::All => format!("all of {n} rows"),
        What::Join => format!("left join, filtered, of {n}"),
        What::Nested => "100 users × 10 posts × 5 comments".into(),
        What::Insert => format!("insert {n} in a transaction"),
        What::Change => format!("load, change, save {n}"),
        What::Get => "select by key".into(),
        What::GetPooled => "select by key, 8 tasks, pool of 8".into(),
        What::InsertOne => "insert one, commit".into(),
        What::Stream => format!("stream {n} rows"),
        What::Load => format!("bulk load {n} rows"),
        What::BulkInserts => format!("`bulk_inserts`, {n}"),
        What::LargeResultsets => format!("`large_resultsets`, {n}"),
        What::ShortSelects => format!("`short_selects`, {n}"),
        What::SingleInserts => format!("`single_inserts`, {n}"),
    }
}

/// 1000000 as 1,000,000.
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
