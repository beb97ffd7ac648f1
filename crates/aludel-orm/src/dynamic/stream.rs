//! Rows of a dynamic query as they arrive: those of its statement, with the names of the columns.

use crate::query::Named;
use crate::read::AllValues;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Command, Mapping};
use aludel_engine::{DynRow, Result, RowStream};
use futures_core::Stream;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The rows that a command finds.
pub(super) fn named(command: Command, reader: Named, target: Target<'_>) -> RowStream<DynRow> {
    RowStream::of(NamedRows {
        rows: target.stream(command, Mapping::Typed(reader.types)),
        names: reader.names,
    })
}

struct NamedRows {
    rows: RowStream<AllValues>,
    names: Arc<[String]>,
}

impl Stream for NamedRows {
    type Item = Result<DynRow>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<DynRow>>> {
        let row = Pin::new(&mut self.rows).poll_next(cx);
        row.map_ok(|values| DynRow::new(Arc::clone(&self.names), values.0))
    }
}
