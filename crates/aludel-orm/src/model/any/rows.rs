//! [`AnyRows`]: rows of any model that are read from a statement; and the sinks that read them.

use super::{AnyModel, AnyRow};
use crate::model::Model;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::{Gathered, Reading, RowList};
use aludel_sql::row::{DecodeError, Row};
use std::any::Any;

/// Rows of any model, each in a box.
pub(crate) struct AnyRows {
    model: &'static AnyModel,
    pub(crate) rows: Vec<Box<dyn AnyRow>>,
}

impl AnyRows {
    pub(crate) fn new(model: &'static AnyModel) -> AnyRows {
        AnyRows {
            model,
            rows: Vec::new(),
        }
    }
}

impl RowList for AnyRows {
    fn read(&mut self, row: &mut Row<'_>) -> Result<(), DecodeError> {
        self.rows.push((self.model.row)(row)?);
        Ok(())
    }
    fn first(&self) -> Option<&dyn Any> {
        let row: &dyn Any = &**self.rows.first()?;
        Some(row)
    }
    fn lend(&mut self) -> Box<dyn RowList> {
        let rows = std::mem::take(&mut self.rows);
        Box::new(AnyRows {
            model: self.model,
            rows,
        })
    }
    fn take_back(&mut self, lent: Box<dyn RowList>) {
        let mut lent: Box<dyn Any> = lent;
        if let Some(lent) = lent.downcast_mut::<AnyRows>() {
            self.rows = std::mem::take(&mut lent.rows);
        }
    }
}

/// How the rows of a list change places.
pub(crate) struct Swaps {
    swap: fn(&mut dyn Any, usize, usize),
    truncate: fn(&mut dyn Any, usize),
}

impl Swaps {
    /// Those of [`AnyRows`].
    pub(crate) const ANY: &'static Swaps = &Swaps {
        swap: |rows, a, b| {
            if let Some(rows) = rows.downcast_mut::<AnyRows>() {
                rows.rows.swap(a, b);
            }
        },
        truncate: |rows, left| {
            if let Some(rows) = rows.downcast_mut::<AnyRows>() {
                rows.rows.truncate(left);
            }
        },
    };

    /// Those of a `Vec` of a model's rows.
    pub(crate) const fn of<M: Model>() -> &'static Swaps {
        &Swaps {
            swap: |rows, a, b| {
                if let Some(rows) = rows.downcast_mut::<Vec<M>>() {
                    rows.swap(a, b);
                }
            },
            truncate: |rows, left| {
                if let Some(rows) = rows.downcast_mut::<Vec<M>>() {
                    rows.truncate(left);
                }
            },
        }
    }

    /// Exchanges two rows.
    pub(crate) fn swap(&self, rows: &mut dyn RowList, a: usize, b: usize) {
        (self.swap)(rows, a, b);
    }

    /// Keeps only those rows for which `kept` is true.
    pub(crate) fn retain(&self, gathered: &mut Gathered, kept: &[bool]) {
        let mut left = 0;
        for at in 0..gathered.len() {
            if kept.get(at) == Some(&true) {
                self.swap(&mut *gathered.rows, left, at);
                left += 1;
            }
        }
        let rows: &mut dyn RowList = &mut *gathered.rows;
        (self.truncate)(rows, left);
        gathered.keep(left);
    }
}

/// A sink that reads one row from a statement.
pub(crate) fn row_sink(rows: Box<dyn RowList>) -> Box<dyn Sink> {
    Box::new(Gathered::new(rows, Reading::ONE))
}

/// The rows in a sink that gathers them.
pub(crate) fn rows_in(sink: Box<dyn Sink>) -> Option<Box<dyn RowList>> {
    let gather = sink.into_any().downcast::<Gathered>();
    Some(gather.ok()?.rows)
}

/// The rows in a sink for [`AnyRows`].
pub(crate) fn any_rows_in(sink: Box<dyn Sink>) -> Vec<Box<dyn AnyRow>> {
    rows_in(sink).map(any_rows).unwrap_or_default()
}

/// The rows of such a list.
pub(crate) fn any_rows(rows: Box<dyn RowList>) -> Vec<Box<dyn AnyRow>> {
    let rows: Box<dyn Any> = rows;
    match rows.downcast::<AnyRows>() {
        Ok(rows) => rows.rows,
        Err(_) => unreachable!("the statement was given such a list"),
    }
}
