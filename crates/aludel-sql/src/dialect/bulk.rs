//! Many rows at once: [`Bulk`], how a database takes them and how the keys of new ones are found.
//!
//! | | many new rows | their keys | UPDATE of many rows |
//! |---|---|---|---|
//! | SQLite | one INSERT, prepared once and run again and again | counted | one UPDATE, run for each row |
//! | PostgreSQL | `INSERT … SELECT FROM unnest(…)`, COPY | drawn from the sequence | `UPDATE … FROM unnest(…)` |
//! | MariaDB | `INSERT … VALUES (…), (…)`, LOAD DATA | returned | `UPDATE … JOIN (VALUES …)` |
//! | MySQL | the same | read one by one | the same |

use super::Dialect;
use crate::error::{Error, Result};
use crate::expr::Name;
use crate::render::Writer;
use crate::row::{DecodeError, FromRow, Row};
use crate::statement::{ColumnArray, TableName, UpdateMany};
use crate::types::SqlType;

/// How a database takes many rows. What a database does not do returns an error; the
/// [`Capabilities`](super::Capabilities) `rows_of_arrays`, `copy_in`, `load_data` and `updates_many` say so before.
pub trait Bulk: Sync + std::fmt::Debug {
    /// A query whose rows are these arrays: `SELECT * FROM unnest($1::type[], …)`.
    ///
    /// # Errors
    /// No such query, or a value that can't be sent.
    fn rows_of_arrays(&self, w: &mut Writer, columns: Vec<ColumnArray>) -> Result<()> {
        let _ = columns;
        Err(none(w.dialect(), "arrays as rows"))
    }

    /// An UPDATE of many rows in one statement.
    ///
    /// # Errors
    /// No such statement, or a value that can't be sent.
    fn update_many(&self, w: &mut Writer, update: UpdateMany) -> Result<()> {
        let _ = update;
        Err(none(
            w.dialect(),
            "UPDATE of many rows with values of their own",
        ))
    }

    /// The statement after which rows are sent as a file: COPY, LOAD DATA.
    ///
    /// # Errors
    /// No such statement, or a type that it can't take.
    fn load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        let _ = load;
        Err(none(w.dialect(), "rows as a file"))
    }

    /// What is sent where the server refuses such a file: an INSERT, in a form that the driver completes.
    ///
    /// # Errors
    /// Those of [`load`](Bulk::load).
    fn instead_of_load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        let _ = load;
        Err(none(w.dialect(), "rows as a file"))
    }

    /// How the keys of many new rows are found without reading the rows back.
    fn new_keys(&self) -> NewKeys {
        NewKeys::WithRows
    }

    /// A SELECT of the highest key of a table, and whether a trigger may add or remove rows when some are inserted.
    ///
    /// # Errors
    /// No such query.
    fn numbering(&self, w: &mut Writer, table: &TableName, key: &str) -> Result<()> {
        let _ = (table, key);
        Err(none(w.dialect(), "query for the numbers of new rows"))
    }

    /// The sequence that numbers rows, if it does not follow the numbers that rows were given.
    fn sequence(&self) -> Option<&'static dyn Sequence> {
        None
    }
}

fn none(dialect: &'static dyn Dialect, feature: &str) -> Error {
    Error::unsupported(feature, dialect.name(), "send the rows one by one")
}

/// No way to take many rows at once.
#[derive(Debug)]
pub(super) struct OneByOne;

impl Bulk for OneByOne {}

/// The table and columns that rows are sent to as a file.
#[derive(Debug)]
pub struct Load<'a> {
    /// The table.
    pub table: &'a TableName,
    /// The columns that are sent, with their types.
    pub columns: &'a [(Name, SqlType)],
    /// Whether the rows bring keys that the database would make.
    pub has_keys: bool,
}

/// How the keys of many new rows are found, if the rows themselves need not be read back.
#[derive(Debug, Clone, Copy)]
pub enum NewKeys {
    /// They come with the rows.
    WithRows,
    /// They are drawn from the key's sequence before the rows are sent.
    Drawn(&'static dyn DrawnKeys),
    /// RETURNING returns the keys alone.
    Returned(&'static dyn ReturnedKeys),
}

/// The columns of new rows.
#[derive(Debug)]
pub struct NewColumns<'a> {
    /// The table.
    pub table: &'a TableName,
    /// The column that is numbered.
    pub key: (&'a str, &'a SqlType),
    /// The other columns that are given.
    pub given: Vec<(&'a str, &'a SqlType)>,
    /// The columns that are left out.
    pub left_out: Vec<&'a str>,
}

/// Keys that are drawn before the rows are sent.
pub trait DrawnKeys: Sync + std::fmt::Debug {
    /// Locks the table until the transaction ends, as an INSERT does from its start, so that the result of
    /// [`sequence`](DrawnKeys::sequence) does not change.
    ///
    /// # Errors
    /// An invalid name.
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()>;

    /// A SELECT of the key's sequence, an `i64`. It finds none if keys must not be drawn, or if the database would store
    /// another value than the one that is sent.
    ///
    /// # Errors
    /// An invalid name.
    fn sequence(&self, w: &mut Writer, columns: &NewColumns<'_>) -> Result<()>;

    /// Draws this many keys from a sequence.
    fn draw(&self, w: &mut Writer, sequence: i64, keys: usize);
}

/// Keys that an INSERT returns alone, because the table stores everything else as it is sent.
pub trait ReturnedKeys: Sync + std::fmt::Debug {
    /// Locks the table's definition until the transaction ends, so that the results of the queries below do not change.
    ///
    /// # Errors
    /// An invalid name.
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()>;

    /// A SELECT of whether the table stores rows as they are sent: nothing changes them, and values that do not fit are
    /// refused.
    fn stores_as_sent(&self, w: &mut Writer, table: &TableName);

    /// A query of the table's columns, whose rows are [`StoredColumn`]s.
    ///
    /// # Errors
    /// An invalid name.
    fn columns(&self, w: &mut Writer, table: &TableName) -> Result<()>;

    /// What a column stores as it is sent, of values of this type; `None` if it may change some of them.
    fn room(&self, column: &StoredColumn, sql_type: &SqlType) -> Option<Room>;
}

/// A column as the server reports it (`SHOW FULL COLUMNS`).
#[derive(Debug, Clone)]
pub struct StoredColumn {
    /// Its name.
    pub name: String,
    /// `varchar(255)`, `int(11) unsigned`, …
    pub definition: String,
    /// Its collation, if it has one.
    pub collation: Option<String>,
    /// Its default.
    pub default: Option<String>,
    /// `auto_increment`, `STORED GENERATED`, …
    pub extra: String,
}

impl StoredColumn {
    /// Whether it stays empty if an INSERT leaves it out.
    pub fn stays_empty(&self) -> bool {
        matches!(self.default.as_deref(), None | Some("NULL")) && self.extra.is_empty()
    }
}

impl FromRow for StoredColumn {
    const WIDTH: usize = 9;

    fn from_row(row: &mut Row<'_>) -> Result<StoredColumn, DecodeError> {
        let (name, definition, collation) = (row.scalar()?, row.scalar()?, row.nullable()?);
        // Nullability and key.
        row.skip(2);
        let (default, extra) = (row.nullable()?, row.scalar()?);
        row.skip(2);
        Ok(StoredColumn {
            name,
            definition,
            collation,
            default,
            extra,
        })
    }
}

/// The values that a column stores as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// The longest value in bytes; for text, the column's maximum number of characters.
    pub longest: usize,
    /// Text must be ASCII: the column may change other characters.
    pub ascii: bool,
}

/// A sequence that does not know the numbers that rows were given.
pub trait Sequence: Sync + std::fmt::Debug {
    /// Lets nobody draw a number until the transaction ends: it would be used twice.
    ///
    /// # Errors
    /// An invalid name.
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()>;

    /// A SELECT of the name of the column's sequence, NULL if it has none.
    ///
    /// # Errors
    /// An invalid name.
    fn name(&self, w: &mut Writer, table: &TableName, column: &str) -> Result<()>;

    /// Raises a sequence above all numbers of the column.
    ///
    /// # Errors
    /// An invalid name.
    fn raise(&self, w: &mut Writer, sequence: &str, table: &TableName, column: &str) -> Result<()>;
}
