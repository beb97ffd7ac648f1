//! Migrations and reflection: every test on SQLite, PostgreSQL and MariaDB.
#![allow(unreachable_pub, dead_code)]

#[macro_use]
#[path = "../../../aludel-suite/src/every.rs"]
mod every;
#[path = "../../../aludel-suite/src/cluster.rs"]
mod cluster;
#[path = "../../../aludel-suite/src/harness.rs"]
mod harness;

mod adopted;
mod autodetect;
mod cases;
mod commands;
mod galera;
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
