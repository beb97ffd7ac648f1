//! A property: live tables with constructs that models can't say, drawn at random, and a change of the models, drawn at random.
//! Whatever was not asked for is there afterwards, by the dump of the database's own tools; or the change is refused, and
//! nothing has happened (rules 11 to 13).

use super::dump::{self, Dump, differences};
use crate::harness::{Backend, Fixture, cases};
use aludel::Sql;
use aludel::migrate::autodetector::{Answers, detect};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, State, Target, without_records};
use aludel::schema::{Schema, Table};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Each of these is there or not, and is one statement or several, with `;;` between.
const POSTGRES: &[&str] = &[
    "COMMENT ON COLUMN things.beta IS 'the second; it''s'",
    "COMMENT ON TABLE things IS 'things'",
    "CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END' ;; \
     CREATE TRIGGER touch BEFORE UPDATE OF beta ON things FOR EACH ROW EXECUTE FUNCTION touched()",
    "ALTER TABLE things ENABLE ROW LEVEL SECURITY ;; CREATE POLICY own ON things USING (delta > 0)",
    "GRANT SELECT ON things TO PUBLIC ;; GRANT UPDATE (delta) ON things TO PUBLIC",
    "CREATE STATISTICS both_columns ON alpha, delta FROM things",
    "ALTER TABLE things SET (fillfactor = 70, autovacuum_enabled = false)",
    "ALTER TABLE things ALTER beta SET STORAGE EXTERNAL, ALTER alpha SET STATISTICS 200",
    "ALTER TABLE things ADD CONSTRAINT apart EXCLUDE USING gist (int4range(alpha, alpha, '[]') WITH &&) WHERE (alpha > 100)",
    "CREATE INDEX ix_pattern ON things (beta text_pattern_ops, alpha DESC NULLS LAST) INCLUDE (delta) WITH (fillfactor = 50)",
    "CREATE INDEX ix_part ON things (lower(beta) COLLATE \"C\") WHERE delta > 3",
    "CREATE INDEX ix_gin ON things USING gin (to_tsvector('simple', beta))",
    "CREATE UNIQUE INDEX uq_nulls ON things (alpha, delta) NULLS NOT DISTINCT",
    "ALTER TABLE things ADD CONSTRAINT ck_open CHECK (delta < 1000) NOT VALID",
    "ALTER TABLE others ADD CONSTRAINT fk_open FOREIGN KEY (thing) REFERENCES things (id) MATCH FULL ON DELETE SET NULL NOT VALID",
    "ALTER TABLE others ADD CONSTRAINT fk_late FOREIGN KEY (other) REFERENCES others (id) DEFERRABLE INITIALLY DEFERRED",
    "CREATE VIEW barrier WITH (security_barrier) AS SELECT id, beta FROM things WHERE delta > 0 ;; \
     GRANT SELECT ON barrier TO PUBLIC ;; COMMENT ON VIEW barrier IS 'safe' ;; \
     CREATE VIEW above AS SELECT id FROM barrier ;; \
     CREATE RULE quiet AS ON INSERT TO above DO INSTEAD NOTHING",
    "CREATE MATERIALIZED VIEW counted AS SELECT delta, count(*) AS n FROM things GROUP BY delta ;; \
     CREATE UNIQUE INDEX ix_counted ON counted (delta)",
    "CREATE TABLE heirs (more integer) INHERITS (others)",
    "CREATE TABLE days (id integer, day date) PARTITION BY RANGE (day) ;; \
     CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
    "CREATE DOMAIN positive AS integer CHECK (VALUE > 0) ;; CREATE TABLE domains (id integer PRIMARY KEY, n positive)",
    "CREATE SEQUENCE counter INCREMENT 5 OWNED BY others.other",
    "ALTER TABLE others ADD COLUMN epsilon text COLLATE \"C\" GENERATED ALWAYS AS (upper(word)) STORED ;; \
     CREATE INDEX ix_epsilon ON others (epsilon varchar_pattern_ops)",
    "CREATE TABLE exotic (at interval, place point, net inet, words tsvector, span int4range, bits bit(3), doc xml)",
    "CREATE UNLOGGED TABLE passing (id integer PRIMARY KEY)",
];

const MARIADB: &[&str] = &[
    "ALTER TABLE things MODIFY beta varchar(40) CHARACTER SET latin1 COLLATE latin1_german1_ci COMMENT 'the second; it''s'",
    "ALTER TABLE things COMMENT 'things', ROW_FORMAT = DYNAMIC, STATS_PERSISTENT = 1",
    "CREATE TRIGGER touch BEFORE UPDATE ON things FOR EACH ROW SET NEW.delta = OLD.delta + 1",
    "CREATE INDEX ix_prefix ON things (beta(7), alpha DESC) COMMENT 'short'",
    "CREATE FULLTEXT INDEX ix_words ON things (beta)",
    "CREATE INDEX ix_ignored ON things (delta) IGNORED",
    "ALTER TABLE things ADD CONSTRAINT ck_small CHECK (delta < 1000)",
    "ALTER TABLE others MODIFY at timestamp(3) NOT NULL DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3)",
    "ALTER TABLE others MODIFY word varchar(60) INVISIBLE DEFAULT 'w'",
    "ALTER TABLE others ADD long_text text COMPRESSED",
    "ALTER TABLE others ADD epsilon varchar(70) COLLATE utf8mb4_bin AS (upper(word)) STORED, ADD INDEX ix_epsilon (epsilon(5))",
    "ALTER TABLE others ADD CONSTRAINT fk_thing FOREIGN KEY (thing) REFERENCES things (id) ON DELETE SET NULL ON UPDATE CASCADE",
    "CREATE SQL SECURITY INVOKER VIEW safe AS SELECT id, beta FROM things WHERE delta > 0 WITH LOCAL CHECK OPTION",
    "CREATE VIEW summed AS SELECT delta, count(*) AS n FROM things GROUP BY delta",
    "CREATE TABLE days (id integer, day date NOT NULL) PARTITION BY RANGE (year(day)) (PARTITION p0 VALUES LESS THAN (2024), PARTITION p1 VALUES LESS THAN MAXVALUE)",
    "CREATE TABLE versions (id integer PRIMARY KEY, n integer) WITH SYSTEM VERSIONING",
    "CREATE TABLE exotic (place point, bits bit(3), y year, tiny tinyint unsigned, kind set('a','b'), doc json) ENGINE = Aria",
    "CREATE FUNCTION doubled(n int) RETURNS int DETERMINISTIC RETURN n * 2",
    "CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM things WHERE id < 0",
    "CREATE SEQUENCE counter INCREMENT BY 5",
    "ALTER TABLE others ADD kind enum('a','b') CHARACTER SET latin1 NOT NULL DEFAULT 'b'",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER touch AFTER UPDATE OF beta ON things BEGIN UPDATE others SET word = new.beta WHERE thing = new.id; END",
    "CREATE TRIGGER gone AFTER DELETE ON others WHEN old.thing > 0 BEGIN DELETE FROM things WHERE id = old.thing AND delta < 0; END",
    "CREATE INDEX ix_nocase ON things (beta COLLATE NOCASE, alpha DESC)",
    "CREATE INDEX ix_part ON things (lower(beta)) WHERE delta > 3",
    "CREATE UNIQUE INDEX uq_both ON things (alpha, delta) WHERE alpha IS NOT NULL",
    "CREATE VIEW seen AS SELECT id, beta FROM things WHERE delta > 0",
    "CREATE VIEW above (key) AS SELECT id FROM others ;; \
     CREATE TRIGGER instead INSTEAD OF INSERT ON above BEGIN INSERT INTO others (id, word) VALUES (new.key, ''); END",
    "CREATE TABLE numbered (id integer PRIMARY KEY AUTOINCREMENT, n text COLLATE RTRIM)",
    "CREATE TABLE typed (id integer PRIMARY KEY, n integer NOT NULL, any_of any) STRICT",
    "CREATE TABLE keyed (name text, n integer DEFAULT (abs(-5)), PRIMARY KEY (name, n)) WITHOUT ROWID",
    "CREATE TABLE plain (a, b text DEFAULT 'x')",
    "CREATE VIRTUAL TABLE words USING fts5(word, content='others', content_rowid='id')",
    "ALTER TABLE others ADD COLUMN epsilon text GENERATED ALWAYS AS (upper(word)) VIRTUAL",
    "CREATE TABLE stored (id integer PRIMARY KEY, w integer, area integer AS (w * 2) STORED UNIQUE, CHECK (w > 0))",
    "CREATE TABLE referring (id integer PRIMARY KEY, thing integer REFERENCES things (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED)",
];

fn base(backend: Backend) -> [&'static str; 2] {
    match backend {
        Backend::Postgres => [
            "CREATE TABLE things (id bigint GENERATED BY DEFAULT AS IDENTITY (START 100 INCREMENT 3) PRIMARY KEY, \
             alpha integer, beta varchar(40) COLLATE \"C\", gamma timestamp(0), delta integer NOT NULL DEFAULT 3)",
            "CREATE TABLE others (id bigint PRIMARY KEY, thing bigint, other bigint, word varchar(60))",
        ],
        Backend::Mariadb => [
            "CREATE TABLE things (id bigint AUTO_INCREMENT PRIMARY KEY, \
             alpha integer, beta varchar(40), gamma datetime(6), delta integer NOT NULL DEFAULT 3)",
            "CREATE TABLE others (id bigint PRIMARY KEY, thing bigint, word varchar(60), at timestamp(3) NULL)",
        ],
        Backend::Sqlite => [
            "CREATE TABLE things (id integer PRIMARY KEY, alpha integer, beta varchar(40) COLLATE NOCASE, gamma text, \
             delta integer NOT NULL DEFAULT 3)",
            "CREATE TABLE others (id integer PRIMARY KEY, thing bigint, word varchar(60))",
        ],
    }
}

/// A change of the models, and the words that it takes from the dump and puts into it.
#[derive(Debug, Clone, Copy)]
enum Change {
    Widen,
    Default,
    NotNull,
    AddColumn,
    AddIndex,
    RenameColumn,
    Bigger,
    DropColumn,
    Comment,
}

const CHANGES: &[Change] = &[
    Change::Widen,
    Change::Default,
    Change::NotNull,
    Change::AddColumn,
    Change::AddIndex,
    Change::RenameColumn,
    Change::Bigger,
    Change::DropColumn,
    Change::Comment,
];

impl Change {
    fn apply(self, table: &mut Table) {
        let column_of = |table: &mut Table, name: &str| -> usize {
            let at = table.columns.iter().position(|column| column.name == name);
            at.expect("a column")
        };
        match self {
            Change::Widen => {
                let at = column_of(table, "beta");
                table.columns[at].sql_type = varchar(80);
            }
            Change::Default => {
                let at = column_of(table, "delta");
                table.columns[at] = table.columns[at].clone().default(4);
            }
            Change::NotNull => {
                let at = column_of(table, "alpha");
                table.columns[at].nullable = false;
            }
            Change::AddColumn => table
                .columns
                .push(column("omega", integer()).nullable().default(17)),
            Change::AddIndex => table.indexes.push(index("ix_omega", ["alpha", "gamma"])),
            Change::RenameColumn => {
                let at = column_of(table, "gamma");
                table.columns[at].name = "zeta".into();
            }
            Change::Bigger => {
                let at = column_of(table, "alpha");
                table.columns[at].sql_type = big_int();
            }
            Change::DropColumn => {
                let at = column_of(table, "gamma");
                table.columns.remove(at);
            }
            Change::Comment => {
                let at = column_of(table, "gamma");
                table.columns[at].comment = Some("omega".into());
            }
        }
    }

    /// The words that may go, and those that may come.
    fn words(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Change::Widen => (&["40"], &["80"]),
            Change::Default => (&["3"], &["4"]),
            Change::NotNull => (&["DEFAULT", "NULL", "0"], &["NOT", "NULL", "1"]),
            Change::RenameColumn => (&["gamma"], &["zeta"]),
            Change::Bigger => (&["integer", "int", "11"], &["bigint", "20"]),
            Change::AddColumn | Change::AddIndex | Change::DropColumn | Change::Comment => {
                (&[], &[])
            }
        }
    }

    /// Whether a line that came or went is what was asked for.
    fn is_asked_for(self, sign: &str, line: &str) -> bool {
        match self {
            Change::AddColumn => sign == "+" && line.contains("omega"),
            // It is an object of its own, and takes nothing.
            Change::AddIndex => sign == "+",
            Change::DropColumn => sign == "-" && line.contains("gamma"),
            Change::Comment => line.contains("omega") || line.contains("gamma"),
            _ => false,
        }
    }
}

/// What has changed beside what was asked for: words that are in fewer lines, or in more.
fn beside(change: Change, before: &Dump, after: &Dump) -> Vec<String> {
    let text = differences(before, after);
    let mut words: BTreeMap<String, i64> = BTreeMap::new();
    for line in text.lines() {
        let Some((sign, line)) = line
            .strip_prefix("  ")
            .and_then(|line| line.split_once(' '))
        else {
            continue;
        };
        if change.is_asked_for(sign, line) {
            continue;
        }
        let step = if sign == "+" { 1 } else { -1 };
        for word in line.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if !word.is_empty() {
                *words.entry(word.to_string()).or_default() += step;
            }
        }
    }
    let (minus, plus) = change.words();
    let may = |(word, n): &(&String, &i64)| {
        **n == 0 || (if **n < 0 { minus } else { plus }).contains(&word.as_str())
    };
    let odd: Vec<String> = { words.iter() }
        .filter(|entry| !may(entry))
        .map(|(word, n)| format!("{word} {n:+}"))
        .collect();
    match odd.is_empty() {
        true => odd,
        false => [odd, vec![text]].concat(),
    }
}

/// The dump without the places of columns in their table (SQLite), which a column that goes changes.
async fn dumped(fixture: &Fixture) -> Dump {
    let mut dump = dump::of(fixture.backend, &fixture.url).await;
    for lines in dump.values_mut() {
        for line in lines {
            if let Some(rest) = line.strip_prefix("table_xinfo ") {
                let rest = rest.split_once(" | ").map_or("", |(_, rest)| rest);
                *line = format!("table_xinfo {rest}");
            } else if let Some(rest) = line.strip_prefix("table_list ") {
                *line = rest
                    .split(" | ")
                    .enumerate()
                    .filter(|(at, _)| *at != 1)
                    .map(|(_, part)| part)
                    .collect::<Vec<_>>()
                    .join(" ");
            }
        }
    }
    dump
}

fn app_of(schema: &Schema, migrations: Vec<Migration>) -> App {
    let mut app = App::new(Default::default(), migrations).tables(schema.tables.clone());
    for view in &schema.views {
        app = app.view(view.clone());
    }
    app
}

fn migration(
    name: &str,
    parent: Option<&str>,
    from: &State,
    to: &State,
    answers: &mut Answers,
) -> Migration {
    let operations = detect(from, to, &Default::default(), answers);
    let operations = operations.unwrap_or_else(|question| panic!("{question}"));
    let mut migration = Migration::new(name);
    if let Some(parent) = parent {
        migration = migration.depends_on(parent);
    }
    operations
        .into_iter()
        .fold(migration, |all, (_, operation)| all.operation(operation))
}

/// One case: whether the change was made.
async fn try_one(fixture: &Fixture, constructs: &[&str], change: Change) -> aludel::Result<bool> {
    let db = &fixture.db;
    for text in base(fixture.backend).iter().chain(constructs) {
        for part in text.split(" ;; ") {
            let done = Sql::trusted(part).rows(db).await;
            done.unwrap_or_else(|error| panic!("{part}: {error}"));
        }
    }
    let live = without_records(db.inspect().await?);
    let initial = {
        let target = app_of(&live, vec![]).target()?;
        migration(
            "0001_initial",
            None,
            &State::default(),
            &target,
            &mut Answers::default(),
        )
    };
    let first = app_of(&live, vec![initial.clone()]);
    let migrator = Migrator::new(db, &first)?;
    if let Err(all) = migrator.baseline(false).await? {
        panic!("{constructs:?} differs: {all:?}");
    }
    let before = dumped(fixture).await;

    let mut changed = live.clone();
    let things = { changed.tables.iter_mut() }.find(|table| table.name.name == "things");
    change.apply(things.expect("a table"));
    let mut answers = Answers {
        renames: match change {
            Change::RenameColumn => vec![("things.gamma".into(), "things.zeta".into())],
            _ => Vec::new(),
        },
        allow_destructive: true,
        ..Answers::default()
    };
    let second = migration(
        "0002_change",
        Some("0001_initial"),
        &migrator.graph().state()?,
        &app_of(&changed, vec![]).target()?,
        &mut answers,
    );
    let app = app_of(&changed, vec![initial, second]);
    let migrator = Migrator::new(db, &app)?;
    let done = migrator.migrate(&Target::Latest).await;
    let after = dumped(fixture).await;
    if let Err(error) = done {
        let text = differences(&before, &after);
        assert!(
            text.is_empty(),
            "{constructs:?}, {change:?}: {error}\n{text}"
        );
        return Ok(false);
    }
    let odd = beside(change, &before, &after);
    assert!(
        odd.is_empty(),
        "{constructs:?}, {change:?}:\n{}",
        odd.join("\n")
    );
    assert!(
        migrator.drift().await?.is_empty(),
        "{constructs:?}, {change:?}"
    );
    // And back.
    migrator.migrate(&Target::Relative(-1)).await?;
    let back = differences(&before, &dumped(fixture).await);
    assert!(back.is_empty(), "{constructs:?}, {change:?}, back:\n{back}");
    Ok(true)
}

fn drawn(backend: Backend, runner: &mut TestRunner) -> (Vec<&'static str>, Change) {
    let all = match backend {
        Backend::Postgres => POSTGRES,
        Backend::Mariadb => MARIADB,
        Backend::Sqlite => SQLITE,
    };
    let strategy = (
        prop::collection::vec(prop::bool::weighted(0.35), all.len()),
        prop::sample::select(CHANGES),
    );
    let (there, change) = strategy.new_tree(runner).expect("is drawn").current();
    let constructs = all.iter().zip(there).filter(|(_, there)| *there);
    (constructs.map(|(text, _)| *text).collect(), change)
}

thread_local! {
    /// The case that is tried, and whether its change was made.
    static CASE: RefCell<(Vec<&'static str>, Change)> = const { RefCell::new((Vec::new(), Change::Widen)) };
    static MADE: Cell<u32> = const { Cell::new(0) };
}

fn property(backend: Backend) {
    let mut runner = TestRunner::new(cases(18));
    let all = runner.config().cases;
    for _ in 0..all {
        CASE.set(drawn(backend, &mut runner));
        crate::harness::run(backend, |fixture| {
            Box::pin(async move {
                let (constructs, change) = CASE.with_borrow(Clone::clone);
                if try_one(fixture, &constructs, change).await? {
                    MADE.set(MADE.get() + 1);
                }
                Ok(())
            })
        });
    }
    let made = MADE.get();
    println!("{backend:?}: {made} of {all} changes made, the others refused");
    assert!(made * 2 > all, "{made} of {all}");
}

#[test]
fn rule_11_what_was_not_asked_for_is_still_there_postgres() {
    property(Backend::Postgres);
}

#[test]
fn rule_11_what_was_not_asked_for_is_still_there_mariadb() {
    property(Backend::Mariadb);
}

#[test]
fn rule_11_what_was_not_asked_for_is_still_there_sqlite() {
    property(Backend::Sqlite);
}
