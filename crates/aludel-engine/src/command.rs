//! A [`Command`] is what is sent; a [`Sink`] takes the rows that come back.

use crate::error::Error;
use crate::row_batch::RowBatch;
use crate::statement_text::Text;
use aludel_sql::Value;
use aludel_sql::render::Sql;
use aludel_sql::row::{Cells, DecodeError, FromRow, Row, TypedCells};
use aludel_sql::types::SqlType;
use aludel_sql::value::Binds;
use std::any::Any;
use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;

/// Whether a statement reads or writes, which decides the connection it gets on SQLite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It reads only.
    Read,
    /// It may write.
    Write,
    /// Raw SQL: the driver finds out.
    Unknown,
}

/// One statement with its binds.
#[derive(Debug, Clone)]
pub struct Command {
    /// The text.
    pub text: Text,
    /// The binds; for a [repeated](Command::repeated) statement, those of each run in order.
    pub binds: Binds,
    /// Read or write.
    pub access: Access,
    /// Whether it goes straight to the blocking pool (SQLite).
    pub offload: bool,
    /// Where it was called.
    pub site: &'static Location<'static>,
    /// Whether a transaction keeps the connection afterwards: unwanted rows are then read to their end.
    pub(crate) pinned: bool,
    /// How many times it runs, if it is repeated.
    pub(crate) times: Option<usize>,
    /// The table and columns that its binds go to, if it is a COPY.
    pub(crate) copy: Option<Box<Copying>>,
    /// Whether its caller runs it for many rows on purpose: the repeat guard ignores it.
    pub(crate) is_one_of_many: bool,
    /// Whether its rows are streamed: it may then lock a connection that is marked as streaming.
    pub(crate) streams: bool,
}

impl Command {
    /// A rendered statement.
    #[track_caller]
    pub fn new(sql: Sql, access: Access) -> Command {
        Command::with_text(sql.text.into(), sql.binds, access)
    }

    /// Marks it as one of many that are run on purpose, for a row or a batch each: the repeat guard ignores it.
    #[must_use]
    pub fn one_of_many(mut self) -> Command {
        self.is_one_of_many = true;
        self
    }

    /// A text with binds.
    #[track_caller]
    pub fn with_text(text: Text, binds: impl Into<Binds>, access: Access) -> Command {
        Command {
            text,
            binds: binds.into(),
            access,
            offload: false,
            site: Location::caller(),
            pinned: false,
            times: None,
            copy: None,
            is_one_of_many: false,
            streams: false,
        }
    }

    /// A `COPY … FROM STDIN (FORMAT binary)` (PostgreSQL), or a `LOAD DATA LOCAL INFILE` (MariaDB and MySQL, in a
    /// transaction), whose binds are the rows, one after another.
    #[must_use]
    pub fn copying(mut self, copy: Copying) -> Command {
        self.copy = Some(Box::new(copy));
        self
    }

    /// One text that is prepared once and run again and again, each time with its share of the binds (or with those that the
    /// [sink has](Sink::binds)). Only where the dialect
    /// [repeats](aludel_sql::dialect::Capabilities::repeats), and in a transaction: a run that fails does not undo those
    /// before it. MariaDB and MySQL take one run.
    #[must_use]
    pub fn repeated(mut self, times: usize) -> Command {
        self.times = Some(times);
        self
    }

    /// Whether it takes its rows as a stream.
    pub fn is_copying(&self) -> bool {
        self.copy.is_some()
    }

    /// Whether it is run several times.
    pub fn is_repeated(&self) -> bool {
        self.times.is_some_and(|times| times > 1)
    }

    /// Whether it may write, as far as its text says: it then runs to its end even if nobody wants its rows.
    pub(crate) fn may_write(&self) -> bool {
        let has = |word: &str| {
            let mut parts = self.text.as_bytes().windows(word.len());
            parts.any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
        };
        match self.access {
            Access::Read => false,
            Access::Write => true,
            Access::Unknown => match self.first_word().to_ascii_lowercase().as_str() {
                "select" | "show" | "values" | "table" | "explain" => false,
                "with" => ["insert", "update", "delete", "merge"].into_iter().any(has),
                _ => true,
            },
        }
    }

    /// Whether it may leave session state that the next user of the connection must not see: raw SQL that is not a plain
    /// statement, or that names something that sets such state.
    pub(crate) fn may_change_settings(&self) -> bool {
        const PLAIN: [&str; 21] = [
            "select", "insert", "update", "delete", "replace", "merge", "with", "values", "table",
            "show", "explain", "describe", "desc", "analyze", "truncate", "alter", "drop",
            "comment", "grant", "revoke", "vacuum",
        ];
        const MARKS: [&str; 7] = [
            "set_config",
            "advisory",
            "get_lock",
            "setseed",
            ":=",
            "into @",
            "into temp",
        ];
        if self.access != Access::Unknown {
            return false;
        }
        let words: Vec<&str> = self.text.split_ascii_whitespace().collect();
        let text = words.join(" ").to_ascii_lowercase();
        let has = |mark: &str| text.contains(mark);
        match self.first_word() {
            word if word.eq_ignore_ascii_case("create") => has("temp"),
            _ if has("into local temp") || has("create temp") || has("create local temp") => true,
            word if word.eq_ignore_ascii_case("pragma") => !is_reading_pragma(&self.text),
            _ => !self.begins_with(&PLAIN) || MARKS.into_iter().any(has),
        }
    }

    /// Whether it is atomic, and so may be retried after it lost against another transaction: a procedure may commit
    /// half-way.
    pub(crate) fn is_one_statement(&self) -> bool {
        const WHOLE: [&str; 8] = [
            "select", "insert", "update", "delete", "replace", "merge", "with", "values",
        ];
        self.access != Access::Unknown || self.begins_with(&WHOLE)
    }

    /// The word that says what the statement does, after any comments, empty statements and parentheses.
    pub(crate) fn first_word(&self) -> &str {
        first_word(&self.text)
    }

    /// Whether its first word is one of these (in lower case).
    pub(crate) fn begins_with(&self, words: &[&str]) -> bool {
        let first = self.first_word();
        words.iter().any(|word| first.eq_ignore_ascii_case(word))
    }

    /// Whether it goes straight to the blocking pool (SQLite).
    #[must_use]
    pub fn offload(mut self, offload: bool) -> Command {
        self.offload = offload;
        self
    }

    /// Sets its call site.
    #[must_use]
    pub fn at(mut self, site: &'static Location<'static>) -> Command {
        self.site = site;
        self
    }
}

/// Whether a PRAGMA (SQLite) only reads.
fn is_reading_pragma(text: &str) -> bool {
    const QUESTIONS: [&str; 15] = [
        "collation_list",
        "compile_options",
        "database_list",
        "foreign_key_check",
        "foreign_key_list",
        "function_list",
        "index_info",
        "index_list",
        "index_xinfo",
        "integrity_check",
        "module_list",
        "quick_check",
        "table_info",
        "table_list",
        "table_xinfo",
    ];
    let behind = |at: usize| text.get(at + "pragma".len()..).unwrap_or_default();
    let name = text.to_ascii_lowercase().find("pragma").map_or("", behind);
    let name = name.rsplit('.').next().unwrap_or_default();
    let name = first_word(name);
    let is_asked = !text.contains(['=', '(']);
    is_asked
        || QUESTIONS
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// The first word of a statement, after any comments, empty statements and parentheses.
pub(crate) fn first_word(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
        if rest.starts_with("--") || rest.starts_with('#') {
            rest = rest
                .split_once('\n')
                .map_or(&rest[rest.len()..], |(_, behind)| behind);
        } else if rest.starts_with("/*") && !rest.starts_with("/*!") && !rest.starts_with("/*M!") {
            rest = behind_comment(rest);
        } else {
            break;
        }
    }
    // MariaDB and MySQL run the contents of these comments.
    let rest = rest
        .trim_start_matches("/*M!")
        .trim_start_matches("/*!")
        .trim_start_matches(|c: char| c.is_ascii_digit() || c.is_whitespace());
    let end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '_');
    &rest[..end.unwrap_or(rest.len())]
}

/// The text after a comment; PostgreSQL's comments nest.
fn behind_comment(text: &str) -> &str {
    let (mut depth, mut rest) = (0, text);
    loop {
        let Some(at) = rest.find(['*', '/']) else {
            // The comment has no end, or comments do not nest here: it ends at the first `*/`.
            return text
                .split_once("*/")
                .map_or(&text[text.len()..], |(_, behind)| behind);
        };
        rest = &rest[at..];
        if rest.starts_with("/*") {
            depth += 1;
        } else if rest.starts_with("*/") {
            depth -= 1;
        } else {
            rest = &rest[1..];
            continue;
        }
        rest = &rest[2..];
        if depth == 0 {
            return rest;
        }
    }
}

/// How rows are sent by COPY, which takes only the columns' own types, or as a file, with an INSERT to fall back on.
#[derive(Debug, Clone)]
pub struct Copying {
    /// The table, quoted, with its schema.
    pub table: String,
    /// The columns' names, and the types of their values.
    pub columns: Vec<(String, SqlType)>,
    /// The rows' values of the first column, if the sink has [those](Sink::binds) of the others (PostgreSQL).
    pub keys: Option<Vec<i64>>,
    /// The fallback: an INSERT that takes an array for each column (PostgreSQL; keys are given even where the database makes
    /// them always), or one up to its VALUES.
    pub otherwise: Text,
}

/// What a statement did, besides its rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Rows inserted, updated (matched) or deleted.
    pub affected: u64,
    /// The last generated key, where there is no RETURNING (MySQL).
    pub last_id: Option<i64>,
}

/// A boxed future, `Send`.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Takes the rows of a result, one at a time and by position.
pub trait Sink: Send {
    /// Whether [`columns`](Sink::columns) should be called.
    fn wants_columns(&self) -> bool {
        false
    }
    /// The names of the columns, before the first row.
    ///
    /// # Errors
    /// A column that is missing.
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        let _ = names;
        Ok(())
    }
    /// One row; `false` stops.
    ///
    /// # Errors
    /// A cell that cannot be read.
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError>;
    /// The binds of a run of a [repeated](Command::repeated) statement, where the sink has them and not the command.
    fn binds(&self, run: usize) -> Option<&[Value]> {
        let _ = run;
        None
    }
    /// Called after a run of a [repeated](Command::repeated) INSERT: the number of rows, and the key of the last one.
    ///
    /// # Errors
    /// Binds that do not form a row.
    fn inserted(&mut self, run: usize, rows: u64, last: i64) -> Result<(), DecodeError> {
        let _ = (run, rows, last);
        Ok(())
    }
    /// Discards the rows so far, because the statement is run again from the start. Returns `false`, the default, if some were
    /// already handed over: the statement then fails instead, so that no row comes twice.
    fn restart(&mut self) -> bool {
        false
    }
    /// Whether a batch is full and [`hand_over`](Sink::hand_over) is due.
    fn is_full(&self) -> bool {
        false
    }
    /// Hands a full batch over; `false` when nobody takes it any more.
    fn hand_over(&mut self) -> BoxFuture<'_, bool> {
        Box::pin(async { true })
    }
    /// Whether [batches](RowBatch) are handed over as they are, before their rows are decoded.
    fn forwards(&self) -> bool {
        false
    }
    /// Hands such a batch over; `false` when nobody takes it any more.
    fn forward(&mut self, rows: Box<dyn RowBatch>) -> BoxFuture<'_, bool> {
        let _ = rows;
        Box::pin(async { false })
    }
    /// The sink itself, to get it back from a box.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
}

impl Sink for Box<dyn Sink> {
    fn wants_columns(&self) -> bool {
        (**self).wants_columns()
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        (**self).columns(names)
    }
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        (**self).row(cells)
    }
    fn binds(&self, run: usize) -> Option<&[Value]> {
        (**self).binds(run)
    }
    fn inserted(&mut self, run: usize, rows: u64, last: i64) -> Result<(), DecodeError> {
        (**self).inserted(run, rows, last)
    }
    fn restart(&mut self) -> bool {
        (**self).restart()
    }
    fn is_full(&self) -> bool {
        (**self).is_full()
    }
    fn hand_over(&mut self) -> BoxFuture<'_, bool> {
        (**self).hand_over()
    }
    fn forwards(&self) -> bool {
        (**self).forwards()
    }
    fn forward(&mut self, rows: Box<dyn RowBatch>) -> BoxFuture<'_, bool> {
        (**self).forward(rows)
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A statement of a [pipeline](crate::spi::Target::pipeline), and the sink for its rows.
pub type Statement = (Command, Box<dyn Sink>);

/// The results of a [pipeline](crate::spi::Target::pipeline)'s statements: their sinks, as [`Sink::into_any`] returns them.
pub type Answers = Vec<(Box<dyn Any + Send>, Outcome)>;

/// The first statement of a [pipeline](crate::spi::Target::pipeline) that failed: its position, and why.
pub type Failed = (usize, Error);

/// How the columns of a result become the columns of a type: by position, or by name in raw SQL.
#[derive(Debug, Clone, Default)]
pub enum Mapping {
    /// As they come.
    #[default]
    Position,
    /// As they come, in these types, which are known at run time only.
    Typed(Arc<[SqlType]>),
    /// By these names; once the result's columns are known, by the positions.
    Names(Vec<&'static str>, Vec<usize>),
}

impl Mapping {
    /// By name where the type has names.
    pub fn by_name<T: FromRow>() -> Mapping {
        match T::names() {
            Some(names) => Mapping::Names(names, Vec::new()),
            None => Mapping::Position,
        }
    }

    pub(crate) fn wants_columns(&self) -> bool {
        matches!(self, Mapping::Names(..))
    }

    pub(crate) fn resolve(&mut self, found: &[String]) -> Result<(), DecodeError> {
        let Mapping::Names(names, order) = self else {
            return Ok(());
        };
        order.clear();
        for (position, name) in names.iter().enumerate() {
            let at = found.iter().position(|column| column == name).or_else(|| {
                found
                    .iter()
                    .position(|column| column.eq_ignore_ascii_case(name))
            });
            match at {
                Some(at) => order.push(at),
                None => {
                    return Err(DecodeError {
                        position,
                        wanted: "a column",
                        found: format!(
                            "no column {name:?} in the result; it has {}",
                            found.join(", ")
                        ),
                    });
                }
            }
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn read<T: FromRow>(&self, cells: &mut dyn Cells) -> Result<T, DecodeError> {
        match self {
            Mapping::Position => T::from_row(&mut Row::new(cells)),
            Mapping::Typed(types) => T::from_row(&mut Row::new(&mut TypedCells::new(cells, types))),
            Mapping::Names(_, order) => T::from_row(&mut Row::reordered(cells, order)),
        }
    }
}

/// Collects rows into a `Vec`, up to a number of them.
pub struct Collect<T> {
    /// The rows.
    pub rows: Vec<T>,
    most: usize,
    mapping: Mapping,
}

impl<T> Collect<T> {
    /// All rows, by position.
    pub fn all() -> Collect<T> {
        Collect {
            rows: Vec::new(),
            most: usize::MAX,
            mapping: Mapping::Position,
        }
    }

    /// All rows, by position, with capacity for this many.
    pub fn with_capacity(rows: usize) -> Collect<T> {
        Collect {
            rows: Vec::with_capacity(rows),
            ..Collect::all()
        }
    }

    /// Reads at most this number of rows and maps each.
    pub fn most(most: usize, mapping: Mapping) -> Collect<T> {
        Collect {
            rows: Vec::new(),
            most,
            mapping,
        }
    }
}

impl<T: FromRow + Send + 'static> Sink for Collect<T> {
    fn wants_columns(&self) -> bool {
        self.mapping.wants_columns()
    }
    fn columns(&mut self, names: Vec<String>) -> Result<(), DecodeError> {
        self.mapping.resolve(&names)
    }
    #[inline]
    fn row(&mut self, cells: &mut dyn Cells) -> Result<bool, DecodeError> {
        self.rows.push(self.mapping.read(cells)?);
        Ok(self.rows.len() < self.most)
    }
    fn restart(&mut self) -> bool {
        self.rows.clear();
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// Takes no rows.
pub struct Discard;

impl Sink for Discard {
    fn row(&mut self, _: &mut dyn Cells) -> Result<bool, DecodeError> {
        Ok(true)
    }
    fn restart(&mut self) -> bool {
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
