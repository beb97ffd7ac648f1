//! Diesel and diesel-async: one schema, two sets of connections.

mod nonblocking;
mod schema;
mod sync;

use std::process::ExitCode;

fn main() -> ExitCode {
    measure::main(&[("diesel", sync::run), ("diesel-async", nonblocking::run)])
}
