//! Results of statements: rows that were read, or values that were [kept](Kept) and got their numbers.

use crate::insert::Kept;
use crate::model::Model;
use aludel_engine::command::Collect;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::{FromRow, Row, ValueCells};
use aludel_sql::types::PrimaryKey;
use std::any::Any;
use std::vec::IntoIter;

/// Rows, built on demand.
pub(super) enum Rows<'s, M> {
    Read(IntoIter<M>),
    Kept(Kept, Option<&'s mut [Value]>, usize),
}

impl<M: Model> Iterator for Rows<'_, M> {
    type Item = Result<M>;
    #[inline]
    fn next(&mut self) -> Option<Result<M>> {
        match self {
            Rows::Read(rows) => rows.next().map(Ok),
            Rows::Kept(kept, lent, next) => {
                *next += 1;
                let lent = lent.as_deref_mut();
                (*next <= kept.len()).then(|| kept.take(*next - 1, lent))
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Rows::Read(rows) => rows.size_hint(),
            Rows::Kept(kept, _, next) => (kept.len() - next, Some(kept.len() - next)),
        }
    }
}

/// The rows of a sink, some of whose values were lent to it.
pub(super) fn rows<M: Model>(
    sink: Box<dyn Any + Send>,
    lent: Option<&mut [Value]>,
) -> Result<Rows<'_, M>> {
    let sink = match sink.downcast::<Collect<M>>() {
        Ok(sink) => return Ok(Rows::Read(sink.rows.into_iter())),
        Err(other) => other,
    };
    match sink.downcast::<Kept>() {
        Ok(kept) => Ok(Rows::Kept(*kept, lent, 0)),
        Err(_) => Err(Error::new(ErrorKind::Internal, "rows of another model")),
    }
}

/// How many rows a sink took.
pub(super) fn count<M: Model>(sink: &dyn Any) -> usize {
    let read = sink.downcast_ref::<Collect<M>>();
    let kept = sink.downcast_ref::<Kept>();
    read.map_or_else(|| kept.map_or(0, Kept::len), |sink| sink.rows.len())
}

/// Whether a sink's rows are stored as they were sent.
pub(super) fn stay(sink: &dyn Any) -> bool {
    sink.is::<Kept>()
}

/// Calls a function for each row of a sink.
pub(super) fn each<M: Model>(sink: &dyn Any, mut look: impl FnMut(&M) -> Result<()>) -> Result<()> {
    if let Some(sink) = sink.downcast_ref::<Collect<M>>() {
        sink.rows.iter().try_for_each(&mut look)?;
    }
    if let Some(kept) = sink.downcast_ref::<Kept>() {
        (0..kept.len()).try_for_each(|row| look(&kept.copy(row)?))?;
    }
    Ok(())
}

/// The primary keys of a sink's rows.
pub(super) fn keys<M: Model>(sink: &dyn Any) -> Vec<Vec<Value>> {
    if let Some(kept) = sink.downcast_ref::<Kept>() {
        let key = |row| {
            let number = [Value::I64(kept.number(row))];
            let key = M::Key::from_row(&mut Row::new(&mut ValueCells(&number)));
            key.map_or_else(|_| number.to_vec(), PrimaryKey::into_values)
        };
        return (0..kept.len()).map(key).collect();
    }
    let rows = sink.downcast_ref::<Collect<M>>().map(|sink| &sink.rows);
    let keys = rows.into_iter().flatten();
    keys.map(|row| row.key().into_values()).collect()
}

/// The values of a sink's rows.
pub(super) fn values<M: Model>(sink: &dyn Any) -> Result<Vec<Vec<Value>>> {
    let mut all = Vec::new();
    each::<M>(sink, |row| {
        all.push(row.to_values());
        Ok(())
    })?;
    Ok(all)
}

/// Keeps only those rows of a sink for which `kept` is true.
pub(super) fn keep<M: Model>(sink: &mut dyn Any, kept: &[bool]) {
    if let Some(sink) = sink.downcast_mut::<Collect<M>>() {
        let mut kept = kept.iter();
        sink.rows.retain(|_| kept.next() == Some(&true));
    } else if let Some(rows) = sink.downcast_mut::<Kept>() {
        rows.keep(kept);
    }
}
