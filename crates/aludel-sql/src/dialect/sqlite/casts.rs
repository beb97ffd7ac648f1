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
    let is_moment = matches!(from, Kind::DateTime | Kind::Timestamp);
    let is_text = from == Kind::Text;
    match Kind::of(sql_type) {
        Kind::Integer => whole(w, operand, sql_type),
        Kind::Bool if from == Kind::Integer => is_not_zero(w, operand),
        Kind::Bool if is_text => {
            let text = Repeated::new(w, operand)?.node();
            text_bool(w, &text, |w| refuse(w, &text, "truth value"))
        }
        Kind::Float => w.call(
            match sql_type {
                SqlType::Real => "aludel_as_single",
                _ => "aludel_as_float",
            },
            of,
        ),
        Kind::Decimal if is_text || from == Kind::Float => w.call("aludel_as_decimal", of),
        Kind::Decimal if matches!(from, Kind::Integer | Kind::Bool) => w.call("decimal", of),
        Kind::Text => text(w, operand, sql_type),
        Kind::Uuid if is_text => w.call("aludel_as_uuid", of),
        Kind::Date if is_text => w.call("aludel_as_date", of),
        Kind::Time if is_text => w.call("aludel_as_time", of),
        Kind::DateTime if is_text => w.call("aludel_as_datetime", of),
        Kind::Timestamp if is_text => w.call("aludel_as_timestamp", of),
        Kind::Enum(kind) if is_text => {
            let text = Repeated::new(w, operand)?.node();
            text_label(w, &text, kind, |w| refuse(w, &text, "label of the enum"))
        }
        // The texts of dates and times have fixed positions.
        Kind::Date if is_moment => {
            w.push("substr(");
            w.node(operand)?;
            w.push(", 1, 10)");
            Ok(())
        }
        Kind::Time if is_moment => {
            w.push("substr(");
            w.node(operand)?;
            w.push(", 12)");
            Ok(())
        }
        Kind::DateTime | Kind::Timestamp if from == Kind::Date => {
            w.push("(");
            w.operand(operand)?;
            w.push(" || ' 00:00:00.000000')");
            Ok(())
        }
        Kind::Unknown
        | Kind::Bool
        | Kind::Decimal
        | Kind::Bytes
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp
        | Kind::Uuid
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Array
        | Kind::Own(_) => plain_cast(&SQLITE, w, sql_type, |w| w.node(operand)),
    }
}

/// A cast to a whole number.
fn whole(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let from = w.kind(operand);
    let is_number = matches!(
        from,
        Kind::Integer | Kind::Float | Kind::Decimal | Kind::Text
    );
    let Some(Bounds::Whole(least, most)) = Bounds::of(sql_type, None).filter(|_| is_number) else {
        return plain_cast(&SQLITE, w, sql_type, |w| w.node(operand));
    };
    w.push("aludel_as_whole(");
    match from {
        Kind::Decimal => w.call("decimal_round", std::slice::from_ref(operand))?,
        _ => w.node(operand)?,
    }
    w.push(&format!(", {}, {most})", literal(least)));
    Ok(())
}

/// A cast to text.
fn text(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let function = match w.kind(operand) {
        Kind::Bool => return bool_text(w, operand),
        Kind::Float => match w.bounds(operand) {
            Some(Bounds::Single) => "aludel_single_text",
            _ => "aludel_float_text",
        },
        Kind::Uuid => "aludel_uuid_text",
        Kind::Unknown
        | Kind::Integer
        | Kind::Decimal
        | Kind::Text
        | Kind::Bytes
        | Kind::Date
        | Kind::Time
        | Kind::DateTime
        | Kind::Timestamp
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Array
        | Kind::Own(_) => return plain_cast(&SQLITE, w, sql_type, |w| w.node(operand)),
    };
    w.call(function, std::slice::from_ref(operand))
}

/// NULL for NULL, and an error for any other text.
fn refuse(w: &mut Writer, text: &Node, wanted: &str) -> Result<()> {
    w.push("aludel_refuse(");
    w.node(text)?;
    w.push(&format!(", '{wanted}')"));
    Ok(())
}
