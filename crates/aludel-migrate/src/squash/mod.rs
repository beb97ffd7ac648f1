//! Fewer operations with the same result: [`reduce`], and [`squash`] of a part of the history.

mod file;
mod reduce;

pub use reduce::reduce;

use crate::graph::Graph;
use crate::id::MigrationId;
use crate::migration::Migration;
use crate::operation::Operation;
use crate::state::State;
use aludel_engine::{Error, Result};
use aludel_sql::schema::Schema;

/// Combines consecutive migrations of a module into one: from its first, or from `first`, to `last`. The squash replaces them,
/// and depends on what they depended on.
///
/// # Errors
/// Migrations that do not exist; a range with another module's migrations in between.
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
                // A parent that itself comes after a part would make a cycle.
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
    // If the reduced operations lead to another schema, the full list is kept.
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

/// A squash, and where its functions come from.
#[derive(Debug, Clone)]
pub struct Squashed {
    /// The migration.
    pub migration: Migration,
    /// The migrations and positions of the operations that went into it.
    pub from: Vec<(MigrationId, usize)>,
}

/// Whether two schemas are equal, ignoring order.
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
