//! Makes a server check the result of an expression that it would otherwise cut, or write so that it can't be read back.

use super::words::Repeated;
use crate::error::{Error, Result};
use crate::expr::{Function, Node};
use crate::render::Writer;

/// An integer from `least` to `most`; any other becomes a number that is out of the range of all columns. A constant division
/// by zero would always fail, since it is computed beforehand.
pub(in crate::dialect) fn narrowed(
    w: &mut Writer,
    value: &Node,
    least: i64,
    most: i64,
    column: &str,
) -> Result<()> {
    looked_at(w, value, column, |w, value| {
        w.push("CASE WHEN ");
        w.operand(value)?;
        w.push(&format!(
            " NOT BETWEEN {least} AND {most} THEN 9223372036854775808 ELSE "
        ));
        w.node(value)?;
        w.push(" END");
        Ok(())
    })
}

/// Runs `write`, which writes a value in several places. A value that differs each time it is computed is computed once, in
/// a subquery; it is refused where placeholders have no numbers, since no subquery there can read the current row.
pub(in crate::dialect) fn looked_at(
    w: &mut Writer,
    value: &Node,
    column: &str,
    write: impl FnOnce(&mut Writer, &Node) -> Result<()>,
) -> Result<()> {
    let numbered = w.dialect().capabilities().numbered_placeholders;
    if !is_drawn(value) {
        let again = match numbered {
            true => Some(Repeated::new(w, value)?.node()),
            false => None,
        };
        return write(w, again.as_ref().unwrap_or(value));
    }
    let of_many = value.aggregates() || value.any(&mut |node| matches!(node, Node::Window(_)));
    if !numbered || of_many {
        return Err(Error::unsupported(
            format!("column {column} that is set to what differs each time it is computed"),
            w.dialect().name(),
            "draw the value in the program, or read it in a query of its own",
        ));
    }
    w.push("(SELECT ");
    write(w, &Node::column("drawn", "value"))?;
    w.push(" FROM (SELECT ");
    w.node(value)?;
    w.push(" AS ");
    w.identifier("value");
    w.push(") AS ");
    w.identifier("drawn");
    w.push(")");
    Ok(())
}

/// Whether an expression may have another result each time it is computed.
pub(in crate::dialect) fn is_drawn(node: &Node) -> bool {
    /// Parts of the names of such functions.
    const DRAW: [&str; 6] = [
        "rand",
        "uuid",
        "nextval",
        "clock_timestamp",
        "timeofday",
        "sysdate",
    ];
    let draws = |text: &str| {
        let text = text.to_ascii_lowercase();
        DRAW.iter().any(|name| text.contains(name))
    };
    node.any(&mut |node| match node {
        Node::Function(function, _) => *function == Function::Random,
        Node::Call(name, _) | Node::AggregateCall(name, _) => draws(name),
        Node::Raw(texts, _) => texts.iter().any(|text| draws(text)),
        _ => false,
    })
}
