//! A database that other programs use, too (rule 13): what is theirs is left alone, and every command reaches a clean state.

use crate::harness::{Backend, Fixture};
use aludel::migrate::autodetector::Answers;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Kind, Pattern};
use aludel::prelude::*;
use aludel::schema::Table;
use aludel::{Sql, manage};

/// What other programs have made.
fn theirs(backend: Backend) -> Vec<&'static str> {
    let mut all = vec![
        "create table django_session (session_key varchar(40) primary key, data text)",
        "create table legacy (id bigint primary key, name varchar(40))",
        "create table log_2024 (line text)",
        "create view report as select id from legacy",
    ];
    if backend == Backend::Postgres {
        all.extend([
            "create schema cron",
            "create table cron.job (id bigint primary key)",
            "create table measured (at date) partition by range (at)",
            "create table measured_1 partition of measured for values from ('2024-01-01') to ('2025-01-01')",
            "create type colour as enum ('red')",
            "create extension if not exists citext",
        ]);
    }
    all
}

/// A table without a key, which refers to another program's.
fn tables() -> Vec<Table> {
    vec![
        new_table("marks")
            .column(column("legacy_id", big_int()))
            .foreign_key(
                foreign_key("fk_marks_legacy_id", ["legacy_id"]).references("legacy", ["id"]),
            )
            .index(index("ix_marks_legacy_id", ["legacy_id"]))
            .into(),
        new_table("notes")
            .id()
            .column(column("text", text()))
            .into(),
    ]
}

/// The program that leaves the others alone by what it says of them.
fn ignoring(migrations: Vec<Migration>) -> App {
    App::new(Default::default(), migrations)
        .tables(tables())
        .external("legacy")
        .ignore("django_*")
        .ignore("log_*")
        .ignore(Pattern::named("*").kind(Kind::View))
        .ignore("cron.*")
        .ignore("measured*")
        .ignore(Pattern::named("colour").kind(Kind::Enum))
        .ignore(Pattern::named("citext").kind(Kind::Extension))
}

/// The program that says what is its own.
fn managing(migrations: Vec<Migration>) -> App {
    App::new(Default::default(), migrations)
        .tables(tables())
        .external("legacy")
        .manage("notes")
        .manage("marks")
        .ignore(Pattern::named("*").kind(Kind::Extension))
}

/// The tables and views of the other programs.
async fn left(db: &Database) -> aludel::Result<Vec<String>> {
    let live = db.inspect().await?;
    let tables = live.tables.iter().map(|table| table.name.to_string());
    let mut all: Vec<String> = tables
        .chain(live.views.iter().map(|view| view.name.to_string()))
        .filter(|name| !["marks", "notes"].contains(&name.as_str()) && !name.starts_with("aludel_"))
        .collect();
    all.sort();
    Ok(all)
}

async fn every_command_is_clean(
    fixture: &Fixture,
    app: fn(Vec<Migration>) -> App,
) -> aludel::Result<()> {
    let db = &fixture.db;
    for text in theirs(fixture.backend) {
        Sql::trusted(text).execute(db).await?;
    }
    let before = left(db).await?;
    let made = aludel::migrate::autogenerate::make(&app(vec![]), None, &mut Answers::default());
    let initial = made.unwrap().remove(0).migration;
    let app = || app(vec![initial.clone()]);
    let run = async |words: &str| {
        let words: Vec<String> = { ["manage"].into_iter().chain(words.split(' ')) }
            .chain(["--database", &fixture.url])
            .map(str::to_string)
            .collect();
        // The commands have a runtime of their own.
        tokio::task::block_in_place(|| {
            std::thread::scope(|scope| {
                scope
                    .spawn(|| manage::captured(&app(), words))
                    .join()
                    .expect("runs")
            })
        })
    };
    let clean = async |what: &str| {
        let (code, text) = run("check --against-db").await;
        assert!(
            code == 0 && text.ends_with("All is well.\n"),
            "{what}: {code} {text}"
        );
        let (code, text) = run("makemigrations --check --dry-run").await;
        assert_eq!((code, text.as_str()), (0, "No changes.\n"), "{what}");
        let (code, text) = run("inspectdb").await;
        assert_eq!(code, 0, "{what}: {text}");
        assert!(
            text.contains("pub struct Note") && text.contains("marks"),
            "{what}: {text}"
        );
        for other in [
            "django",
            "log_2024",
            "report",
            "cron",
            "measured",
            "colour",
            "pub struct Legacy",
        ] {
            assert!(!text.contains(other), "{what}, {other}: {text}");
        }
    };
    let (code, text) = run("migrate").await;
    assert!(code == 0 && text.contains("applied"), "{text}");
    clean("migrated").await;
    assert_eq!(run("migrate").await, (0, "Nothing to do.\n".to_string()));
    // And back: only what is ours goes.
    let (code, text) = run("migrate zero").await;
    assert_eq!(code, 0, "{text}");
    assert_eq!(left(db).await?, before);
    // The same tables, made by somebody else, are taken over.
    let (code, text) = run("migrate --sql").await;
    assert_eq!(code, 0, "{text}");
    for statement in text.split(";\n").filter(|text| !text.contains("aludel_")) {
        let lines = statement.lines().filter(|line| !line.starts_with("--"));
        let statement = lines.collect::<Vec<_>>().join("\n");
        if !["", "BEGIN", "COMMIT"].contains(&statement.trim()) {
            Sql::trusted(statement).execute(db).await?;
        }
    }
    let (code, text) = run("baseline").await;
    assert!(code == 0 && text.contains("recorded as applied"), "{text}");
    clean("taken over").await;
    // Differences in our own tables are still reported.
    Sql::trusted("alter table notes add column more integer")
        .execute(db)
        .await?;
    let (code, text) = run("check --against-db").await;
    assert!(code == 4 && text.contains("notes.more"), "{text}");
    Ok(())
}

on_every_database! {
    async fn rule_13_what_is_ignored_is_left_alone_by_every_command(fixture) {
        every_command_is_clean(fixture, ignoring).await?;
    }

    async fn rule_13_all_but_what_is_managed_is_left_alone_by_every_command(fixture) {
        every_command_is_clean(fixture, managing).await?;
    }
}

/// By owner: another role's tables are another program's.
#[test]
fn rule_13_what_another_role_owns_is_left_alone_postgres() {
    crate::harness::run(Backend::Postgres, |fixture| {
        Box::pin(async move {
            let db = &fixture.db;
            let role = crate::harness::unique_name();
            for text in [
                format!("create role {role}"),
                "create table theirs (id bigint primary key)".into(),
                format!("alter table theirs owner to {role}"),
                "create table notes (id bigint generated by default as identity primary key, text text not null)".into(),
            ] {
                Sql::trusted(text).execute(db).await?;
            }
            let notes = || {
                vec![
                    new_table("notes")
                        .id()
                        .column(column("text", text()))
                        .into(),
                ]
            };
            let first = Migration::new("0001_initial")
                .create_table(new_table("notes").id().column(column("text", text())));
            for ignores in [true, false] {
                let mut app = App::new(Default::default(), vec![first.clone()]).tables(notes());
                if ignores {
                    app = app.ignore(Pattern::named("*").owner(role.as_str()));
                }
                let migrator = aludel::migrate::Migrator::new(db, &app)?;
                if ignores {
                    assert!(migrator.baseline(false).await?.is_ok());
                }
                let drift = migrator.drift().await?;
                let told: Vec<String> = drift.iter().map(ToString::to_string).collect();
                assert_eq!(told.is_empty(), ignores, "{told:?}");
                assert_eq!(told.concat().contains("theirs"), !ignores, "{told:?}");
            }
            Sql::trusted("drop table theirs").execute(db).await?;
            Sql::trusted(format!("drop role {role}"))
                .execute(db)
                .await?;
            Ok(())
        })
    });
}
