//! [`Rows`]: the values of new rows, as the derive writes them.

use crate::fit::{check_row, pad_row};
use crate::model::any::AnyDraft;
use crate::model::meta::ModelMeta;
use crate::model::values::{NewRow, are_alike, count};
use crate::model::{Model, NewModel};
use aludel_engine::{Error, FieldError, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::render::check_bind;

/// New rows. Usually all of them give the same columns, and their values are the binds as they are stored here.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    /// The values that are given, row after row.
    values: Vec<Value>,
    /// For each column of each row, whether it is given; the database fills in the others.
    given: Vec<bool>,
    width: usize,
    /// Whether all rows give the same columns.
    alike: bool,
    /// How many rows came before them: errors count from the first.
    before: usize,
}

impl Rows {
    /// The rows of these new objects.
    pub(crate) fn of<N: NewModel>(rows: impl IntoIterator<Item = N>) -> Rows {
        let width = N::Model::meta().fields.len();
        let rows = rows.into_iter();
        let mut written = NewRow::even(N::Model::meta());
        written.reserve(rows.size_hint().0, width);
        rows.for_each(|new| {
            new.write(&mut written);
            written.end_row();
        });
        written.without_session();
        Rows::new(written, width)
    }

    /// The row of one new object, as it was written into a [row for one](NewRow::of_one): there are no other rows whose columns
    /// it would omit.
    pub(crate) fn single(mut written: NewRow) -> Rows {
        written.without_session();
        Rows {
            width: written.given.len(),
            values: written.values,
            given: written.given,
            alike: true,
            before: 0,
        }
    }

    /// The rows of these new objects, each with values that new objects can't express.
    pub(crate) fn with_extra<N: NewModel>(
        rows: impl IntoIterator<Item = (N, Vec<(usize, Value)>)>,
    ) -> Rows {
        let meta = N::Model::meta();
        let mut written = NewRow::even(meta);
        for (new, extra) in rows {
            let start = Start::of(&written);
            new.write(&mut written);
            start.add(extra, &mut written);
        }
        Rows::written(written, meta)
    }

    /// The row of a draft, with values that drafts can't express.
    pub(crate) fn of_draft(
        draft: &dyn AnyDraft,
        extra: Vec<(usize, Value)>,
        meta: &ModelMeta,
    ) -> Rows {
        let mut row = NewRow::even(meta);
        write_draft(draft, extra, &mut row);
        Rows::written(row, meta)
    }

    /// Rows that were written.
    pub(crate) fn written(mut rows: NewRow, meta: &ModelMeta) -> Rows {
        rows.without_session();
        Rows::new(rows, meta.fields.len())
    }

    pub(crate) fn new(written: NewRow, width: usize) -> Rows {
        let NewRow { values, given, .. } = written;
        let alike = are_alike(&given, width);
        Rows {
            values,
            given,
            width,
            alike,
            before: 0,
        }
    }

    /// The same rows, after this many others.
    pub(super) fn behind(self, before: usize) -> Rows {
        Rows { before, ..self }
    }

    pub(crate) fn len(&self) -> usize {
        self.given.len() / self.width
    }

    /// Whether all rows give the same columns.
    pub(super) fn are_alike(&self) -> bool {
        self.alike
    }

    /// How many columns the first row gives.
    pub(super) fn first_width(&self) -> usize {
        count(&self.given[..self.width])
    }

    /// Which columns the first row gives.
    pub(super) fn columns_of_first(&self) -> &[bool] {
        &self.given[..self.width]
    }

    /// The first row's value of a column.
    pub(super) fn first(&self, at: usize) -> Option<&Value> {
        self.given[at].then(|| &self.values[count(&self.given[..at])])
    }

    /// The columns that some row gives.
    pub(super) fn given(&self) -> Vec<usize> {
        let rows = if self.alike { 1 } else { self.len() };
        (0..self.width)
            .filter(|at| (0..rows).any(|n| self.given[n * self.width + at]))
            .collect()
    }

    /// Each row: which columns it gives, and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[bool], &[Value])> {
        let mut rest = &self.values[..];
        self.given.chunks(self.width).map(move |given| {
            let (values, after) = rest.split_at(count(given));
            rest = after;
            (given, values)
        })
    }

    /// For each column of each row, whether it is given.
    pub(super) fn cells(&self) -> &[bool] {
        &self.given
    }

    /// The values that are given, row after row.
    pub(super) fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The values, if they can be sent to the database.
    pub(super) fn into_binds(
        self,
        meta: &ModelMeta,
        dialect: &'static dyn Dialect,
    ) -> Result<Vec<Value>> {
        check_binds(meta, &self.given, &self.values, dialect)?;
        Ok(self.values)
    }

    /// Row by row, every column; `None` leaves it to the database.
    pub(super) fn into_cells(self) -> impl Iterator<Item = Vec<Option<Value>>> {
        let Rows {
            values,
            given,
            width,
            ..
        } = self;
        let mut values = values.into_iter();
        (0..given.len() / width).map(move |n| {
            given[n * width..(n + 1) * width]
                .iter()
                .map(|given| if *given { values.next() } else { None })
                .collect()
        })
    }

    /// Column by column, of rows that are alike.
    pub(super) fn into_columns(self) -> Vec<Vec<Value>> {
        let (rows, width) = (self.len(), self.first_width());
        let mut columns: Vec<Vec<Value>> = (0..width).map(|_| Vec::with_capacity(rows)).collect();
        for (n, value) in self.values.into_iter().enumerate() {
            columns[n % width].push(value);
        }
        columns
    }

    /// Copies of the rows, at most `most` at a time.
    pub(super) fn portions(&self, most: usize) -> impl Iterator<Item = Rows> {
        let mut rest = &self.values[..];
        self.given.chunks(most * self.width).map(move |given| {
            let (values, after) = rest.split_at(count(given));
            rest = after;
            Rows {
                values: values.to_vec(),
                given: given.to_vec(),
                width: self.width,
                alike: false,
                before: self.before,
            }
        })
    }

    /// Rows that are alike, at most `most` at a time.
    pub(super) fn into_chunks(self, most: usize) -> impl Iterator<Item = Rows> {
        let (mut left, width, values_each) = (self.len(), self.width, self.first_width());
        let Rows { values, given, .. } = self;
        let mut values = values.into_iter();
        std::iter::from_fn(move || {
            let rows = most.min(left);
            let all = rows == left && values.len() == rows * values_each;
            left -= rows;
            (rows > 0).then(|| Rows {
                values: if all {
                    // Usually this is all there was, and then it is not copied.
                    std::mem::take(&mut values).collect()
                } else {
                    values.by_ref().take(rows * values_each).collect()
                },
                given: given[..rows * width].to_vec(),
                width,
                alike: true,
                before: 0,
            })
        })
    }

    /// The rows, to be taken from the first on.
    pub(crate) fn into_front(self) -> Front {
        Front {
            values: self.values.into_iter(),
            given: self.given,
            taken: 0,
            width: self.width,
            alike: self.alike,
        }
    }

    /// The other rows, without those that are marked.
    pub(super) fn without(self, left_out: &[bool]) -> Rows {
        let Rows {
            values,
            given,
            width,
            ..
        } = self;
        let mut written = NewRow {
            values: Vec::with_capacity(values.len()),
            given: Vec::with_capacity(given.len()),
            ..NewRow::default()
        };
        let mut values = values.into_iter();
        for (row, left_out) in given.chunks(width).zip(left_out) {
            let own = values.by_ref().take(count(row));
            if *left_out {
                own.for_each(drop);
            } else {
                written.values.extend(own);
                written.given.extend_from_slice(row);
            }
        }
        Rows::new(written, width)
    }

    /// Checks the rows by the model's rules.
    pub(crate) fn validate(&self, meta: &'static ModelMeta) -> Result<()> {
        if !meta.is_validated() {
            return Ok(());
        }
        for (n, (given, values)) in self.iter().enumerate() {
            let mut values = values.iter();
            let cells: Vec<Option<Value>> = given
                .iter()
                .map(|given| if *given { values.next().cloned() } else { None })
                .collect();
            crate::model::validate::check(meta, &cells, |_| true).map_err(|error| {
                if self.len() == 1 && self.before == 0 {
                    return error;
                }
                error.with_row(numbered(meta, self.before + n))
            })?;
        }
        Ok(())
    }

    /// Checks the values, and pads them as the columns do.
    ///
    /// # Errors
    /// The first value that its column can't hold.
    pub(crate) fn fit(&mut self, meta: &ModelMeta) -> Result<()> {
        if meta.bounded().is_empty() {
            return Ok(());
        }
        let (rows, mut from) = (self.len(), 0);
        for (n, given) in self.given.chunks(self.width).enumerate() {
            let values = &mut self.values[from..];
            check_row(meta, given, values).map_err(|error| match rows {
                1 => error,
                _ => error.with_row(numbered(meta, self.before + n)),
            })?;
            pad_row(meta, given, values);
            from += count(given);
        }
        Ok(())
    }

    /// Checks that required relations are set: the database's error would not name the field.
    pub(super) fn check_required(&self, meta: &ModelMeta) -> Result<()> {
        for relation in meta.relations.iter().filter(|relation| !relation.nullable) {
            for column in &relation.columns {
                let Some(at) = meta.fields.iter().position(|field| field.column == *column) else {
                    continue;
                };
                let has_default = meta.fields[at].default.is_some();
                let unset = |(given, values): (&[bool], &[Value])| match given[at] {
                    true => values[count(&given[..at])].is_null(),
                    false => !has_default,
                };
                if self.iter().any(unset) {
                    let unset = FieldError {
                        field: relation.name.to_owned(),
                        message: "is not set".into(),
                    };
                    let message = format!(
                        "{0}::{1} is not set; give it a row: `{1}: (&row).into()`",
                        meta.name, relation.name
                    );
                    return Err(Error::validation(&message, vec![unset]));
                }
            }
        }
        Ok(())
    }
}

/// Rows that are taken from the front, some at a time. The rest stays where it is: rows may be taken one by one.
pub(crate) struct Front {
    values: std::vec::IntoIter<Value>,
    given: Vec<bool>,
    /// How many of the cells were taken.
    taken: usize,
    width: usize,
    alike: bool,
}

impl Front {
    fn left(&self) -> &[bool] {
        &self.given[self.taken..]
    }

    /// How many rows are left.
    pub(crate) fn len(&self) -> usize {
        self.left().len() / self.width
    }

    /// How many columns the first row that is left gives.
    pub(super) fn first_width(&self) -> usize {
        count(&self.left()[..self.width])
    }

    /// How many rows from the first on give the same columns as it.
    pub(super) fn like_first(&self) -> usize {
        if self.alike {
            return self.len();
        }
        let mut rows = self.left().chunks(self.width);
        let first = rows.next();
        1 + rows.take_while(|row| Some(*row) == first).count()
    }

    /// Takes the next rows.
    pub(crate) fn take(&mut self, rows: usize) -> Rows {
        let given = self.left()[..rows * self.width].to_vec();
        let is_all = self.taken == 0 && given.len() == self.given.len();
        self.taken += given.len();
        let values = if is_all {
            // Usually this is all there is, and then it is not copied.
            std::mem::take(&mut self.values).collect()
        } else {
            self.values.by_ref().take(count(&given)).collect()
        };
        let alike = self.alike || are_alike(&given, self.width);
        Rows {
            values,
            given,
            width: self.width,
            alike,
            before: 0,
        }
    }
}

/// Names one row of several, for errors.
fn numbered(meta: &ModelMeta, n: usize) -> String {
    format!("{} (number {} of those inserted)", meta.name, n + 1)
}

/// Checks that the values of rows can be sent to the database: those that are given, in order.
///
/// # Errors
/// The first that can't be, with its column.
pub(super) fn check_binds(
    meta: &ModelMeta,
    given: &[bool],
    values: &[Value],
    dialect: &'static dyn Dialect,
) -> Result<()> {
    let any_text = dialect.capabilities().nul_in_text;
    for (at, value) in values.iter().enumerate() {
        let harmless = match value {
            Value::Text(_) => any_text,
            Value::Null | Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) => true,
            _ => false,
        };
        if !harmless {
            check_bind(value, dialect).map_err(|error| of_column(error, meta, given, at))?;
        }
    }
    Ok(())
}

/// The error of a value, with its column.
#[cold]
fn of_column(
    error: aludel_sql::Error,
    meta: &ModelMeta,
    given: &[bool],
    at: usize,
) -> aludel_sql::Error {
    let mut cells = given.iter().enumerate().filter(|(_, given)| **given);
    match cells.nth(at) {
        Some((cell, _)) => error.of_column(&meta.fields[cell % meta.fields.len()].column),
        None => error,
    }
}

/// Writes a draft, with values that drafts can't express.
pub(crate) fn write_draft(draft: &dyn AnyDraft, extra: Vec<(usize, Value)>, rows: &mut NewRow) {
    let start = Start::of(rows);
    draft.write_copy(rows);
    start.add(extra, rows);
}

/// Where a row begins that is being written, with values that new objects can't express.
struct Start {
    cells: usize,
    values: usize,
}

impl Start {
    /// The next row.
    fn of(rows: &NewRow) -> Start {
        Start {
            cells: rows.given.len(),
            values: rows.values.len(),
        }
    }

    /// Adds those values, and ends the row.
    fn add(self, extra: Vec<(usize, Value)>, rows: &mut NewRow) {
        let Start { cells, values } = self;
        for (at, value) in extra {
            let place = values + count(&rows.given[cells..cells + at]);
            if std::mem::replace(&mut rows.given[cells + at], true) {
                rows.values[place] = value;
                continue;
            }
            rows.values.insert(place, value);
            let behind = rows.links.iter_mut().filter(|link| link.at >= place);
            behind.for_each(|link| link.at += 1);
        }
        rows.end_row();
    }
}
