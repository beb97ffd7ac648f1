//! Cargo's own tools from elsewhere, of one version each, built into the target directory when they are first needed.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A subcommand of cargo.
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

pub(crate) const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};
pub(crate) const HACK: Tool = Tool {
    name: "cargo-hack",
    version: "0.6.46",
};
pub(crate) const SEMVER: Tool = Tool {
    name: "cargo-semver-checks",
    version: "0.51.0",
};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Cargo itself, in the root.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

impl Tool {
    /// The tool with the first of its arguments: its name as cargo says it.
    ///
    /// # Errors
    /// Fails if it is neither built already nor can be built.
    pub(crate) fn command(&self) -> Result<Command> {
        let home = root().join("target/tools").join(self.version);
        let program = home.join("bin").join(self.name);
        if !program.exists() {
            eprintln!("building {} {}", self.name, self.version);
            let built = cargo()
                .args(["install", "--quiet", "--locked", "--root"])
                .arg(&home)
                .args(["--version", self.version, self.name])
                .env("CARGO_TARGET_DIR", root().join("target/tools/build"))
                // They run for seconds; a release build takes minutes.
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
                .env_remove("RUSTFLAGS")
                .status()
                .map_err(|cause| format!("can't run cargo: {cause}"))?;
            if !built.success() {
                return Err(format!(
                    "can't build {} {}; is the registry reachable?",
                    self.name, self.version
                ));
            }
        }
        let mut command = Command::new(program);
        command
            .current_dir(root())
            .arg(self.name.trim_start_matches("cargo-"));
        Ok(command)
    }
}
