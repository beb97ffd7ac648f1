//! [`Gathered`]: a sink that reads rows into a [`RowList`].
//!
//! It does not depend on the rows' type: a program has many models, and what is compiled for each of them is what makes it
//! slow to build.

use crate::command::{Mapping, Sink};
use aludel_sql::row::{Cells, DecodeError, FromRow, Row, TypedCells};
use std::any::Any;
use std::borrow::BorrowMut;
use std::ops::DerefMut;

/// Rows that a statement returns: a `Vec` of a type, an `Option` for one row alone, or a list of another kind.
pub trait RowList: Any + Send {
    /// Reads a row, and adds it.
    ///
    /// # Errors
    /// A cell that cannot be read.
    fn read(&mut self, row: &mut Row<'_>) -> Result<(), DecodeError>;
    /// The first row.
    fn first(&self) -> Option<&dyn Any>;
    /// Moves the rows into a box; the list is empty then.
    fn lend(&mut self) -> Box<dyn RowList>;
    /// Takes the rows back from such a box.
    fn take_back(&mut self, lent: Box<dyn RowList>);
}

impl<T: FromRow + Send + 'static> RowList for Vec<T> {
    #[inline]
    fn read(&mut self, row: &mut Row<'_>) -> Result<(), DecodeError> {
        match T::from_row(row) {
            Ok(row) => {
                self.push(row);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
    fn first(&self) -> Option<&dyn Any> {
        match self.as_slice() {
            [row, ..] => Some(row),
            [] => None,
        }
    }
    fn lend(&mut self) -> Box<dyn RowList> {
        Box::new(std::mem::take(self))
    }
    fn take_back(&mut self, lent: Box<dyn RowList>) {
        if let Some(rows) = taken(lent) {
            *self = rows;
        }
    }
}

impl<T: FromRow + Send + 'static> RowList for Option<T> {
    #[inline]
    fn read(&mut self, row: &mut Row<'_>) -> Result<(), DecodeError> {
        match T::from_row(row) {
            Ok(row) => {
                *self = Some(row);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
    fn first(&self) -> Option<&dyn Any> {
        match self {
            Some(row) => Some(row),
            None => None,
        }
    }
    fn lend(&mut self) -> Box<dyn RowList> {
        Box::new(self.take())
    }
    fn take_back(&mut self, lent: Box<dyn RowList>) {
        let mut lent: Box<dyn Any> = lent;
        if let Some(row) = lent.downcast_mut::<Option<T>>() {
            *self = row.take();
        }
    }
}

/// The rows in a box, if they are of this type.
pub fn taken<T: 'static>(rows: Box<dyn RowList>) -> Option<Vec<T>> {
    // Taken out of the box, not with it: the glue of a box of each type is code that every model would get.
    let mut rows: Box<dyn Any> = rows;
    match rows.downcast_mut::<Vec<T>>() {
        Some(rows) => Some(std::mem::take(rows)),
        None => None,
    }
}

/// How a result is read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The most rows to read.
    pub most: usize,
    /// Whether to find out if there are more.
    pub asks: bool,
    /// Where each value comes from.
    pub mapping: Mapping,
}

impl Reading {
    /// All rows, by position.
    pub const ALL: Reading = Reading::most(usize::MAX);
    /// The first row, by position.
    pub const FIRST: Reading = Reading::most(1);
    /// The first row, by position, and whether there is another.
    pub const ONE: Reading = Reading {
        most: 1,
        asks: true,
        mapping: Mapping::Position,
    };

    /// At most this number of rows, by position.
    pub const fn most(most: usize) -> Reading {
        Reading {
            most,
            asks: false,
            mapping: Mapping::Position,
        }
    }

    /// The same, with another mapping.
    #[must_use]
    pub fn mapped(self, mapping: Mapping) -> Reading {
        Reading { mapping, ..self }
    }
}

/// Reads rows into a list. The list and how it is read are the sink's own, or lent.
pub struct Gather<L, R> {
    /// The rows.
    pub rows: L,
    /// Whether there are more rows than were read, if that was asked.
    pub more: bool,
    reading: R,
    read: usize,
}

/// A sink that owns its rows.
pub type Gathered = Gather<Box<dyn RowList>, Reading>;

/// A sink whose rows are its caller's.
pub(crate) type Lent<'s> = Gather<&'s mut dyn RowList, &'s mut Reading>;

impl<L, R> Gather<L, R> {
    /// A sink for rows.
    pub(crate) fn of(rows: L, reading: R) -> Gather<L, R> {
        Gather {
            rows,
            more: false,
            reading,
            read: 0,
        }
    }

    /// How many rows were read.
    pub fn len(&self) -> usize {
        self.read
    }

    /// Whether no row was read.
    pub fn is_empty(&self) -> bool {
        self.read == 0
    }
}

impl Gathered {
    /// A sink for rows.
    pub fn new(rows: Box<dyn RowList>, reading: Reading) -> Gathered {
        Gather::of(rows, reading)
    }

    /// Notes that only this many rows are left.
    pub fn keep(&mut self, rows: usize) {
        self.read = rows;
    }
}

impl<L, R> Gather<L, R>
where
    L: DerefMut<Target = dyn RowList>,
    R: BorrowMut<Reading>,
{
    #[inline]
    fn take(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let reading = self.reading.borrow();
        if self.read == reading.most {
            self.more = true;
            return Ok(false);
        }
        match &reading.mapping {
            Mapping::Position => self.rows.read(&mut Row::new(cells))?,
            Mapping::Typed(types) => {
                let mut cells = TypedCells::new(cells, types);
                self.rows.read(&mut Row::new(&mut cells))?;
            }
            Mapping::Names(_, order) => self.rows.read(&mut Row::reordered(cells, order))?,
        }
        self.read += 1;
        Ok(reading.asks || self.read < reading.most)
    }

    fn begin_again(&mut self) -> bool {
        drop(self.rows.lend());
        self.read = 0;
        self.more = false;
        true
    }
}

impl Sink for Gathered {
    fn wants_columns(&self) -> bool {
        self.reading.mapping.wants_columns()
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        self.reading.mapping.resolve(&names)
    }
    #[inline]
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.take(cells)
    }
    fn restart(&mut self) -> bool {
        self.begin_again()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

impl Sink for Lent<'_> {
    fn wants_columns(&self) -> bool {
        self.reading.mapping.wants_columns()
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        self.reading.mapping.resolve(&names)
    }
    #[inline]
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.take(cells)
    }
    fn restart(&mut self) -> bool {
        self.begin_again()
    }
    /// Rows that are lent stay where they are.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        Box::new(())
    }
}
