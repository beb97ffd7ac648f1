//! Drafts out of the values that they became: [`NewModel::write`], backwards.

use crate::fields::{Ref, To};
use crate::model::{Model, NewModel};
use crate::private::Decoded;
use crate::relation::KeyColumns;
use aludel_engine::{Error, ErrorKind, Result};
use aludel_sql::Value;
use aludel_sql::row::{FromRow, Row, ValueCells};
use aludel_sql::types::ColumnType;

/// Values of all columns of a model, and which of them the draft gave. Each read takes the next column.
pub struct Written<'a> {
    row: Row<'a>,
    given: &'a [bool],
    at: usize,
}

impl Written<'_> {
    /// Behind so many columns that drafts do not have.
    pub fn after(&mut self, columns: usize) -> &mut Self {
        self.row.skip(columns);
        self.at += columns;
        self
    }

    /// A column that every draft has.
    pub fn column<T: ColumnType>(&mut self) -> Decoded<T> {
        self.given()
    }

    /// What every draft has.
    pub fn given<T: FromRow>(&mut self) -> Decoded<T> {
        self.at += T::WIDTH;
        T::from_row(&mut self.row)
    }

    /// What the draft may have left to the database, or to a default.
    pub fn optional<T: FromRow>(&mut self) -> Decoded<Option<T>> {
        if self.given[self.at] {
            return self.given().map(Some);
        }
        self.after(T::WIDTH);
        Ok(None)
    }

    /// A reference to a key.
    pub fn reference<M: Model, C: KeyColumns<M>>(&mut self) -> Decoded<Ref<M, C>> {
        let key = self.optional::<C::Key>()?;
        Ok(Ref::from_target(key.map(To::Key)))
    }

    /// A reference to a key, or to nothing.
    pub fn nullable_reference<M: Model, C: KeyColumns<M>>(&mut self) -> Decoded<Option<Ref<M, C>>> {
        let key = self.optional::<C::Key>()?;
        Ok(key.map(|key| Ref::from_target(Some(To::Key(key)))))
    }
}

/// The draft that became these values, of which it gave these.
pub(crate) fn read_draft<N: NewModel>(values: &[Value], given: &[bool]) -> Result<N> {
    let mut cells = ValueCells(values);
    let row = Row::new(&mut cells);
    let draft = N::read(&mut Written { row, given, at: 0 });
    draft.map_err(|error| Error::new(ErrorKind::Decode, error.to_string()))
}
