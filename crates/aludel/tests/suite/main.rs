//! The behaviour suite: every test on SQLite, PostgreSQL and MariaDB.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
mod harness;

mod acceptance;
mod alternate_keys;
mod bank;
mod bulk;
mod cancellation;
mod codecs;
mod dynamic_layer;
mod dynamic_queries;
mod engine;
mod faults;
mod gate;
mod grouping;
mod hooks;
mod joined;
mod known_texts;
mod limits;
mod loading;
mod long;
mod models;
mod mysql;
mod objects;
mod offload;
mod one_meaning;
mod other_types;
mod plans;
mod polymorphic;
mod pooling;
mod properties;
mod query_rules;
mod registry;
mod saved;
mod schema;
mod scopes;
mod set_operations;
mod tls;
mod transactions;
mod types;
mod unit_of_work;
mod validation;
mod variants;
mod writes;
