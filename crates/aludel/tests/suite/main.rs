//! The behaviour suite: every test on SQLite, PostgreSQL and MariaDB.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
mod harness;

mod acceptance;
mod models;
mod query_rules;
mod types;
mod cancellation;
mod engine;
mod transactions;
mod dynamic_layer;
mod objects;
