//! The parts of rows that were put off: references set later, unique values parked and given up.

use super::Flush;
use super::key_change::KeyChange;
use super::pipeline::Then;
use crate::by_key::find_command;
use crate::errors::stale;
use crate::model::meta::ModelMeta;
use crate::session::flush_plan::{Held, Late, Plan};
use crate::session::statements::{self, RowChange};
use crate::session::unique::unique_sets;
use crate::session::unit_of_work::{Cell, Place, UpdateRow};
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use std::collections::BTreeMap;

impl Flush<'_> {
    /// Sets what was put off: references of inserted and updated rows, parked unique values.
    pub(super) async fn later(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        self.drain().await?;
        let mut noted = Vec::with_capacity(rows.len());
        for n in rows {
            let (place, row, set) = match &plan.late[*n] {
                Late::Insert { table, row, links } => {
                    let slot = self.work.tables[*table].inserts[*row];
                    let mut set: BTreeMap<usize, Node> = BTreeMap::new();
                    for n in links {
                        let link = &self.work.tables[*table].links[*n];
                        let target = self.tie_of(link.target, link.by)?;
                        let columns = link.column..link.column + link.width;
                        set.extend(columns.zip(target.into_iter().map(Node::Value)));
                        if let Some(kind) = &link.kind {
                            set.insert(link.column - 1, Node::Value(kind.clone()));
                        }
                    }
                    ((*table, slot), None, set)
                }
                Late::Update {
                    table,
                    row,
                    columns,
                    parked: is_parked,
                    ..
                } => {
                    let update = &self.work.tables[*table].updates[*row];
                    let meta = self.work.tables[*table].meta;
                    let mut set = BTreeMap::new();
                    let parked = if is_parked.is_some() {
                        parked(meta, update)
                    } else {
                        vec![]
                    };
                    for at in &parked {
                        set.insert(*at, Node::Value(update.new[*at].clone()));
                    }
                    for (at, cell) in &update.set {
                        if columns.contains(at) || parked.contains(at) {
                            let node = match cell {
                                Cell::Expression(node) => node.clone(),
                                other => Node::Value(self.value(other)?),
                            };
                            set.insert(*at, node);
                        }
                    }
                    ((*table, update.slot), Some(*row), set)
                }
            };
            let key = match row {
                Some(row) => self.current_key(place.0, row),
                None => self.key_of(place)?,
            };
            match row.filter(|_| {
                let columns: Vec<usize> = set.keys().copied().collect();
                self.is_followed(place.0, &columns) || self.changes_key(place.0, &columns)
            }) {
                Some(row) => self.send_late_followed(place, row, key, &set).await?,
                None => self.send_late(place, key, &set).await?,
            }
            noted.push((place, row, set));
        }
        for (place, row, set) in noted {
            self.note_later(place, row, set).await?;
        }
        Ok(())
    }

    /// Sets the final key of a row that was parked under another one, and updates the references to it again.
    async fn send_late_followed(
        &mut self,
        place: Place,
        row: usize,
        key: Vec<Value>,
        set: &BTreeMap<usize, Node>,
    ) -> Result<()> {
        let (table, slot) = place;
        let update = &self.work.tables[table].updates[row];
        let meta = self.work.tables[table].meta;
        let mut now = update.new.clone();
        for at in parked(meta, update) {
            now[at] = self.park(meta, at, slot)?;
        }
        let values = set.iter().map(|(at, node)| (*at, node));
        let change = KeyChange::of_nodes(meta, &now, values);
        let let_go = self.let_go(&change).await?;
        self.send_late(place, key, set).await?;
        self.take_up(let_go, &change).await?;
        self.follow_kinds(&change).await
    }

    /// The UPDATE of one row that sets what was put off.
    async fn send_late(
        &mut self,
        place: Place,
        key: Vec<Value>,
        set: &BTreeMap<usize, Node>,
    ) -> Result<()> {
        let (table, slot) = place;
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let values: Option<Vec<Value>> = set
            .values()
            .map(|node| match node {
                Node::Value(value) => Some(value.clone()),
                _ => None,
            })
            .collect();
        let statements = match values {
            Some(values) => {
                let columns: Vec<usize> = set.keys().copied().collect();
                let change = RowChange {
                    key,
                    version: None,
                    values,
                };
                statements::updates(meta, &columns, vec![change], dialect, self.site)?
            }
            None => {
                let set = set.iter().map(|(at, node)| (*at, node.clone())).collect();
                let one = statements::update_expressions(meta, set, key, None, dialect, self.site)?;
                vec![one]
            }
        };
        for statement in statements {
            let then = Then::Late { table, slot };
            self.send(statement.command, then).await?;
        }
        Ok(())
    }

    /// Clears references of rows to be deleted, or makes them give up unique values.
    pub(super) async fn release(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        let dialect = self.target.database().dialect();
        for n in rows {
            let Held {
                table,
                row,
                columns,
            } = &plan.released[*n];
            let work = &self.work.tables[*table];
            let delete = &work.deletes[*row];
            let meta = work.meta;
            let given_up = columns.iter().map(|at| self.park(meta, *at, delete.slot));
            let change = RowChange {
                key: delete.key.clone(),
                version: delete.version.clone(),
                values: given_up.collect::<Result<_>>()?,
            };
            for statement in statements::updates(meta, columns, vec![change], dialect, self.site)? {
                let then = Then::Released {
                    table: *table,
                    row: *row,
                };
                self.send(statement.command, then).await?;
            }
        }
        Ok(())
    }

    /// Adds what was set later to the results that go into memory.
    async fn note_later(
        &mut self,
        place: Place,
        row: Option<usize>,
        set: BTreeMap<usize, Node>,
    ) -> Result<()> {
        if let Some(at) = self.late_updated.get(&place) {
            let new = &mut self.done.updated[*at].2;
            for (at, node) in set {
                if let Node::Value(value) = node {
                    new[at] = value;
                }
            }
            return Ok(());
        }
        // The result of an INSERT has NULLs in these columns; a row that only the database knows was not read yet.
        let arena = self.arenas.at(place.0);
        let read = row.filter(|row| self.is_read_again(place.0, *row));
        let (key, then) = match read {
            Some(row) => {
                let new = &self.work.tables[place.0].updates[row].new;
                let key = arena.meta().key.iter().map(|at| new[*at].clone());
                let table = place.0;
                (key.collect(), Then::Reread { table, row })
            }
            None => (self.key_of(place)?, Then::RereadInserted { place }),
        };
        let command = find_command(arena.meta(), key, self.target, self.site)?;
        self.send_to(command, arena.sink(), then).await
    }

    /// Replaces results of INSERTs with rows that were read again: all in one pass, as there may be as many of them as rows.
    pub(super) fn merge_reread(&mut self) {
        if self.reread.is_empty() {
            return;
        }
        let mut reread = std::mem::take(&mut self.reread);
        for known in &mut self.done.replaced {
            let sink = reread.remove(&known.2);
            if let Some(sink) = sink.or_else(|| reread.remove(&(known.0, known.1))) {
                known.3 = sink;
            }
        }
        for (table, slots, rows) in &mut self.done.inserted {
            let is_old = |slot: &u32| reread.contains_key(&(*table, *slot));
            if slots.iter().any(is_old) {
                let kept: Vec<bool> = slots.iter().map(|slot| !is_old(slot)).collect();
                self.arenas.at(*table).keep(&mut **rows, &kept);
                slots.retain(|slot| !is_old(slot));
            }
        }
        for ((table, slot), sink) in reread {
            self.done.inserted.push((table, vec![slot], sink));
        }
    }

    /// The error for a row that is gone when something is to be set in it.
    pub(super) fn stale_slot(&mut self, table: usize, slot: u32) -> Error {
        let arena = self.arenas.at(table);
        let key = arena.key_values(slot).unwrap_or_default();
        self.blame(stale(arena.meta(), &[key]), table, &[slot])
    }

    /// The current key of an updated row in the database.
    pub(super) fn current_key(&self, table: usize, row: usize) -> Vec<Value> {
        let update = &self.work.tables[table].updates[row];
        let meta = self.work.tables[table].meta;
        match self.parked_keys.get(&(table, update.slot)) {
            Some(key) => key.clone(),
            None => meta.key.iter().map(|at| update.new[*at].clone()).collect(),
        }
    }
}

/// The columns of an update that are parked so that it collides with no row: one of each unique set that it changes.
pub(super) fn parked(meta: &ModelMeta, update: &UpdateRow) -> Vec<usize> {
    if !update.parked.is_empty() {
        return update.parked.clone();
    }
    let changes = |at: usize| update.set.iter().any(|(set, _)| *set == at);
    let mut parked: Vec<usize> = Vec::new();
    for set in unique_sets(meta) {
        if set.is_decided_by(changes) && !set.columns.iter().any(|at| parked.contains(at)) {
            parked.extend(set.parked(meta, changes));
        }
    }
    parked
}
