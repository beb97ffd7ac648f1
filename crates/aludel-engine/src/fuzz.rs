//! Entry points of the fuzz targets: protocol readers on arbitrary bytes. Programs do not use them.
//!
//! A server that is the wrong one, or that somebody has taken over, can send anything. Whatever it sends must end in a result
//! or an error: no panic, no endless loop, no memory beyond what was [agreed](crate::Options).

use crate::command::{Access, Command, Discard, Sink};
use crate::driver::{ServerLink, mysql, postgres};
use crate::dynamic::CollectDynamic;
use crate::url::{Backend, DatabaseUrl, Server};
use aludel_sql::Value;
use aludel_sql::row::Cells;
use std::sync::Arc;

/// Reads bytes as each PostgreSQL message, and as rows of its types.
pub fn postgres_messages(bytes: &[u8]) {
    postgres::read_all(bytes);
}

/// Reads bytes as each MariaDB and MySQL packet, and as rows of their types.
pub fn mysql_packets(bytes: &[u8]) {
    mysql::read_all(bytes);
}

/// Connects to a PostgreSQL that sends these bytes, and runs statements on it.
pub fn postgres_session(bytes: &[u8]) {
    let (first, said) = bytes.split_first().unwrap_or((&0, &[]));
    let parameters = [
        "",
        "?prepare=false",
        "?require_auth=password",
        "?sslmode=disable",
    ];
    let parameters = parameters[*first as usize % parameters.len()];
    let Some(server) = server(&format!("postgres://ann:herring@h/there{parameters}")) else {
        return;
    };
    let config = Arc::new(postgres::Config::new(server, 8, None));
    block_on(async {
        if let Ok(mut link) = postgres::PostgresLink::replay(&config, said.to_vec()).await {
            statements(&mut link).await;
        }
    });
}

/// Connects to a MariaDB or MySQL that sends these bytes, and runs statements on it.
pub fn mysql_session(bytes: &[u8]) {
    let Some(server) = server("mysql://ann:herring@h/there?allow_public_key_retrieval=true") else {
        return;
    };
    let config = Arc::new(mysql::Config::new(server, 8, true, None));
    block_on(async {
        if let Ok(mut link) = mysql::MysqlLink::replay(&config, bytes.to_vec()).await {
            statements(&mut link).await;
        }
    });
}

/// Parses a URL.
pub fn url(bytes: &[u8]) {
    drop(DatabaseUrl::parse(&String::from_utf8_lossy(bytes)));
}

fn server(url: &str) -> Option<Server> {
    match DatabaseUrl::parse(url).ok()?.backend {
        Backend::Postgres(server) | Backend::Mysql(server) => Some(server),
        _ => None,
    }
}

fn block_on(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future);
}

/// One of each thing that a connection does, until it is lost.
async fn statements(link: &mut dyn ServerLink) {
    let command = |text: &'static str, binds: Vec<Value>| {
        Command::with_text(text.into(), binds, Access::Read)
    };
    let read = command("select $1", vec![Value::I64(1)]);
    for round in 0..4 {
        drop(link.run(&read, &mut CollectDynamic::new()).await);
        drop(link.control("BEGIN").await);
        let both = [read.clone(), command("select 2", Vec::new())];
        let mut sinks: Vec<Box<dyn Sink>> =
            vec![Box::new(CollectDynamic::new()), Box::new(Discard)];
        drop(link.run_at_once(&both, &mut sinks).await);
        drop(link.control("COMMIT").await);
        if round % 2 == 1 {
            drop(link.reset().await);
        }
        if link.is_broken() {
            return;
        }
    }
    drop(link.ping().await);
}

/// Reads each cell in every way that there is.
pub(crate) fn read_cells(cells: &mut dyn Cells, width: usize) {
    for at in 0..width {
        let _ = cells.is_null(at);
        drop((cells.bool(at), cells.i64(at), cells.f64(at)));
        drop(cells.string(at));
        drop(cells.any_text(at));
        drop(cells.text(at).map(|text| text.map(str::len)));
        drop(cells.json(at).map(|text| text.map(str::len)));
        drop(cells.bytes(at).map(|bytes| bytes.map(<[u8]>::len)));
        drop((cells.uuid(at), cells.time(at)));
        if let Ok(Some(date)) = cells.date(at) {
            drop(date.to_text());
        }
        if let Ok(Some(time)) = cells.datetime(at) {
            drop(time.to_text());
        }
        if let Ok(Some(time)) = cells.timestamp(at) {
            drop(time.to_text());
        }
        #[cfg(feature = "decimal")]
        drop(
            cells
                .decimal(at)
                .map(|number| number.map(|number| number.to_string())),
        );
        if let Ok(value) = cells.value(at, None) {
            drop(format!("{value:?}"));
        }
        if let Ok(Some(mut items)) = cells.array(at) {
            for item in 0..items.width().min(8) {
                drop(items.value(item, None));
            }
        }
    }
}

#[cfg(test)]
mod tests;
