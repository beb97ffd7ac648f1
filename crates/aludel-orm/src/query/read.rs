//! How the rows of a query are read: as a Rust type, or by what is known of their columns at run time.

use aludel_engine::DynRow;
use aludel_engine::spi::command::Sink;
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError, FromRow, Row};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// Reads rows.
pub(crate) trait ReadRow: Send + 'static {
    /// The type that a row is read as.
    type Output: Send + 'static;
    /// Reads one row, starting at the cursor.
    fn read(&self, row: &mut Row<'_>) -> Result<Self::Output, DecodeError>;
    /// Forgets the rows that it has read: the statement is run again.
    fn restart(&self) {}
}

/// Reads rows as a type.
pub(crate) struct As<R>(PhantomData<fn() -> R>);

impl<R> As<R> {
    pub(crate) fn new() -> As<R> {
        As(PhantomData)
    }
}

impl<R: FromRow + Send + 'static> ReadRow for As<R> {
    type Output = R;
    #[inline]
    fn read(&self, row: &mut Row<'_>) -> Result<R, DecodeError> {
        R::from_row(row)
    }
}

/// Reads rows as names and values.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) names: Arc<[String]>,
    pub(crate) types: Arc<[SqlType]>,
}

impl ReadRow for Named {
    type Output = DynRow;
    fn read(&self, row: &mut Row<'_>) -> Result<DynRow, DecodeError> {
        let values = self.types.iter().map(|sql_type| row.value(Some(sql_type)));
        let values: Vec<Value> = values.collect::<Result<_, _>>()?;
        Ok(DynRow::new(Arc::clone(&self.names), values))
    }
}

/// Collects rows.
pub(super) struct Gathered<P: ReadRow> {
    pub(super) rows: Vec<P::Output>,
    reader: P,
}

impl<P: ReadRow> Gathered<P> {
    pub(super) fn new(reader: P) -> Gathered<P> {
        Gathered {
            rows: Vec::new(),
            reader,
        }
    }
}

impl<P: ReadRow> Sink for Gathered<P> {
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.rows.push(self.reader.read(&mut Row::new(cells))?);
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.reader.restart();
        self.rows.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
