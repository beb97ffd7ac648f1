//! JSON: `serde_json::Value`, and [`Json<T>`] for any serde type.

use super::{Scalar, SqlType};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON column that holds a `T`.
///
/// A `T` that serde cannot write as JSON (a map with keys that are not text) is an error before any SQL is sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Json<T>(pub T);

impl<T> std::ops::Deref for Json<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> std::ops::DerefMut for Json<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize + DeserializeOwned + Send + 'static> Scalar for Json<T> {
    fn sql_type() -> SqlType {
        SqlType::Json
    }
    fn encode(self) -> Value {
        encode(&self.0)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        Ok(decode(cells, at)?.map(Json))
    }
}

impl Scalar for serde_json::Value {
    fn sql_type() -> SqlType {
        SqlType::Json
    }
    fn encode(self) -> Value {
        encode(&self)
    }
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self> {
        decode(cells, at)
    }
}

fn encode(value: &impl Serialize) -> Value {
    match serde_json::to_string(value) {
        Ok(text) => Value::Json(text),
        Err(cause) => Value::Invalid(format!("it can't be written as JSON ({cause})").into()),
    }
}

fn decode<T: DeserializeOwned>(cells: &mut dyn Cells, at: usize) -> CellResult<T> {
    let Some(text) = cells.json(at)? else {
        return Ok(None);
    };
    serde_json::from_str(text)
        .map(Some)
        .map_err(|cause| format!("JSON of another shape ({cause})"))
}
