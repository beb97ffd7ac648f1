//! Inserting rows that need not be read back: all their values are given, but for the key, which is the number of the row
//! (SQLite). One INSERT is prepared and run for each row, at half the price of RETURNING.

use super::command::rows_command;
use super::many::Batch;
use super::rows::Rows;
use crate::meta::ModelMeta;
use crate::model::Model;
use aludel_engine::Result;
use aludel_engine::command::{Access, Collect, Command, Sink};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::row::{Cells, DecodeError, NumberedCells, Row};
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

/// The INSERT of one row, to be run for each of some of these; and the rows, a portion for each statement.
pub(crate) fn repeated(
    meta: &'static ModelMeta,
    rows: Rows,
    most: usize,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<(Batch, Vec<Value>)>> {
    rows.check_required(meta)?;
    let mut batches = Vec::with_capacity(rows.len() / most + 1);
    let one = rows.one_like_these();
    let text = rows_command(meta, one, false, None, dialect, site)?.text;
    for chunk in rows.into_chunks(most) {
        let batch = Batch {
            rows: chunk.len(),
            command: Command::with_text(text.clone(), Vec::new(), Access::Write)
                .at(site)
                .repeated(chunk.len()),
        };
        batches.push((batch, chunk.into_binds(dialect)?));
    }
    Ok(batches)
}

/// Rows on their way into the database, and out of it without being read.
pub(crate) struct Keeping<M> {
    sources: Sources,
    width: usize,
    values: Vec<Value>,
    rows: Collect<M>,
}

impl<M: Model> Keeping<M> {
    /// The values of so many rows.
    pub(crate) fn new(sources: Sources, values: Vec<Value>, rows: usize) -> Keeping<M> {
        Keeping {
            sources,
            width: values.len() / rows.max(1),
            values,
            rows: Collect::with_capacity(rows),
        }
    }
}

impl<M: Model> Sink for Keeping<M> {
    fn row(&mut self, _: &mut dyn Cells) -> Result<bool, DecodeError> {
        Ok(true)
    }
    fn binds(&self, run: usize) -> Option<&[Value]> {
        self.values.get(run * self.width..(run + 1) * self.width)
    }
    fn inserted(&mut self, run: usize, key: i64) -> Result<(), DecodeError> {
        let values = &mut self.values[run * self.width..(run + 1) * self.width];
        let mut cells = NumberedCells::new(values, key);
        let mut row = Row::reordered(&mut cells, &self.sources);
        self.rows.rows.push(M::from_row(&mut row)?);
        Ok(())
    }
    fn restart(&mut self) -> bool {
        // Values of rows that were inserted have been given away.
        self.rows.rows.is_empty()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        Box::new(self.rows)
    }
}
