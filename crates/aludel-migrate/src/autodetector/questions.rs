//! Questions that only a person can answer.

use crate::operation::Operation;
use aludel_engine::Error;
use aludel_sql::expr::Node;
use aludel_sql::schema::{Column, Table};
use aludel_sql::statement::TableName;
use std::fmt;

/// A change that is ambiguous, or that destroys rows.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Question {
    /// A table was removed and a similar one was added: was it renamed?
    RenameTable {
        /// The removed one.
        from: TableName,
        /// The added one.
        to: TableName,
    },
    /// A column was removed and one of its type was added: was it renamed?
    RenameColumn {
        /// The table.
        table: TableName,
        /// The removed one.
        from: Box<Column>,
        /// The added one.
        to: Box<Column>,
    },
    /// A value of an enum type was removed and one was added in its place: was it renamed?
    RenameValue {
        /// The type.
        name: String,
        /// The removed one.
        from: String,
        /// The added one.
        to: String,
    },
    /// A NOT NULL column without a default is added: which value do existing rows get?
    Fill {
        /// The table.
        table: TableName,
        /// The column.
        column: Box<Column>,
    },
    /// A column becomes NOT NULL: which value do rows get that have NULL?
    NotNull {
        /// The table.
        table: TableName,
        /// The column.
        column: Box<Column>,
    },
    /// Rows, values or digits would be lost.
    Destroy(Operation),
}

/// An answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No: one was removed, and another was added.
    No,
    /// Rows get this value.
    Fill(Node),
    /// Rows get this value, in three operations: add, fill, set NOT NULL.
    Split(Node),
}

/// Answers questions.
pub trait Decide {
    /// An answer, if there is one.
    fn decide(&mut self, question: &Question) -> Option<Answer>;

    /// Renames that were given beforehand, in the form of [`Answers::renames`]. An unused one is an error.
    fn given_renames(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// Answers that were given beforehand.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// What was renamed: `users=people`, `users.mail=users.email`, `mood.sad=mood.blue`.
    pub renames: Vec<(String, String)>,
    /// Pairs that are not renames: the first was removed, the second added.
    pub replaced: Vec<(String, String)>,
    /// Values for rows: `users.age=0`.
    pub fills: Vec<(String, Node)>,
    /// Whether rows, values and digits may be lost.
    pub allow_destructive: bool,
}

impl Decide for Answers {
    fn given_renames(&self) -> Vec<(String, String)> {
        self.renames.clone()
    }

    fn decide(&mut self, question: &Question) -> Option<Answer> {
        let listed = |list: &[(String, String)], from: &str, to: &str| {
            list.iter().any(|(a, b)| a == from && b == to)
        };
        let renamed = |from: String, to: String| {
            if listed(&self.renames, &from, &to) {
                Some(Answer::Yes)
            } else if listed(&self.replaced, &from, &to) {
                Some(Answer::No)
            } else {
                None
            }
        };
        match question {
            Question::RenameTable { from, to } => renamed(from.to_string(), to.to_string()),
            Question::RenameColumn { table, from, to } => renamed(
                format!("{table}.{}", from.name),
                format!("{table}.{}", to.name),
            ),
            Question::RenameValue { name, from, to } => {
                renamed(format!("{name}.{from}"), format!("{name}.{to}"))
            }
            Question::Fill { table, column } | Question::NotNull { table, column } => {
                let name = format!("{table}.{}", column.name);
                let given = self.fills.iter().find(|(of, _)| *of == name);
                match (given, question) {
                    (Some((_, node)), _) => Some(Answer::Fill(node.clone())),
                    (None, Question::NotNull { .. }) if self.allow_destructive => Some(Answer::No),
                    _ => None,
                }
            }
            Question::Destroy(_) => self.allow_destructive.then_some(Answer::Yes),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::RenameTable { from, to } => write!(
                f,
                "table {from} went and {to} came.\n  \
                 - It was renamed: say `#[model(renamed_from = \"{}\")]` at the model, or `--rename {from}={to}`; its rows are kept.\n  \
                 - It is another table: `--replace {from}={to}`; the rows of {from} are lost.",
                from.name
            ),
            Question::RenameColumn { table, from, to } => {
                let (from, to) = (&from.name, &to.name);
                write!(
                    f,
                    "column {table}.{from} went and {table}.{to} came.\n  \
                     - It was renamed: say `#[field(renamed_from = \"{from}\")]` at the field, or `--rename {table}.{from}={table}.{to}`; its values are kept.\n  \
                     - It is another column: `--replace {table}.{from}={table}.{to}`; the values of {from} are lost."
                )
            }
            Question::RenameValue { name, from, to } => write!(
                f,
                "value {from:?} of enum {name} went and {to:?} came.\n  \
                 - It was renamed: `--rename {name}.{from}={name}.{to}`; rows follow.\n  \
                 - It is another value: `--replace {name}.{from}={name}.{to}`; no row may have {from:?}."
            ),
            Question::Fill { table, column } => write!(
                f,
                "column {table}.{} takes no NULL and has no default, and there may be rows.\n  \
                 - Give them a value once: `--fill {table}.{}=VALUE`.\n  \
                 - Give the field a default, or make it an Option.",
                column.name, column.name
            ),
            Question::NotNull { table, column } => write!(
                f,
                "column {table}.{} takes no NULL any more, and rows may have NULL.\n  \
                 - Give them a value once: `--fill {table}.{}=VALUE`.\n  \
                 - There are none: `--allow-destructive`; the migration fails where there are.",
                column.name, column.name
            ),
            Question::Destroy(operation) => write!(
                f,
                "\"{operation}\" loses what is there.\n  - That is meant: `--allow-destructive`."
            ),
        }
    }
}

impl Question {
    /// The command-line argument that answers it: `users=people` or `users.mail=users.email` for a rename, `users.age` for a
    /// value for rows.
    pub fn said_as(&self) -> Option<String> {
        match self {
            Question::RenameTable { from, to } => Some(format!("{from}={to}")),
            Question::RenameColumn { table, from, to } => {
                Some(format!("{table}.{}={table}.{}", from.name, to.name))
            }
            Question::RenameValue { name, from, to } => Some(format!("{name}.{from}={name}.{to}")),
            Question::Fill { table, column } | Question::NotNull { table, column } => {
                Some(format!("{table}.{}", column.name))
            }
            Question::Destroy(_) => None,
        }
    }
}

/// Why there are no operations.
#[derive(Debug)]
pub enum Undecided {
    /// Nobody has answered these.
    Questions(Vec<Question>),
    /// Something else went wrong.
    Error(Error),
}

impl From<Error> for Undecided {
    fn from(error: Error) -> Self {
        Undecided::Error(error)
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undecided::Questions(all) => {
                writeln!(f, "the models can't be read in one way only:")?;
                for question in all {
                    writeln!(f, "* {question}")?;
                }
                Ok(())
            }
            Undecided::Error(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Undecided {}

/// Whether one table may have been the other: at least half of their columns have the same names.
pub(super) fn alike(a: &Table, b: &Table) -> bool {
    let common = { a.columns.iter() }
        .filter(|column| b.column(&column.name).is_some())
        .count();
    common > 0 && common * 2 >= a.columns.len().max(b.columns.len())
}
