//! The type table: what each Rust type becomes in each database.
//!
//! | Rust | [`SqlType`] | SQLite | PostgreSQL | MariaDB / MySQL |
//! |---|---|---|---|---|
//! | `bool` | `Bool` | `BOOLEAN` (0/1) | `boolean` | `boolean` (tinyint) |
//! | `i16`, `u8`, `i8` | `SmallInt` | `INTEGER` | `smallint` | `smallint` |
//! | `i32`, `u16` | `Integer` | `INTEGER` | `integer` | `integer` |
//! | `i64`, `u32` | `BigInt` | `INTEGER` | `bigint` | `bigint` |
//! | `f32` | `Real` | `REAL` | `real` | `float` |
//! | `f64` | `Double` | `REAL` | `double precision` | `double` |
//! | `String` | `Text` / `Varchar(n)` | `TEXT` / `VARCHAR(n)` + CHECK | `text` / `varchar(n)` | `longtext` / `varchar(n)`; keys `varchar(255)` |
//! | `Vec<u8>` ([`Bytes`]) | `Bytes` | `BLOB` | `bytea` | `longblob` |
//! | `Decimal` | `Decimal(p, s)` | `TEXT COLLATE decimal` | `numeric(p, s)` | `decimal(p, s)` |
//! | dates (`jiff`, `chrono`, `time`) | `Date` | `TEXT` `YYYY-MM-DD` | `date` | `date` |
//! | times | `Time` | `TEXT` `HH:MM:SS.ffffff` | `time` | `time(6)` |
//! | zoneless date-times | `DateTime` | `TEXT` `YYYY-MM-DD HH:MM:SS.ffffff` | `timestamp` | `datetime(6)` |
//! | instants | `Timestamp` | the same, UTC | `timestamptz` | `datetime(6)`, UTC |
//! | `Uuid` | `Uuid` | `BLOB` (16) | `uuid` | `binary(16)` |
//! | `serde_json::Value`, [`Json<T>`] | `Json` | `TEXT` | `jsonb` | `json` (longtext on MariaDB) |
//! | `Vec<T>` | `Array` | – | `T[]` | – |
//! | `#[derive(DbEnum)]` | `Enum` | `TEXT` + CHECK | a native enum type | `varchar` + CHECK |
//!
//! `Option<T>` is a nullable column of `T`. A dash is an `Unsupported` error before any SQL is sent.
//! Microseconds are kept everywhere; finer parts are cut off when a value is bound.
//!
//! What a column holds is the same on every database, and anything else is an error before any SQL is sent:
//!
//! | Column | Holds | Else |
//! |---|---|---|
//! | `Date` | 0001-01-01 to 9999-12-31 | `InvalidQuery` |
//! | `DateTime`, `Timestamp` | 0001-01-01 00:00:00 to 9999-12-31 23:59:59.999999 (UTC) | `InvalidQuery` |
//! | `Decimal(p, s)` | `s` digits after the point, `p - s` before it; zeros are added up to `s` | `OutOfRange` |
//! | `Varchar(n)` | `n` characters, spaces at the end among them | `ValueTooLong` |
//! | integers, `Real` | what the Rust type holds, also where an UPDATE sets an expression | `OutOfRange` |
//! | `Json` | MariaDB: 31 arrays and objects within each other; MySQL: 100. PostgreSQL: no `\u0000` | `Unsupported` |
//!
//! A `jiff::Timestamp` ends at 9999-12-30 22:00:00.999999999, which is stored and read like any other.
//! NaN and infinities need PostgreSQL: SQLite would store NaN as NULL and MariaDB refuses both, so there they are
//! errors before any SQL is sent (SQLite keeps infinities).

mod any_text;
mod basic;
mod bounds;
mod db_enum;
#[cfg(feature = "decimal")]
mod decimal;
mod fit;
#[cfg(feature = "json")]
mod json;
mod key;
mod kind;
pub mod temporal;
#[cfg(feature = "chrono")]
mod temporal_chrono;
#[cfg(feature = "jiff")]
mod temporal_jiff;
#[cfg(feature = "time")]
mod temporal_time;
#[cfg(feature = "uuid")]
mod uuid;

pub use any_text::AnyText;
pub use basic::{Bytes, Element};
pub use bounds::Bounds;
pub use db_enum::DbEnum;
pub use fit::{Unfit, check_fit, is_bounded, pad};
#[cfg(feature = "json")]
pub use json::Json;
pub use key::PrimaryKey;
pub use kind::{ColumnKinds, Kind};

use crate::row::{CellResult, Cells};
use crate::sealed::Sealed;
use crate::value::{EnumType, Value};

/// A portable column type; each dialect writes it in its own syntax (see the [module's table](self)).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// Booleans.
    Bool,
    /// 16-bit integers.
    SmallInt,
    /// 32-bit integers.
    Integer,
    /// 64-bit integers.
    BigInt,
    /// 32-bit floats.
    Real,
    /// 64-bit floats.
    Double,
    /// Text without a limit.
    Text,
    /// Text of at most that many characters.
    Varchar(u32),
    /// Bytes.
    Bytes,
    /// Exact numbers: digits in all, digits after the point.
    Decimal(u32, u32),
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
    /// A PostgreSQL array.
    Array(Box<SqlType>),
    /// One of a fixed set of labels.
    Enum(EnumType),
    /// A database-specific type, by its name in SQL, such as `citext` or `inet`.
    Custom(std::borrow::Cow<'static, str>),
}

impl SqlType {
    /// Whether a column that was made for the type returns its values as they were sent. Other types round them, write them
    /// in another way, or are not known.
    pub fn is_exact(&self) -> bool {
        match self {
            SqlType::Bool
            | SqlType::SmallInt
            | SqlType::Integer
            | SqlType::BigInt
            | SqlType::Double
            | SqlType::Text
            | SqlType::Varchar(_)
            | SqlType::Bytes
            | SqlType::Uuid
            | SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp => true,
            SqlType::Real
            | SqlType::Decimal(..)
            | SqlType::Json
            | SqlType::Array(_)
            | SqlType::Enum(_)
            | SqlType::Custom(_) => false,
        }
    }
}

/// A Rust type that fits into one column.
///
/// Implemented for the types of the [table](self), by `#[derive(DbEnum)]` and `#[derive(DbNewtype)]`; implement it
/// for a type of your own by converting to one that has it:
///
/// ```
/// use aludel_sql::{row::{CellResult, Cells}, types::{Scalar, SqlType}, value::Value};
///
/// struct Celsius(f64);
///
/// impl Scalar for Celsius {
///     fn sql_type() -> SqlType { f64::sql_type() }
///     fn encode(self) -> Value { self.0.encode() }
///     fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Celsius> {
///         Ok(f64::decode(cells, at)?.map(Celsius))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be stored in one column",
    label = "no column type for this",
    note = "columns hold bool, i8–i64, u8–u32, f32, f64, String, Bytes, dates and times (features `jiff`, `chrono`, `time`), Decimal, Uuid, Json<T>; wrap it with `#[derive(DbEnum)]`, `#[derive(DbNewtype)]`, `Json<T>` or implement `Scalar`"
)]
pub trait Scalar: Sized + Send + 'static {
    /// The column type.
    fn sql_type() -> SqlType;
    /// The value to bind.
    fn encode(self) -> Value;
    /// Reads cell `at`; NULL is `None`.
    ///
    /// # Errors
    /// In words, what was found instead of a value of this type.
    fn decode(cells: &mut dyn Cells, at: usize) -> CellResult<Self>;
    /// The least and greatest whole number that it reads, if they are fewer than its column holds: an update by an
    /// expression with any other result fails.
    fn range() -> Option<(i64, i64)> {
        None
    }
}

/// A column's Rust type: a [`Scalar`], or an `Option` of one for a nullable column.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the type of a column",
    label = "no column type for this",
    note = "columns hold scalars (bool, integers, floats, String, dates, …) or an `Option` of one; for a struct use `#[field(embedded)]`, `Json<T>` or a relation"
)]
pub trait ColumnType: crate::row::FromRow + Sized + Send + 'static {
    /// The type without `Option`.
    type Base: Scalar;
    /// The type of a comparison with it: `bool`, or `Option<bool>` if it may be NULL.
    type Truth: Truth;
    /// `U`, nullable if this type is.
    type With<U: Scalar>: ColumnType<Base = U>;
    /// `U`, nullable if `U` or this type is.
    type Also<U: ColumnType>: ColumnType<Base = U::Base>;
    /// Whether the column is nullable.
    const NULLABLE: bool;
    /// The value to bind, NULL for `None`.
    fn into_value(self) -> Value;
    /// Whether it is NULL.
    #[doc(hidden)]
    #[inline]
    fn is_null(&self) -> bool {
        false
    }
    /// NULL, if the type is nullable.
    #[doc(hidden)]
    fn null() -> Option<Self> {
        None
    }
}

#[diagnostic::do_not_recommend]
impl<T: Scalar> ColumnType for T {
    type Base = T;
    type Truth = bool;
    type With<U: Scalar> = U;
    type Also<U: ColumnType> = U;
    const NULLABLE: bool = false;
    fn into_value(self) -> Value {
        self.encode()
    }
}

impl<T: Scalar> ColumnType for Option<T> {
    type Base = T;
    type Truth = Option<bool>;
    type With<U: Scalar> = Option<U>;
    type Also<U: ColumnType> = Option<U::Base>;
    const NULLABLE: bool = true;
    fn into_value(self) -> Value {
        self.map_or(Value::Null, Scalar::encode)
    }
    #[inline]
    fn is_null(&self) -> bool {
        self.is_none()
    }
    fn null() -> Option<Self> {
        Some(None)
    }
}

/// The types of conditions: `bool`, or `Option<bool>` if the condition may be unknown (NULL).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "expected a condition",
    note = "compare it: `.eq(..)`, `.gt(..)`, `.is_not_null()`"
)]
pub trait Truth: ColumnType<Base = bool> + Sealed {
    /// The type of this condition AND another: unknown if either may be.
    type And<U: Truth>: Truth;
    /// `T`, or `Option<T>` if this condition may be unknown.
    type Of<T>;
}

impl Sealed for bool {}
impl Sealed for Option<bool> {}

impl Truth for bool {
    type And<U: Truth> = U;
    type Of<T> = T;
}

impl Truth for Option<bool> {
    type And<U: Truth> = Option<bool>;
    type Of<T> = Option<T>;
}
