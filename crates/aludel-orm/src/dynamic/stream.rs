//! [`DynStream`]: rows as they arrive.

use crate::query::Named;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Command, Mapping};
use aludel_engine::{DynRow, Result, RowStream};
use aludel_sql::Value;
use aludel_sql::row::{DecodeError, FromRow, Row};
use std::sync::Arc;

/// The rows of a dynamic query as they arrive, with bounded memory: made by [`DynQuery::stream`](super::DynQuery::stream).
///
/// While a stream of a transaction is read, nothing else runs in that transaction.
pub struct DynStream {
    rows: RowStream<AllValues>,
    names: Arc<[String]>,
}

impl DynStream {
    pub(super) fn new(command: Command, reader: Named, target: Target<'_>) -> DynStream {
        DynStream {
            rows: target.stream(command, Mapping::Typed(reader.types)),
            names: reader.names,
        }
    }

    /// The next row.
    ///
    /// # Errors
    /// Any database error; nothing follows an error.
    pub async fn next(&mut self) -> Option<Result<DynRow>> {
        let row = self.rows.next().await?;
        Some(row.map(|values| DynRow::new(Arc::clone(&self.names), values.0)))
    }
}

/// All columns of a row, whose types are known elsewhere.
pub(crate) struct AllValues(pub(crate) Vec<Value>);

impl FromRow for AllValues {
    // The row decides: it is read whole.
    const WIDTH: usize = 0;

    fn from_row(row: &mut Row<'_>) -> Result<AllValues, DecodeError> {
        let values = (0..row.remaining()).map(|_| row.value(None));
        values.collect::<Result<_, _>>().map(AllValues)
    }
}
