//! `aludel new`: a project from templates.

use std::path::{Path, PathBuf};

/// The files of a project, and their templates. `NAME` is the crate's name, `LIBRARY` the same as Rust writes it, `ALUDEL`
/// where Aludel comes from.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("templates/Cargo.toml.txt")),
    (".gitignore", include_str!("templates/gitignore.txt")),
    ("README.md", include_str!("templates/README.md.txt")),
    ("src/lib.rs", include_str!("templates/lib.rs.txt")),
    ("src/main.rs", include_str!("templates/main.rs.txt")),
    ("src/models.rs", include_str!("templates/models.rs.txt")),
    (
        "src/migrations/mod.rs",
        include_str!("templates/migrations.rs.txt"),
    ),
    ("src/bin/manage.rs", include_str!("templates/manage.rs.txt")),
];

/// Writes a project into the folder of that name.
pub(crate) fn project(name: &str, aludel: Option<&str>) -> Result<String, String> {
    let folder = Path::new(name);
    let crate_name = folder
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or("");
    check_name(crate_name)?;
    if folder.exists() {
        return Err(format!(
            "{name} is there already; choose another name, or remove it"
        ));
    }
    let source = match aludel {
        Some(path) => Some(PathBuf::from(path)),
        // Run from a checkout, the project depends on it.
        None => {
            let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aludel");
            beside.join("Cargo.toml").is_file().then_some(beside)
        }
    };
    let version = env!("CARGO_PKG_VERSION");
    let from = match source {
        None => format!("version = \"{version}\""),
        Some(path) => {
            let path = path
                .canonicalize()
                .map_err(|error| format!("{}: {error}", path.display()))?;
            format!("path = {:?}", path.display().to_string())
        }
    };
    for (file, template) in FILES {
        let path = folder.join(file);
        let text = template
            .replace("LIBRARY", &crate_name.replace('-', "_"))
            .replace("ALUDEL", &from)
            .replace("NAME", crate_name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)
                .map_err(|error| format!("{}: {error}", parent.display()))?;
        }
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(format!(
        "{name} is written. Go on with:\n\n    cd {name}\n    cargo run --bin manage -- makemigrations\n    cargo run --bin manage -- migrate\n    cargo run --bin {crate_name}"
    ))
}

/// What Cargo takes as a crate's name, and what is no word of Rust.
fn check_name(name: &str) -> Result<(), String> {
    let letters = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_');
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
    let taken = [
        "aludel", "test", "core", "std", "alloc", "crate", "self", "super", "manage", "type", "fn",
        "mod", "use", "dyn", "async",
    ];
    if letters && begins && !taken.contains(&name) {
        return Ok(());
    }
    Err(format!(
        "{name:?} can't be the name of a project: use lower case letters, digits and `-`, and no word that Rust or Aludel uses"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("aludel-new-{name}-{}", std::process::id()));
        drop(std::fs::remove_dir_all(&folder));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_project_has_its_files_and_no_placeholder_left() {
        let folder = scratch("files");
        let project_folder = folder.join("my-blog");
        project(project_folder.to_str().unwrap(), None).unwrap();
        for (file, _) in FILES {
            let text = std::fs::read_to_string(project_folder.join(file)).unwrap();
            for placeholder in ["NAME", "LIBRARY", "ALUDEL"] {
                assert!(!text.contains(placeholder), "{file}: {placeholder}");
            }
        }
        let manage = std::fs::read_to_string(project_folder.join("src/bin/manage.rs")).unwrap();
        assert!(manage.contains("my_blog::app()"), "{manage}");
        let again = project(project_folder.to_str().unwrap(), None).unwrap_err();
        assert!(again.contains("is there already"), "{again}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn names_that_cargo_or_rust_refuse_are_refused() {
        for name in ["", "My", "1st", "a b", "crate", "../..", "a.b"] {
            assert!(
                check_name(
                    Path::new(name)
                        .file_name()
                        .and_then(|n| n.to_str())
                        .unwrap_or("")
                )
                .is_err(),
                "{name}"
            );
        }
        assert!(check_name("blog-2").is_ok());
    }
}
