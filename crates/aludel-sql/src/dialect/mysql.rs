//! MariaDB 10.6 and MySQL 8.0.19 and newer; they differ in capabilities only.
//!
//! The engine sets the session to strict mode, UTC and `utf8mb4`; tables are made with a binary collation without
//! padding, so that text compares as on the other databases.

use super::checks::{looked_at, narrowed};
use super::postgres::like_pattern;
use super::sqlite::{
    aggregate_word, arithmetic_word, json_list, json_path, native_aggregate, no_nan, rounds,
};
use super::{
    Capabilities, Dialect, IndexMethods, casts, decimal_average, division, element_type,
    round_float, rounded_to, write_type_list,
};
use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Case, Function, InList,
    JsonGet, JsonStep, Name, Node, NumberKind, TextMatch, TextOp, UnaryOp,
};
use crate::json_text;
use crate::render::{Writer, check_bind};
use crate::statement::{Assignment, Conflict, ConflictAction, TableName};
use crate::types::{Bounds, Kind, SqlType};
use crate::value::Value;
use std::borrow::Cow;

/// MariaDB.
pub static MARIADB: Mysql = Mysql {
    name: "mariadb",
    capabilities: &MARIADB_CAPABILITIES,
};

/// MySQL.
pub static MYSQL: Mysql = Mysql {
    name: "mysql",
    capabilities: &MYSQL_CAPABILITIES,
};

/// What an upsert fails by that meets another unique key than its own, as it begins; the server's error has these words.
pub const ANOTHER_KEY: &str = "EXP(1062 + ";

/// The dialect of MariaDB and MySQL; see [`MARIADB`] and [`MYSQL`].
#[derive(Debug)]
pub struct Mysql {
    name: &'static str,
    capabilities: &'static Capabilities,
}

static MARIADB_CAPABILITIES: Capabilities = Capabilities {
    insert_returning: true,
    update_returning: false,
    delete_returning: true,
    native_enums: false,
    arrays: false,
    schemas: false,
    alter_foreign_keys: true,
    deferrable: false,
    set_default: false,
    comment_statements: false,
    comment_clauses: true,
    partial_indexes: false,
    expression_indexes: false,
    index_methods: IndexMethods::Kinds(&["fulltext", "spatial", "vector"]),
    index_include: false,
    options_after_type: false,
    numbered_keys: true,
    row_locks: true,
    share_keyword: " LOCK IN SHARE MODE",
    lock_of: false,
    distinct_on: false,
    full_join: false,
    lateral: false,
    nulls_order: false,
    nulls_greatest: false,
    value_among_many: None,
    comparison_among_many: Some(("(", ") + 0")),
    row_comparison_by_index: false,
    having_expressions: false,
    limit_in_list: false,
    numbered_placeholders: false,
    decimal_collation: None,
    aggregate_filter: false,
    float_nan: false,
    float_infinity: false,
    nul_in_text: true,
    pipelines: false,
    repeats: false,
    numbers_after_given: true,
    self_subquery: true,
    self_cascade: false,
    simultaneous_assignment: true,
    update_from: false,
    update_sees_before: true,
    default_keyword: true,
    alter_if_exists: true,
    default_parentheses: false,
    max_binds: 65_535,
    transactional_ddl: false,
    binary_collation: "utf8mb4_nopad_bin",
};

static MYSQL_CAPABILITIES: Capabilities = Capabilities {
    insert_returning: false,
    update_returning: false,
    delete_returning: false,
    expression_indexes: true,
    share_keyword: " FOR SHARE",
    lock_of: true,
    lateral: true,
    self_subquery: false,
    self_cascade: false,
    simultaneous_assignment: false,
    alter_if_exists: false,
    default_parentheses: true,
    binary_collation: "utf8mb4_0900_bin",
    ..MARIADB_CAPABILITIES
};

impl Dialect for Mysql {
    fn name(&self) -> &'static str {
        self.name
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
        super::reading::mysql_words(words)
    }
    fn unreadable_type(&self, sql_type: &SqlType) -> Option<String> {
        super::reading::mysql_type(sql_type)
    }
    fn unreadable(&self, sql_type: &SqlType, value: &str) -> Option<String> {
        super::reading::mysql(sql_type, value)
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
        for byte in bytes {
            out.push_str(&format!("{byte:02x}"));
        }
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
            _ => "CHAR",
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
        casts::mysql(w, operand, sql_type)
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
            // The server would round what has more digits; instead of that, a number that no such column holds.
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
        /// Longer lists are sent as one JSON text.
        const MOST_BINDS: usize = 1024;
        let long = !w.is_inline() && list.values.len() > MOST_BINDS;
        let column = match long {
            true => listed_as(list),
            false => None,
        };
        if w.is_change() && list.values.len() > MOST_IN_CHANGE || long && column.is_none() {
            return self.list_in_parts(w, list);
        }
        w.operand(&list.operand)?;
        w.push(if list.negated { " NOT IN (" } else { " IN (" });
        let Some(column) = column else {
            // Padded with its last value to a power of two, so that few texts serve all lengths.
            let padded = if w.is_inline() {
                list.values.len()
            } else {
                list.values.len().next_power_of_two()
            };
            let last = list.values.last().into_iter().cycle();
            for (n, value) in list.values.iter().chain(last).take(padded).enumerate() {
                w.push(if n > 0 { ", " } else { "" });
                w.value(value)?;
            }
            w.push(")");
            return Ok(());
        };
        for value in &list.values {
            check_bind(value, w.dialect())?;
        }
        w.push(column.before);
        w.push("item");
        w.push(column.after);
        w.push(" FROM JSON_TABLE(");
        w.bind(Value::Text(json_list(&list.values)?));
        w.push(", '$[*]' COLUMNS (item ");
        w.push(&column.sql_type);
        if column.is_text {
            w.push(" CHARACTER SET utf8mb4 COLLATE ");
            w.push(self.capabilities.binary_collation);
        }
        w.push(" PATH '$')) AS list)");
        Ok(())
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
                // They would become whole numbers of 64 bits.
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
        // No FILTER here: rows that do not count give NULL, which no aggregate counts.
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
        // Here position 0 of what is no array is the whole of it.
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
        // MariaDB finds no value in an empty text.
        part(w, "COALESCE(JSON_VALUE", &get.path, "), IF(JSON_TYPE(")?;
        part(
            w,
            "JSON_EXTRACT",
            &get.path,
            ")) = 'STRING', '', NULL)) END)",
        )?;
        // Documents have a collation of their own, which goes with no other.
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
        w.push(" ON DUPLICATE KEY UPDATE ");
        match &conflict.action {
            // INSERT IGNORE would also hide values that do not fit.
            ConflictAction::Nothing => {
                let Some(column) = conflict.columns.first().or(inserted.first()) else {
                    return Err(Error::invalid(
                        "name the columns of the unique key in on_conflict(..)",
                    ));
                };
                let same = Assignment {
                    column: column.clone(),
                    value: Node::Root(column.clone()),
                };
                let assignments = of_this_key(conflict, &[same]);
                w.with_table(table, true, |w| w.assignments(&assignments))
            }
            ConflictAction::Update(assignments) => {
                let assignments = of_this_key(conflict, assignments);
                w.with_table(table, true, |w| w.assignments(&assignments))
            }
        }
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
            _ => Ok(()),
        }
    }
}

impl Mysql {
    /// Deeper documents are none to the server: MariaDB would say that a CHECK is violated which nobody declared.
    fn check_depth(&self, text: &str) -> Result<()> {
        let most = match self.name {
            "mariadb" => 31,
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

/// How the values of a long list are read from the JSON text that they are sent as.
struct Listed {
    /// What is written before each value, and behind it.
    before: &'static str,
    after: &'static str,
    /// The column that they are in.
    sql_type: Cow<'static, str>,
    is_text: bool,
}

/// How the values of a list are read, where the server can look them up: it keeps no table of long texts for that, and
/// would go through the whole list for each row.
fn listed_as(list: &InList) -> Option<Listed> {
    /// Characters of the longest text in a table that is looked up.
    const LONGEST: usize = 500;
    let plain = |sql_type: &'static str| {
        Some(Listed {
            before: "SELECT ",
            after: "",
            sql_type: sql_type.into(),
            is_text: false,
        })
    };
    match &*element_type(list) {
        SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => plain("BIGINT"),
        SqlType::Real | SqlType::Double => plain("DOUBLE"),
        SqlType::Decimal(..) => plain("DECIMAL(65, 30)"),
        SqlType::Date => plain("DATE"),
        SqlType::Time => plain("TIME(6)"),
        SqlType::DateTime | SqlType::Timestamp => plain("DATETIME(6)"),
        SqlType::Uuid => Some(Listed {
            before: "SELECT CAST(UNHEX(",
            after: ") AS BINARY(16))",
            sql_type: "VARCHAR(32)".into(),
            is_text: true,
        }),
        SqlType::Json | SqlType::Bytes => None,
        _ => {
            let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
            let longest = list.values.iter().map(length).max().unwrap_or_default();
            // Few lengths, so that few texts serve all lists.
            let room = longest.next_power_of_two().max(16);
            (longest <= LONGEST).then(|| Listed {
                before: "SELECT ",
                after: "",
                sql_type: format!("VARCHAR({room})").into(),
                is_text: true,
            })
        }
    }
}

/// The assignments of an upsert, of which one fails where another unique key than the upsert's own is violated: the server
/// takes the one for the other, and would change a row that nobody named.
fn of_this_key(conflict: &Conflict, assignments: &[Assignment]) -> Vec<Assignment> {
    let mut assignments = assignments.to_vec();
    let given = |column: &Name| {
        let (old, new) = (Node::Root(column.clone()), Node::Excluded(column.clone()));
        Node::binary(BinaryOp::Equal, old, new)
    };
    let Some(this_key) = conflict.columns.iter().map(given).reduce(Node::and) else {
        return assignments;
    };
    // DEFAULT stands for itself only.
    let is_any = |each: &Assignment| each.value != Node::Default;
    let Some(at) = assignments.iter().position(is_any) else {
        let same = Assignment {
            column: conflict.columns[0].clone(),
            value: Node::Root(conflict.columns[0].clone()),
        };
        assignments.push(same);
        return of_this_key(conflict, &assignments);
    };
    let guarded = &mut assignments[at];
    // Beyond all floats, whatever is added; that depends on the row, so that it is not computed beforehand.
    let column = Box::new(Node::Root(guarded.column.clone()));
    let failing = Node::Raw(
        vec![ANOTHER_KEY.into(), ")".into()],
        vec![Node::Tuple(vec![Node::Unary(UnaryOp::IsNull, column)])],
    );
    let value = std::mem::replace(&mut guarded.value, Node::Default);
    guarded.value = Node::Case(Box::new(Case {
        branches: vec![(this_key.or(failing), value)],
        otherwise: None,
    }));
    assignments
}

/// Values in one list of an UPDATE or DELETE.
const MOST_IN_CHANGE: usize = 512;

/// More values than this are written into the text: there is room for 65,535 binds in all.
const MOST_BOUND_IN_CHANGE: usize = 32_768;

impl Mysql {
    /// A long list of an UPDATE or DELETE: `(a IN (…) OR a IN (…))`. MariaDB makes a subquery of a list of more than 1,000,
    /// and before 11.1 an UPDATE or DELETE joins no subquery: each row would read all of the list.
    fn list_in_parts(&self, w: &mut Writer, list: &InList) -> Result<()> {
        let between = if list.negated { " AND " } else { " OR " };
        let literal = list.values.len() > MOST_BOUND_IN_CHANGE;
        w.push("(");
        for (n, values) in list.values.chunks(MOST_IN_CHANGE).enumerate() {
            w.push(if n > 0 { between } else { "" });
            let part = InList {
                operand: list.operand.clone(),
                values: values.to_vec(),
                element: list.element.clone(),
                negated: list.negated,
            };
            if literal {
                w.inlined(|w| self.in_list(w, &part))?;
            } else {
                self.in_list(w, &part)?;
            }
        }
        w.push(")");
        Ok(())
    }
}
