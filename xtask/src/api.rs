//! `cargo xtask api`: the public API as text, compared with what is written down.

use crate::tools::{cargo, root};
use crate::{Result, run};
use std::path::Path;
use std::process::Command;

/// The crates whose public API is kept in `docs/api`.
const LIBRARIES: [&str; 6] = [
    "aludel-sql",
    "aludel-engine",
    "aludel-orm",
    "aludel-migrate",
    "aludel-manage",
    "aludel",
];

/// `cargo xtask api`: the public API is that of `docs/api`, so that a change of it is seen where it is reviewed.
/// With `bless`, writes the files.
pub(crate) fn check(bless: bool) -> Result<bool> {
    let target = root().join("target/api");
    let mut build = cargo();
    build
        .args(["build", "--quiet", "--locked", "--manifest-path"])
        .arg("xtask/api/Cargo.toml")
        .arg("--target-dir")
        .arg(&target);
    if !run(build)? {
        return Ok(false);
    }
    let mut is_same = true;
    for name in LIBRARIES {
        let mut json = cargo();
        json.args(["rustdoc", "--quiet", "--lib", "--all-features", "-p", name])
            .arg("--target-dir")
            .arg(&target)
            .args(["--", "-Z", "unstable-options", "--output-format", "json"])
            // rustdoc writes JSON only for who asks for what is not stable yet.
            .env("RUSTC_BOOTSTRAP", "1")
            .env_remove("RUSTDOCFLAGS");
        if !run(json)? {
            return Ok(false);
        }
        let json = target.join(format!("doc/{}.json", name.replace('-', "_")));
        let list = Command::new(target.join("debug/api"))
            .arg(json)
            .stderr(std::process::Stdio::inherit())
            .output()
            .map_err(|cause| format!("can't list the API of {name}: {cause}"))?;
        if !list.status.success() {
            return Ok(false);
        }
        // Sorted: where an impl stands in the source is nobody's business.
        let list = String::from_utf8_lossy(&list.stdout);
        let mut lines: Vec<&str> = list.lines().collect();
        lines.sort_unstable();
        let list = lines.join("\n") + "\n";
        is_same &= same(&root().join(format!("docs/api/{name}.txt")), &list, bless)?;
    }
    if !is_same {
        println!(
            "if that is meant: write it with `cargo xtask api --bless`, and name it in CHANGELOG.md"
        );
    }
    Ok(is_same)
}

/// Whether a file says this; if not, prints the difference, or writes the file.
fn same(file: &Path, now: &str, bless: bool) -> Result<bool> {
    let before = std::fs::read_to_string(file).unwrap_or_default();
    if before == now {
        return Ok(true);
    }
    if bless {
        std::fs::write(file, now)
            .map_err(|cause| format!("can't write {}: {cause}", file.display()))?;
        return Ok(true);
    }
    println!("the public API is not that of {}:", file.display());
    let lines = |text: &str| -> std::collections::BTreeSet<String> {
        text.lines().map(str::to_string).collect()
    };
    let (old, new) = (lines(&before), lines(now));
    for line in old.difference(&new) {
        println!("- {line}");
    }
    for line in new.difference(&old) {
        println!("+ {line}");
    }
    if old == new {
        println!("only the order of its lines differs, or how often one is there");
    }
    Ok(false)
}
