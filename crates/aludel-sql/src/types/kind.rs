//! [`Kind`]: the kind of values an expression has, where databases treat kinds differently.

use super::{Bounds, SqlType};
use crate::value::{EnumType, Value};
use std::sync::Arc;

/// The kind of values an expression has. The renderer derives it from the leaves of a tree up, so that a dialect can keep
/// decimals exact, and enums in the order of their declaration, in every position of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Unknown: left to the database.
    #[default]
    Unknown,
    /// Booleans.
    Bool,
    /// Whole numbers.
    Integer,
    /// Floats.
    Float,
    /// Exact numbers.
    Decimal,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Dates with a time, without a time zone.
    DateTime,
    /// Instants.
    Timestamp,
    /// UUIDs.
    Uuid,
    /// JSON documents.
    Json,
    /// Labels, in the order of their declaration.
    Enum(EnumType),
    /// Arrays.
    Array,
    /// Text (or an array of it) in the program, a database-specific type in the column.
    Own(&'static str),
}

impl Kind {
    /// The kind of a column's values.
    pub fn of(sql_type: &SqlType) -> Kind {
        match sql_type {
            SqlType::Bool => Kind::Bool,
            SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => Kind::Integer,
            SqlType::Real | SqlType::Double => Kind::Float,
            SqlType::Text | SqlType::Varchar(_) => Kind::Text,
            SqlType::Bytes => Kind::Bytes,
            SqlType::Decimal(..) => Kind::Decimal,
            SqlType::Date => Kind::Date,
            SqlType::Time => Kind::Time,
            SqlType::DateTime => Kind::DateTime,
            SqlType::Timestamp => Kind::Timestamp,
            SqlType::Uuid => Kind::Uuid,
            SqlType::Json => Kind::Json,
            SqlType::Enum(kind) => Kind::Enum(*kind),
            SqlType::Array(_) => Kind::Array,
            SqlType::Custom(_) => Kind::Unknown,
        }
    }

    /// The kind of a value.
    pub fn of_value(value: &Value) -> Kind {
        match value {
            Value::Null | Value::Invalid(_) => Kind::Unknown,
            Value::Bool(_) => Kind::Bool,
            Value::I16(_) | Value::I32(_) | Value::I64(_) => Kind::Integer,
            Value::F32(_) | Value::F64(_) => Kind::Float,
            Value::Text(_) => Kind::Text,
            Value::Bytes(_) => Kind::Bytes,
            #[cfg(feature = "decimal")]
            Value::Decimal(_) => Kind::Decimal,
            Value::Date(_) => Kind::Date,
            Value::Time(_) => Kind::Time,
            Value::DateTime(_) => Kind::DateTime,
            Value::Timestamp(_) => Kind::Timestamp,
            Value::Uuid(_) => Kind::Uuid,
            Value::Json(_) => Kind::Json,
            Value::Enum(kind, _) => Kind::Enum(**kind),
            Value::Array(_) => Kind::Array,
        }
    }

    /// This kind, or the other if this one is unknown.
    #[must_use]
    pub fn or(self, other: impl FnOnce() -> Kind) -> Kind {
        match self {
            Kind::Unknown => other(),
            known => known,
        }
    }
}

/// The kinds of a table's columns, by name, and their [`Bounds`]. It annotates a table's name: two names are equal whatever
/// is known of their columns.
#[derive(Clone, Default)]
pub struct ColumnKinds {
    columns: Option<Arc<[Known]>>,
    has_own_types: bool,
}

/// What is known of a column.
struct Known {
    name: Box<str>,
    kind: Kind,
    bounds: Option<Bounds>,
}

impl ColumnKinds {
    /// The kinds of these columns.
    pub fn new<S: Into<Box<str>>>(columns: impl IntoIterator<Item = (S, Kind)>) -> ColumnKinds {
        let columns = columns.into_iter();
        ColumnKinds::bounded(columns.map(|(name, kind)| (name, kind, None)))
    }

    /// The kinds of these columns, and what they can hold.
    pub fn bounded<S: Into<Box<str>>>(
        columns: impl IntoIterator<Item = (S, Kind, Option<Bounds>)>,
    ) -> ColumnKinds {
        let known = columns.into_iter().map(|(name, kind, bounds)| Known {
            name: name.into(),
            kind,
            bounds,
        });
        let columns: Arc<[Known]> = known.collect();
        ColumnKinds {
            has_own_types: columns
                .iter()
                .any(|known| matches!(known.kind, Kind::Own(_))),
            columns: Some(columns),
        }
    }

    /// Whether a column has a database-specific type that the program reads as text.
    pub fn has_own_types(&self) -> bool {
        self.has_own_types
    }

    /// The same kinds under other names, as a common table expression gives its columns.
    #[must_use]
    pub fn renamed<S: AsRef<str>>(self, names: &[S]) -> ColumnKinds {
        match &self.columns {
            Some(columns) if names.len() == columns.len() => {
                let names = names.iter().map(|name| name.as_ref());
                ColumnKinds::new(names.zip(columns.iter().map(|known| known.kind)))
            }
            _ => self,
        }
    }

    /// The kind of a column.
    pub fn get(&self, column: &str) -> Kind {
        self.known(column)
            .map(|known| known.kind)
            .unwrap_or_default()
    }

    /// What a column can hold, if that has limits.
    pub fn bounds(&self, column: &str) -> Option<Bounds> {
        self.known(column)?.bounds
    }

    fn known(&self, column: &str) -> Option<&Known> {
        let mut columns = self.columns.iter().flat_map(|columns| columns.iter());
        columns.find(|known| *known.name == *column)
    }
}

impl std::fmt::Debug for ColumnKinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.columns {
            Some(_) => "known",
            None => "unknown",
        })
    }
}

impl PartialEq for ColumnKinds {
    fn eq(&self, _: &ColumnKinds) -> bool {
        true
    }
}

impl Eq for ColumnKinds {}

impl std::hash::Hash for ColumnKinds {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl PartialOrd for ColumnKinds {
    fn partial_cmp(&self, other: &ColumnKinds) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ColumnKinds {
    fn cmp(&self, _: &ColumnKinds) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}
