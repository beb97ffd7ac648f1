//! What the run ran on.

use crate::programs::Folders;
use std::process::Command;

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_string())
}

/// The day, as YYYY-MM-DD.
pub fn today() -> String {
    said("date", &["+%Y-%m-%d"]).unwrap_or_default()
}

/// Processor, cores, memory, system.
pub fn describe() -> Vec<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':').map(|(_, name)| name.trim()));
    let cores = std::thread::available_parallelism().map_or(0, |n| n.get());
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
        .unwrap_or(0);
    vec![
        format!("{}, {cores} cores of a shared (virtual) machine", model.unwrap_or("a processor")),
        format!("{} GiB of memory", kib.div_ceil(1 << 20)),
        said("uname", &["-sr"]).unwrap_or_default(),
        said("rustc", &["--version"]).unwrap_or_default(),
    ]
}

/// Versions of the peers, from their lock files and from Python's packages.
pub fn versions(folders: &Folders) -> Vec<(String, String)> {
    let locked = [
        ("rusqlite", "floor"),
        ("tokio-postgres", "floor"),
        ("mysql_async", "floor"),
        ("diesel", "diesel"),
        ("diesel-async", "diesel"),
        ("sqlx", "sqlx"),
        ("sea-orm", "sea-orm"),
        ("toasty", "toasty"),
    ];
    let mut versions: Vec<(String, String)> = Vec::new();
    for (name, folder) in locked {
        let lock = folders.benches.join("peers").join(folder).join("Cargo.lock");
        let text = std::fs::read_to_string(lock).unwrap_or_default();
        let entry = format!("name = \"{name}\"\nversion = \"");
        if let Some((_, rest)) = text.split_once(&entry) {
            versions.push((name.into(), rest.split('"').next().unwrap_or_default().into()));
        }
    }
    let listed = said(&folders.python().display().to_string(), &["-m", "pip", "list", "--format=freeze"]).unwrap_or_default();
    let asked = ["sqlalchemy", "django", "peewee", "tortoise-orm", "asyncpg", "psycopg", "aiosqlite"];
    for (name, version) in listed.lines().filter_map(|line| line.split_once("==")) {
        let name = name.to_lowercase();
        if asked.contains(&name.as_str()) {
            versions.push((name, version.into()));
        }
    }
    if let Some(python) = said(&folders.python().display().to_string(), &["--version"]) {
        versions.push(("Python".into(), python.trim_start_matches("Python ").into()));
    }
    versions
}
