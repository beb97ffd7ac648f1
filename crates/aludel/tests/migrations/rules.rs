//! The rules of migrations that one body can show, each by its number.

use crate::harness::Backend;
use aludel::Sql;
use aludel::migrate::detect::{Answers, Question, Undecided, detect};
use aludel::migrate::prelude::*;
use aludel::migrate::{
    App, Direction, Graph, MigrationId, Migrator, Module, Patience, State, Target, without_records,
};
use aludel::prelude::{BelongsTo, Database, HasMany, Model, models};
use aludel::schema::{Schema, differences, same_table};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

fn id(name: &str) -> MigrationId {
    MigrationId::parse(name, "")
}

fn app<const N: usize>(all: [Migration; N]) -> App {
    App::new(Default::default(), all.to_vec())
}

fn users() -> aludel::migrate::NewTable {
    new_table("users").id().column(column("name", varchar(40)))
}

fn initial() -> Migration {
    Migration::new("0001_initial").create_table(users())
}

async fn number(db: &Database, query: &'static str) -> Result<i64> {
    Sql::trusted(query).one(db).await
}

fn wrong(expected: &Schema, found: Schema, db: &Database) -> String {
    let all = differences(expected, &without_records(found), db.dialect());
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

mod before {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Person {
        pub id: i64,
        #[field(max_length = 40)]
        pub mail: String,
        pub notes: HasMany<Note>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Note {
        pub id: i64,
        pub author: BelongsTo<Person>,
    }
}

mod after {
    use super::*;
    #[derive(Model, Debug, Clone)]
    #[model(table = "humans", renamed_from = "persons", validate = |_| {}, index(on = Human::email.lower(), name = "ix_lower"))]
    #[allow(dead_code)]
    pub struct Human {
        pub id: i64,
        #[field(max_length = 40, renamed_from = "mail", email, length(min = 3))]
        pub email: String,
        pub notes: HasMany<Note>,
    }
    #[derive(Model, Debug, Clone)]
    #[allow(dead_code)]
    pub struct Note {
        pub id: i64,
        #[field(renamed_from = "author")]
        pub writer: BelongsTo<Human>,
    }
}

fn target(models: aludel::Registry) -> State {
    App::new(models, vec![]).target().unwrap()
}

fn words(all: &[(String, Operation)]) -> Vec<String> {
    all.iter()
        .map(|(_, operation)| operation.to_string())
        .collect()
}

/// Rule 1: a migration is a module in the program; its name, parents and operations read as written.
#[test]
fn rule_1_a_migration_is_a_small_module_that_reads_as_written() {
    let migration = Migration::new("0002_user_email")
        .depends_on("0001_initial")
        .add_column("users", column("email", varchar(254)).unique());
    let file =
        aludel::migrate::source::MigrationFile::new(&migration, "Adds an address.", &|_| None);
    assert_eq!(file.file_name(), "m0002_user_email.rs");
    assert_eq!(
        file.text,
        r#"//! Adds an address.

use aludel::migrate::prelude::*;

/// The migration `0002_user_email`.
pub fn migration() -> Migration {
    Migration::new("0002_user_email")
        .depends_on("0001_initial")
        .add_column("users", column("email", varchar(254)))
        .add_unique("users", unique("uq_users_email", ["email"]))
}
"#
    );
    let list = aludel::migrate::source::list_of(&["0001_initial".into(), "0002_user_email".into()]);
    assert!(
        list.contains("mod m0001_initial;\nmod m0002_user_email;")
            && list.contains("m0002_user_email::migration()"),
        "{list}"
    );
}

/// Rule 2: what only the program knows makes no migration.
#[test]
fn rule_2_validators_and_other_words_of_the_program_make_no_migration() {
    #[derive(Model, Debug, Clone)]
    #[model(table = "persons", new = NewPersonToo, validate = |_| {})]
    #[allow(dead_code)]
    struct Person {
        id: i64,
        #[field(max_length = 40, email, length(min = 2))]
        mail: String,
    }
    let mut plain = target(models![before::Person, before::Note]);
    plain
        .schema
        .tables
        .retain(|table| &*table.name.name == "persons");
    let all = detect(
        &plain,
        &target(models![Person]),
        &Default::default(),
        &mut Answers::default(),
    );
    assert!(all.as_ref().is_ok_and(Vec::is_empty), "{all:?}");
}

/// Rule 4: renames are declared at the models, of tables, columns and relations.
#[test]
fn rule_4_renames_are_declared_at_the_models() {
    let from = target(models![before::Person, before::Note]);
    let app = App::new(models![after::Human, after::Note], {
        let all = detect(
            &State::default(),
            &from,
            &Default::default(),
            &mut Answers::default(),
        )
        .unwrap();
        vec![all.into_iter().fold(
            Migration::new("0001_initial"),
            |migration, (_, operation)| migration.operation(operation),
        )]
    });
    let made = aludel::migrate::make::make(&app, None, &mut Answers::default()).unwrap();
    let operations: Vec<String> = made[0]
        .migration
        .operations()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        operations,
        [
            "rename table persons to humans",
            "rename column humans.mail to email",
            "rename column notes.author_id to writer_id",
            "rename ix_notes_author_id of notes to ix_notes_writer_id",
            "rename fk_notes_author_id of notes to fk_notes_writer_id",
            "add index ix_lower of humans",
        ]
        .map(str::to_string)
    );
}

/// Rule 4: what can be read in two ways is asked, both readings printed, nothing guessed.
#[test]
fn rule_4_nothing_is_guessed_and_both_readings_are_printed() {
    let from = State {
        schema: Schema::of(vec![users().into()]),
        ..State::default()
    };
    let to = State {
        schema: Schema::of(vec![
            new_table("users")
                .id()
                .column(column("full_name", varchar(40)))
                .column(column("age", integer()))
                .into(),
        ]),
        ..State::default()
    };
    let undecided = detect(&from, &to, &Default::default(), &mut Answers::default()).unwrap_err();
    let text = undecided.to_string();
    for said in [
        "renamed_from = \"name\"",
        "--rename users.name=users.full_name",
        "--replace users.name=users.full_name",
        "--fill users.age=VALUE",
    ] {
        assert!(text.contains(said), "{text}");
    }
    let Undecided::Questions(questions) = undecided else {
        panic!("{text}")
    };
    assert!(matches!(questions[0], Question::RenameColumn { .. }));
    let unknown = detect(
        &from,
        &to,
        &Default::default(),
        &mut Answers {
            renames: vec![("users.nmae".into(), "users.full_name".into())],
            allow_destructive: true,
            fills: vec![("users.age".into(), Node::Value(Value::I64(1)))],
            ..Answers::default()
        },
    );
    assert!(unknown.unwrap_err().to_string().contains("went and"));
}

/// Rule 4: a column that takes no NULL is filled in one operation, or in three.
#[test]
fn rule_4_a_required_column_may_be_split_into_three_operations() {
    struct Splits;
    impl aludel::migrate::detect::Decide for Splits {
        fn decide(&mut self, _: &Question) -> Option<aludel::migrate::detect::Answer> {
            Some(aludel::migrate::detect::Answer::Split(Node::Value(
                Value::I64(7),
            )))
        }
    }
    let from = State {
        schema: Schema::of(vec![users().into()]),
        ..State::default()
    };
    let to = State {
        schema: Schema::of(vec![users().column(column("age", integer())).into()]),
        ..State::default()
    };
    let all = detect(&from, &to, &Default::default(), &mut Splits).unwrap();
    assert_eq!(
        words(&all),
        ["add column users.age", "run SQL", "alter column users.age"]
    );
}

/// Rule 5: circles, missing parents and two of a name are refused with the path.
#[test]
fn rule_5_circles_missing_parents_and_two_of_a_name_are_refused() {
    let circle = app([
        Migration::new("0001_a").depends_on("0003_c"),
        Migration::new("0002_b").depends_on("0001_a"),
        Migration::new("0003_c").depends_on("0002_b"),
    ]);
    let error = Graph::new(&circle).unwrap_err().to_string();
    assert!(
        error.contains("0001_a → 0003_c → 0002_b → 0001_a"),
        "{error}"
    );
    let missing = Graph::new(&app([Migration::new("0002_b").depends_on("0001_a")]))
        .unwrap_err()
        .to_string();
    assert!(
        missing.contains("0002_b depends on 0001_a, which is not there"),
        "{missing}"
    );
    let twice = Graph::new(&app([initial(), initial()]))
        .unwrap_err()
        .to_string();
    assert!(twice.contains("two migrations 0001_initial"), "{twice}");
    let squashes = app([
        Migration::new("0001_a").replaces(["0001_b"]),
        Migration::new("0001_b").replaces(["0001_a"]),
    ]);
    assert!(
        Graph::new(&squashes)
            .unwrap_err()
            .to_string()
            .contains("circle")
    );
}

fn branches(left: Migration, right: Migration) -> App {
    app([
        initial(),
        left.depends_on("0001_initial"),
        right.depends_on("0001_initial"),
    ])
}

/// Rule 5: two branches that commute are merged without a question.
#[test]
fn rule_5_branches_that_commute_are_merged_by_the_tool() {
    let app = branches(
        Migration::new("0002_age").add_column("users", column("age", integer()).default(0)),
        Migration::new("0002_tags")
            .create_table(new_table("tags").id())
            .add_index("users", index("ix_users_name", ["name"])),
    );
    let graph = Graph::new(&app).unwrap();
    let merge = aludel::migrate::merge(&graph, "")
        .unwrap()
        .expect("a merge");
    assert_eq!(
        (merge.name(), merge.parents()),
        (
            "0003_merge_age_and_tags",
            &["0002_age".to_string(), "0002_tags".into()][..]
        )
    );
    assert!(merge.operations().is_empty());
}

/// Rule 5: two that do not are refused, and the pair is named.
#[test]
fn rule_5_branches_that_do_not_commute_are_refused_with_the_pair() {
    for (left, right, pair) in [
        (
            Migration::new("0002_a").rename_column("users", "name", "full_name"),
            Migration::new("0002_b").add_index("users", index("ix", ["name"])),
            "\"rename column users.name to full_name\" in 0002_a and \"add index ix of users\" in 0002_b",
        ),
        (
            Migration::new("0002_a").drop_table("users"),
            Migration::new("0002_b").add_column("users", column("a", text()).nullable()),
            "\"drop table users\" in 0002_a and \"add column users.a\" in 0002_b",
        ),
        (
            Migration::new("0002_a").add_column("users", column("a", text()).nullable()),
            Migration::new("0002_b").add_column("users", column("a", integer()).nullable()),
            "\"add column users.a\" in 0002_a and \"add column users.a\" in 0002_b",
        ),
        (
            Migration::new("0002_a").run_sql("update users set name = ''"),
            Migration::new("0002_b").drop_column("users", "name"),
            "\"run SQL\" in 0002_a",
        ),
    ] {
        let app = branches(left, right);
        let graph = Graph::new(&app).unwrap();
        let error = aludel::migrate::merge(&graph, "").unwrap_err().to_string();
        assert!(
            error.contains(pair) && error.contains("rebase 0002_b"),
            "{error}"
        );
    }
}

/// Rule 5: a branch is put behind the other head, under the next numbers.
#[test]
fn rule_5_a_branch_is_rebased() {
    let app = app([
        initial(),
        Migration::new("0002_mine")
            .depends_on("0001_initial")
            .add_column("users", column("a", text()).nullable()),
        Migration::new("0003_mine_too")
            .depends_on("0002_mine")
            .add_column("users", column("b", text()).nullable()),
        Migration::new("0002_theirs")
            .depends_on("0001_initial")
            .rename_column("users", "name", "full_name"),
    ]);
    let graph = Graph::new(&app).unwrap();
    let moved = aludel::migrate::rebase(&graph, &id("0003_mine_too")).unwrap();
    let names: Vec<(&str, &str)> = moved
        .iter()
        .map(|one| (one.from.name.as_str(), one.to.name.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("0002_mine", "0003_mine"),
            ("0003_mine_too", "0004_mine_too")
        ]
    );
    let text = aludel::migrate::source::MigrationFile::moved(
        "Migration::new(\"0002_mine\").depends_on(\"0001_initial\")",
        &moved[0],
    );
    assert_eq!(
        text,
        "Migration::new(\"0003_mine\").depends_on(\"0002_theirs\")"
    );
    let text = aludel::migrate::source::MigrationFile::moved(
        "Migration::new(\"0003_mine_too\").depends_on(\"0002_mine\")",
        &moved[1],
    );
    assert_eq!(
        text,
        "Migration::new(\"0004_mine_too\").depends_on(\"0003_mine\")"
    );
    let senseless = branches(
        Migration::new("0002_a").drop_column("users", "name"),
        Migration::new("0002_b").alter_column("users", column("name", varchar(9))),
    );
    assert!(
        aludel::migrate::rebase(&Graph::new(&senseless).unwrap(), &id("0002_b"))
            .unwrap_err()
            .to_string()
            .contains("makes no sense behind 0002_a")
    );
}

/// Rule 6: a hash of the operations; comments, line ends and ways of writing do not count.
#[test]
fn rule_6_the_hash_is_of_the_operations() {
    let one = Migration::new("0001_a").add_column("users", column("a", varchar(9)).unique());
    let other = Migration::new("0001_other")
        .depends_on("0000")
        .add_column("users", column("a", varchar(9)))
        .add_unique("users", unique("uq_users_a", ["a"]));
    assert_eq!(one.hash(), other.hash());
    assert_ne!(
        one.hash(),
        Migration::new("0001_a")
            .add_column("users", column("a", varchar(10)).unique())
            .hash()
    );
    assert_eq!(
        one.hash(),
        "1:74430dc3792f7e09",
        "a hash that changes makes every applied migration a changed one"
    );
}

/// Rule 10: of any two operations that commute, both orders lead to one state.
#[test]
fn rule_10_operations_that_commute_lead_to_one_state_in_both_orders() {
    let cases = crate::cases::all();
    let (mut tried, mut commuting) = (0, 0);
    let all: Vec<(&crate::cases::Case, Vec<Operation>)> = cases
        .iter()
        .map(|case| {
            (
                case,
                crate::autodetect::migrations(case).unwrap()[1]
                    .operations()
                    .to_vec(),
            )
        })
        .collect();
    for (case, own) in &all {
        for (_, others) in &all {
            for a in own {
                for b in others {
                    let start = crate::autodetect::state(&case.old);
                    let run = |first: &Operation, second: &Operation| -> Option<State> {
                        let mut state = start.clone();
                        first.apply(&mut state, "").ok()?;
                        second.apply(&mut state, "").ok()?;
                        Some(state)
                    };
                    tried += 1;
                    assert_eq!(a.commutes(b), b.commutes(a));
                    if a.commutes(b)
                        && let (Some(one), Some(other)) = (run(a, b), run(b, a))
                    {
                        commuting += 1;
                        assert!(
                            aludel::migrate::squash::same_schema(&one.schema, &other.schema),
                            "{a} and {b} on {}",
                            case.name
                        );
                    }
                }
            }
        }
    }
    assert!(tried > 10_000 && commuting > 1_000, "{tried} {commuting}");
}

/// Rule 10: every operation of every case undone is the state before it.
#[test]
fn rule_10_every_operation_knows_its_way_back() {
    for case in crate::cases::all() {
        let migrations = crate::autodetect::migrations(&case).unwrap();
        let mut state = crate::autodetect::state(&case.old);
        for operation in migrations[1].operations() {
            let before = state.clone();
            operation.apply(&mut state, "").unwrap();
            let mut back = state.clone();
            for operation in operation.reverse(&before).unwrap() {
                operation.apply(&mut back, "").unwrap();
            }
            for table in &before.schema.tables {
                let other = back
                    .schema
                    .table(&table.name)
                    .unwrap_or_else(|| panic!("{}: {operation}", case.name));
                assert!(
                    same_table(table, other, &aludel::dialect::POSTGRES),
                    "{}: {operation}",
                    case.name
                );
            }
        }
    }
    let error = Operation::RunSql(aludel::migrate::RunSql {
        forward: vec![(None, "x".into())],
        backward: None,
    })
    .reverse(&State::default())
    .unwrap_err();
    assert!(error.to_string().contains("run_sql_both"), "{error}");
}

/// Rule 10: what an operation locks or breaks, with the recipe, by database.
#[test]
fn rule_10_lint_says_what_an_operation_locks_and_what_to_do_instead() {
    let mut state = State::default();
    initial().apply(&mut state, "").unwrap();
    let rules = |migration: Migration,
                 dialect: &dyn aludel::dialect::Dialect|
     -> Vec<&'static str> {
        aludel::migrate::lint::lint(&id(migration.name()), &migration, &state, dialect)
            .unwrap()
            .iter()
            .map(|finding| {
                assert!(!finding.recipe.is_empty() && finding.to_string().contains(finding.rule));
                finding.rule
            })
            .collect()
    };
    let (postgres, sqlite, mariadb) = (
        &aludel::dialect::POSTGRES,
        &aludel::dialect::SQLITE,
        &aludel::dialect::MARIADB,
    );
    let with_index = || Migration::new("0002").add_index("users", index("ix", ["name"]));
    assert_eq!(rules(with_index(), postgres), ["index-locks-writes"]);
    assert!(rules(with_index(), sqlite).is_empty() && rules(with_index(), mariadb).is_empty());
    assert!(
        rules(
            Migration::new("0002").add_index_concurrently("users", index("ix", ["name"])),
            postgres
        )
        .is_empty()
    );
    assert_eq!(
        rules(Migration::new("0002").drop_column("users", "name"), sqlite),
        ["drop-column-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").rename_column("users", "name", "n"),
            mariadb
        ),
        ["rename-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").add_column_with("users", column("a", integer()), 1),
            postgres
        ),
        ["required-column-breaks-code"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").alter_column("users", column("name", integer())),
            postgres
        ),
        ["rewrites-table"]
    );
    assert!(
        rules(
            Migration::new("0002").alter_column("users", column("name", varchar(90))),
            postgres
        )
        .is_empty()
    );
    assert_eq!(
        rules(
            Migration::new("0002")
                .add_column("users", column("a", integer()).nullable())
                .run_sql("update users set a = 1"),
            postgres
        ),
        ["data-under-schema-lock"]
    );
    assert_eq!(
        rules(
            Migration::new("0002").run_sql("create index x on users (name)"),
            mariadb
        ),
        ["not-repeatable"]
    );
    assert!(
        rules(
            Migration::new("0002")
                .create_table(new_table("t").id())
                .add_index("t", index("ix", ["id"])),
            postgres
        )
        .is_empty()
    );
}

async fn upper(past: Past) -> Result<()> {
    let users = past.table("users")?;
    assert!(
        users.metadata().column("later").is_none(),
        "the table is as of this migration"
    );
    users
        .batches(2, async |batch, users| {
            for row in batch {
                let name = row
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_uppercase();
                users.update_row(row, [("name", Value::Text(name))]).await?;
            }
            Ok(())
        })
        .await?;
    users
        .insert([
            ("name", Value::Text("NEW".into())),
            ("m", Value::Text("sad".into())),
        ])
        .await?;
    assert_eq!(
        users
            .update(
                Some(col("name").eq("NEW")),
                [("m", Node::Value(Value::Text("glad".into())))]
            )
            .await?,
        1
    );
    assert_eq!(
        users.rows(Some(col("name").eq("NEW"))).await?[0]
            .get("m")
            .and_then(Value::as_str),
        Some("glad")
    );
    assert!(
        past.table("nobody")
            .err()
            .is_some_and(|error| error.to_string().contains("there is users"))
    );
    Ok(())
}

async fn lower(past: Past) -> Result<()> {
    let users = past.table("users")?;
    assert_eq!(users.delete(col("name").eq("NEW")).await?, 1);
    sql("update users set name = lower(name)")
        .execute(&past)
        .await
        .map(drop)
}

async fn fails(_: Past) -> Result<()> {
    Err(aludel::Error::rollback("on purpose"))
}

fn data() -> App {
    app([
        Migration::new("0001_initial")
            .create_enum(enum_type("mood", ["glad", "sad"]))
            .create_table(
                users().column(column("m", one_of("mood", ["glad", "sad"])).default("glad")),
            ),
        Migration::new("0002_data")
            .depends_on("0001_initial")
            .run(upper, lower),
        Migration::new("0003_later")
            .depends_on("0002_data")
            .add_column("users", column("later", integer()).default(1)),
    ])
}

on_every_database! {
    /// Rule 8: functions run in the migration's transaction, over the tables as they are at that point.
    async fn rule_8_functions_run_over_historical_tables(fixture) {
        let db = &fixture.db;
        let reported = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&reported);
        let migrator = Migrator::new(db, &data())?.report(move |progress| {
            if let aludel::migrate::Progress::Rows { done, total, .. } = progress {
                sink.lock().unwrap().push((done, total));
            }
        });
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        for name in ["a", "b", "c"] {
            sql("insert into users (name) values (").bind(name).push(")").execute(db).await?;
        }
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(number(db, "select count(*) from users where name in ('A', 'B', 'C', 'NEW')").await?, 4);
        assert_eq!(*reported.lock().unwrap(), [(2, 3), (3, 3)]);
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        assert_eq!(number(db, "select count(*) from users where name in ('a', 'b', 'c')").await?, 3);
        assert_eq!(number(db, "select count(*) from users").await?, 3);
    }

    /// Rule 6: a migration that fails leaves all or nothing; where DDL commits by itself, what it left is undone on request.
    async fn rule_6_a_migration_that_fails_leaves_nothing_half_done(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_fails").depends_on("0001_initial").add_column("users", column("a", integer()).default(1)).run_sql_both("insert into users (name) values ('x')", "delete from users").run(fails, nothing)]);
        let migrator = Migrator::new(db, &app)?;
        let error = migrator.migrate(&Target::Latest).await.unwrap_err();
        assert!(error.to_string().contains("on purpose") && error.to_string().contains("0002_fails"), "{error}");
        if fixture.backend == Backend::Mariadb {
            assert_eq!(migrator.status().await?.unfinished.map(|row| row.done), Some(2));
            let fake = migrator.fake(&Target::Latest).await.unwrap_err();
            assert!(fake.to_string().contains("0002_fails is half done"), "{fake}");
            assert_eq!(migrator.undo_unfinished().await?, Some(id("0002_fails")));
        }
        let mut state = State::default();
        initial().apply(&mut state, "")?;
        assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
        assert_eq!(number(db, "select count(*) from users").await?, 0);
        assert!(migrator.status().await?.unfinished.is_none());
    }

    /// Rule 6: a migration that was changed after it was applied is found; one that only the database knows too.
    async fn rule_6_a_changed_migration_is_found_by_the_hash_of_its_operations(fixture) {
        let db = &fixture.db;
        Migrator::new(db, &app([initial()]))?.migrate(&Target::Latest).await?;
        let changed = Migrator::new(db, &app([Migration::new("0001_initial").create_table(users().column(column("more", text())))]))?;
        let error = changed.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("0001_initial was changed after it was applied") && error.contains("--accept-changes"), "{error}");
        assert_eq!(changed.accept_changes().await?, [id("0001_initial")]);
        changed.migrate(&Target::Latest).await?;
        let other = Migrator::new(db, &app([]))?;
        let error = other.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("which this program does not know"), "{error}");
    }

    /// Rule 7: targets forwards and backwards; backwards, no more is undone than has to be.
    async fn rule_7_targets_lead_forwards_and_minimally_back(fixture) {
        let db = &fixture.db;
        let on = |name: &str, parent: &str, table: &'static str| Migration::new(name).depends_on(parent).create_table(new_table(table).id());
        let app = App::default()
            .module(Module::new("a", Default::default(), vec![Migration::new("0001_a").create_table(new_table("a1").id()), on("0002_a", "0001_a", "a2"), on("0003_a", "0002_a", "a3")]))
            .module(Module::new("b", Default::default(), vec![on("0001_b", "a/0001_a", "b1"), on("0002_b", "a/0003_a", "b2").depends_on("0001_b")]));
        let migrator = Migrator::new(db, &app)?;
        let parsed = async |text: &str| -> Result<Target> { Target::parse(Some(text), &migrator.status().await?.seen) };
        let to = async |text: &str| -> Result<Vec<String>> {
            let plan = migrator.migrate(&parsed(text).await?).await?;
            Ok(plan.steps.iter().map(|(id, way)| format!("{}{id}", if *way == Direction::Forward { "+" } else { "-" })).collect())
        };
        assert_eq!(to("a/0002").await?, ["+a/0001_a", "+a/0002_a"]);
        assert_eq!(to("b").await?, ["+b/0001_b", "+a/0003_a", "+b/0002_b"]);
        assert_eq!(to("0001_a").await?, ["-b/0002_b", "-a/0003_a", "-a/0002_a"], "b/0001_b stays: nothing of what it needs goes");
        assert_eq!(to("+1").await?, ["+a/0002_a"]);
        assert_eq!(to("-1").await?, ["-a/0002_a"]);
        assert_eq!(to("b/zero").await?, ["-b/0001_b"]);
        assert_eq!(migrator.migrate(&Target::Latest).await?.steps.len(), 4);
        assert!(migrator.migrate(&Target::Latest).await?.steps.is_empty());
        let error = parsed("000").await.unwrap_err().to_string();
        assert!(error.contains("beginning of several"), "{error}");
        assert!(parsed("nothing").await.unwrap_err().to_string().contains("there is a/0001_a"));
    }

    /// Rule 5: of a squash and what it stands for, what is applied says which is seen.
    async fn rule_5_squashes_work_with_none_some_and_all_applied(fixture) {
        let db = &fixture.db;
        let parts = || [initial(), Migration::new("0002_a").depends_on("0001_initial").add_column("users", column("a", integer()).nullable()), Migration::new("0003_b").depends_on("0002_a").rename_column("users", "a", "b")];
        let after = || Migration::new("0004_c").depends_on("0003_b").add_column("users", column("c", integer()).nullable());
        let squash = aludel::migrate::squash::squash(&Graph::new(&app(parts()))?, None, &id("0003_b"))?.migration;
        assert_eq!(squash.operations().len(), 1);
        let with = |squash: &Migration| { let [a, b, c] = parts(); app([a, b, c, squash.clone(), after()]) };
        let alone = |squash: &Migration| app([squash.clone(), after().depends_on(squash.name())]);
        let names = async || -> Result<Vec<String>> { Sql::trusted("select name from aludel_migrations order by name").all(db).await };
        // None: the squash is run.
        Migrator::new(db, &with(&squash))?.migrate(&Target::Latest).await?;
        assert_eq!(names().await?, ["0001_squashed_0003_b", "0004_c"]);
        Migrator::new(db, &with(&squash))?.migrate(&Target::Zero(String::new())).await?;
        assert!(names().await?.is_empty());
        // Some: the parts go on.
        let [a, b, c] = parts();
        Migrator::new(db, &app([a, b]))?.migrate(&Target::Latest).await?;
        drop(c);
        let error = Migrator::new(db, &alone(&squash))?.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("some are applied and others not"), "{error}");
        Migrator::new(db, &with(&squash))?.migrate(&Target::Latest).await?;
        assert_eq!(names().await?, ["0001_initial", "0002_a", "0003_b", "0004_c"]);
        // All: it is recorded in their place, also where they are gone.
        Migrator::new(db, &alone(&squash))?.migrate(&Target::Latest).await?;
        assert_eq!(names().await?, ["0001_squashed_0003_b", "0004_c"]);
        let state = Migrator::new(db, &alone(&squash))?.graph().state()?;
        assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
    }

    /// Rule 5: two heads are refused, and what conflicts is said.
    async fn rule_5_two_heads_are_refused(fixture) {
        let app = branches(Migration::new("0002_a").rename_table("users", "people"), Migration::new("0002_b").drop_column("users", "name"));
        let error = Migrator::new(&fixture.db, &app)?.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("two heads, 0002_a and 0002_b") && error.contains("\"rename table users to people\" in 0002_a"), "{error}");
        assert!(fixture.db.inspect().await?.table(&"users".into()).is_none());
    }

    /// Rule 5: a history that is inconsistent is refused, with what is missing.
    async fn rule_5_an_inconsistent_history_is_refused(fixture) {
        let db = &fixture.db;
        let second = || Migration::new("0002_a").depends_on("0001_initial").add_column("users", column("a", integer()).nullable());
        let migrator = Migrator::new(db, &app([initial(), second()]))?;
        migrator.migrate(&Target::Latest).await?;
        Sql::trusted("delete from aludel_migrations where name = '0001_initial'").execute(db).await?;
        let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("0002_a is applied, and 0001_initial, which it comes after, is not"), "{error}");
        migrator.fake(&Target::To(id("0001_initial"))).await?;
        assert!(migrator.migrate(&Target::Latest).await?.steps.is_empty());
    }

    /// Rule 6: CREATE INDEX CONCURRENTLY runs outside a transaction, and is gone on with.
    async fn rule_6_indexes_are_built_concurrently_where_they_can(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_ix").depends_on("0001_initial").add_index_concurrently("users", index("ix_users_name", ["name"])).add_column("users", column("a", integer()).nullable())]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        let watch = db.watch();
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(watch.texts().iter().any(|text| text.contains("CONCURRENTLY")), fixture.backend == Backend::Postgres);
        assert_eq!(wrong(&migrator.graph().state()?.schema, db.inspect().await?, db), "");
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        migrator.migrate(&Target::Latest).await?;
    }

    /// Rule 6: a statement that does not get its lock gives way and is tried again.
    async fn rule_6_a_lock_that_is_not_had_is_tried_for_again(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_a").depends_on("0001_initial").add_column("users", column("a", integer()).default(1))]);
        Migrator::new(db, &app)?.migrate(&Target::To(id("0001_initial"))).await?;
        if fixture.backend == Backend::Sqlite {
            return Ok(());
        }
        let holder = db.begin().await?;
        Sql::trusted("insert into users (name) values ('x')").execute(&holder).await?;
        let held = Arc::new(Mutex::new(Some(holder)));
        let waits = Arc::new(Mutex::new(0));
        let (release, counted) = (Arc::clone(&held), Arc::clone(&waits));
        let migrator = Migrator::new(db, &app)?.patience(Patience { lock_timeout: Duration::from_secs(1), ..Patience::default() }).report(move |progress| {
            if let aludel::migrate::Progress::Waiting { .. } = progress {
                *counted.lock().unwrap() += 1;
                drop(release.lock().unwrap().take());
            }
        });
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(*waits.lock().unwrap(), 1);
        assert!(held.lock().unwrap().is_none());
        assert_eq!(wrong(&migrator.graph().state()?.schema, db.inspect().await?, db), "");
    }

    /// Rule 7: drift is what the database has and the history has not, and the other way round; a baseline adopts what is alike.
    async fn rule_7_drift_is_found_and_a_database_is_adopted(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_a").depends_on("0001_initial").add_index("users", index("ix_users_name", ["name"]))]);
        let migrator = Migrator::new(db, &app)?;
        let mut state = State::default();
        initial().apply(&mut state, "")?;
        db.create_all(&state.schema.tables).await?;
        let plan = migrator.fake_initial(&Target::Latest).await?;
        assert_eq!(plan.steps.len(), 2);
        assert!(migrator.drift().await?.is_empty());
        Sql::trusted("alter table users add column extra integer").execute(db).await?;
        Sql::trusted(if fixture.backend == Backend::Mariadb { "drop index ix_users_name on users" } else { "drop index ix_users_name" }).execute(db).await?;
        let drift: Vec<String> = migrator.drift().await?.iter().map(ToString::to_string).collect();
        assert!(drift.len() == 2 && drift[0].contains("column users.extra is not expected") && drift[1].contains("ix_users_name of users is missing"), "{drift:?}");
    }

    /// Rule 8: what the state is told apart from what the database is told, there and back.
    async fn rule_8_state_and_database_are_told_apart(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_apart").depends_on("0001_initial")
            .separate(|state| state.rename_table("users", "people"), |database| database.run_sql_both("create view people_of_old as select id from users", "drop view people_of_old"))
            .separate(|state| state, |database| database.add_index("people", index("ix_hidden", ["name"])))
            .separate(|state| state.rename_table("people", "users"), |database| database)]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        let sql_of = migrator.steps(&migrator.plan(&Target::Latest).await?, &migrator.status().await?.seen, db.dialect())?;
        let texts: Vec<String> = sql_of[0].2.iter().flat_map(|step| step.texts()).collect();
        assert!(texts.iter().any(|text| text.contains("ix_hidden")) && !texts.iter().any(|text| text.contains("RENAME")), "{texts:?}");
    }

    /// Rule 2: tables of several modules, whose references lead from one to the other.
    async fn rule_3_tables_of_several_modules_refer_to_each_other_and_move(fixture) {
        let db = &fixture.db;
        let auth = || vec![new_table("users").id().into()];
        let blog = || vec![new_table("posts").id().column(column("author_id", big_int())).column(column("m", one_of("mood", ["a"]))).foreign_key(foreign_key("fk_author", ["author_id"]).references("users", ["id"])).into()];
        let made = |app: &App| aludel::migrate::make::make(app, None, &mut Answers { allow_destructive: true, ..Answers::default() }).unwrap();
        let module = |name: &str, tables: Vec<aludel::schema::Table>, migrations: Vec<Migration>| Module::new(name, Default::default(), migrations).tables(tables);
        let first = made(&App::default().module(module("blog", blog(), vec![])).module(module("auth", auth(), vec![])));
        let of = |all: &[aludel::migrate::make::Made], name: &str| -> Vec<Migration> { all.iter().filter(|made| made.module == name).map(|made| made.migration.clone()).collect() };
        assert_eq!(first.iter().map(|made| made.module.as_str()).collect::<Vec<_>>(), ["auth", "blog"]);
        assert_eq!(of(&first, "blog")[0].parents(), ["auth/0001_initial"]);
        // The posts move to another module, and the users' key changes its type under them.
        let small = || vec![new_table("users").column(column("id", integer()).identity()).primary_key(["id"]).into()];
        let other = || vec![new_table("posts").id().column(column("author_id", integer())).column(column("m", one_of("mood", ["a"]))).foreign_key(foreign_key("fk_author", ["author_id"]).references("users", ["id"])).into()];
        let app = |texts: Vec<Migration>| App::default().module(module("blog", vec![], of(&first, "blog"))).module(module("auth", small(), of(&first, "auth"))).module(module("texts", other(), texts));
        let second = made(&app(vec![]));
        let all = |name: &str| [of(&first, name), of(&second, name)].concat();
        let whole = App::default().module(module("blog", vec![], all("blog"))).module(module("auth", small(), all("auth"))).module(module("texts", other(), all("texts")));
        let migrator = Migrator::new(db, &whole)?;
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(wrong(&whole.target()?.schema, db.inspect().await?, db), "");
        assert_eq!(migrator.graph().state()?.owners[&aludel::statement::TableName::new("posts")], "texts");
        assert!(made(&whole).is_empty());
        migrator.migrate(&Target::Zero("auth".into())).await?;
    }
}

/// Rule 3: modules that refer to each other are linked by migrations of their own.
#[test]
fn rule_3_modules_that_refer_to_each_other_get_their_links_last() {
    let a = new_table("a")
        .id()
        .column(column("b_id", big_int()))
        .foreign_key(foreign_key("fk_a", ["b_id"]).references("b", ["id"]));
    let b = new_table("b")
        .id()
        .column(column("a_id", big_int()))
        .foreign_key(foreign_key("fk_b", ["a_id"]).references("a", ["id"]));
    let app = App::default()
        .module(Module::new("x", Default::default(), vec![]).tables(vec![a.into()]))
        .module(Module::new("y", Default::default(), vec![]).tables(vec![b.into()]));
    let made = aludel::migrate::make::make(&app, None, &mut Answers::default()).unwrap();
    let names: Vec<String> = made
        .iter()
        .map(|made| format!("{}/{}", made.module, made.migration.name()))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names[2].contains("links"), "{names:?}");
}

/// An old history: plan and state in under a second in a release build (here: ten, in a debug build); squashed, it is the same.
#[test]
fn an_old_history_of_three_hundred_migrations_is_folded_planned_and_squashed() {
    let mut all = vec![Migration::new("0001_initial").create_table(new_table("t0").id())];
    for n in 2..=300_usize {
        let table = format!("t{}", n / 10);
        let migration =
            Migration::new(format!("{n:04}_step")).depends_on(all[n - 2].name().to_string());
        all.push(match n % 10 {
            0 => migration.create_table(
                new_table(table.as_str())
                    .id()
                    .column(column("a", integer())),
            ),
            1 if n > 10 => {
                migration.add_column(table.as_str(), column("b", varchar(30)).nullable())
            }
            2 if n > 10 => migration.rename_column(table.as_str(), "b", "c"),
            3 if n > 10 => {
                migration.alter_column(table.as_str(), column("c", varchar(60)).nullable())
            }
            4 if n > 10 => migration.add_index(table.as_str(), index(format!("ix_{n}"), ["c"])),
            5 if n > 10 => migration.add_unique(table.as_str(), unique(format!("uq_{n}"), ["a"])),
            6 if n > 10 => {
                migration.add_check(table.as_str(), check(format!("ck_{n}"), col("a").gt(0)))
            }
            7 if n > 10 => migration.drop_check(table.as_str(), format!("ck_{}", n - 1)),
            8 if n > 10 => migration.add_column(table.as_str(), column("gone", text()).nullable()),
            9 if n > 10 => migration.drop_column(table.as_str(), "gone"),
            _ => migration.add_column("t0", column(format!("c{n}"), integer()).nullable()),
        });
    }
    let app = App::new(Default::default(), all);
    let begun = Instant::now();
    let graph = Graph::new(&app).unwrap();
    let state = graph.state().unwrap();
    let seen = graph.seen(&Default::default()).unwrap();
    let plan = Target::Latest.plan(&graph, &seen).unwrap();
    let took = begun.elapsed();
    println!("300 migrations: graph, state and plan in {took:?}");
    assert_eq!(plan.steps.len(), 300);
    let squashed = aludel::migrate::squash::squash(&graph, None, &id("0300_step"))
        .unwrap()
        .migration;
    println!(
        "… squashed to {} operations in {:?}",
        squashed.operations().len(),
        begun.elapsed() - took
    );
    assert_eq!(squashed.operations().len(), 31);
    let mut other = State::default();
    squashed.apply(&mut other, "").unwrap();
    assert!(aludel::migrate::squash::same_schema(
        &state.schema,
        &other.schema
    ));
}
