//! Instructions of one operation, by callgrind: the same on a noisy machine as on a quiet one.
//!
//! A peer does its work so often, and twice so often; the difference is the work's own.

use crate::plan::PEERS;
use crate::programs::{Folders, Result};
use crate::results::Instructions;
use crate::schema;
use measure::{Case, Store, What};
use std::path::Path;
use std::process::Command;

/// The hot paths of SQLite in memory, where everything is in one process.
pub const CASES: [(Case, u64); 7] = [
    (Case { what: What::Get, n: 1 }, 200),
    (
        Case {
            what: What::InsertOne,
            n: 1,
        },
        200,
    ),
    (Case { what: What::All, n: 100 }, 50),
    (
        Case {
            what: What::All,
            n: 10_000,
        },
        2,
    ),
    (
        Case {
            what: What::Insert,
            n: 100,
        },
        20,
    ),
    (
        Case {
            what: What::Nested,
            n: 100,
        },
        2,
    ),
    (
        Case {
            what: What::Change,
            n: 1000,
        },
        2,
    ),
];

/// Counts them for those peers in Rust that are wanted.
pub fn count(folders: &Folders, scratch: &Path, wanted: &dyn Fn(&str) -> bool, cases: &dyn Fn(Case) -> bool) -> Result<Vec<Instructions>> {
    let mut counts = Vec::new();
    let peers = PEERS
        .iter()
        .filter(|peer| !peer.python && (peer.name == "raw" || wanted(peer.name)));
    for (case, times) in CASES.into_iter().filter(|(case, _)| cases(*case)) {
        let setup = scratch.join("setup_instructions.sql");
        std::fs::write(&setup, schema::setup(Store::Sqlite, case).join(";\n")).map_err(|cause| cause.to_string())?;
        for peer in peers.clone() {
            let once = run(folders, scratch, peer.folder, peer.name, case, &setup, times)?;
            let twice = run(folders, scratch, peer.folder, peer.name, case, &setup, times * 2)?;
            counts.push(Instructions {
                case: case.to_string(),
                peer: peer.name.into(),
                count: (twice - once) / times as f64,
            });
            eprint!(".");
        }
    }
    Ok(counts)
}

fn run(folders: &Folders, scratch: &Path, folder: &str, peer: &str, case: Case, setup: &Path, times: u64) -> Result<f64> {
    let mut command = Command::new("valgrind");
    command
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(folders.binary(folder))
        .args([
            "--peer",
            peer,
            "--store",
            "sqlite",
            "--url",
            ":memory:",
            "--case",
            &case.to_string(),
        ])
        .arg("--setup")
        .arg(setup)
        .args(["--count", &times.to_string()])
        .current_dir(scratch);
    let output = command.output().map_err(|cause| format!("valgrind: {cause}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let total = said
        .lines()
        .find_map(|line| line.split_once("Collected :").map(|(_, n)| n.trim().parse()));
    match total {
        Some(Ok(total)) => Ok(total),
        _ => Err(format!("callgrind says nothing of {peer} {case}: {said}")),
    }
}
