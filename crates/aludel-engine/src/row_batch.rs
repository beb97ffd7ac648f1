//! [`RowBatch`]: rows that a driver has read, and that nobody has made anything of yet.

use aludel_sql::row::Cells;

/// Rows of one result that are held together, the cells of one of them at a time.
///
/// They come from a thread that reads ahead: what is made of a row is made, and dropped, where it is used.
pub trait RowBatch: Cells + Send + Sync {
    /// The names of the result's columns, with its first rows.
    fn columns(&mut self) -> Option<Vec<String>>;
    /// Goes on to the next row, at the beginning to the first; `false` after the last.
    fn advance(&mut self) -> bool;
}
