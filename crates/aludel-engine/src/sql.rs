//! Raw SQL: [`sql`] and [`Sql`]. Values are always bound.

use crate::command::{Access, Command, Mapping, first_word};
use crate::dynamic::{CollectDynamic, DynRow};
use crate::error::{Error, ErrorKind, Result};
use crate::execute::Executor;
use crate::execute::FetchRows;
use crate::gather::Reading;
use crate::stream::RowStream;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{AdHoc, AdHocQuery, Dyn, IntoExpr, Name, Node};
use aludel_sql::render::Writer;
use aludel_sql::row::FromRow;
use aludel_sql::statement::Statement;
use std::future::Future;
use std::panic::Location;

/// SQL text with binds: `sql("select max(views) from posts where views < ").bind(395)`.
///
/// The text is part of the program; [`Sql::trusted`] takes one that is not.
pub fn sql(text: &'static str) -> Sql {
    Sql {
        parts: vec![Part::Text(text.into())],
        offload: false,
    }
}

/// SQL text with binds, or a statement, to be run.
#[derive(Debug, Clone)]
pub struct Sql {
    parts: Vec<Part>,
    offload: bool,
}

#[derive(Debug, Clone)]
enum Part {
    Text(Name),
    Node(Node),
    Identifier(String),
    Statement(Box<Statement>),
}

impl Sql {
    /// SQL text that was made at run time. The caller must ensure that it contains no untrusted input: nothing can check
    /// that.
    pub fn trusted(text: impl Into<String>) -> Sql {
        Sql {
            parts: vec![Part::Text(text.into().into())],
            offload: false,
        }
    }

    /// Appends text.
    #[must_use]
    pub fn push(mut self, text: &'static str) -> Sql {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Appends a placeholder with its value.
    #[must_use]
    pub fn bind(mut self, value: impl IntoExpr<AdHoc, Dyn>) -> Sql {
        self.parts.push(Part::Node(value.into_expr()));
        self
    }

    /// Appends the quoted name of a table or column.
    #[must_use]
    pub fn identifier(mut self, name: impl Into<String>) -> Sql {
        self.parts.push(Part::Identifier(name.into()));
        self
    }

    /// Runs it straight on the blocking pool (SQLite), if it is known to be slow.
    #[must_use]
    pub fn offload(mut self) -> Sql {
        self.offload = true;
        self
    }

    /// Its text and binds in a dialect.
    ///
    /// # Errors
    /// Anything the dialect does not support.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<aludel_sql::render::Sql> {
        let mut w = Writer::new(dialect);
        for part in &self.parts {
            match part {
                Part::Text(text) => w.push(text),
                Part::Node(node) => w.node(node)?,
                Part::Identifier(name) => w.checked_identifier(name)?,
                Part::Statement(statement) => w.statement(statement)?,
            }
        }
        Ok(w.finish()?)
    }

    fn command(
        &self,
        dialect: &'static dyn Dialect,
        site: &'static Location<'static>,
    ) -> Result<Command> {
        let access = match self.parts.first() {
            Some(Part::Statement(statement)) if matches!(**statement, Statement::Select(_)) => {
                Access::Read
            }
            Some(Part::Statement(_)) => Access::Write,
            _ => Access::Unknown,
        };
        if let Some(Part::Text(text)) = self.parts.first() {
            refuse_transaction_control(text)?;
        }
        let command = match self.parts.as_slice() {
            [Part::Text(Name::Borrowed(text))] => {
                Command::with_text((*text).into(), Vec::new(), access)
            }
            _ => Command::new(self.to_sql(dialect)?, access),
        };
        Ok(command.offload(self.offload).at(site))
    }

    /// All rows. Structs and models are matched by the columns' names, tuples and scalars by position.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn all<'a, T: FromRow + Send + 'static>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<T>>> + Send + use<'a, T> {
        self.some(db.target(), usize::MAX, Location::caller())
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn first<'a, T: FromRow + Send + 'static>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<T>>> + Send + use<'a, T> {
        let rows = self.some(db.target(), 1, Location::caller());
        async move { Ok(rows.await?.pop()) }
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`] when there are more.
    #[track_caller]
    pub fn optional<'a, T: FromRow + Send + 'static>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<T>>> + Send + use<'a, T> {
        let rows = self.some::<T>(db.target(), 2, Location::caller());
        async move {
            let mut rows = rows.await?;
            if rows.len() > 1 {
                return Err(Error::new(
                    ErrorKind::ManyFound,
                    "expected one row, found several",
                ));
            }
            Ok(rows.pop())
        }
    }

    /// The only row.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] when there is none, [`ErrorKind::ManyFound`] when there are more.
    #[track_caller]
    pub fn one<'a, T: FromRow + Send + 'static>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<T>> + Send + use<'a, T> {
        let row = self.optional(db);
        async move {
            row.await?
                .ok_or_else(|| Error::new(ErrorKind::NotFound, "expected one row, found none"))
        }
    }

    /// All rows, as names and values. A value of a type that [`aludel_sql::Value`] does not have is a text, as the database
    /// writes it. A value that can't be read is an error when it is accessed ([`DynRow::read`]); the other columns can still be
    /// read.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn rows<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<DynRow>>> + Send + use<'a> {
        let command = self.command(db.dialect(), Location::caller());
        let target = db.target();
        target
            .fetch(command, CollectDynamic::new())
            .then(|sink, _| Ok(sink.rows))
    }

    /// The rows as they come, with bounded memory.
    ///
    /// # Errors
    /// Anything the dialect does not support; errors of the statement come through the stream.
    #[track_caller]
    pub fn stream<T: FromRow + Send + 'static>(&self, db: &dyn Executor) -> Result<RowStream<T>> {
        let command = self.command(db.dialect(), Location::caller())?;
        Ok(db.target().stream(command, Mapping::by_name::<T>()))
    }

    /// Runs it; returns the number of rows inserted, updated (matched) or deleted.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn execute<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a> {
        let command = self.command(db.dialect(), Location::caller());
        let target = db.target();
        async move { Ok(target.execute(command?).await?.affected) }
    }

    fn some<'a, T: FromRow + Send + 'static>(
        &self,
        target: crate::execute::Target<'a>,
        most: usize,
        site: &'static Location<'static>,
    ) -> FetchRows<'a, T> {
        let command = self.command(target.database().dialect(), site);
        target.rows(command, Reading::most(most).mapped(Mapping::by_name::<T>()))
    }
}

impl From<Statement> for Sql {
    fn from(statement: Statement) -> Self {
        Sql {
            parts: vec![Part::Statement(Box::new(statement))],
            offload: false,
        }
    }
}

impl From<AdHocQuery> for Sql {
    fn from(query: AdHocQuery) -> Self {
        Statement::Select(query.into_select()).into()
    }
}

/// Refuses transaction control: a transaction that the pool does not know of would leak to the connection's next user. The
/// server's transaction state reveals what gets past this.
fn refuse_transaction_control(text: &str) -> Result<()> {
    let first = first_word(text);
    let behind =
        text[first.as_ptr() as usize - text.as_ptr() as usize + first.len()..].trim_start();
    let second = first_word(behind);
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let controls = ["commit", "rollback", "savepoint", "release", "end", "abort"]
        .iter()
        .any(|word| is(first, word))
        // PostgreSQL's two-phase commit ends no transaction of this connection; MariaDB has blocks of statements.
        && !is(second, "prepared")
        || is(first, "begin") && !is(second, "not")
        || is(first, "start") && is(second, "transaction");
    if controls {
        return Err(Error::transaction_state(format!(
            "{} is not run as raw SQL, the pool has to know of it: use `db.begin()`, `tx.begin()` for a savepoint, `commit()` and `rollback()`",
            first.to_uppercase()
        )));
    }
    Ok(())
}
