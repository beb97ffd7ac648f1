//! Rule 28 where the table of meanings has no place: what is refused, letters, documents.

use aludel::ErrorKind;
use aludel::expr::functions::{hour, year};
use aludel::prelude::*;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "meaning_level")]
pub(super) enum Level {
    Zebra,
    Middle,
    Ant,
}

/// A value of each type, and what is at its limits.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "meaning_samples")]
pub(super) struct Sample {
    pub(super) id: i64,
    pub(super) seven: i64,
    pub(super) most: i64,
    pub(super) half: f64,
    pub(super) third: f64,
    pub(super) huge: f64,
    pub(super) tiny: f64,
    pub(super) single: f32,
    pub(super) exact: Decimal,
    pub(super) alpha: String,
    pub(super) apples: String,
    pub(super) written: String,
    pub(super) sharp: String,
    pub(super) sigma: String,
    pub(super) turkish: String,
    pub(super) yes: bool,
    pub(super) level: Level,
    pub(super) born: Date,
    pub(super) clock: Time,
    pub(super) moment: Timestamp,
    pub(super) uuid: Uuid,
    pub(super) bytes: Bytes,
    pub(super) doc: serde_json::Value,
    pub(super) nothing: Option<i64>,
    pub(super) no_text: Option<String>,
}

pub(super) fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

pub(super) async fn samples(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Sample]).await?;
    NewSample {
        seven: 7,
        most: i64::MAX,
        half: 2.5,
        third: 1.0 / 3.0,
        huge: 1e300,
        tiny: 1.5e-7,
        single: 0.1,
        exact: dec("2.5"),
        alpha: "alpha".into(),
        apples: "7 apples".into(),
        written: " -12.50 ".into(),
        sharp: "straße".into(),
        sigma: "ΟΔΟΣ".into(),
        turkish: "İ".into(),
        yes: true,
        level: Level::Middle,
        born: "2024-02-29".parse().expect("a date"),
        clock: "01:02:03.5".parse().expect("a time"),
        moment: "2024-02-29T23:59:59.123456Z".parse().expect("a moment"),
        uuid: Uuid::from_u128(0x102),
        bytes: Bytes(b"abc".to_vec()),
        doc: serde_json::json!({"a": "x", "b": [1], "tiny": 1e-7, "great": 1e20, "zero": -0.0, "half": 2.5}),
        nothing: None,
        no_text: None,
    }
    .insert(db)
    .await?;
    Ok(())
}

/// That there is no such value: which of these errors says it is not the rule's.
pub(super) const NO: &str = "refused";

pub(super) fn is_refusal(error: &aludel::Error) -> bool {
    use ErrorKind::{InvalidValue, OutOfRange, Unsupported};
    matches!(error.kind(), Unsupported | InvalidValue | OutOfRange)
}

/// What expressions come to: `"…" => type, expression => value;`, where the value may be [`NO`].
macro_rules! meanings {
    ($db:ident: $($label:literal => $type:ty, $item:expr => $means:expr;)+) => {{
        let mut wrong: Vec<String> = Vec::new();
        $({
            let found: aludel::Result<$type> = Sample::query().select($item).one($db).await;
            let found = match found {
                Ok(value) => format!("{value:?}"),
                Err(error) if is_refusal(&error) => NO.to_string(),
                Err(error) => error.to_string(),
            };
            if found != $means {
                wrong.push(format!("{} is {found}, not {}", $label, $means));
            }
        })+
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }};
}
pub(super) use meanings;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Point {
    x: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Maybe {
    x: Option<f64>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "meaning_documents")]
struct Document {
    id: i64,
    point: Option<Json<Point>>,
    maybe: Option<Json<Maybe>>,
    any: Option<serde_json::Value>,
}

on_every_database! {
    /// Whatever is taken can be read: documents that nest too deep for the reader, and numbers that JSON has not, are refused.
    async fn documents_that_can_not_be_read_are_refused(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Document]).await?;
        let empty = || NewDocument { point: None, maybe: None, any: None };
        let nested = |depth: usize| (0..depth).fold(serde_json::json!(1), |inner, _| serde_json::json!([inner]));
        let mut wrong = Vec::new();
        let mut check = async |name: String, new: NewDocument, taken: Option<bool>| -> aludel::Result<()> {
            let written = new.insert(db).await;
            let read = Document::query().all(db).await;
            match (&written, &read) {
                (_, Err(error)) => wrong.push(format!("{name}: written ({:?}), and then {error}", written.map_err(|error| error.kind()))),
                (Err(error), Ok(_)) if !matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::InvalidQuery) => wrong.push(format!("{name}: {error}")),
                (written, _) if taken.is_some_and(|taken| taken != written.is_ok()) => wrong.push(format!("{name}: {written:?}")),
                _ => {}
            }
            Document::query().unfiltered().delete().execute(db).await?;
            Ok(())
        };
        // MariaDB takes 31.
        for (depth, taken) in [(31, Some(true)), (32, None), (127, None), (128, Some(false)), (200, Some(false)), (1_000, Some(false))] {
            check(format!("{depth} levels"), NewDocument { any: Some(nested(depth)), ..empty() }, taken).await?;
        }
        for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            check(format!("{x}"), NewDocument { point: Some(Json(Point { x })), ..empty() }, Some(false)).await?;
        }
        check("no number".into(), NewDocument { maybe: Some(Json(Maybe { x: None })), ..empty() }, Some(true)).await?;
        check("a null".into(), NewDocument { any: Some(serde_json::json!({"x": null})), ..empty() }, Some(true)).await?;
        let text = "[".repeat(128) + &"]".repeat(128);
        let by_name = aludel::dynamic::insert(Document::meta(), [("any".to_string(), aludel::Value::Text(text))], db).await;
        wrong.extend(by_name.is_ok().then(|| "by name".to_string()));
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// Numbers in documents have one text, and are read as they were written.
    async fn rule_28_numbers_in_documents_have_one_text(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        meanings! { db:
            "a small number" => Option<String>, Sample::doc.json_key("tiny") => "Some(\"0.0000001\")";
            "a great number" => Option<String>, Sample::doc.json_key("great") => "Some(\"100000000000000000000.0\")";
            "a negative zero" => Option<String>, Sample::doc.json_key("zero") => "Some(\"0.0\")";
            "a half" => Option<String>, Sample::doc.json_key("half") => "Some(\"2.5\")";
        }
        let read = Sample::query().select(Sample::doc).one(db).await?;
        assert_eq!((&read["tiny"], &read["great"]), (&serde_json::json!(1e-7), &serde_json::json!(1e20)));
    }

    async fn rule_28_a_key_with_a_nul_is_no_other_key(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let found = Sample::query().select(Sample::doc.json_key("a\0b")).one(db).await;
        assert_eq!(found.unwrap_err().kind(), ErrorKind::Unsupported);
    }

    /// Documents have no order: PostgreSQL has one of its own, and the others take them for texts.
    async fn rule_28_documents_have_no_order(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let other = || serde_json::json!({"z": 1});
        let kind = |result: aludel::Result<()>| result.unwrap_err().kind();
        let all = Sample::query;
        let found = [
            ("less", kind(Sample::filter(Sample::doc.lt(other())).count(db).await.map(drop))),
            ("between", kind(Sample::filter(Sample::doc.between(other(), other())).count(db).await.map(drop))),
            ("the greatest", kind(all().select(Sample::doc.max()).one(db).await.map(drop))),
            ("the greater", kind(all().select(greatest(Sample::doc, other())).one(db).await.map(drop))),
            ("sorted", kind(all().order_by(Sample::doc).all(db).await.map(drop))),
        ];
        let wrong: Vec<_> = found.iter().filter(|(_, found)| *found != ErrorKind::Unsupported).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert_eq!(Sample::filter(Sample::doc.eq(other())).count(db).await?, 0);
    }

    /// Letters become others one by one, in a function and where case is ignored.
    async fn rule_28_case_is_changed_letter_by_letter(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        meanings! { db:
            "upper of ß" => String, Sample::sharp.upper() => "\"STRAßE\"";
            "lower of Σ" => String, Sample::sigma.lower() => "\"οδοσ\"";
            "lower of İ" => String, Sample::turkish.lower() => "\"i\"";
            "ieq" => bool, Sample::sigma.ieq("οδοσ") => "true";
            "icontains" => bool, Sample::sigma.icontains("δοσ") => "true";
            "ilike" => bool, Sample::sigma.ilike("%οσ") => "true";
        }
    }

    /// A day has no hours, and a time no year.
    async fn rule_28_parts_that_there_are_not_are_refused(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        meanings! { db:
            "the hour of a day" => i64, hour(Sample::born) => NO;
            "the year of a time" => i64, year(Sample::clock) => NO;
            "today as a time" => Time, today().expr::<Sample, Time>() => NO;
        }
    }
}
