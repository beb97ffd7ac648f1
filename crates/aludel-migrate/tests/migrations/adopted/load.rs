//! Runs a file of SQL with the client of its database, as someone who restores a dump does.

use crate::harness::{Backend, Fixture, url_of};
use aludel::{Database, Sql};
use std::path::Path;
use std::process::{Command, Stdio};

/// A command of a database's own client, told where the database is.
pub fn client(program: &str, url: &str) -> Command {
    let mut command = Command::new(program);
    if program == "psql" || program == "pg_dump" {
        command.arg(url);
        return command;
    }
    let (user, rest) = url
        .split_once("://")
        .expect("a scheme")
        .1
        .split_once(':')
        .expect("a user");
    let (password, rest) = rest.split_once('@').expect("a password");
    let (host, rest) = rest.split_once(':').expect("a port");
    let (port, name) = rest.split_once('/').expect("a database");
    command.env("MYSQL_PWD", password);
    command.args([
        "-h",
        host,
        "-P",
        port,
        "-u",
        user,
        "--default-character-set=utf8mb4",
    ]);
    command.args(["--skip-ssl-verify-server-cert", name]);
    command
}

/// What a command prints.
pub async fn output(mut command: Command) -> String {
    command.stdin(Stdio::null());
    let done = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("runs");
    let done = done.expect("the database's client is installed with the server");
    let error = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{error}");
    String::from_utf8(done.stdout).expect("text")
}

/// The URL without what only Aludel knows.
fn plain(url: &str) -> &str {
    url.split_once('?').map_or(url, |(address, _)| address)
}

/// Runs a file, if it is there.
pub async fn file(backend: Backend, url: &str, path: &Path) {
    if !path.exists() {
        return;
    }
    let url = plain(url);
    match backend {
        Backend::Postgres => {
            let mut command = client("psql", url);
            command
                .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f"])
                .arg(path);
            output(command).await;
        }
        Backend::Mariadb => {
            let mut command = client("mariadb", url);
            command
                .arg("--abort-source-on-error")
                .arg("-e")
                .arg(format!("source {}", path.display()));
            output(command).await;
        }
        Backend::Sqlite => {
            let db = Database::connect(url).await.expect("connects");
            let text = std::fs::read_to_string(path).expect("is read");
            for statement in statements(&text) {
                let done = Sql::trusted(statement.clone()).execute(&db).await;
                assert!(done.is_ok(), "{statement}: {done:?}");
            }
            db.close();
        }
    }
}

/// The statements of a file for SQLite: each ends with a line that ends in a semicolon, a trigger with a line `END;`.
fn statements(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut statement = String::new();
    for line in text.lines().filter(|line| !line.starts_with("--")) {
        if statement.is_empty() && line.trim().is_empty() {
            continue;
        }
        statement.push_str(line);
        statement.push('\n');
        let is_trigger = statement
            .to_uppercase()
            .trim_start()
            .starts_with("CREATE TRIGGER");
        let ends = if is_trigger {
            line == "END;"
        } else {
            line.trim_end().ends_with(';')
        };
        if ends {
            all.push(std::mem::take(&mut statement));
        }
    }
    assert!(statement.is_empty(), "does not end: {statement}");
    all
}

/// Another database beside the test's own, and its URL.
pub async fn empty_database(fixture: &Fixture, name: &str) -> (Database, String) {
    let url = match fixture.backend {
        Backend::Sqlite => {
            let (folder, _) = fixture.url.rsplit_once('/').expect("a path");
            format!("{folder}/{name}.sqlite")
        }
        _ => {
            let created = Sql::trusted(format!("CREATE DATABASE {name}"))
                .execute(&fixture.db)
                .await;
            assert!(created.is_ok(), "{created:?}");
            url_of(&fixture.url, name)
        }
    };
    (Database::connect(&url).await.expect("connects"), url)
}

/// Drops what [`empty_database`] made.
pub async fn drop_database(fixture: &Fixture, url: &str) {
    let name = plain(url).rsplit_once('/').expect("a name").1;
    match fixture.backend {
        Backend::Sqlite => {
            let path = url.strip_prefix("sqlite:").expect("a file");
            for end in ["", "-wal", "-shm"] {
                drop(std::fs::remove_file(format!("{path}{end}")));
            }
        }
        Backend::Postgres => {
            let dropped = Sql::trusted(format!("DROP DATABASE {name} WITH (FORCE)"));
            assert!(dropped.execute(&fixture.db).await.is_ok());
        }
        Backend::Mariadb => {
            let dropped = Sql::trusted(format!("DROP DATABASE {name}"));
            assert!(dropped.execute(&fixture.db).await.is_ok());
        }
    }
}
