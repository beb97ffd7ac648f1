//! Schemas of well-known applications, condensed: Aludel takes over a database that something else has made.
//!
//! For each: `inspectdb` writes models that compile (they are a part of this test) and read every row; `baseline` accepts the
//! database, and nothing differs; the first migration, run on an empty database, makes the same again by the dump of the
//! database's own tools, except for what was named as not managed.
//!
//! `NAME.before.sql` has what a model can't make and a table refers to; `NAME.sql` is the schema, `NAME.rows.sql` has rows.
//! `ALUDEL_BLESS=1` writes the models, and `NAME.apart.txt`: what is not managed, and how the dumps differ for it.

mod dump;
mod load;
mod random;
mod surveyed;
mod values;

use crate::generated::adopted as models_of;
use crate::harness::{Backend, Fixture, run, unique_name};
use crate::writing::same_as;
use aludel::Sql;
use aludel::migrate::autodetector::{Answers, detect};
use aludel::migrate::codegen::{models_read, survey};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, State, Target, without_records};
use aludel::prelude::*;
use aludel::schema::{Schema, Table};
use std::path::{Path, PathBuf};

type Counts = Vec<(String, usize)>;
type Reading<'a> = std::pin::Pin<Box<dyn Future<Output = aludel::Result<Counts>> + 'a>>;

/// What was generated for a schema.
struct Adopted {
    name: &'static str,
    registry: fn() -> aludel::Registry,
    tables: fn() -> Vec<Table>,
    read: for<'a> fn(&'a Database) -> Reading<'a>,
}

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations")
}

/// `inspectdb`'s models, and a function that reads every row of each.
async fn source(found: &Schema, db: &Database) -> aludel::Result<String> {
    let mut text = models_read(found, db.dialect(), &survey(db, found).await?);
    let (_, list) = text.rsplit_once("models![").expect("a registry");
    let reads: String = { list.split_once(']').expect("its end").0.split(',') }
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| format!("        ({name}::meta().table.to_string(), {name}::query().all(db).await?.len()),\n"))
        .collect();
    if !text.contains("pub fn tables()") {
        text.push_str("\n/// There are none without a key.\npub fn tables() -> Vec<aludel::schema::Table> {\n    vec![]\n}\n");
    }
    text.push_str(&format!(
        "\n/// Reads every row, and counts them.\n#[rustfmt::skip]\npub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {{\n    Ok(vec![\n{reads}    ])\n}}\n"
    ));
    Ok(text)
}

/// The application of these models, with the first migration that makes all of it.
fn app(adopted: &Adopted, found: &Schema) -> aludel::Result<App> {
    let bare = |migrations: Vec<Migration>| {
        let mut app = App::new((adopted.registry)(), migrations).tables((adopted.tables)());
        for view in &found.views {
            app = app.view(view.clone());
        }
        for extension in &found.extensions {
            app = app.extension(extension.clone());
        }
        app
    };
    let operations = detect(
        &State::default(),
        &bare(vec![]).target()?,
        &Default::default(),
        &mut Answers::default(),
    )
    .unwrap_or_else(|question| panic!("{question:?}"));
    let initial = { operations.into_iter() }
        .fold(Migration::new("0001_initial"), |all, (_, operation)| {
            all.operation(operation)
        });
    Ok(bare(vec![initial]))
}

async fn adopt(fixture: &Fixture, adopted: &Adopted) -> aludel::Result<()> {
    let (name, db) = (adopted.name, &fixture.db);
    let backend = format!("{:?}", fixture.backend).to_lowercase();
    let at = |end: &str| tests().join(format!("adopted/{backend}/{name}.{end}"));
    for end in ["before.sql", "sql", "rows.sql"] {
        load::file(fixture.backend, &fixture.url, &at(end)).await;
    }

    let found = without_records(db.inspect().await?);
    let generated = tests().join(format!("generated/adopted/{backend}/{name}.rs"));
    if same_as(&generated, &source(&found, db).await?) {
        return Ok(());
    }

    for (table, count) in (adopted.read)(db).await? {
        let quoted = match fixture.backend {
            Backend::Mariadb => format!("`{table}`"),
            _ => format!("\"{table}\""),
        };
        let all: i64 = Sql::trusted(format!("SELECT count(*) FROM {quoted}"))
            .one(db)
            .await?;
        assert_eq!(i64::try_from(count).unwrap(), all, "rows of {table}");
        assert_ne!(count, 0, "{name}.rows.sql has no rows for {table}");
    }

    let app = app(adopted, &found)?;
    let migrator = Migrator::new(db, &app)?;
    let before = dump::of(fixture.backend, &fixture.url).await;
    if let Err(differences) = migrator.baseline(false).await? {
        let all: Vec<String> = differences.iter().map(ToString::to_string).collect();
        panic!("baseline differs:\n{}", all.join("\n"));
    }
    let drift = migrator.drift().await?;
    assert!(drift.is_empty(), "{drift:?}");

    let (empty, url) = load::empty_database(fixture, &unique_name()).await;
    load::file(fixture.backend, &url, &at("before.sql")).await;
    let migrated = Migrator::new(&empty, &app)?.migrate(&Target::Latest).await;
    assert!(migrated.is_ok(), "{migrated:?}");
    let drift = Migrator::new(&empty, &app)?.drift().await?;
    assert!(drift.is_empty(), "drift of what was made: {drift:?}");
    let after = dump::of(fixture.backend, &url).await;
    empty.close();
    load::drop_database(fixture, &url).await;

    let mut text = String::from("Not managed:\n");
    for thing in migrator.unmanaged().await? {
        text.push_str(&format!("  {}\n", thing.to_string().replace('\n', " ")));
    }
    text.push_str(
        "\nOnly in the database that was there (-), only in the one that was made (+):\n",
    );
    text.push_str(&dump::differences(&before, &after));
    same_as(&at("apart.txt"), &text);
    Ok(())
}

/// A test for each schema of a database.
macro_rules! adopts {
    ($module:ident, $backend:ident: $($name:ident),+) => {
        mod $module {
            use super::*;
            $(
                #[test]
                fn $name() {
                    run(Backend::$backend, |fixture| {
                        use models_of::$module::$name as generated;
                        Box::pin(adopt(fixture, &Adopted {
                            name: stringify!($name),
                            registry: generated::registry,
                            tables: generated::tables,
                            read: |db| Box::pin(generated::read(db)),
                        }))
                    });
                }
            )+
        }
    };
}

/// Rule 17: what `inspectdb` prints compiles, reads every row, and leaves nothing to migrate.
mod rule_17_a_database_that_is_taken_over_is_read_whole_and_made_again {
    use super::*;
    adopts!(postgres, Postgres: discourse, gitlab, keycloak, mastodon, odoo, sentry);
    adopts!(mariadb, Mariadb: django, magento, mediawiki, moodle, nextcloud, wordpress);
    adopts!(sqlite, Sqlite: calibre, chinook, django, firefox, homeassistant, signal);
}
