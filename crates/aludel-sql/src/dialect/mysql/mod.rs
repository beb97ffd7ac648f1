//! MariaDB 10.6 and MySQL 8.0.19 and newer; they differ in capabilities only.
//!
//! The engine sets the session to strict mode, UTC and `utf8mb4`; tables are created with a binary collation without
//! padding, so that text compares as on the other databases.

mod bulk;
mod capabilities;
mod casts;
mod lists;
mod reading;
mod upsert;

use super::ansi::checks::{looked_at, narrowed};
use super::ansi::literal::{json_path, push_hex};
use super::ansi::numbers::{decimal_average, division, round_float, rounded_to, rounds};
use super::ansi::words::{
    aggregate_word, arithmetic_word, like_pattern, native_aggregate, no_nan, write_type_list,
};
use super::{Begin, Bulk, Capabilities, Dialect, DialectKind};
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, Function, InList, JsonGet, JsonStep,
    Name, Node, NumberKind, TextMatch, TextOp,
};
use crate::json_text;
use crate::render::Writer;
use crate::statement::{Conflict, TableName};
use crate::types::{Bounds, Kind, SqlType};
use crate::value::Value;
use capabilities::{MARIADB_CAPABILITIES, MYSQL_CAPABILITIES};

/// MariaDB.
pub static MARIADB: Mysql = Mysql {
    name: "mariadb",
    kind: DialectKind::Mariadb,
    capabilities: &MARIADB_CAPABILITIES,
    bulk: &bulk::MARIADB_BULK,
};

/// MySQL.
pub static MYSQL: Mysql = Mysql {
    name: "mysql",
    kind: DialectKind::Mysql,
    capabilities: &MYSQL_CAPABILITIES,
    bulk: &bulk::MYSQL_BULK,
};

/// The start of the expression that makes an upsert fail if it violates a unique key other than its own; the server's error
/// quotes it.
pub const ANOTHER_KEY: &str = "EXP(1062 + ";

/// The dialect of MariaDB and MySQL; see [`MARIADB`] and [`MYSQL`].
#[derive(Debug)]
pub struct Mysql {
    name: &'static str,
    kind: DialectKind,
    capabilities: &'static Capabilities,
    bulk: &'static bulk::MysqlBulk,
}

impl Dialect for Mysql {
    fn name(&self) -> &'static str {
        self.name
    }
    fn kind(&self) -> Option<DialectKind> {
        Some(self.kind)
    }
    fn capabilities(&self) -> &'static Capabilities {
        self.capabilities
    }
    fn quote(&self) -> char {
        '`'
    }
    fn placeholder(&self, _: usize, out: &mut String) {
        out.push('?');
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
        out.push('\'');
        for c in text.chars() {
            match c {
                '\'' => out.push_str("''"),
                '\\' => out.push_str("\\\\"),
                '\0' => out.push_str("\\0"),
                c => out.push(c),
            }
        }
        out.push('\'');
        Ok(())
    }
    fn bytes_literal(&self, bytes: &[u8], out: &mut String) {
        out.push_str("x'");
        push_hex(bytes, out);
        out.push('\'');
    }
    fn column_type(&self, sql_type: &SqlType, keyed: bool, out: &mut String) -> Result<()> {
        match sql_type {
            SqlType::Varchar(length) => out.push_str(&format!("varchar({length})")),
            SqlType::Text if keyed => out.push_str("varchar(255)"),
            SqlType::Bytes if keyed => out.push_str("varbinary(255)"),
            SqlType::Decimal(precision, scale) => {
                out.push_str(&format!("decimal({precision}, {scale})"));
            }
            SqlType::Array(_) => return Err(self.no_arrays()),
            SqlType::Enum(kind) => {
                let longest = kind.labels.iter().map(|label| label.chars().count()).max();
                out.push_str(&format!("varchar({})", longest.unwrap_or(1).max(1)));
            }
            SqlType::Custom(words) => out.push_str(words),
            other => {
                write_type_list(
                    &[
                        (&SqlType::Bool, "boolean"),
                        (&SqlType::SmallInt, "smallint"),
                        (&SqlType::Integer, "integer"),
                        (&SqlType::BigInt, "bigint"),
                        (&SqlType::Real, "float"),
                        (&SqlType::Double, "double"),
                        (&SqlType::Text, "longtext"),
                        (&SqlType::Bytes, "longblob"),
                        (&SqlType::Date, "date"),
                        (&SqlType::Time, "time(6)"),
                        (&SqlType::DateTime, "datetime(6)"),
                        (&SqlType::Timestamp, "datetime(6)"),
                        (&SqlType::Uuid, "binary(16)"),
                        (&SqlType::Json, "json"),
                    ],
                    other,
                    out,
                );
            }
        }
        Ok(())
    }
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()> {
        let word = match sql_type {
            SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => "SIGNED",
            SqlType::Real | SqlType::Double => "DOUBLE",
            SqlType::Bytes | SqlType::Uuid => "BINARY",
            SqlType::Date => "DATE",
            SqlType::Time => "TIME(6)",
            SqlType::DateTime | SqlType::Timestamp => "DATETIME(6)",
            SqlType::Decimal(precision, scale) => {
                out.push_str(&format!("DECIMAL({precision}, {scale})"));
                return Ok(());
            }
            SqlType::Array(_) => return Err(self.no_arrays()),
            SqlType::Text
            | SqlType::Varchar(_)
            | SqlType::Json
            | SqlType::Enum(_)
            | SqlType::Custom(_) => "CHAR",
        };
        out.push_str(word);
        Ok(())
    }
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()> {
        if negated {
            w.push("NOT (");
        }
        w.infix(left, " <=> ", right)?;
        if negated {
            w.push(")");
        }
        Ok(())
    }
    fn concat(&self, w: &mut Writer, left: &Node, right: &Node) -> Result<()> {
        w.push("CONCAT(");
        w.node(left)?;
        w.push(", ");
        w.node(right)?;
        w.push(")");
        Ok(())
    }
    fn arithmetic(
        &self,
        w: &mut Writer,
        op: ArithmeticOp,
        kind: NumberKind,
        left: &Node,
        right: &Node,
    ) -> Result<()> {
        // A negative zero is not found among other zeros, by a comparison, an index or a hash.
        let signed = matches!(kind, NumberKind::Float | NumberKind::Decimal)
            && !matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract)
            && !w.is_inline();
        w.push(if signed { "(" } else { "" });
        match (op, kind) {
            (ArithmeticOp::Divide, NumberKind::Integer) => division(w, " DIV ", kind, left, right),
            (ArithmeticOp::Divide | ArithmeticOp::Remainder, _) => {
                division(w, arithmetic_word(op), kind, left, right)
            }
            _ => w.infix(left, arithmetic_word(op), right),
        }?;
        w.push(match kind {
            NumberKind::Float if signed => " + 0e0)",
            _ if signed => " + 0)",
            _ => "",
        });
        Ok(())
    }
    fn negate(&self, w: &mut Writer, operand: &Node) -> Result<()> {
        // A negative zero is not found among zeros.
        let signed = matches!(w.kind(operand), Kind::Float | Kind::Decimal) && !w.is_inline();
        w.push(if signed { "(0 - " } else { "-" });
        w.operand(operand)?;
        w.push(if signed { ")" } else { "" });
        Ok(())
    }
    fn cast(&self, w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
        casts::cast(w, operand, sql_type)
    }
    fn within(&self, w: &mut Writer, value: &Node, bounds: Bounds, column: &str) -> Result<()> {
        match bounds {
            Bounds::Narrow(least, most) => narrowed(w, value, least, most, column),
            // The server would cut off trailing spaces silently. Another character among them makes it fail.
            Bounds::Length(most) => {
                w.push("INSERT(");
                w.node(value)?;
                w.push(&format!(", {}, 1, '_')", u64::from(most) + 1));
                Ok(())
            }
            // The server would round a number with more digits; write one that does not fit the column instead.
            Bounds::Digits(precision, scale) if w.may_have_digits(value, scale) => {
                looked_at(w, value, column, |w, value| {
                    w.push("CASE WHEN ");
                    w.operand(value)?;
                    w.push(" <> ROUND(");
                    w.node(value)?;
                    // A literal has 65 digits at most.
                    let over = "0".repeat(precision.saturating_sub(scale).min(64) as usize);
                    w.push(&format!(", {scale}) THEN 1{over} ELSE "));
                    w.node(value)?;
                    w.push(" END");
                    Ok(())
                })
            }
            Bounds::Whole(..) | Bounds::Single | Bounds::Digits(..) => w.node(value),
        }
    }
    fn text_match(&self, w: &mut Writer, text: &TextMatch) -> Result<()> {
        let folded = |node: &Node| {
            if text.insensitive {
                Node::Function(Function::Lower, vec![node.clone()])
            } else {
                node.clone()
            }
        };
        let operand = folded(&text.operand);
        let collate = |w: &mut Writer| {
            w.push(" COLLATE ");
            w.push(self.capabilities.binary_collation);
        };
        let like = match like_pattern(text) {
            Some(pattern) => Some(folded(&Node::Value(Value::Text(pattern)))),
            None if text.op == TextOp::Like => Some(folded(&text.pattern)),
            None => None,
        };
        if let Some(pattern) = like {
            w.operand(&operand)?;
            w.push(" LIKE ");
            w.operand(&pattern)?;
            collate(w);
            w.push(" ESCAPE '\\\\'");
            return Ok(());
        }
        let pattern = folded(&text.pattern);
        match text.op {
            TextOp::Contains => {
                w.push("LOCATE(");
                w.node(&pattern)?;
                collate(w);
                w.push(", ");
                w.node(&operand)?;
                w.push(") > 0");
            }
            side => {
                w.push(if side == TextOp::StartsWith {
                    "LEFT("
                } else {
                    "RIGHT("
                });
                w.node(&operand)?;
                w.push(", CHAR_LENGTH(");
                w.node(&pattern)?;
                w.push(")) = ");
                w.operand(&pattern)?;
                collate(w);
            }
        }
        Ok(())
    }
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()> {
        self.write_in_list(w, list)
    }
    fn function(&self, w: &mut Writer, function: Function, arguments: &[Node]) -> Result<()> {
        if let (Function::RoundTo, [number, digits]) = (function, arguments) {
            return rounded_to(w, "ROUND(", number, digits);
        }
        if let (true, [number]) = (rounds(function), arguments) {
            match (w.kind(number), function) {
                (Kind::Integer, Function::Round | Function::Floor | Function::Ceil) => {
                    return w.operand(number);
                }
                (Kind::Float, Function::Round) => {
                    return round_float(w, ("TRUNCATE(", ", 0)"), number);
                }
                // They would become 64-bit integers.
                (Kind::Decimal, Function::Floor | Function::Ceil) => {
                    let whole = match function {
                        Function::Floor => "CAST(FLOOR(",
                        _ => "CAST(CEILING(",
                    };
                    w.push(whole);
                    w.node(number)?;
                    w.push(") AS DECIMAL(65, 0))");
                    return Ok(());
                }
                _ => {}
            }
        }
        let name = match function {
            Function::Lower => "LOWER",
            Function::Upper => "UPPER",
            Function::Length => "CHAR_LENGTH",
            Function::Trim => "TRIM",
            Function::TrimStart => "LTRIM",
            Function::TrimEnd => "RTRIM",
            Function::Substring => "SUBSTR",
            Function::Replace => "REPLACE",
            Function::Coalesce => "COALESCE",
            Function::NullIf => "NULLIF",
            Function::Abs => "ABS",
            Function::Round | Function::RoundTo => "ROUND",
            Function::Floor => "FLOOR",
            Function::Ceil => "CEILING",
            Function::Greatest => "GREATEST",
            Function::Least => "LEAST",
            Function::Random => "RAND",
            Function::Now => {
                w.push("CURRENT_TIMESTAMP(6)");
                return Ok(());
            }
            Function::Today => "CURRENT_DATE",
            Function::Year => "YEAR",
            Function::Month => "MONTH",
            Function::Day => "DAYOFMONTH",
            Function::Hour => "HOUR",
            Function::Minute => "MINUTE",
            Function::Second => "SECOND",
        };
        w.call(name, arguments)
    }
    fn aggregate(&self, w: &mut Writer, aggregate: &Aggregate) -> Result<()> {
        let mut plain = aggregate.clone();
        // No FILTER here: rows that do not count become NULL, which no aggregate counts.
        if let Some(filter) = plain.filter.take() {
            let argument = plain.argument.take().unwrap_or(Node::Value(Value::I32(1)));
            plain.argument = Some(Node::Case(Box::new(crate::expr::Case {
                branches: vec![(filter, argument)],
                otherwise: None,
            })));
        }
        if plain.function == AggregateFunction::Average && plain.answer == AggregateType::Decimal {
            return decimal_average(w, &plain);
        }
        if plain.function == AggregateFunction::Average && plain.answer == AggregateType::Double {
            // The mean of integers would be a DECIMAL with four digits.
            plain.argument = plain
                .argument
                .map(|argument| Node::Raw(vec!["".into(), " + 0e0".into()], vec![argument]));
        }
        native_aggregate(w, aggregate_word(plain.function), &plain)
    }
    fn json_get(&self, w: &mut Writer, get: &JsonGet) -> Result<()> {
        let part = |w: &mut Writer, function: &str, path: &[JsonStep], end: &str| -> Result<()> {
            w.push(function);
            w.push("(");
            w.node(&get.document)?;
            w.push(", ");
            w.value(&Value::Text(json_path(path)))?;
            w.push(end);
            Ok(())
        };
        w.push("(CASE ");
        // Here position 0 of a value that is not an array is the whole value.
        for (n, step) in get.path.iter().enumerate() {
            if *step == JsonStep::Index(0) {
                w.push("WHEN COALESCE(JSON_TYPE(");
                part(
                    w,
                    "JSON_EXTRACT",
                    &get.path[..n],
                    ")), '') <> 'ARRAY' THEN NULL ",
                )?;
            }
        }
        w.push("WHEN JSON_TYPE(");
        part(w, "JSON_EXTRACT", &get.path, ")) = 'BOOLEAN' THEN IF(")?;
        part(
            w,
            "JSON_VALUE",
            &get.path,
            ") IN ('1', 'true'), 'true', 'false') ELSE ",
        )?;
        // MariaDB finds no value in empty text.
        part(w, "COALESCE(JSON_VALUE", &get.path, "), IF(JSON_TYPE(")?;
        part(
            w,
            "JSON_EXTRACT",
            &get.path,
            ")) = 'STRING', '', NULL)) END)",
        )?;
        // Documents have a collation of their own, which can't be mixed with any other.
        w.push(" COLLATE ");
        w.push(self.capabilities.binary_collation);
        Ok(())
    }
    fn conflict(
        &self,
        w: &mut Writer,
        table: &TableName,
        inserted: &[Name],
        conflict: &Conflict,
    ) -> Result<()> {
        upsert::conflict(w, table, inserted, conflict)
    }
    fn upsert_alias(&self, _: &TableName) -> Option<&'static str> {
        // VALUES(column) needs no name for the row.
        None
    }
    fn excluded(&self, w: &mut Writer, column: &str) {
        w.push("VALUES(");
        w.identifier(column);
        w.push(")");
    }
    fn default_values(&self) -> &'static str {
        " () VALUES ()"
    }
    fn identity(&self, _: bool, _: bool) -> &'static str {
        " AUTO_INCREMENT"
    }
    fn bulk(&self) -> &'static dyn Bulk {
        self.bulk
    }

    fn begin(&self, begin: Begin) -> String {
        let mut text = String::new();
        if let Some(level) = begin.isolation {
            text = format!("SET TRANSACTION ISOLATION LEVEL {};", level.words());
        }
        text.push_str(match begin.read_only {
            true => "START TRANSACTION READ ONLY",
            false => "START TRANSACTION",
        });
        text
    }
    fn no_limit(&self) -> &'static str {
        " LIMIT 18446744073709551615"
    }
    fn estimated_rows(&self, w: &mut Writer, table: &TableName) -> Result<bool> {
        w.push(
            "SELECT CAST(table_rows AS SIGNED) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ",
        );
        self.text_literal(&table.name, &mut w.text)?;
        Ok(true)
    }
    fn table_options(&self) -> &'static str {
        match self.name {
            "mariadb" => " DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_nopad_bin",
            _ => " DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_0900_bin",
        }
    }
    fn check_value(&self, value: &Value) -> Result<()> {
        match value {
            Value::F64(n) if !n.is_finite() => Err(no_nan(self.name)),
            Value::F32(n) if !n.is_finite() => Err(no_nan(self.name)),
            Value::Json(text) => self.check_depth(text),
            Value::Array(_) => Err(self.no_arrays()),
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
            | Value::Enum(..)
            | Value::Invalid(_) => Ok(()),
        }
    }
}

impl Mysql {
    /// The server refuses deeper documents: MariaDB would report a violated CHECK that nobody declared.
    fn check_depth(&self, text: &str) -> Result<()> {
        let most = match self.kind {
            DialectKind::Mariadb => 31,
            _ => 100,
        };
        // Each level takes two characters at least.
        if text.len() <= 2 * most || json_text::read(text).is_none_or(|json| json.depth <= most) {
            return Ok(());
        }
        Err(Error::unsupported(
            format!("JSON of more than {most} arrays and objects within each other"),
            self.name,
            "store it as text, or make it flatter",
        ))
    }

    fn no_arrays(&self) -> Error {
        Error::unsupported(
            "arrays",
            self.name,
            "use a JSON column or a table of its own",
        )
    }
}
