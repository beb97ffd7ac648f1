//! `cargo xtask functions`: how many functions a program gets for each of its models. It is what makes programs of many models
//! slow to build, and unlike seconds it is the same on every machine.

use crate::Result;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The same program as in the benchmarks: models of eight fields, a query and an insert for each.
#[rustfmt::skip]
#[allow(dead_code, unreachable_pub)]
#[path = "../../benches/runner/src/build_cost/projects.rs"]
mod projects;

/// The most functions for a model, without optimization. It may only become less.
const MOST: usize = 78;

/// Builds the program with a few models and with more, and fails if a model costs too many functions.
pub(crate) fn check() -> Result<bool> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = root.join("target/functions");
    let (few, many) = (2, 10);
    let counted = [count(&root, &folder, few)?, count(&root, &folder, many)?];
    let each = (counted[1] - counted[0]) / (many - few);
    println!("{each} functions for each model, of at most {MOST}");
    if each > MOST {
        eprintln!(
            "a model costs too many functions to compile: move code that does not need the model's type out of functions that have it \
             as a parameter (see `orm/model/any/`), and write loops there instead of iterators with closures"
        );
    }
    Ok(each <= MOST)
}

/// The functions of a program with this many models.
fn count(root: &Path, folder: &Path, models: usize) -> Result<usize> {
    write(root, folder, models)?;
    let target = folder.join("target");
    let deps = target.join("debug/deps");
    for object in objects(&deps) {
        std::fs::remove_file(object).map_err(|cause| cause.to_string())?;
    }
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    cargo
        .args(["rustc", "--quiet", "--bin", "cost", "--"])
        .args(["--emit=obj", "-C", "codegen-units=1", "-C", "debuginfo=0"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    let built = cargo.status().map_err(|cause| cause.to_string())?;
    let [object] = &objects(&deps)[..] else {
        return Err(format!(
            "the program of {models} models was not built ({built})"
        ));
    };
    let nm = Command::new("nm")
        .arg("--defined-only")
        .arg(object)
        .output();
    let nm = nm.map_err(|cause| format!("can't run nm, of Debian's binutils: {cause}"))?;
    let symbols = String::from_utf8_lossy(&nm.stdout);
    let kind = |line: &str| line.split_ascii_whitespace().nth(1).map(str::to_string);
    let is_function = |line: &&str| kind(line).is_some_and(|kind| "tTwW".contains(&kind));
    Ok(symbols.lines().filter(is_function).count())
}

/// The program's object files.
fn objects(deps: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(deps).into_iter().flatten().flatten();
    let files = files.map(|file| file.path());
    let is_object = |file: &PathBuf| {
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        name.is_some_and(|name| name.starts_with("cost-") && name.ends_with(".o"))
    };
    files.filter(is_object).collect()
}

fn write(root: &Path, folder: &Path, models: usize) -> Result<()> {
    let project = { projects::PROJECTS.iter() }
        .find(|project| project.peer == "aludel")
        .ok_or("there is no project for aludel")?;
    let library = root.join("crates/aludel").display().to_string();
    let source = folder.join("src");
    std::fs::create_dir_all(&source).map_err(|cause| cause.to_string())?;
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|cause| format!("{}: {cause}", path.display()))
    };
    file(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"cost\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\n",
            project.dependencies.replace("ALUDEL", &library)
        ),
    )?;
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
        .map_err(|cause| cause.to_string())?;
    for at in 0..models {
        file(&format!("src/m{at}.rs"), &project.model_file(at, 0))?;
    }
    file("src/main.rs", &project.main_file(models))
}
