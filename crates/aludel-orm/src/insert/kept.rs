//! Inserting rows that need not be read back: all their values are given, but for the key, which is the number of the row
//! (SQLite). One INSERT is prepared and run for each row, at half the price of RETURNING.

use super::command::rows_command;
use super::many::Batch;
use super::rows::Rows;
use crate::meta::ModelMeta;
use crate::model::Model;
use aludel_engine::Result;
use aludel_engine::command::{Collect, Sink};
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

/// The INSERT of one row, to be run for each of these.
pub(crate) fn repeated(
    meta: &'static ModelMeta,
    rows: Rows,
    most: usize,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    rows.check_required(meta)?;
    let mut batches = Vec::with_capacity(rows.len() / most + 1);
    for chunk in rows.into_chunks(most) {
        let count = chunk.len();
        let (one, binds) = chunk.first_and_binds(dialect)?;
        let mut command = rows_command(meta, one, false, None, dialect, site)?;
        command.binds = binds;
        batches.push(Batch {
            command: command.repeated(count),
            rows: count,
        });
    }
    Ok(batches)
}

/// Makes rows of what was inserted.
pub(crate) struct Keeping<M> {
    sources: Sources,
    rows: Collect<M>,
}

impl<M: Model> Keeping<M> {
    pub(crate) fn new(sources: Sources) -> Keeping<M> {
        Keeping {
            sources,
            rows: Collect::all(),
        }
    }
}

impl<M: Model> Sink for Keeping<M> {
    fn row(&mut self, _: &mut dyn Cells) -> Result<bool, DecodeError> {
        Ok(true)
    }
    fn inserted(&mut self, key: i64, binds: &[Value]) -> Result<(), DecodeError> {
        let mut cells = NumberedCells::new(binds, key);
        let mut row = Row::reordered(&mut cells, &self.sources);
        self.rows.rows.push(M::from_row(&mut row)?);
        Ok(())
    }
    fn restart(&mut self) -> bool {
        self.rows.restart()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        Box::new(self.rows)
    }
}
