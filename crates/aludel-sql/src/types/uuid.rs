//! `uuid::Uuid`.

use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use uuid::Uuid;

impl Scalar for Uuid {
    fn sql_type() -> SqlType {
        SqlType::Uuid
    }
    fn encode(self) -> Value {
        Value::Uuid(self.into_bytes())
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        Ok(cells.uuid(at)?.map(Uuid::from_bytes))
    }
}
