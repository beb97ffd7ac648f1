//! A database's schema as its own tools print it, and how two of them differ.

use super::load::{client, output};
use crate::harness::Backend;
use aludel::{Database, Sql};
use std::collections::BTreeMap;

/// What there is by name, each with the lines that say it.
pub type Dump = BTreeMap<String, Vec<String>>;

/// Aludel's own records and what they bring along are no part of the schema.
fn is_record(name: &str) -> bool {
    name.contains("aludel_")
}

pub async fn of(backend: Backend, url: &str) -> Dump {
    let url = url.split_once('?').map_or(url, |(address, _)| address);
    let mut dump = match backend {
        Backend::Postgres => {
            let mut command = client("pg_dump", url);
            command.args(["-s", "--no-owner"]);
            postgres(&output(command).await)
        }
        Backend::Mariadb => {
            let mut command = client("mariadb-dump", url);
            command.args([
                "--no-data",
                "--routines",
                "--events",
                "--triggers",
                "--skip-dump-date",
            ]);
            mariadb(&output(command).await)
        }
        Backend::Sqlite => sqlite(url).await,
    };
    dump.retain(|name, _| !is_record(name));
    dump
}

/// `pg_dump` writes `-- Name: posts; Type: TABLE; Schema: public; Owner: -` before each thing.
fn postgres(text: &str) -> Dump {
    let mut dump = Dump::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix("-- Name: ") {
            name = header
                .split("; Schema:")
                .next()
                .unwrap_or(header)
                .to_string();
        } else if !(line.trim().is_empty()
            || line.starts_with("--")
            || line.starts_with("SET ")
            || line.starts_with('\\'))
        {
            dump.entry(name.clone()).or_default().push(
                line.trim_end_matches(',')
                    .replace("CURRENT_TIMESTAMP", "now()"),
            );
        }
    }
    dump.remove("");
    dump
}

/// `mariadb-dump` writes one statement for each thing, over several lines, each in a comment for older servers or not.
fn mariadb(text: &str) -> Dump {
    let mut dump = Dump::new();
    let mut name = String::new();
    for line in text.lines() {
        let bare = line
            .trim_start_matches("/*!")
            .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        for word in [
            "CREATE TABLE",
            "CREATE SEQUENCE",
            "VIEW",
            "TRIGGER",
            "EVENT",
            "FUNCTION",
            "PROCEDURE",
        ] {
            let found = match word.strip_prefix("CREATE ") {
                Some(_) => bare.starts_with(word),
                None => {
                    bare.contains(&format!(" {word} `")) || bare.starts_with(&format!("{word} `"))
                }
            };
            if found && let Some(rest) = bare.split_once('`') {
                name = format!("{word} {}", rest.1.split('`').next().unwrap_or_default());
                // The trigger's name comes after its definer's.
                if let Some((_, rest)) = bare.split_once(&format!("{word} `")) {
                    name = format!("{word} {}", rest.split('`').next().unwrap_or_default());
                }
            }
        }
        let is_noise = bare.is_empty()
            || line.starts_with("--")
            || bare.starts_with("SET ")
            || bare.starts_with("DROP ")
            || bare.starts_with("DO SETVAL")
            || bare.starts_with("LOCK ")
            || bare.starts_with("UNLOCK ")
            || bare.starts_with("ALTER DATABASE")
            || line.starts_with("/*M!")
            || line.starts_with("DELIMITER")
            || bare.starts_with("SELECT") && line.starts_with(' ');
        if !is_noise {
            let mut line = line.trim_end_matches(',').to_string();
            // The name of a test's own database.
            while let Some((before, rest)) = line.clone().split_once("`aludel_test_")
                && let Some((_, after)) = rest.split_once("`.")
            {
                line = format!("{before}{after}");
            }
            if let Some((before, rest)) = line.clone().split_once(" AUTO_INCREMENT=") {
                let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                line = format!("{before}{after}");
            }
            dump.entry(name.clone()).or_default().push(line);
        }
    }
    dump.remove("");
    dump
}

/// What SQLite's pragmas say of each table, and the words of everything else.
async fn sqlite(url: &str) -> Dump {
    let db = Database::connect(url).await.expect("connects");
    let mut dump = Dump::new();
    let all: Vec<(String, String, String, Option<String>)> =
        Sql::trusted("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name")
            .all(&db)
            .await
            .expect("is read");
    for (kind, name, of, sql) in all {
        if is_record(&of) {
            continue;
        }
        let mut lines = Vec::new();
        if kind != "table" {
            let words = sql.unwrap_or_default();
            lines.push(
                words
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .replace(['"', '`', '[', ']', '(', ')'], ""),
            );
        }
        for (pragma, columns) in [
            ("table_list", "type, ncol, wr, strict"),
            (
                "table_xinfo",
                "cid, name, lower(type), \"notnull\" OR pk, dflt_value, pk, hidden",
            ),
            (
                "foreign_key_list",
                "seq, \"table\", \"from\", \"to\", on_update, on_delete, match",
            ),
            ("index_list", "\"unique\", origin, partial"),
            ("index_xinfo", "seqno, name, \"desc\", coll, key"),
        ] {
            let is_of_index = pragma == "index_xinfo";
            if is_of_index != (kind == "index") || !matches!(kind.as_str(), "table" | "index") {
                continue;
            }
            let parts = format!(
                "concat_ws(' | ', {})",
                columns
                    .split(", ")
                    .map(|column| format!("ifnull({column}, 'NULL')"))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
            let rows: Vec<String> = Sql::trusted(format!(
                "SELECT {parts} FROM pragma_{pragma}('{}')",
                name.replace('\'', "''")
            ))
            .all(&db)
            .await
            .expect("is read");
            lines.extend(rows.into_iter().map(|row| format!("{pragma} {row}")));
        }
        dump.insert(format!("{name}; Type: {}", kind.to_uppercase()), lines);
    }
    db.close();
    dump
}

/// The lines that only one of two has, under the name of what they belong to.
pub fn differences(before: &Dump, after: &Dump) -> String {
    let mut text = String::new();
    let none = Vec::new();
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let old = before.get(name).unwrap_or(&none);
        let new = after.get(name).unwrap_or(&none);
        let mut lines = String::new();
        for (sign, mine, theirs) in [('-', old, new), ('+', new, old)] {
            let mut rest = theirs.clone();
            for line in mine {
                match rest.iter().position(|other| other == line) {
                    Some(at) => drop(rest.remove(at)),
                    None => lines.push_str(&format!("  {sign} {}\n", line.trim())),
                }
            }
        }
        if !lines.is_empty() {
            text.push_str(&format!("{name}\n{lines}"));
        }
    }
    text
}
