//! The behaviour suite: each case is one body that runs on SQLite, PostgreSQL and MariaDB, and on any other [`Host`].
//!
//! A program that runs it is a test without Rust's own harness, `harness = false` in its manifest:
//!
//! ```no_run
//! use aludel_suite::Backend;
//! use std::process::ExitCode;
//!
//! fn main() -> ExitCode {
//!     aludel_suite::run(vec![Box::new(Backend::Sqlite)])
//! }
//! ```
//!
//! A backend that is not of this project proves itself by implementing [`Host`], and running it.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
mod case;
mod harness;

pub use harness::{Backend, BoxFuture, Host};

use std::process::ExitCode;
use std::sync::Arc;

/// Runs every case on these hosts. The program takes the arguments of Rust's own test programs.
pub fn run(hosts: Vec<Box<dyn Host>>) -> ExitCode {
    let hosts: Vec<Arc<dyn Host>> = hosts.into_iter().map(Arc::from).collect();
    case::run(cases(), &hosts, false)
}

/// Runs every case on the databases of this project, and the cases that need servers of its own.
pub fn run_all() -> ExitCode {
    let hosts: [Arc<dyn Host>; 3] = [
        Arc::new(Backend::Sqlite),
        Arc::new(Backend::Postgres),
        Arc::new(Backend::Mariadb),
    ];
    case::run(cases(), &hosts, true)
}

mod acceptance;
mod alternate_keys;
mod attack_queries;
mod bank;
mod blocking_pool;
mod blog;
mod bulk;
mod bulk_streams;
mod call_sites;
mod cancellation;
mod cluster;
mod codecs;
mod column_limits;
mod connections;
mod differential;
mod dynamic_layer;
mod dynamic_queries;
mod dynamic_writes;
mod engine;
mod faults;
mod galera;
mod grouping;
mod hooks;
mod joined;
mod loading;
mod many_keys_and_conditions;
mod meanings;
mod models;
mod mysql;
mod objects;
mod one_meaning;
mod order_of_rows;
mod other_types;
mod plans;
mod polymorphic;
mod pooling;
mod properties;
mod proxy;
mod query_rules;
mod ranges;
mod registry;
mod regressions;
mod relations_api;
mod row_after_write;
mod schema;
mod scopes;
mod set_operations;
mod text_cache;
mod tls;
mod transactions;
mod types;
mod unit_of_work;
mod validation;
mod variants;
mod writes;

cases_of! {
    cases: acceptance, alternate_keys, attack_queries, bank, blocking_pool, bulk, bulk_streams, call_sites,
        cancellation, codecs, column_limits, dynamic_layer, dynamic_queries, dynamic_writes, engine, faults,
        grouping, hooks, joined, loading, many_keys_and_conditions, meanings, objects, other_types, plans,
        polymorphic, pooling, properties, query_rules, ranges, registry, relations_api, row_after_write,
        schema, scopes, set_operations, text_cache, tls, transactions, types, validation, variants, writes;
    alone: blocking_pool, bulk, dynamic_layer, dynamic_writes, faults, galera, grouping, meanings, mysql,
        objects, order_of_rows, polymorphic, pooling, registry, relations_api, variants, writes;
    folders: connections, differential, one_meaning, regressions, unit_of_work;
}
