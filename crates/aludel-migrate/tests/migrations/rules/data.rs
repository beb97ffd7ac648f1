//! Rule 8: rows and functions.

use crate::harness::Backend;
use aludel::Sql;
use aludel::migrate::autodetector::Answers;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, Migrator, Target};
use std::sync::{Arc, Mutex};

use super::{app, id, initial, number, users, wrong};

async fn upper(historical: Historical) -> Result<()> {
    let users = historical.table("users")?;
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
        historical
            .table("nobody")
            .err()
            .is_some_and(|error| error.to_string().contains("there is users"))
    );
    Ok(())
}

async fn lower(historical: Historical) -> Result<()> {
    let users = historical.table("users")?;
    assert_eq!(users.delete(col("name").eq("NEW")).await?, 1);
    sql("update users set name = lower(name)")
        .execute(&historical)
        .await
        .map(drop)
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

    /// Rule 8: the state has what SQL by hand did, and loses what SQL by hand undid.
    async fn rule_8_sql_by_hand_and_the_state_go_there_and_back_together(fixture) {
        let db = &fixture.db;
        let app = app([initial(), Migration::new("0002_by_hand").depends_on("0001_initial")
            .separate(
                |state| state.rename_table("users", "people").add_column("people", column("age", integer()).nullable()),
                |database| database.run_sql_both("alter table users rename to people", "alter table people rename to users")
                    .run_sql_both("alter table people add column age integer", "alter table people drop column age"),
            )
            .add_index("people", index("ix_people_age", ["age"]))]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        sql("insert into users (name) values ('a')").execute(db).await?;
        for _ in 0..2 {
            migrator.migrate(&Target::Latest).await?;
            let drift: Vec<String> = migrator.drift().await?.iter().map(ToString::to_string).collect();
            assert!(drift.is_empty(), "{drift:?}");
            assert_eq!(number(db, "select count(*) from people where age is null").await?, 1);
            migrator.migrate(&Target::To(id("0001_initial"))).await?;
            let mut state = aludel::migrate::State::default();
            initial().apply(&mut state, "")?;
            assert_eq!(wrong(&state.schema, db.inspect().await?, db), "");
            assert_eq!(number(db, "select count(*) from users").await?, 1);
        }
    }

    /// Rule 8: rows are worked through under foreign keys that are checked at the end, there and back.
    async fn rule_8_rows_change_under_deferred_keys_before_their_table_is_altered(fixture) {
        let db = &fixture.db;
        if fixture.backend == Backend::Mariadb {
            return Ok(());
        }
        let posts = || new_table("posts").id().column(column("author_id", big_int()).nullable()).foreign_key(foreign_key("fk_author", ["author_id"]).references("users", ["id"]).deferrable(Deferrability::Deferred));
        let app = app([
            initial().create_table(posts()),
            Migration::new("0002_rows").depends_on("0001_initial").run_sql_both("update posts set author_id = 1", "update posts set author_id = 1").alter_column("posts", column("author_id", big_int())).run_sql_both("update posts set author_id = 1", "update posts set author_id = 1"),
        ]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        Sql::trusted("insert into users (name) values ('a')").execute(db).await?;
        Sql::trusted("insert into posts (author_id) values (null), (1)").execute(db).await?;
        migrator.migrate(&Target::Latest).await?;
        migrator.migrate(&Target::To(id("0001_initial"))).await?;
        assert_eq!(number(db, "select count(*) from posts where author_id = 1").await?, 2);
    }

    /// Rule 8: tables in a schema are found by both names.
    async fn rule_8_historical_tables_live_in_schemas(fixture) {
        let db = &fixture.db;
        if fixture.backend != Backend::Postgres {
            return Ok(());
        }
        async fn fill(historical: Historical) -> Result<()> {
            historical.table("library.books")?.insert([("title", Value::Text("one".into()))]).await
        }
        let app = app([Migration::new("0001_initial").create_table(new_table(("library", "books")).id().column(column("title", text()))).run(fill, nothing)]);
        let migrator = Migrator::new(db, &app)?;
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(number(db, "select count(*) from library.books").await?, 1);
        assert!(migrator.drift().await?.is_empty());
        migrator.migrate(&Target::Zero(String::new())).await?;
    }

    /// Rule 3: extensions come and go where there are some, and are refused before any SQL elsewhere.
    async fn rule_3_extensions_come_and_go(fixture) {
        let db = &fixture.db;
        let plain = App::new(Default::default(), vec![initial()]);
        let wanted = aludel::migrate::autogenerate::make(&App::new(Default::default(), vec![]).extension("pg_trgm"), None, &mut Answers::default()).unwrap();
        assert_eq!(wanted[0].migration.operations()[0].to_string(), "create extension pg_trgm");
        Migrator::new(db, &plain)?.migrate(&Target::Latest).await?;
        let with = App::new(Default::default(), vec![initial(), Migration::new("0002_trgm").depends_on("0001_initial").create_extension("pg_trgm")]);
        let migrator = Migrator::new(db, &with)?;
        match migrator.migrate(&Target::Latest).await {
            Ok(_) => assert_eq!((fixture.backend, db.inspect().await?.extensions), (Backend::Postgres, vec!["pg_trgm".to_string()])),
            Err(error) => assert!(error.is_unsupported() && fixture.backend != Backend::Postgres, "{error}"),
        }
        if fixture.backend == Backend::Postgres {
            assert!(migrator.drift().await?.is_empty());
            migrator.migrate(&Target::To(id("0001_initial"))).await?;
            assert!(db.inspect().await?.extensions.is_empty());
        }
    }

    /// Rule 7: a database that another program has made is adopted, whatever its constraints are called.
    async fn rule_7_a_database_of_another_program_is_adopted(fixture) {
        let db = &fixture.db;
        for text in match fixture.backend {
            Backend::Sqlite => ["create table users (id integer primary key, email text not null unique, age integer check (age > 0))", "create table posts (id integer primary key, author_id integer not null references users on delete cascade)"],
            Backend::Postgres => ["create table users (id bigint generated by default as identity primary key, email text not null constraint uq_users_email unique, age bigint constraint ck_users_1 check (age > 0))", "create table posts (id bigint generated by default as identity primary key, author_id bigint not null constraint fk_posts_author_id references users on delete cascade)"],
            Backend::Mariadb => ["create table users (id bigint auto_increment primary key, email varchar(255) not null, age bigint, unique uq_users_email (email), constraint ck_users_1 check (age > 0))", "create table posts (id bigint auto_increment primary key, author_id bigint not null, constraint fk_posts_author_id foreign key (author_id) references users (id) on delete cascade)"],
        } {
            Sql::trusted(text).execute(db).await?;
        }
        let mut email = column("email", text());
        if fixture.backend == Backend::Mariadb {
            // The server's, which the other program did not choose.
            let collation: String = sql("select @@collation_database").one(db).await?;
            email = email.collation(collation);
        }
        let history = Migration::new("0001_initial")
            .create_table(new_table("users").id().column(email.unique()).column(column("age", big_int()).nullable()).check(check("ck_users_1", col("age").gt(0))))
            .create_table(new_table("posts").id().column(column("author_id", big_int())).foreign_key(foreign_key("fk_posts_author_id", ["author_id"]).references("users", ["id"]).on_delete(Action::Cascade)));
        let migrator = Migrator::new(db, &app([history]))?;
        let adopted = migrator.baseline(false).await?;
        assert!(adopted.is_ok(), "{adopted:?}");
        assert!(migrator.drift().await?.is_empty());
        assert!(migrator.baseline(false).await.unwrap_err().to_string().contains("has migrations already"));
    }
}
