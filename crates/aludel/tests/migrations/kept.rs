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
        let source = aludel::migrate::source::models(&schema, fixture.db.dialect());
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
