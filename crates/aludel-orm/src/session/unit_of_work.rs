//! The work of a flush: collects from the arenas the rows to be inserted, updated and deleted. Nothing is sent.

mod find;
mod replace;
mod shared;

use super::arena::{Arena, Touched};
use super::arenas::Arenas;
use super::pending::RowRef;
use crate::errors::show_key;
use crate::fit::{check_row, fit, pad_all, pad_row};
use crate::model::meta::ModelMeta;
use crate::model::slot::By;
use crate::model::validate::check;
use crate::model::values::same;
use crate::model::values::{NewRow, count};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::statement::TableName;
use aludel_sql::types::SqlType;
use find::Finder;
use replace::replace;
use shared::unite;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A slot: its arena and its number there.
pub(crate) type Place = (usize, u32);

/// Everything that a flush has to do.
#[derive(Default)]
pub(crate) struct Work {
    /// By arena.
    pub(crate) tables: Vec<TableWork>,
    pub(crate) joins: Vec<JoinWork>,
}

/// The work in one table.
pub(crate) struct TableWork {
    pub(crate) meta: &'static ModelMeta,
    /// The slots to be inserted, in the order of the rows.
    pub(crate) inserts: Vec<u32>,
    pub(crate) rows: Arc<NewRow>,
    /// Where each row's values begin.
    pub(crate) starts: Vec<usize>,
    /// References of the rows to keys that are not known yet.
    pub(crate) links: Vec<InsertLink>,
    /// Expressions that the database computes for rows, by row position.
    pub(crate) computed: BTreeMap<usize, Vec<(usize, Node)>>,
    pub(crate) updates: Vec<UpdateRow>,
    pub(crate) deletes: Vec<DeleteRow>,
    /// Rows whose references were set to their old values: nothing to write, but the values are known again.
    pub(crate) known: Vec<(u32, Vec<Value>)>,
    /// Slots that refer to rows whose keys change along with others': they wait until that is done.
    pub(crate) waiting: Vec<u32>,
}

pub(crate) struct InsertLink {
    pub(crate) row: usize,
    /// Position of the first value among all values.
    pub(crate) at: usize,
    /// Position of the first column in the row.
    pub(crate) column: usize,
    pub(crate) width: usize,
    pub(crate) target: Place,
    /// The columns of the target that it takes, if not the primary key.
    pub(crate) by: By,
    /// Whether it can be NULL at first.
    pub(crate) nullable: bool,
    /// The value of the column before it, which is NULL only together with it: the kind of a polymorphic reference.
    pub(crate) kind: Option<Value>,
}

pub(crate) struct UpdateRow {
    pub(crate) slot: u32,
    pub(crate) key: Vec<Value>,
    pub(crate) version: Option<Value>,
    pub(crate) set: Vec<(usize, Cell)>,
    pub(crate) old: Arc<[Value]>,
    /// The new values, as far as they are known.
    pub(crate) new: Vec<Value>,
    /// The pending slot that this row becomes.
    pub(crate) becomes: Option<u32>,
    /// The removed slot that it was, if it is in another arena; then the pending slot stands for it.
    pub(crate) removed: Option<Place>,
    /// The parked columns, if they had to be chosen because not every value fits.
    pub(crate) parked: Vec<usize>,
}

/// What a column is set to.
#[derive(Clone)]
pub(crate) enum Cell {
    Value(Value),
    /// A part of the key of a slot, which is not known yet.
    KeyOf {
        target: Place,
        by: By,
        part: usize,
    },
    Expression(Node),
}

pub(crate) struct DeleteRow {
    pub(crate) slot: u32,
    pub(crate) key: Vec<Value>,
    pub(crate) version: Option<Value>,
    pub(crate) old: Vec<Value>,
}

/// A row of a join table.
#[derive(Clone)]
pub(crate) struct JoinWork {
    pub(crate) table: TableName,
    pub(crate) columns: Vec<String>,
    /// The model of the table, if it has one.
    pub(crate) model: Option<&'static ModelMeta>,
    /// The sides, in the order of the columns.
    pub(crate) sides: [(usize, RowRef); 2],
    /// The relation that was changed: its model, and its name.
    pub(crate) relation: (&'static str, &'static str),
    pub(crate) added: bool,
}

impl Work {
    /// Validates the rows to be inserted and updated by their models' rules.
    ///
    /// # Errors
    /// The first invalid row, with its place.
    pub(crate) fn validate(&self) -> Result<(), (Place, Error)> {
        for (at, table) in self.tables.iter().enumerate() {
            if table.meta.is_validated() {
                table.validate(at)?;
            }
        }
        Ok(())
    }

    /// Converts the values to what the columns store.
    ///
    /// # Errors
    /// The first row with a value that its column can't hold, with its place.
    pub(crate) fn fit(&mut self) -> Result<(), (Place, Error)> {
        for (at, table) in self.tables.iter_mut().enumerate() {
            if !table.meta.bounded().is_empty() {
                table.fit(at)?;
            }
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.joins.is_empty()
            && self.tables.iter().all(|table| {
                table.inserts.is_empty() && table.updates.is_empty() && table.deletes.is_empty()
            })
    }

    /// The arenas whose rows others refer to by alternate keys that are not known yet.
    pub(crate) fn linked_by_alternates(&self) -> HashSet<usize> {
        let mut linked = HashSet::new();
        for table in &self.tables {
            let links = table.links.iter().filter(|link| link.by.is_some());
            linked.extend(links.map(|link| link.target.0));
            for (_, cell) in table.updates.iter().flat_map(|row| &row.set) {
                if let Cell::KeyOf {
                    target,
                    by: Some(_),
                    ..
                } = cell
                {
                    linked.insert(target.0);
                }
            }
        }
        linked
    }

    /// The arenas whose rows others refer to without knowing their keys.
    pub(crate) fn linked(&self) -> HashSet<usize> {
        let mut linked = HashSet::new();
        for table in &self.tables {
            linked.extend(table.links.iter().map(|link| link.target.0));
            for (_, cell) in table.updates.iter().flat_map(|row| &row.set) {
                if let Cell::KeyOf { target, .. } = cell {
                    linked.insert(target.0);
                }
            }
        }
        for join in &self.joins {
            linked.extend(join.sides.iter().map(|side| side.0));
        }
        linked
    }
}

impl TableWork {
    /// Whether a column of a new row is computed by the database.
    pub(crate) fn is_computed(&self, row: usize, at: usize) -> bool {
        let computed = self.computed.get(&row);
        computed.is_some_and(|computed| computed.iter().any(|(column, _)| *column == at))
    }

    fn validate(&self, arena: usize) -> Result<(), (Place, Error)> {
        let (meta, width) = (self.meta, self.meta.fields.len());
        for (row, slot) in self.inserts.iter().enumerate() {
            let given = &self.rows.given[row * width..(row + 1) * width];
            let mut values = self.rows.values[self.starts[row]..].iter();
            let mut cells: Vec<Option<Value>> = given
                .iter()
                .map(|given| if *given { values.next().cloned() } else { None })
                .collect();
            for (at, node) in self.computed.get(&row).into_iter().flatten() {
                cells[*at] = match node {
                    Node::Value(value) => Some(value.clone()),
                    _ => None,
                };
            }
            check(meta, &cells, |_| true)
                .map_err(|error| ((arena, *slot), error.with_row(pending(meta, row))))?;
        }
        for row in &self.updates {
            let mut cells: Vec<Option<Value>> = row.new.iter().cloned().map(Some).collect();
            for (at, cell) in &row.set {
                if !matches!(cell, Cell::Value(_)) {
                    cells[*at] = None;
                }
            }
            let changed = |at: usize| row.set.iter().any(|(set, _)| *set == at);
            check(meta, &cells, changed).map_err(|error| {
                let shown = format!("{} {}", meta.name, show_key(&row.key));
                (
                    (arena, row.becomes.unwrap_or(row.slot)),
                    error.with_row(shown),
                )
            })?;
        }
        Ok(())
    }
}

impl TableWork {
    fn fit(&mut self, arena: usize) -> Result<(), (Place, Error)> {
        let (meta, width) = (self.meta, self.meta.fields.len());
        let rows = self.rows.given.chunks(width).zip(&self.starts);
        for (row, (slot, (given, start))) in self.inserts.iter().zip(rows).enumerate() {
            check_row(meta, given, &self.rows.values[*start..])
                .map_err(|error| ((arena, *slot), error.with_row(pending(meta, row))))?;
        }
        // Text is not padded, so that rows that are lent need not be copied.
        let is_text = |at: &usize| matches!(meta.fields[*at].sql_type, SqlType::Varchar(_));
        if !self.inserts.is_empty() && !meta.bounded().iter().all(is_text) {
            let rows = Arc::make_mut(&mut self.rows);
            for (given, start) in rows.given.chunks(width).zip(&self.starts) {
                pad_row(meta, given, &mut rows.values[*start..]);
            }
        }
        for row in &mut self.updates {
            for (at, cell) in &mut row.set {
                let Cell::Value(value) = cell else { continue };
                fit(meta, &meta.fields[*at], value).map_err(|error| {
                    let shown = format!("{} {}", meta.name, show_key(&row.key));
                    let slot = row.becomes.unwrap_or(row.slot);
                    ((arena, slot), error.with_row(shown))
                })?;
            }
            // The values that memory has afterwards.
            pad_all(meta, &mut row.new);
        }
        Ok(())
    }
}

/// A new row, for error messages.
fn pending(meta: &ModelMeta, row: usize) -> String {
    format!("{} (pending, number {} of those added)", meta.name, row + 1)
}

/// Collects the work.
///
/// # Errors
/// References to rows of other sessions, or to rows that are removed; required references that are not set.
pub(crate) fn collect(
    arenas: &Arenas,
    drafts: Vec<Arc<NewRow>>,
    joins: &[JoinWork],
) -> Result<Work> {
    let touched: Vec<Vec<Touched>> = arenas.iter().map(|arena| arena.touched()).collect();
    let rekeyed = rekeyed(arenas, &touched);
    let following = following(arenas, &touched, &rekeyed);
    let finder = Finder {
        arenas,
        rekeyed: &rekeyed,
        following: &following,
    };
    let mut work = Work {
        tables: Vec::with_capacity(arenas.len()),
        joins: joins.to_vec(),
    };
    for ((at, touched), drafts) in touched.into_iter().enumerate().zip(drafts) {
        let arena = arenas.at(at);
        let mut table = finder.inserts(arena, drafts)?;
        for row in touched {
            finder.update(&mut table, row)?;
        }
        table.deletes = deletes(arena);
        work.tables.push(table);
    }
    unite(&mut work.tables)?;
    work.tables.iter_mut().for_each(replace);
    for join in work.joins.iter().filter(|join| join.added) {
        for (arena, row) in &join.sides {
            if let RowRef::Slot(slot) = row
                && !finder.is_alive((*arena, *slot))
            {
                return Err(finder.dead_join(join, (*arena, *slot)));
            }
        }
    }
    Ok(work)
}

/// The rows whose primary key changes (`false`) or whose alternate key does (`true`).
fn rekeyed(arenas: &Arenas, touched: &[Vec<Touched>]) -> HashSet<(Place, bool)> {
    let mut places = HashSet::new();
    for (at, rows) in touched.iter().enumerate() {
        let meta = arenas.at(at).meta();
        let fields = meta.fields.iter().enumerate();
        let alternate = fields.filter(|(_, field)| field.alternate_key);
        let alternate: Vec<usize> = alternate.map(|(at, _)| at).collect();
        for row in rows {
            for (columns, is_alternate) in [(&meta.key, false), (&alternate, true)] {
                let assigned = |at: &usize| row.assigned.iter().any(|(column, _)| column == at);
                let changes = |at: &usize| !same(&row.original[*at], &row.values[*at]);
                if columns
                    .iter()
                    .any(|at| changes(at) || is_alternate && assigned(at))
                {
                    places.insert(((at, row.slot), is_alternate));
                }
            }
        }
    }
    places
}

/// The rows whose keys change along with those of others (`on_update = cascade`), with their new values.
fn following(
    arenas: &Arenas,
    touched: &[Vec<Touched>],
    rekeyed: &HashSet<(Place, bool)>,
) -> HashMap<Place, Vec<Value>> {
    if rekeyed.is_empty() {
        return HashMap::new();
    }
    let (mut changed, mut set) = (Vec::new(), HashMap::new());
    for (at, rows) in touched.iter().enumerate() {
        for row in rows {
            let place = (at, row.slot);
            let linked = row.links.iter();
            let linked = linked.flat_map(|link| link.at..link.at + link.width);
            let assigned = row.assigned.iter().map(|(column, _)| *column);
            let columns: Vec<usize> = linked.chain(assigned).collect();
            if !columns.is_empty() {
                set.insert(place, columns);
            }
            let is_rekeyed = [false, true].map(|by| rekeyed.contains(&(place, by)));
            // A key that comes from another new row is not known yet.
            if is_rekeyed.contains(&true) && row.links.is_empty() {
                changed.push((at, row.slot, row.values.clone()));
            }
        }
    }
    arenas.renamed(&changed, &set).into_iter().collect()
}

fn deletes(arena: &Arena) -> Vec<DeleteRow> {
    let meta = arena.meta();
    let row = |slot: &u32| {
        let old = arena.stored(*slot)?;
        Some(DeleteRow {
            slot: *slot,
            key: meta.key.iter().map(|at| old[*at].clone()).collect(),
            version: meta.version.map(|at| old[at].clone()),
            old,
        })
    };
    arena.removed().iter().filter_map(row).collect()
}

/// Error: the program wrote a column of an existing row that it may not write.
fn written_by_itself(meta: &ModelMeta, at: usize, original: &[Value]) -> Error {
    let field = &meta.fields[at];
    let why = field.why_own();
    let key: Vec<Value> = meta.key.iter().map(|at| original[*at].clone()).collect();
    let row = format!("{} {}", meta.name, show_key(&key));
    Error::session_state(format!(
        "{}::{} of {row} was changed, but {why}; set it back to what it was, or refresh the row",
        meta.name, field.name
    ))
    .with_row(row)
}

/// Sets the next version and the moment of the change, in the update and in the row.
fn count_version(meta: &ModelMeta, update: &mut UpdateRow) {
    for (at, value) in meta.touch(&update.old) {
        // A moment that the program set itself stays.
        if !update.set.iter().any(|(set, _)| *set == at) {
            update.new[at] = value.clone();
            update.set.push((at, Cell::Value(value)));
        }
    }
}
