//! Dialects: how a database writes SQL, and what it can do.
//!
//! A [`Dialect`] is one module over one [`Capabilities`] value. What the databases share is rendered in
//! [`render`](crate::render); a dialect overrides only its own words.

mod casts;
mod checks;
mod mysql;
mod postgres;
mod reading;
mod sqlite;

pub use mysql::{ANOTHER_KEY, MARIADB, MYSQL};
pub use postgres::POSTGRES;
pub use sqlite::SQLITE;

use crate::error::{Error, Result};
use crate::expr::{
    Aggregate, ArithmeticOp, Function, InList, JsonGet, Node, NumberKind, TextMatch,
};
use crate::render::Writer;
use crate::statement::{Conflict, TableName};
use crate::types::Kind;
use crate::types::{Bounds, SqlType};
use crate::value::Value;
use std::borrow::Cow;

/// Where CREATE INDEX names the index's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexMethods {
    /// There is one method.
    One,
    /// `CREATE INDEX … USING gin (…)`.
    Using,
    /// `CREATE FULLTEXT INDEX …`: those that there are.
    Kinds(&'static [&'static str]),
}

/// What a database can do, as data. The README's table of databases is this struct in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// INSERT … RETURNING.
    pub insert_returning: bool,
    /// UPDATE … RETURNING.
    pub update_returning: bool,
    /// DELETE … RETURNING.
    pub delete_returning: bool,
    /// Native enum types; elsewhere text with a CHECK.
    pub native_enums: bool,
    /// Array columns.
    pub arrays: bool,
    /// Schemas (namespaces) within one database.
    pub schemas: bool,
    /// ALTER TABLE … ADD FOREIGN KEY, so that circular foreign keys are added after the tables.
    pub alter_foreign_keys: bool,
    /// Foreign keys that are checked at commit.
    pub deferrable: bool,
    /// ON DELETE SET DEFAULT.
    pub set_default: bool,
    /// COMMENT ON; else comments are part of CREATE TABLE, or (SQLite) kept nowhere.
    pub comment_statements: bool,
    /// Comments in CREATE TABLE.
    pub comment_clauses: bool,
    /// Partial indexes.
    pub partial_indexes: bool,
    /// Expression indexes.
    pub expression_indexes: bool,
    /// Index methods.
    pub index_methods: IndexMethods,
    /// Columns that an index keeps beside what it indexes (INCLUDE).
    pub index_include: bool,
    /// A column's options follow its type (`STORAGE external`); elsewhere they follow NOT NULL.
    pub options_after_type: bool,
    /// A column that numbers its rows begins a key, from the moment its table is made.
    pub numbered_keys: bool,
    /// SELECT … FOR UPDATE.
    pub row_locks: bool,
    /// SELECT … FOR SHARE: and how it is written where not so.
    pub share_keyword: &'static str,
    /// FOR UPDATE OF a table; elsewhere the rows of all tables are locked.
    pub lock_of: bool,
    /// DISTINCT ON.
    pub distinct_on: bool,
    /// FULL JOIN.
    pub full_join: bool,
    /// LATERAL.
    pub lateral: bool,
    /// NULLS FIRST / LAST; elsewhere a term before it does the same.
    pub nulls_order: bool,
    /// NULL sorts as the greatest value where nothing else is said; elsewhere as the least.
    pub nulls_greatest: bool,
    /// HAVING takes expressions that the query is grouped by; elsewhere their least in a group does the same.
    pub having_expressions: bool,
    /// LIMIT in the subquery of an IN; elsewhere a derived table does the same.
    pub limit_in_list: bool,
    /// What is written around a value in a condition of very many parts. SQLite's compiler compares each constant of a
    /// statement with all constants before it; an expression it leaves alone, and still looks up in an index.
    pub value_among_many: Option<(&'static str, &'static str)>,
    /// What is written around a comparison that is not the first in its branch of a very long OR. MariaDB's optimizer
    /// combines the ranges of all branches with each other; it takes none from a comparison that is part of a sum.
    pub comparison_among_many: Option<(&'static str, &'static str)>,
    /// `(a, b) > (x, y)` is read by an index over both columns.
    pub row_comparison_by_index: bool,
    /// Placeholders have numbers, so that one may stand in several places.
    pub numbered_placeholders: bool,
    /// The collation that decimals compare and sort by where they are kept as text, with the word before it.
    pub decimal_collation: Option<&'static str>,
    /// FILTER on aggregates; elsewhere a CASE does the same.
    pub aggregate_filter: bool,
    /// NaN and the infinities in float columns.
    pub float_nan: bool,
    /// The infinities in float columns.
    pub float_infinity: bool,
    /// NUL characters in text.
    pub nul_in_text: bool,
    /// Statements that are sent before the ones before them are answered.
    pub pipelines: bool,
    /// A statement that is prepared once and run for many rows costs next to nothing for each: there is no round trip.
    pub repeats: bool,
    /// The next number of a numbered column is greater than all that rows were given; elsewhere it comes of a sequence, which
    /// knows nothing of those.
    pub numbers_after_given: bool,
    /// A subquery of an UPDATE or DELETE may read the table itself.
    pub self_subquery: bool,
    /// ON UPDATE CASCADE of a reference to its own table; elsewhere it is refused there.
    pub self_cascade: bool,
    /// The expressions of an UPDATE's SET all see the old row.
    pub simultaneous_assignment: bool,
    /// UPDATE … FROM.
    pub update_from: bool,
    /// Subqueries of an UPDATE, in SET and WHERE, see the table as it was before any row was changed.
    pub update_sees_before: bool,
    /// DEFAULT in the place of a value.
    pub default_keyword: bool,
    /// IF EXISTS in ALTER TABLE.
    pub alter_if_exists: bool,
    /// A literal default of a text or binary column stands in parentheses.
    pub default_parentheses: bool,
    /// The most binds in one statement.
    pub max_binds: usize,
    /// DDL is part of a transaction.
    pub transactional_ddl: bool,
    /// The collation that compares text byte by byte, where it must be named.
    pub binary_collation: &'static str,
}

/// What an error of a server begins with, in its words, where a cast was refused that the server would have made something
/// of; what the value should have been is behind it, up to a quote.
pub const REFUSED_CAST: &str = "aludel: this is no ";

/// How one database writes SQL.
pub trait Dialect: Sync + std::fmt::Debug {
    /// Its name: `sqlite`, `postgres`, `mariadb`, `mysql`.
    fn name(&self) -> &'static str;
    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// The character around identifiers.
    fn quote(&self) -> char;
    /// The placeholder of bind `n`, from 1.
    fn placeholder(&self, n: usize, out: &mut String);
    /// The placeholder of bind `n`, of which there are `n - 1` before it and no other stands for it.
    fn next_placeholder(&self, n: usize, out: &mut String) {
        self.placeholder(n, out);
    }
    /// Text as a literal.
    ///
    /// # Errors
    /// A NUL where the database has none in text.
    fn text_literal(&self, text: &str, out: &mut String) -> Result<()>;
    /// Bytes as a literal.
    fn bytes_literal(&self, bytes: &[u8], out: &mut String);
    /// A column's type; `keyed` when a key or index needs a bounded one.
    ///
    /// # Errors
    /// A type that the database has not.
    fn column_type(&self, sql_type: &SqlType, keyed: bool, out: &mut String) -> Result<()>;
    /// The type in a CAST.
    ///
    /// # Errors
    /// A type that the database has not.
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()>;
    /// NULL-safe comparison.
    ///
    /// # Errors
    /// Those of the operands.
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()>;
    /// Joined text.
    ///
    /// # Errors
    /// Those of the operands.
    fn concat(&self, w: &mut Writer, left: &Node, right: &Node) -> Result<()>;
    /// Arithmetic.
    ///
    /// # Errors
    /// Those of the operands.
    fn arithmetic(
        &self,
        w: &mut Writer,
        op: ArithmeticOp,
        kind: NumberKind,
        left: &Node,
        right: &Node,
    ) -> Result<()>;
    /// `-operand`.
    ///
    /// # Errors
    /// Those of the operand.
    fn negate(&self, w: &mut Writer, operand: &Node) -> Result<()> {
        w.push("-");
        w.operand(operand)
    }
    /// `CAST(operand AS type)`, of kinds that have a meaning. It must fail for a value that has none.
    ///
    /// # Errors
    /// A type that the database has not, and those of the operand.
    fn cast(&self, w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
        plain_cast(self, w, sql_type, |w| w.node(operand))
    }
    /// The type as whose values those of a type in the database's own words are read.
    fn reads_as(&self, words: &str) -> SqlType {
        reading::standard(words)
    }
    /// The condition, in SQL without rows, of a type whose values never come as the Rust type of its columns reads them: a domain
    /// over numbers. Nothing where that can't be.
    fn unreadable_type(&self, sql_type: &SqlType) -> Option<String> {
        let _ = sql_type;
        None
    }
    /// The condition of a value in a column of this type that the Rust type of the column can't read: a date without an
    /// end, a text in a column of numbers. `value` is SQL. Nothing where every value can be read.
    fn unreadable(&self, sql_type: &SqlType, value: &str) -> Option<String> {
        let _ = (sql_type, value);
        None
    }
    /// The type that a text is cast to beside a column of a type in the database's own words; nothing where the column takes
    /// texts as they are.
    fn text_cast(&self, words: &'static str) -> Option<Cow<'static, str>> {
        let _ = words;
        None
    }
    /// The value that a column is set to, as far as the column holds it. It must fail for any other number: with an error
    /// of the database's own, where it has no words for another.
    ///
    /// # Errors
    /// Those of the value.
    fn within(&self, w: &mut Writer, value: &Node, bounds: Bounds, column: &str) -> Result<()> {
        match bounds {
            Bounds::Narrow(least, most) => checks::narrowed(w, value, least, most, column),
            // What its own types hold, the server looks at.
            Bounds::Whole(..) | Bounds::Single | Bounds::Digits(..) | Bounds::Length(_) => {
                w.node(value)
            }
        }
    }
    /// A text pattern.
    ///
    /// # Errors
    /// Those of the operands.
    fn text_match(&self, w: &mut Writer, text: &TextMatch) -> Result<()>;
    /// Membership in a list that is not empty.
    ///
    /// # Errors
    /// Values that no list can hold.
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()>;
    /// A function of the portable set.
    ///
    /// # Errors
    /// Those of the arguments.
    fn function(&self, w: &mut Writer, function: Function, arguments: &[Node]) -> Result<()>;
    /// An aggregate.
    ///
    /// # Errors
    /// Those of the argument and filter.
    fn aggregate(&self, w: &mut Writer, aggregate: &Aggregate) -> Result<()>;
    /// The text at a path in a JSON document.
    ///
    /// # Errors
    /// Those of the document.
    fn json_get(&self, w: &mut Writer, get: &JsonGet) -> Result<()>;
    /// The conflict clause of an INSERT.
    ///
    /// # Errors
    /// Those of its expressions.
    fn conflict(
        &self,
        w: &mut Writer,
        table: &TableName,
        inserted: &[crate::expr::Name],
        conflict: &Conflict,
    ) -> Result<()>;
    /// The alias of an upsert's table, whose own name is that of the rows that were excluded.
    fn upsert_alias(&self, table: &TableName) -> Option<&'static str> {
        table.name.eq_ignore_ascii_case("excluded").then_some("t1")
    }
    /// `excluded.column` in an upsert.
    fn excluded(&self, w: &mut Writer, column: &str);
    /// One row of defaults.
    fn default_values(&self) -> &'static str {
        " DEFAULT VALUES"
    }
    /// How a column that numbers its rows is written; `sole_key` when it alone is the primary key.
    fn identity(&self, always: bool, sole_key: bool) -> &'static str;
    /// OFFSET without LIMIT.
    fn no_limit(&self) -> &'static str;
    /// Writes a SELECT of how many rows the database believes a table to have, NULL where it does not know; `false` where it
    /// keeps no such number, and nothing is written.
    ///
    /// # Errors
    /// A name that no table can have.
    fn estimated_rows(&self, w: &mut Writer, table: &TableName) -> Result<bool> {
        let _ = (w, table);
        Ok(false)
    }
    /// Reads from a plan how many rows the query is expected to find; `None` where plans do not say.
    fn planned_rows(&self) -> Option<fn(&str) -> Option<i64>> {
        None
    }
    /// What is appended to CREATE TABLE.
    fn table_options(&self) -> &'static str {
        ""
    }
    /// Whether this value can be sent at all; text and floats have limits on some databases.
    ///
    /// # Errors
    /// A value that the database would change or refuse.
    fn check_value(&self, value: &Value) -> Result<()>;
}

/// `left / right` or `left % right` of servers that differ in what a division by zero does (an error, NULL, or either by
/// the kind of statement): NULL, everywhere. Quotients of decimals have ten digits after the point, as a column has that
/// says nothing else.
pub(crate) fn division(
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
pub(crate) fn decimal_average(w: &mut Writer, aggregate: &Aggregate) -> Result<()> {
    let mut exact = aggregate.clone();
    exact.argument = exact
        .argument
        .map(|argument| Node::Raw(vec!["(".into(), " + 0.0000000000)".into()], vec![argument]));
    w.push("round(");
    sqlite::native_aggregate(w, "avg", &exact)?;
    w.push(", 10)");
    Ok(())
}

/// A float rounded to a whole number, half away from zero, with the words for its whole part. Adding a half first would
/// make 1 of 0.49999999999999994.
pub(crate) fn round_float(w: &mut Writer, whole: (&str, &str), number: &Node) -> Result<()> {
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

/// `round(x, digits)`, with the word for it.
pub(crate) fn rounded_to(w: &mut Writer, word: &str, number: &Node, digits: &Node) -> Result<()> {
    match w.kind(number) {
        // Whole as it is.
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

/// The type of a list's values. That of a column in the database's own words is none that a bind or a JSON text can have.
pub(crate) fn element_type(list: &InList) -> Cow<'_, SqlType> {
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

pub(crate) fn write_type_list(
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
