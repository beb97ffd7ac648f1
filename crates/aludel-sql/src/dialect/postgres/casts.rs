//! Casts on PostgreSQL, whose own are strict.

use crate::dialect::ansi::casts::is_not_zero;
use crate::dialect::ansi::numbers::round_float;
use crate::dialect::ansi::words::Repeated;
use crate::dialect::{POSTGRES, plain_cast};
use crate::error::Result;
use crate::expr::Node;
use crate::render::Writer;
use crate::types::{Kind, SqlType};

/// `CAST(operand AS type)`.
pub(super) fn cast(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let plain = |w: &mut Writer, sql_type: &SqlType| {
        plain_cast(&POSTGRES, w, sql_type, |w| w.node(operand))
    };
    let from = w.kind(operand);
    match Kind::of(sql_type) {
        Kind::Integer if from == Kind::Float => plain_cast(&POSTGRES, w, sql_type, |w| {
            let number = Repeated::new(w, operand)?;
            round_float(w, ("trunc(", ")"), &number.node())
        }),
        // PostgreSQL casts only 32-bit integers to booleans.
        Kind::Integer | Kind::Float | Kind::Decimal if from == Kind::Bool => {
            plain_cast(&POSTGRES, w, sql_type, |w| plain(w, &SqlType::Integer))
        }
        Kind::Bool if from == Kind::Integer => is_not_zero(w, operand),
        // Cast directly to a decimal, a float would lose all but 15 of its digits.
        Kind::Decimal if from == Kind::Float => {
            w.push("CAST(");
            plain(w, &SqlType::Text)?;
            w.push(" AS numeric(28, 10))");
            Ok(())
        }
        Kind::Text => text(w, operand, sql_type),
        Kind::Unknown
        | Kind::Bool
        | Kind::Integer
        | Kind::Float
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
        | Kind::Own(_) => plain(w, sql_type),
    }
}

/// A cast to text: as elsewhere.
fn text(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let format = match w.kind(operand) {
        // Floats of 32 bits have fewer digits, and write them as those of 64 do.
        Kind::Float => {
            w.push("CAST(CAST(");
            plain_cast(&POSTGRES, w, &SqlType::Text, |w| w.node(operand))?;
            w.push(" AS double precision) AS text)");
            return Ok(());
        }
        // With all digits of the second, and without the time zone, which is UTC.
        Kind::Time => ", 'HH24:MI:SS.US')",
        Kind::DateTime | Kind::Timestamp => ", 'YYYY-MM-DD HH24:MI:SS.US')",
        Kind::Unknown
        | Kind::Bool
        | Kind::Integer
        | Kind::Decimal
        | Kind::Text
        | Kind::Bytes
        | Kind::Date
        | Kind::Uuid
        | Kind::Json
        | Kind::Enum(_)
        | Kind::Array
        | Kind::Own(_) => return plain_cast(&POSTGRES, w, sql_type, |w| w.node(operand)),
    };
    w.push("to_char(");
    w.node(operand)?;
    w.push(format);
    Ok(())
}
