//! Rows that are removed and added again under the same key.

use super::{Cell, DeleteRow, InsertLink, TableWork, UpdateRow, count, count_version};
use crate::session::unique::identity;
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// If a row is removed and another one added under its key, the row is updated instead.
pub(super) fn replace(table: &mut TableWork) {
    if table.deletes.is_empty() || table.inserts.is_empty() {
        return;
    }
    let mut removed: HashMap<String, usize> = HashMap::new();
    for (n, row) in table.deletes.iter().enumerate() {
        removed.insert(identity(&row.key), n);
    }
    let mut replaced: Vec<(usize, usize)> = Vec::new();
    for row in 0..table.inserts.len() {
        let key = new_key(table, row);
        if let Some(n) = key.and_then(|key| removed.remove(&identity(&key))) {
            replaced.push((row, n));
        }
    }
    if replaced.is_empty() {
        return;
    }
    for (row, n) in &replaced {
        let update = becoming(table, *row, &table.deletes[*n]);
        table.updates.push(update);
    }
    let gone: HashSet<usize> = replaced.iter().map(|(_, n)| *n).collect();
    let mut n = 0;
    table.deletes.retain(|_| {
        n += 1;
        !gone.contains(&(n - 1))
    });
    let out: HashSet<usize> = replaced.iter().map(|(row, _)| *row).collect();
    leave_out(table, &out);
}

/// The primary key of a new row, if it gives one.
pub(super) fn new_key(table: &TableWork, row: usize) -> Option<Vec<Value>> {
    let meta = table.meta;
    let width = meta.fields.len();
    let given = &table.rows.given[row * width..(row + 1) * width];
    if !meta.key.iter().all(|at| given[*at]) {
        return None;
    }
    let value = |at: usize| &table.rows.values[table.starts[row] + count(&given[..at])];
    Some(meta.key.iter().map(|at| value(*at).clone()).collect())
}

/// Removes these new rows from the work.
pub(super) fn leave_out(table: &mut TableWork, out: &HashSet<usize>) {
    let rows = 0..table.inserts.len();
    let kept: Vec<usize> = rows.filter(|row| !out.contains(row)).collect();
    keep(table, &kept);
}

/// Removes all new rows but these, which keep the columns that they were written with: writing them again might give other
/// columns, as which NULLs are filled in depends on the other rows.
fn keep(table: &mut TableWork, kept: &[usize]) {
    let width = table.meta.fields.len();
    let rows = table.rows.portion(&table.starts, width, kept);
    let starts = rows.starts(width);
    let moved = |link: &InsertLink| {
        let row = kept.binary_search(&link.row).ok()?;
        Some(InsertLink {
            row,
            at: starts[row] + link.at - table.starts[link.row],
            kind: link.kind.clone(),
            ..*link
        })
    };
    table.links = table.links.iter().filter_map(moved).collect();
    let computed = std::mem::take(&mut table.computed).into_iter();
    table.computed = computed
        .filter_map(|(row, nodes)| Some((kept.binary_search(&row).ok()?, nodes)))
        .collect();
    table.inserts = kept.iter().map(|row| table.inserts[*row]).collect();
    table.rows = Arc::new(rows);
    table.starts = starts;
}

/// The update of a removed row into an added one.
pub(super) fn becoming(table: &TableWork, row: usize, removed: &DeleteRow) -> UpdateRow {
    let meta = table.meta;
    let width = meta.fields.len();
    let given = &table.rows.given[row * width..(row + 1) * width];
    // Links are in the order of the rows.
    let links = &table.links[table.links.partition_point(|link| link.row < row)..];
    let links = &links[..links.partition_point(|link| link.row == row)];
    let mut set = Vec::new();
    let mut new = removed.old.clone();
    let mut at = table.starts[row];
    for (column, field) in meta.fields.iter().enumerate() {
        let is_given = given[column];
        let value = is_given.then(|| table.rows.values[at].clone());
        let link = links
            .iter()
            .find(|link| (link.column..link.column + link.width).contains(&column));
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
                None => {
                    new[column] = Value::Null;
                    Cell::Value(Value::Null)
                }
            },
        };
        set.push((column, cell));
    }
    for (at, node) in table.computed.get(&row).into_iter().flatten() {
        let cell = match node {
            Node::Value(value) => {
                new[*at] = value.clone();
                Cell::Value(value.clone())
            }
            node => Cell::Expression(node.clone()),
        };
        set.retain(|(column, _)| column != at);
        set.push((*at, cell));
    }
    let mut update = UpdateRow {
        slot: removed.slot,
        key: removed.key.clone(),
        version: removed.version.clone(),
        set,
        old: removed.old.clone().into(),
        new,
        becomes: Some(table.inserts[row]),
        removed: None,
        parked: Vec::new(),
    };
    count_version(meta, &mut update);
    update
}
