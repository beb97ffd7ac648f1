//! Values that no other type reads, and arrays of one's own types.

use crate::harness::Backend;
use aludel::prelude::*;
use aludel::{AnyText, Sql};

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "odd_days")]
pub struct OddDay {
    pub id: i64,
    #[field(sql_type = "date")]
    pub day: Option<AnyText>,
}

on_every_database! {
    /// Rule 17: what a column holds beside its type is read as text, and written back as what it was.
    async fn rule_17_any_text_reads_and_writes_whatever_a_column_holds(fixture) {
        let db = &fixture.db;
        db.create_all(&models![OddDay]).await?;
        // As SQL, and as it is read.
        let all: &[(&str, &str)] = match fixture.backend {
            Backend::Postgres => &[
                ("'infinity'", "infinity"),
                ("'-infinity'", "-infinity"),
                ("'0044-03-15 BC'", "0044-03-15 BC"),
                ("'12026-02-28'", "12026-02-28"),
                ("'2024-02-29'", "2024-02-29"),
            ],
            Backend::Mariadb => &[
                ("'0000-00-00'", "0000-00-00"),
                ("'2024-00-00'", "2024-00-00"),
                ("'2024-02-29'", "2024-02-29"),
            ],
            Backend::Sqlite => &[
                ("'soon'", "soon"),
                ("17", "17"),
                ("1.5", "1.5"),
                ("x'00ff'", "x'00FF'"),
                ("'2024-02-29'", "2024-02-29"),
            ],
        };
        for (literal, _) in all {
            let insert = format!("INSERT INTO odd_days (day) VALUES ({literal})");
            Sql::trusted(insert).execute(db).await?;
        }
        let rows = OddDay::query().order_by(OddDay::id).all(db).await?;
        let texts: Vec<&str> = { rows.iter() }
            .map(|row| row.day.as_deref().unwrap_or_default())
            .collect();
        assert_eq!(texts, all.iter().map(|(_, text)| *text).collect::<Vec<_>>());
        // One value alone, a comparison, and a write of each.
        let days = OddDay::query().order_by(OddDay::id).select(OddDay::day).all(db).await?;
        assert_eq!(days, rows.iter().map(|row| row.day.clone()).collect::<Vec<_>>());
        let news = rows.iter().map(|row| NewOddDay { day: row.day.clone() });
        let again = OddDay::insert_many(news.collect::<Vec<_>>()).all(db).await?;
        assert_eq!(again.len(), rows.len());
        for (row, (_, text)) in again.iter().zip(all) {
            assert_eq!(row.day.as_deref(), Some(*text));
            assert_eq!(OddDay::get(row.id, db).await?, *row);
        }
        let mut session = db.session();
        let key = session.get::<OddDay>(rows[0].id).await?;
        assert_eq!(session[key].day.as_deref(), Some(all[0].1));
        session[key].day = None;
        session.commit().await?;
        assert_eq!(OddDay::get(rows[0].id, db).await?.day, None);
    }
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "weather")]
pub enum Weather {
    #[db_enum(label = "fair")]
    Fair,
    #[db_enum(label = "won't say")]
    WontSay,
}

#[derive(DbNewtype, Debug, Clone, PartialEq, Eq)]
pub struct Email(pub String);

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "stations")]
pub struct Station {
    pub id: i64,
    pub seen: Vec<Weather>,
    pub expected: Option<Vec<Option<Weather>>>,
    pub readers: Vec<Email>,
}

on_every_database! {
    /// M9: enums and newtypes are elements of arrays; a database without arrays says so before it is asked.
    async fn arrays_have_enums_and_newtypes(fixture) {
        let db = &fixture.db;
        let created = db.create_all(&models![Station]).await;
        if fixture.backend != Backend::Postgres {
            let error = created.expect_err("there are no arrays");
            assert_eq!(error.kind(), aludel::ErrorKind::Unsupported, "{error}");
            return Ok(());
        }
        created?;
        let new = |seen: &[Weather]| NewStation {
            seen: seen.to_vec(),
            expected: Some(vec![Some(Weather::Fair), None]),
            readers: vec![Email("a@b".into()), Email("{,\"\\".into())],
        };
        let one = new(&[Weather::Fair, Weather::WontSay]).insert(db).await?;
        assert_eq!(one.seen, [Weather::Fair, Weather::WontSay]);
        assert_eq!(Station::get(one.id, db).await?, one);
        let many = Station::insert_many([new(&[]), new(&[Weather::WontSay])]).all(db).await?;
        assert_eq!(many[0].seen, []);
        assert_eq!(many[1].seen, [Weather::WontSay]);
        assert_eq!(many[1].expected, Some(vec![Some(Weather::Fair), None]));
        let changed = Station::filter(Station::id.eq(one.id))
            .update(Station::seen.set(vec![Weather::WontSay]))
            .execute(db)
            .await?;
        assert_eq!(changed, 1);
        assert_eq!(Station::get(one.id, db).await?.seen, [Weather::WontSay]);
    }
}
