//! Results of queries that are known to find nothing: `count` is 0, the other aggregates are NULL.

use aludel_sql::Value;
use aludel_sql::expr::{AggregateFunction, Node};
use aludel_sql::row::{CellResult, Cells};
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::types::{AnyText, SqlType};

/// A row of zero counts (`Some(0)`) and NULLs.
pub(crate) struct Known(Vec<Option<i64>>);

/// The one row of an aggregate query over no rows; `None` if only the database knows it.
pub(crate) fn empty_row(items: &[Node]) -> Option<Known> {
    items
        .iter()
        .map(|node| match node {
            Node::Aggregate(aggregate) if aggregate.function == AggregateFunction::Count => {
                Some(Some(0))
            }
            Node::Aggregate(_) => Some(None),
            _ => None,
        })
        .collect::<Option<_>>()
        .map(Known)
}

macro_rules! null {
    ($($method:ident -> $kind:ty),+ $(,)?) => {$(
        fn $method(&mut self, _: usize) -> CellResult<$kind> {
            Ok(None)
        }
    )+};
}

impl Cells for Known {
    fn width(&self) -> usize {
        self.0.len()
    }
    fn is_null(&mut self, at: usize) -> bool {
        self.0[at].is_none()
    }
    fn i64(&mut self, at: usize) -> CellResult<i64> {
        Ok(self.0[at])
    }
    fn text(&mut self, _: usize) -> CellResult<&str> {
        Ok(None)
    }
    fn bytes(&mut self, _: usize) -> CellResult<&[u8]> {
        Ok(None)
    }
    fn any_text(&mut self, at: usize) -> CellResult<AnyText> {
        Ok(self.0[at].map(AnyText::integer))
    }
    null! {
        bool -> bool,
        f64 -> f64,
        uuid -> [u8; 16],
        date -> CivilDate,
        time -> CivilTime,
        datetime -> CivilDateTime,
        timestamp -> Instant,
    }
    fn array(&mut self, _: usize) -> CellResult<Box<dyn Cells + '_>> {
        Ok(None)
    }
    fn value(&mut self, at: usize, _: Option<&SqlType>) -> Result<Value, String> {
        Ok(self.0[at].map_or(Value::Null, Value::I64))
    }
}
