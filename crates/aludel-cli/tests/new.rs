//! A new project builds, and its migrations are made and applied at once.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where projects are built: kept between runs, so that only the first one compiles all of Aludel.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-project")
}

fn run(folder: &Path, program: &str, words: &[&str]) -> String {
    let output = Command::new(program)
        .args(words)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env_remove("DATABASE_URL")
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program} {words:?}:\n{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

#[test]
fn a_new_project_builds_and_migrates_at_once() {
    let scratch = std::env::temp_dir().join(format!("aludel-project-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&scratch));
    std::fs::create_dir_all(&scratch).expect("a folder");
    let said = run(&scratch, env!("CARGO_BIN_EXE_aludel"), &["new", "blog"]);
    assert!(
        said.contains("cargo run --bin manage -- makemigrations"),
        "{said}"
    );
    let project = scratch.join("blog");
    // The versions that this project was tested with.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    std::fs::copy(lock, project.join("Cargo.lock")).expect("a lock file");
    let cargo = |words: &[&str]| run(&project, env!("CARGO"), words);
    let made = cargo(&["run", "--quiet", "--bin", "manage", "--", "makemigrations"]);
    assert!(
        made.contains("+ create table users") && made.contains("m0001_initial.rs"),
        "{made}"
    );
    let applied = cargo(&["run", "--quiet", "--bin", "manage", "--", "migrate"]);
    assert!(applied.contains("0001_initial applied"), "{applied}");
    let program = cargo(&["run", "--quiet"]);
    assert!(
        program.contains("Hello from user1@example.com"),
        "{program}"
    );
    let checked = cargo(&[
        "run",
        "--quiet",
        "--bin",
        "manage",
        "--",
        "check",
        "--against-db",
    ]);
    assert!(checked.contains("All is well"), "{checked}");
    cargo(&["fmt", "--check"]);
    std::fs::remove_dir_all(scratch).expect("is removed");
}
