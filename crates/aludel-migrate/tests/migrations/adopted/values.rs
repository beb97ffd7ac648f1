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
                ("9e999", "inf"),
                ("x'00ff'", "x'00FF'"),
                ("x'3137'", "17"),
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
        // What was written is what it was, and finds itself.
        let kind = match fixture.backend {
            Backend::Sqlite => "typeof(day) || quote(day)",
            Backend::Postgres => "day::text",
            Backend::Mariadb => "cast(day as char)",
        };
        let text = format!("SELECT {kind} FROM odd_days ORDER BY id");
        let kinds: Vec<String> = Sql::trusted(text).all(db).await?;
        assert_eq!(kinds[..all.len()], kinds[all.len()..]);
        for row in &rows {
            let found = OddDay::filter(OddDay::day.eq(row.day.clone())).all(db).await?;
            assert!(found.iter().any(|other| other.id == row.id), "{row:?}");
            let written = OddDay::filter(OddDay::id.eq(row.id))
                .update(OddDay::day.set(row.day.clone()))
                .execute(db)
                .await?;
            assert_eq!(written, 1);
        }
        let text = format!("SELECT {kind} FROM odd_days ORDER BY id");
        assert_eq!(Sql::trusted(text).all::<String>(db).await?, kinds);
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

/// Any value is the text that the server itself makes of it.
#[test]
fn rule_17_any_text_is_the_text_of_the_server_postgres() {
    crate::harness::run(Backend::Postgres, |fixture| {
        Box::pin(async move {
            let db = &fixture.db;
            for text in [
                "create domain positive as int check (value > 0)",
                "create domain small_positive as positive",
                "create domain words as text[]",
                "create type pair as (a int, b text)",
                "create type weather as enum ('fair', 'won''t say')",
            ] {
                Sql::trusted(text).execute(db).await?;
            }
            for expression in [
                "true",
                "'x'::\"char\"",
                "32767::int2",
                "(-9223372036854775807)::int8",
                "4294967295::oid",
                "'-Infinity'::float8",
                "'NaN'::float4",
                "'NaN'::numeric",
                "1e-16383::numeric",
                "123456789012345678901234567890.000000000000000000000000000000001",
                "'\\x00ff'::bytea",
                "'4714-11-24 BC'::date",
                "'5874897-12-31'::date",
                "'infinity'::timestamptz",
                "'294276-12-31 23:59:59.999999'::timestamp",
                "'0044-03-15 12:00:00.5 BC'::timestamp",
                "'24:00:00'::time",
                "'12:00:00.25+01:30:15'::timetz",
                "'-1 year 2 mons -3 days 04:05:06.7'::interval",
                "'12.34'::money",
                "'10.1.2.3/8'::inet",
                "'2001:db8::/64'::cidr",
                "'08:00:2b:01:02:03:04:05'::macaddr8",
                "B'0101'",
                "'[1,5)'::int4range",
                "'empty'::numrange",
                "'{[1,2],(5,)}'::int4multirange",
                "row(1, 'a,b \"c\"')::pair",
                "7::positive",
                "7::small_positive",
                "'won''t say'::weather",
                "'a & b'::tsquery",
                "'(1,2),(3,4)'::box",
                "'$.a[*] ? (@ > 1)'::jsonpath",
                "'{\"a\": [1, null]}'::jsonb",
                "'<a>x</a>'::xml",
                "'16/B374D848'::pg_lsn",
                "array[true, false, null]",
                "array[['a', 'NULL'], ['b c', null]]",
                "array['', 'a\"b', 'a\\b', '{', 'a' || chr(11), chr(160), ' ']",
                "'[0:1]={1,2}'::int[]",
                "'1 2'::int2vector",
                "'{}'::text[]",
                "array['\\x00'::bytea]",
                "array['(1,2),(3,4)'::box]",
                "array['won''t say'::weather]",
                "array['10.0.0.1'::inet]",
                "array['{x}']::words",
                "array[7::positive]",
                "array[row(1, 'a')::pair]",
                "array['infinity'::date, '2024-02-29']",
                "array[1.50::numeric, 'NaN']",
            ] {
                let text = format!("select {expression}, ({expression})::text");
                let (any, text): (AnyText, String) = Sql::trusted(text).one(db).await?;
                // Floats are shown as Rust writes them, and alone, a truth value is not cut short.
                assert_eq!(*any, *text, "{expression}");
            }
            Ok(())
        })
    });
}

/// A default is what it was: the moment without its zone, and with fewer digits, is another one.
#[test]
fn rule_12_defaults_of_moments_are_written_as_they_were_postgres() {
    crate::harness::run(Backend::Postgres, |fixture| {
        Box::pin(async move {
            let db = &fixture.db;
            let defaults = [
                ("a", "now()"),
                ("b", "LOCALTIMESTAMP"),
                ("c", "CURRENT_TIMESTAMP(3)"),
                ("d", "CURRENT_TIMESTAMP"),
            ];
            let columns =
                defaults.map(|(name, default)| format!("{name} timestamp default {default}"));
            let text = format!(
                "create table moments (id bigint primary key, {})",
                columns.join(", ")
            );
            Sql::trusted(text).execute(db).await?;
            let schema = db.inspect().await?;
            let table = schema.table(&"moments".into()).expect("a table");
            for (name, default) in defaults {
                let column = table.column(name).expect("a column");
                let node = column.default.as_ref().expect("a default");
                let text = aludel::schema::rendered(node, db.dialect())?;
                let text = text.replace("now()", "CURRENT_TIMESTAMP");
                assert_eq!(text, default.replace("now()", "CURRENT_TIMESTAMP"));
            }
            Ok(())
        })
    });
}
