//! Puts rows that come back in another order than they were sent into that order: each is found by its values.
//!
//! An INSERT usually returns its rows in their order. A rule of a view, or a database that spreads rows over several
//! servers (Citus), may return them in another one, and then each draft would get another draft's row and key. So the
//! values of the rows that come back are compared with those that were sent, by their hashes.

use super::rows::Rows;
use crate::model::any::Swaps;
use crate::model::meta::ModelMeta;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::{Gathered, Reading, RowList};
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::collections::HashMap;

/// The hashes of the values that some rows of a statement give.
pub(crate) struct Marks {
    /// The columns, and the types of their values.
    columns: Vec<(usize, &'static SqlType)>,
    /// A hash for each of the columns, row after row.
    sent: Vec<u64>,
}

impl Marks {
    /// The hashes of the columns that all rows give, or of some of them; `None` if nothing can be compared.
    pub(super) fn of(
        meta: &'static ModelMeta,
        rows: &Rows,
        only: Option<&[usize]>,
    ) -> Option<Marks> {
        if rows.len() < 2 {
            return None;
        }
        let mut given = vec![true; meta.fields.len()];
        for cells in rows.cells().chunks(given.len()) {
            given
                .iter_mut()
                .zip(cells)
                .for_each(|(all, own)| *all &= own);
        }
        let is_wanted = |at: &usize| given[*at] && only.is_none_or(|only| only.contains(at));
        let typed = |at: usize| (at, &meta.fields[at].sql_type);
        let columns: Vec<_> = (0..given.len())
            .filter(is_wanted)
            .map(typed)
            .filter(|(_, sql_type)| is_compared(sql_type))
            .collect();
        if columns.is_empty() {
            return None;
        }
        let mut sent = Vec::with_capacity(rows.len() * columns.len());
        for (cells, values) in rows.iter() {
            let mut wanted = columns.iter().map(|(at, _)| *at).peekable();
            let given = cells.iter().enumerate().filter(|(_, given)| **given);
            for ((at, _), value) in given.zip(values) {
                if wanted.next_if_eq(&at).is_some() {
                    sent.push(of_value(value));
                }
            }
        }
        Some(Marks { columns, sent })
    }

    fn row(&self, row: usize) -> &[u64] {
        let width = self.columns.len();
        self.sent
            .get(row * width..(row + 1) * width)
            .unwrap_or_default()
    }
}

/// Reads rows into a list, in the order in which they were sent.
struct Placed {
    rows: Gathered,
    swaps: &'static Swaps,
    marks: Marks,
    /// The hashes of the rows that came back; `None` while they come in order.
    found: Option<Vec<u64>>,
    /// The hashes of the current row.
    own: Vec<u64>,
}

/// A sink that reads rows into a list, in the order in which they were sent, as far as that can be known. [`rows_in`] takes them
/// out of it.
///
/// [`rows_in`]: crate::model::any::rows_in
pub(crate) fn placed(
    rows: Box<dyn RowList>,
    swaps: &'static Swaps,
    marks: Option<Marks>,
) -> Box<dyn Sink> {
    let rows = Gathered::new(rows, Reading::ALL);
    match marks {
        Some(marks) => Box::new(Placed {
            rows,
            swaps,
            found: None,
            own: Vec::with_capacity(marks.columns.len()),
            marks,
        }),
        None => Box::new(rows),
    }
}

impl Placed {
    /// Puts the rows into the order in which they were sent.
    fn settle(&mut self) -> Result<(), DecodeError> {
        let Some(found) = self.found.take() else {
            return Ok(());
        };
        let Some(mut order) = order(&self.marks.sent, &found, self.marks.columns.len())? else {
            return Ok(());
        };
        // Each step puts one row where it belongs.
        for at in 0..order.len() {
            while order[at] != at {
                let place = order[at];
                self.swaps.swap(&mut *self.rows.rows, at, place);
                order.swap(at, place);
            }
        }
        Ok(())
    }
}

/// Where each of the rows that came back was sent; `None` if they came in their order.
fn order(sent: &[u64], found: &[u64], width: usize) -> Result<Option<Vec<usize>>, DecodeError> {
    let column = |of: &[u64], at: usize| -> Vec<u64> {
        let mut all: Vec<u64> = of.iter().skip(at).step_by(width).copied().collect();
        all.sort_unstable();
        all
    };
    // Values that a trigger or the column's type has changed say nothing about a row's place.
    let kept: Vec<usize> = (0..width)
        .filter(|at| column(sent, *at) == column(found, *at))
        .collect();
    let differs = |at: &usize| {
        let pairs = sent.iter().skip(*at).step_by(width);
        !pairs.eq(found.iter().skip(*at).step_by(width))
    };
    let (moved, same): (Vec<usize>, Vec<usize>) = kept.iter().copied().partition(differs);
    if moved.is_empty() || tells_apart(sent, width, &same) {
        return Ok(None);
    }
    // Each column whose values are all different says where the rows belong, and such columns must agree.
    let mut agreed: Option<Vec<usize>> = None;
    for at in moved
        .iter()
        .copied()
        .filter(|at| tells_apart(sent, width, &[*at]))
    {
        let order = by_columns(sent, found, width, &[at])?;
        if agreed.is_some_and(|agreed| agreed != order) {
            return Err(misplaced());
        }
        agreed = Some(order);
    }
    match agreed {
        Some(order) => Ok(Some(order)),
        None => by_columns(sent, found, width, &kept).map(Some),
    }
}

/// Whether these columns tell apart all rows that were sent with different values.
fn tells_apart(sent: &[u64], width: usize, columns: &[usize]) -> bool {
    let mut known: HashMap<Vec<u64>, &[u64]> = HashMap::new();
    sent.chunks(width).all(|row| {
        let values = columns.iter().map(|at| row[*at]).collect();
        *known.entry(values).or_insert(row) == row
    })
}

/// Where each of the rows that came back was sent, by the values of some columns.
fn by_columns(
    sent: &[u64],
    found: &[u64],
    width: usize,
    columns: &[usize],
) -> Result<Vec<usize>, DecodeError> {
    let by = |row: &[u64]| -> Vec<u64> { columns.iter().map(|at| row[*at]).collect() };
    let mut places: HashMap<Vec<u64>, Vec<usize>> = HashMap::new();
    for (place, row) in sent.chunks(width).enumerate().rev() {
        let places = places.entry(by(row)).or_default();
        // Only rows that were sent with equal values may stand for one another.
        if let Some(other) = places.last()
            && sent[other * width..(other + 1) * width] != *row
        {
            return Err(misplaced());
        }
        places.push(place);
    }
    let place = |row: &[u64]| places.get_mut(&by(row))?.pop();
    let order: Option<Vec<usize>> = found.chunks(width).map(place).collect();
    order.ok_or_else(misplaced)
}

#[cold]
fn misplaced() -> DecodeError {
    DecodeError::of_row(
        "the database answered the new rows in another order than they were sent in, and they can't be told apart by their \
         values: give each of them a value of its own that nothing changes, or insert them one by one",
    )
}

impl Sink for Placed {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.own.clear();
        for (at, sql_type) in &self.marks.columns {
            self.own.push(of_cell(cells, *at, sql_type));
        }
        let next = self.rows.len();
        let goes_on = self.rows.row(cells)?;
        match &mut self.found {
            Some(found) => found.extend_from_slice(&self.own),
            None if *self.own == *self.marks.row(next) => {}
            None => {
                let before = next * self.own.len();
                let mut found = self.marks.sent.get(..before).unwrap_or_default().to_vec();
                found.extend_from_slice(&self.own);
                self.found = Some(found);
            }
        }
        if (next + 1) * self.own.len() == self.marks.sent.len() {
            self.settle()?;
        }
        Ok(goes_on)
    }
    fn restart(&mut self) -> bool {
        self.found = None;
        self.rows.restart()
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        Box::new(self.rows)
    }
}

/// Whether values of a type come back unchanged and tell rows apart: booleans and labels have few values, and triggers set
/// them.
fn is_compared(sql_type: &SqlType) -> bool {
    matches!(
        sql_type,
        SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Text
            | SqlType::Varchar(_)
            | SqlType::Bytes
            | SqlType::Uuid
            | SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp
    )
}

const NULL: u64 = 1;

/// A quick hash, eight bytes at a time.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut words = bytes.chunks_exact(8);
    let mut hash = words.by_ref().fold(bytes.len() as u64, |hash, word| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(word);
        mix(hash, u64::from_le_bytes(bytes))
    });
    for byte in words.remainder() {
        hash = mix(hash, u64::from(*byte));
    }
    hash
}

fn of_number(number: i64) -> u64 {
    hash(&number.to_le_bytes())
}

/// The hash of a value that is sent.
fn of_value(value: &Value) -> u64 {
    match value {
        Value::I16(n) => of_number((*n).into()),
        Value::I32(n) => of_number((*n).into()),
        Value::I64(n) => of_number(*n),
        Value::Text(text) => hash(text.as_bytes()),
        Value::Bytes(bytes) => hash(bytes),
        Value::Uuid(bytes) => hash(bytes),
        Value::Date(date) => of_number(date.0.into()),
        Value::Time(time) => of_number(time.0),
        Value::DateTime(time) => of_number(time.0),
        Value::Timestamp(time) => of_number(time.0),
        #[cfg(feature = "decimal")]
        Value::Decimal(_) => NULL,
        // Not compared: a database may write them in another way.
        Value::Null
        | Value::Bool(_)
        | Value::F32(_)
        | Value::F64(_)
        | Value::Json(_)
        | Value::Enum(..)
        | Value::Array(_)
        | Value::Invalid(_) => NULL,
    }
}

/// The hash of a value that came back.
fn of_cell(cells: &mut dyn Cells, at: usize, sql_type: &SqlType) -> u64 {
    let number = |found: Result<Option<i64>, String>| found.ok().flatten().map(of_number);
    let found = match sql_type {
        SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => number(cells.i64(at)),
        SqlType::Bytes => cells.bytes(at).ok().flatten().map(hash),
        SqlType::Uuid => cells.uuid(at).ok().flatten().map(|bytes| hash(&bytes)),
        SqlType::Date => number(cells.date(at).map(|date| date.map(|date| date.0.into()))),
        SqlType::Time => number(cells.time(at).map(|time| time.map(|time| time.0))),
        SqlType::DateTime => number(cells.datetime(at).map(|time| time.map(|time| time.0))),
        SqlType::Timestamp => number(cells.timestamp(at).map(|time| time.map(|time| time.0))),
        SqlType::Text
        | SqlType::Varchar(_)
        | SqlType::Bool
        | SqlType::Real
        | SqlType::Double
        | SqlType::Decimal(..)
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => { cells.text(at).ok().flatten() }.map(|text| hash(text.as_bytes())),
    };
    found.unwrap_or(NULL)
}

#[cfg(test)]
mod tests {
    use super::order;

    /// Rows of two columns, sent and found, and where they are put.
    #[test]
    fn rows_are_found_by_what_nothing_has_changed() {
        type Case = (
            &'static [u64],
            &'static [u64],
            Option<Option<&'static [usize]>>,
        );
        let cases: [Case; 11] = [
            // A trigger renumbers the second column, and the first shows that the order was kept.
            (&[7, 3, 5, 1, 6, 2], &[7, 1, 5, 2, 6, 3], Some(None)),
            // Two columns that tell rows apart, but disagree.
            (&[1, 10, 2, 20, 3, 30], &[2, 10, 1, 30, 3, 20], None),
            // A number that is the same for two rows, beside one that is not.
            (
                &[1, 10, 1, 20, 2, 30],
                &[2, 30, 1, 20, 1, 10],
                Some(Some(&[2, 1, 0])),
            ),
            (&[1, 10, 2, 20], &[1, 10, 2, 20], Some(None)),
            (
                &[1, 10, 2, 20, 3, 30],
                &[3, 30, 2, 20, 1, 10],
                Some(Some(&[2, 1, 0])),
            ),
            // The second column was changed by a trigger.
            (&[1, 10, 2, 20], &[1, 11, 2, 21], Some(None)),
            (&[1, 10, 2, 20], &[2, 21, 1, 11], Some(Some(&[1, 0]))),
            // Both were changed: nothing can be compared.
            (&[1, 10, 2, 20], &[5, 11, 6, 21], Some(None)),
            // Equal rows may stand for one another.
            (
                &[1, 10, 1, 10, 2, 20],
                &[2, 20, 1, 10, 1, 10],
                Some(Some(&[2, 0, 1])),
            ),
            // The first column does not tell the rows apart, and the second was changed.
            (&[1, 10, 1, 20, 2, 30], &[2, 31, 1, 11, 1, 21], None),
            // The first column came back unchanged, and tells the rows apart: a trigger has swapped the second.
            (&[1, 10, 2, 20, 3, 30], &[1, 20, 2, 10, 3, 30], Some(None)),
        ];
        for (sent, found, wanted) in cases {
            let placed = order(sent, found, 2).ok();
            let wanted = wanted.map(|order| order.map(<[usize]>::to_vec));
            assert_eq!(placed, wanted, "{sent:?} {found:?}");
        }
    }
}
