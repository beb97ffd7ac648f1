//! Statements on SQLite's blocking pool, whose rows are read where they are awaited; and the same on servers.

use crate::harness::Backend;
use crate::models::{Tag, create};
use aludel::prelude::*;
use aludel::{DynRow, ErrorKind};
use std::time::Duration;

/// 810,000 rows.
const MANY: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) select a.i, b.i from n a, n b";

/// Rows that fail to be read at the fourth.
const BROKEN: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) \
     select i as number, case when i = 4 then null else 'text' end as word from n order by i";

/// A row, and one that takes hours.
const SLOW: &str = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 900) \
     select 1 union all select count(*) from n a, n b, n c, n d";

#[derive(Model, Debug, PartialEq)]
struct Note {
    id: i64,
    text: String,
}

#[derive(FromRow, Debug, PartialEq)]
struct Word {
    word: String,
    number: i64,
}

on_every_database! {
    async fn a_statement_on_the_blocking_pool_answers_as_one_inline(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Note]).await?;
        let rows: Vec<(i64, i64)> = sql(MANY).push(" order by 1, 2").offload().all(db).await?;
        assert_eq!(rows.len(), 810_000);
        for (at, row) in rows.iter().enumerate() {
            assert_eq!(*row, (at as i64 / 900 + 1, at as i64 % 900 + 1));
        }
        // Cells that no batch was made for, between small ones.
        let long = "ü".repeat(150_000);
        Note::insert_many((0..9).map(|n| NewNote { text: if n % 4 == 3 { format!("{n}{long}") } else { n.to_string() } })).execute(db).await?;
        let inline = Note::query().order_by(Note::id).all(db).await?;
        assert_eq!(inline[3].text.len(), 300_001);
        assert_eq!(Note::query().order_by(Note::id).offload().all(db).await?, inline);
        // Names are there without a row, too; and no row is no error.
        let none: Vec<DynRow> = sql("select id, text from notes where id < 0").offload().rows(db).await?;
        assert!(none.is_empty());
        let one = sql("select id as a, text as b from notes where text = ").bind("0").offload().rows(db).await?;
        assert_eq!((one.len(), one[0].names()), (1, &["a".to_string(), "b".to_string()][..]));
        assert_eq!(sql("select text from notes where id < 0").offload().optional::<String>(db).await?, None);
        // A missing column is told before any row is read.
        let missing = sql("select id from notes").offload().all::<Word>(db).await.unwrap_err();
        assert!(missing.kind() == ErrorKind::Decode && missing.to_string().contains("no column \"word\""), "{missing}");
        assert_eq!(sql("update notes set text = text").offload().execute(db).await?, 9);
        let rowless = sql("update notes set text = text").all::<Word>(db).await.unwrap_err();
        assert_eq!(rowless.kind(), ErrorKind::Decode, "{rowless}");
        assert_eq!(sql("select nonsense").offload().all::<i64>(db).await.unwrap_err().kind(), ErrorKind::InvalidStatement);
    }

    async fn a_row_that_cannot_be_read_ends_its_statement_and_names_its_column(fixture) {
        let db = fixture.connect(Database::options().max_connections(1)).await;
        let told = |error: aludel::Error| {
            assert_eq!((error.kind(), error.column()), (ErrorKind::Decode, Some("word")), "{error}");
            assert!(error.statement().is_some_and(|text| text.contains("'text'")), "{error}");
        };
        told(sql(BROKEN).offload().all::<Word>(&db).await.unwrap_err());
        let tx = db.begin().await?;
        for _ in 0..2 {
            told(sql(BROKEN).offload().all::<Word>(&tx).await.unwrap_err());
            let mut stream = sql(BROKEN).stream::<Word>(&tx)?;
            let mut read = Vec::new();
            loop {
                match stream.next().await.expect("a row or an error") {
                    Ok(row) => read.push(row.number),
                    Err(error) => break told(error),
                }
            }
            assert!(stream.next().await.is_none());
            // Those of a server are read ahead.
            assert!(read == [1, 2, 3] || fixture.backend != Backend::Sqlite && read.is_empty(), "{read:?}");
            assert_eq!(sql("select ").bind(5_i64).one::<i64>(&tx).await?, 5);
        }
        tx.commit().await?;
        let mut missing = sql("select 1 as number").stream::<Word>(&db)?;
        let error = missing.next().await.expect("an error").unwrap_err();
        assert!(error.to_string().contains("no column \"word\""), "{error}");
        assert!(missing.next().await.is_none());
        assert_eq!(sql("select ").bind(5_i64).one::<i64>(&db).await?, 5);
        db.close();
    }

    async fn what_a_statement_writes_is_written_though_its_rows_are_not_wanted(fixture) {
        let db = &fixture.db;
        create(db).await?;
        let tx = db.begin().await?;
        let insert = match fixture.backend {
            Backend::Postgres => "insert into tags (name) select cast(i as text) from generate_series(1, 9000) as n(i) returning id",
            Backend::Mariadb => "insert into tags (name) select seq from seq_1_to_9000 returning id",
            Backend::Sqlite => "insert into tags (name) select i from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 9000) select i from n) returning id",
        };
        assert!(sql(insert).offload().first::<i64>(&tx).await?.is_some());
        assert_eq!(Tag::query().count(&tx).await?, 9000);
        tx.commit().await?;
        assert_eq!(Tag::query().count(db).await?, 9000);
        // Nor is the connection given up before it is done.
        Tag::query().unfiltered().delete().execute(db).await?;
        assert!(sql(insert).first::<i64>(db).await?.is_some());
        assert_eq!(Tag::query().count(db).await?, 9000);
    }
}

alone! {
    /// As inline: an error behind the last row that is wanted is not waited for.
    fn on_sqlite_what_fails_behind_the_first_row_is_nobodys() {
        crate::harness::run(Backend::Sqlite, |fixture| {
            Box::pin(async {
                let db = &fixture.db;
                db.create_all(&models![Note]).await?;
                let texts = ["1", "no json"].map(|text| NewNote { text: text.into() });
                Note::insert_many(texts).execute(db).await?;
                let parsed = sql("select json_extract(text, '$') from notes order by id").offload();
                for _ in 0..200 {
                    assert_eq!(parsed.first::<i64>(db).await?, Some(1));
                }
                assert!(parsed.all::<i64>(db).await.is_err());
                assert_eq!(Note::query().count(db).await?, 2);
                Ok(())
            })
        });
    }

    /// A row is handed over when it is there. (A server's are, too, but servers collect some before they send.)
    fn on_sqlite_the_first_row_does_not_wait_for_the_second() {
        crate::harness::run(Backend::Sqlite, |fixture| {
            Box::pin(async {
                let db = fixture
                    .connect(Database::options().max_connections(1))
                    .await;
                let soon = tokio::time::timeout(Duration::from_secs(60), async {
                    for _ in 0..3 {
                        let first = sql(SLOW).offload().first::<i64>(&db).await?;
                        assert_eq!(first, Some(1));
                        let mut stream = sql(SLOW).stream::<i64>(&db)?;
                        assert_eq!(stream.next().await.expect("a row")?, 1);
                    }
                    aludel::Result::Ok(())
                });
                soon.await.expect("the second row takes hours")
            })
        });
    }
}
