//! Keywords, names and clauses that databases share.

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, ArithmeticOp, InList, Name, Node, TextMatch, TextOp,
};
use crate::render::Writer;
use crate::statement::{Conflict, ConflictAction, TableName};
use crate::types::SqlType;
use crate::value::Value;
use std::borrow::Cow;

pub(in crate::dialect) fn no_nan(dialect: &'static str) -> Error {
    Error::unsupported(
        "way to keep this float (NaN or an infinity)",
        dialect,
        "store NULL instead",
    )
}

pub(in crate::dialect) fn arithmetic_word(op: ArithmeticOp) -> &'static str {
    match op {
        ArithmeticOp::Add => " + ",
        ArithmeticOp::Subtract => " - ",
        ArithmeticOp::Multiply => " * ",
        ArithmeticOp::Divide => " / ",
        ArithmeticOp::Remainder => " % ",
    }
}

pub(in crate::dialect) fn aggregate_word(function: AggregateFunction) -> &'static str {
    match function {
        AggregateFunction::Count => "count",
        AggregateFunction::Sum => "sum",
        AggregateFunction::Average => "avg",
        AggregateFunction::Min => "min",
        AggregateFunction::Max => "max",
    }
}

/// `name([DISTINCT] argument) FILTER (WHERE …)`.
pub(in crate::dialect) fn native_aggregate(
    w: &mut Writer,
    name: &str,
    aggregate: &Aggregate,
) -> Result<()> {
    // Before the argument, which may have aggregates in it.
    let window = w.take_window();
    w.push(name);
    w.push(if aggregate.distinct {
        "(DISTINCT "
    } else {
        "("
    });
    w.node(aggregate.argument.as_ref().unwrap_or(&Node::Star))?;
    w.push(")");
    if let Some(filter) = &aggregate.filter {
        w.push(" FILTER (WHERE ");
        w.condition(filter)?;
        w.push(")");
    }
    match window {
        Some(window) => w.window_words(&window),
        None => Ok(()),
    }
}

/// `ON CONFLICT (columns) DO …`, as SQLite and PostgreSQL have it.
pub(in crate::dialect) fn on_conflict(
    w: &mut Writer,
    table: &TableName,
    conflict: &Conflict,
) -> Result<()> {
    w.push(" ON CONFLICT");
    if !conflict.columns.is_empty() {
        w.push(" (");
        w.identifiers(&conflict.columns);
        w.push(")");
    }
    match &conflict.action {
        ConflictAction::Nothing => w.push(" DO NOTHING"),
        ConflictAction::Update(assignments) => {
            w.push(" DO UPDATE SET ");
            let alias = w.dialect().upsert_alias(table);
            let known = TableName {
                name: alias.map_or_else(|| table.name.clone(), Name::Borrowed),
                ..table.clone()
            };
            w.with_table(&known, true, |w| w.assignments(assignments))?;
        }
    }
    Ok(())
}

/// SQL for a node that occurs in several places. The node is written once, with its binds, to find its text; numbered
/// placeholders let it be repeated without binding again.
pub(in crate::dialect) struct Repeated {
    pub(in crate::dialect) text: String,
}

impl Repeated {
    pub(in crate::dialect) fn new(w: &mut Writer, node: &Node) -> Result<Repeated> {
        let start = w.text.len();
        w.node(node)?;
        let text = w.text.split_off(start);
        Ok(Repeated { text })
    }

    /// The text as a node, to be written again.
    pub(in crate::dialect) fn node(&self) -> Node {
        Node::Raw(vec![self.text.clone().into()], Vec::new())
    }
}

/// A literal whose only special character is the quote.
pub(in crate::dialect) fn quoted_literal(text: &str, out: &mut String) {
    out.push('\'');
    for c in text.chars() {
        if c == '\'' {
            out.push('\'');
        }
        out.push(c);
    }
    out.push('\'');
}

/// The LIKE pattern for a literal, with its wildcards escaped by `\`.
pub(in crate::dialect) fn like_pattern(text: &TextMatch) -> Option<String> {
    let Node::Value(Value::Text(literal)) = &text.pattern else {
        return None;
    };
    if text.op == TextOp::Like {
        return None;
    }
    let mut pattern = String::with_capacity(literal.len() + 2);
    if matches!(text.op, TextOp::Contains | TextOp::EndsWith) {
        pattern.push('%');
    }
    for c in literal.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    if matches!(text.op, TextOp::Contains | TextOp::StartsWith) {
        pattern.push('%');
    }
    Some(pattern)
}

/// `CAST(… AS type)` of what `write` writes.
pub(crate) fn plain_cast<D: Dialect + ?Sized>(
    dialect: &D,
    w: &mut Writer,
    sql_type: &SqlType,
    write: impl FnOnce(&mut Writer) -> Result<()>,
) -> Result<()> {
    w.push("CAST(");
    write(w)?;
    w.push(" AS ");
    dialect.cast_type(sql_type, &mut w.text)?;
    w.push(")");
    Ok(())
}

/// The type of a list's values. A bind or a JSON text can't have the column's type if that is database-specific.
pub(in crate::dialect) fn element_type(list: &InList) -> Cow<'_, SqlType> {
    if !matches!(list.element, SqlType::Custom(_)) {
        return Cow::Borrowed(&list.element);
    }
    let of_value = |value: &Value| {
        Some(match value {
            Value::Null | Value::Invalid(_) | Value::Array(_) => return None,
            Value::Bool(_) => SqlType::Bool,
            Value::I16(_) => SqlType::SmallInt,
            Value::I32(_) => SqlType::Integer,
            Value::I64(_) => SqlType::BigInt,
            Value::F32(_) => SqlType::Real,
            Value::F64(_) => SqlType::Double,
            Value::Text(_) => SqlType::Text,
            Value::Bytes(_) => SqlType::Bytes,
            #[cfg(feature = "decimal")]
            Value::Decimal(_) => SqlType::Decimal(28, 10),
            Value::Date(_) => SqlType::Date,
            Value::Time(_) => SqlType::Time,
            Value::DateTime(_) => SqlType::DateTime,
            Value::Timestamp(_) => SqlType::Timestamp,
            Value::Uuid(_) => SqlType::Uuid,
            Value::Json(_) => SqlType::Json,
            Value::Enum(kind, _) => SqlType::Enum(**kind),
        })
    };
    match list.values.iter().find_map(of_value) {
        Some(found) => Cow::Owned(found),
        None => Cow::Borrowed(&list.element),
    }
}

pub(in crate::dialect) fn write_type_list(
    words: &[(&SqlType, &'static str)],
    wanted: &SqlType,
    out: &mut String,
) -> bool {
    for (sql_type, word) in words {
        if *sql_type == wanted {
            out.push_str(word);
            return true;
        }
    }
    false
}
