//! What raw SQL does to a transaction is known: the server's word is compared after each statement (E10, E3).

use crate::harness::Backend;
use crate::models::{NewTag, Tag, create};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, Sql};

async fn tag(name: &str, db: &dyn Executor) -> aludel::Result<Tag> {
    NewTag { name: name.into() }.insert(db).await
}

async fn count(db: &dyn Executor) -> aludel::Result<u64> {
    Tag::query().count(db).await
}

on_every_database! {
    async fn transaction_control_is_refused_however_it_is_written(fixture) {
        create(&fixture.db).await?;
        let texts = [
            "/* x */ COMMIT", " ;COMMIT", "-- x\nCOMMIT", "\n\tcommit", "(commit", "/* a /* b */ c */ rollback",
            "; ;\n/**/ savepoint a", "/* x */ begin", "start transaction", "/*!COMMIT*/", "/*M! COMMIT */", "/*!50000 rollback*/",
        ];
        for text in texts {
            let tx = fixture.db.begin().await?;
            tag("a", &tx).await?;
            let error = Sql::trusted(text).execute(&tx).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionState, "{text}: {error}");
            // Nothing was sent, and the transaction goes on.
            assert_eq!(count(&tx).await?, 1, "{text}");
            tx.rollback().await?;
            assert_eq!(count(&fixture.db).await?, 0, "{text}");
        }
    }

    /// What is no statement, or a comment that other databases read in another way, is the database's to judge.
    async fn comments_alone_are_no_transaction_control(fixture) {
        for text in ["-- nothing to do", "/* todo", "/* see /* here */ select 1", "", " ; ", "/**/"] {
            let ran = Sql::trusted(text).execute(&fixture.db).await;
            let refused = ran.is_err_and(|error| error.kind() == ErrorKind::TransactionState);
            assert!(!refused, "{text}");
        }
    }

    /// A statement that commits before it fails has ended the transaction as well.
    requires(Backend::is_mariadb) async fn a_statement_that_commits_and_fails_has_ended_the_transaction(fixture) {
        create(&fixture.db).await?;
        let tx = fixture.db.begin().await?;
        tag("written", &tx).await?;
        sql("create table tags (id int)").execute(&tx).await.unwrap_err();
        assert_eq!(tx.rollback().await.unwrap_err().kind(), ErrorKind::TransactionFinished);
        assert_eq!(count(&fixture.db).await?, 1);
        // A session does not write its rows a second time.
        let mut session = fixture.db.session();
        session.add(NewTag { name: "once".into() });
        session.flush().await?;
        sql("create table more (id int)").execute(session.executor()).await.unwrap_err();
        session.commit().await.unwrap_err();
        drop(session.commit().await);
        drop(session);
        assert_eq!(Tag::filter(Tag::name.eq("once")).count(&fixture.db).await?, 1);
        // Nor where it has more to write: that is what is left.
        let mut session = fixture.db.session();
        session.add(NewTag { name: "first".into() });
        session.flush().await?;
        sql("create table even_more (id int)").execute(session.executor()).await.unwrap_err();
        session.add(NewTag { name: "second".into() });
        let error = session.flush().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionFinished, "{error}");
        session.commit().await?;
        for name in ["first", "second"] {
            assert_eq!(Tag::filter(Tag::name.eq(name)).count(&fixture.db).await?, 1, "{name}");
        }
    }

    async fn a_transaction_that_a_statement_has_ended_says_so_at_its_end(fixture) {
        create(&fixture.db).await?;
        // What the database has no word for in the text: a function, or DDL that commits.
        let ends = match fixture.backend {
            Backend::Mariadb => "create table ending (id int primary key)",
            // No text gets past the guard there.
            Backend::Postgres | Backend::Sqlite => return Ok(()),
        };
        for commits in [false, true] {
            let tx = fixture.db.begin().await?;
            tag("written before", &tx).await?;
            let error = sql(ends).execute(&tx).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TransactionFinished, "{error}");
            assert!(error.to_string().contains("ended the transaction"), "{error}");
            let after = tag("after", &tx).await.unwrap_err();
            assert_eq!(after.kind(), ErrorKind::TransactionFinished, "{after}");
            let end = if commits { tx.commit().await } else { tx.rollback().await };
            assert_eq!(end.unwrap_err().kind(), ErrorKind::TransactionFinished);
            // The row remains, and neither end claims that it was rolled back.
            assert_eq!(count(&fixture.db).await?, 1);
            Tag::query().unfiltered().delete().execute(&fixture.db).await?;
            sql("drop table ending").execute(&fixture.db).await?;
        }
        // A nested transaction that is ended like this takes the outer one with it.
        let outer = fixture.db.begin().await?;
        let inner = outer.begin().await?;
        tag("inner", &inner).await?;
        sql(ends).execute(&inner).await.unwrap_err();
        assert_eq!(inner.rollback().await.unwrap_err().kind(), ErrorKind::TransactionFinished);
        assert_eq!(outer.rollback().await.unwrap_err().kind(), ErrorKind::TransactionFinished);
        // So does a function that gets one: its error is the statement's.
        let run = fixture.db.transaction(|tx| async move {
            sql("create table another (id int primary key)").execute(&tx).await?;
            Ok::<_, Error>(())
        });
        assert_eq!(run.await.unwrap_err().kind(), ErrorKind::TransactionFinished);
    }

    async fn a_transaction_that_nobody_would_end_is_an_error(fixture) {
        create(&fixture.db).await?;
        if fixture.backend != Backend::Mariadb || fixture.is_pooled() {
            return Ok(());
        }
        let connection = fixture.db.acquire().await?;
        sql("set autocommit = 0").execute(&connection).await?;
        let error = tag("lost", &connection).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionState, "{error}");
        assert!(error.to_string().contains("autocommit is off"), "{error}");
        let again = tag("lost", &connection).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::ConnectionLost, "{again}");
        drop(connection);
        assert_eq!(count(&fixture.db).await?, 0);
        // A procedure that begins one is found out, too.
        sql("create procedure begins() begin start transaction; insert into tags (name) values ('p'); end")
            .execute(&fixture.db)
            .await?;
        let error = sql("call begins()").execute(&fixture.db).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TransactionState, "{error}");
        crate::cancellation::settled(&fixture.db).await;
        assert_eq!(count(&fixture.db).await?, 0);
    }
}
