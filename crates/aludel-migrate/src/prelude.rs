//! Everything that a migration needs: `use aludel::migrate::prelude::*`.

#[cfg(feature = "decimal")]
pub use crate::dsl::exact;
pub use crate::dsl::{
    all_of, any_of, arithmetic, array, big_int, binary, boolean, bytes, check, clock, col, column,
    custom, date, date_time, day, decimal, double, enum_type, foreign_key, index, instant, integer,
    is_not_true, json, moment, node, not, one_of, raw, real, small_int, text, time, timestamp,
    unique, uuid, value, varchar,
};
pub use crate::historical::Historical;
pub use crate::migration::{ColumnExt, Migration, new_table, nothing};
pub use crate::operation::Operation;
pub use aludel_engine::{Result, sql};
pub use aludel_sql::Value;
pub use aludel_sql::expr::functions::{coalesce, length, literal, now, today};
pub use aludel_sql::expr::{
    AdHoc, ArithmeticOp, BinaryOp, Case, Dyn, Expr, Function, InList, JsonGet, JsonStep, Node,
    NumberKind, Operators, TextMatch, TextOp, UnaryOp, when,
};
pub use aludel_sql::schema::{Action, Constraint, Deferrability, View};
