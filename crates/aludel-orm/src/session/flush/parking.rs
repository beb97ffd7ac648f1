//! Temporary values of rows, so that others can take theirs. Usually any value far from all others fits. If CHECKs or the type
//! leave only some values, the database is asked which of them no row has.

use super::Flush;
use crate::model::meta::ModelMeta;
use crate::session::checks::Checks;
use crate::session::flush_plan::{Held, Plan, given};
use crate::session::stand_in::{
    anything, far, is_computed_from, is_limited as limits, must_lead, near,
};
use crate::session::statements;
use crate::session::unique::{UniqueSet, unique_sets};
use crate::session::unit_of_work::{Cell, Place};
use aludel_engine::spi::command::Collect;
use aludel_engine::{Error, Result};
use aludel_sql::Value;
use std::collections::HashMap;

/// The most values that the database is asked about at once.
const MOST_ASKED: usize = 64;

/// The most values of a column that are tried together with those of another one.
const MOST_PAIRED: usize = 16;

/// A row while it is parked: its value in each column, as far as known.
pub(super) struct Parked {
    place: Place,
    values: Vec<Option<Value>>,
    /// The values that it had before or will have afterwards.
    others: Vec<Vec<Value>>,
}

impl Parked {
    pub(super) fn value(&self, at: usize) -> Option<&Value> {
        self.values[at].as_ref()
    }
}

/// Why an entry of a unique set is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// A row takes it in this flush.
    Later,
    /// A row of this step has it while it is parked.
    Parked,
}

/// A value for a column, and whether it had to be chosen.
struct Choice {
    value: Value,
    is_chosen: bool,
}

impl Flush<'_> {
    /// A value that no other row has, until the right one is free.
    pub(super) fn park(&self, meta: &ModelMeta, at: usize, slot: u32) -> Result<Value> {
        let mut tables = self.work.tables.iter();
        let table = tables.position(|table| std::ptr::eq(table.meta, meta));
        let chosen = table.and_then(|table| self.stand_ins.get(&(table, slot, at)));
        match chosen.cloned().or_else(|| anything(meta, at, slot)) {
            Some(value) => Ok(value),
            None if meta.fields[at].nullable => Ok(Value::Null),
            None => Err(no_value(meta, &[at])),
        }
    }

    /// Chooses the values of those rows of an update that are parked.
    pub(super) async fn choose_parked(
        &mut self,
        plan: &Plan,
        table: usize,
        rows: &[usize],
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let sets = unique_sets(meta);
        self.ask_anew();
        for row in rows {
            let Some(needed) = plan.put_off(table, *row).sets else {
                continue;
            };
            let update = &self.work.tables[table].updates[*row];
            let changed: Vec<usize> = update.set.iter().map(|(at, _)| *at).collect();
            let changes = |at: usize| changed.contains(&at);
            let mut parked = self.while_parked(plan, table, *row);
            let mut chosen: Vec<(usize, Choice)> = Vec::new();
            for set in &sets {
                let covers = |at: &usize| chosen.iter().any(|(known, _)| known == at);
                let is_needed = set.is_decided_by(changes) && needed.has(&set.columns);
                if !is_needed || set.columns.iter().any(covers) {
                    continue;
                }
                let first = set.parked(meta, changes);
                let columns = first.into_iter().chain(set.parked_instead(meta, changes));
                let columns: Vec<usize> = columns.collect();
                for (at, choice) in self.choose(meta, &columns, &mut parked).await? {
                    parked.values[at] = Some(choice.value.clone());
                    chosen.push((at, choice));
                }
            }
            let columns = chosen.iter().map(|(at, _)| *at).collect();
            self.work.tables[table].updates[*row].parked = columns;
            if chosen.iter().any(|(_, choice)| choice.is_chosen) {
                self.note_parked(meta, &chosen, &parked);
            }
        }
        Ok(())
    }

    /// Chooses values for rows that give up unique values before they are deleted.
    pub(super) async fn choose_given_up(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        let is_chosen = |n: &&usize| is_limited(self.work.tables[plan.released[**n].table].meta);
        let rows: Vec<usize> = rows.iter().filter(is_chosen).copied().collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.ask_anew();
        for n in &rows {
            let Held {
                table,
                row,
                columns,
            } = &plan.released[*n];
            let meta = self.work.tables[*table].meta;
            let delete = &self.work.tables[*table].deletes[*row];
            let mut parked = Parked {
                place: (*table, delete.slot),
                values: delete.old.iter().cloned().map(Some).collect(),
                others: vec![delete.old.clone()],
            };
            for at in columns {
                let chosen = self.choose(meta, &[*at], &mut parked).await?;
                if chosen.iter().any(|(_, choice)| choice.is_chosen) {
                    self.note_parked(meta, &chosen, &parked);
                }
            }
        }
        Ok(())
    }

    /// Begins a step: forgets the parked entries of earlier steps, which the database knows by now.
    fn ask_anew(&mut self) {
        for taken in self.taken.values_mut() {
            taken.retain(|_, used| *used == Use::Later);
        }
    }

    /// The values of a row until the rest of its update is done.
    fn while_parked(&self, plan: &Plan, table: usize, row: usize) -> Parked {
        let update = &self.work.tables[table].updates[row];
        let put_off = plan.put_off(table, row);
        let value = |at: usize| {
            if put_off.vacated.contains(&at) {
                return Some(Value::Null);
            }
            if put_off.columns.contains(&at) {
                return Some(update.old[at].clone());
            }
            match update.set.iter().find(|(set, _)| *set == at) {
                Some((_, Cell::Expression(_))) => None,
                Some((_, cell)) => self.value(cell).ok(),
                None => Some(update.old[at].clone()),
            }
        };
        Parked {
            place: (table, update.slot),
            values: (0..update.old.len()).map(value).collect(),
            others: vec![update.old.to_vec(), update.new.clone()],
        }
    }

    /// Chooses a value for the first of these columns that has one, or else values for two of them together. Values that rows
    /// take later in this flush are the last resort: they may be needed too early.
    async fn choose(
        &mut self,
        meta: &'static ModelMeta,
        columns: &[usize],
        parked: &mut Parked,
    ) -> Result<Vec<(usize, Choice)>> {
        for used in [None, Some(Use::Later)] {
            for at in columns {
                if let Some(choice) = self.choose_value(meta, *at, parked, used).await? {
                    return Ok(vec![(*at, choice)]);
                }
            }
            if let Some(pair) = self.choose_pair(meta, columns, parked, used).await? {
                return Ok(pair.into());
            }
        }
        Err(no_value(meta, columns))
    }

    async fn choose_pair(
        &mut self,
        meta: &'static ModelMeta,
        columns: &[usize],
        parked: &mut Parked,
        used: Option<Use>,
    ) -> Result<Option<[(usize, Choice); 2]>> {
        for (n, first) in columns.iter().enumerate() {
            if must_lead(meta, *first).is_some() {
                continue;
            }
            let usual = parked.values[*first].clone();
            let values = candidates(meta, *first, parked).into_iter();
            for value in values.take(MOST_PAIRED) {
                parked.values[*first] = Some(value.clone());
                for at in &columns[n + 1..] {
                    if let Some(choice) = self.choose_value(meta, *at, parked, used).await? {
                        let is_chosen = true;
                        let first = (*first, Choice { value, is_chosen });
                        return Ok(Some([first, (*at, choice)]));
                    }
                }
            }
            parked.values[*first] = usual;
        }
        Ok(None)
    }

    async fn choose_value(
        &mut self,
        meta: &'static ModelMeta,
        at: usize,
        parked: &Parked,
        used: Option<Use>,
    ) -> Result<Option<Choice>> {
        let field = &meta.fields[at];
        let slot = parked.place.1;
        let any = anything(meta, at, slot);
        let checks = Checks::of(meta, at);
        if let Some(relation) = must_lead(meta, at) {
            let sets = unique_sets(meta);
            let ends = self.ends(meta, relation, at, &sets, parked).await?;
            let found = self.free(meta, at, ends, parked, used).await?;
            return Ok(found.map(|value| Choice {
                value,
                is_chosen: true,
            }));
        }
        if let Some(value) = any
            .as_ref()
            .filter(|_| checks.is_empty() || any == Some(Value::Null))
        {
            let value = value.clone();
            let is_chosen = false;
            return Ok(Some(Choice { value, is_chosen }));
        }
        let far = far(field, slot, is_computed_from(meta, at));
        let find = |allowed| {
            let row = |at: usize| parked.value(at);
            let found = far
                .iter()
                .find(|value| checks.allow(value, &row) == allowed);
            found.cloned()
        };
        let (sure, open) = (find(Some(true)), find(None));
        let found = match sure {
            Some(value) => Some(value),
            None => {
                let near = candidates(meta, at, parked);
                self.free(meta, at, near, parked, used).await?
            }
        };
        let null = field.nullable.then_some(Value::Null);
        Ok(found.or(open).or(null).map(|value| Choice {
            value,
            is_chosen: true,
        }))
    }

    /// The first of these values that no row has, and that this flush does not use except for `used`.
    async fn free(
        &mut self,
        meta: &'static ModelMeta,
        at: usize,
        mut values: Vec<Value>,
        parked: &Parked,
        used: Option<Use>,
    ) -> Result<Option<Value>> {
        let table = parked.place.0;
        let sets = unique_sets(meta);
        let sets = || {
            sets.iter()
                .enumerate()
                .filter(|(_, set)| set.columns.contains(&at))
        };
        for (n, set) in sets() {
            let taken = self.taken_within(table, n, set);
            values.retain(|value| {
                let column = |of: usize| match of == at {
                    true => Some(value),
                    false => parked.value(of),
                };
                let entry = set.entry(meta, column);
                let known = entry.and_then(|entry| taken.get(&entry.text).copied());
                known.is_none() || known == used
            });
        }
        self.drain().await?;
        let mut values = values.into_iter().peekable();
        while values.peek().is_some() {
            let mut asked: Vec<Value> = values.by_ref().take(MOST_ASKED).collect();
            for (_, set) in sets() {
                let entry = |value: &Value| -> Option<Vec<Value>> {
                    let columns = set.columns.iter();
                    let column = |of: &usize| {
                        if *of == at {
                            Some(value)
                        } else {
                            parked.value(*of)
                        }
                    };
                    columns
                        .map(|of| column(of).filter(|value| !value.is_null()).cloned())
                        .collect()
                };
                // A value that is NULL or not known is equal to nothing.
                let Some(entries) = asked.iter().map(entry).collect::<Option<Vec<_>>>() else {
                    continue;
                };
                let Some(among) = set.among(meta, &entries).filter(|among| !among.is_empty())
                else {
                    continue;
                };
                let dialect = self.target.database().dialect();
                let command = statements::which(meta, among, dialect, self.site)?;
                let (found, _) = self.target.fetch(command, Collect::<i64>::all()).await?;
                let mut n = 0;
                asked.retain(|_| {
                    n += 1;
                    !found.rows.contains(&(n - 1))
                });
            }
            if let Some(value) = asked.into_iter().next() {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// The entries that rows of this flush take, or have while they are parked.
    fn taken_within(
        &mut self,
        table: usize,
        n: usize,
        set: &UniqueSet<'_>,
    ) -> &HashMap<String, Use> {
        let work = &self.work.tables[table];
        self.taken.entry((table, n)).or_insert_with(|| {
            let updated = work.updates.iter();
            let updated = updated.map(|row| set.entry(work.meta, |at| Some(&row.new[at])));
            // Rows that were sent are in the table already.
            let left = work.rows.given.len() / work.meta.fields.len().max(1);
            let inserted = 0..work.inserts.len().min(left);
            let inserted = inserted.map(|row| set.entry(work.meta, |at| given(work, row, at)));
            let entries = updated.chain(inserted).flatten();
            entries.map(|entry| (entry.text, Use::Later)).collect()
        })
    }

    /// Notes the entries of a row while it is parked.
    fn note_parked(&mut self, meta: &ModelMeta, chosen: &[(usize, Choice)], parked: &Parked) {
        let (table, slot) = parked.place;
        for (n, set) in unique_sets(meta).iter().enumerate() {
            let column = |at: usize| {
                let own = chosen.iter().find(|(column, _)| *column == at);
                own.map_or_else(|| parked.value(at), |(_, choice)| Some(&choice.value))
            };
            self.taken_within(table, n, set);
            let taken = self.taken.get_mut(&(table, n));
            if let (Some(entry), Some(taken)) = (set.entry(meta, column), taken) {
                taken.insert(entry.text, Use::Parked);
            }
        }
        let values = chosen
            .iter()
            .map(|(at, choice)| ((table, slot, *at), choice.value.clone()));
        self.stand_ins.extend(values);
    }
}

/// Values that fit into a column of a row.
fn candidates(meta: &'static ModelMeta, at: usize, parked: &Parked) -> Vec<Value> {
    let own = parked.others.iter().map(|row| row[at].clone());
    let (own, checks) = (own.collect::<Vec<_>>(), Checks::of(meta, at));
    let row = |at: usize| parked.value(at);
    near(&meta.fields[at], parked.place.1, &checks, &row, &own)
}

/// Whether some unique columns are restricted to certain values.
fn is_limited(meta: &ModelMeta) -> bool {
    let sets = unique_sets(meta);
    sets.iter().any(|set| limits(meta, &set.columns))
}

/// Error: rows can't exchange values of columns that have no free value.
fn no_value(meta: &ModelMeta, columns: &[usize]) -> Error {
    let columns = columns.iter().map(|at| meta.fields[*at].column.as_str());
    let columns: Vec<&str> = columns.collect();
    let (columns, is) = match &columns[..] {
        [column] => (format!("column {column:?}"), "it"),
        columns => (format!("columns {}", columns.join(", ")), "they"),
    };
    Error::session_state(format!(
        "rows of {} exchange values of the unique {columns}, and no value that {is} may have is free to stand in for a moment: allow one value more, or NULL, or delete one of the rows and add it again",
        meta.name
    ))
}
