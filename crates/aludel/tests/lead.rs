#![allow(missing_docs, unreachable_pub, dead_code)]
#[path = "suite/harness.rs"]
#[macro_use]
mod harness;
#[path = "suite/regressions/sessions_failed.rs"]
mod sessions_failed;
