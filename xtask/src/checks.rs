//! What a release has to pass beside its tests: packages, dependencies, features, versions.

use crate::scratch::Folder;
use crate::tools::{self, cargo, root};
use crate::{Result, run};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// `cargo xtask fmt`: formats the workspace, and what is outside of it.
pub(crate) fn format() -> Result<bool> {
    let outside = [
        "benches/measure",
        "benches/runner",
        "benches/peers/aludel",
        "xtask/api",
    ];
    let mut all = cargo();
    all.args(["fmt", "--all"]);
    let mut is_done = run(all)?;
    for folder in outside {
        let mut one = cargo();
        one.arg("fmt")
            .arg("--manifest-path")
            .arg(format!("{folder}/Cargo.toml"));
        is_done &= run(one)?;
    }
    Ok(is_done)
}

/// `cargo xtask docs`: the documentation of every crate; a warning, such as a broken link, is an error.
pub(crate) fn docs() -> Result<bool> {
    let mut docs = cargo();
    docs.args(["doc", "--workspace", "--no-deps", "--all-features"])
        .env("RUSTDOCFLAGS", "-D warnings");
    run(docs)
}

/// `cargo xtask package`: every crate builds from its package alone, with the README that its registry shows.
///
/// Cargo checks a package against the packages it depends on, in a registry in the target folder. It keeps what it unpacks of that
/// registry by the registry's path, and the name and version of a crate: the next check in the same folder would build against older
/// sources. So each check has a folder of its own.
pub(crate) fn package() -> Result<bool> {
    let folder = Folder::of_one_run(&root().join("target"))?;
    let kept = unpacked_registries();
    let mut package = cargo();
    package
        .args(["package", "--workspace", "--exclude", "xtask"])
        .args(["--exclude", "aludel-suite"])
        // A tree with changes is packaged as it is: `.ci/run` runs on a clone.
        .args(["--quiet", "--allow-dirty"])
        .arg("--target-dir")
        .arg(folder.path());
    let is_done = run(package);
    for registry in unpacked_registries() {
        if !kept.contains(&registry) {
            fs::remove_dir_all(&registry)
                .map_err(|cause| format!("can't remove {}: {cause}", registry.display()))?;
        }
    }
    is_done
}

/// The folders in which cargo keeps what it has unpacked from registries that are folders themselves: their names are a hash alone,
/// where others begin with the registry's host.
fn unpacked_registries() -> Vec<PathBuf> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => Some(home.into()),
        None => env::home_dir().map(|home| home.join(".cargo")),
    };
    let Some(Ok(registries)) = home.map(|home| fs::read_dir(home.join("registry/src"))) else {
        return Vec::new();
    };
    registries
        .flatten()
        .filter(|registry| registry.file_name().to_string_lossy().starts_with('-'))
        .map(|registry| registry.path())
        .collect()
}

/// `cargo xtask deny`: licences, duplicates and sources of dependencies, and known faults of them where the list can be read.
pub(crate) fn deny() -> Result<bool> {
    let mut check = tools::DENY.command()?;
    check.args(["check", "licenses", "bans", "sources"]);
    if !run(check)? {
        return Ok(false);
    }
    let mut fetch = tools::DENY.command()?;
    let fetched = fetch
        .args(["fetch", "db"])
        .output()
        .map_err(|cause| format!("can't run cargo-deny: {cause}"))?;
    if !fetched.status.success() {
        let why = String::from_utf8_lossy(&fetched.stderr).to_lowercase();
        let unreachable = ["resolve host", "connect", "timed out", "timeout", "dns"];
        if !unreachable.iter().any(|word| why.contains(word)) {
            return Err(format!("can't fetch the list of advisories: {why}"));
        }
        println!("advisories are not checked: the list of RustSec can't be reached from here");
        return Ok(true);
    }
    let mut advisories = tools::DENY.command()?;
    advisories.args(["check", "--disable-fetch", "advisories"]);
    run(advisories)
}

/// What is built with every pair of its features. Features of the façade that only name one of another crate go as one, and
/// without a database there is nothing to check in it.
const POWERSETS: [&[&str]; 6] = [
    &["-p", "aludel-sql"],
    &[
        "-p",
        "aludel-engine",
        "--exclude-features",
        "default,fuzzing",
    ],
    &["-p", "aludel-orm", "--exclude-features", "default"],
    &["-p", "aludel-migrate", "--exclude-features", "default"],
    &["-p", "aludel-manage", "--exclude-features", "default"],
    &[
        "-p",
        "aludel",
        "--exclude-features",
        "default",
        "--group-features",
        "jiff,chrono,time,uuid,json",
        "--at-least-one-of",
        "sqlite,postgres,mysql",
    ],
];

/// `cargo xtask hack`: no pair of features fails to build, or builds with a warning.
pub(crate) fn hack() -> Result<bool> {
    for arguments in POWERSETS {
        let mut hack = tools::HACK.command()?;
        hack.args(["check", "--quiet", "--feature-powerset", "--depth", "2"])
            .args(arguments)
            .env("RUSTFLAGS", "-D warnings")
            .env("CARGO_TARGET_DIR", root().join("target/hack"));
        if !run(hack)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `cargo xtask semver`: fails if the public API breaks users of the newest tag `v*` and the version does not say so. Passes
/// before the first tag.
pub(crate) fn semver() -> Result<bool> {
    let mut git = Command::new("git");
    git.current_dir(root())
        .args(["tag", "--list", "v*", "--sort=-version:refname"]);
    let tags = git
        .output()
        .map_err(|cause| format!("can't run git: {cause}"))?;
    let tags = String::from_utf8_lossy(&tags.stdout);
    match tags.lines().next() {
        Some(tag) => semver_since(tag),
        None => {
            println!("nothing was released yet: no tag v*");
            Ok(true)
        }
    }
}

/// Compares with a commit or tag.
pub(crate) fn semver_since(revision: &str) -> Result<bool> {
    let mut check = tools::SEMVER.command()?;
    check
        .args([
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "aludel-cli",
        ])
        .args(["--exclude", "aludel-suite"])
        .args(["--exclude", "aludel-derive", "--all-features"])
        .args(["--baseline-rev", revision]);
    run(check)
}
