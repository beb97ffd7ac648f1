//! The rules of migrations that one body can show, each by its number; rule 9 is in `rebuild.rs`, the killed and the racing
//! runs of rule 6 in `processes.rs`, the commands of rule 7 in `commands.rs`.

mod data;
mod graph;
mod making;
mod operations;
mod running;

use aludel::Sql;
use aludel::migrate::prelude::*;
use aludel::migrate::{App, MigrationId, without_records};
use aludel::prelude::Database;
use aludel::schema::{Schema, differences};

fn id(name: &str) -> MigrationId {
    MigrationId::parse(name, "")
}

fn app<const N: usize>(all: [Migration; N]) -> App {
    App::new(Default::default(), all.to_vec())
}

fn users() -> aludel::migrate::NewTable {
    new_table("users").id().column(column("name", varchar(40)))
}

fn initial() -> Migration {
    Migration::new("0001_initial").create_table(users())
}

async fn number(db: &Database, query: &'static str) -> Result<i64> {
    Sql::trusted(query).one(db).await
}

fn wrong(expected: &Schema, found: Schema, db: &Database) -> String {
    let all = differences(expected, &without_records(found), db.dialect());
    all.iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}
