//! The file of a squash.

use super::Squashed;
use crate::app::Module;
use crate::autogenerate::{check_folder, write_file, write_list};
use crate::files::{MigrationFile, path_of};
use crate::graph::Graph;
use crate::id::MigrationId;
use crate::operation::{Code, Operation, RunCode};
use crate::source::functions;
use aludel_engine::{Error, Result};
use std::path::{Path, PathBuf};

impl Squashed {
    /// Its file, for the folder of its module.
    ///
    /// A function that runs in it is named where it is written (`super::m0002_stars::fill`), if that file says `pub` before it.
    /// A private function can't be named from another file; it is reached through the migration that runs it.
    ///
    /// # Errors
    /// Fails if the file of a migration with a function can't be read.
    pub fn file(&self, graph: &Graph, folder: &Path) -> Result<MigrationFile> {
        let mut calls: Vec<(&Operation, String)> = Vec::new();
        let mut private: Vec<String> = Vec::new();
        for operation in &self.migration.operations {
            let Some((id, n)) = self.place_of(graph, operation) else {
                continue;
            };
            let call = match operation {
                Operation::Run(run) => {
                    let path = path_of(folder, &id.name);
                    let text = std::fs::read_to_string(&path).map_err(|error| {
                        Error::migration(format!("can't read {}: {error}", path.display()))
                    })?;
                    call_of(run, &id, &text)
                }
                _ => Err(Vec::new()),
            };
            let call = call.unwrap_or_else(|hidden| {
                private.extend(hidden);
                format!(
                    ".operation(super::m{}::migration().operations()[{n}].clone())",
                    id.name
                )
            });
            calls.push((operation, call));
        }
        let mut about = format!(
            "Stands for {} migrations.\n{}",
            self.migration.replaces.len(),
            crate::autogenerate::about(&self.migration)
        );
        if !private.is_empty() {
            about.push_str(&format!(
                "\nWith `pub(super)` before {}, a new squash calls it by name.",
                private.join(" and ")
            ));
        }
        let written = |operation: &Operation| -> Option<String> {
            { calls.iter() }
                .find(|(one, _)| std::ptr::eq(*one, operation))
                .map(|(_, call)| call.clone())
        };
        Ok(MigrationFile::new(&self.migration, &about, &written))
    }

    /// Writes its file into the folder of its module, and rewrites the module's list.
    ///
    /// # Errors
    /// A folder whose files differ from those that are compiled into the program; file system errors.
    pub fn write(&self, graph: &Graph, module: &Module) -> Result<PathBuf> {
        check_folder(module)?;
        let path = path_of(&module.folder, &self.migration.name);
        write_file(&path, &self.file(graph, &module.folder)?.text)?;
        write_list(&module.folder)?;
        Ok(path)
    }

    /// Where a function that it runs is written: its migration, and the number of the operation there.
    pub fn place_of(&self, graph: &Graph, wanted: &Operation) -> Option<(MigrationId, usize)> {
        let code = code_of(wanted)?;
        let runs = |id: &MigrationId, n: usize| {
            { graph.get(id) }
                .and_then(|migration| migration.operations.get(n))
                .and_then(code_of)
                .is_some_and(|other| other.is(code))
        };
        self.from.iter().find(|(id, n)| runs(id, *n)).cloned()
    }
}

/// The call of a migration's functions from a file beside its own, whose text is given; or the names of those that are private
/// there.
fn call_of(run: &RunCode, id: &MigrationId, text: &str) -> Result<String, Vec<String>> {
    let mut hidden = Vec::new();
    let mut path = |code: &Code| -> String {
        let name = code.name();
        if code.path() == Code::new(crate::nothing).path() {
            return "nothing".into();
        }
        if code.path().ends_with(&format!("::m{}::{name}", id.name)) {
            if !is_public(text, name) {
                hidden.push(format!("`{name}` of {}", id.name));
            }
            return format!("super::m{}::{name}", id.name);
        }
        // A closure, or a function from elsewhere.
        hidden.push(String::new());
        String::new()
    };
    let forward = path(&run.forward);
    let backward = run.backward.as_ref().map(path);
    if hidden.is_empty() {
        return Ok(functions(&forward, backward.as_deref()));
    }
    hidden.retain(|name| !name.is_empty());
    Err(hidden)
}

/// Whether a file's text says `pub` before a function.
fn is_public(text: &str, name: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        line.starts_with("pub") && { line.split_once("fn ") }
            .and_then(|(_, rest)| rest.strip_prefix(name))
            .is_some_and(|rest| rest.trim_start().starts_with(['(', '<']))
    })
}

/// The function that an operation runs, or the first in it.
fn code_of(operation: &Operation) -> Option<&Code> {
    match operation {
        Operation::Run(run) => Some(&run.forward),
        Operation::Separate { database, .. } => database.iter().find_map(code_of),
        _ => None,
    }
}
