//! Migration files: names, texts, and the list of them in `mod.rs`.

use crate::graph::Seen;
use crate::literals::quoted;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::source::{format, generated, operation};
use std::path::{Path, PathBuf};

/// A migration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFile {
    /// The migration's name: `0002_user_email`.
    pub name: String,
    /// The text.
    pub text: String,
}

impl MigrationFile {
    /// A migration as a file; `call_of` writes the call for an operation whose function can't be reached by its name alone.
    pub fn new(
        migration: &Migration,
        about: &str,
        call_of: &dyn Fn(&Operation) -> Option<String>,
    ) -> MigrationFile {
        let mut chain = format!("Migration::new({})", quoted(&migration.name));
        for parent in &migration.depends_on {
            chain.push_str(&format!(".depends_on({})", quoted(parent)));
        }
        if !migration.replaces.is_empty() {
            let names: Vec<String> = migration.replaces.iter().map(|name| quoted(name)).collect();
            chain.push_str(&format!(".replaces([{}])", names.join(", ")));
        }
        if !migration.atomic {
            chain.push_str(".atomic(false)");
        }
        for one in &migration.operations {
            chain.push_str(&call_of(one).unwrap_or_else(|| operation(one)));
        }
        let about: Vec<String> = { about.lines() }
            .flat_map(wrapped)
            .map(|line| format!("//! {line}"))
            .collect();
        let text = format!(
            "{}\n\nuse aludel::migrate::prelude::*;\n\n/// The migration `{}`.\npub fn migration() -> Migration {{\n    {chain}\n}}\n",
            about.join("\n"),
            migration.name
        );
        MigrationFile {
            name: migration.name.clone(),
            text: generated(&text),
        }
    }

    /// The file's name: `m0002_user_email.rs`.
    pub fn file_name(&self) -> String {
        format!("m{}.rs", self.name)
    }
}

/// Wraps a long comment line.
fn wrapped(line: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        if !lines[last].trim().is_empty() && lines[last].len() + word.len() > 95 {
            lines.push(format!("  {word}"));
        } else {
            if !lines[last].is_empty() {
                lines[last].push(' ');
            }
            lines[last].push_str(word);
        }
    }
    lines
}

/// The names of the migrations in a folder, from its files.
pub fn names_in(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    if !folder.exists() {
        return Ok(names);
    }
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(name) = name
            .strip_prefix('m')
            .and_then(|name| name.strip_suffix(".rs"))
            && name.starts_with(|c: char| c.is_ascii_digit())
        {
            names.push(name.to_string());
        }
    }
    names.sort();
    Ok(names)
}

/// The path of a migration file.
pub fn path_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("m{name}.rs"))
}

/// `mod.rs`: the list of the migrations.
pub fn list_of(names: &[String]) -> String {
    let modules: Vec<String> = names.iter().map(|name| format!("mod m{name};\n")).collect();
    let calls: Vec<String> = names
        .iter()
        .map(|name| format!("m{name}::migration()"))
        .collect();
    format(&format!(
        "//! The migrations of this module. `makemigrations` keeps the list.\n\nuse aludel::migrate::Migration;\n\n{}\n/// All of them.\npub fn all() -> Vec<Migration> {{\n    vec![{}]\n}}\n",
        modules.concat(),
        calls.join(", ")
    ))
}

/// A name that is valid as a file name: lower case letters, digits and `_`, not too long.
pub fn file_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        let c = if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        };
        if c != '_' || !name.ends_with('_') {
            name.push(c);
        }
    }
    name.truncate(60);
    name.trim_matches('_').to_string()
}

/// The number of a module's next migration.
pub fn next_number(seen: &Seen, module: &str) -> u32 {
    let numbers = { seen.order.iter() }
        .filter(|id| id.module == module)
        .filter_map(|id| id.name.get(..4)?.parse::<u32>().ok());
    numbers.max().unwrap_or(0) + 1
}

/// A name for a migration, from its operations.
pub fn name_of(operations: &[Operation]) -> String {
    let word = |operation: &Operation| -> String {
        let text = match operation {
            Operation::CreateTable(table) => format!("create_{}", table.name.name),
            Operation::DropTable(table) => format!("drop_{}", table.name),
            Operation::RenameTable { from, to } => format!("rename_{}_to_{}", from.name, to.name),
            Operation::AddColumn { table, column, .. } => {
                format!("add_{}_{}", table.name, column.name)
            }
            Operation::DropColumn { table, column } => format!("drop_{}_{column}", table.name),
            Operation::RenameColumn { table, from, to } => {
                format!("rename_{}_{from}_to_{to}", table.name)
            }
            Operation::AlterColumn { table, column, .. } => {
                format!("alter_{}_{}", table.name, column.name)
            }
            Operation::AddIndex { index, .. } => format!("add_{}", index.name),
            Operation::AddUnique { unique, .. } => format!("add_{}", unique.name),
            Operation::AddCheck { check, .. } => format!("add_{}", check.name),
            Operation::AddConstraint { constraint, .. } => format!("add_{}", constraint.name),
            Operation::AddForeignKey { key, .. } => format!("add_{}", key.name),
            other => other.to_string(),
        };
        file_name(&text)
    };
    // Indexes and some constraints usually come with columns, and give a name only if there is nothing else.
    let main: Vec<&Operation> = { operations.iter() }
        .filter(|operation| {
            !matches!(
                operation,
                Operation::AddIndex { .. }
                    | Operation::AddForeignKey { .. }
                    | Operation::AddUnique { .. }
                    | Operation::DropForeignKey { .. }
                    | Operation::DropIndex { .. }
                    | Operation::RenameConstraint { .. }
            )
        })
        .collect();
    let named = if main.is_empty() {
        operations.iter().take(1).collect()
    } else {
        main
    };
    match named.as_slice() {
        [] => "empty".into(),
        [only] => word(only),
        [a, b] => file_name(&format!("{}_and_{}", word(a), word(b))),
        [first, ..] => file_name(&format!("{}_and_more", word(first))),
    }
}
