//! Migrations and reflection: every test on SQLite, PostgreSQL and MariaDB.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
#[path = "../suite/harness.rs"]
mod harness;

mod adopted;
mod autodetect;
mod cases;
mod commands;
mod generated;
mod half_done;
mod kept;
mod processes;
mod property;
mod rebuild;
mod reflection;
mod rules;
mod shared;
mod story;
mod writing;
