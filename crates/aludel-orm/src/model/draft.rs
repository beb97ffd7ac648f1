//! Rebuilds drafts from their values: the inverse of [`NewModel::write`].

use crate::model::embedded::Embedded;
use crate::model::fields::{Ref, StoredKey, To};
use crate::model::meta::ModelMeta;
use crate::model::relation::KeyColumns;
use crate::model::slot::Pointer;
use crate::model::values::Decoded;
use crate::model::{Model, NewModel};
use aludel_engine::{Error, ErrorKind, FieldError, Result};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row, ValueCells};
use aludel_sql::types::ColumnType;

/// Values of all columns of a model, and which of them the draft gave. Each read takes the next column.
pub struct Written<'a> {
    row: Row<'a>,
    given: &'a [bool],
    at: usize,
    /// Polymorphic references to rows of a session, which have no values yet, by the position of their first column.
    open: &'a [(usize, Pointer)],
}

impl<'a> Written<'a> {
    /// Values of all columns.
    pub(crate) fn of(
        values: &'a mut ValueCells<'_>,
        given: &'a [bool],
        open: &'a [(usize, Pointer)],
    ) -> Written<'a> {
        Written {
            row: Row::new(values),
            given,
            at: 0,
            open,
        }
    }

    /// Skips columns that drafts do not have.
    pub fn after(&mut self, columns: usize) -> &mut Self {
        self.row.skip(columns);
        self.at += columns;
        self
    }

    /// A nullable column that the draft may have left to the database.
    pub fn nullable<T: ColumnType>(&mut self) -> Decoded<T> {
        let at = self.at;
        let read = self.optional::<T>()?.or_else(T::null);
        read.ok_or_else(|| DecodeError {
            position: at,
            wanted: std::any::type_name::<T>(),
            found: "nothing".into(),
        })
    }

    /// The columns of an embedded value.
    pub fn embedded<E: Embedded>(&mut self) -> Decoded<E> {
        let open = self.open.iter().find(|(at, _)| *at == self.at);
        if let Some(led) = open.and_then(|(_, to)| E::leading_to(to.clone())) {
            self.after(E::WIDTH);
            return Ok(led);
        }
        self.given()
    }

    /// A column that every draft gives.
    pub fn given<T: FromRow>(&mut self) -> Decoded<T> {
        self.at += T::WIDTH;
        T::from_row(&mut self.row)
    }

    /// A column that the draft may have left to the database, or to a default.
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
        Ok(Ref::from_target(key.map(|key| To::Key(StoredKey::of(key)))))
    }

    /// A reference to a key, or to nothing.
    pub fn nullable_reference<M: Model, C: KeyColumns<M>>(&mut self) -> Decoded<Option<Ref<M, C>>> {
        let key = self.optional::<C::Key>()?;
        Ok(key.map(Ref::key))
    }
}

/// Makes a draft of values that came from outside.
///
/// # Errors
/// [`ErrorKind::Validation`] with the first field whose type does not accept its value.
pub(crate) fn outside<D>(
    meta: &ModelMeta,
    values: &[Value],
    given: &[bool],
    read: fn(&mut Written<'_>) -> Decoded<D>,
) -> Result<D> {
    let mut cells = ValueCells(values);
    let read = read(&mut Written::of(&mut cells, given, &[]));
    read.map_err(|error| not_taken(meta, &error))
}

/// The error for a draft that can't be made of values.
#[cold]
pub(crate) fn unreadable(model: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("a new {model} can't be made of values; add one of its variants"),
    )
}

/// The same, as an error of reading.
#[cold]
pub(crate) fn unreadable_draft(model: &'static str) -> DecodeError {
    DecodeError {
        position: 0,
        wanted: model,
        found: "a draft that is not made of values".into(),
    }
}

/// The error for a value that its field's type does not accept.
#[cold]
pub(crate) fn not_taken(meta: &ModelMeta, error: &DecodeError) -> Error {
    let field = meta.fields.get(error.position);
    let wrong = FieldError {
        field: field.map(|field| field.name.clone()).unwrap_or_default(),
        message: error.found.clone(),
    };
    Error::validation(meta.name, vec![wrong])
}

/// Reads a draft of these values, with polymorphic references to rows of a session.
pub(crate) fn read<N: NewModel>(
    values: &[Value],
    given: &[bool],
    open: &[(usize, Pointer)],
) -> Decoded<N> {
    N::read(&mut Written::of(&mut ValueCells(values), given, open))
}
