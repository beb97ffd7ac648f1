//! What `inspectdb` finds in the types and the rows of a database, and which fields it writes then: a case for each way in which
//! a column holds what its type does not promise (rule 17, M9).

use crate::harness::Backend;
use aludel::Sql;
use aludel::migrate::codegen::{models_read, survey, survey_types};

/// The name of a case, the statements that make it, and parts of the models that `inspectdb` writes.
type Case = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const POSTGRES: &[Case] = &[
    (
        "user-defined types are recognised by the catalog, not by their first word",
        &[
            "create domain timestamp_ms as bigint",
            "create domain date_text as text",
            "create domain number as text",
            "create domain year as smallint",
            "create domain of_domain as timestamp_ms",
            "create type time_range as range (subtype = time)",
            "create type time_slot as (at time)",
            "create table own (id bigint primary key, at timestamp_ms, span time_range, slot time_slot, day date_text, \
             plate number, y year, two of_domain, typname timestamp_ms, ips inet[], years year[])",
        ],
        &[
            "pub at: Option<AnyText>",
            "pub span: Option<String>",
            "pub slot: Option<String>",
            "pub day: Option<String>",
            "pub plate: Option<String>",
            "pub y: Option<AnyText>",
            "pub two: Option<AnyText>",
            "pub typname: Option<AnyText>",
            "pub ips: Option<AnyText>",
            "pub years: Option<AnyText>",
        ],
    ),
    (
        "documents that can't be read",
        &[
            "create table docs (id bigint primary key, half json, pair json, large json, deep json, flat json, key json)",
            "insert into docs values (1, '\"\\ud800\"', '\"\\ud83d\\ude00\"', '1e999', (repeat('[', 200) || repeat(']', 200))::json, \
             ('[[1]' || repeat(',[1]', 200) || ']')::json, \
             '{\"id\": \"67e55044-10b1-426f-9247-bb68e9230c8e999\", \"n\": [1.5e300, 12e5]}')",
        ],
        &[
            "pub half: Option<AnyText>",
            "pub pair: Option<serde_json::Value>",
            "pub large: Option<AnyText>",
            "pub key: Option<serde_json::Value>",
            "pub deep: Option<AnyText>",
            "pub flat: Option<serde_json::Value>",
        ],
    ),
    (
        "times that have no end",
        &[
            "create table ends (id bigint primary key, d date, t time, at timestamptz, n numeric, ok date, xs int[], ys int[])",
            "insert into ends values (1, 'infinity', '24:00', '-infinity', 'NaN', '2024-02-29', '{1,NULL}', '{{1},{2}}')",
        ],
        &[
            "pub d: Option<AnyText>",
            "pub t: Option<AnyText>",
            "pub at: Option<AnyText>",
            "pub n: Option<AnyText>",
            "pub ok: Option<jiff::civil::Date>",
            "pub xs: Option<Vec<Option<i32>>>",
            "pub ys: Option<AnyText>",
        ],
    ),
];

const MARIADB: &[Case] = &[
    (
        "numbers of more digits than any Rust type has, though there is no row",
        &["create table wide (id bigint primary key, n decimal(40, 0), m decimal(20, 2))"],
        &[
            "pub n: Option<AnyText>",
            "pub m: Option<rust_decimal::Decimal>",
        ],
    ),
    (
        "documents that can't be read",
        &[
            "create table docs (id bigint primary key, pair json, large json, `key` json)",
            "insert into docs values (1, '\"\\\\ud83d\\\\ude00\"', '1e999', \
             '{\"id\": \"67e55044-10b1-426f-9247-bb68e9230c8e999\", \"n\": [1.5e300, 12e5]}')",
        ],
        &[
            "pub pair: Option<serde_json::Value>",
            "pub large: Option<AnyText>",
            "pub key: Option<serde_json::Value>",
        ],
    ),
    (
        "times beyond a day",
        &[
            "create table ends (id bigint primary key, t time, u time, n bigint unsigned)",
            "insert into ends values (1, '-01:00:00', '23:59:59', 18446744073709551615)",
        ],
        &[
            "pub t: Option<AnyText>",
            "pub u: Option<jiff::civil::Time>",
            "pub n: Option<AnyText>",
        ],
    ),
];

const SQLITE: &[Case] = &[
    (
        "days that the calendar has not, and zones that are none",
        &[
            "create table days (id integer primary key, d date, e date, t time, u time, at datetime, \
             z1 timestamp with time zone, z2 timestamp with time zone, z3 timestamp with time zone)",
            "insert into days values (1, '2023-02-30', '2024-02-29', '24:00:00', '23:59:59.5', '2023-01-01 24:00:00', \
             '2023-01-01 10:00:00 +05:00', '2023-01-01 10:00:00.5+05:00', '2023-01-01 10:00:00z')",
            "insert into days values (2, null, null, null, null, null, null, '2023-01-01 10:00:00Z', null)",
        ],
        &[
            "pub d: Option<AnyText>",
            "pub e: Option<jiff::civil::Date>",
            "pub t: Option<AnyText>",
            "pub u: Option<jiff::civil::Time>",
            "pub at: Option<AnyText>",
            "pub z1: Option<AnyText>",
            "pub z2: Option<jiff::",
            "pub z3: Option<AnyText>",
        ],
    ),
    (
        "a text that refers to a number",
        &[
            "create table parents (id integer primary key)",
            "create table children (id integer primary key, parent_id integer references parents(id))",
            "create index ix_children_parent_id on children (parent_id)",
            "pragma foreign_keys = off",
            "insert into children values (1, 'none')",
            "pragma foreign_keys = on",
        ],
        &["pub parent_id: Option<AnyText>"],
    ),
    (
        "documents that can't be read",
        &[
            "create table docs (id integer primary key, half json, pair json, large json, no json, deep json, flat json, key json)",
            "insert into docs values (1, '\"\\ud800\"', '\"\\ud83d\\ude00\"', '1e999', 'no', \
             printf('%.*c', 200, '[') || printf('%.*c', 200, ']'), '[[1]' || replace(printf('%.*c', 200, 'x'), 'x', ',[1]') || ']', \
             '{\"id\": \"67e55044-10b1-426f-9247-bb68e9230c8e999\", \"n\": [1.5e300, 12e5]}')",
        ],
        &[
            "pub half: Option<AnyText>",
            "pub pair: Option<serde_json::Value>",
            "pub large: Option<AnyText>",
            "pub key: Option<serde_json::Value>",
            "pub no: Option<AnyText>",
            "pub deep: Option<AnyText>",
            "pub flat: Option<serde_json::Value>",
        ],
    ),
    (
        "a table that can't be looked through does not hide the others",
        &[
            "create table broken (id integer primary key, j text)",
            "insert into broken (id, j) values (1, 'no json')",
            "alter table broken add column e generated always as (json_extract(j, '$.a')) virtual",
            "create table whole (id integer primary key, n integer)",
            "insert into whole values (1, 'many')",
        ],
        &[
            "// Its rows could not be looked through: columns are read as they are declared.\n// ",
            "malformed JSON",
            "pub n: Option<AnyText>",
        ],
    ),
];

on_every_database! {
    async fn rule_17_inspectdb_writes_what_reads_the_rows(fixture) {
        let db = &fixture.db;
        let cases = match fixture.backend {
            Backend::Postgres => POSTGRES,
            Backend::Mariadb => MARIADB,
            Backend::Sqlite => SQLITE,
        };
        for (what, statements, fields) in cases {
            // Settings of SQLite are a connection's own.
            if fixture.backend == Backend::Sqlite {
                let connection = db.acquire().await?;
                for text in *statements {
                    Sql::trusted(*text).rows(&connection).await?;
                }
            } else {
                for text in *statements {
                    Sql::trusted(*text).rows(db).await?;
                }
            }
            let schema = db.inspect().await?;
            let found = survey(db, &schema).await?;
            let source = models_read(&schema, db.dialect(), &found);
            for field in *fields {
                assert!(source.contains(field), "{what}: {field}\n{source}");
            }
        }
        // What types say is known without a look at any row.
        let schema = db.inspect().await?;
        let declared = models_read(&schema, db.dialect(), &survey_types(db, &schema).await?);
        match fixture.backend {
            Backend::Postgres => {
                assert!(declared.contains("pub at: Option<AnyText>"), "{declared}");
                assert!(declared.contains("pub d: Option<jiff::civil::Date>"), "{declared}");
            }
            Backend::Mariadb => assert!(declared.contains("pub n: Option<AnyText>"), "{declared}"),
            Backend::Sqlite => assert!(!declared.contains("AnyText"), "{declared}"),
        }
    }
}
