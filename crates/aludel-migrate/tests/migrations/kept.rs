//! What a database knows of a column, a table or a view is kept, or a step that would lose it is refused (rules 11 and 12).

use crate::harness::{Backend, run};
use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Target};
use aludel::schema::{Column, Table};

fn collation(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "C",
        Backend::Mariadb => "latin1_swedish_ci",
        Backend::Sqlite => "NOCASE",
    }
}

fn first(backend: Backend) -> Migration {
    let mut name = column("name", varchar(20)).collation(collation(backend));
    if backend == Backend::Postgres {
        // Nothing else that PostgreSQL says in the column's own line.
        name = name.comment("whose");
    }
    let mut changed = column("changed", date_time()).default(aludel::expr::functions::now());
    if backend == Backend::Mariadb {
        changed = changed.options("ON UPDATE current_timestamp(6)");
    }
    Migration::new("0001_initial").create_table(
        new_table("kept")
            .id()
            .column(name)
            .column(changed)
            .column(column("other", varchar(20))),
    )
}

async fn migrate(db: &Database, migrations: Vec<Migration>) -> aludel::Result<Vec<String>> {
    let app = App::new(Default::default(), migrations);
    let migrator = Migrator::new(db, &app)?;
    migrator.migrate(&Target::Latest).await?;
    Ok(migrator
        .drift()
        .await?
        .iter()
        .map(|difference| format!("{difference:?}"))
        .collect())
}

async fn live(db: &Database, table: &'static str) -> aludel::Result<Table> {
    let schema = db.inspect().await?;
    Ok(schema.table(&table.into()).expect("a table").clone())
}

fn of<'t>(table: &'t Table, name: &str) -> &'t Column {
    table.column(name).expect("a column")
}

use aludel::prelude::*;

on_every_database! {
    /// A column of another type or nullability has its collation and its options still.
    async fn rule_11_a_change_of_a_column_keeps_what_belongs_to_it(fixture) {
        let backend = fixture.backend;
        let mut all = vec![first(backend)];
        assert_eq!(migrate(&fixture.db, all.clone()).await?, Vec::<String>::new());
        let before = live(&fixture.db, "kept").await?;
        assert_eq!(of(&before, "name").collation.as_deref(), Some(collation(backend)));
        assert_eq!(of(&before, "other").collation, None);
        let longer = column("name", varchar(30)).collation(collation(backend)).nullable();
        let mut changed = column("changed", date_time()).nullable().default(aludel::expr::functions::now());
        if backend == Backend::Mariadb {
            changed = changed.options("ON UPDATE CURRENT_TIMESTAMP(6)");
        }
        all.push(
            Migration::new("0002_changes")
                .depends_on("0001_initial")
                .alter_column("kept", longer)
                .alter_column("kept", changed),
        );
        assert_eq!(migrate(&fixture.db, all.clone()).await?, Vec::<String>::new());
        let after = live(&fixture.db, "kept").await?;
        assert_eq!(of(&after, "name").collation.as_deref(), Some(collation(backend)));
        assert!(of(&after, "name").nullable);
        if backend == Backend::Mariadb {
            assert_eq!(of(&after, "changed").options.as_deref(), Some("ON UPDATE current_timestamp(6)"));
        }
        // Another collation is a change, and an old one can be taken back.
        all.push(
            Migration::new("0003_plain")
                .depends_on("0002_changes")
                .alter_column("kept", column("name", varchar(30)).nullable()),
        );
        assert_eq!(migrate(&fixture.db, all).await?, Vec::<String>::new());
        assert_eq!(of(&live(&fixture.db, "kept").await?, "name").collation, None);
    }

    /// What the models say of a collation is in the table, in foreign keys, and in the models that are made of it.
    async fn rule_12_collations_are_in_models_and_compare_equal(fixture) {
        let text = "select 1";
        sql(text).rows(&fixture.db).await?;
        let migrations = vec![first(fixture.backend)];
        migrate(&fixture.db, migrations).await?;
        let schema = fixture.db.inspect().await?;
        let source = aludel::migrate::codegen::models(&schema, fixture.db.dialect());
        let wanted = format!("collation = \"{}\"", collation(fixture.backend));
        assert!(source.contains(&wanted), "{source}");
        if fixture.backend == Backend::Mariadb {
            assert!(source.contains("options = \"ON UPDATE current_timestamp(6)\""), "{source}");
        }
    }
}

#[test]
fn rule_11_what_the_history_does_not_know_is_not_lost_mariadb() {
    run(Backend::Mariadb, |fixture| {
        Box::pin(async move {
            let all = vec![first(Backend::Mariadb)];
            migrate(&fixture.db, all.clone()).await?;
            for (change, attribute, again) in [
                (
                    "alter table kept modify other varchar(20) collate utf8mb4_general_ci not null",
                    "collation",
                    "alter table kept modify other varchar(20) not null",
                ),
                (
                    "alter table kept modify other varchar(20) invisible not null default 'x'",
                    "options",
                    "alter table kept modify other varchar(20) not null",
                ),
                (
                    "alter table kept modify other varchar(20) character set latin1 not null",
                    "collation",
                    "alter table kept modify other varchar(20) not null",
                ),
            ] {
                Sql::trusted(change).execute(&fixture.db).await?;
                let mut more = all.clone();
                more.push(
                    Migration::new("0002_more")
                        .depends_on("0001_initial")
                        .add_column("kept", column("first", integer()).nullable())
                        .alter_column("kept", column("other", varchar(30))),
                );
                let error = migrate(&fixture.db, more.clone()).await.unwrap_err();
                let said = error.to_string();
                assert!(
                    said.contains("kept.other")
                        && said.contains(attribute)
                        && said.contains("lose"),
                    "{said}"
                );
                // Nothing was touched.
                assert!(live(&fixture.db, "kept").await?.column("first").is_none());
                let name = Migration::new("0002_more")
                    .depends_on("0001_initial")
                    .rename_column("kept", "other", "another");
                let error = migrate(&fixture.db, vec![all[0].clone(), name])
                    .await
                    .unwrap_err();
                assert!(error.to_string().contains("lose"), "{error}");
                Sql::trusted(again).execute(&fixture.db).await?;
            }
            Ok(())
        })
    });
}

#[test]
fn rule_11_views_do_not_keep_the_name_of_their_database_mariadb() {
    run(Backend::Mariadb, |fixture| {
        Box::pin(async move {
            for text in [
                "create table things (id int primary key, name varchar(20))",
                "create view named as select t.id, t.name as called, 'things.id' as label from things t join things other on other.id = t.id where t.name <> ''",
                "create view nested as select called from named",
            ] {
                sql(text).execute(&fixture.db).await?;
            }
            let database: String = sql("select database()").one(&fixture.db).await?;
            let schema = fixture.db.inspect().await?;
            assert_eq!(schema.views.len(), 2);
            for view in &schema.views {
                let text = format!("{:?}", view.query);
                assert!(!text.contains(&database), "{text}");
            }
            assert!(format!("{:?}", schema.views).contains("things.id"));
            Ok(())
        })
    });
}

#[test]
fn rule_11_numbers_are_not_given_again_after_a_table_was_made_anew_sqlite() {
    run(Backend::Sqlite, |fixture| {
        Box::pin(async move {
            let numbered = Column::new("id", aludel::types::SqlType::BigInt)
                .identity()
                .options("AUTOINCREMENT");
            let mut table = Table::new("counted")
                .with_column(numbered)
                .with_column(column("name", varchar(20)).collation("nocase"))
                .with_column(column("n", integer()).nullable());
            table.primary_key = vec!["id".into()];
            let mut all = vec![Migration::new("0001_initial").create_table(table)];
            assert_eq!(
                migrate(&fixture.db, all.clone()).await?,
                Vec::<String>::new()
            );
            let text: String = sql("select sql from sqlite_master where name = 'counted'")
                .one(&fixture.db)
                .await?;
            assert!(
                text.contains("AUTOINCREMENT")
                    && text.to_lowercase().contains("collate \"nocase\""),
                "{text}"
            );
            sql("insert into counted (name) values ('a'), ('b'), ('c')")
                .execute(&fixture.db)
                .await?;
            sql("delete from counted where id > 1")
                .execute(&fixture.db)
                .await?;
            all.push(
                Migration::new("0002_not_null")
                    .depends_on("0001_initial")
                    .alter_column("counted", column("name", varchar(40)).collation("nocase")),
            );
            assert_eq!(migrate(&fixture.db, all).await?, Vec::<String>::new());
            sql("insert into counted (name) values ('d')")
                .execute(&fixture.db)
                .await?;
            let ids: Vec<i64> = sql("select id from counted where name = 'D'")
                .all(&fixture.db)
                .await?;
            assert_eq!(ids, [4]);
            Ok(())
        })
    });
}

on_every_database! {
    /// M5: what has to be said of values that go is said before anything is done, and defaults follow.
    async fn rule_15_values_that_become_others_take_defaults_along(fixture) {
        let db = &fixture.db;
        let first = || {
            Migration::new("0001_initial").create_enum(enum_type("state", ["draft", "hidden"])).create_table(
                new_table("drafts").id().column(column("m", one_of("state", ["draft", "hidden"])).default("draft")),
            )
        };
        let next = || Migration::new("0002_one").depends_on("0001_initial");
        let lost: [(&str, &str); 0] = [];
        for (second, says) in [
            (next().replace_enum_values("state", ["hidden"], lost), "drafts.m has the default \"draft\", which is no value"),
            (next().rename_enum_value("state", "draft", "hidden"), "has a value \"hidden\" already"),
            (
                next().replace_enum_values("state", ["hidden", "gone"], [("draft", "hidden"), ("draft", "gone")]),
                "can become one other value, and two are said",
            ),
        ] {
            let error = migrate(db, vec![first(), second]).await.unwrap_err();
            assert!(error.to_string().contains(says), "{error}");
        }
        let second = next().replace_enum_values("state", ["hidden"], [("draft", "hidden")]);
        assert_eq!(migrate(db, vec![first(), second.clone()]).await?, [""; 0]);
        Sql::trusted("insert into drafts (id) values (1)").execute(db).await?;
        let m: String = Sql::trusted("select m from drafts").one(db).await?;
        assert_eq!(m, "hidden");
        // And back.
        let app = App::new(Default::default(), vec![first(), second]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(aludel::migrate::MigrationId::new("", "0001_initial"))).await?;
        assert!(migrator.drift().await?.is_empty());
        Sql::trusted("insert into drafts (id) values (2)").execute(db).await?;
        let m: String = Sql::trusted("select m from drafts where id = 2").one(db).await?;
        assert_eq!(m, "draft");
    }

    /// A computed column that is made again takes nothing along that the history does not know.
    async fn rule_11_a_computed_column_is_made_again_only_with_all_that_hangs_on_it(fixture) {
        let db = &fixture.db;
        let boxes = |area| new_table("boxes").id().column(column("w", integer())).column(column("area", integer()).nullable().generated(area));
        let first = Migration::new("0001_initial").create_table(boxes(col("w") + 1));
        let second = Migration::new("0002_area")
            .depends_on("0001_initial")
            .alter_column("boxes", column("area", integer()).nullable().generated(col("w") + 2));
        assert_eq!(migrate(db, vec![first.clone()]).await?, [""; 0]);
        Sql::trusted("create index ix_by_hand on boxes (area)").execute(db).await?;
        Sql::trusted("insert into boxes (id, w) values (1, 5)").execute(db).await?;
        if fixture.backend == Backend::Sqlite {
            // A rebuild makes every index again, also those that the history does not know.
            migrate(db, vec![first, second]).await?;
            assert_eq!(live(db, "boxes").await?.indexes.len(), 1);
            return Ok(());
        }
        let error = migrate(db, vec![first.clone(), second.clone()]).await.unwrap_err();
        assert!(error.to_string().contains("ix_by_hand"), "{error}");
        let table = live(db, "boxes").await?;
        assert_eq!(table.indexes.len(), 1, "{table:?}");
        // It goes, and the migration goes on.
        let drop = match fixture.backend {
            Backend::Mariadb => "drop index ix_by_hand on boxes",
            _ => "drop index ix_by_hand",
        };
        Sql::trusted(drop).execute(db).await?;
        assert_eq!(migrate(db, vec![first, second]).await?, [""; 0]);
        let area: i64 = Sql::trusted("select area from boxes").one(db).await?;
        assert_eq!(area, 7);
    }
}

/// Rule 11: a view that is dropped for the values of an enum comes back with all that hung on it.
#[test]
fn rule_11_views_of_an_enum_come_back_whole_postgres() {
    run(Backend::Postgres, |fixture| {
        Box::pin(async move {
            let db = &fixture.db;
            let first = Migration::new("0001_initial")
                .create_enum(enum_type("mood", ["a", "b"]))
                .create_table(
                    new_table("users")
                        .id()
                        .column(column("m", one_of("mood", ["a", "b"]))),
                )
                .create_view(aludel::schema::View::new(
                    "moods",
                    "SELECT id, m FROM users",
                ));
            assert_eq!(migrate(db, vec![first.clone()]).await?, [""; 0]);
            for text in [
                "grant select on moods to public",
                "comment on view moods is 'hi'",
                "alter view moods alter column m set default 'b'",
                "create rule quiet as on insert to moods do instead nothing",
            ] {
                Sql::trusted(text).execute(db).await?;
            }
            let hung = "select coalesce(c.relacl::text, '') || obj_description(c.oid) || \
                        (select count(*) from pg_rewrite r where r.ev_class = c.oid) || \
                        (select count(*) from pg_attrdef d where d.adrelid = c.oid) \
                        from pg_class c where relname = 'moods'";
            let before: String = Sql::trusted(hung).one(db).await?;
            let second = Migration::new("0002_less")
                .depends_on("0001_initial")
                .replace_enum_values("mood", ["b"], [("a", "b")]);
            let steps = vec![first, second];
            assert_eq!(migrate(db, steps).await?, [""; 0]);
            assert_eq!(Sql::trusted(hung).one::<String>(db).await?, before);
            Ok(())
        })
    });
}

/// M11: a column or a table that a trigger or a view uses is not taken away from under it.
#[test]
fn rule_11_triggers_and_views_are_not_broken_mariadb() {
    run(Backend::Mariadb, |fixture| {
        Box::pin(async move {
            let db = &fixture.db;
            let first = || {
                Migration::new("0001_initial")
                    .create_table(
                        new_table("users")
                            .id()
                            .column(column("name", varchar(20)))
                            .column(column("age", integer()).nullable()),
                    )
                    .create_table(
                        new_table("logs")
                            .id()
                            .column(column("age", integer()).nullable()),
                    )
            };
            assert_eq!(migrate(db, vec![first()]).await?, [""; 0]);
            let next = || Migration::new("0002_next").depends_on("0001_initial");
            for (make, drop, what) in [
                (
                    "create trigger t_age before update on users for each row set new.age = old.age + 1",
                    "drop trigger t_age",
                    "the trigger t_age uses users.age",
                ),
                (
                    "create trigger t_log after insert on logs for each row update users set `age` = 1",
                    "drop trigger t_log",
                    "the trigger t_log uses users.age",
                ),
                (
                    "create view v_age as select id, age as years from users",
                    "drop view v_age",
                    "the view v_age uses users.age",
                ),
            ] {
                Sql::trusted(make).execute(db).await?;
                for second in [
                    next().drop_column("users", "age"),
                    next().rename_column("users", "age", "years"),
                ] {
                    let error = migrate(db, vec![first(), second]).await.unwrap_err();
                    assert!(error.to_string().contains(what), "{error}");
                    assert!(live(db, "users").await?.column("age").is_some());
                }
                // What does not concern it is changed, and it goes where the migration takes it away before.
                let other = next().drop_column("users", "name");
                let app = App::new(Default::default(), vec![first(), other]);
                let migrator = Migrator::new(db, &app)?;
                migrator.migrate(&Target::Latest).await?;
                migrator.migrate(&Target::Relative(-1)).await?;
                Sql::trusted(drop).execute(db).await?;
                Sql::trusted(make).execute(db).await?;
                let away = next().run_sql_both(drop, make).drop_column("users", "age");
                let app = App::new(Default::default(), vec![first(), away]);
                let migrator = Migrator::new(db, &app)?;
                migrator.migrate(&Target::Latest).await?;
                migrator.migrate(&Target::Relative(-1)).await?;
                Sql::trusted(drop).execute(db).await?;
            }
            // Other tables' columns of that name are others.
            Sql::trusted("create view others as select u.id, l.age, u.name as years from users u, logs l where l.id = u.id")
                .execute(db)
                .await?;
            migrate(db, vec![first(), next().drop_column("users", "age")]).await?;
            let app = App::new(
                Default::default(),
                vec![first(), next().drop_column("users", "age")],
            );
            Migrator::new(db, &app)?
                .migrate(&Target::Relative(-1))
                .await?;
            let error = migrate(db, vec![first(), next().drop_column("users", "name")])
                .await
                .unwrap_err();
            assert!(
                error
                    .to_string()
                    .contains("the view others uses users.name"),
                "{error}"
            );
            Sql::trusted("drop view others").execute(db).await?;
            // Tables, too.
            Sql::trusted("create trigger t_log after insert on logs for each row delete from users where id = new.id")
                .execute(db)
                .await?;
            for second in [
                next().drop_table("users"),
                next().rename_table("users", "people"),
            ] {
                let error = migrate(db, vec![first(), second]).await.unwrap_err();
                assert!(
                    error.to_string().contains("the trigger t_log uses users,"),
                    "{error}"
                );
            }
            Ok(())
        })
    });
}
