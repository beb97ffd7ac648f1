//! Orders new rows of which some give their keys and others are numbered: those with keys go first. Where numbering continues
//! after the given keys, no row then gets a number that a later row gives.

use super::rows::Rows;
use crate::model::meta::ModelMeta;
use crate::model::values::{NewRow, count};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;

/// The order in which rows are sent, by their positions: those that give a number first. `None` if they are already in such
/// an order, or if the database does not need it.
pub(crate) fn keys_first(
    meta: &ModelMeta,
    rows: impl Iterator<Item = usize> + Clone,
    given: &[bool],
    dialect: &'static dyn Dialect,
) -> Option<Vec<usize>> {
    if !dialect.capabilities().numbers_after_given {
        return None;
    }
    let mut fields = meta.fields.iter();
    let at = fields.position(|field| field.identity.is_some())?;
    let is_given = |row: &usize| given[row * meta.fields.len() + at];
    if rows.clone().is_sorted_by_key(|row| !is_given(&row)) {
        return None;
    }
    let (mut order, numbered): (Vec<usize>, Vec<usize>) = rows.partition(is_given);
    order.extend(numbered);
    Some(order)
}

/// Puts returned rows in the order of the inputs. If some are missing, it is unknown which, and the order stays.
pub(super) fn in_order<T>(found: Vec<T>, order: Option<Vec<usize>>) -> Vec<T> {
    match order {
        Some(order) if order.len() == found.len() => {
            let mut found: Vec<(usize, T)> = order.into_iter().zip(found).collect();
            found.sort_unstable_by_key(|(at, _)| *at);
            found.into_iter().map(|(_, row)| row).collect()
        }
        _ => found,
    }
}

impl Rows {
    /// The order in which they are sent, if it differs.
    pub(super) fn keys_first(
        &self,
        meta: &ModelMeta,
        dialect: &'static dyn Dialect,
    ) -> Option<Vec<usize>> {
        if self.are_alike() {
            return None;
        }
        keys_first(meta, 0..self.len(), self.cells(), dialect)
    }

    /// The rows in another order.
    pub(super) fn reordered(self, meta: &ModelMeta, order: &[usize]) -> Rows {
        let width = meta.fields.len();
        let mut written = NewRow::default();
        let mut values: Vec<Option<Value>> = Vec::new();
        let mut starts = Vec::with_capacity(self.len());
        let given = self.cells().to_vec();
        for row in given.chunks(width) {
            starts.push(values.len());
            values.resize(values.len() + count(row), None);
        }
        for (place, value) in values.iter_mut().zip(self.into_values()) {
            *place = Some(value);
        }
        for row in order {
            let cells = &given[row * width..(row + 1) * width];
            let own = &mut values[starts[*row]..starts[*row] + count(cells)];
            written
                .values
                .extend(own.iter_mut().filter_map(Option::take));
            written.given.extend_from_slice(cells);
        }
        Rows::new(written, width)
    }
}
