//! Values from outside, by whichever verb of the dynamic layer they come.

use super::writes_ways::{named, text};
use aludel::dynamic::{self, DynQuery, Lookup};
use aludel::prelude::*;
use aludel::{Error, ErrorKind, SqlType, value};
use jiff::{Timestamp, civil};
use rust_decimal::Decimal;

pub(super) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(Box::new(value::Array {
        element: SqlType::Text,
        items: items.into_iter().collect(),
    }))
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "gadget_level")]
pub enum Level {
    #[db_enum(label = "low")]
    Low,
    #[db_enum(label = "high")]
    High,
}

#[derive(DbNewtype, Debug, Clone, Copy, PartialEq)]
pub struct Percent(u8);

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "gadgets")]
pub struct Gadget {
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    pub tiny: i8,
    pub byte: u8,
    pub port: u16,
    pub size: u32,
    pub share: Percent,
    pub level: Level,
    pub flag: bool,
    pub ratio: f64,
    pub single: f32,
    #[field(decimal(6, 2))]
    pub price: Decimal,
    pub at: Timestamp,
    pub local: civil::DateTime,
    pub day: civil::Date,
    pub clock: civil::Time,
    pub doc: serde_json::Value,
    pub code: uuid::Uuid,
    pub note: Option<String>,
    pub maybe: Option<i64>,
    pub due: Option<civil::Date>,
}

pub(super) fn gadget() -> Vec<(String, Value)> {
    named([
        ("name", text("plain")),
        ("tiny", Value::I32(1)),
        ("byte", Value::I32(1)),
        ("port", Value::I32(1)),
        ("size", Value::I32(1)),
        ("share", Value::I32(1)),
        ("level", text("low")),
        ("flag", text("off")),
        ("ratio", text("0.5")),
        ("single", text("0.5")),
        ("price", text("1")),
        ("at", text("2020-01-01T00:00:00Z")),
        ("local", text("2020-01-01 00:00:00")),
        ("day", text("2020-01-01")),
        ("clock", text("00:00")),
        ("doc", text("{}")),
        ("code", text("00000000-0000-0000-0000-000000000000")),
        ("maybe", text("7")),
        ("due", text("2020-01-01")),
    ])
}

/// A gadget with another value in a field.
pub(super) fn gadget_with(field: &str, value: &Value) -> Vec<(String, Value)> {
    let mut row = gadget();
    row.retain(|(name, _)| name != field);
    row.push((field.to_string(), value.clone()));
    row
}

pub(super) fn id_of(row: &aludel::DynRow) -> i64 {
    row.get("id").and_then(Value::as_i64).expect("an id")
}

/// The ways of the dynamic layer to write a value into a field.
pub(super) const WAYS: [&str; 6] = [
    "insert",
    "insert_many",
    "update",
    "update by query",
    "a session's add",
    "a session's set",
];

/// Writes it into a row and tells which.
pub(super) async fn write(
    way: &str,
    field: &str,
    value: &Value,
    db: &Database,
) -> aludel::Result<i64> {
    let (meta, registry) = (Gadget::meta(), models![Gadget]);
    let change = || vec![(field.to_string(), value.clone())];
    let there = async || Ok::<_, Error>(id_of(&dynamic::insert(meta, gadget(), db).await?));
    match way {
        "insert" => Ok(id_of(
            &dynamic::insert(meta, gadget_with(field, value), db).await?,
        )),
        "insert_many" => Ok(id_of(
            &dynamic::insert_many(meta, [gadget_with(field, value)], db).await?[0],
        )),
        "update" => {
            let id = there().await?;
            dynamic::update(meta, vec![Value::I64(id)], change(), db).await?;
            Ok(id)
        }
        "update by query" => {
            let id = there().await?;
            let query = DynQuery::new(meta).filter("id", Lookup::Equal, Value::I64(id))?;
            assert_eq!(query.update(change())?.execute(db).await?, 1);
            Ok(id)
        }
        "a session's add" => {
            let mut session = db.session();
            let key = session
                .dynamic(&registry)
                .add("Gadget", gadget_with(field, value))?;
            session.commit().await?;
            Ok(session[key.typed::<Gadget>()?].id)
        }
        _ => {
            let id = there().await?;
            let mut session = db.session();
            let mut rows = session.dynamic(&registry);
            let key = rows.get("Gadget", vec![Value::I64(id)]).await?;
            rows.set(key, field, value.clone())?;
            session.commit().await?;
            Ok(id)
        }
    }
}

on_every_database! {
    /// A value from outside becomes one of its column's type, whichever verb writes it; a condition finds it as it came.
    async fn values_from_outside_become_those_of_their_columns(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gadget]).await?;
        let meta = Gadget::meta();
        let mut faults = Vec::new();
        let right: Vec<(&str, Value, fn(&Gadget) -> bool)> = vec![
            ("price", text("1.5"), |row| row.price.to_string() == "1.50"),
            ("price", text(" -2.25 "), |row| row.price.to_string() == "-2.25"),
            ("price", Value::I32(3), |row| row.price.to_string() == "3.00"),
            ("flag", text("on"), |row| row.flag),
            ("flag", text("1"), |row| row.flag),
            ("flag", Value::I64(1), |row| row.flag),
            ("flag", text("0"), |row| !row.flag),
            ("ratio", Value::I64(3), |row| row.ratio == 3.0),
            ("ratio", text("-2.5e-3"), |row| row.ratio == -0.0025),
            ("single", Value::F64(0.1), |row| row.single == 0.1_f32),
            ("maybe", text(""), |row| row.maybe.is_none()),
            ("due", text("  "), |row| row.due.is_none()),
            ("maybe", Value::Null, |row| row.maybe.is_none()),
            ("note", text(""), |row| row.note.as_deref() == Some("")),
            ("name", text("  "), |row| row.name == "  "),
            ("level", text("high"), |row| row.level == Level::High),
            ("byte", text(" 255 "), |row| row.byte == 255),
            ("size", Value::I64(4_294_967_295), |row| row.size == u32::MAX),
            ("share", Value::I16(255), |row| row.share == Percent(255)),
            ("at", text("2026-01-02T03:04:05.5+02:00"), |row| row.at.to_string() == "2026-01-02T01:04:05.5Z"),
            ("local", text("2026-01-02T03:04:05"), |row| row.local == civil::date(2026, 1, 2).at(3, 4, 5, 0)),
            ("day", text("2024-02-29"), |row| row.day == civil::date(2024, 2, 29)),
            ("clock", text("23:59:59.25"), |row| row.clock == civil::time(23, 59, 59, 250_000_000)),
            ("doc", text("{\"a\": [1, null]}"), |row| row.doc == serde_json::json!({"a": [1, null]})),
            ("code", text("00112233445566778899AABBCCDDEEFF"), |row| row.code == uuid::Uuid::from_u128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff)),
        ];
        for (field, value, is_there) in right {
            for way in WAYS {
                match write(way, field, &value, db).await {
                    Err(error) => faults.push(format!("{way} {field} {value:?}: {error}")),
                    Ok(id) => {
                        let row = Gadget::get(id, db).await?;
                        if !is_there(&row) {
                            faults.push(format!("{way} {field} {value:?}: {row:?}"));
                        }
                        if field == "doc" {
                            continue;
                        }
                        let found = DynQuery::new(meta).filter("id", Lookup::Equal, Value::I64(id))?.filter(field, Lookup::Equal, value.clone())?;
                        if !found.exists(db).await? {
                            faults.push(format!("{way} {field} {value:?} is not found"));
                        }
                    }
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// What does not fit is refused before anything is sent, whichever verb writes it or asks for it.
    async fn values_from_outside_that_do_not_fit_are_refused(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gadget]).await?;
        let wrong = vec![
            ("price", text("ten")), ("price", text("NaN")), ("price", text("1e3")), ("price", Value::F64(0.1)), ("price", text("1_000")), ("price", text("")),
            ("flag", text("yes")), ("flag", text("2")), ("flag", Value::I64(2)), ("flag", Value::F64(1.0)),
            ("ratio", text("NaN")), ("ratio", text("inf")), ("ratio", text("-Infinity")), ("ratio", text("1e999")), ("ratio", Value::Null), ("ratio", Value::I64(i64::MAX)),
            ("single", Value::F64(1e300)), ("single", Value::F64(0.123_456_789)), ("single", text("1e39")),
            ("doc", text("{nope")), ("doc", text("")), ("doc", text("NaN")), ("doc", text("{\"a\": NaN}")), ("doc", text("{'a': 1}")), ("doc", text("[1,]")), ("doc", Value::Json("{nope".into())), ("doc", text("\u{feff}{}")),
            ("at", text("2026-01-02T03:04:05")), ("at", text("2026-01-02")), ("at", text("2026-02-30T00:00:00Z")), ("at", text("2026-01-02T03:04:05+2")), ("at", text("2026-01-02T03:04:05+24:00")), ("at", text("now")), ("at", Value::I64(0)),
            ("local", text("2026-01-02T03:04:05Z")), ("local", text("2026-01-02T03:04:05+02:00")), ("local", text("2026-01-02 24:00:00")),
            ("day", text("2026-02-30")), ("day", text("2026-1-2")), ("day", text("02.01.2026")), ("day", text("2026-01-02T03:04:05")),
            ("clock", text("24:00")), ("clock", text("12:60")), ("clock", text("12:00:60")), ("clock", text("-1:00")), ("clock", text("é:00")),
            ("code", text("+ba7b810-9dad-11d1-80b4-00c04fd430c8")), ("code", text("{6ba7b810-9dad-11d1-80b4-00c04fd430c8}")), ("code", text("")),
            ("level", text("LOW")), ("level", text("")), ("level", Value::I64(0)),
            ("byte", text("1.0")), ("byte", text("0x1")), ("byte", Value::F64(1.0)), ("byte", text("9223372036854775808")), ("byte", Value::Bool(true)),
            ("name", Value::Null), ("name", Value::I64(7)), ("name", Value::Bytes(vec![1])), ("maybe", text("seven")), ("maybe", Value::Json("7".into())),
            ("maybe", list([])),
        ];
        let mut faults = Vec::new();
        for (field, value) in wrong {
            let shown = format!("{value:?}").chars().take(60).collect::<String>();
            for way in WAYS {
                let watch = db.watch();
                let written = write(way, field, &value, db).await;
                let sent = watch.texts().iter().filter(|text| text.contains("UPDATE") || text.contains("INSERT")).count();
                let before = usize::from(way.contains("update") || way.contains("set"));
                match written {
                    Ok(id) => faults.push(format!("{way} {field} {shown} is written: {:?}", Gadget::get(id, db).await.map(|_| "readable").map_err(|error| error.to_string()))),
                    Err(error) if sent > before => faults.push(format!("{way} {field} {shown} is sent: {error}")),
                    Err(error) => {
                        let is_named = error.to_string().contains(field) || error.fields().iter().any(|wrong| wrong.field == field);
                        if !is_named {
                            faults.push(format!("{way} {field} {shown}: {error}"));
                        }
                    }
                }
            }
            // NULL is asked for of any column.
            if value.is_null() {
                continue;
            }
            for lookup in [Lookup::Equal, Lookup::NotEqual, Lookup::Greater, Lookup::In] {
                let value = match lookup {
                    Lookup::In => list([value.clone()]),
                    _ => value.clone(),
                };
                let asked = DynQuery::new(Gadget::meta()).filter(field, lookup, value);
                match asked.map(|_| ()) {
                    Ok(()) => faults.push(format!("{lookup:?} {field} {shown} is asked")),
                    Err(error) if error.kind() == ErrorKind::InvalidQuery && error.to_string().contains(field) => {}
                    Err(error) => faults.push(format!("{lookup:?} {field} {shown}: {error:?}")),
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// A number that its field's type does not read is written by no verb of the dynamic layer.
    async fn no_dynamic_write_leaves_a_row_that_can_t_be_read(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gadget]).await?;
        let mut faults = Vec::new();
        for (field, value, kind) in [
            ("tiny", Value::I32(200), ErrorKind::OutOfRange),
            ("tiny", text("-129"), ErrorKind::OutOfRange),
            ("byte", Value::I32(300), ErrorKind::OutOfRange),
            ("byte", text("-1"), ErrorKind::OutOfRange),
            ("port", Value::I32(65_536), ErrorKind::OutOfRange),
            ("size", Value::I64(-1), ErrorKind::OutOfRange),
            ("size", text("4294967296"), ErrorKind::OutOfRange),
            ("share", Value::I32(256), ErrorKind::OutOfRange),
            ("price", text("1.005"), ErrorKind::OutOfRange),
            ("price", text("10000"), ErrorKind::OutOfRange),
            ("name", text(&"x".repeat(21)), ErrorKind::ValueTooLong),
            ("day", text("0000-01-01"), ErrorKind::InvalidQuery),
            ("at", text("0001-01-01T00:00:00+02:00"), ErrorKind::InvalidQuery),
        ] {
            for way in WAYS {
                match write(way, field, &value, db).await {
                    Err(error) if error.kind() == kind && error.column() == Some(field) => {}
                    Err(error) => faults.push(format!("{way} {field} {value:?}: {:?} of {:?}: {error}", error.kind(), error.column())),
                    Ok(id) => faults.push(format!("{way} {field} {value:?} is written: {:?}", Gadget::get(id, db).await.map(|_| "readable").map_err(|error| error.to_string()))),
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(Gadget::query().all(db).await.is_ok());
    }

    /// A label of another enum, and a document that nobody could read back, are refused as any other value.
    async fn labels_of_another_enum_and_documents_too_deep_are_refused(fixture) {
        let db = &fixture.db;
        db.create_all(&models![Gadget]).await?;
        let foreign = value::EnumType::intern("other_level", &["zzz"]);
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let mut faults = Vec::new();
        for (field, value) in [("level", Value::Enum(foreign.kept(), "zzz")), ("doc", text(&deep))] {
            for way in WAYS {
                let watch = db.watch();
                let written = write(way, field, &value, db).await;
                let sent = watch.texts().iter().filter(|text| text.contains("UPDATE") || text.contains("INSERT")).count();
                match written {
                    Ok(id) => faults.push(format!("{way} {field} is written, and read: {:?}", Gadget::get(id, db).await.map(drop).map_err(|error| error.to_string()))),
                    Err(error) if sent > usize::from(way.contains("update") || way.contains("set")) => faults.push(format!("{way} {field} is sent: {error}")),
                    Err(error) if error.kind() == ErrorKind::Decode => faults.push(format!("{way} {field}: {error}")),
                    Err(_) => {}
                }
            }
        }
        for lookup in [Lookup::Equal, Lookup::NotEqual, Lookup::Greater] {
            if DynQuery::new(Gadget::meta()).filter("level", lookup, Value::Enum(foreign.kept(), "zzz")).is_ok() {
                faults.push(format!("{lookup:?} of another enum's label is asked"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
