//! Rules 6 and 7: runs that fail, locks, hashes, targets, drift.

use crate::harness::Backend;
use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Direction, Migrator, Module, Patience, State, Target};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{app, id, initial, number, users, wrong};

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

async fn fails(_: Historical) -> Result<()> {
    Err(aludel::Error::rollback("on purpose"))
}

on_every_database! {
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
        let error = parsed("zero").await.unwrap_err().to_string();
        assert!(error.contains("Say `a/zero` or `b/zero`"), "{error}");
        assert_eq!(to("b/zero").await?.len(), 2);
        assert_eq!(to("a/zero").await?, ["-a/0003_a", "-a/0002_a", "-a/0001_a"]);
        assert_eq!(wrong(&State::default().schema, db.inspect().await?, db), "");
        assert_eq!(to("+1").await?, ["+a/0001_a"]);
        let error = parsed("000").await.unwrap_err().to_string();
        assert!(error.contains("beginning of several"), "{error}");
        assert!(parsed("nothing").await.unwrap_err().to_string().contains("there is a/0001_a"));
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

    /// Rule 6: SQL by hand that was begun and whose end is not known can be told to be done.
    async fn rule_6_a_statement_that_was_begun_can_be_told_to_be_done(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_by_hand").depends_on("0001_initial").atomic(false)
            .add_column("users", column("a", integer()).nullable())
            .separate(|state| state.add_index("users", index("ix_users_a", ["a"])), |database| database.run_sql("create index ix_users_a on users (a)"))
            .add_column("users", column("b", integer()).nullable())]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        assert_eq!(migrator.skip_begun().await?, None, "nothing is begun");
        Sql::trusted("alter table users add column a integer").execute(db).await?;
        Sql::trusted("create index ix_users_a on users (a)").execute(db).await?;
        assert!(migrator.migrate(&Target::Latest).await.is_err());
        if fixture.backend == Backend::Mariadb {
            assert_eq!(migrator.skip_begun().await?, Some(id("0002_by_hand")));
            let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
            assert!(error.contains("0002_by_hand"), "{error}");
            assert_eq!(migrator.skip_begun().await?, Some(id("0002_by_hand")));
        } else {
            // Here a statement and the note of its end are one transaction: it is done or not.
            assert_eq!(migrator.skip_begun().await?, None);
            Sql::trusted("drop index ix_users_a").execute(db).await?;
            Sql::trusted("alter table users drop column a").execute(db).await?;
        }
        migrator.migrate(&Target::Latest).await?;
        let drift: Vec<String> = migrator.drift().await?.iter().map(ToString::to_string).collect();
        assert!(drift.is_empty(), "{drift:?}");
        assert!(migrator.status().await?.unfinished.is_none());
    }

    /// Rule 6: an index that was built half is no index: it goes, and is built again.
    async fn rule_6_an_index_that_could_not_be_built_concurrently_is_built_again(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_ix").depends_on("0001_initial").add_index_concurrently("users", index("ix_users_name", ["name"]).unique())]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        Sql::trusted("insert into users (name) values ('x'), ('x')").execute(db).await?;
        let error = migrator.migrate(&Target::Latest).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
        if fixture.backend == Backend::Postgres {
            assert_eq!(number(db, "select count(*) from pg_index where not indisvalid").await?, 0);
        }
        Sql::trusted("delete from users").execute(db).await?;
        Sql::trusted("insert into users (name) values ('x')").execute(db).await?;
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(wrong(&migrator.graph().state()?.schema, db.inspect().await?, db), "");
        let error = Sql::trusted("insert into users (name) values ('x')").execute(db).await.unwrap_err();
        assert!(error.is_unique_violation(), "{error}");
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
}
