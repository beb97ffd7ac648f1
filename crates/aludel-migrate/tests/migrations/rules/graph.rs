//! Rule 5: what comes after what, merges, squashes, rebases; and an old history.

use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Graph, Migrator, State, Target};
use std::time::Instant;

use super::{app, id, initial, wrong};

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
    let text = aludel::migrate::codegen::MigrationFile::moved(
        "Migration::new(\"0002_mine\").depends_on(\"0001_initial\")",
        &moved[0],
    );
    assert_eq!(
        text,
        "Migration::new(\"0003_mine\").depends_on(\"0002_theirs\")"
    );
    let text = aludel::migrate::codegen::MigrationFile::moved(
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
            .contains("can't follow 0002_a")
    );
}

/// An old history of thirty tables.
fn old_history() -> Vec<Migration> {
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
    all
}

/// An old history: plan and state in under a second in a release build (here: ten, in a debug build); squashed, it is the same.
#[test]
fn an_old_history_of_three_hundred_migrations_is_folded_planned_and_squashed() {
    let all = old_history();
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

on_every_database! {
    /// An old history, squashed to one, makes the same database.
    async fn rule_5_an_old_history_squashed_to_one_makes_the_same_database(fixture) {
        let db = &fixture.db;
        let app = App::new(Default::default(), old_history());
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::Latest).await?;
        let state = migrator.graph().state()?;
        assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
        let squashed = aludel::migrate::squash::squash(migrator.graph(), None, &id("0300_step"))?.migration;
        migrator.migrate(&Target::Zero(String::new())).await?;
        Migrator::new(db, &App::new(Default::default(), vec![squashed]))?.migrate(&Target::Latest).await?;
        assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
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
        let error = Migrator::new(&fixture.db, &app)?.migrate(&Target::Relative(1)).await.unwrap_err().to_string();
        assert!(error.contains("two heads"), "{error}");
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
}
