//! What the peers of the benchmarks share: how a job is told to a peer, how it is timed, and what is answered.
//!
//! A peer is a program that does one job and prints one line of JSON:
//!
//! ```text
//! peer-sqlx --peer sqlx --store postgres --url postgres://… --case all/100 --setup setup.sql --seconds 0.5
//! {"samples":[…nanoseconds for one operation…],"peak_kib":10240}
//! ```
//!
//! The same arguments and the same line are those of the peers in Python.

mod job;
mod memory;
mod peer;
mod rows;
mod sampler;

pub use job::{Case, Job, Store, What};
pub use memory::peak_kib;
pub use peer::{Answer, Peer, main};
pub use rows::{assemble, color, name, new_rows, shade};
pub use sampler::Sampler;

/// A runtime for one task at a time, as every asynchronous peer gets it.
pub fn one_thread() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// A runtime for eight tasks at once: two threads; eight where a statement keeps its thread busy, as those have that are not
/// asynchronous.
pub fn for_tasks(store: Store) -> tokio::runtime::Runtime {
    threads(if store == Store::Sqlite { 8 } else { 2 })
}

/// A runtime of so many threads.
pub fn threads(threads: usize) -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .expect("a runtime")
}
