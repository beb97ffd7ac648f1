//! Rust that the tools write: it compiles (it is a part of this test), passes rustfmt and clippy (as all of the project does),
//! and means what it was made from.
//!
//! `ALUDEL_BLESS=1` writes the files anew.

use crate::cases::{Case, groups};
use crate::generated;
use crate::harness::{Backend, Fixture};
use aludel::dialect::{Dialect, POSTGRES};
use aludel::migrate::autodetector::{Answers, detect};
use aludel::migrate::codegen::{MigrationFile, models};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, State, without_records};
use aludel::schema::{ForeignKey, Schema, Table, differences};
use std::path::Path;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations/generated")
}

/// Compares a text with the file that is compiled in, or writes it.
fn same_as_file(name: &str, text: &str) {
    same_as(&folder().join(name), text);
}

/// Compares a text with a file; or writes the file, and returns true.
pub fn same_as(path: &Path, text: &str) -> bool {
    if std::env::var_os("ALUDEL_BLESS").is_some() {
        let is_new = std::fs::read_to_string(path).is_ok_and(|file| file == text);
        std::fs::write(path, text).expect("writes");
        return !is_new;
    }
    let file = std::fs::read_to_string(path).unwrap_or_default();
    if file != text {
        let line = { file.lines().zip(text.lines()) }
            .position(|(a, b)| a != b)
            .unwrap_or_else(|| file.lines().count().min(text.lines().count()));
        panic!(
            "{} is not what is generated, from line {}:\n{}\n{}\nALUDEL_BLESS=1 writes it anew",
            path.display(),
            line + 1,
            file.lines().nth(line).unwrap_or(""),
            text.lines().nth(line).unwrap_or("")
        );
    }
    false
}

fn of_cases(name: &str, cases: Vec<Case>) -> Migration {
    let mut all = Migration::new(name);
    for case in cases {
        for migration in crate::autodetect::migrations(&case).unwrap() {
            for operation in migration.operations() {
                all = all.operation(operation.clone());
            }
        }
    }
    all
}

/// Every type, default, CHECK and kind of operation that no case has.
fn everything() -> Migration {
    let tables: Vec<Table> = crate::reflection::all_tables(&POSTGRES);
    let mut all = Migration::new("everything")
        .depends_on("0001_initial")
        .depends_on("other/0002_more")
        .replaces(["0000_a", "0000_b"])
        .atomic(false);
    for table in tables {
        all = all.create_table(table);
    }
    all.create_extension("citext")
        .drop_extension("citext")
        .create_enum(enum_type("it's", ["a \"b\"", "c\\d", "e\nf"]))
        .rename_enum("a", "b")
        .add_enum_value("a", "x'y")
        .add_enum_value_before("a", "x", "y\"")
        .rename_enum_value("a", "x", "y")
        .set_enum_values("a", ["x", "y"])
        .drop_enum("a")
        .create_view(
            View::new(("library", "v"), "select \"a\" from b where c = 'it''s'").materialized(),
        )
        .drop_view(("library", "v"))
        .rename_table(("library", "books"), "books")
        .add_index_concurrently("books", index("ix", ["a"]))
        .drop_index_concurrently("books", "ix")
        .run_sql("update a set b = 'c'")
        .run_sql(["one", "two"])
        .run_sql_both([("postgres", "x"), ("sqlite", "y")], "z")
        .alter_column_using("a", column("b", integer()), col("b") * 100)
        .add_column_with("a", column("b", timestamp()), now())
        .add_column_with("a", column("c", custom("citext")), value(Value::Null))
        .separate(
            |state| state.drop_table("a"),
            |database| database.run_sql("drop table a"),
        )
        .set_owner("a", "other")
        .drop_comment("a")
        .set_primary_key("a", [] as [&str; 0])
}

macro_rules! writes {
    ($($name:ident)+) => {
        /// Rule 1: generated files compile, are formatted, and are the operations that they were made from.
        #[test]
        fn rule_1_every_operation_and_type_is_written_as_rust_that_means_the_same() {
            let mut all: Vec<(&str, Migration, Migration)> = Vec::new();
            for (name, cases) in groups() {
                let made = of_cases(name, cases);
                let compiled = match name {
                    $(stringify!($name) => generated::$name::migration(),)+
                    other => panic!("no module for {other}"),
                };
                all.push((name, made, compiled));
            }
            all.push(("everything", everything(), generated::everything::migration()));
            let bless = std::env::var_os("ALUDEL_BLESS").is_some();
            for (name, made, compiled) in all {
                let file = MigrationFile::new(&made, "Generated: every operation of the cases of this name.", &|_| None);
                same_as_file(&format!("{name}.rs"), &file.text);
                if !bless {
                    for (made, compiled) in made.operations().iter().zip(compiled.operations()) {
                        assert_eq!(aludel::migrate::codegen::operation(made), aludel::migrate::codegen::operation(compiled), "{name}");
                    }
                    assert_eq!(made.hash(), compiled.hash(), "{name}");
                    assert_eq!((made.parents(), made.replaced(), made.is_atomic()), (compiled.parents(), compiled.replaced(), compiled.is_atomic()));
                }
            }
        }
    };
}
writes!(tables columns types keys references enums computed views together);

/// Rule 10: the SQL of every operation of every case, forwards and backwards, on each database; what one can't do is said.
#[test]
fn rule_10_the_sql_of_every_operation_is_pinned() {
    use aludel::dialect::{MARIADB, MYSQL, SQLITE};
    use aludel::migrate::sql::{compile, compile_back};
    let dialects: [(&str, &'static dyn Dialect); 4] = [
        ("sqlite", &SQLITE),
        ("postgres", &POSTGRES),
        ("mariadb", &MARIADB),
        ("mysql", &MYSQL),
    ];
    for (name, dialect) in dialects {
        let mut text = String::new();
        for case in crate::cases::all() {
            let [_, migration] = crate::autodetect::migrations(&case).unwrap();
            let before = crate::autodetect::state(&case.old);
            text.push_str(&format!("-- {}\n", case.name));
            let ways = [
                (
                    "",
                    compile(migration.operations(), &mut before.clone(), "", dialect),
                ),
                (
                    "-- and back\n",
                    compile_back(migration.operations(), &before, "", dialect),
                ),
            ];
            for (title, steps) in ways {
                text.push_str(title);
                match steps {
                    Ok(steps) => {
                        for line in steps.iter().flat_map(|step| step.texts()) {
                            text.push_str(&format!("{line}\n"));
                        }
                    }
                    Err(error) => text.push_str(&format!("-- {error}\n")),
                }
            }
            text.push('\n');
        }
        same_as_file(&format!("statements_{name}.sql"), &text);
    }
}

/// A schema of 64 tables, of all kinds that a database has.
fn big(dialect: &dyn Dialect) -> Schema {
    let caps = dialect.capabilities();
    let nouns = [
        "user",
        "order",
        "box",
        "city",
        "category",
        "address",
        "bus",
        "status",
        "type",
        "Mixed Case",
        "news",
        "item",
        "tag",
        "photo",
        "event",
        "key",
    ];
    let mut tables: Vec<Table> = Vec::new();
    for n in 0..64_usize {
        let noun = nouns[n % nouns.len()];
        let name = if n < nouns.len() {
            format!("{noun}s")
        } else {
            format!("{noun}_{n}")
        };
        let mut table = new_table(name.as_str());
        table = match n % 8 {
            5 => table
                .column(column("code", varchar(12)))
                .primary_key(["code"]),
            6 => table
                .column(column("a", big_int()))
                .column(column("b", varchar(10)))
                .primary_key(["a", "b"]),
            7 => table
                .column(column("key", integer()).identity())
                .primary_key(["key"]),
            _ => table.id(),
        };
        let kinds = [
            boolean(),
            small_int(),
            integer(),
            big_int(),
            double(),
            varchar(40),
            text(),
            bytes(),
            decimal(10, 2),
            date(),
            time(),
            date_time(),
            timestamp(),
            uuid(),
            json(),
            real(),
        ];
        for (at, kind) in kinds.iter().cycle().skip(n * 3).take(5).enumerate() {
            let name = ["first name", "select", "Upper", "plain_one", "x2"][at];
            let mut new = column(name, kind.clone());
            if (n + at) % 2 == 0 {
                new = new.nullable();
            }
            if (n + at) % 3 == 0 {
                new = match kind {
                    k if *k == varchar(40) => new.default("it's"),
                    k if *k == integer() || *k == big_int() || *k == small_int() => new.default(7),
                    k if *k == boolean() => new.default(true),
                    k if *k == timestamp() => new.default(now()),
                    k if *k == double() => new.default(1.5),
                    _ => new,
                };
            }
            if (n + at) % 7 == 0 {
                new = new.comment("what it's \"for\"");
            }
            table = table.column(new);
        }
        table = table
            .column(column("size", big_int()).default(1))
            .column(column("label", varchar(30)));
        let mut made: Table = table.into();
        let label = |columns: &[&str]| format!("{}_{name}_{}", "x", columns.join("_"));
        if n % 4 == 0 {
            made.uniques
                .push(unique(format!("uq_{name}_label"), ["label"]));
            made.checks.push(check(
                label(&["ck"]),
                col("size").ge(0) & col("label").ne(""),
            ));
        }
        if n % 4 == 1 {
            made.uniques
                .push(unique(label(&["pair"]), ["label", "size"]));
            made.indexes
                .push(index(format!("ix_{name}_size"), ["size"]));
        }
        if n % 5 == 2 {
            made.columns.push(
                column("doubled", big_int())
                    .nullable()
                    .generated(col("size") * 2),
            );
            made.indexes
                .push(index(label(&["down"]), ["label"]).descending("size"));
        }
        if n % 6 == 3 && caps.partial_indexes {
            made.indexes.push(
                index(label(&["part"]), ["label"])
                    .unique()
                    .filter(col("size").gt(3)),
            );
            made.indexes
                .push(index(label(&["lower"]), [] as [&str; 0]).expression(col("label").lower()));
        }
        if n % 6 == 4 && caps.native_enums {
            made.columns
                .push(column("mood", one_of("mood", ["glad", "so, so", "it's"])).default("glad"));
            made.columns.push(column("tags", array(text())).nullable());
            made.indexes
                .push(index(label(&["cover"]), ["label"]).include(["size"]));
        }
        if n % 9 == 0 {
            made.comment = Some(format!("table {n} \"of\" many"));
        }
        if n >= 8 {
            let earlier = tables[n - 8].clone();
            let columns: Vec<String> = earlier
                .primary_key
                .iter()
                .map(|key| format!("{}_{key}", if n % 3 == 0 { "parent" } else { "boss" }))
                .collect();
            for (column_name, key) in columns.iter().zip(&earlier.primary_key) {
                let kind = earlier.column(key).unwrap().sql_type.clone();
                let mut new = column(column_name.clone(), kind);
                if n % 2 == 0 {
                    new = new.nullable();
                }
                made.columns.push(new);
            }
            let mut key = ForeignKey::on(
                if n % 5 == 0 {
                    format!("own_{n}")
                } else {
                    String::new()
                },
                columns.clone(),
            )
            .references(earlier.name.name.to_string(), earlier.primary_key.clone());
            if n % 2 == 0 {
                key = key.on_delete(Action::SetNull);
            } else if n % 3 == 0 {
                key = key.on_delete(Action::Cascade);
            }
            made.foreign_keys.push(key);
            if n % 4 != 3 {
                made.indexes.push(aludel::schema::Index::on(columns));
            }
        }
        made.apply_naming(&Default::default());
        tables.push(made);
    }
    Schema::of(tables)
}

async fn inspected(fixture: &Fixture) -> Result<()> {
    let db = &fixture.db;
    let schema = big(db.dialect());
    db.create_all(&schema.tables).await?;
    let found = without_records(db.inspect().await?);
    assert_eq!(found.tables.len(), 64);
    let text = models(&found, db.dialect());
    let (file, registry): (_, fn() -> aludel::Registry) = match fixture.backend {
        Backend::Sqlite => ("inspected_sqlite.rs", generated::inspected_sqlite::registry),
        Backend::Postgres => (
            "inspected_postgres.rs",
            generated::inspected_postgres::registry,
        ),
        Backend::Mariadb => (
            "inspected_mariadb.rs",
            generated::inspected_mariadb::registry,
        ),
    };
    same_as_file(file, &text);
    if std::env::var_os("ALUDEL_BLESS").is_some() {
        return Ok(());
    }
    let target = App::new(registry(), vec![]).target()?;
    let wrong: Vec<String> = differences(&target.schema, &found, db.dialect())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let owners = found
        .tables
        .iter()
        .map(|table| (table.name.clone(), String::new()))
        .collect();
    let all = detect(
        &State {
            schema: found,
            owners,
            ..Default::default()
        },
        &target,
        &Default::default(),
        &mut Answers::default(),
    );
    assert!(all.as_ref().is_ok_and(Vec::is_empty), "{all:?}");
    Ok(())
}

on_every_database! {
    /// Rule 7: models of a live database compile, and the autodetector finds nothing between them and it.
    async fn rule_7_inspectdb_writes_models_between_which_and_the_database_nothing_differs(fixture) {
        inspected(fixture).await?;
    }
}
