//! Fewer operations that come to the same: [`reduce`], and [`squash`] of a part of the history.

use crate::app::Module;
use crate::graph::Graph;
use crate::make::{check_folder, write_file, write_list};
use crate::migration::{Migration, MigrationId};
use crate::operation::Operation;
use crate::source::{MigrationFile, path_of};
use crate::state::State;
use aludel_engine::{Error, Result};
use aludel_sql::schema::Schema;
use std::path::PathBuf;

/// Operations reduced with their neighbours, over those that commute, until nothing more reduces: a column that is added and
/// altered is added as it ends up, a table that is created and dropped is not there. What only the user knows the meaning of
/// stays where it is.
pub fn reduce(operations: &[Operation]) -> Vec<Operation> {
    let mut all = operations.to_vec();
    while let Some((at, with, instead)) = next_pair(&all) {
        all.remove(with);
        all.splice(at..=at, instead);
    }
    all
}

/// The first two operations that reduce, and what takes the place of the first.
fn next_pair(all: &[Operation]) -> Option<(usize, usize, Vec<Operation>)> {
    for (at, first) in all.iter().enumerate() {
        for (with, second) in all.iter().enumerate().skip(at + 1) {
            if second.is_opaque() {
                break;
            }
            if let Some(instead) = pair(first, second)
                && all[at + 1..with]
                    .iter()
                    .all(|between| between.commutes(second))
            {
                return Some((at, with, instead));
            }
        }
    }
    None
}

/// What two operations come to, one right after the other.
fn pair(first: &Operation, second: &Operation) -> Option<Vec<Operation>> {
    use Operation as O;
    match (first, second) {
        (O::CreateTable(table), O::DropTable(name)) if table.name == *name => Some(Vec::new()),
        (O::CreateTable(table), O::RenameTable { from, to }) if table.name == *from => {
            let mut table = table.clone();
            for key in &mut table.foreign_keys {
                if key.target == *from {
                    key.target = to.clone();
                }
            }
            table.name = to.clone();
            Some(vec![O::CreateTable(table)])
        }
        (O::CreateTable(table), O::SetOwner { table: name, .. }) if table.name == *name => None,
        (O::CreateTable(table), O::AddForeignKey { table: of, key })
            if table.name == *of && key.target != *of =>
        {
            // What it refers to may have been made in between.
            let mut table = table.clone();
            table.foreign_keys.push(key.clone());
            Some(vec![O::CreateTable(table)])
        }
        (O::CreateTable(table), other) if other.table() == Some(&table.name) => {
            within(table, other)
        }
        (O::CreateEnum(kind), O::DropEnum(name)) if kind.name == *name => Some(Vec::new()),
        (
            O::CreateEnum(kind),
            O::AddEnumValue { name, .. }
            | O::RenameEnumValue { name, .. }
            | O::SetEnumValues { name, .. }
            | O::RenameEnum { from: name, .. },
        ) if kind.name == *name => {
            let mut state = State::default();
            state.schema.enums.push(*kind);
            second.apply(&mut state, "").ok()?;
            Some(vec![O::CreateEnum(*state.schema.enums.first()?)])
        }
        (O::CreateView(view), O::DropView(name)) if view.name == *name => Some(Vec::new()),
        (O::CreateExtension(a), O::DropExtension(b)) if a == b => Some(Vec::new()),
        (O::AddUnique { table: a, unique }, O::DropUnique { table: b, name })
            if a == b && unique.name == *name =>
        {
            Some(Vec::new())
        }
        (
            O::AddConstraint {
                table: a,
                constraint,
            },
            O::DropConstraint { table: b, name },
        ) if a == b && constraint.name == *name => Some(Vec::new()),
        (O::SetOptions { table: a, .. }, O::SetOptions { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        (O::AddCheck { table: a, check }, O::DropCheck { table: b, name })
            if a == b && check.name == *name =>
        {
            Some(Vec::new())
        }
        (O::AddForeignKey { table: a, key }, O::DropForeignKey { table: b, name })
            if a == b && key.name == *name =>
        {
            Some(Vec::new())
        }
        (
            O::AddIndex {
                table: a, index, ..
            },
            O::DropIndex { table: b, name, .. },
        ) if a == b && index.name == *name => Some(Vec::new()),
        (
            O::AddColumn {
                table: a,
                column,
                fill,
            },
            second,
        ) if second.table() == Some(a) => of_new_column(column, fill.as_ref(), second),
        (
            O::AlterColumn {
                table: a,
                column,
                using: None,
                fill: None,
            },
            second,
        ) if second.table() == Some(a) => match second {
            O::AlterColumn {
                column: next,
                using: None,
                fill: None,
                ..
            } if next.name == column.name && next.generated == column.generated => {
                Some(vec![second.clone()])
            }
            O::DropColumn { column: name, .. } if *name == column.name => {
                Some(vec![second.clone()])
            }
            _ => None,
        },
        (
            O::RenameColumn { table: a, from, to },
            O::RenameColumn {
                table: b,
                from: next,
                to: last,
            },
        ) if a == b && to == next => Some(if from == last {
            Vec::new()
        } else {
            vec![O::RenameColumn {
                table: a.clone(),
                from: from.clone(),
                to: last.clone(),
            }]
        }),
        (
            O::RenameTable { from, to },
            O::RenameTable {
                from: next,
                to: last,
            },
        ) if to == next => Some(if from == last {
            Vec::new()
        } else {
            vec![O::RenameTable {
                from: from.clone(),
                to: last.clone(),
            }]
        }),
        (O::SetComment { table: a, .. }, O::SetComment { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        (O::SetPrimaryKey { table: a, .. }, O::SetPrimaryKey { table: b, .. }) if a == b => {
            Some(vec![second.clone()])
        }
        _ => None,
    }
}

/// A change of a table that was just made: it is made so.
fn within(table: &aludel_sql::schema::Table, change: &Operation) -> Option<Vec<Operation>> {
    if matches!(
        change,
        Operation::AddIndex {
            concurrently: true,
            ..
        }
    ) {
        return None;
    }
    let mut state = State::default();
    // The enum types of its columns are there, or the history would make no sense.
    let mut kinds = table.columns.clone();
    if let Operation::AddColumn { column, .. } | Operation::AlterColumn { column, .. } = change {
        kinds.push((**column).clone());
    }
    for column in &kinds {
        if let Some(kind) = aludel_sql::schema::enum_of(&column.sql_type)
            && state.schema.enum_type(kind.name).is_none()
        {
            state.schema.enums.push(kind);
        }
    }
    state.schema.tables.push(table.clone());
    change.apply(&mut state, "").ok()?;
    let table = state.schema.tables.pop()?;
    Some(vec![Operation::CreateTable(Box::new(table))])
}

fn of_new_column(
    column: &aludel_sql::schema::Column,
    fill: Option<&aludel_sql::expr::Node>,
    second: &Operation,
) -> Option<Vec<Operation>> {
    let table = second.table()?.clone();
    match second {
        Operation::DropColumn { column: name, .. } if *name == column.name => Some(Vec::new()),
        Operation::RenameColumn { from, to, .. } if *from == column.name => {
            let mut column = column.clone();
            column.name.clone_from(to);
            Some(vec![Operation::AddColumn {
                table,
                column: Box::new(column),
                fill: fill.cloned(),
            }])
        }
        Operation::AlterColumn {
            column: next,
            using: None,
            fill: later,
            ..
        } if next.name == column.name
            && next.generated == column.generated
            && next.identity == column.identity =>
        {
            // Rows have what they were given first.
            let first = fill.or(column.default.as_ref());
            Some(vec![Operation::AddColumn {
                table,
                column: next.clone(),
                fill: first.or(later.as_ref()).cloned(),
            }])
        }
        _ => None,
    }
}

/// One migration for a run of migrations of a module: from its first, or from `first`, to `last`. It replaces them, and
/// depends on what they depended on.
///
/// # Errors
/// Migrations that are not there; a run that another module's migrations come in between of.
pub fn squash(graph: &Graph, first: Option<&MigrationId>, last: &MigrationId) -> Result<Squashed> {
    let seen = graph.seen(&Default::default())?;
    let wanted = seen.with_ancestors(last);
    let mut parts: Vec<MigrationId> = { seen.order.iter() }
        .filter(|id| wanted.contains(id) && id.module == last.module)
        .cloned()
        .collect();
    if let Some(first) = first {
        let after = seen.with_descendants(first);
        parts.retain(|id| after.contains(id));
    }
    if parts.len() < 2 {
        return Err(Error::migration(format!(
            "there is nothing to squash up to {last}: it takes two migrations at least"
        )));
    }
    let mut parents: Vec<MigrationId> = Vec::new();
    let mut operations = Vec::new();
    let mut from = Vec::new();
    for id in &parts {
        for parent in seen.parents(id) {
            if !parts.contains(parent) && !parents.contains(parent) {
                // A parent that itself comes after a part would make a circle.
                if parts
                    .iter()
                    .any(|part| seen.with_ancestors(parent).contains(part))
                {
                    return Err(Error::migration(format!(
                        "{id} depends on {parent}, which comes after another part of the squash; squash up to there, and from there on"
                    )));
                }
                parents.push(parent.clone());
            }
        }
        if let Some(migration) = graph.get(id) {
            for (n, operation) in migration.operations.iter().enumerate() {
                operations.push(operation.clone());
                from.push((id.clone(), n));
            }
        }
    }
    let mut before = State::default();
    let earlier: Vec<&MigrationId> = { seen.order.iter() }
        .filter(|id| {
            !parts.contains(id)
                && parts
                    .iter()
                    .any(|part| seen.with_ancestors(part).contains(id))
        })
        .collect();
    graph.fold(earlier, &mut before)?;
    let folded = |operations: &[Operation]| -> Result<State> {
        let mut state = before.clone();
        for operation in operations {
            operation.apply(&mut state, &last.module)?;
        }
        Ok(state)
    };
    let reduced = reduce(&operations);
    let whole = folded(&operations)?;
    // Where the short way does not come to the same, the long one stands.
    let operations = match folded(&reduced) {
        Ok(state) if same_schema(&state.schema, &whole.schema) => reduced,
        _ => operations,
    };
    let atomic = { parts.iter() }
        .filter_map(|id| graph.get(id))
        .all(|migration| migration.atomic);
    let number = parts
        .first()
        .map_or("0001", |id| id.name.get(..4).unwrap_or("0001"));
    let mut migration = Migration::new(format!("{number}_squashed_{}", last.name)).atomic(atomic);
    migration.replaces = parts.iter().map(|id| id.name.clone()).collect();
    migration.depends_on = parents
        .iter()
        .map(|id| id.seen_from(&last.module))
        .collect();
    migration.operations = operations;
    Ok(Squashed { migration, from })
}

/// A squash, and where the functions in it are to be found.
#[derive(Debug, Clone)]
pub struct Squashed {
    /// The migration.
    pub migration: Migration,
    /// The migrations and places of the operations that went into it.
    pub from: Vec<(MigrationId, usize)>,
}

impl Squashed {
    /// Its file. A function that runs in it is referred to where it is written.
    pub fn file(&self, graph: &Graph) -> MigrationFile {
        let place_of = |operation: &Operation| -> Option<String> {
            let (id, n) = self.place_of(graph, operation)?;
            Some(format!(
                "super::m{}::migration().operations()[{n}].clone()",
                id.name
            ))
        };
        let about = format!(
            "Stands for {} migrations.\n{}",
            self.migration.replaces.len(),
            crate::make::about(&self.migration)
        );
        MigrationFile::new(&self.migration, &about, &place_of)
    }

    /// Writes its file into the folder of its module, and the list of the module anew.
    ///
    /// # Errors
    /// A folder whose files are others than those that are compiled into the program; what the file system says.
    pub fn write(&self, graph: &Graph, module: &Module) -> Result<PathBuf> {
        check_folder(module)?;
        let path = path_of(&module.folder, &self.migration.name);
        write_file(&path, &self.file(graph).text)?;
        write_list(&module.folder)?;
        Ok(path)
    }

    /// Where a function that runs in it is written: its migration, and its place there.
    pub fn place_of(&self, graph: &Graph, wanted: &Operation) -> Option<(MigrationId, usize)> {
        let code = code_of(wanted)?;
        let runs = |id: &MigrationId, n: usize| {
            { graph.get(id) }
                .and_then(|migration| migration.operations.get(n))
                .and_then(code_of)
                .is_some_and(|other| std::sync::Arc::ptr_eq(other, code))
        };
        self.from.iter().find(|(id, n)| runs(id, *n)).cloned()
    }
}

/// The function that an operation runs, or the first in it.
fn code_of(operation: &Operation) -> Option<&crate::operation::Code> {
    match operation {
        Operation::Run(run) => Some(&run.forward),
        Operation::Separate { database, .. } => database.iter().find_map(code_of),
        _ => None,
    }
}

/// Whether two schemas are one but for the order of what is in them.
pub fn same_schema(a: &Schema, b: &Schema) -> bool {
    let sorted = |schema: &Schema| {
        let mut schema = schema.clone();
        schema.tables.sort_by(|a, b| a.name.cmp(&b.name));
        for table in &mut schema.tables {
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
            table.uniques.sort_by(|a, b| a.name.cmp(&b.name));
            table.checks.sort_by(|a, b| a.name.cmp(&b.name));
            table.foreign_keys.sort_by(|a, b| a.name.cmp(&b.name));
            table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
        }
        schema.enums.sort_by_key(|kind| kind.name);
        schema.views.sort_by(|a, b| a.name.cmp(&b.name));
        schema.extensions.sort();
        schema
    };
    sorted(a) == sorted(b)
}
