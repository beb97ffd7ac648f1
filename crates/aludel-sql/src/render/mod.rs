//! Renders statements to text and binds: [`render`], and the [`Writer`] that dialects write with.

mod bind;
mod bulk;
mod casts;
mod ddl;
mod digits;
mod enums;
mod expr;
mod index;
mod junction;
mod keyset;
mod kinds;
mod meaning;
mod ranges;
mod select;
mod window;
mod write;

pub use ddl::is_keyed;
pub use expr::sorts;

pub use bind::check_bind;
pub(crate) use bind::far_year;

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::expr::{Name, Node, Window};
use crate::statement::{Insert, Statement, TableName};
use crate::types::ColumnKinds;
use crate::value::Value;

/// A statement's text and its binds, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    /// The text; binds are placeholders.
    pub text: String,
    /// The values of the placeholders.
    pub binds: Vec<Value>,
}

/// Renders a statement.
///
/// # Errors
/// If the dialect does not support the statement, or its names or values are invalid.
pub fn render(statement: &Statement, dialect: &'static dyn Dialect) -> Result<Sql> {
    let mut w = Writer::new(dialect);
    w.statement(statement)?;
    w.finish()
}

/// Writes SQL in one dialect, collecting binds.
pub struct Writer {
    /// The text so far.
    pub text: String,
    binds: Vec<Value>,
    dialect: &'static dyn Dialect,
    /// Whether values are literals instead of binds: DDL takes no binds.
    inline: bool,
    /// The scopes of the statement and its subqueries, innermost last.
    scopes: Vec<kinds::Scope>,
    /// The common table expressions written so far, and the kinds of their columns.
    ctes: Vec<(Name, ColumnKinds)>,
    /// Expressions that occur in several places of a statement, with their common text.
    shared: Vec<Shared>,
    /// The position in a condition of very many parts, if in one.
    among_many: Option<junction::Among>,
    /// Whether an UPDATE or DELETE itself is being written, not a query in it.
    changing: bool,
    /// Whether labels of enums are written without a cast.
    bare_labels: bool,
    /// Whether numbers keep the widths of their columns.
    narrow: bool,
    /// The window of the next aggregate.
    window: Option<Box<Window>>,
    /// The columns that the next SELECT is inserted into, if any of them needs a cast or check.
    received: Vec<write::Received>,
}

/// An expression that occurs in several places of one SELECT.
struct Shared {
    /// How deep that SELECT is nested: elsewhere the same tree refers to other rows.
    depth: usize,
    node: Node,
    /// Its text, once written.
    text: Option<String>,
}

impl Writer {
    /// A writer for one statement.
    pub fn new(dialect: &'static dyn Dialect) -> Writer {
        Writer {
            text: String::with_capacity(192),
            binds: Vec::new(),
            dialect,
            inline: false,
            scopes: Vec::new(),
            ctes: Vec::new(),
            shared: Vec::new(),
            among_many: None,
            changing: false,
            bare_labels: false,
            narrow: false,
            window: None,
            received: Vec::new(),
        }
    }

    /// The dialect.
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// Whether values are written as literals.
    pub fn is_inline(&self) -> bool {
        self.inline
    }

    /// Whether an UPDATE or DELETE itself is being written, not a query in it.
    pub fn is_change(&self) -> bool {
        self.changing
    }

    /// How many binds there are so far.
    pub fn bind_count(&self) -> usize {
        self.binds.len()
    }

    /// The text and the binds.
    ///
    /// # Errors
    /// More binds than the database takes in one statement.
    pub fn finish(self) -> Result<Sql> {
        let most = self.dialect.capabilities().max_binds;
        if self.binds.len() > most {
            return Err(Error::invalid(format!(
                "the statement has {} binds, and {} takes {most} at most; split it",
                self.binds.len(),
                self.dialect.name()
            )));
        }
        Ok(Sql {
            text: self.text,
            binds: self.binds,
        })
    }

    /// Any statement.
    ///
    /// # Errors
    /// As [`render`].
    pub fn statement(&mut self, statement: &Statement) -> Result<()> {
        match statement {
            Statement::Select(select) => self.select(select),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Ddl(ddl) => self.ddl(ddl),
        }
    }

    /// Plain SQL.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// An identifier, quoted; quotes in it are doubled.
    pub fn identifier(&mut self, name: &str) {
        let quote = self.dialect.quote();
        self.text.push(quote);
        if name.contains(quote) {
            for c in name.chars() {
                if c == quote {
                    self.text.push(quote);
                }
                self.text.push(c);
            }
        } else {
            self.text.push_str(name);
        }
        self.text.push(quote);
    }

    /// An identifier that is not part of the program's source: refused if empty or with a NUL.
    ///
    /// # Errors
    /// An invalid name.
    pub fn checked_identifier(&mut self, name: &str) -> Result<()> {
        if name.is_empty() || name.contains('\0') {
            return Err(Error::invalid(format!(
                "{name:?} can't be the name of anything: it is empty or has a NUL in it"
            )));
        }
        self.identifier(name);
        Ok(())
    }

    /// Identifiers with commas between.
    pub fn identifiers<S: AsRef<str>>(&mut self, names: &[S]) {
        for (n, name) in names.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.identifier(name.as_ref());
        }
    }

    /// A table's name.
    ///
    /// # Errors
    /// A schema, if the database has none; invalid names.
    pub fn table(&mut self, table: &TableName) -> Result<()> {
        if let Some(schema) = &table.schema {
            if !self.dialect.capabilities().schemas {
                return Err(Error::unsupported(
                    format!("schemas, and {table} is in one"),
                    self.dialect.name(),
                    "leave the schema out",
                ));
            }
            self.checked_identifier(schema)?;
            self.push(".");
        }
        self.checked_identifier(&table.name)
    }

    /// A row of VALUES, with the types that its values are cast to, if any. Its placeholders come in order and occur once,
    /// so they need no numbers.
    fn insert_row(
        &mut self,
        row: &[Node],
        insert: &Insert,
        own: &[Option<casts::OwnType>],
    ) -> Result<()> {
        for (n, node) in row.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            match node {
                node if own.get(n).is_some_and(Option::is_some) => {
                    self.value_for(node, own[n].as_ref())?;
                }
                Node::Value(value) if !self.inline => {
                    check_bind(value, self.dialect)?;
                    self.binds.push(value.clone());
                    let at = self.binds.len();
                    self.dialect.next_placeholder(at, &mut self.text);
                }
                other => {
                    let column = insert.columns.get(n);
                    let bounds = column.and_then(|column| insert.table.kinds.bounds(column));
                    let column = column.map_or("", |column| &**column);
                    self.inserted(other, bounds.map(|bounds| (column, bounds)))?;
                }
            }
        }
        Ok(())
    }

    /// Nodes with commas between.
    ///
    /// # Errors
    /// Errors of the nodes.
    pub fn nodes(&mut self, nodes: &[Node]) -> Result<()> {
        for (n, node) in nodes.iter().enumerate() {
            if n > 0 {
                self.push(", ");
            }
            self.node(node)?;
        }
        Ok(())
    }

    /// `name(arguments)`.
    ///
    /// # Errors
    /// Errors of the arguments.
    pub fn call(&mut self, name: &str, arguments: &[Node]) -> Result<()> {
        self.push(name);
        self.push("(");
        self.nodes(arguments)?;
        self.push(")");
        Ok(())
    }

    /// Runs `write` with values as literals.
    ///
    /// # Errors
    /// Errors of `write`.
    pub fn inlined<T>(&mut self, write: impl FnOnce(&mut Writer) -> Result<T>) -> Result<T> {
        let before = std::mem::replace(&mut self.inline, true);
        let result = write(self);
        self.inline = before;
        result
    }

    fn literal(&mut self, value: &Value) -> Result<()> {
        let dialect = self.dialect;
        match value {
            Value::Null => self.push("NULL"),
            Value::Bool(value) => self.push(if *value { "TRUE" } else { "FALSE" }),
            Value::I16(n) => self.push(&n.to_string()),
            Value::I32(n) => self.push(&n.to_string()),
            Value::I64(n) => self.push(&n.to_string()),
            Value::F32(n) => self.push(&format!("{n:?}")),
            Value::F64(n) => self.push(&format!("{n:?}")),
            Value::Text(text) | Value::Json(text) => dialect.text_literal(text, &mut self.text)?,
            Value::Enum(_, label) => dialect.text_literal(label, &mut self.text)?,
            Value::Bytes(bytes) => dialect.bytes_literal(bytes, &mut self.text),
            Value::Uuid(bytes) => dialect.uuid_literal(bytes, &mut self.text),
            #[cfg(feature = "decimal")]
            Value::Decimal(n) => dialect.decimal_literal(*n, &mut self.text),
            Value::Date(date) => self.time_literal(date.to_text())?,
            Value::Time(time) => self.time_literal(Some(time.to_text()))?,
            Value::DateTime(time) => self.time_literal(time.to_text())?,
            Value::Timestamp(time) => self.time_literal(time.to_text())?,
            Value::Array(_) | Value::Invalid(_) => {
                return Err(Error::invalid("an array can't be written into DDL"));
            }
        }
        Ok(())
    }

    fn time_literal(&mut self, text: Option<String>) -> Result<()> {
        let text = text.ok_or_else(|| {
            Error::invalid("a date whose year has not four digits can't be written as text")
        })?;
        self.push(&format!("'{text}'"));
        Ok(())
    }
}
