//! Rule 28: what functions, operators, casts and types mean, in one table. Each case is checked on every database, and
//! `crates/aludel/docs/meanings.md` is what the table is rendered to: `ALUDEL_WRITE_DOCS=1 cargo test --test suite meanings` writes it.
#![allow(clippy::eq_op)] // A column less itself is a zero that no database knows beforehand.

use crate::harness::Backend;
use aludel::expr::functions::{
    ceil, day, floor, hour, minute, month, null_if, replace, round, round_to, second, substring,
    year,
};
use aludel::prelude::*;
use aludel::{ErrorKind, Query};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;
use std::future::Future;
use std::pin::Pin;
use uuid::Uuid;

/// Its labels do not sort as they are declared.
#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    Low,
    Medium,
    High,
}

/// A value of each type. The second row differs where aggregates are shown.
#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "samples")]
pub struct Sample {
    pub id: i64,
    pub seven: i64,
    pub minus_seven: i64,
    pub two: i64,
    pub zero: i64,
    pub nothing: Option<i64>,
    pub half: f64,
    pub minus_half: f64,
    pub no_float: f64,
    pub ten: Decimal,
    pub nine: Decimal,
    pub three: Decimal,
    pub exact: Decimal,
    pub minus_exact: Decimal,
    pub tenth: Decimal,
    pub no_price: Option<Decimal>,
    pub alpha: String,
    pub digits: String,
    pub umlauts: String,
    pub percent: String,
    pub backslash: String,
    pub blanks: String,
    pub empty: String,
    pub no_text: Option<String>,
    pub yes: bool,
    pub level: Level,
    pub born: Date,
    pub moment: Timestamp,
    pub uuid: Uuid,
    pub bytes: Bytes,
    pub doc: serde_json::Value,
}

fn dec(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn document() -> serde_json::Value {
    serde_json::json!({ "a": "x", "n": 1.5, "t": true, "z": null, "list": [10, { "k": "" }] })
}

fn sample() -> NewSample {
    NewSample {
        seven: 7,
        minus_seven: -7,
        two: 2,
        zero: 0,
        nothing: None,
        half: 2.5,
        minus_half: -2.5,
        no_float: 0.0,
        ten: dec("10"),
        nine: dec("9"),
        three: dec("3"),
        exact: dec("2.5"),
        minus_exact: dec("-2.5"),
        tenth: dec("0.1"),
        no_price: None,
        alpha: "alpha".into(),
        digits: "7".into(),
        umlauts: "ÄÖ".into(),
        percent: "100%".into(),
        backslash: "x\\".into(),
        blanks: "  a ".into(),
        empty: String::new(),
        no_text: None,
        yes: true,
        level: Level::Medium,
        born: "2024-02-29".parse().expect("a date"),
        moment: "2024-02-29T23:59:59.123456Z".parse().expect("a moment"),
        uuid: Uuid::from_u128(1),
        bytes: Bytes(vec![1, 2]),
        doc: document(),
    }
}

async fn samples(db: &Database) -> aludel::Result<()> {
    db.create_all(&models![Sample]).await?;
    sample().insert(db).await?;
    let second = NewSample {
        seven: 8,
        ten: dec("9"),
        yes: false,
        level: Level::High,
        uuid: Uuid::from_u128(2),
        bytes: Bytes(vec![1, 3]),
        ..sample()
    };
    second.insert(db).await?;
    Ok(())
}

/// A value as the page shows it.
trait Shown {
    fn shown(&self) -> String;
}

macro_rules! shown {
    ($($value:ident: $($ty:ty),+ => $text:expr;)+) => {$($(
        impl Shown for $ty {
            fn shown(&self) -> String {
                let $value = self;
                $text
            }
        }
    )+)+};
}
shown! {
    value: bool, i64, Date, DateTime, Time, Timestamp, Uuid, serde_json::Value => value.to_string();
    value: f64, String, Level => format!("{value:?}");
    value: Decimal => value.normalize().to_string();
    value: Bytes => format!("{:?}", value.0);
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or("NULL".into(), Shown::shown)
    }
}

type Asked<'a> = Pin<Box<dyn Future<Output = aludel::Result<String>> + 'a>>;

/// A query whose one row is a value.
trait Ask {
    fn ask<'a>(&'a self, db: &'a Database) -> Asked<'a>;
}

impl<R: aludel::row::FromRow + Shown + Send + 'static> Ask for Query<Sample, R> {
    fn ask<'a>(&'a self, db: &'a Database) -> Asked<'a> {
        Box::pin(async move { Ok(self.one(db).await?.shown()) })
    }
}

/// An expression, and what it means.
struct Case {
    label: &'static str,
    means: &'static str,
    query: Box<dyn Ask>,
    /// The databases that can't do it.
    not: Unable,
}

#[derive(PartialEq)]
enum Unable {
    None,
    One(Backend),
    All,
}

impl Unable {
    fn has(&self, backend: Backend) -> bool {
        *self == Unable::All || *self == Unable::One(backend)
    }
}

impl Case {
    fn row(&self) -> String {
        let label = self.label.replace('|', "\\|");
        let means = match self.means {
            "" => "nothing".to_owned(),
            "an error" => "an error".to_owned(),
            means => format!("`{means}`"),
        };
        let mut row = format!("| `{label}` | {means} |");
        for backend in [Backend::Sqlite, Backend::Postgres, Backend::Mariadb] {
            row.push_str(if self.not.has(backend) {
                " `Unsupported` |"
            } else {
                " yes |"
            });
        }
        row
    }
}

/// `label => expression => what it means [, not database];` over the rows that a function names.
macro_rules! cases {
    ($rows:ident: $($label:literal => $item:expr => $means:literal $(, not $database:ident)?;)+) => {
        vec![$(Case {
            label: $label,
            means: $means,
            query: Box::new($rows().select($item)),
            not: cases!(@not $($database)?),
        }),+]
    };
    (@not) => { Unable::None };
    (@not All) => { Unable::All };
    (@not $database:ident) => { Unable::One(Backend::$database) };
}

fn one() -> Query<Sample> {
    Sample::filter(Sample::id.eq(1))
}

fn both() -> Query<Sample> {
    Sample::query()
}

fn no_rows() -> Query<Sample> {
    Sample::filter(Sample::id.eq(0))
}

fn whole_numbers() -> Vec<Case> {
    cases! { one:
        "7 / 2" => Sample::seven / Sample::two => "3";
        "-7 / 2" => Sample::minus_seven / 2 => "-3";
        "7 / 0" => Sample::seven / Sample::zero => "NULL";
        "(-7).remainder(2)" => Sample::minus_seven.remainder(2) => "-1";
        "7.remainder(0)" => Sample::seven.remainder(Sample::zero) => "NULL";
        "NULL + 7" => Sample::nothing + 7 => "NULL";
        "-(7)" => -Sample::seven => "-7";
        "(-7).abs()" => Sample::minus_seven.abs() => "7";
        "round(7)" => round(Sample::seven) => "7";
        "floor(-7)" => floor(Sample::minus_seven) => "-7";
        "ceil(7)" => ceil(Sample::seven) => "7";
        "greatest(7, 2)" => greatest(Sample::seven, Sample::two) => "7";
        "least(7, 2)" => least(Sample::seven, Sample::two) => "2";
        "greatest(NULL, 7)" => greatest(Sample::nothing, 7) => "NULL";
    }
}

fn floats() -> Vec<Case> {
    cases! { one:
        "2.5 / 2.0" => Sample::half / 2.0 => "1.25";
        "2.5 / 0.0" => Sample::half / Sample::no_float => "NULL";
        "2.5.remainder(1.0)" => Sample::half.remainder(1.0) => "0.5", not Postgres;
        "round(2.5)" => round(Sample::half) => "3.0";
        "round(-2.5)" => round(Sample::minus_half) => "-3.0";
        "floor(-2.5)" => floor(Sample::minus_half) => "-3.0";
        "ceil(-2.5)" => ceil(Sample::minus_half) => "-2.0";
        "(-2.5).abs()" => Sample::minus_half.abs() => "2.5";
        "random().between(0.0, 1.0)" => random::<Sample>().between(0.0_f64, 1.0_f64) => "true";
    }
}

fn exact_numbers() -> Vec<Case> {
    cases! { one:
        "0.1d + 0.2d" => Sample::tenth + dec("0.2") => "0.3";
        "2.5d * 1.5d" => Sample::exact * dec("1.5") => "3.75";
        "10d / 3d" => Sample::ten / Sample::three => "3.3333333333";
        "10d / -6d" => Sample::ten / dec("-6") => "-1.6666666667";
        "10d / 0d" => Sample::ten / (Sample::ten - Sample::ten) => "NULL";
        "10d.remainder(4d)" => Sample::ten.remainder(dec("4")) => "2";
        "round(2.5d)" => round(Sample::exact) => "3";
        "round(-2.5d)" => round(Sample::minus_exact) => "-3";
        "round_to(2.5d / 2, 1)" => round_to(Sample::exact / dec("2"), 1) => "1.3";
        "round_to(-2.5d / 2, 1)" => round_to(Sample::minus_exact / dec("2"), 1) => "-1.3";
        "round_to(2.5d, 3)" => round_to(Sample::exact, 3) => "2.5";
        "floor(-2.5d)" => floor(Sample::minus_exact) => "-3";
        "ceil(-2.5d)" => ceil(Sample::minus_exact) => "-2";
        "(-2.5d).abs()" => Sample::minus_exact.abs() => "2.5";
        "10d.gt(9d)" => Sample::ten.gt(Sample::nine) => "true";
        "9d.eq(9.00d)" => Sample::nine.eq(dec("9.00")) => "true";
        "9d.is_in([9.00d])" => Sample::nine.is_in([dec("9.00")]) => "true";
        "greatest(10d, 9d)" => greatest(Sample::ten, Sample::nine) => "10";
        "coalesce(NULL, 9d).lt(10d)" => coalesce(Sample::no_price, dec("9")).lt(dec("10")) => "true";
    }
}

fn comparisons() -> Vec<Case> {
    cases! { one:
        "NULL.eq(7)" => Sample::nothing.eq(7) => "NULL";
        "!NULL.eq(7)" => !Sample::nothing.eq(7) => "NULL";
        "NULL.eq(7).is_true()" => Sample::nothing.eq(7).is_true() => "false";
        "NULL.eq(7) | 7.eq(7)" => Sample::nothing.eq(7) | Sample::seven.eq(7) => "true";
        "NULL.eq(7) & 7.eq(8)" => Sample::nothing.eq(7) & Sample::seven.eq(8) => "false";
        "NULL.eq(None)" => Sample::nothing.eq(None) => "true";
        "7.ne(8)" => Sample::seven.ne(8) => "true";
        "NULL.is_null()" => Sample::nothing.is_null() => "true";
        "NULL.is_distinct_from(7)" => Sample::nothing.is_distinct_from(7) => "true";
        "NULL.is_not_distinct_from(NULL)" => Sample::nothing.is_not_distinct_from(Sample::nothing) => "true";
        "7.between(2, 7)" => Sample::seven.between(2, 7) => "true";
        "7.is_in([])" => Sample::seven.is_in(Vec::<i64>::new()) => "false";
        "7.not_in([])" => Sample::seven.not_in(Vec::<i64>::new()) => "true";
        "NULL.is_in([7])" => Sample::nothing.is_in([7]) => "NULL";
        "coalesce(NULL, 2)" => coalesce(Sample::nothing, 2) => "2";
        "null_if(7, 7)" => null_if(Sample::seven, 7) => "NULL";
        "true.gt(false)" => Sample::yes.gt(false) => "true";
        "Medium.gt(Low)" => Sample::level.gt(Level::Low) => "true";
        "Medium.lt(High)" => Sample::level.lt(Level::High) => "true";
        "greatest(Medium, Low).eq(Medium)" => greatest(Sample::level, Level::Low).eq(Level::Medium) => "true";
        r#"when(7.gt(2), "many").otherwise("few")"# => when(Sample::seven.gt(2), "many").otherwise("few") => r#""many""#;
        "when(7.lt(2), 1).end()" => when(Sample::seven.lt(2), 1_i64).end() => "NULL";
    }
}

fn texts() -> Vec<Case> {
    cases! { one:
        r#""alpha".eq("ALPHA")"# => Sample::alpha.eq("ALPHA") => "false";
        r#""alpha".ieq("ALPHA")"# => Sample::alpha.ieq("ALPHA") => "true";
        r#""alpha".contains("ph")"# => Sample::alpha.contains("ph") => "true";
        r#""alpha".contains("PH")"# => Sample::alpha.contains("PH") => "false";
        r#""alpha".icontains("PH")"# => Sample::alpha.icontains("PH") => "true";
        r#""alpha".starts_with("al")"# => Sample::alpha.starts_with("al") => "true";
        r#""alpha".istarts_with("AL")"# => Sample::alpha.istarts_with("AL") => "true";
        r#""alpha".ends_with("ha")"# => Sample::alpha.ends_with("ha") => "true";
        r#""alpha".iends_with("HA")"# => Sample::alpha.iends_with("HA") => "true";
        r#""alpha".contains("a_p")"# => Sample::alpha.contains("a_p") => "false";
        r#""100%".contains("%")"# => Sample::percent.contains("%") => "true";
        r#""alpha".like("a_p%")"# => Sample::alpha.like("a_p%") => "true";
        r#""alpha".like("AL%")"# => Sample::alpha.like("AL%") => "false";
        r#""alpha".ilike("AL%")"# => Sample::alpha.ilike("AL%") => "true";
        r#""100%".like("100\\%")"# => Sample::percent.like("100\\%") => "true";
        r#""alpha".like("alph\\%")"# => Sample::alpha.like("alph\\%") => "false";
        r#""x\\".like("x\\")"# => Sample::backslash.like("x\\") => "true";
        r#"length("ÄÖ")"# => length(Sample::umlauts) => "2";
        r#"length("")"# => length(Sample::empty) => "0";
        r#""".is_null()"# => Sample::empty.is_null() => "false";
        "length(NULL)" => length(Sample::no_text) => "NULL";
        r#""ÄÖ".lower()"# => Sample::umlauts.lower() => r#""äö""#;
        r#""alpha".upper()"# => Sample::alpha.upper() => r#""ALPHA""#;
        r#""ß".upper()"# => replace(Sample::alpha, "alpha", "ß").upper() => r#""ß""#;
        r#""  a ".trim()"# => Sample::blanks.trim() => r#""a""#;
        r#""alpha".concat("!")"# => Sample::alpha.concat("!") => r#""alpha!""#;
        r#"NULL.concat("!")"# => Sample::no_text.concat("!") => "NULL";
        r#"replace("alpha", "a", "b")"# => replace(Sample::alpha, "a", "b") => r#""blphb""#;
        r#"replace("alpha", "A", "b")"# => replace(Sample::alpha, "A", "b") => r#""alpha""#;
        r#"substring("alpha", 2, 3)"# => substring(Sample::alpha, 2, 3) => r#""lph""#;
        r#"substring("alpha", 0, 2)"# => substring(Sample::alpha, 0, 2) => r#""a""#;
        r#"substring("alpha", -1, 3)"# => substring(Sample::alpha, -1, 3) => r#""a""#;
        r#"substring("alpha", 4, 99)"# => substring(Sample::alpha, 4, 99) => r#""ha""#;
        r#"substring("alpha", 9, 1)"# => substring(Sample::alpha, 9, 1) => r#""""#;
        r#"substring("alpha", 1, -1)"# => substring(Sample::alpha, 1, -1) => r#""""#;
    }
}

fn times() -> Vec<Case> {
    cases! { one:
        "year(born)" => year(Sample::born) => "2024";
        "month(born)" => month(Sample::born) => "2";
        "day(born)" => day(Sample::born) => "29";
        "hour(moment)" => hour(Sample::moment) => "23";
        "minute(moment)" => minute(Sample::moment) => "59";
        "second(moment)" => second(Sample::moment) => "59";
        "hour(born)" => hour(Sample::born) => "", not All;
        "born.lt(today())" => Sample::born.lt(today()) => "true";
        "born.lt(now())" => Sample::born.lt(now()) => "true";
        "moment.lt(now())" => Sample::moment.lt(now()) => "true";
        "moment.lt(today())" => Sample::moment.lt(today()) => "true";
    }
}

fn casts() -> Vec<Case> {
    cases! { one:
        "2.5.cast::<i64>()" => Sample::half.cast::<i64>() => "3";
        "(-2.5).cast::<i64>()" => Sample::minus_half.cast::<i64>() => "-3";
        "2.5d.cast::<i64>()" => Sample::exact.cast::<i64>() => "3";
        "2.5d.cast::<f64>()" => Sample::exact.cast::<f64>() => "2.5";
        "7.cast::<f64>()" => Sample::seven.cast::<f64>() => "7.0";
        "7.cast::<Decimal>()" => Sample::seven.cast::<Decimal>() => "7";
        "7.cast::<String>()" => Sample::seven.cast::<String>() => r#""7""#;
        r#""7".cast::<i64>()"# => Sample::digits.cast::<i64>() => "7";
        "true.cast::<i64>()" => Sample::yes.cast::<i64>() => "1";
        "0.cast::<bool>()" => Sample::zero.cast::<bool>() => "false";
        "7.gt(2).cast::<String>()" => Sample::seven.gt(2).cast::<String>() => r#""true""#;
        "7.cast::<bool>()" => Sample::seven.cast::<bool>() => "true";
        "true.cast::<f64>()" => Sample::yes.cast::<f64>() => "1.0";
        "2.5.cast::<Decimal>()" => Sample::half.cast::<Decimal>() => "2.5";
        "2.5.cast::<String>()" => Sample::half.cast::<String>() => r#""2.5""#;
        "1e300.cast::<String>()" => (Sample::half * 4e299).cast::<String>() => r#""1e+300""#;
        "1e300.cast::<i64>()" => (Sample::half * 4e299).cast::<i64>() => "an error";
        "1e300.cast::<Decimal>()" => (Sample::half * 4e299).cast::<Decimal>() => "an error";
        "40000.cast::<i16>().gt(0)" => (Sample::seven + 39_993).cast::<i16>().gt(0) => "an error";
        r#""alpha".cast::<i64>()"# => Sample::alpha.cast::<i64>() => "an error";
        r#""7".cast::<f64>()"# => Sample::digits.cast::<f64>() => "7.0";
        r#""100%".cast::<f64>()"# => Sample::percent.cast::<f64>() => "an error";
        r#""7".cast::<Decimal>()"# => Sample::digits.cast::<Decimal>() => "7";
        r#""alpha".cast::<bool>()"# => Sample::alpha.cast::<bool>() => "an error";
        r#""true".cast::<bool>()"# => Sample::yes.cast::<String>().cast::<bool>() => "true";
        r#""alpha".cast::<Level>()"# => Sample::alpha.cast::<Level>() => "an error";
        r#""Medium".cast::<Level>()"# => Sample::level.cast::<String>().cast::<Level>() => "Medium";
        r#""alpha".cast::<Date>()"# => Sample::alpha.cast::<Date>() => "an error";
        r#""2024-02-29".cast::<Date>()"# => Sample::born.cast::<String>().cast::<Date>() => "2024-02-29";
        r#""2024-02-29T23:59:59Z".cast::<Timestamp>()"# => literal("2024-02-29T23:59:59Z").cast::<Timestamp>() => "2024-02-29T23:59:59Z";
        "uuid.cast::<String>()" => Sample::uuid.cast::<String>() => r#""00000000-0000-0000-0000-000000000001""#;
        r#""alpha".cast::<Uuid>()"# => Sample::alpha.cast::<Uuid>() => "an error";
        "born.cast::<i64>()" => Sample::born.cast::<i64>() => "", not All;
        "7.cast::<Date>()" => Sample::seven.cast::<Date>() => "", not All;
        "2.5.cast::<bool>()" => Sample::half.cast::<bool>() => "", not All;
        "Medium.cast::<i64>()" => Sample::level.cast::<i64>() => "", not All;
        "bytes.cast::<String>()" => Sample::bytes.cast::<String>() => "", not All;
        "doc.cast::<String>()" => Sample::doc.cast::<String>() => "", not All;
        "NULL.cast::<String>()" => Sample::nothing.cast::<String>() => "NULL";
        "moment.cast::<Date>()" => Sample::moment.cast::<Date>() => "2024-02-29";
        "moment.cast::<Time>()" => Sample::moment.cast::<Time>() => "23:59:59.123456";
        "born.cast::<DateTime>()" => Sample::born.cast::<DateTime>() => "2024-02-29T00:00:00";
    }
}

fn documents() -> Vec<Case> {
    cases! { one:
        r#"doc.json_key("a")"# => Sample::doc.json_key("a") => r#""x""#;
        r#"doc.json_key("n")"# => Sample::doc.json_key("n") => r#""1.5""#;
        r#"doc.json_key("t")"# => Sample::doc.json_key("t") => r#""true""#;
        r#"doc.json_key("z")"# => Sample::doc.json_key("z") => "NULL";
        r#"doc.json_key("missing")"# => Sample::doc.json_key("missing") => "NULL";
        r#"doc.json_key("list")"# => Sample::doc.json_key("list") => "NULL";
        r#"doc.json_key("list").json_index(0)"# => Sample::doc.json_key("list").json_index(0) => r#""10""#;
        r#"doc.json_key("list").json_index(9)"# => Sample::doc.json_key("list").json_index(9) => "NULL";
        r#"doc.json_key("list").json_key("0")"# => Sample::doc.json_key("list").json_key("0") => "NULL";
        r#"doc.json_key("list").json_index(1).json_key("k")"# => Sample::doc.json_key("list").json_index(1).json_key("k") => r#""""#;
        "doc.json_index(0)" => Sample::doc.json_index(0) => "NULL";
        "doc.lt(doc)" => Sample::doc.lt(Sample::doc) => "", not All;
        "doc.max()" => Sample::doc.max() => "", not All;
    }
}

fn aggregates() -> Vec<Case> {
    let mut cases = cases! { both:
        "[7, 8].sum()" => Sample::seven.sum() => "15";
        "[7, 8].avg()" => Sample::seven.avg() => "7.5";
        "[10d, 9d].avg()" => Sample::ten.avg() => "9.5";
        "[10d, 9d].min()" => Sample::ten.min() => "9";
        "[10d, 9d].max()" => Sample::ten.max() => "10";
        "[Medium, High].min()" => Sample::level.min() => "Medium";
        "[Medium, High].max()" => Sample::level.max() => "High";
        "[true, false].min()" => Sample::yes.min() => "false";
        "[true, false].max()" => Sample::yes.max() => "true";
        "[uuid 1, uuid 2].max()" => Sample::uuid.max() => "00000000-0000-0000-0000-000000000002";
        "[bytes 1 2, bytes 1 3].max()" => Sample::bytes.max() => "[1, 3]";
        "[NULL, NULL].count()" => Sample::nothing.count() => "0";
        "[2, 2].count().distinct()" => Sample::two.count().distinct() => "1";
        "[7, 8].count().filter(it.gt(7))" => Sample::seven.count().filter(Sample::seven.gt(7)) => "1";
    };
    cases.extend(cases! { no_rows:
        "[].count()" => Sample::seven.count() => "0";
        "[].sum()" => Sample::seven.sum() => "NULL";
        "[].avg()" => Sample::ten.avg() => "NULL";
        "[].max()" => Sample::alpha.max() => "NULL";
    });
    cases
}

fn table() -> Vec<(&'static str, Vec<Case>)> {
    vec![
        ("Whole numbers", whole_numbers()),
        ("Floats", floats()),
        ("Exact numbers", exact_numbers()),
        ("Comparisons, NULL and CASE", comparisons()),
        ("Text", texts()),
        ("Dates and times", times()),
        ("Casts", casts()),
        ("JSON", documents()),
        ("Aggregates", aggregates()),
    ]
}

const HEAD: &str = r#"# What expressions mean

The test `meanings` checks each line on SQLite, PostgreSQL and MariaDB, and writes this page. What a database can't do is an
`Unsupported` error before anything is sent.

A value stands for a column, or any expression, of that value: `7` of an `i64`, `2.5` of an `f64`, `2.5d` of a `Decimal`,
`"alpha"` of a `String`, `Medium` of an enum of `Low`, `Medium` and `High`, and `NULL` of a nullable column that has none.
`born` is the date 2024-02-29, `moment` the instant 2024-02-29T23:59:59.123456Z, and `doc` the document
`{"a": "x", "n": 1.5, "t": true, "z": null, "list": [10, {"k": ""}]}`. An aggregate is over rows of the values in brackets.

An error is `InvalidValue` or `OutOfRange`, by the server: there is no such value.

What can be NULL though nothing that it is made of is NULL has a type that says so, an `Option`: quotients and remainders by a
column or an expression (NULL where the divisor is zero), `null_if`, `when(..).end()`, `json_key` and `json_index`, and all
aggregates but `count`. By a value of Rust a quotient is what the dividend is; a value that is zero is an `InvalidQuery` error
before anything is sent. Where zero is meant as a divisor, it is an expression: `literal(0_i64)`. What a function of the database
returns (`func(..).returns::<T>()`) is what the program says: say `Option<T>` where it can be NULL.
"#;

fn rendered() -> String {
    let mut page = HEAD.to_owned();
    for (title, cases) in table() {
        page.push_str(&format!("\n## {title}\n\n"));
        page.push_str(
            "| Expression | Means | SQLite | PostgreSQL | MariaDB |\n|---|---|---|---|---|\n",
        );
        for case in &cases {
            page.push_str(&case.row());
            page.push('\n');
        }
    }
    page
}

on_every_database! {
    async fn rule_28_every_expression_means_what_the_table_says(fixture) {
        let db = &fixture.db;
        samples(db).await?;
        let mut wrong = Vec::new();
        for (_, cases) in table() {
            for case in cases {
                let found = match case.query.ask(db).await {
                    Err(error) if error.kind() == ErrorKind::Unsupported => "Unsupported".to_owned(),
                    Err(error) if matches!(error.kind(), ErrorKind::InvalidValue | ErrorKind::OutOfRange) => "an error".to_owned(),
                    Err(error) => error.detailed(),
                    Ok(value) => value,
                };
                let means = if case.not.has(fixture.backend) { "Unsupported" } else { case.means };
                if found != means {
                    wrong.push(format!("{} is {found}, not {means}", case.label));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

alone! {
    fn the_page_says_what_the_table_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../aludel/docs/meanings.md");
        if std::env::var_os("ALUDEL_WRITE_DOCS").is_some() {
            std::fs::write(path, rendered()).expect("it is written");
        }
        let page = std::fs::read_to_string(path).expect("the page");
        assert!(
            page == rendered(),
            "docs/meanings.md is not what the table says: run this test with ALUDEL_WRITE_DOCS=1"
        );
    }
}
