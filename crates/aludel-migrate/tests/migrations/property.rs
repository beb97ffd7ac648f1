//! Two random schemas: a live database with rows is migrated from one to the other, is like the models, and comes back.

use crate::autodetect::state;
use crate::harness::{Backend, Fixture, cases};
use aludel::migrate::autodetector::{Answer, Decide, Question, detect};
use aludel::migrate::prelude::*;
use aludel::migrate::{App, MigrationId, Migrator, Module, State, Target, without_records};
use aludel::schema::{Column, ForeignKey, Schema, Table, Unique, differences, sorted};
use aludel::types::SqlType;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// What is there of a column, and how.
#[derive(Debug, Clone)]
struct Part {
    there: bool,
    size: u8,
    nullable: bool,
    default: bool,
    unique: bool,
    indexed: bool,
    checked: bool,
}

fn part() -> impl Strategy<Value = Part> {
    (
        prop::bool::weighted(0.7),
        0..3_u8,
        any::<bool>(),
        any::<bool>(),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
    )
        .prop_map(
            |(there, size, nullable, default, unique, indexed, checked)| Part {
                there,
                size,
                nullable,
                default,
                unique,
                indexed,
                checked,
            },
        )
}

/// Two numbers, two texts, an enum, a computed column, a reference, and an index of several columns.
type Parts = (bool, [Part; 2], [Part; 2], Part, Part, Part, bool);

fn parts() -> impl Strategy<Value = Parts> {
    (
        prop::bool::weighted(0.8),
        [part(), part()],
        [part(), part()],
        part(),
        part(),
        part(),
        any::<bool>(),
    )
}

fn table(
    n: usize,
    (_, numbers, texts, mood, computed, reference, several): &Parts,
    tables: &[bool],
) -> Table {
    let name = format!("t{n}");
    let mut table = Table::new(name.clone());
    table.columns.push(column("id", big_int()).identity());
    table.primary_key = vec!["id".into()];
    let finish = |table: &mut Table, mut column: Column, part: &Part| {
        if part.nullable {
            column = column.nullable();
        }
        if part.unique {
            table.uniques.push(Unique::on(
                format!("uq_{n}_{}", column.name),
                [column.name.clone()],
            ));
        }
        if part.indexed {
            table.indexes.push(index(
                format!("ix_{n}_{}", column.name),
                [column.name.clone()],
            ));
        }
        table.columns.push(column);
    };
    for (at, part) in numbers.iter().enumerate().filter(|(_, part)| part.there) {
        let name = format!("n{at}");
        let mut new = column(
            name.clone(),
            [small_int(), integer(), big_int()][part.size as usize].clone(),
        );
        if part.default {
            new = new.default(i32::from(part.size));
        }
        if part.checked {
            table.checks.push(check(
                format!("ck_{n}_{name}"),
                col(name).ge(-i32::from(part.size)),
            ));
        }
        finish(&mut table, new, part);
    }
    for (at, part) in texts.iter().enumerate().filter(|(_, part)| part.there) {
        let name = format!("s{at}");
        let mut new = column(
            name.clone(),
            [varchar(20), varchar(40), text()][part.size as usize].clone(),
        );
        if part.default {
            new = new.default("it's");
        }
        if part.checked {
            table.checks.push(check(
                format!("ck_{n}_{name}"),
                col(name).ne(["x", "y'", "z%"][part.size as usize]),
            ));
        }
        finish(&mut table, new, part);
    }
    if mood.there {
        let labels: &[&str] =
            [&["a", "b"][..], &["a", "b", "c"], &["a", "x", "b"]][mood.size as usize];
        let mut new = column("m", one_of("mood", labels));
        if mood.default {
            new = new.default("a");
        }
        finish(
            &mut table,
            new,
            &Part {
                unique: false,
                ..mood.clone()
            },
        );
    }
    if computed.there && numbers[0].there {
        table.columns.push(
            column("g", big_int())
                .nullable()
                .generated(col("n0") + i32::from(computed.size)),
        );
    }
    let to = (n + 1 + reference.size as usize) % tables.len();
    if reference.there && tables[to] {
        let name = format!("to{to}");
        table
            .columns
            .push(column(name.clone(), big_int()).nullable());
        let action = if reference.default {
            Action::Cascade
        } else {
            Action::SetNull
        };
        table.foreign_keys.push(
            ForeignKey::on(format!("fk_{n}_{name}"), [name])
                .references(format!("t{to}"), ["id"])
                .on_delete(action),
        );
    }
    if *several && numbers[0].there && texts[0].there {
        table
            .indexes
            .push(index(format!("ix_{n}_several"), ["n0"]).descending("s0"));
    }
    if reference.checked {
        table.comment = Some(format!("table {n}"));
    }
    table
}

/// One kind of a name for all tables: the labels of the first column that has it.
fn schema(all: &[Parts]) -> Schema {
    let mood = all
        .iter()
        .find(|parts| parts.0 && parts.3.there)
        .map_or(0, |parts| parts.3.size);
    let there: Vec<bool> = all.iter().map(|parts| parts.0).collect();
    let tables = all
        .iter()
        .enumerate()
        .filter(|(_, parts)| parts.0)
        .map(|(n, parts)| {
            let mut parts = parts.clone();
            parts.3.size = mood;
            table(n, &parts, &there)
        });
    Schema::of(tables.collect())
}

/// Everything may go, nothing was renamed, and rows get a value.
struct Anything;

impl Decide for Anything {
    fn decide(&mut self, question: &Question) -> Option<Answer> {
        Some(match question {
            Question::Fill { column, .. } | Question::NotNull { column, .. } => {
                Answer::Fill(match &column.sql_type {
                    SqlType::Enum(_) => Node::Value(Value::Text("a".into())),
                    SqlType::Text | SqlType::Varchar(_) => Node::Value(Value::Text("v1".into())),
                    _ => Node::Value(Value::I64(1)),
                })
            }
            Question::Destroy(_) => Answer::Yes,
            _ => Answer::No,
        })
    }
}

async fn fill(schema: &Schema, db: &aludel::Database) -> Result<()> {
    for at in sorted(&schema.tables) {
        let table = &schema.tables[at];
        let mut query = sql("insert into ")
            .identifier(table.name.name.to_string())
            .push(" (id");
        let plain: Vec<&Column> = table
            .columns
            .iter()
            .filter(|column| {
                column.identity.is_none()
                    && column.generated.is_none()
                    && !column.name.starts_with("to")
            })
            .collect();
        for column in &plain {
            query = query.push(", ").identifier(column.name.clone());
        }
        query = query.push(") values (").bind(1_i64);
        for column in &plain {
            query = match &column.sql_type {
                SqlType::Enum(kind) => query.push(", ").bind(
                    Value::Text(kind.labels[0].into())
                        .as_str()
                        .unwrap_or("a")
                        .to_string(),
                ),
                SqlType::Text | SqlType::Varchar(_) => query.push(", ").bind("v1"),
                _ => query.push(", ").bind(1_i16),
            };
        }
        if db.dialect().name() == "postgres" {
            // A bound text is no enum to PostgreSQL.
            let text = query.push(")").to_sql(db.dialect())?.text;
            let mut n = 0;
            let text = text.split('$').enumerate().map(|(at, part)| {
                if at == 0 {
                    return part.to_string();
                }
                let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
                n += 1;
                let value = if n == 1 {
                    "1".to_string()
                } else {
                    match &plain[n - 2].sql_type {
                        SqlType::Enum(kind) => format!("'{}'", kind.labels[0]),
                        SqlType::Text | SqlType::Varchar(_) => "'v1'".into(),
                        _ => "1".into(),
                    }
                };
                format!("{value}{rest}")
            });
            aludel::Sql::trusted(text.collect::<String>())
                .execute(db)
                .await?;
        } else {
            query.push(")").execute(db).await?;
        }
    }
    Ok(())
}

fn wrong(expected: &Schema, found: Schema, db: &aludel::Database) -> String {
    let all = differences(expected, &without_records(found), db.dialect());
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

async fn round(fixture: &Fixture, a: &Schema, b: &Schema) -> Result<()> {
    let db = &fixture.db;
    let migration = |name: &str, from: &State, to: &State| {
        let all = detect(from, to, &Default::default(), &mut Anything)
            .unwrap_or_else(|why| panic!("{why}\n{a:#?}\n{b:#?}"));
        all.into_iter()
            .fold(Migration::new(name), |migration, (_, operation)| {
                migration.operation(operation)
            })
    };
    let first = migration("0001_a", &State::default(), &state(a));
    let second = migration("0002_b", &state(a), &state(b)).depends_on("0001_a");
    let app = App::default().module(Module::new("", Default::default(), vec![first, second]));
    let migrator = Migrator::new(db, &app)?;
    let to_a = Target::To(MigrationId::new("", "0001_a"));
    migrator.migrate(&to_a).await?;
    fill(a, db).await?;
    migrator.migrate(&Target::Latest).await?;
    assert_eq!(
        wrong(b, db.inspect().await?, db),
        "",
        "forwards\n{a:#?}\n{b:#?}"
    );
    let again = detect(
        &migrator.graph().state()?,
        &state(b),
        &Default::default(),
        &mut Anything,
    );
    assert!(again.is_ok_and(|all| all.is_empty()));
    for table in &a.tables {
        if b.table(&table.name).is_some() {
            let rows: i64 = sql("select count(*) from ")
                .identifier(table.name.name.to_string())
                .one(db)
                .await?;
            assert_eq!(rows, 1, "{}", table.name);
        }
    }
    migrator.migrate(&to_a).await?;
    assert_eq!(
        wrong(a, db.inspect().await?, db),
        "",
        "backwards\n{a:#?}\n{b:#?}"
    );
    migrator.migrate(&Target::Zero(String::new())).await?;
    assert!(without_records(db.inspect().await?).tables.is_empty());
    aludel::Sql::trusted("delete from aludel_migrations")
        .execute(db)
        .await
        .map(drop)
}

on_every_database! {
    async fn rule_2_random_schemas_are_migrated_to_each_other_and_back(fixture) {
        let count = match fixture.backend {
            Backend::Sqlite => 80,
            _ => 25,
        };
        let config = cases(count);
        let tries = config.cases;
        let mut runner = TestRunner::new(config);
        let pair = (prop::collection::vec(parts(), 3), prop::collection::vec(parts(), 3));
        for n in 0..tries {
            let (a, b) = pair.new_tree(&mut runner).expect("a pair").current();
            let (a, b) = (schema(&a), schema(&b));
            if let Err(error) = round(fixture, &a, &b).await {
                panic!("case {n}: {error}\n{:?}\n{a:#?}\n{b:#?}", error.statement());
            }
        }
    }
}
