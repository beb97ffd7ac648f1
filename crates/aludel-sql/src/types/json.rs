//! JSON: `serde_json::Value`, and [`Json<T>`] for any serde type.

use super::{Scalar, SqlType};
use crate::json_text::{self, MOST_LEVELS};
use crate::row::{CellResult, Cells};
use crate::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::ser::{CompactFormatter, Formatter};
use std::io::{self, Write};

/// A JSON column that holds a `T`.
///
/// A `T` that serde cannot write as JSON (a map with keys that are not text), or can't read again (a float that is not
/// finite is `null` in JSON; 128 arrays and objects within each other), is an error before any SQL is sent.
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
        match encode(&self.0) {
            // JSON has no floats that are not finite: they become null, which a `T` may not accept.
            Value::Json(text) if text.contains("null") => match serde_json::from_str::<T>(&text) {
                Ok(_) => Value::Json(text),
                Err(cause) => Value::Invalid(
                    format!("its JSON has a null that can't be read again ({cause}); JSON has no NaN and no infinities, so use an Option")
                        .into(),
                ),
            },
            written => written,
        }
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
    let mut text = Vec::with_capacity(128);
    let mut writer = serde_json::Serializer::with_formatter(&mut text, PlainNumbers);
    let text = match value.serialize(&mut writer) {
        Ok(()) => String::from_utf8(text).unwrap_or_default(),
        Err(cause) => {
            return Value::Invalid(format!("it can't be written as JSON ({cause})").into());
        }
    };
    // Each level takes two characters at least.
    if text.len() > 2 * MOST_LEVELS
        && json_text::read(&text).is_none_or(|json| json.depth > MOST_LEVELS)
    {
        return Value::Invalid(
            format!(
                "its JSON has more than {MOST_LEVELS} arrays and objects within each other, which could not be read \
                 again; make it flatter, or store it as text"
            )
            .into(),
        );
    }
    Value::Json(text)
}

/// Writes numbers without an exponent, as PostgreSQL stores them, so that their text is the same on every database.
struct PlainNumbers;

impl Formatter for PlainNumbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, n: f64) -> io::Result<()> {
        match n.abs() {
            0.0 => writer.write_all(b"0.0"),
            1e-4..1e16 => CompactFormatter.write_f64(writer, n),
            1e16.. => write!(writer, "{n}.0"),
            _ => write!(writer, "{n}"),
        }
    }

    fn write_f32<W: ?Sized + Write>(&mut self, writer: &mut W, n: f32) -> io::Result<()> {
        match n.abs() {
            0.0 => writer.write_all(b"0.0"),
            1e-4..1e16 => CompactFormatter.write_f32(writer, n),
            1e16.. => write!(writer, "{n}.0"),
            _ => write!(writer, "{n}"),
        }
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
