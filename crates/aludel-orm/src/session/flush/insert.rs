//! Steps that insert.

use super::pipeline::Then;
use super::{Flush, fetch};
use crate::by_key::find_command;
use crate::insert::{
    Batch, Numbering, Rows, SentRows, Shape, batches, columns, computed_rows, draw, drawn,
    exact_columns, fit, insert_unseen, keeps, keyed, lock, repeated, sequence, touch,
};
use crate::model::slot::By;
use crate::model::values::NewRow;
use crate::session::flush_plan::Plan;
use crate::session::unit_of_work::Place;
use aludel_engine::spi::command::{Collect, Command, Discard, Sink};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::dialect::NewKeys;
use aludel_sql::dialect::bulk::{DrawnKeys, ReturnedKeys, StoredColumn};
use aludel_sql::expr::Node;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Flush<'_> {
    pub(super) async fn insert(&mut self, plan: &Plan, table: usize, rows: &[usize]) -> Result<()> {
        let put_off = |n: usize| plan.puts_off_link(table, n);
        // Links are in the order of the rows, so those of a row are found by binary search: there may be as many steps as rows.
        let known = &self.work.tables[table].links;
        let linked = if known.is_empty() { &[] } else { rows };
        let own = || {
            linked.iter().flat_map(|row| {
                let from = known.partition_point(|link| link.row < *row);
                let own = known[from..]
                    .iter()
                    .take_while(move |link| link.row == *row);
                own.enumerate().map(move |(n, link)| (from + n, link))
            })
        };
        // If a reference is set later, so is its kind.
        let late = own().filter(|(n, link)| link.kind.is_some() && put_off(*n));
        let late: Vec<usize> = late.map(|(_, link)| link.at - 1).collect();
        let links: Vec<(usize, usize, Place, By)> = own()
            .filter(|(n, _)| !put_off(*n))
            .map(|(_, link)| (link.at, link.width, link.target, link.by))
            .collect();
        self.know(links.iter().map(|link| (link.2, link.3))).await?;
        for (at, width, target, by) in links {
            let key = self.tie_of(target, by)?;
            let rows = Arc::make_mut(&mut self.work.tables[table].rows);
            rows.values[at..at + width].clone_from_slice(&key);
        }
        for at in late {
            let rows = Arc::make_mut(&mut self.work.tables[table].rows);
            rows.values[at] = Value::Null;
        }
        let work = &mut self.work.tables[table];
        let meta = work.meta;
        let slots: Vec<u32> = rows.iter().map(|row| work.inserts[*row]).collect();
        let all = rows.len() == work.inserts.len() && rows.is_sorted();
        let written = if all {
            std::mem::take(&mut work.rows)
        } else {
            Arc::new(work.rows.portion(&work.starts, meta.fields.len(), rows))
        };
        self.done.report.count_inserted(meta, slots.len());
        let dialect = self.target.database().dialect();
        if !self.work.tables[table].computed.is_empty() {
            let computed = &self.work.tables[table].computed;
            let of = |(n, row): (usize, &usize)| Some((n, computed.get(row)?.clone()));
            let computed: BTreeMap<usize, Vec<(usize, Node)>> =
                rows.iter().enumerate().filter_map(of).collect();
            if !computed.is_empty() {
                let rows = Rows::new(Arc::unwrap_or_clone(written), meta.fields.len());
                return self.insert_computed(table, rows, computed, slots).await;
            }
        }
        let shape = Shape::of(meta, &written);
        let exact = match &shape {
            Some(shape) => exact_columns(meta, shape, &written, dialect),
            None => None,
        };
        if let (Some(shape), Some(given)) = (&shape, &exact)
            && let NewKeys::Drawn(keys) = dialect.bulk().new_keys()
            && let Some(keys) = self.draw(table, given, slots.len(), keys).await?
        {
            let made = drawn(meta, written, shape, given, keys, dialect, self.site);
            return self.copy(table, slots, made).await;
        }
        let is_kept = match (&exact, dialect.bulk().new_keys()) {
            (Some(given), NewKeys::Returned(keys)) => {
                self.keeps(table, given, &written, keys).await?
            }
            _ => false,
        };
        let made = match &shape {
            Some(shape) if is_kept => {
                let batches = keyed(meta, written, shape, dialect, self.site);
                batches.map(|batches| batches.into_iter().map(boxed).collect())
            }
            Some(shape) if dialect.capabilities().repeats => {
                let even = shape.are_many() && self.numbers_evenly(table, shape).await?;
                let batches = repeated(meta, written, shape, even, dialect, self.site);
                batches.map(|batches| batches.into_iter().map(boxed).collect())
            }
            _ => {
                let rows = Rows::new(Arc::unwrap_or_clone(written), meta.fields.len());
                if !dialect.capabilities().insert_returning {
                    return self.insert_unseen(table, rows, slots).await;
                }
                self.returning(table, rows)
            }
        };
        let made = made.map_err(|error| self.blame(error, table, &slots))?;
        let mut slots = &slots[..];
        for (batch, sink) in made {
            let (these, rest) = slots.split_at(batch.rows);
            slots = rest;
            let then = Then::Inserted {
                table,
                slots: these.to_vec(),
            };
            self.send_to(batch.command, sink, then).await?;
        }
        Ok(())
    }

    /// Statements that return the rows as the database has them.
    fn returning(&self, table: usize, rows: Rows) -> Result<Vec<(Batch, Box<dyn Sink>)>> {
        let arena = self.arenas.at(table);
        let dialect = self.target.database().dialect();
        let batches = batches(arena.meta(), rows, true, None, dialect, self.site)?;
        let batches = batches.into_iter();
        let sunk = |mut batch: Batch| {
            let sink = arena.placed(batch.marks.take());
            (batch, sink)
        };
        Ok(batches.map(sunk).collect())
    }

    /// Inserts rows for which the database computes something.
    async fn insert_computed(
        &mut self,
        table: usize,
        rows: Rows,
        computed: BTreeMap<usize, Vec<(usize, Node)>>,
        slots: Vec<u32>,
    ) -> Result<()> {
        let arena = self.arenas.at(table);
        let dialect = self.target.database().dialect();
        if !dialect.capabilities().insert_returning {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} can't return what it computes for a new {}; set it after the flush",
                    dialect.name(),
                    arena.meta().name
                ),
            ));
        }
        let made = computed_rows(arena.meta(), rows, computed, dialect, self.site);
        let made = made.map_err(|error| self.blame(error, table, &slots))?;
        let mut slots = &slots[..];
        for batch in made {
            let (these, rest) = slots.split_at(batch.rows);
            slots = rest;
            let then = Then::Inserted {
                table,
                slots: these.to_vec(),
            };
            let sink = arena.placed(batch.marks);
            self.send_to(batch.command, sink, then).await?;
        }
        Ok(())
    }

    /// Whether new rows will be numbered consecutively.
    async fn numbers_evenly(&mut self, table: usize, shape: &Shape) -> Result<bool> {
        self.drain().await?;
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let ask = Numbering::command(meta, dialect, self.site)?;
        let (sink, _) = self.target.fetch(ask, Collect::<Numbering>::all()).await?;
        let numbering = sink.rows.first();
        Ok(numbering.is_some_and(|numbering| numbering.is_even(shape)))
    }

    /// Draws keys for this many rows with these columns, if they can be known before the rows are sent.
    async fn draw(
        &mut self,
        table: usize,
        given: &[usize],
        rows: usize,
        way: &'static dyn DrawnKeys,
    ) -> Result<Option<Vec<i64>>> {
        self.drain().await?;
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        let question = sequence(meta, given, way, dialect, self.site)?;
        let answer = Collect::<i64>::all();
        let (answer, _) = self.target.fetch(question.clone(), answer).await?;
        let [known] = answer.rows[..] else {
            return Ok(None);
        };
        // Asked again under the lock: nobody can change the table any more.
        let statements: Vec<(Command, Box<dyn Sink>)> = vec![
            (lock(meta, way, dialect, self.site)?, Box::new(Discard)),
            (question, Box::new(Collect::<i64>::all())),
        ];
        let answers = self.target.pipeline(statements).await;
        let answers = answers.map_err(|(_, error)| error)?;
        let [_, (again, _)] = answers.try_into().map_err(|_| lost())?;
        let again = again.downcast::<Collect<i64>>().map_err(|_| lost())?;
        if again.rows != [known] {
            return Ok(None);
        }
        let keys = Collect::<i64>::with_capacity(rows);
        let drawing = draw(known, rows, way, dialect, self.site)?;
        let (keys, _) = self.target.fetch(drawing, keys).await?;
        Ok((keys.rows.len() == rows).then_some(keys.rows))
    }

    /// Whether the table stores these rows as they are sent, until the transaction ends.
    async fn keeps(
        &mut self,
        table: usize,
        given: &[usize],
        rows: &NewRow,
        keys: &'static dyn ReturnedKeys,
    ) -> Result<bool> {
        self.drain().await?;
        let meta = self.work.tables[table].meta;
        let dialect = self.target.database().dialect();
        self.target
            .execute(touch(meta, keys, dialect, self.site)?)
            .await?;
        let question = keeps(meta, keys, dialect, self.site)?;
        let (answer, _) = self.target.fetch(question, Collect::<bool>::all()).await?;
        if answer.rows != [true] {
            return Ok(false);
        }
        let question = columns(meta, keys, dialect, self.site)?;
        let shown = Collect::<StoredColumn>::all();
        let (shown, _) = self.target.fetch(question, shown).await?;
        Ok(fit(meta, given, rows, keys, &shown.rows))
    }

    /// Inserts rows that have keys, by COPY.
    async fn copy(
        &mut self,
        table: usize,
        slots: Vec<u32>,
        made: Result<(Batch, SentRows)>,
    ) -> Result<()> {
        let copied = match made {
            Ok((batch, kept)) => self.target.fetch(batch.command, kept).await,
            Err(error) => Err(error),
        };
        let (kept, outcome) = copied.map_err(|error| self.blame(error, table, &slots))?;
        if outcome.affected != kept.len() as u64 {
            return Err(self.took(table, outcome.affected as usize, kept.len()));
        }
        self.inserted(table, slots, Box::new(kept))
    }

    fn took(&self, table: usize, took: usize, of: usize) -> Error {
        let table = self.work.tables[table].meta.name;
        let error = format!("the table of {table} took {took} of {of} rows");
        Error::new(ErrorKind::Internal, error)
    }

    /// Inserts rows one by one and reads each again, on databases without RETURNING.
    async fn insert_unseen(&mut self, table: usize, rows: Rows, slots: Vec<u32>) -> Result<()> {
        self.drain().await?;
        let mut rows = rows.into_front();
        let meta = self.work.tables[table].meta;
        for slot in slots {
            let row = rows.take(1);
            let key = insert_unseen(meta, row, self.target, self.site).await;
            let key = key.map_err(|error| self.blame(error, table, &[slot]))?;
            let found = find_command(meta, key, self.target, self.site)?;
            let sink = fetch(self.target, found, self.arenas.at(table).sink()).await?;
            self.inserted(table, vec![slot], sink)?;
        }
        Ok(())
    }

    /// Keeps rows that were inserted, and their keys for the rows that refer to them.
    pub(super) fn inserted(
        &mut self,
        table: usize,
        slots: Vec<u32>,
        sink: Box<dyn Any + Send>,
    ) -> Result<()> {
        let came = self.arenas.at(table).count(&*sink);
        if came != slots.len() {
            return Err(self.took(table, came, slots.len()));
        }
        if self.linked.contains(&table) {
            let keys = self.arenas.at(table).keys(&*sink);
            let places = slots.iter().map(|slot| (table, *slot));
            self.keys.extend(places.zip(keys));
        }
        if self.alternates.contains(&table) {
            let rows = self.arenas.at(table).values(&*sink)?;
            let places = slots.iter().map(|slot| (table, *slot));
            self.rows.extend(places.zip(rows));
        }
        self.done.inserted.push((table, slots, sink));
        Ok(())
    }
}

fn lost() -> Error {
    Error::new(ErrorKind::Internal, "answers of a pipeline that were lost")
}

fn boxed((batch, kept): (Batch, SentRows)) -> (Batch, Box<dyn Sink>) {
    (batch, Box::new(kept))
}
