//! The floor: what each raw driver takes, used by hand as well as can be.

mod mysql;
mod postgres;
mod rows;
mod sqlite;

use measure::{Job, Sampler, Store};
use std::process::ExitCode;

fn main() -> ExitCode {
    measure::main(&[("raw", run), ("setup", setup)])
}

fn run(job: &Job, sampler: &mut Sampler) -> bool {
    match job.store {
        Store::Sqlite => sqlite::run(job, sampler),
        Store::Postgres => postgres::run(job, sampler),
        Store::Mariadb => mysql::run(job, sampler),
    }
}

/// No measurement: makes and fills the tables.
fn setup(job: &Job, _: &mut Sampler) -> bool {
    match job.store {
        Store::Sqlite => drop(sqlite::open(job, true)),
        Store::Postgres => postgres::setup(job),
        Store::Mariadb => mysql::setup(job),
    }
    true
}
