//! What was put off: references set later, unique values parked and given up.

use super::Flush;
use super::pipeline::Then;
use crate::meta::ModelMeta;
use crate::model::find_command;
use crate::session::plan::{Held, Late, Plan};
use crate::session::statements::{self, RowChange};
use crate::session::work::Place;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use aludel_sql::types::SqlType;
use std::any::Any;
use std::collections::BTreeMap;

impl Flush<'_> {
    /// What was put off: references of inserted and updated rows, parked unique values.
    pub(super) async fn later(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        /// Columns with their values, by row: its table, its slot, its key.
        type Sets = BTreeMap<(usize, u32), (Vec<Value>, BTreeMap<usize, Value>)>;
        self.drain().await?;
        let mut later: Sets = BTreeMap::new();
        for n in rows {
            match &plan.late[*n] {
                Late::Insert { table, row, links } => {
                    let slot = self.work.tables[*table].inserts[*row];
                    let mut set = BTreeMap::new();
                    for n in links {
                        let link = &self.work.tables[*table].links[*n];
                        let target = self.tie_of(link.target, link.by)?;
                        set.extend((link.column..link.column + link.width).zip(target));
                    }
                    later.insert((*table, slot), (self.key_of((*table, slot))?, set));
                }
                Late::Update {
                    table,
                    row,
                    columns,
                    parked,
                } => {
                    let update = &self.work.tables[*table].updates[*row];
                    let meta = self.work.tables[*table].meta;
                    let mut set = BTreeMap::new();
                    for (at, cell) in &update.set {
                        if columns.contains(at) || *parked && is_unique(meta, *at) {
                            set.insert(*at, self.value(cell)?);
                        }
                    }
                    let key = self.current_key(*table, *row);
                    later.insert((*table, update.slot), (key, set));
                }
            }
        }
        let mut noted = Vec::with_capacity(later.len());
        for ((table, slot), (key, set)) in later {
            let (columns, values): (Vec<usize>, Vec<Value>) = set.into_iter().unzip();
            let meta = self.work.tables[table].meta;
            let change = RowChange {
                key,
                version: None,
                values: values.clone(),
            };
            let dialect = self.target.database().dialect();
            for statement in statements::updates(meta, &columns, vec![change], dialect, self.site)?
            {
                let then = Then::Late { table, slot };
                self.send(statement.command, then).await?;
            }
            noted.push((table, slot, columns, values));
        }
        for (table, slot, columns, values) in noted {
            self.note_later((table, slot), &columns, values).await?;
        }
        Ok(())
    }

    /// Lets go what rows refer to that are to be deleted, or makes them give up a unique value.
    pub(super) async fn release(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        let dialect = self.target.database().dialect();
        for n in rows {
            let Held {
                table,
                row,
                columns,
            } = &plan.released[*n];
            let work = &self.work.tables[*table];
            let (key, slot) = (work.deletes[*row].key.clone(), work.deletes[*row].slot);
            let meta = work.meta;
            let given_up = columns.iter().map(|at| self.park(meta, *at, slot));
            let change = RowChange {
                key,
                version: None,
                values: given_up.collect::<Result<_>>()?,
            };
            for statement in statements::updates(meta, columns, vec![change], dialect, self.site)? {
                let then = Then::Released {
                    table: *table,
                    slot,
                };
                self.send(statement.command, then).await?;
            }
        }
        Ok(())
    }

    /// Puts what was set later into what will be put into memory.
    async fn note_later(
        &mut self,
        place: Place,
        columns: &[usize],
        values: Vec<Value>,
    ) -> Result<()> {
        let updated = self.done.updated.iter_mut();
        if let Some((_, _, new)) = { updated }.find(|(at, slot, _)| (*at, *slot) == place) {
            for (at, value) in columns.iter().zip(values) {
                new[*at] = value;
            }
            return Ok(());
        }
        // A row that an INSERT answered, or that took the place of another: it has NULLs in these columns.
        let arena = self.arenas.at(place.0);
        let key = self.key_of(place)?;
        let command = find_command(arena.meta(), key, self.target, self.site)?;
        self.send_to(command, arena.sink(), Then::RereadInserted { place })
            .await
    }

    pub(super) fn reread_inserted(&mut self, (table, slot): Place, sink: Box<dyn Any + Send>) {
        let replaced = self.done.replaced.iter_mut();
        if let Some(known) = { replaced }.find(|known| (known.0, known.2) == (table, slot)) {
            known.3 = sink;
            return;
        }
        let arena = self.arenas.at(table);
        for (at, slots, rows) in &mut self.done.inserted {
            if *at == table
                && let Some(place) = slots.iter().position(|known| *known == slot)
            {
                slots.remove(place);
                arena.forget(&mut **rows, place);
            }
        }
        self.done.inserted.push((table, vec![slot], sink));
    }

    /// A row that is gone when something is to be set in it.
    pub(super) fn stale_slot(&mut self, table: usize, slot: u32) -> Error {
        let arena = self.arenas.at(table);
        let key = arena.key_values(slot).unwrap_or_default();
        self.blame(statements::stale(arena.meta(), &[key]), table, &[slot])
    }

    /// The key under which the database has a row that was updated.
    pub(super) fn current_key(&self, table: usize, row: usize) -> Vec<Value> {
        let update = &self.work.tables[table].updates[row];
        let meta = self.work.tables[table].meta;
        match self.parked_keys.get(&(table, update.slot)) {
            Some(key) => key.clone(),
            None => meta.key.iter().map(|at| update.new[*at].clone()).collect(),
        }
    }

    /// A value that nobody else has, until the right one is free.
    pub(super) fn park(&self, meta: &ModelMeta, at: usize, slot: u32) -> Result<Value> {
        let field = &meta.fields[at];
        if field.nullable {
            return Ok(Value::Null);
        }
        let n = i64::from(slot);
        Ok(match &field.sql_type {
            SqlType::SmallInt => Value::I16(i16::MIN.saturating_add(n.try_into().unwrap_or(0))),
            SqlType::Integer => Value::I32(i32::MIN.saturating_add(n.try_into().unwrap_or(0))),
            SqlType::BigInt => Value::I64(i64::MIN + n),
            SqlType::Text | SqlType::Varchar(_) => Value::Text(format!("~{n:x}")),
            SqlType::Uuid => {
                let mut bytes = [0xff; 16];
                bytes[12..].copy_from_slice(&slot.to_be_bytes());
                Value::Uuid(bytes)
            }
            _ => {
                return Err(Error::invalid_query(format!(
                    "rows of {} exchange values of the unique column {:?}, which has no value to park them at; flush in between",
                    meta.name, field.column
                )));
            }
        })
    }
}

/// Whether a column is part of a unique set.
pub(super) fn is_unique(meta: &ModelMeta, at: usize) -> bool {
    meta.unique_sets().iter().any(|set| set.contains(&at))
}
