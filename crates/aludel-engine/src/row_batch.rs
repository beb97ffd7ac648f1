//! [`RowBatch`]: rows that a driver has read and nobody has decoded yet.

use aludel_sql::row::Cells;

/// A batch of rows of one result, whose cells are read one row at a time.
///
/// It comes from a thread that reads ahead: the values of a row are made and dropped where they are used.
pub trait RowBatch: Cells + Send + Sync {
    /// The names of the result's columns, with its first rows.
    fn columns(&mut self) -> Option<Vec<String>>;
    /// Moves to the next row, at the beginning to the first; `false` after the last.
    fn advance(&mut self) -> bool;
}
