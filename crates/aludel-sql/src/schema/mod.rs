//! Schema metadata as data: tables and what belongs to them.
//!
//! Models produce these values, reflection reads them back, migrations compare them.

mod build;
mod collation;
mod database;
mod diff;
mod lexer;
mod naming;
mod normalize;
mod order;

pub use collation::with_collation;
pub use database::{Schema, Trigger, Unmanaged, View, enum_of};
pub use diff::{
    Difference, check_conditions, differences, is_kept, rendered, same_index, same_table,
    same_type, same_words,
};
pub use lexer::{Kind as TokenKind, Token, closing, rename, speaks_of, tokens};
pub use naming::{NamingConvention, truncate};
pub use normalize::{canonical, words};
pub use order::{
    create_all, drop_all, index_in_table, indexes_behind, numbered_without_key, sorted,
};

use crate::expr::Node;
pub use crate::statement::TableName;
use crate::types::SqlType;

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// Its primary key's columns; empty without one.
    pub primary_key: Vec<String>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its unique constraints.
    pub uniques: Vec<Unique>,
    /// Its CHECK constraints.
    pub checks: Vec<Check>,
    /// Its indexes.
    pub indexes: Vec<Index>,
    /// Constraints that the other kinds can't express, as raw SQL: EXCLUDE, UNIQUE NULLS NOT DISTINCT (PostgreSQL).
    pub constraints: Vec<Constraint>,
    /// Further options, as raw SQL: `STRICT` and `WITHOUT ROWID` (SQLite), `ENGINE=Aria` (MariaDB, MySQL),
    /// `WITH (fillfactor=70)` (PostgreSQL).
    pub options: Option<String>,
    /// Its comment: what it is for.
    pub comment: Option<String>,
}

impl Table {
    /// A table without columns.
    pub fn new(name: impl Into<TableName>) -> Table {
        Table {
            name: name.into(),
            columns: Vec::new(),
            primary_key: Vec::new(),
            foreign_keys: Vec::new(),
            uniques: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            constraints: Vec::new(),
            options: None,
            comment: None,
        }
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Gives every constraint and index without a name one by the convention.
    pub fn apply_naming(&mut self, convention: &NamingConvention) {
        let table = self.name.name.clone();
        for key in &mut self.foreign_keys {
            if key.name.is_empty() {
                key.name = convention.foreign_key(&table, &key.columns);
            }
        }
        for unique in &mut self.uniques {
            if unique.name.is_empty() {
                unique.name = convention.unique(&table, &unique.columns);
            }
        }
        for (n, check) in self.checks.iter_mut().enumerate() {
            if check.name.is_empty() {
                check.name = convention.check(&table, &(n + 1).to_string());
            }
        }
        let plain: Vec<Vec<String>> = { self.indexes.iter() }
            .map(|index| index.parts.iter().map(part_name).collect())
            .collect();
        for (n, index) in self.indexes.iter_mut().enumerate() {
            if !index.name.is_empty() {
                continue;
            }
            let mut names = plain[n].clone();
            // Indexes of the same columns are distinguished by their directions.
            if plain.iter().filter(|other| **other == names).count() > 1 {
                for (name, part) in names.iter_mut().zip(&index.parts) {
                    if part.descending {
                        name.push_str("_desc");
                    }
                }
            }
            index.name = convention.index(&table, &names);
        }
    }
}

fn part_name(part: &IndexPart) -> String {
    match &part.node {
        Node::Root(name) => name.to_string(),
        _ => "expr".to_string(),
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub sql_type: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its default.
    pub default: Option<Node>,
    /// Whether the database numbers the rows.
    pub identity: Option<Identity>,
    /// How it is computed, if it is a generated column.
    pub generated: Option<Generated>,
    /// The name of its collation, if that is not the database's (or Aludel's) own.
    pub collation: Option<String>,
    /// Further options, as raw SQL: `ON UPDATE current_timestamp(6)`, `INVISIBLE` (MariaDB, MySQL), `AUTOINCREMENT` (SQLite).
    pub options: Option<String>,
    /// Its comment: what it is for.
    pub comment: Option<String>,
}

impl Column {
    /// A NOT NULL column with nothing else set.
    pub fn new(name: impl Into<String>, sql_type: SqlType) -> Column {
        Column {
            name: name.into(),
            sql_type,
            nullable: false,
            default: None,
            identity: None,
            generated: None,
            collation: None,
            options: None,
            comment: None,
        }
    }
}

/// How the database numbers rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Identity {
    /// A number may be given (GENERATED BY DEFAULT; AUTO_INCREMENT; INTEGER PRIMARY KEY).
    #[default]
    ByDefault,
    /// A number may not be given (GENERATED ALWAYS; like `ByDefault` on databases without it).
    Always,
}

/// A generated column.
#[derive(Debug, Clone, PartialEq)]
pub struct Generated {
    /// Its expression.
    pub expression: Node,
    /// Whether it is stored; else it is computed when read. PostgreSQL always stores it.
    pub stored: bool,
}

/// What a foreign key does when the row it refers to is deleted or changes its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Action {
    /// Refuse at the end of the statement.
    #[default]
    NoAction,
    /// Refuse at once.
    Restrict,
    /// Delete or change the row too.
    Cascade,
    /// Set the columns NULL.
    SetNull,
    /// Set the columns to their defaults (not on MariaDB/MySQL).
    SetDefault,
}

/// When a foreign key is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Deferrability {
    /// At each statement.
    #[default]
    Not,
    /// At each statement, unless the transaction defers it.
    Immediate,
    /// At commit, unless the transaction says otherwise.
    Deferred,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignKey {
    /// Its name; if empty, the convention's.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table it refers to.
    pub target: TableName,
    /// The columns it refers to.
    pub target_columns: Vec<String>,
    /// ON DELETE.
    pub on_delete: Action,
    /// ON UPDATE.
    pub on_update: Action,
    /// When it is checked (MariaDB/MySQL: always at once).
    pub deferrable: Deferrability,
    /// Further options, as raw SQL: `MATCH FULL`, `NOT VALID` (PostgreSQL).
    pub options: Option<String>,
}

/// A unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unique {
    /// Its name; if empty, the convention's.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// A CHECK constraint.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Its name; if empty, the convention's.
    pub name: String,
    /// The condition, which must not be false.
    pub condition: Node,
    /// Further options, as raw SQL: `NOT VALID`, `NO INHERIT` (PostgreSQL).
    pub options: Option<String>,
}

/// A constraint as raw SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// What follows its name: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
    pub definition: String,
}

/// An index.
#[derive(Debug, Clone, PartialEq)]
pub struct Index {
    /// Its name; if empty, the convention's.
    pub name: String,
    /// What is indexed.
    pub parts: Vec<IndexPart>,
    /// Whether duplicate entries are refused.
    pub unique: bool,
    /// Which rows it covers (not on MariaDB/MySQL).
    pub condition: Option<Node>,
    /// Its method, such as `gin` (PostgreSQL) or `fulltext` (MariaDB, MySQL); the database's default without.
    pub method: Option<String>,
    /// Columns stored in it besides the indexed ones (INCLUDE, PostgreSQL).
    pub include: Vec<String>,
    /// Further options, as raw SQL: `WITH (fillfactor=70)`, `NULLS NOT DISTINCT` (PostgreSQL), `IGNORED` (MariaDB).
    pub options: Option<String>,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexPart {
    /// A column ([`Node::Root`]) or an expression.
    pub node: Node,
    /// Descending.
    pub descending: bool,
    /// Further options, as raw SQL: an operator class and where NULLs sort (`text_pattern_ops NULLS LAST`, PostgreSQL), a
    /// length (`(10)`, MariaDB and MySQL), a collation (`COLLATE nocase`).
    pub options: Option<String>,
}

impl IndexPart {
    /// A column, ascending.
    pub fn column(name: impl Into<String>) -> IndexPart {
        IndexPart::of(Node::Root(name.into().into()))
    }

    /// A column ([`Node::Root`]) or an expression, ascending.
    pub fn of(node: Node) -> IndexPart {
        IndexPart {
            node,
            descending: false,
            options: None,
        }
    }

    /// Descending.
    #[must_use]
    pub fn descending(mut self) -> IndexPart {
        self.descending = true;
        self
    }

    /// Sets further options, as raw SQL.
    #[must_use]
    pub fn options(mut self, text: impl Into<String>) -> IndexPart {
        self.options = Some(text.into());
        self
    }

    /// Whether only the first characters of a column are indexed (`(10)`).
    pub fn is_prefix(&self) -> bool {
        { self.options.as_deref() }.is_some_and(|text| text.trim_start().starts_with('('))
    }
}

impl Index {
    /// An index on columns.
    pub fn on<S: Into<String>>(columns: impl IntoIterator<Item = S>) -> Index {
        Index {
            name: String::new(),
            parts: columns.into_iter().map(IndexPart::column).collect(),
            unique: false,
            condition: None,
            method: None,
            include: Vec::new(),
            options: None,
        }
    }
}
