//! Rows whose columns are known only at run time.

use crate::command::Sink;
use crate::error::{Error, ErrorKind, Result as Answer};
use aludel_sql::Value;
use aludel_sql::row::{Cells, DecodeError};
use aludel_sql::types::SqlType;
use std::any::Any;
use std::sync::Arc;

/// A row as names and values, for queries whose columns no type describes.
#[derive(Debug, Clone, PartialEq)]
pub struct DynRow {
    names: Arc<[String]>,
    values: Vec<Value>,
}

impl DynRow {
    /// A row of these names and values.
    pub fn new(names: Arc<[String]>, values: Vec<Value>) -> DynRow {
        DynRow { names, values }
    }

    /// The names of its columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Its values, in order. One that could not be read is [`Value::Invalid`], with the reason.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a column; [`Value::Invalid`] if it could not be read.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.names
            .iter()
            .position(|column| column == name)
            .map(|at| &self.values[at])
    }

    /// The value of a column, which must exist and be readable.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`]: no column of that name, or a value of a type that [`Value`] does not have.
    pub fn read(&self, name: &str) -> Answer<&Value> {
        let why = match self.get(name) {
            Some(Value::Invalid(why)) => why.to_string(),
            Some(value) => return Ok(value),
            None => format!(
                "the row has no such column; it has {}",
                self.names.join(", ")
            ),
        };
        let error = Error::new(ErrorKind::Decode, format!("column {name:?}: {why}"));
        Err(error.with_column(name))
    }

    /// Names with values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }
}

/// Collects dynamic rows.
pub struct CollectDynamic {
    /// The rows.
    pub rows: Vec<DynRow>,
    names: Arc<[String]>,
    hints: Vec<Option<SqlType>>,
    /// Whether a value that can't be read becomes [`Value::Invalid`], so that the rest of its row can be read.
    lenient: bool,
}

impl CollectDynamic {
    /// Rows of any columns, read as the database has them. A value that can't be read is [`Value::Invalid`]: the columns of raw
    /// SQL are not known beforehand, and the statement may have been a write.
    pub fn new() -> CollectDynamic {
        CollectDynamic {
            lenient: true,
            ..CollectDynamic::hinted(Vec::new())
        }
    }

    /// Rows whose columns have these types, where they are known: SQLite and MariaDB store dates, booleans and exact numbers as
    /// other types.
    pub fn hinted(hints: Vec<Option<SqlType>>) -> CollectDynamic {
        CollectDynamic {
            rows: Vec::new(),
            names: Arc::from(Vec::new()),
            hints,
            lenient: false,
        }
    }
}

impl Default for CollectDynamic {
    fn default() -> Self {
        CollectDynamic::new()
    }
}

impl Sink for CollectDynamic {
    fn wants_columns(&self) -> bool {
        true
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        self.names = names.into();
        Ok(())
    }
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        let mut values = Vec::with_capacity(cells.width());
        for at in 0..cells.width() {
            let hint = self.hints.get(at).and_then(Option::as_ref);
            values.push(match cells.value(at, hint) {
                Ok(value) => value,
                Err(found) if self.lenient => Value::Invalid(found.into()),
                Err(found) => {
                    return Err(DecodeError {
                        position: at,
                        wanted: "a value",
                        found,
                    });
                }
            });
        }
        self.rows.push(DynRow {
            names: Arc::clone(&self.names),
            values,
        });
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// The cell read as the hinted type; `None` without a hint.
#[allow(dead_code)]
pub(crate) fn hinted(
    cells: &mut dyn Cells,
    at: usize,
    hint: Option<&SqlType>,
) -> Option<Result<Value, String>> {
    fn value<T>(
        cell: Result<Option<T>, String>,
        wrap: impl FnOnce(T) -> Value,
    ) -> Option<Result<Value, String>> {
        Some(cell.map(|found| found.map_or(Value::Null, wrap)))
    }
    match hint? {
        SqlType::Bool => value(cells.bool(at), Value::Bool),
        SqlType::SmallInt => value(cells.i64(at), |n| {
            i16::try_from(n).map_or(Value::I64(n), Value::I16)
        }),
        SqlType::Integer => value(cells.i64(at), |n| {
            i32::try_from(n).map_or(Value::I64(n), Value::I32)
        }),
        SqlType::BigInt => value(cells.i64(at), Value::I64),
        SqlType::Real => value(cells.f64(at), |n| Value::F32(n as f32)),
        SqlType::Double => value(cells.f64(at), Value::F64),
        SqlType::Text | SqlType::Varchar(_) => value(cells.string(at), Value::Text),
        SqlType::Bytes => value(cells.bytes(at), |bytes| Value::Bytes(bytes.to_vec())),
        #[cfg(feature = "decimal")]
        SqlType::Decimal(..) => value(cells.decimal(at), Value::Decimal),
        SqlType::Date => value(cells.date(at), Value::Date),
        SqlType::Time => value(cells.time(at), Value::Time),
        SqlType::DateTime => value(cells.datetime(at), Value::DateTime),
        SqlType::Timestamp => value(cells.timestamp(at), Value::Timestamp),
        SqlType::Uuid => value(cells.uuid(at), Value::Uuid),
        SqlType::Json => value(cells.json(at), |text| Value::Json(text.to_owned())),
        SqlType::Enum(kind) => Some(match cells.text(at) {
            Err(found) => Err(found),
            Ok(None) => Ok(Value::Null),
            Ok(Some(text)) => match kind.labels.iter().find(|label| **label == text) {
                Some(label) => Ok(Value::Text((*label).to_owned())),
                None => Err(format!("a label that {} has not", kind.name)),
            },
        }),
        #[cfg(not(feature = "decimal"))]
        SqlType::Decimal(..) => None,
        SqlType::Array(_) | SqlType::Custom(_) => None,
    }
}
