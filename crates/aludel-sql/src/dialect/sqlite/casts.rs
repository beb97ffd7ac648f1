//! Casts on SQLite: by functions that the engine registers.

use super::literal;
use crate::dialect::ansi::casts::{bool_text, is_not_zero, text_bool, text_label};
use crate::dialect::ansi::words::Repeated;
use crate::dialect::{SQLITE, plain_cast};
use crate::error::Result;
use crate::expr::Node;
use crate::render::Writer;
use crate::types::{Bounds, Kind, SqlType};

/// `CAST(operand AS type)`.
pub(super) fn cast(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let from = w.kind(operand);
    let of = std::slice::from_ref(operand);
    match (from, Kind::of(sql_type)) {
        (Kind::Integer | Kind::Float | Kind::Decimal | Kind::Text, Kind::Integer) => {
            let Some(Bounds::Whole(least, most)) = Bounds::of(sql_type, None) else {
                return plain_cast(&SQLITE, w, sql_type, |w| w.node(operand));
            };
            w.push("aludel_as_whole(");
            match from {
                Kind::Decimal => w.call("decimal_round", of)?,
                _ => w.node(operand)?,
            }
            w.push(&format!(", {}, {most})", literal(least)));
            Ok(())
        }
        (Kind::Integer, Kind::Bool) => is_not_zero(w, operand),
        (Kind::Text, Kind::Bool) => {
            let text = Repeated::new(w, operand)?.node();
            text_bool(w, &text, |w| refuse(w, &text, "truth value"))
        }
        (_, Kind::Float) => w.call(
            match sql_type {
                SqlType::Real => "aludel_as_single",
                _ => "aludel_as_float",
            },
            of,
        ),
        (Kind::Float | Kind::Text, Kind::Decimal) => w.call("aludel_as_decimal", of),
        (Kind::Integer | Kind::Bool, Kind::Decimal) => w.call("decimal", of),
        (Kind::Bool, Kind::Text) => bool_text(w, operand),
        (Kind::Float, Kind::Text) => w.call(
            match w.bounds(operand) {
                Some(Bounds::Single) => "aludel_single_text",
                _ => "aludel_float_text",
            },
            of,
        ),
        (Kind::Uuid, Kind::Text) => w.call("aludel_uuid_text", of),
        (Kind::Text, Kind::Uuid) => w.call("aludel_as_uuid", of),
        (Kind::Text, Kind::Date) => w.call("aludel_as_date", of),
        (Kind::Text, Kind::Time) => w.call("aludel_as_time", of),
        (Kind::Text, Kind::DateTime) => w.call("aludel_as_datetime", of),
        (Kind::Text, Kind::Timestamp) => w.call("aludel_as_timestamp", of),
        (Kind::Text, Kind::Enum(kind)) => {
            let text = Repeated::new(w, operand)?.node();
            text_label(w, &text, kind, |w| refuse(w, &text, "label of the enum"))
        }
        // The texts of dates and times have fixed positions.
        (Kind::DateTime | Kind::Timestamp, Kind::Date) => {
            w.push("substr(");
            w.node(operand)?;
            w.push(", 1, 10)");
            Ok(())
        }
        (Kind::DateTime | Kind::Timestamp, Kind::Time) => {
            w.push("substr(");
            w.node(operand)?;
            w.push(", 12)");
            Ok(())
        }
        (Kind::Date, Kind::DateTime | Kind::Timestamp) => {
            w.push("(");
            w.operand(operand)?;
            w.push(" || ' 00:00:00.000000')");
            Ok(())
        }
        _ => plain_cast(&SQLITE, w, sql_type, |w| w.node(operand)),
    }
}

/// NULL for NULL, and an error for any other text.
fn refuse(w: &mut Writer, text: &Node, wanted: &str) -> Result<()> {
    w.push("aludel_refuse(");
    w.node(text)?;
    w.push(&format!(", '{wanted}')"));
    Ok(())
}
