//! What the tools have written; see `writing.rs`.
#![allow(dead_code)]

pub mod adopted;
pub mod columns;
pub mod computed;
pub mod enums;
pub mod everything;
pub mod inspected_mariadb;
pub mod inspected_postgres;
pub mod inspected_sqlite;
pub mod keys;
pub mod references;
pub mod tables;
pub mod together;
pub mod types;
pub mod views;
