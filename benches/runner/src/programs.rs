//! Building the peers, and the virtual environment of those in Python.

use crate::plan::{PEERS, Peer, WIRE};
use std::path::{Path, PathBuf};
use std::process::Command;

pub type Result<T, E = String> = std::result::Result<T, E>;

/// Where things are.
pub struct Folders {
    pub benches: PathBuf,
    pub target: PathBuf,
}

impl Folders {
    pub fn find() -> Folders {
        let benches = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a folder").to_path_buf();
        let target = benches.join("target");
        Folders { benches, target }
    }

    /// The program of a peer.
    pub fn program(&self, peer: &Peer) -> Command {
        if peer.python {
            let mut command = Command::new(self.python());
            command.arg(self.benches.join("peers/python/peer.py"));
            return command;
        }
        Command::new(self.binary(peer.folder))
    }

    pub fn binary(&self, folder: &str) -> PathBuf {
        self.target.join("release").join(format!("peer-{folder}"))
    }

    pub fn python(&self) -> PathBuf {
        self.target.join("python/bin/python")
    }
}

/// Builds what the peers need that are asked for.
pub fn build(folders: &Folders, wanted: impl Fn(&Peer) -> bool) -> Result<()> {
    let mut built: Vec<&str> = Vec::new();
    for peer in PEERS.iter().chain(&WIRE).filter(|peer| wanted(peer)) {
        if built.contains(&peer.folder) {
            continue;
        }
        built.push(peer.folder);
        match peer.python {
            true => environment(folders)?,
            false => cargo(folders, peer.folder)?,
        }
    }
    Ok(())
}

fn cargo(folders: &Folders, folder: &str) -> Result<()> {
    eprintln!("building {folder}");
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command
        .args(["build", "--release", "--quiet", "--locked", "--manifest-path"])
        .arg(folders.benches.join("peers").join(folder).join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &folders.target);
    succeed(command)
}

/// The virtual environment; what is there already is not installed again.
fn environment(folders: &Folders) -> Result<()> {
    let python = folders.python();
    let requirements = folders.benches.join("peers/python/requirements.txt");
    if !python.exists() {
        eprintln!("making a virtual environment");
        let mut command = Command::new("python3");
        command.args(["-m", "venv"]).arg(folders.target.join("python"));
        succeed(command)?;
    }
    let mut command = Command::new(&python);
    command.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements);
    succeed(command)
}

fn succeed(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|cause| format!("{command:?}: {cause}"))?;
    status.success().then_some(()).ok_or_else(|| format!("{command:?} failed"))
}
