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
    match (w.kind(operand), Kind::of(sql_type)) {
        (Kind::Float, Kind::Integer) => plain_cast(&POSTGRES, w, sql_type, |w| {
            let number = Repeated::new(w, operand)?;
            round_float(w, ("trunc(", ")"), &number.node())
        }),
        // PostgreSQL casts only 32-bit integers to booleans.
        (Kind::Bool, Kind::Integer | Kind::Float | Kind::Decimal) => {
            plain_cast(&POSTGRES, w, sql_type, |w| plain(w, &SqlType::Integer))
        }
        (Kind::Integer, Kind::Bool) => is_not_zero(w, operand),
        // Cast directly to a decimal, a float would lose all but 15 of its digits.
        (Kind::Float, Kind::Decimal) => {
            w.push("CAST(");
            plain(w, &SqlType::Text)?;
            w.push(" AS numeric(28, 10))");
            Ok(())
        }
        // Floats of 32 bits have fewer digits, and write them as those of 64 do.
        (Kind::Float, Kind::Text) => {
            w.push("CAST(CAST(");
            plain(w, &SqlType::Text)?;
            w.push(" AS double precision) AS text)");
            Ok(())
        }
        // With all digits of the second, as elsewhere, and without the time zone, which is UTC.
        (kind @ (Kind::Time | Kind::DateTime | Kind::Timestamp), Kind::Text) => {
            w.push("to_char(");
            w.node(operand)?;
            w.push(match kind {
                Kind::Time => ", 'HH24:MI:SS.US')",
                _ => ", 'YYYY-MM-DD HH24:MI:SS.US')",
            });
            Ok(())
        }
        _ => plain(w, sql_type),
    }
}
