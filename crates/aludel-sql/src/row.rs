//! Reading rows: [`Cells`] is one row of a driver, [`Row`] a cursor over it, [`FromRow`] a type that can be read.
//!
//! Decoding is positional and direct: a driver implements [`Cells`] over its own row, and the derive of a
//! model reads the columns in declared order. There is no value enum in between, and no name is looked up per row.

mod numbered;
mod typed;
mod values;

pub use numbered::NumberedCells;
pub use typed::TypedCells;
pub use values::ValueCells;

use crate::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use crate::types::{AnyText, Scalar, SqlType};
use crate::value::Value;
use std::any::type_name;
use std::fmt;

/// Why a cell could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// The column's position, from 0.
    pub position: usize,
    /// The Rust type that was wanted.
    pub wanted: &'static str,
    /// What was found instead, or what is wrong with it. Never the value itself.
    pub found: String,
}

impl DecodeError {
    /// An error about rows as a whole: the database broke a guarantee.
    pub fn of_row(message: impl Into<String>) -> DecodeError {
        DecodeError {
            position: usize::MAX,
            wanted: "",
            found: message.into(),
        }
    }

    /// Whether a number does not fit its Rust type.
    pub fn is_out_of_range(&self) -> bool {
        self.found.ends_with("(out of range)")
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "column {} can't be read as {}: {}",
            self.position, self.wanted, self.found
        )
    }
}

impl std::error::Error for DecodeError {}

/// A cell as a driver reads it: `None` is NULL, and the error says what was found instead.
pub type CellResult<T> = Result<Option<T>, String>;

/// One row in its driver's form. NULL is `Ok(None)`; `Err` says in words what was found instead.
///
/// A driver converts only where nothing is lost (a 32-bit column read as `i64`).
pub trait Cells {
    /// How many columns the row has.
    fn width(&self) -> usize;
    /// Whether the cell is NULL.
    fn is_null(&mut self, at: usize) -> bool;
    /// A boolean.
    fn bool(&mut self, at: usize) -> CellResult<bool>;
    /// An integer of any width.
    fn i64(&mut self, at: usize) -> CellResult<i64>;
    /// A float of any width.
    fn f64(&mut self, at: usize) -> CellResult<f64>;
    /// Text, borrowed from the row.
    fn text(&mut self, at: usize) -> CellResult<&str>;
    /// Text, owned: drivers that own the row's text return it without a copy.
    fn string(&mut self, at: usize) -> CellResult<String> {
        Ok(self.text(at)?.map(str::to_owned))
    }
    /// Whatever the cell holds, as text.
    fn any_text(&mut self, at: usize) -> CellResult<AnyText>;
    /// Bytes, borrowed from the row.
    fn bytes(&mut self, at: usize) -> CellResult<&[u8]>;
    /// A JSON document's text.
    fn json(&mut self, at: usize) -> CellResult<&str> {
        self.text(at)
    }
    /// A UUID's bytes.
    fn uuid(&mut self, at: usize) -> CellResult<[u8; 16]>;
    /// A date.
    fn date(&mut self, at: usize) -> CellResult<CivilDate>;
    /// A time of day.
    fn time(&mut self, at: usize) -> CellResult<CivilTime>;
    /// A date and time without a zone.
    fn datetime(&mut self, at: usize) -> CellResult<CivilDateTime>;
    /// An instant.
    fn timestamp(&mut self, at: usize) -> CellResult<Instant>;
    /// An exact number.
    #[cfg(feature = "decimal")]
    fn decimal(&mut self, at: usize) -> CellResult<rust_decimal::Decimal> {
        if self.is_null(at) {
            return Ok(None);
        }
        Err("a row without exact numbers".into())
    }
    /// The elements of an array, as a row of their own.
    fn array(&mut self, at: usize) -> CellResult<Box<dyn Cells + '_>>;
    /// The cell as a dynamic value; `hint` is the declared type where one is known.
    fn value(&mut self, at: usize, hint: Option<&SqlType>) -> Result<Value, String>;
}

/// A cursor over one row: each read takes the next column.
pub struct Row<'a> {
    cells: &'a mut dyn Cells,
    width: usize,
    at: usize,
    order: Option<Order<'a>>,
}

/// Where columns are, when they are not read in the row's order.
#[derive(Clone, Copy, Default)]
struct Order<'a> {
    /// Positions in the row.
    whole: Option<&'a [usize]>,
    /// Positions in a group of columns, and where the group begins.
    part: Option<(&'a [usize], usize)>,
}

impl Order<'_> {
    fn position(&self, at: usize) -> Option<usize> {
        let at = match self.part {
            None => at,
            Some((order, base)) => base + order.get(at)?,
        };
        match self.whole {
            None => Some(at),
            Some(order) => order.get(at).copied(),
        }
    }
}

impl<'a> Row<'a> {
    /// A cursor at the first column.
    pub fn new(cells: &'a mut dyn Cells) -> Row<'a> {
        Row {
            width: cells.width(),
            cells,
            at: 0,
            order: None,
        }
    }

    /// A cursor that reads the columns in another order: `order[n]` is the position of the `n`th read.
    pub fn reordered(cells: &'a mut dyn Cells, order: &'a [usize]) -> Row<'a> {
        Row {
            width: cells.width(),
            cells,
            at: 0,
            order: Some(Order {
                whole: Some(order),
                part: None,
            }),
        }
    }

    /// Reads some of the next `width` columns in another order: `order[n]` is the position, among these columns, of the
    /// `n`th read. Afterwards the cursor is after all of them.
    ///
    /// # Errors
    /// Errors of `read`.
    pub fn part<T>(
        &mut self,
        width: usize,
        order: &[usize],
        read: impl FnOnce(&mut Row<'_>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let base = self.at;
        let whole = self.order.and_then(|order| order.whole);
        let mut part = Row {
            cells: &mut *self.cells,
            width: self.width,
            at: 0,
            order: Some(Order {
                whole,
                part: Some((order, base)),
            }),
        };
        let value = read(&mut part);
        self.at = base + width;
        value
    }

    /// Reads the next column.
    ///
    /// # Errors
    /// NULL, another type, or a value that does not fit.
    #[inline]
    pub fn scalar<T: Scalar>(&mut self) -> Result<T, DecodeError> {
        let at = self.advance()?;
        match T::decode(self.cells, at) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(null(at, type_name::<T>())),
            Err(found) => Err(error(at, type_name::<T>(), found)),
        }
    }

    /// Reads the next column, NULL as `None`.
    ///
    /// # Errors
    /// Another type, or a value that does not fit.
    #[inline]
    pub fn nullable<T: Scalar>(&mut self) -> Result<Option<T>, DecodeError> {
        let at = self.advance()?;
        T::decode(self.cells, at).map_err(|found| error(at, type_name::<T>(), found))
    }

    /// Whether the next `width` columns are all NULL; the cursor does not move.
    pub fn all_null(&mut self, width: usize) -> bool {
        let order = self.order.unwrap_or_default();
        (self.at..self.at + width).all(|at| {
            let at = order.position(at);
            at.is_none_or(|at| self.cells.is_null(at))
        })
    }

    /// Skips the next `width` columns.
    pub fn skip(&mut self, width: usize) {
        self.at += width;
    }

    /// How many columns are left.
    pub fn remaining(&self) -> usize {
        let order = self.order.unwrap_or_default();
        let ordered = order.part.map(|part| part.0).or(order.whole);
        ordered.map_or(self.cells.width(), <[usize]>::len) - self.at
    }

    /// Reads the text of a column that is `ahead` columns after the cursor; the cursor does not move.
    ///
    /// # Errors
    /// NULL, another type, or too few columns.
    pub fn peek_text(&mut self, ahead: usize) -> Result<&str, DecodeError> {
        let next = self.at + ahead;
        let at = self.order.unwrap_or_default().position(next);
        let Some(at) = at.filter(|at| *at < self.width) else {
            return Err(self.too_narrow(next));
        };
        match self.cells.text(at) {
            Ok(Some(text)) => Ok(text),
            Ok(None) => Err(error(at, type_name::<String>(), "NULL".into())),
            Err(found) => Err(error(at, type_name::<String>(), found)),
        }
    }

    /// Reads the next column as a dynamic value.
    ///
    /// # Errors
    /// A type that [`Value`] does not have.
    pub fn value(&mut self, hint: Option<&SqlType>) -> Result<Value, DecodeError> {
        let at = self.advance()?;
        self.cells.value(at, hint).map_err(|found| DecodeError {
            position: at,
            wanted: "a value",
            found,
        })
    }

    #[inline]
    fn advance(&mut self) -> Result<usize, DecodeError> {
        let next = self.at;
        self.at += 1;
        let at = match self.order {
            None => next,
            Some(order) => order.position(next).unwrap_or(usize::MAX),
        };
        if at < self.width {
            return Ok(at);
        }
        Err(self.too_narrow(next))
    }

    #[cold]
    fn too_narrow(&self, position: usize) -> DecodeError {
        DecodeError {
            position,
            wanted: "a column",
            found: format!(
                "the row has only {} columns; select as many as are read",
                self.width
            ),
        }
    }
}

#[cold]
fn error(position: usize, wanted: &'static str, found: String) -> DecodeError {
    DecodeError {
        position,
        wanted,
        found,
    }
}

#[cold]
fn null(position: usize, wanted: &'static str) -> DecodeError {
    let found = "NULL (read it as an Option, or filter NULL out)".into();
    error(position, wanted, found)
}

/// Types that can be read from a row: scalars, `Option`s, tuples, models and structs with `#[derive(FromRow)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be read from a row",
    label = "not a row",
    note = "use a scalar (i64, String, …), an Option, a tuple of up to 12, a model, or `#[derive(FromRow)]`"
)]
pub trait FromRow: Sized {
    /// How many columns one value takes.
    const WIDTH: usize;

    /// The columns' names, for types that are matched by name in raw SQL; `None` reads by position.
    fn names() -> Option<Vec<&'static str>> {
        None
    }

    /// Reads one, starting at the cursor.
    ///
    /// # Errors
    /// NULL, another type, a value that does not fit, or too few columns.
    fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError>;

    /// Reads one that an outer join may have left out: `None` when all its columns are NULL.
    ///
    /// # Errors
    /// As [`from_row`](FromRow::from_row).
    fn from_nullable(row: &mut Row<'_>) -> Result<Option<Self>, DecodeError> {
        if row.all_null(Self::WIDTH) {
            row.skip(Self::WIDTH);
            return Ok(None);
        }
        Self::from_row(row).map(Some)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> FromRow for T {
    const WIDTH: usize = 1;
    #[inline]
    fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError> {
        row.scalar()
    }
    #[inline]
    fn from_nullable(row: &mut Row<'_>) -> Result<Option<Self>, DecodeError> {
        row.nullable()
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromRow> FromRow for Option<T> {
    const WIDTH: usize = T::WIDTH;
    fn names() -> Option<Vec<&'static str>> {
        T::names()
    }
    #[inline]
    fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError> {
        T::from_nullable(row)
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: FromRow),+> FromRow for ($($name,)+) {
            const WIDTH: usize = 0 $(+ $name::WIDTH)+;
            fn from_row(row: &mut Row<'_>) -> Result<Self, DecodeError> {
                Ok(($($name::from_row(row)?,)+))
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
tuples!(A B C D E F G H I);
tuples!(A B C D E F G H I J);
tuples!(A B C D E F G H I J K);
tuples!(A B C D E F G H I J K L);
