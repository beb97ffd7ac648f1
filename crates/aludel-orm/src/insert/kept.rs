//! Inserting rows that need not be read back: all their values are given, but for the key, which is the number of the row
//! (SQLite). One INSERT is prepared and run for each row, at half the price of RETURNING; or, where nothing can come between
//! the numbers of the rows of one statement, for some rows at a time.

use super::command::rows_command;
use super::many::Batch;
use super::rows::Rows;
use crate::meta::ModelMeta;
use crate::model::Model;
use aludel_engine::command::{Access, Command, Sink};
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::render::Writer;
use aludel_sql::row::{Cells, DecodeError, FromRow, NumberedCells, Row};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::panic::Location;

/// Where each column of a row comes from: a bind, the number of the row, or nowhere.
pub(crate) type Sources = Vec<usize>;

/// The sources of the columns of these rows, if they need not be read back.
pub(crate) fn kept(
    meta: &ModelMeta,
    rows: &Rows,
    dialect: &'static dyn Dialect,
) -> Option<Sources> {
    let [key] = meta.key[..] else { return None };
    let numbered = meta.fields[key].identity.is_some();
    if !dialect.capabilities().repeats || !numbered || !rows.are_alike() || rows.len() == 0 {
        return None;
    }
    let binds = rows.first_width();
    let (mut next, mut sources) = (0, Vec::with_capacity(meta.fields.len()));
    for (at, field) in meta.fields.iter().enumerate() {
        // What a type in the database's own words makes of a value, only the database knows.
        let plain = field.generated.is_none() && !matches!(field.sql_type, SqlType::Custom(_));
        sources.push(match rows.first(at) {
            Some(_) if plain && at != key => {
                next += 1;
                next - 1
            }
            None if at == key => binds,
            None if plain && field.nullable && field.default.is_none() => binds + 1,
            _ => return None,
        });
    }
    (next > 0).then_some(sources)
}

/// Rows of one statement, whatever the number of its runs. It pauses now and then, so that others have their turn.
const MOST_ROWS: usize = 10_000;

/// Rows of one run, where their numbers follow each other: more make it no faster.
const ROWS_OF_A_RUN: usize = 32;

/// Whether the rows are worth asking the table how it [numbers](Numbering) them.
pub(crate) fn are_many(rows: &Rows) -> bool {
    rows.len() >= 2 * ROWS_OF_A_RUN
}

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
    /// The question. A transaction that writes must have begun: what is answered is then true until its end.
    pub(crate) fn command(
        meta: &'static ModelMeta,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let mut w = Writer::new(dialect);
        w.push("SELECT max(");
        w.identifier(&meta.fields[meta.key[0]].column);
        w.push("), EXISTS (SELECT 1 FROM ");
        if let Some(schema) = &meta.table.schema {
            w.identifier(schema);
            w.push(".");
        }
        let name = &meta.table.name;
        for tables in ["sqlite_schema", "sqlite_temp_schema"] {
            if tables == "sqlite_temp_schema" {
                w.push(" UNION ALL SELECT 1 FROM ");
            }
            w.push(tables);
            w.push(" WHERE type = 'trigger' AND lower(tbl_name) = lower(");
            w.bind(Value::Text(name.to_string()));
            w.push(")");
        }
        w.push(") FROM ");
        w.table(&meta.table)?;
        Ok(Command::new(w.finish()?, Access::Read).at(site))
    }

    /// Whether so many new rows get numbers one after another: no trigger adds or removes rows in between, and the
    /// numbers do not come to their end, after which SQLite draws them by lot.
    pub(crate) fn is_even(&self, rows: usize) -> bool {
        let last = self.last.unwrap_or(0);
        !self.triggers && last.checked_add(2 * rows as i64).is_some()
    }
}

/// INSERTs of these rows, each with the values of its rows: one text, run again and again. Where the numbers of rows are
/// `even`, a run inserts several.
pub(crate) fn repeated(
    meta: &'static ModelMeta,
    mut rows: Rows,
    sources: &Sources,
    even: bool,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<(Batch, Kept)>> {
    rows.check_required(meta)?;
    let together = ROWS_OF_A_RUN.min(dialect.capabilities().max_binds / rows.first_width());
    let mut batches = Vec::new();
    let wide = if even { rows.len() / together } else { 0 } * together;
    for (part, each) in [(wide, together), (rows.len() - wide, 1)] {
        if part == 0 {
            continue;
        }
        let part = rows.split_off_front(part);
        let run = part.like_these(each);
        let text = rows_command(meta, run, false, None, dialect, site)?.text;
        for chunk in part.into_chunks(MOST_ROWS / each * each) {
            let rows = chunk.len();
            let command = Command::with_text(text.clone(), Vec::new(), Access::Write)
                .at(site)
                .repeated(rows / each);
            let values = chunk.into_binds(dialect)?;
            let kept = Kept {
                model: meta.name,
                sources: sources.clone(),
                width: values.len() / rows,
                each,
                values,
                numbers: Vec::with_capacity(rows),
            };
            batches.push((Batch { command, rows }, kept));
        }
    }
    Ok(batches)
}

/// Values of rows on their way into the database, and the numbers that they got there.
pub(crate) struct Kept {
    model: &'static str,
    sources: Sources,
    /// Values of a row.
    width: usize,
    /// Rows of a run.
    each: usize,
    values: Vec<Value>,
    numbers: Vec<i64>,
}

impl Kept {
    /// How many rows were inserted.
    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    /// A row of the model. Its values are given away.
    pub(crate) fn take<M: Model>(&mut self, row: usize) -> Result<M> {
        let values = &mut self.values[row * self.width..(row + 1) * self.width];
        read(values, self.numbers[row], &self.sources)
    }

    /// A copy of a row of the model.
    pub(crate) fn copy<M: Model>(&self, row: usize) -> Result<M> {
        let mut values = self.values[row * self.width..(row + 1) * self.width].to_vec();
        read(&mut values, self.numbers[row], &self.sources)
    }

    /// The row's number.
    pub(crate) fn number(&self, row: usize) -> i64 {
        self.numbers[row]
    }

    /// Leaves a row out.
    pub(crate) fn forget(&mut self, row: usize) {
        self.values.drain(row * self.width..(row + 1) * self.width);
        self.numbers.remove(row);
    }
}

fn read<M: Model>(values: &mut [Value], number: i64, sources: &Sources) -> Result<M> {
    let mut cells = NumberedCells::new(values, number);
    let row = M::from_row(&mut Row::reordered(&mut cells, sources));
    row.map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
}

impl Sink for Kept {
    fn row(&mut self, _: &mut dyn Cells) -> Result<bool, DecodeError> {
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
        self.numbers.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
