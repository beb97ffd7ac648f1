//! Inserts one row on SQLite that need not be read back: all its values are given, except the key, which is the number of the
//! row. Such an INSERT is built once and then cached, for each set of columns that rows give.

use super::no_returning::Shape;
use super::rows::Rows;
use super::statements::rows_command;
use crate::model::meta::ModelMeta;
use crate::model::values::NewRow;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Command, Sink};
use aludel_engine::{Error, ErrorKind, Result, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::row::{Cells, DecodeError, NumberedCells};
use std::any::Any;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

/// The INSERTs of single rows of a model, by their columns: a list that only grows, and is read without a lock.
#[derive(Debug, Default)]
pub(crate) struct Singles {
    first: OnceLock<Box<Link>>,
}

#[derive(Debug)]
struct Link {
    single: Single,
    next: OnceLock<Box<Link>>,
}

/// The INSERT of a row that gives certain columns.
#[derive(Debug)]
pub(super) struct Single {
    given: Box<[bool]>,
    /// The text, and where each column of the row comes from; `None` if the row has to be read back.
    known: Option<(Text, Arc<[usize]>)>,
}

impl Singles {
    /// The INSERT for rows that give these columns, made if it is not there. `None` if there are too many already: a model
    /// with many optional columns has more sets of them than are worth a search.
    fn find(&self, given: &[bool], make: impl Fn() -> Result<Single>) -> Result<Option<&Single>> {
        const MOST: usize = 64;
        let (mut link, mut new) = (&self.first, None);
        for _ in 0..MOST {
            if link.get().is_none() {
                let made = match new.take() {
                    Some(made) => made,
                    None => Box::new(Link {
                        single: make()?,
                        next: OnceLock::new(),
                    }),
                };
                // Another thread may be quicker, with the same columns or others; then the next place is tried.
                new = link.set(made).err();
            }
            match link.get() {
                Some(known) if *known.single.given == *given => return Ok(Some(&known.single)),
                Some(known) => link = &known.next,
                None => break,
            }
        }
        Ok(None)
    }
}

impl Single {
    fn of(
        meta: &'static ModelMeta,
        given: &[bool],
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Option<&'static Single>> {
        meta.insert_cache::<Singles>().find(given, || {
            let blank = NewRow::blank(given, 1);
            let known = match Shape::of(meta, &blank) {
                None => None,
                Some(shape) => {
                    let rows = Rows::new(blank, given.len());
                    let text = rows_command(meta, rows, false, None, dialect, site)?.text;
                    Some((text, shape.sources()))
                }
            };
            Ok(Single {
                given: given.into(),
                known,
            })
        })
    }
}

/// A row that was inserted with these values, under the number that it got.
pub(crate) struct KnownRow {
    values: Vec<Value>,
    number: i64,
    sources: &'static [usize],
}

impl KnownRow {
    /// Its cells, and where each column of the row comes from.
    pub(super) fn cells(&mut self) -> (NumberedCells<'_>, &'static [usize]) {
        let cells = NumberedCells::new(&mut self.values, self.number);
        (cells, self.sources)
    }
}

/// Inserts a row, if it need not be read back; otherwise returns it.
pub(super) async fn insert_known(
    meta: &'static ModelMeta,
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Result<KnownRow, Rows>> {
    let dialect = target.database().dialect();
    if !dialect.capabilities().repeats {
        return Ok(Err(row));
    }
    let single = Single::of(meta, row.columns_of_first(), dialect, site)?;
    let Some((text, sources)) = single.and_then(|single| single.known.as_ref()) else {
        return Ok(Err(row));
    };
    let values = row.into_binds(meta, dialect)?;
    let sent = Sent {
        values,
        number: None,
        model: meta.name,
    };
    let command = Command::with_text(Text::Static(text), Vec::new(), Access::Write).repeated(1);
    let done = target.fetch(command.at(site), sent).await;
    let (sent, _) = done.map_err(|error| meta.named(error))?;
    let Some(number) = sent.number else {
        return Err(Error::new(ErrorKind::Internal, "a row without a number"));
    };
    Ok(Ok(KnownRow {
        values: sent.values,
        number,
        sources,
    }))
}

/// The values of a row that is being inserted, and the number that it got.
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
