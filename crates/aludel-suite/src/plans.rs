//! Prepared statements that the schema has outgrown, or that the server has forgotten: outside a transaction nobody notices,
//! inside one the error says that it may be tried again.

use crate::harness::Backend;
use crate::models::{NewTag, Tag, create};
use aludel::prelude::*;
use aludel::{ErrorKind, Sql};
use std::sync::atomic::{AtomicUsize, Ordering};

#[derive(FromRow, Debug)]
struct Named {
    name: String,
}

fn everything() -> Sql {
    sql("select * from things order by name")
}

fn some(least: &str) -> Sql {
    sql("select * from things where name >= ").bind(least)
}

/// One connection, and a table with two rows.
async fn things(fixture: &crate::harness::Fixture) -> aludel::Result<Database> {
    let db = fixture
        .connect(Database::options().max_connections(1))
        .await;
    sql("create table things (name varchar(20) not null)")
        .execute(&db)
        .await?;
    sql("insert into things (name) values ('a'), ('b')")
        .execute(&db)
        .await?;
    Ok(db)
}

/// Another migration each time.
async fn migrate(n: usize, db: &dyn Executor) -> aludel::Result<()> {
    Sql::trusted(format!("alter table things add column extra_{n} integer"))
        .execute(db)
        .await?;
    Ok(())
}

fn names(found: Vec<Named>) -> Vec<String> {
    found.into_iter().map(|row| row.name).collect()
}

on_every_database! {
    async fn a_migration_between_two_runs_is_not_noticed(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = things(fixture).await?;
        for n in 0..3 {
            assert_eq!(names(everything().all(&db).await?), ["a", "b"]);
            assert_eq!(names(some("b").all(&db).await?), ["b"]);
            let mut stream = everything().stream::<Named>(&db)?;
            let mut streamed = Vec::new();
            while let Some(row) = stream.next().await {
                streamed.push(row?.name);
            }
            assert_eq!(streamed, ["a", "b"]);
            drop(stream);
            assert_eq!(everything().rows(&db).await?.len(), 2);
            let connection = db.acquire().await?;
            assert_eq!(some("a").all::<Named>(&connection).await?.len(), 2);
            drop(connection);
            migrate(n, &db).await?;
        }
        db.close();
    }

    /// On PostgreSQL an error aborts the transaction. One more try is enough, however many statements are outgrown.
    async fn a_transaction_behind_a_migration_is_tried_again(fixture) {
        if fixture.is_pooled() {
            return Ok(());
        }
        let db = things(fixture).await?;
        let prepare = || async {
            everything().all::<Named>(&db).await?;
            some("a").all::<Named>(&db).await
        };
        prepare().await?;
        migrate(0, &db).await?;
        let tries = AtomicUsize::new(0);
        let found = db
            .transaction(|tx| {
                tries.fetch_add(1, Ordering::SeqCst);
                async move {
                    let all = everything().all::<Named>(&tx).await?.len();
                    Ok(all + some("a").all::<Named>(&tx).await?.len())
                }
            })
            .retries(1)
            .await?;
        assert_eq!(found, 4);
        let is_postgres = fixture.backend == Backend::Postgres;
        assert_eq!(tries.load(Ordering::SeqCst), if is_postgres { 2 } else { 1 });

        prepare().await?;
        migrate(1, &db).await?;
        let tx = db.begin().await?;
        match everything().all::<Named>(&tx).await {
            Ok(found) => assert!(found.len() == 2 && !is_postgres),
            Err(error) => {
                assert!(is_postgres && error.is_retryable(), "{error}");
                assert_eq!(error.kind(), ErrorKind::SchemaChanged);
            }
        }
        tx.rollback().await?;
        assert_eq!(everything().all::<Named>(&db).await?.len(), 2);
        db.close();
    }

    /// A column that has gone is no reason to try again.
    requires(Backend::is_postgres) async fn what_is_gone_is_an_invalid_statement(fixture) {
        let db = things(fixture).await?;
        let name = || sql("select name from things");
        name().all::<String>(&db).await?;
        sql("alter table things rename column name to label").execute(&db).await?;
        for _ in 0..2 {
            let tx = db.begin().await?;
            assert_eq!(name().all::<String>(&tx).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
            tx.rollback().await?;
            assert_eq!(name().all::<String>(&db).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
        }
        db.close();
    }

    async fn statements_that_the_server_has_forgotten_are_prepared_again(fixture) {
        if fixture.backend != Backend::Postgres || fixture.is_pooled() {
            return Ok(());
        }
        let db = things(fixture).await?;
        for forget in ["deallocate all", "discard all", "/* all */ deallocate all"] {
            let connection = db.acquire().await?;
            for _ in 0..2 {
                assert_eq!(everything().all::<Named>(&connection).await?.len(), 2);
                assert_eq!(some("b").all::<Named>(&connection).await?.len(), 1);
                Sql::trusted(forget).execute(&connection).await?;
            }
        }
        // A statement that writes was not run, and then runs once.
        let add = || sql("insert into things (name) values ('c')");
        add().execute(&db).await?;
        sql("deallocate all").execute(&db).await?;
        add().execute(&db).await?;
        assert_eq!(everything().all::<Named>(&db).await?.len(), 4);

        let tx = db.begin().await?;
        everything().all::<Named>(&tx).await?;
        sql("deallocate all").execute(&tx).await?;
        assert_eq!(everything().all::<Named>(&tx).await?.len(), 4);
        // What a procedure has the server forget, nobody hears of: the transaction can be tried again.
        sql("do $$ begin execute 'deallocate all'; end $$").execute(&tx).await?;
        let error = everything().all::<Named>(&tx).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SchemaChanged);
        tx.rollback().await?;
        assert_eq!(everything().all::<Named>(&db).await?.len(), 4);
        db.close();
    }

    /// A unit of work keeps its changes when a statement is outgrown, and can be committed again.
    async fn a_session_behind_a_migration_can_commit_again(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        create(&db).await?;
        let mut session = db.session();
        session.add(NewTag { name: "first".into() });
        session.commit().await?;
        if fixture.backend == Backend::Postgres {
            sql("alter table tags alter column name type varchar(300)").execute(&db).await?;
        }
        session.add(NewTag { name: "second".into() });
        if let Err(error) = session.commit().await {
            assert!(error.is_retryable(), "{error}");
            session.commit().await?;
        }
        drop(session);
        let names = Tag::query().order_by(Tag::id).select(Tag::name).all(&db).await?;
        assert_eq!(names, ["first", "second"]);
        db.close();
    }
}
