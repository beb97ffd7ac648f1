//! What a program costs to build on each peer: the same models, written for each, in a project of its own.

mod projects;

use crate::programs::{Folders, Result};
use crate::results::{BuildCost, median};
use projects::{PROJECTS, Project};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Builds each project clean (with 5 models), and again after a literal in a query changed and after a field was added, with 5, 50
/// and 200 models.
/// A project that does not build is left out, and said: it is not worth the rest of a run.
pub fn measure(folders: &Folders, quick: bool, wanted: &dyn Fn(&str) -> bool) -> Vec<BuildCost> {
    let mut costs = Vec::new();
    for project in PROJECTS.iter().filter(|project| project.peer == "rusqlite" || wanted(project.peer)) {
        eprintln!("building with {}", project.peer);
        let folder = folders.target.join("build-cost").join(project.peer);
        drop(std::fs::remove_dir_all(&folder));
        match one(folders, project, &folder, quick) {
            Ok(cost) => costs.push(cost),
            Err(why) => eprintln!("{why}"),
        }
        drop(std::fs::remove_dir_all(&folder));
    }
    costs
}

fn one(folders: &Folders, project: &Project, folder: &Path, quick: bool) -> Result<BuildCost> {
    write(folders, project, folder, 5)?;
    cargo(folder, &["fetch", "--quiet"])?;
    let crates = crates(folder)?;
    let debug = cargo(folder, &["build", "--quiet"])?;
    let release = cargo(folder, &["build", "--quiet", "--release"])?;
    let binary = std::fs::metadata(folder.join("target/release/cost"))
        .map_err(|cause| cause.to_string())?
        .len();
    let (mut rebuild, mut rebuild_field) = (Vec::new(), Vec::new());
    for models in [5, 50, 200] {
        if quick && models == 200 {
            continue;
        }
        write(folders, project, folder, models)?;
        cargo(folder, &["build", "--quiet"])?;
        let mut seconds = Vec::new();
        for turn in 1..=3 {
            file(&folder.join("src/m0.rs"), &project.model_file(0, turn))?;
            seconds.push(cargo(folder, &["build", "--quiet"])?);
        }
        rebuild.push((models, median(&mut seconds)));
        seconds.clear();
        for turn in 1..=3 {
            file(&folder.join("src/m0.rs"), &with_field(project, 0, turn)?)?;
            seconds.push(cargo(folder, &["build", "--quiet"])?);
        }
        rebuild_field.push((models, median(&mut seconds)));
    }
    Ok(BuildCost {
        peer: project.peer.into(),
        crates,
        debug,
        release,
        rebuild,
        rebuild_field,
        binary,
    })
}

/// The text of a model with one more field, whose name has this number.
fn with_field(project: &Project, at: usize, number: usize) -> Result<String> {
    let mut text = project.model_file(at, 3);
    for (from, to) in project.field {
        if !text.contains(from) {
            return Err(format!("the model of {} has no {from:?}", project.peer));
        }
        text = text.replace(from, &to.replace("EXTRA", &format!("extra{number}")));
    }
    Ok(text)
}

fn write(folders: &Folders, project: &Project, folder: &Path, models: usize) -> Result<()> {
    let aludel = folders.benches.join("../crates/aludel").display().to_string();
    let manifest = format!(
        "[package]\nname = \"cost\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n\n[profile.release]\nstrip = true\n",
        project.dependencies.replace("ALUDEL", &aludel)
    );
    std::fs::create_dir_all(folder.join("src")).map_err(|cause| cause.to_string())?;
    file(&folder.join("Cargo.toml"), &manifest)?;
    for at in 0..models {
        file(&folder.join(format!("src/m{at}.rs")), &project.model_file(at, 0))?;
    }
    file(&folder.join("src/main.rs"), &project.main_file(models))
}

fn file(path: &PathBuf, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|cause| format!("{path:?}: {cause}"))
}

/// Seconds that cargo takes.
fn cargo(folder: &Path, arguments: &[&str]) -> Result<f64> {
    let mut command = command(folder, arguments);
    let started = Instant::now();
    let output = command.stdout(Stdio::null()).output().map_err(|cause| cause.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    output
        .status
        .success()
        .then_some(())
        .ok_or_else(|| format!("{folder:?} does not build: {said}"))?;
    Ok(started.elapsed().as_secs_f64())
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    command
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_INCREMENTAL")
        .env_remove("RUSTFLAGS");
    command
}

/// Crates that are built, each version once, without the project itself.
fn crates(folder: &Path) -> Result<usize> {
    let tree = command(folder, &["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let output = { tree }.output().map_err(|cause| cause.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let names: BTreeSet<&str> = text
        .lines()
        .map(|line| line.trim_end_matches(" (*)").trim())
        .filter(|line| !line.is_empty())
        .collect();
    Ok(names.len().saturating_sub(1))
}
