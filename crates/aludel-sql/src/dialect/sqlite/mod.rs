//! SQLite 3.45 and newer. `aludel_lower`, `aludel_upper`, `aludel_like`, `aludel_ilike`, the
//! functions that check new values, and the `decimal_…` functions and collation (named as in SQLite's own decimal
//! extension) are registered by the engine.

mod bulk;
mod casts;
mod reading;

use super::ansi::literal::{json_list, json_path, push_hex, push_number};
use super::ansi::numbers::{rounded_to, rounds};
use super::ansi::words::{
    Repeated, aggregate_word, arithmetic_word, native_aggregate, no_nan, on_conflict,
    quoted_literal, write_type_list,
};
use super::{AfterError, Begin, Bulk, Capabilities, Comments, Dialect, DialectKind, IndexMethods};
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, Function, InList, JsonGet, Name,
    Node, NumberKind, TextMatch, TextOp,
};
use crate::render::{Writer, check_bind};
use crate::statement::{Conflict, TableName};
use crate::types::{Bounds, Kind, SqlType};
use crate::value::Value;

/// SQLite.
pub static SQLITE: Sqlite = Sqlite;

/// The dialect of SQLite; see [`SQLITE`].
#[derive(Debug)]
pub struct Sqlite;

static CAPABILITIES: Capabilities = Capabilities {
    insert_returning: true,
    update_returning: true,
    delete_returning: true,
    native_enums: false,
    arrays: false,
    schemas: false,
    alter_foreign_keys: false,
    deferrable: true,
    set_default: true,
    comments: Comments::None,
    extensions: false,
    concurrent_indexes: false,
    materialized_views: false,
    constraint_names: false,
    column_check_names: true,
    uniques_are_indexes: false,
    restrict: true,
    drop_foreign_key: "DROP CONSTRAINT",
    enforces_length: false,
    check_of_numbers: true,
    virtual_columns: true,
    generated_not_null: true,
    identity_always: false,
    numbers_integer_keys: true,
    partial_indexes: true,
    expression_indexes: true,
    index_methods: IndexMethods::One,
    index_include: false,
    options_after_type: false,
    numbered_keys: false,
    row_locks: false,
    share_keyword: " FOR SHARE",
    lock_of: false,
    distinct_on: false,
    full_join: true,
    lateral: false,
    nulls_order: true,
    nulls_greatest: false,
    value_among_many: Some(("iif(1, ", ", 0)")),
    comparison_among_many: None,
    row_comparison_by_index: true,
    having_expressions: true,
    limit_in_list: true,
    numbered_placeholders: true,
    decimal_collation: Some(" COLLATE decimal"),
    aggregate_filter: true,
    float_nan: false,
    float_infinity: true,
    backslash_escapes: false,
    bracket_identifiers: true,
    length_in_bytes: false,
    now_rounds: true,
    nul_in_text: true,
    pipelines: false,
    repeats: true,
    numbers_after_given: true,
    zero_is_next_number: false,
    rows_of_arrays: false,
    updates_many: false,
    copy_in: false,
    load_data: false,
    returns_ignored: false,
    upsert_counts_twice: false,
    snapshot_reads: false,
    after_error: AfterError::AskConnection,
    clusters: false,
    embedded: true,
    self_subquery: true,
    self_cascade: true,
    simultaneous_assignment: true,
    update_from: true,
    update_sees_before: false,
    default_keyword: false,
    alter_if_exists: false,
    default_parentheses: false,
    max_binds: 32_766,
    transactional_ddl: true,
    binary_collation: "",
};

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "sqlite"
    }
    fn kind(&self) -> Option<DialectKind> {
        Some(DialectKind::Sqlite)
    }
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }
    fn quote(&self) -> char {
        '"'
    }
    fn placeholder(&self, n: usize, out: &mut String) {
        out.push('?');
        push_number(n, out);
    }
    fn next_placeholder(&self, _: usize, out: &mut String) {
        out.push('?');
    }
    fn reads_as(&self, words: &str) -> SqlType {
        reading::type_of_words(words)
    }
    fn unreadable(&self, sql_type: &SqlType, value: &str) -> Option<String> {
        reading::unreadable(sql_type, value)
    }
    fn text_literal(&self, text: &str, out: &mut String) -> Result<()> {
        if text.contains('\0') {
            return Err(Error::invalid("a literal in DDL can't have a NUL in it"));
        }
        quoted_literal(text, out);
        Ok(())
    }
    fn bytes_literal(&self, bytes: &[u8], out: &mut String) {
        out.push_str("x'");
        push_hex(bytes, out);
        out.push('\'');
    }
    #[cfg(feature = "decimal")]
    fn decimal_literal(&self, number: rust_decimal::Decimal, out: &mut String) {
        out.push_str(&format!("'{number}'"));
    }
    fn column_type(&self, sql_type: &SqlType, _: bool, out: &mut String) -> Result<()> {
        match sql_type {
            SqlType::Varchar(length) => out.push_str(&format!("VARCHAR({length})")),
            SqlType::Decimal(..) => out.push_str("TEXT COLLATE decimal"),
            SqlType::Array(_) => return Err(no_arrays()),
            SqlType::Custom(words) => out.push_str(words),
            other => {
                let known = write_type_list(
                    &[
                        (&SqlType::Bool, "BOOLEAN"),
                        (&SqlType::SmallInt, "INTEGER"),
                        (&SqlType::Integer, "INTEGER"),
                        (&SqlType::BigInt, "INTEGER"),
                        (&SqlType::Real, "REAL"),
                        (&SqlType::Double, "REAL"),
                        (&SqlType::Bytes, "BLOB"),
                        (&SqlType::Uuid, "BLOB"),
                    ],
                    other,
                    out,
                );
                if !known {
                    out.push_str("TEXT");
                }
            }
        }
        Ok(())
    }
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()> {
        match sql_type {
            SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => {
                out.push_str("INTEGER");
            }
            SqlType::Real | SqlType::Double => out.push_str("REAL"),
            SqlType::Bytes | SqlType::Uuid => out.push_str("BLOB"),
            SqlType::Array(_) => return Err(no_arrays()),
            SqlType::Text
            | SqlType::Varchar(_)
            | SqlType::Decimal(..)
            | SqlType::Date
            | SqlType::Time
            | SqlType::DateTime
            | SqlType::Timestamp
            | SqlType::Json
            | SqlType::Enum(_)
            | SqlType::Custom(_) => out.push_str("TEXT"),
        }
        Ok(())
    }
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()> {
        w.compared(left, right)?;
        w.push(if negated { " IS NOT " } else { " IS " });
        w.operand(right)
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
        if kind == NumberKind::Decimal {
            w.push(match op {
                ArithmeticOp::Add => "(decimal_add(",
                ArithmeticOp::Subtract => "(decimal_sub(",
                ArithmeticOp::Multiply => "(decimal_mul(",
                ArithmeticOp::Divide => "(decimal_div(",
                ArithmeticOp::Remainder => "(decimal_rem(",
            });
            w.node(left)?;
            w.push(", ");
            w.node(right)?;
            w.push(") COLLATE decimal)");
            return Ok(());
        }
        // SQLite's own `%` turns its operands into integers, and its arithmetic turns integers that overflow into floats.
        let checked = match kind {
            NumberKind::Integer => w.may_run_over(op, left, right),
            NumberKind::Float => true,
            _ => false,
        };
        if !checked || w.is_inline() && op != ArithmeticOp::Remainder {
            return w.infix(left, arithmetic_word(op), right);
        }
        w.push(match op {
            ArithmeticOp::Add => "aludel_add(",
            ArithmeticOp::Subtract => "aludel_sub(",
            ArithmeticOp::Multiply => "aludel_mul(",
            ArithmeticOp::Divide => "aludel_div(",
            ArithmeticOp::Remainder => "aludel_rem(",
        });
        w.node(left)?;
        w.push(", ");
        w.node(right)?;
        w.push(")");
        Ok(())
    }
    fn negate(&self, w: &mut Writer, operand: &Node) -> Result<()> {
        if w.kind(operand) == Kind::Decimal {
            return w.call("decimal_neg", std::slice::from_ref(operand));
        }
        if w.kind(operand) == Kind::Integer && w.may_be_least(operand) && !w.is_inline() {
            w.push("aludel_sub(0, ");
            w.node(operand)?;
            w.push(")");
            return Ok(());
        }
        w.push("-");
        w.operand(operand)
    }
    fn cast(&self, w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
        casts::cast(w, operand, sql_type)
    }
    fn within(&self, w: &mut Writer, value: &Node, bounds: Bounds, column: &str) -> Result<()> {
        let (function, limits) = match bounds {
            Bounds::Whole(least, most) | Bounds::Narrow(least, most) => {
                ("aludel_whole(", format!(", {}, {most}, ", literal(least)))
            }
            // A CHECK of the table does this.
            Bounds::Length(_) => return w.node(value),
            Bounds::Single => ("aludel_single(", ", ".into()),
            Bounds::Digits(precision, scale) => {
                ("decimal_fit(", format!(", {precision}, {scale}, "))
            }
        };
        w.push(function);
        w.node(value)?;
        w.push(&limits);
        self.text_literal(column, &mut w.text)?;
        w.push(")");
        Ok(())
    }
    fn text_match(&self, w: &mut Writer, text: &TextMatch) -> Result<()> {
        if text.op == TextOp::Like {
            w.push(if text.insensitive {
                "aludel_ilike("
            } else {
                "aludel_like("
            });
            w.node(&text.operand)?;
            w.push(", ");
            w.node(&text.pattern)?;
            w.push(")");
            return Ok(());
        }
        let folded = |node: &Node| {
            if text.insensitive {
                Node::Function(Function::Lower, vec![node.clone()])
            } else {
                node.clone()
            }
        };
        let operand = folded(&text.operand);
        // A bind that is used twice is sent once: `?1` may occur in several places.
        let pattern = Repeated::new(w, &folded(&text.pattern))?;
        match text.op {
            TextOp::Contains => {
                w.push("instr(");
                w.node(&operand)?;
                w.push(", ");
                w.push(&pattern.text);
                w.push(") > 0");
            }
            TextOp::StartsWith => {
                w.push("substr(");
                w.node(&operand)?;
                w.push(&format!(", 1, length({0})) = {0}", pattern.text));
            }
            _ => {
                w.push("(length(");
                w.node(&operand)?;
                w.push(&format!(") >= length({0}) AND substr(", pattern.text));
                w.node(&operand)?;
                w.push(", length(");
                w.node(&operand)?;
                w.push(&format!(") - length({0}) + 1) = {0})", pattern.text));
            }
        }
        Ok(())
    }
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()> {
        w.compared(&list.operand, &list.operand)?;
        w.push(if list.negated { " NOT IN (" } else { " IN (" });
        if w.is_inline() {
            for (n, value) in list.values.iter().enumerate() {
                w.push(if n > 0 { ", " } else { "" });
                w.value(value)?;
            }
        } else {
            let hex = matches!(list.element, SqlType::Bytes | SqlType::Uuid);
            w.push(if hex {
                "SELECT unhex(value) FROM json_each("
            } else {
                "SELECT value FROM json_each("
            });
            for value in &list.values {
                check_bind(value, w.dialect())?;
            }
            let json = json_list(&list.values)?;
            w.bind(Value::Text(json));
            w.push(")");
        }
        w.push(")");
        Ok(())
    }
    fn function(&self, w: &mut Writer, function: Function, arguments: &[Node]) -> Result<()> {
        if let (Function::RoundTo, [number, digits]) = (function, arguments) {
            return rounded_to(w, "decimal_round_to(", number, digits);
        }
        if let (true, [number]) = (rounds(function), arguments) {
            let name = match (w.kind(number), function) {
                // It is an integer already.
                (Kind::Integer, Function::Round | Function::Floor | Function::Ceil) => {
                    return w.operand(number);
                }
                (Kind::Decimal, Function::Round) => "decimal_round",
                (Kind::Decimal, Function::Floor) => "decimal_floor",
                (Kind::Decimal, Function::Ceil) => "decimal_ceil",
                (Kind::Decimal, _) => "decimal_abs",
                (_, Function::Round) => "aludel_round",
                (_, Function::Floor) => "aludel_floor",
                (_, Function::Ceil) => "aludel_ceil",
                _ => "abs",
            };
            return w.call(name, arguments);
        }
        let name = match function {
            Function::Lower => "aludel_lower",
            Function::Upper => "aludel_upper",
            Function::Length => "length",
            Function::Trim => "trim",
            Function::TrimStart => "ltrim",
            Function::TrimEnd => "rtrim",
            Function::Substring => "substr",
            Function::Replace => "replace",
            Function::Coalesce => "coalesce",
            Function::NullIf | Function::Greatest | Function::Least => {
                w.push(match function {
                    Function::NullIf => "nullif(",
                    Function::Greatest => "max(",
                    _ => "min(",
                });
                // `max` and `min` compare as their first argument does.
                for (n, argument) in arguments.iter().enumerate() {
                    match (n, arguments.get(1)) {
                        (0, Some(other)) => w.compared(argument, other)?,
                        _ => {
                            w.push(", ");
                            w.node(argument)?;
                        }
                    }
                }
                w.push(")");
                return Ok(());
            }
            Function::Abs
            | Function::Round
            | Function::RoundTo
            | Function::Floor
            | Function::Ceil => "abs",
            Function::Random => {
                w.push("(0.5 + random() / 18446744073709551616.0)");
                return Ok(());
            }
            Function::Now => {
                w.push("strftime('%Y-%m-%d %H:%M:%f000', 'now')");
                return Ok(());
            }
            Function::Today => {
                w.push("date('now')");
                return Ok(());
            }
            Function::Year
            | Function::Month
            | Function::Day
            | Function::Hour
            | Function::Minute
            | Function::Second => {
                w.push("CAST(strftime('%");
                w.push(match function {
                    Function::Year => "Y",
                    Function::Month => "m",
                    Function::Day => "d",
                    Function::Hour => "H",
                    Function::Minute => "M",
                    _ => "S",
                });
                w.push("', ");
                w.nodes(arguments)?;
                w.push(") AS INTEGER)");
                return Ok(());
            }
        };
        w.call(name, arguments)
    }
    fn aggregate(&self, w: &mut Writer, aggregate: &Aggregate) -> Result<()> {
        let name = match (aggregate.function, aggregate.answer) {
            (AggregateFunction::Sum, AggregateType::Decimal) => "decimal_sum",
            (AggregateFunction::Average, AggregateType::Decimal) => "decimal_avg",
            (function, _) => aggregate_word(function),
        };
        native_aggregate(w, name, aggregate)
    }
    fn json_get(&self, w: &mut Writer, get: &JsonGet) -> Result<()> {
        // A JSON boolean would become a number in SQL, and a number would not keep the document's digits.
        let document = Repeated::new(w, &get.document)?.text;
        let path = Node::Value(Value::Text(json_path(&get.path)));
        let path = Repeated::new(w, &path)?.text;
        w.push(&format!(
            "CASE json_type({document}, {path}) WHEN 'text' THEN json_extract({document}, {path}) \
             WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' \
             WHEN 'integer' THEN ({document}) -> {path} WHEN 'real' THEN ({document}) -> {path} END"
        ));
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
    fn identity(&self, _: bool, sole_key: bool) -> &'static str {
        if sole_key { " PRIMARY KEY" } else { "" }
    }
    fn bulk(&self) -> &'static dyn Bulk {
        &bulk::SqliteBulk
    }

    fn begin(&self, begin: Begin) -> String {
        match begin {
            Begin {
                on_writer: true,
                read_only: true,
                ..
            } => "PRAGMA query_only = ON;BEGIN",
            Begin {
                read_only: true, ..
            } => "BEGIN",
            _ => "BEGIN IMMEDIATE",
        }
        .into()
    }
    fn end_read_only(&self) -> &'static str {
        "PRAGMA query_only = OFF"
    }
    fn explain(&self) -> &'static str {
        "EXPLAIN QUERY PLAN "
    }
    fn no_limit(&self) -> &'static str {
        " LIMIT -1"
    }
    fn check_value(&self, value: &Value) -> Result<()> {
        match value {
            Value::F64(n) if n.is_nan() => Err(no_nan("sqlite")),
            Value::F32(n) if n.is_nan() => Err(no_nan("sqlite")),
            Value::Array(_) => Err(no_arrays()),
            #[cfg(feature = "decimal")]
            Value::Decimal(_) => Ok(()),
            Value::Null
            | Value::Bool(_)
            | Value::I16(_)
            | Value::I32(_)
            | Value::I64(_)
            | Value::F32(_)
            | Value::F64(_)
            | Value::Text(_)
            | Value::Bytes(_)
            | Value::Date(_)
            | Value::Time(_)
            | Value::DateTime(_)
            | Value::Timestamp(_)
            | Value::Uuid(_)
            | Value::Json(_)
            | Value::Enum(..)
            | Value::Invalid(_) => Ok(()),
        }
    }
}

/// An integer in SQL: without its sign, the least one would be too great.
pub(super) fn literal(n: i64) -> String {
    match n {
        i64::MIN => format!("({} - 1)", n + 1),
        n => n.to_string(),
    }
}

fn no_arrays() -> Error {
    Error::unsupported(
        "arrays",
        "sqlite",
        "use a JSON column or a table of its own",
    )
}
