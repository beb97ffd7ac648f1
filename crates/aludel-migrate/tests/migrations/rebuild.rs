//! Rule 9: SQLite alters what it can, and makes a table anew where it can't, with all that belongs to it, or refuses.

use crate::harness::{Backend, run};
use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, MigrationId, Migrator, Target};
use aludel::prelude::Database;

fn initial() -> Migration {
    Migration::new("0001_initial")
        .create_table(
            new_table("users")
                .id()
                .column(column("name", varchar(40)))
                .column(column("age", integer()).nullable()),
        )
        .create_table(
            new_table("posts")
                .id()
                .column(column("author_id", big_int()))
                .foreign_key(
                    foreign_key("fk_posts_author_id", ["author_id"])
                        .references("users", ["id"])
                        .on_delete(Action::Cascade),
                ),
        )
}

/// A migration that can only be done by making `users` anew.
fn rebuilds() -> Migration {
    Migration::new("0002_next")
        .depends_on("0001_initial")
        .add_check("users", check("ck_users_age", col("age").ge(0)))
}

async fn migrator(db: &Database, second: Migration, before: &[&'static str]) -> Result<Migrator> {
    let migrator = Migrator::new(db, &App::new(Default::default(), vec![initial(), second]))?;
    migrator
        .migrate(&Target::To(MigrationId::new("", "0001_initial")))
        .await?;
    for text in before {
        Sql::trusted(*text).execute(db).await?;
    }
    Ok(migrator)
}

async fn number(db: &Database, query: &'static str) -> Result<i64> {
    Sql::trusted(query).one(db).await
}

const ROWS: [&str; 2] = [
    "insert into users (name, age) values ('a', 1), ('b', null)",
    "insert into posts (author_id) values (1), (1), (2)",
];

macro_rules! on_sqlite {
    ($($(#[doc = $doc:literal])* async fn $name:ident($db:ident) $body:block)+) => {$(
        $(#[doc = $doc])*
        #[test]
        fn $name() {
            run(Backend::Sqlite, |fixture| Box::pin(async move {
                let $db = &fixture.db;
                $body
                Ok(())
            }));
        }
    )+};
}

on_sqlite! {
    async fn rule_9_columns_come_go_and_are_renamed_natively(db) {
        let native = Migration::new("0002_next").depends_on("0001_initial").add_column("users", column("city", varchar(20)).default("x")).rename_column("users", "name", "full_name").drop_column("users", "age").add_index("users", index("ix", ["city"])).rename_table("users", "people");
        let migrator = migrator(db, native, &ROWS).await?;
        let watch = db.watch();
        migrator.migrate(&Target::Latest).await?;
        assert!(!watch.texts().iter().any(|text| text.contains("aludel_new_")), "{:?}", watch.texts());
        assert_eq!(number(db, "select count(*) from people join posts on author_id = people.id").await?, 3);
    }

    async fn rule_9_a_rebuild_does_not_cascade_children_away(db) {
        let migrator = migrator(db, rebuilds(), &ROWS).await?;
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(number(db, "select count(*) from posts").await?, 3);
        assert_eq!(number(db, "select count(*) from users where age is null").await?, 1);
        // Foreign keys are on again, and lead to the new table.
        assert!(Sql::trusted("insert into posts (author_id) values (99)").execute(db).await.unwrap_err().is_foreign_key_violation());
        Sql::trusted("delete from users where id = 1").execute(db).await?;
        assert_eq!(number(db, "select count(*) from posts").await?, 1);
    }

    async fn rule_9_a_rebuild_keeps_indexes_triggers_and_views_that_the_history_does_not_know(db) {
        let mut before = ROWS.to_vec();
        before.extend([
            "create index ix_own on users (age) where age > 0",
            "create table log (what text)",
            "create trigger noted after insert on users begin insert into log values (new.name); end",
            "create view adults as select id, name from users where age >= 18",
        ]);
        let migrator = migrator(db, rebuilds(), &before).await?;
        migrator.migrate(&Target::Latest).await?;
        Sql::trusted("insert into users (name, age) values ('c', 20)").execute(db).await?;
        assert_eq!(number(db, "select count(*) from log where what = 'c'").await?, 1);
        assert_eq!(number(db, "select count(*) from adults").await?, 1);
        assert_eq!(number(db, "select count(*) from sqlite_master where name = 'ix_own'").await?, 1);
        assert_eq!(number(db, "select count(*) from sqlite_master where name like 'aludel_new%'").await?, 0);
    }

    async fn rule_9_several_changes_of_a_table_are_one_rebuild(db) {
        let many = Migration::new("0002_next")
            .depends_on("0001_initial")
            .add_check("users", check("ck_users_age", col("age").ge(0)))
            .add_unique("users", unique("uq_users_name", ["name"]))
            .alter_column("users", column("age", big_int()).nullable().default(1))
            .add_column_with("users", column("city", varchar(20)), "nowhere");
        let migrator = migrator(db, many, &ROWS).await?;
        let watch = db.watch();
        migrator.migrate(&Target::Latest).await?;
        assert_eq!(watch.texts().iter().filter(|text| text.starts_with("CREATE TABLE \"aludel_new_users\"")).count(), 1, "{:?}", watch.texts());
        assert_eq!(number(db, "select count(*) from users where city = 'nowhere'").await?, 2);
        migrator.migrate(&Target::To(MigrationId::new("", "0001_initial"))).await?;
        assert_eq!(number(db, "select count(*) from users").await?, 2);
    }

    async fn rule_9_what_a_new_table_would_lose_is_refused_before_anything_is_touched(db) {
        for (break_it, said, mend_it) in [
            ("alter table users add column extra text", "a column \"extra\" that the history does not know", "alter table users drop column extra"),
            ("alter table users add column code text check (code <> '')", "a column \"code\"", "alter table users drop column code"),
        ] {
            let migrator = migrator(db, rebuilds(), &[break_it]).await?;
            let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("0002_next"), "{error}");
            assert_eq!(number(db, "select count(*) from sqlite_master where sql like '%ck_users_age%'").await?, 0);
            Sql::trusted(mend_it).execute(db).await?;
        }
    }

    async fn rule_9_what_is_refused_is_refused_before_the_first_migration_of_a_plan(db) {
        let aside = Migration::new("0002_aside").depends_on("0001_initial").create_table(new_table("aside").id());
        let last = Migration::new("0003_last").depends_on("0002_aside").add_check("users", check("ck_users_age", col("age").ge(0)));
        let migrator = Migrator::new(db, &App::new(Default::default(), vec![initial(), aside, last]))?;
        migrator.migrate(&Target::To(MigrationId::new("", "0001_initial"))).await?;
        Sql::trusted("alter table users add column extra text").execute(db).await?;
        let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
        assert!(error.contains("0003_last") && error.contains("\"extra\""), "{error}");
        assert_eq!(number(db, "select count(*) from sqlite_master where name = 'aside'").await?, 0);
        assert_eq!(number(db, "select count(*) from aludel_migrations").await?, 1);
    }

    async fn rule_9_tables_of_other_kinds_are_refused(db) {
        for (table, said) in [
            ("create table users (id integer not null primary key, name text not null, age integer) strict", "\"strict\" (`#[model(options"),
            ("create table users (id integer not null primary key autoincrement, name varchar(40) not null, age integer)", "AUTOINCREMENT"),
            ("create table users (id integer not null primary key, name varchar(40) not null collate nocase, age integer)", "a collation"),
            ("create table users (id integer not null primary key, name varchar(40) not null unique, age integer)", "a unique constraint (name)"),
            ("create table users (id integer not null primary key, name varchar(40) not null default 'x', age integer)", "a default of \"name\""),
            ("create table users (id integer not null primary key, name varchar(40) not null, age integer check (age < 200))", "a CHECK"),
            ("create table users (id integer not null primary key, name varchar(40) not null, age integer) without rowid", "\"without rowid\""),
            ("create table users (id integer not null primary key on conflict replace, name varchar(40) not null, age integer)", "ON CONFLICT"),
            ("create table users (id integer not null primary key, name varchar(40) not null, age integer references users)", "a foreign key (age) to users"),
            ("create table users (id integer not null primary key, name varchar(40) not null, age integer not null)", "NOT NULL on \"age\""),
        ] {
            let migrator = Migrator::new(db, &App::new(Default::default(), vec![initial(), rebuilds()]))?;
            migrator.fake(&Target::To(MigrationId::new("", "0001_initial"))).await?;
            Sql::trusted(table).execute(db).await?;
            let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
            assert!(error.contains(said), "{table}: {error}");
            Sql::trusted("drop table users").execute(db).await?;
        }
    }

    async fn rule_9_a_column_that_a_view_or_trigger_speaks_of_does_not_go(db) {
        // The column is in a unique constraint, so the table would be made anew.
        let first = Migration::new("0001_initial").create_table(new_table("users").id().column(column("name", varchar(40))).column(column("age", integer()).nullable()).unique(unique("uq", ["age"])));
        for text in [
            "create view adults as select id, \"age\" from users",
            "create trigger noted after insert on users begin select new.Age; end",
            "create trigger far after insert on log begin update users set age = 1; end",
        ] {
            let second = Migration::new("0002_next").depends_on("0001_initial").drop_column("users", "age");
            let migrator = Migrator::new(db, &App::new(Default::default(), vec![first.clone(), second]))?;
            migrator.migrate(&Target::To(MigrationId::new("", "0001_initial"))).await?;
            Sql::trusted("create table if not exists log (what text)").execute(db).await?;
            Sql::trusted(text).execute(db).await?;
            let error = migrator.migrate(&Target::Latest).await.unwrap_err().to_string();
            assert!(error.contains("users.age can't go"), "{text}: {error}");
            let name = text.split(' ').nth(2).unwrap_or_default();
            Sql::trusted(format!("drop {} {name}", text.split(' ').nth(1).unwrap_or_default())).execute(db).await?;
        }
    }

    async fn rule_9_rows_that_would_refer_to_nothing_are_refused_at_the_end(db) {
        let breaks = Migration::new("0002_next").depends_on("0001_initial").run_sql("delete from users where id = 2").add_check("users", check("ck_users_age", col("age").ge(0)));
        let migrator = migrator(db, breaks, &ROWS).await?;
        let error = migrator.migrate(&Target::Latest).await.unwrap_err();
        assert!(error.is_foreign_key_violation() && error.to_string().contains("from posts to users"), "{error}");
        assert_eq!(number(db, "select count(*) from users").await?, 2);
    }
}
