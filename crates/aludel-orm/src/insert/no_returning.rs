//! Inserts rows that need not be read back: all their values are given, except the key. On SQLite the key is the number of the
//! row (on PostgreSQL it is [drawn](super::drawn), on MariaDB [returned](super::exact)). One prepared INSERT is run for each
//! row, at half the price of RETURNING; or for several rows at a time, if the rows of one statement are sure to get consecutive
//! numbers.

use super::batches::Batch;
use super::rows::{Rows, check_binds};
use super::statements::rows_command;
use crate::model::meta::ModelMeta;
use crate::model::values::{NewRow, are_alike, count};
use crate::read::unreadable;
use aludel_engine::spi::command::{Access, Command, Sink};
use aludel_engine::spi::gather::RowList;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::render::Writer;
use aludel_sql::row::{Cells, DecodeError, FromRow, NumberedCells, Row};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

/// Rows that need not be read back.
pub(crate) struct Shape {
    /// Where each column of a row comes from: a bind, the number of the row, or nowhere.
    sources: Arc<[usize]>,
    /// Binds per row.
    width: usize,
    rows: usize,
}

impl Shape {
    /// The shape of these rows, if they need not be read back.
    pub(crate) fn of(meta: &ModelMeta, rows: &NewRow) -> Option<Shape> {
        let [key] = meta.key[..] else { return None };
        let numbered = meta.fields[key].identity.is_some();
        if !numbered || rows.given.is_empty() {
            return None;
        }
        let first = &rows.given[..meta.fields.len()];
        if !are_alike(&rows.given, first.len()) {
            return None;
        }
        let width = count(first);
        let (mut next, mut sources) = (0, Vec::with_capacity(first.len()));
        for (at, (field, given)) in meta.fields.iter().zip(first).enumerate() {
            // Only the database knows what a custom type makes of a value.
            let plain = field.generated.is_none() && !matches!(field.sql_type, SqlType::Custom(_));
            sources.push(match given {
                true if plain && at != key => {
                    next += 1;
                    next - 1
                }
                false if at == key => width,
                false if plain && field.nullable && field.default.is_none() => width + 1,
                _ => return None,
            });
        }
        (next > 0).then(|| Shape {
            sources: sources.into(),
            width,
            rows: rows.given.len() / first.len(),
        })
    }

    /// Where each column of a row comes from.
    pub(super) fn sources(&self) -> Arc<[usize]> {
        Arc::clone(&self.sources)
    }

    /// The columns that are given.
    pub(super) fn given(&self) -> Vec<usize> {
        let sources = self.sources.iter().enumerate();
        let given = sources.filter(|(_, source)| **source < self.width);
        given.map(|(at, _)| at).collect()
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Binds per row.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Whether there are enough rows to query how the table [numbers](Numbering) them.
    pub(crate) fn are_many(&self) -> bool {
        self.rows >= 2 * ROWS_OF_A_RUN
    }
}

/// Maximum rows in one statement, over all its runs. It pauses now and then, so that others have their turn.
const MOST_ROWS: usize = 10_000;

/// Rows in one run, where their numbers are consecutive: more are no faster.
const ROWS_OF_A_RUN: usize = 32;

/// How a table numbers its rows.
pub(crate) struct Numbering {
    last: Option<i64>,
    triggers: bool,
}

impl FromRow for Numbering {
    const WIDTH: usize = 2;

    fn from_row(row: &mut Row<'_>) -> Result<Numbering, DecodeError> {
        Ok(Numbering {
            last: row.nullable()?,
            triggers: row.scalar()?,
        })
    }
}

impl Numbering {
    /// The query. A write transaction must have begun: the result then holds until its end.
    pub(crate) fn command(
        meta: &'static ModelMeta,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let mut w = Writer::new(dialect);
        let key = &meta.fields[meta.key[0]].column;
        dialect.bulk().numbering(&mut w, &meta.table, key)?;
        Ok(Command::new(w.finish()?, Access::Read).at(site))
    }

    /// Whether these new rows get consecutive numbers: no trigger adds or removes rows in between, and the numbers do not
    /// run out, after which SQLite picks them at random.
    pub(crate) fn is_even(&self, shape: &Shape) -> bool {
        let last = self.last.unwrap_or(0);
        !self.triggers && last.checked_add(2 * shape.rows as i64).is_some()
    }
}

/// INSERTs of these rows, each with the values of its rows: one text, run again and again. If the numbers of rows are
/// consecutive (`even`), a run inserts several.
pub(crate) fn repeated(
    meta: &'static ModelMeta,
    rows: Arc<NewRow>,
    shape: &Shape,
    even: bool,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<(Batch, SentRows)>> {
    check_binds(meta, &rows.given, &rows.values, dialect)?;
    let together = ROWS_OF_A_RUN.min(dialect.capabilities().max_binds / shape.width);
    let wide = if even { shape.rows / together } else { 0 } * together;
    let first = rows.given[..meta.fields.len()].to_vec();
    let mut parts = Parts::of(meta, rows, shape);
    let mut batches = Vec::new();
    // From the end, so that what is split off is the smaller part.
    for (mut part, each) in [(wide..shape.rows, 1), (0..wide, together)] {
        if part.is_empty() {
            continue;
        }
        let run = Rows::new(NewRow::blank(&first, each), first.len());
        let text = rows_command(meta, run, false, None, dialect, site)?.text;
        while !part.is_empty() {
            let most = MOST_ROWS / each * each;
            let start = part.end - ((part.len() - 1) % most + 1);
            let count = part.end - start;
            part.end = start;
            let command = Command::with_text(text.clone(), Vec::new(), Access::Write)
                .at(site)
                .repeated(count / each);
            let batch = Batch::new(command, count);
            let mut kept = parts.split_off(start, count);
            kept.each = each;
            batches.push((batch, kept));
        }
    }
    batches.reverse();
    Ok(batches)
}

/// Rows that are sent in parts, cut off from their end.
pub(super) struct Parts {
    model: &'static str,
    sources: Arc<[usize]>,
    width: usize,
    /// The values, if they are not shared.
    own: Option<Vec<Value>>,
    rows: Arc<NewRow>,
}

impl Parts {
    pub(super) fn of(meta: &'static ModelMeta, mut rows: Arc<NewRow>, shape: &Shape) -> Parts {
        let own = Arc::get_mut(&mut rows).map(|rows| std::mem::take(&mut rows.values));
        Parts {
            model: meta.name,
            sources: Arc::clone(&shape.sources),
            width: shape.width,
            own,
            rows,
        }
    }

    /// The rows from this one on, all of one run.
    pub(super) fn split_off(&mut self, start: usize, count: usize) -> SentRows {
        let start = start * self.width;
        SentRows {
            model: self.model,
            sources: Arc::clone(&self.sources),
            width: self.width,
            each: count,
            values: match &mut self.own {
                Some(own) => RowValues::Own(own.split_off(start)),
                None => RowValues::Shared(Arc::clone(&self.rows), start),
            },
            numbers: Vec::with_capacity(count),
            is_drawn: false,
        }
    }
}

/// The values of rows, one after another.
enum RowValues {
    Own(Vec<Value>),
    /// Shared with others, and where these begin.
    Shared(Arc<NewRow>, usize),
    /// They were shared, and now only the others have them.
    LetGo(usize),
}

impl RowValues {
    fn get(&self, values: Range<usize>) -> Option<&[Value]> {
        match self {
            RowValues::Own(own) => own.get(values),
            RowValues::Shared(rows, start) => {
                rows.values.get(start + values.start..start + values.end)
            }
            RowValues::LetGo(_) => None,
        }
    }
}

/// Values of rows that are being inserted, and the numbers that they got.
pub(crate) struct SentRows {
    model: &'static str,
    sources: Arc<[usize]>,
    /// Values per row.
    width: usize,
    /// Rows in a run.
    each: usize,
    values: RowValues,
    numbers: Vec<i64>,
    /// Whether the numbers were known before the rows were sent.
    is_drawn: bool,
}

impl SentRows {
    /// Rows that have these keys, all of one run.
    pub(super) fn drawn(
        meta: &'static ModelMeta,
        rows: Arc<NewRow>,
        shape: &Shape,
        keys: Vec<i64>,
    ) -> SentRows {
        SentRows {
            numbers: keys,
            is_drawn: true,
            ..Parts::of(meta, rows, shape).split_off(0, shape.rows)
        }
    }

    /// How many rows were inserted.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// Gives up values that are shared; they will be lent.
    pub(crate) fn let_go(&mut self, of: &Arc<NewRow>) {
        if let RowValues::Shared(rows, start) = &self.values
            && Arc::ptr_eq(rows, of)
        {
            self.values = RowValues::LetGo(*start);
        }
    }

    /// Reads a row into a list: out of its own values, or out of the lent ones if its own were given up.
    pub(crate) fn move_to(
        &mut self,
        row: usize,
        lent: Option<&mut [Value]>,
        list: &mut dyn RowList,
    ) -> Result<()> {
        let (from, to) = (row * self.width, (row + 1) * self.width);
        let values = match (&mut self.values, lent) {
            (RowValues::Own(own), _) => &mut own[from..to],
            (RowValues::LetGo(start), Some(lent)) => &mut lent[*start + from..*start + to],
            _ => return self.copy_to(row, list),
        };
        read(values, self.numbers[row], &self.sources, list)
    }

    /// Reads a copy of a row into a list.
    pub(crate) fn copy_to(&self, row: usize, list: &mut dyn RowList) -> Result<()> {
        let values = self.values.get(row * self.width..(row + 1) * self.width);
        let Some(values) = values else {
            return Err(Error::new(ErrorKind::Internal, "values that were let go"));
        };
        read(&mut values.to_vec(), self.numbers[row], &self.sources, list)
    }

    /// The row's number.
    pub(crate) fn number(&self, row: usize) -> i64 {
        self.numbers[row]
    }

    /// Keeps only the rows that `kept` marks.
    pub(crate) fn keep(&mut self, kept: &[bool]) {
        let all = 0..self.numbers.len() * self.width;
        let mut own = match &mut self.values {
            RowValues::Own(own) => std::mem::take(own),
            shared => shared.get(all).unwrap_or_default().to_vec(),
        };
        let (width, mut at) = (self.width, 0);
        own.retain(|_| {
            at += 1;
            kept.get((at - 1) / width) == Some(&true)
        });
        self.values = RowValues::Own(own);
        let mut kept = kept.iter();
        self.numbers.retain(|_| kept.next() == Some(&true));
    }
}

fn read(
    values: &mut [Value],
    number: i64,
    sources: &[usize],
    list: &mut dyn RowList,
) -> Result<()> {
    let mut cells = NumberedCells::new(values, number);
    let read = list.read(&mut Row::reordered(&mut cells, sources));
    read.map_err(unreadable)
}

impl Sink for SentRows {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.numbers.push(Row::new(cells).scalar()?);
        Ok(true)
    }
    fn binds(&self, run: usize) -> Option<&[Value]> {
        let width = self.width * self.each;
        self.values.get(run * width..(run + 1) * width)
    }
    fn inserted(&mut self, _: usize, rows: u64, last: i64) -> Result<(), DecodeError> {
        let before = last.wrapping_sub(self.each as i64);
        let known = self.numbers.last();
        let follows = self.each == 1 || known.is_none_or(|known| *known == before);
        if rows != self.each as u64 || !follows {
            return Err(DecodeError {
                position: 0,
                wanted: self.model,
                found: format!("another row than the {} that were inserted", self.each),
            });
        }
        self.numbers.extend(before + 1..=last);
        Ok(())
    }
    fn restart(&mut self) -> bool {
        if !self.is_drawn {
            self.numbers.clear();
        }
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
