//! [`make`]: writes the difference between the history and the models as migrations.

use crate::app::{App, Module};
use crate::autodetector::{Answers, Decide, Undecided, detect, enum_module};
use crate::files::{MigrationFile, file_name, list_of, name_of, names_in, next_number, path_of};
use crate::graph::Graph;
use crate::id::MigrationId;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::dialect::POSTGRES;
use aludel_sql::schema::{Column, ForeignKey, enum_of, tokens};
use aludel_sql::statement::TableName;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A generated migration, and where it is to be written.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its module.
    pub module: String,
    /// The migration.
    pub migration: Migration,
    /// Its file.
    pub file: MigrationFile,
    /// The folder of its module.
    pub folder: PathBuf,
    /// Whether other modules depend on it.
    pub(crate) early: bool,
}

/// Generates the migrations that lead from the history to the models: one for each module that changes, in an order in which
/// they can be applied; none if there is no difference.
///
/// # Errors
/// Open questions; two heads; models that contradict each other.
pub fn make(
    app: &App,
    name: Option<&str>,
    decide: &mut dyn Decide,
) -> Result<Vec<Made>, Undecided> {
    let graph = Graph::new(app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    for module in &app.modules {
        if let [a, b, ..] = seen.heads(&module.name).as_slice() {
            return Err(Error::migration(format!(
                "there are two heads, {a} and {b}; `makemigrations --merge` or `rebase` first"
            ))
            .into());
        }
    }
    let from = graph.state()?;
    let to = app.target()?;
    let operations = detect(&from, &to, &app.declared_renames(), decide)?;
    let mut parts: Vec<Part> = Vec::new();
    for (module, operation) in operations {
        match parts.iter_mut().find(|part| part.module == module) {
            Some(part) => part.operations.push(operation),
            None => parts.push(Part {
                module,
                operations: vec![operation],
                late: false,
                early: false,
            }),
        }
    }
    let parts = ordered(parts, &from, &to)?;
    let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
    let mut made: Vec<Made> = Vec::new();
    let mut state = from.clone();
    for part in parts {
        let module = app.find(&part.module)?;
        let number = numbers
            .entry(part.module.clone())
            .and_modify(|number| *number += 1)
            .or_insert_with(|| next_number(&seen, &part.module));
        let word = match name {
            Some(name) => file_name(name),
            None if *number == 1 => "initial".into(),
            None if part.late => "links".into(),
            None => name_of(&part.operations),
        };
        let mut migration = Migration::new(format!("{number:04}_{word}"));
        let mut parents: Vec<MigrationId> = Vec::new();
        for other in part
            .needs(&from, &to)
            .into_iter()
            .chain([part.module.clone()])
        {
            let new = made.iter().rev().find(|made| made.module == other);
            let head = match new {
                Some(new) => Some(MigrationId::new(&other, &new.migration.name)),
                None => seen.heads(&other).pop(),
            };
            parents.extend(head);
        }
        // Every later part depends on an early part of another module.
        for earlier in &made {
            if earlier.module != part.module && earlier.early {
                parents.insert(
                    0,
                    MigrationId::new(&earlier.module, &earlier.migration.name),
                );
            }
        }
        // The parent in its own module comes first.
        parents.reverse();
        for parent in parents {
            let parent = parent.seen_from(&part.module);
            if !migration.depends_on.contains(&parent) {
                migration.depends_on.push(parent);
            }
        }
        migration.operations = part.operations;
        // Operations that were split among modules must be valid in their new order.
        migration.apply(&mut state, &part.module)?;
        made.push(Made {
            file: MigrationFile::new(&migration, &about(&migration), &|_| None),
            folder: module.folder.clone(),
            module: part.module,
            migration,
            early: part.early,
        });
    }
    Ok(made)
}

impl Made {
    /// A generated migration for a module.
    pub fn of(module: &Module, migration: Migration) -> Made {
        Made {
            file: MigrationFile::new(&migration, &about(&migration), &|_| None),
            module: module.name.clone(),
            folder: module.folder.clone(),
            early: false,
            migration,
        }
    }
}

/// A migration without operations, after the heads of a module.
///
/// # Errors
/// An invalid graph.
pub fn empty(app: &App, module: &Module, name: Option<&str>) -> Result<Made> {
    let graph = Graph::new(app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let number = next_number(&seen, &module.name);
    let name = file_name(name.unwrap_or("custom"));
    let mut migration = Migration::new(format!("{number:04}_{name}"));
    for head in seen.heads(&module.name) {
        migration = migration.depends_on(head.name);
    }
    Ok(Made::of(module, migration))
}

/// The problems of a program's history and models, in words: two heads, models without a migration.
///
/// # Errors
/// Invalid migrations, or models that contradict each other.
pub fn check(app: &App) -> Result<Vec<String>> {
    let graph = Graph::new(app)?;
    let seen = graph.seen(&BTreeSet::new())?;
    let mut found = Vec::new();
    for module in app.modules() {
        if let [a, b, ..] = seen.heads(&module.name).as_slice() {
            found.push(format!("there are two heads, {a} and {b}"));
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    match make(app, None, &mut Answers::default()) {
        Ok(made) => {
            for operation in made.iter().flat_map(|one| one.migration.operations()) {
                found.push(format!("the models have no migration yet: {operation}"));
            }
        }
        Err(Undecided::Error(error)) => return Err(error),
        Err(undecided) => found.push(undecided.to_string()),
    }
    Ok(found)
}

/// The comment at the top of a file.
pub fn about(migration: &Migration) -> String {
    let mut lines: Vec<String> = { migration.operations.iter() }
        .take(8)
        .map(|operation| format!("* {operation}"))
        .collect();
    let more = migration.operations.len().saturating_sub(8);
    if more > 0 {
        lines.push(format!("* and {more} more"));
    }
    if lines.is_empty() {
        lines.push("Nothing yet.".into());
    }
    lines.join("\n")
}

/// The operations for a module.
struct Part {
    module: String,
    operations: Vec<Operation>,
    /// Whether these are foreign keys that would make a cycle among modules.
    late: bool,
    /// Whether other modules depend on these.
    early: bool,
}

impl Part {
    /// The modules whose tables it refers to, or whose references have to be dropped before.
    fn needs(&self, from: &State, to: &State) -> BTreeSet<String> {
        let owner = |table: &TableName| -> Option<String> {
            { to.owners.get(table) }
                .or_else(|| from.owners.get(table))
                .cloned()
        };
        let enum_owner = |column: &Column| -> Option<String> {
            let kind = enum_of(&column.sql_type)?;
            enum_module(to, kind.name).or_else(|| enum_module(from, kind.name))
        };
        let mut needed = BTreeSet::new();
        for operation in &self.operations {
            // The previous owner of the table created it.
            let earlier = operation.table().and_then(|table| from.owners.get(table));
            needed.extend(earlier.cloned());
            match operation {
                Operation::CreateTable(table) => {
                    needed.extend(
                        table
                            .foreign_keys
                            .iter()
                            .filter_map(|key| owner(&key.target)),
                    );
                    needed.extend(table.columns.iter().filter_map(enum_owner));
                }
                Operation::AddForeignKey { key, .. } => needed.extend(owner(&key.target)),
                Operation::AddColumn { column, .. } | Operation::AlterColumn { column, .. } => {
                    needed.extend(enum_owner(column));
                }
                Operation::CreateView(view) => {
                    for token in tokens(&view.query, &POSTGRES) {
                        let name = token.name().map(|name| TableName::new(name.to_string()));
                        needed.extend(name.and_then(|name| owner(&name)));
                    }
                }
                Operation::SetOwner { table, .. } => {
                    needed.extend(from.owners.get(table).cloned());
                }
                Operation::DropTable(name) => {
                    let referring = { from.schema.tables.iter() }
                        .filter(|table| table.foreign_keys.iter().any(|key| key.target == *name));
                    needed.extend(referring.filter_map(|table| owner(&table.name)));
                }
                _ => {}
            }
        }
        needed.remove(&self.module);
        needed
    }

    /// Takes out what has to happen before another module changes the target of a foreign key: the drop of the key, and renames
    /// of its table.
    fn early(&mut self, changed: &BTreeSet<TableName>, from: &State) -> Option<Part> {
        let keys: Vec<(TableName, String)> = { self.operations.iter() }
            .filter_map(|operation| match operation {
                Operation::DropForeignKey { table, name } => Some((table.clone(), name.clone())),
                _ => None,
            })
            .filter(|(_, name)| {
                { from.schema.tables.iter() }
                    .flat_map(|table| &table.foreign_keys)
                    .any(|key| key.name == *name && changed.contains(&key.target))
            })
            .collect();
        if keys.is_empty() {
            return None;
        }
        let (early, rest) = std::mem::take(&mut self.operations).into_iter().partition(
            |operation| match operation {
                Operation::DropForeignKey { table, name } => {
                    keys.contains(&(table.clone(), name.clone()))
                }
                Operation::RenameTable { to, .. } => keys.iter().any(|(table, _)| table == to),
                Operation::RenameColumn { table, .. } => keys.iter().any(|(of, _)| of == table),
                Operation::DropView(_) => true,
                _ => false,
            },
        );
        self.operations = rest;
        Some(Part {
            module: self.module.clone(),
            operations: early,
            late: false,
            early: true,
        })
    }

    /// Takes out the foreign keys to other modules.
    fn split(&mut self, to: &State) -> Option<Part> {
        let foreign = |key: &ForeignKey| {
            { to.owners.get(&key.target) }.is_some_and(|owner| *owner != self.module)
        };
        let mut late = Vec::new();
        for operation in &mut self.operations {
            if let Operation::CreateTable(table) = operation {
                let (away, stay) = std::mem::take(&mut table.foreign_keys)
                    .into_iter()
                    .partition(|key| foreign(key));
                table.foreign_keys = stay;
                for key in { away } as Vec<ForeignKey> {
                    late.push(Operation::AddForeignKey {
                        table: table.name.clone(),
                        key,
                    });
                }
            }
        }
        self.operations.retain(|operation| match operation {
            Operation::AddForeignKey { key, .. } if foreign(key) => {
                late.push(operation.clone());
                false
            }
            _ => true,
        });
        (!late.is_empty()).then(|| Part {
            module: self.module.clone(),
            operations: late,
            late: true,
            early: false,
        })
    }
}

/// Orders the parts, each after those it needs; where modules need each other, their foreign keys come last.
fn ordered(parts: Vec<Part>, from: &State, to: &State) -> Result<Vec<Part>> {
    let mut left = parts;
    let mut order: Vec<Part> = Vec::new();
    // Foreign keys to tables that another module alters are dropped before anything else.
    if left.len() > 1 {
        let altered = |module: &str| -> BTreeSet<TableName> {
            { left.iter().filter(|part| part.module != module) }
                .flat_map(|part| &part.operations)
                .filter(|operation| {
                    matches!(
                        operation,
                        Operation::AlterColumn { .. }
                            | Operation::SetPrimaryKey { .. }
                            | Operation::DropColumn { .. }
                            | Operation::DropUnique { .. }
                            | Operation::DropIndex { .. }
                    )
                })
                .filter_map(|operation| operation.table().cloned())
                .collect()
        };
        let changed: Vec<BTreeSet<TableName>> =
            left.iter().map(|part| altered(&part.module)).collect();
        for (part, changed) in left.iter_mut().zip(&changed) {
            order.extend(part.early(changed, from));
        }
    }
    let mut links: Vec<Part> = Vec::new();
    while !left.is_empty() {
        let free = left.iter().position(|part| {
            let needs = part.needs(from, to);
            !left
                .iter()
                .any(|other| other.module != part.module && needs.contains(&other.module))
        });
        match free {
            Some(at) => order.push(left.remove(at)),
            None => {
                // Splitting one part may be enough to free the others.
                let split = left.iter_mut().find_map(|part| part.split(to));
                let found = split.is_some();
                links.extend(split);
                if !found {
                    return Err(Error::migration(
                        "modules drop tables that each other's tables refer to; change them one after the other",
                    ));
                }
            }
        }
    }
    order.retain(|part| !part.operations.is_empty());
    order.extend(links);
    Ok(order)
}

/// Writes migration files, and the lists of their modules; returns the paths.
///
/// # Errors
/// A folder whose files differ from those that are compiled into the program; file system errors.
pub fn write(app: &App, made: &[Made]) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for one in made {
        let module = app.find(&one.module)?;
        check_folder(module)?;
    }
    for one in made {
        let path = path_of(&one.folder, &one.migration.name);
        write_file(&path, &one.file.text)?;
        paths.push(path);
        paths.push(write_list(&one.folder)?);
    }
    paths.dedup();
    Ok(paths)
}

/// Rewrites `mod.rs` from the files in the folder.
///
/// # Errors
/// File system errors.
pub fn write_list(folder: &Path) -> Result<PathBuf> {
    let names = names_in(folder).map_err(|error| of_file(folder, &error))?;
    let path = folder.join("mod.rs");
    write_file(&path, &list_of(&names))?;
    Ok(path)
}

/// Refuses to continue if the program and its folder have different migrations.
///
/// # Errors
/// Files that are not compiled in, and compiled migrations without a file.
pub fn check_folder(module: &Module) -> Result<()> {
    let folder = &module.folder;
    let on_disk = names_in(folder).map_err(|error| of_file(folder, &error))?;
    let known = |name: &String| {
        module
            .migrations
            .iter()
            .any(|migration| migration.name == *name)
    };
    if let Some(name) = on_disk.iter().find(|name| !known(name)) {
        return Err(Error::migration(format!(
            "{} is there, but this program does not know it: build it again, or add it to {}",
            path_of(folder, name).display(),
            folder.join("mod.rs").display()
        )));
    }
    if let Some(gone) =
        { module.migrations.iter() }.find(|migration| !on_disk.contains(&migration.name))
    {
        return Err(Error::migration(format!(
            "this program knows the migration {}, but there is no file {}; run it from the project's folder",
            gone.name,
            path_of(folder, &gone.name).display()
        )));
    }
    Ok(())
}

pub(crate) fn write_file(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| of_file(folder, &error))?;
    }
    // Atomic: a half-written file would not compile.
    let beside = path.with_extension("rs.new");
    std::fs::write(&beside, text).map_err(|error| of_file(path, &error))?;
    std::fs::rename(&beside, path).map_err(|error| of_file(path, &error))
}

pub(crate) fn of_file(path: &Path, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Migration, format!("{}: {error}", path.display()))
}
