//! Statements of many rows, in the database's own way.

use super::Writer;
use crate::error::{Error, Result};
use crate::expr::Name;
use crate::statement::{InsertArrays, UpdateMany};

impl Writer {
    /// An INSERT of an array for each column.
    ///
    /// # Errors
    /// If the dialect does not support it, or a value can't be sent.
    pub fn insert_arrays(&mut self, insert: InsertArrays) -> Result<()> {
        let InsertArrays {
            table,
            columns,
            conflict,
            returning,
        } = insert;
        let rows = columns.first().map_or(0, |column| column.items.len());
        if rows == 0 || columns.iter().any(|column| column.items.len() != rows) {
            return Err(Error::invalid(format!(
                "an INSERT of arrays into {table} needs columns, each with as many values, and one at least"
            )));
        }
        let names: Vec<Name> = columns.iter().map(|column| column.name.clone()).collect();
        self.insert_into(&table, conflict.is_some())?;
        self.insert_head(&names)?;
        self.push(" ");
        let dialect = self.dialect();
        dialect.bulk().rows_of_arrays(self, columns)?;
        self.insert_tail(&table, &names, conflict.as_ref(), &returning)
    }

    /// An UPDATE of many rows.
    ///
    /// # Errors
    /// If the dialect does not support it, or a value can't be sent.
    pub fn update_many(&mut self, update: UpdateMany) -> Result<()> {
        let width = update.matched.len() + update.set.len();
        let is_whole = |row: &Vec<_>| row.len() == width;
        let is_empty = update.rows.is_empty() || update.matched.is_empty() || update.set.is_empty();
        if is_empty || !update.rows.iter().all(is_whole) {
            return Err(Error::invalid(format!(
                "an UPDATE of many rows of {} needs rows, columns that find them and columns that it sets, and a value for each in every row",
                update.table
            )));
        }
        let dialect = self.dialect();
        dialect.bulk().update_many(self, update)
    }
}
