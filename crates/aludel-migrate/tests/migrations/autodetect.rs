//! The autodetector, case by case on a live database: apply, reflect, detect again, and back.

use crate::cases::{Case, all};
use crate::harness::{Backend, Fixture};
use aludel::migrate::autodetector::{Answers, Undecided, detect};
use aludel::migrate::{App, Migration, Migrator, Module, State, Target, without_records};
use aludel::prelude::*;
use aludel::schema::{Schema, Table, differences, sorted};
use aludel::statement::TableName;
use aludel::types::SqlType;
use aludel::{DynRow, Sql};

pub fn state(schema: &Schema) -> State {
    State {
        schema: schema.clone(),
        owners: schema
            .tables
            .iter()
            .map(|table| (table.name.clone(), String::new()))
            .collect(),
        ..State::default()
    }
}

/// The migrations of a case: the old schema, and what leads from it to the new one.
pub fn migrations(case: &Case) -> Result<[Migration; 2], Undecided> {
    let mut answers = case.answers.clone();
    let first = detect(
        &State::default(),
        &state(&case.old),
        &Default::default(),
        &mut Answers {
            renames: vec![],
            ..answers.clone()
        },
    )?;
    let second = detect(
        &state(&case.old),
        &state(&case.new),
        &case.renames,
        &mut answers,
    )?;
    let migration = |name: &str, all: Vec<(String, aludel::migrate::Operation)>| {
        all.into_iter()
            .fold(Migration::new(name), |migration, (_, operation)| {
                migration.operation(operation)
            })
    };
    Ok([
        migration("0001_old", first),
        migration("0002_new", second).depends_on("0001_old"),
    ])
}

/// A literal for row `n` of a column.
fn literal(of: &SqlType, n: usize, backend: Backend) -> String {
    match of {
        SqlType::Bool => if n.is_multiple_of(2) { "true" } else { "false" }.into(),
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => n.to_string(),
        SqlType::Real | SqlType::Double => format!("{n}.5"),
        SqlType::Decimal(..) if backend == Backend::Sqlite => format!("'{n}.25'"),
        SqlType::Decimal(..) => format!("{n}.25"),
        SqlType::Bytes if backend == Backend::Postgres => format!("'\\x0{n}'::bytea"),
        SqlType::Bytes => format!("x'0{n}'"),
        SqlType::Date => format!("'2020-01-0{n}'"),
        SqlType::Time => format!("'0{n}:00:00.000000'"),
        SqlType::DateTime | SqlType::Timestamp => format!("'2020-01-0{n} 00:00:00.000000'"),
        SqlType::Uuid if backend == Backend::Postgres => {
            format!("'0000000000000000000000000000000{n}'::uuid")
        }
        SqlType::Uuid => format!("x'0000000000000000000000000000000{n}'"),
        SqlType::Json => format!("'{{\"n\": {n}}}'"),
        SqlType::Enum(kind) => format!("'{}'", kind.labels[0]),
        _ => format!("'v{n}'"),
    }
}

async fn insert(tables: &[Table], fixture: &Fixture) -> aludel::Result<()> {
    for at in sorted(tables) {
        let table = &tables[at];
        for n in 1..=3 {
            let mut query = sql("insert into ")
                .identifier(table.name.name.to_string())
                .push(" (");
            let columns: Vec<_> = table
                .columns
                .iter()
                .filter(|column| column.identity.is_none() && column.generated.is_none())
                .collect();
            if columns.is_empty() {
                let text = if fixture.backend == Backend::Mariadb {
                    "() values ()"
                } else {
                    "default values"
                };
                Sql::trusted(format!("insert into {} {text}", table.name))
                    .execute(&fixture.db)
                    .await?;
                continue;
            }
            for (at, column) in columns.iter().enumerate() {
                query =
                    if at > 0 { query.push(", ") } else { query }.identifier(column.name.clone());
            }
            let values: Vec<String> = columns
                .iter()
                .map(|column| literal(&column.sql_type, n, fixture.backend))
                .collect();
            let text = format!(
                "{}) values ({})",
                query.to_sql(fixture.db.dialect())?.text,
                values.join(", ")
            );
            Sql::trusted(text).execute(&fixture.db).await?;
        }
    }
    Ok(())
}

/// The rows of the columns that both schemas have alike, by the names that they have in `here`.
async fn kept(
    db: &Database,
    here: &Schema,
    there: &Schema,
    name: impl Fn(&TableName, &str) -> Option<(TableName, String)>,
) -> aludel::Result<Vec<String>> {
    let mut all = Vec::new();
    for table in &here.tables {
        let mut columns = Vec::new();
        for column in &table.columns {
            let Some((other, other_column)) = name(&table.name, &column.name) else {
                continue;
            };
            let same = there
                .table(&other)
                .and_then(|table| table.column(&other_column));
            if same.is_some_and(|other| {
                other.sql_type == column.sql_type
                    && other.generated.is_some() == column.generated.is_some()
            }) && column.generated.is_none()
            {
                columns.push(column.name.clone());
            }
        }
        if columns.is_empty() {
            continue;
        }
        let mut query = sql("select ");
        for (at, column) in columns.iter().enumerate() {
            query = if at > 0 { query.push(", ") } else { query }.identifier(column.clone());
        }
        let rows: Vec<DynRow> = query
            .push(" from ")
            .identifier(table.name.name.to_string())
            .rows(db)
            .await?;
        let mut rows: Vec<String> = rows
            .iter()
            .map(|row| format!("{:?}", row.values()))
            .collect();
        rows.sort();
        all.push(rows.join("\n"));
    }
    all.sort();
    Ok(all)
}

fn wrong(expected: &Schema, found: Schema, db: &Database) -> String {
    let found = without_records(found);
    let all: Vec<String> = differences(expected, &found, db.dialect())
        .iter()
        .map(ToString::to_string)
        .collect();
    all.join("\n")
}

async fn empty(fixture: &Fixture) -> aludel::Result<()> {
    for view in fixture.db.inspect().await?.views {
        let kind = if view.materialized {
            "materialized "
        } else {
            ""
        };
        sql("drop ")
            .push(kind)
            .push("view ")
            .identifier(view.name.name.to_string())
            .execute(&fixture.db)
            .await?;
    }
    let found = fixture.db.inspect().await?;
    fixture.db.drop_all(&found.tables).await?;
    for kind in found.enums {
        if fixture.backend == Backend::Postgres {
            sql("drop type if exists ")
                .identifier(kind.name)
                .execute(&fixture.db)
                .await?;
        }
    }
    Ok(())
}

/// Fails the case, and lets the others go on.
fn same<A: PartialEq<B> + std::fmt::Debug, B: std::fmt::Debug>(
    (left, right): (A, B),
    what: &str,
) -> aludel::Result<()> {
    if left == right {
        return Ok(());
    }
    Err(aludel::Error::rollback(format!(
        "{what}\n  found    {left:?}\n  expected {right:?}"
    )))
}

/// Tries one case; `false` when the database cannot have it.
async fn try_case(case: &Case, fixture: &Fixture) -> aludel::Result<bool> {
    let db = &fixture.db;
    let migrations = migrations(case).unwrap_or_else(|why| panic!("{}: {why}", case.name));
    let operations: Vec<String> = migrations[1]
        .operations()
        .iter()
        .map(ToString::to_string)
        .collect();
    same((operations, case.operations.clone()), "operations")?;
    let app = App::default().module(Module::new("", Default::default(), migrations.to_vec()));
    let migrator = Migrator::new(db, &app)?;
    let to = |name: &str| Target::To(aludel::migrate::MigrationId::new("", name));
    let watch = db.watch();
    match migrator.migrate(&to("0002_new")).await {
        Err(error) if error.is_unsupported() => {
            assert!(
                watch
                    .texts()
                    .iter()
                    .all(|text| text.contains("aludel_migration")
                        || !text.to_lowercase().starts_with("create")),
                "{}: {:?}",
                case.name,
                watch.texts()
            );
            return Ok(false);
        }
        other => drop(other?),
    }
    same(
        (wrong(&case.new, db.inspect().await?, db), ""),
        ": forwards, empty",
    )?;
    migrator.migrate(&to("0001_old")).await?;
    same(
        (wrong(&case.old, db.inspect().await?, db), ""),
        ": backwards, empty",
    )?;
    if case.fills {
        insert(&case.old.tables, fixture).await?;
    }
    for row in &case.rows {
        Sql::trusted(*row).execute(db).await?;
    }
    let forth = |table: &TableName, column: &str| -> Option<(TableName, String)> {
        let to = case
            .renames
            .tables
            .iter()
            .find(|(from, _)| from == table)
            .map_or(table.clone(), |(_, to)| to.clone());
        let renamed = case
            .renames
            .columns
            .iter()
            .find(|(of, from, _)| *of == to && from == column)
            .map(|(_, _, to)| to.clone());
        Some((to, renamed.unwrap_or_else(|| column.to_string())))
    };
    let back = |table: &TableName, column: &str| -> Option<(TableName, String)> {
        // A table that takes the name of one that was renamed is new.
        if case.renames.tables.iter().any(|(from, _)| from == table) {
            return None;
        }
        let from = case
            .renames
            .tables
            .iter()
            .find(|(_, to)| to == table)
            .map_or(table.clone(), |(from, _)| from.clone());
        let renamed = case
            .renames
            .columns
            .iter()
            .find(|(of, _, to)| of == table && to == column)
            .map(|(_, from, _)| from.clone());
        Some((from, renamed.unwrap_or_else(|| column.to_string())))
    };
    let before = kept(db, &case.old, &case.new, forth).await?;
    migrator.migrate(&Target::Latest).await?;
    same(
        (wrong(&case.new, db.inspect().await?, db), ""),
        ": forwards",
    )?;
    if !case
        .operations
        .iter()
        .any(|operation| operation.starts_with("rename value"))
        && case.rows.iter().all(|row| !row.contains("null"))
    {
        same(
            (before, kept(db, &case.new, &case.old, back).await?),
            ": rows forwards",
        )?;
    }
    for (query, answer) in &case.finds {
        let found: Vec<DynRow> = Sql::trusted(*query).rows(db).await?;
        let value = &found[0].values()[0];
        let text = value
            .as_i64()
            .map(|n| n.to_string())
            .or(value.as_str().map(str::to_string))
            .unwrap_or_else(|| format!("{value:?}"));
        let text = text
            .trim_start_matches("Decimal(")
            .trim_end_matches(')')
            .to_string();
        same((text, *answer), query)?;
    }
    let again = detect(
        &migrator.graph().state()?,
        &state(&case.new),
        &case.renames,
        &mut Answers {
            renames: vec![],
            ..case.answers.clone()
        },
    );
    assert!(
        again.as_ref().is_ok_and(Vec::is_empty),
        "{}: {again:?}",
        case.name
    );
    assert!(migrator.drift().await?.is_empty());
    if !case.returns {
        for table in &case.new.tables {
            sql("delete from ")
                .identifier(table.name.name.to_string())
                .execute(db)
                .await?;
        }
    }
    let here = kept(db, &case.new, &case.old, back).await?;
    migrator.migrate(&to("0001_old")).await?;
    same(
        (wrong(&case.old, db.inspect().await?, db), ""),
        ": backwards",
    )?;
    let with_values = case
        .operations
        .iter()
        .any(|operation| operation.starts_with("rename value"));
    if !with_values {
        same(
            (here, kept(db, &case.old, &case.new, forth).await?),
            ": rows backwards",
        )?;
    }
    Ok(true)
}

/// Rule 2: what may be a rename, and what loses rows, values or digits, is not decided without an answer.
#[test]
fn rule_2_no_case_that_renames_or_destroys_is_decided_without_an_answer() {
    let mut asked = 0;
    for case in all() {
        let needs = case.answers.allow_destructive
            || !case.answers.fills.is_empty()
            || !case.answers.renames.is_empty()
            || !case.renames.tables.is_empty()
            || !case.renames.columns.is_empty();
        let found = detect(
            &state(&case.old),
            &state(&case.new),
            &Default::default(),
            &mut Answers::default(),
        );
        match found {
            Err(why) => {
                assert!(needs, "{}: {why}", case.name);
                assert!(!why.to_string().is_empty());
                asked += 1;
            }
            Ok(operations) => assert!(!needs, "{}: {operations:?}", case.name),
        }
    }
    assert!(asked >= 30, "{asked}");
}

/// Rule 5: what a squash leaves of a history makes the same schema.
#[test]
fn rule_5_the_operations_of_every_case_reduce_to_ones_that_make_the_same_schema() {
    let fold = |operations: &[aludel::migrate::Operation]| {
        let mut state = State::default();
        for operation in operations {
            operation.apply(&mut state, "").unwrap();
        }
        state.schema
    };
    let mut fewer = 0;
    for case in all() {
        let [old, new] = migrations(&case).unwrap_or_else(|why| panic!("{}: {why}", case.name));
        let both = [old.operations(), new.operations()].concat();
        let reduced = aludel::migrate::squash::reduce(&both);
        assert!(
            aludel::migrate::squash::same_schema(&fold(&reduced), &fold(&both)),
            "{}: {reduced:?}",
            case.name
        );
        fewer += usize::from(reduced.len() < both.len());
    }
    assert!(fewer >= 100, "{fewer}");
}

on_every_database! {
    /// Rule 3: what is detected, and that a second run right after is empty; rule 10: forwards and backwards.
    async fn rule_3_every_case_is_detected_applied_and_undone(fixture) {
        let only = std::env::var("ALUDEL_CASE").ok();
        let (mut tried, mut unsupported) = (0, Vec::new());
        let mut failed = Vec::new();
        for case in all() {
            if only.as_ref().is_some_and(|only| !case.name.contains(only.as_str())) {
                continue;
            }
            tried += 1;
            match try_case(&case, fixture).await {
                Ok(true) => {}
                Ok(false) => unsupported.push(case.name),
                Err(error) => failed.push(format!("{}: {error}\n   {:?}", case.name, error.statement())),
            }
            empty(fixture).await?;
        }
        assert!(failed.is_empty(), "{} of {tried} failed:\n{}", failed.len(), failed.join("\n"));
        assert!(only.is_some() || tried >= 120, "{tried}");
        let expected: &[&str] = match fixture.backend {
            Backend::Sqlite => &["an index gets a method", "an index keeps further columns", "an array of an enum comes", "a materialized view comes", "a materialized view changes"],
            Backend::Postgres => &[],
            Backend::Mariadb => &["an index of an expression comes", "an index of some rows comes", "an index of some rows covers others", "an index gets a method", "an index keeps further columns", "a foreign key is deferred", "a value that an index of some rows names is renamed", "a value goes under an index of some rows", "an array of an enum comes", "a materialized view comes", "a materialized view changes"],
        };
        if only.is_none() {
            assert_eq!(unsupported, expected);
        }
    }
}
