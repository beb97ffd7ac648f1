//! Rows that are removed and added again under their keys.

use super::{Cell, InsertLink, TableWork, UpdateRow, count, count_version};
use crate::private::NewRow;
use crate::session::arena::AnyArena;
use crate::session::statements::show_key;
use aludel_engine::Result;
use aludel_sql::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A row that is removed and another one added under its key: the row is updated.
pub(super) fn replace(table: &mut TableWork, arena: &dyn AnyArena) -> Result<()> {
    if table.deletes.is_empty() || table.inserts.is_empty() {
        return Ok(());
    }
    let meta = table.meta;
    let mut removed: HashMap<String, usize> = HashMap::new();
    for (n, row) in table.deletes.iter().enumerate() {
        removed.insert(show_key(&row.key), n);
    }
    let width = meta.fields.len();
    let mut replaced: Vec<(usize, usize)> = Vec::new();
    for row in 0..table.inserts.len() {
        let given = &table.rows.given[row * width..(row + 1) * width];
        if !meta.key.iter().all(|at| given[*at]) {
            continue;
        }
        let value = |at: usize| &table.rows.values[table.starts[row] + count(&given[..at])];
        let key: Vec<Value> = meta.key.iter().map(|at| value(*at).clone()).collect();
        if let Some(n) = removed.remove(&show_key(&key))
            && table.deletes[n].key == key
        {
            replaced.push((row, n));
        }
    }
    if replaced.is_empty() {
        return Ok(());
    }
    for (row, n) in &replaced {
        let update = becoming(table, *row, *n);
        table.updates.push(update);
    }
    let gone: HashSet<usize> = replaced.iter().map(|(_, n)| *n).collect();
    let mut n = 0;
    table.deletes.retain(|_| {
        n += 1;
        !gone.contains(&(n - 1))
    });
    let out: HashSet<usize> = replaced.iter().map(|(row, _)| *row).collect();
    let kept: Vec<u32> = (0..table.inserts.len())
        .filter(|row| !out.contains(row))
        .map(|row| table.inserts[row])
        .collect();
    // The others are written anew, with their references.
    let rest = Rewritten::of(arena, &kept, &out, table);
    table.inserts = kept;
    table.rows = Arc::new(rest.rows);
    table.starts = rest.starts;
    table.links = rest.links;
    Ok(())
}

struct Rewritten {
    rows: NewRow,
    starts: Vec<usize>,
    links: Vec<InsertLink>,
}

impl Rewritten {
    fn of(
        arena: &dyn AnyArena,
        kept: &[u32],
        out: &HashSet<usize>,
        table: &TableWork,
    ) -> Rewritten {
        let mut rows = arena.drafts(kept);
        rows.links.clear();
        let starts = rows.starts(table.meta.fields.len());
        let mut links = Vec::new();
        let mut new = 0;
        for row in 0..table.inserts.len() {
            if out.contains(&row) {
                continue;
            }
            let (from, to) = (table.starts[row], starts[new]);
            let end = table
                .starts
                .get(row + 1)
                .copied()
                .unwrap_or(table.rows.values.len());
            for n in from..end {
                rows.values[to + n - from] = table.rows.values[n].clone();
            }
            for link in table.links.iter().filter(|link| link.row == row) {
                links.push(InsertLink {
                    row: new,
                    at: to + link.at - from,
                    ..*link
                });
            }
            new += 1;
        }
        Rewritten {
            rows,
            starts,
            links,
        }
    }
}

/// The update of a removed row into an added one.
fn becoming(table: &TableWork, row: usize, n: usize) -> UpdateRow {
    let meta = table.meta;
    let removed = &table.deletes[n];
    let width = meta.fields.len();
    let given = &table.rows.given[row * width..(row + 1) * width];
    let mut set = Vec::new();
    let mut new = removed.old.clone();
    let mut at = table.starts[row];
    for (column, field) in meta.fields.iter().enumerate() {
        let is_given = given[column];
        let value = is_given.then(|| table.rows.values[at].clone());
        let link = table.links.iter().find(|link| {
            link.row == row && (link.column..link.column + link.width).contains(&column)
        });
        at += usize::from(is_given);
        if field.primary_key || field.generated.is_some() || field.version {
            continue;
        }
        let cell = match (value, link) {
            (Some(_), Some(link)) => Cell::KeyOf {
                target: link.target,
                by: link.by,
                part: column - link.column,
            },
            (Some(value), None) => {
                new[column] = value.clone();
                Cell::Value(value)
            }
            (None, _) => match &field.default {
                Some(default) => Cell::Expression(default.clone()),
                None => Cell::Value(Value::Null),
            },
        };
        set.push((column, cell));
    }
    let mut update = UpdateRow {
        slot: removed.slot,
        key: removed.key.clone(),
        version: removed.version.clone(),
        set,
        old: removed.old.clone(),
        new,
        becomes: Some(table.inserts[row]),
    };
    count_version(meta, &mut update);
    update
}
