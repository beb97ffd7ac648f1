//! PostgreSQL 12 and newer.

mod bulk;
mod capabilities;
mod casts;
mod reading;

use super::ansi::checks::{looked_at, narrowed};
use super::ansi::literal::{json_path, push_hex, push_number};
use super::ansi::numbers::{decimal_average, division, round_float, rounded_to, rounds};
use super::ansi::words::{
    Repeated, aggregate_word, arithmetic_word, element_type, like_pattern, native_aggregate,
    on_conflict, quoted_literal, write_type_list,
};
use super::{Begin, Bulk, Capabilities, Dialect, DialectKind, plain_cast};
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, Function, InList, JsonGet, Name,
    Node, NumberKind, TextMatch, TextOp,
};
use crate::json_text;
use crate::render::{Writer, check_bind};
use crate::statement::{Conflict, TableName};
use crate::types::{Bounds, Kind, SqlType};
use crate::value::{Array, Value};
use capabilities::CAPABILITIES;
use std::borrow::Cow;

/// PostgreSQL.
pub static POSTGRES: Postgres = Postgres;

/// The dialect of PostgreSQL; see [`POSTGRES`].
#[derive(Debug)]
pub struct Postgres;

/// `Seq Scan on posts  (cost=0.00..35.50 rows=2550 width=4)`: the first line is about the whole query.
fn planned_rows(plan: &str) -> Option<i64> {
    let (_, rest) = plan.lines().next()?.split_once(" rows=")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }
    fn kind(&self) -> Option<DialectKind> {
        Some(DialectKind::Postgres)
    }
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }
    fn quote(&self) -> char {
        '"'
    }
    fn placeholder(&self, n: usize, out: &mut String) {
        out.push('$');
        push_number(n, out);
    }
    fn reads_as(&self, words: &str) -> SqlType {
        reading::type_of_words(words)
    }
    fn unreadable_type(&self, sql_type: &SqlType) -> Option<String> {
        reading::unreadable_type(sql_type)
    }
    fn unreadable(&self, sql_type: &SqlType, value: &str) -> Option<String> {
        reading::unreadable(sql_type, value)
    }
    fn text_literal(&self, text: &str, out: &mut String) -> Result<()> {
        if text.contains('\0') {
            return Err(no_nul("postgres"));
        }
        quoted_literal(text, out);
        Ok(())
    }
    fn bytes_literal(&self, bytes: &[u8], out: &mut String) {
        out.push_str("'\\x");
        push_hex(bytes, out);
        out.push_str("'::bytea");
    }
    fn uuid_literal(&self, bytes: &[u8; 16], out: &mut String) {
        out.push('\'');
        push_hex(bytes, out);
        out.push_str("'::uuid");
    }
    fn column_type(&self, sql_type: &SqlType, keyed: bool, out: &mut String) -> Result<()> {
        match sql_type {
            SqlType::Varchar(length) => out.push_str(&format!("varchar({length})")),
            SqlType::Decimal(precision, scale) => {
                out.push_str(&format!("numeric({precision}, {scale})"));
            }
            SqlType::Array(element) => {
                self.column_type(element, keyed, out)?;
                out.push_str("[]");
            }
            SqlType::Enum(kind) => {
                out.push('"');
                out.push_str(&kind.name.replace('"', "\"\""));
                out.push('"');
            }
            SqlType::Custom(words) => out.push_str(words),
            other => {
                write_type_list(
                    &[
                        (&SqlType::Bool, "boolean"),
                        (&SqlType::SmallInt, "smallint"),
                        (&SqlType::Integer, "integer"),
                        (&SqlType::BigInt, "bigint"),
                        (&SqlType::Real, "real"),
                        (&SqlType::Double, "double precision"),
                        (&SqlType::Text, "text"),
                        (&SqlType::Bytes, "bytea"),
                        (&SqlType::Date, "date"),
                        (&SqlType::Time, "time"),
                        (&SqlType::DateTime, "timestamp"),
                        (&SqlType::Timestamp, "timestamptz"),
                        (&SqlType::Uuid, "uuid"),
                        (&SqlType::Json, "jsonb"),
                    ],
                    other,
                    out,
                );
            }
        }
        Ok(())
    }
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()> {
        match sql_type {
            SqlType::Decimal(..) => out.push_str("numeric"),
            other => self.column_type(other, false, out)?,
        }
        Ok(())
    }
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()> {
        let word = if negated {
            " IS DISTINCT FROM "
        } else {
            " IS NOT DISTINCT FROM "
        };
        w.infix(left, word, right)
    }
    fn concat(&self, w: &mut Writer, left: &Node, right: &Node) -> Result<()> {
        w.infix(left, " || ", right)
    }
    fn arithmetic(
        &self,
        w: &mut Writer,
        op: ArithmeticOp,
        kind: NumberKind,
        left: &Node,
        right: &Node,
    ) -> Result<()> {
        match op {
            ArithmeticOp::Remainder if kind == NumberKind::Float => Err(Error::unsupported(
                "way to divide floats with a remainder",
                self.name(),
                "cast both to Decimal",
            )),
            ArithmeticOp::Divide | ArithmeticOp::Remainder => {
                division(w, arithmetic_word(op), kind, left, right)
            }
            // Computed in 64 bits, as elsewhere, not in the width of the columns.
            _ if kind == NumberKind::Integer && is_widened(w, &[left, right]) => {
                plain_cast(self, w, &SqlType::BigInt, |w| w.node(left))?;
                w.push(arithmetic_word(op));
                w.operand(right)
            }
            _ => w.infix(left, arithmetic_word(op), right),
        }
    }
    fn negate(&self, w: &mut Writer, operand: &Node) -> Result<()> {
        w.push("-");
        match w.kind(operand) == Kind::Integer && is_widened(w, &[operand]) {
            true => plain_cast(self, w, &SqlType::BigInt, |w| w.node(operand)),
            false => w.operand(operand),
        }
    }
    fn cast(&self, w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
        casts::cast(w, operand, sql_type)
    }
    fn within(&self, w: &mut Writer, value: &Node, bounds: Bounds, column: &str) -> Result<()> {
        match bounds {
            Bounds::Narrow(least, most) => narrowed(w, value, least, most, column),
            // The cast would cut off trailing spaces silently. With other characters in their place it fails.
            Bounds::Length(most) => looked_at(w, value, column, |w, value| {
                let text = Node::Cast(Box::new((value.clone(), SqlType::Text)));
                let text = Repeated::new(w, &text)?.text;
                w.push(&format!(
                    "CASE WHEN char_length({text}) > {most} THEN replace({text}, ' ', '_') ELSE {text} END"
                ));
                Ok(())
            }),
            // Decimal columns accept NaN, and round numbers with more digits; instead of both, write a number that does not fit
            // the column.
            Bounds::Digits(precision, scale)
                if may_be_none(value) || w.may_have_digits(value, scale) =>
            {
                looked_at(w, value, column, |w, value| {
                    let number = Node::Raw(
                        vec!["CAST(".into(), " AS numeric)".into()],
                        vec![value.clone()],
                    );
                    let number = Repeated::new(w, &number)?.text;
                    w.push(&format!(
                        "CASE WHEN {number} = 'NaN' OR {number} <> round({number}, {scale}) THEN 1e{precision} ELSE "
                    ));
                    w.node(value)?;
                    w.push(" END");
                    Ok(())
                })
            }
            Bounds::Whole(..) | Bounds::Single | Bounds::Digits(..) => w.node(value),
        }
    }
    fn text_match(&self, w: &mut Writer, text: &TextMatch) -> Result<()> {
        if let Some(pattern) = like_pattern(text) {
            w.operand(&text.operand)?;
            w.push(if text.insensitive {
                " ILIKE "
            } else {
                " LIKE "
            });
            return w.value(&Value::Text(pattern));
        }
        if text.op == TextOp::Like {
            let word = if text.insensitive {
                " ILIKE "
            } else {
                " LIKE "
            };
            w.operand(&text.operand)?;
            w.push(word);
            return match &text.pattern {
                // At the end, a backslash escapes nothing and means itself; PostgreSQL would fail.
                Node::Value(Value::Text(pattern)) if ends_in_escape(pattern) => {
                    w.value(&Value::Text(format!("{pattern}\\")))
                }
                Node::Value(_) => w.operand(&text.pattern),
                pattern => {
                    let pattern = Repeated::new(w, pattern)?.text;
                    w.push(&format!(
                        r"CASE WHEN ({pattern}) ~ '(^|[^\\])\\(\\\\)*$' THEN ({pattern}) || '\' ELSE ({pattern}) END"
                    ));
                    Ok(())
                }
            };
        }
        let folded = |node: &Node| {
            if text.insensitive {
                Node::Function(Function::Lower, vec![node.clone()])
            } else {
                node.clone()
            }
        };
        let (operand, pattern) = (folded(&text.operand), folded(&text.pattern));
        match text.op {
            TextOp::Contains => {
                w.call("strpos", &[operand, pattern])?;
                w.push(" > 0");
            }
            TextOp::StartsWith => w.call("starts_with", &[operand, pattern])?,
            _ => {
                let pattern = Repeated::new(w, &pattern)?;
                w.push("right(");
                w.node(&operand)?;
                w.push(&format!(", length({0})) = {0}", pattern.text));
            }
        }
        Ok(())
    }
    fn text_cast(&self, words: &'static str) -> Option<Cow<'static, str>> {
        text_cast(words)
    }
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()> {
        let own = w.list_cast(list);
        let element = element_type(list);
        w.operand(&list.operand)?;
        // An array of arrays would have more dimensions.
        if w.is_inline() || matches!(list.element, SqlType::Array(_)) {
            w.push(if list.negated { " NOT IN (" } else { " IN (" });
            for (n, value) in list.values.iter().enumerate() {
                w.push(if n > 0 { ", " } else { "" });
                match &own {
                    Some(own) => {
                        let own = SqlType::Custom(own.clone());
                        plain_cast(self, w, &own, |w| w.value(value))?;
                    }
                    None => w.value(value)?,
                }
            }
        } else {
            w.push(if list.negated { " <> ALL(" } else { " = ANY(" });
            for value in &list.values {
                check_bind(value, w.dialect())?;
            }
            w.bind(Value::Array(Box::new(Array {
                element: element.into_owned(),
                items: list.values.clone(),
            })));
            if let Some(own) = own {
                w.push("::");
                w.push(&own);
                w.push("[]");
            }
        }
        w.push(")");
        Ok(())
    }
    fn function(&self, w: &mut Writer, function: Function, arguments: &[Node]) -> Result<()> {
        if let (Function::RoundTo, [number, digits]) = (function, arguments) {
            return rounded_to(w, "round(", number, digits);
        }
        if let (true, [number]) = (rounds(function), arguments) {
            match (w.kind(number), function) {
                // It is an integer already; PostgreSQL would return a float.
                (Kind::Integer, Function::Round | Function::Floor | Function::Ceil) => {
                    return w.operand(number);
                }
                (Kind::Float, Function::Round) => {
                    let number = Repeated::new(w, number)?;
                    return round_float(w, ("trunc(", ")"), &number.node());
                }
                _ => {}
            }
        }
        let name = match function {
            Function::Lower => "lower",
            Function::Upper => "upper",
            Function::Length => {
                w.push("CAST(");
                w.call("char_length", arguments)?;
                w.push(" AS bigint)");
                return Ok(());
            }
            Function::Trim => "btrim",
            Function::TrimStart => "ltrim",
            Function::TrimEnd => "rtrim",
            Function::Substring => "substr",
            Function::Replace => "replace",
            Function::Coalesce => "coalesce",
            Function::NullIf => "nullif",
            Function::Abs => "abs",
            Function::Round | Function::RoundTo => "round",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
            Function::Greatest | Function::Least => {
                // PostgreSQL ignores NULLs; elsewhere one NULL makes the result NULL.
                let parts: Vec<Repeated> = arguments
                    .iter()
                    .map(|node| Repeated::new(w, node))
                    .collect::<Result<_>>()?;
                w.push("CASE WHEN ");
                for (n, part) in parts.iter().enumerate() {
                    w.push(if n > 0 { " AND " } else { "" });
                    w.push(&format!("({}) IS NOT NULL", part.text));
                }
                w.push(" THEN ");
                w.push(if function == Function::Greatest {
                    "greatest("
                } else {
                    "least("
                });
                for (n, part) in parts.iter().enumerate() {
                    w.push(if n > 0 { ", " } else { "" });
                    w.push(&part.text);
                }
                w.push(") END");
                return Ok(());
            }
            Function::Random => "random",
            Function::Now => "now",
            Function::Today => {
                w.push("CURRENT_DATE");
                return Ok(());
            }
            Function::Year
            | Function::Month
            | Function::Day
            | Function::Hour
            | Function::Minute
            | Function::Second => {
                w.push("CAST(floor(EXTRACT(");
                w.push(match function {
                    Function::Year => "YEAR",
                    Function::Month => "MONTH",
                    Function::Day => "DAY",
                    Function::Hour => "HOUR",
                    Function::Minute => "MINUTE",
                    _ => "SECOND",
                });
                w.push(" FROM ");
                w.nodes(arguments)?;
                w.push(")) AS bigint)");
                return Ok(());
            }
        };
        w.call(name, arguments)
    }
    fn aggregate(&self, w: &mut Writer, aggregate: &Aggregate) -> Result<()> {
        if (aggregate.function, aggregate.answer)
            == (AggregateFunction::Average, AggregateType::Decimal)
        {
            return decimal_average(w, aggregate);
        }
        if let AggregateFunction::Min | AggregateFunction::Max = aggregate.function
            && let Some(argument) = &aggregate.argument
        {
            // PostgreSQL has no least and greatest of these.
            let greatest = aggregate.function == AggregateFunction::Max;
            let (name, before, after) = match (w.kind(argument), greatest) {
                (Kind::Bool, true) => return native_aggregate(w, "bool_or", aggregate),
                (Kind::Bool, false) => return native_aggregate(w, "bool_and", aggregate),
                (Kind::Uuid, _) => ("CAST(", "CAST(", " AS text)"),
                (Kind::Bytes, _) => ("decode(", "encode(", ", 'hex')"),
                _ => ("", "", ""),
            };
            if !name.is_empty() {
                let mut plain = aggregate.clone();
                plain.argument = Some(Node::Raw(
                    vec![before.into(), after.into()],
                    vec![argument.clone()],
                ));
                w.push(name);
                native_aggregate(w, aggregate_word(aggregate.function), &plain)?;
                w.push(if name == "CAST(" {
                    " AS uuid)"
                } else {
                    ", 'hex')"
                });
                return Ok(());
            }
        }
        if (aggregate.function, aggregate.answer) == (AggregateFunction::Sum, AggregateType::Double)
        {
            // PostgreSQL would add up floats of 32 bits in 32 bits.
            let words = vec!["CAST(".into(), " AS double precision)".into()];
            let mut wide = aggregate.clone();
            wide.argument = wide.argument.map(|number| Node::Raw(words, vec![number]));
            return native_aggregate(w, "sum", &wide);
        }
        let cast = match (aggregate.function, aggregate.answer) {
            (AggregateFunction::Sum, AggregateType::Integer) => Some(" AS bigint)"),
            (AggregateFunction::Average, AggregateType::Double) => Some(" AS double precision)"),
            _ => None,
        };
        if cast.is_some() {
            w.push("CAST(");
        }
        native_aggregate(w, aggregate_word(aggregate.function), aggregate)?;
        w.push(cast.unwrap_or_default());
        Ok(())
    }
    fn json_get(&self, w: &mut Writer, get: &JsonGet) -> Result<()> {
        // In strict mode arrays have no keys and objects have no positions; a missing value is NULL. Only a scalar has text.
        let mut path = format!("strict {}", json_path(&get.path));
        path.push_str(r#" ? (@.type() != "array" && @.type() != "object")"#);
        w.push("(jsonb_path_query_first((");
        w.node(&get.document)?;
        w.push(")::jsonb, ");
        w.value(&Value::Text(path))?;
        w.push("::jsonpath, '{}', true) #>> '{}')");
        Ok(())
    }
    fn conflict(
        &self,
        w: &mut Writer,
        table: &TableName,
        _: &[Name],
        conflict: &Conflict,
    ) -> Result<()> {
        on_conflict(w, table, conflict)
    }
    fn excluded(&self, w: &mut Writer, column: &str) {
        w.push("excluded.");
        w.identifier(column);
    }
    fn identity(&self, always: bool, _: bool) -> &'static str {
        if always {
            " GENERATED ALWAYS AS IDENTITY"
        } else {
            " GENERATED BY DEFAULT AS IDENTITY"
        }
    }
    fn bulk(&self) -> &'static dyn Bulk {
        &bulk::PostgresBulk
    }

    fn begin(&self, begin: Begin) -> String {
        let mut text = String::from("BEGIN");
        if let Some(level) = begin.isolation {
            text.push_str(" ISOLATION LEVEL ");
            text.push_str(level.words());
        }
        if begin.read_only {
            text.push_str(" READ ONLY");
        }
        text
    }
    fn no_limit(&self) -> &'static str {
        ""
    }
    fn estimated_rows(&self, w: &mut Writer, table: &TableName) -> Result<bool> {
        // The name as in a query, so that the search path leads to the same table.
        let mut name = Writer::new(w.dialect());
        name.table(table)?;
        w.push(
            "SELECT CASE WHEN reltuples > 0 THEN CAST(reltuples AS bigint) END FROM pg_catalog.pg_class WHERE oid = to_regclass(",
        );
        self.text_literal(&name.text, &mut w.text)?;
        w.push(")");
        Ok(true)
    }
    fn planned_rows(&self) -> Option<fn(&str) -> Option<i64>> {
        Some(planned_rows)
    }
    fn check_value(&self, value: &Value) -> Result<()> {
        let has_nul = match value {
            Value::Text(text) => text.contains('\0'),
            // As JSON writes it; the letters alone may follow an escaped backslash.
            Value::Json(text) => {
                let may_be = text.contains("\\u0000");
                text.contains('\0')
                    || may_be && json_text::read(text).is_some_and(|json| json.has_nul)
            }
            #[cfg(feature = "decimal")]
            Value::Decimal(_) => false,
            Value::Null
            | Value::Bool(_)
            | Value::I16(_)
            | Value::I32(_)
            | Value::I64(_)
            | Value::F32(_)
            | Value::F64(_)
            | Value::Bytes(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Timestamp(_)
            | Value::Uuid(_)
            | Value::Enum(..)
            | Value::Array(_)
            | Value::Invalid(_) => false,
        };
        if has_nul {
            return Err(no_nul("postgres"));
        }
        Ok(())
    }
}

/// Whether integers must be widened to 64 bits, since none of them is. What is part of a table stays as it was declared.
fn is_widened(w: &Writer, operands: &[&Node]) -> bool {
    !w.is_inline() && !w.has_own_widths() && !operands.iter().any(|node| w.is_wide(node))
}

/// Whether a decimal may be NaN: a float or text was cast to it, or it is raw SQL.
fn may_be_none(node: &Node) -> bool {
    node.any(&mut |node| match node {
        Node::Cast(cast) => Kind::of(&cast.1) == Kind::Decimal,
        Node::Call(..) | Node::AggregateCall(..) | Node::Raw(..) | Node::Subquery(_) => true,
        _ => false,
    })
}

fn no_nul(dialect: &'static str) -> Error {
    Error::unsupported(
        "text with a NUL character in it",
        dialect,
        "remove it, or store bytes",
    )
}

/// The type that text is cast to for a column of this type; `None` for text types, which take it as it is and refuse text
/// that is too long, where a cast would cut it. A cast to bits of a fixed length would cut, too.
fn text_cast(words: &'static str) -> Option<Cow<'static, str>> {
    let lower = words.to_ascii_lowercase();
    // A collation is not part of the type.
    let end = lower.find(" collate ").unwrap_or(words.len());
    let (words, lower) = (words[..end].trim(), lower[..end].trim());
    let name = lower
        .split(['(', '['])
        .next()
        .unwrap_or_default()
        .trim_end();
    match name.strip_prefix("pg_catalog.").unwrap_or(name) {
        "text" | "varchar" | "character varying" | "char" | "character" | "bpchar" | "name"
        | "\"char\"" | "" => None,
        "bit" | "bit varying" | "varbit" if lower.ends_with(']') => Some("varbit[]".into()),
        "bit" | "bit varying" | "varbit" => Some("varbit".into()),
        _ => Some(words.into()),
    }
}

/// Whether a pattern's last character is a `\` that escapes nothing.
fn ends_in_escape(pattern: &str) -> bool {
    let escapes = pattern.chars().rev().take_while(|c| *c == '\\');
    escapes.count() % 2 == 1
}
