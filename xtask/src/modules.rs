//! `cargo xtask modules`: imports point down. Modules of a crate that import each other in a circle are named, unless the
//! circle is a natural one and listed here with its reason.

use crate::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Circles of top-level modules that are one thing, and why.
const NATURAL: &[(&str, &[&str], &str)] = &[
    (
        "aludel-engine",
        &["driver", "fuzz"],
        "fuzz targets read what drivers read, and drivers have readers for them; built for tests only",
    ),
    (
        "aludel-sql",
        &["row", "types", "value"],
        "a value has a type, a type reads cells, a row is cells of values",
    ),
    (
        "aludel-sql",
        &["dialect", "expr", "render", "schema", "statement"],
        "an expression may hold a SELECT and a SELECT holds expressions; the renderer asks the dialect, which writes by it",
    ),
    (
        "aludel-orm",
        &["load", "session"],
        "a relation is loaded into rows or into a session, which loads relations of its rows",
    ),
];

const CRATES: [&str; 6] = [
    "aludel-sql",
    "aludel-engine",
    "aludel-derive",
    "aludel-orm",
    "aludel-migrate",
    "aludel-manage",
];

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Checks every crate; `false` if one has a circle that is not listed.
pub(crate) fn check() -> Result<bool> {
    let mut is_clean = true;
    for name in CRATES {
        let graph = imports(
            &Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates"))
                .join(name)
                .join("src"),
        )?;
        for circle in circles(&graph) {
            let mut known = NATURAL.iter().map(|(of, modules, _)| (*of, *modules));
            let is_known = known.any(|(of, modules)| {
                of == name
                    && circle
                        .iter()
                        .all(|module| modules.contains(&module.as_str()))
            });
            if is_known {
                continue;
            }
            is_clean = false;
            println!("{name}: modules import each other in a circle:");
            for module in &circle {
                let within: Vec<&str> = { graph[module].iter() }
                    .filter(|other| circle.contains(*other))
                    .map(String::as_str)
                    .collect();
                println!("    {module} imports {}", within.join(", "));
            }
        }
    }
    if !is_clean {
        println!(
            "let imports point down, or list a natural circle in xtask/src/modules.rs with its reason"
        );
    }
    Ok(is_clean)
}

/// Which top-level module imports which.
fn imports(source: &Path) -> Result<Graph> {
    let mut graph = Graph::new();
    for file in files(source)? {
        let inside = file.strip_prefix(source).unwrap_or(&file).to_path_buf();
        let first = inside
            .components()
            .next()
            .map(|part| part.as_os_str().to_string_lossy());
        let own = first
            .unwrap_or_default()
            .trim_end_matches(".rs")
            .to_string();
        if own == "lib" || inside.ends_with("tests.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).map_err(|cause| format!("{file:?}: {cause}"))?;
        let all = graph.entry(own.clone()).or_default();
        all.extend(named(&text).into_iter().filter(|module| *module != own));
    }
    // Names that are no modules: functions and types of the crate's root.
    let modules: BTreeSet<String> = graph.keys().cloned().collect();
    for all in graph.values_mut() {
        all.retain(|module| modules.contains(module));
    }
    Ok(graph)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let read = std::fs::read_dir(folder).map_err(|cause| format!("{folder:?}: {cause}"))?;
    let mut found = Vec::new();
    for entry in read {
        let path = entry.map_err(|cause| cause.to_string())?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The modules that follow `crate::` in a text, without its comments and its tests.
fn named(text: &str) -> BTreeSet<String> {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let code: String = { text.lines() }
        .map(|line| line.split("//").next().unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let group = after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        let paths = group.map_or(after, |(inner, _)| inner);
        let count = if group.is_some() { usize::MAX } else { 1 };
        for path in paths.split(',').take(count) {
            let end = path
                .trim_start()
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let name = &path.trim_start()[..end.unwrap_or(path.trim_start().len())];
            found.insert(name.to_string());
        }
    }
    found
}

/// The circles: modules each of which reaches the others.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached = |from: &str| -> BTreeSet<String> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_string()]);
        while let Some(module) = open.pop() {
            for next in graph.get(&module).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<&String, BTreeSet<String>> = graph
        .keys()
        .map(|module| (module, reached(module)))
        .collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (module, seen) in &all {
        let is_done = circles.iter().flatten().any(|known| known == *module);
        if is_done || !seen.contains(*module) {
            continue;
        }
        let back = seen.iter().filter(|other| all[other].contains(*module));
        circles.push(back.cloned().collect());
    }
    circles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_read_with_their_groups_and_without_comments() {
        let text = "use crate::error::{Error, Result};\nuse crate::{pool, url::Url};\n// crate::never\nfn f() { crate::clock::now() }\n#[cfg(test)]\nmod tests { use crate::other; }\n";
        let found: Vec<String> = named(text).into_iter().collect();
        assert_eq!(found, ["clock", "error", "pool", "url"]);
    }

    #[test]
    fn a_circle_is_found_and_a_tower_is_none() {
        let graph = |edges: &[(&str, &str)]| {
            let mut graph = Graph::new();
            for (from, to) in edges {
                graph
                    .entry((*from).into())
                    .or_default()
                    .insert((*to).into());
                graph.entry((*to).into()).or_default();
            }
            graph
        };
        assert!(circles(&graph(&[("a", "b"), ("a", "c"), ("b", "c")])).is_empty());
        let found = circles(&graph(&[("a", "b"), ("b", "c"), ("c", "b"), ("d", "d")]));
        assert_eq!(found, [vec!["b", "c"], vec!["d"]]);
    }
}
