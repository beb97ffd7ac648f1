#![doc = include_str!("../README.md")]

pub mod dialect;
pub mod error;
pub mod expr;
pub mod json_text;
pub mod render;
pub mod row;
pub mod schema;
mod sealed;
pub mod statement;
pub mod types;
pub mod value;

// The crates whose types columns can have, in the versions used here.
#[cfg(feature = "chrono")]
pub use chrono;
#[cfg(feature = "jiff")]
pub use jiff;
#[cfg(feature = "decimal")]
pub use rust_decimal;
#[cfg(feature = "json")]
pub use serde_json;
#[cfg(feature = "time")]
pub use time;
#[cfg(feature = "uuid")]
pub use uuid;

pub use error::{Error, Result};
pub use value::Value;

/// What most programs need, for a glob import.
pub mod prelude {
    pub use crate::dialect;
    pub use crate::expr::functions::{
        ceil, coalesce, count, day, floor, func, greatest, hour, least, length, literal, minute,
        month, now, null_if, random, replace, round, second, substring, today, year,
    };
    pub use crate::expr::{Expr, Operators, table, when};
    pub use crate::statement::JoinKind;
    pub use crate::types::Bytes;
    #[cfg(feature = "json")]
    pub use crate::types::Json;
}
