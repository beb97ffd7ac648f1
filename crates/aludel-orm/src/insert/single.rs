//! One new row on SQLite that need not be read back: all its values are given, but for the key, which is the number of the
//! row. What can be known of such an INSERT is known after the first, for each set of columns that rows give.

use super::command::rows_command;
use super::kept::Shape;
use super::rows::Rows;
use crate::meta::ModelMeta;
use crate::model::Model;
use crate::private::NewRow;
use aludel_engine::command::{Access, Command, Sink};
use aludel_engine::{Error, ErrorKind, Result, Target, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::row::{Cells, DecodeError, NumberedCells, Row};
use std::any::Any;
use std::panic::Location;
use std::sync::{Arc, PoisonError, RwLock};

/// The INSERTs of single rows of a model, each for its columns.
#[derive(Debug, Default)]
pub(crate) struct Singles(RwLock<Vec<Arc<Single>>>);

/// The INSERT of a row that gives certain columns.
#[derive(Debug)]
pub(super) struct Single {
    given: Box<[bool]>,
    /// The text, and where each column of the row comes from; nothing where the row has to be read back.
    known: Option<(Text, Arc<[usize]>)>,
}

impl Singles {
    /// The INSERT for rows that give these columns.
    fn find(&self, given: &[bool]) -> Option<Arc<Single>> {
        let singles = self.0.read().unwrap_or_else(PoisonError::into_inner);
        singles
            .iter()
            .find(|single| *single.given == *given)
            .cloned()
    }

    fn keep(&self, single: Single) -> Arc<Single> {
        /// A model with many optional columns has more sets of them than are worth a search.
        const MOST: usize = 64;
        let single = Arc::new(single);
        let mut singles = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if singles.len() < MOST {
            singles.push(Arc::clone(&single));
        }
        single
    }
}

impl Single {
    fn of(
        meta: &'static ModelMeta,
        given: &[bool],
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Arc<Single>> {
        if let Some(single) = meta.singles().find(given) {
            return Ok(single);
        }
        let blank = NewRow::blank(given, 1);
        let known = match Shape::of(meta, &blank) {
            None => None,
            Some(shape) => {
                let rows = Rows::new(blank, given.len());
                let text = rows_command(meta, rows, false, None, dialect, site)?.text;
                Some((text, shape.sources()))
            }
        };
        Ok(meta.singles().keep(Single {
            given: given.into(),
            known,
        }))
    }
}

/// Inserts a row, if it need not be read back; gives it back otherwise.
pub(super) async fn insert_known<M: Model>(
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Result<M, Rows>> {
    let (meta, dialect) = (M::meta(), target.database().dialect());
    if !dialect.capabilities().repeats {
        return Ok(Err(row));
    }
    let single = Single::of(meta, row.columns_of_first(), dialect, site)?;
    let Some((text, sources)) = &single.known else {
        return Ok(Err(row));
    };
    let values = row.into_binds(dialect)?;
    let sent = Sent {
        values,
        number: None,
        model: meta.name,
    };
    let command = Command::with_text(text.clone(), Vec::new(), Access::Write).repeated(1);
    let (mut sent, _) = target.fetch(command.at(site), sent).await?;
    let Some(number) = sent.number else {
        return Err(Error::new(ErrorKind::Internal, "a row without a number"));
    };
    let mut cells = NumberedCells::new(&mut sent.values, number);
    let row = M::from_row(&mut Row::reordered(&mut cells, sources));
    row.map(Ok)
        .map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
}

/// The values of a row on its way, and the number that it got.
struct Sent {
    values: Vec<Value>,
    number: Option<i64>,
    model: &'static str,
}

impl Sink for Sent {
    fn row(&mut self, _: &mut dyn Cells) -> Result<bool, DecodeError> {
        Ok(true)
    }
    fn binds(&self, _: usize) -> Option<&[Value]> {
        Some(&self.values)
    }
    fn inserted(&mut self, _: usize, rows: u64, last: i64) -> Result<(), DecodeError> {
        if rows != 1 {
            return Err(DecodeError {
                position: 0,
                wanted: self.model,
                found: "another row than the one that was inserted".into(),
            });
        }
        self.number = Some(last);
        Ok(())
    }
    fn restart(&mut self) -> bool {
        self.number = None;
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
