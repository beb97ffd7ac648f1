//! There is always a way forward (rule 14): after a statement that the database refused, a run goes on, also with a corrected
//! file, or back.

use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Target};
use aludel::prelude::*;
use aludel::schema::Table;

fn first() -> Migration {
    Migration::new("0001_initial").create_table(new_table("kept").id())
}

/// A table, with something that no database takes behind it; or without.
fn second(table: Table, refused: bool) -> Migration {
    let made = Migration::new("0002_wide")
        .depends_on("0001_initial")
        .create_table(table);
    match refused {
        true => made.run_sql("insert into nowhere values (1)"),
        false => made.run_sql("insert into kept (id) values (7)"),
    }
}

/// Its index is longer than MariaDB takes one.
fn wide() -> Table {
    let long = new_table("wide")
        .id()
        .column(column("a", varchar(700)))
        .column(column("b", varchar(700)));
    long.index(index("ix_wide_a", ["a"]))
        .index(index("ix_wide_b", ["a", "b"]))
        .into()
}

fn narrow() -> Table {
    let short = new_table("wide")
        .id()
        .column(column("a", varchar(700)))
        .column(column("b", varchar(700)));
    short.index(index("ix_wide_a", ["a"])).into()
}

async fn names(db: &Database) -> aludel::Result<Vec<String>> {
    let schema = aludel::migrate::without_records(db.inspect().await?);
    let mut names: Vec<String> = schema
        .tables
        .iter()
        .map(|table| table.name.to_string())
        .collect();
    names.sort();
    Ok(names)
}

fn app(second: Migration) -> App {
    App::new(Default::default(), vec![first(), second])
}

on_every_database! {
    /// M4: a table whose index is refused is no dead end.
    async fn rule_14_a_table_whose_index_was_refused_can_be_dropped_or_corrected(fixture) {
        let db = &fixture.db;
        let broken = app(second(wide(), false));
        let migrator = Migrator::new(db, &broken)?;
        let Err(error) = migrator.migrate(&Target::Latest).await else {
            // Only MariaDB and MySQL have so short indexes.
            assert_ne!(db.dialect().name(), "mariadb");
            return Ok(());
        };
        assert!(error.to_string().contains("0002_wide"), "{error}");
        assert_eq!(names(db).await?, ["kept", "wide"]);
        // Again, it is refused again; then back, which leaves nothing.
        migrator.migrate(&Target::Latest).await.unwrap_err();
        let undone = migrator.undo_unfinished().await?;
        assert_eq!(undone.map(|id| id.name), Some("0002_wide".into()));
        assert_eq!(names(db).await?, ["kept"]);
        // Refused once more; a corrected file continues.
        migrator.migrate(&Target::Latest).await.unwrap_err();
        let corrected = app(second(narrow(), false));
        let migrator = Migrator::new(db, &corrected)?;
        let done = migrator.migrate(&Target::Latest).await?;
        assert_eq!(done.steps.len(), 1);
        assert!(migrator.drift().await?.is_empty());
        assert!(migrator.status().await?.changed.is_empty());
    }

    /// A refused statement behind others: the file may be corrected from there on, not before.
    async fn rule_14_a_corrected_file_goes_on_behind_what_is_done(fixture) {
        let db = &fixture.db;
        let (broken, corrected) = (app(second(narrow(), true)), app(second(narrow(), false)));
        Migrator::new(db, &broken)?.migrate(&Target::Latest).await.unwrap_err();
        if db.dialect().name() == "mariadb" {
            // What is done must stay as it was.
            let other = app(second(new_table("other").id().into(), false));
            let error = Migrator::new(db, &other)?.migrate(&Target::Latest).await.unwrap_err();
            assert!(error.to_string().contains("is half done"), "{error}");
        }
        let migrator = Migrator::new(db, &corrected)?;
        migrator.migrate(&Target::Latest).await?;
        assert!(migrator.drift().await?.is_empty());
        assert!(migrator.status().await?.changed.is_empty());
        assert_eq!(sql("select id from kept").all::<i64>(db).await?, [7]);
    }
}
