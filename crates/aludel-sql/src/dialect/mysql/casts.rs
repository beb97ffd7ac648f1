//! Casts on MariaDB and MySQL. Their own CAST accepts any text and any number, with a warning that nobody sees: here a
//! pattern says what is accepted, and an overflow of EXP is the error for the rest, since SQL has no way to raise another.

use crate::dialect::ansi::casts::{bool_text, is_not_zero, text_bool, text_label};
use crate::dialect::ansi::numbers::round_float;
use crate::dialect::{REFUSED_CAST, plain_cast};
use crate::error::Result;
use crate::expr::Node;
use crate::render::Writer;
use crate::types::{Kind, SqlType};

const WHOLE: &str = "^[[:space:]]*[-+]?[0-9]+[[:space:]]*$";
const FLOAT: &str = "^[[:space:]]*[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?[[:space:]]*$";
const EXACT: &str = "^[[:space:]]*[-+]?([0-9]{1,18}([.][0-9]{0,10})?|[.][0-9]{1,10})[[:space:]]*$";
const UUID: &str =
    "^[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}$";
const DATE: &str = "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
const TIME: &str = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?$";
const DATETIME: &str = "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?)?$";
/// Offsets other than UTC are refused.
const TIMESTAMP: &str = "^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?(Z|[+]00(:?00)?)?)?$";

/// The limit of floats cast to decimals: above it, 28 digits leave no room for ten after the point.
const MOST_OF_A_FLOAT: &str = "1e18";

/// `CAST(operand AS type)`.
pub(super) fn cast(w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
    let dialect = w.dialect();
    let plain = |w: &mut Writer| plain_cast(dialect, w, sql_type, |w| w.node(operand));
    match (w.kind(operand), Kind::of(sql_type)) {
        (Kind::Integer, Kind::Integer) => narrowed(w, sql_type, plain),
        (Kind::Float, Kind::Integer) => narrowed(w, sql_type, |w| {
            w.push("(");
            round_float(w, ("TRUNCATE(", ", 0)"), operand)?;
            // Unlike a cast, it fails for a number beyond 64 bits.
            w.push(" DIV 1)");
            Ok(())
        }),
        (Kind::Decimal, Kind::Integer) => narrowed(w, sql_type, |w| {
            w.push("(ROUND(");
            w.node(operand)?;
            w.push(") DIV 1)");
            Ok(())
        }),
        (Kind::Text, Kind::Integer) => narrowed(w, sql_type, |w| {
            let parts = ("(CAST(", " AS DECIMAL(65, 0)) DIV 1)");
            text_as(w, operand, WHOLE, parts, ("whole number", "SIGNED"))
        }),
        (Kind::Integer, Kind::Bool) => is_not_zero(w, operand),
        (Kind::Text, Kind::Bool) => text_bool(w, operand, |w| {
            refuse(w, operand, ("truth value", "SIGNED"))
        }),
        (Kind::Text, Kind::Float) => {
            // A number beyond all floats would become the greatest one.
            let parts = (
                "NULLIF(NULLIF(CAST(",
                " AS DOUBLE), 1.7976931348623157e308), -1.7976931348623157e308)",
            );
            text_as(w, operand, FLOAT, parts, ("number", "DOUBLE"))
        }
        // As many digits before the point as 64-bit integers have; the type has 18.
        (Kind::Integer | Kind::Bool, Kind::Decimal) => {
            w.push("CAST(");
            w.node(operand)?;
            w.push(" AS DECIMAL(20, 0))");
            Ok(())
        }
        (Kind::Float, Kind::Decimal) => {
            w.push("CASE WHEN ABS(");
            w.node(operand)?;
            // An overflow is an out-of-range error, as elsewhere; the cast would return the greatest number.
            w.push(&format!(
                ") >= {MOST_OF_A_FLOAT} THEN CAST(EXP(1000 + LEAST(ABS("
            ));
            w.node(operand)?;
            w.push("), 1)) AS DECIMAL(28, 10)) ELSE CAST(");
            w.node(operand)?;
            w.push(" AS DECIMAL(28, 10)) END");
            Ok(())
        }
        (Kind::Text, Kind::Decimal) => {
            let of = ("exact number of 28 digits", "DECIMAL(28, 10)");
            text_as(w, operand, EXACT, ("CAST(", " AS DECIMAL(28, 10))"), of)
        }
        (Kind::Bool, Kind::Text) => bool_text(w, operand),
        (Kind::Float, Kind::Text) => float_text(w, operand),
        (Kind::Uuid, Kind::Text) => {
            w.push("INSERT(INSERT(INSERT(INSERT(LOWER(HEX(");
            w.node(operand)?;
            w.push(")), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')");
            Ok(())
        }
        (Kind::Text, Kind::Uuid) => {
            let parts = ("UNHEX(REPLACE(", ", '-', ''))");
            text_as(w, operand, UUID, parts, ("UUID", "BINARY"))
        }
        (Kind::Text, Kind::Date) => {
            text_as(w, operand, DATE, ("CAST(", " AS DATE)"), ("date", "DATE"))
        }
        (Kind::Text, Kind::Time) => {
            let parts = ("CAST(", " AS TIME(6))");
            text_as(w, operand, TIME, parts, ("time", "TIME(6)"))
        }
        (Kind::Text, Kind::DateTime) => {
            let parts = ("CAST(", " AS DATETIME(6))");
            text_as(
                w,
                operand,
                DATETIME,
                parts,
                ("date and time", "DATETIME(6)"),
            )
        }
        (Kind::Text, Kind::Timestamp) => {
            let parts = (
                "CAST(REGEXP_REPLACE(",
                ", '(Z|[+]00(:?00)?)$', '') AS DATETIME(6))",
            );
            let of = ("date and time in UTC", "DATETIME(6)");
            text_as(w, operand, TIMESTAMP, parts, of)
        }
        (Kind::Text, Kind::Enum(kind)) => text_label(w, operand, kind, |w| {
            refuse(w, operand, ("label of the enum", "CHAR"))
        }),
        _ => plain(w),
    }
}

/// Narrows a 64-bit integer: shifted left by the unused bits, a number that does not fit overflows, which is an error.
fn narrowed(
    w: &mut Writer,
    sql_type: &SqlType,
    write: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    let factor = match sql_type {
        SqlType::SmallInt => "281474976710656",
        SqlType::Integer => "4294967296",
        _ => return write(w),
    };
    w.push("((");
    write(w)?;
    w.push(&format!(" * {factor}) DIV {factor})"));
    Ok(())
}

/// Text that matches a pattern, inside these `words`; an error for any other text, and for text that the words turn into
/// NULL. `wanted` is what it should be, and its type.
fn text_as(
    w: &mut Writer,
    text: &Node,
    pattern: &str,
    words: (&str, &str),
    wanted: (&str, &str),
) -> Result<()> {
    w.push("COALESCE(");
    w.push(words.0);
    w.push("CASE WHEN ");
    w.operand(text)?;
    w.push(&format!(" REGEXP '{pattern}' THEN "));
    w.node(text)?;
    w.push(" END");
    w.push(words.1);
    w.push(", ");
    refuse(w, text, wanted)?;
    w.push(")");
    Ok(())
}

/// NULL for NULL, and an error for any other value. It refers to the value, or it would be computed beforehand.
fn refuse(w: &mut Writer, value: &Node, wanted: (&str, &str)) -> Result<()> {
    w.push(&format!(
        "CAST(EXP(1000 + CHAR_LENGTH(CONCAT('{}{}', ",
        REFUSED_CAST, wanted.0
    ));
    w.node(value)?;
    w.push(&format!("))) AS {})", wanted.1));
    Ok(())
}

/// A float as PostgreSQL writes it: with an exponent below 0.0001 and from 1e15 on.
fn float_text(w: &mut Writer, number: &Node) -> Result<()> {
    // `{}` is the number; the server writes zeros down to 1e-15, and no sign before an exponent.
    const TEXT: &str = "CASE WHEN {} = 0 OR ABS({}) BETWEEN 1e-4 AND 999999999999999.9 THEN CAST({} AS CHAR) \
        WHEN CAST({} AS CHAR) LIKE '%e%' THEN REPLACE(REPLACE(CAST({} AS CHAR), 'e', 'e+'), 'e+-', 'e-') \
        ELSE CONCAT(IF({} < 0, '-', ''), \
        INSERT(REGEXP_REPLACE(CAST({} AS CHAR), '^-{0,1}0[.]0+', ''), 2, 0, '.'), 'e-', \
        LPAD(CHAR_LENGTH(REGEXP_SUBSTR(CAST({} AS CHAR), '[.]0+')), 2, '0')) END";
    for (n, words) in TEXT.split("{}").enumerate() {
        if n > 0 {
            w.operand(number)?;
        }
        w.push(words);
    }
    Ok(())
}
