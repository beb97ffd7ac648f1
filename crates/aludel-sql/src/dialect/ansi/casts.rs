//! What databases share in the casts that [`has_meaning`](crate::render) allows: one meaning, and a server error for a value
//! that has none, where the server's own CAST would make up a result.

use crate::error::Result;
use crate::expr::Node;
use crate::render::Writer;
use crate::value::EnumType;

/// Words for true, as PostgreSQL reads them.
const TRUE: &[&str] = &["t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"];
/// Words for false, as PostgreSQL reads them.
const FALSE: &[&str] = &[
    "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0",
];

/// `'true'`, `'false'` or NULL.
pub(in crate::dialect) fn bool_text(w: &mut Writer, operand: &Node) -> Result<()> {
    w.push("CASE ");
    w.operand(operand)?;
    w.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
    Ok(())
}

/// `(operand <> 0)`.
pub(in crate::dialect) fn is_not_zero(w: &mut Writer, operand: &Node) -> Result<()> {
    w.push("(");
    w.operand(operand)?;
    w.push(" <> 0)");
    Ok(())
}

/// Text as a boolean, by its words.
pub(in crate::dialect) fn text_bool(
    w: &mut Writer,
    operand: &Node,
    refuse: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    w.push("CASE lower(trim(");
    w.node(operand)?;
    w.push("))");
    for (words, means) in [(TRUE, 1), (FALSE, 0)] {
        for word in words {
            w.push(&format!(" WHEN '{word}' THEN {means}"));
        }
    }
    w.push(" ELSE ");
    refuse(w)?;
    w.push(" END");
    Ok(())
}

/// Text as a label of an enum that the database stores as text.
pub(in crate::dialect) fn text_label(
    w: &mut Writer,
    operand: &Node,
    kind: EnumType,
    refuse: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    w.push("CASE ");
    w.operand(operand)?;
    for label in kind.labels {
        w.push(" WHEN ");
        w.text_literal(label)?;
        w.push(" THEN ");
        w.text_literal(label)?;
    }
    w.push(" ELSE ");
    refuse(w)?;
    w.push(" END");
    Ok(())
}
