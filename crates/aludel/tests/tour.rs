//! The tour, run as the README says.
#![allow(missing_docs)]

use std::process::{Command, Output};

fn tour(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "--package",
            "aludel",
            "--example",
            "tour",
            "--",
        ])
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("cargo runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn answers(arguments: &[&str]) -> String {
    let done = tour(arguments);
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

#[test]
fn the_tour_answers_questions_about_the_projects_own_lock_file() {
    let loud = answers(&[]);
    assert!(
        loud.contains("SELECT") && loud.contains("proc-macro2"),
        "{loud}"
    );
    let quiet = answers(&["--quiet"]);
    assert!(
        !quiet.contains("SELECT") && quiet.contains("proc-macro2"),
        "{quiet}"
    );
    assert!(quiet.len() < loud.len());
}

#[test]
fn a_file_given_replaces_the_lock_file_and_a_broken_one_is_told() {
    let folder = std::env::temp_dir();
    let path = |name: &str| folder.join(format!("aludel_tour_{}_{name}", std::process::id()));
    let (good, broken) = (path("good.lock"), path("broken.lock"));
    let packages = "[[package]]\nname = \"top\"\nversion = \"1.0.0\"\ndependencies = [\"below\"]\n\n[[package]]\nname = \"below\"\nversion = \"2.0.0\"\n";
    std::fs::write(&good, packages).expect("writes");
    std::fs::write(&broken, "[[package]\nname = ").expect("writes");
    let shown = answers(&["--quiet", &good.display().to_string()]);
    assert!(
        shown.contains("below") && !shown.contains("proc-macro2"),
        "{shown}"
    );
    for wrong in [
        broken.display().to_string(),
        "/no/such/Cargo.lock".to_string(),
    ] {
        let refused = tour(&[&wrong]);
        let said = text(&refused.stderr);
        assert!(!refused.status.success() && said.contains(&wrong), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
    let unknown = tour(&["--frobnicate"]);
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("--frobnicate"));
    for file in [good, broken] {
        std::fs::remove_file(file).expect("removes");
    }
}

#[test]
fn the_tour_runs_on_postgres() {
    let url = std::env::var("ALUDEL_POSTGRES_URL").expect("run by `cargo xtask test`");
    assert!(answers(&["--quiet", "--database", &url]).contains("proc-macro2"));
}

#[test]
fn the_tour_runs_on_mariadb() {
    let url = std::env::var("ALUDEL_MARIADB_URL").expect("run by `cargo xtask test`");
    assert!(answers(&["--quiet", "--database", &url]).contains("proc-macro2"));
}
