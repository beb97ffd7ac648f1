//! Rows on their way from the blocking pool.
//!
//! Memory that one thread allocates and another frees is slow for both. So the thread that steps a statement does not decode
//! its rows: it [packs](Packer) their cells, and the waiting task reads the [packed](Packed) ones at the same time.

use super::Clock;
use super::cells::{Source, SqliteCells};
use crate::row_batch::RowBatch;
use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::mpsc;

/// Rows in the first batch, so that the first row is there at once; each batch has four times the rows of the last one.
const FIRST: usize = 1;
const MORE: usize = 4;
/// About how many slots and bytes a batch has: a core's cache holds a few batches.
const SLOTS: usize = 8 * 1024;
const BYTES: usize = 64 * 1024;
/// A cell.
#[derive(Debug, Clone, Copy)]
enum Slot {
    Null,
    Integer(i64),
    Real(f64),
    /// Where in the bytes it begins, and its length: SQLite has none of more than 2³¹ bytes.
    Text(usize, u32),
    Blob(usize, u32),
}

/// The cells of a batch, row by row, and the bytes of those that have any.
#[derive(Default)]
struct Contents {
    slots: Vec<Slot>,
    bytes: Vec<u8>,
}

/// Batches that were read, for reuse.
type Empties = Mutex<Vec<Contents>>;

/// Packs rows, and sends them off in batches.
pub(super) struct Packer {
    sender: mpsc::Sender<Box<dyn RowBatch>>,
    batch: Contents,
    /// The names, until they are sent.
    columns: Option<Vec<String>>,
    width: usize,
    /// Rows of this batch.
    full: usize,
    empties: Arc<Empties>,
    /// The statement's clock, which leaves out waiting.
    clock: Arc<Clock>,
}

impl Packer {
    /// A packer that sends its batches here.
    pub(super) fn new(sender: mpsc::Sender<Box<dyn RowBatch>>, clock: &Arc<Clock>) -> Packer {
        Packer {
            sender,
            batch: Contents::default(),
            columns: None,
            width: 0,
            full: FIRST,
            empties: Arc::default(),
            clock: Arc::clone(clock),
        }
    }

    /// The result's columns, before its first row.
    pub(super) fn columns(&mut self, statement: &Statement<'_>) {
        self.width = statement.column_count();
        self.columns = Some(statement.column_names().map(str::to_owned).collect());
    }

    /// Packs a row; `false` when nobody takes rows any more.
    pub(super) fn row(&mut self, row: &Row<'_>) -> rusqlite::Result<bool> {
        let Contents { slots, bytes } = &mut self.batch;
        for at in 0..self.width {
            let mut put = |cell: &[u8]| {
                let begin = bytes.len();
                bytes.extend_from_slice(cell);
                (begin, cell.len() as u32)
            };
            slots.push(match row.get_ref(at)? {
                ValueRef::Null => Slot::Null,
                ValueRef::Integer(n) => Slot::Integer(n),
                ValueRef::Real(n) => Slot::Real(n),
                ValueRef::Text(text) => {
                    let (begin, length) = put(text);
                    Slot::Text(begin, length)
                }
                ValueRef::Blob(blob) => {
                    let (begin, length) = put(blob);
                    Slot::Blob(begin, length)
                }
            });
        }
        if slots.len() >= self.full * self.width || bytes.len() >= BYTES {
            self.full = (self.full * MORE).min(SLOTS / self.width.max(1)).max(1);
            return Ok(self.send());
        }
        Ok(true)
    }

    /// Sends what is left.
    pub(super) fn finish(mut self) {
        if self.columns.is_some() || !self.batch.slots.is_empty() {
            self.send();
        }
    }

    fn send(&mut self) -> bool {
        let empty = lock(&self.empties).pop().unwrap_or_default();
        let packed = Packed {
            columns: self.columns.take(),
            width: self.width,
            contents: std::mem::replace(&mut self.batch, empty),
            row: 0,
            begun: false,
            empties: Arc::clone(&self.empties),
        };
        let begun = Instant::now();
        let batch = Box::new(SqliteCells::new(packed));
        let is_taken = self.sender.blocking_send(batch).is_ok();
        self.clock.wait(begun.elapsed());
        is_taken
    }
}

/// A batch of rows, and which of them is being read.
pub(super) struct Packed {
    columns: Option<Vec<String>>,
    width: usize,
    contents: Contents,
    /// The row's first slot.
    row: usize,
    begun: bool,
    empties: Arc<Empties>,
}

impl Source for Packed {
    #[inline]
    fn width(&self) -> usize {
        self.width
    }
    #[inline]
    fn get(&self, at: usize) -> Result<ValueRef<'_>, String> {
        let slot = match at < self.width {
            true => self.contents.slots.get(self.row + at),
            false => None,
        };
        let bytes =
            |begin: usize, length: u32| &self.contents.bytes[begin..begin + length as usize];
        Ok(match *slot.ok_or("no such column")? {
            Slot::Null => ValueRef::Null,
            Slot::Integer(n) => ValueRef::Integer(n),
            Slot::Real(n) => ValueRef::Real(n),
            Slot::Text(begin, length) => ValueRef::Text(bytes(begin, length)),
            Slot::Blob(begin, length) => ValueRef::Blob(bytes(begin, length)),
        })
    }
}

impl RowBatch for SqliteCells<Packed> {
    fn columns(&mut self) -> Option<Vec<String>> {
        self.source_mut().columns.take()
    }
    fn advance(&mut self) -> bool {
        let packed = self.source_mut();
        if packed.begun {
            packed.row += packed.width;
        }
        packed.begun = true;
        packed.row < packed.contents.slots.len()
    }
}

impl Drop for Packed {
    fn drop(&mut self) {
        let mut contents = std::mem::take(&mut self.contents);
        // A buffer that one long cell has enlarged is not kept.
        if contents.bytes.capacity() <= 2 * BYTES {
            contents.slots.clear();
            contents.bytes.clear();
            lock(&self.empties).push(contents);
        }
    }
}

fn lock(empties: &Empties) -> std::sync::MutexGuard<'_, Vec<Contents>> {
    empties.lock().unwrap_or_else(PoisonError::into_inner)
}
