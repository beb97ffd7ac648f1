//! Running a plan: statements in order, what they answer kept aside. Memory is changed only when all went well, so that a
//! flush that fails, or a future that is dropped, leaves every pending change as it was.

use super::arenas::Arenas;
use super::plan::{Held, Late, Plan, Step};
use super::report::Flushed;
use super::statements::{self, Counted, RowChange, show_key};
use super::work::{Cell, JoinWork, Place, Work, count};
use crate::insert::{Rows, batches, insert_unseen};
use crate::meta::ModelMeta;
use crate::model::find_command;
use crate::private::NewRow;
use crate::session::ops::RowRef;
use aludel_engine::command::{Command, Outcome, Sink};
use aludel_engine::{Error, ErrorKind, Result, Target};
use aludel_sql::Value;
use aludel_sql::expr::Node;
use aludel_sql::row::{Cells, DecodeError};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::Location;

/// What came back, to be put into memory at the end.
#[derive(Default)]
pub(crate) struct Done {
    inserted: Vec<(usize, Vec<u32>, Vec<Box<dyn Any + Send>>)>,
    updated: Vec<(usize, u32, Vec<Value>)>,
    replaced: Vec<(usize, u32, u32, Box<dyn Any + Send>)>,
    deleted: Vec<(usize, u32)>,
    pub(crate) report: Flushed,
}

impl Done {
    /// Puts it into memory.
    pub(crate) fn apply(self, arenas: &mut Arenas) -> Result<Flushed> {
        for (arena, slot, values) in self.updated {
            arenas.at_mut(arena).updated(slot, &values)?;
        }
        for (arena, slots, sinks) in self.inserted {
            arenas.at_mut(arena).inserted(&slots, sinks)?;
        }
        for (arena, pending, removed, sink) in self.replaced {
            arenas.at_mut(arena).replaced(pending, removed, sink)?;
        }
        for (arena, slot) in self.deleted {
            arenas.at_mut(arena).deleted(slot);
        }
        Ok(self.report)
    }
}

/// A sink whose type only an arena knows.
struct Erased(Box<dyn Sink>);

impl Sink for Erased {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.0.row(cells)
    }
    fn restart(&mut self) -> bool {
        self.0.restart()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Runs a statement, its rows going to an arena's sink.
pub(crate) async fn fetch(
    target: Target<'_>,
    command: Command,
    sink: Box<dyn Sink>,
) -> Result<(Box<dyn Any + Send>, Outcome)> {
    let (sink, outcome) = target.fetch(command, Erased(sink)).await?;
    Ok((sink.0.into_any(), outcome))
}

/// Which slot failed.
pub(crate) type Culprit = Option<Place>;

/// Runs plans.
pub(crate) struct Flush<'a> {
    pub(crate) arenas: &'a Arenas,
    pub(crate) target: Target<'a>,
    pub(crate) site: &'static Location<'static>,
    /// Row by row, to find out which one fails.
    pub(crate) single: bool,
    pub(crate) work: Work,
    linked: HashSet<usize>,
    /// Keys of rows that were inserted or got another key.
    keys: HashMap<Place, Vec<Value>>,
    /// Keys under which rows with a parked key are found.
    parked_keys: HashMap<Place, Vec<Value>>,
    done: Done,
    pub(crate) culprit: Culprit,
}

impl<'a> Flush<'a> {
    pub(crate) fn new(
        arenas: &'a Arenas,
        target: Target<'a>,
        work: Work,
        single: bool,
        site: &'static Location<'static>,
    ) -> Flush<'a> {
        Flush {
            arenas,
            target,
            site,
            single,
            linked: work.linked(),
            work,
            keys: HashMap::new(),
            parked_keys: HashMap::new(),
            done: Done::default(),
            culprit: None,
        }
    }

    /// Runs all steps.
    pub(crate) async fn run(&mut self, plan: &Plan) -> Result<Done> {
        for step in &plan.steps {
            match step {
                Step::Insert { table, rows } => {
                    for rows in self.portions(rows) {
                        self.insert(plan, *table, &rows).await?;
                    }
                }
                Step::Update { table, rows } => {
                    for rows in self.portions(rows) {
                        self.update(plan, *table, &rows).await?;
                    }
                }
                Step::Delete { table, rows } => {
                    for rows in self.portions(rows) {
                        self.delete(*table, &rows).await?;
                    }
                }
                Step::Later(rows) => self.later(plan, rows).await?,
                Step::Release(rows) => self.release(plan, rows).await?,
                Step::Link(rows) => self.join(rows, true).await?,
                Step::Unlink(rows) => self.join(rows, false).await?,
            }
        }
        Ok(std::mem::take(&mut self.done))
    }

    fn portions(&self, rows: &[usize]) -> Vec<Vec<usize>> {
        if self.single {
            rows.iter().map(|row| vec![*row]).collect()
        } else {
            vec![rows.to_vec()]
        }
    }

    fn key_of(&self, place: Place) -> Result<Vec<Value>> {
        if let Some(key) = self.keys.get(&place) {
            return Ok(key.clone());
        }
        self.arenas
            .at(place.0)
            .key_values(place.1)
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a reference to a row without a key"))
    }

    async fn insert(&mut self, plan: &Plan, table: usize, rows: &[usize]) -> Result<()> {
        let put_off = |n: usize| plan.puts_off_link(table, n);
        let mut keys: Vec<(usize, usize, Vec<Value>)> = Vec::new();
        let chosen: HashSet<usize> = rows.iter().copied().collect();
        for (n, link) in self.work.tables[table].links.iter().enumerate() {
            if chosen.contains(&link.row) && !put_off(n) {
                keys.push((link.at, link.width, self.key_of(link.target)?));
            }
        }
        let work = &mut self.work.tables[table];
        for (at, width, key) in keys {
            work.rows.values[at..at + width].clone_from_slice(&key);
        }
        let meta = work.meta;
        let slots: Vec<u32> = rows.iter().map(|row| work.inserts[*row]).collect();
        let all = rows.len() == work.inserts.len();
        let written = if all {
            std::mem::take(&mut work.rows)
        } else {
            portion(&work.rows, &work.starts, meta.fields.len(), rows)
        };
        let rows = Rows::new(written, meta.fields.len());
        let sinks = match self.send_inserts(table, rows).await {
            Ok(sinks) => sinks,
            Err(error) => return Err(self.blame(error, table, &slots)),
        };
        if self.linked.contains(&table) {
            let arena = self.arenas.at(table);
            let keys = sinks.iter().flat_map(|sink| arena.keys(&**sink));
            let known: Vec<(Place, Vec<Value>)> =
                slots.iter().map(|slot| (table, *slot)).zip(keys).collect();
            self.keys.extend(known);
        }
        self.done.report.count_inserted(meta, slots.len());
        self.done.inserted.push((table, slots, sinks));
        Ok(())
    }

    async fn send_inserts(&mut self, table: usize, rows: Rows) -> Result<Vec<Box<dyn Any + Send>>> {
        let arena = self.arenas.at(table);
        let meta = arena.meta();
        let dialect = self.target.database().dialect();
        let mut sinks = Vec::new();
        if dialect.capabilities().insert_returning {
            for batch in batches(meta, rows, true, None, dialect, self.site)? {
                let (sink, _) = fetch(self.target, batch.command, arena.sink()).await?;
                sinks.push(sink);
            }
            return Ok(sinks);
        }
        let mut rows = rows;
        while rows.len() > 0 {
            let row = rows.split_off_front(1);
            let key = insert_unseen(meta, row, self.target, self.site).await?;
            let found = find_command(meta, key, self.target, self.site)?;
            let (sink, _) = fetch(self.target, found, arena.sink()).await?;
            sinks.push(sink);
        }
        Ok(sinks)
    }

    async fn update(&mut self, plan: &Plan, table: usize, rows: &[usize]) -> Result<()> {
        let meta = self.work.tables[table].meta;
        // Rows of the same columns go together; those with expressions, alone.
        let mut groups: BTreeMap<Vec<usize>, Vec<(usize, RowChange)>> = BTreeMap::new();
        let mut alone: Vec<usize> = Vec::new();
        for row in rows {
            let update = &self.work.tables[table].updates[*row];
            if update
                .set
                .iter()
                .any(|(_, cell)| matches!(cell, Cell::Expression(_)))
            {
                alone.push(*row);
                continue;
            }
            let (put_off, parked) = plan.put_off(table, *row);
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (at, cell) in &update.set {
                if put_off.contains(at) {
                    continue;
                }
                columns.push(*at);
                values.push(if parked && is_unique(meta, *at) {
                    self.park(meta, *at, update.slot)?
                } else {
                    self.value(cell)?
                });
            }
            if columns.is_empty() {
                continue;
            }
            let change = RowChange {
                key: update.key.clone(),
                version: update.version.clone(),
                values,
            };
            groups.entry(columns).or_default().push((*row, change));
        }
        for (columns, changes) in groups {
            let (rows, changes): (Vec<usize>, Vec<RowChange>) = changes.into_iter().unzip();
            self.send_updates(table, &columns, &rows, changes).await?;
        }
        for row in alone {
            self.update_by_expressions(table, row).await?;
        }
        let mut reread = Vec::new();
        for row in rows {
            if let Some(row) = self.settle_update(plan, table, *row)? {
                reread.push(row);
            }
        }
        self.reread(table, reread).await
    }

    /// Notes what an update did; gives the row back if its values have to be read.
    fn settle_update(&mut self, plan: &Plan, table: usize, row: usize) -> Result<Option<usize>> {
        let meta = self.work.tables[table].meta;
        let mut new = self.work.tables[table].updates[row].new.clone();
        let update = &self.work.tables[table].updates[row];
        for (at, cell) in &update.set {
            if let Cell::KeyOf { target, .. } = cell
                && (!plan.put_off(table, row).0.contains(at) || self.keys.contains_key(target))
            {
                new[*at] = self.value(cell)?;
            }
        }
        let expressions = update
            .set
            .iter()
            .any(|(_, cell)| matches!(cell, Cell::Expression(_)));
        let read = expressions
            || update.becomes.is_some()
            || meta.fields.iter().any(|field| field.generated.is_some());
        let key: Vec<Value> = meta.key.iter().map(|at| new[*at].clone()).collect();
        let (_, parked) = plan.put_off(table, row);
        if parked
            && meta
                .key
                .iter()
                .any(|at| update.set.iter().any(|(set, _)| set == at))
        {
            let mut temporary = Vec::new();
            for at in &meta.key {
                let set = update.set.iter().any(|(set, _)| set == at);
                temporary.push(if set {
                    self.park(meta, *at, update.slot)?
                } else {
                    update.old[*at].clone()
                });
            }
            let place = (table, update.slot);
            self.parked_keys.insert(place, temporary);
        }
        let (slot, becomes) = (update.slot, update.becomes);
        if self.linked.contains(&table) {
            self.keys.insert((table, slot), key.clone());
            if let Some(slot) = becomes {
                self.keys.insert((table, slot), key);
            }
        }
        self.done.report.count_updated(meta, 1);
        self.work.tables[table].updates[row].new = new.clone();
        if !read {
            self.done.updated.push((table, slot, new));
        }
        Ok(read.then_some(row))
    }

    /// Reads what the database made of rows.
    async fn reread(&mut self, table: usize, rows: Vec<usize>) -> Result<()> {
        let arena = self.arenas.at(table);
        let meta = arena.meta();
        for row in rows {
            let update = &self.work.tables[table].updates[row];
            let key = meta.key.iter().map(|at| update.new[*at].clone()).collect();
            let (slot, becomes) = (update.slot, update.becomes);
            let command = find_command(meta, key, self.target, self.site)?;
            let (sink, _) = fetch(self.target, command, arena.sink()).await?;
            match becomes {
                Some(pending) => self.done.replaced.push((table, pending, slot, sink)),
                None => {
                    let values = arena.values(&*sink).into_iter().next();
                    let values = values.ok_or_else(|| self.stale(table, &[row]))?;
                    self.done.updated.push((table, slot, values));
                }
            }
        }
        Ok(())
    }

    async fn send_updates(
        &mut self,
        table: usize,
        columns: &[usize],
        rows: &[usize],
        changes: Vec<RowChange>,
    ) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let statements = statements::updates(meta, columns, changes, dialect, self.site)?;
        let mut from = 0;
        for Counted {
            command,
            rows: count,
        } in statements
        {
            let these = &rows[from..from + count];
            from += count;
            let together = if count == 1 { rows } else { these };
            let sent = self.target.execute(command).await;
            let slots: Vec<u32> = these
                .iter()
                .map(|row| self.work.tables[table].updates[*row].slot)
                .collect();
            let affected = sent
                .map_err(|error| self.blame(error, table, &slots))?
                .affected;
            if affected != count as u64 {
                return Err(self.find_stale(table, together).await);
            }
        }
        Ok(())
    }

    async fn update_by_expressions(&mut self, table: usize, row: usize) -> Result<()> {
        let meta = self.work.tables[table].meta;
        let update = &self.work.tables[table].updates[row];
        let mut assignments = Vec::new();
        for (at, cell) in &update.set {
            let node = match cell {
                Cell::Expression(node) => node.clone(),
                other => Node::Value(self.value(other)?),
            };
            assignments.push((*at, node));
        }
        let slot = update.slot;
        let statement = statements::update_expressions(
            meta,
            assignments,
            update.key.clone(),
            update.version.clone(),
            self.target.database().dialect(),
            self.site,
        )?;
        let sent = self.target.execute(statement.command).await;
        let affected = sent
            .map_err(|error| self.blame(error, table, &[slot]))?
            .affected;
        if affected == 0 {
            return Err(self.find_stale(table, &[row]).await);
        }
        Ok(())
    }

    /// What was put off: references of inserted and updated rows, parked unique values.
    async fn later(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
        /// Columns with their values, by row: its table, its slot, its key.
        type Sets = BTreeMap<(usize, u32), (Vec<Value>, BTreeMap<usize, Value>)>;
        let mut later: Sets = BTreeMap::new();
        for n in rows {
            match &plan.late[*n] {
                Late::Insert { table, row, links } => {
                    let slot = self.work.tables[*table].inserts[*row];
                    let mut set = BTreeMap::new();
                    for n in links {
                        let link = &self.work.tables[*table].links[*n];
                        let target = self.key_of(link.target)?;
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
                let sent = self.target.execute(statement.command).await;
                let sent = sent.map_err(|error| self.blame(error, table, &[slot]))?;
                if sent.affected == 0 {
                    let key = self.arenas.at(table).key_values(slot).unwrap_or_default();
                    return Err(self.blame(statements::stale(meta, &[key]), table, &[slot]));
                }
            }
            self.note_later(table, slot, &columns, values).await?;
        }
        Ok(())
    }

    /// Lets go what rows refer to that are to be deleted, or makes them give up a unique value.
    async fn release(&mut self, plan: &Plan, rows: &[usize]) -> Result<()> {
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
                let sent = self.target.execute(statement.command).await;
                sent.map_err(|error| self.blame(error, *table, &[slot]))?;
            }
        }
        Ok(())
    }

    /// Puts what was set later into what will be put into memory.
    async fn note_later(
        &mut self,
        table: usize,
        slot: u32,
        columns: &[usize],
        values: Vec<Value>,
    ) -> Result<()> {
        if let Some((_, _, new)) = self
            .done
            .updated
            .iter_mut()
            .find(|(at, known, _)| (*at, *known) == (table, slot))
        {
            columns
                .iter()
                .zip(values)
                .for_each(|(at, value)| new[*at] = value);
            return Ok(());
        }
        // An inserted row: what the INSERT answered has NULLs in these columns.
        let arena = self.arenas.at(table);
        let key = self.key_of((table, slot))?;
        let command = find_command(arena.meta(), key, self.target, self.site)?;
        let (sink, _) = fetch(self.target, command, arena.sink()).await?;
        for (at, slots, sinks) in &mut self.done.inserted {
            if *at == table && slots.contains(&slot) {
                let place = slots.iter().position(|known| *known == slot);
                slots.remove(place.unwrap_or_default());
                arena.forget(sinks, place.unwrap_or_default());
            }
        }
        self.done.inserted.push((table, vec![slot], vec![sink]));
        Ok(())
    }

    /// The key under which the database has a row that was updated.
    fn current_key(&self, table: usize, row: usize) -> Vec<Value> {
        let update = &self.work.tables[table].updates[row];
        let meta = self.work.tables[table].meta;
        match self.parked_keys.get(&(table, update.slot)) {
            Some(key) => key.clone(),
            None => meta.key.iter().map(|at| update.new[*at].clone()).collect(),
        }
    }

    fn value(&self, cell: &Cell) -> Result<Value> {
        match cell {
            Cell::Value(value) => Ok(value.clone()),
            Cell::KeyOf { target, part } => Ok(self.key_of(*target)?.swap_remove(*part)),
            Cell::Expression(_) => Err(Error::new(ErrorKind::Internal, "an expression as a value")),
        }
    }

    /// A value that nobody else has, until the right one is free.
    fn park(&self, meta: &ModelMeta, at: usize, slot: u32) -> Result<Value> {
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

    async fn delete(&mut self, table: usize, rows: &[usize]) -> Result<()> {
        let work = &self.work.tables[table];
        let meta = work.meta;
        let keys: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    work.deletes[*row].key.clone(),
                    work.deletes[*row].version.clone(),
                )
            })
            .collect();
        let slots: Vec<u32> = rows.iter().map(|row| work.deletes[*row].slot).collect();
        let dialect = self.target.database().dialect();
        for statement in statements::deletes(meta, keys, dialect, self.site)? {
            let sent = self.target.execute(statement.command).await;
            let affected = sent
                .map_err(|error| self.blame(error, table, &slots))?
                .affected;
            if affected != statement.rows as u64 {
                let keys: Vec<Vec<Value>> = rows
                    .iter()
                    .map(|row| self.work.tables[table].deletes[*row].key.clone())
                    .collect();
                return Err(self.blame(statements::stale(meta, &keys), table, &slots));
            }
        }
        self.done.report.count_deleted(meta, slots.len());
        self.done
            .deleted
            .extend(slots.into_iter().map(|slot| (table, slot)));
        Ok(())
    }

    async fn join(&mut self, rows: &[usize], add: bool) -> Result<()> {
        let mut tables: Vec<(&JoinWork, Vec<Vec<Value>>)> = Vec::new();
        for n in rows {
            let join = &self.work.joins[*n];
            let mut row = Vec::new();
            for (arena, side) in &join.sides {
                match side {
                    RowRef::Slot(slot) => row.extend(self.key_of((*arena, *slot))?),
                    RowRef::Key(key) => row.extend(key.iter().cloned()),
                }
            }
            match tables
                .iter_mut()
                .find(|(known, _)| known.table == join.table && known.columns == join.columns)
            {
                Some((_, rows)) => rows.push(row),
                None => tables.push((join, vec![row])),
            }
        }
        let dialect = self.target.database().dialect();
        for (join, rows) in tables {
            let (table, columns) = (&join.table, &join.columns);
            let commands = if add {
                statements::link(table, columns, rows, dialect, self.site)?
            } else {
                statements::unlink(table, columns, rows, dialect, self.site)?
            };
            for command in commands {
                self.target.execute(command).await?;
            }
        }
        Ok(())
    }

    /// Which of these rows were changed by another writer, told as an error.
    async fn find_stale(&mut self, table: usize, rows: &[usize]) -> Error {
        match self.search_stale(table, rows).await {
            Ok(stale) => {
                let slots: Vec<u32> = stale
                    .iter()
                    .map(|row| self.work.tables[table].updates[*row].slot)
                    .collect();
                let error = self.stale(table, &stale);
                self.blame(error, table, &slots[..slots.len().min(1)])
            }
            Err(error) => error,
        }
    }

    async fn search_stale(&mut self, table: usize, rows: &[usize]) -> Result<Vec<usize>> {
        let arena = self.arenas.at(table);
        let meta = arena.meta();
        let work = &self.work.tables[table];
        let new_key = |row: &usize| -> Vec<Value> {
            let new = &work.updates[*row].new;
            meta.key.iter().map(|at| new[*at].clone()).collect()
        };
        let old = rows.iter().map(|row| work.updates[*row].key.clone());
        let mut keys: Vec<Vec<Value>> = old.chain(rows.iter().map(new_key)).collect();
        keys.dedup();
        let dialect = self.target.database().dialect();
        let mut found: HashMap<String, Vec<Value>> = HashMap::new();
        for command in statements::selects(meta, &meta.key, keys, dialect, self.site)? {
            let (sink, _) = fetch(self.target, command, arena.sink()).await?;
            for values in arena.values(&*sink) {
                let key: Vec<Value> = meta.key.iter().map(|at| values[*at].clone()).collect();
                found.insert(show_key(&key), values);
            }
        }
        // A row is as it was before this flush, or as the flush has made it; all else was somebody else.
        let fits = |row: &usize| {
            let update = &work.updates[*row];
            let before = found
                .get(&show_key(&update.key))
                .is_some_and(|values| meta.version.is_none_or(|at| values[at] == update.old[at]));
            let after = found.get(&show_key(&new_key(row))).is_some_and(|values| {
                update.set.iter().all(|(at, cell)| match cell {
                    Cell::Value(value) => *value == values[*at],
                    _ => true,
                })
            });
            before || after
        };
        let stale: Vec<usize> = rows.iter().copied().filter(|row| !fits(row)).collect();
        Ok(if stale.is_empty() {
            rows.to_vec()
        } else {
            stale
        })
    }

    fn stale(&self, table: usize, rows: &[usize]) -> Error {
        let work = &self.work.tables[table];
        let keys: Vec<Vec<Value>> = rows
            .iter()
            .map(|row| work.updates[*row].key.clone())
            .collect();
        statements::stale(work.meta, &keys)
    }

    /// Says of an error which row it is about, if it is only one.
    fn blame(&mut self, error: Error, table: usize, slots: &[u32]) -> Error {
        let [slot] = slots else {
            return error;
        };
        self.culprit = Some((table, *slot));
        let arena = self.arenas.at(table);
        let name = arena.meta().name;
        error.with_row(match arena.key_values(*slot) {
            Some(key) => format!("{name} {}", show_key(&key)),
            None => {
                let place = arena.pending().iter().position(|pending| pending == slot);
                format!(
                    "{name} (pending, number {} of those added)",
                    place.unwrap_or_default() + 1
                )
            }
        })
    }
}

/// Whether a column is part of a unique set.
fn is_unique(meta: &ModelMeta, at: usize) -> bool {
    meta.unique_sets().iter().any(|set| set.contains(&at))
}

/// Some of the rows.
fn portion(rows: &NewRow, starts: &[usize], width: usize, chosen: &[usize]) -> NewRow {
    let mut out = NewRow::default();
    for row in chosen {
        let given = &rows.given[row * width..(row + 1) * width];
        let from = starts[*row];
        out.values
            .extend_from_slice(&rows.values[from..from + count(given)]);
        out.given.extend_from_slice(given);
    }
    out
}

/// Errors that are one row's own: to be found by trying row by row.
pub(crate) fn is_of_a_row(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UniqueViolation
            | ErrorKind::ForeignKeyViolation
            | ErrorKind::NotNullViolation
            | ErrorKind::CheckViolation
            | ErrorKind::ValueTooLong
            | ErrorKind::OutOfRange
            | ErrorKind::InvalidValue
            | ErrorKind::StaleData
    )
}
