//! Arithmetic and rounding on servers.

use super::words::native_aggregate;
use crate::error::{Error, Result};
use crate::expr::{Aggregate, Function, Node, NumberKind};
use crate::render::Writer;
use crate::types::Kind;
use crate::value::Value;

/// `left / right` or `left % right`. Servers differ in what a division by zero does (an error, NULL, or either by the kind
/// of statement): here it is always NULL. Quotients of decimals have ten digits after the point, the default of columns.
pub(in crate::dialect) fn division(
    w: &mut Writer,
    word: &str,
    kind: NumberKind,
    left: &Node,
    right: &Node,
) -> Result<()> {
    let quotient = kind == NumberKind::Decimal && word != " % ";
    if quotient {
        w.push("round((");
        w.operand(left)?;
        w.push(" + 0.0000000000)");
    } else {
        w.operand(left)?;
    }
    w.push(word);
    let known = matches!(right, Node::Value(value) if !is_zero(value));
    if known || w.is_inline() {
        w.operand(right)?;
    } else {
        w.push("NULLIF(");
        w.node(right)?;
        w.push(", 0)");
    }
    w.push(if quotient { ", 10)" } else { "" });
    Ok(())
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::F32(n) => *n == 0.0,
        Value::F64(n) => *n == 0.0,
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => n.is_zero(),
        other => other.as_i64().is_none_or(|n| n == 0),
    }
}

/// `avg(x)` of decimals, with ten digits after the point.
pub(in crate::dialect) fn decimal_average(w: &mut Writer, aggregate: &Aggregate) -> Result<()> {
    let mut exact = aggregate.clone();
    exact.argument = exact
        .argument
        .map(|argument| Node::Raw(vec!["(".into(), " + 0.0000000000)".into()], vec![argument]));
    w.push("round(");
    native_aggregate(w, "avg", &exact)?;
    w.push(", 10)");
    Ok(())
}

/// A float rounded to an integer, half away from zero; `whole` is the SQL around it for its integer part. Adding a half first
/// would turn 0.49999999999999994 into 1.
pub(in crate::dialect) fn round_float(
    w: &mut Writer,
    whole: (&str, &str),
    number: &Node,
) -> Result<()> {
    w.push("(");
    w.push(whole.0);
    w.node(number)?;
    w.push(whole.1);
    w.push(" + CASE WHEN abs(");
    w.operand(number)?;
    w.push(" - ");
    w.push(whole.0);
    w.node(number)?;
    w.push(whole.1);
    w.push(") >= 0.5 THEN sign(");
    w.node(number)?;
    w.push(") ELSE 0 END)");
    Ok(())
}

/// `round(x, digits)`; `word` is the function's name with its parenthesis.
pub(in crate::dialect) fn rounded_to(
    w: &mut Writer,
    word: &str,
    number: &Node,
    digits: &Node,
) -> Result<()> {
    match w.kind(number) {
        // It is an integer already.
        Kind::Integer => return w.operand(number),
        Kind::Float => {
            return Err(Error::unsupported(
                "rounding a float to digits after the point",
                w.dialect().name(),
                "round it in the program, or cast it to a decimal before",
            ));
        }
        _ => {}
    }
    let digits = match digits {
        Node::Value(value) => value.as_i64().unwrap_or(0),
        _ => 0,
    };
    w.push(word);
    w.node(number)?;
    w.push(&format!(", {digits})"));
    Ok(())
}

/// Functions that return a number of the same kind.
pub(in crate::dialect) fn rounds(function: Function) -> bool {
    matches!(
        function,
        Function::Abs | Function::Round | Function::Floor | Function::Ceil
    )
}
