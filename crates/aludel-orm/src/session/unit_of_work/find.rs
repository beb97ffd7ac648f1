//! Finds what each value of a row's work is: a value, or the key of another row; and says what is missing.

use super::{
    Cell, InsertLink, JoinWork, Place, TableWork, UpdateRow, count_version, pending,
    written_by_itself,
};
use crate::errors::show_key;
use crate::model::meta::{ModelMeta, RelationKind};
use crate::model::slot::Link;
use crate::model::values::NewRow;
use crate::model::values::same;
use crate::session::arena::{Arena, Touched, pick, shown};
use crate::session::arenas::Arenas;
use crate::session::collection_changes::is_alive;
use crate::session::pending::RowRef;
use aludel_engine::{Error, FieldError, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub(super) struct Finder<'a> {
    pub(super) arenas: &'a Arenas,
    pub(super) rekeyed: &'a HashSet<(Place, bool)>,
    pub(super) following: &'a HashMap<Place, Vec<Value>>,
}

/// The value of a reference to a slot.
pub(super) enum Found {
    Key(Vec<Value>),
    /// The key that a row will have after that of another has changed.
    Following(Vec<Value>),
    Later(Place),
}

/// Why a reference to a slot leads nowhere.
pub(super) enum Broken {
    /// It is another session's.
    Foreign,
    /// Its row was removed.
    Removed(Place),
}

impl Finder<'_> {
    pub(super) fn inserts(&self, arena: &Arena, mut drafts: Arc<NewRow>) -> Result<TableWork> {
        let meta = arena.meta();
        let inserts = arena.pending().to_vec();
        let width = meta.fields.len();
        let starts = drafts.starts(width);
        let position = |slot: &u32| inserts.binary_search(slot).ok();
        let computed = arena.computed().into_iter();
        let computed: BTreeMap<usize, Vec<(usize, Node)>> = computed
            .filter_map(|(slot, nodes)| Some((position(&slot)?, nodes)))
            .collect();
        let (mut links, mut waiting) = (Vec::new(), Vec::new());
        let open = drafts.links.clone();
        for link in open {
            let place = |rows: &NewRow| {
                let row = starts.partition_point(|start| *start <= link.at) - 1;
                let given = &rows.given[row * width..(row + 1) * width];
                (row, nth(given, link.at - starts[row]))
            };
            let found = self.find(&link).map_err(|broken| {
                let (row, column) = place(&drafts);
                self.broken(meta, column, pending(meta, row), &broken)
            })?;
            if matches!(found, Found::Following(_)) {
                waiting.push(inserts[place(&drafts).0]);
            }
            match found {
                Found::Key(key) | Found::Following(key) => {
                    let rows = Arc::make_mut(&mut drafts);
                    rows.values[link.at..link.at + link.width].clone_from_slice(&key);
                }
                Found::Later(target) => {
                    let (row, column) = place(&drafts);
                    let nullable = meta.fields[column].nullable;
                    let is_kind = nullable && meta.polymorphic_at(column).is_some();
                    links.push(InsertLink {
                        row,
                        at: link.at,
                        column,
                        width: link.width,
                        target,
                        by: link.by,
                        nullable,
                        kind: is_kind.then(|| drafts.values[link.at - 1].clone()),
                    });
                }
            }
        }
        let table = TableWork {
            meta,
            inserts,
            rows: drafts,
            starts,
            links,
            computed,
            updates: Vec::new(),
            deletes: Vec::new(),
            known: Vec::new(),
            waiting,
        };
        self.check_required(&table)?;
        Ok(table)
    }

    /// Fails if a required reference is not set, naming it.
    pub(super) fn check_required(&self, table: &TableWork) -> Result<()> {
        let meta = table.meta;
        let width = meta.fields.len();
        for relation in meta.relations.iter().filter(|relation| !relation.nullable) {
            let Some(at) = meta.positions(relation).first().copied() else {
                continue;
            };
            if meta.fields[at].default.is_some() {
                continue;
            }
            for row in 0..table.inserts.len() {
                let given = &table.rows.given[row * width..(row + 1) * width];
                if !given[at] && !table.is_computed(row, at) {
                    let unset = FieldError {
                        field: relation.name.to_owned(),
                        message: "is not set".into(),
                    };
                    let message = format!(
                        "{}::{} of a pending {} is not set; give it a row: `{}: key.into()`",
                        meta.name, relation.name, meta.name, relation.name
                    );
                    return Err(
                        Error::validation(&message, vec![unset]).with_row(pending(meta, row))
                    );
                }
            }
        }
        Ok(())
    }

    pub(super) fn update(&self, table: &mut TableWork, row: Touched) -> Result<()> {
        let meta = table.meta;
        let mut new = row.values;
        let mut later: BTreeMap<usize, Cell> = BTreeMap::new();
        for link in &row.links {
            let found = self.find(link).map_err(|broken| {
                let key = meta.key.iter().map(|at| row.original[*at].clone());
                let key: Vec<Value> = key.collect();
                let shown = format!("{} {}", meta.name, show_key(&key));
                self.broken(meta, link.at, shown, &broken)
            })?;
            if matches!(found, Found::Following(_)) {
                table.waiting.push(row.slot);
            }
            match found {
                Found::Key(key) | Found::Following(key) => {
                    new[link.at..link.at + link.width].clone_from_slice(&key);
                }
                Found::Later(target) => {
                    for part in 0..link.width {
                        let by = link.by;
                        later.insert(link.at + part, Cell::KeyOf { target, by, part });
                    }
                }
            }
        }
        for (at, node) in row.assigned {
            later.insert(at, Cell::Expression(node));
        }
        let mut set = Vec::new();
        for (at, field) in meta.fields.iter().enumerate() {
            if field.is_own() {
                if later.contains_key(&at) || !same(&new[at], &row.original[at]) {
                    return Err(written_by_itself(meta, at, &row.original));
                }
            } else if let Some(cell) = later.remove(&at) {
                set.push((at, cell));
            } else if !same(&new[at], &row.original[at]) {
                set.push((at, Cell::Value(new[at].clone())));
            }
        }
        if set.is_empty() && !row.is_forced {
            if !row.links.is_empty() {
                table.known.push((row.slot, new));
            }
            return Ok(());
        }
        let mut update = UpdateRow {
            slot: row.slot,
            key: meta
                .key
                .iter()
                .map(|at| row.original[*at].clone())
                .collect(),
            version: meta.version.map(|at| row.original[at].clone()),
            set,
            old: row.original,
            new,
            becomes: None,
            removed: None,
            parked: Vec::new(),
        };
        count_version(meta, &mut update);
        table.updates.push(update);
        Ok(())
    }

    pub(super) fn find(&self, link: &Link) -> Result<Found, Broken> {
        let own = link.slot.session == self.arenas.session;
        let arena = self.arenas.by_type(link.model).filter(|_| own);
        let place = (arena.ok_or(Broken::Foreign)?, link.slot.slot);
        if !self.is_alive(place) {
            return Err(Broken::Removed(place));
        }
        if self.rekeyed.contains(&(place, link.by.is_some())) {
            return Ok(Found::Later(place));
        }
        let tie = self.arenas.at(place.0).tie(place.1, link.by);
        if let Some(values) = self.following.get(&place) {
            let meta = self.arenas.at(place.0).meta();
            let after = match link.by {
                Some(columns) => pick(meta, values, columns),
                None => meta.key.iter().map(|at| values[*at].clone()).collect(),
            };
            if tie.as_ref() != Some(&after) {
                return Ok(Found::Following(after));
            }
        }
        Ok(match tie {
            Some(key) => Found::Key(key),
            None => Found::Later(place),
        })
    }

    pub(super) fn is_alive(&self, (arena, slot): Place) -> bool {
        is_alive(self.arenas.at(arena), slot)
    }

    /// The error for a row whose reference leads nowhere: the row, the relation, and the target.
    pub(super) fn broken(
        &self,
        meta: &ModelMeta,
        column: usize,
        row: String,
        broken: &Broken,
    ) -> Error {
        let relation = meta.relations.iter().find(|relation| {
            relation.kind == RelationKind::BelongsTo
                && meta.positions(relation).first() == Some(&column)
        });
        let name = match (relation, meta.polymorphic_at(column)) {
            (Some(relation), _) => relation.name,
            (None, Some(reference)) => reference.name,
            (None, None) => meta.fields[column].name.as_str(),
        };
        let target = relation.map_or("row", |relation| (relation.target)().name);
        let end = match broken {
            Broken::Foreign => format!(
                "a {target} of another session, inserted there or pending; get the row in this session, by its primary key or a query"
            ),
            Broken::Removed((arena, slot)) => format!(
                "{}, which was removed from the session; lead it elsewhere, or remove {row} as well",
                shown(self.arenas.at(*arena), *slot)
            ),
        };
        let message = format!("{}::{name} of {row} leads to {end}", meta.name);
        Error::session_state(message).with_row(row)
    }

    /// The error for a new row of a join table one of whose ends was removed.
    pub(super) fn dead_join(&self, join: &JoinWork, dead: Place) -> Error {
        let end = |(arena, row): &(usize, RowRef)| match row {
            RowRef::Slot(slot) => shown(self.arenas.at(*arena), *slot),
            RowRef::Key(key) => {
                let name = self.arenas.at(*arena).meta().name;
                format!("{name} {}", show_key(key))
            }
        };
        let dead = shown(self.arenas.at(dead.0), dead.1);
        let [one, other] = &join.sides;
        let message = format!(
            "a row of {} was to join {} and {}, but {dead} was removed from the session",
            join.table,
            end(one),
            end(other)
        );
        Error::session_state(message).with_row(dead)
    }
}

/// The position of the `n`th that is given.
fn nth(given: &[bool], n: usize) -> usize {
    let mut at = given.iter().enumerate().filter(|(_, given)| **given);
    at.nth(n).map_or(0, |(at, _)| at)
}
