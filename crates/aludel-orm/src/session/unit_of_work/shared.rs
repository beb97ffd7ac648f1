//! Rows of an enum's table that a session knows as the enum and as a variant: each is written once.

use super::replace::{becoming, leave_out, new_key};
use super::{Cell, DeleteRow, TableWork, UpdateRow};
use crate::errors::show_key;
use crate::model::meta::ModelMeta;
use crate::model::values::same;
use crate::model::variants::as_other;
use crate::session::unique::identity;
use aludel_engine::{Error, Result};
use std::collections::{HashMap, HashSet};

/// Merges the work of two models on one row. A removed row is deleted, whatever else was changed in it; changes of different
/// columns are written together; a row that is removed as one model and added as another is updated.
///
/// # Errors
/// A column with two new values.
pub(super) fn unite(tables: &mut [TableWork]) -> Result<()> {
    let shared = |at: &usize| {
        let table = &tables[*at];
        let is_idle =
            table.inserts.is_empty() && table.updates.is_empty() && table.deletes.is_empty();
        table.meta.shares_table() && !is_idle
    };
    let mut left: Vec<usize> = (0..tables.len()).filter(shared).collect();
    while let Some(first) = left.first().copied() {
        let of = tables[first].meta;
        let is_of_it = |at: &usize| tables[*at].meta.shares_rows_with(of);
        let (group, others): (Vec<usize>, Vec<usize>) = left.into_iter().partition(is_of_it);
        left = others;
        if group.len() > 1 {
            delete_once(tables, &group);
            update_once(tables, &group)?;
            replace_across(tables, &group);
        }
    }
    Ok(())
}

/// Deletes a row once if it is removed twice, or removed and changed.
fn delete_once(tables: &mut [TableWork], group: &[usize]) {
    let mut gone: HashMap<String, usize> = HashMap::new();
    for at in group {
        let deletes = &mut tables[*at].deletes;
        deletes.retain(|row| *gone.entry(identity(&row.key)).or_insert(*at) == *at);
    }
    if gone.is_empty() {
        return;
    }
    for at in group {
        let updates = &mut tables[*at].updates;
        updates.retain(|row| !gone.contains_key(&identity(&row.key)));
    }
}

/// Moves changes of a row as a variant to its changes as the enum, if there are any.
fn update_once(tables: &mut [TableWork], group: &[usize]) -> Result<()> {
    let is_enum = |at: &&usize| tables[**at].meta.variants.is_some();
    let Some(whole) = group.iter().find(is_enum).copied() else {
        return Ok(());
    };
    let updates = tables[whole].updates.iter().enumerate();
    let known: HashMap<String, usize> = updates.map(|(n, row)| (identity(&row.key), n)).collect();
    if known.is_empty() {
        return Ok(());
    }
    for at in group.iter().copied().filter(|at| *at != whole) {
        let meta = tables[at].meta;
        let mut own = Vec::new();
        for row in std::mem::take(&mut tables[at].updates) {
            match known.get(&identity(&row.key)) {
                Some(n) => merge(
                    tables[whole].meta,
                    meta,
                    &mut tables[whole].updates[*n],
                    row,
                )?,
                None => own.push(row),
            }
        }
        tables[at].updates = own;
    }
    Ok(())
}

fn merge(
    whole: &ModelMeta,
    variant: &ModelMeta,
    into: &mut UpdateRow,
    row: UpdateRow,
) -> Result<()> {
    let UpdateRow { key, set, new, .. } = row;
    for (column, cell) in set {
        let name = &variant.fields[column].column;
        let Some(at) = whole.fields.iter().position(|field| field.column == *name) else {
            continue;
        };
        match into.set.iter().find(|(known, _)| *known == at) {
            // Both increment the same version.
            Some(_) if whole.fields[at].is_own() => {}
            Some((_, known)) if is_same(known, &cell) => {}
            Some(_) => {
                return Err(Error::session_state(format!(
                    "{name:?} of the row {} of {} has two new values in one session, one as {} and one as {}; change it as one of them",
                    show_key(&key),
                    whole.table,
                    whole.name,
                    variant.name,
                )));
            }
            None => {
                into.new[at] = new[column].clone();
                into.set.push((at, cell));
            }
        }
    }
    Ok(())
}

fn is_same(a: &Cell, b: &Cell) -> bool {
    match (a, b) {
        (Cell::Value(a), Cell::Value(b)) => same(a, b),
        (Cell::Expression(a), Cell::Expression(b)) => a == b,
        (
            Cell::KeyOf { target, by, part },
            Cell::KeyOf {
                target: to,
                by: ties,
                part: of,
            },
        ) => (target, by, part) == (to, ties, of),
        _ => false,
    }
}

/// Updates a row that is removed as one model and added under its key as another that can represent it.
fn replace_across(tables: &mut [TableWork], group: &[usize]) {
    let mut removed: HashMap<String, (usize, usize)> = HashMap::new();
    for at in group {
        for (n, row) in tables[*at].deletes.iter().enumerate() {
            removed.insert(identity(&row.key), (*at, n));
        }
    }
    if removed.is_empty() {
        return;
    }
    let mut gone: HashSet<(usize, usize)> = HashSet::new();
    for at in group {
        let mut out: HashSet<usize> = HashSet::new();
        for row in 0..tables[*at].inserts.len() {
            let Some(key) = new_key(&tables[*at], row) else {
                continue;
            };
            let Some((from, n)) = removed.get(&identity(&key)).copied() else {
                continue;
            };
            if from == *at || gone.contains(&(from, n)) {
                continue;
            }
            let old = &tables[from].deletes[n];
            // Another variant has other columns: the old row is deleted, and the new one inserted.
            let Some(values) = as_other(tables[from].meta, tables[*at].meta, &old.old) else {
                continue;
            };
            let pending = tables[*at].inserts[row];
            let delete = DeleteRow {
                slot: pending,
                key,
                version: old.version.clone(),
                old: values,
            };
            let place = (from, old.slot);
            let mut update = becoming(&tables[*at], row, &delete);
            update.removed = Some(place);
            tables[*at].updates.push(update);
            out.insert(row);
            gone.insert((from, n));
        }
        if !out.is_empty() {
            leave_out(&mut tables[*at], &out);
        }
    }
    for at in group {
        let mut n = 0;
        tables[*at].deletes.retain(|_| {
            n += 1;
            !gone.contains(&(*at, n - 1))
        });
    }
}
