//! The benchmarks: their own workspaces, run on servers that are started here.

use crate::{Only, scratch};
use crate::{Result, Servers, install, run};
use std::path::Path;
use std::process::Command;

/// `cargo xtask bench …`: what follows is the runner's.
pub(crate) fn bench(words: &[&str]) -> Result<bool> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("../benches");
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command
        .args(["run", "--release", "--quiet", "--locked", "--manifest-path"])
        .arg(benches.join("runner/Cargo.toml"))
        .arg("--")
        .args(words)
        .env("CARGO_TARGET_DIR", benches.join("target"));
    if words.contains(&"--page") {
        return run(command);
    }
    install::for_benchmarks()?;
    let servers = Servers::start(Only::All, scratch::Folder::on_disk()?)?;
    servers.announce(&mut command);
    run(command)
}
