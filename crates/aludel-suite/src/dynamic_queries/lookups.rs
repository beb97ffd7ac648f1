//! Every lookup, beside the operator of a typed query that it is.

use super::{CODE, Entry, Level, at, list, price, text};
use aludel::dynamic::Lookup;
use aludel::expr::functions::{day, hour, month, year};
use aludel::prelude::*;

/// Conditions by path, lookup and value, with the typed ones that mean the same.
pub(super) fn lookups() -> Vec<(&'static str, Lookup, Value, Expr<Entry, bool>)> {
    let key = |key: &str| Entry::doc.json_key(key);
    vec![
        (
            "title",
            Lookup::Equal,
            text("Alpha"),
            Entry::title.eq("Alpha"),
        ),
        (
            "title",
            Lookup::NotEqual,
            text("Alpha"),
            Entry::title.ne("Alpha"),
        ),
        ("note", Lookup::Equal, Value::Null, Entry::note.is_null()),
        (
            "note",
            Lookup::NotEqual,
            Value::Null,
            Entry::note.is_not_null(),
        ),
        (
            "note",
            Lookup::Same,
            text("first"),
            Entry::note.is_not_distinct_from("first"),
        ),
        (
            "note",
            Lookup::Distinct,
            text("first"),
            Entry::note.is_distinct_from("first"),
        ),
        ("size", Lookup::Less, text("2"), Entry::size.lt(2)),
        (
            "size",
            Lookup::LessOrEqual,
            Value::I64(2),
            Entry::size.le(2),
        ),
        (
            "price",
            Lookup::Greater,
            text("9.99"),
            Entry::price.gt(price(999)),
        ),
        (
            "price",
            Lookup::GreaterOrEqual,
            Value::I32(10),
            Entry::price.ge(price(1000)),
        ),
        (
            "price",
            Lookup::Equal,
            text("1.5"),
            Entry::price.eq(price(150)),
        ),
        (
            "price",
            Lookup::Between,
            list([text("1.5"), text("9.99")]),
            Entry::price.between(price(150), price(999)),
        ),
        (
            "size",
            Lookup::Between,
            list([Value::I64(2), text("9")]),
            Entry::size.between(2, 9),
        ),
        (
            "at",
            Lookup::Less,
            text("2025-01-01T01:00:00+01:00"),
            Entry::at.lt(at("2025-01-01T00:00:00Z")),
        ),
        (
            "born",
            Lookup::GreaterOrEqual,
            text("2024-03-01"),
            Entry::born.ge(jiff::civil::date(2024, 3, 1)).typed(),
        ),
        (
            "size",
            Lookup::In,
            list([text("1"), Value::I64(3)]),
            Entry::size.is_in([1_i32, 3]),
        ),
        (
            "size",
            Lookup::NotIn,
            list([text("1"), Value::I64(3)]),
            Entry::size.not_in([1_i32, 3]),
        ),
        (
            "size",
            Lookup::In,
            list([]),
            Entry::size.is_in(Vec::<i32>::new()),
        ),
        (
            "size",
            Lookup::NotIn,
            list([]),
            Entry::size.not_in(Vec::<i32>::new()),
        ),
        (
            "note",
            Lookup::In,
            list([text("first"), Value::Null]),
            (Entry::note.is_in(["first"]) | Entry::note.is_null()).typed(),
        ),
        (
            "note",
            Lookup::NotIn,
            list([text("first"), Value::Null]),
            (Entry::note.not_in(["first"]) & Entry::note.is_not_null()).typed(),
        ),
        ("born", Lookup::IsNull, text("true"), Entry::born.is_null()),
        (
            "born",
            Lookup::IsNull,
            Value::Bool(false),
            Entry::born.is_not_null(),
        ),
        (
            "title",
            Lookup::IEqual,
            text("ÜBER_ALL"),
            Entry::title.ieq("ÜBER_ALL"),
        ),
        (
            "title",
            Lookup::Contains,
            text("lpha"),
            Entry::title.contains("lpha"),
        ),
        (
            "title",
            Lookup::IContains,
            text("ALPHA"),
            Entry::title.icontains("ALPHA"),
        ),
        (
            "title",
            Lookup::StartsWith,
            text("alpha"),
            Entry::title.starts_with("alpha"),
        ),
        (
            "title",
            Lookup::IStartsWith,
            text("ALPHA"),
            Entry::title.istarts_with("ALPHA"),
        ),
        (
            "title",
            Lookup::EndsWith,
            text("bet"),
            Entry::title.ends_with("bet"),
        ),
        (
            "title",
            Lookup::IEndsWith,
            text("BET"),
            Entry::title.iends_with("BET"),
        ),
        (
            "title",
            Lookup::Like,
            text("%\\_%"),
            Entry::title.like("%\\_%"),
        ),
        ("title", Lookup::ILike, text("A%"), Entry::title.ilike("A%")),
        (
            "note",
            Lookup::Contains,
            text("%"),
            Entry::note.contains("%").typed(),
        ),
        ("live", Lookup::Equal, text("on"), Entry::live.eq(true)),
        (
            "level",
            Lookup::Greater,
            text("low"),
            Entry::level.gt(Level::Low),
        ),
        (
            "level",
            Lookup::In,
            list([text("low"), text("high")]),
            Entry::level.is_in([Level::Low, Level::High]),
        ),
        (
            "ratio",
            Lookup::Less,
            Value::I64(0),
            Entry::ratio.lt(0.0_f64).typed(),
        ),
        (
            "code",
            Lookup::Equal,
            text("00112233-4455-6677-8899-aabbccddeeff"),
            Entry::code.eq(uuid::Uuid::from_u128(CODE)).typed(),
        ),
        (
            "at",
            Lookup::Year,
            Value::I64(2025),
            year(Entry::at).eq(2025_i64),
        ),
        (
            "born",
            Lookup::Month,
            text("2"),
            month(Entry::born).eq(2_i64).typed(),
        ),
        ("at", Lookup::Day, Value::I32(31), day(Entry::at).eq(31_i64)),
        (
            "at.month",
            Lookup::In,
            list([Value::I64(2), Value::I64(12)]),
            month(Entry::at).is_in([2_i64, 12]),
        ),
        (
            "at.hour",
            Lookup::GreaterOrEqual,
            Value::I64(12),
            hour(Entry::at).ge(12_i64),
        ),
        ("doc.k", Lookup::Equal, text("v"), key("k").eq("v").typed()),
        (
            "doc.k",
            Lookup::StartsWith,
            text("w"),
            key("k").starts_with("w").typed(),
        ),
        (
            "doc.k",
            Lookup::IsNull,
            Value::Bool(true),
            key("k").is_null(),
        ),
        (
            "doc.n",
            Lookup::Equal,
            Value::I64(1),
            key("n").eq("1").typed(),
        ),
        (
            "doc.list[0]",
            Lookup::Equal,
            Value::Bool(true),
            key("list").json_index(0).eq("true").typed(),
        ),
    ]
}
