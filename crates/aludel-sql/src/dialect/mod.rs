//! Dialects: how a database writes SQL, and what it can do.
//!
//! A [`Dialect`] is one module over one [`Capabilities`] value. What the databases share is rendered in
//! [`render`](crate::render); a dialect overrides only what it writes differently.

mod ansi;
pub mod bulk;
mod capabilities;
mod kind;
mod mysql;
mod postgres;
mod sqlite;
mod transaction;

pub(crate) use ansi::plain_cast;
pub use bulk::{Bulk, NewKeys};
pub use capabilities::{Capabilities, Comments, IndexMethods};
pub use kind::DialectKind;
pub use mysql::{ANOTHER_KEY, MARIADB, MYSQL};
pub use postgres::POSTGRES;
pub use sqlite::SQLITE;
pub use transaction::{AfterError, Begin, IsolationLevel};

use crate::error::Result;
use crate::expr::{
    Aggregate, ArithmeticOp, Function, InList, JsonGet, Node, NumberKind, TextMatch,
};
use crate::render::Writer;
use crate::statement::{Conflict, TableName};
use crate::types::{Bounds, SqlType};
use crate::value::Value;
use std::borrow::Cow;

/// The start of a server's error message when a cast was refused that the server itself would have allowed. The expected
/// kind of value follows, up to a quote.
pub const REFUSED_CAST: &str = "aludel: this is no ";

/// How one database writes SQL.
pub trait Dialect: Sync + std::fmt::Debug {
    /// Its name: `sqlite`, `postgres`, `mariadb`, `mysql`.
    fn name(&self) -> &'static str;
    /// Which built-in database it is; `None` for a third-party dialect.
    fn kind(&self) -> Option<DialectKind> {
        None
    }
    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;
    /// The character around identifiers.
    fn quote(&self) -> char;
    /// The placeholder of bind `n`, from 1.
    fn placeholder(&self, n: usize, out: &mut String);
    /// The placeholder of bind `n`, if `n - 1` placeholders are before it and none is repeated.
    fn next_placeholder(&self, n: usize, out: &mut String) {
        self.placeholder(n, out);
    }
    /// Text as a literal.
    ///
    /// # Errors
    /// A NUL character, if the database does not allow it in text.
    fn text_literal(&self, text: &str, out: &mut String) -> Result<()>;
    /// Bytes as a literal.
    fn bytes_literal(&self, bytes: &[u8], out: &mut String);
    /// A UUID in SQL: its bytes, if the database has no type for it.
    fn uuid_literal(&self, bytes: &[u8; 16], out: &mut String) {
        self.bytes_literal(bytes, out);
    }
    /// A decimal in SQL.
    #[cfg(feature = "decimal")]
    fn decimal_literal(&self, number: rust_decimal::Decimal, out: &mut String) {
        out.push_str(&number.to_string());
    }
    /// A column's type; `keyed` when a key or index needs a bounded one.
    ///
    /// # Errors
    /// A type that the database does not have.
    fn column_type(&self, sql_type: &SqlType, keyed: bool, out: &mut String) -> Result<()>;
    /// The type in a CAST.
    ///
    /// # Errors
    /// A type that the database does not have.
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()>;
    /// NULL-safe comparison.
    ///
    /// # Errors
    /// Errors of the operands.
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()>;
    /// Text concatenation.
    ///
    /// # Errors
    /// Errors of the operands.
    fn concat(&self, w: &mut Writer, left: &Node, right: &Node) -> Result<()>;
    /// Arithmetic.
    ///
    /// # Errors
    /// Errors of the operands.
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
    /// Errors of the operand.
    fn negate(&self, w: &mut Writer, operand: &Node) -> Result<()> {
        w.push("-");
        w.operand(operand)
    }
    /// `CAST(operand AS type)`, of kinds whose cast has a meaning. It must fail for a value that has none.
    ///
    /// # Errors
    /// A type that the database does not have; errors of the operand.
    fn cast(&self, w: &mut Writer, operand: &Node, sql_type: &SqlType) -> Result<()> {
        plain_cast(self, w, sql_type, |w| w.node(operand))
    }
    /// The portable type as which values of a database-specific type are read.
    fn reads_as(&self, words: &str) -> SqlType {
        ansi::reading::standard(words)
    }
    /// A condition, in SQL without rows, that holds if the values of a type can never be read as the Rust type of its columns: a
    /// domain over numbers. `None` if that is impossible.
    fn unreadable_type(&self, sql_type: &SqlType) -> Option<String> {
        let _ = sql_type;
        None
    }
    /// A condition that holds for values in a column of this type that the Rust type of the column can't read: a date without
    /// an end, text in a column of numbers. `value` is SQL. `None` if every value can be read.
    fn unreadable(&self, sql_type: &SqlType, value: &str) -> Option<String> {
        let _ = (sql_type, value);
        None
    }
    /// The type that text is cast to next to a column of a database-specific type; `None` if the column takes text as it is.
    fn text_cast(&self, words: &'static str) -> Option<Cow<'static, str>> {
        let _ = words;
        None
    }
    /// The new value of a column, if the column can hold it. It must fail for any other value: with one of the database's own
    /// errors, if it can't raise another.
    ///
    /// # Errors
    /// Errors of the value.
    fn within(&self, w: &mut Writer, value: &Node, bounds: Bounds, column: &str) -> Result<()> {
        match bounds {
            Bounds::Narrow(least, most) => ansi::checks::narrowed(w, value, least, most, column),
            // The server checks the limits of its own types.
            Bounds::Whole(..) | Bounds::Single | Bounds::Digits(..) | Bounds::Length(_) => {
                w.node(value)
            }
        }
    }
    /// A text pattern.
    ///
    /// # Errors
    /// Errors of the operands.
    fn text_match(&self, w: &mut Writer, text: &TextMatch) -> Result<()>;
    /// Membership in a list that is not empty.
    ///
    /// # Errors
    /// Values that no list can hold.
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()>;
    /// A function of the portable set.
    ///
    /// # Errors
    /// Errors of the arguments.
    fn function(&self, w: &mut Writer, function: Function, arguments: &[Node]) -> Result<()>;
    /// An aggregate.
    ///
    /// # Errors
    /// Errors of the argument and filter.
    fn aggregate(&self, w: &mut Writer, aggregate: &Aggregate) -> Result<()>;
    /// The text at a path in a JSON document.
    ///
    /// # Errors
    /// Errors of the document.
    fn json_get(&self, w: &mut Writer, get: &JsonGet) -> Result<()>;
    /// The conflict clause of an INSERT.
    ///
    /// # Errors
    /// Errors of its expressions.
    fn conflict(
        &self,
        w: &mut Writer,
        table: &TableName,
        inserted: &[crate::expr::Name],
        conflict: &Conflict,
    ) -> Result<()>;
    /// The alias of an upsert's table, if the table's own name means the excluded rows.
    fn upsert_alias(&self, table: &TableName) -> Option<&'static str> {
        table.name.eq_ignore_ascii_case("excluded").then_some("t1")
    }
    /// `excluded.column` in an upsert.
    fn excluded(&self, w: &mut Writer, column: &str);
    /// How it takes many rows at once.
    fn bulk(&self) -> &'static dyn Bulk {
        &bulk::OneByOne
    }
    /// The statements that begin a transaction, with semicolons between them.
    fn begin(&self, begin: Begin) -> String;
    /// SQL that lets a connection that was made read-only ([`Begin::on_writer`]) write again.
    fn end_read_only(&self) -> &'static str {
        ""
    }
    /// The keyword before a query that asks for its plan.
    fn explain(&self) -> &'static str {
        "EXPLAIN "
    }
    /// One row of defaults.
    fn default_values(&self) -> &'static str {
        " DEFAULT VALUES"
    }
    /// The SQL of a column that numbers its rows; `sole_key` when it is the whole primary key.
    fn identity(&self, always: bool, sole_key: bool) -> &'static str;
    /// OFFSET without LIMIT.
    fn no_limit(&self) -> &'static str;
    /// Writes a SELECT of the database's estimate of a table's rows, NULL if it does not know; returns `false`, and writes
    /// nothing, if it has no such estimate.
    ///
    /// # Errors
    /// An invalid name.
    fn estimated_rows(&self, w: &mut Writer, table: &TableName) -> Result<bool> {
        let _ = (w, table);
        Ok(false)
    }
    /// Reads from a plan how many rows the query is expected to find; `None` where plans do not say.
    fn planned_rows(&self) -> Option<fn(&str) -> Option<i64>> {
        None
    }
    /// The options appended to CREATE TABLE.
    fn table_options(&self) -> &'static str {
        ""
    }
    /// Checks whether this value can be sent at all; text and floats have limits on some databases.
    ///
    /// # Errors
    /// A value that the database would change or refuse.
    fn check_value(&self, value: &Value) -> Result<()>;
}
